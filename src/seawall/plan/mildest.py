"""The mildest option that meets the goal, how likely that is to be right, and what would make a goal feasible."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seawall.core.draws import generator
from seawall.plan.limits import Least, Limit
from seawall.plan.meets import enough, holds
from seawall.plan.paired import Difference, bootstrap_weights, difference
from seawall.plan.played import Played
from seawall.plan.rule import Doubt, equal_weights, excess, picks, reached

DRAWS = 1000
"""Bootstrap draws; a share of one half is then known to about 0.03."""

HALF = 0.5
"""Weight of the replicate that meets every limit and of the one that fails them, which are added where replicates are
few: with it the share that meets a limit is drawn from Beta(met + 1/2, missed + 1/2), Jeffreys' posterior."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """How far one option is from one limit.

    Attributes:
        event, limit, probability: what is asked.
        reached: the amount that is not exceeded with that probability; None where too many replicates gave up.
        share: of the replicates, those that held the limit.
    """

    event: str
    limit: float
    probability: float
    reached: float | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """The least change of one limit that would make the goal feasible, all else as asked.

    Attributes:
        event: of the limit that is changed.
        limit: the lowest limit at which some option would meet the goal; None where no limit would do.
        probability: the highest probability at which some option would meet the goal; None where none would do.
        option, option_by_probability: the option that would then meet it.
    """

    event: str
    limit: float | None
    option: str | None
    probability: float | None
    option_by_probability: str | None


@dataclass(frozen=True, kw_only=True)
class Mildest:
    """What the rule chooses.

    Attributes:
        chosen: the mildest option that meets the goal; None where none does.
        nearest: where none does, the option that exceeds its worst limit by the least share.
        runner_up: what the rule would choose (or find nearest) without it; None where there is no other.
        p_right: how likely the same rule, with endless replicates, would choose the same: share of draws, with doubt
            added for limits that few replicates can tell of.
        p_right_plain: the same share without that doubt.
        shares: option -> share of draws that choose it, largest first; those never chosen left out.
        p_feasible: share of draws in which some option meets the goal.
        deciding: the event in which chosen and runner-up differ by more than the tolerance, or else the last.
        apart: chosen less runner-up in that event; None where one of them gave up or there is no other.
        missing: of the nearest option, each limit it does not hold.
        mend: where no option meets the goal, what would make it feasible, a limit each.
    """

    chosen: str | None
    nearest: str | None
    runner_up: str | None
    p_right: float
    p_right_plain: float
    shares: Mapping[str, float]
    p_feasible: float
    deciding: str
    apart: Difference | None
    missing: tuple[Missing, ...]
    mend: tuple[Mend, ...]


def mildest(
    played: Played,
    limits: Sequence[Limit],
    order: Sequence[Least],
    *,
    seed: int,
    draws: int = DRAWS,
    sure: float = 0.9,
) -> Mildest:
    """Choose by the rule of `seawall.plan.rule`, and say how sure that is.

    Args:
        played: scores under common random numbers, of the options that are to be compared.
        limits: what must hold.
        order: what is to be least, the most important first.
        seed: of the bootstrap.
        draws: of the bootstrap over replicates, the same for all options.
        sure: coverage of the interval of the difference to the runner-up.
    """
    best = picks(played, limits, order)
    row, feasible = int(best.row[0]), bool(best.feasible[0])
    option = played.options[row]
    weights = bootstrap_weights(len(played.replicates), draws, seed, "mildest")
    plain = picks(played, limits, order, weights)
    doubted = picks(played, limits, order, weights, doubt=doubt_of(len(played.replicates), draws, seed))
    same = _alike(played, row)
    counts = np.bincount(doubted.row, minlength=len(played.options))
    shares = {played.options[at]: float(counts[at] / draws) for at in np.argsort(-counts, kind="stable") if counts[at]}
    others = played.without(option)
    runner_up = others.options[int(picks(others, limits, order).row[0])] if others.options else None
    deciding, apart = _apart(played, order, option, runner_up, sure)
    return Mildest(
        chosen=option if feasible else None,
        nearest=None if feasible else option,
        runner_up=runner_up,
        p_right=_right(doubted.row, doubted.feasible, same, feasible=feasible),
        p_right_plain=_right(plain.row, plain.feasible, same, feasible=feasible),
        shares=shares,
        p_feasible=float(doubted.feasible.mean()),
        deciding=deciding,
        apart=apart,
        missing=() if feasible else missing(played, limits, option),
        mend=() if feasible else tuple(mend(played, limits, limit) for limit in limits),
    )


def doubt_of(replicates: int, draws: int, seed: int) -> Doubt:
    """What is added to bootstrap draws for what few replicates cannot show.

    The weights of replicates are exponential, so that of a half more that meets and a half more that fails are gamma
    variables of shape 1/2 over the sum of the others, which is gamma of shape `replicates` and independent of the
    weights themselves. The bootstrap's variance of a mean is (n - 1) / (n + 1) of the usual estimate; the stretch
    makes up for it.
    """
    source = generator(seed, "plan", "doubt")
    whole = source.standard_gamma(replicates, draws)
    met, missed = source.standard_gamma(HALF, draws) / whole, source.standard_gamma(HALF, draws) / whole
    stretch = math.sqrt((replicates + 1) / (replicates - 1)) if replicates > 1 else 1.0
    return Doubt(met=met, missed=missed, stretch=stretch)


def missing(played: Played, limits: Sequence[Limit], option: str) -> tuple[Missing, ...]:
    """The limits that an option does not hold with the probability asked, with what it reaches."""
    row = played.row(option)
    weights = equal_weights(played)
    found = []
    for limit, held in zip(limits, holds(played, limits), strict=True):
        share = float(held[row].mean())
        if not enough(np.array([[share]]), [limit])[0]:
            amount = float(reached(played, limit, weights)[0, row])
            found.append(
                Missing(
                    event=limit.event,
                    limit=limit.at_most,
                    probability=limit.probability,
                    reached=amount if math.isfinite(amount) else None,
                    share=share,
                )
            )
    return tuple(found)


def mend(played: Played, limits: Sequence[Limit], limit: Limit) -> Mend:
    """The least change of one limit after which some option would meet the goal, the others held."""
    weights = equal_weights(played)
    others = [other for other in limits if other is not limit]
    stands = excess(played, others, weights)[0] <= 0
    needed = np.where(stands, reached(played, limit, weights)[0], np.inf)
    shares = np.where(stands, holds(played, [limit])[0].mean(axis=1), 0.0)
    least, most = int(np.argmin(needed)), int(np.argmax(shares))
    by_limit, by_share = math.isfinite(needed[least]), bool(shares[most] > 0)
    return Mend(
        event=limit.event,
        limit=float(needed[least]) if by_limit else None,
        option=played.options[least] if by_limit else None,
        probability=float(shares[most]) if by_share else None,
        option_by_probability=played.options[most] if by_share else None,
    )


def _alike(played: Played, row: int) -> np.ndarray:
    """Bool, shape (option,): the same as this one in every amount of every replicate."""
    amounts = (played.values == played.values[:, [row]]).all(axis=(0, 2))
    return np.asarray(amounts & (played.gave_up == played.gave_up[row]).all(axis=1))


def _right(rows: np.ndarray, could: np.ndarray, same: np.ndarray, *, feasible: bool) -> float:
    """Share of draws that pick the same option, or one the same as it, for the same reason."""
    return float((same[rows] & (could == feasible)).mean())


def _apart(
    played: Played, order: Sequence[Least], option: str, runner_up: str | None, sure: float
) -> tuple[str, Difference | None]:
    """The event that decides between the two, and their difference in it."""
    last = order[-1].event
    if runner_up is None:
        return last, None
    own, other = played.row(option), played.row(runner_up)
    if played.gave_up[[own, other]].any():
        return last, None
    for least in order:
        amounts = played.of(least.event)
        gap = abs(amounts[own].mean() - amounts[other].mean())
        if gap > least.within * min(abs(amounts[own].mean()), abs(amounts[other].mean())) or least is order[-1]:
            return least.event, difference(amounts[own] - amounts[other], sure=sure)
    return last, None
