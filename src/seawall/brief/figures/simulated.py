"""Figures of a simulation: courses with bands, beds against capacity, burden by measure, age and district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from seawall.brief.figures.style import (
    BAND,
    COMMUNITY,
    INK,
    LINE,
    OTHER,
    SOFT,
    count_axis,
    date_axis,
    note,
    ordinal,
    paint,
)
from seawall.brief.words import Words, msg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = 7.4
"""Inches: the whole width of a printed page."""

MARKS = ((LINE, "-"), (COMMUNITY, (0, (5, 2))), ("#4d7c3a", (0, (1, 1.2))), ("#7a4f9a", (0, (5, 1.5, 1, 1.5))))
"""Colour and stroke of each strategy; told apart without colour too."""

MOST_MEASURES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One event of one strategy by day: median and the ends of 50 % and 90 % of the replicates."""

    label: str
    low: np.ndarray
    lower: np.ndarray
    middle: np.ndarray
    upper: np.ndarray
    high: np.ndarray


def courses(
    days: Sequence[date],
    panels: Sequence[tuple[str, Sequence[Course], float | None]],
    words: Words,
    *,
    name: str,
    title: str,
    alt: str,
    capacity_label: str = "",
) -> str:
    """Courses of several strategies over each other, one panel an event, with the capacity there is where it is known.

    Args:
        days: of the run.
        panels: heading, courses, and the line to read them against or None.
        words: language.
        name, title, alt: as in `paint`.
        capacity_label: what stands at the line.
    """

    def draw(figure: Figure) -> None:
        grid = figure.subplots(1, len(panels), squeeze=False)[0]
        x = [ordinal(day) for day in days]
        for axes, (heading, drawn, capacity) in zip(grid, panels, strict=True):
            for course, (color, stroke) in zip(drawn, _marks(len(drawn)), strict=True):
                axes.fill_between(x, course.low, course.high, color=color, alpha=0.13, linewidth=0)
                axes.fill_between(x, course.lower, course.upper, color=color, alpha=0.22, linewidth=0)
                axes.plot(x, course.middle, color=color, linestyle=stroke, linewidth=1.4)
            top = max((float(course.high.max(initial=0)) for course in drawn), default=0.0)
            if capacity is not None and capacity <= 4 * max(top, 1.0):
                top = max(top, capacity)
                axes.axhline(capacity, color=INK, linewidth=0.9)
                note(axes, x[-1], capacity, capacity_label, ha="right", va="bottom")
            elif capacity is not None:
                far = words.say(msg("{label}: {n:~}, far above"), label=capacity_label, n=capacity)
                note(axes, x[-1], top * 1.1, far, color=SOFT, ha="right", va="top")
            axes.set_ylim(0, max(top * 1.12, 1.0))
            axes.set_title(heading, loc="left", color=SOFT, pad=3)
            count_axis(axes, words)
            date_axis(axes, days[0], days[-1], words, most=4)
        _legend(figure, [course.label for course in panels[0][1]], bands=True, words=words)

    return paint(draw, words, name=name, height=2.5, width=WIDE, title=title, alt=alt)


