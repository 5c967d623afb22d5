"""The rows of a foreign file put into the form of the city folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import polars as pl

from seawall.city.importing.columns import AREA, Layout, Origin, canonical, plain_text, raw
from seawall.city.importing.mapping import ColumnMap, TableMap
from seawall.city.importing.places import AreaFinder, Found
from seawall.city.importing.sources import cell_name
from seawall.city.importing.values import clean, is_band
from seawall.city.table import ROW

HEAD = "\x00head"
"""Column that carries the header a record's number stands under, where a row holds many."""


class Former:
    """Puts the rows of a file into the form of the city folder."""

    def __init__(self, layout: Layout, finder: AreaFinder, tick: Callable[[int], None]) -> None:
        self.tick = tick
        self.layout = layout
        self.finder = finder
        self.passed_over = 0
        self.banded = 0
        self._found: dict[tuple[str | None, str | None, str | None], Found] = {}
        self._loosely: Counter[str] = Counter()

    def batches(self) -> Iterator[pl.DataFrame]:
        """The records: ``ROW, HEAD``, and for each column that is filled its text in the form of the city folder.

        Beside it stand, where there are such, ``raw:`` with its cells as they came, and ``trouble:`` and
        ``detail:`` with why no area was found for them.
        """
        for cells in self.layout.source.batches():
            rows = self._wanted(cells)
            if rows.height:
                formed = self._formed(rows)
                if formed.height:
                    yield formed
            self.tick(cells.height)

    def notes(self) -> list[str]:
        """What was read in a way that should be known."""
        notes = [f"{word} ({number:,} rows)" for word, number in self._loosely.most_common(20)]
        if self.banded:
            notes.append(f"{self.banded:,} ages given as a band were read as its middle, open bands as their lower end")
        return notes

    def _wanted(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The rows that say something, are not the header again, and have the cells that `where` asks for."""
        header = self.layout.source.header
        names = [cell_name(at) for at in range(len(header))]
        blank = pl.all_horizontal(pl.col(name).str.strip_chars().fill_null("") == "" for name in names)
        again = pl.all_horizontal(pl.col(name) == pl.lit(head) for name, head in zip(names, header, strict=True))
        keep = ~blank & ~again.fill_null(value=False)
        for at, wanted in self.layout.where.items():
            keep &= plain_text(pl.col(cell_name(at))).fill_null("").is_in(wanted)
        rows = cells.filter(keep)
        self.passed_over += cells.height - rows.height
        return rows

    def _formed(self, rows: pl.DataFrame) -> pl.DataFrame:
        part = self.layout.part
        formed = [rows[ROW], pl.repeat(None, rows.height, eager=True, dtype=pl.String).alias(HEAD)]
        for origin in self.layout.origins:
            name = origin.column.name
            text = rows.select(
                pl.repeat(origin.how.value, rows.height) if not origin.places else raw(origin)
            ).to_series()
            formed += [_once_each(text, origin, part).alias(name), text.cast(pl.String).alias(f"raw:{name}")]
            if origin.within is not None:
                formed.append(rows.select(clean(pl.col(cell_name(origin.within)))).to_series().alias(f"within:{name}"))
            if name == "age":
                self.banded += int(text.to_frame("age").select(is_band(clean(pl.col("age"))).sum()).item())
        places = [cell_name(at) for at in self.layout.wide]
        frame = pl.DataFrame([*formed, *rows.select(places).get_columns()])
        for origin in self.layout.origins:
            if origin.column.refers_to == AREA and part.table != "areas":
                frame = self._with_area(frame, origin)
        return self._long(frame, places) if part.wide else frame

    def _long(self, frame: pl.DataFrame, places: list[str]) -> pl.DataFrame:
        """One record for each filled cell of the wide columns."""
        wide = self.layout.part.wide
        if wide is None:
            return frame
        header = self.layout.source.header
        kept = [name for name in frame.columns if name not in places and name != HEAD]
        long = frame.drop(HEAD).unpivot(on=places, index=kept, variable_name=HEAD, value_name=f"raw:{wide.value}")
        column = self.layout.part.schema.column(wide.value)
        origin = Origin(column=column, how=self.layout.part.columns.get(wide.value, ColumnMap()))
        said = {cell_name(at): meant for at, meant in self.layout.wide.items()}
        names = {cell_name(at): header[at] for at in self.layout.wide}
        filled = long.filter(clean(pl.col(f"raw:{wide.value}")).is_not_null())
        return filled.with_columns(
            pl.col(HEAD).replace_strict(said, return_dtype=pl.String).alias(wide.into),
            pl.col(HEAD).replace_strict(names, return_dtype=pl.String).alias(f"raw:{wide.into}"),
            pl.col(HEAD).replace_strict(names, return_dtype=pl.String).alias(HEAD),
            canonical(origin, self.layout.part, pl.col(f"raw:{wide.value}")).alias(wide.value),
        ).sort(ROW, maintain_order=True)

    def _with_area(self, frame: pl.DataFrame, origin: Origin) -> pl.DataFrame:
        """The column with codes of areas in place of what the file calls them."""
        name = origin.column.name
        keys = [name, *([f"within:{name}"] if origin.within is not None else [])]
        words = frame.group_by(keys).len()
        found = []
        for *said, number in words.iter_rows():
            word, within = said[0], said[1] if len(said) > 1 else None
            area = self._area(word, within, origin)
            if area.loosely and area.area_id is not None:
                self._loosely[f'"{word}" was read as {area.area_id}'] += number
            found.append((*said, area.area_id, area.trouble, area.detail))
        schema = [*keys, "\x00area", f"trouble:{name}", f"detail:{name}"]
        table = pl.DataFrame(found, schema=dict.fromkeys(schema, pl.String), orient="row")
        joined = frame.join(table, on=keys, how="left", nulls_equal=True, maintain_order="left")
        return joined.with_columns(pl.col("\x00area").alias(name)).drop("\x00area", f"within:{name}", strict=False)

    def _area(self, word: str | None, within: str | None, origin: Origin) -> Found:
        key = (word, within, origin.how.level)
        if key not in self._found:
            found = Found(None) if word is None else self.finder.find(word, within, origin.how.level)
            if found.area_id is None and origin.how.fallback and within is not None:
                wider = self.finder.find(within)
                found = wider if wider.area_id is not None or word is None else found
            self._found[key] = found
        return self._found[key]


def _once_each(text: pl.Series, origin: Origin, part: TableMap) -> pl.Series:
    """The cells in form. Most columns say the same few things over and over: each is put into form once."""
    said = text.unique()
    if 2 * len(said) > len(text):
        return text.to_frame("said").select(canonical(origin, part, pl.col("said"))).to_series()
    meant = said.to_frame("said").with_columns(canonical(origin, part, pl.col("said")).alias("meant"))
    joined = text.to_frame("said").join(meant, on="said", how="left", nulls_equal=True, maintain_order="left")
    return joined["meant"]
