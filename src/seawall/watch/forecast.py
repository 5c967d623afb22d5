"""The next two weeks: reports of the city and its districts, with quantiles, and the naive baseline beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from seawall.city import City
from seawall.core.draws import generator
from seawall.disease import Pathogen
from seawall.watch.baseline import baseline_quantiles
from seawall.watch.hub import HUB_LEVELS, hub_table
from seawall.watch.nowcast import ANY_INTERVAL, Draws, Nowcast, complete_counts, nowcast
from seawall.watch.paths import divide, divide_reports, follow_apart, play_on, reports_ahead
from seawall.watch.series import DailyCounts
from seawall.watch.spread_filter import Belief, follow_spread
from seawall.watch.transmission import local_and_imported
from seawall.watch.triangles import CLOCK_COLUMNS, DAYS, Events, city_events, parts_of
from seawall.watch.weekdays import on_days, without_weekdays

HORIZON_DAYS = 14
"""How far ahead the brief looks."""

DRAWS = 2000
"""Possible futures."""

ARRIVALS_DAYS = 28
"""Imported reports go on as in so many last days."""

COVERED = 0.9
"""A clock serves the forecast when this share of the recent cases carries its date."""

TELLING = 0.5
"""A day of which less is known says nothing about how a district differs from the city."""

RENEWAL, BASELINE = "renewal", "baseline"
"""Names of the two models."""


@dataclass(frozen=True, kw_only=True)
class Futures:
    """Possible reports of the days ahead.

    Attributes:
        areas: the city, then its districts.
        on: last day whose reports are in.
        clock: what the forecast went by: ``onset`` or ``specimen``, completed and then reported with the
            delay learnt, or ``report``.
        paths: float, shape (area, draw, day). On each draw and day the districts add up to the city less what
            lies in no district.
    """

    areas: tuple[str, ...]
    on: date
    clock: str
    paths: np.ndarray

    def table(self, levels: tuple[float, ...] = HUB_LEVELS) -> pl.DataFrame:
        """Quantiles in hub format, model ``renewal``."""
        days = self.paths.shape[2]
        return hub_table(
            np.moveaxis(np.quantile(self.paths, levels, axis=1), 0, -1),
            locations=list(self.areas),
            reference_date=self.on,
            horizons=list(range(1, days + 1)),
            model_id=RENEWAL,
            levels=levels,
        )


def serial_weights(pathogen: Pathogen | None) -> np.ndarray:
    """Serial interval from lag 1 on, as far as 99.9 % of it goes; a flat week where the pathogen is unknown."""
    if pathogen is None:
        return ANY_INTERVAL
    by_day = pathogen.serial_interval_by_day()[1:]
    reach = int(np.searchsorted(np.cumsum(by_day), 0.999 * by_day.sum())) + 1
    return np.asarray(by_day[:reach] / by_day[:reach].sum())


@dataclass(frozen=True, kw_only=True)
class Reports:
    """Daily reports of a city and its districts.

    Attributes:
        areas: the city, then its districts.
        start: first day.
        counts: float, shape (area, day). NaN: not reported. One area more than `areas` where some of the
            city's reports lie in no district.
        imported: float, the same shape: those infected elsewhere, 0 where that is not told.
    """

    areas: tuple[str, ...]
    start: date
    counts: np.ndarray
    imported: np.ndarray

    @property
    def local(self) -> np.ndarray:
        """Those infected here, float, shape (area, day)."""
        return np.asarray(np.maximum(self.counts - self.imported, 0.0))

    @property
    def on(self) -> date:
        """The last day."""
        return self.start + timedelta(days=self.counts.shape[1] - 1)

    def until(self, on: date) -> Reports:
        """The same up to and including an earlier day."""
        days = (on - self.start).days + 1
        return Reports(
            areas=self.areas, start=self.start, counts=self.counts[:, :days], imported=self.imported[:, :days]
        )

    def table(self) -> pl.DataFrame:
        """As outcomes: ``location, target_end_date, observation``, without the days not reported."""
        area, day = np.nonzero(~np.isnan(self.counts[: len(self.areas)]))
        return pl.DataFrame(
            {
                "location": pl.Series(self.areas, dtype=pl.String).gather(area),
                "target_end_date": pl.Series(np.datetime64(self.start) + day).cast(pl.Date),
                "observation": self.counts[area, day],
            }
        )


def city_reports(city: City, counts: DailyCounts) -> Reports:
    """The reports of a city and its districts, from daily counts at any levels."""
    parts = parts_of(city)
    series, abroad = _total_and_imported(counts.rolled_up(city, "city"))
    if parts:
        below, from_abroad = _total_and_imported(counts.rolled_up(city, city.areas[parts[0]].level))
        rest = np.maximum(series - np.nansum(below, axis=0), 0.0)
        series, abroad = np.concatenate([series, below]), np.concatenate([abroad, from_abroad])
        if np.nansum(rest) > 0:
            unplaced = np.clip(abroad[:1] - from_abroad.sum(axis=0), 0.0, np.nan_to_num(rest))
            series, abroad = np.concatenate([series, rest]), np.concatenate([abroad, unplaced])
    return Reports(areas=(city.areas.root.area_id, *parts), start=counts.start, counts=series, imported=abroad)


def _total_and_imported(counts: DailyCounts) -> tuple[np.ndarray, np.ndarray]:
    """All reports and those infected elsewhere, each of shape (area, day)."""
    local, imported = local_and_imported(counts)
    elsewhere = np.nan_to_num(imported.T)
    told = counts.of("reports").T
    return np.where(np.isnan(told), (local + imported).T, told), elsewhere


def forecast_areas(
    city: City,
    reports: Reports,
    *,
    pathogen: Pathogen | None = None,
    horizon: int = HORIZON_DAYS,
    seed: int = 1,
    draws: int = DRAWS,
    events: Sequence[Events] | None = None,
) -> Futures:
    """Possible reports of the city and its districts on the days ahead.

    Where the line list dates nearly every case by onset or specimen, the forecast goes by the earliest such
    clock: the recent days are completed (`nowcast`), the renewal equation plays each possible present on, and
    events become reports after the delay learnt. Otherwise it goes by the reports themselves. Imported cases
    are left out of what spreads, since most are found on arrival, and added again as many as of late.

    The city is forecast from its own counts. Each draw's city is then divided among the districts (`paths`), so
    that they add up to it on every draw. What spreads is limited to the people of the city, where their number
    is known.

    Args:
        city: for its areas and line list.
        reports: daily reports up to the last day that is in; see `city_reports`.
        pathogen: gives the serial interval.
        horizon: days ahead.
        seed: of all draws.
        draws: how many.
        events: the line list by clock, when already at hand; None: read from the city.
    """
    weights = serial_weights(pathogen)
    on, parts = reports.on, reports.areas[1:]
    rng = generator(seed, "forecast", str(on))
    if events is None:
        events = [city_events(city, on, clock) for clock in CLOCK_COLUMNS] if city.has("cases") else []
    by_clock = next((one for one in events if one.coverage(on) >= COVERED), None)
    if by_clock is None:
        present, series = None, reports.local[:, -DAYS:]
        now = complete_counts(series, weights, rng, draws=draws)
    else:
        triangle = by_clock.local().triangle(on, fill=True, rest=True)
        present = nowcast(triangle, seed=seed, weights=weights, draws=draws, purpose="forecast")
        series, now = triangle.reported, present.draws
    future = play_on(now.of_area(0), weights, horizon, rng, susceptible=_susceptible(city, reports))[0]
    paths = future if present is None else reports_ahead(present.waiting[0], future, present.delay, rng)
    paths = paths[None]
    if parts:
        apart = _apart(series, now, weights, present)
        divided = divide(future, apart, now.infectious[1:], weights, rng, weekday=now.weekday[0])
        shared = divided.events
        if present is not None:
            shared = divide_reports(paths[0], present.waiting[1:], divided, present.delay, rng)
        paths = np.concatenate([paths, shared[: len(parts)]])
    return Futures(
        areas=reports.areas,
        on=on,
        clock="report" if by_clock is None else by_clock.clock,
        paths=paths + _arriving(reports, horizon, draws, rng),
    )


def _arriving(reports: Reports, horizon: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Imported reports of the days ahead, float, shape (area, draw, day): as many a day as of late.

    Each district, and what lies in none, goes on at the mean of its last 28 days' reports, itself uncertain
    (gamma), with their variance over mean; the city is their sum. An area without one stays without.
    """
    recent = reports.imported[:, -ARRIVALS_DAYS:]
    sources = recent[1:] if len(recent) > 1 else recent
    days = sources.shape[1]
    mean = sources.mean(axis=1)
    scatter = np.maximum(sources.var(axis=1, ddof=1) / np.maximum(mean, 1e-9), 1.0) if days > 1 else np.ones(len(mean))
    rate = rng.gamma(np.maximum(mean * days / scatter, 1e-9)[:, None], (scatter / days)[:, None], (len(mean), draws))
    spread = np.maximum(scatter - 1.0, 1e-9)[:, None, None]
    noise = rng.gamma(np.maximum(rate[:, :, None], 1e-9) / spread, spread, (len(mean), draws, horizon))
    ahead = np.where(mean[:, None, None] > 0, rng.poisson(noise), 0).astype(float)
    if len(recent) == 1:
        return ahead
    return np.concatenate([ahead.sum(axis=0, keepdims=True), ahead[: len(reports.areas) - 1]])


