"""How unevenly people infect, and what follows for chains and for a whole population: exact results."""

from __future__ import annotations

import math

from scipy import special

from seawall.core import InvalidInput


def _check(reproduction_number: float, dispersion: float = 1.0) -> None:
    if not 0 <= reproduction_number < math.inf or not dispersion > 0:
        raise InvalidInput("A reproduction number is 0 or more, and a dispersion above 0.")


def _generating(probability: float, reproduction_number: float, dispersion: float) -> float:
    """Generating function of the number of infections by one: negative binomial, or Poisson where k is infinite."""
    if math.isinf(dispersion):
        return math.exp(-reproduction_number * (1 - probability))
    return math.exp(-dispersion * math.log1p(reproduction_number * (1 - probability) / dispersion))


def p_infects_nobody(reproduction_number: float, dispersion: float) -> float:
    """Probability that one infected person infects nobody: (1 + R/k)^-k.

    Args:
        reproduction_number: R, mean infections by one.
        dispersion: k; infinite: Poisson.

    Raises:
        InvalidInput: R below 0 or k not above 0.

    Source:
        Lloyd-Smith et al. 2005, doi:10.1038/nature04153.

    Examples:
        >>> round(p_infects_nobody(2.5, 0.16), 4)
        0.6378
    """
    _check(reproduction_number, dispersion)
    return _generating(0.0, reproduction_number, dispersion)


def p_chains_end(reproduction_number: float, dispersion: float, seeds: int = 1) -> float:
    """Probability that all chains from so many infected people end by chance: q^n, q = (1 + R (1-q) / k)^-k.

    Args:
        reproduction_number: R.
        dispersion: k; infinite: Poisson.
        seeds: n, infected people at the start.

    Raises:
        InvalidInput: R below 0 or k not above 0, or fewer than no seeds.

    Source:
        Lloyd-Smith et al. 2005, doi:10.1038/nature04153.

    Examples:
        >>> round(p_chains_end(2.0, 1.0), 6)
        0.5
    """
    _check(reproduction_number, dispersion)
    if seeds < 0:
        raise InvalidInput(f"There cannot be {seeds} people at the start.")
    if reproduction_number <= 1:
        return 1.0
    low, high = 0.0, 1 - 1e-9  # the smallest root lies where the function crosses from above
    for _ in range(200):
        middle = (low + high) / 2
        above = _generating(middle, reproduction_number, dispersion) > middle
        low, high = (middle, high) if above else (low, middle)
    return float(((low + high) / 2) ** seeds)


def share_of_people_behind(share_of_transmission: float, dispersion: float) -> float:
    """Smallest share of people who cause this share of transmission, individual infectiousness being gamma of shape k.

    Args:
        share_of_transmission: 0 to 1, expected rather than counted infections.
        dispersion: k.

    Raises:
        InvalidInput: a share outside 0 to 1 or k not above 0.

    Source:
        Lloyd-Smith et al. 2005, doi:10.1038/nature04153.

    Examples:
        >>> round(share_of_people_behind(0.8, 0.1), 4)
        0.0979
    """
    _check(1.0, dispersion)
    if not 0 <= share_of_transmission <= 1:
        raise InvalidInput(f"The share of transmission is {share_of_transmission:g}; it lies between 0 and 1.")
    if math.isinf(dispersion):
        return share_of_transmission
    return float(special.gammaincc(dispersion, float(special.gammainccinv(dispersion + 1, share_of_transmission))))


def final_size(reproduction_number: float) -> float:
    """Share infected in the end where all are alike and nothing is done: z = 1 - exp(-R z); 0 for R up to 1.

    Raises:
        InvalidInput: R below 0.

    Source:
        Kermack and McKendrick 1927, Proceedings of the Royal Society A 115:700.

    Examples:
        >>> round(final_size(2.5), 6)
        0.892645
    """
    _check(reproduction_number)
    return 1 - p_chains_end(reproduction_number, math.inf) if reproduction_number > 1 else 0.0


def herd_threshold(reproduction_number: float) -> float:
    """Share immune beyond which an epidemic shrinks where all are alike: 1 - 1/R; 0 for R up to 1."""
    _check(reproduction_number)
    return max(0.0, 1 - 1 / reproduction_number) if reproduction_number > 0 else 0.0


def sir_peak_prevalence(reproduction_number: float) -> float:
    """Largest share infectious at once in an SIR model from a small start: 1 - (1 + ln R) / R; 0 for R up to 1."""
    _check(reproduction_number)
    if reproduction_number <= 1:
        return 0.0
    return 1 - (1 + math.log(reproduction_number)) / reproduction_number


def critical_coverage(reproduction_number: float, efficacy: float) -> float:
    """Share to vaccinate, evenly, so that an epidemic shrinks: (1 - 1/R) / efficacy; above 1: it cannot be done.

    Args:
        reproduction_number: R.
        efficacy: protection from infection, above 0 up to 1.

    Raises:
        InvalidInput: R below 0 or an efficacy outside that range.

    Examples:
        >>> round(critical_coverage(3, 0.9), 4)
        0.7407
    """
    if not 0 < efficacy <= 1:
        raise InvalidInput(f"The efficacy is {efficacy:g}; it lies above 0 and up to 1.")
    return herd_threshold(reproduction_number) / efficacy
