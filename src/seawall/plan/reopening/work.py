"""Who works where on what, and which sector lives on which: the economy as a plan of reopening needs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from seawall.city import City
from seawall.city.synth.jobs import sectors_of
from seawall.city.synth.trips import district_of_areas
from seawall.core import Fault, InvalidInput
from seawall.core.errors import closest
from seawall.core.tables import read_strings
from seawall.twin.economy.accounts import Accounts, accounts_of
from seawall.twin.economy.kinds import faces_customers, teaches
from seawall.twin.economy.leontief import coefficients


@dataclass(frozen=True, kw_only=True)
class Work:
    """Units that an order can speak of: a sector in a district, or one key firm of it.

    Attributes:
        districts, sectors: codes and names.
        district, sector: int64, shape (unit,).
        firms: name of the firm; empty for the rest of a sector in a district. Shape (unit,).
        workers: float64, shape (unit,).
        value: float64, shape (unit,). Value added a day, all at work, in the money of the table `sectors`.
        remote: float64, shape (unit,). Share of the work that can be done from home.
        essential: bool, shape (unit,).
        gross: float64, shape (sector,). Gross output a day: value added and what is bought from sectors of the city.
        inputs: float64, shape (sector, sector). What a unit of gross output of the second buys of the first.
        serves, teaches: bool, shape (sector,). Whether customers or pupils come; they cannot live at work.
        notes: what had to be assumed, in sentences.
    """

    districts: tuple[str, ...]
    sectors: tuple[str, ...]
    district: np.ndarray = field(repr=False)
    sector: np.ndarray = field(repr=False)
    firms: tuple[str, ...] = field(repr=False)
    workers: np.ndarray = field(repr=False)
    value: np.ndarray = field(repr=False)
    remote: np.ndarray = field(repr=False)
    essential: np.ndarray = field(repr=False)
    gross: np.ndarray = field(repr=False)
    inputs: np.ndarray = field(repr=False)
    serves: np.ndarray = field(repr=False)
    teaches: np.ndarray = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def units(self) -> int:
        """How many units there are."""
        return self.district.size

    @property
    def final(self) -> np.ndarray:
        """What each sector delivers to households and beyond the city on a usual day, float64, shape (sector,)."""
        return np.asarray(self.gross - self.inputs @ self.gross)

    @property
    def gross_of_unit(self) -> np.ndarray:
        """Gross output of each unit, in proportion to its value added in its sector; float64, shape (unit,)."""
        value = np.bincount(self.sector, self.value, minlength=len(self.sectors))
        share = self.value / np.where(value > 0, value, 1.0)[self.sector]
        return np.asarray(share * self.gross[self.sector])

    def present_at_work(self, presence: np.ndarray) -> np.ndarray:
        """Infections at work beside those of usual days, by district and period; shape (district, period).

        Both of two colleagues have to be there: a unit counts with the square of its presence.

        Args:
            presence: float64, shape (unit, period).
        """
        return self._by_district(self.workers, presence**2)

    def present_to_customers(self, presence: np.ndarray) -> np.ndarray:
        """Contacts with and among customers beside those of usual days; shape (district, period)."""
        return self._by_district(self.workers * self.serves[self.sector], presence)

    def share_at_work(self) -> np.ndarray:
        """Derivative of `present_at_work` of its district by the square of a unit's presence; shape (unit,)."""
        total = np.bincount(self.district, self.workers, minlength=len(self.districts))
        return np.asarray(self.workers / np.where(total > 0, total, 1.0)[self.district])

    def share_to_customers(self) -> np.ndarray:
        """Derivative of `present_to_customers` of its district by the presence of a unit; shape (unit,)."""
        weight = self.workers * self.serves[self.sector]
        total = np.bincount(self.district, weight, minlength=len(self.districts))
        return np.asarray(weight / np.where(total > 0, total, 1.0)[self.district])

    def _by_district(self, weight: np.ndarray, strength: np.ndarray) -> np.ndarray:
        count = len(self.districts)
        total = np.bincount(self.district, weight, minlength=count)
        found = np.zeros((count, strength.shape[1]))
        np.add.at(found, self.district, weight[:, None] * strength)
        return np.where(total[:, None] > 0, found / np.where(total > 0, total, 1.0)[:, None], 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """A key firm: one that gets orders of its own.

    Attributes:
        place_id, name: as in the table `places`.
        district, sector: index.
        workers: people employed.
        value: value added a day; None: its share of the workers of its sector in its district.
    """

    place_id: str
    name: str
    district: int
    sector: int
    workers: float
    value: float | None = None


def work_of(city: City, districts: tuple[str, ...], firms: Path | None = None) -> Work:
    """Read the economy of a city.

    Args:
        city: its folder.
        districts: codes.
        firms: table of key firms; see `read_firms`.

    Raises:
        InvalidInput: the tables of the economy or of the firms cannot be used; carries every fault.
    """
    defaults: list[str] = []
    sectors = sectors_of(city, districts, defaults)[0] if city.has("sectors") else ()
    accounts = accounts_of(city, districts, sectors)
    key = () if firms is None else read_firms(firms, city, accounts)
    return units_of(accounts, key)


def units_of(accounts: Accounts, firms: Sequence[Firm] = ()) -> Work:
    """Sectors by district, less their key firms, and the key firms."""
    workers, value = accounts.workers.copy(), accounts.output.copy()
    remote = np.nan_to_num(accounts.remote, nan=0.0)
    rows = []
    for firm in firms:
        at = (firm.district, firm.sector)
        share = firm.workers / max(accounts.workers[at], 1e-9)
        worth = share * accounts.output[at] if firm.value is None else firm.value
        rows.append((*at, firm.name or firm.place_id, firm.workers, worth))
        workers[at] -= firm.workers
        value[at] -= worth
    rest = np.argwhere((workers > 1e-9) | (value > 1e-9))
    district = np.array([*rest[:, 0], *(row[0] for row in rows)], dtype=np.int64)
    sector = np.array([*rest[:, 1], *(row[1] for row in rows)], dtype=np.int64)
    names = ("",) * len(rest) + tuple(str(row[2]) for row in rows)
    order = np.lexsort((np.array([bool(name) for name in names]), sector, district))
    gross = accounts.gross
    count = len(accounts.sectors)
    inputs = np.zeros((count, count)) if accounts.deliveries is None else coefficients(accounts.deliveries, gross)
    notes = list(accounts.assumed)
    if np.isnan(accounts.remote[accounts.output > 0]).any():
        notes.append("Where the table sectors has no remote_share, nothing is done from home.")
    people = np.concatenate([workers[rest[:, 0], rest[:, 1]], [row[3] for row in rows]])
    made = np.concatenate([value[rest[:, 0], rest[:, 1]], [row[4] for row in rows]])
    return Work(
        districts=accounts.districts,
        sectors=accounts.sectors,
        district=district[order],
        sector=sector[order],
        firms=tuple(names[at] for at in order.tolist()),
        workers=people[order],
        value=made[order],
        remote=remote[district, sector][order],
        essential=accounts.essential[district, sector][order],
        gross=gross,
        inputs=inputs,
        serves=faces_customers(accounts.sectors),
        teaches=teaches(accounts.sectors),
        notes=tuple(notes),
    )


def read_firms(path: Path, city: City, accounts: Accounts) -> tuple[Firm, ...]:
    """Key firms from a table ``place_id, sector[, workers][, output_per_day]``.

    Workers left out are the capacity of the place in the table `places`.

    Raises:
        InvalidInput: carries every fault, with its row.
    """
    table, file = read_strings(path), path.name
    faults: list[Fault] = []

    def fault(row: int | None, column: str, problem: str, mend: str) -> None:
        faults.append(Fault(file=file, row=row, column=column, problem=problem, mend=mend))

    for column in ("place_id", "sector"):
        if column not in table.columns:
            fault(None, column, "it is missing", "Give place_id and sector, and workers and output_per_day if known")
    if faults or not city.has("places"):
        if not city.has("places"):
            problem = "the city has no table places, so nobody knows where the firms lie"
            fault(None, "place_id", problem, "Add the table places with the firms in it")
        raise InvalidInput(f"{file} cannot be read as a table of key firms.", faults)
    known = {
        row["place_id"]: row
        for row in city.scan("places").select("place_id", "area_id", "name", "capacity").collect().iter_rows(named=True)
    }
    district = district_of_areas(city, accounts.districts)
    seen = Counter(table["place_id"].to_list())
    found = []
    for number, row in enumerate(table.iter_rows(named=True), start=2):
        code, sector = row["place_id"] or "", row["sector"] or ""
        place = known.get(code)
        if place is None:
            fault(number, "place_id", f'"{code}" is not in the table places{closest(code, known)}', "Write its code")
        elif place["area_id"] not in district:
            fault(number, "place_id", f'"{code}" lies in no district', "Give the place an area within a district")
        if seen[code] > 1:
            fault(number, "place_id", f'"{code}" stands {seen[code]} times', "Leave one row")
        if sector not in accounts.sectors:
            problem = f'"{sector}" is not a sector of the table sectors{closest(sector, accounts.sectors)}'
            fault(number, "sector", problem, "Write the name as it stands there")
        workers = _number(row.get("workers"))
        value = _number(row.get("output_per_day"))
        for column, number_of in (("workers", workers), ("output_per_day", value)):
            if number_of is not None and not 0 <= number_of < np.inf:
                fault(number, column, f'"{row[column]}" is not a number of 0 or more', "Correct it, or leave it empty")
        if workers is None and place is not None and place["capacity"] is None:
            problem = f'nobody knows how many work in "{code}"'
            fault(number, "workers", problem, "Give workers here, or capacity in the table places")
        if place is not None and sector in accounts.sectors and place["area_id"] in district:
            people = float(place["capacity"] or 0) if workers is None else workers
            where = (district[place["area_id"]], accounts.sectors.index(sector))
            found.append(
                Firm(
                    place_id=code,
                    name=place["name"] or code,
                    district=where[0],
                    sector=where[1],
                    workers=people,
                    value=value,
                )
            )
    if not faults:
        faults += _too_large(found, accounts, file)
    if faults:
        raise InvalidInput(f"{file} has {len(faults)} problem(s); nothing was planned.", faults)
    return tuple(found)


def _number(cell: str | None) -> float | None:
    """A cell as a number; None where it is empty, NaN where it is none."""
    if cell is None or not cell.strip():
        return None
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _too_large(firms: Sequence[Firm], accounts: Accounts, file: str) -> list[Fault]:
    """Sectors of a district that are smaller than their key firms together."""
    faults = []
    for at in sorted({(firm.district, firm.sector) for firm in firms}):
        mine = [firm for firm in firms if (firm.district, firm.sector) == at]
        name = f'"{accounts.sectors[at[1]]}" in {accounts.districts[at[0]]}'
        people = sum(firm.workers for firm in mine)
        if people > accounts.workers[at] * (1 + 1e-9):
            problem = f"key firms of {name} have {people:,.0f} workers, the sector there {accounts.workers[at]:,.0f}"
            faults.append(Fault(file=file, column="workers", problem=problem, mend="Correct one of the two tables"))
        value = sum(firm.value or 0.0 for firm in mine)
        if value > accounts.output[at] * (1 + 1e-9):
            problem = f"key firms of {name} make {value:,.0f} a day, the sector there {accounts.output[at]:,.0f}"
            faults.append(
                Fault(file=file, column="output_per_day", problem=problem, mend="Correct one of the two tables")
            )
    return faults
