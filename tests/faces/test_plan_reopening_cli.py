"""`seawall plan reopening` writes what the library finds, a strategy the twin plays, and one list of faults."""

import json
import shutil
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from seawall.city import open_city
from seawall.cli.app import run
from seawall.measures import LimitSectors, read_strategy
from seawall.plan.reopening import Ask, Calendar, Limits, plan_reopening
from seawall.plan.reopening.tables import orders_table
from seawall.watch.assess import assess

CALENDAR = ("--days", "28", "--period", "14", "--changes", "1", "--seconds", "4", "--dwell", "28")
FREE = ("--days", "28", "--period", "14", "--changes", "9")
TIGHT = ("--at-work", "0.1", "--icu-beds", "3", "--beds", "12")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    root = tmp_path_factory.mktemp("reopening") / "city"
    assert run(["example", str(root), "--residents", "30000", "--seed", "3"]) == 0
    return root


@pytest.fixture(scope="module")
def planned(city, tmp_path_factory):
    out = tmp_path_factory.mktemp("plan")
    assert run(["plan", "reopening", str(city), "-o", str(out), *CALENDAR, *TIGHT]) == 0
    return out


def read(out, name):
    return pl.read_csv(out / f"{name}.csv", try_parse_dates=True)


def test_the_files_are_those_promised_and_agree(planned):
    summary = json.loads((planned / "reopening.json").read_text(encoding="utf-8"))
    orders, capacity, shadow = (read(planned, name) for name in ("reopening", "capacity", "shadow"))
    assert orders["output"].sum() == pytest.approx(summary["output"]["of_plan"], rel=1e-6)
    assert 0.3 < summary["output"]["share"] < 1
    assert set(shadow["capacity"]) == set(summary["limits"]) == {"beds", "icu_beds", "tests_per_day", "growth"}
    for name in ("beds", "icu_beds", "tests_per_day"):
        assert capacity[name].max() == pytest.approx(summary["most_used"][name], abs=1e-3)
        assert capacity[name].max() <= summary["limits"][name] * 1.002
        assert (capacity[f"{name}_limit"] == summary["limits"][name]).all()
    assert summary["most_used"]["growth"] <= summary["limits"]["growth"] * 1.002
    assert summary["solver"]["duality"]["gap"] < 1e-6
    assert summary["solver"]["programme_against_epidemic"] < 2e-3
    assert summary["solver"]["bound"] is not None
    assert summary["changes"]["most"] <= 1
    assert capacity["date"].to_list() == [date(2025, 6, 1) + timedelta(days=day) for day in range(28)]


def test_orders_cover_every_unit_on_every_day(planned, city):
    orders = read(planned, "reopening")
    sectors = pl.read_csv(city / "sectors.csv")
    keys = ["district", "sector"]
    days = orders.group_by(keys).agg(
        (pl.col("until") - pl.col("from")).dt.total_days().sum(), pl.col("workers").first()
    )
    assert days.height == sectors.height
    assert (days["until"] == 28).all()
    essential = sectors.filter(pl.col("essential"))["sector"].unique().to_list()
    assert orders.filter(pl.col("sector").is_in(essential))["openness"].min() >= 0.8 - 1e-6
    parts = orders["without_condition"] + orders["under_tests"] + orders["in_closed_loop"]
    assert (parts - orders["openness"]).abs().max() < 1e-4
    limited = orders.filter(pl.col("openness") < 0.999)
    assert limited.height > 0
    assert (limited["why"] != "nothing binds").all()
    assert limited["conditions"].str.contains("attend").all()
    visited = orders.filter(pl.col("sector").is_in(["Retail and markets", "Hotels and restaurants", "Education"]))
    assert visited["in_closed_loop"].max() == 0


def test_the_command_gives_what_the_library_finds(city, tmp_path):
    assert run(["plan", "reopening", str(city), "-o", str(tmp_path), *FREE, *TIGHT]) == 0
    ask = Ask(
        limits=Limits(beds=12.0, icu_beds=3.0, growth=1.0),
        at_work=0.1,
        calendar=Calendar(days=28, changes=9),
    )
    opened = open_city(city, today=date(2025, 7, 1))
    mine = orders_table(plan_reopening(opened, assess(opened, seed=1), ask).plan)
    told = pl.read_csv(tmp_path / "reopening.csv", try_parse_dates=True, schema_overrides={"district": pl.String})
    for name in ("district", "sector", "from", "until", "why"):
        assert mine[name].to_list() == told[name].to_list()
    for name in ("openness", "under_tests", "in_closed_loop", "output"):
        assert np.allclose(mine[name].to_numpy(), told[name].to_numpy())


