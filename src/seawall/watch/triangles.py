"""What is known of each day's events, by how long it took to be known, for a whole and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from seawall.city import City
from seawall.watch.series import cases_known
from seawall.watch.truncation import known_within, reverse_hazards, risk_sets

CLOCK_COLUMNS = {"onset": "onset_date", "specimen": "specimen_date"}
"""Clocks a nowcast can go by, and their column in the line list."""

DAYS = 84
"""How far back the counts go that a nowcast rests on."""

LONGEST_DAYS = 42
"""No delay is followed for longer; one that took longer counts as having taken this long."""

REST = ""
"""Name of the area for cases that lie in no part."""

SHARE_FOLLOWED = 0.995
"""Share of the delays that end within the longest one followed, where none is named."""


@dataclass(frozen=True, kw_only=True)
class Triangle:
    """Events by area, day and delay until they were known.

    Attributes:
        on: the last day.
        areas: names of the first axis; the first is the whole.
        counts: float, shape (area, day, delay). The last day is `on`; a day of age a shows delays 0 to a.
    """

    on: date
    areas: tuple[str, ...]
    counts: np.ndarray

    @property
    def reported(self) -> np.ndarray:
        """Events of each day known by now, float, shape (area, day)."""
        return np.asarray(self.counts.sum(axis=2))

    @property
    def longest_days(self) -> int:
        """The longest delay followed."""
        return int(self.counts.shape[2]) - 1

    @property
    def first(self) -> date:
        """The first day."""
        return self.on - timedelta(days=self.counts.shape[1] - 1)

    def shortened(self) -> Triangle:
        """The same with delays followed only as far as `SHARE_FOLLOWED` of them go, at least a day."""
        age = np.arange(self.counts.shape[1] - 1, -1, -1)
        exactly, at_most = (part[0].sum(axis=0) for part in risk_sets(self.counts, age))
        within = known_within(reverse_hazards(exactly, at_most))
        longest = max(int(np.argmax(within >= SHARE_FOLLOWED)), 1)
        counts = self.counts[:, :, : longest + 1].copy()
        counts[:, :, longest] += self.counts[:, :, longest + 1 :].sum(axis=2)
        return Triangle(on=self.on, areas=self.areas, counts=counts)


def triangle_of(
    rows: pl.DataFrame,
    on: date,
    areas: tuple[str, ...],
    *,
    longest_days: int | None = None,
    days: int = DAYS,
    rest: bool = False,
) -> Triangle:
    """Count events into a triangle.

    Args:
        rows: ``area`` (int, place in `areas` from 1; 0: elsewhere), ``age`` (days from the event to `on`),
            ``known_after`` (days from the event until it was known), ``cases`` (how many). Rows with a
            negative age or delay, or known only after `on`, are left out.
        on: the last day.
        areas: the whole first, then its parts.
        longest_days: longest delay to follow; None: as far as the delays go (see `Triangle.shortened`).
        days: how many days back.
        rest: add an area `REST` for what lies elsewhere, where there is any.
    """
    reach = LONGEST_DAYS if longest_days is None else longest_days
    counted = (
        rows.filter(pl.col("age").is_between(0, days - 1), pl.col("known_after").is_between(0, pl.col("age")))
        .group_by("area", "age", pl.col("known_after").clip(upper_bound=reach).alias("delay"))
        .agg(pl.col("cases").sum())
    )
    shape = (len(areas), days, reach + 1)
    flat = np.ravel_multi_index(
        (counted["area"].to_numpy(), days - 1 - counted["age"].to_numpy(), counted["delay"].to_numpy()), shape
    )
    counts = (
        np.bincount(flat, counted["cases"].to_numpy().astype(float), int(np.prod(shape))).reshape(shape).astype(float)
    )
    elsewhere = counts[0].copy()
    counts[0] = counts.sum(axis=0)
    if rest and elsewhere.any():
        areas, counts = (*areas, REST), np.concatenate([counts, elsewhere[None]])
    found = Triangle(on=on, areas=areas, counts=counts)
    return found.shortened() if longest_days is None else found


@dataclass(frozen=True, kw_only=True)
class Events:
    """The line list by clock date and report date: small, and good for any morning up to its own.

    Attributes:
        clock: ``onset`` or ``specimen``.
        areas: the city, then its parts.
        lines: ``area`` (place in `areas`, 0: in no part), ``event_date``, ``report_date``, ``imported``,
            ``cases``.
    """

    clock: str
    areas: tuple[str, ...]
    lines: pl.DataFrame

    def local(self) -> Events:
        """The same without the cases infected elsewhere."""
        return Events(clock=self.clock, areas=self.areas, lines=self.lines.filter(~pl.col("imported")))

    def triangle(
        self, on: date, *, fill: bool = False, rest: bool = False, longest_days: int | None = None
    ) -> Triangle:
        """The triangle as it was known on a morning.

        An event is known once its case is reported and its own day has come.

        Args:
            on: last day whose reports are in.
            fill: give a case without the clock's date the day that lies the median delay before its
                report, so that every case counts.
            rest, longest_days: see `triangle_of`.
        """
        first = on - timedelta(days=DAYS + LONGEST_DAYS)
        lines = self.lines.filter(pl.col("report_date").is_between(first, on)).with_columns(
            pl.when(pl.col("event_date") <= on).then("event_date").alias("event_date")
        )
        if fill:
            told = lines.drop_nulls("event_date")
            took = (told["report_date"] - told["event_date"]).dt.total_days().to_numpy()
            order = np.argsort(took)
            below = np.cumsum(told["cases"].to_numpy()[order])
            middle = int(took[order][np.searchsorted(below, below[-1] / 2)]) if below.size else 0
            lines = lines.with_columns(
                pl.coalesce("event_date", pl.col("report_date") - timedelta(days=max(middle, 0)))
            )
        event = pl.col("event_date")
        rows = lines.drop_nulls("event_date").select(
            "area",
            (pl.lit(on) - event).dt.total_days().alias("age"),
            (pl.max_horizontal("report_date", "event_date") - event).dt.total_days().alias("known_after"),
            "cases",
        )
        return triangle_of(rows, on, self.areas, longest_days=longest_days, rest=rest)

    def coverage(self, on: date, days: int = 28) -> float:
        """Share of the cases reported in the last days that carry the clock's date."""
        recent = self.lines.filter(pl.col("report_date").is_between(on - timedelta(days=days - 1), on))
        told = pl.col("cases").filter(pl.col("event_date") <= on).sum()
        return float(recent.select((told / pl.col("cases").sum()).fill_nan(0.0)).item())


