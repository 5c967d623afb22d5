"""Files of a city folder replaced together or not at all, whatever happens in between.

New files are written beside the old ones, in the hidden folder ``.import``. When all are on the disk, a
journal that names them is put in place by one rename: from then on the change counts as made. Only then
are the files moved over the old ones. Whoever opens the folder next finishes a change whose journal
stands, and sweeps away one that has none. One change at a time: a lock that the operating system lets go
when its holder dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from seawall.core import Fault, InvalidInput

FOLDER = ".import"
LOCK = ".import.lock"
_JOURNAL = "journal.json"
_NEW = "new"
_PATIENCE_SECONDS = 10.0


class Busy(InvalidInput):
    """Another import is at work in the folder."""


class Change:
    """A change of a folder in the making; see `changing`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / FOLDER
        self.scratch = self.folder / "scratch"

    def path(self, name: str) -> Path:
        """Where to write the new file of that name; it becomes visible with `commit`."""
        path = self.folder / _NEW / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def commit(self, remove: Sequence[str] = ()) -> None:
        """Make every file written so far visible, and remove others, all together.

        Args:
            remove: names of files that the new ones supersede.
        """
        new = self.folder / _NEW
        names = sorted(str(path.relative_to(new)) for path in new.rglob("*") if path.is_file())
        for name in names:
            _sync(new / name)
        for folder in sorted({(new / name).parent for name in names}):
            _sync(folder)
        draft = self.folder / f"{_JOURNAL}.part"
        draft.write_text(json.dumps({"replace": names, "remove": list(remove)}), encoding="utf-8")
        _sync(draft)
        draft.replace(self.folder / _JOURNAL)
        _sync(self.folder)
        _finish(self.root)


@contextlib.contextmanager
def changing(root: Path) -> Iterator[Change]:
    """Hold the folder's lock and give a change to fill; without a `commit` the folder stays as it was.

    The folder is made where it does not exist, and removed again where nothing came of it.

    Raises:
        Busy: another import is at work in the folder.
    """
    new = not root.exists()
    root.mkdir(parents=True, exist_ok=True)
    try:
        with _lock(root):
            _finish(root)
            change = Change(root)
            change.scratch.mkdir(parents=True)
            (change.folder / _NEW).mkdir()
            try:
                yield change
            finally:
                _finish(root)
    finally:
        if new:
            with contextlib.suppress(OSError):
                root.rmdir()


def settle(root: Path) -> None:
    """Finish or sweep away what a change that was cut short has left; called before a folder is read.

    Where a change is at work right now, waits for the moment in which its files become visible to pass.

    Raises:
        InvalidInput: a change was cut short in that moment, and the folder cannot be written to finish it.
    """
    journal = root / FOLDER / _JOURNAL
    if not (root / FOLDER).exists():
        return
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            with _lock(root):
                _finish(root)
        except Busy:
            if not journal.exists():
                return
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        except OSError as error:
            if not journal.exists():
                return
            fault = Fault(
                file=str(root),
                problem=f"an import was cut short and cannot be finished ({error.strerror or error})",
                mend="Make the folder writable and run the command again",
            )
            raise InvalidInput(f"{root} cannot be read as it is.", [fault]) from None
        else:
            return


def _finish(root: Path) -> None:
    """Carry out the journal where there is one; then remove what was written beside."""
    folder = root / FOLDER
    journal = folder / _JOURNAL
    if journal.exists():
        said = json.loads(journal.read_text(encoding="utf-8"))
        for name in said["replace"]:
            written, target = folder / _NEW / name, root / name
            if written.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                written.replace(target)
                _sync(target.parent)
        for name in said["remove"]:
            (root / name).unlink(missing_ok=True)
        _sync(root)
        journal.unlink()
    if folder.exists():
        shutil.rmtree(folder)


def _sync(path: Path) -> None:
    """Have the operating system put a file or folder on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _lock(root: Path) -> Iterator[None]:
    """Hold the folder's lock.

    The lock lies with the open file, so it ends with its holder, however that ends; the file left behind by
    a dead one is taken over.
    """
    path = root / LOCK
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 200).decode("utf-8", "replace").strip()
            os.close(handle)
            fault = Fault(
                file=str(root),
                problem=f"another import is at work in it ({holder or 'just begun'})",
                mend="Wait until it has ended, then try again",
            )
            raise Busy(f"{root} is locked.", [fault]) from None
        except BaseException:
            os.close(handle)
            raise
        # The last holder may have removed the file between our opening and our locking it.
        with contextlib.suppress(FileNotFoundError):
            if os.fstat(handle).st_ino == path.stat().st_ino:
                break
        os.close(handle)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, f"process {os.getpid()} on {socket.gethostname()}".encode())
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)
