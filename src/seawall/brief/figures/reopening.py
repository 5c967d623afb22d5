"""A plan of reopening as a picture: sectors by period, how far open, and how many work without a condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from seawall.brief.figures.style import INK, PAPER, SCALE, SOFT, paint
from seawall.brief.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE = 7.4
"""Inches: the whole width of a printed page."""

SAID = {
    "en": {
        "title": "Who opens first",
        "alt": "Share of workers at work by sector and period; the most restricted, {sector}, begins at {share}.",
        "legend": "Share at work (in brackets: without tests or closed loop, where fewer)",
    },
    "zh-Hans": {
        "title": "复工先后",
        "alt": "各行业各时段到岗比例；限制最多的行业是{sector}，起始到岗{share}。",
        "legend": "到岗比例（括号内为不附检测或闭环条件者，仅在较低时列出）",
    },
    "zh-Hant": {
        "title": "復工先後",
        "alt": "各行業各時段到崗比例；限制最多的行業是{sector}，起始到崗{share}。",
        "legend": "到崗比例（括號內為不附檢測或閉環條件者，僅在較低時列出）",
    },
}
"""The words of the picture, in each script."""

FEWER = 0.05
"""Who works without a condition is told where they are fewer than those at work by so much."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What the picture shows.

    Attributes:
        sectors: names, as the city writes them.
        begins: first day of each period.
        openness, unconditional: float64, shape (sector, period). Share at work; share at work without a condition.
    """

    sectors: Sequence[str]
    begins: Sequence[date]
    openness: np.ndarray
    unconditional: np.ndarray


def reopening_figure(opening: Opening, words: Words) -> str:
    """Sectors from the most to the least open, each period a column; SVG."""
    order = np.argsort(-opening.openness.mean(axis=1), kind="stable")
    openness, freely = opening.openness[order], opening.unconditional[order]
    names = [opening.sectors[row] for row in order.tolist()]
    said = SAID[words.lang]

    def cell(row: int, column: int) -> str:
        share = words.spell(float(openness[row, column]), "%")
        if openness[row, column] - freely[row, column] <= FEWER:
            return share
        return f"{share}\n({words.spell(float(freely[row, column]), '%')})"

    def draw(figure: Figure) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        axes = figure.subplots()
        shades = LinearSegmentedColormap.from_list("closed", SCALE)
        axes.pcolormesh(1 - openness, cmap=shades, vmin=0, vmax=1, edgecolors=PAPER, linewidth=1.5)
        axes.grid(visible=False)
        axes.invert_yaxis()
        axes.set_yticks(np.arange(len(names)) + 0.5, names)
        axes.set_xticks(np.arange(len(opening.begins)) + 0.5, [words.spell(day, "short") for day in opening.begins])
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.spines["bottom"].set_visible(False)
        for row in range(len(names)):
            for column in range(len(opening.begins)):
                ink = PAPER if openness[row, column] < 0.3 else INK
                axes.text(column + 0.5, row + 0.5, cell(row, column), ha="center", va="center", color=ink, fontsize=6.5)
        axes.set_xlabel(said["legend"], color=SOFT)

    last = said["alt"].format(sector=names[-1], share=words.spell(float(openness[-1, 0]), "%"))
    height = 0.8 + 0.32 * len(names)
    return paint(draw, words, name="reopening", height=height, width=WIDE, title=said["title"], alt=last)
