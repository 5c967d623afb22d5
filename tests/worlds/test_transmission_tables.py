"""Reproduction number and growth as the brief shows them, on series whose answer is known."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from seawall.core.draws import generator
from seawall.disease import pathogen
from seawall.watch.series import DailyCounts
from seawall.watch.transmission import (
    growth_table,
    local_and_imported,
    reproduction_table,
    uncertain_serial_interval,
)

OMICRON = pathogen("covid-omicron-ba2")
ON = date(2022, 4, 30)


def counts_of(**events):
    arrays = {event: np.array(values, dtype=float).reshape(len(values), -1) for event, values in events.items()}
    days, areas = next(iter(arrays.values())).shape
    return DailyCounts(
        start=ON - timedelta(days=days - 1), area_ids=tuple(f"A{k}" for k in range(areas)), events=arrays
    )


def test_steady_reports_mean_a_reproduction_number_of_one():
    table = reproduction_table(counts_of(reports=[200.0] * 60), OMICRON, seed=1)
    last = table.row(-1, named=True)
    assert last["end"] == ON
    assert last["mean"] == pytest.approx(1, abs=0.01)
    assert last["q2.5"] < 1 < last["q97.5"]


def test_cases_from_elsewhere_infect_but_are_not_infected_here():
    all_local = reproduction_table(counts_of(reports=[100.0] * 60), OMICRON, seed=1)
    half = counts_of(reports=[100.0] * 60, reports_imported=[50.0] * 60)
    assert reproduction_table(half, OMICRON, seed=1)["mean"][-1] == pytest.approx(all_local["mean"][-1] / 2, rel=0.02)
    local, imported = local_and_imported(half)
    assert (local == 50).all()
    assert (imported == 50).all()


def test_a_day_not_reported_is_not_a_zero():
    series = np.full(60, 100.0)
    series[-1] = np.nan
    table = reproduction_table(counts_of(reports=series), OMICRON, seed=1)
    assert table["end"].max() == ON - timedelta(days=1)
    assert table["mean"][-1] == pytest.approx(1, abs=0.01)


def test_a_short_gap_silences_its_own_windows_and_not_the_fortnight_after():
    series = np.full(60, 100.0)
    series[-10] = np.nan
    ends = reproduction_table(counts_of(reports=series), OMICRON, seed=1)
    assert ON in ends["end"].to_list()
    assert not set(ends["end"]) & {ON - timedelta(days=back) for back in range(3, 10)}
    assert ends["mean"][-1] == pytest.approx(1, abs=0.02)
    series[-25:-10] = np.nan  # more than a week is no gap to bridge
    assert ON not in reproduction_table(counts_of(reports=series), OMICRON, seed=1)["end"].to_list()


def test_uneven_reports_widen_the_interval_and_leave_the_estimate():
    draws = generator(5, "uneven")
    even = draws.poisson(200.0, size=60)
    uneven = draws.negative_binomial(200 / 9, 1 / 10, size=60)
    narrow, wide = (reproduction_table(counts_of(reports=series), OMICRON, seed=1).tail(1) for series in (even, uneven))
    assert (wide["q97.5"] - wide["q2.5"])[0] > 1.8 * (narrow["q97.5"] - narrow["q2.5"])[0]


def test_growth_of_ten_percent_a_day_doubles_in_a_week():
    table = growth_table(counts_of(reports=np.round(50 * np.exp(0.1 * np.arange(40)))))
    last = table.row(-1, named=True)
    assert last["growth_per_day_q50"] == pytest.approx(0.1, abs=0.002)
    assert last["doubling_days_q50"] == pytest.approx(np.log(2) / 0.1, rel=0.02)
    assert last["doubling_days_q97.5"] < last["doubling_days_q2.5"]
    assert last["p_growing"] > 0.99
    falling = growth_table(counts_of(reports=np.round(5000 * np.exp(-0.1 * np.arange(40))))).row(-1, named=True)
    assert falling["p_growing"] < 0.01
    assert falling["doubling_days_q50"] < 0


def test_where_growth_may_be_nothing_there_is_no_finite_doubling_interval():
    last = growth_table(counts_of(reports=[3.0, 5, 2, 4] * 10)).row(-1, named=True)
    assert last["growth_per_day_q2.5"] < 0 < last["growth_per_day_q97.5"]
    assert last["doubling_days_q2.5"] is None
    assert last["doubling_days_q97.5"] is None
    assert 0.05 < last["p_growing"] < 0.95


def test_every_pathogens_serial_interval_can_be_uncertain():
    from seawall.disease import CATALOGUE

    for disease in CATALOGUE.values():
        uncertain = uncertain_serial_interval(disease)
        assert uncertain.mean_min <= disease.serial_interval.delay.mean_days <= uncertain.mean_max


def test_a_series_too_short_has_no_estimate_and_no_fault():
    for table in (
        reproduction_table(counts_of(reports=[1.0, 2]), OMICRON, seed=1),
        growth_table(counts_of(reports=[1.0])),
    ):
        assert table.is_empty()
        assert isinstance(table, pl.DataFrame)
