"""The areas of a city folder, checked as a tree: one root, no loop, wider above finer, sums that fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from seawall.city.faults import DidYouMean, FaultGroup, group
from seawall.city.schema import LEVELS

POPULATION_TOLERANCE = 0.01
"""Share by which an area's population may differ from the sum of its parts before it is mentioned."""


@dataclass(frozen=True, slots=True)
class _Node:
    row: int
    area_id: str
    parent_id: str | None
    level: str | None
    population: int | None


def check_tree(areas: pl.DataFrame, file: str) -> Iterator[FaultGroup]:
    """Find what keeps the areas from being a tree.

    Args:
        areas: ``row, area_id, parent_id, level, population``; rows without a code left out.
        file: name of the table's file.
    """
    rows = areas.select("row", "area_id", "parent_id", "level", "population").iter_rows()
    nodes: dict[str, _Node] = {}
    for row in rows:
        nodes.setdefault(row[1], _Node(*row))
    for found in (
        _roots(nodes, file),
        _parents(nodes, file),
        _loops(nodes, file),
        _levels(nodes, file),
        _sums(nodes, file),
    ):
        yield from (fault for fault in found if fault is not None)


def _roots(nodes: dict[str, _Node], file: str) -> Iterator[FaultGroup | None]:
    roots = [node for node in nodes.values() if node.parent_id is None]
    city = next((node for node in roots if node.level == LEVELS[0]), roots[0] if roots else None)
    if nodes and city is None:
        yield group(
            "no-root",
            [(None, None, None)],
            file=file,
            column="parent_id",
            problem="every area has a parent, so none is the city",
            mend="Add a row for the city itself, with level city and an empty parent_id",
        )
    if city is None:
        return
    yield group(
        "two-roots",
        ((node.row, node.area_id, city.area_id) for node in roots if node is not city),
        file=file,
        column="parent_id",
        problem='area "{value}" has no parent, and neither has the city "{other}"; only the city may have none',
        mend="Fill in the code of the area it lies in",
    )
    if city.level in LEVELS[1:]:
        yield group(
            "root-level",
            [(city.row, city.level, city.area_id)],
            file=file,
            column="level",
            problem='"{other}" has no parent, so it is the city, but its level is "{value}"',
            mend="Write city as its level, or add a row for the city above it",
        )


def _parents(nodes: dict[str, _Node], file: str) -> Iterator[FaultGroup | None]:
    near = DidYouMean({area_id: f'"{area_id}"' for area_id in nodes})

    def mend(word: str) -> str:
        found = near(word)
        return f"Did you mean {found}" if found else "Use the area_id of a row of this table, or add one"

    yield group(
        "unknown-parent",
        (
            (node.row, node.parent_id, node.area_id)
            for node in nodes.values()
            if node.parent_id is not None and node.parent_id not in nodes
        ),
        file=file,
        column="parent_id",
        problem='the parent "{value}" of "{other}" is not an area of this table',
        mend=mend,
    )


def _loops(nodes: dict[str, _Node], file: str) -> Iterator[FaultGroup | None]:
    reaches_end: set[str] = set()
    in_loop: list[tuple[int | None, str | None, str | None]] = []
    for start in nodes:
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at in nodes and at not in reaches_end and at not in path:
            path[at] = None
            at = nodes[at].parent_id
        if at is not None and at in path:
            order = list(path)
            loop = order[order.index(at) :]
            in_loop.append((nodes[at].row, at, " > ".join([*loop[:6], *(["..."] if len(loop) > 6 else []), at])))
        reaches_end |= set(path)
    yield group(
        "loop",
        in_loop,
        file=file,
        column="parent_id",
        problem='area "{value}" lies within itself: {other}',
        mend="Correct the parent of one of them",
    )


def _levels(nodes: dict[str, _Node], file: str) -> Iterator[FaultGroup | None]:
    depth = {level: position for position, level in enumerate(LEVELS)}
    found = []
    for node in nodes.values():
        parent = nodes.get(node.parent_id or "")
        if parent is None or node.level not in depth or parent.level not in depth or parent is node:
            continue
        if depth[node.level] <= depth[parent.level]:
            found.append((node.row, node.level, f'{parent.level} "{parent.area_id}"'))
    yield group(
        "level-order",
        found,
        file=file,
        column="level",
        problem="a {value} cannot lie in the {other}",
        mend=f"Correct the level or the parent; levels run {' > '.join(LEVELS)}",
    )


def _sums(nodes: dict[str, _Node], file: str) -> Iterator[FaultGroup | None]:
    total: dict[str, int] = {}
    unknown: set[str] = set()
    for node in nodes.values():
        if node.parent_id is None:
            continue
        if node.population is None:
            unknown.add(node.parent_id)
        else:
            total[node.parent_id] = total.get(node.parent_id, 0) + node.population
    found: list[tuple[int | None, str | None, str | None]] = []
    for node in nodes.values():
        parts = total.get(node.area_id)
        if node.population is None or parts is None or node.area_id in unknown:
            continue
        if abs(parts - node.population) > POPULATION_TOLERANCE * max(node.population, 1):
            found.append((node.row, f"{node.population:,}", f"{parts:,}"))
    yield group(
        "population-sum",
        found,
        file=file,
        column="population",
        problem="the area has {value} residents but its parts have {other} together",
        mend="Correct one of them; rates of the area and of its parts do not fit together",
        severity="warning",
    )
