"""`city.toml`, checked: what a city is called and what the folder says about itself."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seawall.city.faults import FaultGroup, single

FILE = "city.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One line of `city.toml`: its name, what it may be, in words, and what it says."""

    name: str
    expected: str
    fits: Callable[[Any], bool]
    about: str


def _text(found: Any) -> bool:
    return isinstance(found, str) and bool(found.strip())


SETTINGS = (
    Setting(name="name", expected="text", fits=_text, about="The city's name in Latin script; the one line needed."),
    Setting(name="name_zh", expected="text", fits=_text, about="The city's name in Chinese."),
    Setting(
        name="synthetic",
        expected="true or false",
        fits=lambda found: isinstance(found, bool),
        about="Whether its people are made up; said on every page of a brief.",
    ),
    Setting(
        name="pathogen",
        expected="the key of a pathogen of the catalogue, as text",
        fits=lambda found: _text(found) and re.fullmatch(r"[a-z0-9-]+", found) is not None,
        about="Key of the pathogen in the disease catalogue.",
    ),
    Setting(
        name="imported_infect",
        expected="true or false",
        fits=lambda found: isinstance(found, bool),
        about="Whether imported cases infect others here; false where all who arrive are quarantined.",
    ),
)
"""Settings that are understood; further ones are kept."""


def read_settings(root: Path) -> tuple[Mapping[str, Any], list[FaultGroup]]:
    """Read `city.toml` and find all that is wrong with it. Nothing is raised.

    Returns:
        What could be read, and the faults.
    """
    path = root / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        mend = 'Add it with at least: name = "Your City"'
        return {}, [single("no-settings", file=FILE, problem="there is no such file", mend=mend)]
    except UnicodeDecodeError as error:
        row = error.object.count(b"\n", 0, error.start) + 1
        return {}, [
            single(
                "not-utf8",
                file=FILE,
                row=row,
                problem="it holds bytes that are not UTF-8 text",
                mend="Save the file as UTF-8",
            )
        ]
    except OSError as error:
        return {}, [
            single(
                "unreadable", file=FILE, problem=f"it cannot be read ({error.strerror or error})", mend="Check the file"
            )
        ]
    try:
        settings = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return {}, [_not_toml(error)]
    return settings, faults_of(settings)


def _not_toml(error: BaseException) -> FaultGroup:
    said = str(error) or "it is nested too deeply"
    place = re.search(r"at line (\d+)", said)
    return single(
        "not-toml",
        file=FILE,
        row=int(place[1]) if place else None,
        problem=f"it is not TOML ({said})",
        mend='Correct that line; a setting is written name = "value"',
    )


def faults_of(settings: Mapping[str, Any]) -> list[FaultGroup]:
    """What is wrong with settings that could be read."""
    faults = []
    known = {setting.name: setting for setting in SETTINGS}
    if "name" not in settings:
        close = _nearest("name", [key for key in settings if key not in known])
        mend = f'Did you mean name where it says "{close}"' if close else 'Add a line: name = "Your City"'
        faults.append(single("no-name", file=FILE, column="name", problem="the city has no name", mend=mend))
    for key, found in settings.items():
        if key in known and not known[key].fits(found):
            faults.append(
                single(
                    "bad-setting",
                    file=FILE,
                    column=key,
                    problem=f"{key} is {found!r}, not {known[key].expected}",
                    mend=f"Correct it ({known[key].about.rstrip('.')})",
                )
            )
        elif key not in known and (close := _nearest(key, [name for name in known if name not in settings])):
            faults.append(
                single(
                    "unknown-setting",
                    file=FILE,
                    column=key,
                    problem=f'"{key}" is not a setting that is understood',
                    mend=f"Did you mean {close}",
                    severity="warning",
                )
            )
    return faults


def _nearest(word: str, known: list[str]) -> str | None:
    near = difflib.get_close_matches(word.casefold(), known, n=1, cutoff=0.75)
    return near[0] if near else None


def as_toml(settings: Mapping[str, Any]) -> str:
    """Settings as the text of a `city.toml`. Text, numbers, dates and true or false; no sections."""
    lines = []
    for name, said in settings.items():
        key = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
        if isinstance(said, str):
            written = json.dumps(said, ensure_ascii=False).replace("\x7f", "\\u007f")
        else:
            written = str(said).lower() if isinstance(said, bool) else str(said)
        lines.append(f"{key} = {written}")
    return "\n".join(lines) + "\n"
