"""`city.toml`, checked: what a city is called and what the folder says about itself."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
import zoneinfo
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


def _true_or_false(found: Any) -> bool:
    return isinstance(found, bool)


def _pathogen(found: Any) -> bool:
    from seawall.disease import CATALOGUE

    return isinstance(found, str) and found in CATALOGUE


def _time_zone(found: Any) -> bool:
    try:
        return isinstance(found, str) and zoneinfo.ZoneInfo(found) is not None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _targets(found: Any) -> bool:
    days = list(found.values()) if isinstance(found, dict) else [None]
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in days)


def _counts(found: Any) -> bool:
    return isinstance(found, dict) and found.get("missing", "unknown") in ("zero", "unknown")


SETTINGS = (
    Setting(name="name", expected="text", fits=_text, about="The city's name in Latin script; the one line needed."),
    Setting(name="name_zh", expected="text", fits=_text, about="The city's name in Chinese."),
    Setting(
        name="synthetic",
        expected="true or false",
        fits=_true_or_false,
        about="Whether its people are made up; said on every page of a brief.",
    ),
    Setting(
        name="pathogen",
        expected="the key of a pathogen of the catalogue",
        fits=_pathogen,
        about="Key of the pathogen in the disease catalogue.",
    ),
    Setting(
        name="time_zone",
        expected="a time zone such as Asia/Shanghai",
        fits=_time_zone,
        about="Time zone of its days.",
    ),
    Setting(
        name="imported_infect",
        expected="true or false",
        fits=_true_or_false,
        about="Whether imported cases infect others; false where all who arrive are in quarantine.",
    ),
    Setting(
        name="counts",
        expected='a section with missing = "zero" or "unknown"',
        fits=_counts,
        about="What a day without a row in counts means: that there was none, or that nobody knows.",
    ),
    Setting(
        name="targets",
        expected="a section of days, such as onset_to_specimen_days = 1",
        fits=_targets,
        about="Targets of the four earlies.",
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
                    mend=_better(key, found) or f"Correct it ({known[key].about.rstrip('.')})",
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


def _better(key: str, found: Any) -> str | None:
    """What was probably meant, for a setting that names one of many."""
    if key != "pathogen" or not isinstance(found, str):
        return None
    from seawall.disease import CATALOGUE

    near = _nearest(found, list(CATALOGUE))
    return f"Did you mean {near}" if near else f"Use one of {', '.join(CATALOGUE)}"


def _nearest(word: str, known: list[str]) -> str | None:
    near = difflib.get_close_matches(word.casefold(), known, n=1, cutoff=0.75)
    return near[0] if near else None


def as_toml(settings: Mapping[str, Any]) -> str:
    """Settings as the text of a `city.toml`: text, numbers, dates, true or false, and sections of these."""
    sections = {name: said for name, said in settings.items() if isinstance(said, dict)}
    lines = [_line(name, said) for name, said in settings.items() if name not in sections]
    for name, section in sections.items():
        lines += ["", f"[{_key(name)}]", *(_line(inner, said) for inner, said in section.items())]
    return "\n".join(lines) + "\n"


def _line(name: str, said: Any) -> str:
    if isinstance(said, str):
        written = json.dumps(said, ensure_ascii=False).replace("\x7f", "\\u007f")
    else:
        written = str(said).lower() if isinstance(said, (bool, float)) else str(said)
    return f"{_key(name)} = {written}"


def _key(name: str) -> str:
    plain = re.fullmatch(r"[A-Za-z0-9_-]+", name)
    return name if plain else json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")
