"""Foreign cells put into the form a city folder writes: dates, times, numbers, ages, yes and no.

Every function takes text and gives text. What cannot be read is left as it is, so that the rules of the
city folder refuse it in its own words.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

Order = Literal["ymd", "dmy", "mdy"]
"""How day, month and year follow one another where the year does not come first with four digits."""

AMBIGUOUS = "ambiguous"
"""Mark put before a date that may be read in two ways; no date of a city folder begins so."""

NOTHING = (
    "",
    "na",
    "n/a",
    "#n/a",
    "null",
    "none",
    "nan",
    "nat",
    ".",
    "-",
    "--",
    "---",
    "—",
    "——",
    "/",
    "\\",
    "?",
    "??",
)
"""Cells that say nothing, in any case."""

NOT_KNOWN = ("不详", "不詳", "未知", "未填", "无", "無", "暂无", "暫無", "待查", "unknown", "not known", "missing")
"""Cells that say in words that a date or a number is not known."""

YES = ("true", "t", "yes", "y", "1", "1.0", "是", "有", "对", "對", "√", "✓", "✔")
NO = ("false", "f", "no", "n", "0", "0.0", "否", "无", "無", "没有", "沒有", "不是", "×", "✗", "✘")

_END = r"(?:[T\s日号號].*)?$"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SERIAL_FROM, _SERIAL_TO = 14611, 73051
"""Excel's numbers for 1940-01-01 and 2100-01-01: a number outside is more likely something else."""


def clean(text: pl.Expr) -> pl.Expr:
    """Half-width characters, no spaces around, no invisible ones; null where the cell says nothing."""
    text = text.str.normalize("NFKC").str.replace_all("[\\x{200B}-\\x{200F}\\x{FEFF}\\x{00AD}]", "").str.strip_chars()
    return pl.when(~text.str.to_lowercase().is_in(NOTHING)).then(text)


def known(text: pl.Expr) -> pl.Expr:
    """Null where the cell says in words that the value is not known."""
    return pl.when(~text.str.to_lowercase().is_in(NOT_KNOWN)).then(text)


