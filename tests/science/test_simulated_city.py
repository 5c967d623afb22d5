"""A simulated city is a city: it passes the check, a brief is made of it, and it says what happened in the run."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from seawall.city import check_city, open_city
from seawall.city.example import write_example
from seawall.city.synth import synthesise
from seawall.cli.app import run as seawall
from seawall.core import InvalidInput
from seawall.disease.compile import course_of
from seawall.measures import parse_strategy
from seawall.twin.emit import tables_of, write_city
from seawall.twin.line_list import listed
from seawall.twin.simulate import Scenario, new_run, play, seeded
from seawall.twin.state import NEVER
from seawall.twin.study import setting_of

START, DAYS = date(2025, 6, 1), 70
STRATEGY = """
[strategy]
name = "Everything on"

[[measures]]
kind = "test_on_symptoms"

[[measures]]
kind = "isolate_cases"

[[measures]]
kind = "trace_contacts"

[[measures]]
kind = "quarantine_contacts"

[[measures]]
kind = "arrivals"
origin = "Tinghai"
travellers = 200
prevalence = 0.004

[[measures]]
kind = "screen_travellers"

[[measures]]
kind = "vaccinate"
product = "inactivated"
doses_a_day = 40
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    root = tmp_path_factory.mktemp("source") / "city"
    write_example(root, residents=20_000, seed=3)
    return open_city(root)


@pytest.fixture(scope="module")
def played(source, tmp_path_factory):
    people, contacts = synthesise(source, seed=1, cache=tmp_path_factory.mktemp("people"))
    setting = setting_of(source, people, contacts, course_of(source.pathogen))
    scenario = Scenario(
        world=setting.world,
        map=setting.map,
        protection=setting.protection,
        strategy=parse_strategy(STRATEGY, file="everything.toml"),
        start=START,
        days=DAYS,
        beginning=seeded(12),
    )
    run = new_run(scenario, 5, 1, keep_edges=True)
    play(run, 1)
    return run


