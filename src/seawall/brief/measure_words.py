"""The kinds of measures in words, for those that a strategy gave no name of their own."""

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


def measure_label(name: str, words: Words) -> str:
    """What a page calls a measure: its own name, or its kind and, from the second of a kind on, which one."""
    kind, dash, number = name.rpartition("-")
    if not dash or kind not in KIND_WORDS or not number.isdigit():
        return name
    label = words.say(KIND_WORDS[kind])
    return label if number == "1" else f"{label} {number}"
