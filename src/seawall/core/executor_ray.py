"""Workers of a Ray cluster, on this machine or many; see `seawall.core.executor`.

Whoever reaches Ray's ports, and knows its token where one is asked for, can run code. The cluster that is started
here listens on the loopback address only and has a token that nobody else is told. One that runs on several machines
listens on all their addresses and belongs on a network of its own; see docs/scale.md.
"""

from __future__ import annotations

import importlib
import os
import platform
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from seawall import __version__
from seawall.core.errors import Fault, InvalidInput
from seawall.core.executor import RETRIES, Shared, WorkersLost, cores
from seawall.core.executor_pool import OPEN_VALUES, Spool
from seawall.core.travel import Failed, Mapped, failed, packed, unpacked

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

LOOPBACK = "127.0.0.1"
OBJECT_STORE_BYTES = 256 * 2**20
"""Shared memory of a cluster that is started here; large arrays are mapped from files and need none of it."""

LONGEST_FOLDER = 40
"""A folder with a longer name is not given to Ray, whose sockets lie in it and may have names of some 100 bytes."""

ANSWER_SECONDS = 5.0
"""So long a cluster may take to answer at its address."""

LOOK_SECONDS = 5.0
"""So often it is looked whether nodes have come or gone."""

ASKED_AHEAD = 2
"""So many items for each worker are with the cluster, so that none waits for the next."""


@dataclass(frozen=True)
class _Sent:
    """A shared value in the cluster.

    Attributes:
        versions: of what must be the same there, so that the numbers are.
        head: reference to the value's bytes.
        files: of the arrays that travel apart, by number.
        arrays: references to the same arrays; none where all workers see the files.
    """

    versions: Mapping[str, str]
    head: Any
    files: Mapping[int, Mapped]
    arrays: Mapping[int, Any]


def versions() -> dict[str, str]:
    """What decides the bits: releases of this and of the libraries that count."""
    found = {"seawall": __version__, "python": ".".join(platform.python_version_tuple()[:2])}
    return found | {name: version(name) for name in ("numpy", "numba", "polars")}


