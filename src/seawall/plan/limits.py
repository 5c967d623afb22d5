"""What a choice is asked for: limits that must hold, and what is to be least, in order."""

from __future__ import annotations

import math
from dataclasses import dataclass

from seawall.core import InvalidInput, check_quantities, quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`event` stays at or below `at_most` with at least this `probability`."""

    event: str
    at_most: float = quantity(
        unit="unit of the event",
        low=0,
        high=math.inf,
        source="set by the city",
        about="Largest amount of the event that is accepted.",
    )
    probability: float = quantity(
        unit="probability", low=0, high=1, source="set by the city", about="How likely the limit must be to hold."
    )

    def __post_init__(self) -> None:
        check_quantities(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """The mean of `event` is to be least; options within a share of the least count as equally good."""

    event: str
    within: float = quantity(
        0.0,
        unit="share of the least mean",
        low=0,
        high=10,
        source="set by the city",
        about="An option whose mean exceeds the least by no more than this share is as good.",
    )

    def __post_init__(self) -> None:
        check_quantities(self)


def check_order(order: tuple[Least, ...]) -> None:
    """Refuse an order that names nothing, or an event twice.

    Raises:
        InvalidInput: says which.
    """
    events = [one.event for one in order]
    if not events:
        raise InvalidInput("A choice needs at least one event that is to be least.")
    twice = sorted({event for event in events if events.count(event) > 1})
    if twice:
        raise InvalidInput(f"What is to be least names an event twice: {', '.join(twice)}.")
