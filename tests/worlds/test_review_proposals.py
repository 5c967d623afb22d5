"""What a review proposes: each rule by hand, a next version that reads back, options near it, and where measures held."""

from __future__ import annotations

import dataclasses
import tomllib
from datetime import date
from importlib.resources import files

import numpy as np
import polars as pl
import pytest

from seawall.brief.review_words import RULES, TANGLED, VERDICTS, WHY_NOT
from seawall.city import open_city
from seawall.city.example import write_example
from seawall.city.synth import synthesise
from seawall.core import InvalidInput
from seawall.measures import parse_strategy, read_strategy, shipped_strategies
from seawall.measures.write import strategy_text
from seawall.plan.options import NOTHING, read_options
from seawall.review.apart import Tangle
from seawall.review.decision import Decision
from seawall.review.effects import EFFECTS
from seawall.review.held import Calendar, held_by_decisions, held_by_table, part_of_city
from seawall.review.propose import propose
from seawall.review.replan import replan, write_options
from seawall.twin.city_map import capacity_of, map_of

START, ON = date(2026, 3, 2), date(2026, 4, 1)


def decision(measures, *, start=START, name="2026-03-01-a", head=""):
    text = f'[strategy]\nname = "A"\n{head}' + "".join(f"\n[[measures]]\n{one}" for one in measures)
    expected = pl.DataFrame(schema={"event": pl.String})
    return Decision(
        name=name, key="a", on=start, start=start, days=60, seed=1, version=4,
        strategy=parse_strategy(text, file="chosen.toml"), expected=expected,
    )  # fmt: skip


LIMIT = 'kind = "limit_contacts"\nname = "limit"\nleft = 0.5\nstart = 3\n'
ROUNDS = 'kind = "wear_masks"\nname = "masks"\n'


def effects(**verdicts):
    rows = [
        {"measures": measure.split("__"), "method": "districts", "what": "growth_change_per_day", "verdict": verdict}
        for measure, verdict in verdicts.items()
    ]
    return pl.DataFrame([{name: row.get(name) for name in EFFECTS} for row in rows], schema=EFFECTS)


def proposed(measures, found, *, burden=None, tangles=(), came="as_expected"):
    taken = decision(measures)
    calendar = Calendar(first=START, days=40, districts=("D",), residents=np.ones(1))
    held = held_by_decisions([taken], EveryWhere(), calendar)
    return taken, propose(taken, held, found, tangles, burden or {}, on=ON, came=came)


class EveryWhere:
    """A city of one district, for measures that name no area."""

    class areas:  # noqa: N801
        @staticmethod
        def path(_):
            return ()


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    root = tmp_path_factory.mktemp("example") / "city"
    write_example(root, residents=4000, seed=2)
    return open_city(root)


@pytest.fixture(scope="module")
def calendar(city):
    districts = tuple(area.area_id for area in city.areas.at_level("district"))
    residents = np.array([city.areas.population(area) for area in districts], dtype=float)
    return Calendar(first=date(2026, 2, 20), days=60, districts=districts, residents=residents)


@pytest.mark.parametrize(
    ("verdict", "burden", "more", "rule", "action"),
    [
        ("slower", 0.5, "", "works-without-end", "end"),
        ("slower", 0.5, "stop = 2026-04-09\n", "works", "keep"),
        ("none_visible", 0.5, "", "no-effect-high-burden", "drop"),
        ("faster", 0.5, "", "no-effect-high-burden", "drop"),
        ("none_visible", 0.01, "", "no-effect-low-burden", "end"),
        ("cannot_say", 0.5, "", "tangled-high-burden", "loosen"),
        ("cannot_say", 0.01, "", "not-known-without-end", "end"),
        ("not_judged", 0.5, "stop = 2026-04-09\n", "not-known", "keep"),
        ("slower", 0.5, "stop = 20\n", "over", "past"),
    ],
)
def test_each_rule(verdict, burden, more, rule, action):
    days = {"limit": burden, "masks": 1 - burden}
    _, found = proposed([LIMIT + more, ROUNDS], effects(limit=verdict, masks="slower"), burden=days)
    row = found.reasons.row(0, named=True)
    assert (row["rule"], row["action"]) == (rule, action)
    keys = [one.key for one in found.strategy.measures]
    assert ("limit" in keys) == (action not in {"drop", "past"})
    if action == "loosen":
        assert found.strategy.measures[keys.index("limit")].left == 0.75


