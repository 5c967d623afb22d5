"""Errors are advice: what is wrong, where, what would be right, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class SeawallError(Exception):
    """Something the user can put right. Anything else is our bug and may crash loudly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with an input, where it stands, and how to mend it.

    Args:
        file: name of the file as the user knows it.
        problem: what is wrong and what was expected, one sentence without a full stop.
        mend: what to do about it, one sentence without a full stop.
        row: row as a spreadsheet counts it (the header is row 1); None when no single row is at fault.
        column: column name as it stands in the file; None when no single column is at fault.
    """

    file: str
    problem: str
    mend: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        where = self.file
        if self.row is not None:
            where += f", row {self.row}"
        if self.column is not None:
            where += f", column {self.column}"
        return f"{where}: {self.problem}. {self.mend}."


class InvalidInput(SeawallError):
    """An input cannot be used. Carries every fault found, not only the first."""

    def __init__(self, message: str, faults: Iterable[Fault] = ()) -> None:
        self.faults = tuple(faults)
        self.message = message
        super().__init__("\n".join([message, *(f"  {fault}" for fault in self.faults)]))


def closest(word: str, known: Iterable[str]) -> str:
    """``; did you mean "x"`` when a known word is close, else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"' if near else ""
