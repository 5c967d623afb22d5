"""Which past counts the Farrington detectors compare a count with, and in what seasonal levels."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from seawall.watch.alarms.quasipoisson import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """How far back, how wide, in how many levels.

    Attributes:
        years: years looked back.
        half_width: steps before and after the same time of year.
        levels: seasonal levels; 1 keeps the windows alone, more uses the whole time between them.
        recent_left_out: newest steps left out, so that an outbreak under way does not hide itself.
    """

    years: int
    half_width: int
    levels: int
    recent_left_out: int


def same_season(times: Sequence[date] | int, frequency: int, years: int) -> np.ndarray:
    """How many steps back the same time of year lies, 1, 2, ... years ago.

    Without dates a year has `frequency` steps. With weekly dates it is the nearest date of the same
    weekday to the same day of an earlier year (29 February becomes 1 March), 52 or 53 weeks apart.

    Args:
        times: weekly dates, or how many entries there are where there are no dates.
        frequency: steps in a year; used only without dates.
        years: how many years.

    Returns:
        int, shape (time, year). Column 0 is one year ago.
    """
    if isinstance(times, int):
        return np.broadcast_to(frequency * np.arange(1, years + 1), (times, years))
    back = np.zeros((len(times), years), dtype=int)
    for position, day in enumerate(times):
        for year in range(1, years + 1):
            back[position, year - 1] = round((day - _earlier(day, year)).days / 7)
    return back


def _earlier(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return date(day.year - years, 2, 28) + timedelta(days=1)


def reference(back: Sequence[int], windows: Windows) -> tuple[np.ndarray, Layout]:
    """The steps a count is compared with, and their seasonal levels.

    A window of ``2 half_width + 1`` steps lies around the same time of each earlier year and before
    the present. With several levels the steps between two windows are divided in ``levels - 1``
    stretches, as even as can be, the longer ones first, and the windows form the last level.

    Args:
        back: steps to the same time of year 1, 2, ... years ago.
        windows: how far back, how wide, in how many levels.

    Returns:
        int, shape (reference,): steps back, oldest first; and the layout of the regression.
    """
    centres = [0, *back[: windows.years]]
    half = windows.half_width
    last = windows.levels - 1
    level = {}
    for near, far in itertools.pairwise(centres):
        level.update(dict.fromkeys(range(far - half, far + half + 1), last))
        if near == 0:
            level.update(dict.fromkeys(range(1, half + 1), last))
        if last:
            between = range(far - half - 1, near + half, -1)
            level.update(zip(between, _stretches(len(between), last), strict=True))
    steps = [step for step in sorted(level, reverse=True) if step > windows.recent_left_out]
    layout = Layout(
        time=-np.array(steps, dtype=float),
        level=np.array([level[step] for step in steps], dtype=int),
        here=last,
    )
    return np.array(steps, dtype=int), layout


def _stretches(length: int, parts: int) -> list[int]:
    """The part each of `length` steps falls in; the first parts take what does not divide."""
    size, longer = divmod(length, parts)
    return [part for part in range(parts) for _ in range(size + (part < longer))]
