"""The epidemic as a plan of reopening sees it: infections by district and day, beds, tests, growth at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

STEP = 1e-30
"""Imaginary step of the derivatives: there is no subtraction, so nothing is lost by taking it that small."""

CAPACITIES = ("beds", "icu_beds", "tests_per_day", "growth")
"""What a plan can be held to; `growth` is the reproduction number at the end."""


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Of the infections that one causes on a usual day, where they happen. Sums to 1.

    Attributes:
        home: at home and at school; they fall in the own district.
        near: in the neighbourhood and under way.
        work, customers: at work; in shops, restaurants and the like.
    """

    home: float
    near: float
    work: float
    customers: float


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A renewal model by district with a next-generation matrix that follows who is at work.

    Infections of a day in a district: ``S (1 - exp(-force / N))``, force the next-generation matrix of the period times
    the past infections, weighed by the generation time.

    Attributes:
        people, susceptible: float64, shape (district,).
        past: float64, shape (day, district). Infections up to the day before the plan, last row latest.
        generation: float64, shape (lag,). From lag 1 on; sums to 1.
        destinations: float64, shape (district, district). Where who lives in the first spends the day; rows sum to 1.
        near: float64, shape (district, district). Whom who lives in the first meets in the neighbourhood and under way.
        shares: where infections happen.
        reproduction: of a city in which all are susceptible and at work.
        in_bed, in_icu: float64, shape (district, day). Expected beds taken by an infection so many days after it.
        reported: float64, shape (day,). Reports of an infection so many days after it.
    """

    people: np.ndarray = field(repr=False)
    susceptible: np.ndarray = field(repr=False)
    past: np.ndarray = field(repr=False)
    generation: np.ndarray = field(repr=False)
    destinations: np.ndarray = field(repr=False)
    near: np.ndarray = field(repr=False)
    shares: Shares
    reproduction: float
    in_bed: np.ndarray = field(repr=False)
    in_icu: np.ndarray = field(repr=False)
    reported: np.ndarray = field(repr=False)

    def next_generation(self, at_work: np.ndarray, customers: np.ndarray) -> np.ndarray:
        """Infections in the first district by one who lives in the second, shape (..., district, district).

        Args:
            at_work, customers: shape (..., district). Infections there beside those of usual days.
        """
        present = self.people[:, None] * self.destinations
        total = present.sum(axis=0)
        lives = np.divide(present, total, out=np.zeros_like(present), where=total > 0).T
        by_place = self.shares.work * at_work + self.shares.customers * customers
        mixed = np.einsum("pe,...e,ed->...dp", self.destinations, by_place, lives, optimize=True)
        fixed = self.shares.home * np.eye(self.people.size) + self.shares.near * self.near.T
        return np.asarray(self.reproduction * (fixed + mixed))

    def play(self, at_work: np.ndarray, customers: np.ndarray, periods: np.ndarray) -> Course:
        """Play the days of a plan.

        Args:
            at_work, customers: shape (..., district, period).
            periods: int64, shape (day,). Period of each day.
        """
        batch = at_work.shape[:-2]
        kind = np.result_type(at_work, customers, np.float64)
        matrix = self.next_generation(np.moveaxis(at_work, -1, -2), np.moveaxis(customers, -1, -2))
        before, days, count = self.past.shape[0], periods.size, self.people.size
        infections = np.zeros((*batch, before + days, count), dtype=kind)
        infections[..., :before, :] = self.past
        left = np.broadcast_to(self.susceptible, (*batch, count)).astype(kind)
        reach = min(self.generation.size, before)
        weights = self.generation[:reach][::-1]
        for day in range(days):
            at = before + day
            pressure = np.einsum("l,...ld->...d", weights, infections[..., at - reach : at, :])
            force = np.einsum("...dp,...p->...d", matrix[..., periods[day], :, :], pressure)
            infections[..., at, :] = left * -np.expm1(-force / self.people)
            left = left - infections[..., at, :]
        last = matrix[..., -1, :, :] * (left / self.people)[..., :, None]
        return Course(
            infections=infections[..., before:, :],
            beds=self._later(infections, self.in_bed),
            icu_beds=self._later(infections, self.in_icu),
            reports=self._later(infections, np.tile(self.reported, (count, 1))),
            growth=_largest(last),
        )

    def _later(self, infections: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        """Sum over districts of what infections lead to, shape (..., day)."""
        before = self.past.shape[0]
        days = infections.shape[-2] - before
        found = np.zeros((*infections.shape[:-2], days), dtype=infections.dtype)
        for lag in range(min(kernel.shape[1], infections.shape[-2])):
            start = before - lag
            behind = max(0, -start)
            rows = infections[..., start + behind : start + days, :]
            found[..., behind:] += rows @ kernel[:, lag]
        return found

    def respond(self, at_work: np.ndarray, customers: np.ndarray, periods: np.ndarray) -> Response:
        """What becomes of the city, and how each number answers to each district and period.

        The derivatives are those of an imaginary step: exact to the last digits.

        Source:
            Squire and Trapp 1998, SIAM Review 40:110.
        """
        count, many = at_work.shape
        size = count * many
        steps = np.zeros((2, 2 * size, count, many))
        index = np.arange(size)
        steps.reshape(2, 2 * size, size)[0, index, index] = STEP
        steps.reshape(2, 2 * size, size)[1, size + index, index] = STEP
        tilted = self.play(at_work + 1j * steps[0], customers + 1j * steps[1], periods)

        def slope(values: np.ndarray) -> np.ndarray:
            return np.asarray(np.moveaxis(values.imag / STEP, 0, -1).reshape(*values.shape[1:], 2, count, many))

        real = self.play(at_work, customers, periods)
        return Response(
            course=real,
            beds=slope(tilted.beds),
            icu_beds=slope(tilted.icu_beds),
            reports=slope(tilted.reports),
            growth=slope(tilted.growth),
        )


@dataclass(frozen=True, kw_only=True)
class Course:
    """What becomes of a city under a plan.

    Attributes:
        infections: shape (..., day, district).
        beds, icu_beds: shape (..., day). Taken.
        reports: shape (..., day).
        growth: shape (...). Reproduction number under the orders of the last period, with those then susceptible.
    """

    infections: np.ndarray = field(repr=False)
    beds: np.ndarray = field(repr=False)
    icu_beds: np.ndarray = field(repr=False)
    reports: np.ndarray = field(repr=False)
    growth: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Response:
    """A course and its derivatives by infections at work and among customers.

    Attributes:
        course: see there.
        beds, icu_beds, reports: float64, shape (day, 2, district, period).
        growth: float64, shape (2, district, period).
    """

    course: Course
    beds: np.ndarray = field(repr=False)
    icu_beds: np.ndarray = field(repr=False)
    reports: np.ndarray = field(repr=False)
    growth: np.ndarray = field(repr=False)


def _largest(matrix: np.ndarray) -> np.ndarray:
    """Largest eigenvalue, which is real where the matrix is; shape (...).

    For a matrix with an imaginary step, its step follows from the left and right eigenvectors of the real part.
    """
    real = matrix.real
    values, right = np.linalg.eig(real)
    at = np.argmax(values.real, axis=-1)
    top = np.take_along_axis(values.real, at[..., None], -1)[..., 0]
    if not np.iscomplexobj(matrix):
        return np.asarray(top)
    other, left = np.linalg.eig(np.swapaxes(real, -1, -2))
    at_left = np.argmax(other.real, axis=-1)
    u = np.take_along_axis(right.real, at[..., None, None], -1)[..., 0]
    v = np.take_along_axis(left.real, at_left[..., None, None], -1)[..., 0]
    rise = np.einsum("...i,...ij,...j->...", v, matrix.imag, u) / np.einsum("...i,...i->...", v, u)
    return np.asarray(top + 1j * rise)
