"""Customers who stay away as people die, whatever the orders say."""

from __future__ import annotations

import numpy as np

from seawall.twin.economy.parameters import Parameters, stacked

PER = 100_000


def recent(deaths: np.ndarray, days: int) -> np.ndarray:
    """Deaths of the last so many days, today's left out: what is known in the morning; float64, shape (day,)."""
    before = np.concatenate([[0.0], np.cumsum(deaths, dtype=float)])
    day = np.arange(len(deaths))
    return np.asarray(before[day] - before[np.maximum(day - days, 0)])


def asked_for(
    deaths: np.ndarray, residents: float, customers: np.ndarray, parameters: tuple[Parameters, ...]
) -> np.ndarray:
    """Share of the usual final use that is asked for, float64, shape (set, day, sector).

    ``1 - at_most (1 - exp(-fear * D))`` in sectors that customers come to, with *D* the recent deaths per 100,000
    residents of the city; 1 elsewhere. News is the city's: all districts fear alike.

    Args:
        deaths: float, shape (day,). Deaths of each day in the city.
        residents: how many there are.
        customers: bool, shape (sector,).
        parameters: the sets of parameters.

    Source:
        Pangallo et al. 2024, Nature Human Behaviour 8:264, for the coupling; the form is assumed.
    """
    final = np.ones((len(parameters), len(deaths), customers.size))
    if not deaths.any() or residents <= 0:
        return final
    known = np.stack([recent(deaths, round(one.fear_days)) for one in parameters]) * (PER / residents)
    kept_away = -np.expm1(-stacked(parameters, "fear", 1) * known) * stacked(parameters, "fear_at_most", 1)
    final[:, :, customers] -= kept_away[:, :, None]
    return final
