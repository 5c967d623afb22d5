"""The pages about measures say what the code says today, and every measure, key and number is on them."""

import dataclasses
import re
from pathlib import Path

import pytest

from seawall import measures
from seawall.brief import LANGUAGES
from seawall.brief.measure_words import KIND_WORDS, SHIPPED_NAMES, measure_label
from seawall.brief.words import Words
from seawall.core import describe_quantities
from seawall.measures.kinds import KINDS
from seawall.measures.measure import described
from seawall.measures.publish import measures_page
from seawall.plan.options import parse_options

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_measures_is_current():
    committed = (DOCS / "reference" / "measures.md").read_text(encoding="utf-8")
    assert committed == measures_page(), "write it again with seawall.measures.publish.write_page"


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_says_what_it_is_and_stands_on_the_page(kind):
    page = measures_page()
    section = page.split(f"\n## `{kind}`\n")[1].split("\n## ")[0]
    common = page.split("\n## Every measure has\n")[1].split("\n## ")[0]
    numbers = {declared.name: declared for declared in describe_quantities(KINDS[kind])}
    for field in dataclasses.fields(KINDS[kind]):
        if field.name == "kind":
            continue
        told = numbers.get(field.name) or described(field)
        assert told is not None, f"{kind}.{field.name} is declared by neither quantity nor setting"
        assert f"| `{field.name}` | {told.about} |" in section + common


@pytest.mark.parametrize("kind", KINDS)
def test_every_measure_is_explained_in_two_sentences(kind):
    page = (DOCS / "explanation" / "measures.md").read_text(encoding="utf-8")
    (line,) = [line for line in page.splitlines() if line.startswith(f"**{kind}.**")]
    assert line.count(". ") + line.endswith(".") >= 2


@pytest.mark.parametrize("key", measures.shipped_strategies())
def test_every_shipped_strategy_can_be_read_has_its_names_and_says_what_it_is_for(key):
    strategy = measures.read_strategy(key)
    assert strategy.name
    assert strategy.name_zh
    assert strategy.about
    assert f"| `{key}` |" in measures_page()


def test_what_the_how_to_writes_can_be_read() -> None:
    page = (DOCS / "how-to" / "write-a-strategy.md").read_text(encoding="utf-8")
    first, versions, families = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    assert [measure.when for measure in measures.parse_strategy(first, file="own.toml").measures][-1]
    assert measures.parse_strategy(versions, file="own.toml").version == 2
    assert len(parse_options(families, file="own.toml").options) == 6
    told = page.split("## The shipped ones")[1].split("\n## ")[0]
    assert set(re.findall(r"`([a-z-]+)`", told)) == set(measures.shipped_strategies())
    (trigger,) = re.findall(
        r"```toml\n(.*?)```", (DOCS / "explanation" / "measures.md").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    (measure,) = measures.parse_strategy('[strategy]\nname = "s"\n' + trigger, file="own.toml").measures
    assert (measure.above, measure.below, measure.each) == (50, 25, "district")


def test_the_strategies_asked_for_are_shipped():
    assert set(measures.shipped_strategies()) == {
        "do-little", "do-nothing", "halves-in-turn", "ninth-edition-like", "ours", "protect-the-old", "staged-lockdown",
        "test-trace-isolate", "twenty-measures", "zones-in-the-loop",
    }  # fmt: skip


def test_the_names_offered_are_exactly_those_meant():
    nouns = {noun.__name__ for noun in measures.MEASURES}
    assert set(measures.__all__) == nouns | {
        "MEASURES", "Ground", "Levers", "Measure", "Seen", "Strategy", "Today", "Zones", "Zoning", "check_strategy",
        "parse_strategy", "read_strategy", "scaled", "shipped_strategies",
    }  # fmt: skip


def test_every_kind_has_a_name_on_pages_in_every_script() -> None:
    assert set(KIND_WORDS) == set(KINDS)
    names = {lang: [Words(lang=lang).say(word) for word in KIND_WORDS.values()] for lang in LANGUAGES}
    for lang, said in names.items():
        assert len(set(said)) == len(said)
        assert lang == "en" or all(ord(name[0]) > 0x3000 for name in said)


def test_every_name_in_a_shipped_strategy_is_said_in_every_script() -> None:
    shipped = [m for key in measures.shipped_strategies() for m in measures.read_strategy(key).measures]
    assert {m.name for m in shipped if measure_label(m.name, Words(lang="en")) == m.name} == SHIPPED_NAMES
    for lang in ("zh-Hans", "zh-Hant"):
        said = [measure_label(name, Words(lang=lang)) for name in SHIPPED_NAMES]
        assert len(set(said)) == len(said)
        assert all(any(ord(letter) > 0x3000 for letter in name) for name in said)


def test_a_measure_goes_by_its_own_name_or_by_its_kind() -> None:
    words = Words(lang="zh-Hans")
    assert measure_label("the market of our town", words) == "the market of our town"
    assert measure_label("stay at home", words) == "居家"
    assert measure_label("wear_masks-1", words) == "戴口罩"
    assert measure_label("test_rounds-2", words) == "核酸筛查 2"
    assert measure_label("plan-9", words) == "plan-9"
