"""EARS and Farrington against R's surveillance on its bundled series and on Noufaily's simulation."""

import csv
import gzip
import json
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from seawall.watch.alarms import (
    METHODS,
    CusumRules,
    EarsRules,
    FarringtonRules,
    Status,
    cusum,
    detect,
    ears,
    farrington,
    farrington_original_rules,
)

SHARED = Path(__file__).parents[2].parent / "shared" / "oracles"
SURVEILLANCE, SIMULATED = SHARED / "surveillance", SHARED / "noufaily_sim"

# The package keeps this series with dates and goes back by calendar years; the others have none.
FIRST_WEEK = {"stsNewport": date(2001, 1, 1)}


def oracles(pattern):
    return [pytest.param(path, id=path.stem) for path in sorted(SURVEILLANCE.glob(pattern))] or [
        pytest.param(None, id="absent", marks=pytest.mark.skip(reason="the shared oracles are not beside the project"))
    ]


def columns(path):
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        name: np.array([np.nan if row[name] in {"NA", ""} else float(row[name]) for row in rows]) for name in rows[0]
    }


def oracle(path):
    call = json.loads(path.read_text(encoding="utf-8"))
    series = columns(SURVEILLANCE / f"series_{call['series']}.csv")
    return call, series["observed"][:, None], columns(path.with_suffix(".csv"))


def dates_of(call, counts):
    first = FIRST_WEEK.get(call["series"])
    return first and [first + timedelta(weeks=week) for week in range(len(counts))]


@pytest.mark.parametrize("path", oracles("ears_*.json"))
def test_ears_bounds_are_the_packages(path):
    call, counts, answer = oracle(path)
    method, alpha, baseline, min_sd = re.search(
        r"method='(C\d)', alpha=([\d.]+), baseline=(\d+), minSigma=([\d.]+)", call["call"]
    ).groups()
    rules = EarsRules(method=method.lower(), alpha=float(alpha), baseline=int(baseline), min_sd=float(min_sd))
    verdicts = ears(counts, rules)
    rows = answer["index"].astype(int) - 1
    documented = "_documented" if method == "C3" else ""
    np.testing.assert_allclose(verdicts.upper[rows, 0], answer["upperbound" + documented], rtol=0, atol=1e-10)
    np.testing.assert_array_equal(verdicts.alarm[rows, 0], answer["alarm" + documented] == 1)
    assert np.flatnonzero(verdicts.assessed[:, 0])[0] == rows[0]  # assessed from the same week on


