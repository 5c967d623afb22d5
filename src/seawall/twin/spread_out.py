"""Replicates of many scenarios, spread over the workers of an executor: one a task, on one thread.

A replicate is the same to the bit whoever plays it, so how many workers there are, and which of them are lost on the
way, changes no number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from seawall.core import Fault, InvalidInput
from seawall.core.errors import closest
from seawall.core.executor import Executor
from seawall.twin.outcome import Outcome
from seawall.twin.simulate import Scenario, new_run, play

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class _Given:
    """What all tasks share."""

    scenarios: Mapping[str, Scenario]
    seed: int
    summarise: Callable[[Outcome], object]
    most: Mapping[str, float]


def play_many(
    executor: Executor,
    scenarios: Mapping[str, Scenario],
    items: Sequence[tuple[str, int]],
    *,
    seed: int,
    summarise: Callable[[Outcome], T],
    most: Mapping[str, float] | None = None,
) -> Iterator[tuple[str, int, T]]:
    """Play replicates of scenarios; the same numbers as `simulate`.

    Args:
        executor: whose workers play.
        scenarios: key to scenario. Those that share a city cost no more to send than one.
        items: key of a scenario and number of a replicate, from 1.
        seed: of all replicates.
        summarise: what is sent back of a replicate; can be imported by name. `whole` for all of it.
        most: key of a scenario to the number of infections at which its replicates are stopped; `Outcome.played` tells.

    Yields:
        Key, number and summary, in the order in which they are finished.

    Raises:
        InvalidInput: a key is not among the scenarios, a number is below 1, or a beginning cannot be laid out.
        WorkersLost: every worker that was given a replicate was lost.
    """
    faults = [
        Fault(file="items", problem=f'"{key}" is not a scenario{closest(key, scenarios)}', mend="Give one of the keys")
        for key in dict.fromkeys(key for key, _ in items)
        if key not in scenarios
    ]
    faults += [
        Fault(file="items", problem=f"replicate {number} of {key} is below 1", mend="Count replicates from 1")
        for key, number in items
        if number < 1
    ]
    if faults:
        raise InvalidInput("These replicates cannot be played.", faults)
    wanted = {key: scenarios[key] for key in dict.fromkeys(key for key, _ in items)}
    shared = executor.broadcast(_Given(scenarios=wanted, seed=seed, summarise=summarise, most=most or {}))
    for index, found in executor.map(_one, shared, items):
        key, number = items[index]
        summary: T = found  # type: ignore[assignment]  # what summarise gave
        yield key, number, summary


def whole(outcome: Outcome) -> Outcome:
    """All that came of a replicate."""
    return outcome


def _one(given: _Given, item: tuple[str, int]) -> object:
    key, number = item
    run = new_run(given.scenarios[key], given.seed, number)
    return given.summarise(play(run, number, most=given.most.get(key)))
