"""What every measure is made of: its kind, its days, where it holds, numbers with a unit and words from a list."""

from __future__ import annotations

import abc
import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np

from seawall.city.schema import LEVELS
from seawall.core import Fault, InvalidInput, check_quantities, quantity
from seawall.core.errors import closest
from seawall.measures.levers import AT_HOME, AT_SITE, Levers
from seawall.measures.signals import BEDS_OF, HIGHEST, SIGNALS, Held, Trigger, held
from seawall.measures.today import ESSENTIAL, Ground, Today

_KEY = "seawall.setting"
OLDEST_AGE = 130
PLACES = ("home", "site")
"""Where somebody can be kept apart, in the words of a strategy."""

PLACE = {"home": AT_HOME, "site": AT_SITE}
_PART = re.compile(r"^([1-9]\d?) of ([1-9]\d?)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is declared beside a field that is not a number with a unit.

    Attributes:
        about: one sentence that says what it is.
        among: the words it may hold; empty: any.
    """

    about: str
    among: tuple[str, ...] = ()


def setting(default: Any = dataclasses.MISSING, *, about: str, among: tuple[str, ...] = ()) -> Any:
    """Declare a field that holds words, days or codes; without a default it must be given.

    Raises:
        ValueError: nothing says what it is.
    """
    if not about:
        raise ValueError("A setting needs a sentence that says what it is.")
    metadata = {_KEY: Setting(about=about, among=among)}
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def described(field: dataclasses.Field[Any]) -> Setting | None:
    """What `setting` declared of a field; None for a quantity or an undeclared one."""
    found: Setting | None = field.metadata.get(_KEY)
    return found


def areas_setting(about: str = "Codes of the areas, of any level, where it holds; none named: the whole city.") -> Any:
    """The field `areas`."""
    return setting((), about=about)


def except_areas_setting() -> Any:
    """The field `except_areas`."""
    return setting((), about="Codes of areas left out, of any level.")


def part_setting() -> Any:
    """The field `part`."""
    return setting(
        "",
        about="Part of the city where it holds, as in `1 of 2`: districts, in the order of the folder, in parts of "
        "about as many residents each; left out: all of it.",
    )


def zones_setting() -> Any:
    """The field `zones`."""
    return setting((), about="Tiers of the zones drawn where it holds; none named: whatever the zone.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(abc.ABC):
    """Something a city can order. It pulls levers, and sees what the city sees.

    Raises:
        InvalidInput: a number is out of range, a word is none of those allowed, or it stops before it starts.
    """

    kind: str
    name: str = setting("", about="Name under which its burden is told; left out: the kind and a number.")
    start: date | int | None = setting(  # noqa: RUF009
        None, about="First day, a date or days since the start of the run; left out: the whole run."
    )
    stop: date | int | None = setting(None, about="First day on which it no longer holds; left out: to the end.")  # noqa: RUF009
    when: str = setting(
        "",
        among=("", *SIGNALS),
        about="What is seen that lets it begin and end, between `start` and `stop`; left out: it holds all that time.",
    )
    above: float | None = setting(None, about="It begins when `when` is at or above this.")
    below: float | None = setting(None, about="It ends when `when` is below this; left out: half of `above`.")
    above_days: int = quantity(
        1, unit="day", low=1, high=60, source="assumed", about="Mornings in a row at or above `above` before it begins."
    )
    below_days: int = quantity(
        7, unit="day", low=1, high=60, source="assumed", about="Mornings in a row below `below` before it ends."
    )
    least_days: int = quantity(
        1, unit="day", low=1, high=365, source="assumed", about="Days for which it holds at least once it has begun."
    )
    each: str = setting(
        "",
        among=("", *LEVELS),
        about="Level of the areas that are watched one by one; left out: where it holds is watched as one.",
    )

    def __post_init__(self) -> None:
        faults = [
            Fault(file=type(self).__name__, column=column, problem=problem, mend=mend)
            for column, problem, mend in (
                *_words(self),
                *_days(self),
                *_triggers(self),
                *_part_refused(self),
                *self.refusals(),
            )
        ]
        try:
            check_quantities(self)
        except InvalidInput as found:
            faults += found.faults
        if faults:
            raise InvalidInput(f"{self.kind} has {len(faults)} problem(s).", faults)

    @property
    def key(self) -> str:
        """Under which its burden is told."""
        return self.name or self.kind

    def in_force(self, today: Today) -> bool:
        """Whether today lies from `start` up to, not including, `stop`, and what is seen lets it hold somewhere."""
        if (self.start is not None and _now(self.start, today) < 0) or (
            self.stop is not None and _now(self.stop, today) >= 0
        ):
            return False
        seen = self.held(today)
        return seen is None or seen.anywhere

    def held(self, today: Today) -> Held | None:
        """Where and since when what is seen lets it hold; None where nothing is waited for."""
        if not self.when or self.above is None:
            return None
        first = 0 if self.start is None else max(today.day - _now(self.start, today), 0)
        part = part_of(self)
        return held(
            Trigger(
                when=self.when,
                above=self.above,
                below=self.above / 2 if self.below is None else self.below,
                above_days=self.above_days,
                below_days=self.below_days,
                least_days=self.least_days,
                first=first,
                each=self.each,
                areas=() if self.each else getattr(self, "areas", ()),
                but=() if self.each else getattr(self, "except_areas", ()),
                part=None if self.each else part,
            ),
            today,
        )

    def days_on(self, today: Today) -> int:
        """Days since it began: by what is seen, else on its start, else with the run.

        Where areas are watched one by one the days are those since its start.
        """
        seen = None if self.each else self.held(today)
        if seen is not None and seen.anywhere:
            return int(seen.days_on.max())
        return today.day if self.start is None else _now(self.start, today)

    def refusals(self) -> Iterator[tuple[str, str, str]]:
        """Field, problem and mend of whatever else is wrong with this kind of measure."""
        yield from ()

    @abc.abstractmethod
    def pull(self, levers: Levers, today: Today) -> None:
        """Pull today's levers. A measure of no strength leaves them as they are, bit for bit."""


class Local(Protocol):
    """A measure that may hold in some areas and zones only."""

    @property
    def areas(self) -> tuple[str, ...]:
        """Codes of areas."""

    @property
    def except_areas(self) -> tuple[str, ...]:
        """Codes of areas left out."""

    @property
    def part(self) -> str:
        """Part of the city, as in ``1 of 2``."""

    @property
    def zones(self) -> tuple[str, ...]:
        """Codes of tiers."""

    def in_force(self, today: Today) -> bool:
        """Whether it holds today."""

    def held(self, today: Today) -> Held | None:
        """Where what is seen lets it hold; None where nothing is waited for."""


def part_of(measure: object) -> tuple[int, int] | None:
    """Which of how many parts of the city a measure holds in, from 1; None: all of it."""
    said = _PART.match(getattr(measure, "part", ""))
    return None if said is None else (int(said.group(1)), int(said.group(2)))


def blocks_today(measure: Local, today: Today) -> np.ndarray | None:
    """The blocks a measure holds in today, bool, shape (block,); None where there are none."""
    if not measure.in_force(today):
        return None
    blocks = today.where(measure.areas, measure.zones, but=measure.except_areas, part=part_of(measure))
    seen = measure.held(today)
    if seen is not None:
        blocks = seen.blocks(blocks)
    return blocks if blocks.any() else None


def ages_refused(ages: tuple[int, int]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a first and a last age."""
    if not 0 <= ages[0] <= ages[1] <= OLDEST_AGE:
        yield (
            "ages",
            f"{ages[0]} to {ages[1]} is not a range of ages",
            f"Give a first and a last age, 0 to {OLDEST_AGE}, as in [60, {OLDEST_AGE}]",
        )


def days_refused(field: str, days: tuple[int, ...]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a list of days."""
    if any(day < 0 for day in days) or list(days) != sorted(set(days)):
        yield field, f"{list(days)} does not run upwards from 0", "List each day once, in order; 0 is the first"


def sectors_of(ground: Ground, named: tuple[str, ...], but: tuple[str, ...]) -> tuple[int, ...]:
    """Indices of the sectors named, of all where none is, without those excepted; `ESSENTIAL` stands for several."""

    def among(sector: str, words: tuple[str, ...]) -> bool:
        return sector in words or (ESSENTIAL in words and sector in ground.essential)

    return tuple(
        index
        for index, sector in enumerate(ground.sectors)
        if (not named or among(sector, named)) and not among(sector, but)
    )


def _now(day: date | int, today: Today) -> int:
    return (today.date - day).days if isinstance(day, date) else today.day - day


def _words(measure: Measure) -> Iterator[tuple[str, str, str]]:
    for field in dataclasses.fields(measure):
        declared = described(field)
        if declared is None or not declared.among:
            continue
        value = getattr(measure, field.name)
        for word in (value,) if isinstance(value, str) else value:
            if word not in declared.among:
                known = [one for one in declared.among if one]
                yield field.name, f'"{word}" is none of {", ".join(known)}{closest(word, known)}', "Write one of them"


def _triggers(measure: Measure) -> Iterator[tuple[str, str, str]]:
    """What is wrong with what lets it begin and end."""
    when, above, below = measure.when, measure.above, measure.below
    if not when:
        fields = {field.name: field.default for field in dataclasses.fields(Measure)}
        for name in ("above", "below", "above_days", "below_days", "least_days", "each"):
            if getattr(measure, name) != fields[name]:
                yield name, "nothing says of what it speaks", f"Add `when`, one of {', '.join(SIGNALS)}, or take it out"
        return
    if measure.each and not hasattr(measure, "zones"):
        yield "each", "this measure holds for the whole city at once", "Take it out"
    elif measure.each and when in BEDS_OF:
        yield "each", "beds are counted for the whole city", f'Take it out, or write `when` = "{SIGNALS[0]}"'
    if when not in SIGNALS:
        return
    highest = HIGHEST[when]
    if above is None:
        yield "when", "nothing says from which amount it begins", "Add `above`"
    elif not 0 < above <= highest:
        as_share = ", a share of beds, as in 0.5" if when in BEDS_OF else ""
        yield "above", f"{above:g} is not above 0 and at most {highest:g}", f"Give the amount of {when}{as_share}"
    elif below is not None and not 0 < below <= above:
        problem = f"{below:g} is not above 0 and at most `above`, {above:g}"
        yield "below", problem, "Give the amount under which it ends, or leave it out for half of `above`"


def _part_refused(measure: Measure) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a part of the city."""
    said, part = getattr(measure, "part", ""), part_of(measure)
    if said and (part is None or part[0] > part[1]):
        yield "part", f'"{said}" is not a part of the city', 'Say which of how many, as in "1 of 2"'


def _days(measure: Measure) -> Iterator[tuple[str, str, str]]:
    start, stop = measure.start, measure.stop
    for field, day in (("start", start), ("stop", stop)):
        if isinstance(day, int) and day < 0:
            yield field, f"day {day} lies before the run", "Give a date, or days since the start of the run, from 0"
    alike = isinstance(start, int) == isinstance(stop, int)
    if start is not None and stop is not None and alike and start >= stop:  # type: ignore[operator]
        yield "stop", f"it stops on {stop}, not after its start on {start}", "Give the first day it no longer holds"
