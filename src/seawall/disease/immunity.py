"""What the immune system has met, and what that protects from: doses and infections, waning by the day.

A person's history is one row of a small table: how many doses, and what came last, when. The rows are made as they
are needed; a person carries the row's number in one byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

MOST_ROWS = 256

AHEAD_DAYS = 400
"""Days for which protection is worked out at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What one immune system has met.

    Attributes:
        doses: how many vaccine doses, 3 for more.
        product: key of the vaccine; empty for none.
        infected_by: index of the variant of the last infection; -1 for none.
        period: period in which the last dose or infection fell; negative before the run; 0 where there was none.
        dose_last: a dose came after the last infection.
    """

    doses: int = 0
    product: str = ""
    infected_by: int = -1
    period: int = 0
    dose_last: bool = False


class Protection(Protocol):
    """What a history protects from, on a day."""

    @property
    def period_days(self) -> int:
        """Length of a period, in days."""

    def against(self, history: History, variant: int, days_since: float) -> tuple[float, float, float]:
        """Protection from infection, from symptoms when infected, from admission and death when infected; 0 to 1.

        It may depend on everything in the history but the period.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class NoProtection:
    """Nothing protects: for worlds in which everybody can be infected again and again."""

    period_days: int = 30

    def against(self, history: History, variant: int, days_since: float) -> tuple[float, float, float]:  # noqa: ARG002
        """None."""
        return 0.0, 0.0, 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LastingProtection:
    """An infection protects from every infection ever after, a dose from nothing: the R of an SIR model."""

    period_days: int = 30

    def against(self, history: History, variant: int, days_since: float) -> tuple[float, float, float]:  # noqa: ARG002
        """All or nothing."""
        return (1.0, 1.0, 1.0) if history.infected_by >= 0 else (0.0, 0.0, 0.0)


@dataclass
class Histories:
    """The rows in use, and what each protects from on a day.

    Attributes:
        protection: what a history is worth.
        rows: history of each row; row 0 has met nothing.
    """

    protection: Protection
    rows: list[History] = field(default_factory=lambda: [History()])
    _known: dict[History, int] = field(default_factory=dict, repr=False)
    _curves: dict[tuple[History, int, int], np.ndarray] = field(default_factory=dict, repr=False)
    _stacked: dict[int, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict, repr=False)
    _became: dict[tuple[str | int, int, int], np.ndarray] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._known = {history: row for row, history in enumerate(self.rows)}

    def row(self, history: History) -> int:
        """Number of the row of a history, made when it is new.

        The table holds 256. When it is full, the row most like the history is used: the same last infection first,
        then vaccinated or not, the product, the doses, and the nearest period.
        """
        if history in self._known:
            return self._known[history]
        if len(self.rows) < MOST_ROWS:
            self.rows.append(history)
            self._known[history] = len(self.rows) - 1
            return len(self.rows) - 1

        def unlike(row: int) -> tuple[bool, bool, bool, bool, int, int, int]:
            kept = self.rows[row]
            return (
                kept.infected_by != history.infected_by,
                (kept.doses > 0) != (history.doses > 0),
                kept.dose_last != history.dose_last,
                kept.product != history.product,
                abs(kept.doses - history.doses),
                abs(kept.period - history.period),
                row,
            )

        return min(range(MOST_ROWS), key=unlike)

    def on(self, day: int, variants: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Factors left to each row: of the chance to be infected, to fall ill, to be admitted or die.

        Days since the last dose or infection are counted from the middle of its period, in whole days.

        Returns:
            Three float64 arrays, shape (256, variant); rows not in use hold 1.
        """
        rows = len(self.rows)
        middle = (np.array([history.period for history in self.rows]) + 0.5) * self.protection.period_days
        since = np.maximum(day - middle, 0.0).astype(np.int64)
        curves, curve_of = self._curves_until(int(since.max()), variants)
        left = np.ones((3, MOST_ROWS, variants))
        left[:, :rows] = 1 - curves[curve_of, since].transpose(1, 0, 2)
        return left[0], left[1], left[2]

    def _curves_until(self, days: int, variants: int) -> tuple[np.ndarray, np.ndarray]:
        """Protection by kind of history and days since, shape (kind, day, 3, variant); kind of each row.

        Kept, and worked out ahead, since nothing but the period tells rows of a kind apart.
        """
        kept = self._stacked.get(variants)
        if kept is not None and kept[1].size == len(self.rows) and kept[0].shape[1] > days:
            return kept
        length = AHEAD_DAYS * (days // AHEAD_DAYS + 1)
        kinds: dict[History, int] = {}
        curve_of = np.array([kinds.setdefault(replace(history, period=0), len(kinds)) for history in self.rows])
        for kind in kinds:
            if (kind, variants, length) not in self._curves:
                self._curves[kind, variants, length] = np.array(
                    [
                        np.transpose(
                            [self.protection.against(kind, variant, float(day)) for variant in range(variants)]
                        )
                        for day in range(length)
                    ]
                )
        self._stacked[variants] = np.array([self._curves[kind, variants, length] for kind in kinds]), curve_of
        return self._stacked[variants]

    def after_infection(self, variant: int, day: int) -> np.ndarray:
        """Row that each row becomes by an infection on a day; uint8, shape (256,)."""
        period = day // self.protection.period_days
        return self._becoming(
            variant,
            period,
            lambda met: History(doses=met.doses, product=met.product, infected_by=variant, period=period),
        )

    def after_dose(self, product: str, day: int) -> np.ndarray:
        """Row that each row becomes by a dose on a day; uint8, shape (256,)."""
        period = day // self.protection.period_days
        return self._becoming(
            product,
            period,
            lambda met: History(
                doses=min(met.doses + 1, 3),
                product=product,
                infected_by=met.infected_by,
                period=period,
                dose_last=True,
            ),
        )

    def _becoming(self, event: str | int, period: int, then: Callable[[History], History]) -> np.ndarray:
        """Row that each row becomes by an event; kept until there are new rows.

        Rows not in use become what row 0 becomes. Who keeps the answer asks again once there are more rows.
        """
        known = self._became.get((event, period, len(self.rows)))
        if known is not None:
            return known
        became = np.full(MOST_ROWS, self.row(then(self.rows[0])), dtype=np.uint8)
        done = 0
        while done < len(self.rows):  # rows made here become rows too
            became[done] = self.row(then(self.rows[done]))
            done += 1
        self._became = {key: rows for key, rows in self._became.items() if key[1:] == (period, len(self.rows))}
        self._became[event, period, len(self.rows)] = became
        return became
