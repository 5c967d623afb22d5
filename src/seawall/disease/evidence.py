"""A number, a delay or a profile by age, together with where it comes from and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np

from seawall.core import InvalidInput
from seawall.disease.delays import Delay

Confidence = Literal["found", "recalled", "assumed"]
"""How a number came into the catalogue: read in the source named, recalled from it and not
looked up again, or chosen by us for want of a source."""

CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)

Basis = Literal["intrinsic", "realised", "observed"]
"""What a generation time or serial interval describes: infectiousness itself, in a population
that stays susceptible (intrinsic); the pairs of an epidemic with its depletion, isolation and
growth, corrected for them in part (realised); or the pairs as they were observed."""


class Evidence(float):
    """A number that knows its interval, its source and how sure it is; elsewhere a plain float.

    Its unit and plausible range stand once, at the field that holds it.
    """

    __slots__ = ("confidence", "high", "low", "source")

    low: float
    high: float
    source: str
    confidence: Confidence

    def __new__(cls, value: float, low: float, high: float, source: str, confidence: Confidence) -> Self:
        """Check the interval and the source once.

        Raises:
            ValueError: the interval does not hold the value, or the source is empty.
        """
        if not low <= value <= high:
            raise ValueError(f"The interval {low:g} to {high:g} does not hold the value {value:g}.")
        if not source.strip() or confidence not in CONFIDENCES:
            raise ValueError("A number needs a source, and a word on how sure it is.")
        number = super().__new__(cls, value)
        number.low, number.high, number.source, number.confidence = float(low), float(high), source, confidence
        return number

    def __reduce__(self) -> tuple[type[Evidence], tuple[float, float, float, str, Confidence]]:
        return type(self), (float(self), self.low, self.high, self.source, self.confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayEvidence:
    """A delay's distribution, the interval of its mean, its source and what it describes.

    Attributes:
        delay: the distribution.
        mean_low, mean_high: interval of the mean, in days.
        source: publication, data set or "assumed", for the mean and for the spread.
        confidence: how sure.
        basis: intrinsic, realised or observed; see `Basis`.
    """

    delay: Delay
    mean_low: float
    mean_high: float
    source: str
    confidence: Confidence
    basis: Basis = "observed"

    def __post_init__(self) -> None:
        if not self.mean_low <= self.delay.mean_days <= self.mean_high:
            raise ValueError(f"{self.mean_low:g} to {self.mean_high:g} does not hold {self.delay.mean_days:g} days.")
        if not self.source.strip() or self.confidence not in CONFIDENCES:
            raise ValueError("A delay needs a source, and a word on how sure it is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeProfile:
    """A probability by age, as steps.

    Attributes:
        of: per whom: ``infection`` or ``case``.
        ages_from: first age of each band, from 0 upwards, in completed years.
        probabilities: one for each band.
        factor: the truth may lie between the value divided and the value multiplied by this.
        source, confidence: where it comes from and how sure.
    """

    of: Literal["infection", "case"]
    ages_from: tuple[int, ...]
    probabilities: tuple[float, ...]
    factor: float
    source: str
    confidence: Confidence

    def __post_init__(self) -> None:
        if len(self.ages_from) != len(self.probabilities) or self.ages_from[0] != 0:
            raise ValueError("A profile needs one probability for each band, the first from age 0.")
        if list(self.ages_from) != sorted(set(self.ages_from)) or not self.factor >= 1:
            raise ValueError("Bands must run upwards, and the factor be 1 or more.")
        if not all(0 <= probability <= 1 for probability in self.probabilities):
            raise ValueError("Probabilities lie between 0 and 1.")
        if not self.source.strip() or self.confidence not in CONFIDENCES:
            raise ValueError("A profile needs a source, and a word on how sure it is.")

    def at(self, ages: float | np.ndarray) -> np.ndarray:
        """Probability at each age in years (any shape).

        Raises:
            InvalidInput: an age is negative or not a number.
        """
        years = np.asarray(ages, dtype=float)
        if not (years >= 0).all():
            raise InvalidInput("An age cannot be negative or missing here.")
        band = np.searchsorted(np.array(self.ages_from), years, side="right") - 1
        return np.asarray(np.array(self.probabilities)[band])

    def scaled(self, by: float, source: str) -> AgeProfile:
        """The same profile times a factor, no probability above 1; assumed."""
        return AgeProfile(
            of=self.of,
            ages_from=self.ages_from,
            probabilities=tuple(min(1.0, probability * by) for probability in self.probabilities),
            factor=self.factor,
            source=source,
            confidence="assumed",
        )
