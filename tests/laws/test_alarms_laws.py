"""What holds of every detector whatever the counts."""

import string

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seawall.cli.app import run
from seawall.watch.alarms import (
    METHODS,
    CusumRules,
    EarsRules,
    FarringtonRules,
    Status,
    detect,
    ears,
    farrington,
    farrington_original_rules,
)
from seawall.watch.alarms.bounds import negative_binomial_bound
from seawall.watch.alarms.reference import Windows, reference

DETECTORS = [
    EarsRules(method="c1", alpha=0.01),
    EarsRules(method="c2", alpha=0.01, min_sd=0.5),
    EarsRules(method="c3", alpha=0.01),
    FarringtonRules(b=2, w=1, no_periods=3, past_weeks_not_included=2, alpha=0.05),
    FarringtonRules(b=3, w=1, no_periods=2, past_weeks_not_included=0, threshold_method="muan"),
    FarringtonRules(b=3, w=0, no_periods=1, past_weeks_not_included=0, threshold_method="delta", limit54_cases=0),
    farrington_original_rules(b=3, w=1),
]

OTHERS = [
    METHODS["rki3"].make(),
    METHODS["bayes2"].make(alpha=0.1),
    CusumRules(trans="rossi"),
    CusumRules(m="glm"),
]

count = st.one_of(st.just(np.nan), st.integers(0, 3).map(float), st.integers(0, 10**6).map(float))
several = arrays(float, (48, 3), elements=count)
detectors = st.sampled_from(DETECTORS)
any_detector = st.sampled_from([*DETECTORS, *OTHERS])


@settings(max_examples=60, deadline=None)
@given(counts=several, detector=detectors)
def test_an_alarm_is_a_count_above_its_bound_and_nothing_else(counts, detector):
    verdicts = detect(counts, detector, frequency=12)
    above = verdicts.assessed & (np.nan_to_num(counts) > np.nan_to_num(verdicts.upper, nan=np.inf))
    np.testing.assert_array_equal(verdicts.alarm, above)
    assert np.isfinite(verdicts.upper[verdicts.assessed]).all()
    assert not verdicts.alarm[np.isnan(counts)].any()
    told = verdicts.expected[verdicts.assessed]
    assert (told >= 0).all()


