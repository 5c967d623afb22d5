"""`seawall choose`: options compared, and the least restriction that meets the goal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Literal

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
    from seawall.core import Fault
    from seawall.plan.choice import Choice
    from seawall.plan.choose import Chosen, Telling


def choose(
    city: CityOrExample = None,
    *,
    goal: Annotated[
        str,
        Parameter(
            help="The path of a TOML file, or a shipped goal: least-restriction, fewest-deaths, livelihood, "
            "schools-open, back-to-zero."
        ),
    ] = "least-restriction",
    strategies: Annotated[
        list[str] | None,
        Parameter(
            help="Among what to choose: a folder of strategies and options, a TOML file, or a shipped name; may be "
            "repeated. [default: standard, about 200 options]",
            negative="",
        ),
    ] = None,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="Folder to write.")] = Path("choice"),
    days: Annotated[int, Parameter(help="How many days ahead to look.")] = 60,
    replicates: Annotated[int, Parameter(help="How often the options that stay to the end are played.")] = 32,
    first: Annotated[
        int | None,
        Parameter(help="How often each is played before any leaves. [default: 4; 2 above 5 million]"),
    ] = None,
    plays: Annotated[
        float | None,
        Parameter(
            help="Plays in all, for each option on the average. [default: 8, 3.5 above 5 million residents; more if "
            "there are few options]"
        ),
    ] = None,
    areas: Annotated[
        int | None,
        Parameter(
            help="Replicates of the choice with each area left out of its limits in turn; 0: none. [default: 8; 2 "
            "above 5 million]"
        ),
    ] = None,
    seed: Annotated[int, Parameter(help="Seed of all draws: the same seed gives the same choice.")] = 1,
    infected: Infected = None,
    infected_in: InfectedIn = None,
    start: Start = None,
    pathogen: Pathogen = None,
    in_force: Annotated[
        str | None,
        Parameter(help="Strategy of the last weeks, under which the reports came about. [default: none]"),
    ] = None,
    engine: Annotated[
        Literal["local", "ray"], Parameter(help="Where replicates are played; it changes no number.")
    ] = "local",
    address: Annotated[str | None, Parameter(help="Address of a Ray cluster. [default: one is started here]")] = None,
    workers: Annotated[
        int | None, Parameter(help="Processes to use; they change no number. [default: all cores]")
    ] = None,
    lang: PageLanguage = "all",
    fresh: Fresh = False,
    json_: AsJson = False,
) -> int:
    """Compare many strategies on the twin, from today's situation, and say which is the mildest that meets the goal.

    All are played with the same luck; the clearly worse leave early, those near the best are played more. Writes
    choice.json, the tables options, scores, frontier, sensitivity and expected, the strategy as chosen.toml, and a page
    with pictures. Each finished replicate is kept: the same command goes on where it was cut off.
    """
    from seawall.brief.choice import write_choices
    from seawall.brief.words import LANGUAGES
    from seawall.plan.choice import write_choice
    from seawall.plan.choose import Effort, Workers
    from seawall.plan.choose import choose as choose_among
    from seawall.plan.goal import read_goal
    from seawall.plan.options import STANDARD, read_options

    since = perf_counter()
    wanted, options = _both(lambda: read_goal(goal), lambda: read_options(strategies or [STANDARD]))
    effort = Effort(first=first, most=replicates, plays_per_option=plays, areas=areas)
    question = _question(
        {key: one.strategy for key, one in options.options.items()},
        days=days,
        replicates=replicates,
        seed=seed,
        infected=infected,
        infected_in=tuple(infected_in or ()),
        start=start,
        pathogen=pathogen,
        in_force=in_force,
    )
    with _watched() as telling, city_folder(city, telling.step) as root:
        from seawall.cli.rule_sets import rule_sets

        opened, situation = city_today(root, question, telling.step)
        chosen = choose_among(
            opened,
            wanted,
            options,
            output,
            question=question,
            effort=effort,
            workers=Workers(engine=engine, count=workers, address=address),
            situation=situation,
            rules=rule_sets(question.strategies, opened),
            fresh=fresh,
            telling=telling,
        )
        telling.step("tables")
        choice = write_choice(chosen, output)
        pages = write_choices(output, tuple(LANGUAGES) if lang == "all" else (lang,), progress=telling.step)
    _say(chosen, choice, perf_counter() - since, pages, as_json=json_)
    return 0


def _both(*readers: Callable[[], Any]) -> list[Any]:
    """What each reader gives; the faults of all are told at once."""
    from seawall.core import InvalidInput

    found: list[Any] = []
    faults: list[Fault] = []
    for reader in readers:
        try:
            found.append(reader())
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(f"{len(faults)} problem(s); nothing was run.", faults)
    return found


def _question(strategies: Mapping[str, Any], *, in_force: str | None, **asked: Any) -> Any:
    from seawall.measures import read_strategy
    from seawall.twin.study import Question

    held = None if in_force is None else read_strategy(in_force)
    return Question(strategies=strategies, in_force=held, **asked)


@contextmanager
def _watched() -> Iterator[Telling]:
    """Show on standard error how far the work is, where somebody is watching."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    from seawall.plan.choose import Telling
    from seawall.plan.race import Round

    console = Console(stderr=True)
    if not console.is_terminal:
        yield Telling()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("replicates at most"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=console, transient=True) as bars:
        step = bars.add_task("Starting …", total=None)
        race = bars.add_task("Race", total=None, visible=False)

        def looked(one: Round) -> None:
            left = len(one.dropped)
            line = f"look {one.number}: {one.options} options, {one.replicates} replicates each, {left} left"
            bars.update(race, description=f"Race, {line}")

        yield Telling(
            step=lambda what: bars.update(step, description=f"{what[:1].upper()}{what[1:]} …"),
            played=lambda done, most: bars.update(race, completed=done, total=most, visible=True),
            looked=looked,
        )


