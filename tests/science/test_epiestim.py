"""The reproduction number equals EpiEstim 2.2-4, column by column."""

import json
from pathlib import Path

import numpy as np
import pytest

from seawall.disease import discretised_serial_interval
from seawall.watch.case_reproduction import estimate_case_reproduction
from seawall.watch.reproduction import estimate_reproduction
from seawall.watch.serial_intervals import UncertainSerialInterval, draw_serial_intervals, serial_intervals_of

ORACLES = Path(__file__).parents[2].parent / "shared" / "oracles" / "epiestim"
CORI = ("Mean", "Std", "q0_025", "q0_05", "q0_25", "Median", "q0_75", "q0_95", "q0_975")

pytestmark = pytest.mark.skipif(not ORACLES.exists(), reason="the EpiEstim oracles are not beside this checkout")


def cases(kind):
    found = [(path.stem, json.loads(path.read_text())) for path in sorted(ORACLES.glob("*.json"))]
    return [pytest.param(case, id=name) for name, case in found if case["kind"] == kind]


def numbers(values):
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def windows(table):
    return np.stack([np.array(table["t_start"]) - 1, np.array(table["t_end"])], axis=1)


def columns(estimate):
    return np.column_stack([estimate.mean[0], estimate.sd[0], estimate.quantiles[0]])


def told(case):
    given = case["input"]
    local = numbers(given["local"] if "local" in given else given["incid"])
    imported = numbers(given["imported"]) if "imported" in given else None
    return given, local, imported, windows(given)


def serial_interval(given, days):
    if "si_distr" in given:
        return numbers(given["si_distr"])
    return discretised_serial_interval(given["mean_si"], given["std_si"], days - 1)


@pytest.mark.parametrize("case", cases("deterministic"))
def test_given_and_parametric_serial_intervals(case):
    given, local, imported, spans = told(case)
    estimate = estimate_reproduction(
        local,
        serial_interval(given, local.size),
        imported=imported,
        windows=spans,
        prior_mean=given["mean_prior"],
        prior_sd=given["std_prior"],
    )
    expected = np.column_stack([numbers(case["output"]["R"][name]) for name in CORI])
    got = columns(estimate)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    np.testing.assert_allclose(got, expected, rtol=1e-8)


def uncertain_of(given):
    return UncertainSerialInterval(
        mean_days=given["mean_si"],
        mean_sd=given["std_mean_si"],
        mean_min=given["min_mean_si"],
        mean_max=given["max_mean_si"],
        sd_days=given["std_si"],
        sd_sd=given["std_std_si"],
        sd_min=given["min_std_si"],
        sd_max=given["max_std_si"],
    )


def uncertain_cases():
    return [case for case in cases("monte_carlo") if "uncertain" in case.id] if ORACLES.exists() else []


@pytest.mark.parametrize("case", uncertain_cases())
def test_the_mixture_over_epiestims_own_serial_intervals(case):
    """With the thousand serial intervals EpiEstim drew only its 500 draws of R each are left as noise."""
    _, local, _, spans = told(case)
    moments = case["output"]["si_moments"]
    drawn = serial_intervals_of(numbers(moments["Mean"]), numbers(moments["Std"]), local.size)
    got = columns(estimate_reproduction(local, drawn, windows=spans))
    expected = np.column_stack([numbers(case["output"]["R"][name]) for name in CORI])
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    off = np.nanmax(np.abs(got / expected - 1), axis=0)
    assert off[0] < 0.004
    assert off[1:].max() < 0.02


@pytest.mark.parametrize("case", uncertain_cases())
def test_the_mixture_over_our_own_serial_intervals(case):
    """The README's tolerances, for the typical window: single windows carry the noise of EpiEstim's 1,000 draws."""
    given, local, _, spans = told(case)
    drawn = draw_serial_intervals(uncertain_of(given), local.size, seed=1)
    got = columns(estimate_reproduction(local, drawn, windows=spans))
    expected = np.column_stack([numbers(case["output"]["R"][name]) for name in CORI])
    off = np.abs(got / expected - 1)
    assert np.nanquantile(off[:, 0], 0.9) < 0.015
    assert np.nanquantile(off[:, 1], 0.9) < 0.04
    assert np.nanquantile(off[:, [2, 8]], 0.9) < 0.04
    many = draw_serial_intervals(uncertain_of(given), local.size, seed=2, samples=4000)
    closer = columns(estimate_reproduction(local, many, windows=spans))
    assert np.nanquantile(np.abs(got / closer - 1)[:, 0], 0.9) < 0.005


def test_a_sample_of_serial_intervals_is_an_equal_mixture():
    case = json.loads((ORACLES / "sisample_Flu2009_w7.json").read_text())
    given, local, _, spans = told(case)
    got = columns(estimate_reproduction(local, np.array(given["si_sample"]).T, windows=spans))
    expected = np.column_stack([numbers(case["output"]["R"][name]) for name in CORI])
    off = np.abs(got / expected - 1)
    assert off[:, 0].max() < 0.005
    assert off[:, 1].max() < 0.02
    assert off[:, [2, 8]].max() < 0.02


@pytest.mark.parametrize("case", cases("mean_deterministic_ci_monte_carlo"))
def test_wallinga_and_teunis(case):
    given, local, _, _ = told(case)
    table = case["output"]["R"]
    estimate = estimate_case_reproduction(local, serial_interval(given, local.size), windows=windows(table))
    np.testing.assert_allclose(estimate.mean[0], numbers(table["Mean"]), rtol=1e-8)
    # two hundred trees: window by window for the spread, on average for the rest
    sd, low, high = (numbers(table[name]) for name in ("Std", "q0_025", "q0_975"))
    spread = sd > 0.02
    np.testing.assert_allclose(estimate.sd[0][spread], sd[spread], rtol=0.25)
    assert estimate.sd[0].mean() == pytest.approx(sd.mean(), rel=0.03)
    assert estimate.quantiles[0][:, 0].mean() == pytest.approx(low.mean(), rel=0.03)
    assert estimate.quantiles[0][:, 6].mean() == pytest.approx(high.mean(), rel=0.03)
