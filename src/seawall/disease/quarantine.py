"""What quarantine and tests prevent of transmission by one contact, traveller or entrant: closed forms.

Two models stand side by side. `transmission_prevented` and what follows it count a share of transmission along the
generation time, from a known day of exposure, after Ashcroft et al. 2021. `infections_after_release` counts infections
by somebody who enters at an unknown moment of their infection, after Wells et al. 2021.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy import special

from seawall.core import InvalidInput, check_quantities, quantity
from seawall.disease.delays import Delay

_ASHCROFT = "Ashcroft et al. 2021, doi:10.7554/eLife.63704"
_WELLS = "Wells et al. 2021, doi:10.1038/s41467-020-20742-8"

GENERATION_2021 = Delay.weibull(3.277, 6.127)
"""Generation time of Ferretti et al. 2020, doi:10.1101/2020.09.04.20188516, as Ashcroft et al. use it."""

FALSE_NEGATIVES = MappingProxyType(
    {0.0: 1.0, 1.0: 1.0, 4.0: 0.67, 5.0: 0.38, 6.0: 0.25, 7.0: 0.21, 8.0: 0.20, 9.0: 0.21, 21.0: 0.66}
)
"""Share of PCR tests that miss an infection, by day since exposure: knots after Kucirka et al. 2020,
doi:10.7326/M20-1495, as Ashcroft et al. use them; straight lines between."""


def missed_by_pcr(days: float | np.ndarray) -> np.ndarray:
    """Share of PCR tests that miss an infection so many days after exposure (any shape)."""
    return np.asarray(np.interp(days, list(FALSE_NEGATIVES), list(FALSE_NEGATIVES.values())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """A quarantine of somebody exposed, in days since the exposure; for travellers since arrival.

    Who tests positive stays apart until `isolated_until`; others leave on `release_day`.
    """

    start_day: float = quantity(
        3.0, unit="day", low=0, high=60, source=_ASHCROFT + ", delay of tracing", about="Quarantine starts."
    )
    release_day: float = quantity(
        10.0, unit="day", low=0, high=60, source=_ASHCROFT + ", Swiss rule of 2020", about="Quarantine ends."
    )
    test_day: float | None = None
    isolated_until: float = quantity(
        10.0, unit="day", low=0, high=90, source=_ASHCROFT, about="Who tested positive is released."
    )
    adherence: float = quantity(
        1.0, unit="fraction of people", low=0, high=1, source="given by the caller", about="Who keep the quarantine."
    )

    def __post_init__(self) -> None:
        check_quantities(self)
        if self.release_day < self.start_day:
            raise InvalidInput(f"Release on day {self.release_day:g} lies before the start on day {self.start_day:g}.")
        if self.test_day is not None and not 0 <= self.test_day <= self.release_day:
            raise InvalidInput(
                f"A test on day {self.test_day:g} cannot decide on a release by day {self.release_day:g}."
            )


def transmission_prevented(quarantine: Quarantine, generation: Delay = GENERATION_2021) -> float:
    """Share of all transmission by a contact exposed on day 0 that a quarantine prevents.

    G(release) - G(start), and with a test (1 - missed) (G(isolated until) - G(release)) more, G the distribution of
    the generation time; all times the adherence.

    Source:
        Ashcroft et al. 2021, doi:10.7554/eLife.63704.

    Examples:
        >>> round(transmission_prevented(Quarantine(release_day=10)), 4)
        0.9013
        >>> round(transmission_prevented(Quarantine(test_day=5, release_day=7)), 4)
        0.823
    """
    return _prevented(quarantine, generation, exposed_on=0.0)


def _prevented(quarantine: Quarantine, generation: Delay, exposed_on: float) -> float:
    """Share of all transmission prevented, with an exposure on another day of the same clock."""
    start, release, until = (
        float(generation.cdf(day - exposed_on))
        for day in (
            quarantine.start_day,
            quarantine.release_day,
            max(quarantine.isolated_until, quarantine.release_day),
        )
    )
    found = 0.0 if quarantine.test_day is None else 1 - float(missed_by_pcr(quarantine.test_day - exposed_on))
    return quarantine.adherence * (release - start + found * (until - release))


def most_preventable(start_day: float, generation: Delay = GENERATION_2021) -> float:
    """Share of transmission left when a quarantine starts: what one without end would prevent.

    Examples:
        >>> round(most_preventable(3), 5)
        0.90817
    """
    return float(generation.survival(start_day))


def days_lost(quarantine: Quarantine, infected_share: float) -> float:
    """Mean days in quarantine or isolation of those who keep it.

    Args:
        quarantine: start, release, test.
        infected_share: share of the quarantined who are infected, and stay longer when a test finds them.

    Raises:
        InvalidInput: the share lies outside 0 to 1.
    """
    if not 0 <= infected_share <= 1:
        raise InvalidInput(f"The share infected is {infected_share:g}; it lies between 0 and 1.")
    days = quarantine.release_day - quarantine.start_day
    if quarantine.test_day is None:
        return days
    longer = max(quarantine.isolated_until - quarantine.release_day, 0.0)
    return days + infected_share * (1 - float(missed_by_pcr(quarantine.test_day))) * longer


def relative_utility(
    quarantine: Quarantine, beside: Quarantine, infected_share: float = 0.1, generation: Delay = GENERATION_2021
) -> float:
    """Transmission prevented per day lost, beside that of another quarantine.

    Args:
        quarantine, beside: the two.
        infected_share: share of the quarantined who are infected; 0.1 in Ashcroft et al.
        generation: generation time.

    Raises:
        InvalidInput: the other loses no days or prevents nothing.

    Examples:
        >>> round(relative_utility(Quarantine(test_day=5, release_day=7), Quarantine()), 2)
        1.53
    """
    mine, other = days_lost(quarantine, infected_share), days_lost(beside, infected_share)
    prevented = transmission_prevented(beside, generation)
    if not min(mine, other, prevented) > 0:
        raise InvalidInput("Both quarantines must last, and the one compared with must prevent something.")
    return (transmission_prevented(quarantine, generation) / mine) / (prevented / other)


def relative_adherence_needed(quarantine: Quarantine, beside: Quarantine, generation: Delay = GENERATION_2021) -> float:
    """How many times more people must keep a quarantine for it to prevent what another one does.

    Raises:
        InvalidInput: the quarantine prevents nothing.

    Examples:
        >>> round(relative_adherence_needed(Quarantine(release_day=7), Quarantine(release_day=10)), 3)
        1.296
    """
    prevented = transmission_prevented(quarantine, generation)
    if prevented <= 0:
        raise InvalidInput("A quarantine that prevents nothing cannot be made up for.")
    return transmission_prevented(beside, generation) / prevented


def traveller_transmission_left(trip_days: int, generation: Delay = GENERATION_2021) -> float:
    """Share of the transmission of a traveller infected on a trip that is still to come on arrival.

    The exposure lies on any whole day of the trip, the day of arrival included, all alike.

    Examples:
        >>> round(traveller_transmission_left(7), 4)
        0.7332
    """
    return float(np.mean([generation.survival(day) for day in _trip(trip_days)]))


def traveller_transmission_prevented(
    quarantine: Quarantine, trip_days: int = 7, generation: Delay = GENERATION_2021
) -> float:
    """Share of a traveller's local transmission, after arrival on day 0, that a quarantine prevents.

    The mean over days of exposure of the share for each. Dividing the mean prevented by the mean left gives another
    number, which is not meant.

    Args:
        quarantine: days since arrival; a start of 0 for a quarantine from arrival on.
        trip_days: length of the trip, during which the exposure took place.
        generation: generation time.

    Examples:
        >>> round(traveller_transmission_prevented(Quarantine(start_day=0, release_day=5)), 4)
        0.8296
    """
    return float(
        np.mean(
            [
                _prevented(quarantine, generation, exposed_on=-day) / float(generation.survival(day))
                for day in _trip(trip_days)
            ]
        )
    )


def _trip(trip_days: int) -> range:
    if trip_days < 0:
        raise InvalidInput(f"A trip cannot last {trip_days} days.")
    return range(trip_days + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Somebody infected who enters a quarantine at an unknown moment of their infection.

    Infectiousness after infection is a gamma density that starts when the latent time ends, with an exponential rise
    from 0 on day 0 to where the two meet; the defaults are the fit for a latent time of 2.9 days.
    """

    reproduction_number: float = quantity(
        2.5, unit="infections per infection", low=0, high=25, source=_WELLS, about="Infections without any control."
    )
    asymptomatic_share: float = quantity(
        0.308, unit="fraction of infections", low=0, high=1, source=_WELLS, about="Who never show symptoms."
    )
    onset_days: float = quantity(
        8.29, unit="day", low=1, high=30, source=_WELLS, about="Infection to symptoms, on which the ill isolate."
    )
    asymptomatic_days: float = quantity(
        20.0, unit="day", low=0, high=60, source=_WELLS, about="Days beyond those to onset over which others enter."
    )
    latent_days: float = quantity(
        2.9, unit="day", low=0.1, high=15, source=_WELLS, about="Infection to the start of the gamma density."
    )
    shape: float = quantity(3.4434238, unit="shape", low=0.1, high=50, source=_WELLS, about="Of the gamma density.")
    scale_days: float = quantity(1.76955383531329, unit="day", low=0.05, high=20, source=_WELLS, about="Its scale.")
    join_days: float = quantity(
        0.499, unit="day after the latent time", low=0, high=5, source=_WELLS, about="Where rise and density meet."
    )
    rise_per_day: float = quantity(
        4.33152485926992, unit="per day", low=0.01, high=50, source=_WELLS, about="Rate of the exponential rise."
    )
    self_isolation: bool = True

    def __post_init__(self) -> None:
        check_quantities(self)


