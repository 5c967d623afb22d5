"""Pictures of a review: what was expected against what came, and the effects of the measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from seawall.brief.figures.style import COMMUNITY, INK, LINE, SOFT, count_axis, date_axis, ordinal, paint
from seawall.brief.review_words import METHODS
from seawall.brief.words import Words, msg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = 7.4
LONGEST = 34
MARKS = {"series": ("o", LINE), "districts": ("s", COMMUNITY), "twin": ("D", "#4d7c3a")}


@dataclass(frozen=True, kw_only=True)
class Fan:
    """One event: what was expected by day (ends of 90 % and 50 %, median), and what came (NaN: not reported)."""

    heading: str
    bands: np.ndarray
    came: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An estimate by one method; ends are NaN where there is no interval."""

    method: str
    estimate: float
    low: float
    high: float


def fans(days: Sequence[date], panels: Sequence[Fan], words: Words, *, name: str, title: str, alt: str) -> str:
    """Expected bands by day with a dot for each day that came, a panel an event.

    Args:
        days: of the expectation.
        panels: `bands` float, shape (5, day): q5, q25, q50, q75, q95.
        words, name, title, alt: as in `paint`.
    """
    across = min(len(panels), 3)
    down = -(-len(panels) // across)

    def draw(figure: Figure) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        grid = figure.subplots(down, across, squeeze=False).ravel()
        x = np.array([ordinal(day) for day in days])
        for axes, panel in zip(grid, panels, strict=False):
            axes.fill_between(x, panel.bands[0], panel.bands[4], color=LINE, alpha=0.13, linewidth=0)
            axes.fill_between(x, panel.bands[1], panel.bands[3], color=LINE, alpha=0.22, linewidth=0)
            axes.plot(x, panel.bands[2], color=LINE, linewidth=1.2)
            axes.plot(x, panel.came, "o", color=COMMUNITY, markersize=2.4, markeredgewidth=0)
            top = max(float(np.nanmax(panel.bands[4], initial=0)), float(np.nanmax(panel.came, initial=0)))
            axes.set_ylim(0, max(top * 1.08, 1.0))
            axes.set_title(panel.heading, loc="left", color=SOFT, pad=3)
            count_axis(axes, words)
            date_axis(axes, days[0], days[-1], words, most=3)
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        handles: list[Any] = [
            Line2D([], [], color=COMMUNITY, marker="o", markersize=3, linewidth=0, label=words.say(msg("what came"))),
            Line2D([], [], color=LINE, linewidth=1.3, label=words.say(msg("expected, median"))),
            Patch(facecolor=LINE, alpha=0.35, label=words.say(msg("half of what was expected"))),
            Patch(facecolor=LINE, alpha=0.14, label=words.say(msg("90% of what was expected"))),
        ]
        _above(figure, handles)

    return paint(draw, words, name=name, height=0.4 + 1.9 * down, width=WIDE, title=title, alt=alt)


def forest(
    rows: Sequence[tuple[str, Sequence[Bar], Sequence[Bar]]], words: Words, *, name: str, title: str, alt: str
) -> str:
    """Estimates of each measure by each method beside the line of no effect: growth left, the twin's numbers right.

    Args:
        rows: measure, what the data say of growth, what the twin says of infections.
        words, name, title, alt: as in `paint`.
    """
    twin = any(right for _, _, right in rows)

    def draw(figure: Figure) -> None:
        from matplotlib.lines import Line2D

        grid = figure.subplots(1, 2 if twin else 1, squeeze=False)[0]
        headings = [
            words.say(msg("Change of the daily growth of reports")),
            words.say(msg("Infections averted, by the twin")),
        ]
        for side, axes in enumerate(grid):
            shown = [row[1] if side == 0 else row[2] for row in rows]
            for at, bars in enumerate(shown):
                for number, bar in enumerate(bars):
                    y = at + 0.26 * (number - (len(bars) - 1) / 2)
                    marker, color = MARKS[bar.method]
                    if np.isfinite(bar.low) and np.isfinite(bar.high):
                        axes.plot([bar.low, bar.high], [y, y], color=color, linewidth=1.5)
                    axes.plot([bar.estimate], [y], marker, color=color, markersize=4)
            axes.axvline(0, color=INK, linewidth=0.8)
            axes.set_ylim(len(rows) - 0.5, -0.5)
            axes.set_yticks(range(len(rows)), [_cut(row[0]) if side == 0 else "" for row in rows])
            axes.set_title(headings[side], loc="left", color=SOFT, pad=3)
            if not any(shown):
                axes.set_xlim(-0.1, 0.1)
            _axis(axes, words, ".2" if side == 0 else "~")
        methods = [
            method for method in MARKS if any(bar.method == method for row in rows for bar in (*row[1], *row[2]))
        ]
        handles = [
            Line2D([], [], color=MARKS[one][1], marker=MARKS[one][0], markersize=4, label=words.say(METHODS[one]))
            for one in methods
        ]
        _above(figure, handles)

    return paint(draw, words, name=name, height=0.8 + 0.34 * len(rows), width=WIDE, title=title, alt=alt)


def _axis(axes: Axes, words: Words, kind: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.spell(value, kind)))
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")


def _above(figure: Figure, handles: Sequence[Any]) -> None:
    figure.legend(
        handles=list(handles),
        loc="outside upper left",
        ncols=max(len(handles), 1),
        frameon=False,
        fontsize=7,
        handlelength=1.6,
        columnspacing=1.2,
        borderaxespad=0.2,
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
