"""Relief laid over a plan: what it costs, who is reached when, and whom it misses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
from scipy.special import ndtr

from seawall.city.synth.defaults import FIRM_SIZE
from seawall.plan.reopening.draw_up import Reopening
from seawall.plan.reopening.instruments import LOSSES, Instrument, Relief
from seawall.plan.reopening.tables import causes

HURT = 0.01
"""Share of usual output over the plan from which a unit counts as hurt."""

MISSED = {
    "cause": "the loss is not by order",
    "small loss": "the loss is too small",
    "sector": "customers do not come there",
    "size": "the firm is too small or too large",
    "register": "it is in no register",
    "no application": "it does not apply, or is turned down",
}
"""Why a firm that is hurt gets nothing, in the order in which it is looked at."""

SCHEMA = {
    "instrument": pl.String,
    "kind": pl.String,
    "district": pl.String,
    "sector": pl.String,
    "firm": pl.String,
    "loss": pl.Float64,
    "loss_by_order": pl.Float64,
    "loss_for_inputs": pl.Float64,
    "loss_for_buyers": pl.Float64,
    "workers": pl.Float64,
    "firms": pl.Float64,
    "firms_reached": pl.Float64,
    "workers_reached": pl.Float64,
    "reached_from": pl.Date,
    "cost": pl.Float64,
    "cost_low": pl.Float64,
    "cost_high": pl.Float64,
    "loss_covered": pl.Float64,
    "firms_missed": pl.Float64,
    "workers_missed": pl.Float64,
    "loss_missed": pl.Float64,
    "missed_mostly": pl.String,
}
"""Columns of the table; a row for each instrument and unit that is hurt."""


@dataclass(frozen=True, kw_only=True)
class _Firms:
    """How firms of a unit are spread over sizes: one key firm, or many."""

    count: float
    share: float
    share_of_workers: float


def relief_table(plan: Reopening, relief: Relief) -> pl.DataFrame:
    """What each instrument does for each sector of a district, and each key firm, that loses output.

    Firms of a sector are spread over sizes as those of a large city; unregistered workers and firms are spread evenly.
    Who is missed is told by the first reason that applies.
    """
    work, lengths = plan.setting.work, plan.setting.calendar.lengths
    by_cause = np.stack(causes(plan))  # (cause, unit, period)
    lost = (by_cause * lengths).sum(axis=2) * work.value  # money by cause and unit
    total = lost.sum(axis=0)
    usual = work.value * lengths.sum()
    hurt = np.nonzero(total > HURT * np.maximum(usual, 1e-9))[0]
    rows = [
        _row(plan, relief, instrument, unit, lost[:, unit], by_cause[:, unit])
        for instrument in relief.instruments
        for unit in hurt.tolist()
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").with_columns(pl.col(pl.Float64).round(4))


def _row(
    plan: Reopening, relief: Relief, instrument: Instrument, unit: int, lost: np.ndarray, shares: np.ndarray
) -> dict[str, Any]:
    work = plan.setting.work
    usual = float(work.value[unit] * plan.setting.calendar.days)
    loss, workers = float(lost.sum()), float(work.workers[unit])
    counted = np.isin(LOSSES, instrument.losses)
    counts = float(lost[counted].sum())
    firms = _firms(instrument, workers, one=bool(work.firms[unit]))
    left_out = _left_out(work.serves[work.sector[unit]], instrument, counts, loss, usual)
    unregistered = relief.unregistered.value if instrument.registered and not work.firms[unit] else 0.0
    eligible = 0.0 if left_out else 1.0
    share = eligible * firms.share * (1 - unregistered) * instrument.reach.value
    share_workers = eligible * firms.share_of_workers * (1 - unregistered) * instrument.reach.value
    covered = counts * share_workers if instrument.per == "lost_output" else 0.0
    worker = float(work.value[unit]) / max(workers, 1e-9)
    base = covered if instrument.per == "lost_output" else workers * share_workers * worker
    low, high = _beside(relief, instrument, unregistered)
    first = np.nonzero((shares[counted] > 1e-6).any(axis=0))[0]
    paid_from = None
    if share > 0 and first.size:
        paid_from = plan.first_day(int(first[0])) + timedelta(days=int(np.ceil(instrument.delay_days.value)))
    return {
        "instrument": instrument.key,
        "kind": instrument.kind,
        "district": work.districts[work.district[unit]],
        "sector": work.sectors[work.sector[unit]],
        "firm": work.firms[unit] or None,
        "loss": loss,
        "loss_by_order": float(lost[0]),
        "loss_for_inputs": float(lost[1]),
        "loss_for_buyers": float(lost[2]),
        "workers": workers,
        "firms": firms.count,
        "firms_reached": firms.count * share,
        "workers_reached": workers * share_workers,
        "reached_from": paid_from,
        "cost": base * instrument.amount.value,
        "cost_low": base * low,
        "cost_high": base * high,
        "loss_covered": covered,
        "firms_missed": firms.count * (1 - share),
        "workers_missed": workers * (1 - share_workers),
        "loss_missed": loss - covered,
        "missed_mostly": MISSED[left_out or _mostly(firms, unregistered, instrument.reach.value)],
    }


def _beside(relief: Relief, instrument: Instrument, unregistered: float) -> tuple[float, float]:
    """Amount times reach times registered at both ends of their ranges, beside those used for who is reached."""
    used = max(instrument.reach.value * (1 - unregistered), 1e-9)
    most, fewest = (relief.unregistered.high, relief.unregistered.low) if unregistered > 0 else (0.0, 0.0)
    low = instrument.amount.low * instrument.reach.low * (1 - most) / used
    high = instrument.amount.high * instrument.reach.high * (1 - fewest) / used
    return low, high


def _left_out(serves: bool, instrument: Instrument, counts: float, loss: float, usual: float) -> str:  # noqa: FBT001
    """Why no firm of a unit is eligible; empty where some are."""
    if instrument.customers_only and not serves:
        return "sector"
    if counts <= 1e-9 * max(usual, 1e-9):
        return "cause"
    if counts < instrument.least_loss * usual:
        return "small loss" if counts >= 0.5 * loss else "cause"
    return ""


def _firms(instrument: Instrument, workers: float, *, one: bool) -> _Firms:
    """Number of firms, and the share of them and of their workers that is of an eligible size.

    Sizes are lognormal; seen from workers they are lognormal too, moved by the variance.
    """
    low, high = instrument.least_workers, instrument.most_workers
    if one:
        right = 1.0 if low <= workers <= high else 0.0
        return _Firms(count=1.0, share=right, share_of_workers=right)
    median, spread = FIRM_SIZE.values

    def below(size: float, *, moved: float) -> float:
        return float(ndtr((np.log(max(size, 1e-12) / median) - moved) / spread))

    mean = median * float(np.exp(spread**2 / 2))
    return _Firms(
        count=workers / mean,
        share=below(high, moved=0.0) - below(low, moved=0.0),
        share_of_workers=below(high, moved=spread**2) - below(low, moved=spread**2),
    )


def _mostly(firms: _Firms, unregistered: float, reach: float) -> str:
    """The reason by which most firms of an eligible unit are missed."""
    lost = {
        "size": 1 - firms.share,
        "register": firms.share * unregistered,
        "no application": firms.share * (1 - unregistered) * (1 - reach),
    }
    return max(lost, key=lambda reason: lost[reason])


def relief_totals(table: pl.DataFrame) -> pl.DataFrame:
    """Cost, reach and misses of each instrument over the city."""
    sums = ("loss", "cost", "cost_low", "cost_high", "loss_covered", "loss_missed", "firms", "firms_reached")
    return table.group_by("instrument", "kind", maintain_order=True).agg(
        *(pl.col(name).sum() for name in sums),
        pl.col("firms_missed").sum(),
        pl.col("workers_missed").sum(),
        pl.col("reached_from").min(),
    )
