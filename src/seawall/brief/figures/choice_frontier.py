"""The frontier as a picture: each option a numbered mark, with the interval of its mean on both axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babel.numbers import format_compact_decimal

from seawall.brief.figures.style import COMMUNITY, INK, LINE, OTHER, PAPER, RULE, SOFT, paint
from seawall.brief.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT = 3.5
"""Inches."""

TENFOLD = 30.0
"""An axis goes by powers of ten where its largest amount exceeds the median one so many times."""

MARKS: dict[str, dict[str, Any]] = {
    "chosen": {"marker": "D", "color": COMMUNITY, "size": 8.0, "fill": COMMUNITY},
    "runner_up": {"marker": "s", "color": LINE, "size": 6.5, "fill": LINE},
    "frontier": {"marker": "o", "color": LINE, "size": 5.5, "fill": LINE},
    "shipped": {"marker": "^", "color": INK, "size": 6.0, "fill": PAPER},
    "other": {"marker": "o", "color": OTHER, "size": 2.6, "fill": OTHER},
}
"""Mark of each kind of option, told apart by shape and filling, so that grey print will do."""

ANGLES = tuple(math.radians(angle) for angle in (45, 135, -45, -135, 90, 0, 180, -90))
RADII = (8.5, 13.0, 18.0, 24.0)
"""Where a number may stand around its mark, in points; the first that is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One option on two axes.

    Attributes:
        number: its number in the table; empty where it is not named.
        kind: a key of `MARKS`.
        x, y: low end, mean and high end.
    """

    number: str
    kind: str
    x: tuple[float, float, float]
    y: tuple[float, float, float]


def spots(
    points: Sequence[Spot],
    legend: Sequence[tuple[str, str]],
    words: Words,
    *,
    axes_labels: tuple[str, str],
    name: str,
    title: str,
    alt: str,
) -> str:
    """Options on two axes, less of both being better.

    Args:
        points: the options.
        legend: kind and what it is called, in the order of the legend.
        words: language.
        axes_labels: what lies along and upwards.
        name, title, alt: as in `paint`.
    """

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for place, part in enumerate(("x", "y")):
            _axis(axes, part, [getattr(point, part) for point in points], words)
            getattr(axes, f"set_{part}label")(axes_labels[place], fontsize=7.5, color=INK)
        axes.grid(visible=True, axis="both")
        for point in sorted(points, key=lambda one: list(MARKS).index(one.kind), reverse=True):
            _mark(axes, point)
        _legend(figure, legend)
        _number(figure, axes, [point for point in points if point.number])

    return paint(draw, words, name=name, height=HEIGHT, title=title, alt=alt)


def compact(words: Words, value: float) -> str:
    """A number as short as the language writes it: 120K, 12万.

    Examples:
        >>> compact(Words(lang="en"), 120_000), compact(Words(lang="zh-Hans"), 120_000)
        ('120K', '12万')
    """
    if abs(value) < 1000:
        return words.spell(value, "~")
    return str(format_compact_decimal(value, locale=words.locale, fraction_digits=2)).replace("-", "\N{MINUS SIGN}")


def by_tens(values: Sequence[float]) -> float | None:
    """Where an axis by powers of ten begins, a power of ten below the smallest amount above 0; None: evenly.

    Examples:
        >>> by_tens([0, 3, 5, 4000]), by_tens([3, 5, 40])
        (1.0, None)
    """
    above = sorted(value for value in values if value > 0)
    if len(above) < 2 or above[-1] <= TENFOLD * above[len(above) // 2 - (len(above) % 2 == 0)]:
        return None
    return float(10.0 ** math.floor(math.log10(above[0])))


def _axis(axes: Axes, part: str, spans: Sequence[tuple[float, float, float]], words: Words) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter

    least = by_tens([mean for _, mean, _ in spans])
    top = max([high for _, _, high in spans], default=1.0) or 1.0
    axis = axes.xaxis if part == "x" else axes.yaxis
    set_limits = axes.set_xlim if part == "x" else axes.set_ylim
    if least is None:
        axis.set_major_locator(MaxNLocator(nbins=4))
        set_limits(-0.04 * top, 1.06 * top)
    else:
        (axes.set_xscale if part == "x" else axes.set_yscale)("symlog", linthresh=least, linscale=0.6)
        powers = range(round(math.log10(least)), math.ceil(math.log10(top)) + 1)
        step = max(1, -(-len(powers) // 4))
        axis.set_major_locator(FixedLocator([0.0, *(10.0**power for power in list(powers)[::step])]))
        axis.set_minor_formatter(NullFormatter())
        set_limits(-0.25 * least, 1.8 * top)
    axis.set_major_formatter(FuncFormatter(lambda value, _: compact(words, value)))


def _mark(axes: Axes, point: Spot) -> None:
    look = MARKS[point.kind]
    (x_low, x, x_high), (y_low, y, y_high) = point.x, point.y
    if point.kind != "other":
        axes.plot([x_low, x_high], [y, y], color=look["color"], linewidth=0.9, solid_capstyle="butt")
        axes.plot([x, x], [y_low, y_high], color=look["color"], linewidth=0.9, solid_capstyle="butt")
    axes.plot(
        [x],
        [y],
        look["marker"],
        markersize=look["size"],
        markerfacecolor=look["fill"],
        markeredgecolor=PAPER if look["fill"] != PAPER else look["color"],
        markeredgewidth=0.5 if look["fill"] != PAPER else 1.0,
        clip_on=False,
    )


def _legend(figure: Figure, legend: Sequence[tuple[str, str]]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [],
            [],
            linestyle="",
            marker=MARKS[kind]["marker"],
            markersize=MARKS[kind]["size"] * 0.85,
            markerfacecolor=MARKS[kind]["fill"],
            markeredgecolor=MARKS[kind]["color"],
            label=label,
        )
        for kind, label in legend
    ]
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=2,
        frameon=False,
        fontsize=7,
        handletextpad=0.2,
        columnspacing=1.0,
        borderaxespad=0.2,
        labelspacing=0.25,
    )


def _number(figure: Figure, axes: Axes, points: Sequence[Spot]) -> None:
    """Write each number beside its mark, where it covers neither another number nor a mark.

    The most important mark is served first. Where nothing is free, the place that covers least is taken.
    """
    figure.draw_without_rendering()
    scale = 72 / figure.dpi
    at: dict[int, tuple[float, float]] = {}
    for point in points:
        across, up = axes.transData.transform((point.x[1], point.y[1]))
        at[id(point)] = float(across) * scale, float(up) * scale
    box = axes.get_window_extent()
    inside = (box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale)
    taken = [_around(*at[id(point)], 7.0, 7.0) for point in points]
    for point in points:
        (x_low, x, x_high), (y_low, y, y_high) = point.x, point.y
        for ends in (((x_low, y), (x_high, y)), ((x, y_low), (x, y_high))):
            (left, low), (right, high) = axes.transData.transform(ends) * scale
            taken.append((float(left) - 0.5, float(low) - 0.5, float(right) + 0.5, float(high) + 0.5))
    for point in sorted(points, key=lambda one: list(MARKS).index(one.kind)):
        own_x, own_y = at[id(point)]
        wide = 4.6 * len(point.number) + 1.0
        places = [
            (own_x + radius * math.cos(angle), own_y + radius * math.sin(angle)) for radius in RADII for angle in ANGLES
        ]
        cost = [
            sum(_shared(_around(x, y, wide, 8.0), other) for other in taken)
            + 1000 * (not (inside[0] <= x <= inside[2] and inside[1] <= y <= inside[3]))
            + 0.01 * rank
            for rank, (x, y) in enumerate(places)
        ]
        best = min(range(len(places)), key=cost.__getitem__)
        x, y = places[best]
        taken.append(_around(x, y, wide, 8.0))
        far = best >= len(ANGLES)
        axes.annotate(
            point.number,
            (point.x[1], point.y[1]),
            xytext=(x - own_x, y - own_y),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=8,
            color=INK,
            gid="halo",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": SOFT, "linewidth": 0.5, "shrinkA": 3, "shrinkB": 2}
            if far
            else None,
        )
    axes.spines["left"].set_visible(True)
    axes.spines["left"].set_color(RULE)


def _around(x: float, y: float, wide: float, high: float) -> tuple[float, float, float, float]:
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _shared(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """Area that two boxes share."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    up = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(up, 0.0)
