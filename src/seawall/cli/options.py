"""Options that several commands share, worded once."""

from __future__ import annotations

from typing import Annotated

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
