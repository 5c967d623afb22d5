"""`seawall plan`: what to open, place and stock, and why; one command for each question."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

if TYPE_CHECKING:
    import polars as pl

    from seawall.plan.reopening import Calendar, Planned, Terms

plan = App(name="plan", help="What to open, place and stock, and why.", result_action="return_value")
"""The group; each question is one function below, registered by its name."""


@plan.command
def reopening(
    city: Annotated[Path, Parameter(help="The city folder, with the table sectors.")],
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="Folder to write.")] = Path("reopening"),
    on: Annotated[date | None, Parameter(help="Last day whose reports are in. [default: the folder's last]")] = None,
    days: Annotated[int, Parameter(help="Days planned.")] = 84,
    period: Annotated[int, Parameter(help="Days for which an order stands at least.")] = 14,
    dwell: Annotated[int, Parameter(help="Least days between two changes of one order.")] = 14,
    changes: Annotated[int, Parameter(help="Changes of one order within the plan, at most.")] = 2,
    may_close: Annotated[
        bool, Parameter(negative="", help="Sectors may close again. [default: what has opened stays open]")
    ] = False,
    beds: Annotated[
        float | None,
        Parameter(help="Hospital beds for this infection. [default: those of the folder not taken by others]"),
    ] = None,
    icu_beds: Annotated[float | None, Parameter(help="Intensive care beds, likewise.")] = None,
    tests: Annotated[float | None, Parameter(help="Tests a day. [default: those of the folder]")] = None,
    growth: Annotated[float, Parameter(help="Reproduction number at the end, at most.")] = 1.0,
    unlimited: Annotated[
        list[Literal["beds", "icu_beds", "tests_per_day", "growth"]] | None,
        Parameter(help="A capacity that is not to be held; may be repeated.", negative=""),
    ] = None,
    at_work: Annotated[
        float | None,
        Parameter(help="Share of the workers of all but essential sectors who are at work today. [default: all]"),
    ] = None,
    in_force: Annotated[
        str | None, Parameter(help="Strategy in force today: says who is at work; its other measures stay.")
    ] = None,
    reproduction: Annotated[
        float | None, Parameter(help="Reproduction number of today. [default: the median of the estimate]")
    ] = None,
    firms: Annotated[
        Path | None, Parameter(help="Table of key firms, which get orders of their own: place_id, sector, workers.")
    ] = None,
    level: Annotated[
        list[float] | None, Parameter(help="Openness must be one of these levels; may be repeated.", negative="")
    ] = None,
    relief: Annotated[Path | None, Parameter(help="Instruments of relief, a TOML file. [default: shipped]")] = None,
    set_: Annotated[
        list[str] | None,
        Parameter(name="--set", help="A term, as in tested_effect=0.3; may be repeated.", negative=""),
    ] = None,
    seconds: Annotated[float, Parameter(help="Time for the solver where changes are limited.")] = 60.0,
    seed: Annotated[int, Parameter(help="Seed of the estimates of today.")] = 1,
    lang: Annotated[Literal["en", "zh-Hans", "zh-Hant"], Parameter(help="Language of the picture.")] = "en",
    json_: Annotated[bool, Parameter(name="--json", negative="", help="Say as JSON what came of it.")] = False,
) -> int:
    """Which sectors and key firms open first, at what attendance and under what conditions.

    The plan makes the most value added that beds, intensive care, tests and the growth at the end allow, with few
    changes. Writes reopening.csv (an order a row, and what binds it), sectors.csv, capacity.csv, shadow.csv (what one
    more bed or test would buy), relief.csv (whom help reaches and misses), reopening.json, reopening.svg, and
    reopening.toml, which seawall simulate plays.
    """
    from seawall.core import InvalidInput
    from seawall.measures import read_strategy
    from seawall.plan.reopening import (
        Ask,
        Limits,
        plan_reopening,
        read_question,
        read_relief,
        shipped_relief,
        write_plan,
    )

    days_of = {"days": days, "period_days": period, "dwell_days": dwell, "changes": changes}
    terms, calendar = _terms(set_ or [], days_of, rising=not may_close)
    ask = Ask(
        limits=Limits(beds=beds, icu_beds=icu_beds, tests_per_day=tests, growth=growth),
        unlimited=tuple(unlimited or ()),
        at_work=at_work,
        in_force=None if in_force is None else read_strategy(in_force),
        reproduction=reproduction,
        levels=tuple(level or ()),
        firms=firms,
        terms=terms,
        calendar=calendar,
    )
    helped = shipped_relief() if relief is None else read_relief(relief)
    if seconds <= 0:
        raise InvalidInput(f"--seconds {seconds:g} leaves the solver no time; give 10 or more.")
    with _told() as tell:
        tell("checking the folder")
        from seawall.city import open_city
        from seawall.watch.assess import assess

        opened = open_city(city, today=datetime.now().astimezone().date())
        read_question(opened, ask)
        situation = assess(opened, on, seed=seed, progress=tell)
        planned = plan_reopening(opened, situation, ask, seconds=seconds, progress=tell)
        tell("writing")
        files = {**write_plan(planned, output, helped), "picture": _picture(planned, output, lang)}
    _say(planned, files, as_json=json_)
    return 0


def _terms(given: Sequence[str], days: dict[str, int], *, rising: bool) -> tuple[Terms, Calendar]:
    """Terms and calendar with what is set on the command line."""
    from dataclasses import fields

    from seawall.core import Fault, InvalidInput
    from seawall.core.errors import closest
    from seawall.plan.reopening import Calendar, Terms

    names = [one.name for one in fields(Terms)]
    values: dict[str, float] = {}
    faults = []
    for pair in given:
        name, _, text = pair.partition("=")
        if name not in (*names, "step"):
            problem = f'"{name}" is not a term{closest(name, (*names, "step"))}'
            faults.append(Fault(file="--set", problem=problem, mend=f"Use one of {', '.join((*names, 'step'))}"))
            continue
        try:
            values[name] = float(text)
        except ValueError:
            faults.append(Fault(file="--set", problem=f'"{pair}" gives no number', mend=f"Write --set {name}=NUMBER"))
    step = values.pop("step", None)
    terms, calendar = Terms(), Calendar()
    try:
        terms = Terms(**values)
    except InvalidInput as found:
        faults += found.faults
    try:
        beside: dict[str, Any] = {**days, "rising": rising} | ({} if step is None else {"step": step})
        calendar = Calendar(**beside)
    except InvalidInput as found:
        faults += found.faults
    if faults:
        raise InvalidInput("Nothing was planned.", faults)
    return terms, calendar


@contextmanager
def _told() -> Iterator[Callable[[str], None]]:
    """Show on standard error which step is under way, where somebody is watching."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("Starting …") as status:
        yield lambda what: status.update(f"{what[:1].upper()}{what[1:]} …")


