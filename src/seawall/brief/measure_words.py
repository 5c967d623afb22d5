"""Measures in words: those of the shipped strategies by name, others that a strategy gave no name by their kind."""

from __future__ import annotations

from seawall.brief.words import Words, msg

KIND_WORDS = {
    "limit_contacts": msg("Contacts limited"),
    "limit_sectors": msg("Work limited by sector"),
    "limit_schools": msg("Schools limited"),
    "limit_trips": msg("Trips between districts limited"),
    "wear_masks": msg("Masks"),
    "test_rounds": msg("Rounds of tests"),
    "test_key_groups": msg("Routine tests of key groups"),
    "test_on_symptoms": msg("Tests on symptoms"),
    "self_tests": msg("Self-tests"),
    "isolate_cases": msg("Isolation of cases"),
    "trace_contacts": msg("Contact tracing"),
    "quarantine_contacts": msg("Quarantine of contacts"),
    "arrivals": msg("Arrivals from elsewhere"),
    "screen_travellers": msg("Screening of travellers"),
    "vaccinate": msg("Vaccination"),
    "treat": msg("Early treatment"),
    "add_beds": msg("More beds and rooms"),
    "draw_zones": msg("Zones drawn by rule"),
}
"""Kind to its name on a page."""

SHIPPED_NAMES = frozenset(
    (
        msg("stay at home"),
        msg("stay at home in high-risk areas"),
        msg("stay in the area"),
        msg("rounds in high-risk areas"),
        msg("rounds in medium-risk areas"),
        msg("daily tests of jobs at high risk"),
        msg("twice a week for jobs that meet many"),
        msg("rooms at sites"),
        msg("first doses from 80"),
        msg("third doses from 60"),
        msg("fewer meetings in care homes"),
        msg("jobs close to the infected and the old"),
        msg("jobs that meet many"),
        msg("block: neighbours meet less"),
        msg("block: antigen tests"),
        msg("district: no large gatherings"),
        msg("district: work from home where possible"),
        msg("city: few contacts"),
        msg("city: half of the workers"),
        msg("city: half classes from high school"),
        msg("first half stays at home"),
        msg("first half: work that is not essential"),
        msg("first half: rounds of tests"),
        msg("second half stays at home"),
        msg("second half: work that is not essential"),
        msg("second half: rounds of tests"),
        msg("schools online"),
        msg("first step: half of the workers"),
        msg("first step: schools online"),
        msg("second step: half classes"),
        msg("orange: fewer gatherings"),
        msg("red: half of the usual contacts"),
        msg("dark red: a quarter of the usual contacts"),
        msg("dark red: half of the workers from home"),
        msg("dark red: half classes from middle school"),
    )
)
"""Names that measures of the shipped strategies have; said in every script."""


def measure_label(name: str, words: Words) -> str:
    """What a page calls a measure: its own name, or its kind and, from the second of a kind on, which one."""
    if name in SHIPPED_NAMES:
        return words.say(name)
    kind, dash, number = name.rpartition("-")
    if not dash or kind not in KIND_WORDS or not number.isdigit():
        return name
    label = words.say(KIND_WORDS[kind])
    return label if number == "1" else f"{label} {number}"
