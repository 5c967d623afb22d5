"""A run that goes on from today: who is laid out, what is known of them, and how fast it spreads."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from seawall.city import open_city
from seawall.city.example import write_example
from seawall.city.synth import synthesise
from seawall.core import InvalidInput
from seawall.disease.compile import course_of
from seawall.disease.waning import waning_of
from seawall.measures import parse_strategy
from seawall.twin import Scenario, capacity_of, map_of, new_run, play, world_of
from seawall.twin.day import play_day
from seawall.twin.present import LEVELS, QUANTILES, Unseen, back_to_infection
from seawall.twin.start import start_from
from seawall.twin.state import NEVER

ON, DAYS = date(2025, 3, 31), 14
GROWTH = 0.1
STRATEGY = """
[strategy]
name = "Test and isolate"

[[measures]]
kind = "test_on_symptoms"
adherence = 0.6

[[measures]]
kind = "isolate_cases"
days = 10
adherence = 1.0

[[measures]]
kind = "trace_contacts"

[[measures]]
kind = "quarantine_contacts"
days = 14
test_days = [0, 3]
adherence = 1.0

[[measures]]
kind = "limit_contacts"
start = 0
left = 0.1

[[measures]]
kind = "limit_trips"
when = "reports_per_100k"
above = 90000
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    root = tmp_path_factory.mktemp("source") / "city"
    write_example(root, residents=40_000, seed=3)
    source = open_city(root)
    return SimpleNamespace(pathogen=source.pathogen, areas=source.areas, has=lambda _: False, source=source)


@pytest.fixture(scope="module")
def scenario(city, tmp_path_factory):
    people, contacts = synthesise(city.source, seed=1, cache=tmp_path_factory.mktemp("people"))
    course = course_of(city.pathogen)
    return Scenario(
        world=world_of(people, contacts, course),
        map=map_of(people, city.areas, capacity_of(city.source)),
        protection=waning_of(course),
        strategy=parse_strategy(STRATEGY, file="isolate.toml"),
        start=ON,
        days=DAYS,
    )


def told(scenario, *, number=1.3, spread=0.1, in_control=0.4, reports=None):
    """A situation in which reports grow by a tenth a day, more in the first district than in the others."""
    districts = scenario.map.districts
    root = next(code for code, level in scenario.map.levels.items() if level == "city")
    days = [ON - timedelta(days=back) for back in range(41, -1, -1)]
    share = np.arange(len(districts), 0, -1) / np.arange(len(districts) + 1).sum()
    counts = np.rint(40 * np.exp(GROWTH * np.arange(-41, 1))[:, None] * share) if reports is None else reports
    rows = [
        (day, district, "reports", float(counts[at, column]))
        for at, day in enumerate(days)
        for column, district in enumerate(districts)
    ]
    rows += [(day, root, "reports", float(counts[at].sum())) for at, day in enumerate(days)]
    z = np.array([-1.96, -1.645, -0.674, 0, 0.674, 1.645, 1.96])
    estimate = dict(zip(QUANTILES, (number * np.exp(spread * z)).tolist(), strict=True))
    return SimpleNamespace(
        on=ON,
        daily=pl.DataFrame(rows, schema=["date", "area_id", "event", "count"], orient="row"),
        nowcast=pl.DataFrame(
            schema={"clock": pl.String, "date": pl.Date, "area_id": pl.String, "reported": pl.Int64}
            | dict.fromkeys(QUANTILES, pl.Float64)
        ),
        reproduction=pl.DataFrame([{"start": ON - timedelta(days=6), "end": ON, "area_id": root, **estimate}]),
        spread=pl.DataFrame({"date": [ON], "area_id": [root], "share_in_control": [in_control]}),
        places=pl.DataFrame({"place_id": ["x"], "area_id": [scenario.map.block_area[0]], "cases_7d": [30.0]}),
        counts=counts,
    )


@pytest.fixture(scope="module")
def situation(scenario):
    return told(scenario)


