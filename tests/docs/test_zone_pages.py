"""The pages about zones say what the code says today, and their examples run."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from seawall.city import read_city
from seawall.city.example import write_example
from seawall.zones import BASES, LIFTS, NOTES, REASONS, ZoneMap, draw_zones, forbidden_inputs, load_rules, see, shipped
from seawall.zones.messages import lifts, note, reason
from seawall.zones.publish import rules_page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_rule_sets_is_current():
    committed = (DOCS / "reference" / "rules.md").read_text(encoding="utf-8")
    assert committed == rules_page(), "write it again with seawall.zones.publish.write_pages"


def test_every_rule_set_input_basis_and_code_is_on_the_page():
    page = rules_page()
    assert all(f"## {key}\n" in page for key in shipped())
    assert all(f"| {name} |" in page for name, _ in forbidden_inputs())
    assert all(f"`{word}`" in page for word in (*BASES, *REASONS, *LIFTS, *NOTES))


def test_messages_carry_exactly_the_facts_they_declare():
    assert json.loads(
        reason("stands_on_last_judgement", on=date(2022, 1, 2), judged_on=date(2022, 1, 1), missing=["a"])
    ) == {
        "code": "stands_on_last_judgement",
        "facts": {"on": "2022-01-02", "judged_on": "2022-01-01", "missing": ["a"]},
    }
    assert note("visits_not_seen", tier="medium") == {"code": "visits_not_seen", "facts": {"tier": "medium"}}
    with pytest.raises(ValueError, match="carries"):
        lifts("inputs_known")
    with pytest.raises(KeyError):
        note("no_such_code")


@pytest.fixture(scope="module")
def maps(tmp_path_factory) -> list[ZoneMap]:
    folder = tmp_path_factory.mktemp("example") / "city"
    write_example(folder, residents=20_000, seed=1)
    seen = see(read_city(folder), date(2025, 4, 20))
    return [draw_zones(seen, load_rules(key)) for key in shipped()]


def test_the_example_city_uses_only_declared_messages(maps):
    used = set()
    for drawn in maps:
        for column, declared in (("reason", REASONS), ("lifts_if", LIFTS)):
            for text in drawn.zones[column].drop_nulls():
                message = json.loads(text)
                assert set(message["facts"]) == set(declared[message["code"]])
                used.add(message["code"])
        for message in drawn.notes:
            assert set(message["facts"]) == set(NOTES[message["code"]])
    assert {"infection_found", "threshold_met", "falls_below", "quiet_days_pass"} <= used
    assert set(maps[0].zones["residents_basis"]) <= set(BASES)


def test_the_pieces_of_rule_files_in_the_guide_are_toml():
    page = (DOCS / "how-to" / "zones.md").read_text(encoding="utf-8")
    pieces = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(pieces) == 2
    for piece in pieces:
        assert tomllib.loads(piece)
