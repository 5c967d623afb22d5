"""Which unknown would change the choice, where it would flip, what knowing it is worth, and what data settle it."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from scipy import stats

from seawall.core import InvalidInput
from seawall.plan.limits import Least, Limit
from seawall.plan.meets import enough, holds
from seawall.plan.played import REPLICATE, Played
from seawall.plan.rule import picks

END = 0.2
"""Share of the replicates that make up the low and the high end of an unknown."""

NEAR = 0.15
"""Standard deviation of the window around a replicate, in shares of the ranks of all."""

GRID = np.linspace(0.1, 0.9, 33)
"""Shares of the replicates at which the choice is looked at along an unknown."""

CHANCE = 0.05
"""An unknown is said to change the choice only where chance alone goes along with it no more often than this."""

LASTS = 3
"""A choice along an unknown counts if it holds at so many places in a row."""

DEGREES = 3
"""Highest degree of the polynomial by which an amount follows an unknown."""

FEWEST = 10
"""With fewer replicates nothing is said of an unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """Where the choice changes along an unknown: from `below` to `above` at the value `at`."""

    at: float
    below: str
    above: str


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """What one unknown does to the choice.

    Attributes:
        unknown: its key.
        low, high: its median in the lowest and in the highest fifth of the replicates.
        choice_low, choice_high: what the rule chooses there.
        changes: one of these is not the choice, and what tells the two apart goes along with the unknown.
        by_chance: how often it would go along as much by chance; 1 where both are the choice.
        flips: where the choice changes, in rising order; empty unless it changes.
        value_of_knowing: event -> by how much its mean falls if the rule may choose anew for each value. Found on
            replicates that the new choice has not seen, so it can be below zero by chance, or where the rule gives up
            a little of one event for an earlier one.
        best_value: event that is to be least -> expected value of partial perfect information in it alone, among the
            options that meet the limits.
        settled_by: key of `settled_by`, None where nothing is declared for the unknown.
    """

    unknown: str
    low: float
    high: float
    choice_low: str
    choice_high: str
    changes: bool
    by_chance: float
    flips: tuple[Flip, ...]
    value_of_knowing: Mapping[str, float]
    best_value: Mapping[str, float]
    settled_by: str | None


def sensitivity(
    played: Played,
    unknowns: pl.DataFrame,
    limits: Sequence[Limit],
    order: Sequence[Least],
    events: Sequence[str],
) -> tuple[Sensitivity, ...]:
    """What each unknown does to the choice; those that change it first, then by what chance leaves of them.

    Args:
        played: scores under common random numbers, of the options that are compared to the end.
        unknowns: ``replicate`` and a column per unknown; every replicate played, each once. Unknowns that never vary
            are left out.
        limits, order: what the rule asks.
        events: whose value of knowing is told.

    Raises:
        InvalidInput: fewer than ten replicates, or a replicate played is absent from the unknowns, or not finite.
    """
    if len(played.replicates) < FEWEST:
        raise InvalidInput(f"Unknowns need {FEWEST} replicates or more, not {len(played.replicates)}.")
    chosen = int(picks(played, limits, order).row[0])
    drawn = _drawn(unknowns, played.replicates)
    found = [
        _one(played, name, values, chosen, limits, order, events)
        for name, values in drawn.items()
        if np.ptp(values) > 0
    ]
    return tuple(sorted(found, key=lambda one: (not one.changes, one.by_chance, one.unknown)))


def value_of_partial_information(amounts: np.ndarray, unknown: np.ndarray) -> float:
    """By how much the mean of an event would fall if one unknown were known before the choice.

    ``min_d E[x_d] - E[min_d E[x_d | unknown]]``. The difference of each option to the best follows the unknown by a
    polynomial of degree 3 at most, whose degree the corrected Akaike criterion picks: what options share drops out.
    From few replicates it is a little too high where the unknown says nothing.

    Args:
        amounts: float64, shape (option, replicate). Less is better.
        unknown: float64, shape (replicate,).

    Source:
        Strong, Oakley & Brennan 2014, Medical Decision Making 34:311-326 (value by regression); Hurvich & Tsai 1989,
        Biometrika 76:297-307 (the criterion).
    """
    best = int(np.argmin(amounts.mean(axis=1)))
    gap = fitted(amounts - amounts[best], unknown)
    return float(gap.mean(axis=1).min() - gap.min(axis=0).mean())


