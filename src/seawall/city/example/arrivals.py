"""Who arrives from outside, by where they come from and how, and whom the gates stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from seawall.city.example.linelist import Outbreak, dated, weekday
from seawall.core.draws import generator

ORIGINS = (
    ("Tinghai", "sea", 0.10),
    ("Southern Isles", "sea", 0.06),
    ("Tinghai", "air", 0.12),
    ("Northern Plain", "air", 0.10),
    ("Overseas", "air", 0.05),
    ("Northern Plain", "rail", 0.25),
    ("Western Hills", "rail", 0.17),
    ("Western Hills", "road", 0.15),
)
"""Made-up origin, route, and share of all arrivals."""

ARRIVALS_PER_RESIDENT = 0.012
"""People arriving a day per resident; assumed."""


@dataclass(frozen=True, kw_only=True)
class Gates:
    """Arrivals by day.

    Attributes:
        arrivals, tested, positives: int, shape (day, origin).
        by_district, tested_by_district: int, shape (day, district): at the gate of the route.
    """

    arrivals: np.ndarray
    tested: np.ndarray
    positives: np.ndarray
    by_district: np.ndarray
    tested_by_district: np.ndarray


def arrive(outbreak: Outbreak) -> Gates:
    """Draw the arrivals, and give those stopped on arrival an origin."""
    setting, course, infections = outbreak.setting, outbreak.course, outbreak.infections
    lines, rows = outbreak.lines, outbreak.rows
    draw = generator(setting.seed, "example", "arrivals")
    land, days = setting.people.land, course.days
    gate_of = {"sea": land.port, "air": land.airport, "rail": land.old_town, "road": land.old_town}
    gate = np.array([gate_of[route] for _, route, _ in ORIGINS])
    share = np.array([part for _, _, part in ORIGINS])
    day = np.arange(days)
    busy = np.select([weekday(day) == 4, weekday(day) >= 5], [1.15, 1.25], 0.92)
    fewer = np.interp(day, (0, 34, 60, 90, 119), (1.0, 0.95, 0.5, 0.6, 0.75))
    daily = ARRIVALS_PER_RESIDENT * land.residents.sum() * busy * fewer
    arrivals = draw.poisson(daily[:, None] * share)
    stopped = rows[infections.stopped[rows]]
    positives = np.zeros((days, len(ORIGINS)), dtype=np.int64)
    for sea in (True, False):
        able = np.array([(route == "sea") == sea and route in {"sea", "air"} for _, route, _ in ORIGINS])
        held = stopped[(infections.district[stopped] == (land.port if sea else land.airport))]
        if land.port == land.airport:
            held = held[(held % 2 == 0) == sea]
        found = np.bincount(lines.specimen[held], minlength=days)[:days]
        positives += draw.multinomial(found, able * share / (able * share).sum())
    arrivals += positives
    p_tested = np.interp(day, (0, 28, 36, 119), (0.25, 0.3, 0.92, 0.95))[:, None]
    foreign = np.array([0.95 if route in {"sea", "air"} else 0.5 for _, route, _ in ORIGINS])
    tested = draw.binomial(arrivals - positives, p_tested * foreign) + positives
    to_district = (gate[:, None] == np.arange(course.slow.size)).astype(np.int64)
    return Gates(
        arrivals=arrivals,
        tested=tested,
        positives=positives,
        by_district=arrivals @ to_district,
        tested_by_district=tested @ to_district,
    )


def arrivals_table(gates: Gates) -> pl.DataFrame:
    """Table `arrivals`."""
    days, origins = gates.arrivals.shape
    day, origin = np.divmod(np.arange(days * origins), origins)
    return pl.DataFrame(
        {
            "date": dated(day, days),
            "origin": pl.Series([name for name, _, _ in ORIGINS]).gather(origin),
            "route": pl.Series([route for _, route, _ in ORIGINS]).gather(origin),
            "arrivals": gates.arrivals.ravel(),
            "tested": gates.tested.ravel(),
            "positives": gates.positives.ravel(),
        }
    )