def test_the_next_version_reads_back_with_its_reasons():
    taken, found = proposed([LIMIT, ROUNDS], effects(limit="none_visible", masks="slower"), burden={"limit": 1.0})
    again = parse_strategy(found.text, file="next.toml")
    assert again == found.strategy
    assert again.version == taken.version + 1
    assert again.previous == taken.name
    assert again.reasons == (
        "drop limit: It restricts many, and what came shows no effect that matters.",
        "end masks: Reports grew more slowly with it; it stays, and needs an end.",
    )
    assert again.measures[0].stop == date(2026, 4, 16)


def test_measures_in_one_bundle_are_neither_praised_nor_blamed_alone():
    tangle = Tangle(method="districts", measures=("limit", "masks"), why="same_days", inflation=9)
    for verdict in ("slower", "none_visible"):
        _, found = proposed([LIMIT, ROUNDS], effects(limit__masks=verdict), burden={"limit": 1.0}, tangles=[tangle])
        assert found.reasons["effect"].to_list() == ["tangled", "tangled"]
        assert found.reasons["action"].to_list() == ["loosen", "end"]


@pytest.mark.parametrize(("came", "above"), [("above", 5), ("below", 20), ("as_expected", 10)])
def test_triggers_move_with_what_came(came, above):
    trigger = LIMIT + 'when = "reports_per_100k"\nabove = 10\n'
    _, found = proposed([trigger], effects(limit="not_judged"), burden={"limit": 1.0}, came=came)
    assert found.strategy.measures[0].above == above


@pytest.mark.parametrize("came", ["above", "below", "as_expected"])
@pytest.mark.parametrize("name", shipped_strategies())
def test_of_every_shipped_strategy_a_next_version_can_be_read(name, came, city, calendar):
    taken = dataclasses.replace(decision([]), strategy=read_strategy(name))
    held = held_by_decisions([taken], city, calendar)
    keys = [measure.key for measure in taken.strategy.measures]
    found = propose(taken, held, effects(), [], dict.fromkeys(keys, 1.0), on=ON, came=came)
    again = parse_strategy(found.text, file="next.toml")
    assert again == found.strategy
    assert found.reasons["measure"].to_list() == keys
    for option in replan(taken, ON, proposed=found.strategy).values():
        assert parse_strategy(strategy_text(option), file="option.toml") == option


def test_options_near_the_strategy_are_options_for_choose(tmp_path):
    taken, found = proposed([LIMIT, ROUNDS], effects(limit="none_visible", masks="slower"), burden={"limit": 1.0})
    options = replan(taken, ON, proposed=found.strategy)
    assert list(options) == ["as-it-is", "proposed", "without-limit", "looser-limit", "tighter-limit", "without-masks"]
    assert [one.measures[0].left for key, one in options.items() if key in ("looser-limit", "tighter-limit")] == [
        0.75,
        0.25,
    ]
    (tmp_path / "old.toml").write_text("")
    write_options(options, tmp_path)
    assert set(read_options([tmp_path]).options) == {*options, NOTHING}


