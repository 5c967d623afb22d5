"""Who bears a choice: bars by group, a small panel for each kind of burden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seawall.brief.figures.choice_frontier import compact
from seawall.brief.figures.style import BAND, INK, LINE, paint
from seawall.brief.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_ACROSS = 3
WHOLE_LINE = 44
"""Characters that have room over all panels together; a Chinese one counts twice."""

LONGEST = 16
"""Characters of a group's name that have room; a Chinese one counts twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Borne:
    """One kind of burden by group, per 1,000 people of the group.

    Attributes:
        heading: what it is.
        values: of each group: low end, mean and high end.
        other: mean of each group under the runner-up; None where it is not known.
    """

    heading: str
    values: tuple[tuple[float, float, float], ...]
    other: tuple[float | None, ...]


def borne_by(
    groups: Sequence[str],
    panels: Sequence[Borne],
    words: Words,
    *,
    labels: tuple[str, str],
    name: str,
    title: str,
    alt: str,
) -> str:
    """Bars by group with the runner-up as a stroke across.

    Args:
        groups: their names.
        panels: a kind of burden each, `MOST_ACROSS` at most.
        words: language.
        labels: what the bar and the stroke are.
        name, title, alt: as in `paint`.
    """

    def draw(figure: Figure) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        grid = figure.subplots(1, len(panels), squeeze=False)[0]
        rows = range(len(groups))
        strokes = False
        for place, (axes, panel) in enumerate(zip(grid, panels, strict=True)):
            axes.barh(rows, [mean for _, mean, _ in panel.values], height=0.66, color=BAND, alpha=0.55)
            for row, (low, _, high) in zip(rows, panel.values, strict=True):
                axes.plot([low, high], [row, row], color=LINE, linewidth=0.9)
            for row, other in zip(rows, panel.other, strict=True):
                if other is not None:
                    axes.plot([other, other], [row - 0.4, row + 0.4], color=INK, linewidth=1.4)
                    strokes = True
            top = max([max(high, other or 0.0) for (_, _, high), other in zip(panel.values, panel.other, strict=True)])
            axes.set_xlim(0, 1.06 * top or 1.0)
            axes.set_ylim(len(groups) - 0.4, -0.6)
            axes.set_yticks(rows, [_cut(group) for group in groups] if place == 0 else [""] * len(groups))
            axes.xaxis.set_major_locator(MaxNLocator(nbins=3 if len(panels) < MOST_ACROSS else 2))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: compact(words, value)))
            axes.grid(visible=True, axis="x")
            axes.grid(visible=False, axis="y")
            axes.set_title(_wrapped(panel.heading, WHOLE_LINE // len(panels)), loc="left", color=INK, pad=3)
        handles: list[Any] = [Patch(facecolor=BAND, alpha=0.55, label=labels[0])]
        if strokes:
            handles.append(
                Line2D([], [], color=INK, linestyle="", marker="|", markersize=8, markeredgewidth=1.4, label=labels[1])
            )
        figure.legend(
            handles=handles,
            loc="outside upper left",
            ncols=2,
            frameon=False,
            fontsize=7,
            handlelength=1.4,
            columnspacing=1.2,
            borderaxespad=0.2,
        )

    return paint(draw, words, name=name, height=0.75 + 0.17 * len(groups), title=title, alt=alt)


def _wrapped(text: str, most: int) -> str:
    """A heading in lines of so many characters at most: broken at blanks, or anywhere where the script has none."""
    lines, line = [], ""
    parts = text.split(" ") if " " in text else list(text)
    gap = " " if " " in text else ""
    for part in parts:
        longer = f"{line}{gap}{part}" if line else part
        if line and _width(longer) > most:
            lines.append(line)
            longer = part
        line = longer
    return "\n".join([*lines, line])


def _width(text: str) -> int:
    return sum(2 if letter > "\u2e80" else 1 for letter in text)


def _cut(text: str) -> str:
    """A name that has room beside the bars."""
    while _width(text) > LONGEST:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    return text
