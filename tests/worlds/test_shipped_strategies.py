"""The strategies and options of the package, held to what they say of themselves."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from seawall import measures as m
from seawall.city import open_city
from seawall.city.example import write_example
from seawall.city.layers import COMMUNITY, PUBLIC, SCHOOL, WORK
from seawall.measures.levers import AT_SITE
from seawall.plan.options import read_options
from seawall.twin.city_map import essential_of

SHARES = (10, 30, 40, 20)  # residents of four districts, in thousands: the first two and the last two are not halves


def ground():
    residents = np.zeros((4, 16), dtype=np.int64)
    residents[:, 4] = np.array(SHARES) * 1000
    codes = ("d1", "d2", "d3", "d4")
    return m.Ground(
        area_ids=("c", *codes),
        blocks_of={"c": np.ones(4, dtype=bool), **{code: np.arange(4) == at for at, code in enumerate(codes)}},
        block_area=codes, block_place=("",) * 4, districts=codes, district_of_block=np.arange(4),
        sectors=("plants", "clinics"), residents=residents, capacity={"icu_beds": 10.0}, essential=("clinics",),
        levels={"c": "city", **dict.fromkeys(codes, "district")},
    )  # fmt: skip


def pulled(key, day, *, reports=None, in_icu=0, high=()):
    """What a shipped strategy pulls on a day, with the same reports of each block and patients every day before."""
    rows = np.tile(np.array(reports or [0] * 4, dtype=np.int32), (day, 1))
    small = np.zeros((day, 4), dtype=np.int64)
    seen = m.Seen(
        start=date(2022, 3, 28), day=day, reports=rows, reports_in_control=rows, imported=rows, tests=small,
        positives=small, in_hospital=np.zeros(day, dtype=np.int64), in_icu=np.full(day, in_icu), deaths=small,
        before=rows[:0],
    )  # fmt: skip
    tier = np.isin(np.arange(4), high).astype(int)
    today = m.Today(
        date=seen.date, day=day, ground=ground(), seen=seen, zones=m.Zones(tiers=("low", "high"), tier=tier)
    )
    levers = m.Levers(blocks=4, sectors=2)
    m.read_strategy(key).pull(levers, today)
    return levers


def test_the_halves_stay_at_home_one_after_the_other():
    at_home = [(pulled("halves-in-turn", day).contact[PUBLIC] < 0.5).tolist() for day in range(9)]
    first, second = [True, True, False, False], [False, False, True, True]
    assert at_home == [first] * 4 + [second] * 4 + [[False] * 4]
    tested = {day: [one.blocks.tolist() for one in pulled("halves-in-turn", day).rounds] for day in range(9)}
    assert {day: found for day, found in tested.items() if found} == {0: [first], 3: [first], 4: [second], 7: [second]}


def test_essential_work_goes_on_in_either_half():
    for day in range(8):
        attendance = pulled("halves-in-turn", day).attendance
        assert attendance[1].tolist() == [1] * 4
        assert sorted(set(attendance[0].round(3))) == [0.05, 1]


def test_the_twenty_measures_limit_high_risk_areas_only_and_look_for_no_second_ring():
    levers = pulled("twenty-measures", 5, high=(2,))
    assert (levers.contact[[SCHOOL, WORK, COMMUNITY]] < 0.5).tolist() == [[False, False, True, False]] * 3
    assert [one.second_ring for one in levers.tracing] == [0]
    assert [(one.days, one.where, one.test_days) for one in levers.quarantine] == [(5, AT_SITE, (0, 1, 2, 4))]
    assert [one.blocks.tolist() for one in levers.rounds] == [[False, False, True, False]]
    assert pulled("twenty-measures", 5).limits == []


def test_little_is_done_by_advice_alone():
    levers = pulled("do-little", 10, reports=[9] * 4, in_icu=10)
    assert (levers.limits, levers.rounds, levers.tracing, levers.quarantine) == ([], [], [], [])
    assert levers.symptom
    assert levers.isolation


def test_ours_limits_nobody_before_something_is_seen():
    limits = pulled("ours", 20).limits
    assert {limit.measure for limit in limits} <= {"fewer meetings in care homes"}
    assert pulled("ours", 20).rounds == []


def test_ours_limits_the_districts_that_pass_its_limit_then_the_city_and_schools_last():
    # 5 a day are 350 in seven days per 100,000 of d1 (10,000 residents), 12 of each hundred thousand elsewhere: none.
    some = pulled("ours", 9, reports=[5, 0, 0, 0])
    assert (some.contact[PUBLIC] < 1).tolist() == [True, False, False, False]
    assert (some.attendance[0] < 1).tolist() == [True, False, False, False]
    assert some.attendance[1].tolist() == [1] * 4
    assert some.schooling.min() == 1
    full = pulled("ours", 9, reports=[5, 0, 0, 0], in_icu=6)
    assert (full.contact[COMMUNITY] < 1).all()
    assert full.schooling.min() == 1
    over = pulled("ours", 9, in_icu=9)
    assert (over.schooling < 1).all(axis=1).tolist() == [False, False, False, True, True]


def test_every_limit_of_ours_ends_and_nobody_is_kept_at_a_site():
    strategy = m.read_strategy("ours")
    limits = [one for one in strategy.measures if one.kind.startswith("limit_") and "care homes" not in one.name]
    assert len(limits) >= 6
    assert all(one.when or getattr(one, "zones", ()) for one in limits)
    assert all(getattr(one, "where", "home") == "home" for one in strategy.measures)


def test_essential_sectors_are_those_the_folder_marks_else_those_their_names_tell(tmp_path):
    write_example(tmp_path / "city", residents=20_000, seed=3)
    city = open_city(tmp_path / "city")
    sectors = tuple(city.scan("sectors").select("sector").unique().collect()["sector"].sort())
    marked = {"Health and care", "Utilities and food supply", "Government and services", "Port and logistics"}
    assert set(essential_of(city, sectors)) == marked
    table = pl.read_csv(tmp_path / "city" / "sectors.csv")
    table.drop("essential").write_csv(tmp_path / "city" / "sectors.csv")
    bare = open_city(tmp_path / "city")
    assert set(essential_of(bare, sectors)) == marked
    assert essential_of(bare, ("电子制造", "电力、热力、燃气", "卫生", "批发零售")) == ("电力、热力、燃气", "卫生")
    table.with_columns(essential=pl.col("sector") == "Manufacturing").write_csv(tmp_path / "city" / "sectors.csv")
    assert essential_of(open_city(tmp_path / "city"), sectors) == ("Manufacturing",)


def test_the_standard_options_are_about_two_hundred_around_every_shipped_strategy():
    options = read_options().options
    assert 190 <= len(options) <= 210
    assert {option.base for option in options.values()} == set(m.shipped_strategies())
    assert set(m.shipped_strategies()) <= set(options)
    assert len({repr(option.strategy) for option in options.values()}) == len(options)
    assert all(name for option in options.values() for name in option.lever_names_zh.values())


@pytest.mark.parametrize("base", m.shipped_strategies())
def test_every_standard_option_fits_a_city(base):
    city = ground()
    known = {option.key: option for option in read_options().options.values() if option.base == base}
    for option in known.values():
        warned = m.check_strategy(option.strategy, city)
        assert {warning.column for warning in warned} <= {"where"}, option.key  # no rooms at a site here
