"""Faults of one kind, kept together: a million bad cells are one group with a million rows."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from seawall.city.scripts import SIMPLER
from seawall.core import Fault

Severity = Literal["error", "warning"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning")

Mend = str | Callable[[str], str]
"""What to do, or a function of the cell that says it."""

HITS = {"row": pl.Int64, "value": pl.String, "other": pl.String}
"""Columns of a group's hits: where, the cell, and a second cell where two contradict each other."""

SHOWN = 3
"""How many faults of one kind are shown before the rest is counted."""


@dataclass(frozen=True, kw_only=True)
class FaultGroup:
    """Every fault of one kind in one column of one file.

    Attributes:
        code: machine word for the kind.
        severity: ``error``: the folder cannot be used; ``warning``: it can, but look.
        file, column: where.
        problem: one sentence without a full stop; ``{value}`` and ``{other}`` stand for the cells.
        mend: the same for what to do, or a function of the cell.
        hits: ``row, value, other``: one row a fault; `row` is null where no single row is at fault.
    """

    code: str
    severity: Severity
    file: str
    problem: str
    mend: Mend
    column: str | None = None
    hits: pl.DataFrame = field(repr=False)

    @property
    def count(self) -> int:
        """How many faults."""
        return self.hits.height

    @property
    def first_row(self) -> int:
        """The first row at fault; 0 where no single row is."""
        rows = self.hits["row"].drop_nulls().to_list()
        return min(rows, default=0)

    def faults(self, limit: int | None = None) -> Iterator[tuple[Fault, str | None]]:
        """The faults in the order of their rows, each with the cell it is about; at most `limit`."""
        for row, value, other in self.hits.head(limit if limit is not None else self.count).iter_rows():
            cells = {"value": _shown(value, 60), "other": _shown(other, 200)}
            mend = self.mend(value or "") if callable(self.mend) else _filled(self.mend, cells)
            problem = _filled(self.problem, cells)
            yield Fault(file=self.file, row=row, column=self.column, problem=problem, mend=mend), value

    def brief(self, listed: str | None = None) -> tuple[Fault, ...]:
        """The first few faults, and one that counts the rest; `listed` says where they all are."""
        first = tuple(fault for fault, _ in self.faults(SHOWN))
        left = self.count - len(first)
        if left <= 0:
            return first
        rest = Fault(
            file=self.file,
            column=self.column,
            problem=f"{left:,} more {'fault' if left == 1 else 'faults'} of this kind",
            mend=f"All are in {listed}" if listed else "List them all with: seawall check CITY --faults FILE",
        )
        return (*first, rest)


def _filled(sentence: str, cells: Mapping[str, str]) -> str:
    """A sentence with the cells in their places; what a cell says is never taken for a place."""
    return re.sub(r"\{(value|other)\}", lambda place: cells[place[1]], sentence)


def _shown(value: str | None, most: int) -> str:
    """A cell as it is shown in a message: on one line and not too long."""
    if value is None:
        return ""
    text = " ".join(value[: 4 * most].split())
    text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return text if len(text) <= most else text[: most - 3] + "..."


def single(
    code: str,
    *,
    file: str,
    problem: str,
    mend: str,
    row: int | None = None,
    column: str | None = None,
    severity: Severity = "error",
) -> FaultGroup:
    """A fault that stands alone."""
    hits = pl.DataFrame({"row": [row], "value": [None], "other": [None]}, schema=HITS)
    return FaultGroup(code=code, severity=severity, file=file, column=column, problem=problem, mend=mend, hits=hits)


def group(
    code: str,
    found: Iterable[tuple[int | None, str | None, str | None]],
    *,
    file: str,
    problem: str,
    mend: Mend,
    column: str | None = None,
    severity: Severity = "error",
) -> FaultGroup | None:
    """A group of the rows, cells and second cells given; None where there are none."""
    hits = pl.DataFrame(list(found), schema=HITS, orient="row")
    if not hits.height:
        return None
    return FaultGroup(code=code, severity=severity, file=file, column=column, problem=problem, mend=mend, hits=hits)


@dataclass
class DidYouMean:
    """Finds the known word nearest to one that is not known.

    Args:
        known: word to what should be written in its place.
        budget: how many different words are searched for; the search through a long list is slow.
    """

    known: Mapping[str, str]
    budget: int = 40
    _found: dict[str, str | None] = field(default_factory=dict)
    _plain: dict[str, str] | None = None

    def __call__(self, word: str) -> str | None:
        """What to write in place of `word`; None where nothing is near."""
        if word not in self._found:
            self._found[word] = self._search(word)
        return self._found[word]

    def _search(self, word: str) -> str | None:
        if self._plain is None:
            self._plain = {plain(known): known for known in self.known}
        key = plain(word)
        if key in self._plain:
            return self.known[self._plain[key]]
        if self.budget <= 0 or not key or len(key) > 80:
            return None
        self.budget -= 1
        near = difflib.get_close_matches(key, self._plain, n=1, cutoff=0.6 if len(key) > 3 else 0.5)
        return self.known[self._plain[near[0]]] if near else None


def plain(word: str) -> str:
    """A word as it is compared: without case, spaces, punctuation, full-width and traditional forms."""
    folded = unicodedata.normalize("NFKC", word).lower().translate(SIMPLER)
    return "".join(character for character in folded if character.isalnum())
