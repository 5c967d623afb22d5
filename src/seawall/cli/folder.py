"""`seawall check` and `seawall import`: what a city folder holds, and how it is filled."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

if TYPE_CHECKING:
    from seawall.city import CheckReport


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
