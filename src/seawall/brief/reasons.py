"""Why a zone is drawn, what lifts it, and what the map could not see, in words.

The codes and the names of their facts are declared in `seawall.zones.messages`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from seawall.brief.phrases import Phrase, counted
from seawall.brief.words import Words, msg

REASONS: dict[str, Phrase] = {
    "infection_found": counted(
        "{infections:n} infection found, reported on {last:day}. Quiet day {day:n} of {quiet_days:n}.",
        "{infections:n} infections found, the last reported on {last:day}. Quiet day {day:n} of {quiet_days:n}.",
        by="infections",
    ),
    "infection_found_at_least": counted(
        "At least {infections:n} infection found, reported on {last:day}. Quiet day {day:n} of {quiet_days:n}.",
        "At least {infections:n} infections found, the last reported on {last:day}. Quiet day {day:n} of "
        "{quiet_days:n}.",
        by="infections",
    ),
    "visited_by_infected": counted(
        "{visits:n} stay of an infected person, on {last_visit:day}. Quiet day {day:n} of {quiet_days:n}.",
        "{visits:n} stays of infected people, the last on {last_visit:day}. Quiet day {day:n} of {quiet_days:n}.",
        by="visits",
    ),
    "stepped_down": Phrase(
        msg(
            "Stepped down from {from_tier:area} on {since:day}; last infection reported on {last:day}. Quiet day "
            "{day:n} of "
            "{quiet_days:n}."
        )
    ),
    "exit_round_pending": Phrase(
        msg(
            "{quiet_days:n} quiet days done on {clock_done:day}; the exit screening round ({coverage:%} of "
            "residents) is not "
            "passed yet. Lapses on {expires:day}."
        )
    ),
    "threshold_met": Phrase(msg("Threshold met: {conditions:conditions}.")),
    "held_until_long_enough_below": Phrase(
        msg(
            "Now below the threshold ({conditions:conditions}), for {days:n} of the {days_needed:n} days needed to "
            "come down."
        )
    ),
    "not_long_enough_above": Phrase(
        msg(
            "Above a stricter threshold ({conditions:conditions}) for {days:n} of the {days_needed:n} days needed to "
            "go up."
        )
    ),
    "too_little_known": Phrase(msg("Too little is known: {conditions:conditions}.")),
    "inputs_missing": Phrase(msg("Cannot be judged; not told: {missing:inputs}.")),
    "stands_on_last_judgement": Phrase(
        msg("Stands on its last judgement of {judged_on:day}; not told since: {missing:inputs}.")
    ),
}
"""Reason code to wording."""

LIFTS: dict[str, Phrase] = {
    "quiet_days_pass": Phrase(msg("No new infection until {until:day}; then {next_tier:area}.")),
    "quiet_days_and_exit_round": Phrase(
        msg(
            "No new infection until {until:day} and a negative screening round from quiet day {round_from:n} on "
            "({coverage:%} "
            "of residents); then {next_tier:area}."
        )
    ),
    "exit_round_passed": Phrase(msg("A negative screening round ({coverage:%} of residents); then {next_tier:area}.")),
    "falls_below": counted(
        "{days:n} day without: {conditions:alternatives}; then {next_tier:area}.",
        "{days:n} days without: {conditions:alternatives}; then {next_tier:area}.",
        by="days",
    ),
    "falls_below_working": counted(
        "{days:n} working day without: {conditions:alternatives}; then {next_tier:area}.",
        "{days:n} working days without: {conditions:alternatives}; then {next_tier:area}.",
        by="days",
    ),
    "inputs_known": Phrase(msg("Report what is not told: {missing:inputs}.")),
}
"""Code of what would lift a tier to wording."""

NOTES: dict[str, Phrase] = {
    "outside_validity": Phrase(
        msg("This rule set was in force from {valid_from:date} to {valid_to:date}, not on this day.")
    ),
    "none_before_the_first_line": Phrase(
        msg("The line list begins on {first:day}; the days before it are taken to be without infections.")
    ),
    "no_infections_seen": Phrase(msg("No infection is located in these data, so no zone can be drawn.")),
    "in_control_not_told": Phrase(
        msg("It is not told who was found in control ({table:term}): infections in quarantine may open zones at home.")
    ),
    "in_control_left_out": counted(
        "{infections:n} infection found in control opens no zone.",
        "{infections:n} infections found in control open no zone.",
        by="infections",
    ),
    "suspected_left_out": counted(
        "{cases:n} suspected case opens no zone.",
        "{cases:n} suspected cases open no zone.",
        by="cases",
    ),
    "numbers_are_lower_bounds": Phrase(msg("Numbers at places are lower bounds ({table:term}).")),
    "cases_not_located": counted(
        "{infections:n} infection is not located at the level of {level:term} and opens no zone.",
        "{infections:n} infections are not located at the level of {level:term} and open no zone.",
        by="infections",
    ),
    "unit_wider_than_rule": Phrase(
        msg(
            "The rule asks for zones by {rule_unit:term}; the data are no finer than {data_unit:term}: {zones:n} "
            "zones are "
            "wider than need be."
        )
    ),
    "residents_estimated": counted(
        "The residents of {zones:n} zone are estimated ({basis:basis}).",
        "The residents of {zones:n} zones are estimated ({basis:basis}).",
        by="zones",
    ),
    "residents_not_known": counted(
        "The residents of {zones:n} zone are not known and not counted.",
        "The residents of {zones:n} zones are not known and not counted.",
        by="zones",
    ),
    "visits_not_seen": Phrase(
        msg("Stays of infected people are not told: no zone is drawn where they have been ({tier:area}).")
    ),
    "exit_rounds_not_seen": counted(
        "Screening rounds are not told: {zones:n} zone waits for an exit round that may have been passed.",
        "Screening rounds are not told: {zones:n} zones wait for an exit round that may have been passed.",
        by="zones",
    ),
    "lapsed_without_exit_round": counted(
        "{zones:n} zone lapsed after {days:n} days without an exit round.",
        "{zones:n} zones lapsed after {days:n} days without an exit round.",
        by="zones",
    ),
    "input_not_seen": counted(
        "{input:input} is not told for {areas:n} area ({level:term}).",
        "{input:input} is not told for {areas:n} areas ({level:term}).",
        by="areas",
    ),
    "indicator_left_out": Phrase(
        msg("Indicator {indicator} is unknown for {areas:n} areas ({level:term}); the others decide.")
    ),
    "days_not_reported": Phrase(msg("Indicator {indicator}: days without a report in {areas:n} areas ({level:term}).")),
    "input_substituted": Phrase(msg("{input:input} is taken from {event:term}.")),
    "change_coming": Phrase(msg("{area_id:area} comes to {tier:area} on {effective:day}.")),
    "level_not_in_city": Phrase(msg("The rule judges a level this city has no areas of ({level:term}).")),
}
"""Note code to wording."""

INPUTS: dict[str, str] = {
    "infections": msg("infections reported"),
    "infections_local": msg("local infections"),
    "infections_in_community": msg("infections found in the community"),
    "infections_in_control": msg("infections found in control"),
    "infections_unlinked": msg("infections without a known source"),
    "admissions": msg("hospital admissions"),
    "deaths": msg("deaths of infected people"),
    "tests": msg("people tested"),
    "positives": msg("positive tests"),
    "in_care": msg("infected people in care"),
    "in_hospital": msg("people in hospital"),
    "in_icu": msg("people in intensive care"),
    "staffed_beds": msg("staffed beds"),
    "occupied_beds": msg("occupied beds"),
    "icu_beds": msg("intensive care beds"),
    "vaccinated": msg("people vaccinated"),
    "investigated_in_time": msg("infections investigated within 24 hours"),
    "contacts_followed": msg("contacts reached"),
    "contacts_to_follow": msg("contacts under observation"),
    "infections_by_unit": msg("where infected people live"),
    "visits_by_unit": msg("where infected people stayed"),
    "screening_rounds": msg("screening rounds"),
    "residents": msg("residents"),
}
"""What rules read, in words."""

BASES: dict[str, str] = {
    "place": msg("the place's own capacity"),
    "area": msg("the area's population"),
    "shared": msg("the area's population shared among its residences"),
    "typical": msg("the typical size of such a unit"),
    "at_most": msg("one unit of the rule's size for each infection"),
    "nobody": msg("nobody lives there"),
    "unknown": msg("neither capacity nor population is known"),
}
"""Where a number of residents comes from."""

_TIERS = ("from_tier", "next_tier", "tier", "raw_tier")


def tier_name(rules: str, tier: str | None) -> str:
    """The key under which `Words.names` holds a tier's name."""
    return f"{rules}/{tier}"


def say_reason(message: str | None, rules: str, words: Words) -> str:
    """The reason of a tier, from its JSON message."""
    return _say(REASONS, message, rules, words)


def say_lift(message: str | None, rules: str, words: Words) -> str:
    """What would lift a tier, from its JSON message; empty where nothing would."""
    return _say(LIFTS, message, rules, words)


def say_note(note: Mapping[str, Any], rules: str, words: Words) -> str:
    """What a map could not see."""
    return _say(NOTES, json.dumps(note, default=str), rules, words)


def _say(wordings: Mapping[str, Phrase], message: str | None, rules: str, words: Words) -> str:
    if message is None:
        return ""
    told = json.loads(message)
    code, facts = told["code"], dict(told["facts"])
    for name in _TIERS:
        if facts.get(name) is not None:
            facts[name] = tier_name(rules, facts[name])
    if facts.get("at_least"):
        code = f"{code}_at_least"
    if facts.get("working_days"):
        code = f"{code}_working"
    return wordings[code].render(words, facts)
