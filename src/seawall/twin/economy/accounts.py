"""The city's accounts: who works where, what is made there, who delivers to whom; every fault of the tables at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from seawall.city import City
from seawall.city.synth.trips import district_of_areas
from seawall.core import Fault, InvalidInput
from seawall.core.errors import closest

SECTORS, FLOWS = "sectors.csv", "flows.csv"

MOST_BOUGHT = 0.97
"""Share of gross output that purchases may make up; above, the tables are in different units."""

NEEDED = "sector, area_id, workers and output_per_day"


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """What the tables `sectors` and `flows` say, by district and sector.

    Output is **value added** by day. Gross output is value added and what is bought from other sectors; it is only used
    to see who depends on whom. What is lost is always told in value added, so that no delivery is counted twice.

    Attributes:
        districts, sectors: codes and names, in the order of the twin.
        workers: float64, shape (district, sector).
        output: float64, shape (district, sector). Value added, money a day.
        remote: float64, shape (district, sector). Share of work that can be done at home; NaN where not told.
        essential: bool, shape (district, sector).
        deliveries: float64, shape (seller, buyer), money a day, of what is made in the city; None where it has no table
            `flows`.
        outside: float64, shape (sector,). What each sector buys from outside the city, money a day.
        assumed: what had to be assumed, in words.
    """

    districts: tuple[str, ...]
    sectors: tuple[str, ...]
    workers: np.ndarray = field(repr=False)
    output: np.ndarray = field(repr=False)
    remote: np.ndarray = field(repr=False)
    essential: np.ndarray = field(repr=False)
    deliveries: np.ndarray | None = field(default=None, repr=False)
    outside: np.ndarray | None = field(default=None, repr=False)
    assumed: tuple[str, ...] = ()

    @property
    def added(self) -> np.ndarray:
        """Value added of the city by sector, float64, shape (sector,)."""
        return np.asarray(self.output.sum(axis=0))

    @property
    def served_first(self) -> np.ndarray:
        """Sectors most of whose output is essential, bool, shape (sector,)."""
        return np.asarray((self.output * self.essential).sum(axis=0) > 0.5 * self.added)

    @property
    def bought(self) -> np.ndarray:
        """What each sector buys, in the city and outside, float64, shape (sector,)."""
        within = np.zeros(len(self.sectors)) if self.deliveries is None else self.deliveries.sum(axis=0)
        return np.asarray(within if self.outside is None else within + self.outside)

    @property
    def gross(self) -> np.ndarray:
        """Gross output by sector, float64, shape (sector,): value added and purchases."""
        return np.asarray(self.added + self.bought)

    @property
    def final(self) -> np.ndarray:
        """What is left of gross output for households, state, investment and other cities, float64, shape (sector,)."""
        sold = 0.0 if self.deliveries is None else self.deliveries.sum(axis=1)
        return np.asarray(self.gross - sold)


def accounts_of(
    city: City, districts: tuple[str, ...], sectors: tuple[str, ...], workers: np.ndarray | None = None
) -> Accounts:
    """Read the accounts of a city.

    Args:
        city: its folder.
        districts, sectors: of the twin.
        workers: float, shape (district, sector). Who works there in the twin: what the table tells of the whole city is
            shared out in proportion to it (evenly where nobody does).

    Raises:
        InvalidInput: the table `sectors` is missing, or anything in the two tables cannot be used; carries every fault.
    """
    if not city.has("sectors"):
        raise InvalidInput(
            f"{city.root.name} has no table sectors: what a restriction costs in output and jobs stays unknown.",
            [
                Fault(
                    file=SECTORS,
                    problem="there is no such table",
                    mend=f"Add it with the columns {NEEDED}, and remote_share and essential where they are known",
                )
            ],
        )
    faults: list[Fault] = []
    table = _rows(city, "sectors", faults)
    flows = _rows(city, "flows", faults) if city.has("flows") else None
    if table is not None:
        _check_sectors(city, table, sectors, faults)
    if flows is not None:
        _check_flows(flows, sectors, faults)
    if faults or table is None:
        raise _refusal(city, faults)
    count, at = len(sectors), {sector: column for column, sector in enumerate(sectors)}
    assumed: list[str] = []
    arrays = _shared_out(city, table, districts, at, workers, assumed)
    deliveries, outside = None, None
    if flows is None:
        assumed.append(
            "No table flows: a stop in one sector starves no other and takes no orders from it, so losses are told "
            "too low."
        )
    else:
        told = np.zeros((count, count))
        for seller, buyer, value in flows.select("from_sector", "to_sector", "value").iter_rows():
            told[at[seller], at[buyer]] += value
        _check_balance(told, arrays["output"].sum(axis=0), sectors, faults)
        deliveries, outside = _made_here(told, arrays["output"].sum(axis=0), sectors, assumed)
    if arrays["output"].sum() <= 0:
        faults.append(_empty("output_per_day", "value added a day, money"))
    if arrays["workers"].sum() <= 0:
        faults.append(_empty("workers", "people employed"))
    if faults:
        raise _refusal(city, faults)
    return Accounts(
        districts=districts,
        sectors=sectors,
        workers=arrays["workers"],
        output=arrays["output"],
        remote=arrays["remote"],
        essential=arrays["essential"] > 0,
        deliveries=deliveries,
        outside=outside,
        assumed=tuple(assumed),
    )


def _refusal(city: City, faults: Sequence[Fault]) -> InvalidInput:
    return InvalidInput(f"The economy of {city.root.name} cannot be read: {len(faults)} fault(s).", faults)


def _empty(column: str, meaning: str) -> Fault:
    return Fault(
        file=SECTORS,
        column=column,
        problem="it is 0 in every row",
        mend=f"Write the {meaning}, for each sector and area",
    )


def _rows(city: City, table: str, faults: list[Fault]) -> pl.DataFrame | None:
    """A table, or its faults."""
    try:
        return city.scan(table).collect()
    except InvalidInput as refused:
        faults.extend(refused.faults)
        return None


def _check_numbers(
    file: str, table: pl.DataFrame, names: tuple[str, str], column: str, faults: list[Fault], high: float = np.inf
) -> None:
    """All numbers are in range; `seawall check` says so too, but need not have been run."""
    most = f" to {high:g}" if np.isfinite(high) else " or more"
    faults.extend(
        Fault(
            file=file,
            column=column,
            problem=f'for "{first}", {second} it is {value:g}; it can be 0{most}',
            mend="Correct that cell",
        )
        for first, second, value in table.select(*names, column).drop_nulls(column).iter_rows()
        if not 0 <= value <= high
    )


def _check_sectors(city: City, table: pl.DataFrame, sectors: tuple[str, ...], faults: list[Fault]) -> None:
    for column, high in (("workers", np.inf), ("output_per_day", np.inf), ("remote_share", 1.0)):
        _check_numbers(SECTORS, table, ("sector", "area_id"), column, faults, high)
    named = table["sector"].unique(maintain_order=True).to_list()
    faults.extend(
        Fault(
            file=SECTORS,
            column="sector",
            problem=f'there is no row for "{sector}", in which residents work{closest(sector, named)}',
            mend="Add its rows, or make the residents of this city anew",
        )
        for sector in sectors
        if sector not in named
    )
    faults.extend(
        Fault(
            file=SECTORS,
            column="sector",
            problem=f'nobody of the residents works in "{sector}"{closest(sector, sectors)}',
            mend="Take its rows out, or make the residents of this city anew",
        )
        for sector in named
        if sector not in sectors
    )
    areas = city.areas
    faults.extend(
        Fault(
            file=SECTORS,
            column="area_id",
            problem=f'"{area_id}" is not in the table areas{closest(area_id, areas.areas)}',
            mend="Write the code of an area",
        )
        for area_id in table["area_id"].unique(maintain_order=True).to_list()
        if area_id not in areas
    )
    for (sector,), rows in table.group_by("sector", maintain_order=True):
        told = [area_id for area_id in rows["area_id"].to_list() if area_id in areas]
        faults.extend(
            Fault(
                file=SECTORS,
                column="area_id",
                problem=f'"{sector}" is told {told.count(area_id)} times for {area_id}',
                mend="Leave one row",
            )
            for area_id in sorted({area_id for area_id in told if told.count(area_id) > 1})
        )
        for area_id in told:
            above = next((step.area_id for step in areas.path(area_id)[:-1] if step.area_id in told), None)
            if above is not None:
                faults.append(
                    Fault(
                        file=SECTORS,
                        column="area_id",
                        problem=f'"{sector}" is told for {above} and again for {area_id}, which lies in it',
                        mend="Tell each sector for the whole or for its parts",
                    )
                )
                break


def _check_flows(flows: pl.DataFrame, sectors: tuple[str, ...], faults: list[Fault]) -> None:
    _check_numbers(FLOWS, flows, ("from_sector", "to_sector"), "value", faults)
    for column in ("from_sector", "to_sector"):
        faults.extend(
            Fault(
                file=FLOWS,
                column=column,
                problem=f'"{sector}" is not a sector of the table sectors{closest(sector, sectors)}',
                mend="Write the name as it stands there, or take the row out",
            )
            for sector in flows[column].unique(maintain_order=True).to_list()
            if sector not in sectors
        )
    twice = flows.group_by("from_sector", "to_sector", maintain_order=True).len().filter(pl.col("len") > 1)
    faults.extend(
        Fault(
            file=FLOWS,
            problem=f'"{seller}" to "{buyer}" is told {times} times',
            mend="Leave one row",
        )
        for seller, buyer, times in twice.iter_rows()
    )


def _check_balance(told: np.ndarray, added: np.ndarray, sectors: tuple[str, ...], faults: list[Fault]) -> None:
    bought = told.sum(axis=0)
    gross = added + bought
    faults.extend(
        Fault(
            file=FLOWS,
            column="value",
            problem=f'"{sector}" buys {bought[row]:,.0f} a day and adds {added[row]:,.0f}: its inputs are '
            f"{bought[row] / gross[row]:.1%} of what it makes, at most {MOST_BOUGHT:.0%} can be",
            mend="Give value in flows and output_per_day in sectors in the same money a day",
        )
        for row, sector in enumerate(sectors)
        if bought[row] > MOST_BOUGHT * gross[row]
    )


def _made_here(
    told: np.ndarray, added: np.ndarray, sectors: tuple[str, ...], assumed: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Deliveries of what is made in the city, and what each sector buys outside.

    Tables of cities often count what comes in from elsewhere as deliveries of the sector that makes such goods. Where
    a sector delivers more than it makes, the rest is taken to come from outside.
    """
    gross, sold = added + told.sum(axis=0), told.sum(axis=1)
    local = np.minimum(1.0, np.divide(gross, sold, out=np.ones_like(gross), where=sold > 0))
    more = [sector for sector, share in zip(sectors, local, strict=True) if share < 1 - 1e-6]
    if more:
        assumed.append(
            f"In flows {', '.join(more)} {'delivers' if len(more) == 1 else 'deliver'} more than what is made here: "
            "the rest is taken to come from outside the city, where it does not run out."
        )
    return told * local[:, None], (told * (1.0 - local[:, None])).sum(axis=0)


