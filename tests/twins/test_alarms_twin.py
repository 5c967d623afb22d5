"""The batched regression against a slow readable one, and the batch against itself in pieces."""

import numpy as np
import pytest

from seawall.core.draws import generator
from seawall.watch.alarms import FarringtonRules, farrington
from seawall.watch.alarms.quasipoisson import Layout, fit


def slow_glm(counts, weights, offset, design):
    """Poisson regression by least squares on the whole design matrix, one fit at a time."""
    mean = counts + 0.1
    eta = np.log(mean)
    deviance = np.inf
    for _ in range(25):
        root = np.sqrt(weights * mean)
        response = eta - offset + (counts - mean) / mean
        coefficients = np.linalg.lstsq(root[:, None] * design, root * response, rcond=None)[0]
        information = (root[:, None] * design).T @ (root[:, None] * design)
        hat = np.einsum("ij,jk,ik->i", root[:, None] * design, np.linalg.inv(information), root[:, None] * design)
        working = root**2
        eta = design @ coefficients + offset
        mean = np.exp(eta)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(counts > 0, counts * np.log(counts / mean), 0.0)
        last, deviance = deviance, 2 * np.sum(weights * (logs - (counts - mean)))
        if abs(deviance - last) < 1e-8 * (abs(deviance) + 0.1):
            break
    pearson = np.sum(working * ((counts - mean) / mean) ** 2)
    return coefficients, mean, hat, information, pearson / (len(counts) - design.shape[1])


@pytest.mark.parametrize("trend", [True, False])
@pytest.mark.parametrize("with_offset", [True, False])
def test_fits_are_those_of_the_slow_one(trend, with_offset):
    draw = generator(3, "twin", str(trend), str(with_offset))
    level = np.repeat([2, 0, 1, 2, 0, 1, 2], 6)
    layout = Layout(time=np.arange(-len(level), 0.0), level=level, here=2)
    many = 12
    mean = np.exp(draw.normal(2, 1, (many, 1)) + 0.01 * draw.normal(size=(many, 1)) * layout.time + 0.3 * level)
    counts = draw.poisson(mean * draw.gamma(2, 0.5, mean.shape)).astype(float)
    weights = draw.uniform(0.2, 2, counts.shape)
    offset = draw.normal(0, 0.2, counts.shape) if with_offset else np.zeros((1, 1))
    found = fit(counts, weights, offset, layout, trend=trend)
    design = np.eye(3)[level]
    if trend:
        design = np.hstack([design, layout.time[:, None]])
    here = np.array([0.0, 0, 1, 0])[: design.shape[1]]
    for row in range(many):
        known = offset[row] if with_offset else np.zeros(len(level))
        coefficients, fitted, hat, information, dispersion = slow_glm(counts[row], weights[row], known, design)
        np.testing.assert_allclose(found.mean[row], fitted, rtol=1e-8)
        np.testing.assert_allclose(found.leverage[row], hat, rtol=1e-7)
        np.testing.assert_allclose(found.dispersion[row], dispersion, rtol=1e-8)
        np.testing.assert_allclose(found.log_mean[row], here @ coefficients, rtol=1e-8)
        covariance = np.linalg.inv(information)
        np.testing.assert_allclose(found.log_error[row], np.sqrt(here @ covariance @ here), rtol=1e-7)
        if trend:
            np.testing.assert_allclose(found.slope[row], coefficients[-1], rtol=1e-7, atol=1e-12)
            np.testing.assert_allclose(found.slope_error[row], np.sqrt(covariance[-1, -1]), rtol=1e-7)
    assert found.converged.all()


def test_a_week_left_out_is_a_week_that_is_not_there():
    draw = generator(4, "twin", "missing")
    level = np.repeat([1, 0, 1, 0, 1], 8)
    counts = draw.poisson(6.0, (5, 40)).astype(float)
    layout = Layout(time=np.arange(-40.0, 0), level=level, here=1)
    kept = np.ones(40, dtype=bool)
    kept[[0, 3, 17, 30]] = False
    weights = np.broadcast_to(kept.astype(float), counts.shape)
    some = fit(np.where(kept, counts, 0), weights, np.zeros((1, 1)), layout, trend=True)
    fewer = Layout(time=layout.time[kept], level=level[kept], here=1)
    rest = fit(counts[:, kept], np.ones((5, kept.sum())), np.zeros((1, 1)), fewer, trend=True)
    for name in ("dispersion", "freedom", "slope", "slope_error", "log_mean", "log_error"):
        np.testing.assert_allclose(getattr(some, name), getattr(rest, name), rtol=1e-9)


def test_the_size_of_a_batch_does_not_matter(monkeypatch):
    counts = generator(5, "twin", "batch").poisson(7.0, (280, 6)).astype(float)
    whole = farrington(counts, FarringtonRules())
    monkeypatch.setitem(farrington.__globals__, "_CELLS", 500)
    pieces = farrington(counts, FarringtonRules())
    np.testing.assert_array_equal(whole.alarm, pieces.alarm)
    np.testing.assert_allclose(whole.expected, pieces.expected, rtol=1e-10)
    assert whole.assessed.any()
