"""A city folder, read: what it is called, what tables it has, and each table with its types."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from seawall.city.areas import Area, AreaTree
from seawall.city.schema import TABLES
from seawall.core import Fault, InvalidInput
from seawall.core.tables import SUFFIXES


@dataclass(frozen=True)
class City:
    """A city folder, ready to be asked.

    Attributes:
        root: the folder.
        settings: `city.toml` as read.
        files: table name to file.
    """

    root: Path
    settings: Mapping[str, Any] = field(repr=False)
    files: Mapping[str, Path] = field(repr=False)

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

        Columns the file lacks come as nulls; columns the schema does not know are left out.

        Raises:
            InvalidInput: the folder does not hold the table.
        """
        if table not in self.files:
            raise InvalidInput(
                f"{self.root.name} has no table {table}.",
                [Fault(file=str(self.root), problem=f"there is no {table}.csv", mend=f"Add it: {TABLES[table].gives}")],
            )
        path = self.files[table]
        lazy = pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path, infer_schema=False)
        present = lazy.collect_schema()
        wanted = []
        for column in TABLES[table].columns:
            if column.name not in present:
                wanted.append(pl.lit(None, dtype=column.dtype).alias(column.name))
            elif present[column.name] == column.dtype:
                wanted.append(pl.col(column.name))
            else:
                wanted.append(_typed(pl.col(column.name), column.kind).alias(column.name))
        return lazy.select(wanted)

    @cached_property
    def areas(self) -> AreaTree:
        """The tree of areas."""
        return AreaTree.of(Area(**row) for row in self.scan("areas").collect().iter_rows(named=True))

    @cached_property
    def polygons(self) -> dict[str, dict[str, Any]]:
        """Area code to GeoJSON geometry, from `areas.geojson`; empty where there is no such file."""
        path = self.root / "areas.geojson"
        if not path.exists():
            return {}
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return {feature["properties"]["area_id"]: feature["geometry"] for feature in features}

    @cached_property
    def fingerprint(self) -> str:
        """Short hash of everything in the folder that a result can depend on."""
        digest = hashlib.blake2b(digest_size=8)
        names = ["city.toml", "areas.geojson", *sorted(path.name for path in self.files.values())]
        for name in names:
            path = self.root / name
            if path.exists():
                digest.update(name.encode())
                with path.open("rb") as stream:
                    while block := stream.read(1 << 20):
                        digest.update(block)
        return digest.hexdigest()


def _typed(text: pl.Expr, kind: str) -> pl.Expr:
    text = text.cast(pl.String).str.strip_chars()
    text = pl.when(text == "").then(None).otherwise(text)
    match kind:
        case "text":
            return text
        case "integer":
            return text.cast(pl.Float64).round().cast(pl.Int64)
        case "number":
            return text.cast(pl.Float64)
        case "boolean":
            return text.str.to_lowercase().replace_strict(
                {
                    "true": True,
                    "false": False,
                    "1": True,
                    "0": False,
                    "yes": True,
                    "no": False,
                    "是": True,
                    "否": False,
                },
                return_dtype=pl.Boolean,
            )
        case "date":
            return text.str.slice(0, 10).str.to_date("%Y-%m-%d")
        case _:
            return text.str.replace("T", " ").str.slice(0, 16).str.to_datetime("%Y-%m-%d %H:%M")


def read_city(root: Path | str) -> City:
    """Open a city folder. Reads `city.toml` and looks which tables there are; tables are read when asked for.

    Raises:
        InvalidInput: there is no such folder, `city.toml` cannot be read, or a table that must be there is not.
    """
    root = Path(root)
    faults: list[Fault] = []
    settings: dict[str, Any] = {}
    if not root.is_dir():
        raise InvalidInput(
            f"{root} is not a city folder.",
            [
                Fault(
                    file=str(root),
                    problem="there is no such folder",
                    mend="Check the path, or write an example with: seawall example DIR",
                )
            ],
        )
    try:
        settings = tomllib.loads((root / "city.toml").read_text(encoding="utf-8-sig"))
        if not str(settings.get("name", "")).strip():
            faults.append(Fault(file="city.toml", problem="it has no name", mend='Add a line: name = "Your City"'))
    except FileNotFoundError:
        faults.append(
            Fault(file="city.toml", problem="there is no such file", mend='Add it with at least: name = "Your City"')
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(file="city.toml", problem=f"it is not TOML ({error})", mend="Correct that line"))
    files: dict[str, Path] = {}
    for table in TABLES:
        found = [root / f"{table}{suffix}" for suffix in SUFFIXES if (root / f"{table}{suffix}").exists()]
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            faults.append(
                Fault(file=table, problem=f"the table is there more than once: {names}", mend="Keep one of them")
            )
        if found:
            files[table] = found[0]
    if "areas" not in files:
        faults.append(
            Fault(
                file="areas.csv",
                problem="there is no such table",
                mend="Add it: one row for the city and one for each district",
            )
        )
    if "cases" not in files and "counts" not in files:
        faults.append(
            Fault(
                file="cases.csv",
                problem="there is neither a cases nor a counts table",
                mend="Add a line list (cases) or daily numbers (counts)",
            )
        )
    if faults:
        raise InvalidInput(f"{root} cannot be read as a city: {len(faults)} problem(s).", faults)
    return City(root=root, settings=settings, files=files)
