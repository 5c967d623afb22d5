"""The recent days completed: how many events of each day there will be once all are known.

Of a day's events a share is known by now (`reporting`); how many are still to come depends also on how
many there can have been, and that the days before tell (`spread_filter`). Both are carried together, day by
day, in many draws: each draws log R onwards, is kept or dropped by how well it foretells what is known of
the day, and then draws what is not known of it. So a day of which next to nothing is known yet is a forecast,
and one that is nearly complete is nearly sure.

Source: generalised-Dirichlet reporting and negative binomial thinning as in Höhle and an der Heiden 2014,
Biometrics 70:993; the particle filter as in Pitt and Shephard 1999, JASA 94:590.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from seawall.city import City
from seawall.core.draws import generator
from seawall.watch.reporting import ReportingDelay, learn_delay
from seawall.watch.situation import QUANTILE_COLUMNS, QUANTILES
from seawall.watch.spread_filter import Motion, follow_spread, infectiousness, log_negative_binomial
from seawall.watch.triangles import CLOCK_COLUMNS, REST, Events, Triangle, city_events
from seawall.watch.weekdays import SILENT, on_days, weekday_factors, without_weekdays

TABLE_DAYS = 28
"""How many days the brief's table goes back."""

TABLE = {
    "clock": pl.String,
    "date": pl.Date,
    "area_id": pl.String,
    "reported": pl.Int64,
    "completeness": pl.Float64,
    **dict.fromkeys(QUANTILE_COLUMNS, pl.Float64),
}
"""Columns of the brief's table."""

DRAWS = 2000
"""Draws of the unknown."""

ANY_INTERVAL = np.full(7, 1 / 7)
"""Serial interval for whom none is known: a week, evenly."""

MOST_SILENT_DAYS = 28
"""Of the days without a report at the end of a series, so many are drawn."""

