"""Words, numbers, dates and names as each script writes them."""

from __future__ import annotations

import gettext
import io
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import babel
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from seawall.core import InvalidInput

LANGUAGES: dict[str, str] = {"en": "en_GB", "zh-Hans": "zh_Hans_CN", "zh-Hant": "zh_Hant_TW"}
"""Languages of the brief and the locale whose numbers and dates each follows."""

CATALOGUES = {"zh-Hans": "zh_Hans.po", "zh-Hant": "zh_Hant.po"}
"""Languages that have a catalogue; English is the source."""


MINUS = "\N{MINUS SIGN}"


def msg(text: str) -> str:
    """Mark a text for the catalogues; it is translated where it is said."""
    return text


@cache
def catalogue(lang: str) -> gettext.NullTranslations:
    """The translations of a language, read from its ``.po`` file."""
    if lang not in CATALOGUES:
        return gettext.NullTranslations()
    source = files("seawall.brief").joinpath("locale", CATALOGUES[lang]).read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=CATALOGUES[lang].removesuffix(".po")))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language, and the names of this city's areas in it.

    Attributes:
        lang: one of `LANGUAGES`.
        names: code to (name in Latin script, name in Chinese), for areas, places and rule sets.
        terms: further vocabulary: code to msgid.
    """

    lang: str
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    terms: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise InvalidInput(f"There is no brief in {self.lang!r}; choose one of {', '.join(LANGUAGES)}.")

    @property
    def locale(self) -> babel.Locale:
        """The Babel locale of the language."""
        return _locale(self.lang)

    @property
    def gap(self) -> str:
        """What stands between two sentences."""
        return " " if self.lang == "en" else ""

    def say(self, text: str, /, **facts: Any) -> str:
        """Translate a text and fill in its facts; ``{fact:kind}`` says how a fact is written (see `spell`)."""
        said = catalogue(self.lang).gettext(text)
        return _Filler(self).format(said, **facts) if facts else said

    def say_many(self, one: str, many: str, number: float, /, **facts: Any) -> str:
        """`say`, with the form that goes with `number`."""
        # An English "one" is exactly 1: rounding belongs to the reader's eye, not to grammar.
        said = catalogue(self.lang).ngettext(one, many, 1 if number == 1 else 2)
        return _Filler(self).format(said, **facts)

    def spell(self, value: Any, kind: str) -> str:
        """Write one fact.

        Kinds: ``n`` whole number; ``~`` two significant digits; ``.1`` one decimal (any number);
        ``rate`` one decimal below ten, whole above;
        ``%`` percent; ``chance`` a probability, never 0 % or 100 %; ``day`` 27 March; ``short`` 27 Mar;
        ``date`` with the year; ``weekday`` with the weekday too; ``area`` a name; ``areas`` a list of
        names; ``some`` the first three of them and how many more; ``term`` a word of the vocabulary;
        ``terms`` a list of such; ``input``, ``inputs`` what a rule reads;
        ``basis`` where a number of residents comes from; ``conditions`` all of some thresholds;
        ``alternatives`` any of some such; ``said`` a text of the catalogue; none: as it stands.
        """
        if value is None:
            return "–"
        if kind.startswith("."):
            decimals = int(kind[1:])
            pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
            written = format_decimal(value, format=pattern, locale=self.locale)
        elif kind in _NUMBERS:
            written = _NUMBERS[kind](self, value)
        else:
            return _SPELLINGS[kind](self, value) if kind else str(value)
        return str(written).replace("-", MINUS)

    def range(self, low: Any, high: Any, kind: str) -> str:
        """An interval, in words, so that no dash can be taken for a minus."""
        return self.say(msg("{low} to {high}"), low=self.spell(low, kind), high=self.spell(high, kind))

    def with_interval(self, middle: Any, low: Any, high: Any, kind: str) -> str:
        """An estimate and its interval; a dash where either is not known."""
        if middle is None or low is None or high is None:
            return "–"
        return f"{self.spell(middle, kind)} ({self.range(low, high, kind)})"

    def name(self, code: str) -> str:
        """The name of an area, place or rule set; the code itself where it has none."""
        if code not in self.names:
            return code
        latin, chinese = self.names[code]
        return latin if self.lang == "en" else chinese or latin

    def term(self, code: str) -> str:
        """A word of the vocabulary; the code itself where it has none."""
        return self.say(self.terms[code]) if code in self.terms else code.replace("_", " ")

    def listed(self, items: Sequence[str]) -> str:
        """Items as a sentence lists them: a, b and c."""
        return str(format_list(list(items), style="standard", locale=self.locale)) if items else "–"

    def either(self, items: Sequence[str]) -> str:
        """Items as a choice: a, b or c."""
        return str(format_list(list(items), style="or", locale=self.locale)) if items else "–"

    def some(self, items: Sequence[str], most: int = 3) -> str:
        """The first items and how many more there are."""
        more = [self.say(msg("{n:n} more"), n=len(items) - most)] if len(items) > most else []
        return self.listed([*items[:most], *more])

    def chance(self, probability: float) -> str:
        """A probability, which is never certain."""
        if probability > 0.99:
            return self.say(msg("more than 99%"))
        if probability < 0.01:
            return self.say(msg("less than 1%"))
        return self.spell(probability, "%")


def _dated(kind: str) -> Callable[[Words, Any], str]:
    return lambda words, value: str(format_date(_day(value), format=_PATTERNS[words.lang][kind], locale=words.locale))


_NUMBERS: dict[str, Callable[[Words, Any], Any]] = {
    "n": lambda words, value: format_decimal(round(value), locale=words.locale),
    "~": lambda words, value: format_decimal(two_digits(value), locale=words.locale),
    "rate": lambda words, value: format_decimal(round(value, 0 if value >= 10 else 1), locale=words.locale),
    "%": lambda words, value: format_percent(value, format="#,##0%", locale=words.locale),
}

_SPELLINGS: dict[str, Callable[[Words, Any], str]] = {
    "chance": lambda words, value: words.chance(value),
    "day": _dated("day"),
    "short": _dated("short"),
    "date": _dated("date"),
    "weekday": _dated("weekday"),
    "area": lambda words, value: words.name(str(value)),
    "areas": lambda words, value: words.listed([words.name(str(item)) for item in value]),
    "some": lambda words, value: words.some([words.name(str(item)) for item in value]),
    "said": lambda words, value: words.say(str(value)),
    "conditions": lambda words, value: words.listed([_readable(item) for item in value]),
    "alternatives": lambda words, value: words.either(
        [words.listed([_readable(item) for item in clause]) for clause in value]
    ),
    "input": lambda words, value: words.term(f"input.{value}"),
    "inputs": lambda words, value: words.listed([words.term(f"input.{item}") for item in value]),
    "basis": lambda words, value: words.term(f"basis.{value}"),
    "term": lambda words, value: words.term(str(value)),
    "terms": lambda words, value: words.listed([words.term(str(item)) for item in value]),
}

_PATTERNS = {
    "en": {"day": "d MMMM", "short": "d MMM", "date": "d MMMM y", "weekday": "EEEE d MMMM y"},
    "zh-Hans": {"day": "M月d日", "short": "M/d", "date": "y年M月d日", "weekday": "y年M月d日 EEEE"},
    "zh-Hant": {"day": "M月d日", "short": "M/d", "date": "y年M月d日", "weekday": "y年M月d日 EEEE"},
}


class _Filler(string.Formatter):
    def __init__(self, words: Words) -> None:
        self.words = words

    def format_field(self, value: Any, format_spec: str) -> str:
        return self.words.spell(value, format_spec)


@cache
def _locale(lang: str) -> babel.Locale:
    return babel.Locale.parse(LANGUAGES[lang])


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def two_digits(value: float) -> float:
    """A number rounded to two significant digits; small numbers keep one decimal at most.

    Examples:
        >>> two_digits(22345), two_digits(7.04), two_digits(0.26), two_digits(97)
        (22000, 7.0, 0.3, 97)
    """
    if abs(value) >= 10:
        return round(float(f"{value:.2g}"))
    return round(value, 1)


def _readable(condition: str) -> str:
    """A condition of a rule file as a reader writes it."""
    return condition.replace(">=", "≥").replace("<=", "≤")


_BOTH_SCRIPTS = re.compile(r"(?P<zh>.*[\u4e00-\u9fff][^A-Za-z]*?)\s+(?P<latin>[A-Za-z]{2}[^\u4e00-\u9fff]*)")


def in_script(name: str, lang: str) -> str:
    """The part of a name that belongs to the language, where it is written in both scripts one after the other.

    Examples:
        >>> in_script("永山苑 1 号 Yongshan Yuan 1", "en"), in_script("永山苑 1 号 Yongshan Yuan 1", "zh-Hans")
        ('Yongshan Yuan 1', '永山苑 1 号')
        >>> in_script("中山路A座", "en")
        '中山路A座'
    """
    both = _BOTH_SCRIPTS.fullmatch(name)
    return name if both is None else both["latin"] if lang == "en" else both["zh"].strip()
