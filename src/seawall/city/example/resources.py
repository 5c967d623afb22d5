"""What the city has on its last day: beds, rooms, supplies, vaccine doses, and the work people do."""

from __future__ import annotations

import numpy as np
import polars as pl

from seawall.city.example.course import Course
from seawall.city.example.linelist import dated, weekday
from seawall.city.example.outbreak import Setting
from seawall.city.example.people import AGE_FROM, People
from seawall.city.example.tallies import Tallies
from seawall.core.draws import generator

ICU_SHARE = 0.045
"""Share of a hospital's beds that are for intensive care; assumed."""

DOSE_BANDS = ((3, 17), (18, 59), (60, 79), (80, 120))
"""First and last age of the bands doses are counted in."""

PRODUCT = "Chaovax (made up)"

SECTORS = (
    ("Port and logistics", 0.09, 620.0, 0.10, True),
    ("Manufacturing", 0.22, 560.0, 0.12, False),
    ("Retail and markets", 0.17, 310.0, 0.05, False),
    ("Hotels and restaurants", 0.08, 240.0, 0.02, False),
    ("Health and care", 0.07, 420.0, 0.10, True),
    ("Education", 0.08, 380.0, 0.55, False),
    ("Utilities and food supply", 0.06, 700.0, 0.08, True),
    ("Finance, offices and software", 0.15, 1050.0, 0.75, False),
    ("Government and services", 0.08, 450.0, 0.45, True),
)
"""Name, share of workers, output a worker a day, share that can be done at home, essential. Assumed."""

ITEMS = (
    ("n95_masks", 9.0, 18.0, 4.0),
    ("gowns", 6.0, 14.0, 5.0),
    ("antigen_kits", 14.0, 9.0, 3.0),
    ("antiviral_courses", 0.35, 25.0, 10.0),
)
"""Item, used a day per occupied bed in ten, days of supply on average, days from order to delivery. Assumed."""


def capacity_table(setting: Setting, tallies: Tallies) -> pl.DataFrame:
    """Table `capacity`: beds of the hospitals, rooms of the quarantine sites, tests of the test sites.

    What is in use adds up, by district, to the stocks in `counts` on the last day.
    """
    people = setting.people
    capacity = people.places["capacity"].to_numpy()
    rows: list[tuple[int, str, float, float | None]] = []
    for unit in range(len(people.district_ids)):
        hospitals = _of(people, "hospital", unit)
        taken = _shared(int(tallies.events["occupied_beds"][-1, unit]), capacity[hospitals])
        icu = np.maximum(1, np.round(ICU_SHARE * capacity[hospitals]))
        critical = np.minimum(icu, _shared(int(tallies.events["in_icu"][-1, unit]), icu) + np.round(0.55 * icu))
        for place, used, total, ill in zip(hospitals, taken, icu, critical, strict=True):
            rows += [
                (place, "beds", float(capacity[place]), float(used)),
                (place, "icu_beds", float(total), float(ill)),
                (place, "staff", float(round(1.6 * capacity[place])), None),
            ]
        held = int(tallies.events["in_quarantine"][-1, unit])
        for place in _of(people, "quarantine_site", unit):
            rows.append((place, "quarantine_rooms", float(max(capacity[place], held)), float(held)))
        rows += [
            (place, "isolation_rooms", float(capacity[place]), None) for place in _of(people, "fever_clinic", unit)
        ]
        rows += [(place, "tests_per_day", float(capacity[place]), None) for place in _of(people, "test_site", unit)]
    return pl.DataFrame(
        {
            "place_id": people.places["place_id"].gather([int(row[0]) for row in rows]),
            "resource": [row[1] for row in rows],
            "total": [row[2] for row in rows],
            "in_use": pl.Series([row[3] for row in rows], dtype=pl.Float64),
        }
    )


def _of(people: People, kind: str, district: int) -> np.ndarray:
    places = people.kind(kind)
    return np.asarray(places[people.place_district[places] == district])


def _shared(total: int, weights: np.ndarray) -> np.ndarray:
    """Whole numbers in proportion to the weights that add up to the total."""
    ends = np.floor(np.cumsum(weights) / weights.sum() * total + 0.5)
    return np.diff(ends, prepend=0.0)