def _shared_out(
    city: City,
    table: pl.DataFrame,
    districts: tuple[str, ...],
    at: dict[str, int],
    workers: np.ndarray | None,
    assumed: list[str],
) -> dict[str, np.ndarray]:
    """Workers, output, remote share and essential by district and sector; what is told for the city is shared out."""
    row = district_of_areas(city, districts)
    shape = (len(districts), len(at))
    found = {name: np.zeros(shape) for name in ("workers", "output", "essential", "remote", "told")}
    whole = False
    for sector, area_id, people, output, remote, essential in table.select(
        "sector", "area_id", "workers", "output_per_day", "remote_share", "essential"
    ).iter_rows():
        column = at[sector]
        share = np.zeros(shape[0])
        if area_id in row:
            share[row[area_id]] = 1.0
        else:
            whole = True
            weight = np.ones(shape[0]) if workers is None else workers[:, column]
            share = weight / weight.sum() if weight.sum() > 0 else np.full(shape[0], 1 / shape[0])
        found["workers"][:, column] += share * people
        found["output"][:, column] += share * output
        if essential:
            found["essential"][share > 0, column] = 1.0
        if remote is not None:
            found["remote"][:, column] += share * output * remote
            found["told"][:, column] += share * output
    if whole:
        assumed.append("Sectors told for the whole city are shared out among its districts as the twin's workers are.")
    told = found.pop("told")
    found["remote"] = np.where(told > 0, found["remote"] / np.where(told > 0, told, 1.0), np.nan)
    if np.isnan(found["remote"][found["output"] > 0]).any():
        assumed.append(
            "Where sectors does not tell remote_share, as much is done at home as the order of each limit says."
        )
    return found
