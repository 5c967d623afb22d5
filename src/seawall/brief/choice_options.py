"""The options on the page of a choice: the frontier as a picture, the table, the expected course, the runner-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from seawall.brief.choice_words import EVENTS, ChoiceDesk
from seawall.brief.document import Cell, Figure, Grid, Section
from seawall.brief.figures.choice_courses import fan
from seawall.brief.figures.choice_frontier import Spot, spots
from seawall.brief.words import msg

NO_BREAK = "\N{NO-BREAK SPACE}"

COURSES = {"reports": None, "in_hospital": "beds", "in_icu": "icu_beds", "deaths": None}
"""Events pictured by day, and the capacity each is held against."""

COMPARED = (
    "infections",
    "deaths",
    "life_years_lost",
    "peak_in_hospital",
    "peak_in_icu",
    "restricted_days",
    "lost_work_days",
    "lost_school_days",
    "output_lost",
    "output_cost_low",
    "output_cost_high",
    "won_back",
    "jobs_lost",
    "tests",
)
"""Events in which the choice is held against its runner-up, after those of the goal."""

DAILY = {"deaths": msg("Deaths by day"), "reports": msg("Infections reported by day")}


def ruled(
    name: str, title: str, heads: Sequence[str], numeric: Sequence[bool], rows: Sequence[Sequence[str]], **more: str
) -> Grid:
    """A table of texts."""
    return Grid(
        name=name,
        title=title,
        heads=tuple(heads),
        numeric=tuple(numeric),
        rows=tuple(
            tuple(Cell(text=_held(text) if number else text) for text, number in zip(row, numeric, strict=True))
            for row in rows
        ),
        note=more.get("note", ""),
        table=more.get("table", ""),
        mark="",
    )


def _held(text: str) -> str:
    """A number that breaks before the bracket of its interval only."""
    mean, bracket, interval = text.partition(" (")
    return mean.replace(" ", NO_BREAK) + bracket + interval.replace(" ", NO_BREAK)


def drawn(name: str, svg: str, title: str, alt: str, caption: str, table: str) -> Figure:
    """A drawing with what stands under it."""
    return Figure(name=name, svg=svg, title=title, alt=alt, caption=caption, stamp="", table=table, mark="")


def picture(desk: ChoiceDesk) -> Section:
    """Each option as a mark on health and restriction, and on health and livelihood."""
    words, axes = desk.words, desk.told.told["axes"]
    figures = tuple(_spots(desk, axis, axes[0]) for axis in axes[1:])
    return Section(
        name="frontier",
        title=words.say(msg("What each option costs, and what it saves")),
        figures=figures,
        paragraphs=(
            words.say(
                msg(
                    "Nearer to the lower left corner is better. No other option beats one on the frontier in all of "
                    "{axes} at once: to have less of one is to have more of another."
                ),
                axes=words.listed([desk.inline(axis) for axis in axes]),
            ),
        ),
    )


def _spots(desk: ChoiceDesk, across: str, up: str) -> Figure:
    words = desk.words
    points = []
    for key, one in desk.told.options.items():
        if across in one["amounts"] and up in one["amounts"]:
            kind = desk.kind(key)
            named = kind != "other" or key in desk.numbered
            points.append(
                Spot(
                    number=desk.numbered.get(key, "") if named else "",
                    kind=kind,
                    x=_ends(one["amounts"][across]),
                    y=_ends(one["amounts"][up]),
                )
            )
    used = {point.kind for point in points}
    title = words.say(msg("{up} against {across}"), up=desk.heading(up), across=desk.inline(across))
    alt = words.say(
        msg("Options as numbered marks: along the floor {across}, upwards {up}."),
        up=desk.inline(up),
        across=desk.inline(across),
    )
    caption = words.say(
        msg(
            "Crosses: 90% interval of the mean; single runs differ more, see the table. Where amounts lie far apart, "
            "each step of an axis is tenfold."
        )
    )
    svg = spots(
        points,
        [(kind, label) for kind, label in desk.kinds().items() if kind in used],
        words,
        axes_labels=(desk.heading(across), desk.heading(up)),
        name=f"frontier-{across.replace('_', '-')}",
        title=title,
        alt=alt,
    )
    return drawn(f"frontier-{across.replace('_', '-')}", svg, title, alt, caption, "options.csv")


def _ends(amount: Mapping[str, Any]) -> tuple[float, float, float]:
    mean = float(amount["mean"])
    low, high = (mean if amount[end] is None else float(amount[end]) for end in ("mean_low", "mean_high"))
    return max(low, 0.0), mean, high


def options(desk: ChoiceDesk) -> Section:
    """The options of the frontier and the shipped strategies, from the fewest person-days restricted to the most."""
    words, told = desk.words, desk.told
    beds = (told.told.get("capacity") or {}).get("icu_beds")
    events = desk.known("infections", "peak_in_icu", "deaths", "restricted_days", "lost_work_days", "output_lost")
    limited = bool(told.told["goal"]["require"])
    heads = [words.say(msg("No.")), words.say(msg("Option"))]
    if limited:
        heads.append(words.say(msg("Share of runs that meet the goal")))
    for event in events:
        heading = desk.heading(event)
        if event == "peak_in_icu" and beds is not None:
            heading = words.say(msg("{name}; beds: {n:n}"), name=heading, n=beds)
        heads.append(heading)
    heads.append(words.say(msg("Runs")))
    rows = []
    for key, number in desk.numbered.items():
        one = told.options[key]
        share = words.with_interval(one["p_meets"], one["p_meets_low"], one["p_meets_high"], "%")
        row = [number, desk.remarked(key), *([share] if limited else [])]
        rows.append([*row, *(desk.amount(key, event) for event in events), words.spell(one["replicates"], "n")])
    notes = [
        words.say(
            msg(
                "Mean of the runs, and within what 9 of 10 of them lie; of the share that meets the goal, 90% interval."
            )
        )
    ]
    if any(desk.kind(key) == "frontier" for key in desk.numbered):
        notes.append(words.say(msg("No other beats the options without a remark.")))
    rest = len(told.options) - len(desk.numbered)
    if rest:
        notes.append(words.say(msg("In the file, not shown here: {n:n}."), n=rest))
    if any(one.get("gave_up") for one in told.options.values()):
        notes.append(words.say(msg("A dash: in some runs the epidemic ran away, so that no mean is known.")))
    grid = ruled(
        "options",
        words.say(msg("The options")),
        heads,
        [True, False, *(True for _ in events), *([True] if limited else []), True],
        rows,
        note=words.gap.join(notes),
        table="options.csv",
    )
    return Section(name="options", title=words.say(msg("The options side by side")), grids=(grid,))


def expected(desk: ChoiceDesk) -> Section:
    """What is to be expected by day under the choice."""
    words = desk.words
    return Section(
        name="expected",
        title=words.say(msg("What to expect day by day: {name}"), name=desk.name(desk.shown)),
        figures=tuple(_fans(desk)),
        paragraphs=(
            words.say(
                msg(
                    "If what comes leaves the wide band for several days, the choice rests on something that is not "
                    "so: choose anew."
                )
            ),
        ),
    )


def _fans(desk: ChoiceDesk) -> Iterator[Figure]:
    words, table = desk.words, desk.told.tables["expected"]
    if "strategy" in table.columns:
        table = table.filter(pl.col("strategy") == desk.shown)
    capacity = desk.told.told.get("capacity") or {}
    for event, resource in COURSES.items():
        mine = table.filter(pl.col("event") == event).sort("date")
        if mine.is_empty():
            continue
        title = words.say(DAILY.get(event, EVENTS[event]))
        alt = words.say(msg("Line: median of each day. Bands: half, and 9 of 10, of the runs."))
        svg = fan(
            mine["date"].to_list(),
            mine.select("q5", "q25", "q50", "q75", "q95").to_numpy().T,
            words,
            capacity=None if resource is None else capacity.get(resource),
            capacity_label=words.say(msg("beds")),
            name=f"expected-{event.replace('_', '-')}",
            title=title,
            alt=alt,
        )
        yield drawn(f"expected-{event.replace('_', '-')}", svg, title, alt, alt, "expected.csv")


def runner_up(desk: ChoiceDesk) -> Section | None:
    """The choice less its runner-up, event by event; None where there is no other."""
    words, second = desk.words, desk.told.told.get("runner_up")
    if second is None:
        return None
    rows = []
    goal = [one["event"] for one in (*desk.told.told["goal"]["require"], *desk.told.told["goal"]["then"])]
    for event in (event for event in dict.fromkeys([*goal, *COMPARED]) if event in second["regret"]):
        one = second["regret"][event]
        low, high = one.get("mean_low", one["low"]), one.get("mean_high", one["high"])
        if not one["mean"] and not low and not high:
            continue
        if low is None or high is None or low <= 0 <= high:
            said = words.say(msg("not told apart"))
        else:
            said = words.say(msg("less under the choice") if high < 0 else msg("more under the choice"))
        rows.append((desk.heading(event), desk.spread(one["mean"], low, high), said))
    title = words.say(
        msg("The choice against its runner-up: {first} and {second}"),
        first=desk.name(desk.shown),
        second=desk.name(second["key"]),
    )
    grid = ruled(
        "runner-up",
        words.say(msg("The choice less its runner-up")),
        [words.say(head) for head in (msg("Amount"), msg("Mean difference (90% interval)"), msg("In short"))],
        [False, True, False],
        rows,
        note=words.say(
            msg(
                "Both are played with the same luck, so that what they share drops out. Below zero the choice has "
                "less of it."
            )
        ),
        table="scores.csv",
    )
    return Section(name="runner-up", title=title, grids=(grid,))
