"""What came of one run, and of many: arrays by day, tables, and what may be compared with what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from seawall.city.layers import AGE_CLASS_FROM
from seawall.core import Fault, InvalidInput
from seawall.twin.burden import BURDEN, CONFINED, DEAD, ILL, WHAT
from seawall.twin.run import Run

QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
FLOWS = (
    "infections",
    "onsets",
    "reports",
    "reports_in_control",
    "reports_imported",
    "admissions",
    "icu_admissions",
    "deaths",
    "tests",
    "positives",
)
STOCKS = ("in_hospital", "in_icu")
"""Events counted by day; flows for the city and its districts, stocks for the city."""


LIMITED, LIMITED_LOST, LOOP = "limited", "limited_lost", "loop"
AWAY_FROM_WORK = (DEAD, ILL, CONFINED, LIMITED)
"""Why a worker is away on a day; the first that holds counts, and no other."""

WORK = (*AWAY_FROM_WORK, LIMITED_LOST, LOOP)
"""Keys of `Outcome.work`. `LIMITED_LOST`: of the limited, the days of work not done from home instead. `LOOP`: workers
who live at work, and are not away."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One replicate.

    Attributes:
        replicate: its number, from 1.
        daily: event to float64, shape (day, district + 1); the last column is the city. Stocks stand for the city only.
        ages: event to float64, shape (class,): infections, admissions, deaths over the run.
        layers: float64, shape (day, layer + 1). Infections by where; the last is elsewhere.
        variants: float64, shape (day, variant).
        burden: columns of `burden.CELLS`, summed over days.
        burden_daily: columns ``day, measure, what, amount``.
        measures: names of the measures by number.
        tiers: float64, shape (day, tier). Residents by tier; empty where no rule draws zones.
        rows: infections in all, reinfections included.
        played: days played; fewer than asked where the run was stopped, and nothing counts after them.
        work: cause to float32, shape (day, district, sector). Workers by why they are away from work, one cause each
            in the order of `AWAY_FROM_WORK`, and beside them `LIMITED_LOST` and `LOOP`; district is where they work.
        school_away: float32, shape (day, district, stage). Pupils away from school through limits, the confined, the
            ill and the dead left out; district is where the school lies.
    """

    replicate: int
    daily: Mapping[str, np.ndarray]
    ages: Mapping[str, np.ndarray]
    layers: np.ndarray
    variants: np.ndarray
    burden: Mapping[str, np.ndarray]
    burden_daily: Mapping[str, np.ndarray]
    measures: tuple[str, ...]
    tiers: np.ndarray
    tier_codes: tuple[str, ...]
    rows: int
    played: int
    work: Mapping[str, np.ndarray]
    school_away: np.ndarray


def outcome_of(run: Run, replicate: int) -> Outcome:
    """What came of a run that has been played to its end."""
    tally, ground = run.tally, run.state.world.ground
    district = ground.district_of_block

    def by_district(blocks: np.ndarray) -> np.ndarray:
        out = np.zeros((run.days, tally.districts))
        np.add.at(out.T, district, blocks.T.astype(float))
        return out

    arrays = {
        "infections": by_district(tally.infections),
        "onsets": tally.onsets,
        "reports": by_district(tally.reports),
        "reports_in_control": by_district(tally.in_control),
        "reports_imported": by_district(tally.imported),
        "admissions": tally.admissions,
        "icu_admissions": tally.icu,
        "deaths": tally.deaths,
        "tests": tally.tests.sum(axis=(2, 3)),
        "positives": tally.positives.sum(axis=(2, 3)),
    }
    daily = {name: np.column_stack([array, array.sum(axis=1)]).astype(float) for name, array in arrays.items()}
    daily["in_hospital"], daily["in_icu"] = (
        tally.in_hospital[:, None].astype(float),
        tally.in_icu[:, None].astype(float),
    )
    cells = run.burden.cells()
    codes = run.zones.tiers if run.zones is not None else ()
    if tally.tiers is not None:
        codes = tuple(run.tables["tier_codes"].tolist())
    tiers = np.zeros((run.days if codes else 0, len(codes)))
    residents = run.map.residents.sum(axis=1)
    if tally.tiers is not None:
        for tier in range(len(codes)):
            tiers[:, tier] = (tally.tiers == tier) @ residents
    return Outcome(
        replicate=replicate,
        daily=daily,
        ages={
            "infections": tally.infections_by_class.sum(axis=0).astype(float),
            "admissions": tally.admissions_by_class.sum(axis=0).astype(float),
            "deaths": tally.deaths_by_class.sum(axis=0).astype(float),
        },
        layers=tally.by_layer.astype(float),
        variants=tally.by_variant.astype(float),
        burden=_summed(cells, ("measure", "what", "district", "age_class", "sector")),
        burden_daily=_told_daily(run),
        measures=tuple(run.burden.measures),
        tiers=tiers,
        tier_codes=codes,
        rows=run.state.rows,
        played=run.state.day,
        work=_work(run),
        school_away=_until_stopped(run, tally.school_away),
    )


def _work(run: Run) -> dict[str, np.ndarray]:
    tally, burden = run.tally, run.burden
    found = {DEAD: burden.away(DEAD), ILL: burden.away(ILL), CONFINED: burden.away(CONFINED)}
    found |= {LIMITED: tally.limited, LIMITED_LOST: tally.limited_lost, LOOP: tally.loop}
    return {cause: _until_stopped(run, days) for cause, days in found.items()}


def _until_stopped(run: Run, days: np.ndarray) -> np.ndarray:
    """As float32; nothing on days that were not played, for which stays may have been written ahead."""
    found = days.astype(np.float32)
    found[run.state.day :] = 0
    return found


def _summed(cells: Mapping[str, np.ndarray], by: Sequence[str]) -> dict[str, np.ndarray]:
    table = pl.DataFrame({name: cells[name] for name in (*by, "amount")})
    table = table.group_by(list(by), maintain_order=True).agg(pl.col("amount").sum()).sort(list(by))
    return {name: table[name].to_numpy() for name in table.columns}


def _told_daily(run: Run) -> dict[str, np.ndarray]:
    kinds, parts = list(WHAT), []
    for (measure, what), amounts in run.burden.totals().items():
        day = np.nonzero(amounts)[0]
        size = day.size
        number = run.burden.measures.index(measure)
        parts.append((day, np.full(size, number), np.full(size, kinds.index(what)), amounts[day]))
    if not parts:
        return {name: np.zeros(0) for name in ("day", "measure", "what", "amount")}
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return dict(zip(("day", "measure", "what", "amount"), columns, strict=True))


@dataclass(frozen=True, kw_only=True)
class Runs:
    """Replicates of one scenario, and where they come from.

    Attributes:
        outcomes: in the order of their numbers.
        start, days: first day and length.
        districts: codes; city: code of the city.
        sectors, variants: names.
        provenance: seed, fingerprint of the city, disease, strategy, software; what must be equal for two scenarios
            to be compared stands under ``same``.
    """

    outcomes: tuple[Outcome, ...]
    start: date
    days: int
    districts: tuple[str, ...]
    city: str
    sectors: tuple[str, ...]
    variants: tuple[str, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def dates(self) -> list[date]:
        """The days."""
        return [self.start + timedelta(days=day) for day in range(self.days)]

    def of(self, event: str) -> np.ndarray:
        """An event of the city, float64, shape (replicate, day)."""
        return np.stack([outcome.daily[event][:, -1] for outcome in self.outcomes])

    def daily(self) -> pl.DataFrame:
        """``replicate, date, area_id, event, count``; days on which nothing happened are in it."""
        parts = []
        days = pl.Series(self.dates, dtype=pl.Date)
        for outcome in self.outcomes:
            for event, columns in outcome.daily.items():
                parted = event in FLOWS and self.districts != (self.city,)
                areas = (*self.districts, self.city) if parted else (self.city,)
                array = columns if parted else columns[:, -1:]
                parts.append(
                    pl.DataFrame(
                        {
                            "replicate": pl.repeat(outcome.replicate, array.size, eager=True, dtype=pl.Int64),
                            "date": days.gather(np.repeat(np.arange(self.days), len(areas))),
                            "area_id": pl.Series(areas, dtype=pl.String).gather(
                                np.tile(np.arange(len(areas)), self.days)
                            ),
                            "event": pl.repeat(event, array.size, eager=True),
                            "count": array.ravel(),
                        }
                    )
                )
        return pl.concat(parts)

    def quantiles(self) -> pl.DataFrame:
        """``date, area_id, event, mean, q2.5 ... q97.5`` over the replicates."""
        levels = [pl.col("count").quantile(q, "linear").alias(f"q{100 * q:g}") for q in QUANTILES]
        return (
            self.daily()
            .group_by("date", "area_id", "event", maintain_order=True)
            .agg(pl.col("count").mean().alias("mean"), *levels)
        )

    def burden(self) -> pl.DataFrame:
        """``replicate, measure, what, area_id, age_from, sector, amount`` over the whole run."""
        parts = [pl.DataFrame(schema={"replicate": pl.Int64, **{k: v for k, v in BURDEN.items() if k != "date"}})]
        kinds = list(WHAT)
        for outcome in self.outcomes:
            cells = outcome.burden
            parts.append(
                pl.DataFrame(
                    {
                        "replicate": pl.repeat(outcome.replicate, cells["amount"].size, eager=True, dtype=pl.Int64),
                        "measure": _named(outcome.measures, cells["measure"]),
                        "what": _named(kinds, cells["what"]),
                        "area_id": _named(self.districts, cells["district"]),
                        "age_from": _named(list(AGE_CLASS_FROM), cells["age_class"], pl.Int64),
                        "sector": _named(self.sectors, cells["sector"]),
                        "amount": cells["amount"].astype(float),
                    }
                )
            )
        return pl.concat(parts)

    def burden_daily(self) -> pl.DataFrame:
        """``replicate, date, measure, what, amount`` for the city."""
        parts = []
        days = pl.Series(self.dates, dtype=pl.Date)
        for outcome in self.outcomes:
            cells = outcome.burden_daily
            parts.append(
                pl.DataFrame(
                    {
                        "replicate": pl.repeat(outcome.replicate, cells["amount"].size, eager=True, dtype=pl.Int64),
                        "date": days.gather(cells["day"].astype(np.int64)),
                        "measure": _named(outcome.measures, cells["measure"]),
                        "what": _named(list(WHAT), cells["what"]),
                        "amount": cells["amount"].astype(float),
                    }
                )
            )
        return pl.concat(parts)

    def amounts(self) -> dict[str, np.ndarray]:
        """Flows over the run, the peak of each stock, every kind of burden; each float64, shape (replicate,)."""
        rows: dict[str, np.ndarray] = {}
        for event in FLOWS:
            rows[event] = self.of(event).sum(axis=1)
        for event in STOCKS:
            rows[f"peak_{event}"] = self.of(event).max(axis=1)
        burden = self.burden_daily().filter(pl.col("measure") != "all measures") if self.outcomes else None
        if burden is not None:
            for what in WHAT:
                each = burden.filter(pl.col("what") == what).group_by("replicate").agg(pl.col("amount").sum())
                known = dict(each.iter_rows())
                if known:
                    rows[what] = np.array([known.get(outcome.replicate, 0.0) for outcome in self.outcomes])
        return rows

    def totals(self) -> pl.DataFrame:
        """``event, mean, q2.5 ... q97.5`` of all `amounts`."""
        return pl.DataFrame(
            [
                {"event": name, "mean": float(values.mean())}
                | {f"q{100 * q:g}": float(np.quantile(values, q)) for q in QUANTILES}
                for name, values in self.amounts().items()
            ]
        )

    def averted(self, other: Runs, event: str = "infections") -> np.ndarray:
        """How many fewer of an event than in another scenario, replicate by replicate; float64, shape (replicate,).

        Raises:
            InvalidInput: the two differ in more than their strategy.
        """
        mine, theirs = self.provenance.get("same", {}), other.provenance.get("same", {})
        faults = [
            Fault(
                file="runs",
                column=key,
                problem=f"one has {mine.get(key)!r}, the other {theirs.get(key)!r}",
                mend="Compare runs that differ in their strategy only",
            )
            for key in sorted(set(mine) | set(theirs))
            if mine.get(key) != theirs.get(key)
        ]
        if faults:
            raise InvalidInput("These runs cannot be compared.", faults)
        both = min(len(self.outcomes), len(other.outcomes))
        return np.asarray(other.of(event).sum(axis=1)[:both] - self.of(event).sum(axis=1)[:both])


def _named(names: Sequence[Any], index: np.ndarray, dtype: pl.DataType | type[pl.DataType] = pl.String) -> pl.Series:
    """Names by index; -1 is null."""
    at = pl.Series(np.where(index < 0, 0, index).astype(np.int64))
    found = pl.Series(list(names), dtype=dtype).gather(at)
    return pl.select(pl.when(pl.Series(index >= 0)).then(found)).to_series()