def stocks_table(setting: Setting) -> pl.DataFrame:
    """Table `stocks`: supplies of each hospital."""
    people = setting.people
    draw = generator(setting.seed, "example", "stocks")
    hospitals = people.kind("hospital")
    capacity = people.places["capacity"].to_numpy()[hospitals]
    use = np.round(
        np.array([item[1] for item in ITEMS]) * capacity[:, None] * draw.uniform(0.8, 1.2, (hospitals.size, 4)) / 10, 1
    )
    use = np.maximum(use, 0.1)
    supply = np.array([item[2] for item in ITEMS]) * draw.lognormal(0, 0.45, use.shape)
    number, item = np.divmod(np.arange(use.size), len(ITEMS))
    return pl.DataFrame(
        {
            "place_id": people.places["place_id"].gather(hospitals[number]),
            "item": pl.Series([entry[0] for entry in ITEMS]).gather(item),
            "on_hand": np.round(use * supply).ravel(),
            "daily_use": use.ravel(),
            "lead_time_days": pl.Series([entry[3] for entry in ITEMS]).gather(item),
        }
    )


def doses_table(setting: Setting, course: Course, tallies: Tallies) -> pl.DataFrame:
    """Table `doses`: second doses, which add up to the rise of `vaccinated` in `counts`, and boosters."""
    people, days = setting.people, course.days
    draw = generator(setting.seed, "example", "doses")
    band_of = np.searchsorted([low for low, _ in DOSE_BANDS], AGE_FROM + 2, side="right") - 1
    by_band = [people.by_age[:, band_of == band].sum(axis=1) for band in range(len(DOSE_BANDS))]
    residents = np.array([np.bincount(people.land.district_of_community, band) for band in by_band])
    share = (residents / residents.sum(axis=0)).T
    second = np.maximum(0, np.diff(tallies.events["vaccinated"], axis=0, prepend=tallies.events["vaccinated"][:1]))
    drive = np.interp(np.arange(days), (0, 35, 60, 119), (0.0006, 0.0006, 0.0030, 0.0008))
    rest = np.where(weekday(np.arange(days)) >= 5, 0.6, 1.1)
    third = draw.poisson((drive * rest)[:, None] * people.district_residents)
    parts = []
    for dose, given in ((2, second), (3, third)):
        split = draw.multinomial(given, share[None])
        day, unit, band = np.nonzero(split)
        parts.append(
            pl.DataFrame(
                {
                    "date": dated(day, days),
                    "area_id": pl.Series(people.district_ids).gather(unit),
                    "product": pl.repeat(PRODUCT, day.size, eager=True),
                    "dose": pl.repeat(dose, day.size, eager=True, dtype=pl.Int64),
                    "age_from": pl.Series([low for low, _ in DOSE_BANDS]).gather(band),
                    "age_to": pl.Series([high for _, high in DOSE_BANDS]).gather(band),
                    "doses": split[day, unit, band],
                }
            )
        )
    return pl.concat(parts).sort("date", "area_id", maintain_order=True)


def trips_table(setting: Setting) -> pl.DataFrame:
    """Table `trips`: from each district to each, and within."""
    count = len(setting.people.district_ids)
    start, end = np.divmod(np.arange(count * count), count)
    codes = pl.Series(setting.people.district_ids)
    return pl.DataFrame(
        {"from_area": codes.gather(start), "to_area": codes.gather(end), "trips_per_day": setting.trips.ravel()}
    )


def sectors_table(setting: Setting) -> pl.DataFrame:
    """Table `sectors`: workers and output of each sector by district."""
    people = setting.people
    draw = generator(setting.seed, "example", "sectors")
    districts = len(people.district_ids)
    share = np.array([row[1] for row in SECTORS])[:, None] * draw.lognormal(0, 0.3, (len(SECTORS), districts))
    share[0, people.land.port] *= 4
    workers = np.round(0.52 * people.district_residents * share / share.sum(axis=0))
    sector, unit = np.divmod(np.arange(workers.size), districts)
    told = [pl.Series([row[column] for row in SECTORS]).gather(sector) for column in range(5)]
    return pl.DataFrame(
        {
            "sector": told[0],
            "area_id": pl.Series(people.district_ids).gather(unit),
            "workers": workers.ravel(),
            "output_per_day": np.round(workers.ravel() * told[2].to_numpy()),
            "remote_share": told[3],
            "essential": told[4],
        }
    )


def flows_table(sectors: pl.DataFrame) -> pl.DataFrame:
    """Table `flows`: each sector buys from the others in proportion to what they make."""
    output = sectors.group_by("sector", maintain_order=True).agg(pl.col("output_per_day").sum())
    made = output["output_per_day"].to_numpy()
    count = made.size
    seller, buyer = np.divmod(np.arange(count * count), count)
    value = np.round(0.45 * made[buyer] * made[seller] / made.sum())
    names = output["sector"]
    return pl.DataFrame({"from_sector": names.gather(seller), "to_sector": names.gather(buyer), "value": value})
