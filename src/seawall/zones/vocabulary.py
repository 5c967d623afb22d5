"""What a rule may read.

A rule names its inputs from a closed list. Anything else is refused when the file is read, so a rule
that reads a person's passport or debts cannot be drawn, compared or tried out; see `seawall.core.forbidden`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["flow", "stock", "unit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing a rule may read.

    Attributes:
        about: what it is.
        kind: ``flow`` is a count in a day, ``stock`` a number at the day's end, ``unit`` something known
            for each place or area at which zones are anchored.
        events: events of the daily counts that give it, the first that is there.
        sum_of: events whose sum gives it where none of `events` is there.
        burden: more of it means more disease (the check that more cases never lower a tier uses it).
    """

    about: str
    kind: Kind = "flow"
    events: tuple[str, ...] = ()
    sum_of: tuple[str, ...] = ()
    burden: bool = False


INPUTS: dict[str, Input] = {
    "infections": Input(
        about="infections reported, local and imported",
        events=("reports",),
        sum_of=("reports_local", "reports_imported"),
        burden=True,
    ),
    "infections_local": Input(
        about="infections reported that were acquired in the city", events=("reports_local", "reports"), burden=True
    ),
    "infections_in_community": Input(
        about="infections found outside quarantine and closed loops", events=("reports_in_community",), burden=True
    ),
    "infections_in_control": Input(
        about="infections found in quarantine or a closed loop", events=("reports_in_control",), burden=True
    ),
    "infections_unlinked": Input(about="infections without a known source", events=("reports_unlinked",), burden=True),
    "admissions": Input(about="hospital admissions of infected people", events=("admissions",), burden=True),
    "deaths": Input(about="deaths of infected people", events=("deaths",), burden=True),
    "tests": Input(about="people tested", events=("tests",)),
    "positives": Input(about="positive among the people tested", events=("positives",), burden=True),
    "in_care": Input(
        about="infected people under care of any kind at the day's end", kind="stock", events=("in_care",), burden=True
    ),
    "in_hospital": Input(
        about="infected people in hospital at the day's end", kind="stock", events=("in_hospital",), burden=True
    ),
    "in_icu": Input(
        about="infected people in intensive care at the day's end", kind="stock", events=("in_icu",), burden=True
    ),
    "staffed_beds": Input(about="staffed hospital beds", kind="stock", events=("staffed_beds",)),
    "occupied_beds": Input(
        about="staffed hospital beds in use by anyone", kind="stock", events=("occupied_beds",), burden=True
    ),
    "icu_beds": Input(about="intensive care beds", kind="stock", events=("icu_beds",)),
    "vaccinated": Input(about="people fully vaccinated by the day's end", kind="stock", events=("vaccinated",)),
    "investigated_in_time": Input(
        about="infections investigated within 24 hours of the report", events=("investigated_in_time",)
    ),
    "contacts_followed": Input(about="contacts under observation who were reached", events=("contacts_followed",)),
    "contacts_to_follow": Input(about="contacts under observation", events=("contacts_to_follow",)),
    "infections_by_unit": Input(
        about="infections by the place or area where the infected people live", kind="unit", burden=True
    ),
    "visits_by_unit": Input(about="places where infected people stayed before they were found", kind="unit"),
    "screening_rounds": Input(about="people screened in a unit on a day, and positive among them", kind="unit"),
}
"""Every input a rule may name; ``residents`` may stand below a fraction line besides."""

TRIGGERS = ("infections_by_unit", "visits_by_unit")
"""Inputs that may open a zone."""