def _picture(planned: Planned, folder: Path, lang: str) -> Path:
    """Sectors by period, as an SVG file."""
    from seawall.brief.figures.reopening import Opening, reopening_figure
    from seawall.brief.words import Words
    from seawall.plan.reopening.tables import sectors_table

    table = sectors_table(planned.plan)
    sectors, begins = (table[name].unique(maintain_order=True).to_list() for name in ("sector", "from"))
    shape = (len(sectors), len(begins))
    opening = Opening(
        sectors=sectors,
        begins=begins,
        openness=table["openness"].to_numpy().reshape(shape),
        unconditional=table["without_condition"].to_numpy().reshape(shape),
    )
    path = folder / "reopening.svg"
    path.write_text(reopening_figure(opening, Words(lang=lang)), encoding="utf-8")
    return path


def _say(planned: Planned, files: dict[str, Path], *, as_json: bool) -> None:
    summary = json.loads(files["summary"].read_text(encoding="utf-8"))
    if as_json:
        told: dict[str, Any] = {**summary, "files": {name: str(path) for name, path in files.items()}}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    from seawall.plan.reopening.tables import sectors_table

    write, out = sys.stdout.write, summary["output"]
    write(
        f"{summary['city']}: {summary['days']} days from {summary['start']}; {out['share']:.1%} of usual output "
        f"({out['of_plan']:,.0f} of {out['of_usual_days']:,.0f})\n"
    )
    _sectors(sectors_table(planned.plan))
    for name, limit in summary["limits"].items():
        one = summary["one_more_buys"][name]
        more = f"; one more buys {one:,.0f}" if name != "growth" else f"; 0.01 more buys {one:,.0f}"
        write(f"{name}: at most {summary['most_used'][name]:,.2f} of {limit:,.2f}{more if one > 0.5 else ''}\n")
    ill = summary["infections"]
    write(f"infections: {ill['of_plan']:,.0f} over the plan, {ill['of_residents']:.1%} of residents\n")
    solver = summary["solver"]
    if solver["gap"] is not None:
        write(f"HiGHS: {solver['how']}, within {solver['gap']:.2%} of the best plan with so few changes\n")
    for line in summary["assumed"]:
        write(f"note: {line}\n")
    write(f"Wrote {', '.join(path.name for path in files.values())} in {files['summary'].parent}.\n")
    write(f"Next: seawall simulate {planned.city.root} --strategy {files['strategy']} -o played\n")


def _sectors(table: pl.DataFrame) -> None:
    """Openness of each sector by period, those that stay closed longest at the end."""
    import polars as pl

    days = table["from"].unique(maintain_order=True).to_list()
    order = (
        table.group_by("sector", maintain_order=True)
        .agg(pl.col("openness").mean())
        .sort("openness", descending=True, maintain_order=True)
    )
    wide = max(map(len, order["sector"].to_list())) + 2
    sys.stdout.write(" " * wide + "".join(f"{day:%m-%d}".rjust(8) for day in days) + "\n")
    for sector in order["sector"].to_list():
        open_ = table.filter(pl.col("sector") == sector)["openness"].to_list()
        sys.stdout.write(sector.ljust(wide) + "".join(f"{share:7.0%} " for share in open_) + "\n")
