"""What every measure is made of: its kind, its days, where it holds, numbers with a unit and words from a list."""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np

from seawall.core import Fault, InvalidInput, check_quantities
from seawall.core.errors import closest
from seawall.measures.levers import AT_HOME, AT_SITE, Levers
from seawall.measures.today import Ground, Today

_KEY = "seawall.setting"
OLDEST_AGE = 130
PLACES = ("home", "site")
"""Where somebody can be kept apart, in the words of a strategy."""

PLACE = {"home": AT_HOME, "site": AT_SITE}


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

    def __post_init__(self) -> None:
        faults = [
            Fault(file=type(self).__name__, column=column, problem=problem, mend=mend)
            for column, problem, mend in (*_words(self), *_days(self), *self.refusals())
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
        """Whether today lies from `start` up to, not including, `stop`."""
        return (self.start is None or _now(self.start, today) >= 0) and (
            self.stop is None or _now(self.stop, today) < 0
        )

    def days_on(self, today: Today) -> int:
        """Days since it started; since the run did where no start is given."""
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
    def zones(self) -> tuple[str, ...]:
        """Codes of tiers."""

    def in_force(self, today: Today) -> bool:
        """Whether it holds today."""


def blocks_today(measure: Local, today: Today) -> np.ndarray | None:
    """The blocks a measure holds in today, bool, shape (block,); None where there are none."""
    if not measure.in_force(today):
        return None
    blocks = today.where(measure.areas, measure.zones)
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
    """Indices of the sectors named, of all where none is, without those excepted."""
    return tuple(
        index for index, sector in enumerate(ground.sectors) if (not named or sector in named) and sector not in but
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
                yield (
                    field.name,
                    f'"{word}" is none of {", ".join(declared.among)}{closest(word, declared.among)}',
                    "Write one of them",
                )


def _days(measure: Measure) -> Iterator[tuple[str, str, str]]:
    start, stop = measure.start, measure.stop
    for field, day in (("start", start), ("stop", stop)):
        if isinstance(day, int) and day < 0:
            yield field, f"day {day} lies before the run", "Give a date, or days since the start of the run, from 0"
    alike = isinstance(start, int) == isinstance(stop, int)
    if start is not None and stop is not None and alike and start >= stop:  # type: ignore[operator]
        yield "stop", f"it stops on {stop}, not after its start on {start}", "Give the first day it no longer holds"
