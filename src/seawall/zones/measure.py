"""The numbers a rule looks at: windows, denominators, delay, rounding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from seawall.zones.judge import Floats
from seawall.zones.ruleset import Indicator, Judging
from seawall.zones.vocabulary import INPUTS


@dataclass(frozen=True, kw_only=True)
class Series:
    """Daily numbers of the areas of one level, as a rule may read them.

    Attributes:
        values: input (a name of `vocabulary.INPUTS`) to array, shape (day, area); NaN: not reported.
        residents: shape (area,). NaN where the folder does not say.
        zero_before: inputs for which every day before the first row is known to have been zero.
        substituted: input to the event that stands in for it.
    """

    values: Mapping[str, Floats]
    residents: Floats
    zero_before: frozenset[str] = frozenset()
    substituted: Mapping[str, str] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """How many days."""
        return next((array.shape[0] for array in self.values.values()), 0)

    def of(self, name: str) -> Floats:
        """One input, shape (day, area); all NaN where it is not there, constant rows for ``residents``."""
        shape = (self.days, self.residents.shape[0])
        if name == "residents":
            return np.broadcast_to(self.residents, shape).copy()
        return self.values.get(name, np.full(shape, np.nan))


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One indicator over all days, with what it is made of.

    Attributes:
        value, numerator, denominator: shape (day, area); NaN where it cannot be said.
        reported: shape (day, area). Days of the numerator's window that were reported.
    """

    value: Floats
    numerator: Floats
    denominator: Floats
    reported: Floats


def measure(judged: Judging, series: Series) -> dict[str, Measured]:
    """Every indicator of a rule on every day, those that weight others first."""
    found: dict[str, Measured] = {}
    for key in sorted(judged.indicators, key=lambda key: judged.indicators[key].uptake is not None):
        indicator = judged.indicators[key]
        uptake = found[indicator.uptake].value if indicator.uptake is not None else None
        found[key] = _measure(indicator, series, uptake)
    return {key: found[key] for key in judged.indicators}


def _measure(indicator: Indicator, series: Series, uptake: Floats | None) -> Measured:
    numerator, reported = _window(indicator, series, indicator.numerator)
    if indicator.denominator is None:
        denominator = np.ones_like(numerator)
    elif indicator.denominator == "residents":
        denominator = series.of("residents")
    else:
        denominator, _ = _window(indicator, series, indicator.denominator)
    value = compute(indicator, numerator, denominator, uptake)
    return Measured(value=value, numerator=numerator, denominator=denominator, reported=reported)


def compute(indicator: Indicator, numerator: Floats, denominator: Floats, uptake: Floats | None) -> Floats:
    """The indicator's value from the two sides of its fraction line; NaN where the lower one is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(denominator > 0, indicator.per * numerator / denominator, np.nan)
    if uptake is not None:
        value = (value + value * (100.0 - uptake) / 100.0) / 2.0
    return np.asarray(np.round(value, 9 if indicator.decimals is None else indicator.decimals), dtype=np.float64)


def _window(indicator: Indicator, series: Series, name: str) -> tuple[Floats, Floats]:
    """The statistic over the window, and how many of its days were reported.

    Days not reported count for nothing in a sum, which is then a lower bound, and are left out of a mean.
    """
    values = series.of(name)
    window, delay = indicator.window_days, indicator.delay_days
    before = 0.0 if name in series.zero_before else np.nan
    padded = np.vstack([np.full((window + delay, values.shape[1]), before), values])
    known = ~np.isnan(padded)
    if indicator.statistic == "last":
        row = np.where(known, np.arange(padded.shape[0])[:, None], -1)
        latest = np.maximum.accumulate(row, axis=0)
        age = np.arange(padded.shape[0])[:, None] - latest
        held = np.take_along_axis(padded, np.maximum(latest, 0), axis=0)
        total = np.where((latest >= 0) & (age < window), held, np.nan)
        reported = (~np.isnan(total)).astype(float)
    else:
        reported = _rolling(known.astype(float), window)
        total = _rolling(np.where(known, padded, 0.0), window)
        if indicator.statistic == "mean":
            with np.errstate(divide="ignore", invalid="ignore"):
                total = np.where(reported > 0, total / reported, np.nan)
        total = np.where(reported >= indicator.min_days, total, np.nan)
    rows = slice(window, window + values.shape[0])
    return total[rows], reported[rows]


def _rolling(values: Floats, window: int) -> Floats:
    """Sum of the last `window` rows, that row included; counts stay whole numbers."""
    running = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    out = np.zeros_like(values)
    out[window - 1 :] = running[window:] - running[:-window]
    out[: window - 1] = running[1:window]
    return out


def project(series: Series, horizon: int) -> Series:
    """The same numbers carried forward as if nothing new were found from the next day on.

    Counts and stocks of disease fall to zero at once; tests go on at the mean of the last week; beds,
    vaccinations and what else is there stay as they are. So the first day on which a tier can end is found,
    not the day on which it will.
    """
    ahead: dict[str, Floats] = {}
    for name, values in series.values.items():
        known = INPUTS[name]
        if known.burden:
            rows = np.zeros((horizon, values.shape[1]))
        else:
            week = values[-7:]
            told = ~np.isnan(week)
            count = told.sum(axis=0)
            with np.errstate(divide="ignore", invalid="ignore"):
                level = np.where(count > 0, np.where(told, week, 0.0).sum(axis=0) / count, np.nan)
            rows = np.tile(level, (horizon, 1))
        ahead[name] = np.vstack([values, rows])
    return Series(
        values=ahead, residents=series.residents, zero_before=series.zero_before, substituted=series.substituted
    )


def inputs_of(judged: Judging) -> tuple[str, ...]:
    """Every input the rule's indicators read, without ``residents``."""
    names: dict[str, None] = {}
    for indicator in judged.indicators.values():
        names[indicator.numerator] = None
        if indicator.denominator not in (None, "residents"):
            names[str(indicator.denominator)] = None
    return tuple(names)
