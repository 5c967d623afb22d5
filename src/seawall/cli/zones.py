"""`seawall zones`: the map of risk zones under one or several rule sets."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from seawall.cli.options import Output

if TYPE_CHECKING:
    import polars as pl

    from seawall.core import Fault
    from seawall.zones import RuleSet, ZoneMap


def zones(
    city: Annotated[Path | None, Parameter(help="The city folder.")] = None,
    *,
    on: Annotated[date | None, Parameter(help="Day to draw the zones for. [default: the last day reported]")] = None,
    rules: Annotated[
        list[str] | None,
        Parameter(
            help="A shipped rule set, the path of a TOML file, or all; may be repeated. "
            "[default: one of each kind, marked in --list]",
            negative="",
        ),
    ] = None,
    table: Annotated[
        Literal["zones", "totals", "compare", "smaller"],
        Parameter(
            help="What to write: every zone; people by rule set and tier; rule sets side by side; smaller units."
        ),
    ] = "zones",
    totals: Annotated[bool, Parameter(negative="", help="Short for --table totals.")] = False,
    output: Output = "-",
    json_: Annotated[
        bool, Parameter(name="--json", negative="", help="Write maps, totals, smaller units and notes as JSON.")
    ] = False,
    list_: Annotated[bool, Parameter(name="--list", negative="", help="List the shipped rule sets.")] = False,
    lint: Annotated[
        list[Path] | None, Parameter(help="Only check these rule files; may be repeated.", negative="")
    ] = None,
) -> int:
    """Draw the risk zones of a day, with reasons, ends and people restricted.

    Writes a row for each zone: rules, area_id, place_id, tier, since, until, reason, residents, person_days
    and more. Every rule set proposes; a named person decides. On a terminal a summary comes instead.
    """
    if list_:
        return _list(output, as_json=json_)
    if lint:
        return _lint(lint, as_json=json_)
    if city is None:
        sys.stderr.write("Name a city folder, or use --list or --lint FILE. See: seawall zones --help\n")
        return 2
    from seawall.city import open_city
    from seawall.core import Fault, InvalidInput
    from seawall.zones import DEFAULT_RULES, compare, draw_zones, last_day, load_rules, see, shipped

    wanted = list(dict.fromkeys(rules or DEFAULT_RULES))
    if "all" in wanted:
        wanted = list(dict.fromkeys([*shipped(), *(name for name in wanted if name != "all")]))
    chosen: list[RuleSet] = []
    faults: list[Fault] = []
    for name in wanted:
        try:
            chosen.append(load_rules(name))
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(f"{len(faults)} problem(s) with the rule sets; no zone was drawn.", faults)
    folder = open_city(city)
    day = on or last_day(folder)
    if day is None:
        mend = "Add reports, or name a day with --on"
        fault = Fault(file=str(city), problem="it reports no infection and no number", mend=mend)
        raise InvalidInput("There is no last day to draw zones for.", [fault])
    levels = dict.fromkeys(level for each in chosen if each.judged for level in each.judged.levels)
    seen = see(folder, day, levels=levels)
    maps = [draw_zones(seen, each) for each in chosen]
    side_by_side = compare(maps, folder.areas)
    if json_:
        _show_json(
            {"city": folder.name, "on": day.isoformat(), "compare": side_by_side.to_dicts(), "maps": maps}, output
        )
        return 0
    shown = _table("totals" if totals else table, maps, side_by_side)
    if output == "-" and sys.stdout.isatty():
        _summary(folder.name, maps, side_by_side)
        return 0
    from seawall.core.tables import write_table

    write_table(shown, output)
    if output != "-" and sys.stdout.isatty():
        _summary(folder.name, maps, side_by_side)
    return 0


def _table(name: str, maps: list[ZoneMap], side_by_side: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    if name == "compare":
        return side_by_side
    if name == "totals":
        return pl.concat([each.totals for each in maps])
    if name == "smaller":
        return pl.concat([each.smaller.select(pl.lit(each.rules).alias("rules"), pl.all()) for each in maps])
    return pl.concat([each.zones for each in maps])


def _show_json(answer: dict[str, Any], output: str) -> None:
    """Write the whole answer as JSON; messages inside come as objects, not as text."""
    from seawall.core.tables import written_beside

    messages = ("reason", "lifts_if", "evidence")
    answer["maps"] = [
        {
            **_about(each.drawn_by),
            "zones": [
                {key: json.loads(cell) if key in messages and cell else cell for key, cell in row.items()}
                for row in each.zones.to_dicts()
            ],
            "totals": each.totals.to_dicts(),
            "smaller": each.smaller.to_dicts(),
            "notes": list(each.notes),
        }
        for each in answer["maps"]
    ]
    text = json.dumps(answer, ensure_ascii=False, default=str, indent=1) + "\n"
    if output == "-":
        sys.stdout.write(text)
        return
    with written_beside(Path(output)) as beside:
        beside.write_text(text, encoding="utf-8")


def _about(rules: RuleSet | None) -> dict[str, Any]:
    if rules is None:
        return {}
    return {
        "rules": rules.key,
        "names": dict(rules.names),
        "family": rules.family,
        "issuer": rules.issuer,
        "source": rules.source,
        "confidence": rules.confidence,
        "valid_from": rules.valid_from.isoformat(),
        "valid_to": rules.valid_to.isoformat() if rules.valid_to else None,
        "tiers": [
            {
                "tier": tier.code,
                "names": dict(tier.names),
                "kind": tier.restricts,
                "restricts": tier.restricts_residents,
            }
            for tier in rules.tiers
        ],
    }


def _list(output: str, *, as_json: bool) -> int:
    import polars as pl

    from seawall.cli.hub_files import show
    from seawall.zones import DEFAULT_RULES, load_rules, shipped

    rows = []
    for key in shipped():
        rules = load_rules(key)
        tiers = " < ".join(tier.code for tier in rules.ladder)
        end = rules.valid_to.isoformat() if rules.valid_to else None
        name = rules.names["en"]
        rows.append(
            (key, key in DEFAULT_RULES, rules.family, rules.valid_from.isoformat(), end, rules.confidence, tiers, name)
        )
    columns = ["rules", "default", "family", "valid_from", "valid_to", "confidence", "tiers", "name"]
    listed = pl.DataFrame(rows, schema=columns, orient="row")
    if output != "-" or as_json or not sys.stdout.isatty():
        show(listed, output, as_json=as_json)
        return 0
    _print(listed.select("rules", "default", "valid_from", "valid_to", "confidence", "name"))
    return 0


def _lint(files: list[Path], *, as_json: bool) -> int:
    """Check rule files and say everything that is wrong with them."""
    from seawall.core import InvalidInput
    from seawall.zones import lint_rules, read_document

    faults: list[Fault] = []
    for file in files:
        try:
            faults += lint_rules(read_document(file), file=file.name)
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(f"{len(faults)} problem(s) in {len(files)} rule file(s).", faults)
    if as_json:
        sys.stdout.write(json.dumps({"files": [str(file) for file in files], "faults": []}) + "\n")
    else:
        sys.stdout.write(f"{len(files)} rule file(s) checked: nothing wrong, no forbidden input.\n")
    return 0


def _summary(name: str, maps: list[ZoneMap], side_by_side: pl.DataFrame) -> None:
    headings = {
        "rules": "rules",
        "in_force": "in force",
        "zones": "zones",
        "residents_restricted": "residents",
        "share_restricted": "share",
        "person_days": "person-days",
        "not_judged": "not judged",
    }
    sys.stdout.write(f"{name}, {maps[0].on}: proposals, to be decided by a named person.\n")
    _print(side_by_side.select(list(headings)).rename(headings))
    for each in maps:
        codes = dict.fromkeys(str(note["code"]) for note in each.notes)
        if codes:
            sys.stdout.write(f"{each.rules}: {', '.join(codes)}\n")
    sys.stdout.write("Every zone with its reason: -o FILE. What the codes mean: docs/reference/rules.md\n")


def _print(shown: pl.DataFrame) -> None:
    """Write a table in aligned columns, whole, however wide the terminal."""
    rows = [shown.columns, *([_cell(value) for value in row] for row in shown.iter_rows())]
    wide = [max(len(row[column]) for row in rows) for column in range(shown.width)]
    numbers = [kind.is_numeric() for kind in shown.dtypes]
    for row in rows:
        cells = zip(row, wide, numbers, strict=True)
        line = "  ".join(cell.rjust(width) if number else cell.ljust(width) for cell, width, number in cells)
        sys.stdout.write(line.rstrip() + "\n")


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "*" if value else ""
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.1%}"
        case _:
            return str(value)
