"""`seawall forecast` and `seawall score`."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

Json = Annotated[bool, Parameter(name="--json", negative="", help="Write the table as JSON, a list of rows.")]
Output = Annotated[
    str, Parameter(name=["--output", "-o"], help="File to write (CSV, CSV.gz, Parquet); - is standard output.")
]


def score(
    forecasts: Annotated[str, Parameter(help="Quantile forecasts in hub format, any number of models.")],
    truth: Annotated[str, Parameter(help="What came: location, target_end_date, observation[, target].")],
    *,
    baseline: Annotated[str | None, Parameter(help="Model that the relative WIS is measured against.")] = None,
    output: Output = "-",
    json_: Json = False,
) -> int:
    """Score forecasts: weighted interval score, coverage, and skill against a baseline.

    A model's relative WIS is the geometric mean of its ratios of mean WIS to every other model on the tasks
    both did, divided by the baseline's; below 1 is better than the baseline. Tasks whose outcome is not in
    TRUTH are left out. Coverage is null where a model lacks the levels.
    """
    import polars as pl

    from seawall.cli.hub_files import read_forecasts, read_truth, show
    from seawall.core import Fault, InvalidInput
    from seawall.watch.scores import score_tasks, summarise_scores

    told, came = read_forecasts(forecasts), read_truth(truth)
    scored = score_tasks(told, came)
    if not scored.height:
        problem = "no forecast is for a place and date whose outcome it holds"
        raise InvalidInput("Nothing can be scored.", [Fault(file=truth, problem=problem, mend="Compare the two files")])
    if told["model_id"].n_unique() > scored["model_id"].n_unique():
        lost = sorted(set(told["model_id"].unique()) - set(scored["model_id"].unique()))
        sys.stderr.write(f"No outcome is known for any forecast of {', '.join(lost)}.\n")
    sets = scored.select(pl.struct("model_id", "levels").n_unique()).item()
    if sets > scored["model_id"].n_unique() or scored["levels"].n_unique() > 1:
        sys.stderr.write("Not all forecasts give the same number of quantile levels; their WIS compare with care.\n")
    show(summarise_scores(scored, baseline=baseline), output, as_json=json_)
    return 0
