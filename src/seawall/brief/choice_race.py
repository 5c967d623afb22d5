"""How a choice came about: what it is sensitive to, how the race went, what was assumed, and by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from seawall.brief.choice_options import ruled
from seawall.brief.choice_words import WHY, ChoiceDesk
from seawall.brief.document import Section
from seawall.brief.words import msg

SHARES = ("share_found", "remote_share", "vaccine_protection", "compliance")
RATIOS = ("reproduction_number", "factor", "severity")
"""Unknowns written as a percentage, and with two decimals."""


def sensitivity(desk: ChoiceDesk) -> Section:
    """Which unknown would change the choice, where it flips, what knowing it is worth, and what data settle it."""
    words, found = desk.words, desk.told.told.get("sensitivity") or []
    title = words.say(msg("What the choice hangs on"))
    if not found:
        said = words.say(
            msg(
                "Nothing is told of unknowns: the runs began from a number of infected that was given, or too few runs "
                "reached the end. How far the choice hangs on what is not known cannot be seen."
            )
        )
        return Section(name="sensitivity", title=title, paragraphs=(said,))
    event = desk.told.told["goal"]["then"][0]["event"]
    rows = [
        (
            desk.unknown(one["unknown"]),
            words.say(msg("yes")) if one["changes"] else words.say(msg("no")),
            _end(desk, one, "low"),
            _end(desk, one, "high"),
            words.listed([_value(desk, flip["at"], one) for flip in one.get("flips") or ()]),
            desk.number(one["value_of_knowing"].get(event)),
            desk.told_in(one.get("settled_by")) or "–",
        )
        for one in found
    ]
    heads = [
        words.say(msg("Unknown")),
        words.say(msg("Changes the choice")),
        words.say(msg("Choice at the low end")),
        words.say(msg("Choice at the high end")),
        words.say(msg("Flips at")),
        words.say(msg("What knowing it saves, of {event}"), event=desk.inline(event)),
        words.say(msg("Data that would settle it")),
    ]
    grid = ruled(
        "sensitivity",
        words.say(msg("Unknowns")),
        heads,
        [False, False, False, False, True, True, False],
        rows,
        note=words.say(
            msg(
                "Ends: the lowest and the highest fifth of the runs. What knowing saves is estimated on runs the new "
                "choice has not seen; below zero it is luck. Each unknown is looked at alone."
            )
        ),
        table="sensitivity.csv",
    )
    return Section(name="sensitivity", title=title, grids=(grid,))


def _end(desk: ChoiceDesk, one: Mapping[str, Any], end: str) -> str:
    return desk.words.say(
        msg("{value}: {name}"), value=_value(desk, one[end], one), name=desk.name(str(one[f"choice_{end}"]))
    )


def _value(desk: ChoiceDesk, value: float, one: Mapping[str, Any]) -> str:
    if one["unknown"] in SHARES:
        return desk.words.spell(value, "%")
    return desk.words.spell(value, ".2" if one["unknown"] in RATIOS else "~")


def race(desk: ChoiceDesk) -> Section:
    """How many options were left when, and why the others were not."""
    words, told = desk.words, desk.told
    why = {key: one.get("dropped") for key, one in told.options.items()}
    timed = [msg("Seconds")] if any(one.get("seconds") is not None for one in told.told["rounds"]) else []
    rows = []
    for one in told.told["rounds"]:
        left = Counter((why.get(key) or {}).get("why", "worse") for key in one["dropped"])
        rows.append(
            (
                words.spell(one["round"], "n"),
                words.spell(one["replicates"], "n"),
                words.spell(one["options"], "n"),
                words.spell(len(one["dropped"]), "n"),
                words.listed(
                    [words.say(WHY[reason], n=count) for reason, count in left.most_common() if reason in WHY]
                ),
                *(words.spell(one.get("seconds"), "~") for _ in timed),
            )
        )
    grid = ruled(
        "race",
        words.say(msg("Rounds of the race")),
        [
            words.say(head)
            for head in (msg("Round"), msg("Runs of each"), msg("Options"), msg("Dropped"), msg("Why"), *timed)
        ],
        [True, True, True, True, False, *(True for _ in timed)],
        rows,
        table="scores.csv",
    )
    said = words.say(
        msg(
            "All options are played a few times with the same luck. Those that cannot meet the goal, or are clearly "
            "worse than another, leave; the others are played on. The race is set to lose the option that playing all "
            "would choose in at most 5% of cases, where options leave for one of these two reasons."
        )
    )
    return Section(name="race", title=words.say(msg("How the race went")), paragraphs=(said,), grids=(grid,))


def about(desk: ChoiceDesk) -> Section:
    """What the page rests on."""
    words, told = desk.words, desk.told.told
    name, asks = desk.goal()
    pairs = [
        (words.say(msg("Goal")), f"{name}{': ' if words.lang == 'en' else '：'}{asks}" if asks else name),
        (words.say(msg("Data up to")), words.spell(date.fromisoformat(told["on"]), "date")),
        (words.say(msg("Options")), words.spell(len(told["options"]), "n")),
        (words.say(msg("Seed")), str(told["seed"])),
        (words.say(msg("Software")), str(told["software"])),
    ]
    for key, label in (
        ("residents", msg("Residents played")),
        ("pathogen", msg("Pathogen assumed")),
        ("fingerprint", msg("Data, fingerprint of the folder")),
        ("engine", msg("Engine")),
    ):
        if told.get(key) is not None:
            value = told[key]
            pairs.append((words.say(label), words.spell(value, "n") if key == "residents" else str(value)))
    if told["assumed"]:
        pairs.append((words.say(msg("Assumed in place of missing data")), " ".join(map(str, told["assumed"]))))
    grid = ruled("provenance", words.say(msg("Provenance")), ["", ""], [False, False], pairs)
    return Section(
        name="about",
        title=words.say(msg("Methods, sources and provenance")),
        paragraphs=(
            words.say(
                msg(
                    "Every resident of the city is played, day by day: who meets whom, who is infected, falls ill, is "
                    "tested, found, kept apart, treated. Measures know what the city would have seen, never true "
                    "infections."
                )
            ),
            words.say(
                msg(
                    "How likely the choice is to be right is told of these options and this model: that the model is "
                    "wrong is not in it."
                )
            ),
        ),
        grids=(grid,),
    )
