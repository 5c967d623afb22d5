"""Rule sets read from TOML: the shipped ones by name, a city's own by path; always checked, always linted."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from seawall.core import Fault, InvalidInput
from seawall.core.errors import closest
from seawall.zones.lint import lint_document, lint_meaning
from seawall.zones.parse import read_rules
from seawall.zones.ruleset import RuleSet

DEFAULT_RULES = (
    "china-8th",
    "china-9th",
    "china-twenty-measures",
    "ecdc-2022-02",
    "germany-notbremse",
    "korea-2021-07",
    "ontario-2021-02",
)
"""Rule sets drawn when nobody names one: each of the Chinese generations, and one of each other kind."""


def shipped() -> tuple[str, ...]:
    """Keys of the rule sets in the package, in alphabetical order."""
    folder = resources.files("seawall.zones") / "rules"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def load_shipped(key: str) -> RuleSet:
    """A rule set of the package.

    Raises:
        InvalidInput: there is none of that name.
    """
    if key not in shipped():
        raise InvalidInput(
            f'There is no rule set "{key}".',
            [
                Fault(
                    file="--rules",
                    problem=f'"{key}" is neither a shipped rule set nor a file{closest(key, shipped())}',
                    mend=f"Give the path of a TOML file, or one of {', '.join(shipped())}",
                )
            ],
        )
    text = (resources.files("seawall.zones") / "rules" / f"{key}.toml").read_text(encoding="utf-8")
    return parse_rules(tomllib.loads(text), file=f"{key}.toml")


def load_rules(name: str | Path) -> RuleSet:
    """A rule set by the name of a shipped one or the path of a TOML file.

    Raises:
        InvalidInput: there is none, it is not TOML, a value is not what it must be, the linter refuses an
            input, or its tiers leave a gap. Carries every fault.
    """
    if not str(name).endswith(".toml"):
        return load_shipped(str(name))
    return parse_rules(read_document(Path(name)), file=Path(name).name)


def read_document(path: Path) -> dict[str, Any]:
    """A TOML file as tables.

    Raises:
        InvalidInput: it is not there, cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        problem, mend = "there is no such file", "Check the path"
    except UnicodeDecodeError as error:
        problem, mend = f"byte {error.start} is not UTF-8 text", "Save the file as UTF-8"
    except (ValueError, RecursionError) as error:
        problem, mend = f"it is not TOML ({error})", "Correct that line"
    except OSError as error:
        problem, mend = f"it cannot be read ({error.strerror})", "Give the path of a TOML file"
    raise InvalidInput(
        f"{path.name} cannot be read as a rule set.", [Fault(file=path.name, problem=problem, mend=mend)]
    )


def lint_rules(document: Mapping[str, Any], *, file: str) -> tuple[Fault, ...]:
    """Everything wrong with a rule set, forbidden inputs first; empty when it may be used.

    Args:
        document: the TOML as read.
        file: its name as the user knows it.
    """
    faults = list(lint_document(document, file=file))
    told = {fault.column for fault in faults}
    rules, wrong = read_rules(document, file)
    faults += [fault for fault in wrong if fault.column not in told]
    if not faults and rules is not None:
        faults += lint_meaning(rules, file=file)
    return tuple(faults)


def parse_rules(document: Mapping[str, Any], *, file: str) -> RuleSet:
    """A rule set from its TOML, checked and linted.

    Raises:
        InvalidInput: carries every fault that `lint_rules` finds.
    """
    faults = lint_rules(document, file=file)
    rules, _ = read_rules(document, file)
    if faults or rules is None:
        raise InvalidInput(f"{file} has {len(faults)} problem(s); no zone was drawn.", faults)
    return rules
