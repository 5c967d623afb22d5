"""The catalogues of the brief: complete, in their own script, in the words of the glossary."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from seawall.brief import reasons
from seawall.brief.phrases import PHRASES
from seawall.brief.vocabulary import TERMS
from seawall.city import TABLES
from seawall.watch import missing
from seawall.zones import BASES, LIFTS, NOTES, REASONS
from seawall.zones.vocabulary import INPUTS

PACKAGE = Path(str(files("seawall.brief")))
CATALOGUES = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}
GLOSSARY = Path(__file__).parents[2].parent / "shared" / "facts" / "glossary.md"

SHAPES = "the shape of the areas: the map shows points only"


def said_in_code() -> set[str | tuple[str, str]]:
    """Every text the brief can say: marked in its code, or written by the watch for what is missing."""
    keywords = {"msg": None, "counted": (1, 2)}
    found: set[str | tuple[str, str]] = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        with path.open("rb") as source:
            for _, message, _, _ in extract("python", source, keywords=keywords):
                found.add(message if isinstance(message, str) else tuple(message))
    found |= {table.hides for table in TABLES.values()}
    found |= {*missing.COLUMNS.values(), *missing.EVENTS.values(), SHAPES}
    return found


def catalogue(lang):
    with (PACKAGE / "locale" / f"{CATALOGUES[lang]}.po").open("rb") as source:
        return read_po(source, locale=CATALOGUES[lang])


def entries(lang):
    return {(m.id if isinstance(m.id, str) else tuple(m.id)): m for m in catalogue(lang) if m.id}


def texts(lang):
    return [
        text
        for message in entries(lang).values()
        for text in ([message.string] if isinstance(message.string, str) else message.string)
    ]


def test_the_code_speaks():
    assert len(said_in_code()) > 300


@pytest.mark.parametrize("lang", CATALOGUES)
def test_every_text_is_translated_and_none_is_left_over(lang):
    known, wanted = entries(lang), said_in_code()
    assert sorted(map(str, wanted - set(known))) == [], "add these to the catalogue"
    assert sorted(map(str, set(known) - wanted)) == [], "nobody says these any more"
    assert [m.id for m in known.values() if m.fuzzy] == []
    assert [m.id for m in known.values() if not (m.string if isinstance(m.string, str) else all(m.string))] == []


@pytest.mark.parametrize("lang", CATALOGUES)
def test_a_translation_names_the_same_facts_written_alike(lang):
    for key, message in entries(lang).items():
        forms = [key] if isinstance(key, str) else list(key)
        facts = set().union(*(re.findall(r"{[^}]*}", form) for form in forms))
        for text in [message.string] if isinstance(message.string, str) else message.string:
            assert set(re.findall(r"{[^}]*}", text)) == facts, key


def ideographs(lang):
    return sorted({letter for text in texts(lang) for letter in text if "\u4e00" <= letter <= "\u9fff"})


def outside(letters, encoding):
    return [letter for letter in letters if not letter.encode(encoding, errors="ignore")]


def test_each_script_keeps_to_itself():
    # GB 2312 holds the simplified forms and no others, Big5 the traditional.
    simplified, traditional = ideographs("zh-Hans"), ideographs("zh-Hant")
    assert outside(simplified, "gb2312") == []
    assert outside(traditional, "big5hkscs") == []
    # and the check can tell them apart
    assert outside(traditional, "gb2312")
    assert outside(simplified, "big5")


@pytest.mark.parametrize(
    ("english", "simplified", "traditional"),
    [
        ("four earlies", "四早", "四早"),
        ("four earlies", "早发现", "早發現"),
        ("four earlies", "早报告", "早報告"),
        ("four earlies", "早隔离", "早隔離"),
        ("four earlies", "早治疗", "早治療"),
        ("effective reproduction number", "有效再生数", "有效再生數"),
        ("closed-loop management", "闭环管理", "閉環管理"),
        ("community (unlinked) case", "社会面", "社區"),
        ("local case", "本土", "本土"),
        ("close contact", "密切接触者", "密切接觸者"),
        ("fever clinic", "发热门诊", "發燒門診"),
        ("testing site", "核酸检测点", "採樣站"),
        ("grid management", "网格", "網格"),
    ],
)
def test_the_words_are_those_of_the_glossary(english, simplified, traditional):
    assert any(simplified in text for text in texts("zh-Hans"))
    assert any(traditional in text for text in texts("zh-Hant"))
    if not GLOSSARY.exists():
        pytest.skip("the glossary lies outside the project and is not on this machine")
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    (row,) = [line for line in rows if english in line][:1]
    assert simplified in row
    assert traditional in row


def test_incubation_is_never_called_latency():
    # 潜伏期 is the incubation period; 潜隐期 is the latent one.
    assert not any("潜隐期" in text for text in texts("zh-Hans"))


def test_every_message_of_a_zone_map_has_a_wording_and_no_other():
    assert set(reasons.REASONS) == set(REASONS) | {"infection_found_at_least"}
    assert set(reasons.LIFTS) == set(LIFTS) | {"falls_below_working"}
    assert set(reasons.NOTES) == set(NOTES)
    assert set(reasons.INPUTS) == set(INPUTS) | {"residents"}
    assert set(reasons.BASES) == set(BASES)


def test_everything_that_may_be_missing_has_a_name():
    items = {
        *TABLES.keys() - {"areas"},
        *(f"cases.{name}" for name in missing.COLUMNS),
        *missing.EVENTS,
        "areas.geojson",
    }
    assert sorted(items - set(TERMS)) == []


def test_wordings_are_sentences():
    for code, phrase in PHRASES.items():
        assert phrase.many.rstrip()[-1] in ".?", code


def test_every_note_of_the_watch_has_a_wording():
    source = Path(str(files("seawall.watch"))) / "assess.py"
    codes = set(re.findall(r'"code": "(\w+)"', source.read_text(encoding="utf-8")))
    assert codes
    assert {f"note_{code}" for code in codes} <= set(PHRASES)