@pytest.mark.parametrize("path", oracles("farrington_flexible_*.json"))
def test_farrington_flexible_is_the_packages(path):
    call, counts, answer = oracle(path)
    control = call["control"]
    rules = FarringtonRules(
        b=control["b"],
        w=control["w"],
        alpha=control["alpha"],
        no_periods=control["noPeriods"],
        weights_threshold=control["weightsThreshold"],
        p_threshold_trend=control["pThresholdTrend"],
        past_weeks_not_included=control["pastWeeksNotIncluded"],
        threshold_method=control["thresholdMethod"],
        powertrans=control["powertrans"],
        reweight=control["reweight"],
        trend=control["trend"],
    )
    verdicts = farrington(counts, rules, dates=dates_of(call, counts))
    rows = answer["index"].astype(int) - 1
    upper = verdicts.upper[rows, 0]
    np.testing.assert_array_equal(np.isnan(upper), np.isnan(answer["upperbound"]))
    np.testing.assert_allclose(upper, answer["upperbound"], rtol=1e-7)
    np.testing.assert_array_equal(verdicts.alarm[rows, 0], answer["alarm"] == 1)
    np.testing.assert_allclose(verdicts.score[rows, 0], answer["score"], rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(verdicts.details["p_value"][rows, 0], answer["pvalue"], atol=1e-10)
    np.testing.assert_allclose(verdicts.details["dispersion"][rows, 0], answer["phiVector"], rtol=1e-8)
    np.testing.assert_allclose(verdicts.details["trend"][rows, 0], answer["trend"], rtol=1e-6)
    told = ~np.isnan(answer["expected_or_NA"])
    np.testing.assert_allclose(verdicts.expected[rows, 0][told], answer["expected_or_NA"][told], rtol=1e-8)


@pytest.mark.parametrize("path", oracles("farrington_original_*.json"))
def test_farrington_original_is_the_packages(path):
    call, counts, answer = oracle(path)
    verdicts = farrington(counts, farrington_original_rules(b=call["b"], alpha=0.01), dates=dates_of(call, counts))
    rows = answer["index"].astype(int) - 1
    np.testing.assert_allclose(verdicts.upper[rows, 0], answer["upperbound"], rtol=1e-8, atol=1e-10)
    np.testing.assert_array_equal(verdicts.alarm[rows, 0], answer["alarm"] == 1)


@pytest.mark.parametrize("path", oracles("rki*.json") + oracles("bayes*.json"))
def test_rki_and_bayes_are_the_packages(path):
    _, counts, answer = oracle(path)
    verdicts = detect(counts, METHODS[path.stem.split("_")[0]].make())
    rows = answer["index"].astype(int) - 1
    np.testing.assert_allclose(verdicts.upper[rows, 0], answer["upperbound"], rtol=0, atol=1e-10)
    np.testing.assert_array_equal(verdicts.alarm[rows, 0], answer["alarm"] == 1)


@pytest.mark.parametrize("path", oracles("cusum_*.json"))
def test_cusum_is_the_packages(path):
    _, counts, answer = oracle(path)
    _, kind, *_ = path.stem.split("_")
    rules = CusumRules(m="mean", trans="rossi") if kind == "rossi" else CusumRules(m="glm", trans="standard")
    rows = answer["index"].astype(int) - 1
    verdicts = cusum(counts, rules, wanted=np.arange(len(counts)) >= rows[0])
    np.testing.assert_allclose(verdicts.upper[rows, 0], answer["upperbound"], rtol=0, atol=1e-8)
    np.testing.assert_array_equal(verdicts.alarm[rows, 0], answer["alarm"] == 1)


@pytest.fixture(scope="module")
def simulated():
    if not SIMULATED.is_dir():
        pytest.skip("the shared oracles are not beside the project")
    with gzip.open(SIMULATED / "series.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    keys = list(dict.fromkeys((row["rep"], row["scenario"]) for row in rows))
    place = {key: column for column, key in enumerate(keys)}
    counts = np.full((624, len(keys)), np.nan)
    for row in rows:
        counts[int(row["week"]) - 1, place[row["rep"], row["scenario"]]] = float(row["y"])
    answers = {}
    with gzip.open(SIMULATED / "alarms.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            answers.setdefault(row["method"], []).append(
                (int(row["week"]) - 1, place[row["rep"], row["scenario"]], row["ub"], row["alarm"])
            )
    return counts, answers


ASSESSED = np.arange(624) >= 575


@pytest.mark.parametrize(
    ("name", "assess"),
    [
        ("ears_C1_a0.01", lambda counts: ears(counts, EarsRules(method="c1", alpha=0.01))),
        ("ears_C2_a0.01", lambda counts: ears(counts, EarsRules(method="c2", alpha=0.01))),
        ("ears_C3_documented_a0.01", lambda counts: ears(counts, EarsRules(method="c3", alpha=0.01))),
        (
            "farrington_flexible_noufaily_a0.01",
            lambda counts: farrington(counts, FarringtonRules(alpha=0.01), wanted=ASSESSED),
        ),
        (
            "farrington_original_a0.01",
            lambda counts: farrington(counts, farrington_original_rules(alpha=0.01), wanted=ASSESSED),
        ),
        ("cusum_rossi", lambda counts: cusum(counts, CusumRules(trans="rossi"), wanted=ASSESSED)),
        ("cusum_glm_rossi", lambda counts: cusum(counts, CusumRules(m="glm", trans="rossi"), wanted=ASSESSED)),
        *((f"rki{n}", lambda counts, n=n: detect(counts, METHODS[f"rki{n}"].make())) for n in (1, 2, 3)),
        *((f"bayes{n}_a0.05", lambda counts, n=n: detect(counts, METHODS[f"bayes{n}"].make())) for n in (1, 2, 3)),
    ],
)
def test_every_alarm_of_the_simulation(simulated, name, assess):
    counts, answers = simulated
    verdicts = assess(counts)
    week, column, upper, alarm = zip(*answers[name], strict=True)
    place = (np.array(week), np.array(column))
    np.testing.assert_array_equal(verdicts.alarm[place], np.array([float(one or 0) == 1 for one in alarm]))
    bound = np.array([float(one) if one not in {"", "NA"} else np.nan for one in upper])
    # Where the sum alarms at any count R squares a negative root; the bound is 0 there.
    told = verdicts.upper[place] > 0 if name.startswith("cusum") else np.ones(len(bound), dtype=bool)
    np.testing.assert_allclose(verdicts.upper[place][told], bound[told], rtol=1e-7, atol=1e-9)
    assert len(week) == 126 * 49
    assert verdicts.alarm[place].sum() > 100


def test_no_alarm_by_rule_where_cases_are_few():
    path = SURVEILLANCE / "farrington_flexible_new_salmonella.agona.json"
    if not path.exists():
        pytest.skip("the shared oracles are not beside the project")
    _, counts, answer = oracle(path)
    rules = FarringtonRules()
    status = farrington(counts, rules).status[answer["index"].astype(int) - 1, 0]
    np.testing.assert_array_equal(status == Status.TOO_FEW_CASES, np.isnan(answer["upperbound"]))
