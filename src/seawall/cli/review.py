"""`seawall review`: what a city's decisions expected against what came."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    import polars as pl

    from seawall.city import City
    from seawall.review import Decision, Review
    from seawall.review.counterfactual import Played


def review(
    city: Annotated[Path, Parameter(help="The city folder, with what has come since.")],
    *,
    decisions: Annotated[
        list[Path] | None,
        Parameter(
            help="Folder of a decision, or of several; may be repeated. [default: CITY/decisions]",
            negative="",
        ),
    ] = None,
    measures: Annotated[
        Path | None,
        Parameter(help="Table of dates (measure, area_id, start, stop), beside or in place of decisions."),
    ] = None,
    forecasts: Annotated[
        list[Path] | None,
        Parameter(
            help="Forecasts on record, in hub format; may be repeated. [default: the tables in CITY/forecasts]",
            negative="",
        ),
    ] = None,
    on: Annotated[date | None, Parameter(help="Last day to look at. [default: the last the folder tells of]")] = None,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="Folder to write.")] = Path("review"),
    delay_days: Annotated[
        float | None,
        Parameter(help="Mean days from infection to report. [default: an incubation, and what the line list tells]"),
    ] = None,
    no_twin: Annotated[
        bool, Parameter(negative="", help="Do not play the last decision without each of its measures.")
    ] = False,
    replicates: Annotated[int, Parameter(help="How many times the twin plays each.")] = 20,
    seed: Annotated[int, Parameter(help="Seed of all draws: the same seed gives the same numbers.")] = 1,
    threads: Annotated[
        int | None, Parameter(help="Threads to use; they change no number. [default: all cores]")
    ] = None,
    lang: Annotated[Literal["en", "zh-Hans", "zh-Hant", "all"], Parameter(help="Language of the page.")] = "en",
    json_: Annotated[bool, Parameter(name="--json", negative="", help="Say as JSON what was found.")] = False,
) -> int:
    """Hold what the city's decisions expected against what came, and propose the next version of its strategy.

    Scores the expectations (scores, calibration, due) and the forecasts on record (forecast_scores), estimates what
    each measure did by one interrupted series, by staggered districts and by the twin (effects), names the measures
    that cannot be told apart, and writes the next version (strategy-next.toml) with a reason for each change
    (proposals), options near it (strategies/), review.json and a page with pictures.
    """
    from seawall.brief.review import write_pages
    from seawall.brief.words import LANGUAGES
    from seawall.city import open_city
    from seawall.review import read_decisions, write_review
    from seawall.review import review as look_back
    from seawall.review.decision import FOLDER
    from seawall.review.write import as_json

    _refuse(output, delay_days, threads)
    with _watched() as tell:
        tell("checking the folder")
        opened = open_city(city, today=datetime.now().astimezone().date())
        paths = decisions if decisions is not None else [city / FOLDER] if (city / FOLDER).is_dir() else []
        known = read_decisions(paths)

        def play(decision: Decision) -> Played | None:
            return None if no_twin else _played(opened, decision, known, replicates, seed, threads, tell)

        found = look_back(
            opened,
            known,
            on=on,
            measures=measures,
            forecasts=_forecasts(city, forecasts),
            delay_days=delay_days,
            play=play,
            seed=seed,
            tell=tell,
        )
        files = write_review(found, output)
        langs = tuple(LANGUAGES) if lang == "all" else (lang,)
        pages = write_pages(found, opened, output, langs, progress=tell)
    if json_:
        told = {**as_json(found, output), "files": [str(path) for path in (*files.values(), *pages)]}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        _say(found, city, output, [*files.values(), *pages])
    return 0


def _refuse(output: Path, delay_days: float | None, threads: int | None) -> None:
    from seawall.core import Fault, InvalidInput

    faults = []
    if output.exists() and not output.is_dir():
        faults.append(Fault(file=str(output), problem="there is a file of that name", mend="Give another folder"))
    if delay_days is not None and not 0 < delay_days <= 60:
        problem = f"{delay_days:g} is not between 0 and 60"
        faults.append(Fault(file="--delay-days", problem=problem, mend="Give days, above 0"))
    if threads is not None and threads < 1:
        mend = "Give 1 or more, or leave it out"
        faults.append(Fault(file="--threads", problem=f"{threads} is fewer than 1", mend=mend))
    if faults:
        raise InvalidInput("Nothing was reviewed.", faults)


def _forecasts(city: Path, named: list[Path] | None) -> pl.DataFrame | None:
    """All forecasts on record; every fault of every file."""
    from seawall.cli.hub_files import read_forecasts
    from seawall.core import Fault, InvalidInput
    from seawall.core.tables import SUFFIXES
    from seawall.review.forecasts import FOLDER

    paths = named
    if paths is None:
        inside = sorted((city / FOLDER).iterdir()) if (city / FOLDER).is_dir() else []
        paths = [path for path in inside if path.name.endswith(SUFFIXES)]
    if not paths:
        return None
    import polars as pl

    tables: list[pl.DataFrame] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            tables.append(read_forecasts(path))
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput("The forecasts on record cannot be read; nothing was reviewed.", faults)
    return pl.concat(tables, how="diagonal").drop("row")


def _played(
    city: City,
    decision: Decision,
    known: Sequence[Decision],
    replicates: int,
    seed: int,
    threads: int | None,
    tell: Callable[[str], None],
) -> Played | None:
    """What the twin says of the decision in force; None where no report was known on the morning it was taken."""
    from seawall.cli.rule_sets import rule_sets
    from seawall.review.counterfactual import Twin, counterfactuals
    from seawall.review.observed import days_told
    from seawall.watch.assess import assess

    told = days_told(city)
    if told is None or told[0] > decision.on:
        sys.stderr.write(f"The twin was not asked: the folder tells of no day up to {decision.on}, when it began.\n")
        return None
    names = [one.name for one in known]
    before = [one.strategy for one in known[: names.index(decision.name)]]
    return counterfactuals(
        Twin(
            city=city,
            decision=decision,
            situation=assess(city, decision.on, seed=seed, progress=tell),
            in_force=before[-1] if before else None,
            replicates=replicates,
            seed=seed,
            threads=threads,
            rules=rule_sets({decision.key: decision.strategy}, city),
        ),
        tell=tell,
    )


@contextmanager
def _watched() -> Iterator[Callable[[str], None]]:
    """Show on standard error which step is under way, where somebody is watching."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("Starting …") as status:
        yield lambda what: status.update(f"{what[:1].upper()}{what[1:]} …")


