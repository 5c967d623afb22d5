"""Values on their way to another process: small ones as they are, large arrays as files that are mapped there.

An array that was mapped from a file is sent as the name of that file, so a city of a hundred million residents kept on
disk costs a few hundred bytes to send. Any other large array is written to a folder once, for as many processes as
there are. Whoever gets such a value can map it, or fetch it another way where the file is not to be seen.
"""

from __future__ import annotations

import io
import pickle
import traceback
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

LARGE = 1 << 16
"""Arrays of so many bytes or more travel apart from what holds them."""

PAGE, PAGES = 4096, 16
"""Bytes of an array that are looked at together, and how many such pieces, to see that it is the one that was meant."""


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """An array in a file.

    Attributes:
        path: of the file.
        offset: byte at which the array begins.
        dtype, shape, order: of the array.
        writeable: whether it could be written to; a change then stays in the process that makes it.
        mark: checksum of pages spread over the array.
    """

    path: str
    offset: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    order: str
    writeable: bool
    mark: int

    def open(self) -> np.ndarray | None:
        """The array; None where that file is not to be seen, or is another."""
        try:
            mapped: np.ndarray = np.memmap(
                self.path,
                dtype=self.dtype,
                mode="c" if self.writeable else "r",
                offset=self.offset,
                shape=self.shape,
                order="F" if self.order == "F" else "C",
            )
        except (OSError, ValueError):
            return None
        found = np.asarray(mapped)
        return found if mark_of(found) == self.mark else None


def mark_of(array: np.ndarray) -> int:
    """A checksum of pages spread over an array."""
    content = _bytes_of(array)
    found = 0
    for nth in range(PAGES):
        first = max(content.nbytes - PAGE, 0) * nth // (PAGES - 1)
        found = zlib.crc32(content[first : first + PAGE], found)
    return found


def _bytes_of(array: np.ndarray) -> memoryview:
    """The bytes of an array as they lie."""
    laid_out = array.T if _order(array) == "F" else array
    return laid_out.reshape(-1).view(np.uint8).data


def in_file(array: np.ndarray) -> Mapped | None:
    """The file that an array was mapped from; None where it was not, or may have changed since."""
    owner: Any = array
    while owner is not None and not isinstance(owner, np.memmap):
        owner = getattr(owner, "base", None)
    while owner is not None and isinstance(owner.base, np.memmap):
        owner = owner.base  # a slice of a map does not know where it begins
    if owner is None or owner.mode != "r" or owner.filename is None:
        return None
    first = int(array.__array_interface__["data"][0]) - int(owner.__array_interface__["data"][0])
    if not 0 <= first <= owner.nbytes - array.nbytes:
        return None
    found = _mapped(array, Path(owner.filename), owner.offset + first)
    return found if found.open() is not None else None


def written(array: np.ndarray, path: Path) -> Mapped:
    """Write an array to a file of its own."""
    path.write_bytes(_bytes_of(array))
    return _mapped(array, path, 0)


def _mapped(array: np.ndarray, path: Path, offset: int) -> Mapped:
    return Mapped(
        path=str(path.resolve()),
        offset=offset,
        dtype=array.dtype,
        shape=array.shape,
        order=_order(array),
        writeable=bool(array.flags.writeable),
        mark=mark_of(array),
    )


def _order(array: np.ndarray) -> str:
    return "C" if array.flags.c_contiguous else "F"


def is_large(value: Any) -> bool:
    """Whether something is an array that travels apart."""
    return (
        isinstance(value, np.ndarray)
        and value.nbytes >= LARGE
        and not value.dtype.hasobject
        and bool(value.flags.c_contiguous or value.flags.f_contiguous)
    )


def _proxy(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


def _plain(proxy: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return _proxy, (dict(proxy),)


class _Packer(pickle.Pickler):
    """Pickle, that sets large arrays apart and knows mappings that cannot be changed."""

    dispatch_table = {MappingProxyType: _plain}  # noqa: RUF012 (read by the base class)

    def __init__(self, stream: io.BytesIO, apart: Callable[[np.ndarray], int] | None) -> None:
        super().__init__(stream, protocol=5)
        self._apart = apart

    def persistent_id(self, obj: Any) -> int | None:
        """Number of an array that travels apart; None for all else."""
        return self._apart(np.asarray(obj)) if self._apart is not None and is_large(obj) else None


class _Unpacker(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, array_of: Callable[[int], np.ndarray] | None) -> None:
        super().__init__(stream)
        self._array_of = array_of

    def persistent_load(self, pid: Any) -> np.ndarray:
        """The array of a number."""
        assert self._array_of is not None
        return self._array_of(int(pid))


def packed(value: object, apart: Callable[[np.ndarray], int] | None = None) -> bytes:
    """A value as bytes.

    Args:
        value: anything whose classes and functions can be imported by name.
        apart: told each large array; gives the number by which it will be asked for. None: all travels in the bytes.
    """
    stream = io.BytesIO()
    _Packer(stream, apart).dump(value)
    return stream.getvalue()


def unpacked(content: bytes, array_of: Callable[[int], np.ndarray] | None = None) -> Any:
    """The value of bytes that `packed` made in a process of ours.

    Args:
        content: the bytes; from nobody else, since unpacking runs what they say.
        array_of: gives the array of a number.
    """
    return _Unpacker(io.BytesIO(content), array_of).load()


@dataclass(frozen=True)
class Failed:
    """An exception on its way back."""

    error: Exception


def failed(error: Exception) -> bytes:
    """An exception as bytes, with where it was raised as a note; one that cannot be sent as what it says."""
    told = "".join(traceback.format_exception(error)).rstrip()
    try:
        error.add_note(f"In a worker process:\n{told}")
        content = packed(Failed(error))
        unpacked(content)
    except Exception:  # noqa: BLE001 (whatever a foreign class does when it is pickled)
        return packed(Failed(RuntimeError(f"A worker process failed:\n{told}")))
    return content
