"""The nowcast against R's surveillance, and its intervals against outbreaks of known truth."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from bench._outbreaks import DAYS, outbreak

from seawall.core.draws import generator
from seawall.watch.nowcast import complete_counts, nowcast
from seawall.watch.reporting import learn_delay
from seawall.watch.triangles import Triangle, triangle_of
from seawall.watch.truncation import known_within, reverse_hazards, risk_sets

ORACLE = Path(__file__).parents[2].parent / "shared" / "oracles" / "nowcast"
MORNINGS = [date(2011, 6, 1), date(2011, 6, 10), date(2011, 6, 20)]


@pytest.fixture
def lines() -> pl.DataFrame:
    if not ORACLE.exists():
        pytest.skip("the nowcast oracle is not on this machine")
    return pl.read_csv(ORACLE / "linelist_husO104Hosp.csv", try_parse_dates=True)


def triangle(lines: pl.DataFrame, on: date, days: int = 60) -> Triangle:
    known = lines.filter(pl.col("report") <= on).select(
        pl.lit(0, dtype=pl.Int64).alias("area"),
        (pl.lit(on) - pl.col("event")).dt.total_days().alias("age"),
        (pl.col("report") - pl.col("event")).dt.total_days().alias("known_after"),
        pl.lit(1, dtype=pl.Int64).alias("cases"),
    )
    return triangle_of(known, on, ("all",), longest_days=15, days=days)


@pytest.mark.parametrize("on", MORNINGS[:2])
def test_the_triangle_is_rs(lines: pl.DataFrame, on: date) -> None:
    theirs = pl.read_csv(ORACLE / f"reporting_triangle_{on}.csv", null_values="NA", try_parse_dates=True)
    ours = triangle(lines, on, days=theirs.height).counts[0]
    table = theirs.drop("date").fill_null(0).to_numpy()
    assert (ours == table).all()


@pytest.mark.parametrize("on", MORNINGS)
def test_the_delay_of_all_days_alike_is_lawless(lines: pl.DataFrame, on: date) -> None:
    theirs = json.loads((ORACLE / f"nowcast_lawless_{on}.json").read_text(encoding="utf-8"))["delay_cdf"]["cdf"]
    counts = triangle(lines, on).counts[0]
    age = np.arange(len(counts) - 1, -1, -1)
    exactly, at_most = (part.sum(axis=0) for part in risk_sets(counts, age))
    np.testing.assert_allclose(known_within(reverse_hazards(exactly, at_most)), theirs[:16], atol=1e-8)


@pytest.mark.parametrize("on", MORNINGS)
def test_reported_so_far_is_exact_and_the_error_no_worse_than_rs(lines: pl.DataFrame, on: date) -> None:
    ours = nowcast(triangle(lines, on), seed=1).table(14)
    for method in ("lawless", "bayes.trunc"):
        theirs = pl.read_csv(ORACLE / f"nowcast_{method}_{on}.csv", try_parse_dates=True)
        both = theirs.join(ours, on="date")
        assert both["reported"].to_list() == both["observed_now"].to_list()
        our_error = (both["q50"] - both["truth_final"]).abs().mean()
        their_error = (both["nowcast_median"] - both["truth_final"]).abs().mean()
        assert our_error <= 1.05 * their_error
        inside = (both["q2.5"] <= both["truth_final"]) & (both["truth_final"] <= both["q97.5"])
        # at its start the first cases had been found late: theirs cover 64 and 71 %
        assert inside.mean() >= (0.55 if on == MORNINGS[0] else 0.7)


def test_intervals_cover_the_truth_of_synthetic_outbreaks() -> None:
    inside = {50: [], 90: []}
    for seed in range(1, 61):
        truth = outbreak(seed)
        on = int(generator(seed, "morning").integers(40, DAYS - 32))
        known = truth.onsets[: on + 1].astype(float)
        known[np.arange(on, -1, -1)[:, None] < np.arange(known.shape[1])] = 0
        known = known[None, -70:]
        delay = learn_delay(known)
        draws = complete_counts(known.sum(axis=2), truth.weights, generator(seed, "t"), delay=delay, draws=500)
        recent = min(draws.totals.shape[2], 7)
        final = truth.onsets[on - recent + 1 : on + 1].sum(axis=1)
        low, q1, q3, high = np.quantile(draws.totals[0, :, -recent:], [0.05, 0.25, 0.75, 0.95], axis=0)
        inside[50] += ((q1 <= final) & (final <= q3)).tolist()
        inside[90] += ((low <= final) & (final <= high)).tolist()
    assert 0.45 <= np.mean(inside[50]) <= 0.65  # whole numbers make it a little more than half
    assert 0.84 <= np.mean(inside[90]) <= 0.95


def test_a_weekday_on_which_nothing_is_reported_is_learnt() -> None:
    rng = generator(3, "weekdays")
    counts = np.zeros((1, 70, 12))
    for day in range(70):
        for case_delay in rng.poisson(2.0, 80).clip(0, 7):
            after = int(case_delay)
            while (day + after) % 7 >= 5:  # due on a weekend: reported on Monday
                after += 1
            if day + after < 70:
                counts[0, day, after] += 1
    delay = learn_delay(counts)
    last = 69 % 7
    weekend = [(last - weekday) % 7 for weekday in (5, 6)]
    assert delay.weekday[weekend].max() < 0.1
    assert delay.weekday[(last - 0) % 7] > 1.5


def test_same_seed_same_nowcast_another_seed_another(lines: pl.DataFrame) -> None:
    one, same, other = (nowcast(triangle(lines, MORNINGS[1]), seed=seed).table(14) for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)
    shift = (one["q50"] - other["q50"]).abs().max()
    assert shift <= 2


def test_it_takes_less_than_fifty_milliseconds_a_series(lines: pl.DataFrame) -> None:
    from time import process_time

    told = triangle(lines, MORNINGS[1])
    nowcast(told, seed=1)
    started = process_time()
    for seed in range(5):
        nowcast(told, seed=seed)
    assert (process_time() - started) / 5 < 0.1  # 0.03 s on a quiet machine


def test_a_few_first_cases_found_late_do_not_make_the_epidemic_look_unreported(lines: pl.DataFrame) -> None:
    for day in range(21, 32):
        on = date(2011, 5, day)
        found = nowcast(triangle(lines, on), seed=1).table(10)
        final = lines.group_by(date="event").len("final")
        both = found.join(final, on="date", how="left").with_columns(pl.col("final").fill_null(0))
        assert both["q50"].sum() < 6 * both["final"].sum() + 50
