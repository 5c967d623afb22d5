"""The wording of each sentence code, in English; the catalogues hold the other scripts.

A placeholder says how its fact is written: ``{today:n}`` a whole number, ``{share:%}`` a percentage and
so on; `Words.spell` lists the kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seawall.brief.sentence import Sentence
from seawall.brief.words import Words, msg


@dataclass(frozen=True, slots=True)
class Phrase:
    """A wording, and its form for exactly one where the language has one."""

    many: str
    one: str | None = None
    by: str | None = None

    def render(self, words: Words, facts: Mapping[str, Any]) -> str:
        """The wording in one language, with its facts."""
        if self.one is not None and self.by is not None:
            return words.say_many(self.one, self.many, float(facts[self.by]), **facts)
        return words.say(self.many, **facts)


def counted(one: str, many: str, by: str) -> Phrase:
    """A wording that depends on whether fact `by` is exactly one."""
    return Phrase(many=many, one=one, by=by)


PHRASES: dict[str, Phrase] = {
    # What changed
    "reports_not_in": Phrase(msg("The reports of {on:day} are not in; the last day reported is {last:day}.")),
    "reports_today": counted(
        "{today:n} new infection was reported on {on:day}; the day before is not in.",
        "{today:n} new infections were reported on {on:day}; the day before is not in.",
        by="today",
    ),
    "reports_more": counted(
        "{today:n} new infection was reported on {on:day}, {difference:n} more than the day before.",
        "{today:n} new infections were reported on {on:day}, {difference:n} more than the day before.",
        by="today",
    ),
    "reports_fewer": counted(
        "{today:n} new infection was reported on {on:day}, {difference:n} fewer than the day before.",
        "{today:n} new infections were reported on {on:day}, {difference:n} fewer than the day before.",
        by="today",
    ),
    "reports_same": counted(
        "{today:n} new infection was reported on {on:day}, as many as the day before.",
        "{today:n} new infections were reported on {on:day}, as many as the day before.",
        by="today",
    ),
    "reports_none": Phrase(msg("No new infection was reported on {on:day}; {yesterday:n} the day before.")),
    "week_first": Phrase(msg("{last7:n} infections in the last seven days; the week before is not in.")),
    "week_none": Phrase(msg("No infection was reported in the last fourteen days.")),
    "week_level": Phrase(
        msg(
            "{last7:n} infections in the last seven days against {prior7:n} in the seven before: no more than "
            "chance can do."
        )
    ),
    "week_from_none": Phrase(msg("{last7:n} infections in the last seven days, none in the seven before.")),
    "week_times": Phrase(
        msg(
            "{last7:n} infections in the last seven days against {prior7:n} in the seven before: {ratio:.1} "
            "times as many."
        )
    ),
    "week_up": Phrase(
        msg("{last7:n} infections in the last seven days against {prior7:n} in the seven before: {share:%} more.")
    ),
    "week_down": Phrase(
        msg("{last7:n} infections in the last seven days against {prior7:n} in the seven before: {share:%} fewer.")
    ),
    "control_today": Phrase(
        msg("On {on:day} {in_community:n} were found in the community, {in_control:n} in control.")
    ),
    "control_share": Phrase(
        msg("Share found in control over seven days: {share:%} (95% interval {low:%} to {high:%}).")
    ),
    "control_share_down": Phrase(
        msg(
            "Share found in control over seven days: {share:%} (95% interval {low:%} to {high:%}), down from "
            "{before:%} "
            "({before_low:%} to {before_high:%}) a week ago: the chain is slipping."
        )
    ),
    "control_share_up_more_free": Phrase(
        msg(
            "Share found in control over seven days: {share:%} (95% interval {low:%} to {high:%}), up from {before:%} "
            "({before_low:%} to {before_high:%}) a week ago; but {week:n} were found in the community in seven days "
            "against {prior:n} before: the chain is not held."
        )
    ),
    "control_share_up": Phrase(
        msg(
            "Share found in control over seven days: {share:%} (95% interval {low:%} to {high:%}), up from "
            "{before:%} "
            "({before_low:%} to {before_high:%}) a week ago: the chain is better held."
        )
    ),
    "control_share_level": Phrase(
        msg(
            "Share found in control over seven days: {share:%} (95% interval {low:%} to {high:%}), not clearly "
            "different "
            "from {before:%} ({before_low:%} to {before_high:%}) a week ago."
        )
    ),
    "in_hospital": Phrase(msg("In hospital: {today:n}.")),
    "in_hospital_more": Phrase(msg("In hospital: {today:n}, {difference:n} more than the day before.")),
    "in_hospital_fewer": Phrase(msg("In hospital: {today:n}, {difference:n} fewer than the day before.")),
    "in_hospital_same": Phrase(msg("In hospital: {today:n}, as many as the day before.")),
    "in_icu": Phrase(msg("In intensive care: {today:n}.")),
    "in_icu_more": Phrase(msg("In intensive care: {today:n}, {difference:n} more than the day before.")),
    "in_icu_fewer": Phrase(msg("In intensive care: {today:n}, {difference:n} fewer than the day before.")),
    "in_icu_same": Phrase(msg("In intensive care: {today:n}, as many as the day before.")),
    "deaths": Phrase(msg("Deaths: {today:n} today, {last7:n} in the last seven days.")),
    "district_first": Phrase(msg("First reports after at least {quiet:n} quiet days: {areas:areas}.")),
    "district_doubled": Phrase(msg("Reports of seven days now twice those of the week before: {areas:areas}.")),
    "district_quiet": Phrase(msg("{calm:n} days without a report since today: {areas:areas}.")),
    "alarms_none": Phrase(msg("No alarm; series watched: {series:n} ({method:term}).")),
    "alarms_standing": counted(
        "{alarms:n} alarm stands, not new; chance alone would raise about {chance:.1} ({method:term}).",
        "{alarms:n} alarms stand, none of them new; chance alone would raise about {chance:.1} ({method:term}).",
        by="alarms",
    ),
    "alarms_new": Phrase(
        msg(
            "Alarms on {alarms:n} of {series:n} series, {new:n} of them new, first {areas:areas}; chance alone would "
            "raise about {chance:.1} ({method:term})."
        )
    ),
    # How sure we are
    "trend_rising": Phrase(msg("Over the last fourteen days the epidemic has been growing (probability {p:chance}).")),
    "trend_probably_rising": Phrase(
        msg("Over the last fourteen days the epidemic has probably been growing (probability {p:chance}).")
    ),
    "trend_unclear": Phrase(
        msg(
            "The last fourteen days do not show whether the epidemic grows or shrinks (probability of growth "
            "{p:chance})."
        )
    ),
    "trend_probably_falling": Phrase(
        msg("Over the last fourteen days the epidemic has probably been shrinking (probability {p_falling:chance}).")
    ),
    "trend_falling": Phrase(
        msg("Over the last fourteen days the epidemic has been shrinking (probability {p_falling:chance}).")
    ),
    "trend_unknown": Phrase(msg("There are too few reports to say whether the epidemic grows.")),
    "reproduction_by_report": Phrase(
        msg(
            "One infection leads to {r:.2} others: reproduction number by date of report, {start:day} to {until:day} "
            "(95% interval {low:.2} to {high:.2})."
        )
    ),
    "reproduction_by_event": Phrase(
        msg(
            "One infection leads to {r:.2} others: reproduction number by date of {clock:term}, to be trusted up to "
            "{until:day} (95% interval {low:.2} to {high:.2}); later days are too incomplete."
        )
    ),
    "pace_doubling": Phrase(
        msg("At this pace reports double every {days:.1} days (95% interval {low:.1} to {high:.1}).")
    ),
    "pace_halving": Phrase(
        msg("At this pace reports halve every {days:.1} days (95% interval {low:.1} to {high:.1}).")
    ),
    "pace_open": Phrase(
        msg(
            "How fast is not settled: anything from halving in {halving:.1} days to doubling in {doubling:.1} "
            "days is "
            "possible (95% interval)."
        )
    ),
    "complete": counted(
        "The one district watched has reported for {on:day}.",
        "All {expected:n} districts have reported for {on:day}.",
        by="expected",
    ),
    "incomplete": Phrase(
        msg("{reporting:n} of {expected:n} districts have reported for {on:day}; not in: {areas:areas}.")
    ),
    "recent_onset": Phrase(
        msg(
            "Of the infections that fell ill in the last seven days about {share:%} have been reported so far; the "
            "last days of the curve will still rise."
        )
    ),
    "recent_specimen": Phrase(
        msg(
            "Of the positive specimens taken in the last seven days about {share:%} have been reported so far; the "
            "last days of the curve will still rise."
        )
    ),
    # Where
    "districts_most": Phrase(msg("{areas:areas} hold {share:%} of the reports of the last seven days.")),
    "districts_all": Phrase(msg("All reports of the last seven days come from {areas:areas}.")),
    "districts_rate": Phrase(msg("{area:area} has the highest rate: {rate:rate} per 100,000 residents in seven days.")),
    "places_recent": counted(
        "{places:n} place with infections in the last fourteen days; {new:n} new this week, {repeated:n} with two or "
        "more.",
        "{places:n} places with infections in the last fourteen days; {new:n} new this week, {repeated:n} with "
        "two or "
        "more.",
        by="places",
    ),
    # The four earlies
    "earlies_within": Phrase(msg("Within target: {delays:terms}.")),
    "earlies_beyond": Phrase(msg("Beyond target: {delays:terms}.")),
    "earlies_slower": Phrase(msg("Getting slower: {delays:terms}.")),
    "earlies_faster": Phrase(msg("Getting faster: {delays:terms}.")),
    "earlies_unknown": Phrase(msg("Not known from these data: {delays:terms}.")),
    # Ahead
    "forecast": Phrase(
        msg(
            "Reports expected on {date1:day}: {middle1:~} (90% interval {low1:~} to {high1:~}); on {date2:day}: "
            "{middle2:~} ({low2:~} to {high2:~})."
        )
    ),
    "forecast_one": Phrase(msg("Reports expected on {date1:day}: {middle1:~} (90% interval {low1:~} to {high1:~}).")),
    "forecast_none": Phrase(msg("No forecast: there are too few days of reports.")),
    "track_short": Phrase(msg("The forecaster has too short a record in this city to judge it by ({n:n} forecasts).")),
    "track_held": Phrase(
        msg(
            "Its own past here (n = {n:n}): the 90% intervals held {coverage1:%} of what came in the first week and "
            "{coverage2:%} in the second."
        )
    ),
    "track_narrow": Phrase(
        msg(
            "Its own past here (n = {n:n}): the 90% intervals held only {coverage1:%} of what came in the first "
            "week and "
            "{coverage2:%} in the second: read them as wider."
        )
    ),
    "track_wide": Phrase(
        msg(
            "Its own past here (n = {n:n}): the 90% intervals held {coverage1:%} of what came in the first week and "
            "{coverage2:%} in the second: they are wider than need be."
        )
    ),
    "track_held_one": Phrase(
        msg("Its own past here (n = {n:n}): the 90% intervals held {coverage1:%} of what came in the first week.")
    ),
    "track_narrow_one": Phrase(
        msg(
            "Its own past here (n = {n:n}): the 90% intervals held only {coverage1:%} of what came in the first "
            "week: "
            "read them as wider."
        )
    ),
    "track_wide_one": Phrase(
        msg(
            "Its own past here (n = {n:n}): the 90% intervals held {coverage1:%} of what came in the first week: "
            "they "
            "are wider than need be."
        )
    ),
    "skill_better": Phrase(msg("Its error was {share:%} smaller than the naive forecast's.")),
    "skill_same": Phrase(msg("Its error was about that of the naive forecast.")),
    "skill_worse": Phrase(msg("Its error was {share:%} larger than the naive forecast's: trust the naive one.")),
    # Zones
    "zones": counted(
        "{rules:area} would draw {zones:n} zone that restricts, with {residents:n} residents.",
        "{rules:area} would draw {zones:n} zones that restrict, with {residents:n} residents.",
        by="zones",
    ),
    "zones_none": Phrase(msg("{rules:area} would restrict nobody today.")),
    "zones_changed": Phrase(
        msg("Zones since yesterday: {stricter:n} made stricter, {milder:n} made milder, {ended:n} ended.")
    ),
    "zones_changed_new": Phrase(
        msg(
            "Zones since yesterday: {new:n} new (in {areas:some}), {stricter:n} made stricter, {milder:n} made milder, "
            "{ended:n} ended."
        )
    ),
    "rules_none": Phrase(msg("None of the rule sets compared would restrict anybody today.")),
    "rules_one": Phrase(
        msg("Only {most:area} would restrict anybody: {most_residents:~} residents, {most_days:~} person-days.")
    ),
    "rules_range": Phrase(
        msg(
            "From {least_days:~} person-days ({least:area}) to {most_days:~} ({most:area}): the choice of rule decides."
        )
    ),
    "smaller": Phrase(
        msg("The next smaller zones would cover the same cases with {smaller:~} residents instead of {residents:~}.")
    ),
    # What the reader must know about the data
    "note_days_not_reported_once": Phrase(
        msg(
            "{event:term}: not reported on {days:n} of the last fourteen days, {first:day} to {last:day}; these "
            "days are "
            "gaps, not zeros."
        )
    ),
    "note_days_not_reported": Phrase(
        msg(
            "{event:term}: not reported on {days:n} of the last fourteen days for {areas:n} areas, {first:day} to "
            "{last:day}; these days are gaps, not zeros."
        )
    ),
    "note_later_data_left_out": Phrase(
        msg("The folder holds later data, up to {last:day}; this brief knows only what was known on its day.")
    ),
    "note_day_far_below_usual": Phrase(
        msg("{date:day} has {count:n} reports where about {usual:~} are usual: late reports or a missing file?")
    ),
    # What is missing
    "missing": Phrase(msg("{item:term}: {hides:said}.")),
}
"""Wording by sentence code."""


def render(sentence: Sentence, words: Words) -> str:
    """A sentence in one language."""
    return PHRASES[sentence.code].render(words, sentence.facts)
