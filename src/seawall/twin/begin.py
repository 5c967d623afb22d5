"""How a run begins: with a few infected residents, or with nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seawall.core import InvalidInput
from seawall.twin.keyed import SEEDED, base, bits_of
from seawall.twin.run import Run
from seawall.twin.state import AT_START

Beginning = Callable[[Run, int], None]
"""Told the run and the number of the replicate; infects whoever is infected at the start."""


def nobody(_run: Run, _replicate: int) -> None:
    """Nobody is infected at the start; infections come with arrivals."""


@dataclass(frozen=True)
class _Seeded:
    """See `seeded`; an object and not an inner function, so that it can be sent to another process."""

    infected: int
    areas: tuple[str, ...]
    variant: int

    def __call__(self, run: Run, _replicate: int) -> None:
        """Infect them."""
        people = run.state.world.people
        blocks = np.zeros(run.map.blocks, dtype=bool)
        for area in self.areas:
            if area not in run.map.blocks_of:
                raise InvalidInput(f"There is no area {area!r} to infect anybody in.")
            blocks |= run.map.blocks_of[area]
        if not self.areas:
            blocks[:] = True
        chosen = np.nonzero(blocks)[0]
        sizes = np.diff(people.block_start)[chosen]
        if self.infected > sizes.sum():
            raise InvalidInput(f"{self.infected:,} cannot be infected where {int(sizes.sum()):,} live.")
        ends = np.cumsum(sizes)
        key = base(run.state.seed, SEEDED)
        who: list[int] = []
        drawn = 0
        taken: set[int] = set()
        while len(who) < self.infected:
            word = bits_of(key, np.arange(drawn, drawn + 2 * self.infected + 16)) >> np.uint64(1)
            drawn += 2 * self.infected + 16
            for at in (word % np.uint64(ends[-1])).astype(np.int64).tolist():
                block = int(np.searchsorted(ends, at, side="right"))
                person = int(people.block_start[chosen[block]]) + at - int(ends[block] - sizes[block])
                if person not in taken and len(who) < self.infected:
                    taken.add(person)
                    who.append(person)
        target = np.array(sorted(who), dtype=np.uint32)
        run.infect(
            target,
            layer=AT_START,
            variant=np.full(target.size, self.variant, dtype=np.uint8),
        )


def seeded(infected: int, areas: tuple[str, ...] = (), variant: int = 0) -> Beginning:
    """So many residents, drawn by lot, infected on the first day.

    Args:
        infected: how many.
        areas: codes of the areas they live in; the whole city where none is named.
        variant: index of the variant.

    Raises:
        InvalidInput: when the run begins, fewer people live there, or an area is not known.
    """
    return _Seeded(infected, areas, variant)
