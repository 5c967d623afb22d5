"""Rule sets read from TOML: the shipped ones by name, a city's own by path; always checked, always linted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from seawall.core import Fault, InvalidInput
from seawall.core.shipped import TOML, Shipped
from seawall.core.toml_rows import parse_toml, read_text
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


SHIPPED = Shipped(package="seawall.zones", folder="rules", noun="rule set", option="--rules")


def shipped() -> tuple[str, ...]:
    """Keys of the rule sets in the package, in alphabetical order."""
    return SHIPPED.names()


@cache
def load_shipped(key: str) -> RuleSet:
    """A rule set of the package.

    Raises:
        InvalidInput: there is none of that name.
    """
    text, file = SHIPPED.text(key)
    return parse_rules(_document(text, file), file=file)


def load_rules(name: str | Path) -> RuleSet:
    """A rule set by the name of a shipped one or the path of a TOML file.

    Raises:
        InvalidInput: there is none, it is not TOML, a value is not what it must be, the linter refuses an
            input, or its tiers leave a gap. Carries every fault.
    """
    if not str(name).endswith(TOML):
        return load_shipped(str(name))
    return parse_rules(read_document(Path(name)), file=Path(name).name)


def read_document(path: Path) -> dict[str, Any]:
    """A TOML file as tables.

    Raises:
        InvalidInput: it is not there, cannot be read or is not TOML.
    """
    return _document(read_text(path, "a rule set"), path.name)


def _document(text: str, file: str) -> dict[str, Any]:
    return parse_toml(text, file=file, noun="a rule set", least="Begin with a copy of a shipped rule set")


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
