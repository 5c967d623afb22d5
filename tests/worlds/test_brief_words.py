"""Numbers, dates and names as each script writes them."""

from __future__ import annotations

from datetime import date

import pytest

from seawall.brief.words import Words, in_script, two_digits
from seawall.core import InvalidInput

NAMES = {
    "1": ("Old Town", "老城区"),
    "2": ("North Quay", "北码头区"),
    "3": ("Salt Fields", "盐田区"),
    "4": ("Lotus", "莲湖区"),
}
WORDS = {lang: Words(lang=lang, names=NAMES, terms={"onset": "onset"}) for lang in ("en", "zh-Hans", "zh-Hant")}
DAY = date(2022, 3, 27)


@pytest.mark.parametrize(
    ("value", "kind", "english", "simplified", "traditional"),
    [
        (DAY, "day", "27 March", "3月27日", "3月27日"),
        ("2022-03-27", "short", "27 Mar", "3/27", "3/27"),
        (DAY, "date", "27 March 2022", "2022年3月27日", "2022年3月27日"),
        (DAY, "weekday", "Sunday 27 March 2022", "2022年3月27日 星期日", "2022年3月27日 星期日"),
        (12345.4, "n", "12,345", "12,345", "12,345"),
        (12345, "~", "12,000", "12,000", "12,000"),
        (-0.5, ".1", "−0.5", "−0.5", "−0.5"),
        (0.345, "%", "34%", "34%", "34%"),
        (0.995, "chance", "more than 99%", "高于99%", "高於99%"),
        (0.99, "chance", "99%", "99%", "99%"),
        (0.005, "chance", "less than 1%", "低于1%", "低於1%"),
        (9.94, "rate", "9.9", "9.9", "9.9"),
        (10.4, "rate", "10", "10", "10"),
        (None, "n", "–", "–", "–"),
        ("2", "area", "North Quay", "北码头区", "北码头区"),
        ("x", "area", "x", "x", "x"),
        (["1", "2"], "areas", "Old Town and North Quay", "老城区和北码头区", "老城区和北码头区"),
        (
            ["1", "2", "3"],
            "some",
            "Old Town, North Quay and Salt Fields",
            "老城区、北码头区和盐田区",
            "老城区、北码头区和盐田区",
        ),
        ("onset", "term", "onset", "发病", "發病"),
        ("not_a_word", "term", "not a word", "not a word", "not a word"),
    ],
)
def test_a_fact_in_three_scripts(value, kind, english, simplified, traditional):
    said = [words.spell(value, kind) for words in WORDS.values()]
    assert said == [english, simplified, traditional]


def test_a_list_too_long_says_how_many_more():
    assert WORDS["en"].spell(["1", "2", "3", "4"], "some") == "Old Town, North Quay, Salt Fields and 1 more"


def test_an_interval_is_written_so_that_no_dash_is_a_minus():
    assert WORDS["en"].range(-0.5, 0.5, ".1") == "−0.5 to 0.5"
    assert WORDS["zh-Hans"].range(-0.5, 0.5, ".1") == "−0.5至0.5"


@pytest.mark.parametrize(
    ("value", "rounded"), [(0.26, 0.3), (7.04, 7.0), (9.96, 10.0), (10.4, 10), (99.6, 100), (22345, 22000), (0, 0)]
)
def test_two_digits(value, rounded):
    assert two_digits(value) == rounded


@pytest.mark.parametrize(
    ("name", "english", "chinese"),
    [
        ("永山苑 1 号 Yongshan Yuan 1", "Yongshan Yuan 1", "永山苑 1 号"),
        ("中山路A座", "中山路A座", "中山路A座"),
        ("Old Market", "Old Market", "Old Market"),
        ("老市场", "老市场", "老市场"),
    ],
)
def test_a_name_in_both_scripts_is_said_in_one(name, english, chinese):
    assert in_script(name, "en") == english
    assert in_script(name, "zh-Hant") == chinese


def test_a_language_there_is_no_brief_in():
    with pytest.raises(InvalidInput, match=r"There is no brief in 'fr'; choose one of en, zh-Hans, zh-Hant\."):
        Words(lang="fr")
