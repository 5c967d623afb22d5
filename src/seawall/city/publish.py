"""The tables of a city folder, published: a Table Schema each, and the page that describes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from seawall.city.declared import TABLES
from seawall.city.schema import EVENTS, STOCKS, Column, Table
from seawall.city.settings import SETTINGS


def write_schemas(folder: Path) -> None:
    """Write ``schemas/TABLE.json`` for every table, and ``tables.md``, into the folder of reference pages.

    The schemas follow the Frictionless Table Schema; run again after any change to the declarations.
    """
    for name, text in published().items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def published() -> dict[str, str]:
    """File name to text, for everything `write_schemas` writes."""
    files = {
        f"schemas/{name}.json": json.dumps(table.table_schema(), ensure_ascii=False, indent=2) + "\n"
        for name, table in TABLES.items()
    }
    return {**files, "tables.md": "\n".join(_page()) + "\n"}


def _page() -> Iterator[str]:
    yield "# The city folder"
    yield ""
    yield "<!-- Written by seawall.city.publish.write_schemas from the declarations in the code; do not edit. -->"
    yield ""
    yield (
        "A city is a folder: `city.toml` and tables in CSV, CSV.gz or Parquet, one file a table, UTF-8, dates as "
        "2022-03-05, times as 2022-03-05 14:30. Only `areas` and one of `cases` or `counts` are needed. A table may "
        "have further columns; they are kept and not read. Empty rows are passed over. Each table's Table Schema lies "
        "beside this page in `schemas/`."
    )
    yield ""
    yield "## city.toml"
    yield ""
    yield "| setting | is | about |"
    yield "| --- | --- | --- |"
    for setting in SETTINGS:
        yield f"| `{setting.name}` | {setting.expected} | {setting.about} |"
    yield ""
    yield "## areas.geojson"
    yield ""
    yield (
        "May be there: a GeoJSON FeatureCollection of Polygons and MultiPolygons in longitude and latitude (WGS-84), "
        "each with the property `area_id`, as text. Where it is missing, areas are drawn as points."
    )
    for table in TABLES.values():
        yield ""
        yield from _section(table)
    yield ""
    yield "## Events of `counts`"
    yield ""
    yield "| event | is | kind |"
    yield "| --- | --- | --- |"
    for event, about in EVENTS.items():
        yield f"| `{event}` | {about} | {'stock' if event in STOCKS else 'flow'} |"


def _section(table: Table) -> Iterator[str]:
    yield f"## {table.name}"
    yield ""
    yield f"One row is {table.row}. Key: {', '.join(f'`{name}`' for name in table.key)}. Gives {table.gives}."
    yield f"Without it hidden: {table.hides}."
    yield ""
    yield "| column | kind | about | also known as |"
    yield "| --- | --- | --- | --- |"
    for column in table.columns:
        name = f"`{column.name}`" + (" (needed)" if column.required else "")
        yield f"| {name} | {_kind(column)} | {_about(column)} | {', '.join(column.synonyms)} |"


def _kind(column: Column) -> str:
    parts: list[str] = [column.kind]
    if column.unit:
        parts.append(column.unit)
    if column.low is not None and column.high is not None:
        parts.append(f"{column.low:g} to {column.high:g}")
    elif column.low is not None:
        parts.append(f"from {column.low:g}")
    return ", ".join(parts)


def _about(column: Column) -> str:
    about = column.about
    if column.codes:
        about += " One of " + ", ".join(f"`{code}`" for code in column.codes) + "."
    if column.refers_to:
        about += f" Refers to `{column.refers_to}`."
    return about