def _say(chosen: Chosen, choice: Choice, seconds: float, pages: list[Path], *, as_json: bool) -> None:
    told = choice.told
    if as_json:
        said = {name: told[name] for name in ("city", "start", "days", "chosen", "runner_up", "infeasible", "frontier")}
        said["files"] = [str(path) for path in (*choice.files.values(), *pages)]
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
        return
    options = {one["key"]: one for one in told["options"]}
    sys.stdout.write(
        f"{told['city']}, {told['days']} days from {told['start']}: {len(options)} options, "
        f"{chosen.race.plays:,} replicates, {seconds:,.0f} s. Goal: {told['goal']['name']}.\n"
    )
    right = told["chosen"] or told["infeasible"]
    key = right.get("key") or right.get("nearest")
    if told["chosen"]:
        sys.stdout.write(
            f"The mildest option that meets it: {options[key]['name']} ({key}); right with probability "
            f"{right['p_right']:.0%}.\n"
        )
    else:
        sys.stdout.write(f"No option meets it. Nearest: {options[key]['name']} ({key}).\n")
        for one in right["missing"]:
            reached = "more than was played" if one["reached"] is None else _number(one["reached"])
            held = next(part for part in options[key]["p_limits"] if part["event"] == one["event"])
            sys.stdout.write(
                f"  {one['event']}: at most {_number(one['limit'])} asked with probability {one['probability']:g}; it "
                f"reaches {reached}, and holds the limit in {_share(held['p'], held['low'], held['high'])} of the "
                f"{options[key]['replicates']} replicates.\n"
            )
        for one in right["mend"]:
            if one["limit"] is not None:
                sys.stdout.write(
                    f"  With {one['event']} at most {_number(one['limit'])} instead, {one['option']} would meet it.\n"
                )
    _compare([key, (told["runner_up"] or {}).get("key"), "do-nothing"], options)
    sys.stdout.write(f"Wrote choice.json and the tables in {choice.files['choice'].parent}.\n")
    for path in pages:
        sys.stdout.write(f"Wrote {path}.\n")
    if "strategy" in choice.files:
        sys.stdout.write(f"Next: seawall simulate CITY --strategy {choice.files['strategy']}\n")


SHOWN = ("infections", "peak_in_icu", "deaths", "restricted_days", "lost_work_days")
"""Amounts told on standard output."""


def _compare(keys: list[str | None], options: Mapping[str, Mapping[str, Any]]) -> None:
    """A row for each of a few options: medians and 90 % intervals."""
    shown = [options[key] for key in dict.fromkeys(keys) if key is not None]
    wide = max(len(one["key"]) for one in shown) + 2
    sys.stdout.write(" " * wide + "".join(f"{event:>30}" for event in SHOWN) + f"{'meets the goal':>22}\n")
    for one in shown:
        cells = []
        for event in SHOWN:
            row = one["amounts"].get(event)
            cells.append("stopped" if row is None else f"{row['q50']:,.0f} ({row['q5']:,.0f} to {row['q95']:,.0f})")
        sys.stdout.write(f"{one['key']:<{wide}}" + "".join(f"{cell:>30}" for cell in cells))
        sys.stdout.write(f"{_share(one['p_meets'], one['p_meets_low'], one['p_meets_high']):>22}\n")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.2g}"


def _share(p: float, low: float, high: float) -> str:
    """A share of replicates with its 90 % interval."""
    return f"{p:.0%} ({low:.0%} to {high:.0%})"
