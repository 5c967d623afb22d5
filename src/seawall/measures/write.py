"""A strategy as the text of a file, so that what was made or proposed can be read, changed and played."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from seawall.core.toml_rows import written
from seawall.measures.measure import Measure
from seawall.measures.strategy import Strategy


def strategy_text(strategy: Strategy, *, comments: Sequence[str] = ()) -> str:
    """TOML that `parse_strategy` reads as the same strategy; fields at their default are left out."""
    lines = [f"# {comment}" for comment in comments]
    lines += [""] if lines else []
    lines.append("[strategy]")
    for field in dataclasses.fields(strategy):
        value = getattr(strategy, field.name)
        if field.compare and field.name != "measures" and (field.name == "name" or value != field.default):
            lines.append(f"{field.name} = {written(value)}")
    for measure in strategy.measures:
        lines += ["", "[[measures]]", *_fields(measure)]
    return "\n".join(lines) + "\n"


def _fields(measure: Measure) -> list[str]:
    lines = [f"kind = {written(measure.kind)}"]
    for field in dataclasses.fields(measure):
        value = getattr(measure, field.name)
        if field.name != "kind" and value is not None and value != field.default:
            lines.append(f"{field.name} = {written(value)}")
    return lines
