"""CUSUM: small excesses, each too small for an alarm, added up from week to week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from seawall.core import check_quantities, quantity
from seawall.watch.alarms.verdicts import Status, Verdicts, first_reported

_FEWEST = 5
"""Counts a mean is taken from at least."""

_STEPS, _TOLERANCE = 25, 1e-8
"""Where the regression of the ``glm`` mean stops: the usual rule of GLM programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CusumRules:
    """How the CUSUM is set.

    Attributes:
        m: what the counts are expected to be: ``mean``, that of all counts before the first assessed;
            ``glm``, a Poisson regression of them on one yearly wave.
        trans: how a count is standardised: ``standard``, ``(x - m) / sqrt(m)``; ``rossi``,
            ``(x - 3m + 2 sqrt(xm)) / (2 sqrt(m))``, nearer to normal.
    """

    k: float = quantity(
        1.04, unit="standard deviation", low=0, high=100, source="Rossi 1999", about="Excess that adds nothing"
    )
    h: float = quantity(
        2.26,
        unit="standard deviation",
        low=0.001,
        high=1000,
        source="Rossi 1999",
        about="Sum beyond which the alarm is raised",
    )
    m: Literal["mean", "glm"] = "mean"
    trans: Literal["standard", "rossi"] = "standard"

    def __post_init__(self) -> None:
        check_quantities(self)


def cusum(counts: np.ndarray, rules: CusumRules, *, frequency: int = 52, wanted: np.ndarray | None = None) -> Verdicts:
    """Add up ``max(0, sum + standardised count - k)`` from the first wanted row on; beyond `h` is an alarm.

    The sum is not set back after an alarm. `upper` is the count at which the alarm would be raised, by
    the ``standard`` transformation rounded up; the score is the sum over `h`. A count that was not
    reported leaves the sum as it is. The baseline needs five counts, for ``glm`` a year of them.

    Args:
        counts: float, shape (time, series). NaN: not reported.
        rules: the CUSUM.
        frequency: steps in a year.
        wanted: bool, shape (time,). The first of these rows ends the baseline of every series; None:
            the baseline is a year from a series' first count.

    Source:
        Rossi, Lampugnani and Marchi 1999, Statistics in Medicine 18:2111-2122.
    """
    steps, many = counts.shape
    told = ~np.isnan(counts)
    if wanted is None:
        begin = first_reported(counts) + frequency
    else:
        begin = np.full(many, int(wanted.argmax()) if wanted.any() else steps)
    time = np.arange(steps)[:, None]
    baseline = told & (time < begin)
    enough = baseline.sum(axis=0) >= (frequency if rules.m == "glm" else _FEWEST)
    expected = _expected(counts, baseline & enough, frequency, rules.m)
    status = np.where(time < begin, Status.SHORT_HISTORY, Status.NO_BOUND).astype(np.uint8)
    status[:, ~enough] = Status.SHORT_HISTORY
    upper, score = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    alarm = np.zeros(counts.shape, dtype=bool)
    total = np.zeros(many)
    for row in range(int(begin.min(initial=steps)), steps):
        known = (status[row] == Status.NO_BOUND) & (expected[row] > 0)
        status[row, known] = np.where(told[row, known], Status.ASSESSED, Status.NOT_REPORTED)
        held = status[row] == Status.ASSESSED
        now, mean, before = counts[row, held], expected[row, held], total[held]
        root = np.sqrt(mean)
        needed = rules.h + rules.k - before
        if rules.trans == "rossi":
            standard = (now - 3 * mean + 2 * np.sqrt(now * mean)) / (2 * root)
            bound = np.maximum(np.sqrt(np.maximum(4 * mean + 2 * needed * root, 0)) - root, 0) ** 2
        else:
            standard = (now - mean) / root
            bound = np.maximum(np.ceil(mean + needed * root), 0)
        total[held] = np.maximum(before + standard - rules.k, 0)
        upper[row, held], score[row, held] = bound, total[held] / rules.h
        alarm[row] = held & (total > rules.h)
    return Verdicts(
        expected=np.where(status == Status.SHORT_HISTORY, np.nan, expected),
        upper=upper,
        score=score,
        alarm=alarm,
        status=status,
    )


def _expected(counts: np.ndarray, baseline: np.ndarray, frequency: int, kind: str) -> np.ndarray:
    """Expected counts from those of the baseline, shape (time, series); NaN where there is no case to go by."""
    past = np.where(baseline, counts, 0.0)
    total = past.sum(axis=0)
    usable = total > 0
    expected = np.full(counts.shape, np.nan)
    if kind == "mean":
        expected[:, usable] = total[usable] / baseline.sum(axis=0)[usable]
    elif usable.any():
        angle = 2 * np.pi * np.arange(len(counts)) / frequency
        design = np.column_stack([np.ones(len(counts)), np.sin(angle), np.cos(angle)])
        coefficients, converged = _wave(past.T[usable], baseline.T[usable].astype(float), design)
        expected[:, usable] = np.where(converged, np.exp(design @ coefficients.T), np.nan)
    return expected


def _wave(counts: np.ndarray, weights: np.ndarray, design: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Poisson regressions on one design, shape (series, time): coefficients and whether they converged."""
    mean = counts + 0.1
    eta = np.log(mean)
    logs = np.log(np.where(counts > 0, counts, 1.0))
    deviance = np.full(len(counts), np.inf)
    coefficients = np.zeros((len(counts), design.shape[1]))
    going = np.ones(len(counts), dtype=bool)
    for _ in range(_STEPS):
        information = weights * mean
        normal = np.einsum("st,ti,tj->sij", information, design, design, optimize=True)
        target = (information * eta + weights * (counts - mean)) @ design
        found = np.linalg.solve(normal, target[:, :, None])[:, :, 0]
        coefficients[going] = found[going]
        eta = coefficients @ design.T
        mean = np.exp(eta)
        last = deviance
        deviance = 2 * np.einsum("st,st->s", weights, counts * (logs - eta) - (counts - mean))
        with np.errstate(invalid="ignore"):
            going &= ~(np.abs(deviance - last) < _TOLERANCE * (np.abs(deviance) + 0.1))
        if not going.any():
            break
    return coefficients, ~going
