"""A city folder, read: what it is called, what tables it has, and each table with its types."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from seawall.city.areas import Area, AreaTree
from seawall.city.cells import trimmed, value
from seawall.city.check import CheckReport, area_rows, check_city, find_tables, missing_tables, no_folder
from seawall.city.declared import TABLES
from seawall.city.faults import DidYouMean, FaultGroup
from seawall.city.polygons import FILE as POLYGONS
from seawall.city.polygons import check_polygons, read_features
from seawall.city.rules import cell_rules
from seawall.city.settings import FILE as SETTINGS
from seawall.city.settings import read_settings
from seawall.city.table import TableFile, check_key, check_rows, open_table
from seawall.city.transaction import settle
from seawall.city.tree import check_tree
from seawall.core import Fault, InvalidInput


@dataclass(frozen=True)
class City:
    """A city folder, ready to be asked.

    Attributes:
        root: the folder.
        settings: `city.toml` as read.
        files: table name to file.
        checked: whether `check_city` has found no error in it; if not, a table is looked at when it is
            first asked for, so that a bad cell ends in an `InvalidInput` and never deeper inside.
    """

    root: Path
    settings: Mapping[str, Any] = field(repr=False)
    files: Mapping[str, Path] = field(repr=False)
    checked: bool = False

    @classmethod
    def of(cls, report: CheckReport) -> City:
        """The city of a folder that has been checked.

        Raises:
            InvalidInput: the check found errors; it carries them.
        """
        if not report.ok:
            raise report.refusal()
        files, _ = find_tables(report.root)
        return cls(root=report.root, settings=report.settings, files=files, checked=True)

    @property
    def name(self) -> str:
        """Name in Latin script."""
        return str(self.settings["name"])

    @property
    def name_zh(self) -> str:
        """Name in Chinese, or the only name there is."""
        return str(self.settings.get("name_zh") or self.name)

    @property
    def synthetic(self) -> bool:
        """Whether the folder says that its people are made up."""
        return bool(self.settings.get("synthetic", False))

    @property
    def pathogen(self) -> str:
        """Key of the pathogen in the disease catalogue."""
        return str(self.settings.get("pathogen", "covid-omicron-ba2"))

    def has(self, table: str) -> bool:
        """Whether the folder holds the table."""
        return table in self.files

    def scan(self, table: str) -> pl.LazyFrame:
        """A table, lazily, with exactly the columns of its schema in their order and types.

        Columns the file lacks come as nulls; columns the schema does not know are left out, and so are
        rows that say nothing.

        Raises:
            InvalidInput: the folder does not hold the table, or its cells cannot be read.
        """
        if table not in self.files:
            raise InvalidInput(
                f"{self.root.name} has no table {table}.",
                [Fault(file=str(self.root), problem=f"there is no {table}.csv", mend=f"Add it: {TABLES[table].gives}")],
            )
        file = self._opened(table)
        rows = file.scan()
        if file.path.suffix != ".parquet":
            rows = rows.filter(trimmed(pl.col(file.table.key[0])).is_not_null())
        return rows.select(
            value(pl.col(column.name), file.dtypes[column.name], column.kind).alias(column.name)
            if column.name in file.present
            else pl.lit(None, dtype=column.dtype).alias(column.name)
            for column in file.table.columns
        )

    @cached_property
    def _seen(self) -> dict[str, TableFile]:
        return {}

    def _opened(self, table: str) -> TableFile:
        """A table's file, looked at once."""
        if table not in self._seen:
            file = open_table(TABLES[table], self.files[table])
            self.refuse(file.faults)
            if not self.checked:
                self.refuse(check_rows(file, tuple(cell_rules(file.table, file.present, file.native)))[0])
            self._seen[table] = file
        return self._seen[table]

    def refuse(self, faults: Iterable[FaultGroup]) -> None:
        """Raise the errors among the faults, if there are any."""
        errors = [fault for fault in faults if fault.severity == "error"]
        if errors:
            raise InvalidInput(
                f"{self.root} cannot be read as a city. Find all that is wrong with: seawall check {self.root}",
                [fault for group in errors for fault in group.brief()],
            )

    @cached_property
    def areas(self) -> AreaTree:
        """The tree of areas.

        Raises:
            InvalidInput: the areas cannot be read, or are no tree.
        """
        rows = self.scan("areas")
        file = self._opened("areas")
        if not self.checked:
            bare, twice = area_rows(file), check_key(file)
            self.refuse([*([] if bare is None else check_tree(bare, file.path.name)), *([twice] if twice else [])])
        return AreaTree.of(Area(**row) for row in rows.collect().iter_rows(named=True))

    @cached_property
    def polygons(self) -> dict[str, dict[str, Any]]:
        """Area code to GeoJSON geometry, from `areas.geojson`; empty where there is no such file.

        Raises:
            InvalidInput: the file is no GeoJSON with an area code for each polygon.
        """
        path = self.root / POLYGONS
        if not path.exists():
            return {}
        if not self.checked:
            self.refuse(check_polygons(path, set(self.areas.areas), DidYouMean({})))
        features, _ = read_features(path)
        return {feature["properties"]["area_id"]: feature["geometry"] for feature in features}

    @cached_property
    def fingerprint(self) -> str:
        """Short hash of everything in the folder that a result can depend on."""
        digest = hashlib.blake2b(digest_size=8)
        names = [SETTINGS, POLYGONS, *sorted(path.name for path in self.files.values())]
        for name in names:
            path = self.root / name
            if path.exists():
                digest.update(name.encode())
                with path.open("rb") as stream:
                    while block := stream.read(1 << 20):
                        digest.update(block)
        return digest.hexdigest()


def read_city(root: Path | str) -> City:
    """Open a city folder. Reads `city.toml` and looks which tables there are; tables are read when asked for.

    Raises:
        InvalidInput: there is no such folder, `city.toml` cannot be read, or a table that must be there is not.
    """
    root = Path(root)
    if not root.is_dir():
        raise InvalidInput(f"{root} is not a city folder.", [no_folder(root)])
    settle(root)
    settings, faults = read_settings(root)
    files, misnamed = find_tables(root)
    faults += [*misnamed, *missing_tables(files)]
    city = City(root=root, settings=settings, files=files)
    city.refuse(faults)
    return city


def open_city(root: Path | str, today: date | None = None) -> City:
    """Open a city folder after checking all of it; see `check_city`.

    Raises:
        InvalidInput: there is an error anywhere in it; all errors are carried.
    """
    return City.of(check_city(root, today))
