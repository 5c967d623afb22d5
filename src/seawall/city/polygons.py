"""`areas.geojson`, checked: each polygon belongs to an area, and can be drawn."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from seawall.city.faults import DidYouMean, FaultGroup, group, single

FILE = "areas.geojson"


def read_features(path: Path) -> tuple[list[Any], FaultGroup | None]:
    """The features of a GeoJSON file, and what keeps it from being one. Nothing is raised."""
    problem, row = "", None
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        problem = "it is not UTF-8 text"
    except json.JSONDecodeError as error:
        problem, row = f"it is not JSON ({error.msg}, column {error.colno})", error.lineno
    except (RecursionError, ValueError) as error:
        problem = f"it is not JSON ({str(error).splitlines()[0] if str(error) else 'nested too deeply'})"
    except OSError as error:
        problem = f"it cannot be read ({error.strerror or error})"
    else:
        features = collection.get("features") if isinstance(collection, dict) else None
        if isinstance(features, list):
            return features, None
        problem = "it holds no list of features"
    mend = "Export the areas again as a GeoJSON FeatureCollection, in UTF-8"
    return [], single("not-geojson", file=FILE, row=row, problem=problem, mend=mend)


def check_polygons(path: Path, areas: Collection[str] | None, near: DidYouMean) -> Iterator[FaultGroup]:
    """Find what is wrong with the polygons of a city.

    Args:
        path: the file.
        areas: codes of the areas there are; None where the table of areas cannot be read.
        near: finds the area that was meant.

    Row numbers are places in the list of features, counted from 1.
    """
    features, broken = read_features(path)
    if broken:
        yield broken
        return
    nameless: list[tuple[int | None, str | None, str | None]] = []
    unknown: list[tuple[int | None, str | None, str | None]] = []
    twice: list[tuple[int | None, str | None, str | None]] = []
    shapeless: list[tuple[int | None, str | None, str | None]] = []
    invalid: list[tuple[int | None, str | None, str | None]] = []
    first: dict[str, int] = {}
    for place, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        area_id = properties.get("area_id") if isinstance(properties, dict) else None
        if not isinstance(area_id, str) or not area_id:
            shown = None if area_id is None else str(area_id)
            nameless.append((place, shown, _names_in(properties)))
            area_id = None
        elif areas is not None and area_id not in areas:
            unknown.append((place, area_id, None))
        elif area_id in first:
            twice.append((place, area_id, str(first[area_id])))
        else:
            first[area_id] = place
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if (why := _why_not_drawn(geometry)) is not None:
            shapeless.append((place, area_id or "", why))
        elif (why := _why_not_valid(geometry)) is not None:
            invalid.append((place, area_id or "", why))

    def mend(word: str) -> str:
        found = near(word)
        return f"Did you mean {found}" if found else "Use an area_id of the table areas, or leave the polygon out"

    found = (
        group(
            "no-area-id",
            nameless,
            file=FILE,
            column="area_id",
            problem="the feature has no property area_id that is text{other}",
            mend="Add the area's code to its properties, as text",
        ),
        group(
            "unknown-reference",
            unknown,
            file=FILE,
            column="area_id",
            problem='"{value}" is not in areas',
            mend=mend,
        ),
        group(
            "duplicate-key",
            twice,
            file=FILE,
            column="area_id",
            problem='area "{value}" has a polygon already, feature {other}',
            mend="Join them into one MultiPolygon",
        ),
        group(
            "not-a-polygon",
            shapeless,
            file=FILE,
            column="geometry",
            problem='the shape of "{value}" cannot be drawn: {other}',
            mend="Give a Polygon or MultiPolygon in longitude and latitude (WGS-84)",
        ),
        group(
            "invalid-polygon",
            invalid,
            file=FILE,
            column="geometry",
            problem='the polygon of "{value}" is not valid: {other}',
            mend="Mend it where the map is kept; it is drawn as it is",
            severity="warning",
        ),
    )
    yield from (fault for fault in found if fault is not None)


def _names_in(properties: Any) -> str:
    if not isinstance(properties, dict) or not properties:
        return ""
    return "; it has " + ", ".join(list(map(str, properties))[:6])


def _why_not_drawn(geometry: Any) -> str | None:
    """Why a geometry is no polygon on the map; None where it is one."""
    import shapely

    if not isinstance(geometry, dict):
        return "it has no geometry"
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        return f"it is a {kind}, not a Polygon or MultiPolygon"
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.ShapelyError, ValueError, RecursionError) as error:
        return (str(error) or "it cannot be read").splitlines()[0]
    if shape.is_empty:
        return "it has no points"
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return "its coordinates are not longitude and latitude"
    return None


def _why_not_valid(geometry: Any) -> str | None:
    """Why a polygon contradicts itself; None where it does not."""
    import shapely

    shape = shapely.from_geojson(json.dumps(geometry))
    return None if shape.is_valid else str(shapely.is_valid_reason(shape))
