"""Worker processes on this machine; see `seawall.core.executor`.

Each worker is started afresh (not forked: Polars and BLAS keep threads that a fork would lose) and has a pipe of its
own, so that the one that died, and the item it had, are known. A worker ends when its parent does, however that ended.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import shutil
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from seawall.core.executor import RETRIES, Shared, WorkersLost
from seawall.core.travel import Failed, Mapped, failed, in_file, packed, unpacked, written

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

OPEN_VALUES = 2
"""A worker keeps so many shared values open, those last used."""

PATIENCE_SECONDS = 2.0
"""A worker that was told to end is given so long."""


@dataclass
class _Hand:
    """A worker.

    Attributes:
        process, connection: itself, and our end of its pipe.
        ready: whether it has said that it is up.
        item: index of what it does; None: it waits.
    """

    process: SpawnProcess
    connection: Connection
    ready: bool = False
    item: int | None = None


class Spool:
    """A folder that values are put into for other processes; large arrays once, however often they are sent."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="seawall-"))
        self._numbers: dict[int, int] = {}
        self.arrays: list[np.ndarray] = []
        self.files: list[Mapped] = []

    def number(self, array: np.ndarray) -> int:
        """Number of an array in `arrays` and `files`; written to the folder where no file holds it yet."""
        known = self._numbers.get(id(array))
        if known is None:
            known = self._numbers[id(array)] = len(self.arrays)
            self.files.append(in_file(array) or written(array, self.folder / f"{known}.array"))
            self.arrays.append(array)  # kept, so that no other array gets its id
        return known

    def put(self, value: object) -> tuple[bytes, tuple[int, ...]]:
        """A value as bytes, and the numbers of the arrays that travel apart."""
        used: dict[int, None] = {}

        def apart(array: np.ndarray) -> int:
            number = self.number(array)
            used[number] = None
            return number

        return packed(value, apart), tuple(used)

    def close(self) -> None:
        """Throw the folder away."""
        self.arrays.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


class ProcessPool:
    """Worker processes on this machine, started when there is work."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._context = multiprocessing.get_context("spawn")
        self._spool = Spool()
        self._hands: list[_Hand] = []
        self._values = 0

    def broadcast(self, value: S) -> Shared[S]:
        """See `Executor`."""
        head, numbers = self._spool.put(value)
        path = self._spool.folder / f"{self._values}.value"
        self._values += 1
        path.write_bytes(packed((head, {number: self._spool.files[number] for number in numbers})))
        return Shared(key=str(path), content=None)

    def map(self, function: Callable[[S, T], R], shared: Shared[S], items: Sequence[T]) -> Iterator[tuple[int, R]]:
        """See `Executor`."""
        waiting = deque(range(len(items)))
        lost_with = [0] * len(items)
        left, lost_at_start = len(items), 0

        def feed() -> None:
            for hand in self._hands:
                if waiting and hand.ready and hand.item is None:
                    hand.item = waiting.popleft()
                    _give(hand.connection, packed((function, shared, items[hand.item])))

        try:
            while left:
                self._hire(min(self.workers, left))
                feed()
                done: list[tuple[int, R]] = []
                for hand in self._heard():
                    content, item = _take(hand.connection), hand.item
                    if content is None:
                        code = self._dismiss(hand)
                        if item is not None:
                            lost_with[item] += 1
                            waiting.appendleft(item)
                        elif not hand.ready:
                            lost_at_start += 1
                        if max(lost_at_start, 0 if item is None else lost_with[item]) > RETRIES:
                            raise WorkersLost(_why(item, code))
                    elif not hand.ready:
                        hand.ready, lost_at_start = True, 0
                    elif item is not None:
                        hand.item = None
                        result = unpacked(content)
                        if isinstance(result, Failed):
                            raise result.error
                        done.append((item, result))
                feed()
                left -= len(done)
                yield from done
        finally:
            for hand in [hand for hand in self._hands if hand.item is not None]:
                self._dismiss(hand)

    def close(self) -> None:
        """See `Executor`."""
        for hand in self._hands:
            hand.connection.close()
        for hand in list(self._hands):
            if hand.item is None:
                hand.process.join(PATIENCE_SECONDS)
            self._dismiss(hand)
        self._spool.close()

    def _hire(self, wanted: int) -> None:
        while len(self._hands) < wanted:
            ours, theirs = self._context.Pipe()
            process = self._context.Process(target=work, args=(theirs,), daemon=True)
            with _no_interrupt():
                process.start()
            theirs.close()
            self._hands.append(_Hand(process, ours))

    def _heard(self) -> list[_Hand]:
        """The workers that have something to say, or are gone."""
        said = set(wait([hand.connection for hand in self._hands]))
        return [hand for hand in self._hands if hand.connection in said]

    def _dismiss(self, hand: _Hand) -> int | None:
        """End a worker; gives its exit code."""
        self._hands.remove(hand)
        hand.connection.close()
        hand.process.terminate()
        hand.process.join(PATIENCE_SECONDS)
        if hand.process.is_alive():
            hand.process.kill()
            hand.process.join()
        code = hand.process.exitcode
        hand.process.close()
        return code


def _give(connection: Connection, content: bytes) -> None:
    try:
        connection.send_bytes(content)
    except OSError:
        return  # it is gone; its pipe says so when it is read


def _take(connection: Connection) -> bytes | None:
    """What a worker says; None where it is gone."""
    try:
        return connection.recv_bytes()
    except (EOFError, OSError):
        return None


def _why(item: int | None, code: int | None) -> str:
    if item is None:
        return (
            f"No worker process could be started; each of {RETRIES + 1} ended at once with exit code {code}. A script "
            'that uses several workers must do its work under if __name__ == "__main__":, and must be a file.'
        )
    end = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
    return (
        f"Item {item} was given to {RETRIES + 1} worker processes, and each was lost; the last {end}. Signal 9 "
        "usually means that memory ran out: use fewer workers, or a smaller city."
    )


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Processes started here hear no Ctrl-C: it is for their parent, which ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@lru_cache(maxsize=OPEN_VALUES)
def _opened(shared: Shared[Any]) -> Any:
    """A shared value, in a worker."""
    head, files = unpacked(Path(shared.key).read_bytes())
    arrays: dict[int, np.ndarray] = {}

    def array_of(number: int) -> np.ndarray:
        if number not in arrays:
            found = files[number].open()
            if found is None:
                raise FileNotFoundError(f"{files[number].path} is gone or was changed while it was in use.")
            arrays[number] = found
        return arrays[number]

    return unpacked(head, array_of)


def _with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def work(connection: Connection) -> None:
    """What a worker process does until its parent hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["POLARS_MAX_THREADS"] = "1"  # the cores are taken by other workers
    threading.Thread(target=_with_parent, daemon=True).start()
    _give(connection, b"up")
    while (content := _take(connection)) is not None:
        try:
            function, shared, item = pickle.loads(content)  # noqa: S301 (from our own parent)
            answer = packed(function(_opened(shared), item))
        except Exception as error:  # noqa: BLE001 (all of them are for the parent)
            answer = failed(error)
        _give(connection, answer)
