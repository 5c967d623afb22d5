"""The page on mappings names every setting, and what it shows is understood."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seawall.city.importing import read_mapping
from seawall.city.importing.reading import COLUMN_SETTINGS, PART_SETTINGS

PAGES = [Path(__file__).parents[2] / "docs" / page for page in ("reference/mapping.md", "how-to/import.md")]
EXAMPLES = [
    text for page in PAGES for text in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
]


def test_every_setting_is_on_the_page():
    page = PAGES[0].read_text(encoding="utf-8")
    part, column = page.split("## Of a column")
    assert [name for name in PART_SETTINGS if f"| `{name}`" not in part] == []
    described = set(re.findall(r"`(\w+)`", column))
    assert sorted(set(COLUMN_SETTINGS) - described) == []


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_on_the_page_is_a_mapping(tmp_path, text):
    if "[counts.cumulative]" in text:
        text = '[counts.columns]\ndate = "日期"\narea_id = "区"\nevent = "事件"\ncount = "累计"\n' + text
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    assert read_mapping(tmp_path / "m.toml").tables


def test_there_are_examples():
    assert len(EXAMPLES) >= 4