def city_events(city: City, on: date, clock: str) -> Events:
    """The city's events of one clock, from its line list as known on a morning."""
    parts = parts_of(city)
    places = {area_id: place for place, area_id in enumerate(parts, start=1)}
    level = city.areas[parts[0]].level if parts else "city"
    up = city.areas.ancestors_at(level).select(
        "area_id", pl.col("ancestor_id").replace_strict(places, default=0, return_dtype=pl.Int64).alias("area")
    )
    lines = (
        cases_known(city, on)
        .select(
            "area_id",
            "report_date",
            pl.col(CLOCK_COLUMNS[clock]).alias("event_date"),
            imported=pl.col("origin").fill_null("local") == "imported",
        )
        .group_by("area_id", "report_date", "event_date", "imported")
        .agg(pl.len().alias("cases"))
        .collect(engine="streaming")
        .join(up, on="area_id", how="left")
        .group_by(pl.col("area").fill_null(0), "report_date", "event_date", "imported")
        .agg(pl.col("cases").sum())
        .sort("report_date", "event_date", "area", "imported")
    )
    return Events(clock=clock, areas=(city.areas.root.area_id, *parts), lines=lines)


def parts_of(city: City) -> tuple[str, ...]:
    """The areas directly below the city's level, by whatever name; none where the city has no parts."""
    below = city.areas.levels[1:2]
    return tuple(area.area_id for area in city.areas.at_level(below[0])) if below else ()
