"""The tables behind the brief: every figure, sentence and estimate stands on rows of one of these."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from seawall.city import City
from seawall.watch.situation import QUANTILE_COLUMNS, Situation
from seawall.zones.map import ZoneMap

CURVE_DAYS = 120
"""Days of the epidemic curve: longer histories are cut to the latest."""

RECENT_DAYS = 56
"""Days shown of estimates that change daily."""

STALE_AFTER = timedelta(days=7)
"""An estimate that ends longer ago says nothing of today."""

TRUSTED_COMPLETENESS = 0.5
"""Share of a day's events that must be expected to be in before an estimate that rests on it is quoted."""

MIN_REPORTS_FOR_R = 10
"""Reports in fourteen days below which a district's reproduction number says nothing but what was assumed before."""

TABLE_ORDER = (
    "headline",
    "epidemic_curve",
    "nowcast",
    "reproduction",
    "growth",
    "districts",
    "district_curves",
    "alarms",
    "alarm_summary",
    "delays",
    "spread",
    "map",
    "places",
    "zone_totals",
    "zones",
    "zone_smaller",
    "zone_changes",
    "forecast",
    "track_record",
    "missing",
    "notes",
)
"""Every table a brief writes, in the order in which they are numbered T1, T2, …"""


_QUANTILES = dict.fromkeys(QUANTILE_COLUMNS, pl.Float64)

EMPTY: dict[str, dict[str, type[pl.DataType]]] = {
    "nowcast": {
        "clock": pl.String,
        "date": pl.Date,
        "area_id": pl.String,
        "reported": pl.Float64,
        "completeness": pl.Float64,
        **_QUANTILES,
    },
    "alarms": {
        "method": pl.String,
        "area_id": pl.String,
        "date": pl.Date,
        "count": pl.Float64,
        "expected": pl.Float64,
        "upper": pl.Float64,
        "score": pl.Float64,
        "alarm": pl.Int8,
        "false_alarm_rate": pl.Float64,
    },
    "forecast": {
        "reference_date": pl.Date,
        "horizon": pl.Int64,
        "location": pl.String,
        "target_end_date": pl.Date,
        "output_type": pl.String,
        "output_type_id": pl.Float64,
        "value": pl.Float64,
        "model_id": pl.String,
    },
    "track_record": {
        "model_id": pl.String,
        "location": pl.String,
        "horizon_week": pl.Int64,
        "n": pl.Int64,
        "wis": pl.Float64,
        "mae": pl.Float64,
        "coverage_50": pl.Float64,
        "coverage_90": pl.Float64,
        "relative_wis": pl.Float64,
    },
}
"""Columns of the tables that a situation may leave without any, where nothing could be estimated."""


def with_columns_of(situation: Situation) -> Situation:
    """The situation with the columns of every table, also of those that are empty."""
    bare: dict[str, Any] = {
        name: pl.DataFrame(schema=schema) for name, schema in EMPTY.items() if not getattr(situation, name).columns
    }
    return dataclasses.replace(situation, **bare)


def root_of(city: City) -> str:
    """Code of the city itself."""
    return city.areas.root.area_id


def districts_of(city: City, situation: Situation) -> tuple[str, ...]:
    """Areas below the city for which the situation speaks, in the tree's order."""
    told = set(situation.headline["area_id"].to_list()) | set(situation.daily["area_id"].unique().to_list())
    return tuple(area_id for area_id in city.areas.areas if area_id in told and area_id != root_of(city))


def named(table: pl.DataFrame, city: City, column: str = "area_id") -> pl.DataFrame:
    """A table with ``name`` and ``name_zh`` after its area code."""
    codes = table[column].unique().drop_nulls().to_list()
    known = [city.areas[code] for code in codes if code in city.areas]
    names = pl.DataFrame(
        {
            column: [area.area_id for area in known],
            "name": [area.name for area in known],
            "name_zh": [area.name_zh for area in known],
        },
        schema={column: pl.String, "name": pl.String, "name_zh": pl.String},
    )
    rest = [name for name in table.columns if name not in {"name", "name_zh"}]
    place = rest.index(column) + 1
    return (
        table.select(rest)
        .join(names, on=column, how="left", maintain_order="left")
        .select(*rest[:place], "name", "name_zh", *rest[place:])
    )


