"""The morning's work: from a city folder to the `Situation`, in the order in which it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from seawall import __version__
from seawall.city import City
from seawall.core import Fault, InvalidInput
from seawall.disease import Pathogen, pathogen
from seawall.watch.alarms.today import alarms_today
from seawall.watch.clocks import delay_clocks
from seawall.watch.forecast import baseline_areas, city_reports, forecast_areas, serial_weights
from seawall.watch.headline import headline
from seawall.watch.missing import gaps, missing
from seawall.watch.nowcast import nowcast_table
from seawall.watch.places import places_by_cases
from seawall.watch.series import DailyCounts, daily_counts
from seawall.watch.situation import Situation
from seawall.watch.spread import spread
from seawall.watch.track_record import track_record
from seawall.watch.transmission import growth_table, reproduction_table
from seawall.watch.triangles import CLOCK_COLUMNS, city_events


def data_days(city: City) -> tuple[date, date]:
    """First and last day on which the folder has a report or a count.

    Raises:
        InvalidInput: it has none.
    """
    found = []
    if city.has("cases"):
        reported = pl.coalesce("report_date", "specimen_date")
        found.append(city.scan("cases").select(first=reported.min(), last=reported.max()))
    if city.has("counts"):
        found.append(city.scan("counts").select(first=pl.col("date").min(), last=pl.col("date").max()))
    spans = pl.concat(found).drop_nulls().collect()
    if spans.is_empty():
        raise InvalidInput(
            f"{city.name} has no report and no count.",
            [Fault(file=str(city.root), problem="cases and counts hold no date", mend="Add rows to one of them")],
        )
    first, last = spans["first"].min(), spans["last"].max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    return first, last


def assess(
    city: City,
    on: date | None = None,
    *,
    disease: Pathogen | None = None,
    seed: int = 1,
    progress: Callable[[str], None] = lambda _: None,
) -> Situation:
    """What is happening in a city when day `on` has ended.

    Args:
        city: a checked city folder.
        on: last day whose reports are in; the folder's last day when None.
        disease: the pathogen; the one `city.toml` names when None.
        seed: of all draws.
        progress: told, in a word, which step begins.

    Raises:
        InvalidInput: `on` lies outside the folder's days, or the pathogen is unknown.
    """
    first, last = data_days(city)
    on = on or last
    if not first <= on <= last:
        raise InvalidInput(
            f"There is nothing to assess on {on}.",
            [
                Fault(
                    file=str(city.root),
                    problem=f"its reports run from {first} to {last}",
                    mend="Give a day in between with --on",
                )
            ],
        )
    disease = disease or pathogen(city.pathogen)
    progress("counts")
    counts = daily_counts(city, on)
    whole, districts = counts.rolled_up(city, "city"), _districts(counts, city)
    both = _beside(whole, districts)
    progress("clocks")
    clocks = delay_clocks(city, on)
    progress("transmission")
    infect = bool(city.settings.get("imported_infect", True))
    reproduction = pl.concat(
        [reproduction_table(part, disease, seed=seed, imported_infect=infect) for part in (whole, districts)]
    )
    growth = pl.concat([growth_table(part) for part in (whole, districts)])
    progress("nowcast")
    events = [city_events(city, on, clock) for clock in CLOCK_COLUMNS] if city.has("cases") else []
    nowcast = nowcast_table(city, on, weights=serial_weights(disease), seed=seed, events=events)
    progress("forecast")
    reports = city_reports(city, counts)
    futures = forecast_areas(city, reports, pathogen=disease, seed=seed, events=events)
    forecast = pl.concat([futures.table(), baseline_areas(reports)])
    progress("track record")
    record = track_record(city, reports, pathogen=disease, seed=seed, events=events)
    progress("alarms")
    finer = alarms_today(counts, on).filter(~pl.col("area_id").is_in(both.area_ids))
    alarms = pl.concat([alarms_today(both, on), finer])
    progress("spread")
    return Situation(
        on=on,
        counts=counts,
        daily=both.table(),
        headline=headline(both),
        clocks=clocks,
        nowcast=nowcast,
        reproduction=reproduction,
        growth=growth,
        alarms=alarms,
        spread=spread(both),
        places=places_by_cases(city, on),
        forecast=forecast,
        track_record=record,
        missing=missing(city, counts),
        notes=tuple(_notes(both, on, last)),
        provenance={
            "city": city.name,
            "synthetic": city.synthetic,
            "data_version": city.fingerprint,
            "data_from": first.isoformat(),
            "data_to": last.isoformat(),
            "software": f"seawall {__version__}",
            "pathogen": disease.key,
            "seed": seed,
            "forecast_clock": futures.clock,
            "imported_infect": infect,
        },
    )


def _districts(counts: DailyCounts, city: City) -> DailyCounts:
    """Counts of the level below the city, whatever it is called; none where the city has no parts."""
    below = city.areas.levels[1:2]
    return counts.rolled_up(city, below[0]) if below else DailyCounts(start=counts.start, area_ids=(), events={})


def _beside(whole: DailyCounts, parts: DailyCounts) -> DailyCounts:
    """City and districts in one table, the city first."""
    if not parts.area_ids:
        return whole
    events = {event: np.hstack([whole.of(event), parts.of(event)]) for event in whole.events}
    return DailyCounts(start=whole.start, area_ids=whole.area_ids + parts.area_ids, events=events)


def _notes(counts: DailyCounts, on: date, last: date) -> list[Mapping[str, Any]]:
    """What the reader must know about the data of the last two weeks."""
    notes: list[Mapping[str, Any]] = []
    silent = gaps(counts, on).filter(
        pl.col("event").is_in(["reports", "reports_local", "tests", "in_hospital", "deaths"])
    )
    for (event,), rows in silent.partition_by("event", as_dict=True).items():
        notes.append(
            {
                "code": "days_not_reported",
                "facts": {
                    "event": event,
                    "areas": rows["area_id"].n_unique(),
                    "days": rows["date"].n_unique(),
                    "first": rows["date"].min(),
                    "last": rows["date"].max(),
                },
            }
        )
    if last > on:
        notes.append({"code": "later_data_left_out", "facts": {"last": last, "days": (last - on).days}})
    reports = counts.of("reports")[:, 0]
    if reports.size > 28:
        week, before = reports[-7:], reports[-28:-7]
        usual = np.nanmedian(before) if not np.isnan(before).all() else np.nan
        if usual > 20 and np.nanmin(week) < usual * 0.1 and not np.isnan(week).all():
            day = int(np.nanargmin(week))
            notes.append(
                {
                    "code": "day_far_below_usual",
                    "facts": {"date": on - timedelta(days=6 - day), "count": week[day], "usual": usual},
                }
            )
    return notes
