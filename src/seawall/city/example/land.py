"""Land and water: a made-up coast with a harbour, a river and islands, cut into communities, subdistricts, districts.

Everything is drawn in a plane of our own, about two units across, with the sea to the east. Straight
lines are then bent by a smooth seeded warp, so that borders and coasts look grown and not drawn, and laid
on the globe at a spot in the open sea where no land is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from seawall.core.draws import generator

OPEN_SEA = (126.4, 29.2)
"""Longitude and latitude of the city's middle: the East China Sea, far from any shore."""

CENTRE = np.array([0.05, 0.13])
SECOND_CENTRE = np.array([-0.42, -0.35])
PORT = np.array([0.2, -0.22])
AIRPORT = np.array([-0.3, 0.72])
RIVER = np.array(
    [[-1.3, -0.25], [-0.95, -0.02], [-0.7, -0.1], [-0.45, 0.0], [-0.22, -0.09], [0.02, -0.03], [0.3, -0.05]]
)
ISLANDS = ((0.86, -0.3, 0.13, 0.21), (0.74, 0.42, 0.035, 0.06), (0.68, -0.62, 0.03, 0.045), (1.02, 0.03, 0.025, 0.03))
"""Centre and half-axes of the islands; the first is large enough for a district."""

RIVER_SIDE = 0.35
"""How far apart, in plane units, the two banks count when districts are formed: a river divides."""


@dataclass(frozen=True, kw_only=True)
class Land:
    """The city's land, cut three times over.

    Communities are numbered so that those of a subdistrict, and subdistricts of a district, follow each other.

    Attributes:
        residents: int, shape (community,).
        subdistrict_of: int, shape (community,).
        district_of: int, shape (subdistrict,).
        cells: polygons of the communities in degrees, shape (community,).
        points: float, shape (community, 2). A point inside each, in degrees.
        coastal: bool, shape (district,). Touches the sea.
        port, airport, island, old_town: number of the district that holds it.
    """

    residents: np.ndarray
    subdistrict_of: np.ndarray
    district_of: np.ndarray
    cells: np.ndarray
    points: np.ndarray
    coastal: np.ndarray
    port: int
    airport: int
    island: int
    old_town: int

    def outlines(self, level: str) -> np.ndarray:
        """Polygons of the districts or subdistricts: unions of their communities."""
        owner = self.subdistrict_of if level == "subdistrict" else self.district_of[self.subdistrict_of]
        return np.array([shapely.union_all(self.cells[owner == unit]) for unit in range(owner.max() + 1)])

    @property
    def district_of_community(self) -> np.ndarray:
        """int, shape (community,)."""
        return np.asarray(self.district_of[self.subdistrict_of])


def divisions(residents: int) -> tuple[int, int, int]:
    """How many districts, subdistricts and communities a city of that size has."""
    districts = int(np.clip(round(8 + 8 * np.log(residents / 2000) / np.log(12_500)), 8, 16))
    subdistricts = max(2 * districts, round(36 * (residents / 300_000) ** 0.43))
    communities = max(3 * subdistricts, round(100 * (residents / 300_000) ** 0.935))
    return districts, subdistricts, communities


def numbered(owner: np.ndarray) -> np.ndarray:
    """Number from 1 of each member within its owner; those of an owner follow each other."""
    first = np.unique(owner, return_index=True)[1]
    return np.asarray(np.arange(owner.size) - first[owner] + 1)


