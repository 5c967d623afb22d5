"""What the briefs said in Shanghai, spring 2022, held against what came. Prints the tables of the case page.

    .venv/bin/python examples/shanghai-2022/judge.py CITY

CITY is the folder that `make.py` wrote. Each day is assessed with what was known when it had ended.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta

import polars as pl

from seawall.city import City, read_city
from seawall.disease import pathogen
from seawall.watch.assess import assess
from seawall.watch.forecast import baseline_areas, city_reports, forecast_areas
from seawall.watch.scores import score_tasks, summarise_scores
from seawall.watch.series import daily_counts
from seawall.zones import DEFAULT_RULES, compare, draw_zones, load_rules, see

BRIEFS = (date(2022, 3, 13), date(2022, 3, 20), date(2022, 3, 27), date(2022, 4, 13), date(2022, 5, 15))
FIRST, LAST = date(2022, 3, 13), date(2022, 5, 31)
ADDRESSES_FROM = date(2022, 3, 19)
CITY = "310000"


def what_was_said(city: City) -> None:
    """A row a brief: the day's numbers, how fast, what was forecast and what came."""
    truth = city_reports(city, daily_counts(city, LAST))
    reports = dict(
        truth.table().filter(pl.col("location") == CITY).select("target_end_date", "observation").iter_rows()
    )
    print(
        "| brief | reported | local | in control, 7 d | R | doubling, days | C1 alarms, districts "
        "| +7 d: said, came | +14 d |"
    )
    print("|---|---:|---:|---|---|---|---:|---|---|")
    for day in BRIEFS:
        now = assess(city, day)
        city_rows = {
            name: table.filter(pl.col("area_id") == CITY) for name, table in vars(now).items() if _has_area(table)
        }
        today = dict(city_rows["headline"].select("event", "today").iter_rows())
        r = city_rows["reproduction"].row(-1, named=True)
        growth = city_rows["growth"].row(-1, named=True)
        share = city_rows["spread"].row(-1, named=True)
        alarms = now.alarms.filter(
            pl.col("method") == "ears-c1", pl.col("date") == day, pl.col("alarm") == 1, pl.col("area_id") != CITY
        )
        ahead = [_ahead(now.forecast, reports, day + timedelta(days=days)) for days in (7, 14)]
        print(
            f"| {day} | {today['reports']:,.0f} | {today['reports_local']:,.0f} | {_share(share)} "
            f"| {r['q50']:.2f} ({r['q2.5']:.2f}-{r['q97.5']:.2f}) | {_doubling(growth)} | {alarms.height} "
            f"| {ahead[0]} | {ahead[1]} |"
        )


def _has_area(table: object) -> bool:
    return isinstance(table, pl.DataFrame) and "area_id" in table.columns


def _share(row: dict[str, float | None]) -> str:
    if row["share_in_control"] is None:
        return "not told"
    return f"{row['share_in_control']:.0%} ({row['share_q2.5']:.0%}-{row['share_q97.5']:.0%})"


def _doubling(row: dict[str, float | None]) -> str:
    middle = row["doubling_days_q50"]
    if middle is None:
        return "no telling"
    if row["doubling_days_q2.5"] is None:
        return f"{middle:.1f} (open)"
    low, high = sorted((abs(row["doubling_days_q97.5"]), abs(row["doubling_days_q2.5"])))
    return f"{'halving ' if middle < 0 else ''}{abs(middle):.1f} ({low:.1f}-{high:.1f})"


def _ahead(forecast: pl.DataFrame, reports: dict[date, float], day: date) -> str:
    rows = forecast.filter(
        pl.col("location") == CITY, pl.col("model_id") == "renewal", pl.col("target_end_date") == day
    )
    said = dict(rows.select(pl.col("output_type_id").cast(pl.Float64), "value").iter_rows())
    came = reports.get(day)
    return f"{said[0.5]:,.0f} ({said[0.05]:,.0f}-{said[0.95]:,.0f}), " + ("?" if came is None else f"{came:,.0f}")


def forecast_record(city: City) -> None:
    """Coverage and skill over the whole wave, a forecast every day."""
    truth = city_reports(city, daily_counts(city, LAST))
    disease = pathogen(city.pathogen)
    told, day = [], FIRST
    while day < LAST - timedelta(days=6):
        known = city_reports(city, daily_counts(city, day))
        told += [forecast_areas(city, known, pathogen=disease, draws=1000).table(), baseline_areas(known)]
        day += timedelta(days=1)
    scored = score_tasks(pl.concat(told), truth.table())
    print("\n| level | origins | week | model | n | WIS | MAE | 50 % holds | 90 % holds | relative WIS |")
    print("|---|---|---:|---|---:|---:|---:|---:|---:|---:|")
    spans = {"all": (FIRST, LAST), "to 13 April": (FIRST, date(2022, 4, 13)), "after": (date(2022, 4, 14), LAST)}
    for level, mine in (("city", pl.col("location") == CITY), ("districts", pl.col("location") != CITY)):
        for span, (first, last) in spans.items():
            for week in (1, 2):
                part = scored.filter(
                    mine,
                    (pl.col("horizon") - 1) // 7 + 1 == week,
                    (pl.col("target_end_date") - pl.duration(days=pl.col("horizon"))).is_between(first, last),
                )
                for row in summarise_scores(part, baseline="baseline").iter_rows(named=True):
                    print(
                        f"| {level} | {span} | {week} | {row['model_id']} | {row['n']:,} | {row['wis']:,.0f} "
                        f"| {row['mae']:,.0f} | {row['coverage_50']:.0%} | {row['coverage_90']:.0%} "
                        f"| {row['relative_wis']:.2f} |"
                    )


def person_days(city: City) -> None:
    """Residents bound by each rule set, added up over the days of the wave."""
    rules = [load_rules(name) for name in DEFAULT_RULES]
    rows, day = [], ADDRESSES_FROM
    while day <= LAST:
        seen = see(city, day)
        table = compare([draw_zones(seen, rule) for rule in rules], city.areas)
        rows.append(table.with_columns(date=pl.lit(day)))
        day += timedelta(days=1)
    table = pl.concat(rows)
    people = city.areas.population(CITY) or 0
    days = table["date"].n_unique()
    print(
        f"\nFrom {ADDRESSES_FROM} to {LAST}, {days} days; everyone every day would be "
        f"{people * days / 1e6:,.0f} million.\n"
    )
    print(
        "| rule set | person-days, millions | share of all | most residents on a day, millions | on "
        "| areas not judged, a day |"
    )
    print("|---|---:|---:|---:|---|---:|")
    for (name,), part in table.partition_by("rules", as_dict=True, maintain_order=True).items():
        total = part["residents_restricted"].sum()
        top = part.sort("residents_restricted", descending=True).row(0, named=True)
        print(
            f"| {name} | {total / 1e6:,.0f} | {total / people / days:.0%} | {top['residents_restricted'] / 1e6:.1f} "
            f"| {top['date']} | {part['not_judged'].mean():.0f} |"
        )


if __name__ == "__main__":
    folder = read_city(sys.argv[1])
    what_was_said(folder)
    forecast_record(folder)
    person_days(folder)
