"""The catalogue's page says what the code says, and no number stands without unit and source."""

import dataclasses
from pathlib import Path

import pytest

from seawall.core import describe_quantities
from seawall.disease import ANCHORS, CATALOGUE, DelayEvidence, Evidence, Pathogen, disease_x
from seawall.disease.publish import catalogue_page, write_catalogue

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "catalogue.md"
EVERYONE = [*CATALOGUE.values(), *ANCHORS.values(), disease_x(1)]


def test_the_committed_page_is_current(tmp_path):
    write_catalogue(tmp_path)
    written = (tmp_path / "catalogue.md").read_text(encoding="utf-8")
    assert written == catalogue_page()
    assert PAGE.read_text(encoding="utf-8") == written, "write it again with seawall.disease.publish.write_catalogue"


@pytest.mark.parametrize("entry", EVERYONE, ids=lambda entry: entry.name)
def test_every_number_has_unit_range_source_and_confidence(entry):
    declared = {quantity.name: quantity for quantity in describe_quantities(Pathogen)}
    assert len(declared) == 9
    for name, quantity in declared.items():
        number = getattr(entry, name)
        assert isinstance(number, Evidence), name
        assert quantity.unit, name
        assert quantity.about, name
        assert quantity.low <= number.low <= number <= number.high <= quantity.high, name
        assert number.source.strip(), name
        assert number.confidence in {"found", "recalled", "assumed"}, name
    for field in dataclasses.fields(entry):
        told = getattr(entry, field.name)
        if isinstance(told, DelayEvidence):
            assert told.source.strip(), field.name
            assert told.mean_low <= told.delay.mean_days <= told.mean_high, field.name
    assert entry.fatality.source.strip()


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.key)
def test_every_number_and_name_is_on_the_page(entry):
    page = catalogue_page()
    section = page[page.index(f"({entry.key})=") :]
    for name in (entry.name, entry.name_zh, entry.name_hant):
        assert name in section
    for quantity in describe_quantities(Pathogen):
        assert f"| `{quantity.name}` | {getattr(entry, quantity.name):.3g} |" in section


@pytest.mark.parametrize(
    "broken",
    [
        {"value": 1.0, "low": 2.0, "high": 3.0, "source": "x", "confidence": "found"},
        {"value": 2.5, "low": 2.0, "high": 3.0, "source": " ", "confidence": "found"},
        {"value": 2.5, "low": 2.0, "high": 3.0, "source": "x", "confidence": "certain"},
        {"value": float("nan"), "low": 2.0, "high": 3.0, "source": "x", "confidence": "found"},
    ],
)
def test_evidence_without_source_or_outside_its_interval_cannot_be_made(broken):
    with pytest.raises(ValueError, match=r"interval|source"):
        Evidence(**broken)
