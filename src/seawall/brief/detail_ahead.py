"""The forecast by district, and how earlier forecasts did."""

from __future__ import annotations

import polars as pl

from seawall.brief.document import Cell, Desk, Grid, Section
from seawall.brief.words import msg

MAX_AREAS = 40


def forecast_section(desk: Desk) -> Section:
    """What is expected of each district, and the forecaster held to its past."""
    words, findings = desk.words, desk.findings
    table = findings.tables["forecast"].filter(pl.col("model_id") == (findings.model or ""))
    grids = []
    order = [findings.root, *findings.tables["districts"]["area_id"].to_list()[:MAX_AREAS]]
    horizons = [h for h in (1, 7, 14) if h in set(table["horizon"].to_list())]
    if table.height and horizons:
        values = {(row["location"], row["horizon"]): row for row in table.iter_rows(named=True)}
        dates = {row["horizon"]: row["target_end_date"] for row in table.iter_rows(named=True)}
        rows = []
        for area_id in order:
            found = [values.get((area_id, horizon)) for horizon in horizons]
            if not any(found):
                continue
            cells = [Cell(text=words.name(area_id))]
            for row in found:
                cells.append(Cell(text="–" if row is None else words.spell(row["q50"], "~")))
                cells.append(Cell(text="–" if row is None else words.range(row["q25"], row["q75"], "~")))
                cells.append(Cell(text="–" if row is None else words.range(row["q5"], row["q95"], "~")))
            rows.append(tuple(cells))
        heads = [words.say(msg("Area"))]
        for horizon in horizons:
            day = words.spell(dates[horizon], "short")
            heads += [day, words.say(msg("50%")), words.say(msg("90%"))]
        grids.append(
            Grid(
                name="forecast",
                title=words.say(msg("Reports a day expected, by district")),
                heads=tuple(heads),
                numeric=(False, *(True for _ in heads[1:])),
                rows=tuple(rows),
                note=words.say(
                    msg("Median, 50% and 90% interval, rounded to two digits. {stamp}"),
                    stamp=desk.stamp,
                ),
                table="forecast",
                mark=desk.mark("forecast"),
            )
        )
    track = findings.tables["track_record"].filter(pl.col("location") == findings.root)
    if track.height:
        grids.append(_track(desk, track))
    return Section(
        name="forecast", title=words.say(msg("Forecast and its record")), lines=desk.lines("ahead"), grids=tuple(grids)
    )


def _track(desk: Desk, track: pl.DataFrame) -> Grid:
    words = desk.words
    rows = tuple(
        (
            Cell(text=words.term(row["model_id"])),
            Cell(text=words.spell(row["horizon_week"], "n")),
            Cell(text=words.spell(row["n"], "n")),
            Cell(text=words.spell(row["coverage_50"], "%")),
            Cell(text=words.spell(row["coverage_90"], "%")),
            Cell(text=words.spell(row["mae"], ".1")),
            Cell(text=words.spell(row["wis"], ".1")),
            Cell(text=words.spell(row["relative_wis"], ".2")),
        )
        for row in track.sort("horizon_week", "model_id").iter_rows(named=True)
    )
    return Grid(
        name="track",
        title=words.say(msg("How earlier forecasts for this city did")),
        heads=tuple(
            words.say(head)
            for head in (
                msg("Model"),
                msg("Week ahead"),
                msg("Forecasts"),
                msg("in 50%"),
                msg("in 90%"),
                msg("Mean error"),
                msg("WIS"),
                msg("against naive"),
            )
        ),
        numeric=(False, *(True for _ in range(7))),
        rows=rows,
        note=words.say(
            msg(
                "In 50% and in 90%: share of what came that lay in the interval. WIS: weighted interval score, "
                "smaller is "
                "better; against naive: below 1 is better than the baseline. {stamp}"
            ),
            stamp=desk.stamp,
        ),
        table="track_record",
        mark=desk.mark("track_record"),
    )
