"""Scores of options under common random numbers: every option in the same replicates."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from seawall.core import InvalidInput

OPTION, REPLICATE, GAVE_UP = "strategy", "replicate", "gave_up"
"""Columns of a table of scores that are not amounts."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """Amounts of options in the same replicates.

    Attributes:
        options: in order of their keys, so that nothing depends on the order they came in.
        replicates: in rising order.
        events: names of the amounts.
        values: float64, shape (event, option, replicate). Zero where a replicate gave up: never to be read there.
        gave_up: bool, shape (option, replicate). Stopped early; fails every limit and is worse than any other.
    """

    options: tuple[str, ...]
    replicates: tuple[int, ...]
    events: tuple[str, ...]
    values: np.ndarray
    gave_up: np.ndarray

    def __post_init__(self) -> None:
        if list(self.options) != sorted(set(self.options)):
            raise ValueError("Options stand once each, in order of their keys.")
        shape = (len(self.events), len(self.options), len(self.replicates))
        if self.values.shape != shape or self.gave_up.shape != shape[1:]:
            raise ValueError(f"Scores must have the shape {shape}, not {self.values.shape}.")
        if not np.isfinite(self.values).all():
            raise ValueError("Every amount must be a finite number.")

    def of(self, event: str) -> np.ndarray:
        """Amounts of one event: float64, shape (option, replicate).

        Raises:
            InvalidInput: the event was not scored.
        """
        if event not in self.events:
            raise InvalidInput(f'"{event}" was not scored; there are {", ".join(self.events)}.')
        return np.asarray(self.values[self.events.index(event)])

    def row(self, option: str) -> int:
        """Where an option stands."""
        return self.options.index(option)

    def only(self, options: Collection[str]) -> Played:
        """The same scores of some of the options."""
        rows = [row for row, option in enumerate(self.options) if option in options]
        return Played(
            options=tuple(self.options[row] for row in rows),
            replicates=self.replicates,
            events=self.events,
            values=self.values[:, rows],
            gave_up=self.gave_up[rows],
        )

    def without(self, option: str) -> Played:
        """The same scores of all options but one."""
        return self.only([other for other in self.options if other != option])


def played(scores: pl.DataFrame, events: Iterable[str], options: Collection[str] | None = None) -> Played:
    """Scores of options in the replicates that every one of them has.

    Args:
        scores: a row per option and replicate: ``strategy, replicate``, the events, and ``gave_up`` where some did.
        events: columns to take.
        options: which options; all of the table if not given.

    Raises:
        InvalidInput: a column or an option is absent, a pair stands twice, no replicate is common to all, or an
            amount of a replicate that did not give up is missing or not finite.
    """
    events = tuple(dict.fromkeys(events))
    absent = [name for name in (OPTION, REPLICATE, *events) if name not in scores.columns]
    if absent:
        raise InvalidInput(f"The scores lack the column {', '.join(absent)}.")
    names = sorted(set(scores[OPTION].unique().to_list() if options is None else options))
    table = scores.filter(pl.col(OPTION).is_in(names))
    if table.select(OPTION, REPLICATE).is_duplicated().any():
        raise InvalidInput("The scores hold an option and replicate twice.")
    common = table.group_by(REPLICATE).len().filter(pl.col("len") == len(names))[REPLICATE].sort().to_list()
    if not names or not common:
        raise InvalidInput("The options have no replicate in common, so they cannot be compared.")
    table = table.filter(pl.col(REPLICATE).is_in(common)).sort(OPTION, REPLICATE)
    shape = (len(names), len(common))
    gave_up = np.zeros(shape, bool)
    if GAVE_UP in table.columns:
        gave_up = table[GAVE_UP].cast(pl.Float64).fill_null(0.0).to_numpy().reshape(shape) > 0
    values = np.stack([table[event].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(shape) for event in events])
    values = np.where(gave_up, 0.0, values)
    bad = [event for event, one in zip(events, values, strict=True) if not np.isfinite(one).all()]
    if bad:
        raise InvalidInput(f"Amounts are missing or not finite: {', '.join(bad)}.")
    return Played(options=tuple(names), replicates=tuple(common), events=events, values=values, gave_up=gave_up)
