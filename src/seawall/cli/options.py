"""Options that several commands share, worded once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

Json = Annotated[bool, Parameter(negative="", help="Write the table as JSON, a list of rows.")]
Output = Annotated[
    str,
    Parameter(
        name=["--output", "-o"],
        allow_leading_hyphen=True,
        help="File to write (CSV, CSV.gz, Parquet); - is standard output.",
    ),
]
Seed = Annotated[int, Parameter(help="Seed of all draws: the same seed gives the same numbers.")]
Draws = Annotated[int, Parameter(help="How many possible courses to draw.", validator=Number(gte=100, lte=100_000))]

CityOrExample = Annotated[Path | None, Parameter(help="The city folder; the bundled example city when left out.")]
Infected = Annotated[
    int | None,
    Parameter(help="Begin afresh with so many residents infected. [default: go on from the reports in the folder]"),
]
InfectedIn = Annotated[
    list[str] | None, Parameter(help="Code of an area where they live; may be repeated.", negative="")
]
Start = Annotated[date | None, Parameter(help="First day. [default: the day after the last report]")]
Pathogen = Annotated[str | None, Parameter(help="Key in the catalogue. [default: as the folder says]")]
PageLanguage = Annotated[Literal["en", "zh-Hans", "zh-Hant", "all"], Parameter(help="Language of the page.")]
Fresh = Annotated[bool, Parameter(negative="", help="Throw away another study in the folder.")]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Say as JSON what came of it.")]
