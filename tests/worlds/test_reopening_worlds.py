"""Reopening in worlds small enough to reckon by hand; broken firms, reliefs and rules, with every fault told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from seawall.city import read_city
from seawall.core import InvalidInput
from seawall.measures import parse_strategy
from seawall.plan.reopening.draw_up import Reopening, draw_up
from seawall.plan.reopening.instruments import parse_relief, shipped_relief
from seawall.plan.reopening.orders import strategy_of
from seawall.plan.reopening.relief import relief_table, relief_totals
from seawall.plan.reopening.seek import Limits, Setting
from seawall.plan.reopening.spread import Shares, Spread
from seawall.plan.reopening.tables import capacity_table, causes, orders_table, shadow_table
from seawall.plan.reopening.terms import Calendar, Terms
from seawall.plan.reopening.today import at_work_under
from seawall.plan.reopening.work import Work, work_of

FILES = {
    "city.toml": 'name = "Small"\n',
    "areas.csv": (
        "area_id,parent_id,level,name,name_zh,population,lon,lat\nC,,city,City,市,,,\n"
        "D1,C,district,East,东区,6000,,\nD2,C,district,West,西区,4000,,\n"
    ),
    "counts.csv": "date,area_id,event,count\n2025-05-31,C,reports,3\n",
    "sectors.csv": (
        "sector,area_id,workers,output_per_day,remote_share,essential\n"
        "Making,D1,100,1000,0.2,false\nShops,D1,50,300,,false\nWater,D1,10,200,0.1,true\nMaking,D2,60,500,0.2,false\n"
    ),
    "flows.csv": "from_sector,to_sector,value\nWater,Making,100\nMaking,Shops,50\n",
    "places.csv": "place_id,area_id,kind,name,lon,lat,capacity\nF1,D1,workplace,Big mill,,,40\nF2,D2,workplace,,,,\n",
}


@pytest.fixture
def city(tmp_path):
    root = tmp_path / "city"
    root.mkdir()
    for name, text in FILES.items():
        (root / name).write_text(text, encoding="utf-8")
    return read_city(root)


DISTRICTS = ("D1", "D2")


def test_units_are_sectors_by_district_and_key_firms(city, tmp_path):
    firms = tmp_path / "firms.csv"
    firms.write_text("place_id,sector,workers,output_per_day\nF1,Making,,600\n", encoding="utf-8")
    work = work_of(city, DISTRICTS, firms)
    rows = [
        (DISTRICTS[d], work.sectors[s], firm, workers, value)
        for d, s, firm, workers, value in zip(
            work.district, work.sector, work.firms, work.workers, work.value, strict=True
        )
    ]
    assert rows == [
        ("D1", "Making", "", 60.0, 400.0),
        ("D1", "Making", "Big mill", 40.0, 600.0),
        ("D1", "Shops", "", 50.0, 300.0),
        ("D1", "Water", "", 10.0, 200.0),
        ("D2", "Making", "", 60.0, 500.0),
    ]
    assert work.gross.tolist() == [1600.0, 350.0, 200.0]
    assert work.final.tolist() == [1550.0, 350.0, 100.0]
    assert work.gross_of_unit.sum() == pytest.approx(2150)
    assert work.remote[2] == 0
    assert any("no remote_share" in note for note in work.notes)


def test_every_fault_of_the_firms_is_told(city, tmp_path):
    firms = tmp_path / "firms.csv"
    firms.write_text(
        "place_id,sector,workers\nF1,Makin,10\nF9,Making,10\nF2,Making,\nF1,Making,-3\nF1,Making,many\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidInput) as refused:
        work_of(city, DISTRICTS, firms)
    told = "\n".join(map(str, refused.value.faults))
    for words in (
        'firms.csv, row 2, column sector: "Makin" is not a sector of the table sectors; did you mean "Making"',
        'firms.csv, row 3, column place_id: "F9" is not in the table places',
        'firms.csv, row 4, column workers: nobody knows how many work in "F2"',
        'firms.csv, row 5, column place_id: "F1" stands 3 times',
        'firms.csv, row 5, column workers: "-3" is not a number of 0 or more',
        'firms.csv, row 6, column workers: "many" is not a number of 0 or more',
    ):
        assert words in told, words


def test_firms_larger_than_their_sector_are_refused(city, tmp_path):
    firms = tmp_path / "firms.csv"
    firms.write_text("place_id,sector,workers,output_per_day\nF1,Making,500,2000\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="have 500 workers, the sector there 100"):
        work_of(city, DISTRICTS, firms)
    firms.write_text("place,sector\nF1,Making\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="column place_id: it is missing"):
        work_of(city, DISTRICTS, firms)


def strategy(text: str):
    return parse_strategy('[strategy]\nname = "Now"\n' + text, file="now.toml")


def test_who_is_at_work_under_what_is_in_force(city):
    work = work_of(city, DISTRICTS)
    rules = strategy(
        '[[measures]]\nkind = "limit_sectors"\nareas = ["D1"]\nsectors = ["Making"]\nmode = "capped"\ncapacity = 0.4\n'
        'adherence = 0.5\n[[measures]]\nkind = "limit_sectors"\nexcept_sectors = ["essential"]\nmode = "closed_loop"\n'
        "living_in = 0.5\ncapacity = 0.6\nadherence = 1.0\nstart = 2025-05-01\nstop = 2025-06-01\n"
        '[[measures]]\nkind = "limit_sectors"\nstart = 3\n'
    )
    found, notes = at_work_under(rules, city, work, date(2025, 5, 31))
    # D1 Making: 1 - 0.5 * 0.6 = 0.7, less than the loop's 0.8; Shops 0.8; Water essential; D2 Making 0.8
    assert found == pytest.approx([0.7, 0.8, 1.0, 0.8])
    assert len(notes) == 1
    assert "counts its days from the start of a run" in notes[0]
    later, _ = at_work_under(rules, city, work, date(2025, 6, 1))
    assert later == pytest.approx([0.7, 1.0, 1.0, 1.0])
    with pytest.raises(InvalidInput, match='"D7" is not an area of this city'):
        at_work_under(strategy('[[measures]]\nkind = "limit_sectors"\nareas = ["D7"]\n'), city, work, date(2025, 5, 31))


def one_firm(limits: Limits, *, name: str = "") -> Setting:
    """One district; a unit that makes 100 a day with 50 workers, none of it from home, and water that must run."""
    work = Work(
        districts=("D1",),
        sectors=("Making", "Water"),
        district=np.zeros(2, dtype=int),
        sector=np.array([0, 1]),
        firms=(name, ""),
        workers=np.array([50.0, 10.0]),
        value=np.array([100.0, 30.0]),
        remote=np.zeros(2),
        essential=np.array([False, True]),
        gross=np.array([100.0, 30.0]),
        inputs=np.zeros((2, 2)),
        serves=np.zeros(2, dtype=bool),
        teaches=np.ones(2, dtype=bool),
    )
    spread = Spread(
        people=np.array([1e7]),
        susceptible=np.array([1e7]),
        past=np.full((10, 1), 10.0),
        generation=np.array([0.5, 0.5]),
        destinations=np.ones((1, 1)),
        near=np.ones((1, 1)),
        shares=Shares(home=0.5, near=0.0, work=0.5, customers=0.0),
        reproduction=1.6,
        in_bed=np.array([[0.0, 0.1, 0.1]]),
        in_icu=np.zeros((1, 3)),
        reported=np.array([0.0, 0.5]),
    )
    terms = Terms(tested_effect=0.0, essential_least=1.0)
    return Setting(
        work=work,
        spread=spread,
        limits=limits,
        terms=terms,
        calendar=Calendar(days=28, period_days=14, changes=9, step=0.0),
    )


def test_attendance_that_brings_growth_to_its_limit_by_hand():
    # 1.6 (0.5 + 0.5 (50 e^2 + 10) / 60) = 1.2: (50 e^2 + 10) / 60 = 0.5, e^2 = 0.4
    setting = one_firm(Limits(growth=1.2))
    plan = draw_up(setting, date(2025, 6, 1))
    assert plan.openness[0, -1] == pytest.approx(np.sqrt(0.4), abs=2e-3)
    assert plan.openness[1].tolist() == [1.0, 1.0]
    orders = orders_table(plan)
    assert orders.filter(pl.col("sector") == "Making")["why"].to_list()[-1] == "growth at the end"
    assert orders.filter(pl.col("sector") == "Water")["why"].to_list() == ["nothing binds"]
    assert orders.filter(pl.col("sector") == "Water")["conditions"].to_list() == [""]
    assert shadow_table(plan)["buys_output"].item() > 0
    assert capacity_table(plan)["beds_limit"].null_count() == 28


def test_a_plan_in_which_all_may_come_needs_no_measure():
    plan = draw_up(one_firm(Limits()), date(2025, 6, 1))
    assert strategy_of(plan).measures == ()
    assert orders_table(plan).height == 2


def half_open(*, name: str = "") -> Reopening:
    setting = one_firm(Limits(), name=name)
    plan = draw_up(setting, date(2025, 6, 1))
    attendance = plan.attendance.copy()
    attendance[0, :, 0] = (0.5, 1.0)
    return replace(plan, attendance=attendance, output=attendance.sum(axis=-1))


RELIEF = """[assumed]
unregistered = { value = 0.1, low = 0.0, high = 0.2, unit = "fraction of workers", source = "assumed" }
[[instruments]]
key = "wages"
kind = "subsidy"
name = "Wages"
name_zh = "工资"
name_zh_hant = "工資"
about = "Part of what is lost by order."
per = "lost_output"
amount = { value = 0.4, low = 0.2, high = 0.6, unit = "fraction of lost output", source = "assumed" }
reach = { value = 0.5, low = 0.25, high = 1.0, unit = "fraction of eligible firms", source = "assumed" }
delay_days = { value = 10, low = 5, high = 20, unit = "day", source = "assumed" }
least_loss = 0.2
losses = ["order"]
"""


def test_relief_by_hand():
    # half of 100 a day for 14 days of 28 is lost: 700, a quarter of the usual 2,800
    table = relief_table(half_open(), parse_relief(RELIEF, file="r.toml"))
    row = table.row(0, named=True)
    assert table.height == 1  # water loses nothing
    assert row["loss"] == row["loss_by_order"] == pytest.approx(700)
    assert row["workers_reached"] == pytest.approx(50 * 0.9 * 0.5)
    assert row["loss_covered"] == pytest.approx(700 * 0.9 * 0.5)
    assert row["cost"] == pytest.approx(700 * 0.9 * 0.5 * 0.4)
    assert row["cost_low"] == pytest.approx(700 * 0.8 * 0.25 * 0.2)
    assert row["cost_high"] == pytest.approx(700 * 1.0 * 1.0 * 0.6)
    assert row["reached_from"] == date(2025, 6, 11)
    assert row["firms"] == pytest.approx(50 / (8 * np.exp(1.4**2 / 2)), rel=1e-4)
    assert row["missed_mostly"] == "it does not apply, or is turned down"
    assert relief_totals(table)["cost"].item() == pytest.approx(126)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("least_loss = 0.3", "the loss is too small"),
        ('losses = ["inputs", "buyers"]', "the loss is not by order"),
        ("most_workers = 2", "the firm is too small or too large"),
        ("customers_only = true", "customers do not come there"),
    ],
)
def test_whom_relief_misses_is_told_with_the_reason(change, words):
    key = change.split(" = ")[0]
    text = "\n".join(line for line in RELIEF.splitlines() if not line.startswith(f"{key} =")) + f"\n{change}\n"
    row = relief_table(half_open(), parse_relief(text, file="r.toml")).row(0, named=True)
    assert row["missed_mostly"] == words
    if key != "most_workers":
        assert row["cost"] == 0
        assert row["reached_from"] is None
        assert row["loss_missed"] == pytest.approx(700)


def test_a_key_firm_is_one_firm_in_the_register():
    row = relief_table(half_open(name="Big mill"), parse_relief(RELIEF, file="r.toml")).row(0, named=True)
    assert row["firms"] == 1
    assert row["firm"] == "Big mill"
    assert row["firms_reached"] == pytest.approx(0.5)


def test_losses_are_told_apart_by_cause():
    plan = half_open()
    starved = replace(plan, output=np.minimum(plan.output, np.array([[0.3, 0.6], [1.0, 1.0]])))
    by_order, no_inputs, no_buyers = causes(starved)
    assert by_order[0] == pytest.approx([0.5, 0.0])
    assert (no_inputs + no_buyers)[0] == pytest.approx([0.2, 0.4])
    assert no_inputs.sum() == 0  # nobody delivers to anybody here: what is not made has no buyers


def test_the_shipped_relief_is_whole():
    relief = shipped_relief()
    assert {one.kind for one in relief.instruments} == {"tax", "subsidy", "credit", "vaccination"}
    for one in relief.instruments:
        assert one.name
        assert one.name_zh != one.name_zh_hant
        for guess in (one.amount, one.reach, one.delay_days):
            assert guess.low < guess.value < guess.high
            assert guess.source


def test_every_fault_of_a_relief_is_told_with_its_row():
    text = RELIEF.replace('kind = "subsidy"', 'kind = "gift"').replace("least_loss = 0.2", "least_los = 0.2")
    text = text.replace('["order"]', '["weather"]').replace("value = 0.4, low = 0.2", "value = 0.1, low = 0.2")
    text = text.replace(', source = "assumed" }\n[[', " }\n[[")
    with pytest.raises(InvalidInput) as refused:
        parse_relief(text, file="r.toml")
    told = "\n".join(map(str, refused.value.faults))
    for words in (
        '"gift" is none of tax, subsidy, credit, vaccination',
        'it is not a key of this table; did you mean "least_loss"',
        '"weather" is none of order, inputs, buyers',
        "0.1 is not between 0.2 and 0.6",
        "source: it is missing",
    ):
        assert words in told, words
    assert "row 5, column kind" in told
    with pytest.raises(InvalidInput, match="is not TOML"):
        parse_relief("[[instruments]", file="r.toml")
    with pytest.raises(InvalidInput, match="it is empty"):
        parse_relief("", file="r.toml")


def test_two_instruments_of_one_key_are_refused():
    with pytest.raises(InvalidInput, match='another instrument has the key "wages"'):
        parse_relief(RELIEF + RELIEF[RELIEF.index("[[") :], file="r.toml")
