"""`seawall example`: write the synthetic example city."""

from __future__ import annotations

import sys
from json import dumps
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter


def example(
    folder: Annotated[Path, Parameter(name="DIR", help="Folder to write; new, empty, or an example city to replace.")],
    *,
    residents: Annotated[int, Parameter(help="Residents, 2,000 to 25 million.")] = 300_000,
    seed: Annotated[int, Parameter(help="Another seed gives another city; the same seed the same bytes.")] = 1,
    days: Annotated[int, Parameter(help="Days of data, 40 to 365; the outbreak's story takes 120.")] = 120,
    format: Annotated[  # noqa: A002 - the option is called --format
        Literal["csv", "parquet"] | None,
        Parameter(help="Format of the tables; CSV up to a million residents, Parquet above, when left out."),
    ] = None,
    force: Annotated[
        bool, Parameter(negative="", help="Replace an example city even where other files lie in its folder.")
    ] = False,
    json: Annotated[bool, Parameter(negative="", help="Say what was written as JSON.")] = False,
) -> int:
    """Write a made-up harbour city with an outbreak of known truth.

    The folder is complete or not there at all. It holds every table of a city folder, and beside them
    truth/ with what was really so, for tests.
    """
    from rich.console import Console
    from rich.table import Table

    from seawall.city.example import write_example

    said = Console(stderr=True)
    with said.status("Making the example city …") as status:
        written = write_example(
            folder,
            residents=residents,
            seed=seed,
            days=days,
            table_format=format,
            force=force,
            progress=lambda step: status.update(f"Making the example city: {step} …"),
        )
    if json:
        about = {
            "folder": str(folder),
            "synthetic": True,
            "first_day": str(written.first_day),
            "last_day": str(written.last_day),
            "format": written.table_format,
            "rows": dict(written.rows),
        }
        sys.stdout.write(dumps(about, ensure_ascii=False) + "\n")
        return 0
    table = Table(box=None, pad_edge=False)
    table.add_column("table")
    table.add_column("rows", justify="right")
    for name, rows in written.rows.items():
        table.add_row(f"{name}.{written.table_format}", f"{rows:,}")
    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(f"{folder}: a synthetic city of {residents:,} residents, {written.first_day} to {written.last_day}")
    console.print(table)
    console.print(f"Next: seawall brief {folder} -o brief")
    return 0
