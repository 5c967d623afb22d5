"""`seawall forecast` and `seawall score`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from seawall.cli.options import Draws, Json, Output, Seed

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from seawall.cli.series_table import Series, SeriesTable

MOST_SILENT = {"day": 28, "week": 8}
"""A series that ended longer ago than this is not forecast."""


def forecast(
    counts: Annotated[
        str,
        Parameter(allow_leading_hyphen=True, help="Counts: date, count[, series]; - is standard input."),
    ],
    *,
    on: Annotated[
        date | None, Parameter(help="Last day known; later rows are ignored. Default: the last date of the table.")
    ] = None,
    horizon: Annotated[int, Parameter(help="How many days or weeks ahead.", validator=Number(gte=1, lte=180))] = 14,
    unit: Annotated[Literal["day", "week"], Parameter(help="What a horizon counts in.")] = "day",
    model: Annotated[
        Literal["best", "renewal", "baseline"],
        Parameter(help="best: the renewal equation, for now; baseline: the FluSight hub's."),
    ] = "best",
    pathogen: Annotated[
        str | None, Parameter(help="Take the serial interval of this pathogen of the catalogue.")
    ] = None,
    si_mean: Annotated[
        float | None, Parameter(help="Mean serial interval in days, above 1.", validator=Number(gt=1, lte=100))
    ] = None,
    si_sd: Annotated[float | None, Parameter(help="Its standard deviation.", validator=Number(gt=0, lte=100))] = None,
    population: Annotated[
        float | None, Parameter(help="People who can become a case, in each series.", validator=Number(gt=0))
    ] = None,
    draws: Draws = 2000,
    seed: Seed = 1,
    output: Output = "-",
    json: Json = False,
) -> int:
    """Forecast series of counts with quantiles, in hub format.

    Writes reference_date,horizon,location,target_end_date,output_type,output_type_id,value,model_id for the
    23 levels of the hubs; location is the series. The reference date is --on or, for weekly rows, the week end on
    or after it. Horizons run from 1, or from 0 where the reference date itself has no count yet. Daily rows with
    --unit week are forecast by day and summed to weeks that end on --on. Without a serial interval the renewal
    model takes a week, evenly (for weekly rows: mostly from one week to the next).
    """
    if (si_mean is None) != (si_sd is None) or (pathogen is not None and si_mean is not None):
        sys.stderr.write("Give --si-mean with --si-sd, or --pathogen. See: seawall forecast --help\n")
        return 2

    import numpy as np
    import polars as pl

    from seawall.cli.hub_files import show
    from seawall.cli.series_table import read_series
    from seawall.disease import discretised_serial_interval
    from seawall.disease import pathogen as pathogen_of
    from seawall.watch.forecast import serial_weights
    from seawall.watch.hub import hub_table
    from seawall.watch.series_forecast import baseline_series, renewal_quantiles, weekly_interval

    table = read_series(counts, step_days=None)
    by_day: np.ndarray | None = None
    if pathogen is not None:
        by_day = serial_weights(pathogen_of(pathogen))
    elif si_mean is not None and si_sd is not None:
        by_day = discretised_serial_interval(si_mean, si_sd)[1:]
        by_day = by_day / by_day.sum()
    frames = []
    for group in _laid(table, on, unit):
        sum_weeks = unit == "week" and group.step == 1
        if model == "baseline":
            found = baseline_series(_weekly(group.counts) if sum_weeks else group.counts, horizon)
        else:
            weights = by_day if by_day is None or group.step == 1 else weekly_interval(by_day)
            found = renewal_quantiles(
                group.counts,
                horizon,
                weights=weights,
                unit_days=group.step,
                sum_weeks=sum_weeks,
                population=population,
                seed=seed,
                draws=draws,
            )
        last = group.counts[:, -7:].sum(axis=1) if sum_weeks else group.counts[:, -1]
        found[~np.isnan(last), 0] = np.nan
        frames.append(
            hub_table(
                found,
                locations=group.names,
                reference_date=group.reference,
                horizons=list(range(horizon + 1)),
                model_id=model,
                unit_days=7 if unit == "week" else 1,
            )
        )
    show(pl.concat(frames), output, as_json=json)
    return 0


@dataclass(frozen=True, kw_only=True)
class _Laid:
    """Series that share their step and their reference date, laid side by side up to it."""

    reference: date
    step: int
    names: list[str]
    counts: np.ndarray


def _laid(table: SeriesTable, on: date | None, unit: str) -> list[_Laid]:
    """The series cut at `on`, or what keeps them from being forecast.

    Raises:
        InvalidInput: the table has no dates, weeks are to be forecast by day, or a series does not reach near `on`.
    """
    import numpy as np

    from seawall.core import Fault, InvalidInput

    file = table.file
    starts: list[date] = [series.start for series in table.series if isinstance(series.start, date)]
    if len(starts) < len(table.series):
        fault = Fault(file=file, column="index", problem="a forecast needs dates", mend="Give a column date")
        raise InvalidInput(f"{file} cannot be forecast.", [fault])
    if unit == "day" and any(series.step == 7 for series in table.series):
        fault = Fault(file=file, column="date", problem="its rows are a week apart", mend="Give --unit week")
        raise InvalidInput(f"{file} cannot be forecast by day.", [fault])
    ends = [
        start + timedelta(days=series.step * (len(series) - 1))
        for start, series in zip(starts, table.series, strict=True)
    ]
    wanted = on or max(ends)
    faults: list[Fault] = []
    groups: dict[tuple[date, int], list[tuple[str, np.ndarray]]] = {}
    for start, series in zip(starts, table.series, strict=True):
        name = series.name if series.name is not None else "all"
        reference = wanted + timedelta(days=(start - wanted).days % series.step)
        values = _until(series, start, reference)
        behind = int(np.argmin(np.isnan(values[::-1]))) if (~np.isnan(values)).any() else -1
        if behind < 0 or behind > MOST_SILENT["week" if series.step == 7 else "day"]:
            problem = (
                f"series {name} has no count by {reference}"
                if behind < 0
                else f"series {name} ends {behind * series.step} days before {reference}"
            )
            faults.append(Fault(file=file, problem=problem, mend="Give another --on, or leave the series out"))
        else:
            groups.setdefault((reference, series.step), []).append((name, values))
    if faults:
        raise InvalidInput(f"{file} cannot be forecast on {wanted}: {len(faults)} problem(s).", faults)
    laid = []
    for (reference, step), members in groups.items():
        longest = max(values.size for _, values in members)
        counts = np.full((len(members), longest), np.nan)
        for row, (_, values) in enumerate(members):
            counts[row, longest - values.size :] = values
        laid.append(_Laid(reference=reference, step=step, names=[name for name, _ in members], counts=counts))
    return laid


def _until(series: Series, start: date, reference: date) -> np.ndarray:
    """A series up to the reference date: cut there, or filled up to it with what is not known."""
    import numpy as np

    length = max((reference - start).days // series.step + 1, 0)
    values = series.values["count"][:length]
    return np.pad(values, (0, min(length - values.size, 400)), constant_values=np.nan)


def _weekly(counts: np.ndarray) -> np.ndarray:
    """Sums of seven days that end with the last; a week with a day missing is missing."""
    import numpy as np

    whole = counts.shape[1] // 7 * 7
    return np.asarray(counts[:, counts.shape[1] - whole :].reshape(len(counts), -1, 7).sum(axis=2))


def score(
    forecasts: Annotated[
        str, Parameter(allow_leading_hyphen=True, help="Quantile forecasts in hub format, any number of models.")
    ],
    truth: Annotated[
        str, Parameter(allow_leading_hyphen=True, help="What came: location, target_end_date, observation[, target].")
    ],
    *,
    baseline: Annotated[str | None, Parameter(help="Model that the relative WIS is measured against.")] = None,
    output: Output = "-",
    json: Json = False,
) -> int:
    """Score forecasts: weighted interval score, coverage, and skill against a baseline.

    A model's relative WIS is the geometric mean of its ratios of mean WIS to every other model on the tasks
    both did, divided by the baseline's; below 1 is better than the baseline. Tasks whose outcome is not in
    TRUTH are left out, and so are forecasts that lack levels their model gives elsewhere. Coverage is null
    where a model lacks the levels. Several targets are scored apart, in a column target.
    """
    import polars as pl

    from seawall.cli.hub_files import read_forecasts, read_truth, show
    from seawall.core import Fault, InvalidInput
    from seawall.watch.scores import complete_tasks, score_tasks, task_columns

    told, came = read_forecasts(forecasts), read_truth(truth)
    scored = score_tasks(told, came)
    if not scored.height:
        problem = "no forecast is for a place and date whose outcome it holds"
        raise InvalidInput("Nothing can be scored.", [Fault(file=truth, problem=problem, mend="Compare the two files")])
    if told["model_id"].n_unique() > scored["model_id"].n_unique():
        lost = sorted(set(told["model_id"].unique()) - set(scored["model_id"].unique()))
        sys.stderr.write(f"No outcome is known for any forecast of {', '.join(lost)}.\n")
    whole = complete_tasks(scored)
    if whole.height < scored.height:
        sys.stderr.write(
            f"{scored.height - whole.height:,} forecasts lack levels their model gives elsewhere: left out.\n"
        )
    scored = whole
    uneven = scored.group_by(task_columns(scored)).agg(pl.col("levels").n_unique())["levels"].max()
    if uneven != 1:
        sys.stderr.write("Models give different numbers of quantile levels for the same task; compare with care.\n")
    show(_by_target(scored, baseline), output, as_json=json)
    return 0


def _by_target(scored: pl.DataFrame, baseline: str | None) -> pl.DataFrame:
    """The summary; with a row for each model and target where there are several."""
    import polars as pl

    from seawall.watch.scores import summarise_scores

    if "target" not in scored.columns or scored["target"].n_unique() == 1:
        return summarise_scores(scored, baseline=baseline)
    parts = scored.partition_by("target", as_dict=True, maintain_order=True)
    return pl.concat(
        summarise_scores(part, baseline=baseline).with_columns(pl.lit(target, pl.String).alias("target"))
        for (target,), part in sorted(parts.items(), key=lambda item: str(item[0]))
    )