def _iso(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    return pl.concat_str(year, pl.lit("-"), month.str.zfill(2), pl.lit("-"), day.str.zfill(2))


def _whole_year(year: pl.Expr) -> pl.Expr:
    """Two digits of a year as four: 70 to 99 in the last century, as spreadsheets read them."""
    century = pl.when(year >= "70").then(pl.lit("19")).otherwise(pl.lit("20"))
    return pl.when(year.str.len_chars() == 2).then(pl.concat_str(century, year)).otherwise(year)


def _groups(text: pl.Expr, pattern: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    found = text.str.extract_groups(pattern)
    return found.struct.field("1"), found.struct.field("2"), found.struct.field("3")


def date_text(text: pl.Expr, order: Order | None, year: int | None = None) -> pl.Expr:
    """A date in any common form as 2022-03-05; a time after it is dropped.

    Reads year first (2022-3-5, 2022/3/5, 2022.3.5, 2022年3月5日, 20220305), months in words (5 Mar 2022, Mar 5,
    2022), the serial numbers of spreadsheets, and day or month first where `order` says which. Where it does
    not, the cell comes back marked `AMBIGUOUS`.

    Args:
        text: cleaned cells.
        order: how a date with the year last is written.
        year: the year of dates written without one (3月5日).
    """
    first = _groups(text, r"^([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*" + _END)
    packed = _groups(text, r"^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?:\.0+)?" + _END)
    words = _groups(text, r"^([0-9]{1,2})[-\s.]*([A-Za-z]{3})[A-Za-z]*[-\s.,]*([0-9]{4}|[0-9]{2})" + _END)
    words_first = _groups(text, r"^([A-Za-z]{3})[A-Za-z]*[-\s.]*([0-9]{1,2})(?:st|nd|rd|th)?[-\s,]+([0-9]{4})" + _END)
    two_digits = _groups(text, r"^([0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})" + _END)
    last = _groups(text, r"^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})" + _END)
    serial = text.str.extract(r"^([0-9]{5}(?:\.[0-9]+)?)$").cast(pl.Float64)
    counted = pl.date(1899, 12, 30) + pl.duration(days=serial.floor().cast(pl.Int64))
    short = _groups(text, r"^([0-9]{1,2})\s*(月)\s*([0-9]{1,2})\s*" + _END)
    return (
        pl.when(first[0].is_not_null())
        .then(_iso(*first))
        .when(packed[0].is_not_null())
        .then(_iso(*packed))
        .when(serial.is_between(_SERIAL_FROM, _SERIAL_TO))
        .then(counted.dt.to_string("%Y-%m-%d"))
        .when(_month(words[1]).is_not_null())
        .then(_iso(_whole_year(words[2]), _month(words[1]), words[0]))
        .when(_month(words_first[0]).is_not_null())
        .then(_iso(words_first[2], _month(words_first[0]), words_first[1]))
        .when(two_digits[0].is_not_null() & pl.lit(order == "ymd"))
        .then(_iso(_whole_year(two_digits[0]), two_digits[1], two_digits[2]))
        .when(last[0].is_not_null())
        .then(_ordered(last, order, text))
        .when(short[0].is_not_null() & pl.lit(year is not None))
        .then(_iso(pl.lit(str(year)), short[0], short[2]))
        .otherwise(text)
    )


def _month(name: pl.Expr) -> pl.Expr:
    numbers = {month: f"{number:02d}" for number, month in enumerate(_MONTHS, start=1)}
    return name.str.to_lowercase().replace_strict(numbers, default=None, return_dtype=pl.String)


def _ordered(parts: tuple[pl.Expr, pl.Expr, pl.Expr], order: Order | None, text: pl.Expr) -> pl.Expr:
    one, two, three = parts
    match order:
        case "dmy":
            return _iso(_whole_year(three), two, one)
        case "mdy":
            return _iso(_whole_year(three), one, two)
        case "ymd":
            return text
        case None:
            return pl.concat_str(pl.lit(AMBIGUOUS), text)


def time_text(text: pl.Expr, order: Order | None, year: int | None = None) -> pl.Expr:
    """A time in any common form as 2022-03-05 14:30: the forms of `date_text` with hour and minute after them."""
    day = date_text(text, order, year)
    clock = text.str.extract_groups(r"[T\s日号號]\s*([0-9]{1,2})\s*[:时時点點]\s*([0-9]{1,2})?")
    hour, minute = clock.struct.field("1"), clock.struct.field("2").fill_null("00")
    afternoon = text.str.contains(r"(?i)(?:pm|下午|晚上)") & (hour.cast(pl.Int64) < 12)
    hour = pl.when(afternoon).then((hour.cast(pl.Int64) + 12).cast(pl.String)).otherwise(hour)
    serial = text.str.extract(r"^([0-9]{5}\.[0-9]+)$").cast(pl.Float64)
    minutes = (serial * 1440).round().cast(pl.Int64)
    counted = pl.datetime(1899, 12, 30) + pl.duration(minutes=minutes)
    return (
        pl.when(serial.is_between(_SERIAL_FROM, _SERIAL_TO))
        .then(counted.dt.to_string("%Y-%m-%d %H:%M"))
        .when(clock.struct.field("1").is_not_null())
        .then(pl.concat_str(day, pl.lit(" "), hour.str.zfill(2), pl.lit(":"), minute.str.zfill(2)))
        .otherwise(day)
    )


def number_text(text: pl.Expr, scale: float = 1, *, decimal_comma: bool = False) -> pl.Expr:
    """A number as 1234.5: without separators of thousands and units, 万 and 亿 and % worked out, times `scale`."""
    if decimal_comma:
        european = text.str.contains(r"^[+-]?(?:[0-9]{1,3}(?:[. '’][0-9]{3})+|[0-9]+)(?:,[0-9]+)?(?:[^,.0-9]|$)")
        pointed = text.str.replace_all(r"[. '’]", "").str.replace(",", ".", literal=True)
        text = pl.when(european).then(pointed).otherwise(text)
    grouped = text.str.contains(r"^[+-]?[0-9]{1,3}(?:[, '’][0-9]{3})+(?:[^,0-9]|$)")
    text = pl.when(grouped).then(text.str.replace_all(r"[, '’]", "")).otherwise(text)
    parts = text.str.extract_groups(
        r"^([+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*([万萬亿億%]?)\s*[人例个個件名岁歲张張床]?$"
    )
    number, unit = parts.struct.field("1"), parts.struct.field("2")
    times = unit.replace_strict(
        {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "%": 0.01}, default=1.0, return_dtype=pl.Float64
    )
    times = times * scale
    worked = (number.cast(pl.Float64, strict=False) * times).round_sig_figs(15)
    return pl.when(number.is_null()).then(text).when(times == 1).then(number).otherwise(plain_number(worked))


def plain_number(number: pl.Expr) -> pl.Expr:
    """A float as text, whole numbers without a point."""
    whole = (number == number.round()) & (number.abs() < 1e15)
    return pl.when(whole).then(number.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(number.cast(pl.String))


BAND = r"^([0-9]{1,3})\s*(?:-|–|~|至|到|to)\s*([0-9]{1,3})\s*(?:岁|歲|years?|yrs?|y)?$"
DECADE = r"^([0-9]{0,2}0)\s*'?s$"
OPEN_BAND = r"^(?:≥|>=|=>)?\s*([0-9]{1,3})\s*(?:岁|歲)?\s*(?:\+|及以上|以上|and over|or older|years and over)$"
OVER = r"^(?:≥|>=|=>)\s*([0-9]{1,3})\s*(?:岁|歲|years?)?$"


def age_text(text: pl.Expr) -> pl.Expr:
    """An age in years as 34.5: months, weeks and days worked out; a band as its middle; 85+ as 85.

    A band from 10 to 19 holds people from their 10th birthday to the day before their 20th: its middle is 15.
    """
    lower = text.str.to_lowercase()
    in_words = r"(?:岁|歲|周岁|years? old|years?|yrs?|y)"
    years = lower.str.extract(rf"^([0-9]+(?:\.[0-9]+)?)\s*{in_words}?$")
    both = lower.str.extract_groups(rf"^([0-9]+)\s*{in_words}\s*([0-9]+)\s*(?:个月|個月|月龄|月齡|月|months?|mo?)$")
    months = lower.str.extract(r"^([0-9]+(?:\.[0-9]+)?)\s*(?:个月|個月|月龄|月齡|月|months?|mon|mos?|m)$")
    weeks = lower.str.extract(r"^([0-9]+)\s*(?:周|週|周龄|weeks?|wks?|w)$")
    days = lower.str.extract(r"^([0-9]+)\s*(?:天|日龄|日齡|日|days?|d)$")
    band = lower.str.extract_groups(BAND)
    decade = lower.str.extract(DECADE)
    over = pl.coalesce(lower.str.extract(OPEN_BAND), lower.str.extract(OVER))
    under = lower.str.extract(r"^(?:<|小于|不足|未满|未滿)\s*([0-9]{1,2})\s*(?:岁|歲)?$")

    def as_float(part: pl.Expr) -> pl.Expr:
        return part.cast(pl.Float64, strict=False)

    worked = pl.coalesce(
        as_float(both.struct.field("1")) + as_float(both.struct.field("2")) / 12,
        as_float(months) / 12,
        as_float(weeks) / 52.18,
        as_float(days) / 365.25,
        (as_float(band.struct.field("1")) + as_float(band.struct.field("2")) + 1) / 2,
        as_float(decade) + 5,
        as_float(over),
        as_float(under) / 2,
    )
    return (
        pl.when(years.is_not_null())
        .then(years)
        .when(worked.is_not_null())
        .then(plain_number(worked.round(3)))
        .otherwise(text)
    )


def is_band(text: pl.Expr) -> pl.Expr:
    """Whether an age was given as a band, and is read as its middle or its lower end."""
    lower = text.str.to_lowercase()
    return pl.any_horizontal(lower.str.contains(form) for form in (BAND, DECADE, OPEN_BAND, OVER))


def boolean_text(text: pl.Expr) -> pl.Expr:
    """Yes and no, in words and signs, as true and false."""
    return text.str.to_lowercase().replace(dict.fromkeys(YES, "true") | dict.fromkeys(NO, "false"))
