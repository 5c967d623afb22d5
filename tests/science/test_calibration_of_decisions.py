"""Calibration is exact where the truth is known: coverage, place, bias, score and baseline of expectations."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy import stats

from seawall.measures import parse_strategy
from seawall.review.calibration import RUN_DAYS, calibrate, due_anew, pit_of, score_decisions
from seawall.review.decision import LEVELS, Decision
from seawall.watch.baseline import baseline_quantiles
from seawall.watch.scores import weighted_interval_score

ON = date(2026, 3, 1)
DAYS = 400
SHARES = list(LEVELS.values())


def decision(quantiles, event="reports", name="2026-03-01-a"):
    """A decision that expected these quantiles, float, shape (day, 5)."""
    columns = {level: quantiles[:, at] for at, level in enumerate(LEVELS)}
    days = [ON + timedelta(days=day + 1) for day in range(len(quantiles))]
    expected = pl.DataFrame({"date": days, "event": [event] * len(days), **columns})
    strategy = parse_strategy('[strategy]\nname = "a"\n', file="chosen.toml")
    return Decision(
        name=name, key="a", on=ON, start=days[0], days=len(days), seed=1, version=1, strategy=strategy,
        expected=expected,
    )  # fmt: skip


def came(values, event="reports", first=1):
    days = [ON + timedelta(days=day + first) for day in range(len(values))]
    return pl.DataFrame({"date": days, "event": [event] * len(days), "observation": np.asarray(values, dtype=float)})


def normal(days=DAYS, mean=1000.0, sd=100.0):
    return np.tile(stats.norm(mean, sd).ppf(SHARES), (days, 1))


EVEN = stats.norm(1000, 100).ppf((np.arange(DAYS) + 0.5) / DAYS)
"""Outcomes that lie as the expectation says, each in its place once."""


def overall(*args):
    return calibrate(score_decisions(*args)).filter((pl.col("decision") == "all") & (pl.col("horizon_week") == 0))


def test_outcomes_as_expected_are_covered_exactly():
    row = overall([decision(normal())], came(EVEN)).row(0, named=True)
    assert row["n"] == DAYS
    assert row["coverage_50"] == pytest.approx(0.5)
    assert row["coverage_90"] == pytest.approx(0.9)
    assert row["below_5"] == pytest.approx(0.05)
    assert row["above_95"] == pytest.approx(0.05)
    assert row["bias"] == pytest.approx(0, abs=1e-9)


def test_the_score_is_that_of_the_definition_and_worse_where_too_sure_or_beside():
    wis = weighted_interval_score(EVEN, normal(), SHARES)["wis"].mean()
    assert overall([decision(normal())], came(EVEN))["wis"].item() == pytest.approx(wis)
    sure = overall([decision(normal(sd=20))], came(EVEN)).row(0, named=True)
    beside = overall([decision(normal(mean=1200))], came(EVEN)).row(0, named=True)
    assert min(sure["wis"], beside["wis"]) > wis
    assert sure["coverage_90"] == pytest.approx(2 * stats.norm.cdf(stats.norm.ppf(0.95) / 5) - 1, abs=2 / DAYS)
    assert abs(sure["bias"]) < 0.01
    assert beside["bias"] < -0.7


def test_the_baseline_is_the_last_value_known_that_morning():
    before = np.array([100.0, 110, 90, 105, 95, 100])
    after = np.array([140.0, 150])
    known = pl.concat([came(before, first=1 - before.size), came(after)])
    scored = score_decisions([decision(normal(days=2))], known)
    base = baseline_quantiles(before, 2, levels=tuple(SHARES))
    assert scored["baseline_wis"].to_list() == pytest.approx(weighted_interval_score(after, base, SHARES)["wis"])
    alone = score_decisions([decision(normal(days=2))], came(after))
    assert alone["baseline_wis"].to_list() == [None, None]


def test_places_in_small_counts_are_the_middle_of_the_levels_they_share():
    quantiles = np.array([[0.0, 0.0, 0.0, 2.0, 4.0]])
    assert pit_of(np.array([0.0]), quantiles, SHARES) == pytest.approx((0.05 + 0.5) / 2)
    assert pit_of(np.array([3.0]), quantiles, SHARES) == pytest.approx(0.85)
    assert pit_of(np.array([9.0]), quantiles, SHARES) == pytest.approx(0.975)
    assert pit_of(np.array([-1.0]), quantiles, SHARES) == pytest.approx(0.025)


def test_events_and_decisions_are_scored_apart_and_together():
    both = [decision(normal(), name="a"), decision(normal(), event="deaths", name="b")]
    table = calibrate(score_decisions(both, pl.concat([came(EVEN), came(EVEN + 1000, "deaths")])))
    whole = table.filter(pl.col("horizon_week") == 0)
    assert whole.select("decision", "event", "above_95").rows() == [
        ("a", "reports", pytest.approx(0.05)),
        ("all", "deaths", 1.0),
        ("all", "reports", pytest.approx(0.05)),
        ("b", "deaths", 1.0),
    ]
    weeks = table.filter((pl.col("decision") == "a") & (pl.col("horizon_week") > 0))
    assert weeks["n"].to_list()[:-1] == [7] * (DAYS // 7)


def test_a_decision_is_due_anew_after_days_in_a_row_and_not_before():
    outside, within = 1300.0, 1000.0
    quick = [within, *[outside] * RUN_DAYS, within]
    broken = [outside, outside, within] * 4
    days = {}
    for name, values in (("quick", quick), ("broken", broken)):
        table = due_anew(score_decisions([decision(normal(days=len(values)))], came(values)))
        days[name] = dict(table.select("side", "on").rows())
    assert days["quick"]["above"] == ON + timedelta(days=1 + RUN_DAYS)
    assert days["quick"]["below"] is None
    assert days["broken"]["above"] is None


def test_a_day_that_was_not_reported_breaks_the_run():
    values = came([1300.0] * 5).filter(pl.col("date") != ON + timedelta(days=3))
    assert due_anew(score_decisions([decision(normal(days=5))], values))["on"].to_list()[0] is None
