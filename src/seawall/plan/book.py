"""The book of a race: scores as they come in, and what is still to be played."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np
import polars as pl

from seawall.core import InvalidInput
from seawall.plan.played import GAVE_UP, OPTION, REPLICATE, Played

Pair = tuple[str, int]
"""An option and a replicate."""

Play = Callable[[list[Pair]], Iterable[tuple[str, int, Mapping[str, float]]]]
"""Plays pairs and gives back each with its amounts, in any order."""


class Book:
    """Scores as they come in: what was played, and what is still to be."""

    def __init__(self) -> None:
        self._amounts: dict[Pair, dict[str, float]] = {}
        self._gave_up: set[Pair] = set()
        self._events: frozenset[str] | None = None

    @classmethod
    def of(cls, known: pl.DataFrame | None) -> Book:
        """A book that begins with the scores of an earlier race."""
        book = cls()
        if known is not None:
            for row in known.iter_rows(named=True):
                pair = (str(row.pop(OPTION)), int(row.pop(REPLICATE)))
                book.enter(pair, {name: math.nan if one is None else one for name, one in row.items()})
        return book

    def enter(self, pair: Pair, amounts: Mapping[str, float]) -> None:
        """Write down one pair.

        Raises:
            InvalidInput: it is there already, its events differ from those before, or an amount is not finite though
                the replicate did not give up.
        """
        gave_up = amounts.get(GAVE_UP, 0.0) > 0
        own = {name: float(one) for name, one in amounts.items() if name != GAVE_UP}
        if pair in self._amounts:
            raise InvalidInput(f'Replicate {pair[1]} of "{pair[0]}" was scored twice.')
        if self._events is None:
            self._events = frozenset(own)
        if frozenset(own) != self._events:
            odd = ", ".join(sorted(frozenset(own) ^ self._events))
            raise InvalidInput(f'Replicate {pair[1]} of "{pair[0]}" was scored by other events than the rest: {odd}.')
        bad = sorted(name for name, one in own.items() if not math.isfinite(one))
        if bad and not gave_up:
            raise InvalidInput(f'Replicate {pair[1]} of "{pair[0]}" has no finite {", ".join(bad)}.')
        self._amounts[pair] = dict.fromkeys(own, 0.0) if gave_up else own
        if gave_up:
            self._gave_up.add(pair)

    def fill(self, pairs: Iterable[Pair], play: Play) -> int:
        """Play those pairs that are not known yet; how many there were.

        Raises:
            InvalidInput: a pair came that was not asked for, or one that was asked for did not come.
        """
        wanted = [pair for pair in pairs if pair not in self._amounts]
        if not wanted:
            return 0
        open_pairs = set(wanted)
        for option, replicate, amounts in play(list(wanted)):
            if (option, replicate) not in open_pairs:
                raise InvalidInput(f'Replicate {replicate} of "{option}" came without being asked for.')
            self.enter((option, replicate), amounts)
            open_pairs.remove((option, replicate))
        if open_pairs:
            option, replicate = min(open_pairs)
            raise InvalidInput(
                f'{len(open_pairs)} runs did not come back, among them replicate {replicate} of "{option}".'
            )
        return len(wanted)

    def played(self, options: Sequence[str], replicates: int, events: Sequence[str]) -> Played:
        """The first so many replicates of these options.

        Raises:
            InvalidInput: an event was not scored.
        """
        absent = [event for event in events if event not in (self._events or ())]
        if absent:
            raise InvalidInput(f"Not scored: {', '.join(absent)}.")
        pairs = [[(option, one) for one in range(1, replicates + 1)] for option in options]
        values = np.array([[[self._amounts[pair][event] for pair in row] for row in pairs] for event in events])
        return Played(
            options=tuple(options),
            replicates=tuple(range(1, replicates + 1)),
            events=tuple(events),
            values=values.reshape(len(events), len(options), replicates),
            gave_up=np.array([[pair in self._gave_up for pair in row] for row in pairs]),
        )

    def table(self, options: Collection[str]) -> pl.DataFrame:
        """A row per pair of these options: ``strategy, replicate``, the events by name, ``gave_up`` (0 or 1).

        Amounts of a replicate that gave up are null: what it came to is not known.
        """
        pairs = sorted(pair for pair in self._amounts if pair[0] in options)
        columns: dict[str, list[object]] = {OPTION: [one[0] for one in pairs], REPLICATE: [one[1] for one in pairs]}
        for event in sorted(self._events or ()):
            columns[event] = [None if pair in self._gave_up else self._amounts[pair][event] for pair in pairs]
        columns[GAVE_UP] = [float(pair in self._gave_up) for pair in pairs]
        types = dict.fromkeys(sorted(self._events or ()), pl.Float64)
        return pl.DataFrame(columns, schema={OPTION: pl.String, REPLICATE: pl.Int64, **types, GAVE_UP: pl.Float64})