def epidemic_curve(city: City, situation: Situation) -> pl.DataFrame:
    """City-wide reports by day: how found, from where, the mean of the week behind, and who reported.

    Returns:
        ``date, reports, in_control, in_community, local, imported, mean7, areas_reporting, areas_expected``,
        one row for each of the last `CURVE_DAYS` days; null where a day was not reported.
    """
    root, parts = root_of(city), districts_of(city, situation)
    events = {
        "reports": "reports",
        "reports_in_control": "in_control",
        "reports_in_community": "in_community",
        "reports_local": "local",
        "reports_imported": "imported",
    }
    first = situation.daily["date"].min()
    start = situation.on - timedelta(days=CURVE_DAYS - 1)
    if isinstance(first, date):
        start = max(start, first)
    days = pl.DataFrame({"date": pl.date_range(start, situation.on, interval="1d", eager=True)})
    daily = situation.daily.filter(pl.col("date") >= start)
    wide = days
    for event, column in events.items():
        series = daily.filter(pl.col("area_id") == root, pl.col("event") == event).select(
            "date", pl.col("count").alias(column)
        )
        wide = wide.join(series, on="date", how="left", maintain_order="left")
    told = daily.filter(pl.col("event") == "reports", pl.col("area_id").is_in(parts or (root,)))
    expected = told["area_id"].n_unique()
    reporting = told.group_by("date").agg(pl.col("area_id").n_unique().cast(pl.Int64).alias("areas_reporting"))
    return (
        wide.join(reporting, on="date", how="left", maintain_order="left")
        .with_columns(
            pl.col("areas_reporting").fill_null(0),
            pl.lit(expected, dtype=pl.Int64).alias("areas_expected"),
            pl.col("reports").rolling_mean(7, min_samples=4).alias("mean7"),
        )
        .select(
            "date",
            "reports",
            "in_control",
            "in_community",
            "local",
            "imported",
            "mean7",
            "areas_reporting",
            "areas_expected",
        )
    )


def trusted_until(situation: Situation, clock: str, area_id: str) -> date:
    """The last day on which an estimate by this clock rests on enough of its events.

    By date of report that is the day of the data. By onset or specimen it is the last day of which at
    least `TRUSTED_COMPLETENESS` of the events are expected to have been reported.
    """
    days = situation.nowcast.filter(
        pl.col("clock") == clock,
        pl.col("area_id") == area_id,
        pl.col("completeness") >= TRUSTED_COMPLETENESS,
    )
    last = days["date"].max()
    if situation.nowcast.filter(pl.col("clock") == clock, pl.col("area_id") == area_id).is_empty():
        return situation.on
    return last if isinstance(last, date) else situation.on


def latest_trusted(table: pl.DataFrame, situation: Situation, area_id: str) -> pl.DataFrame:
    """The one row of an estimate over time that may be quoted today for an area; empty where there is none.

    One that is older than a week, because days since were not reported, is not quoted as today's.
    """
    rows = table.filter(pl.col("area_id") == area_id)
    if "clock" in rows.columns and rows.height:
        clock = str(rows.sort("end")["clock"][-1])
        trusted = trusted_until(situation, clock, area_id)
        rows = rows.filter(pl.col("clock") == clock, pl.col("end").is_between(trusted - STALE_AFTER, trusted))
    return rows.sort("end").tail(1)


def forecast_wide(situation: Situation, city: City) -> pl.DataFrame:
    """The forecast with a row for each model, place and day and a column for each quantile quoted."""
    levels = {0.05: "q5", 0.25: "q25", 0.5: "q50", 0.75: "q75", 0.95: "q95"}
    keys = ["model_id", "location", "target_end_date", "horizon", "reference_date"]
    quoted = situation.forecast.filter(pl.col("output_type") == "quantile").with_columns(
        pl.col("output_type_id").cast(pl.Float64).round(4).replace_strict(levels, default=None).alias("_column")
    )
    wide = quoted.filter(pl.col("_column").is_not_null()).select(*keys, "_column", "value")
    columns = []
    frame = wide.select(keys).unique(maintain_order=True)
    for column in levels.values():
        part = wide.filter(pl.col("_column") == column).select(*keys, pl.col("value").alias(column))
        frame = frame.join(part, on=keys, how="left", maintain_order="left")
        columns.append(column)
    ordered = frame.select(*keys, *columns).sort("model_id", "location", "target_end_date")
    return named(ordered, city, "location")