class RayExecutor:
    """Tasks on a Ray cluster."""

    def __init__(self, *, workers: int | None, address: str | None) -> None:
        self._ray = _ray()
        self._asked = workers
        self._everywhere = address is None  # all workers see our files
        self._folder: Path | None = None
        self._own = not self._ray.is_initialized()
        self._spool = Spool()
        self._references: dict[int, Any] = {}
        self._values = 0
        self._left = ExitStack()
        if self._own:
            try:
                self._start(workers, address)
            except BaseException:
                self.close()
                raise
        self._task = self._ray.remote(num_cpus=1, max_retries=RETRIES)(_run)

    def _start(self, workers: int | None, address: str | None) -> None:
        settings: dict[str, Any] = {
            "log_to_driver": False,
            "logging_level": "ERROR",
            "runtime_env": {"env_vars": {"POLARS_MAX_THREADS": "1"}},
        }
        if address is not None:
            _reach(address)
            try:
                self._ray.init(address=address, **settings)
            except (ConnectionError, ValueError, RuntimeError) as error:
                raise _not_taken_in(address, str(error).strip().splitlines()[0].rstrip(".")) from error
            return
        self._folder = Path(tempfile.mkdtemp(prefix="seawall-ray-"))
        fits = len(str(self._folder)) <= LONGEST_FOLDER
        self._left.enter_context(_alone())
        self._ray.init(
            address="local",
            num_cpus=workers or cores(),
            include_dashboard=False,
            object_store_memory=OBJECT_STORE_BYTES,
            _node_ip_address=LOOPBACK,
            _temp_dir=str(self._folder) if fits else None,
            **settings,
        )
        heard_at = {str(node["NodeManagerAddress"]) for node in self._ray.nodes()}
        if heard_at != {LOOPBACK}:
            fault = Fault(
                file="--engine",
                problem=f"this release of Ray listens on {', '.join(sorted(heard_at))} and not on {LOOPBACK} alone",
                mend="Use --engine local, or start a cluster where nobody else reaches it and give its --address",
            )
            raise InvalidInput("Ray was not started.", [fault])

    @property
    def workers(self) -> int:
        """Items done side by side; follows the cluster where nobody said how many."""
        there = int(self._ray.cluster_resources().get("CPU", 0))
        return max(1, there if self._asked is None else min(there, self._asked))

    def broadcast(self, value: S) -> Shared[S]:
        """See `Executor`. Of an array that a worker's machine sees in a file, nothing is sent there."""
        head, numbers = self._spool.put(value)
        if not self._everywhere:
            for number in numbers:
                if number not in self._references:
                    self._references[number] = self._ray.put(self._spool.arrays[number])
        self._values += 1
        sent = _Sent(
            versions=versions(),
            head=self._ray.put(head),
            files={number: self._spool.files[number] for number in numbers},
            arrays={number: self._references[number] for number in numbers if number in self._references},
        )
        return Shared(key=f"{self._spool.folder}/{self._values}", content=sent)

    def map(self, function: Callable[[S, T], R], shared: Shared[S], items: Sequence[T]) -> Iterator[tuple[int, R]]:
        """See `Executor`."""
        todo = self._ray.put(function)
        under_way: dict[Any, int] = {}
        given = 0
        looked, room = 0.0, 0
        try:
            while given < len(items) or under_way:
                if time.monotonic() - looked > LOOK_SECONDS:
                    looked, room = time.monotonic(), self._room()
                while given < len(items) and len(under_way) < room:
                    under_way[self._task.remote(todo, packed(items[given]), shared)] = given
                    given += 1
                ready, _ = self._ray.wait(list(under_way), num_returns=1, timeout=LOOK_SECONDS)
                for reference in ready:
                    item = under_way.pop(reference)
                    result = unpacked(self._fetched(reference, item))
                    if isinstance(result, Failed):
                        raise result.error
                    yield item, result
        finally:
            for reference in under_way:
                self._ray.cancel(reference, force=True)

    def _room(self) -> int:
        return self.workers * (1 if self._asked is not None and not self._everywhere else ASKED_AHEAD)

    def _fetched(self, reference: Any, item: int) -> bytes:
        errors = self._ray.exceptions
        try:
            return bytes(self._ray.get(reference))
        except errors.RayTaskError:
            raise  # a worker that cannot even import this; Ray says why
        except errors.RayError as error:
            raise WorkersLost(
                f"Item {item} was given to {RETRIES + 1} Ray workers, and each was lost; the last: "
                f"{str(error).strip().splitlines()[0]} Look whether memory ran out on the nodes."
            ) from error

    def close(self) -> None:
        """See `Executor`. A cluster that was not started here goes on."""
        self._references.clear()
        if self._own:
            self._ray.shutdown()
        self._left.close()
        self._spool.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _reach(address: str) -> None:
    """Refuse an address at which nothing listens; Ray itself would try for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon or not port.isdigit():
        return  # a word of Ray's own, such as auto
    try:
        socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise _unreached(address, str(error)) from error


def _unreached(address: str, why: str) -> InvalidInput:
    fault = Fault(
        file="--address",
        problem=f'no Ray cluster answers at "{address}": {why}',
        mend="Start one with ray start --head on that machine, or leave the address out",
    )
    return InvalidInput("The work cannot be spread over that cluster.", [fault])


def _not_taken_in(address: str, why: str) -> InvalidInput:
    told = "a" if os.environ.get("RAY_AUTH_MODE") == "token" else "no"
    fault = Fault(
        file="--address",
        problem=f'the Ray cluster at "{address}" does not take this process in, which has {told} token: {why}',
        mend="Set RAY_AUTH_MODE and RAY_AUTH_TOKEN as the cluster has them, and run this on one of its machines",
    )
    return InvalidInput("The work cannot be spread over that cluster.", [fault])


def _ray() -> Any:
    try:
        importlib.import_module("ray.exceptions")
        return importlib.import_module("ray")
    except ImportError as error:
        fault = Fault(
            file="--engine",
            problem='"ray" needs Ray, an optional part that is not installed',
            mend="Run .venv/bin/pip install '.[ray]' in the project's folder on every machine, or use --engine local",
        )
        raise InvalidInput("The work cannot be spread over Ray.", [fault]) from error


@contextmanager
def _alone() -> Iterator[None]:
    """A cluster of this process only: on the loopback address, with a token of its own, and reporting to nobody.

    Ray takes another address of the machine for loopback unless it is told that there are no clusters, a setting made
    for systems on which it knows none.
    """
    wanted = {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
    }
    constants: Any = importlib.import_module("ray._private.ray_constants")
    before = {name: os.environ.get(name) for name in wanted}
    clusters = constants.ENABLE_RAY_CLUSTER
    os.environ.update(wanted)
    constants.ENABLE_RAY_CLUSTER = False
    _read_token_again()
    try:
        yield
    finally:
        constants.ENABLE_RAY_CLUSTER = clusters
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        _read_token_again()


def _read_token_again() -> None:
    """Ray reads its mode and token once a process; ours may have changed since."""
    raylet: Any = importlib.import_module("ray._raylet")
    raylet.Config.initialize("")
    raylet.AuthenticationTokenLoader.instance().reset_cache()


@lru_cache(maxsize=OPEN_VALUES)
def _opened(shared: Shared[Any]) -> Any:
    """A shared value, in a worker: arrays from files where they are to be seen, else from the object store."""
    ray = _ray()
    sent = shared.content
    assert isinstance(sent, _Sent)
    here = versions()
    faults = [
        Fault(
            file=platform.node(),
            problem=f"{name} {here[name]} runs there, and {there} here",
            mend="Install the same releases on every node",
        )
        for name, there in sent.versions.items()
        if here[name] != there
    ]
    if faults:
        raise InvalidInput("A node of the cluster would not give the same numbers.", faults)
    arrays: dict[int, np.ndarray] = {}

    def array_of(number: int) -> np.ndarray:
        if number not in arrays:
            file = sent.files[number]
            found = file.open()
            if found is None:
                found = ray.get(sent.arrays[number])
                arrays[number] = found.copy(order="K") if file.writeable else found
            else:
                arrays[number] = found
        return arrays[number]

    return unpacked(ray.get(sent.head), array_of)


def _run(function: Callable[[Any, Any], Any], item: bytes, shared: Shared[Any]) -> bytes:
    """What a worker does with one item."""
    try:
        return packed(function(_opened(shared), unpacked(item)))
    except Exception as error:  # noqa: BLE001 (all of them are for the one who asked)
        return failed(error)
