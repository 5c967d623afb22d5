"""Farrington's detectors: each count against the same time of earlier years, by regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy import special

from seawall.core import Fault, InvalidInput
from seawall.watch.alarms.bounds import delta_bound, negative_binomial_bound
from seawall.watch.alarms.farrington_rules import FarringtonRules
from seawall.watch.alarms.quasipoisson import Fit, Layout, fit
from seawall.watch.alarms.reference import reference, same_season
from seawall.watch.alarms.verdicts import Status, Verdicts, first_reported

_CELLS = 16_384
"""Reference counts regressed together: few enough for the arrays to stay in the processor's cache."""

_SELF_FITTED = 1 - 1e-10
"""Leverage from which a count fixes its own fitted value and so has no residual."""

_FEWEST_SHARE = 0.5
"""Share of the reference counts that must have been reported."""

_TREND_YEARS = 3
"""Years a trend needs (Farrington 1996, section 3.4)."""

_COLUMNS = ("expected", "upper", "score", "p_value", "dispersion", "trend", "exceedance")


def farrington(
    counts: np.ndarray,
    rules: FarringtonRules,
    *,
    dates: Sequence[date] | None = None,
    frequency: int = 52,
    population: np.ndarray | None = None,
    wanted: np.ndarray | None = None,
) -> Verdicts:
    """Assess counts of many series with a Farrington detector.

    Each count is held against an overdispersed Poisson regression on the same time of the last `b`
    years (and, with several levels, the time between), past outbreaks down-weighted. A count needs
    `b` years and `w` steps before it in its series, and half of its reference counts reported.

    Args:
        counts: float, shape (time, series). NaN: not reported.
        rules: the detector.
        dates: weekly dates of the rows; None for an index.
        frequency: steps in a year of an index; with dates a year has 52 or 53 weeks.
        population: float, shape (time, series); needed for `rules.population_offset`.
        wanted: bool, shape (time,). Rows to assess; None for all.

    Returns:
        Verdicts with `details`: ``p_value`` (of a count as high), ``dispersion``, ``trend`` (of the log
        mean, per step; NaN where none was kept) and ``exceedance`` ((count - expected) / (upper -
        expected)). `score` is the exceedance too, except that for the negative binomial bounds it is
        computed from the logarithm of the expected count, as R's surveillance does; both exceed 1
        where the count exceeds the bound. Where too few cases rule an alarm out only `upper` is missing.

    Raises:
        InvalidInput: the rules do not fit the frequency, or an offset is asked for without population.

    Source:
        Farrington et al. 1996, J. R. Statist. Soc. A 159:547-563; Noufaily et al. 2013, Statistics in
        Medicine 32:1206-1222. Where these leave room, R's surveillance 1.20.3 is followed; see
        docs/explanation/alarms.md.
    """
    year = 52 if dates is not None else frequency
    rules.check_frequency(year)
    offset = _log_population(population) if rules.population_offset else None
    steps = len(counts)
    told = ~np.isnan(counts)
    reached = np.arange(steps)[:, None] >= first_reported(counts) + rules.b * year + rules.w
    status = np.where(told, Status.BASELINE_INCOMPLETE, Status.NOT_REPORTED).astype(np.uint8)
    status[~reached] = Status.SHORT_HISTORY
    enough = reached & told
    if wanted is not None:
        enough &= wanted[:, None]
        status[~wanted] = Status.NOT_ASKED
    columns = {name: np.full(counts.shape, np.nan) for name in _COLUMNS}
    back = same_season(dates if dates is not None else steps, frequency, rules.b)
    rows = np.flatnonzero(enough.any(axis=1))
    patterns, pattern_of = np.unique(back[rows], axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        behind, layout = reference([int(step) for step in pattern], rules.windows)
        here = rows[pattern_of.ravel() == number]
        at, series = np.nonzero(enough[here])
        size = max(1, _CELLS // max(behind.size, 1))
        for begin in range(0, at.size, size):
            place = (here[at[begin : begin + size]], series[begin : begin + size])
            baseline, place = _Baseline.of(counts, offset, place, behind, layout)
            if not place[0].size:
                continue
            model = _model(baseline, layout, rules)
            found = _bound(counts[place], model, rules)
            for name, values in found.items():
                columns[name][place] = np.where(model.usable, values, np.nan)
            fine = model.usable & np.isfinite(found["upper"])
            status[place] = np.where(fine, Status.ASSESSED, Status.NO_BOUND)
    few = _recent_cases(counts, rules.limit54_weeks) < rules.limit54_cases
    status[(status == Status.ASSESSED) & few] = Status.TOO_FEW_CASES
    assessed = status == Status.ASSESSED
    upper = np.where(assessed, columns.pop("upper"), np.nan)
    if rules.zero_when_few:
        upper[status == Status.TOO_FEW_CASES] = 0.0
    return Verdicts(
        expected=columns.pop("expected"),
        upper=upper,
        score=columns.pop("score"),
        alarm=assessed & (np.nan_to_num(counts) > upper),
        status=status,
        details=columns,
    )


def _log_population(population: np.ndarray | None) -> np.ndarray:
    """Log of the population; NaN where there is none, so that the count is left out."""
    if population is None:
        raise InvalidInput(
            "A population offset needs the population.",
            [
                Fault(
                    file="counts",
                    problem="there is no population",
                    mend="Give it beside every count, or leave the offset out",
                )
            ],
        )
    return np.log(np.where(population > 0, population, np.nan))


def _recent_cases(counts: np.ndarray, weeks: int) -> np.ndarray:
    """Cases of the last weeks, the present one included; a week not reported adds nothing."""
    total = np.vstack([np.zeros((1, counts.shape[1])), np.cumsum(np.nan_to_num(counts), axis=0)])
    before = np.maximum(np.arange(1, len(counts) + 1) - weeks, 0)
    recent: np.ndarray = total[1:] - total[before]
    return recent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Baseline:
    """What a batch of counts is compared with.

    Attributes:
        counts: float, shape (count, reference); 0 where not reported.
        present: float, the same shape. 1 where reported, else 0.
        offset: float, the same shape, or (1, 1) without offset.
        offset_now: float, shape (count,). Offset of the counts assessed.
    """

    counts: np.ndarray
    present: np.ndarray
    offset: np.ndarray
    offset_now: np.ndarray

    @classmethod
    def of(
        cls,
        counts: np.ndarray,
        offset: np.ndarray | None,
        place: tuple[np.ndarray, np.ndarray],
        behind: np.ndarray,
        layout: Layout,
    ) -> tuple[_Baseline, tuple[np.ndarray, np.ndarray]]:
        """The baselines of counts at given places, and the places whose baseline suffices."""
        time, series = place
        where = time[:, None] - behind
        past = np.where(where >= 0, counts[where, series[:, None]], np.nan)
        offset_past, offset_now = np.zeros((1, 1)), np.zeros(time.size)
        if offset is not None:
            offset_past, offset_now = offset[where, series[:, None]], offset[time, series]
            past = np.where(np.isnan(offset_past), np.nan, past)
        present = ~np.isnan(past)
        same_level = present[:, layout.level == layout.here].any(axis=1)
        ready = same_level & (present.sum(axis=1) >= max(2, _FEWEST_SHARE * behind.size)) & ~np.isnan(offset_now)
        baseline = cls(
            counts=np.nan_to_num(past),
            present=present.astype(float),
            offset=np.nan_to_num(offset_past),
            offset_now=offset_now,
        )
        return baseline.only(ready), (time[ready], series[ready])

    def only(self, rows: np.ndarray) -> _Baseline:
        """The baselines of some of the counts."""
        return _Baseline(
            counts=self.counts[rows],
            present=self.present[rows],
            offset=self.offset if self.offset.shape[0] == 1 else self.offset[rows],
            offset_now=self.offset_now[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """What a bound needs, from regressions; arrays of shape (count,)."""

    log_mean: np.ndarray
    log_error: np.ndarray
    dispersion: np.ndarray
    slope: np.ndarray
    slope_p: np.ndarray
    usable: np.ndarray


def _model(baseline: _Baseline, layout: Layout, rules: FarringtonRules) -> _Model:
    """Regress with a trend, and again without where it does not converge or is not to be kept.

    A trend is kept with three years or more, a p-value below the threshold (1 keeps every trend) and a
    prediction not above all counts of the baseline.
    """
    if not (rules.trend and rules.b >= _TREND_YEARS):
        return _regress(baseline, layout, rules, trend=False)
    model = _regress(baseline, layout, rules, trend=True)
    with np.errstate(over="ignore", invalid="ignore"):
        within = np.exp(model.log_mean) <= baseline.counts.max(axis=1)
        kept = (model.slope_p < rules.p_threshold_trend) | (rules.p_threshold_trend == 1)
    drop = ~(kept & within & model.usable & ~np.isnan(model.slope))
    if drop.any():
        plain = _regress(baseline.only(drop), layout, rules, trend=False)
        for name in _Model.__slots__:
            getattr(model, name)[drop] = getattr(plain, name)
    return model


def _regress(baseline: _Baseline, layout: Layout, rules: FarringtonRules, *, trend: bool) -> _Model:
    """One regression, and once more with past outbreaks down-weighted (Farrington 1996, section 3.6)."""
    weights = baseline.present
    found = fit(baseline.counts, weights, baseline.offset, layout, trend=trend)
    usable = found.converged
    if rules.reweight:
        weights = _weights(baseline, found, rules.weights_threshold)
        found = fit(baseline.counts, weights, baseline.offset, layout, trend=trend)
        usable = usable & found.converged
    dispersion = np.maximum(found.dispersion, 1)
    behind_trend, behind_mean = found.dispersion, dispersion
    if rules.standard_errors == "package":
        if rules.reweight:
            behind_trend = _package_dispersion(baseline.counts, weights, found)
        behind_mean = behind_trend
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        slope_t = np.abs(found.slope) / (found.slope_error * np.sqrt(behind_trend))
        log_error = found.log_error * np.sqrt(behind_mean)
    # Without a single case the mean is 0. The iteration crawls towards it, and the log's error means nothing.
    silent = (baseline.counts.max(axis=1) == 0) & (~usable | (rules.threshold_method == "muan"))
    log_mean = found.log_mean + baseline.offset_now
    return _Model(
        log_mean=np.where(silent, np.log(np.finfo(float).eps), log_mean),
        log_error=np.where(silent, 0.0, log_error),
        dispersion=np.where(silent, 1.0, dispersion),
        slope=np.where(silent, np.nan, found.slope),
        slope_p=2 * special.stdtr(np.maximum(found.freedom, 1), -slope_t),
        usable=silent | (usable & np.isfinite(dispersion) & np.isfinite(log_mean)),
    )


def _weights(baseline: _Baseline, found: Fit, threshold: float) -> np.ndarray:
    """Weights that take past outbreaks back, by standardised Anscombe residuals; they sum to the counts used.

    A count that fixes its own fitted value has no residual and keeps its weight.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.sqrt(np.maximum(found.dispersion, 1)[:, None] * (1 - found.leverage))
        third = np.cbrt(found.mean)
        residual = 1.5 * (np.cbrt(baseline.counts**2) - third**2) / (np.sqrt(third) * scale)
    residual[found.leverage > _SELF_FITTED] = 0
    large = residual > threshold
    weights = baseline.present.copy()
    weights[large] *= residual[large] ** -2
    weights *= (baseline.present.sum(axis=1) / weights.sum(axis=1))[:, None]
    return weights


def _package_dispersion(counts: np.ndarray, weights: np.ndarray, found: Fit) -> np.ndarray:
    """Dispersion as R's surveillance has it after reweighting: the outbreak weights stand for the working weights."""
    squares = np.einsum("ij,ij->i", weights, ((counts - found.mean) / found.mean) ** 2)
    return np.where(found.freedom > 0, squares / np.maximum(found.freedom, 1), np.nan)


def _bound(now: np.ndarray, model: _Model, rules: FarringtonRules) -> dict[str, np.ndarray]:
    """Expected count, bound, score and details of a batch, by column name."""
    alpha = rules.alpha / 2 if rules.two_sided else rules.alpha
    quantile = float(special.ndtri(1 - alpha))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        mean = np.exp(model.log_mean)
        if rules.threshold_method == "delta":
            error = mean * model.log_error
            bound = delta_bound(now, mean, error, model.dispersion, quantile=quantile, power=rules.powertrans)
            start = mean
        else:
            high = np.exp(model.log_mean + quantile * model.log_error)
            at = high if rules.threshold_method == "muan" else mean
            bound = negative_binomial_bound(now, at, model.dispersion, alpha)
            start = model.log_mean
        return {
            "expected": mean,
            "upper": bound.upper,
            "score": (now - start) / (bound.upper - start),
            "p_value": bound.p_value,
            "dispersion": model.dispersion,
            "trend": model.slope,
            "exceedance": (now - mean) / (bound.upper - mean),
        }