COMPLETE = 0.995
"""A day of which this share is known counts as complete."""


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Possible presents: what may be so on the last day, given what is known of it.

    Attributes:
        totals: float, shape (area, draw, day). Final counts of the last days, whole numbers.
        log_r: float, shape (area, draw, day). log R on those days.
        step, dispersion: float, shape (area, draw). Hypotheses the draw stands for.
        infectious: float, shape (area, draw, lag). Counts that infect tomorrow, the last day last.
        background: float, shape (area,). Cases a day from elsewhere.
        weekday: float, shape (area, 7). Factors of events by weekday, see `weekdays.weekday_factors`.
    """

    totals: np.ndarray
    log_r: np.ndarray
    step: np.ndarray
    dispersion: np.ndarray
    infectious: np.ndarray
    background: np.ndarray
    weekday: np.ndarray

    def of_area(self, area: int) -> Draws:
        """The same of one area, which stays an axis."""
        row = slice(area, area + 1)
        return Draws(
            totals=self.totals[row],
            log_r=self.log_r[row],
            step=self.step[row],
            dispersion=self.dispersion[row],
            infectious=self.infectious[row],
            background=self.background[row],
            weekday=self.weekday[row],
        )


def complete_counts(
    reported: np.ndarray,
    weights: np.ndarray,
    rng: np.random.Generator,
    *,
    delay: ReportingDelay | None = None,
    draws: int = DRAWS,
    motion: Motion | None = None,
    weekdays: bool = True,
) -> Draws:
    """Draw the final counts of the recent days and how fast it spreads on them, for many areas at once.

    Args:
        reported: float, shape (area, day). Events of each day known by now. NaN: not reported.
        weights: float, shape (lag,). Serial interval from lag 1 on; sums to 1.
        rng: makes the draws.
        delay: how much of each day is known; None: all of it.
        draws: how many.
        motion: how log R moves; None: as goes with the serial interval.
        weekdays: whether the entries are days, whose weekdays may differ.

    Returns:
        `Draws` over the days not yet complete, at least the last one.
    """
    reported = np.pad(reported, ((0, 0), (7, 0)), constant_values=np.nan)  # what came before is not known
    areas, days = reported.shape
    share, open_days = _shares(reported, delay, draws, rng)
    closed = days - open_days
    mean_share = np.ones((areas, days)) if delay is None else delay.completeness(days)
    so_far = reported / np.maximum(mean_share, 0.5)
    so_far[:, closed:] = np.nan
    factors = weekday_factors(so_far) if weekdays else np.ones((areas, 7))
    laid = on_days(factors, days)
    source = without_weekdays(so_far, factors)[:, :closed]
    motion = Motion.of(weights) if motion is None else motion
    belief = follow_spread(so_far[:, :closed], weights, weekday=laid[:, :closed], infectious=source, motion=motion)

    which = systematic(belief.weight, draws, rng)
    row = np.arange(areas)[:, None]
    log_r = belief.mean[row, which] + np.sqrt(belief.variance[row, which]) * rng.standard_normal((areas, draws))
    step, size = belief.step[which], belief.dispersion[which]
    reach = weights.size
    past = np.zeros((areas, draws, reach + open_days))
    kept = min(reach, closed)
    past[:, :, reach - kept : reach] = belief.infectious[:, None, closed - kept :]
    totals, paths = np.zeros((areas, draws, open_days)), np.zeros((areas, draws, open_days))
    score = np.zeros((areas, draws))
    for ahead in range(open_days):
        day = closed + ahead
        log_r = motion.onwards(log_r, step, rng, unseen=1 - mean_share[:, day][:, None])
        factor = laid[:, day][:, None]
        covered = min(closed + ahead, reach)
        force = infectiousness(past[:, :, reach + ahead - covered : reach + ahead], weights)
        usual = np.exp(log_r) * force + belief.background[:, None]
        expected = np.maximum(usual * factor, 1e-9)
        known = reported[:, day][:, None]
        part = share[:, :, ahead]
        told = ~np.isnan(known)
        count = np.nan_to_num(known)
        score = score + np.where(told & (part > 0), log_negative_binomial(count, expected * part, size), 0.0)
        paths[:, :, ahead] = log_r
        order = _kept(score, rng, last=ahead == open_days - 1)
        if order is not None:
            score = np.where((order != np.arange(draws)).any(axis=1, keepdims=True), 0.0, score)
            log_r, step, size, expected, part, usual = (
                np.take_along_axis(of, order, axis=1) for of in (log_r, step, size, expected, part, usual)
            )
            share, past, totals, paths = (
                np.take_along_axis(of, order[:, :, None], axis=1) for of in (share, past, totals, paths)
            )
        part = np.where(told, part, 0.0)
        rate = rng.gamma(size + count) * expected * (1 - part) / (size + expected * part)
        totals[:, :, ahead] = count + rng.poisson(np.minimum(rate, 1e12))
        past[:, :, reach + ahead] = np.where(factor < SILENT, usual, totals[:, :, ahead] / np.maximum(factor, SILENT))
    return Draws(
        totals=totals,
        log_r=paths,
        step=step,
        dispersion=size,
        infectious=past[:, :, -reach:],
        background=belief.background,
        weekday=factors,
    )


def _shares(
    reported: np.ndarray, delay: ReportingDelay | None, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Draws of the share known of each day not yet complete, shape (area, draw, day), and how many days."""
    areas, days = reported.shape
    if delay is None:
        silent = np.isnan(reported)
        last = np.where(silent.all(axis=1), 0, np.argmin(silent[:, ::-1], axis=1))  # days since the last report
        silent_days = int(np.clip(last.max(initial=0), 1, min(MOST_SILENT_DAYS, days - 7)))
        return np.ones((areas, draws, silent_days)), silent_days
    complete = (delay.completeness(days) >= COMPLETE).all(axis=0)
    closed = int(np.argmin(complete)) if not complete.all() else days - 1
    open_days = max(min(days - closed, delay.longest_days + 1, days - 7), 1)
    return delay.completeness_draws(open_days, draws, rng), open_days


