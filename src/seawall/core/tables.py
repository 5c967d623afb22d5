"""Tables in and out: CSV, CSV.gz and Parquet; never half-written."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from seawall.core.errors import Fault, InvalidInput

SUFFIXES = (".parquet", ".csv", ".csv.gz")


def read_strings(source: Path | str) -> pl.DataFrame:
    """Read a whole table with every column as text; ``-`` is standard input.

    Empty cells are null. A byte-order mark is dropped.

    Raises:
        InvalidInput: the file is absent, empty, not UTF-8, or not a table.
    """
    name = "standard input" if str(source) == "-" else Path(source).name
    try:
        if str(source) == "-":
            raw = sys.stdin.buffer.read()
        elif str(source).endswith(".parquet"):
            frame = pl.read_parquet(source)
            return frame.with_columns(pl.all().cast(pl.String))
        else:
            raw = Path(source).read_bytes()
            if str(source).endswith(".gz"):
                raw = gzip.decompress(raw)
        raw = raw.removeprefix(b"\xef\xbb\xbf")
        raw.decode("utf-8")
        return pl.read_csv(io.BytesIO(raw), infer_schema=False)
    except FileNotFoundError:
        problem, mend = "there is no such file", "Check the path"
    except pl.exceptions.NoDataError:
        problem, mend = "the table is empty", "Give a header row and at least one row"
    except UnicodeDecodeError as error:
        problem = f"byte {error.start} is not UTF-8 text"
        mend = "Save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"
    except (pl.exceptions.PolarsError, OSError, EOFError, zlib.error) as error:
        problem = f"it cannot be read as a table ({str(error).splitlines()[0]})"
        mend = "Give CSV with a header row, CSV.gz or Parquet"
    raise InvalidInput(f"{name} cannot be read.", [Fault(file=name, problem=problem, mend=mend)])


def write_table(table: pl.DataFrame, target: Path | str) -> None:
    """Write a table as its suffix says; ``-`` is standard output as CSV. Written beside, then renamed."""
    if str(target) == "-":
        sys.stdout.write(table.write_csv())
        return
    with written_beside(Path(target)) as beside:
        if str(target).endswith(".parquet"):
            table.write_parquet(beside, compression="zstd")
        elif str(target).endswith(".gz"):
            table.write_csv(beside, compression="gzip", compression_level=6, check_extension=False)
        else:
            table.write_csv(beside)


@contextlib.contextmanager
def written_beside(target: Path) -> Iterator[Path]:
    """A path to write to that becomes `target` when the block ends well and vanishes when it does not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        umask = os.umask(0)
        os.umask(umask)
        beside.chmod(0o666 & ~umask)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


@contextlib.contextmanager
def folder_written_beside(target: Path) -> Iterator[Path]:
    """A folder to fill that replaces `target` when the block ends well and vanishes when it does not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part"))
    beside.chmod(0o755)
    try:
        yield beside
        if target.exists():
            old = beside.with_suffix(".old")
            target.rename(old)
            beside.rename(target)
            shutil.rmtree(old)
        else:
            beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
