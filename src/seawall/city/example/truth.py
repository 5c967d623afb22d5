"""What was really so, written beside the city in `truth/` for tests. Readers of the city never look there."""

from __future__ import annotations

import numpy as np
import polars as pl

from seawall.city.example.course import PERIODS, Course, DelayTable
from seawall.city.example.linelist import NEVER, ROUTES, Lines, Outbreak, case_ids, dated, place_of
from seawall.city.example.outbreak import Infections, Setting


def truth_tables(outbreak: Outbreak, delays: dict[str, DelayTable]) -> dict[str, pl.DataFrame]:
    """Name to table: reproduction, infections, delays, generation, ascertainment, people."""
    setting, course, infections = outbreak.setting, outbreak.course, outbreak.infections
    lines, rows = outbreak.lines, outbreak.rows
    return {
        "reproduction": _reproduction(setting, course, infections),
        "infections": _infections(setting, course, infections, lines),
        "delays": _delays(setting, course, delays),
        "generation": pl.DataFrame({"day": np.arange(setting.generation.size), "probability": setting.generation}),
        "ascertainment": _ascertainment(setting, course),
        "people": _people(setting, infections, lines, rows),
    }


def _by_day_and_district(setting: Setting, days: int) -> dict[str, pl.Series]:
    districts = len(setting.people.district_ids)
    day, unit = np.divmod(np.arange(days * districts), districts)
    return {"date": dated(day, days), "area_id": pl.Series(setting.people.district_ids).gather(unit)}


def _reproduction(setting: Setting, course: Course, infections: Infections) -> pl.DataFrame:
    """R by day and district of the infector, what was caused, and the infectiousness it came from."""
    return pl.DataFrame(
        {
            **_by_day_and_district(setting, course.days),
            "reproduction_number": infections.reproduction_number.ravel(),
            "infectiousness": infections.infectiousness.ravel(),
            "caused": infections.caused.ravel(),
        }
    )


def _infections(setting: Setting, course: Course, infections: Infections, lines: Lines) -> pl.DataFrame:
    """Infections by day and district of residence; those who fall ill, and of them those ever found."""
    days, districts = course.days, len(setting.people.district_ids)

    def counted(day: np.ndarray, where: np.ndarray) -> np.ndarray:
        kept = where & (day >= 0) & (day < days)
        flat = np.bincount(day[kept] * districts + infections.district[kept], minlength=days * districts)
        return np.asarray(flat)

    everyone = np.ones(infections.day.size, dtype=bool)
    return pl.DataFrame(
        {
            **_by_day_and_district(setting, days),
            "infections_local": counted(infections.day, ~infections.imported),
            "infections_imported": counted(infections.day, infections.imported),
            "stopped_on_arrival": counted(infections.day, infections.stopped),
            "onsets": counted(lines.falls_ill, lines.symptoms),
            "fall_ill": counted(lines.falls_ill, everyone),
            "found": counted(lines.falls_ill, lines.reported),
            "found_in_control": counted(lines.falls_ill, lines.reported & lines.in_control),
        }
    )


def _delays(setting: Setting, course: Course, delays: dict[str, DelayTable]) -> pl.DataFrame:
    parts = []
    for table in delays.values():
        periods, _, longest = table.probability.shape
        for unit, area_id in enumerate(setting.people.district_ids):
            pace = int(course.slow[unit])
            period, day = np.divmod(np.arange(periods * longest), longest)
            parts.append(
                pl.DataFrame(
                    {
                        "delay": pl.repeat(table.name, period.size, eager=True),
                        "area_id": pl.repeat(area_id, period.size, eager=True),
                        "from_date": dated(np.array(PERIODS)[period], NEVER),
                        "day": day,
                        "probability": table.probability[:, pace].ravel(),
                    }
                )
            )
    return pl.concat(parts)


def _ascertainment(setting: Setting, course: Course) -> pl.DataFrame:
    """By day on which people fall ill: the probability to be found, and to be found in control."""
    silent = float(setting.pathogen.asymptomatic_share)
    seen = (1 - silent) * course.seen_with_symptoms + silent * course.seen_without
    found = course.in_control + (1 - course.in_control) * seen
    return pl.DataFrame(
        {
            **_by_day_and_district(setting, course.days),
            "p_found": found[: course.days].ravel(),
            "p_in_control": course.in_control[: course.days].ravel(),
        }
    )


def _people(setting: Setting, infections: Infections, lines: Lines, rows: np.ndarray) -> pl.DataFrame:
    """Every infected person, found or not; `case_id` where the line list has the person."""
    count = infections.day.size
    number = np.full(count, NEVER * NEVER, dtype=np.int64)
    number[rows] = np.arange(rows.size)
    listed = number < rows.size
    case = (
        pl.select(pl.when(pl.Series(listed)).then(case_ids(rows.size).gather(np.where(listed, number, 0)))).to_series()
        if rows.size
        else pl.repeat(None, count, eager=True, dtype=pl.String)
    )
    infector = pl.Series(infections.infector)
    places = setting.people.places["place_id"]
    return pl.DataFrame(
        {
            "infection": np.arange(count),
            "case_id": case,
            "infector": pl.select(pl.when(infector >= 0).then(infector)).to_series(),
            "infection_date": dated(infections.day, NEVER),
            "district_id": pl.Series(setting.people.district_ids).gather(infections.district),
            "place_id": places.gather(place_of(setting.people, infections)),
            "falls_ill_date": dated(lines.falls_ill, NEVER),
            "symptoms": lines.symptoms,
            "in_control": lines.in_control,
            "found": lines.reported,
            "found_by": pl.Series(ROUTES).gather(lines.route),
            "specimen_date": dated(lines.specimen, NEVER),
            "report_due_date": dated(lines.due, NEVER),
            "report_date": dated(lines.report, NEVER),
        }
    )
