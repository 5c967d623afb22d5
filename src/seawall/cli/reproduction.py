"""`seawall r`: the reproduction number over time."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from seawall.cli.options import Output

Days = Annotated[float | None, Parameter(validator=Number(gt=0, lte=100))]


def reproduction(
    counts: Annotated[
        str,
        Parameter(
            allow_leading_hyphen=True,
            help="Daily counts: date (or index), count or local,imported[, series]; - is standard input.",
        ),
    ],
    *,
    method: Annotated[
        Literal["cori", "wallinga-teunis", "renewal"],
        Parameter(help="cori: infections that a day sees; wallinga-teunis: those that a day's cases go on to cause."),
    ] = "cori",
    pathogen: Annotated[
        str | None, Parameter(help="Take the serial interval of this pathogen of the catalogue.")
    ] = None,
    si_mean: Annotated[
        float | None, Parameter(help="Mean serial interval in days, above 1.", validator=Number(gt=1, lte=100))
    ] = None,
    si_sd: Annotated[Days, Parameter(help="Its standard deviation.")] = None,
    si_file: Annotated[
        str | None, Parameter(allow_leading_hyphen=True, help="Table day,probability[,sample], from day 0 on.")
    ] = None,
    si_mean_sd: Annotated[Days, Parameter(help="Uncertain serial interval: spread of its mean.")] = None,
    si_mean_min: Annotated[Days, Parameter(help="Least mean, 1 or more.")] = None,
    si_mean_max: Annotated[Days, Parameter(help="Greatest mean.")] = None,
    si_sd_sd: Annotated[Days, Parameter(help="Spread of its standard deviation.")] = None,
    si_sd_min: Annotated[Days, Parameter(help="Least standard deviation.")] = None,
    si_sd_max: Annotated[Days, Parameter(help="Greatest standard deviation.")] = None,
    window: Annotated[int, Parameter(help="Days in a sliding window.", validator=Number(gte=1))] = 7,
    windows: Annotated[
        str | None, Parameter(allow_leading_hyphen=True, help="Table start,end[,series] of the windows wanted instead.")
    ] = None,
    prior_mean: Annotated[float, Parameter(help="Mean of the prior.", validator=Number(gt=0, lte=1000))] = 5.0,
    prior_sd: Annotated[float, Parameter(help="Its standard deviation.", validator=Number(gt=0, lte=1000))] = 5.0,
    overdispersion: Annotated[
        bool, Parameter(negative="", help="Widen the intervals by how far these counts scatter beyond Poisson.")
    ] = False,
    gaps: Annotated[
        Literal["missing", "zero"], Parameter(help="What a day without a row is: not reported, or no case.")
    ] = "missing",
    samples: Annotated[
        int, Parameter(help="Serial intervals drawn where it is uncertain.", validator=Number(gte=10, lte=100_000))
    ] = 1000,
    seed: Annotated[int, Parameter(help="Seed of those draws.")] = 1,
    output: Output = "-",
    json: Annotated[bool, Parameter(negative="", help="Write the table as JSON, a list of rows.")] = False,
) -> int:
    """Time-varying reproduction number of one or many series of daily counts.

    Give the serial interval in one of three ways: --si-mean with --si-sd (a gamma shifted by one day;
    uncertain with the six further --si options), --si-file, or --pathogen. Writes
    series,start,end,mean,sd,q2.5,...,q97.5, one row for each window. A row is empty where nothing can be
    estimated: before one mean serial interval has passed, and where days were not reported.
    """
    spread = {
        "--si-mean-sd": si_mean_sd,
        "--si-mean-min": si_mean_min,
        "--si-mean-max": si_mean_max,
        "--si-sd-sd": si_sd_sd,
        "--si-sd-min": si_sd_min,
        "--si-sd-max": si_sd_max,
    }
    basis = {"--pathogen": pathogen, "--si-file": si_file, "--si-mean": si_mean, "--si-sd": si_sd}
    if misused := _misused(method, basis, spread, overdispersion=overdispersion):
        sys.stderr.write(f"{misused} See: seawall r --help\n")
        return 2

    import numpy as np
    import polars as pl

    from seawall.cli.hub_files import show
    from seawall.cli.reproduction_input import by_span, check_daily, read_serial_interval, windows_for
    from seawall.cli.series_table import read_series
    from seawall.disease import pathogen as pathogen_of
    from seawall.watch.case_reproduction import estimate_case_reproduction
    from seawall.watch.overdispersion import estimate_overdispersion
    from seawall.watch.reproduction import estimate_reproduction
    from seawall.watch.serial_intervals import UncertainSerialInterval, draw_serial_intervals, serial_intervals_of

    people = method == "wallinga-teunis"
    table = read_series(counts, columns=[("local", "imported"), ("count",)], gaps=gaps, whole_numbers=people)
    wanted = windows_for(table, window, windows)
    check_daily(table)

    longest = max(len(series) for series in table.series)
    if pathogen is not None:
        delay = pathogen_of(pathogen).serial_interval.delay
        si_mean, si_sd = delay.mean_days, delay.sd_days
    told = {name.removeprefix("--si-").replace("-", "_"): value for name, value in spread.items() if value is not None}
    if si_file is not None:
        serial_interval = read_serial_interval(si_file, one_only=people)
    else:
        assert si_mean is not None
        assert si_sd is not None
        if told:
            uncertain = UncertainSerialInterval(mean_days=si_mean, sd_days=si_sd, **told)
            days = _long_enough(longest, uncertain.mean_max, uncertain.sd_max)
            serial_interval = draw_serial_intervals(uncertain, days, seed=seed, samples=samples)
        else:
            days = _long_enough(longest, si_mean, si_sd)
            serial_interval = serial_intervals_of(np.array([si_mean]), np.array([si_sd]), days)[0]

    frames = []
    for group in by_span(table, wanted):
        local, imported, spans = group.local, group.imported, group.windows
        if people:
            estimated = estimate_case_reproduction(local, serial_interval, imported=imported, windows=spans)
        else:
            scatter: np.ndarray | float = 1.0
            if overdispersion:
                scatter = estimate_overdispersion(local, serial_interval, imported=imported, windows=spans)
            estimated = estimate_reproduction(
                local,
                serial_interval,
                imported=imported,
                windows=spans,
                prior_mean=prior_mean,
                prior_sd=prior_sd,
                overdispersion=scatter,
            )
        frames.append(estimated.table(group.names, group.first))
    order = {series.name: position for position, series in enumerate(table.series)}
    result = pl.concat(frames)
    if table.named:
        position = pl.col("series").replace_strict(list(order), list(order.values()), return_dtype=pl.Int64)
        result = result.sort(position, maintain_order=True)
    show(result, output, as_json=json)
    return 0


def _long_enough(longest: int, mean_days: float, sd_days: float) -> int:
    """Days that hold all of the series, and by Cantelli's inequality 99 % of the serial interval."""
    return max(longest, int(mean_days + 10 * sd_days) + 3)


def _misused(
    method: str, basis: dict[str, str | float | None], spread: dict[str, float | None], *, overdispersion: bool
) -> str | None:
    """What is wrong with the options taken together, or None."""
    given = [name for name, value in basis.items() if value is not None]
    unset = [name for name, value in spread.items() if value is None]
    uncertain = len(unset) < len(spread)
    parametric = ["--si-mean", "--si-sd"]
    basis_told = f"given: {', '.join(given)}" if given else "none is given"
    problems = {
        "--method renewal is not part of this version; use --method cori.": method == "renewal",
        f"Give the serial interval by --si-mean and --si-sd, by --si-file or by --pathogen; {basis_told}.": (
            given not in (["--pathogen"], ["--si-file"], parametric)
        ),
        f"An uncertain serial interval is given by --si-mean, --si-sd and all of {', '.join(spread)}.": (
            uncertain and given != parametric
        ),
        f"An uncertain serial interval also needs {', '.join(unset)}.": uncertain and bool(unset),
        "--method wallinga-teunis takes one serial interval, not an uncertain one.": uncertain and method != "cori",
        "--overdispersion goes with --method cori.": overdispersion and method != "cori",
    }
    return next((problem for problem, there in problems.items() if there), None)
