"""The brief as PDF, set by Typst with the fonts of the package alone."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from seawall.brief.document import Brief, Grid, marks
from seawall.brief.fonts import FAMILIES, font_path

REGIONS = {"en": ("en", "GB"), "zh-Hans": ("zh", "CN"), "zh-Hant": ("zh", "TW")}
"""Language and region as Typst names them."""

WIDE_COLUMNS = {
    "zones": (3.4, 1.3, 0, 0, 0, 5, 4),
    "sources": (1, 3),
    "provenance": (1, 3),
    "tables": (1, 5, 1, 5, 1, 5),
}
"""Relative widths of tables that hold text; 0: as wide as its content."""


def write_pdf(brief: Brief, *, standards: Sequence[Any] = ()) -> bytes:
    """The same content as the page, on A4 with page numbers, tagged for screen readers.

    Args:
        brief: the brief.
        standards: PDF standards to hold it to, e.g. ``("ua-1",)``; none: tagged, unchecked.
    """
    import typst

    source = files("seawall.brief").joinpath("templates", "brief.typ").read_bytes()
    on = brief.findings.on
    written = typst.compile(
        source,
        font_paths=_fonts(),
        sys_inputs={"brief": json.dumps(_content(brief), ensure_ascii=False)},
        format="pdf",
        pdf_standards=list(standards),
        timestamp=datetime(on.year, on.month, on.day, tzinfo=UTC),
    )
    return bytes(written)


@cache
def _fonts() -> Any:
    """The package's fonts and nothing else: what a bare machine has."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_path().parent)])


def _content(brief: Brief) -> dict[str, Any]:
    language, region = REGIONS[brief.lang]
    shown = {
        field.name: _plain(getattr(brief, field.name))
        for field in dataclasses.fields(brief)
        if field.name != "findings"
    }
    return {
        **shown,
        "lang": language,
        "region": region,
        "family": FAMILIES[brief.lang],
        "day": [brief.findings.on.year, brief.findings.on.month, brief.findings.on.day],
        "marks": marks(brief.findings),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Grid):
        plain = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return plain | ({"wide": list(WIDE_COLUMNS[value.name])} if value.name in WIDE_COLUMNS else {})
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return dict(value) if hasattr(value, "items") else value
