"""`seawall brief`: the morning brief of a city."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from seawall.cli.city_at_hand import city_folder
from seawall.cli.options import CityOrExample

if TYPE_CHECKING:
    from seawall.brief import Brief
    from seawall.city import City
    from seawall.zones import RuleSet


def brief(
    city: CityOrExample = None,
    *,
    on: Annotated[date | None, Parameter(help="Day of the brief. [default: the last day with data]")] = None,
    lang: Annotated[
        Literal["en", "zh-Hans", "zh-Hant", "all"], Parameter(help="Language; all writes every one.")
    ] = "en",
    rules: Annotated[
        list[str] | None,
        Parameter(
            help="A shipped rule set, the path of a TOML file, or all; may be repeated. The first is drawn on the map, "
            "all are compared. [default: the sets that seawall zones compares]",
            negative="",
        ),
    ] = None,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="Folder to write.")] = Path("brief"),
    seed: Annotated[int, Parameter(help="Seed of all draws: the same data and seed give the same brief.")] = 1,
    json_: Annotated[bool, Parameter(name="--json", negative="", help="Say as JSON what was written.")] = False,
) -> int:
    """Write the morning brief: a page that opens offline, a PDF, JSON, and the table behind every figure.

    Writes brief.html, brief.pdf, brief.json and tables/*.csv. With --lang all: brief.en.html, brief.zh-Hans.html,
    brief.zh-Hant.html, and so on. Nothing in a brief was learned after its day.
    """
    from seawall.brief import check_writable, write_briefs

    check_writable(output)
    with _progress() as tell:
        chosen = _rule_sets(rules)
        with city_folder(city, tell, seed=seed) as root:
            briefs = _make(root, on=on, lang=lang, rules=chosen, seed=seed, tell=tell)
            files = write_briefs(briefs, output, progress=tell)
    headline = briefs[0].headline_text
    if json_:
        said = {
            "city": briefs[0].title,
            "on": briefs[0].findings.on.isoformat(),
            "headline": headline,
            "files": [str(path) for path in files],
        }
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
        return 0
    sys.stdout.write(f"{briefs[0].title}, {briefs[0].date}: {headline}\n")
    sys.stdout.write(f"Wrote {', '.join(str(path) for path in files)} and the tables behind them in {output}/tables.\n")
    return 0


def _make(
    root: Path, *, on: date | None, lang: str, rules: list[RuleSet], seed: int, tell: Callable[[str], None]
) -> list[Brief]:
    from datetime import timedelta

    from seawall.brief import LANGUAGES, find, say
    from seawall.watch.assess import assess
    from seawall.zones import draw_zones, see

    tell("checking the folder")
    city = _checked(root)
    situation = assess(city, on, seed=seed, progress=tell)
    tell("zones")
    seen = see(city, situation.on)
    maps = [draw_zones(seen, each) for each in rules]
    before = see(city, situation.on - timedelta(days=1))
    findings = find(city, situation, maps, earlier=[draw_zones(before, rules[0])])
    briefs = []
    for each in LANGUAGES if lang == "all" else (lang,):
        tell(f"{each}: figures")
        briefs.append(say(findings, each))
    return briefs


def _checked(root: Path) -> City:
    from datetime import datetime

    from seawall.city import open_city

    return open_city(root, today=datetime.now().astimezone().date())


def _rule_sets(names: list[str] | None) -> list[RuleSet]:
    """The rule sets named, each once, in the order given; every one that cannot be read is told."""
    from seawall.core import Fault, InvalidInput
    from seawall.zones import DEFAULT_RULES, load_rules, shipped

    wanted = list(dict.fromkeys(names or DEFAULT_RULES))
    if "all" in wanted:
        wanted = list(dict.fromkeys([*(name for name in wanted if name != "all"), *shipped()]))
    chosen: list[RuleSet] = []
    faults: list[Fault] = []
    for name in wanted:
        try:
            chosen.append(load_rules(name))
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(f"{len(faults)} problem(s) with the rule sets; no brief was made.", faults)
    return chosen


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Tell on standard error which step is under way, where somebody is watching."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("Starting …") as status:
        yield lambda step: status.update(f"{step[:1].upper()}{step[1:]} …")
