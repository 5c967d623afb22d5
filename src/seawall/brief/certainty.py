"""Which word a number has earned."""

from __future__ import annotations

import math
from typing import Literal

Direction = Literal["rising", "probably_rising", "unclear", "probably_falling", "falling"]
Change = Literal["more", "fewer", "same"]

SURE = 0.9
"""Probability above which the brief says "rising" or "falling" without a "probably"."""

PROBABLE = 0.66
"""Probability above which it says "probably"; below it, that no direction can be made out."""


def direction(p_growing: float) -> Direction:
    """The word for a trend, by the probability that it is upwards."""
    if p_growing > SURE:
        return "rising"
    if p_growing > PROBABLE:
        return "probably_rising"
    if p_growing < 1 - SURE:
        return "falling"
    if p_growing < 1 - PROBABLE:
        return "probably_falling"
    return "unclear"


def change(now: float, before: float) -> Change:
    """Whether a count is more than, fewer than, or the same as an earlier one."""
    return "more" if now > before else "fewer" if now < before else "same"


NOTABLE_CHANGE = 0.05
"""Share by which a week must differ from the week before to be called different, however many reports there are."""


def beyond_chance(now: float, before: float) -> bool:
    """Whether two weekly totals differ by more than reporting luck would make them, and by enough to matter.

    Totals of reports are taken for twice as variable as Poisson counts; the difference counts when it
    exceeds 1.96 standard deviations and `NOTABLE_CHANGE` of the larger total.
    """
    difference = abs(now - before)
    return difference > 1.96 * math.sqrt(2 * (now + before)) and difference > NOTABLE_CHANGE * max(now, before)