def test_the_twin_plays_the_plan(planned, city, tmp_path, capsys):
    strategy = read_strategy(str(planned / "reopening.toml"))
    assert any(isinstance(measure, LimitSectors) for measure in strategy.measures)
    arguments = ["--days", "5", "--replicates", "1", "-o", str(tmp_path / "played"), "--no-city"]
    assert run(["simulate", str(city), "--strategy", str(planned / "reopening.toml"), *arguments]) == 0
    capsys.readouterr()
    burden = pl.read_csv(tmp_path / "played" / "burden.csv")
    assert burden.filter(pl.col("what") == "lost_work_days")["amount"].sum() > 0


def test_the_strategy_says_what_the_table_says(planned):
    orders = read(planned, "reopening")
    strategy = read_strategy(str(planned / "reopening.toml"))
    limits = [measure for measure in strategy.measures if isinstance(measure, LimitSectors)]
    for row in orders.iter_rows(named=True):
        mine = [
            limit
            for limit in limits
            if row["sector"] in limit.sectors
            and (not limit.areas or str(row["district"]) in limit.areas)
            and limit.start <= row["from"] < limit.stop
        ]
        loop = row["in_closed_loop"]
        if row["openness"] > 0.9995 and loop == 0:
            assert not mine
            continue
        (limit,) = mine
        there = limit.living_in + (1 - limit.living_in) * limit.capacity if loop > 0.0005 else limit.capacity
        assert (there if limit.mode != "closed" else 0.0) == pytest.approx(row["openness"], abs=2e-3)


