"""A goal: what must hold and how surely, then what is to be least. Read from TOML; the shipped ones by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seawall.core import Fault, InvalidInput
from seawall.core.shipped import Shipped
from seawall.core.toml_rows import LARGEST, Rows, parse_toml
from seawall.core.toml_tables import Reading, Section
from seawall.plan.limits import Least, Limit
from seawall.plan.score import EVENTS

DEFAULT = "least-restriction"
PER = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Require:
    """A limit as a goal states it.

    Attributes:
        event: one of `score.EVENTS`.
        at_most: largest amount accepted, in the unit of the event or, where `per_100000`, per 100,000 residents.
        per_100000: whether the amount grows with the city.
        probability: how likely it must hold.
    """

    event: str
    at_most: float
    per_100000: bool
    probability: float

    def limit(self, residents: float) -> Limit:
        """The limit in a city of so many residents."""
        factor = residents / PER if self.per_100000 else 1.0
        return Limit(event=self.event, at_most=self.at_most * factor, probability=self.probability)


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a choice is for.

    Attributes:
        key: the name of its file.
        name, name_zh, about, about_zh: for people.
        require: what must hold; none: nothing must.
        then: what is to be least, the most important first.
    """

    key: str
    name: str
    name_zh: str
    about: str
    about_zh: str
    require: tuple[Require, ...]
    then: tuple[Least, ...]

    @property
    def events(self) -> tuple[str, ...]:
        """Every event it speaks of, once."""
        return tuple(dict.fromkeys([*(one.event for one in self.require), *(one.event for one in self.then)]))

    def limits(self, residents: float) -> tuple[Limit, ...]:
        """What must hold in a city of so many residents."""
        return tuple(one.limit(residents) for one in self.require)

    def refuse_unscored(self, scored: Collection[str], why: str) -> None:
        """Refuse a goal that speaks of what this city cannot tell.

        Args:
            scored: events that are known here.
            why: what is missing, and what to do.

        Raises:
            InvalidInput: names each such event.
        """
        unknown = [event for event in self.events if event not in scored]
        if unknown:
            faults = [
                Fault(
                    file=f"{self.key}.toml",
                    column="event",
                    problem=f"the goal speaks of {event}, which this city cannot tell",
                    mend=why,
                )
                for event in unknown
            ]
            raise InvalidInput(f"{len(faults)} problem(s) with the goal; nothing was run.", faults)


SHIPPED = Shipped(package="seawall.plan", folder="goals", noun="goal", option="--goal")


def shipped_goals() -> tuple[str, ...]:
    """Names of the goals in the package, in alphabetical order."""
    return SHIPPED.names()


def read_goal(name: str | Path = DEFAULT) -> Goal:
    """A goal by the name of a shipped one or the path of a TOML file.

    Raises:
        InvalidInput: there is none, or something in it cannot be. Carries every fault.
    """
    text, file = SHIPPED.text(name)
    return parse_goal(text, file=file)


def parse_goal(text: str, *, file: str) -> Goal:
    """A goal from the text of a file.

    Args:
        text: TOML.
        file: name of the file as the user knows it.

    Raises:
        InvalidInput: carries every fault, with the row and key it stands at.
    """
    document = parse_toml(text, file=file, noun="a goal", least="Write [goal] and a name, then [[then]] and an event")
    faults: list[Fault] = []
    top = Section(document, Reading(file=file, faults=faults, rows=Rows(text)))
    head = top.section("goal")
    names = {"name": "", "name_zh": "", "about": "", "about_zh": ""}
    if head is not None:
        names = {key: head.text(key) if key == "name" else head.text(key, default="") for key in names}
        head.finish()
    require = tuple(_require(part) for part in top.sections("require", default=[]))
    then = tuple(_least(part) for part in top.sections("then"))
    top.finish()
    if not then and "then" in document:
        top.fault("then", "nothing is to be least", "Write [[then]] and an event under it")
    for key, events in (("require", [one.event for one in require]), ("then", [one.event for one in then])):
        for event in sorted({event for event in events if event and events.count(event) > 1}):
            top.fault(key, f'"{event}" stands there twice', "Keep one of them")
    if faults:
        faults.sort(key=lambda fault: fault.row or 0)
        raise InvalidInput(f"{file} has {len(faults)} problem(s); nothing was run.", faults)
    return Goal(key=file.removesuffix(".toml"), require=require, then=then, **names)


def _event(part: Section) -> str:
    return part.text("event", choices=EVENTS)


def _require(part: Section) -> Require:
    event = _event(part)
    stated = [key for key in ("at_most", "per_100000") if key in part.values]
    if len(stated) != 1:
        problem = "neither at_most nor per_100000 says how much" if not stated else "at_most and per_100000 both say it"
        part.fault(stated[0] if stated else "at_most", problem, "Give one of the two")
    amounts = {key: part.number(key, low=0, high=LARGEST, default=0.0) for key in ("at_most", "per_100000")}
    probability = part.number("probability", low=0, high=1)
    if part.values.get("probability") == 0:
        part.fault("probability", "it asks for nothing", "Give a number above 0, such as 0.95")
    part.finish()
    per = "per_100000" in stated
    return Require(
        event=event,
        at_most=amounts["per_100000" if per else "at_most"],
        per_100000=per,
        probability=probability,
    )


def _least(part: Section) -> Least:
    event, within = _event(part), part.number("within", low=0, high=10, default=0.0)
    part.finish()
    return Least(event=event, within=within)


def said(goal: Goal, residents: float) -> dict[str, Any]:
    """A goal as plain data, with its limits as they are in this city."""
    return {
        "key": goal.key,
        "name": goal.name,
        "name_zh": goal.name_zh,
        "about": goal.about,
        "about_zh": goal.about_zh,
        "require": [
            {
                "event": one.event,
                "at_most": one.limit(residents).at_most,
                "per_100000": one.at_most if one.per_100000 else None,
                "probability": one.probability,
            }
            for one in goal.require
        ],
        "then": [{"event": one.event, "within": one.within} for one in goal.then],
    }
