"""The page of the economy's numbers says what the code says; the page of its science keeps to what is tested."""

from pathlib import Path

from seawall.core import describe_quantities
from seawall.twin.economy import Parameters, Prices
from seawall.twin.economy.parameters import WORSE
from seawall.twin.economy.publish import economy_page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_numbers_is_current():
    committed = (DOCS / "reference" / "economy.md").read_text(encoding="utf-8")
    assert committed == economy_page(), "write it again with seawall.twin.economy.publish.write_economy"


def test_every_number_stands_on_it_with_unit_and_source():
    page = economy_page()
    declared = [*describe_quantities(Parameters), *describe_quantities(Prices)]
    assert len(declared) > 25
    for one in declared:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{one.name}` |"))
        assert one.unit in row
        assert row.rstrip(" |").endswith(one.source)
        assert one.low <= one.default <= one.high
    assert set(WORSE) <= {one.name for one in describe_quantities(Parameters)}


def test_the_science_page_names_its_tests():
    page = (DOCS / "science" / "economy.md").read_text(encoding="utf-8")
    tests = Path(__file__).parents[1]
    named = [word.strip("`.,;()") for word in page.split() if "test_economy" in word]
    assert named
    assert all((tests / name).is_file() for name in named), named