SENSITIVITY_AFTER_ONSET = (
    3.11704516890789,
    -0.147065018471091,
    -0.0159706947117169,
    0.00131081512242671,
    -2.986439569e-5,
)
"""Log odds of a positive PCR by days after onset, as a polynomial from the constant up; Wells et al. 2021."""

_STEP_DAYS = 0.005
_HORIZON_DAYS = 150.0


def infections_after_release(
    quarantine_days: float, tests: Sequence[float] = (), entrant: Entrant | None = None
) -> float:
    """Expected infections after release by somebody infected who enters a quarantine.

    The ill enter at any moment before onset, and isolate at onset; others at any moment until `asymptomatic_days`
    later. Who tests positive is kept until they no longer infect. A test's sensitivity follows infectiousness, as it
    does after onset; tests of one person err independently given that.

    Args:
        quarantine_days: from entry to release.
        tests: days from entry on which specimens are taken. A test on exit whose result takes a day is taken one day
            before release.
        entrant: the infection; None: as published.

    Raises:
        InvalidInput: negative days, or a test after release.

    Source:
        Wells et al. 2021, doi:10.1038/s41467-020-20742-8.

    Examples:
        >>> round(infections_after_release(3), 3), round(infections_after_release(3, tests=(0,)), 3)
        (0.508, 0.322)
    """
    if quarantine_days < 0 or any(not 0 <= day <= quarantine_days for day in tests):
        raise InvalidInput("A quarantine lasts 0 days or more, and tests lie between entry and release.")
    entrant = entrant or Entrant()
    edges = np.arange(0.0, _HORIZON_DAYS + _STEP_DAYS, _STEP_DAYS)
    middle = (edges[1:] + edges[:-1]) / 2
    daily = _infectiousness(entrant, middle)
    daily = daily / (daily.sum() * _STEP_DAYS)
    sensitivity = _sensitivity(entrant, edges, np.concatenate([[0.0], (daily[1:] + daily[:-1]) / 2, [0.0]]))
    infections = 0.0
    for share, enters_until, infects_until in (
        (1 - entrant.asymptomatic_share, entrant.onset_days, entrant.onset_days if entrant.self_isolation else np.inf),
        (entrant.asymptomatic_share, entrant.onset_days + entrant.asymptomatic_days, np.inf),
    ):
        infects = np.where(middle <= infects_until, daily, 0.0) * _STEP_DAYS
        beyond = np.concatenate([np.cumsum(infects[::-1])[::-1], [0.0]])
        entries = (np.arange(4000) + 0.5) / 4000 * enters_until
        after = np.interp(entries + quarantine_days, edges, beyond, right=0.0)
        for day in tests:
            after = after * (1 - np.interp(entries + day, edges, sensitivity, right=0.0))
        infections += share * float(after.mean())
    return entrant.reproduction_number * infections


