"""Chains of infection with isolation and tracing, person by person but without a city: a branching process.

Where so few are infected that nobody meets the same person twice, a city adds nothing. This is the process of
Hellewell et al. 2020, and it is kept apart from the loops of the twin so that the two can be held against each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from seawall.core import InvalidInput, check_quantities, quantity
from seawall.core.draws import generator
from seawall.disease.delays import Delay

_HELLEWELL = "Hellewell et al. 2020, doi:10.1016/S2214-109X(20)30074-7"

SHORT_DELAY = Delay.weibull(1.651524, 4.287786)
LONG_DELAY = Delay.weibull(2.305172, 9.483875)
"""Onset to isolation, short and long, of Hellewell et al. 2020."""

PRESYMPTOMATIC_SKEW = {0.01: 30.0, 0.15: 1.95, 0.30: 0.7}
"""Share of transmission before symptoms to skewness, of Hellewell et al. 2020; the first stands for below 1 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """A disease that spreads in chains, and the isolation and tracing that stand against it.

    A case infects a negative binomial number of others, at times skew-normal around its onset, until it is isolated.
    It is isolated some days after its onset; a traced one at its onset or when its infector was isolated, whichever
    comes later, if that is sooner.

    Attributes:
        incubation: from infection to onset.
        onset_to_isolation: of who is not traced.
        once_per_generation: that delay is drawn once for all cases of a generation, as the published code does, and
            not for each case.
        quarantined_when_told: a traced contact is kept apart when its infector is, ill or not.
    """

    reproduction_number: float = quantity(
        2.5, unit="infections per infection", low=0, high=25, source=_HELLEWELL, about="Where nothing is done."
    )
    dispersion: float = quantity(
        0.16, unit="k", low=0.01, high=1e6, source=_HELLEWELL, about="Of the number that one infects."
    )
    traced: float = quantity(
        0.8, unit="fraction of infections", low=0, high=1, source="given by the caller", about="Infections traced."
    )
    infecting_sd_days: float = quantity(
        2.0, unit="day", low=0.01, high=20, source=_HELLEWELL, about="Scale of the times of infecting around onset."
    )
    infecting_skew: float = quantity(
        1.95,
        unit="skewness of a skew-normal",
        low=-100,
        high=100,
        source=_HELLEWELL + ", for 15 % before symptoms",
        about="How far infecting leans towards after onset.",
    )
    asymptomatic_share: float = quantity(
        0.0, unit="fraction of infections", low=0, high=1, source=_HELLEWELL, about="Never isolated."
    )
    incubation: Delay = field(default_factory=lambda: Delay.weibull(2.322737, 6.492272))
    onset_to_isolation: Delay = SHORT_DELAY
    once_per_generation: bool = False
    quarantined_when_told: bool = False

    def __post_init__(self) -> None:
        check_quantities(self)


@dataclass(frozen=True, kw_only=True)
class Chains:
    """What came of many outbreaks.

    Attributes:
        weekly: int64, shape (outbreak, week). Onsets by week from the first infection.
        infections: int64, shape (outbreak,). In all, the first ones included; counting ends beyond `most`.
        most: infections at which an outbreak is taken to be out of hand.
    """

    weekly: np.ndarray = field(repr=False)
    infections: np.ndarray
    most: int

    def controlled(self, weeks: tuple[int, int] = (12, 16)) -> np.ndarray:
        """Which outbreaks have no onset from one week to another, both included, and were never out of hand."""
        quiet = self.weekly[:, weeks[0] : weeks[1] + 1].sum(axis=1) == 0
        return np.asarray(quiet & (self.infections < self.most))


