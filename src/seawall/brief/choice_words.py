"""Words of the page of a choice: amounts, unknowns, groups, and what a missing table hides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seawall.brief.choice_read import Told
from seawall.brief.figures.choice_frontier import compact
from seawall.brief.simulation import AMOUNTS
from seawall.brief.words import Words, in_script, msg

EVENTS: dict[str, str] = {
    **AMOUNTS,
    "restricted_days": msg("Person-days under a restriction"),
    "reports_last_week": msg("Infections reported in the last week"),
    "icu_over_days": msg("Days with more people in intensive care than beds"),
    "lost_work_days": msg("Working days lost"),
    "life_years_lost": msg("Life years lost"),
    "output_lost": msg("Output lost"),
    "output_lost_low": msg("Output lost, milder assumption"),
    "output_lost_high": msg("Output lost, harsher assumption"),
    "output_cost_low": msg("Output and catching up, milder assumption"),
    "output_cost_high": msg("Output and catching up, harsher assumption"),
    "jobs_lost": msg("Worker-days without work"),
    "school_days_away": msg("School days lost"),
    "school_years_lost": msg("School years lost"),
    "care_days": msg("Working days lost to care of children"),
    "won_back": msg("Lost output won back later"),
    "catch_up_cost": msg("Cost of winning it back"),
    "in_hospital": msg("People in hospital"),
    "in_icu": msg("People in intensive care"),
}
"""Events by the name a reader knows."""

UNKNOWNS: dict[str, str] = {
    "reproduction_number": msg("Reproduction number today"),
    "factor": msg("How easily it spreads, times what was assumed"),
    "share_found": msg("Share of infections that are found"),
    "infected": msg("People infected today"),
    "kept_apart": msg("Infected people kept apart today"),
    "not_yet_reported": msg("Infections still to be reported"),
    "infection_to_report_days": msg("Days from infection to report"),
    "severity": msg("How severe the disease is"),
    "vaccine_protection": msg("How well vaccines protect"),
    "compliance": msg("How far people comply"),
    "remote_share": msg("Share of work that can be done from home"),
    "inventory_days": msg("Days that stocks of critical inputs last"),
}
"""Unknowns by the name a reader knows."""

GROUPINGS: dict[str, str] = {
    "district": msg("By district"),
    "sector": msg("By sector"),
    "income": msg("By income"),
    "age": msg("By age"),
    "stage": msg("By stage of school"),
}
"""By what the burden is told, in the order of the page."""

INCOMES: dict[str, str] = {
    "lower third": msg("lower third"),
    "middle third": msg("middle third"),
    "upper third": msg("upper third"),
}
"""Groups of income."""

STAGES: dict[str, str] = {
    "kindergarten": msg("kindergarten"),
    "primary": msg("primary school"),
    "middle": msg("middle school"),
    "high": msg("high school"),
    "university": msg("university"),
}
"""Stages of school."""

WHY: dict[str, str] = {
    "worse": msg("clearly worse than another: {n:n}"),
    "cannot_meet": msg("cannot meet the goal: {n:n}"),
    "too_many": msg("no room to play on: {n:n}"),
}
"""Why options left the race."""

HIDDEN: dict[str, str] = {
    "expected": msg("The course by day is not told: nobody can check in the coming days whether it comes as expected."),
    "bearers": msg("Who bears it is not told: an option that is mild on the whole may be hard on one group."),
    "output_daily": msg("Output by day and sector is not told: when and where work stops cannot be seen."),
    "zones": msg("Smaller zones are not told: whether an area could be left out, and what it risks, cannot be seen."),
}
"""What a table that is not there hides."""

NO_OUTPUT = msg(
    "Output lost is not told: working days lost stand in for it, as if every day of work were worth the same."
)

WHOLE = 100.0
"""Amounts from here on are written as whole numbers."""

SHORT = {"en": 1e6, "zh-Hans": 1e5, "zh-Hant": 1e5}
"""Amounts from here on are written in short: 1.2M, 12万."""

MOST_DIGITS = 3
"""Significant digits; more would claim more than the runs know."""

MOST_NUMBERED = 20
"""Options with a number in the picture and a row in the table."""


@dataclass(frozen=True, kw_only=True)
class ChoiceDesk:
    """What every part of the page is made from: the choice and the language.

    Attributes:
        told: the choice.
        words: language.
        numbered: option to its number on the page, in order of the person-days it restricts.
    """

    told: Told
    words: Words
    numbered: Mapping[str, str] = field(repr=False)

    @property
    def shown(self) -> str:
        """The option chosen, or the nearest to the goal."""
        key = self.told.shown
        assert key is not None  # read_told refuses a choice without
        return key

    def name(self, key: str | None) -> str:
        """Name of an option; a dash for none."""
        if key is None:
            return "–"
        one = self.told.options.get(key, {"name": key, "name_zh": ""})
        if self.words.lang == "en":
            return str(one["name"])
        hant = one.get("name_hant") if self.words.lang == "zh-Hant" else None
        return str(hant or one["name_zh"] or one["name"])

    def heading(self, event: str) -> str:
        """Name of an event, with the unit of money where it is one."""
        unit = self.money if event.startswith(("output_lost", "output_cost")) else ""
        name = self.words.say(EVENTS[event]) if event in EVENTS else event.replace("_", " ")
        return self.words.say(msg("{name} ({unit})"), name=name, unit=unit) if unit else name

    @property
    def money(self) -> str:
        """Unit of money; empty where the folder does not say."""
        unit = self.told.told.get("money") or {}
        return str(unit.get("unit" if self.words.lang == "en" else "unit_zh") or unit.get("unit") or "")

    def kind(self, key: str) -> str:
        """What an option is on the page: chosen, runner_up, frontier, shipped or other."""
        if key == self.shown:
            return "chosen"
        if key == self.told.runner_up:
            return "runner_up"
        if key in self.told.told["frontier"]:
            return "frontier"
        return "shipped" if key in self.told.shipped else "other"

    def remarked(self, key: str) -> str:
        """Name of an option with what it is, unless it is merely on the frontier."""
        kind = self.kind(key)
        return self.name(key) if kind == "frontier" else f"{self.name(key)} · {self.kinds()[kind]}"

    def kinds(self) -> dict[str, str]:
        """Each kind and what it is called."""
        words = self.words
        first = msg("chosen") if self.told.chosen else msg("nearest to the goal")
        return {
            "chosen": words.say(first),
            "runner_up": words.say(msg("runner-up")),
            "frontier": words.say(msg("no other beats it")),
            "shipped": words.say(msg("shipped strategy")),
            "other": words.say(msg("other")),
        }

    def amount(self, key: str, event: str) -> str:
        """Mean of an event and nine tenths of its replicates."""
        found = self.told.options[key]["amounts"].get(event)
        return "–" if found is None else self.spread(found["mean"], found["q5"], found["q95"])

    def spread(self, mean: float | None, low: float | None, high: float | None) -> str:
        """A mean and its interval; the mean alone where the two ends cannot be told from it."""
        if mean is None or low is None or high is None:
            return "–"
        ends = written_apart(self.words, low, high)
        middle = _short(self.words, mean, MOST_DIGITS)
        return middle if ends is None else f"{_short(self.words, mean, ends.digits)} ({ends.text})"

    def number(self, value: float | None) -> str:
        """A number alone, as in a table."""
        return "–" if value is None else _short(self.words, value, 2)

    def span(self, low: float, high: float) -> str | None:
        """An interval alone; None where its ends cannot be told apart."""
        ends = written_apart(self.words, low, high)
        return None if ends is None else ends.text

    def inline(self, event: str) -> str:
        """Name of an event within a sentence."""
        name = self.heading(event)
        return name[:1].lower() + name[1:] if self.words.lang == "en" else name

    def known(self, *events: str) -> list[str]:
        """Those of the events that were scored."""
        scored = {event for one in self.told.options.values() for event in one["amounts"]}
        return [event for event in events if event in scored]

    @property
    def livelihood(self) -> str:
        """The event that stands for livelihood: output lost or, where it is not known, working days lost."""
        return next(iter(self.known("output_lost")), "lost_work_days")

    def goal(self) -> tuple[str, str]:
        """Name of the goal, and what it says."""
        goal = self.told.told["goal"]
        if self.words.lang == "en":
            return goal["name"], goal.get("about", "")
        return goal.get("name_zh") or goal["name"], goal.get("about_zh") or ""

    def unknown(self, key: str, *, inline: bool = False) -> str:
        """Name of an unknown, as it stands alone or within a sentence."""
        name = self.words.say(UNKNOWNS[key]) if key in UNKNOWNS else key.replace("_", " ")
        return name[:1].lower() + name[1:] if inline and self.words.lang == "en" else name

    def told_in(self, sentence: Any) -> str:
        """A sentence that is written in every language, or in one."""
        if isinstance(sentence, Mapping):
            return str(sentence.get(self.words.lang) or sentence.get("en") or "")
        return "" if sentence is None else str(sentence)


@dataclass(frozen=True, slots=True)
class Ends:
    """An interval as it is written, and the significant digits it takes."""

    text: str
    digits: int


def written_apart(words: Words, low: float, high: float) -> Ends | None:
    """An interval with two significant digits or, where these do not tell its ends apart, three; else None.

    Examples:
        >>> written_apart(Words(lang="en"), 215_900, 219_200).text
        '216,000 to 219,000'
        >>> written_apart(Words(lang="zh-Hans"), 1_000_000, 25_000_000).text
        '100万至2500万'
        >>> written_apart(Words(lang="en"), 215_900, 216_000) is None
        True
    """
    for digits in range(2, MOST_DIGITS + 1):
        ends = _short(words, low, digits), _short(words, high, digits)
        if ends[0] != ends[1]:
            return Ends(words.say(msg("{low} to {high}"), low=ends[0], high=ends[1]), digits)
    return None


def _short(words: Words, value: float, digits: int) -> str:
    """A number with so many significant digits; large ones as short as the language writes them."""
    if abs(value) < WHOLE:
        return words.spell(value, "~")
    rounded = float(f"{value:.{digits}g}")
    return compact(words, rounded) if abs(rounded) >= SHORT[words.lang] else words.spell(rounded, "n")


def desk_of(told: Told, lang: str) -> ChoiceDesk:
    """The choice in one language."""
    names = {code: (str(latin), str(chinese)) for code, (latin, chinese) in told.told.get("names", {}).items()}
    return ChoiceDesk(told=told, words=Words(lang=lang, names=names), numbered=_numbered(told))


def title_of(desk: ChoiceDesk) -> str:
    """Name of the city."""
    root = desk.told.told.get("root")
    known = root in desk.words.names
    return desk.words.name(str(root)) if known else in_script(str(desk.told.told["city"]), desk.words.lang)


def _numbered(told: Told) -> dict[str, str]:
    """Number of each option that the page names, from the fewest person-days restricted to the most.

    The choice, its runner-up and the shipped strategies have one; then those of the frontier that are surest to be on
    it, as long as there is room.
    """
    frontier = sorted(told.told["frontier"], key=lambda key: -told.options[key].get("p_on_frontier", 1.0))
    first = [key for key in (told.shown, told.runner_up) if key is not None]
    wanted = dict.fromkeys([*first, *told.shipped, *frontier])
    kept = list(wanted)[: max(MOST_NUMBERED, len(first) + len(told.shipped))]

    def days(key: str) -> float:
        mean = told.mean(key, "restricted_days")
        return float("inf") if mean is None else mean

    return {key: str(place) for place, key in enumerate(sorted(kept, key=lambda key: (days(key), key)), start=1)}