def district_summary(city: City, situation: Situation, forecast: pl.DataFrame) -> pl.DataFrame:
    """One row a district: counts, rate, reproduction number, trend, share in control and forecast.

    Returns:
        ``area_id, name, name_zh, residents, today, yesterday, last7, prior7, last7_per_100k, r_until, r_q2.5, r_q50,
        r_q97.5, p_growing, share_in_control, share_q2.5, share_q97.5, forecast_date, forecast_q5, forecast_q50,
        forecast_q95``, most reports in the last seven days first.
    """
    model = chosen_model(situation)
    head = situation.headline.filter(pl.col("event") == "reports")
    rows = []
    for area_id in districts_of(city, situation):
        told = head.filter(pl.col("area_id") == area_id)
        row = told.row(0, named=True) if told.height else dict.fromkeys(head.columns)
        residents = city.areas.population(area_id)
        last7 = row["last7"]
        reproduction = latest_trusted(situation.reproduction, situation, area_id)
        if (row["last7"] or 0) + (row["prior7"] or 0) < MIN_REPORTS_FOR_R:
            reproduction = reproduction.clear()
        share = situation.spread.filter(pl.col("area_id") == area_id).sort("date").tail(1)
        ahead = forecast.filter(
            pl.col("model_id") == (model or ""), pl.col("location") == area_id, pl.col("horizon") == 7
        )
        rows.append(
            {
                "area_id": area_id,
                "residents": residents,
                "today": row["today"],
                "yesterday": row["yesterday"],
                "last7": last7,
                "prior7": row["prior7"],
                "last7_per_100k": last7 / residents * 1e5 if residents and last7 is not None else None,
                "r_until": _value(reproduction, "end"),
                "r_q2.5": _value(reproduction, "q2.5"),
                "r_q50": _value(reproduction, "q50"),
                "r_q97.5": _value(reproduction, "q97.5"),
                "p_growing": _value(latest_trusted(situation.growth, situation, area_id), "p_growing"),
                "share_in_control": _value(share, "share_in_control"),
                "share_q2.5": _value(share, "share_q2.5"),
                "share_q97.5": _value(share, "share_q97.5"),
                "forecast_date": _value(ahead, "target_end_date"),
                "forecast_q5": _value(ahead, "q5"),
                "forecast_q50": _value(ahead, "q50"),
                "forecast_q95": _value(ahead, "q95"),
            }
        )
    schema: dict[str, type[pl.DataType]] = {
        "area_id": pl.String,
        "residents": pl.Int64,
        "today": pl.Float64,
        "yesterday": pl.Float64,
        "last7": pl.Float64,
        "prior7": pl.Float64,
        "last7_per_100k": pl.Float64,
        "r_until": pl.Date,
        "r_q2.5": pl.Float64,
        "r_q50": pl.Float64,
        "r_q97.5": pl.Float64,
        "p_growing": pl.Float64,
        "share_in_control": pl.Float64,
        "share_q2.5": pl.Float64,
        "share_q97.5": pl.Float64,
        "forecast_date": pl.Date,
        "forecast_q5": pl.Float64,
        "forecast_q50": pl.Float64,
        "forecast_q95": pl.Float64,
    }
    table = pl.DataFrame(rows, schema=schema).sort("last7", descending=True, nulls_last=True, maintain_order=True)
    return named(table, city)


def chosen_model(situation: Situation) -> str | None:
    """The forecaster the brief quotes: the one that is not the baseline; None where nothing is forecast."""
    models = sorted(set(situation.forecast["model_id"].to_list()))
    better = [model for model in models if model != "baseline"]
    return next(iter([*better, *models]), None)


def zone_changes(maps: Sequence[ZoneMap], earlier: Sequence[ZoneMap]) -> pl.DataFrame:
    """What each rule set drew today and not yesterday, and the other way round.

    Returns:
        ``rules, area_id, place_id, tier, before, change, residents``; `change` is ``new``, ``stricter``,
        ``milder`` or ``ended``. A unit without a zone counts as the mildest tier. Empty for a rule set of
        which no earlier map is given.
    """
    schema = {
        "rules": pl.String,
        "area_id": pl.String,
        "place_id": pl.String,
        "tier": pl.String,
        "before": pl.String,
        "change": pl.String,
        "residents": pl.Int64,
    }
    before_of = {drawn.rules: drawn for drawn in earlier}
    rows: list[dict[str, object]] = []
    for drawn in maps:
        if drawn.rules not in before_of:
            continue
        order = {tier: position for position, tier in enumerate(drawn.tiers)}
        units = [
            {(row["area_id"], row["place_id"]): row for row in source.zones.iter_rows(named=True)}
            for source in (drawn, before_of[drawn.rules])
        ]
        for key in [*units[0], *(key for key in units[1] if key not in units[0])]:
            now, then = units[0].get(key), units[1].get(key)
            rank = order.get(now["tier"], 0) if now else -1
            was = order.get(then["tier"], 0) if then else -1
            if rank == was:
                continue
            change = "new" if then is None else "ended" if now is None else "stricter" if rank > was else "milder"
            some = now or then or {}
            rows.append(
                {
                    "rules": drawn.rules,
                    "area_id": key[0],
                    "place_id": key[1],
                    "tier": now["tier"] if now else None,
                    "before": then["tier"] if then else None,
                    "change": change,
                    "residents": some.get("residents"),
                }
            )
    return pl.DataFrame(rows, schema=schema)


def recent(table: pl.DataFrame, city: City, situation: Situation, days: int = RECENT_DAYS) -> pl.DataFrame:
    """The last rows of an estimate by day, for the city itself."""
    column = "end" if "end" in table.columns else "date"
    return table.filter(pl.col("area_id") == root_of(city), pl.col(column) > situation.on - timedelta(days=days)).sort(
        [*(["clock"] if "clock" in table.columns else []), column]
    )


def _value(row: pl.DataFrame, column: str) -> object:
    return row[column][0] if row.height else None
