"""The codes of a review in words."""

from __future__ import annotations

from seawall.brief.words import msg

EVENTS = {
    "reports": msg("Infections reported"),
    "admissions": msg("Admissions"),
    "in_hospital": msg("In hospital"),
    "in_icu": msg("In intensive care"),
    "deaths": msg("Deaths"),
}
METHODS = {
    "series": msg("one series, before and after"),
    "districts": msg("districts beside each other"),
    "twin": msg("the twin, with and without"),
}
VERDICTS = {
    "slower": msg("reports grew more slowly"),
    "faster": msg("reports grew faster"),
    "none_visible": msg("no effect that matters"),
    "cannot_say": msg("cannot be said"),
    "not_judged": msg("cannot be said"),
}
WHY_NOT = {
    "start_unknown": msg("its first day is not known: give it with --measures"),
    "zones": msg("it follows zones, not dates"),
    "trigger": msg("it follows what is seen, not dates"),
    "care": msg("it acts on care, not on reports"),
    "too_few_days_before": msg("too few days before it"),
    "too_few_days_after": msg("too few days after it"),
    "too_few_reports": msg("too few reports"),
    "too_few_districts": msg("too few districts"),
    "everywhere_at_once": msg("it began everywhere at once, or nearly"),
    "not_separable": msg("it cannot be separated from the others"),
    "bent_before": msg("the course had bent before"),
    "differed_before": msg("the districts differed before"),
    "none_averted_for_sure": msg("it is not sure that any is averted"),
}
TANGLED = {
    "same_days": msg("they began or ended on the same days"),
    "same_days_and_places": msg("they held on the same days in the same districts"),
    "everywhere_at_once": msg("it began everywhere at once, or nearly"),
    "sum_of_others": msg("the others make it up between them"),
}
ACTIONS = {
    "keep": msg("keep"),
    "drop": msg("drop"),
    "loosen": msg("loosen"),
    "end": msg("set an end"),
    "past": msg("over"),
    "trigger_lower": msg("begin sooner"),
    "trigger_higher": msg("begin later"),
}
SIDES = {
    "above": msg("{event} above the 90% interval on {days:n} days in a row"),
    "below": msg("{event} below the 90% interval on {days:n} days in a row"),
}
RULES = {
    "over": msg("It has ended; the next version does not renew it."),
    "restricts-nobody": msg("It restricts nobody; it stays as long as it is needed."),
    "trigger-too-late": msg("More was reported than expected; it should begin at half the level."),
    "trigger-too-soon": msg(
        "Less was reported than expected and it restricts many; it need not begin before twice the level."
    ),
    "no-effect-high-burden": msg("It restricts many, and what came shows no effect that matters."),
    "no-effect-low-burden": msg(
        "What came shows no effect that matters; it costs little, and ends unless an effect is shown by then."
    ),
    "tangled-high-burden": msg(
        "It restricts many, and what came does not show whether it does anything; loosened in one step, in some "
        "districts before others, its effect can be told."
    ),
    "works-without-end": msg("Reports grew more slowly with it; it stays, and needs an end."),
    "works": msg("Reports grew more slowly with it; it stays until its end."),
    "not-known-without-end": msg("Its effect is not known. It needs an end, and an estimate before it is renewed."),
    "not-known": msg("Its effect is not known; it stays until its end and is not renewed without an estimate."),
}
"""The reasons of `rules.toml`; a test holds the two equal in English."""