def chains(
    tracing: Tracing, *, outbreaks: int, seed: int, first: int = 20, most: int = 5_000, weeks: int = 17
) -> Chains:
    """Play many outbreaks, all at once, generation by generation.

    Args:
        tracing: disease, isolation and tracing.
        outbreaks: how many.
        seed: the same seed gives the same outbreaks.
        first: infected on day 0; none of them traced.
        most: an outbreak with so many infections is out of hand, and is not followed further.
        weeks: weeks to look at; what falls ill later is left out.

    Raises:
        InvalidInput: fewer than one outbreak, or nobody infected at the start.

    Source:
        Hellewell et al. 2020, doi:10.1016/S2214-109X(20)30074-7.

    Examples:
        >>> few = chains(Tracing(traced=0.2), outbreaks=200, seed=1).controlled().mean()
        >>> most = chains(Tracing(traced=0.8), outbreaks=200, seed=1).controlled().mean()
        >>> bool(few < 0.2 < most)
        True
    """
    if outbreaks < 1 or first < 1:
        raise InvalidInput("Chains need one outbreak or more, and one infected person or more in each.")
    draws = generator(seed, "chains")
    horizon = 7.0 * weeks
    weekly = np.zeros((outbreaks, weeks), dtype=np.int64)
    of = np.repeat(np.arange(outbreaks), first)
    onset = tracing.incubation.quantile(draws.random(of.size))
    isolated = np.where(
        draws.random(of.size) < tracing.asymptomatic_share, np.inf, onset + _delays(tracing, draws, of, outbreaks)
    )
    infections = np.full(outbreaks, first, dtype=np.int64)
    np.add.at(weekly, (of[onset < horizon], (onset[onset < horizon] / 7).astype(np.int64)), 1)
    while of.size:
        of, onset, isolated = _next_generation(tracing, draws, of, onset, isolated, outbreaks)
        infections += np.bincount(of, minlength=outbreaks)
        followed = (onset < horizon) & (infections[of] < most)
        of, onset, isolated = of[followed], onset[followed], isolated[followed]
        np.add.at(weekly, (of, (onset / 7).astype(np.int64)), 1)
    return Chains(weekly=weekly, infections=infections, most=most)


def _delays(tracing: Tracing, draws: np.random.Generator, of: np.ndarray, outbreaks: int) -> np.ndarray:
    """Onset to isolation of each case, or of all cases of an outbreak's generation at once."""
    luck = draws.random(outbreaks)[of] if tracing.once_per_generation else draws.random(of.size)
    return np.asarray(tracing.onset_to_isolation.quantile(luck))


def _next_generation(
    tracing: Tracing,
    draws: np.random.Generator,
    of: np.ndarray,
    onset: np.ndarray,
    isolated: np.ndarray,
    outbreaks: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outbreak, onset and isolation of everybody infected by these before they were isolated."""
    own = draws.gamma(tracing.dispersion, tracing.reproduction_number / tracing.dispersion, of.size)
    many = draws.poisson(own)
    of, onset, isolated = np.repeat(of, many), np.repeat(onset, many), np.repeat(isolated, many)
    lean = tracing.infecting_skew / np.sqrt(1 + tracing.infecting_skew**2)
    step = lean * np.abs(draws.standard_normal(of.size)) + np.sqrt(1 - lean**2) * draws.standard_normal(of.size)
    infected = np.maximum(onset + tracing.infecting_sd_days * step, 1.0)  # nobody is infected before the first day
    happens = infected < isolated
    of, infected, by_isolated = of[happens], infected[happens], isolated[happens]
    onset = infected + tracing.incubation.quantile(draws.random(of.size))
    untraced = onset + _delays(tracing, draws, of, outbreaks)
    told = by_isolated if tracing.quarantined_when_told else np.maximum(onset, by_isolated)
    late = onset + _delays(tracing, draws, of, outbreaks)
    without = draws.random(of.size) < tracing.asymptomatic_share
    traced = draws.random(of.size) < tracing.traced
    ends = np.where(traced, np.minimum(late, told), untraced)
    if tracing.quarantined_when_told:
        return of, onset, np.where(without & ~traced, np.inf, np.where(without, told, ends))
    return of, onset, np.where(without, np.inf, ends)