def test_without_a_need_everything_opens(city, tmp_path, capsys):
    roomy = ["--beds", "9e5", "--icu-beds", "9e5", "--tests", "9e6", "--growth", "20"]
    assert run(["plan", "reopening", str(city), "-o", str(tmp_path), *CALENDAR, *roomy, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["output"]["share"] == 1
    assert told["solver"]["how"] == "nothing binds"
    assert (read(tmp_path, "reopening")["openness"] == 1).all()
    assert read(tmp_path, "relief").is_empty()


def test_who_is_at_work_today_is_read_from_the_strategy_in_force(city, tmp_path, capsys):
    rules = tmp_path / "now.toml"
    rules.write_text(
        '[strategy]\nname = "Now"\n[[measures]]\nkind = "limit_sectors"\nmode = "capped"\ncapacity = 0.2\nadherence = 1.0\n'
        'except_sectors = ["essential"]\n[[measures]]\nkind = "wear_masks"\n',
        encoding="utf-8",
    )
    limits = ["--unlimited", "icu_beds", "--beds", "9e4", "--in-force", str(rules), "--json"]
    assert run(["plan", "reopening", str(city), "-o", str(tmp_path / "a"), *FREE, *limits]) == 0
    told = json.loads(capsys.readouterr().out)
    assert any("read from the strategy Now" in line for line in told["assumed"])
    kinds = [measure.kind for measure in read_strategy(str(tmp_path / "a" / "reopening.toml")).measures]
    assert "wear_masks" in kinds


def test_key_firms_get_orders_of_their_own(city, tmp_path):
    places = pl.read_csv(city / "places.csv", infer_schema=False)
    sectors = pl.read_csv(city / "sectors.csv", schema_overrides={"area_id": pl.String})
    district = sectors.filter(pl.col("sector") == "Manufacturing").sort("workers")[-1, "area_id"]
    place = places.filter(pl.col("area_id").str.starts_with(district))[0, "place_id"]
    (tmp_path / "firms.csv").write_text(f"place_id,sector,workers\n{place},Manufacturing,20\n", encoding="utf-8")
    arguments = ["--firms", str(tmp_path / "firms.csv"), *FREE, *TIGHT]
    assert run(["plan", "reopening", str(city), "-o", str(tmp_path / "out"), *arguments]) == 0
    orders = read(tmp_path / "out", "reopening")
    mine = orders.filter(pl.col("firm").is_not_null())
    assert mine["workers"].unique().to_list() == [20]
    rest = orders.filter(
        pl.col("firm").is_null(), pl.col("district") == int(district), pl.col("sector") == "Manufacturing"
    )
    all_of_them = sectors.filter(pl.col("area_id") == district, pl.col("sector") == "Manufacturing")["workers"].item()
    assert rest["workers"].unique().to_list() == [all_of_them - 20]


def test_relief_is_told_with_whom_it_misses(planned):
    summary = json.loads((planned / "reopening.json").read_text(encoding="utf-8"))
    table = read(planned, "relief")
    assert (table["cost_low"] <= table["cost"] + 1e-6).all()
    assert (table["cost"] <= table["cost_high"] + 1e-6).all()
    assert ((table["firms_reached"] + table["firms_missed"] - table["firms"]).abs() < 1e-3).all()
    assert ((table["loss_covered"] + table["loss_missed"] - table["loss"]).abs() < 1).all()
    by_cause = table["loss_by_order"] + table["loss_for_inputs"] + table["loss_for_buyers"]
    assert ((by_cause - table["loss"]).abs() < 1).all()
    assert table["missed_mostly"].is_not_null().all()
    first = table.filter(pl.col("reached_from").is_not_null())["reached_from"].min()
    assert first > date(2025, 6, 1)
    for one in summary["relief"]["instruments"]:
        assert set(one["names"]) == {"en", "zh-Hans", "zh-Hant"}
        assert one["amount"]["unit"]
        assert one["amount"]["source"]


def changed(city, tmp_path, *, without=(), write=None):
    root = tmp_path / "changed"
    shutil.copytree(city, root)
    for name in without:
        (root / name).unlink()
    for name, text in (write or {}).items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_without_sectors_there_is_no_plan(city, tmp_path, capsys):
    root = changed(city, tmp_path, without=["sectors.csv", "flows.csv"])
    assert run(["plan", "reopening", str(root), "-o", str(tmp_path / "out"), *CALENDAR]) == 1
    said = capsys.readouterr().err
    assert "has no table sectors" in said
    assert "sector, area_id, workers and output_per_day" in said
    assert not (tmp_path / "out").exists()


def test_without_capacity_flows_and_trips_the_plan_says_what_it_does_not_know(city, tmp_path, capsys):
    root = changed(city, tmp_path, without=["capacity.csv", "flows.csv", "trips.csv"])
    assert run(["plan", "reopening", str(root), "-o", str(tmp_path / "out"), *CALENDAR, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    notes = " ".join(told["assumed"])
    for name in ("beds", "icu_beds", "tests_per_day"):
        assert f"{name} are not limited: the table capacity tells none" in notes
    assert "No table flows" in notes
    assert "Commuting between districts falls with distance" in notes
    assert set(told["limits"]) == {"growth"}


def test_what_cannot_be_is_said_on_one_page_and_nothing_is_written(city, tmp_path, capsys):
    few = ["--beds", "1", "--icu-beds", "0"]
    assert run(["plan", "reopening", str(city), "-o", str(tmp_path / "out"), *CALENDAR, *few]) == 1
    said = capsys.readouterr().err
    assert "No plan keeps" in said
    assert "hospital beds:" in said
    assert "are needed on 2025-06" in said
    assert "--beds" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "tested=1"], '"tested" is not a term; did you mean "tested_output"'),
        (["--set", "loop_most=2", "--at-work", "3", "--period", "0"], "loop_most: 2.0 is not between 0 and 1"),
        (["--set", "loop_most"], "gives no number"),
        (["--at-work", "3", "--level", "0.5", "--growth", "-1"], "1 is not among the levels"),
        (["--seconds", "0"], "leaves the solver no time"),
        (["--in-force", "nothing-of-the-kind"], "neither a shipped strategy nor a file"),
        (["--on", "2031-01-01"], "Give a day in between"),
    ],
)
def test_faults_of_the_question_are_told(city, tmp_path, capsys, arguments, words):
    assert run(["plan", "reopening", str(city), "-o", str(tmp_path / "out"), *arguments]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert not (tmp_path / "out").exists()


def test_the_group_lists_its_questions(capsys):
    assert run(["plan", "--help"]) == 0
    assert "reopening" in capsys.readouterr().out
    assert run(["plan", "nothing"]) == 2
