"""One file read for one table: its rows in the form of the city folder, each held against its rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import polars as pl

from seawall.city.faults import HITS, FaultGroup, Mend, group
from seawall.city.importing.columns import AREA, Layout
from seawall.city.importing.differences import daily
from seawall.city.importing.forming import HEAD, Former
from seawall.city.importing.places import TROUBLES, AreaFinder
from seawall.city.importing.upsert import Settled, Upsert
from seawall.city.importing.values import AMBIGUOUS
from seawall.city.rules import Known, Rule, cell, cell_rules, cells_and_values, row_rules, value_rules
from seawall.city.schema import Table
from seawall.city.table import ROW


@dataclass(kw_only=True)
class Records:
    """What was found in one file for one table.

    Attributes:
        layout: the mapping laid over the file.
        accepted: ``ROW`` and the values of the columns that are filled; rows that obey every rule.
        read, rejected, passed_over: counts, as on the receipt.
        groups: why records were rejected.
        notes: what a reader should know.
    """

    layout: Layout
    accepted: pl.DataFrame
    read: int = 0
    rejected: int = 0
    passed_over: int = 0
    groups: list[FaultGroup] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_records(layout: Layout, known: Known, finder: AreaFinder, tick: Callable[[int], None]) -> Records:
    """Read a file through its layout and hold every record against the rules of its table.

    Args:
        layout: the mapping laid over the file.
        known: what references may refer to.
        finder: the areas there are.
        tick: told how many rows have been read, batch by batch.

    Raises:
        InvalidInput: the file turns out to be damaged.
    """
    judge = _Judge(layout, known)
    former = Former(layout, finder, tick)
    if layout.part.cumulative is None:
        for batch in former.batches():
            judge.hear(batch)
    else:
        whole = list(former.batches())
        if whole:
            differences, groups, notes = daily(pl.concat(whole), layout, layout.part.cumulative)
            judge.records.notes += notes
            judge.hear(differences)
            for found in groups:
                judge.reject(found)
    ragged = layout.source.ragged
    out_of_line = group(
        "ragged-row",
        ((int(row), str(cells), None) for row, cells in ragged),
        file=layout.source.path.name,
        problem=f"the row has {{value}} cells where the header has {len(layout.source.header)}",
        mend="Give every row one cell for each column; a separator inside a cell needs quotation marks around the cell",
    )
    records = judge.verdict()
    if out_of_line is not None:
        records.groups.append(out_of_line)
        records.read += len(ragged)
        records.rejected += len(ragged)
    records.passed_over = former.passed_over
    records.notes += former.notes()
    return records


def judge_together(settled: Settled, upsert: Upsert, layout: Layout) -> Settled:
    """Leave out rows that obey every rule by themselves but break one together with what else is known.

    One file may give a case its onset and another its report: each is a fact, and together they may be
    impossible. Then the rows of the file are left out, and what was known before stays.

    Args:
        settled: the rows of a file, one a key.
        upsert: what is known before.
        layout: the mapping laid over the file.
    """
    table, key = layout.part.schema, list(layout.part.schema.key)
    every = frozenset(column.name for column in table.columns)
    rules = [*row_rules(table, every)]
    if layout.part.repeats == "sum":
        rules += value_rules(table, frozenset(settled.rows.columns), Known())
    rules = [rule for rule in rules if rule.severity == "error"]
    columns = sorted({name for rule in rules for name in rule.reads} - set(key))
    if not set(columns) & set(settled.rows.columns):
        return settled
    whole = upsert.together(settled.rows, columns)
    if whole is None:
        if settled.rows.height == settled.kept.height:
            return settled
        whole = settled.rows
    wanted = sorted({name for rule in rules for name in rule.reads} | set(key))
    batch = whole.select(
        read.alias(said)
        for name in wanted
        for column in (pl.col(name) if name in whole.columns else pl.lit(None, dtype=table.column(name).dtype),)
        for read, said in ((column, name), (column.cast(pl.String), cell(name)))
    )
    groups = list(settled.groups)
    bad = pl.repeat(value=False, n=batch.height, eager=True, dtype=pl.Boolean)
    for rule in rules:
        broken = batch.select(rule.broken.fill_null(value=False)).to_series()
        if not broken.any():
            continue
        bad |= broken
        shown = [pl.col(cell(rule.column)).alias("value"), rule.other.cast(pl.String).alias("other")]
        hits = settled.kept.select(pl.col(ROW).cast(HITS["row"]).alias("row"), *key).join(
            batch.filter(broken).select(*key, *shown), on=key, how="inner", maintain_order="left"
        )
        groups.append(
            FaultGroup(
                code=rule.code,
                severity="error",
                file=layout.source.path.name,
                column=layout.filled.get(rule.column) or rule.column,
                problem=f"together with what is known of it, {rule.problem}",
                mend=rule.mend,
                hits=hits.select(*HITS),
            )
        )
    if not bad.any():
        return settled
    out = batch.filter(bad).select(key)
    kept = settled.kept.join(out, on=key, how="anti", maintain_order="left")
    return Settled(
        kept=kept,
        rows=settled.rows.join(out, on=key, how="anti", maintain_order="left"),
        left_out=settled.left_out + settled.kept.height - kept.height,
        groups=tuple(groups),
    )


class _Judge:
    """Holds records against the rules and keeps those that obey."""

    def __init__(self, layout: Layout, known: Known) -> None:
        self.layout = layout
        self.table = layout.part.schema
        self.filled = layout.filled
        self.rules = tuple(_rules(self.table, frozenset(self.filled), known))
        self.accepted: list[pl.DataFrame] = []
        self.hits: dict[tuple[int, str], list[pl.DataFrame]] = {}
        self.troubles: dict[tuple[str, str], list[pl.DataFrame]] = {}
        self.records = Records(layout=layout, accepted=self._nothing())

    def hear(self, formed: pl.DataFrame) -> None:
        """Take in a batch of records."""
        texts = dict.fromkeys(self.filled, pl.String())
        beside = [name for name in formed.columns if name.startswith(("raw:", "trouble:", "detail:"))]
        batch = formed.select(ROW, HEAD, *beside, *cells_and_values(self.table, texts))
        troubled = {name for name in self.filled if f"trouble:{name}" in beside}
        flags = batch.select(
            self._breach(rule, troubled).fill_null(value=False).alias(str(at)) for at, rule in enumerate(self.rules)
        )
        trouble = batch.select(pl.col(f"trouble:{name}").is_not_null().alias(name) for name in sorted(troubled))
        bad = pl.select(pl.any_horizontal(*flags.get_columns(), *trouble.get_columns())).to_series()
        self.records.read += batch.height
        self.records.rejected += int(bad.sum())
        self.accepted.append(batch.filter(~bad).select(ROW, *self.filled))
        for at, rule in enumerate(self.rules):
            if flags[str(at)].any():
                self._remember_breach(at, rule, batch.filter(flags[str(at)]))
        for name in trouble.columns:
            if trouble[name].any():
                self._remember_trouble(name, batch.filter(trouble[name]))

    def reject(self, found: FaultGroup) -> None:
        """Take in records already found wanting, one a hit."""
        self.records.groups.append(found)
        self.records.read += found.count
        self.records.rejected += found.count

    def verdict(self) -> Records:
        """The records accepted, and why the others were not."""
        if self.accepted:
            self.records.accepted = pl.concat(self.accepted)
        for (at, head), found in self.hits.items():
            rule = self.rules[at]
            self._conclude(rule.code, head, (rule.problem, rule.mend), found)
        for (head, trouble), found in self.troubles.items():
            self._conclude(trouble, head, TROUBLES[trouble], found)
        return self.records

    def _nothing(self) -> pl.DataFrame:
        dtypes = {name: self.table.column(name).dtype for name in self.filled}
        return pl.DataFrame(schema={ROW: pl.UInt32(), **dtypes})

    def _breach(self, rule: Rule, troubled: set[str]) -> pl.Expr:
        return rule.broken & pl.col(f"trouble:{rule.column}").is_null() if rule.column in troubled else rule.broken

    def _shown(self, name: str, batch: pl.DataFrame) -> pl.Expr:
        return pl.col(f"raw:{name}") if f"raw:{name}" in batch.columns else pl.col(cell(name))

    def _head(self, name: str) -> pl.Expr:
        """The header a cell stands under, where a row holds many."""
        wide = self.layout.part.wide
        said = wide is not None and name in (wide.into, wide.value)
        return (pl.col(HEAD) if said else pl.lit(self.filled[name])).alias(HEAD)

    def _told_once(self, hits: pl.DataFrame) -> pl.DataFrame:
        """Where a row makes many records, what is wrong with the cells they share is told once."""
        return hits.unique(maintain_order=True) if self.layout.part.wide else hits

    def _remember_breach(self, at: int, rule: Rule, batch: pl.DataFrame) -> None:
        hits = batch.select(
            self._head(rule.column),
            pl.col(ROW).cast(HITS["row"]).alias("row"),
            self._shown(rule.column, batch).alias("value"),
            rule.other.cast(pl.String).alias("other"),
        )
        for (head,), part in self._told_once(hits).group_by(HEAD, maintain_order=True):
            self.hits.setdefault((at, str(head)), []).append(part.drop(HEAD))

    def _remember_trouble(self, name: str, batch: pl.DataFrame) -> None:
        hits = batch.select(
            self._head(name),
            pl.col(f"trouble:{name}"),
            pl.col(ROW).cast(HITS["row"]).alias("row"),
            self._shown(name, batch).alias("value"),
            pl.col(f"detail:{name}").alias("other"),
        )
        for (head, trouble), part in self._told_once(hits).group_by(HEAD, f"trouble:{name}", maintain_order=True):
            self.troubles.setdefault((str(head), str(trouble)), []).append(part.select(*HITS))

    def _conclude(self, code: str, head: str, advice: tuple[str, Mend], found: list[pl.DataFrame]) -> None:
        problem, mend = advice
        self.records.groups.append(
            FaultGroup(
                code=code,
                severity="error",
                file=self.layout.source.path.name,
                column=head,
                problem=problem,
                mend=mend,
                hits=pl.concat(found),
            )
        )


def _rules(table: Table, filled: frozenset[str], known: Known) -> Iterator[Rule]:
    """The rules whose breach keeps a record out, with what to do about it here."""
    ids = {target: values for target, values in known.ids.items() if target != AREA}
    beyond = dataclasses.replace(known, ids=ids)
    every = (*cell_rules(table, filled), *value_rules(table, filled, beyond), *row_rules(table, filled))
    for rule in every:
        if rule.severity != "error":
            continue
        column = table.column(rule.column)
        if rule.code in ("not-date", "not-datetime"):
            two_ways = pl.col(cell(rule.column)).str.starts_with(AMBIGUOUS)
            yield Rule(
                code="ambiguous-date",
                column=rule.column,
                broken=rule.broken & two_ways,
                problem='"{value}" may be day and month or month and day; the mapping does not say',
                mend='Say how dates are written: dates = "dmy", or dates = "mdy", in the mapping',
            )
            yield dataclasses.replace(
                rule, broken=rule.broken & ~two_ways, mend="Correct it, or name the column that holds the date"
            )
        elif rule.code == "unknown-code":
            codes = ", ".join(column.codes)
            mend = f'Say what it means in the mapping: codes = {{ "{{value}}" = "..." }}, with one of {codes}'
            yield dataclasses.replace(rule, mend=mend)
        elif rule.code == "not-boolean":
            yield dataclasses.replace(rule, mend='Say what it means in the mapping: codes = { "{value}" = "true" }')
        elif rule.code in ("not-number", "not-integer"):
            yield dataclasses.replace(rule, mend="Correct it, or name the column that holds the number")
        else:
            yield rule
