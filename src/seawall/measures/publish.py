"""The reference page of measures, written from what each declares."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

from seawall.core import describe_quantities
from seawall.core.quantity import Quantity
from seawall.measures.kinds import MEASURES, kind_of
from seawall.measures.measure import Measure, described
from seawall.measures.read import read_strategy, shipped_strategies

_COMMON = tuple(field.name for field in dataclasses.fields(Measure))
_FORMS: dict[Any, str] = {
    str: "text",
    float | None: "number",
    tuple[str, ...]: "list of texts",
    tuple[int, ...]: "list of days",
    tuple[int, int]: "two ages",
    date | int | None: "date or day",
}


def write_page(folder: Path) -> None:
    """Write ``measures.md`` into the folder of reference pages; run again after any change to a measure."""
    (folder / "measures.md").write_text(measures_page(), encoding="utf-8")


def measures_page() -> str:
    """The page: every measure with its settings and numbers, and the strategies of the package."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Measures and strategies"
    yield ""
    yield "<!-- Written by seawall.measures.publish.write_page from the measures in the code; do not edit. -->"
    yield ""
    yield (
        "A strategy is a TOML file: a table `[strategy]` with `name`, and perhaps `name_zh` and `about`, and a table "
        "`[[measures]]` for each measure, whose `kind` is one of those below. A strategy that has versions says so by "
        "`version` (a whole number), `previous` (what the version before is called) and `reasons` (a list of texts). "
        "How measures combine, begin and end: [Measures](../explanation/measures.md). Writing one: "
        "[Write a strategy](../how-to/write-a-strategy.md)."
    )
    yield ""
    yield "## Every measure has"
    yield ""
    yield "| key | is | form |"
    yield "| --- | --- | --- |"
    for field in dataclasses.fields(Measure):
        told = described(field)
        if told is not None:
            among = [word for word in told.among if word]
            form = f"one of {_words(among)}" if among else _FORMS[get_type_hints(Measure)[field.name]]
            yield f"| `{field.name}` | {told.about} | {form} |"
    yield ""
    yield from _numbers(describe_quantities(Measure))
    for noun in MEASURES:
        yield ""
        yield from _section(noun)
    yield ""
    yield "## Strategies of the package"
    yield ""
    yield "| strategy | name | 简体 | about |"
    yield "| --- | --- | --- | --- |"
    for key in shipped_strategies():
        strategy = read_strategy(key)
        yield f"| `{key}` | {strategy.name} | {strategy.name_zh} | {strategy.about} |"


def _section(noun: type[Measure]) -> Iterator[str]:
    kind = kind_of(noun)
    yield f"({kind})="
    yield f"## `{kind}`"
    yield ""
    yield " ".join(inspect.cleandoc(noun.__doc__ or "").split()).replace("``", "`")
    settings = [
        (field, told)
        for field in dataclasses.fields(noun)
        if field.name not in _COMMON and (told := described(field)) is not None
    ]
    if settings:
        yield ""
        yield "| key | is | form | left out |"
        yield "| --- | --- | --- | --- |"
        hints = get_type_hints(noun)
        for field, told in settings:
            form = f"one of {_words(told.among)}" if told.among else _FORMS[hints[field.name]]
            if told.among and hints[field.name] is not str:
                form = f"any of {_words(told.among)}"
            yield f"| `{field.name}` | {told.about} | {form} | {_default(field.default)} |"
    numbers = [declared for declared in describe_quantities(noun) if declared.name not in _COMMON]
    if numbers:
        yield ""
        yield from _numbers(numbers)


def _numbers(numbers: Iterable[Quantity]) -> Iterator[str]:
    yield "| number | is | unit | taken between | left out | source |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for declared in numbers:
        default = "must be given" if declared.default is None else f"{declared.default:g}"
        yield (
            f"| `{declared.name}` | {declared.about} | {declared.unit} | {declared.low:g} to {declared.high:g} | "
            f"{default} | {declared.source} |"
        )


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _default(value: Any) -> str:
    if value is dataclasses.MISSING:
        return "must be given"
    if isinstance(value, str):
        return f"`{value}`" if value else ""
    return ", ".join(f"`{member}`" for member in value)
