"""Who is on the books of workplaces and schools, by where these lie and by where the people live."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numba
import numpy as np

from seawall.city.layers import NOWHERE, SCHOOL, STAGES, WORK
from seawall.city.synth.people import People


@dataclass(frozen=True)
class Roll:
    """Workers and pupils counted.

    A *row* is a sector, or after all sectors a stage of school; a *cell* is a row and the block of the place.

    Attributes:
        people: the city's.
    """

    people: People = field(repr=False)
    _of_block: dict[int, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    def __reduce__(self) -> tuple[type[Roll], tuple[People]]:
        """Sent to a worker without what has been counted: it counts again faster than it reads."""
        return Roll, (self.people,)

    @property
    def sectors(self) -> int:
        """How many there are; the row of the first stage."""
        return len(self.people.sectors)

    @property
    def rows(self) -> int:
        """Sectors and stages."""
        return self.sectors + len(STAGES)

    @property
    def blocks(self) -> int:
        """How many there are."""
        return int(self.people.area_of_block.size)

    @cached_property
    def cell_of_place(self) -> np.ndarray:
        """Row times blocks plus the block of each place, int32, shape (place,); -1 for other places."""
        layer, kind = self.people.place_layer, self.people.place_kind
        cell = np.full(layer.size, -1, dtype=np.int32)
        work, school = (layer == WORK) & (kind < self.sectors), (layer == SCHOOL) & (kind < len(STAGES))
        for mine, first in ((work, 0), (school, self.sectors)):
            row = kind[mine].astype(np.int32) + first
            cell[mine] = row * self.blocks + self.people.place_block[mine]
        return cell

    @cached_property
    def districts(self) -> tuple[np.ndarray, np.ndarray]:
        """First block of each district that has any, and which district it is, int64."""
        district, first = np.unique(self.people.district_of_block, return_index=True)
        return first, district

    @cached_property
    def by_place(self) -> np.ndarray:
        """Members by block of the place, float64, shape (row, block)."""
        mine = self.cell_of_place >= 0
        sizes = np.diff(self.people.place_start.astype(np.int64))[mine]
        found = np.bincount(self.cell_of_place[mine], weights=sizes, minlength=self.rows * self.blocks)
        return found.reshape(self.rows, self.blocks)

    def of_block(self, block: int) -> np.ndarray:
        """Cells of the workers and pupils who live in a block, int32, one each."""
        if block not in self._of_block:
            place = self.people.place[self.people.block_start[block] : self.people.block_start[block + 1]]
            cells = self.cell_of_place[place[place != NOWHERE]]
            self._of_block[block] = cells[cells >= 0]
        return self._of_block[block]

    def by_home(self, blocks: np.ndarray) -> np.ndarray:
        """Members by block of their home, float64, shape (row, block); 0 where nobody has asked yet."""
        found, known = self._homes
        wanted = np.nonzero(blocks & ~known)[0]
        if wanted.size:
            counted = np.zeros((self.rows, wanted.size))
            people = self.people
            _by_home(wanted, people.block_start, people.place, self.cell_of_place, self.blocks, counted)
            found[:, wanted] = counted
            known[wanted] = True
        return found

    @cached_property
    def _homes(self) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((self.rows, self.blocks)), np.zeros(self.blocks, dtype=bool)


@numba.njit(cache=True, nogil=True)
def _by_home(
    wanted: np.ndarray,
    block_start: np.ndarray,
    place: np.ndarray,
    cell_of_place: np.ndarray,
    blocks: int,
    counted: np.ndarray,
) -> None:
    for at in range(wanted.size):
        for x in range(block_start[wanted[at]], block_start[wanted[at] + 1]):
            if place[x] != np.uint32(NOWHERE):
                cell = cell_of_place[place[x]]
                if cell >= 0:
                    counted[cell // blocks, at] += 1
