"""TOML as text: a file read, its tables, and the row at which each table and key stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from seawall.core.errors import Fault, InvalidInput

Place = tuple[str | int, ...]
"""Where a table stands: names, and after the name of a list of tables its position from 0, as ``("family", 0)``."""

_HEADER = re.compile(r"^\s*\[+\s*([^\]]*?)\s*\]+")
_KEY = re.compile(r"""^\s*["']?([^\s"'=#.]+)["']?\s*=""")
LARGEST = 10**18
"""Whole numbers beyond this mean nothing in any of our files."""


class Rows:
    """Rows at which tables and keys stand in the text of a TOML document.

    Attributes:
        tables: place of each table under a header to the rows of its keys, its own row under ``""``; the keys at the
            top, and the first row of each table below it, under ``()``.
    """

    def __init__(self, text: str) -> None:
        top: dict[str, int] = {}
        self.tables: dict[Place, dict[str, int]] = {(): top}
        members: dict[Place, int] = {}
        keys = top
        for row, line in enumerate(text.splitlines(), start=1):
            header = _HEADER.match(line)
            if header:
                parts = [part.strip().strip("\"'") for part in header.group(1).split(".")]
                top.setdefault(parts[0], row)
                place: Place = ()
                for position, part in enumerate(parts):
                    place = (*place, part)
                    if position == len(parts) - 1 and line.lstrip().startswith("[["):
                        members[place] = members.get(place, -1) + 1
                    if place in members:
                        place = (*place, members[place])
                keys = self.tables.setdefault(place, {"": row})
                continue
            key = _KEY.match(line)
            if key:
                keys.setdefault(key.group(1), row)

    def row(self, place: Place, key: str) -> int | None:
        """Row of a key, else of the table it belongs in, else of the nearest thing around it; None for none of them."""
        keys = self.tables.get(place)
        if keys is not None:
            return keys.get(key, keys.get(""))
        names = [part for part in place if isinstance(part, str)]
        return self.row(place[:-1], names[-1])

    def members(self, name: str) -> tuple[dict[str, int], ...]:
        """For each table of a list at the top, the rows of its keys."""
        return tuple(keys for place, keys in self.tables.items() if len(place) == 2 and place[0] == name)


def read_text(path: Path, noun: str) -> str:
    """The text of a file.

    Args:
        path: where it lies.
        noun: what it should be, for the message ("strategy").

    Raises:
        InvalidInput: it is not there, cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problem, mend = "there is no such file", "Check the path"
    except UnicodeDecodeError as error:
        problem, mend = f"byte {error.start} is not UTF-8 text", "Save the file as UTF-8"
    except OSError as error:
        problem, mend = f"it cannot be read ({error.strerror})", "Give the path of a TOML file"
    raise InvalidInput(f"{path.name} cannot be read as {noun}.", [Fault(file=path.name, problem=problem, mend=mend)])


def parse_toml(text: str, *, file: str, noun: str, least: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Args:
        text: TOML.
        file: name of the file as the user knows it.
        noun: what it should be ("a strategy").
        least: what to write into an empty file.

    Raises:
        InvalidInput: it is empty or not TOML.
    """
    row = None
    if not text.strip():
        problem, mend = "it is empty", least
    else:
        try:
            return tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            line = re.search(r"at line (\d+)", str(error))
            row = int(line.group(1)) if line else None
            problem, mend = f"it is not TOML ({error})", "Correct that line"
    raise InvalidInput(f"{file} cannot be read as {noun}.", [Fault(file=file, row=row, problem=problem, mend=mend)])


def shown(value: Any) -> str:
    """A value of a TOML document as a message shows it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(shown(member) for member in value)}]"
    if isinstance(value, int) and abs(value) > LARGEST:
        return "a number of that size"
    return str(value)


def written(value: Any) -> str:
    """A value as TOML: text, truth, number, date, or a list of these."""
    if isinstance(value, str):
        return '"' + "".join(_escaped(sign) for sign in value) + '"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(written(member) for member in value)}]"
    return repr(value) if isinstance(value, float) else str(value)


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    return f"\\u{ord(sign):04x}" if ord(sign) < 32 or ord(sign) == 127 else sign
