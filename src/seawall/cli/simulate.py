"""`seawall simulate`: the city played forward under one strategy or several."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from seawall.cli.city_at_hand import city_folder, city_today
from seawall.cli.options import (
    AsJson,
    CityOrExample,
    Fresh,
    Infected,
    InfectedIn,
    PageLanguage,
    Pathogen,
    Start,
)

if TYPE_CHECKING:
    from seawall.city import City
    from seawall.measures import Strategy
    from seawall.twin.simulate import Progress
    from seawall.twin.study import Question, Study


def simulate(
    city: CityOrExample = None,
    *,
    strategy: Annotated[
        list[str] | None,
        Parameter(
            help="A shipped strategy or the path of a TOML file; may be repeated. All are played with the same luck, "
            "and compared with the first. [default: do-nothing]",
            negative="",
        ),
    ] = None,
    days: Annotated[int, Parameter(help="How many days to play.")] = 180,
    replicates: Annotated[int, Parameter(help="How many times, with other luck.")] = 20,
    seed: Annotated[int, Parameter(help="Seed of all draws: the same seed gives the same bytes.")] = 1,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="Folder to write.")] = Path("simulation"),
    infected: Infected = None,
    infected_in: InfectedIn = None,
    start: Start = None,
    pathogen: Pathogen = None,
    in_force: Annotated[
        str | None,
        Parameter(
            help="Strategy of the last weeks, under which the reports came about. [default: what the first strategy "
            "holds without a first day]",
        ),
    ] = None,
    threads: Annotated[
        int | None, Parameter(help="Threads to use; they change no number. [default: all cores]")
    ] = None,
    report: Annotated[bool, Parameter(negative="", help="Write a page with pictures, report.html.")] = False,
    lang: PageLanguage = "en",
    no_city: Annotated[
        bool, Parameter(negative="", help="Do not write the first replicate as a city folder with the truth beside it.")
    ] = False,
    fresh: Fresh = False,
    json_: AsJson = False,
) -> int:
    """Play every resident of the city forward, day by day, under one strategy or several.

    Writes tables (daily, quantiles, totals, compare, ages, layers, variants, burden, burden_daily, zones),
    summary.json, and the first replicate as a city folder, city/, with the truth beside it, truth/. Each finished
    replicate is kept: the same command goes on where it was cut off, and more --replicates extend what is there.
    """
    from seawall.core import Fault, InvalidInput
    from seawall.twin.study import Question, play_study

    strategies = _strategies(strategy or ["do-nothing"])
    question = Question(
        strategies=strategies,
        days=days,
        replicates=replicates,
        seed=seed,
        infected=infected,
        infected_in=tuple(infected_in or ()),
        start=start,
        pathogen=pathogen,
        in_force=None if in_force is None else _strategies([in_force]).popitem()[1],
    )
    if threads is not None and threads < 1:
        fault = Fault(file="--threads", problem=f"{threads} is fewer than 1", mend="Give 1 or more, or leave it out")
        raise InvalidInput("Nothing was run.", [fault])
    with _watched(question) as watch, city_folder(city, watch.tell) as root:
        from seawall.cli.rule_sets import rule_sets

        opened, situation = city_today(root, question, watch.tell)
        study = play_study(
            opened,
            question,
            output,
            situation=situation,
            rules=rule_sets(strategies, opened),
            threads=threads,
            fresh=fresh,
            emit=not no_city,
            tell=watch.tell,
            progress=watch.of,
        )
        pages = _pages(study, opened, output, lang, watch.tell) if report else []
    _say(study, output, pages, as_json=json_)
    return 0


def _strategies(names: Sequence[str]) -> dict[str, Strategy]:
    """The strategies named, by key, in the order given; every fault of every one is told."""
    from seawall.core import Fault, InvalidInput
    from seawall.measures import read_strategy

    found: dict[str, Strategy] = {}
    faults: list[Fault] = []
    for name in dict.fromkeys(names):
        key = Path(name).name.removesuffix(".toml")
        if key in found:
            problem = f'two strategies are named "{key}"'
            faults.append(Fault(file="--strategy", problem=problem, mend="Give one of the files another name"))
            continue
        try:
            found[key] = read_strategy(name)
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(f"{len(faults)} problem(s) with the strategies; nothing was run.", faults)
    return found


def _pages(study: Study, city: City, output: Path, lang: str, tell: Callable[[str], None]) -> list[Path]:
    from seawall.brief import LANGUAGES
    from seawall.brief.simulation import write_reports

    return write_reports(study, city, output, tuple(LANGUAGES) if lang == "all" else (lang,), progress=tell)


@dataclass(frozen=True)
class _Watch:
    """Where progress goes.

    Attributes:
        tell: told which step is under way.
        of: told a strategy; gives what is told of its replicates.
    """

    tell: Callable[[str], None]
    of: Callable[[str], Progress]


@contextmanager
def _watched(question: Question) -> Iterator[_Watch]:
    """Show on standard error how far the work is, where somebody is watching."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Watch(tell=lambda _: None, of=lambda _: lambda *_: None)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("days"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Bars(*columns, console=console, transient=True) as bars:
        step = bars.add_task("Starting …", total=None, last="")

        def of(key: str) -> Progress:
            task = bars.add_task(key, total=question.replicates * question.days, last="")
            played: dict[int, int] = {}

            def told(replicate: int, day: int, infections: int) -> None:
                played[replicate] = day
                last = f"replicate {replicate}, day {day}, {infections:,} infections"
                bars.update(task, completed=sum(played.values()), last=last)

            return told

        yield _Watch(tell=lambda what: bars.update(step, description=f"{what[:1].upper()}{what[1:]} …"), of=of)


SHOWN = ("infections", "reports", "admissions", "deaths", "peak_in_hospital", "home_days", "site_days", "tests")
"""Amounts told on standard output."""


def _say(study: Study, output: Path, pages: Sequence[Path], *, as_json: bool) -> None:
    if as_json:
        told: dict[str, Any] = {
            "city": study.summary["city"],
            "asked": study.summary["asked"],
            "replicates": study.summary["replicates"],
            "totals": study.summary["totals"],
            "files": [str(path) for path in (*study.files.values(), *pages)],
            "cities": {key: str(path) for key, path in study.emitted.items()},
        }
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    many = study.question.replicates
    sys.stdout.write(
        f"{study.summary['city']}, {study.question.days} days from {study.summary['asked']['start']}, {many} "
        f"replicate{'' if many == 1 else 's'}: median and 90 % interval\n"
    )
    keys = list(study.runs)
    wide = max(map(len, (*SHOWN, *keys))) + 2
    sys.stdout.write(" " * wide + "".join(f"{key:>34}" for key in keys) + "\n")
    for event in SHOWN:
        cells = []
        for key in keys:
            row = study.summary["totals"][key].get(event)
            cells.append("0" if row is None else f"{row['q50']:,.0f} ({row['q5']:,.0f} to {row['q95']:,.0f})")
        sys.stdout.write(f"{event:<{wide}}" + "".join(f"{cell:>34}" for cell in cells) + "\n")
    sys.stdout.write(f"Wrote the tables and summary.json in {output}.\n")
    for path in pages:
        sys.stdout.write(f"Wrote {path}.\n")
    for path in list(study.emitted.values())[:1]:
        sys.stdout.write(f"Next: seawall brief {path} -o brief\n")