def _say(found: Review, city: Path, output: Path, files: list[Path]) -> None:
    """What was found, in a screenful."""
    from seawall.review.calibration import ALL
    from seawall.review.write import TOGETHER, next_command

    lines = [f"{found.city}, reviewed up to {found.on}: {len(found.decisions)} decision(s)"]
    if found.waiting:
        lines.append(f"  nothing has come yet of: {', '.join(found.waiting)}")
    calibration = found.calibration
    whole = calibration.filter((calibration["horizon_week"] == 0) & (calibration["decision"] == ALL))
    for row in whole.iter_rows(named=True):
        skill = "" if row["relative_wis"] is None else f", score {row['relative_wis']:.2f} of that of no change"
        lines.append(f"  {row['event']}: {row['coverage_90']:.0%} of {row['n']} days within the 90 % interval{skill}")
    for row in found.effects.iter_rows(named=True):
        if row["what"] not in {"growth_change_per_day", "infections_averted"}:
            continue
        name = f"{TOGETHER.join(row['measures'])} ({row['method']})"
        if row["estimate"] is None:
            lines.append(f"  {name}: no estimate, {str(row['why_not']).replace('_', ' ')}")
            continue
        interval = "no interval" if row["low"] is None else f"90 % interval {row['low']:.3g} to {row['high']:.3g}"
        lines.append(f"  {name}: {row['what'].replace('_', ' ')} {row['estimate']:.3g}, {interval}")
    lines += [
        f"  cannot be told apart by {one.method}: {', '.join(one.measures)}"
        for one in found.tangles
        if len(one.measures) > 1
    ]
    if found.proposal is not None:
        for row in found.proposal.reasons.iter_rows(named=True):
            if row["action"] != "keep":
                lines.append(f"  proposed: {row['action']} {row['measure']}. {row['why']}")
        lines.append(f"Next: {next_command(found, output, str(city))}")
    lines += [f"Written: {path}" for path in files]
    sys.stdout.write("\n".join(lines) + "\n")
