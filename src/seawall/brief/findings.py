"""What the brief has to say, before it has a language: tables, sentences and estimates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from seawall.brief import sentences as rules
from seawall.brief import tables as behind
from seawall.brief.estimates import Completeness, Estimate, estimates
from seawall.brief.sentence import Sentence
from seawall.city import City
from seawall.core import InvalidInput
from seawall.watch.alarms import chance_alarms
from seawall.watch.situation import Situation
from seawall.zones.map import ZoneMap

DELAY_WEEKS = 16
"""Weeks of delays kept."""

LEADING_DETECTORS = ("farrington", "ears-c2")
"""Detectors page one prefers; all of them stand behind it."""

_RANK = {method: rank for rank, method in enumerate(LEADING_DETECTORS)}

ALARM_DAYS = 14
"""Days of alarms kept."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Everything a brief says in any language.

    Attributes:
        city: whose brief it is.
        situation: what it rests on.
        maps: the zones, one map a rule set; the first is drawn.
        tables: table by name, in `tables.TABLE_ORDER`.
        sentences: sentences by the part of the brief they stand in.
        estimates: every estimate quoted.
        completeness: of the day's reports.
    """

    city: City
    situation: Situation
    maps: tuple[ZoneMap, ...]
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    sentences: Mapping[str, tuple[Sentence, ...]] = field(repr=False)
    estimates: tuple[Estimate, ...] = field(repr=False)
    completeness: Completeness

    @property
    def on(self) -> date:
        """Day of the data."""
        return self.situation.on

    @property
    def root(self) -> str:
        """Code of the city itself."""
        return behind.root_of(self.city)

    @property
    def districts(self) -> tuple[str, ...]:
        """Areas below the city for which there are numbers."""
        return behind.districts_of(self.city, self.situation)

    @property
    def model(self) -> str | None:
        """The forecaster quoted."""
        return behind.chosen_model(self.situation)


def find(city: City, situation: Situation, maps: Sequence[ZoneMap], *, earlier: Sequence[ZoneMap] = ()) -> Findings:
    """Everything there is to say about a situation and its zones.

    Args:
        city: the city.
        situation: its situation on the day of the brief.
        maps: zones of the same day, one map for each rule set compared; the first is the one drawn.
        earlier: zones of the day before, for what is new and what has ended; none: nothing is said of it.

    Raises:
        InvalidInput: a map was drawn for another day.
    """
    wrong = [drawn.rules for drawn in maps if drawn.on != situation.on]
    if wrong:
        raise InvalidInput(f"The zones of {', '.join(wrong)} are not of {situation.on}; draw them for that day.")
    situation = behind.with_columns_of(situation)
    tables = _tables(city, situation, maps, earlier)
    curve = tables["epidemic_curve"].filter(pl.col("date") == situation.on).row(0, named=True)
    completeness = Completeness(
        areas_reporting=curve["areas_reporting"],
        areas_expected=curve["areas_expected"],
        share=_share_in(tables["nowcast"], situation.on),
    )
    root = behind.root_of(city)
    model = behind.chosen_model(situation)
    return Findings(
        city=city,
        situation=situation,
        maps=tuple(maps),
        tables=tables,
        sentences=_sentences(city, situation, maps, tables),
        estimates=tuple(estimates(tables, root=root, on=situation.on, model=model, completeness=completeness)),
        completeness=completeness,
    )


def _tables(
    city: City, situation: Situation, maps: Sequence[ZoneMap], earlier: Sequence[ZoneMap]
) -> dict[str, pl.DataFrame]:
    root, districts, on = behind.root_of(city), behind.districts_of(city, situation), situation.on
    forecast = behind.forecast_wide(situation, city)
    summary = behind.district_summary(city, situation, forecast)
    within = (pl.col("area_id") == root) | pl.col("area_id").is_in(districts)
    delays = situation.clocks.filter(within, pl.col("period_end") > on - timedelta(weeks=DELAY_WEEKS))
    recent_alarms = situation.alarms.filter(pl.col("date") > on - timedelta(days=ALARM_DAYS + 1))
    return {
        "headline": behind.named(situation.headline, city),
        "epidemic_curve": behind.epidemic_curve(city, situation),
        "nowcast": _one_clock(behind.recent(situation.nowcast, city, situation, days=42)),
        "reproduction": _quoted(situation.reproduction, city, situation),
        "growth": _quoted(situation.growth, city, situation),
        "districts": summary,
        "district_curves": behind.named(
            situation.daily.filter(
                pl.col("event") == "reports",
                pl.col("area_id").is_in(districts),
                pl.col("date") > on - timedelta(days=behind.RECENT_DAYS),
            )
            .select("date", "area_id", pl.col("count").alias("reports"))
            .sort("area_id", "date"),
            city,
        ),
        "alarms": behind.named(_raised(recent_alarms, on), city),
        "alarm_summary": _alarm_summary(recent_alarms, on),
        "delays": behind.named(delays.sort("delay", "area_id", "period_end"), city),
        "spread": behind.named(
            situation.spread.filter(within, pl.col("date") > on - timedelta(days=behind.RECENT_DAYS)).sort(
                "area_id", "date"
            ),
            city,
        ),
        "map": summary.select("area_id", "name", "name_zh", "residents", "last7", "last7_per_100k"),
        "places": situation.places,
        "zone_totals": _stacked([drawn.totals for drawn in maps]),
        "zones": behind.named(_stacked([drawn.zones.drop("evidence", strict=False) for drawn in maps]), city)
        if maps
        else pl.DataFrame(),
        "zone_smaller": _stacked(
            [
                drawn.smaller.select(pl.lit(drawn.rules).alias("rules"), pl.all()).sort("area_id", "place_id", "tier")
                for drawn in maps
            ]
        ),
        "zone_changes": behind.named(behind.zone_changes(maps, earlier), city),
        "forecast": forecast,
        "track_record": situation.track_record,
        "missing": situation.missing,
        "notes": pl.DataFrame(
            [(note["code"], json.dumps(note["facts"], ensure_ascii=False, default=str)) for note in situation.notes],
            schema={"code": pl.String, "facts": pl.String},
            orient="row",
        ),
    }


def _sentences(
    city: City, situation: Situation, maps: Sequence[ZoneMap], tables: Mapping[str, pl.DataFrame]
) -> dict[str, tuple[Sentence, ...]]:
    root, districts, on = behind.root_of(city), behind.districts_of(city, situation), situation.on
    model = behind.chosen_model(situation)
    until = {name: _quoted_day(tables[name]) for name in ("reproduction", "growth")}
    first = maps[0].rules if maps else None
    alarms = list(rules.say_alarms(tables["alarm_summary"], tables["alarms"], on))
    said: dict[str, list[Sentence]] = {
        "headline": [
            *rules.say_reports(tables["headline"], tables["epidemic_curve"], root, on),
            *rules.say_trend(tables["growth"], until["growth"]),
        ],
        "changed": [
            *rules.say_week(tables["headline"], root),
            *rules.say_control(tables["spread"], root, on),
            *rules.say_care(tables["headline"], root),
            *rules.say_crossings(tables["district_curves"], on),
            *_leading(alarms),
            *([] if first is None else rules.say_zone_changes(tables["zone_changes"], first)),
        ],
        "sure": [
            *rules.say_trend(tables["growth"], until["growth"]),
            *rules.say_pace(tables["growth"], until["growth"]),
            *rules.say_reproduction(tables["reproduction"], until["reproduction"]),
            *rules.say_completeness(tables["epidemic_curve"], tables["district_curves"], districts, on),
            *rules.say_recent_days(tables["nowcast"], on),
        ],
        "where": [*rules.say_districts(tables["districts"]), *rules.say_places(tables["places"])],
        "alarms": alarms,
        "earlies": list(rules.say_earlies(tables["delays"], root)),
        "ahead": [
            *rules.say_forecast(tables["forecast"], model, root),
            *rules.say_track_record(tables["track_record"], model, root),
        ],
        "rules": []
        if first is None
        else [
            *rules.say_zones(tables["zone_totals"], first),
            *rules.say_smaller(tables["zone_smaller"], first),
            *rules.say_rules(tables["zone_totals"]),
        ],
        "missing": list(rules.say_missing(tables["missing"])),
        "notes": list(rules.say_notes(tables["notes"])),
    }
    return {part: tuple(found) for part, found in said.items()}


def _quoted(table: pl.DataFrame, city: City, situation: Situation) -> pl.DataFrame:
    """The city's recent rows of the clock that is quoted, with the row that may be quoted marked."""
    rows = _one_clock(behind.recent(table, city, situation))
    quoted = behind.latest_trusted(rows, situation, behind.root_of(city))
    mark = pl.col("end").is_in(quoted["end"].to_list()).cast(pl.Int8).alias("quoted")
    return behind.named(rows.with_columns(mark), city)