def test_every_code_has_its_words():
    declared = tomllib.loads(files("seawall.review").joinpath("rules.toml").read_text(encoding="utf-8"))["rules"]
    assert {rule["key"]: rule["why"] for rule in declared} == RULES
    assert set(VERDICTS) == {"slower", "faster", "none_visible", "cannot_say", "not_judged"}
    source = "".join(
        files("seawall.review").joinpath(name).read_text(encoding="utf-8")
        for name in ("effects.py", "held.py", "counterfactual.py")
    )
    assert all(f'"{code}"' in source for code in (*WHY_NOT, "same_days", "same_days_and_places"))
    assert set(TANGLED) == {"same_days", "same_days_and_places", "everywhere_at_once", "sum_of_others"}


# --- where and when a measure held -----------------------------------------------------------------------------------


def test_parts_of_the_city_are_those_of_the_twin(city, calendar):
    people, _ = synthesise(city, seed=1)
    ground = map_of(people, city.areas, capacity_of(city))
    assert ground.districts == calendar.districts
    for parts in (2, 3):
        by_block = ground.part_of_blocks(parts)
        for part in range(1, parts + 1):
            there = [
                bool((by_block[ground.district_of_block == at] == part - 1).all())
                for at in range(len(calendar.districts))
            ]
            assert part_of_city(calendar.residents, part, parts).tolist() == [float(one) for one in there]


def test_each_decision_holds_until_the_next_begins(city, calendar):
    first, second = calendar.districts[:2]
    one = decision(
        [f'kind = "limit_contacts"\nname = "limit"\nstart = 5\nstop = 25\nareas = ["{first}"]\nleft = 0.5\n']
    )
    two = decision(
        ['kind = "wear_masks"\nname = "masks"\n', f'kind = "limit_contacts"\nname = "limit"\nexcept_areas = ["{second}"]\nleft = 0.5\n'],
        start=date(2026, 3, 17), name="2026-03-16-b",
    )  # fmt: skip
    limit, masks = held_by_decisions([two, one], city, calendar)
    begins, later = (date(2026, 3, 7) - calendar.first).days, (two.start - calendar.first).days
    assert limit.indicator[:begins].max() == 0
    assert limit.indicator[begins:later].tolist() == [[1.0] + [0.0] * 8] * (later - begins)
    assert limit.indicator[later:].tolist() == [[1.0, 0.0] + [1.0] * 7] * (60 - later)
    assert masks.indicator[:later].max() == 0
    assert masks.indicator[later:].min() == 1
    assert (limit.refused, masks.refused) == ("", "")


def test_what_no_date_tells_is_refused(city, calendar):
    taken = decision([
        'kind = "wear_masks"\nname = "always"\n',
        'kind = "limit_contacts"\nname = "seen"\nstart = 3\nwhen = "reports_per_100k"\nabove = 10\n',
        'kind = "add_beds"\nname = "beds"\nstart = 3\nbeds = 5\n',
    ])  # fmt: skip
    refused = {one.measure: one.refused for one in held_by_decisions([taken], city, calendar)}
    assert refused == {"always": "start_unknown", "seen": "trigger", "beds": "care"}
    (always, *_) = held_by_decisions([dataclasses.replace(taken, afresh=True)], city, calendar)
    assert always.refused == ""
    assert always.indicator[:, 0].argmax() == (taken.start - calendar.first).days


def test_a_table_of_dates_is_read_whole_or_not_at_all(city, calendar, tmp_path):
    path = tmp_path / "measures.csv"
    path.write_text("measure,area_id,start,stop\nschools,,2026-03-01,2026-03-11\n")
    (schools,) = held_by_table(path, city, calendar)
    assert schools.indicator.sum(axis=0).tolist() == [10.0] * 9
    path.write_text("measure,area_id,start,stop\n,X,2026-03-01,2026-02-01\nschools,,soon,\n")
    with pytest.raises(InvalidInput) as found:
        held_by_table(path, city, calendar)
    assert [(fault.row, fault.column) for fault in found.value.faults] == [
        (2, "measure"), (2, "area_id"), (2, "stop"), (3, "start"),
    ]  # fmt: skip