def fitted(values: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """Each row as a polynomial of the unknown, at the unknown's own values: float64, the shape of `values`."""
    count = unknown.size
    spread = float(unknown.std())
    if spread == 0:
        return np.repeat(values.mean(axis=1, keepdims=True), count, axis=1)
    powers = np.vander((unknown - unknown.mean()) / spread, DEGREES + 1, increasing=True)
    basis, _ = np.linalg.qr(powers)
    parts = values @ basis
    best, lowest = np.zeros(values.shape), np.full(len(values), np.inf)
    for degree in range(DEGREES + 1):
        free = degree + 2
        if count <= free + 1:
            break
        fit = parts[:, : degree + 1] @ basis[:, : degree + 1].T
        left = np.maximum(((values - fit) ** 2).sum(axis=1), 1e-24 * (values**2).sum(axis=1) + 1e-300)
        score = count * np.log(left / count) + 2 * free + 2 * free * (free + 1) / (count - free - 1)
        better = score < lowest
        best[better], lowest[better] = fit[better], score[better]
    return best


@cache
def _declared() -> Mapping[str, Mapping[str, str]]:
    text = (files("seawall.plan") / "declared" / "settled_by.toml").read_text("utf-8")
    return {key: dict(value) for key, value in tomllib.loads(text).items()}


def settled_by(unknown: str) -> Mapping[str, str] | None:
    """What to collect so that an unknown is known better: language -> sentence; None where nothing is declared."""
    return _declared().get(unknown)


def _drawn(unknowns: pl.DataFrame, replicates: tuple[int, ...]) -> dict[str, np.ndarray]:
    """What each unknown was in the replicates played."""
    own = unknowns.filter(pl.col(REPLICATE).is_in(replicates)).sort(REPLICATE)
    if own[REPLICATE].to_list() != list(replicates):
        raise InvalidInput("The unknowns must hold every replicate played, each once.")
    drawn = {name: own[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in own.columns if name != REPLICATE}
    bad = [name for name, values in drawn.items() if not np.isfinite(values).all()]
    if bad:
        raise InvalidInput(f"Unknowns are missing or not finite: {', '.join(bad)}.")
    return drawn


def _one(
    played: Played,
    name: str,
    values: np.ndarray,
    chosen: int,
    limits: Sequence[Limit],
    order: Sequence[Least],
    events: Sequence[str],
) -> Sensitivity:
    count = values.size
    share = (stats.rankdata(values) - 0.5) / count
    ends = _ends(values)
    low, high = (int(row) for row in picks(played, limits, order, ends).row)
    along = picks(played, limits, order, _windows(share, GRID)).row
    by_chance = _by_chance(played, values, chosen, sorted({low, high} - {chosen}), limits, order)
    changes = by_chance <= CHANCE
    return Sensitivity(
        unknown=name,
        low=float(np.median(values[ends[0] > 0])),
        high=float(np.median(values[ends[1] > 0])),
        choice_low=played.options[low],
        choice_high=played.options[high],
        changes=changes,
        by_chance=by_chance,
        flips=_flips(played, values, along) if changes else (),
        value_of_knowing=_gained(played, share, chosen, limits, order, events),
        best_value=_best_value(played, values, limits, order),
        settled_by=name if settled_by(name) else None,
    )


def _by_chance(
    played: Played,
    values: np.ndarray,
    chosen: int,
    others: Sequence[int],
    limits: Sequence[Limit],
    order: Sequence[Least],
) -> float:
    """How often what tells the choice from the others would go along with the unknown as much by chance.

    Spearman's rank correlation of the unknown with each paired difference the rule reads: amounts that are to be
    least, amounts under a limit, and whether the limit holds. The smallest p-value times the number of them.
    """
    told = []
    held = holds(played, limits).astype(float)
    for other in others:
        events = dict.fromkeys([least.event for least in order] + [limit.event for limit in limits])
        told += [played.of(event)[other] - played.of(event)[chosen] for event in events]
        told += [one[other] - one[chosen] for one in held]
        told.append(played.gave_up[other].astype(float) - played.gave_up[chosen])
    told = [one for one in told if np.ptp(one) > 0]
    if not told:
        return 1.0
    return min(1.0, len(told) * min(float(stats.spearmanr(values, one).pvalue) for one in told))


def _ends(values: np.ndarray) -> np.ndarray:
    """Weights that pick the lowest and the highest fifth: float64, shape (2, replicate)."""
    many = max(1, round(END * values.size))
    order = np.argsort(values, kind="stable")
    weights = np.zeros((2, values.size))
    weights[0, order[:many]] = weights[1, order[-many:]] = 1 / many
    return weights


def _windows(share: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Weights of replicates near each place along an unknown: float64, shape (place, replicate)."""
    weights = np.exp(-0.5 * ((share[None, :] - at[:, None]) / NEAR) ** 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _flips(played: Played, values: np.ndarray, along: np.ndarray) -> tuple[Flip, ...]:
    """Where the choice changes along the unknown from one that lasts to another that lasts."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(along)) + 1])
    lengths = np.diff(np.append(starts, along.size))
    lasting = starts[lengths >= LASTS]
    found = []
    for before, start in itertools.pairwise(lasting):
        if along[before] != along[start]:
            at = float(np.quantile(values, (GRID[start - 1] + GRID[start]) / 2))
            found.append(Flip(at=at, below=played.options[int(along[before])], above=played.options[int(along[start])]))
    return tuple(found)


def _gained(
    played: Played,
    share: np.ndarray,
    chosen: int,
    limits: Sequence[Limit],
    order: Sequence[Least],
    events: Sequence[str],
) -> dict[str, float]:
    """The choice's amounts less those of what the rule chooses near each replicate without having seen it."""
    weights = _windows(share, share)
    np.fill_diagonal(weights, 0.0)
    rows = picks(played, limits, order, weights / weights.sum(axis=1, keepdims=True)).row
    every = np.arange(share.size)
    counts = ~(played.gave_up[chosen] | played.gave_up[rows, every])
    if not counts.any():
        return {}
    return {event: float((played.of(event)[chosen] - played.of(event)[rows, every])[counts].mean()) for event in events}


def _best_value(
    played: Played, values: np.ndarray, limits: Sequence[Limit], order: Sequence[Least]
) -> dict[str, float]:
    """Value of partial information in each event that is to be least, among options that meet the limits."""
    stands = enough(holds(played, limits).mean(axis=2), limits) & ~played.gave_up.any(axis=1)
    if not stands.any():
        return {}
    return {least.event: value_of_partial_information(played.of(least.event)[stands], values) for least in order}