@pytest.fixture(scope="module")
def start(situation, city, scenario):
    return start_from(situation, city, scenario, seed=4)


@pytest.fixture(scope="module")
def morning(start, scenario):
    return new_run(start.of(scenario), 4, 1)


def test_it_starts_the_day_after_and_counts_every_report_as_seen(start, situation, scenario):
    assert start.start == ON + timedelta(days=1)
    assert start.before.shape[1] == scenario.map.blocks
    by_district = np.zeros_like(situation.counts)
    np.add.at(by_district.T, scenario.map.district_of_block, start.before.T)
    assert by_district.tolist() == situation.counts.tolist()


def test_who_was_reported_is_not_found_again_and_kept_apart(morning):
    findings, infected = morning.state.findings, morning.state.infected
    rows = np.arange(morning.state.rows)
    assert (infected.day[rows] < 0).all()
    found = rows[(findings.specimen[rows] != NEVER) & (findings.report[rows] < 0)]
    assert found.size > 100
    assert (findings.specimen[found] == findings.report[found] - 1).all()
    people = infected.person[found]
    due = findings.report[found].astype(int) + 10
    until = morning.state.confined[people].astype(int) >> 2
    assert (until[due > 0] >= due[due > 0]).all()
    assert (until[due <= 0] == 0).all()


def test_nothing_before_the_run_is_counted_in_it(start, scenario, morning):
    assert morning.tally.infections.sum() == 0
    run = new_run(start.of(scenario), 4, 1)
    play(run, 1)
    assert 0 < run.tally.infections.sum() == (run.state.infected.day[: run.state.rows] >= 0).sum()
    assert run.tally.imported.sum() == 0


def test_reports_go_on_where_those_of_yesterday_ended(start, scenario, situation):
    first = []
    for replicate in range(1, 13):
        run = new_run(start.of(scenario), 4, replicate)
        play_day(run)
        first.append(run.tally.reports[0].sum())
    assert np.mean(first) == pytest.approx(situation.counts[-1].sum() * np.exp(GROWTH), rel=0.15)


def test_as_many_are_infected_as_the_share_found_says(situation, city, scenario):
    few = start_from(situation, city, scenario, seed=4, unseen=Unseen(share_found_low=0.9, share_found_high=0.9))
    many = start_from(situation, city, scenario, seed=4, unseen=Unseen(share_found_low=0.45, share_found_high=0.45))
    ratio = many.draws(5)["infected"].sum() / few.draws(5)["infected"].sum()
    assert ratio == pytest.approx(2.0, rel=0.1)


def test_districts_and_areas_of_the_reports_have_the_infected(morning, situation, scenario):
    people = morning.state.infected.person[: morning.state.rows]
    block = scenario.world.people.block[people]
    share = np.bincount(scenario.map.district_of_block[block], minlength=len(scenario.map.districts)) / people.size
    wanted = situation.counts[-10:].sum(axis=0) / situation.counts[-10:].sum()
    assert share == pytest.approx(wanted, abs=0.06)
    first = scenario.map.district_of_block == scenario.map.district_of_block[0]
    near = scenario.map.blocks_of[scenario.map.block_area[0]]
    inside = np.bincount(block, minlength=scenario.map.blocks)
    assert inside[near].sum() / inside[first].sum() == pytest.approx(0.8, abs=0.08)


def test_a_replicate_is_the_same_however_often_and_however_many_are_asked_for(start, situation, city, scenario):
    again = start_from(situation, city, scenario, seed=4)
    assert again.draws(3).equals(start.draws(5).head(3))
    assert (again.scale(3) == start.scale(3)).all()
    other = start_from(situation, city, scenario, seed=5)
    assert not other.draws(3).equals(start.draws(3))
    assert start.draws(6)["infected"].n_unique() > 3


