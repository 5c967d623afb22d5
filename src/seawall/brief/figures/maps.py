"""The map: districts shaded by rate where their shapes are known, places and zones as points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seawall.brief.figures.style import INK, RULE, SCALE, SOFT, paint
from seawall.brief.words import Words, msg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_POINTS = 120
"""Places drawn one by one; more are gathered into cells."""

MAX_SHAPES = 120
"""Zones drawn with their shape; more are drawn as points."""

SIZES = 5
"""Sizes of ring a place may have; its area grows with its infections."""

DETAIL = 400
"""A shape keeps points no closer than the map's width divided by this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shade:
    """One area on the map: its shape or its point, its value and its name."""

    area_id: str
    value: float | None
    geometry: Mapping[str, Any] | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A place with infections."""

    lon: float
    lat: float
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneMark:
    """A zone that restricts: its shape where known, else its point."""

    geometry: Mapping[str, Any] | None
    lon: float | None
    lat: float | None


def breaks(values: Sequence[float]) -> list[float]:
    """Lower ends of the map's classes: round numbers, about equally many areas in each.

    Examples:
        >>> breaks([0.0, 3.0, 8.0, 14.0, 40.0, 120.0])
        [0.0, 10.0, 20.0, 60.0]
    """
    positive = sorted(value for value in values if value > 0)
    if not positive:
        return [0.0]
    ends = sorted({_round(float(np.quantile(positive, share))) for share in (0.3, 0.55, 0.8)})
    kept = [0.0]
    for end, beyond in zip(ends, [*ends[1:], math.inf], strict=True):
        if any(end <= value < beyond for value in positive):
            kept.append(end)
    return kept


def risk_map(
    shades: Sequence[Shade],
    dots: Sequence[Dot],
    zones: Sequence[ZoneMark],
    words: Words,
    *,
    title: str,
    alt: str,
    name: str = "map",
    lower: list[float] | None = None,
) -> str:
    """Areas shaded by `value`, places as rings, zones as hatching or crosses, names where they fit.

    Args:
        shades: areas in order of importance: the first keep their names when space is short.
        dots: places; gathered into cells when there are more than `MAX_POINTS`.
        zones: zones of the first rule set that restrict.
        words: language.
        title, alt: for those who do not see it.
        name: id of the figure.
        lower: lower ends of the classes, so that several maps share them; None: `breaks` of this map's values.
    """
    from shapely.geometry import shape

    shapes = {shade.area_id: shape(shade.geometry) for shade in shades if shade.geometry is not None}
    zone_shapes = [shape(zone.geometry) for zone in zones if zone.geometry is not None]
    drawn_zones = zone_shapes if len(zone_shapes) <= MAX_SHAPES else []
    zone_points = [
        (zone.lon, zone.lat)
        for zone in zones
        if zone.lon is not None and zone.lat is not None and (zone.geometry is None or not drawn_zones)
    ]
    bounds = _bounds(shades, dots, zone_points, shapes)
    west, south, east, north = bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    tolerance = max(east - west, north - south) / DETAIL
    height = float(np.clip(3.4 * (north - south) / max((east - west) * squeeze, 1e-9), 2.0, 3.6)) + 0.35
    values = [shade.value for shade in shades if shade.value is not None]
    lower = breaks(values) if lower is None else lower

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.set_aspect(1 / squeeze)
        axes.set_axis_off()
        axes.set_xlim(west, east)
        axes.set_ylim(south, north)
        for shade in shades:
            face = _face(shade.value, lower)
            if shade.area_id in shapes:
                _patch(
                    axes, shapes[shade.area_id].simplify(tolerance), facecolor=face, edgecolor="#ffffff", linewidth=0.8
                )
                _patch(axes, shapes[shade.area_id].simplify(tolerance), facecolor="none", edgecolor=SOFT, linewidth=0.4)
            elif shade.lon is not None and shade.lat is not None:
                axes.plot([shade.lon], [shade.lat], "o", markersize=11, color=face, markeredgecolor=SOFT, mew=0.6)
        for zone in drawn_zones:
            _patch(axes, zone.simplify(tolerance / 2), facecolor="none", edgecolor=INK, linewidth=1.0, hatch="xxxx")
        cell = (east - west) / 15
        _rings(axes, _gathered(dots, cell))
        crosses = _gathered([Dot(lon=lon, lat=lat, size=1.0) for lon, lat in zone_points], cell)
        axes.plot(
            [dot.lon for dot in crosses],
            [dot.lat for dot in crosses],
            "x",
            color=INK,
            markersize=3.2,
            mew=0.8,
            linestyle="none",
        )
        _names(axes, shades=shades, shapes=shapes, words=words, bounds=bounds, squeeze=squeeze, height=height)
        _key(
            figure,
            lower,
            words,
            dots=bool(dots),
            zones="shapes" if drawn_zones else "points" if zone_points else "",
            shaded=bool(values),
        )

    return paint(draw, words, name=name, height=height, title=title, alt=alt)


def _gathered(dots: Sequence[Dot], cell: float) -> list[Dot]:
    """The dots, one for each cell of a grid where there are too many to be told apart."""
    if len(dots) <= MAX_POINTS:
        return list(dots)
    cells: dict[tuple[int, int], list[Dot]] = {}
    for dot in dots:
        cells.setdefault((math.floor(dot.lon / cell), math.floor(dot.lat / cell)), []).append(dot)
    return [
        Dot(
            lon=sum(dot.lon for dot in group) / len(group),
            lat=sum(dot.lat for dot in group) / len(group),
            size=sum(dot.size for dot in group),
        )
        for group in cells.values()
    ]


def _rings(axes: Axes, dots: Sequence[Dot]) -> None:
    if not dots:
        return
    largest = max(dot.size for dot in dots)
    # Few sizes, each one shape used many times: a city full of places stays a small file.
    for step in range(SIZES):
        chosen = [dot for dot in dots if min(int(math.sqrt(dot.size / largest) * SIZES), SIZES - 1) == step]
        axes.plot(
            [dot.lon for dot in chosen],
            [dot.lat for dot in chosen],
            "o",
            linestyle="none",
            markersize=2.2 + 1.5 * step,
            markerfacecolor="#ffffffb0",
            markeredgecolor=INK,
            markeredgewidth=0.7,
        )


def _names(
    axes: Axes,
    *,
    shades: Sequence[Shade],
    shapes: Mapping[str, Any],
    words: Words,
    bounds: tuple[float, float, float, float],
    squeeze: float,
    height: float,
) -> None:
    west, south, east, north = bounds
    per_point = max((east - west) * squeeze / (3.4 * 72), (north - south) / ((height - 0.35) * 72))
    taken: list[tuple[float, float, float, float]] = []
    for shade in shades:
        if shade.area_id in shapes:
            spot = shapes[shade.area_id].representative_point()
            x, y = spot.x, spot.y
        elif shade.lon is not None and shade.lat is not None:
            x, y = shade.lon, shade.lat
        else:
            continue
        text = words.name(shade.area_id)
        half_width = sum(7.0 if ord(letter) > 0x2E80 else 3.7 for letter in text) / 2 * per_point / squeeze
        half_height = 4.5 * per_point
        x = min(max(x, west + half_width), east - half_width)
        box = (x - half_width, y - half_height, x + half_width, y + half_height)
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            continue
        taken.append(box)
        axes.text(x, y, text, ha="center", va="center", fontsize=7, color=INK, gid="halo")


def _key(figure: Figure, lower: list[float], words: Words, *, dots: bool, zones: str, shaded: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    marks: list[Any] = []
    labels: list[str] = []
    if shaded:
        for position, least in enumerate(lower):
            marks.append(Patch(facecolor=_face(least if position else 0.0, lower), edgecolor=SOFT, linewidth=0.4))
            upper = lower[position + 1] if position + 1 < len(lower) else None
            labels.append(
                words.say(msg("under {high:~}"), high=upper)
                if position == 0 and upper is not None
                else words.say(msg("{low:~} to {high:~}"), low=least, high=upper)
                if upper is not None
                else words.say(msg("{low:~} and more"), low=least)
            )
    if dots:
        marks.append(Line2D([], [], marker="o", markersize=4.5, markerfacecolor="none", color=INK, linestyle="none"))
        labels.append(words.say(msg("place with infections")))
    if zones:
        cross = Line2D([], [], marker="x", markersize=3.8, color=INK, mew=0.9, linestyle="none")
        hatched = Patch(facecolor="none", edgecolor=INK, hatch="xxxx", linewidth=1.0)
        marks.append(cross if zones == "points" else hatched)
        labels.append(words.say(msg("zone")))
    if marks:
        figure.legend(
            marks,
            labels,
            loc="outside lower left",
            ncols=3,
            frameon=False,
            fontsize=7,
            handlelength=1.3,
            handletextpad=0.5,
            columnspacing=1.2,
            borderaxespad=0.1,
            labelspacing=0.25,
        )


def _face(value: float | None, lower: list[float]) -> str:
    if value is None:
        return RULE
    level = sum(value >= end for end in lower) - 1
    steps = np.linspace(0, len(SCALE) - 1, max(len(lower), 2)).round().astype(int)
    return SCALE[int(steps[max(level, 0)])]


def _patch(axes: Axes, geometry: Any, **look: Any) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    polygons = getattr(geometry, "geoms", [geometry])
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    outline = [Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings if len(ring.coords) > 3]
    if outline:
        axes.add_patch(PathPatch(Path.make_compound_path(*outline), **look))


def _bounds(
    shades: Sequence[Shade],
    dots: Sequence[Dot],
    points: Sequence[tuple[float, float]],
    shapes: Mapping[str, Any],
) -> tuple[float, float, float, float]:
    if shapes:
        corners = np.array([geometry.bounds for geometry in shapes.values()])
        low, high = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
    else:
        spots = [(shade.lon, shade.lat) for shade in shades if shade.lon is not None and shade.lat is not None]
        spots += [(dot.lon, dot.lat) for dot in dots]
        spots += list(points)
        all_spots = np.array(spots or [(0.0, 0.0)])
        low, high = all_spots.min(axis=0), all_spots.max(axis=0)
    pad = max((high - low).max() * 0.04, 0.005)
    return float(low[0] - pad), float(low[1] - pad), float(high[0] + pad), float(high[1] + pad)


def _round(value: float) -> float:
    """A number rounded to 1, 2, 3, 4, 6 or 8 times a power of ten."""
    if value <= 0:
        return 0.0
    power = 10 ** math.floor(math.log10(value))
    return float(min((1, 2, 3, 4, 6, 8, 10), key=lambda step: abs(step * power - value)) * power)
