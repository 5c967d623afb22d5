"""Headline, spread, places and what is missing, in a city one can add up by hand."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from seawall.city import read_city
from seawall.watch.headline import headline
from seawall.watch.missing import gaps, missing
from seawall.watch.places import places_by_cases
from seawall.watch.series import DailyCounts, daily_counts
from seawall.watch.spread import share_with_interval, spread

ON = date(2022, 3, 20)


def counts_of(**events):
    arrays = {event: np.array(values, dtype=float).reshape(len(values), -1) for event, values in events.items()}
    days, areas = next(iter(arrays.values())).shape
    return DailyCounts(
        start=ON - timedelta(days=days - 1), area_ids=tuple(f"A{k}" for k in range(areas)), events=arrays
    )


def test_the_headline_adds_flows_and_averages_stocks_over_the_days_told():
    series = [*range(1, 15)]
    table = headline(counts_of(reports=series, in_hospital=[*series[:-1], np.nan]))
    reports = table.filter(event="reports").row(0, named=True)
    assert (reports["today"], reports["yesterday"]) == (14, 13)
    assert (reports["last7"], reports["prior7"]) == (sum(range(8, 15)), sum(range(1, 8)))
    stock = table.filter(event="in_hospital").row(0, named=True)
    assert stock["today"] is None
    assert (stock["last7"], stock["last7_days"]) == (np.mean(range(8, 14)), 6)


def test_a_series_of_one_day_has_no_yesterday():
    row = headline(counts_of(reports=[5])).row(0, named=True)
    assert (row["today"], row["yesterday"], row["prior7"]) == (5, None, None)


def test_share_in_control_is_that_of_seven_days_with_jeffreys_interval():
    table = spread(counts_of(reports=[10] * 8, reports_in_control=[0] + [9] * 7, reports_imported=[0] * 8))
    last = table.row(-1, named=True)
    assert last["share_in_control"] == pytest.approx(0.9)
    assert last["share_q2.5"] == pytest.approx(stats.beta.ppf(0.025, 63.5, 7.5))
    assert last["share_q97.5"] == pytest.approx(stats.beta.ppf(0.975, 63.5, 7.5))
    assert table.row(-2, named=True)["share_in_control"] == pytest.approx(54 / 70)
    assert (last["in_control"], last["in_community"]) == (9, 1)


def test_clustered_days_widen_the_interval_and_extremes_stay_within_zero_and_one():
    even = np.full((7, 1), 50.0)
    clustered = np.array([100.0, 0, 100, 0, 100, 0, 50])[:, None]
    _, low, high = share_with_interval(even, 100 - even)
    _, lower, higher = share_with_interval(clustered, 100 - clustered)
    assert higher - lower > 3 * (high - low)
    share, low, high = share_with_interval(np.full((7, 1), 5.0), np.zeros((7, 1)))
    assert share[0] == high[0] == 1
    assert 0.9 < low[0] < 1
    nothing = share_with_interval(np.zeros((7, 1)), np.zeros((7, 1)))
    assert all(np.isnan(part[0]) for part in nothing)


FOLDER = {
    "city.toml": 'name = "Small"\n',
    "areas.csv": "area_id,parent_id,level,name\nC,,city,City\nD1,C,district,East\n",
    "places.csv": "place_id,area_id,kind,name,lon,lat\nP1,D1,residence,Tower,1,2\nP2,D1,market,Fish market,1,2\nP3,D1,school,School,1,2\n",
    "cases.csv": "case_id,area_id,report_date,place_id\na,D1,2022-03-20,P1\nb,D1,2022-03-10,P1\nc,D1,2022-03-01,P1\nd,D1,2022-03-21,P3\n",
    "visits.csv": "person_id,place_id,start,end\na,P2,2022-03-18T09:00,2022-03-18T10:00\nd,P2,2022-03-18T09:00,2022-03-18T10:00\n",
}


def folder(root: Path, **changes: str):
    for name, text in {**FOLDER, **changes}.items():
        if text:
            (root / name).write_text(text)
    return read_city(root)


def test_places_count_known_cases_where_they_lived_and_stayed(tmp_path):
    table = places_by_cases(folder(tmp_path), ON)
    assert table.select("place_id", "cases_7d", "cases_14d").rows() == [("P1", 1.0, 2.0), ("P2", 1.0, 1.0)]
    assert table["first_date"].to_list() == [date(2022, 3, 10), date(2022, 3, 18)]


def test_what_is_missing_is_named_with_what_it_hides(tmp_path):
    city = folder(tmp_path)
    table = missing(city, daily_counts(city, ON))
    items = set(table["item"])
    assert {"population", "tests", "areas.geojson", "cases.onset_date", "cases.in_control", "deaths"} <= items
    assert not {"places", "visits", "cases", "cases.place_id"} & items
    assert table["hides"].str.len_chars().min() > 10


def test_gaps_are_days_without_a_number_after_the_first():
    counts = counts_of(reports=[[np.nan, 1], [2, np.nan], [np.nan, 4]])
    assert gaps(counts, ON).rows() == [("A1", "reports", ON - timedelta(days=1)), ("A0", "reports", ON)]