def amounts(
    rows: Sequence[tuple[str, Sequence[tuple[float, float, float]]]],
    labels: Sequence[str],
    words: Words,
    *,
    name: str,
    title: str,
    alt: str,
) -> str:
    """Strategies side by side, one panel an amount: a dot at the median, a line over 90 % of the replicates.

    Args:
        rows: heading of each panel, and for each strategy the 5 % end, the median and the 95 % end.
        labels: names of the strategies.
        words: language.
        name, title, alt: as in `paint`.
    """
    across = min(len(rows), 3)
    down = -(-len(rows) // across)

    def draw(figure: Figure) -> None:
        grid = figure.subplots(down, across, squeeze=False).ravel()
        for axes, (heading, values) in zip(grid, rows, strict=False):
            for at, ((low, middle, high), (color, _)) in enumerate(zip(values, _marks(len(values)), strict=True)):
                axes.plot([low, high], [at, at], color=color, linewidth=1.6)
                axes.plot([middle], [at], "o", color=color, markersize=4.5)
            axes.set_ylim(len(values) - 0.5, -0.5)
            axes.set_yticks(range(len(values)), labels if axes in grid[::across] else [""] * len(values))
            axes.set_xlim(0, max(max(high for _, _, high in values) * 1.08, 1.0))
            _amount_axis(axes, words)
            axes.set_title(heading, loc="left", color=SOFT, pad=3)
        for axes in grid[len(rows) :]:
            axes.set_axis_off()

    height = down * (0.62 + 0.2 * len(labels))
    return paint(draw, words, name=name, height=height, width=WIDE, title=title, alt=alt)


def bars(
    rows: Sequence[tuple[str, Sequence[float]]],
    labels: Sequence[str],
    words: Words,
    *,
    name: str,
    title: str,
    alt: str,
) -> str:
    """Amounts by measure, the largest first; one bar a strategy.

    Args:
        rows: name of each measure and the amount under each strategy.
        labels: names of the strategies.
        words: language.
        name, title, alt: as in `paint`.
    """
    shown = sorted(rows, key=lambda row: -max(row[1]))[:MOST_MEASURES]
    thick = 0.8 / max(len(labels), 1)

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for strategy, (color, _) in enumerate(_marks(len(labels))):
            at = [row - 0.4 + thick * (strategy + 0.5) for row in range(len(shown))]
            axes.barh(at, [row[1][strategy] for row in shown], height=thick * 0.9, color=color)
        axes.set_yticks(range(len(shown)), [_cut(row[0]) for row in shown])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xlim(0, max([max(row[1]) for row in shown], default=1.0) * 1.05 or 1.0)
        _amount_axis(axes, words)
        _legend(figure, labels, bands=False, words=words)

    height = 0.7 + len(shown) * max(0.2, 0.1 * len(labels))
    return paint(draw, words, name=name, height=height, width=WIDE, title=title, alt=alt)


def by_age(
    ages: Sequence[int],
    panels: Sequence[tuple[str, Sequence[np.ndarray]]],
    labels: Sequence[str],
    words: Words,
    *,
    name: str,
    title: str,
    alt: str,
) -> str:
    """Amounts by age class, one panel a kind, one line a strategy."""

    def draw(figure: Figure) -> None:
        grid = figure.subplots(1, len(panels), squeeze=False)[0]
        for axes, (heading, drawn) in zip(grid, panels, strict=True):
            for values, (color, stroke) in zip(drawn, _marks(len(drawn)), strict=True):
                ends = [*ages, ages[-1] + 5], [*values, values[-1]]
                axes.step(*ends, where="post", color=color, linestyle=stroke, linewidth=1.4)
            axes.set_xlim(0, 80)
            axes.set_xticks(range(0, 81, 20))
            axes.set_ylim(0, max([float(values.max(initial=0)) for values in drawn] + [1e-9]) * 1.1)
            axes.set_title(heading, loc="left", color=SOFT, pad=3)
            axes.set_xlabel(words.say(msg("age, years")), fontsize=7)
            count_axis(axes, words, spec="~")
        _legend(figure, labels, bands=False, words=words)

    return paint(draw, words, name=name, height=2.2, width=WIDE, title=title, alt=alt)


def stacked(
    days: Sequence[date],
    layers: Sequence[tuple[str, np.ndarray]],
    words: Words,
    *,
    name: str,
    title: str,
    alt: str,
) -> str:
    """Numbers by day stacked upon each other, the mildest below: residents by tier of zone."""
    colors = ("#e9edf0", "#fbdcb0", "#f3a65c", "#d9662a", "#9c2f10", "#5f1a08")

    def draw(figure: Figure) -> None:
        from matplotlib.patches import Patch

        axes = figure.subplots()
        x = [ordinal(day) for day in days]
        below = np.zeros(len(x))
        handles = []
        for at, (label, values) in enumerate(layers):
            color = colors[min(at, len(colors) - 1)]
            axes.fill_between(x, below, below + values, step="mid", facecolor=color, linewidth=0)
            below = below + values
            handles.append(Patch(facecolor=color, edgecolor=SOFT, linewidth=0.4, label=label))
        axes.set_ylim(0, max(float(below.max(initial=0)), 1.0))
        count_axis(axes, words, spec="~")
        date_axis(axes, days[0], days[-1], words)
        _above(figure, handles, 3)

    return paint(draw, words, name=name, height=2.2, title=title, alt=alt)


def _marks(many: int) -> list[tuple[str, Any]]:
    return [MARKS[at] if at < len(MARKS) else (OTHER, "-") for at in range(many)]


def _amount_axis(axes: Axes, words: Words) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=3))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.spell(value, "~")))
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")


def _cut(text: str, most: int = 44) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _legend(figure: Figure, labels: Sequence[str], *, bands: bool, words: Words) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Line2D([], [], color=color, linestyle=stroke, linewidth=1.5, label=label)
        for label, (color, stroke) in zip(labels, _marks(len(labels)), strict=True)
    ]
    if bands:
        handles.append(Patch(facecolor=BAND, alpha=0.35, label=words.say(msg("half of the replicates"))))
        handles.append(Patch(facecolor=BAND, alpha=0.14, label=words.say(msg("90% of the replicates"))))
    _above(figure, handles, 6)


def _above(figure: Figure, handles: Sequence[Any], most: int) -> None:
    figure.legend(
        handles=list(handles),
        loc="outside upper left",
        ncols=min(len(handles), most),
        frameon=False,
        fontsize=7,
        handlelength=1.9,
        handletextpad=0.5,
        columnspacing=1.2,
        borderaxespad=0.2,
        labelspacing=0.25,
    )
