"""Instruments of relief, declared as data: what is paid, to whom, how soon, and whom it cannot reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from seawall.core import Fault, InvalidInput
from seawall.core.toml_rows import Rows, parse_toml, read_text
from seawall.core.toml_tables import Reading, Section

KINDS = ("tax", "subsidy", "credit", "vaccination")
PER = ("lost_output", "worker")
LOSSES = ("order", "inputs", "buyers")
"""Why output is lost: by order, for want of inputs, for want of buyers."""


class Guess(NamedTuple):
    """A number with its range, unit and source."""

    value: float
    low: float
    high: float
    unit: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One way to help.

    Attributes:
        key: by which tables name it.
        kind: one of `KINDS`.
        name, name_zh, name_zh_hant: in three scripts.
        about: a sentence.
        per: what `amount` is counted by: the output a firm loses, or a worker.
        amount: fraction of lost output, or days of a worker's output.
        reach: share of the eligible that receive it.
        delay_days: from the first loss to the money.
        least_loss: share of usual output a firm must lose over the plan.
        losses: causes that count.
        least_workers, most_workers: size of a firm.
        customers_only: only sectors that customers come to.
        registered: only registered firms and workers.
    """

    key: str
    kind: str
    name: str
    name_zh: str
    name_zh_hant: str
    about: str
    per: str
    amount: Guess
    reach: Guess
    delay_days: Guess
    least_loss: float
    losses: tuple[str, ...]
    least_workers: float
    most_workers: float
    customers_only: bool
    registered: bool


@dataclass(frozen=True, kw_only=True)
class Relief:
    """The instruments of a file, and what it assumes of firms.

    Attributes:
        unregistered: share of workers, and of firms, that are in no register.
    """

    instruments: tuple[Instrument, ...]
    unregistered: Guess


def shipped_relief() -> Relief:
    """The instruments in the package."""
    text = (resources.files("seawall.plan.reopening") / "relief.toml").read_text(encoding="utf-8")
    return parse_relief(text, file="relief.toml")


def read_relief(path: Path) -> Relief:
    """Instruments of a city's own file.

    Raises:
        InvalidInput: it is not there, not TOML, or something in it cannot be; carries every fault.
    """
    return parse_relief(read_text(path, "instruments of relief"), file=path.name)


def parse_relief(text: str, *, file: str) -> Relief:
    """Instruments from the text of a file.

    Raises:
        InvalidInput: carries every fault, with its row.
    """
    document = parse_toml(
        text, file=file, noun="instruments of relief", least="Write [assumed] and [[instruments]] as in relief.toml"
    )
    faults: list[Fault] = []
    top = Section(document, Reading(file=file, faults=faults, rows=Rows(text)))
    assumed = top.section("assumed")
    unregistered = Guess(0.0, 0.0, 0.0, "", "")
    if assumed is not None:
        unregistered = _guess(assumed, "unregistered", high=1.0)
        assumed.finish()
    found = [_instrument(section) for section in top.sections("instruments")]
    seen: set[str] = set()
    for section, instrument in zip(top.sections("instruments"), found, strict=False):
        if instrument.key in seen:
            section.fault("key", f'another instrument has the key "{instrument.key}"', "Give each its own")
        seen.add(instrument.key)
    top.finish()
    if faults:
        raise InvalidInput(f"{file} has {len(faults)} problem(s); nothing was reckoned.", faults)
    return Relief(instruments=tuple(found), unregistered=unregistered)


def _instrument(section: Section) -> Instrument:
    made = Instrument(
        key=section.text("key"),
        kind=section.text("kind", choices=KINDS),
        name=section.text("name"),
        name_zh=section.text("name_zh"),
        name_zh_hant=section.text("name_zh_hant"),
        about=section.text("about"),
        per=section.text("per", choices=PER),
        amount=_guess(section, "amount", high=1e6),
        reach=_guess(section, "reach", high=1.0),
        delay_days=_guess(section, "delay_days", high=3650.0),
        least_loss=section.number("least_loss", low=0.0, high=1.0, default=0.0),
        losses=tuple(section.items("losses", str, default=list(LOSSES))),
        least_workers=section.number("least_workers", low=0.0, high=1e9, default=0.0),
        most_workers=section.number("most_workers", low=0.0, high=1e9, default=1e9),
        customers_only=section.boolean("customers_only", default=False),
        registered=section.boolean("registered", default=True),
    )
    for cause in made.losses:
        if cause not in LOSSES:
            section.fault("losses", f'"{cause}" is none of {", ".join(LOSSES)}', "Write one of them")
    if made.least_workers > made.most_workers:
        section.fault("least_workers", "it is above most_workers", "Give the smaller number here")
    section.finish()
    return made


def _guess(section: Section, key: str, *, high: float) -> Guess:
    """A number with its range; its range must hold it."""
    inner = section.section(key)
    if inner is None:
        return Guess(0.0, 0.0, 0.0, "", "")
    numbers: Mapping[str, float] = {name: inner.number(name, low=0.0, high=high) for name in ("value", "low", "high")}
    guess = Guess(**numbers, unit=inner.text("unit"), source=inner.text("source"))
    if not guess.low <= guess.value <= guess.high:
        section.fault(
            key, f"{guess.value:g} is not between {guess.low:g} and {guess.high:g}", "Let the range hold the value"
        )
    inner.finish()
    return guess
