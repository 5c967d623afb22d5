"""What is seen that lets a measure begin and end, and since when it holds: read from the record, no hidden state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seawall.measures.today import Ground, Seen, Today

REPORTS_DAYS = 7
"""Days over which reports are added up."""

REPORTS = "reports_per_100k"
"""Reports of seven days per 100,000 residents of the areas."""

BEDS_OF = {"hospital_share": "beds", "icu_share": "icu_beds"}
"""People in hospital, and in intensive care, as a share of beds: the signal to the resource of `capacity`."""

SIGNALS = (REPORTS, *BEDS_OF)
HIGHEST = {REPORTS: 100_000.0, "hospital_share": 2.0, "icu_share": 2.0}
"""Above which a limit cannot be meant: everybody reported; twice as many people as beds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What lets a measure begin and end.

    It begins on the last of `above_days` mornings in a row at or above `above`, and ends on the last of `below_days`
    mornings in a row below `below`, though not before it has held for `least_days`. Mornings before `first` count among
    those in a row, but it does not begin on them.

    Attributes:
        when: one of `SIGNALS`.
        above, below: in the unit of the signal; `below` is at most `above`.
        above_days, below_days: mornings in a row, at least 1.
        least_days: days it holds once it has begun.
        first: first day of the run on which it may begin.
        each: level of the areas that are watched one by one; empty: those below taken together.
        areas, but, part: where, if not `each`; as in `Today.where`.
    """

    when: str
    above: float
    below: float
    above_days: int
    below_days: int
    least_days: int
    first: int
    each: str = ""
    areas: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    part: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Where a trigger lets a measure hold this morning, and since when.

    Attributes:
        days_on: int64, shape (area,). Mornings since it began, 0: it begins this morning, -1: it does not hold.
        area_of_block: int64, shape (block,). Which of these areas each block lies in, -1 in none; None: one area,
            wherever the measure holds.
    """

    days_on: np.ndarray
    area_of_block: np.ndarray | None

    @property
    def anywhere(self) -> bool:
        """Whether it holds in any area."""
        return bool((self.days_on >= 0).any())

    def blocks(self, within: np.ndarray) -> np.ndarray:
        """Of some blocks, bool, shape (block,), those where it holds."""
        if self.area_of_block is None:
            return within if self.anywhere else np.zeros_like(within)
        holds = np.append(self.days_on >= 0, False)
        return np.asarray(within & holds[self.area_of_block])


def held(trigger: Trigger, today: Today) -> Held:
    """Where and since when a trigger lets a measure hold this morning."""
    known = today.seen.worked_out
    if trigger not in known:
        known[trigger] = _held(trigger, today)
    found: Held = known[trigger]
    return found


def _held(trigger: Trigger, today: Today) -> Held:
    ground, seen = today.ground, today.seen
    if trigger.when in BEDS_OF:
        beds = ground.capacity.get(BEDS_OF[trigger.when], np.inf)
        people = seen.in_hospital if trigger.when == "hospital_share" else seen.in_icu
        share = np.concatenate([[0.0], people[: seen.day] / max(beds, 1e-9)])
        return Held(days_on=days_since_begun(share[:, None], trigger, trigger.first), area_of_block=None)
    before = seen.before.shape[0]
    if trigger.each:
        area = ground.area_of_blocks(trigger.each)
        days_on = days_since_begun(_reports_by_area(seen, ground, trigger.each), trigger, before + trigger.first)
        return Held(days_on=days_on, area_of_block=area)
    blocks = today.where(trigger.areas, but=trigger.but, part=trigger.part)
    recent = _per_100k(seen.reports_of(blocks)[:, None], ground.population[blocks].sum(keepdims=True))
    return Held(days_on=days_since_begun(recent, trigger, before + trigger.first), area_of_block=None)


def _reports_by_area(seen: Seen, ground: Ground, level: str) -> np.ndarray:
    """Reports of seven days per 100,000 residents of each area of a level, float64, shape (morning, area)."""
    key = ("reports", level)
    if key not in seen.worked_out:
        area = ground.area_of_blocks(level)
        areas = int(area.max(initial=-1)) + 1
        inside = np.nonzero(area >= 0)[0]
        order = inside[np.argsort(area[inside], kind="stable")]
        of, first = np.unique(area[order], return_index=True)
        rows = np.concatenate([seen.before[:, order], seen.reports[: seen.day, order]])
        reports = np.zeros((rows.shape[0], areas), dtype=np.int64)
        if of.size:
            reports[:, of] = np.add.reduceat(rows, first, axis=1, dtype=np.int64)
        people = np.bincount(area[inside], weights=ground.population[inside], minlength=areas)
        seen.worked_out[key] = _per_100k(reports, people)
    return np.asarray(seen.worked_out[key])


def _per_100k(reports: np.ndarray, residents: np.ndarray) -> np.ndarray:
    """Reports of the seven days before each morning per 100,000, float64, shape (morning, area); the last is today."""
    sums = np.concatenate([np.zeros((1, reports.shape[1]), dtype=np.int64), np.cumsum(reports, axis=0)])
    earlier = np.concatenate([np.zeros((REPORTS_DAYS, reports.shape[1]), dtype=np.int64), sums])[: sums.shape[0]]
    return np.asarray((sums - earlier) * (100_000 / np.maximum(residents, 1)))


def days_since_begun(signal: np.ndarray, trigger: Trigger, first: int) -> np.ndarray:
    """Mornings since a measure began to hold, int64, shape (area,); 0: it begins this morning, -1: it does not hold.

    Args:
        signal: on every morning known, the last row this morning, shape (morning, area).
        trigger: when it begins and ends.
        first: row of the first morning on which it may begin.
    """
    ready = _in_a_row(signal >= trigger.above) >= trigger.above_days
    begun = np.full(signal.shape[1], -1, dtype=np.int64)
    if not ready[first:].any():
        return begun
    over = _in_a_row(signal < trigger.below) >= trigger.below_days
    for morning in range(first, signal.shape[0]):
        holds = begun >= 0
        ends = holds & over[morning] & (morning - begun >= trigger.least_days)
        begun[ends] = -1
        begun[~holds & ready[morning]] = morning
    return np.where(begun >= 0, signal.shape[0] - 1 - begun, -1)


def _in_a_row(true: np.ndarray) -> np.ndarray:
    """On how many mornings in a row up to each it was true, int64, shape (morning, area)."""
    morning = np.arange(true.shape[0])[:, None]
    return np.asarray(morning - np.maximum.accumulate(np.where(true, -1, morning), axis=0))