def make_land(residents: int, seed: int) -> Land:
    """Draw the coast, place the people and cut the land.

    Args:
        residents: people to place; they are placed exactly.
        seed: the city's seed.
    """
    districts, subdistricts, communities = divisions(residents)
    draw = generator(seed, "example", "land")
    shore = _shore(draw)
    seeds = _community_seeds(draw, shore, communities)
    unit_of = _grouped(draw, seeds, districts, subdistricts)
    order = np.lexsort((np.arange(communities), unit_of[:, 1], unit_of[:, 0]))
    seeds, unit_of = seeds[order], unit_of[order]
    _, subdistrict_of = np.unique(unit_of[:, 0] * (subdistricts + 1) + unit_of[:, 1], return_inverse=True)
    first = np.unique(subdistrict_of, return_index=True)[1]
    district_of = unit_of[first, 0]
    cells = _cells(seeds, shore)
    warp = _Warp.drawn(draw)
    density = 1100 * (residents / 300_000) ** 0.28
    km_per_unit = float(np.sqrt(residents / density / shore.area))
    globe = _Globe(km_per_unit)
    drawn = _laid(cells, warp, globe)
    points = shapely.get_coordinates(shapely.points(globe.degrees(warp.bent(seeds))))
    inside = shapely.contains_xy(drawn, points[:, 0], points[:, 1])
    spare = shapely.get_coordinates(shapely.point_on_surface(drawn))
    points = np.round(np.where(inside[:, None], points, spare), 5)
    owner = district_of[subdistrict_of]
    coast = shapely.boundary(max(shapely.get_parts(_sea_side(shore)), key=lambda part: part.area))
    near_sea = shapely.distance(cells, coast) < 1e-6
    weights = draw.lognormal(0.0, 0.35, communities)
    share = draw.multinomial(residents - 2 * communities, weights / weights.sum()) + 2
    where = {
        name: int(owner[np.argmin(((seeds - spot) ** 2).sum(axis=1))])
        for name, spot in (
            ("port", PORT),
            ("airport", AIRPORT),
            ("old_town", CENTRE),
            ("island", np.array(ISLANDS[0][:2])),
        )
    }
    return Land(
        residents=share,
        subdistrict_of=subdistrict_of,
        district_of=district_of,
        cells=drawn,
        points=points,
        coastal=np.array([near_sea[owner == unit].any() for unit in range(districts)]),
        **where,
    )


def _sea_side(shore: shapely.Geometry) -> shapely.Geometry:
    """What lies east of the land within a wide box: the open sea, with bay and river."""
    return shapely.box(-0.1, -1.4, 1.6, 1.4).difference(shore)


def _shore(draw: np.random.Generator) -> shapely.Geometry:
    """Land before it is bent: a rounded hinterland, a coast, a bay with a headland, a river, islands."""
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    radius = 1.0 + sum(draw.normal(0, 0.05) * np.sin(wave * angle + draw.uniform(0, 2 * np.pi)) for wave in range(2, 6))
    hinterland = shapely.Polygon(np.column_stack([radius * np.cos(angle) - 0.1, 0.9 * radius * np.sin(angle)]))
    y = np.linspace(-1.4, 1.4, 57)
    x = 0.42 + 0.13 * np.sin(1.9 * y + draw.uniform(-0.4, 0.4)) + _rough(draw, y.size, 0.05)
    sea = shapely.Polygon([*np.column_stack([x, y]), (2.0, 1.4), (2.0, -1.4)])
    land = hinterland.difference(sea)
    headland = shapely.LineString([(0.25, 0.36), (0.48, 0.27), (0.62, 0.12)]).buffer(0.09)
    spit = shapely.LineString([(0.3, -0.42), (0.5, -0.36), (0.58, -0.27)]).buffer(0.045)
    bay = shapely.LineString([(0.7, -0.12), (0.42, -0.08), (0.24, -0.06)]).buffer(0.13)
    basin = shapely.LineString([(0.3, -0.05), (0.2, 0.08)]).buffer(0.045)
    path = shapely.LineString(
        _smooth(RIVER + np.column_stack([np.zeros(len(RIVER)), draw.normal(0, 0.015, len(RIVER))]))
    )
    bends = path.coords
    river = shapely.union_all(
        [
            shapely.LineString(bends[step : step + 2]).buffer(0.006 + 0.03 * (step / len(bends)) ** 2)
            for step in range(len(bends) - 1)
        ]
    )
    islands = [
        shapely.transform(shapely.Point(0, 0).buffer(1.0), lambda unit, a=a, b=b, x=x, y=y: unit * (a, b) + (x, y))
        for x, y, a, b in ISLANDS
    ]
    land = shapely.union_all([land, headland, spit]).difference(shapely.union_all([bay, basin, river]))
    whole = shapely.union_all([land, *islands])
    return shapely.MultiPolygon([part for part in shapely.get_parts(whole) if part.area > 0.002])


