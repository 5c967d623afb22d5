"""Every reason, every lift and every note of a zone map can be read in three languages."""

from __future__ import annotations

import json

import pytest

from seawall.brief.reasons import BASES, INPUTS, say_lift, say_note, say_reason
from seawall.brief.vocabulary import TERMS
from seawall.brief.words import LANGUAGES, Words
from seawall.zones import LIFTS, NOTES, REASONS

FACTS = {
    "at_least": False,
    "basis": "typical",
    "conditions": ["N >= 50", "P >= 4"],
    "coverage": 1.0,
    "indicator": "N",
    "input": "tests",
    "event": "reports",
    "level": "district",
    "rule_unit": "compound",
    "data_unit": "community",
    "missing": ["tests", "admissions"],
    "rules": "china-9th",
    "table": "cases",
    "tier": "high",
    "from_tier": "high",
    "next_tier": "low",
    "raw_tier": "high",
    "working_days": False,
}
DATES = {
    "on",
    "first",
    "last",
    "since",
    "until",
    "clock_done",
    "expires",
    "judged_on",
    "effective",
    "last_visit",
    "valid_from",
    "valid_to",
}


def facts_of(declared, code, **more):
    found = {name: "2022-07-01" if name in DATES else FACTS.get(name, 3) for name in declared[code]}
    if code == "falls_below":
        found["conditions"] = [["N >= 50", "P >= 4"], ["N > 150"]]
    return found | more


def words_in(lang):
    names = {
        "china-9th/high": ("High-risk area", "高风险区" if lang == "zh-Hans" else "高風險區"),
        "china-9th/low": ("Low-risk area", "低风险区" if lang == "zh-Hans" else "低風險區"),
        "3": ("Old Town", "老城区"),
    }
    terms = {
        **TERMS,
        **{f"input.{name}": text for name, text in INPUTS.items()},
        **{f"basis.{name}": text for name, text in BASES.items()},
    }
    return Words(lang=lang, names=names, terms=terms)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("declared", "say"), [(REASONS, say_reason), (LIFTS, say_lift)])
def test_every_code_reads(declared, say, lang):
    for code in declared:
        message = json.dumps({"code": code, "facts": facts_of(declared, code)})
        text = say(message, "china-9th", words_in(lang))
        assert text, code
        assert "{" not in text, code
        assert "_" not in text, f"{code}: a code stands where a word should: {text}"
        assert text[-1] in ".。", code


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_note_reads(lang):
    for code in NOTES:
        text = say_note({"code": code, "facts": facts_of(NOTES, code, area_id="3")}, "china-9th", words_in(lang))
        assert text[-1] in ".。", code
        assert "_" not in text, f"{code}: {text}"


def test_a_reason_names_its_rule_and_its_facts():
    message = json.dumps({"code": "threshold_met", "facts": facts_of(REASONS, "threshold_met")})
    assert say_reason(message, "china-9th", words_in("en")) == "Threshold met: N ≥ 50 and P ≥ 4."
    assert say_reason(message, "china-9th", words_in("zh-Hans")) == "达到阈值：N ≥ 50和P ≥ 4。"
    message = json.dumps({"code": "falls_below", "facts": facts_of(LIFTS, "falls_below", days=1)})
    assert say_lift(message, "china-9th", words_in("en")) == (
        "1 day without: N ≥ 50 and P ≥ 4 or N > 150; then Low-risk area."
    )
    message = json.dumps({"code": "falls_below", "facts": facts_of(LIFTS, "falls_below", working_days=True)})
    assert "3 working days" in say_lift(message, "china-9th", words_in("en"))


def test_a_lower_bound_says_so():
    facts = facts_of(REASONS, "infection_found", infections=2, at_least=True)
    text = say_reason(json.dumps({"code": "infection_found", "facts": facts}), "china-9th", words_in("en"))
    assert text.startswith("At least 2 infections found")
    facts["at_least"] = False
    text = say_reason(json.dumps({"code": "infection_found", "facts": facts}), "china-9th", words_in("en"))
    assert text.startswith("2 infections found")


def test_nothing_lifts_what_nothing_lifts():
    assert say_lift(None, "china-9th", words_in("en")) == ""
