"""The effect of each measure on the growth of reports, by one series and by districts, and what cannot be told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from seawall.core import quantity
from seawall.review.apart import ALIKE, NEAR, Tangle, correlation, detrended, tangled, unequal
from seawall.review.held import Calendar, Held
from seawall.review.series import RULES as SERIES
from seawall.review.series import Bend, bend, exposure_of
from seawall.review.staggered import NEVER, contrast, growth_of
from seawall.review.staggered import RULES as DISTRICTS

EFFECTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "measures": pl.List(pl.String),
    "method": pl.String,
    "what": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
    "verdict": pl.String,
    "why_not": pl.String,
    "disturbed_by": pl.String,
    "start": pl.Date,
    "days": pl.Int64,
    "districts": pl.Int64,
    "treated": pl.Int64,
    "reports": pl.Int64,
    "placebo": pl.Float64,
    "placebo_p": pl.Float64,
    "exact": pl.Boolean,
    "run_low": pl.Float64,
    "run_high": pl.Float64,
}
"""Columns of an effect. Measures that a method cannot tell apart stand in one row, as a bundle.

`low` and `high` are the ends of the 90 % interval of the estimate, `run_low` and `run_high` those of 90 % of the
twin's replicates.
"""

GROWTH, RATIO, LEVEL = "growth_change_per_day", "reports_ratio_at_end", "reports_ratio_at_once"

LEAST_DISTRICTS = 3
"""Districts below which they are not held against each other."""

PLACEBO_P = 0.1
"""From this p value down a start pretended earlier shows an effect, and the method does not hold here (assumed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matters:
    """What counts as an effect."""

    smallest: float = quantity(
        0.02,
        unit="per day",
        low=0.001,
        high=0.5,
        source="assumed: a doubling time of 7 days becoming 9",
        about="Smallest change of the daily growth rate that matters; an interval that holds none so large shows none.",
    )


SMALLEST = Matters().smallest


def verdict(low: float, high: float, smallest: float = SMALLEST) -> str:
    """What an interval of the change of growth says: absence of evidence is kept apart from evidence of absence."""
    if high < 0:
        return "slower"
    if low > 0:
        return "faster"
    return "none_visible" if low > -smallest else "cannot_say"


@dataclass(frozen=True, kw_only=True)
class Found:
    """Effects and what cannot be told.

    Attributes:
        effects: columns `EFFECTS`.
        tangles: measures that cannot be told apart, by method.
    """

    effects: pl.DataFrame = field(repr=False)
    tangles: tuple[Tangle, ...]


def estimate_effects(
    reports: np.ndarray, held: Sequence[Held], calendar: Calendar, delay: np.ndarray, *, seed: int
) -> Found:
    """Estimate every measure by one interrupted series and by its staggered districts.

    Args:
        reports: float, shape (day, district). NaN: not reported.
        held: the measures.
        calendar: its days and districts.
        delay: float, shape (day,). Probability of a report so many days after infection.
        seed: of the deals of starts to districts.
    """
    rows: list[dict[str, Any]] = []
    tangles: list[Tangle] = []
    judged = [one for one in held if not one.refused]
    for one in held:
        if one.refused:
            rows += [_not_judged(one, method, one.refused) for method in ("series", "districts")]
            continue
        spell = _Spell.of(one, judged, calendar, delay)
        series, mine = _by_series(reports, spell, delay)
        districts, theirs = _by_districts(reports, spell, delay, seed)
        rows += [*series, districts]
        tangles += [*mine, *theirs]
    table = pl.DataFrame([{name: row.get(name) for name in EFFECTS} for row in _bundled(rows)], schema=EFFECTS)
    return Found(effects=table, tangles=_once(tangles))


def of_measure(effects: pl.DataFrame, measure: str) -> pl.DataFrame:
    """The effects of a measure, alone or in a bundle."""
    return effects.filter(pl.col("measures").list.contains(measure))


def _bundled(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row where several measures have the same bundle: what is estimated is what they did together."""
    kept: dict[tuple[str, str, frozenset[str]], dict[str, Any]] = {}
    for row in rows:
        kept.setdefault((row["method"], row["what"], frozenset(row["measures"])), row)
    return list(kept.values())


def _once(tangles: Sequence[Tangle]) -> tuple[Tangle, ...]:
    kept: dict[tuple[str, frozenset[str]], Tangle] = {}
    for one in tangles:
        kept.setdefault((one.method, frozenset(one.measures)), one)
    return tuple(kept.values())


def _not_judged(one: Held, method: str, why: str, **more: Any) -> dict[str, Any]:
    return {
        "measures": [one.measure],
        "method": method,
        "what": GROWTH,
        "verdict": "not_judged",
        "why_not": why,
        **more,
    }


@dataclass(frozen=True, kw_only=True)
class _Spell:
    """A measure, its window of days, and what else changed in it.

    Attributes:
        one: the measure; others: the rest.
        start: index of its first day; window: days looked at.
        under: bool, shape (district,). Where it began within the window.
    """

    one: Held
    others: tuple[Held, ...]
    calendar: Calendar
    start: int
    window: slice
    under: np.ndarray

    @classmethod
    def of(cls, one: Held, judged: Sequence[Held], calendar: Calendar, delay: np.ndarray) -> _Spell:
        on = one.indicator >= 0.5
        start = int(np.argmax(on.any(axis=1))) if on.any() else calendar.days
        lag = round(float(np.arange(delay.size) @ delay / delay.sum()))
        window = slice(max(start - SERIES.before_days, 0), min(start + lag + SERIES.after_days, calendar.days))
        under: np.ndarray = np.asarray(on[min(start, calendar.days - 1)])
        return cls(
            one=one,
            others=tuple(other for other in judged if other is not one),
            calendar=calendar,
            start=start,
            window=window,
            under=under,
        )

    @property
    def begun(self) -> date | None:
        """First day; None where it has not begun."""
        return self.calendar.date(self.start) if self.start < self.calendar.days else None


def _by_series(reports: np.ndarray, spell: _Spell, delay: np.ndarray) -> tuple[list[dict[str, Any]], list[Tangle]]:
    one, window = spell.one, spell.window
    lag = round(float(np.arange(delay.size) @ delay / delay.sum()))
    more: dict[str, Any] = {"start": spell.begun}
    if spell.start - window.start < SERIES.least_before:
        return [_not_judged(one, "series", "too_few_days_before", **more)], []
    if window.stop - spell.start - lag < SERIES.least_after:
        return [_not_judged(one, "series", "too_few_days_after", **more)], []
    counts = reports[window][:, spell.under].sum(axis=1)
    if np.nansum(counts) < SERIES.least_reports:
        return [_not_judged(one, "series", "too_few_reports", reports=int(np.nansum(counts)), **more)], []
    weight = np.where(spell.under, spell.calendar.residents, 0.0)
    weight = weight / max(weight.sum(), 1e-9)

    def seen(measure: Held) -> np.ndarray:
        return exposure_of(measure.indicator @ weight, delay)[window]

    mine = seen(one)
    beside = [(other.measure, seen(other)) for other in spell.others]
    beside = [(name, exposure) for name, exposure in beside if np.ptp(exposure) > 0.05]
    together = [name for name, exposure in beside if abs(correlation(detrended(mine), detrended(exposure))) > ALIKE]
    tangles = tangled(
        [detrended(mine), *(detrended(exposure) for _, exposure in beside)],
        [one.measure, *(name for name, _ in beside)],
        method="series",
        why="same_days",
    )
    tangles = [tangle for tangle in tangles if one.measure in tangle.measures]
    more["measures"] = [one.measure, *together]
    others = [exposure for name, exposure in beside if name not in together]
    days = np.arange(window.start, window.stop)
    weekday = (spell.calendar.first.weekday() + days) % 7
    found = bend(counts, mine, np.column_stack(others) if others else np.zeros((mine.size, 0)), weekday=weekday)
    if found is None:
        return [_not_judged(one, "series", "not_separable", **more)], tangles
    judged = verdict(found.growth_change_low, found.growth_change_high)
    before = _bent_before(counts, spell.start - window.start)
    bent = before is not None and before.p <= PLACEBO_P and before.growth_change * found.growth_change > 0
    common = {
        "placebo": None if before is None else before.growth_change,
        "placebo_p": None if before is None else before.p,
        "why_not": "bent_before" if bent and judged != "none_visible" else None,
        "method": "series",
        "verdict": "cannot_say" if bent and judged != "none_visible" else judged,
        "days": found.days,
        "reports": found.reports,
        "districts": int(spell.under.sum()),
        **more,
    }
    triples = (
        (GROWTH, found.growth_change, found.growth_change_low, found.growth_change_high, found.p),
        (LEVEL, found.level_ratio, found.level_low, found.level_high, None),
        (RATIO, found.ratio_at_end, found.ratio_low, found.ratio_high, None),
    )
    return [
        {**common, "what": what, "estimate": middle, "low": low, "high": high, "p": p}
        for what, middle, low, high, p in triples
    ], tangles


def _bent_before(counts: np.ndarray, start: int) -> Bend | None:
    """The bend at a start pretended half-way through the days before the measure, which should be none."""
    half = start // 2
    if half < DISTRICTS.span_days:
        return None
    pretended = (np.arange(start) >= half).astype(float)
    return bend(counts[:start], pretended, np.zeros((start, 0)))


def _by_districts(
    reports: np.ndarray, spell: _Spell, delay: np.ndarray, seed: int
) -> tuple[dict[str, Any], list[Tangle]]:
    one, calendar = spell.one, spell.calendar
    lag = round(float(np.arange(delay.size) @ delay / delay.sum()))
    on = one.indicator >= 0.5
    first = np.where(on.any(axis=0), np.argmax(on, axis=0), NEVER)
    begun = first[first < NEVER]
    more: dict[str, Any] = {"start": spell.begun}
    if not begun.size:
        return _not_judged(one, "districts", "too_few_days_after", **more), []
    span = DISTRICTS.span_days
    # Where it has ended again nothing is compared any more.
    after = ~on & (np.arange(calendar.days)[:, None] >= first[None, :])
    ended = int(np.argmax(after.any(axis=1))) if after.any() else calendar.days
    window = slice(
        max(int(begun.min()) - SERIES.before_days, 0),
        min(int(begun.max()) + lag + 2 * span + SERIES.after_days, calendar.days, ended + lag),
    )
    if begun.min() + lag - window.start < 2 * span + span // 2:
        return _not_judged(one, "districts", "too_few_days_before", **more), []
    counts = reports[window]
    partly = (one.indicator[window].max(axis=0) > 0.1) & (first == NEVER)
    enough = np.nan_to_num(counts).mean(axis=0) * span >= DISTRICTS.least_reports
    keep = enough & ~partly
    if keep.sum() < LEAST_DISTRICTS:
        more |= {"districts": int(keep.sum()), "treated": int((first[keep] < NEVER).sum())}
        return _not_judged(one, "districts", "too_few_districts", **more), []
    others = [(other.measure, unequal(other.indicator[window][:, keep])) for other in spell.others]
    mine = unequal(one.indicator[window][:, keep])
    columns = [mine, *(column for _, column in others)]
    names = [one.measure, *(name for name, _ in others)]
    tangles = [
        tangle
        for tangle in tangled(columns, names, method="districts", why="same_days_and_places")
        if one.measure in tangle.measures
    ]
    together = [name for name, column in others if abs(correlation(mine, column)) > ALIKE]
    disturbed = [name for name, column in others if NEAR < abs(correlation(mine, column)) <= ALIKE]
    more |= {
        "measures": [one.measure, *together],
        "disturbed_by": ", ".join(disturbed) or None,
        "districts": int(keep.sum()),
        "treated": int((first[keep] < NEVER).sum()),
    }
    if more["treated"] < 1:
        return _not_judged(one, "districts", "too_few_districts", **more), tangles
    shifted = np.where(first < NEVER, first + lag - window.start, NEVER)[keep]
    found = contrast(growth_of(counts[:, keep], span), shifted, seed=seed)
    if found is None:
        everywhere = Tangle(method="districts", measures=(one.measure,), why="everywhere_at_once", inflation=math.inf)
        alone = [] if tangles else [everywhere]
        short = window.stop - window.start <= int(shifted[shifted < NEVER].min()) + (3 * span) // 2
        why = "too_few_days_after" if short else "everywhere_at_once"
        return _not_judged(one, "districts", why, **more), tangles + ([] if short else alone)
    finite = math.isfinite(found.low) and math.isfinite(found.high)
    differed = found.placebo_p <= PLACEBO_P
    judged = verdict(found.low, found.high) if finite and not differed else "cannot_say"
    told = asdict(found)
    return {
        "method": "districts",
        "what": GROWTH,
        "estimate": found.estimate,
        "low": found.low if finite else None,
        "high": found.high if finite else None,
        "p": found.p,
        "verdict": judged,
        "why_not": "differed_before" if differed else None if finite else "too_few_districts",
        "days": window.stop - window.start,
        "reports": int(np.nansum(counts[:, keep])),
        **more,
        **{name: None if told[name] != told[name] else told[name] for name in ("placebo", "placebo_p")},
        "exact": found.exact,
    }, tangles
