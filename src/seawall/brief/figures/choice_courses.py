"""What is expected of a choice by day: fans against the beds there are, and output by sector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from seawall.brief.figures.choice_frontier import compact
from seawall.brief.figures.style import BAND, INK, LINE, OTHER, SOFT, date_axis, note, ordinal, paint
from seawall.brief.words import Words, msg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FAR = 3.0
"""A line that stands so many times above the fan is named, not drawn."""

ACROSS = 2
"""Sectors beside each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorCourse:
    """Output of one sector by day, as a share of a usual day.

    Attributes:
        label: its name.
        low, middle, high: float, shape (day,).
        other: the same median under the runner-up; None where it is not known.
    """

    label: str
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray
    other: np.ndarray | None


def fan(
    days: Sequence[date],
    bands: np.ndarray,
    words: Words,
    *,
    capacity: float | None,
    capacity_label: str,
    name: str,
    title: str,
    alt: str,
) -> str:
    """One event by day: median, half and nine tenths of the replicates, and the line to read it against.

    Args:
        days: of the run.
        bands: float, shape (5, day): 5 %, 25 %, median, 75 %, 95 %.
        words: language.
        capacity: beds there are; None where they are not known or the event needs none.
        capacity_label: what stands at the line.
        name, title, alt: as in `paint`.
    """

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        x = [ordinal(day) for day in days]
        axes.fill_between(x, bands[0], bands[4], color=BAND, alpha=0.16, linewidth=0)
        axes.fill_between(x, bands[1], bands[3], color=BAND, alpha=0.28, linewidth=0)
        axes.plot(x, bands[2], color=LINE, linewidth=1.4)
        top = max(float(bands[4].max(initial=0)), 1.0)
        if capacity is not None and capacity <= FAR * top:
            axes.axhline(capacity, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
            note(axes, x[0], capacity, capacity_label, ha="left", va="bottom")
            top = max(top, capacity * 1.1)
        elif capacity is not None:
            far = words.say(msg("{label}: {n:~}, far above"), label=capacity_label, n=capacity)
            note(axes, x[-1], top * 1.12, far, color=SOFT, ha="right", va="top")
        axes.set_ylim(0, top * 1.12)
        _amounts(axes, words)
        date_axis(axes, days[0], days[-1], words, most=4)

    return paint(draw, words, name=name, height=1.8, title=title, alt=alt)


def by_sector(
    days: Sequence[date],
    sectors: Sequence[SectorCourse],
    words: Words,
    *,
    labels: tuple[str, str],
    name: str,
    title: str,
    alt: str,
) -> str:
    """Output of each sector by day, a small panel each.

    Args:
        days: of the run.
        sectors: in order.
        words: language.
        labels: what the line and the thin line are.
        name, title, alt: as in `paint`.
    """
    down = -(-len(sectors) // ACROSS)
    low = min(float(sector.low.min(initial=1.0)) for sector in sectors)
    bottom = max(0.0, float(np.floor(low * 10 - 0.5)) / 10)
    top = max(1.05, max(float(sector.high.max(initial=1.0)) for sector in sectors) + 0.03)

    def draw(figure: Figure) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.ticker import FuncFormatter

        grid = figure.subplots(down, ACROSS, squeeze=False, sharex=True, sharey=True).ravel()
        x = [ordinal(day) for day in days]
        for place, (axes, sector) in enumerate(zip(grid, sectors, strict=False)):
            axes.fill_between(x, sector.low, sector.high, color=BAND, alpha=0.2, linewidth=0)
            if sector.other is not None:
                axes.plot(x, sector.other, color=INK, linewidth=0.8, linestyle=(0, (2, 1.5)))
            axes.plot(x, sector.middle, color=LINE, linewidth=1.4)
            axes.axhline(1.0, color=OTHER, linewidth=0.6)
            axes.set_ylim(bottom, top)
            axes.set_title(sector.label, loc="left", color=INK, pad=2)
            axes.set_yticks([bottom, (1 + bottom) / 2, 1.0])
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.spell(value, "%")))
            if place >= len(sectors) - ACROSS:
                date_axis(axes, days[0], days[-1], words, most=2)
                axes.tick_params(labelbottom=True)
                ends = axes.get_xticklabels()
                ends[0].set_horizontalalignment("left")
                ends[-1].set_horizontalalignment("right")
        for axes in grid[len(sectors) :]:
            axes.set_axis_off()
        handles = [Line2D([], [], color=LINE, linewidth=1.4, label=labels[0])]
        if any(sector.other is not None for sector in sectors):
            handles.append(Line2D([], [], color=INK, linewidth=0.8, linestyle=(0, (2, 1.5)), label=labels[1]))
        figure.legend(
            handles=handles,
            loc="outside upper left",
            ncols=2,
            frameon=False,
            fontsize=7,
            handlelength=1.9,
            columnspacing=1.2,
            borderaxespad=0.2,
        )

    return paint(draw, words, name=name, height=0.5 + 0.82 * down, title=title, alt=alt)


def _amounts(axes: Axes, words: Words) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: compact(words, value)))