def baseline_areas(reports: Reports, *, horizon: int = HORIZON_DAYS) -> pl.DataFrame:
    """The naive baseline for the reports of the city and its districts, in hub format, model ``baseline``.

    It starts from the last day that was reported, whichever that is, and counts its steps from there.
    """
    series = reports.counts[: len(reports.areas)]
    silent = np.isnan(series)
    behind = np.where(silent.all(axis=1), 0, np.argmin(silent[:, ::-1], axis=1))
    found = np.stack(
        [baseline_quantiles(row, horizon + int(late))[late:] for row, late in zip(series, behind, strict=True)]
    )
    return hub_table(
        found,
        locations=list(reports.areas),
        reference_date=reports.on,
        horizons=list(range(1, horizon + 1)),
        model_id=BASELINE,
    )


def _susceptible(city: City, reports: Reports) -> np.ndarray | None:
    """People of the city who were never reported; None where their number is not known."""
    population = city.areas.population(reports.areas[0])
    return None if population is None else np.array([max(population - float(np.nansum(reports.counts[0])), 0.0)])


def _apart(series: np.ndarray, now: Draws, weights: np.ndarray, present: Nowcast | None) -> Belief:
    """How districts differ from their city, from the counts so far with the recent days completed."""
    open_days = now.totals.shape[2]
    completed = series.copy()
    completed[:, -open_days:] = now.totals.mean(axis=1)
    city = completed[:1]
    factors = now.weekday[:1]
    source = without_weekdays(completed, np.repeat(factors, len(series), axis=0))
    path = follow_spread(city, weights, weekday=on_days(factors, series.shape[1]), infectious=source[:1])
    telling = source[1:].copy()
    if present is not None:
        telling[present.delay.completeness(series.shape[1])[1:] < TELLING] = np.nan
    return follow_apart(telling, source[1:], path.path_mean[0], weights)