def _quoted_day(table: pl.DataFrame) -> date | None:
    day = table.filter(pl.col("quoted") == 1)["end"].max()
    return day if isinstance(day, date) else None


def _one_clock(table: pl.DataFrame) -> pl.DataFrame:
    """Rows of one clock only: by onset where there is one, else by specimen, else by report."""
    if "clock" not in table.columns or table.is_empty():
        return table
    present = set(table["clock"].to_list())
    for clock in ("onset", "specimen", "report"):
        if clock in present:
            return table.filter(pl.col("clock") == clock)
    return table


def _share_in(nowcast: pl.DataFrame, on: date) -> float | None:
    week = nowcast.filter(pl.col("date") > on - timedelta(days=7))
    expected = float(week["q50"].sum()) if week.height else 0.0
    return min(float(week["reported"].sum()) / expected, 1.0) if expected > 0 else None


def _raised(alarms: pl.DataFrame, on: date) -> pl.DataFrame:
    """Alarms raised, with `new`: 1 where the detector raised none the time before."""
    before = pl.col("alarm").shift(1).over("method", "area_id", order_by="date").fill_null(0)
    return (
        alarms.with_columns(new=((pl.col("alarm") == 1) & (before == 0)).cast(pl.Int8))
        .filter(pl.col("alarm") == 1, pl.col("date") > on - timedelta(days=ALARM_DAYS))
        .with_columns(_rank=pl.col("method").replace_strict(_RANK, default=len(_RANK), return_dtype=pl.Int64))
        .sort(["date", "_rank", "method", "score"], descending=[True, False, False, True], maintain_order=True)
        .drop("_rank")
    )


def _alarm_summary(alarms: pl.DataFrame, on: date) -> pl.DataFrame:
    """Series watched and alarms raised by method and day, and the number expected by chance."""
    raised = _raised(alarms, on)
    new = raised.filter(pl.col("new") == 1).group_by("method", "date").agg(new_alarms=pl.len().cast(pl.Int64))
    return (
        chance_alarms(alarms.filter(pl.col("date") > on - timedelta(days=ALARM_DAYS)))
        .join(new, on=["method", "date"], how="left")
        .with_columns(pl.col("new_alarms").fill_null(0))
        .select("method", "date", pl.col("assessed").alias("series"), "alarms", "new_alarms", "expected_by_chance")
        .sort(["date", "method"], descending=[True, False])
    )


def _leading(alarms: list[Sentence]) -> list[Sentence]:
    """What the detector page one quotes says: the yearly one where the past allows it, else EARS C2, else any."""
    by_method = {str(sentence.facts["method"]): sentence for sentence in alarms}
    found = next((by_method[method] for method in (*LEADING_DETECTORS, *by_method) if method in by_method), None)
    return [] if found is None else [found]


def _stacked(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(parts, how="diagonal_relaxed") if parts else pl.DataFrame()