@pytest.fixture(scope="module")
def written(played, source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulated")
    write_city(played, source, folder / "city", truth=folder / "truth")
    return folder


@pytest.fixture(scope="module")
def tables(played, source):
    return tables_of(played, source)


def by_day_and_district(cases, source, day):
    found = cases.filter(pl.col(day).is_not_null()).select(
        pl.col(day).alias("date"),
        pl.col("area_id").map_elements(lambda area: source.areas.ancestor(area, "district"), return_dtype=pl.String),
    )
    return found.group_by("date", "area_id").len("count").sort("date", "area_id")


def told(counts, event):
    rows = counts.filter((pl.col("event") == event) & (pl.col("count") > 0)).select("date", "area_id", "count")
    return rows.with_columns(pl.col("count").cast(pl.UInt32)).sort("date", "area_id")


def test_the_folder_passes_the_check(written):
    report = check_city(written / "city", date(2026, 1, 1))
    assert report.count("error") == 0, report.listed()
    there = {table.table for table in report.tables}
    assert there >= {"cases", "counts", "exposures", "visits", "tests", "doses", "arrivals", "places", "population"}
    assert open_city(written / "city").synthetic


def test_a_brief_is_made_of_it_unchanged(written, tmp_path, capsys):
    assert seawall(["brief", str(written / "city"), "-o", str(tmp_path)]) == 0
    assert "reported on 9 August" in capsys.readouterr().out
    assert (tmp_path / "brief.html").stat().st_size > 50_000


def test_the_line_list_is_what_was_counted(tables, source):
    cases, counts = tables["cases"], tables["counts"]
    assert cases.height > 500
    assert by_day_and_district(cases, source, "report_date").equals(told(counts, "reports"))
    held = cases.filter(pl.col("in_control"))
    assert by_day_and_district(held, source, "report_date").equals(told(counts, "reports_in_control"))
    imported = cases.filter(pl.col("origin") == "imported")
    assert by_day_and_district(imported, source, "report_date").equals(told(counts, "reports_imported"))


def test_counts_are_the_tallies_of_the_run(tables, played):
    def of(event):
        return tables["counts"].filter(pl.col("event") == event).sort("date")["count"].to_numpy().reshape(DAYS, -1)

    assert of("reports").sum() == played.tally.reports.sum()
    assert (of("deaths") == played.tally.deaths).all()
    assert (of("admissions") == played.tally.admissions).all()
    assert (of("in_hospital").sum(axis=1) == played.tally.in_hospital).all()
    assert (of("in_icu").sum(axis=1) == played.tally.in_icu).all()
    assert of("contacts_traced").sum() == pytest.approx(played.burden.totals()["trace_contacts-1", "traced"].sum())
    assert of("in_hospital").max() > 0
    assert of("in_quarantine").max() > 0


def test_everybody_tested_positive_and_every_dose_is_in_the_tables(tables, played):
    tests = tables["tests"]
    assert tests["positives"].sum() == played.tally.positives.sum()
    assert (tests["positives"] <= tests["tests"]).all()
    assert tables["doses"]["doses"].sum() == sum(people.size for _, people, *_ in played.doses)
    assert tables["arrivals"]["arrivals"].sum() == pytest.approx(sum(row[3] for row in played.arrivals), rel=1e-3)


def test_nothing_is_dated_after_the_last_day(tables):
    last = START + timedelta(days=DAYS - 1)
    for name, table in tables.items():
        for column in table.select(pl.col(pl.Date, pl.Datetime)).columns:
            assert table[column].cast(pl.Date).max() <= last, (name, column)
    cases = tables["cases"]
    assert (cases.filter(pl.col("outcome") == "ill")["outcome_date"].null_count()) == cases.filter(
        pl.col("outcome") == "ill"
    ).height


def test_some_onsets_are_not_known_and_the_healthy_have_none(tables, played):
    cases = tables["cases"]
    confirmed = cases.filter(pl.col("classification") == "confirmed")
    missing = confirmed["onset_date"].null_count() / confirmed.height
    width = 4 * np.sqrt(played.behaviour.onset_unknown * (1 - played.behaviour.onset_unknown) / confirmed.height)
    assert abs(missing - played.behaviour.onset_unknown) < width
    assert cases.filter(pl.col("classification") == "asymptomatic")["onset_date"].null_count() == (
        cases.filter(pl.col("classification") == "asymptomatic").height
    )


def test_names_tell_nothing_of_who_was_infected_first(played):
    found = listed(played)
    assert found.names.is_unique().all()
    order = np.argsort(np.argsort(found.names.to_numpy()))
    correlation = np.corrcoef(order, found.rows)[0, 1]
    assert abs(correlation) < 4 / np.sqrt(found.rows.size)
    same_day = pl.DataFrame({"report": played.state.findings.report[found.rows], "name": found.names})
    assert same_day.equals(same_day.sort("report", "name"))


def test_the_truth_is_the_run(written, played, tables):
    truth = {name: pl.read_csv(written / "truth" / f"{name}.csv") for name in ("infections", "daily", "reproduction")}
    infections = truth["infections"]
    assert infections.height == played.state.rows
    assert truth["daily"]["infections"].sum() == played.tally.infections.sum()
    assert set(tables["cases"]["case_id"]) == set(infections.filter(pl.col("found"))["person"])
    caused = (truth["reproduction"]["infections"] * truth["reproduction"]["reproduction_number"]).sum()
    assert caused == pytest.approx(infections["infector"].is_not_null().sum())
    by = infections.filter(pl.col("infector").is_not_null()).join(
        infections.select(pl.col("person").alias("infector"), pl.col("date").alias("earlier")), on="infector"
    )
    assert by.height == infections["infector"].is_not_null().sum()
    assert (by["earlier"] < by["date"]).all()


def test_exposures_lead_from_case_to_case(tables):
    exposures = tables["exposures"]
    cases = set(tables["cases"]["case_id"])
    assert set(exposures["case_id"]) <= cases
    assert len(set(exposures["person_id"]) & cases) > 100
    assert (exposures["case_id"] != exposures["person_id"]).all()


def test_visits_are_of_those_found_in_the_community_before_their_specimen(tables):
    both = tables["visits"].join(tables["cases"], left_on="person_id", right_on="case_id")
    assert both.height == tables["visits"].height > 100
    assert not both["in_control"].any()
    assert (both["start"].cast(pl.Date) < both["specimen_date"]).all()
    places = tables["places"].select("place_id", pl.col("area_id").alias("there"), "kind")
    assert both.drop("place_id_right").join(places, on="place_id").filter(
        pl.col("there") == pl.col("area_id")
    ).height == (both.height)


def test_what_had_been_reported_before_stays(played, source):
    tables = tables_of(played, source, continues=True)
    for name in ("cases", "counts", "tests", "arrivals"):
        earlier = source.scan(name).collect()
        clock = "report_date" if name == "cases" else "date"
        kept = tables[name].filter(pl.col(clock) < START)
        assert kept.height == earlier.filter(pl.col(clock) < START).height > 0
    assert tables["counts"]["date"].max() == START + timedelta(days=DAYS - 1)
    assert tables["cases"].filter(pl.col("report_date") < START)["outcome_date"].drop_nulls().max() < START


def test_findings_that_were_never_reported_are_not_listed(played):
    findings = played.state.findings
    found = np.nonzero(findings.specimen[: played.state.rows] != NEVER)[0]
    waiting = found[findings.report[found] >= DAYS]
    assert waiting.size > 0
    assert not np.isin(waiting, listed(played).rows).any()


def test_a_folder_that_no_simulation_wrote_is_kept(played, source, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InvalidInput, match="no simulation wrote"):
        write_city(played, source, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"
