"""Work spread over processes, here or on many machines: the same function over many items, results as they come.

The value that all items share is sent once to each worker. A worker that is lost, by a kill, a full memory or a node
that goes away, is replaced and its item is done again; what the function raises comes back as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

from seawall.core.errors import Fault, InvalidInput, SeawallError

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

Engine = Literal["local", "ray"]

RETRIES = 3
"""An item whose worker was lost is done again at most so many times."""


class WorkersLost(SeawallError):
    """An item could not be done, because every worker that it was given to was lost."""


@dataclass(frozen=True)
class Shared(Generic[S]):
    """A value that every worker of one executor has, or can open.

    Attributes:
        key: tells it from others.
        content: how workers come by it; the executor's own business.
    """

    key: str
    content: object = field(compare=False, repr=False)


class Executor(Protocol):
    """Whoever does the work. One `map` at a time."""

    @property
    def workers(self) -> int:
        """How many items are done side by side."""

    def broadcast(self, value: S) -> Shared[S]:
        """Make a value known to all workers; each gets it once, large arrays mapped and not copied where possible."""

    def map(self, function: Callable[[S, T], R], shared: Shared[S], items: Sequence[T]) -> Iterator[tuple[int, R]]:
        """Do a function of the shared value and each item.

        Args:
            function: can be imported by name; so can whatever it is given and gives back.
            shared: from this executor's `broadcast`.
            items: what is done.

        Yields:
            Index into items, and result, in the order in which they are finished. To stop early, close the iterator.

        Raises:
            WorkersLost: an item was given to `RETRIES` + 1 workers and each was lost.
        """

    def close(self) -> None:
        """End the workers."""


class InProcess:
    """All work in this process, one item after the other."""

    workers = 1

    def broadcast(self, value: S) -> Shared[S]:
        """See `Executor`."""
        return Shared(key="here", content=value)

    def map(self, function: Callable[[S, T], R], shared: Shared[S], items: Sequence[T]) -> Iterator[tuple[int, R]]:
        """See `Executor`."""
        value: S = shared.content  # type: ignore[assignment]  # broadcast put it there
        for index, item in enumerate(items):
            yield index, function(value, item)

    def close(self) -> None:
        """See `Executor`."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def executor(engine: Engine = "local", *, workers: int | None = None, address: str | None = None) -> Iterator[Executor]:
    """Workers for as long as the context lasts.

    Args:
        engine: ``local``: processes of this machine, or this very process for one worker; ``ray``: a Ray cluster.
        workers: how many; None: as many as there are cores, in the cluster where an address is given.
        address: of a Ray cluster that runs already; None: one is started on this machine and ended afterwards.

    Raises:
        InvalidInput: fewer than one worker, an address without Ray, Ray not installed, or no cluster at the address.
    """
    faults = []
    if workers is not None and workers < 1:
        mend = "Give 1 or more, or leave it out to use all cores"
        faults.append(Fault(file="--workers", problem=f"{workers} is fewer than 1", mend=mend))
    if address is not None and engine != "ray":
        mend = "Add --engine ray, or leave the address out"
        faults.append(Fault(file="--address", problem="only Ray has an address", mend=mend))
    if faults:
        raise InvalidInput("The work cannot be spread so.", faults)
    found = _executor(engine, workers, address)
    try:
        yield found
    finally:
        found.close()


def _executor(engine: Engine, workers: int | None, address: str | None) -> Executor:
    if engine == "ray":
        from seawall.core.executor_ray import RayExecutor

        return RayExecutor(workers=workers, address=address)
    if (workers or cores()) == 1:
        return InProcess()
    from seawall.core.executor_pool import ProcessPool

    return ProcessPool(workers or cores())
