"""What stands above all on the page of a choice: the choice, what it comes to, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seawall.brief.choice_words import ChoiceDesk
from seawall.brief.document import Card
from seawall.brief.words import msg

NOTHING = "do-nothing"


def headline(desk: ChoiceDesk) -> str:
    """The choice in a sentence, and how likely it is to be right; or that none meets the goal."""
    words, told = desk.words, desk.told.told
    if desk.told.chosen is None:
        return words.say(msg("No option meets the goal. Nearest to it: {name}."), name=desk.name(desk.shown))
    written = told["chosen"].get("sentences")
    if written:
        return desk.told_in(written)
    return words.say(
        msg("Of the options that meet the goal, the mildest: {name}. Chance that this is the right one: {p:chance}."),
        name=desk.name(desk.shown),
        p=told["chosen"]["p_right"],
    )


def cards(desk: ChoiceDesk) -> Iterator[Card]:
    """Four numbers: deaths, intensive care against beds, restriction and livelihood."""
    words = desk.words
    beds = (desk.told.told.get("capacity") or {}).get("icu_beds")
    for event in ("deaths", "peak_in_icu", "restricted_days", desk.livelihood):
        found = desk.told.options[desk.shown]["amounts"].get(event)
        if found is None:
            yield Card(label=desk.heading(event), value="–", detail=words.say(msg("not known: some runs ran away")))
            continue
        span = desk.span(found["q5"], found["q95"])
        parts = [] if span is None else [words.say(msg("9 of 10 runs: {span}"), span=span)]
        if event == "peak_in_icu" and beds is not None:
            parts.append(words.say(msg("beds: {n:n}"), n=beds))
        nothing = desk.told.mean(NOTHING, event) if NOTHING in desk.told.options else None
        if nothing is not None and desk.shown != NOTHING:
            parts.append(words.say(msg("if nothing is done: {n}"), n=desk.number(nothing)))
        yield Card(label=desk.heading(event), value=desk.number(found["mean"]), detail=semicolon(desk).join(parts))


def semicolon(desk: ChoiceDesk) -> str:
    """What stands between parts of a sentence."""
    return "; " if desk.words.lang == "en" else "\N{FULLWIDTH SEMICOLON}"


def lines(desk: ChoiceDesk) -> Iterator[str]:
    """What to know about the choice, a sentence each."""
    yield _goal(desk)
    yield from _meets(desk)
    if desk.told.chosen is None:
        yield from _infeasible(desk)
    yield from _second(desk)
    yield from _unknowns(desk)


def _goal(desk: ChoiceDesk) -> str:
    words, goal = desk.words, desk.told.told["goal"]
    name, _ = desk.goal()
    limits = [
        words.say(
            msg("{event}, at most {n:~} with probability {p:%}"),
            event=desk.inline(one["event"]),
            n=one["at_most"],
            p=one["probability"],
        )
        for one in goal["require"]
    ]
    least = words.listed([desk.inline(one["event"]) for one in goal["then"]])
    if not limits:
        return words.say(
            msg("The goal: {name}. As little as possible, in this order: {least}."), name=name, least=least
        )
    return words.say(
        msg("The goal: {name}. Limits: {limits}. Then as little as possible, in this order: {least}."),
        name=name,
        limits=semicolon(desk).join(limits),
        least=least,
    )


def _meets(desk: ChoiceDesk) -> Iterator[str]:
    words, one = desk.words, desk.told.options[desk.shown]
    if desk.told.told["goal"]["require"]:
        yield words.say(
            msg("All limits hold in {p:%} of its {n:n} runs (90% interval {low:%} to {high:%})."),
            p=one["p_meets"],
            n=one["replicates"],
            low=one["p_meets_low"],
            high=one["p_meets_high"],
        )
    if one.get("gave_up"):
        yield words.say(
            msg("In {n:n} of its runs the epidemic ran away; what those would have come to is not known."),
            n=one["gave_up"],
        )


def _infeasible(desk: ChoiceDesk) -> Iterator[str]:
    words, found = desk.words, desk.told.told["infeasible"]
    if found.get("p_feasible") is not None:
        yield words.say(
            msg("Chance that one of the options would meet it after all, if all were played on: {p:chance}."),
            p=found["p_feasible"],
        )
    for one in found.get("missing", ()):
        if one["reached"] is None:
            yield words.say(
                msg("It misses the limit of {limit:~} for {event}. Too many of its runs ran away to say by how much."),
                event=desk.inline(one["event"]),
                limit=one["limit"],
            )
            continue
        yield words.say(
            msg("It misses the limit of {limit:~} for {event}: with probability {p:%} it stays within {reached:~}."),
            event=desk.inline(one["event"]),
            limit=one["limit"],
            p=one["probability"],
            reached=one["reached"],
        )
    mended = [said for one in found.get("mend", ()) for said in _mended(desk, one)]
    yield from mended
    reached = [one for one in found.get("missing", ()) if one["reached"] is not None]
    if not mended and reached and len(reached) == len(found["missing"]):
        limits = [
            words.say(msg("{event}, at most {n:~}"), event=desk.inline(one["event"]), n=one["reached"])
            for one in reached
        ]
        yield words.say(
            msg("No change of one limit alone would make it feasible. These together would: {limits}."),
            limits=semicolon(desk).join(limits),
        )


def _mended(desk: ChoiceDesk, mend: Mapping[str, Any]) -> Iterator[str]:
    words = desk.words
    event = desk.inline(mend["event"])
    if mend.get("limit") is not None:
        yield words.say(
            msg("It would be feasible with a limit of {limit:~} for {event}, by {name}."),
            limit=mend["limit"],
            event=event,
            name=desk.name(mend.get("option")),
        )
    if mend.get("probability"):
        yield words.say(
            msg("It would be feasible if {event} need hold with probability {p:%} only, by {name}."),
            p=mend["probability"],
            event=event,
            name=desk.name(mend.get("option_by_probability")),
        )


def _second(desk: ChoiceDesk) -> Iterator[str]:
    words, second = desk.words, desk.told.told.get("runner_up")
    if second is None:
        return
    found = desk.told.told.get("chosen") or desk.told.told.get("infeasible") or {}
    event = found.get("deciding") or desk.told.told["goal"]["then"][0]["event"]
    one = second["regret"].get(event)
    if one is None:
        yield words.say(msg("Runner-up: {name}."), name=desk.name(second["key"]))
        return
    fewer = one["mean"] <= 0
    text = (
        msg("Runner-up: {name}. Against it the choice saves, of {event}: {n}.")
        if fewer
        else msg("Runner-up: {name}. Against it the choice costs, of {event}: {n} more.")
    )
    yield words.say(text, name=desk.name(second["key"]), event=desk.inline(event), n=desk.number(abs(one["mean"])))


def _unknowns(desk: ChoiceDesk) -> Iterator[str]:
    words, found = desk.words, desk.told.told.get("sensitivity") or []
    named = {one["unknown"]: desk.unknown(one["unknown"], inline=True) for one in found}
    change = [named[one["unknown"]] for one in found if one["changes"]]
    if change:
        yield words.say(msg("Knowing this better might change the choice: {names}."), names=words.listed(change))
    elif found:
        yield words.say(
            msg("None of the unknowns looked at changes the choice: {names}."),
            names=words.listed(list(named.values())),
        )
