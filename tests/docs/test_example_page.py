"""The page on the example city states the numbers that the code uses."""

import re
from pathlib import Path

from seawall.city.example.course import Story
from seawall.city.example.land import divisions
from seawall.core import describe_quantities

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "example-city.md").read_text(encoding="utf-8")


def test_every_number_of_the_story_is_on_the_page_with_its_value_and_unit():
    stated = re.findall(r"^\* - `(\w+)`\n  - ([\d.]+)\n  - (.+)$", PAGE, re.MULTILINE)
    declared = [(entry.name, f"{entry.default:g}", entry.unit) for entry in describe_quantities(Story())]
    assert stated == declared


def test_the_divisions_on_the_page_are_those_made():
    rows = re.findall(r"^\| ([\d,]+) \| (\d+) \| (\d+) \| ([\d,]+) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 3
    for row in rows:
        residents, *parts = (int(cell.replace(",", "")) for cell in row)
        assert divisions(residents) == tuple(parts)