def systematic(weight: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draw positions in proportion to the weights of each row, evenly spread; shape (row, draw)."""
    rows = weight.shape[0]
    total = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    total[:, -1] = 1.0
    at = (np.arange(draws) + rng.random((rows, 1))) / draws
    offset = 2.0 * np.arange(rows)[:, None]
    found = np.searchsorted((total + offset).ravel(), (at + offset).ravel(), side="left").reshape(rows, draws)
    return np.asarray(np.minimum(found - weight.shape[1] * np.arange(rows)[:, None], weight.shape[1] - 1))


def _kept(score: np.ndarray, rng: np.random.Generator, *, last: bool) -> np.ndarray | None:
    """Which draws go on, shape (area, draw); None where all areas keep theirs.

    An area draws anew when its weights have become uneven, and on the last day.
    """
    draws = score.shape[1]
    weight = np.exp(score - score.max(axis=1, keepdims=True))
    even = weight.sum(axis=1) ** 2 / (weight**2).sum(axis=1) >= draws / 2
    if even.all() and not last:
        return None
    order = systematic(weight, draws, rng)
    return np.asarray(np.where((even & (not last))[:, None], np.arange(draws), order))


@dataclass(frozen=True, kw_only=True)
class Nowcast:
    """The recent days of one clock, completed.

    Attributes:
        triangle: what is known.
        delay: how long events take to be known.
        draws: what may be so, area by area of the triangle.
    """

    triangle: Triangle
    delay: ReportingDelay
    draws: Draws

    @property
    def waiting(self) -> np.ndarray:
        """Events of the days not yet complete that are still to be reported, float, shape (area, draw, day)."""
        open_days = self.draws.totals.shape[2]
        return np.asarray(self.draws.totals - self.triangle.reported[:, None, -open_days:])

    def table(self, days: int, *, areas: Sequence[str] | None = None) -> pl.DataFrame:
        """Final counts of the last `days` days as expected now.

        Args:
            days: how many days back from the triangle's last.
            areas: the areas wanted; None: all.

        Returns:
            ``area_id, date, reported, completeness, q2.5 ... q97.5``. `completeness` is the share of the
            day's events expected to be known by now; on a complete day every quantile is what is reported.
        """
        wanted = [row for row, area in enumerate(self.triangle.areas) if areas is None or area in areas]
        reported = self.triangle.reported[wanted, -days:]
        days = reported.shape[1]
        open_days = min(self.draws.totals.shape[2], days)
        quantiles = np.repeat(reported[None], len(QUANTILES), axis=0)
        totals = self.draws.totals[wanted, :, -open_days:]
        quantiles[:, :, days - open_days :] = np.quantile(totals, QUANTILES, axis=1, method="inverted_cdf")
        row, day = (axis.ravel() for axis in np.indices(reported.shape))
        first = np.datetime64(self.triangle.on - timedelta(days=days - 1))
        return pl.DataFrame(
            {
                "area_id": pl.Series([self.triangle.areas[row] for row in wanted], dtype=pl.String).gather(row),
                "date": pl.Series(first + day).cast(pl.Date),
                "reported": reported.ravel().astype(np.int64),
                "completeness": self.delay.completeness(days)[wanted].ravel(),
                **{name: quantiles[k].ravel() for k, name in enumerate(QUANTILE_COLUMNS)},
            }
        )


def nowcast(
    triangle: Triangle, *, seed: int, weights: np.ndarray = ANY_INTERVAL, draws: int = DRAWS, purpose: str = "nowcast"
) -> Nowcast:
    """Complete the recent days of a triangle.

    Args:
        triangle: events by area, day and delay; area 0 is the whole.
        seed: of the draws.
        weights: float, shape (lag,). Serial interval from lag 1 on; sums to 1.
        draws: how many.
        purpose: names the stream of draws.
    """
    delay = learn_delay(triangle.counts)
    rng = generator(seed, purpose, str(triangle.on))
    return Nowcast(
        triangle=triangle,
        delay=delay,
        draws=complete_counts(triangle.reported, weights, rng, delay=delay, draws=draws),
    )


def nowcast_table(
    city: City,
    on: date,
    *,
    weights: np.ndarray = ANY_INTERVAL,
    seed: int = 1,
    draws: int = DRAWS,
    days: int = TABLE_DAYS,
    events: Sequence[Events] | None = None,
) -> pl.DataFrame:
    """The recent days of every clock the line list keeps, completed, for the city and its districts.

    A case without the clock's date does not count on that clock. Each area is completed from its own
    counts, with the delay of a district drawn towards the city's; the districts' medians need not add up to
    the city's.

    Args:
        city: its line list is read.
        on: last day whose reports are in.
        weights: float, shape (lag,). Serial interval from lag 1 on; sums to 1.
        seed: of all draws.
        draws: how many.
        days: how many days back.
        events: the line list by clock, when already at hand; None: read from the city.

    Returns:
        ``clock, date, area_id, reported, completeness, q2.5 ... q97.5``; no row of a clock without a date
        in these days.
    """
    if events is None:
        events = [city_events(city, on, clock) for clock in CLOCK_COLUMNS] if city.has("cases") else []
    tables = [pl.DataFrame(schema=TABLE)]
    for one in events:
        triangle = one.triangle(on)
        if triangle.reported[0, -days:].sum() > 0:
            found = nowcast(triangle, seed=seed, weights=weights, draws=draws, purpose=f"nowcast {one.clock}")
            areas = [area for area in triangle.areas if area != REST]
            tables.append(found.table(days, areas=areas).with_columns(clock=pl.lit(one.clock)).select(*TABLE))
    return pl.concat(tables)
