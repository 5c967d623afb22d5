"""Farrington against R's surveillance on series and settings of our own; see alarms_in_r/make.R."""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from seawall.watch.alarms import FarringtonRules, farrington, farrington_original_rules

RUNS = json.loads((Path(__file__).parent / "alarms_in_r" / "runs.json").read_text(encoding="utf-8"))

NAMES = {
    "b": "b",
    "w": "w",
    "alpha": "alpha",
    "reweight": "reweight",
    "trend": "trend",
    "powertrans": "powertrans",
    "weightsThreshold": "weights_threshold",
    "pThresholdTrend": "p_threshold_trend",
    "noPeriods": "no_periods",
    "pastWeeksNotIncluded": "past_weeks_not_included",
    "thresholdMethod": "threshold_method",
    "populationOffset": "population_offset",
}


def numbers(values):
    return np.array([np.nan if value is None else value for value in values], dtype=float)


@pytest.mark.parametrize("run", [pytest.param(run, id=f"{n + 1}") for n, run in enumerate(RUNS)])
def test_a_run_of_r(run):
    control = run["control"]
    options = {NAMES[name]: value for name, value in control.items() if name in NAMES}
    options["limit54_cases"], options["limit54_weeks"] = control["limit54"]
    flexible = run["call"].startswith("farringtonFlexible")
    if not flexible:
        options["population_offset"] = "population" in run
    rules = (FarringtonRules if flexible else farrington_original_rules)(**options)
    counts = numbers(run["observed"])[:, None]
    population = numbers(run["population"])[:, None] if "population" in run else None
    dates = None
    if "start" in run:
        dates = [date.fromisoformat(run["start"]) + timedelta(weeks=week) for week in range(len(counts))]
    verdicts = farrington(counts, rules, frequency=run["frequency"], population=population, dates=dates)
    rows = np.array(control["range"]) - 1
    np.testing.assert_allclose(verdicts.upper[rows, 0], numbers(run["upper"]), rtol=1e-7)
    np.testing.assert_array_equal(verdicts.alarm[rows, 0], numbers(run["alarm"]) == 1)
    if flexible:
        np.testing.assert_allclose(verdicts.expected[rows, 0], numbers(run["expected"]), rtol=1e-7)
        np.testing.assert_allclose(verdicts.score[rows, 0], numbers(run["score"]), rtol=1e-6)
        np.testing.assert_allclose(verdicts.details["p_value"][rows, 0], numbers(run["pvalue"]), rtol=1e-5, atol=1e-12)
        np.testing.assert_allclose(verdicts.details["dispersion"][rows, 0], numbers(run["phiVector"]), rtol=1e-7)
        np.testing.assert_allclose(verdicts.details["trend"][rows, 0], numbers(run["trendVector"]), rtol=1e-5)


def test_the_runs_are_of_many_kinds():
    assert len(RUNS) == 24
    assert {run["control"].get("thresholdMethod") for run in RUNS} == {"nbPlugin", "muan", "delta", None}
    kept = [value is not None for run in RUNS for value in run.get("trendVector", [])]
    assert any(kept)
    assert not all(kept)
    assert sum(value for run in RUNS for value in run["alarm"]) > 5


def test_the_dispersion_of_the_fitted_model_can_be_asked_for():
    # R divides by the wrong weights after reweighting; the choice must change a bound that uses errors.
    run = RUNS[9]
    options = {NAMES[name]: value for name, value in run["control"].items() if name in NAMES}
    counts = numbers(run["observed"])[:, None]
    ours = farrington(counts, FarringtonRules(**options, standard_errors="pearson"))
    rows = np.array(run["control"]["range"]) - 1
    assert (ours.upper[rows, 0] >= numbers(run["upper"])).all()
    assert (ours.upper[rows, 0] > numbers(run["upper"])).any()
