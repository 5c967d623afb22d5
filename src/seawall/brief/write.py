"""A brief on disk: pages, PDF, JSON and the table behind every figure."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from seawall.brief.document import Brief
from seawall.brief.html import write_html
from seawall.brief.pdf import write_pdf
from seawall.brief.record import write_record
from seawall.brief.words import LANGUAGES
from seawall.core import Fault, InvalidInput
from seawall.core.tables import written_beside


def write_briefs(
    briefs: Sequence[Brief], folder: Path, *, progress: Callable[[str], None] = lambda _: None
) -> tuple[Path, ...]:
    """Write the briefs of one situation into a folder.

    One language: ``brief.html``, ``brief.pdf``. Several: ``brief.LANG.html``, ``brief.LANG.pdf``. Always
    ``brief.json`` and ``tables/*.csv``. Every file is complete before it takes its name; pages of an earlier
    brief in languages not written now are removed, so that no old page stands beside a new one; other
    files in the folder are left alone.

    Args:
        briefs: the same findings in one language or several.
        folder: where to write; made if need be.
        progress: told, in a word or two, what is being written.

    Returns:
        The pages, the PDFs and the JSON, in that order.

    Raises:
        InvalidInput: the folder cannot be written to.
    """
    findings = briefs[0].findings
    tables = {name: csv_of(table) for name, table in findings.tables.items()}
    files: dict[str, bytes] = {}
    for brief in briefs:
        stem = "brief" if len(briefs) == 1 else f"brief.{brief.lang}"
        progress(f"{brief.lang}: page")
        files[f"{stem}.html"] = write_html(brief).encode("utf-8")
        progress(f"{brief.lang}: PDF")
        files[f"{stem}.pdf"] = write_pdf(brief)
    record = write_record(briefs, tables).encode("utf-8")
    progress("files")
    try:
        for name, content in tables.items():
            _put(folder / "tables" / f"{name}.csv", content)
        for name, content in files.items():
            _put(folder / name, content)
        _put(folder / "brief.json", record)
        _remove_others(folder, set(files))
    except OSError as error:
        raise _unwritable(folder, error.strerror or str(error)) from error
    pages = sorted(files, key=lambda name: not name.endswith(".html"))
    return tuple(folder / name for name in (*pages, "brief.json"))


def check_writable(folder: Path) -> None:
    """Find out before the work whether a brief can be written into a folder, there already or not.

    Raises:
        InvalidInput: it cannot.
    """
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise _unwritable(folder, f"{nearest} is a file")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise _unwritable(folder, "Permission denied")


def _unwritable(folder: Path, why: str) -> InvalidInput:
    mend = "Give another folder with -o, or make room"
    return InvalidInput(
        "The brief cannot be written.",
        [Fault(file=str(folder), problem=f"it cannot be written to ({why})", mend=mend)],
    )


def csv_of(table: pl.DataFrame) -> bytes:
    """A table as the bytes of its CSV; a table without columns is an empty file."""
    if not table.columns:
        return b""
    stream = io.BytesIO()
    table.write_csv(stream)
    return stream.getvalue()


def _put(target: Path, content: bytes) -> None:
    with written_beside(target) as beside:
        beside.write_bytes(content)


def _remove_others(folder: Path, written: set[str]) -> None:
    """Remove pages of an earlier brief, by the names this module gives, that were not written now."""
    stems = ("brief", *(f"brief.{lang}" for lang in LANGUAGES))
    for name in (f"{stem}.{suffix}" for stem in stems for suffix in ("html", "pdf")):
        if name not in written:
            with contextlib.suppress(FileNotFoundError):
                (folder / name).unlink()