def test_transmission_rises_with_the_reproduction_number_and_drifts(situation, city, scenario):
    still = Unseen(drift_per_day=0.0)
    slow = start_from(told(scenario, number=0.9, spread=0.0), city, scenario, seed=4, unseen=still)
    fast = start_from(told(scenario, number=1.6, spread=0.0), city, scenario, seed=4, unseen=still)
    assert np.ptp(slow.scale(1)) == 0
    assert slow.scale(1)[0] < 0.8 * fast.scale(1)[0]
    moving = start_from(situation, city, scenario, seed=4, unseen=Unseen(drift_per_day=0.2))
    steps = np.diff(np.log([moving.scale(one) for one in range(1, 200)]), axis=1)
    assert steps.std() == pytest.approx(0.2, rel=0.05)


@pytest.mark.parametrize("number", [0.8, 1.4])
def test_under_the_measures_of_late_the_twin_has_the_reproduction_number(number, city, scenario):
    """The limit that starts with the run is no measure of late, nor is one that waits for reports."""
    start = start_from(told(scenario, number=number, spread=0.02), city, scenario, seed=4)
    reached = [trial["reproduction_number"] for trial in start.assumed["trials"]]
    assert min(abs(np.log(np.array(reached) / number))) < 0.12
    assert start.assumed["measures_of_late"] == [
        "test_on_symptoms-1",
        "isolate_cases-1",
        "trace_contacts-1",
        "quarantine_contacts-1",
    ]


def test_another_strategy_ahead_leaves_the_present_as_it_is(situation, city, scenario, start):
    nothing = parse_strategy('[strategy]\nname = "Nothing"\n', file="nothing.toml")
    other = start_from(
        situation,
        city,
        dataclasses.replace(scenario, strategy=nothing),
        seed=4,
        in_force=parse_strategy(STRATEGY.split('[[measures]]\nkind = "limit', maxsplit=1)[0], file="late.toml"),
    )
    assert other.draws(3).equals(start.draws(3))


def test_counts_carried_back_give_back_the_infections():
    days = np.arange(60)
    infections = 50 * np.exp(0.12 * days)[:, None] * np.array([1.0, 0.3])
    delay = np.array([0, 0.1, 0.2, 0.3, 0.2, 0.1, 0.1])
    events = np.array([sum(delay[k] * infections[t - k] for k in range(delay.size) if t >= k) for t in days])
    found, seen = back_to_infection(events, delay)
    assert found[20:54] == pytest.approx(infections[20:54], rel=0.03)
    assert seen[-1] == 0
    assert seen[-4] == pytest.approx(0.6)


def test_what_cannot_be_gone_on_from_is_refused(city, scenario):
    silent = told(scenario, reports=np.zeros((42, len(scenario.map.districts))))
    with pytest.raises(InvalidInput, match="no infection was reported"):
        start_from(silent, city, scenario, seed=1)
    unknown = told(scenario)
    unknown.reproduction = unknown.reproduction.clear()
    with pytest.raises(InvalidInput, match="no reproduction number"):
        start_from(unknown, city, scenario, seed=1)
    with pytest.raises(InvalidInput, match="share_found_high"):
        Unseen(share_found_low=0.9, share_found_high=0.5)


def test_a_nowcast_by_onset_is_taken_where_there_is_one(situation, city, scenario):
    districts = scenario.map.districts
    rows = [
        {
            "clock": "onset",
            "date": ON - timedelta(days=back),
            "area_id": district,
            "reported": int(situation.counts[-1 - back, column]),
            **{
                name: situation.counts[-1 - back, column] * (1 + level)
                for name, level in zip(QUANTILES, LEVELS, strict=True)
            },
        }
        for back in range(28)
        for column, district in enumerate(districts)
    ]
    by_onset = SimpleNamespace(**{**vars(situation), "nowcast": pl.DataFrame(rows)})
    start = start_from(by_onset, city, scenario, seed=4)
    assert start.assumed["clock"] == "onset"
    assert start.draws(2)["infected"].min() > 100
