"""How many people a zone binds: stated where it can be, estimated and marked so where it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import polars as pl

from seawall.city import AreaTree
from seawall.core import check_quantities, quantity
from seawall.zones.ruleset import UNITS

BASES: dict[str, str] = {
    "place": "the place's own capacity",
    "area": "the area's population",
    "shared": "the area's population, divided by the residences known in it",
    "typical": "the typical size of such a unit",
    "at_most": "one unit of the rule's size for each infection, at its typical size, and no more than live there",
    "nobody": "nobody lives there: a workplace or venue",
    "unknown": "neither capacity nor population is known",
}
"""What `residents_basis` says: where the number of residents comes from."""

RESIDENTIAL = ("residence", "care_home", "other")
"""Kinds of place in which people live or may live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSizes:
    """Typical numbers of residents, where a folder says nothing better."""

    household: float = quantity(
        2.62,
        unit="person",
        low=1,
        high=20,
        source="China population census 2020, mean size of a family household",
        about="Residents of a household.",
    )
    floor: float = quantity(
        10.0, unit="person", low=1, high=200, source="assumed: four households", about="Residents of one floor."
    )
    building: float = quantity(
        150.0,
        unit="person",
        low=2,
        high=3000,
        source="assumed: a staircase of some 15 floors",
        about="Residents of a building, or of one of its staircases.",
    )
    compound: float = quantity(
        713.0,
        unit="person",
        low=10,
        high=50_000,
        source="Shanghai press conference 20 April 2022: 16,650 closed zones with 11.878 million residents",
        about="Residents of a residential compound, village or listed address.",
    )

    def __post_init__(self) -> None:
        check_quantities(self)

    def of(self, unit: str) -> float | None:
        """Typical residents of a unit, None for areas, whose population a folder states."""
        return getattr(self, unit) if unit in {field.name for field in fields(self)} else None


def data_unit(place_id: str | None, level: str) -> str:
    """The unit of `UNITS` that a zone of the data stands for: an address stands with ``compound``."""
    return "compound" if place_id is not None else level


def is_finer(unit: str, other: str) -> bool:
    """Whether a unit is finer than another."""
    return UNITS.index(unit) < UNITS.index(other)


def next_finer(unit: str, sizes: UnitSizes) -> str | None:
    """The next finer unit of known typical size, or None below the household."""
    finer = [name for name in UNITS[: UNITS.index(unit)] if sizes.of(name) is not None]
    return finer[-1] if finer else None


def place_residents(places: pl.DataFrame, areas: AreaTree, sizes: UnitSizes) -> pl.DataFrame:
    """Residents of every place, with the basis of the number.

    A residence without a stated capacity gets the smaller of two numbers: its area's population divided
    by the residences known there (too much when not all are known), and the typical compound.

    Args:
        places: ``place_id, area_id, kind, capacity``.
        areas: the tree, for the populations.
        sizes: typical sizes.

    Returns:
        ``place_id, place_residents, place_basis``.
    """
    lived_in = pl.col("kind").is_in(list(RESIDENTIAL))
    known = places.filter(lived_in).group_by("area_id").agg(residences=pl.len())
    population = _populations(known["area_id"].to_list(), areas)
    shared = pl.col("population") / pl.col("residences")
    return (
        places.join(known, on="area_id", how="left")
        .join(population, on="area_id", how="left")
        .with_columns(_shared=shared)
        .select(
            "place_id",
            place_residents=pl.when(~lived_in)
            .then(0.0)
            .when(pl.col("capacity").is_not_null())
            .then(pl.col("capacity"))
            .otherwise(pl.min_horizontal("_shared", pl.lit(sizes.compound))),
            place_basis=pl.when(~lived_in)
            .then(pl.lit("nobody"))
            .when(pl.col("capacity").is_not_null())
            .then(pl.lit("place"))
            .when(pl.col("_shared") < sizes.compound)
            .then(pl.lit("shared"))
            .otherwise(pl.lit("typical")),
        )
    )


def _populations(area_ids: list[str], areas: AreaTree) -> pl.DataFrame:
    known: Mapping[str, int | None] = {area_id: areas.population(area_id) for area_id in area_ids}
    return pl.DataFrame(
        {"area_id": list(known), "population": list(known.values())},
        schema={"area_id": pl.String, "population": pl.Float64},
    )


def zone_residents(
    zones: pl.DataFrame, places: pl.DataFrame, areas: AreaTree, unit: str, sizes: UnitSizes
) -> pl.DataFrame:
    """Residents each zone binds under a rule whose own unit is `unit`.

    Where the data name no unit as fine as the rule's (the rule closes a building, the data know the
    address), the rule would close at most one unit for each recent infection: that many at their typical
    size, and never more than live in the zone.

    Args:
        zones: ``area_id, place_id, unit, recent`` (infections, or visits, within the clock's span).
        places: ``place_id, area_id, kind, capacity``.
        areas: the tree.
        unit: the rule's own unit.
        sizes: typical sizes.

    Returns:
        `zones` with ``residents`` (Int64, null where not known) and ``residents_basis``.
    """
    populations = _populations(zones["area_id"].unique().to_list(), areas)
    size = sizes.of(unit)
    finer = pl.col("unit").is_in([name for name in (*UNITS, "place") if _stands_for(name) > UNITS.index(unit)])
    whole = pl.coalesce("place_residents", "population")
    basis = (
        pl.when(pl.col("place_basis").is_not_null())
        .then("place_basis")
        .when(pl.col("population").is_not_null())
        .then(pl.lit("area"))
        .otherwise(pl.lit("unknown"))
    )
    joined = (
        zones.join(place_residents(places, areas, sizes), on="place_id", how="left")
        .join(populations, on="area_id", how="left")
        .with_columns(
            population=pl.when(pl.col("place_id").is_null()).then("population"),
        )
        .with_columns(_whole=whole, _basis=basis)
    )
    if size is None:
        return joined.with_columns(
            residents=pl.col("_whole").round().cast(pl.Int64), residents_basis=pl.col("_basis")
        ).drop("_whole", "_basis", "place_residents", "place_basis", "population")
    most = pl.col("recent") * size
    capped = finer & (pl.col("_basis") != "nobody") & (pl.col("_whole").is_null() | (most < pl.col("_whole")))
    return joined.with_columns(
        residents=pl.when(capped).then(most).otherwise("_whole").round().cast(pl.Int64),
        residents_basis=pl.when(capped).then(pl.lit("at_most")).otherwise("_basis"),
    ).drop("_whole", "_basis", "place_residents", "place_basis", "population")


def _stands_for(unit: str) -> int:
    return UNITS.index("compound" if unit == "place" else unit)