def _smooth(points: np.ndarray) -> np.ndarray:
    """A curve round the corners of a path (Chaikin's corner cutting, three times)."""
    for _ in range(3):
        near, far = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.vstack([points[:1], np.stack([near, far], axis=1).reshape(-1, 2), points[-1:]])
    return points


def _rough(draw: np.random.Generator, size: int, scale: float) -> np.ndarray:
    """Correlated noise along a line: a random walk tied to zero at both ends."""
    walk = np.cumsum(draw.normal(0, 1, size))
    walk -= np.linspace(walk[0], walk[-1], size)
    return np.asarray(scale * walk / max(walk.std(), 1e-9))


def _community_seeds(draw: np.random.Generator, shore: shapely.Geometry, count: int) -> np.ndarray:
    """A middle for each community: many where the city is dense, evenly spread, at least one an island."""
    shapely.prepare(shore)
    wanted = 40 * count
    crowd = np.empty((0, 2))
    while len(crowd) < wanted:
        tried = draw.uniform([-1.3, -1.1], [1.1, 1.1], (4 * wanted, 2))
        centre = np.hypot(*(tried - CENTRE).T)
        second = np.hypot(*(tried - SECOND_CENTRE).T)
        density = 0.045 + 0.9 * np.exp(-centre / 0.2) + 0.25 * np.exp(-second / 0.15)
        kept = (draw.random(len(tried)) < density) & shapely.contains_xy(shore, tried[:, 0], tried[:, 1])
        crowd = np.vstack([crowd, tried[kept]])
    islands = np.array([[x, y] for x, y, _, _ in ISLANDS])
    seeds = np.vstack([islands, crowd[: count - len(islands)]])
    for _ in range(4):
        nearest = cKDTree(seeds).query(crowd)[1]
        size = np.bincount(nearest, minlength=count)
        total = np.column_stack([np.bincount(nearest, crowd[:, axis], minlength=count) for axis in (0, 1)])
        middle = np.where(size[:, None] > 0, total / np.maximum(size, 1)[:, None], seeds)
        dry = shapely.contains_xy(shore, middle[:, 0], middle[:, 1])
        seeds = np.where(dry[:, None], middle, seeds)
    return seeds


