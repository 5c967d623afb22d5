"""A strategy: what a city orders, as a list of measures that are pulled every morning."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from seawall.core import Fault, InvalidInput
from seawall.measures.draw_zones import DrawZones
from seawall.measures.levers import Levers
from seawall.measures.measure import Measure
from seawall.measures.quarantine_contacts import QuarantineContacts
from seawall.measures.screen_travellers import ScreenTravellers
from seawall.measures.today import Today
from seawall.measures.trace_contacts import TraceContacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """Measures that belong together, under a name.

    Attributes:
        name: its name; `name_zh` in Chinese.
        about: what it is for, in a sentence or two.
        for_residents: size of the city for which rooms, tracers, doses and the like are meant; they grow with the city
            that is played (`scaled`). 0: they stand as they are.
        version: its number, from 1, where it has versions; 0: it has none.
        previous: what the version before is called, a name or a file.
        reasons: why it differs from the version before, a sentence each.
        measures: in the order of the file; none: nothing is done. Those without a name are given one, kind and number.
        file: name of the file it was read from, for messages.
        lines: for each measure the row of each of its keys in that file, the row of its table under ``""``.

    Raises:
        InvalidInput: two measures have one name, or one needs another that is not there.
    """

    name: str
    name_zh: str = ""
    about: str = ""
    for_residents: int = 0
    version: int = 0
    previous: str = ""
    reasons: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    file: str = field(default="strategy", repr=False, compare=False)
    lines: tuple[Mapping[str, int], ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        named = []
        seen: dict[str, int] = {}
        for measure in self.measures:
            seen[measure.kind] = seen.get(measure.kind, 0) + 1
            named.append(
                measure if measure.name else dataclasses.replace(measure, name=f"{measure.kind}-{seen[measure.kind]}")
            )
        object.__setattr__(self, "measures", tuple(named))
        kinds = {measure.kind for measure in named}
        faults = [self.fault(*found) for found in faults_together(list(enumerate(named)), kinds)]
        if faults:
            raise InvalidInput(f"{self.file} has {len(faults)} problem(s).", faults)

    @property
    def zoning(self) -> DrawZones | None:
        """The measure that draws zones; None where none does."""
        return next((measure for measure in self.measures if isinstance(measure, DrawZones)), None)

    def pull(self, levers: Levers, today: Today) -> None:
        """Pull every measure, in order; screening after all that lets people arrive."""
        for measure in self.measures:
            if not isinstance(measure, ScreenTravellers):
                measure.pull(levers, today)
        for measure in self.measures:
            if isinstance(measure, ScreenTravellers):
                measure.pull(levers, today)

    def fault(self, index: int, column: str, problem: str, mend: str) -> Fault:
        """A fault of one measure, with its row where the strategy was read from a file."""
        return Fault(file=self.file, row=row_of(self.lines, index, column), column=column, problem=problem, mend=mend)


def row_of(lines: Sequence[Mapping[str, int]], index: int, column: str) -> int | None:
    """Row of a key of a measure, or of its table where the key is not there; None where no file is known."""
    if index >= len(lines):
        return None
    return lines[index].get(column, lines[index].get(""))


def faults_together(measures: Sequence[tuple[int, Measure]], kinds: set[str]) -> Iterator[tuple[int, str, str, str]]:
    """What is wrong between measures: position, field, problem and mend.

    Args:
        measures: with their position in the strategy.
        kinds: kinds of all measures, those included that could not be read.
    """
    names: set[str] = set()
    drawn = False
    for index, measure in measures:
        if measure.name and measure.name in names:
            problem = f'another measure is named "{measure.name}"'
            yield index, "name", problem, "Give each measure its own name, or none"
        names.add(measure.name)
        if getattr(measure, "zones", ()) and "draw_zones" not in kinds:
            problem = "zones are named, but no measure draws any"
            yield index, "zones", problem, 'Add a measure of kind "draw_zones", or take the zones out'
        if isinstance(measure, QuarantineContacts) and "trace_contacts" not in kinds:
            problem = "no measure finds the contacts that it would keep apart"
            yield index, "kind", problem, 'Add a measure of kind "trace_contacts"'
        if isinstance(measure, TraceContacts) and measure.second_ring > 0 and "quarantine_contacts" not in kinds:
            problem = "contacts of contacts are found, but no measure keeps any contact apart"
            yield index, "second_ring", problem, 'Add a measure of kind "quarantine_contacts", or leave it out'
        if isinstance(measure, DrawZones):
            if drawn:
                yield index, "kind", "zones are drawn by an earlier measure", "Keep one measure that draws zones"
            drawn = True