def _infectiousness(entrant: Entrant, days: np.ndarray) -> np.ndarray:
    """Infectiousness by time since infection, not yet normalised."""

    def density(since: np.ndarray | float) -> np.ndarray:
        scaled = np.asarray(since, dtype=float) / entrant.scale_days
        log = (entrant.shape - 1) * np.log(scaled) - scaled - special.gammaln(entrant.shape)
        return np.asarray(np.exp(log) / entrant.scale_days)

    join = entrant.latent_days + entrant.join_days
    early = np.minimum(days, join)
    rise = density(entrant.join_days) * np.expm1(entrant.rise_per_day * early) / np.expm1(entrant.rise_per_day * join)
    return np.where(days < join, rise, density(np.maximum(days, join) - entrant.latent_days))


def _sensitivity(entrant: Entrant, days: np.ndarray, infectiousness: np.ndarray) -> np.ndarray:
    """Sensitivity of a PCR by time since infection: that of the same infectiousness on its way down."""
    from scipy.interpolate import PchipInterpolator

    peak = int(infectiousness.argmax())
    falling = infectiousness[peak:]
    kept = np.concatenate([[True], np.diff(falling) < 0]) & (falling > 0)
    log_odds = np.polynomial.polynomial.polyval(days[peak:][kept] - entrant.onset_days, SENSITIVITY_AFTER_ONSET)
    of_infectiousness = PchipInterpolator(falling[kept][::-1], special.expit(log_odds)[::-1], extrapolate=False)
    return np.nan_to_num(of_infectiousness(infectiousness), nan=0.0)