def _grouped(draw: np.random.Generator, seeds: np.ndarray, districts: int, subdistricts: int) -> np.ndarray:
    """District, and subdistrict within it, of each community; shape (community, 2)."""
    bank = np.where(seeds[:, 1] > np.interp(seeds[:, 0], RIVER[:, 0], RIVER[:, 1]), RIVER_SIDE, 0.0)
    away = np.where(seeds[:, 0] > 0.7, 0.8, 0.0)
    place = np.column_stack([seeds, bank, away])
    district = _clustered(draw, place, districts, rounds=5)
    size = np.bincount(district, minlength=districts)
    parts = np.maximum(1, np.minimum(size // 2, np.round(size * subdistricts / len(seeds)).astype(int)))
    while parts.sum() > subdistricts:
        parts[np.argmin(np.where(parts > 1, size / parts, np.inf))] -= 1
    while parts.sum() < subdistricts and (able := size >= 2 * (parts + 1)).any():
        parts[np.argmax(np.where(able, size / parts, 0.0))] += 1
    subdistrict = np.zeros(len(seeds), dtype=int)
    for unit in range(districts):
        members = np.nonzero(district == unit)[0]
        subdistrict[members] = _clustered(draw, place[members], int(parts[unit]), rounds=8)
    return np.column_stack([district, subdistrict])


def _clustered(draw: np.random.Generator, points: np.ndarray, count: int, rounds: int) -> np.ndarray:
    """Group of each point: k-means from spread-out starts, no group left empty or, where possible, with one point."""
    chosen = [int(draw.integers(len(points)))]
    gap = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < count:
        chosen.append(int(draw.choice(len(points), p=gap / gap.sum())))
        gap = np.minimum(gap, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    centres = points[chosen]
    for _ in range(rounds):
        group = cKDTree(centres).query(points)[1]
        for unit in range(count):
            if (group == unit).any():
                centres[unit] = points[group == unit].mean(axis=0)
    group = np.asarray(cKDTree(centres).query(points)[1])
    least = min(2, len(points) // count)
    while (size := np.bincount(group, minlength=count)).min() < least:
        poor = int(np.argmin(size))
        able = size[group] > least
        distance = np.where(able, ((points - centres[poor]) ** 2).sum(axis=1), np.inf)
        group[np.argmin(distance)] = poor
    return np.asarray(group)


def _cells(seeds: np.ndarray, shore: shapely.Geometry) -> np.ndarray:
    """The land nearest each seed; a piece cut off by water goes to the neighbour it touches most."""
    around = shapely.box(-3, -3, 3, 3)
    net = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=around, ordered=True)
    cells = shapely.intersection(shapely.get_parts(net), shore)
    many = np.nonzero(shapely.get_num_geometries(cells) > 1)[0]
    strays = []
    for cell in many.tolist():
        parts = shapely.get_parts(cells[cell])
        home = int(np.argmin(shapely.distance(parts, shapely.Point(seeds[cell]))))
        cells[cell] = parts[home]
        strays += [(cell, part) for place, part in enumerate(parts) if place != home and part.area > 0]
    tree = shapely.STRtree(cells)
    joined: dict[int, list[shapely.Geometry]] = {}
    for cell, part in strays:
        near = tree.query(part)
        shared = shapely.length(shapely.intersection(cells[near], part))
        heir: int = int(near[np.argmax(shared)]) if near.size and shared.max() > 1e-9 else cell
        joined.setdefault(heir, []).append(part)
    for heir, gained in joined.items():
        cells[heir] = shapely.union_all([cells[heir], *gained])
    return np.asarray(cells)


@dataclass(frozen=True)
class _Warp:
    """A smooth bending of the plane: sums of waves, gentle enough never to fold."""

    waves: np.ndarray
    phases: np.ndarray
    pushes: np.ndarray

    @classmethod
    def drawn(cls, draw: np.random.Generator) -> _Warp:
        lengths = np.repeat([0.9, 0.45, 0.22, 0.11, 0.055], 6)
        direction = draw.uniform(0, 2 * np.pi, lengths.size)
        push = draw.uniform(0, 2 * np.pi, lengths.size)
        return cls(
            waves=2 * np.pi / lengths[:, None] * np.column_stack([np.cos(direction), np.sin(direction)]),
            phases=draw.uniform(0, 2 * np.pi, lengths.size),
            pushes=0.013 * lengths[:, None] * np.column_stack([np.cos(push), np.sin(push)]),
        )

    def bent(self, points: np.ndarray) -> np.ndarray:
        return np.asarray(points + np.sin(points @ self.waves.T + self.phases) @ self.pushes)


@dataclass(frozen=True)
class _Globe:
    """From the plane to degrees."""

    km_per_unit: float

    def degrees(self, points: np.ndarray) -> np.ndarray:
        km = points * self.km_per_unit
        per_lon = 111.32 * np.cos(np.radians(OPEN_SEA[1]))
        return np.asarray(np.column_stack([OPEN_SEA[0] + km[:, 0] / per_lon, OPEN_SEA[1] + km[:, 1] / 110.85]))


def _laid(cells: np.ndarray, warp: _Warp, globe: _Globe) -> np.ndarray:
    """Cells bent, laid on the globe and rounded, with the same corners on both sides of every border."""
    aligned = shapely.transform(cells, lambda points: np.round(points, 9))
    fine = shapely.segmentize(aligned, 0.02)
    laid = shapely.transform(fine, lambda points: np.round(globe.degrees(warp.bent(points)), 5))
    broken = ~shapely.is_valid(laid)
    laid[broken] = shapely.buffer(laid[broken], 0)
    return np.asarray(laid)
