"""When and where each measure held, from decisions or from a table of dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from seawall.city import City
from seawall.core import Fault, InvalidInput
from seawall.core.errors import closest
from seawall.core.tables import read_strings
from seawall.measures import Measure
from seawall.measures.measure import part_of
from seawall.review.decision import Decision

IN_CARE = ("add_beds", "treat")
"""Kinds that act on the ill and not on transmission, so that reports cannot show their effect."""

TABLE = ("measure", "area_id", "start", "stop")
"""Columns of a table of measures; an empty area is the whole city, an empty stop means that it still holds."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """One measure, by day and district.

    Attributes:
        measure: its name; kind: as in a strategy, empty where a table names it.
        indicator: float, shape (day, district). Share of residents for whom it held.
        refused: why reports cannot judge it, or empty: ``start_unknown``, ``zones``, ``trigger``, ``care``.
        ends: day on which it stops by what was ordered last; None: no end was set.
    """

    measure: str
    kind: str = ""
    indicator: np.ndarray = field(repr=False)
    refused: str = ""
    ends: date | None = None


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Days and districts over which measures are laid out.

    Attributes:
        first, days: first day and how many.
        districts: codes.
        residents: float, shape (district,).
    """

    first: date
    days: int
    districts: tuple[str, ...]
    residents: np.ndarray = field(repr=False)

    def index(self, day: date) -> int:
        """Days since the first, held within the calendar."""
        return min(max((day - self.first).days, 0), self.days)

    def date(self, index: int) -> date:
        """The day of an index."""
        return self.first + timedelta(days=int(index))


def shares(city: City, areas: Sequence[str], districts: Sequence[str]) -> np.ndarray:
    """Share of the residents of each district that some areas hold, float, shape (district,); none named: all."""
    out = np.zeros(len(districts))
    for at, district in enumerate(districts):
        above = {one.area_id for one in city.areas.path(district)}
        if not areas or above & set(areas):
            out[at] = 1.0
            continue
        residents = city.areas.population(district) or 0
        inside = [area for area in areas if district in {one.area_id for one in city.areas.path(area)}]
        held = sum(city.areas.population(area) or 0 for area in inside)
        out[at] = min(held / residents, 1.0) if residents else float(bool(inside))
    return out


