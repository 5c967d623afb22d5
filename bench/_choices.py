"""Problems of choosing whose truth is known: options with shared luck, in the shapes that outbreaks give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from seawall.core.draws import generator
from seawall.plan.limits import Least, Limit
from seawall.plan.played import Played
from seawall.plan.rule import picks

TRUTH = 20_000
"""Replicates that stand for the truth."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Options, what is asked, and every replicate there is: the last ones of these are the truth."""

    everything: Played
    limits: tuple[Limit, ...]
    order: tuple[Least, ...]

    def first(self, replicates: int) -> Played:
        """The replicates a race may see."""
        whole = self.everything
        return Played(
            options=whole.options,
            replicates=whole.replicates[:replicates],
            events=whole.events,
            values=whole.values[:, :, :replicates],
            gave_up=whole.gave_up[:, :replicates],
        )

    def right(self) -> str:
        """The option that the rule picks when everything is known."""
        return self.everything.options[int(picks(self.everything, self.limits, self.order).row[0])]

    def play(self, pairs: list[tuple[str, int]]) -> Iterator[tuple[str, int, Mapping[str, float]]]:
        """Look pairs up, the last asked first."""
        whole = self.everything
        for option, replicate in reversed(pairs):
            row = whole.row(option)
            amounts = dict(zip(whole.events, whole.values[:, row, replicate - 1].tolist(), strict=True))
            yield option, replicate, {**amounts, "gave_up": float(whole.gave_up[row, replicate - 1])}


def _of(values: Mapping[str, np.ndarray], limits: tuple[Limit, ...], order: tuple[Least, ...]) -> Problem:
    count, replicates = next(iter(values.values())).shape
    return Problem(
        everything=Played(
            options=tuple(f"o{number:03d}" for number in range(count)),
            replicates=tuple(range(1, replicates + 1)),
            events=tuple(values),
            values=np.stack(list(values.values())),
            gave_up=np.zeros((count, replicates), bool),
        ),
        limits=limits,
        order=order,
    )


def normal(seed: int, *, options: int = 50, shared: float = 0.9, truth: int = TRUTH) -> Problem:
    """One event, no limit: means a few standard deviations apart, normal noise most of which is shared."""
    draws = generator(seed, "choices", "normal")
    means = 100 + 2 * draws.standard_normal(options)
    luck = draws.standard_normal(truth)
    own = draws.standard_normal((options, truth))
    noise = 3 * (np.sqrt(shared) * luck + np.sqrt(1 - shared) * own)
    return _of({"deaths": means[:, None] + noise}, (), (Least(event="deaths"),))


def outbreak(seed: int, *, options: int = 100, truth: int = TRUTH, within: float = 0.1) -> Problem:
    """Beds within capacity with probability 0.9, deaths least within a tenth, then person-days restricted least.

    Transmission and the infected at the start are unknown and shared; infections grow by what an option leaves of
    transmission, so all amounts are skewed, with one replicate in a few far above the rest.
    """
    draws = generator(seed, "choices", "outbreak")
    strength = draws.uniform(0.1, 0.95, options)[:, None]
    elderly = draws.uniform(0.0, 0.6, options)[:, None]
    burden = draws.uniform(0.7, 1.3, options)[:, None]
    growth = 0.18 * np.exp(0.25 * draws.standard_normal(truth))
    infected = 200 * np.exp(0.6 * draws.standard_normal(truth))
    own = np.exp(0.15 * draws.standard_normal((options, truth)))
    infections = infected * own * np.exp(30 * growth * (1 - strength) - 30 * 0.06 * strength)
    infections = 200_000 * infections / (200_000 + infections)
    deaths = draws.poisson(infections * 0.004 * (1 - elderly))
    beds = draws.poisson(0.02 * infections * (1 - 0.5 * elderly))
    days = 1e4 * burden * (strength**2 + 0.3 * elderly) * (1 + 0.1 * own) + 0.5 * infections
    return _of(
        {"deaths": deaths.astype(float), "beds": beds.astype(float), "restricted_days": days},
        (Limit(event="beds", at_most=60.0, probability=0.9),),
        (Least(event="deaths", within=within), Least(event="restricted_days", within=0.02)),
    )


def rare(seed: int, *, options: int = 50, truth: int = TRUTH) -> Problem:
    """Most replicates die out under every option, and a few are large: hard for anything that trusts a small sample."""
    draws = generator(seed, "choices", "rare")
    takes_off = draws.random(truth) < 0.1
    size = 100 * np.exp(0.8 * draws.standard_normal(truth))
    leave = draws.uniform(0.3, 1.0, options)[:, None]
    own = np.exp(0.3 * draws.standard_normal((options, truth)))
    deaths = np.where(takes_off, size * leave * own, draws.poisson(0.2, (options, truth)))
    cost = 6 * (1.3 - leave) * (1 + 0.05 * own)
    return _of({"harm": deaths + cost}, (), (Least(event="harm"),))


KINDS: dict[str, Callable[[int], Problem]] = {"normal": normal, "outbreak": outbreak, "rare": rare}
