"""`seawall check` and `seawall import`: what a city folder holds, and how it is filled."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

if TYPE_CHECKING:
    from seawall.city import CheckReport
    from seawall.city.importing import Receipt
    from seawall.city.importing.bring import Progress

SHOWN = 20
"""Lines of faults shown for one file."""


def check(
    city: Annotated[Path, Parameter(help="The city folder.")],
    *,
    json_: Annotated[bool, Parameter(name="--json", negative="", help="Write everything as JSON.")] = False,
    faults: Annotated[
        Path | None, Parameter(help="Write every fault to this table (CSV, CSV.gz or Parquet; - is standard output).")
    ] = None,
) -> int:
    """Find everything wrong with a city folder at once.

    Says what the folder holds, what each missing table hides, and each fault with its file, row, column and mend.
    Ends with 0 where the folder can be used, warnings or not, and with 1 where it cannot.
    """
    from seawall.city import check_city
    from seawall.core.tables import write_table

    report = check_city(city, today=datetime.now().astimezone().date())
    if faults is not None:
        write_table(report.table(), faults)
    if json_:
        json.dump(as_json(report), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    elif str(faults) != "-":
        sys.stdout.write(as_text(report))
    return 0 if report.ok else 1


def as_json(report: CheckReport) -> dict[str, Any]:
    """A check as plain data, every fault included."""
    return {
        "city": report.settings.get("name") if isinstance(report.settings.get("name"), str) else None,
        "folder": str(report.root),
        "ok": report.ok,
        "errors": report.count("error"),
        "warnings": report.count("warning"),
        "tables": [
            {
                "table": table.table,
                "file": table.file,
                "rows": table.rows,
                "first": table.first.isoformat() if table.first else None,
                "last": table.last.isoformat() if table.last else None,
            }
            for table in report.tables
        ],
        "missing": [{"table": table, "hides": hides} for table, hides in report.missing.items()],
        "faults": list(report.listed()),
    }


def as_text(report: CheckReport) -> str:
    """A check in words: what there is, what is missing, what is wrong."""
    from seawall.city.faults import SEVERITIES

    name = report.settings.get("name")
    lines = [f"{name if isinstance(name, str) else report.root.name} ({report.root})", ""]
    wide = max((len(table.file) for table in report.tables), default=0)
    for table in report.tables:
        span = f"  {table.first} to {table.last}" if table.first else ""
        lines.append(f"  {table.file:<{wide}}  {table.rows:>12,} {'row ' if table.rows == 1 else 'rows'}{span}")
    if report.missing:
        lines += ["", "Not in the folder, and what that hides:"]
        wide = max(map(len, report.missing))
        lines += [f"  {table:<{wide}}  {hides}" for table, hides in report.missing.items()]
    lines.append("")
    for severity in SEVERITIES:
        if number := report.count(severity):
            lines.append(f"{number:,} {severity}{'' if number == 1 else 's'}:")
            lines += [f"  {fault}" for group in report.of(severity) for fault in group.brief()]
            lines.append("")
    if report.ok:
        lines.append(
            "The folder can be used." if report.count("warning") else "No fault found. The folder can be used."
        )
    else:
        lines.append("The folder cannot be used until the errors are put right.")
    return "\n".join(lines) + "\n"


def import_(
    mapping: Annotated[str, Parameter(help="The mapping: a TOML file, or auto:TABLE for headers known by synonym.")],
    *files: Annotated[Path, Parameter(help="The files: CSV, CSV.gz, XLSX or Parquet; later ones bring newer facts.")],
    into: Annotated[Path, Parameter(help="The city folder.")],
    strict: Annotated[bool, Parameter(negative="", help="Load nothing if any row is rejected.")] = False,
    dry_run: Annotated[bool, Parameter(negative="", help="Do everything but make it visible.")] = False,
    json_: Annotated[bool, Parameter(name="--json", negative="", help="Write the receipt as JSON.")] = False,
    receipt: Annotated[Path | None, Parameter(help="Write the receipt to this file as well, as JSON.")] = None,
) -> int:
    """Bring foreign files into a city folder, with a receipt.

    Rows that obey the rules of their table are loaded, or merged with rows already there; the others are written to a
    file in CITY/receipts, in the shape they came in, with a reason column. Put right, that file goes in with the same
    mapping. All tables become visible together or not at all; the same file again changes nothing.

    Ends with 0 when rows were loaded or were there already, and with 1 when none could be.
    """
    from seawall.city.importing import Rejected, import_files

    with _progress() as progress:
        try:
            told = import_files(
                mapping,
                files,
                into,
                at=datetime.now().astimezone(),
                strict=strict,
                dry_run=dry_run,
                progress=progress,
            )
        except Rejected as refusal:
            if receipt is not None:
                _write_receipt(refusal.receipt, receipt)
            raise
    if receipt is not None:
        _write_receipt(told, receipt)
    if json_:
        _write_receipt(told, Path("-"))
    else:
        sys.stdout.write(receipt_text(told, into))
    return 0 if told.total("loaded") + told.total("merged") or not told.total("rejected") else 1


@contextlib.contextmanager
def _progress() -> Iterator[Progress]:
    """A progress bar on standard error, where a person watches it."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _rows: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda what, done, rows: bar.update(task, description=what, completed=done, total=rows)


def _write_receipt(receipt: Receipt, target: Path) -> None:
    from seawall.core.tables import written_beside

    text = json.dumps(receipt.as_json(), ensure_ascii=False, indent=1) + "\n"
    if str(target) == "-":
        sys.stdout.write(text)
        return
    with written_beside(target) as beside:
        beside.write_text(text, encoding="utf-8")


def receipt_text(receipt: Receipt, into: Path) -> str:
    """A receipt in words."""
    lines = []
    for file in receipt.files:
        how = ", ".join(word for word in (file.encoding if file.encoding != "utf-8" else None, file.sheet) if word)
        lines.append(f"{file.file} into {file.table}{f' ({how})' if how else ''}")
        lines.append(
            f"  read {file.read:,} = loaded {file.loaded:,} + merged {file.merged:,} + rejected {file.rejected:,}"
            + (f"; passed over {file.passed_over:,}" if file.passed_over else "")
        )
        lines += [f"  {column} from {head}" for column, head in file.columns.items() if head != column]
        if file.unused:
            lines.append(f"  not used: {', '.join(file.unused)}")
        lines += [f"  {note}" for note in file.notes]
        listed = "the receipt (--receipt FILE)" if receipt.dry_run else f"{into}/{file.rejects}"
        faults = [f"  {fault}" for group in file.groups for fault in group.brief(listed)]
        lines += faults[:SHOWN]
        if len(faults) > SHOWN:
            lines.append(f"  and more kinds of fault; all are in {listed}.")
    for table in receipt.tables:
        changed = ", ".join(f"{column} {number:,}" for column, number in table.changed_cells.items())
        became = "unchanged" if table.unchanged else f"{table.rows_before:,} rows before, {table.rows_after:,} now"
        lines.append(f"{table.file}: {became}" + (f"; cells changed: {changed}" if changed else ""))
    lines += [f"warning: {warning}" for warning in receipt.warnings]
    if receipt.dry_run:
        lines.append("A dry run: nothing was written.")
    else:
        lines.append(f"Receipt: {into}/receipts/{receipt.number}.json")
        lines += [f"Rejected rows: {into}/{file.rejects}" for file in receipt.files if file.rejects]
    return "\n".join(lines) + "\n"
