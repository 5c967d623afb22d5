"""What `choose` would have said in Shanghai: nothing of a later day may enter, whatever the answer is.

A thousandth of the city, a few options and two runs each: enough for what must hold of any answer, too little for one.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from seawall.plan.choose import Effort
from seawall.plan.options import named

ROOT = Path(__file__).parents[2]
SOURCE = ROOT.parent / "shared" / "data"
EXAMPLE = ROOT / "examples" / "shanghai-2022"
ON = date(2022, 3, 20)
ONE_IN = 1000
FEW = ("do-nothing", "targeted", "lockdown")
LITTLE = Effort(first=2, most=2, plays_per_option=2, areas=0)
RESIDENTS = 24_870_895
CODES = {"area_id": pl.String, "parent_id": pl.String}


def module(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLE / f"{name}.py")
    found = importlib.util.module_from_spec(spec)
    sys.modules[name] = found
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def choices():
    return module("choices")


@pytest.fixture(scope="module")
def cost(choices):
    found = module("cost")
    assert found.evening is choices.evening
    return found


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    if not (SOURCE / "shanghai-2022").exists():
        pytest.skip("the record of Shanghai 2022 is not beside this checkout")
    folder = tmp_path_factory.mktemp("shanghai") / "city"
    subprocess.run([sys.executable, EXAMPLE / "make.py", SOURCE, "-o", folder], check=True, capture_output=True)
    return folder


def said(choices, city, folder):
    """The choice from a folder, as written."""
    now = choices.evening(city, ON, folder / f"{ON}", one_in=ONE_IN)
    options = choices.options_of(only=FEW)
    played = folder / "played"
    choice = choices.put_before(now, "least-restriction", options, played, effort=LITTLE, days=14, workers=1)
    return json.loads(choice.files["choice"].read_text(encoding="utf-8")), choice


@pytest.fixture(scope="module")
def whole(choices, city, tmp_path_factory):
    return said(choices, city, tmp_path_factory.mktemp("whole"))


def copied(city, folder, change):
    """The folder with the rows of a day changed."""
    shutil.copytree(city, folder)
    for name in ("counts", "signals"):
        rows = pl.read_csv(folder / f"{name}.csv", try_parse_dates=True, schema_overrides=CODES)
        change(rows).write_csv(folder / f"{name}.csv")
    return folder


def test_nothing_of_a_later_day_is_in_the_folder_of_an_evening(choices, city, tmp_path):
    folder = choices.known(city, ON, tmp_path)
    for name in ("counts", "signals"):
        rows = pl.read_csv(folder / f"{name}.csv", try_parse_dates=True, schema_overrides=CODES)
        assert rows["date"].max() == ON
    published = set(pl.read_csv(folder / "signals.csv")["place_id"])
    places = set(pl.read_csv(folder / "places.csv", schema_overrides=CODES)["place_id"])
    everywhere = pl.read_csv(city / "places.csv", schema_overrides=CODES).height
    assert places == published
    assert 0 < len(places) < everywhere / 10


def test_what_came_later_changes_nothing(choices, city, whole, tmp_path):
    cut = copied(city, tmp_path / "cut", lambda rows: rows.filter(pl.col("date") <= ON))
    told, choice = said(choices, cut, tmp_path)
    assert told == whole[0]
    assert choice.tables["scores"].equals(whole[1].tables["scores"])


def test_what_came_before_does(choices, city, whole, tmp_path):
    more = copied(
        city,
        tmp_path / "more",
        lambda rows: rows.with_columns(pl.when(pl.col("date") <= ON).then(pl.col("count") * 3).otherwise("count")),
    )
    _, choice = said(choices, more, tmp_path)
    assert not choice.tables["scores"].equals(whole[1].tables["scores"])


def test_a_smaller_city_keeps_people_and_reports_in_proportion(choices, city, tmp_path):
    known = choices.known(city, ON, tmp_path / "known")
    small = choices.smaller(known, tmp_path / "small", 100)
    areas = pl.read_csv(small / "areas.csv", schema_overrides=CODES)
    assert areas.filter(pl.col("level") == "district")["population"].sum() == pytest.approx(RESIDENTS / 100, abs=16)
    before, after = (
        pl.read_csv(folder / "counts.csv", schema_overrides=CODES)
        .filter(pl.col("event") == "reports_local", pl.col("area_id") != choices.CITY)["count"]
        .sum()
        for folder in (known, small)
    )
    assert after == pytest.approx(before / 100, abs=16)
    doses = pl.read_csv(small / "doses.csv", schema_overrides=CODES, try_parse_dates=True)
    assert doses["date"].max() < date(2022, 3, 1)
    old = doses.filter(pl.col("age_from") >= 60).group_by("dose").agg(pl.col("doses").sum()).sort("dose")["doses"]
    persons = pl.read_csv(small / "population.csv", schema_overrides=CODES).filter(pl.col("age_from") >= 60)
    assert old[1] / persons["persons"].sum() == pytest.approx(0.62, abs=0.06)


def test_what_is_said_adds_up(whole):
    told, choice = whole
    options = {one["key"]: one for one in told["options"]}
    assert set(options) == set(FEW)
    assert told["on"] == "2022-03-20"
    assert told["residents"] == pytest.approx(RESIDENTS / ONE_IN, abs=16)
    right = told["chosen"]["key"] if told["chosen"] else told["infeasible"]["nearest"]
    assert right in options
    assert choice.files["strategy"].exists()
    nothing = options["do-nothing"]["amounts"]
    assert nothing["restricted_days"]["q95"] == 0
    for one in options.values():
        for amount in one["amounts"].values():
            assert amount["q5"] <= amount["q50"] <= amount["q95"]


def test_every_option_reads_and_is_as_well_followed(choices):
    options = choices.options_of(0.6).options
    assert len(options) > 20
    followed = {
        measure.adherence
        for one in options.values()
        for measure in one.strategy.measures
        if measure.kind == "limit_contacts" and "work" in measure.layers
    }
    assert followed == {0.6}
    assert len({named(one) for one in options.values()}) == len(options)


def test_person_days_at_home_lie_between_none_and_everybody(cost, city):
    least, most = cost.confined(city)
    east = 5_681_512 + 822_776 + 1_140_872 + 637_921
    assert most == east * 65 + (RESIDENTS - east) * 61
    assert east * 4 + RESIDENTS * 10 < least < most


def test_the_record_counts_an_infection_once(cost, city):
    found = cost.record(city, date(2022, 2, 25))
    assert found.reports == 626_816
    assert found.deaths == 588