def part_of_city(residents: np.ndarray, part: int, parts: int) -> np.ndarray:
    """Share of each district that lies in a part of the city, float, shape (district,); see `Ground.part_of_blocks`.

    Districts stay whole. Where there are fewer districts than parts, blocks are dealt out, and each district is held
    to have as large a share as any.

    Args:
        residents: float, shape (district,), in the order of the folder.
        part, parts: which of how many, from 1.
    """
    if residents.size < parts:
        return np.full(residents.size, 1 / parts)
    middle = np.cumsum(residents) - residents / 2
    return np.asarray(np.minimum(middle * parts // max(residents.sum(), 1.0), parts - 1) == part - 1, dtype=float)


def where_held(measure: Measure, city: City, calendar: Calendar) -> np.ndarray:
    """Share of the residents of each district for whom a measure is ordered, float, shape (district,)."""

    def known(name: str) -> tuple[str, ...]:
        return tuple(area for area in getattr(measure, name, ()) if area in city.areas)

    out = shares(city, known("areas"), calendar.districts)
    if known("except_areas"):
        out = np.maximum(out - shares(city, known("except_areas"), calendar.districts), 0.0)
    part = part_of(measure)
    return out if part is None else out * part_of_city(calendar.residents, *part)


def held_by_decisions(decisions: Sequence[Decision], city: City, calendar: Calendar) -> tuple[Held, ...]:
    """What held under one decision after another; each is in force until the next begins.

    A measure without a first day in the first decision may have held for long: its start is not known, unless the
    choice was made as if nothing had been in force.
    """
    found: dict[str, Held] = {}
    in_order = sorted(decisions, key=lambda one: (one.start, one.on))
    for number, decision in enumerate(in_order):
        until = in_order[number + 1].start if number + 1 < len(in_order) else calendar.date(calendar.days)
        for measure in decision.strategy.measures:
            earlier = found.get(measure.key)
            begins, ends = _day(measure.start, decision), _day(measure.stop, decision)
            refused = _refused(measure)
            known = number > 0 or decision.afresh
            if measure.start is None and not known and not refused:
                refused = "start_unknown"
            begins = begins or (decision.start if known else calendar.first)
            if number:
                begins = max(begins, decision.start)
            rows = slice(calendar.index(begins), calendar.index(min(until, ends or until)))
            indicator = np.zeros((calendar.days, len(calendar.districts))) if earlier is None else earlier.indicator
            indicator[rows] = np.maximum(indicator[rows], where_held(measure, city, calendar)[None, :])
            found[measure.key] = Held(
                measure=measure.key,
                kind=measure.kind,
                indicator=indicator,
                refused=refused or (earlier.refused if earlier else ""),
                ends=ends,
            )
    return tuple(found.values())


def _refused(measure: Measure) -> str:
    if measure.kind in IN_CARE:
        return "care"
    if measure.when:
        return "trigger"
    return "zones" if measure.kind == "draw_zones" or getattr(measure, "zones", None) else ""


def _day(day: date | int | None, decision: Decision) -> date | None:
    return decision.start + timedelta(days=day) if isinstance(day, int) else day


def held_by_table(path: Path, city: City, calendar: Calendar) -> tuple[Held, ...]:
    """What held by a table ``measure, area_id, start, stop``; a row a measure, area and span.

    Raises:
        InvalidInput: carries every fault.
    """
    table = read_strings(path)
    file = path.name
    missing = [name for name in TABLE if name not in table.columns]
    if missing:
        mend = f"Give the columns {', '.join(TABLE)}"
        raise InvalidInput(
            f"{file} is no table of measures.",
            [Fault(file=file, column=name, problem="there is no such column", mend=mend) for name in missing],
        )
    faults: list[Fault] = []
    found: dict[str, np.ndarray] = {}
    ends: dict[str, date | None] = {}
    for row, (measure, area, start, stop) in enumerate(table.select(TABLE).iter_rows(), start=2):
        days: dict[str, date | None] = {"start": None, "stop": None}
        wrong = len(faults)
        for name, said in (("start", start), ("stop", stop)):
            if said is None and name == "stop":
                continue
            try:
                days[name] = date.fromisoformat(str(said))
            except ValueError:
                problem = f"{said!r} is not a date (year-month-day)"
                faults.append(Fault(file=file, row=row, column=name, problem=problem, mend="Write it as 2022-03-28"))
        if not measure:
            faults.append(Fault(file=file, row=row, column="measure", problem="it is empty", mend="Name the measure"))
        if area is not None and area not in city.areas:
            problem = f'"{area}" is not an area of this city{closest(area, city.areas.areas)}'
            faults.append(Fault(file=file, row=row, column="area_id", problem=problem, mend="Give a code of areas"))
        begins, stops = days["start"], days["stop"]
        if begins and stops and stops <= begins:
            problem = f"it stops on {stops}, not after its start on {begins}"
            faults.append(Fault(file=file, row=row, column="stop", problem=problem, mend="Give the first day without"))
        if len(faults) > wrong or begins is None:
            continue
        indicator = found.setdefault(measure, np.zeros((calendar.days, len(calendar.districts))))
        rows = slice(calendar.index(begins), calendar.index(stops) if stops else calendar.days)
        mine = shares(city, (area,) if area else (), calendar.districts)
        indicator[rows] = np.maximum(indicator[rows], mine[None, :])
        ends[measure] = stops
    if faults:
        raise InvalidInput(f"{file} has {len(faults)} problem(s); nothing was reviewed.", faults)
    return tuple(
        Held(measure=name, indicator=indicator, ends=ends[name]) for name, indicator in found.items() if indicator.any()
    )