@settings(max_examples=60, deadline=None)
@given(counts=several, detector=any_detector)
def test_a_series_does_not_know_of_the_others(counts, detector):
    together = detect(counts, detector, frequency=12)
    for column in range(counts.shape[1]):
        alone = detect(counts[:, [column]], detector, frequency=12)
        np.testing.assert_array_equal(together.status[:, [column]], alone.status)
        np.testing.assert_array_equal(together.alarm[:, [column]], alone.alarm)
        np.testing.assert_allclose(together.upper[:, [column]], alone.upper, rtol=1e-6, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(counts=several, detector=any_detector)
def test_nothing_depends_on_later_counts(counts, detector):
    whole = detect(counts, detector, frequency=12)
    before = detect(counts[:-4], detector, frequency=12)
    np.testing.assert_array_equal(whole.alarm[:-4], before.alarm)
    np.testing.assert_allclose(whole.upper[:-4], before.upper, rtol=1e-6, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(counts=several, detector=any_detector, more=st.integers(1, 1000))
def test_one_count_more_never_takes_an_alarm_back(counts, detector, more):
    low = detect(counts, detector, frequency=12)
    higher = counts.copy()
    higher[-1] += more
    high = detect(higher, detector, frequency=12)
    assert (high.alarm[-1] >= low.alarm[-1]).all()


@settings(max_examples=40, deadline=None)
@given(counts=several, seed=st.integers(0, 99))
def test_days_that_come_before_the_first_count_change_nothing(counts, seed):
    counts = counts.copy()
    counts[0] = 1 + seed
    padded = np.vstack([np.full((5, 3), np.nan), counts])
    for detector in [*DETECTORS, *OTHERS]:
        early, late = detect(counts, detector, frequency=12), detect(padded, detector, frequency=12)
        np.testing.assert_array_equal(early.status, late.status[5:])
        np.testing.assert_array_equal(early.alarm, late.alarm[5:])


@settings(max_examples=25, deadline=None)
@given(counts=arrays(float, (48, 2), elements=st.integers(0, 40).map(float)), people=st.integers(1, 10**7))
def test_a_population_that_never_changes_is_no_offset(counts, people):
    plain = FarringtonRules(b=3, w=1, no_periods=3, past_weeks_not_included=2)
    offset = FarringtonRules(b=3, w=1, no_periods=3, past_weeks_not_included=2, population_offset=True)
    without = farrington(counts, plain, frequency=12)
    with_ = farrington(counts, offset, frequency=12, population=np.full(counts.shape, float(people)))
    np.testing.assert_allclose(with_.expected, without.expected, rtol=1e-4, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(counts=arrays(float, (30, 2), elements=st.integers(0, 50).map(float)), factor=st.integers(2, 9))
def test_ears_does_not_mind_the_unit(counts, factor):
    rules = EarsRules(method="c3", alpha=0.025)
    once, often = ears(counts, rules), ears(counts * factor, rules)
    np.testing.assert_allclose(often.upper, factor * once.upper, rtol=1e-9, atol=1e-9)


@given(
    years=st.integers(1, 6),
    half=st.integers(0, 6),
    levels=st.integers(1, 40),
    recent=st.integers(0, 60),
    gaps=st.lists(st.integers(52, 53), min_size=6, max_size=6),
)
def test_reference_weeks_are_past_distinct_and_of_every_level(years, half, levels, recent, gaps):
    windows = Windows(years=years, half_width=half, levels=levels, recent_left_out=recent)
    back, layout = reference([int(week) for week in np.cumsum(gaps)], windows)
    assert (np.diff(back) < 0).all()
    assert (back > recent).all()
    assert back.max(initial=0) == sum(gaps[:years]) + half or recent >= sum(gaps[:years]) + half
    if years > 1 and recent < 40:
        assert set(layout.level) == set(range(levels))
    assert (layout.time == -back).all()


@given(
    mean=arrays(float, 5, elements=st.floats(1e-9, 1e6)),
    dispersion=arrays(float, 5, elements=st.floats(1, 50)),
    alpha=st.floats(1e-6, 0.5),
)
def test_a_quantile_is_the_smallest_count_that_will_do(mean, dispersion, alpha):
    upper = negative_binomial_bound(np.zeros(5), mean, dispersion, alpha).upper
    beyond = negative_binomial_bound(upper + 1, mean, dispersion, alpha).p_value
    at = negative_binomial_bound(upper, mean, dispersion, alpha).p_value
    assert (beyond <= alpha * (1 + 1e-6) + 1e-12).all()
    assert ((at >= alpha * (1 - 1e-6) - 1e-12) | (upper == 0)).all()


cells = st.one_of(
    st.sampled_from(
        ["date", "index", "count", "series", "population", "", "NA", "1", "2024-02-30", "2024-01-08", "-1"]
    ),
    st.integers(-5, 400).map(str),
    st.text(string.printable, max_size=6),
)
lines = st.lists(st.lists(cells, min_size=1, max_size=4), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    rows=lines, header=st.sampled_from(["index,count", "date,count", "series,date,count", "index,count,population", ""])
)
def test_no_table_ends_in_a_traceback(rows, header, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "counts.csv"
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]), encoding="utf-8")
    out = path.with_name("out.csv")
    for method in ("ears-c3", "farrington", "cusum", "bayes2"):
        status = run(["detect", str(path), "--method", method, "-o", str(out)])
        assert status in {0, 1}
        assert out.exists() == (status == 0)
        if status == 0:
            assert {"count", "expected", "upper", "score", "alarm"} <= set(pl.read_csv(out).columns)
            out.unlink()


def test_every_status_has_its_own_word():
    assert len({status.word for status in Status}) == len(Status)
