"""The page of a choice: drawn from the folder alone, in three scripts, offline, and honest about what is missing."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
from html.parser import HTMLParser

import polars as pl
import pytest
from fontTools.ttLib import TTFont
from tests.choice_folder import chosen_folder, small_city

from seawall.brief.choice import html_of, page_of, write_choices
from seawall.brief.choice_read import read_told
from seawall.brief.choice_words import HIDDEN, desk_of
from seawall.brief.figures.choice_frontier import Spot, spots
from seawall.brief.html import text_of
from seawall.brief.words import LANGUAGES, Words
from seawall.core import InvalidInput
from seawall.plan.goal import parse_goal

FEW = """
[goal]
name = "Few infections"
name_zh = "少感染"
[[require]]
event = "infections"
at_most = 150
probability = 0.8
[[then]]
event = "restricted_days"
within = 0.02
[[then]]
event = "deaths"
"""
NONE = FEW.replace("at_most = 150", "at_most = 20").replace("0.8", "0.9")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return small_city(tmp_path_factory.mktemp("choice") / "city")


@pytest.fixture(scope="module")
def folder(city, tmp_path_factory):
    """A choice that meets its goal, with its pages."""
    made = chosen_folder(
        city, parse_goal(FEW, file="few.toml"), tmp_path_factory.mktemp("chosen") / "out", infected=None
    )
    write_choices(made)
    return made


@pytest.fixture(scope="module")
def hopeless(city, folder, tmp_path_factory):
    """A goal that nothing meets, from the same runs."""
    copy = tmp_path_factory.mktemp("hopeless") / "out"
    shutil.copytree(folder, copy)
    return chosen_folder(city, parse_goal(NONE, file="none.toml"), copy, infected=None)


@pytest.fixture
def spoilt(folder, tmp_path):
    """A copy to spoil."""
    return shutil.copytree(folder, tmp_path / "out")


def page(folder, lang="en"):
    return (folder / f"choice.{lang}.html").read_text(encoding="utf-8")


def record(folder):
    return json.loads((folder / "choice.json").read_text(encoding="utf-8"))


def rewrite(folder, told):
    (folder / "choice.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def rows_of(markup, name):
    """Cells of each row of a table on the page."""
    table = re.search(rf'<table class="{name}">.*?</table>', markup, flags=re.DOTALL)[0]
    body = table[table.index("<tbody>") :]
    return [
        [
            text_of(cell).replace("\N{NO-BREAK SPACE}", " ")
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body, flags=re.DOTALL)
    ]


class References(HTMLParser):
    """What a page asks for, and what it links to."""

    def __init__(self):
        super().__init__()
        self.asked, self.linked, self.ids, self.labelled, self.levels = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.labelled += given.get("aria-labelledby", "").split()
        self.levels += [int(tag[1])] if re.fullmatch(r"h[1-6]", tag) else []
        for name in ("src", "srcset", "data", "poster", "action", "xlink:href"):
            if name in given:
                self.asked.append(given[name])
        if "href" in given:
            (self.asked if tag == "link" else self.linked).append(given["href"])


def read(markup):
    found = References()
    found.feed(markup)
    return found


def test_the_headline_is_the_choice_and_how_likely_it_is_right(folder):
    told = record(folder)
    name = next(one["name"] for one in told["options"] if one["key"] == told["chosen"]["key"])
    (headline,) = re.findall(r'<p class="headline">(.*?)</p>', page(folder))
    assert name in headline
    assert re.search(rf"{told['chosen']['p_right']:.0%}|more than 99%", headline)


def test_every_option_of_the_frontier_and_every_shipped_one_has_its_row(folder):
    told = record(folder)
    rows = {row[1].partition(" · ")[0]: row for row in rows_of(page(folder), "options")}
    wanted = {one["key"]: one for one in told["options"] if one["key"] in told["frontier"] or one["key"] == one["base"]}
    assert {one["name"] for one in wanted.values()} <= set(rows)
    for one in wanted.values():
        row = rows[one["name"]]
        assert row[2].startswith(f"{one['p_meets']:.0%} ({one['p_meets_low']:.0%} to {one['p_meets_high']:.0%})")
        mean = one["amounts"]["infections"]["mean"]
        assert float(re.match(r"[\d,.]+", row[3])[0].replace(",", "")) == pytest.approx(mean, rel=0.06)
        assert row[-1] == str(one["replicates"])


def test_rows_run_from_the_mildest_to_the_hardest(folder):
    desk = desk_of(read_told(folder), "en")
    days = [desk.told.mean(key, "restricted_days") for key in desk.numbered]
    assert days == sorted(days)
    assert list(desk.numbered.values()) == [str(number) for number in range(1, len(days) + 1)]


def test_regret_is_told_with_its_sign(folder):
    told = record(folder)
    days = told["runner_up"]["regret"]["restricted_days"]
    row = next(row for row in rows_of(page(folder), "runner-up") if row[0] == "Person-days under a restriction")
    assert row[1].startswith("\N{MINUS SIGN}") == (days["mean"] < 0)
    sure = days["mean_low"] > 0 or days["mean_high"] < 0
    assert (row[2] == "not told apart") == (not sure)


def test_unknowns_and_what_would_settle_them(folder):
    told = record(folder)
    rows = rows_of(page(folder, "zh-Hant"), "sensitivity")
    assert len(rows) == len(told["sensitivity"]) >= 5
    for row, one in zip(rows, told["sensitivity"], strict=True):
        assert (row[1] == "是") == one["changes"]
        assert row[-1] == (one["settled_by"] or {"zh-Hant": "–"})["zh-Hant"]


def test_for_every_area_what_leaving_it_out_saves_and_risks(folder):
    zones = pl.read_csv(folder / "zones.csv")
    rows = rows_of(page(folder), "zones")
    assert len(rows) == zones.height > 3
    for row in rows:
        mine = zones.row(by_predicate=pl.col("name") == row[0], named=True)
        assert row[-1] == f"{mine['p_meets']:.0%} instead of {mine['p_meets_whole']:.0%}"
        assert row[2].startswith("\N{MINUS SIGN}") == (mine["restricted_days"] < 0)


def test_who_bears_it_in_every_way_it_is_told(folder):
    told = pl.read_csv(folder / "bearers.csv", schema_overrides={"group": pl.String})
    drawn = re.findall(r'<figure id="fig-bearers-(\w+)"', page(folder))
    assert sorted(drawn) == sorted(told["by"].unique())
    assert "Not told" not in page(folder)


def test_a_goal_that_nothing_meets(hopeless):
    told = record(hopeless)
    shown = html_of(page_of(read_told(hopeless), "en"))
    assert told["chosen"] is None
    (headline,) = re.findall(r'<p class="headline">(.*?)</p>', shown)
    assert headline.startswith("No option meets the goal. Nearest to it: ")
    missing = told["infeasible"]["missing"][0]
    assert f"It misses the limit of 20 for infections: with probability {missing['probability']:.0%}" in shown
    mend = told["infeasible"]["mend"][0]
    assert re.search(r"It would be feasible with a limit of [\d,]+ for infections, by ", shown)
    assert f"need hold with probability {mend['probability']:.0%} only" in shown
    assert "没有方案能达到目标" in html_of(page_of(read_told(hopeless), "zh-Hans"))


def test_limits_that_must_give_way_together(hopeless, tmp_path):
    copy = shutil.copytree(hopeless, tmp_path / "out")
    told = record(copy)
    told["infeasible"]["missing"] = [
        {"event": "deaths", "limit": 0, "probability": 0.9, "reached": 3.0, "share": 0.1},
        {"event": "infections", "limit": 20, "probability": 0.9, "reached": 115.0, "share": 0.1},
    ]
    told["infeasible"]["mend"] = [
        {"event": event, "limit": None, "option": None, "probability": None, "option_by_probability": None}
        for event in ("deaths", "infections")
    ]
    rewrite(copy, told)
    shown = html_of(page_of(read_told(copy), "en"))
    assert "These together would: deaths, at most 3; infections, at most 120." in shown


def test_a_table_that_is_missing_is_named_with_what_that_hides(folder, spoilt):
    whole = text_of(page(folder))
    assert [name for name, hidden in HIDDEN.items() if hidden in whole] == []
    for name in HIDDEN:
        (spoilt / f"{name}.csv").unlink()
    write_choices(spoilt, ("en", "zh-Hans"))
    assert [name for name, hidden in HIDDEN.items() if hidden in text_of(page(spoilt))] == list(HIDDEN)
    assert set(read(page(spoilt)).linked) == {"options.csv", "scores.csv", "sensitivity.csv"}
    assert "未提供由谁承担" in page(spoilt, "zh-Hans")


def test_an_option_that_ran_away_has_no_mean_and_no_mark(folder, spoilt):
    told = record(spoilt)
    victim = next(one for one in told["options"] if one["key"] == "protect-the-old")
    victim |= {"amounts": {}, "gave_up": 2}
    rewrite(spoilt, told)
    write_choices(spoilt, ("en",))
    row = next(row for row in rows_of(page(spoilt), "options") if row[1].startswith(victim["name"]))
    assert set(row[3:-1]) == {"–"}
    assert "the epidemic ran away" in page(spoilt)
    assert "the epidemic ran away" not in page(folder)


def test_the_page_is_made_from_the_folder_alone(folder, tmp_path):
    moved = shutil.copytree(folder, tmp_path / "elsewhere")
    before = {lang: page(folder, lang) for lang in LANGUAGES}
    for lang in LANGUAGES:
        (moved / f"choice.{lang}.html").unlink()
    (moved / "plays.jsonl").unlink()
    paths = write_choices(moved)
    assert [path.name for path in paths] == [f"choice.{lang}.html" for lang in LANGUAGES]
    assert {lang: page(moved, lang) for lang in LANGUAGES} == before


def test_pages_in_other_languages_do_not_outlive_a_new_choice(spoilt):
    said = []
    write_choices(spoilt, ("zh-Hant",), progress=said.append)
    assert [path.name for path in spoilt.glob("*.html")] == ["choice.zh-Hant.html"]
    assert said == ["zh-Hant: page"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_asks_for_nothing_and_links_to_what_is_there(folder, lang):
    markup = page(folder, lang)
    found = read(markup)
    assert all(asked.startswith(("data:", "#")) for asked in found.asked), found.asked
    assert {"options.csv", "expected.csv", "bearers.csv", "zones.csv", "output_daily.csv"} <= set(found.linked)
    assert all((folder / link).exists() for link in found.linked)
    assert re.findall(r"url\((?!#|data:)[^)]*\)|@import|<script", markup) == []
    assert len(markup.encode()) < 1_500_000


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_can_be_heard(folder, lang):
    markup = page(folder, lang)
    found = read(markup)
    assert f'<html lang="{lang}">' in markup
    assert len(found.ids) == len(set(found.ids))
    assert set(found.labelled) <= set(found.ids)
    assert found.levels[0] == 1
    assert found.levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(found.levels, found.levels[1:], strict=False))
    for figure in re.findall(r"<figure.*?</figure>", markup, flags=re.DOTALL):
        assert re.search(r"<svg[^>]*role=\"img\"", figure)
        assert re.search(r"<title id=\"[^\"]+\">[^<]+</title><desc id=\"[^\"]+\">[^<]+</desc>", figure)
    headings = re.findall(r"<th\b[^>]*>(.*?)</th>", markup)
    assert headings
    assert all(text.strip() for text in headings)
    assert all("scope=" in heading for heading in re.findall(r"<th\b[^>]*>", markup))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_carries_a_glyph_for_every_character_it_shows(folder, lang):
    markup = page(folder, lang)
    (font,) = re.findall(r"url\(data:font/woff2;base64,([^)]*)\)", markup)
    known = TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap()
    shown = {letter for letter in text_of(markup) if not letter.isspace()}
    assert len(shown) > 60
    assert sorted(letter for letter in shown if ord(letter) not in known) == []


def numbers_in(svg):
    """Where each number beside a mark stands: number to (x, y), in points."""
    texts = re.findall(r'<text style="paint-order[^>]*? x="([\d.]+)" y="([\d.]+)"[^>]*>(\d+)</text>', svg)
    return {number: (float(x), float(y)) for x, y, number in texts}


def test_numbers_of_marks_that_stand_close_do_not_cover_each_other():
    crowd = [
        Spot(
            number=str(at + 1),
            kind="frontier" if at else "chosen",
            x=(50.0 + at, 52.0 + at, 54.0 + at),
            y=(20.0 - at % 3, 21.0 - at % 3, 22.0 - at % 3),
        )
        for at in range(12)
    ]
    far = Spot(number="", kind="other", x=(0.0, 100.0, 100.0), y=(0.0, 40.0, 40.0))
    svg = spots(
        [*crowd, far],
        [("chosen", "chosen"), ("frontier", "frontier")],
        Words(lang="en"),
        axes_labels=("x", "y"),
        name="crowd",
        title="t",
        alt="a",
    )
    places = numbers_in(svg)
    assert set(places) == {str(number) for number in range(1, 13)}
    pairs = [(one, other) for one in places for other in places if one < other]
    covering = [
        (one, other)
        for one, other in pairs
        if abs(places[one][0] - places[other][0]) < 3.5 and abs(places[one][1] - places[other][1]) < 5.5
    ]
    assert covering == []


def test_a_folder_without_a_choice(tmp_path):
    with pytest.raises(InvalidInput, match=r"1 problem\(s\) with the choice; no page was written") as told:
        write_choices(tmp_path)
    assert "holds no choice" in str(told.value.faults[0])
    assert list(tmp_path.iterdir()) == []


def test_everything_wrong_with_a_folder_is_told_at_once(spoilt):
    told = record(spoilt)
    told["frontier"].append("nobody")
    rewrite(spoilt, told)
    table = pl.read_csv(spoilt / "bearers.csv")
    table.drop("per_1000").write_csv(spoilt / "bearers.csv")
    before = page(spoilt)
    with pytest.raises(InvalidInput) as refused:
        write_choices(spoilt)
    faults = {(fault.file, fault.column) for fault in refused.value.faults}
    assert faults == {("choice.json", "frontier"), ("bearers.csv", "per_1000")}
    assert page(spoilt) == before


@pytest.fixture(scope="module")
def browser():
    """A browser of this machine, if there is one."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if found is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_opens_offline_at_every_width(browser, folder, lang, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    opened = context.new_page()
    said, asked = [], []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    address = (folder / f"choice.{lang}.html").as_uri()
    opened.goto(address)
    opened.wait_for_function("document.fonts.status === 'loaded'")
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [address]
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    # On a phone the smallest text of a picture is no smaller than 9 pixels.
    smallest = opened.evaluate(
        """Math.min(...[...document.querySelectorAll('#frontier svg text')].map(
            one => one.getBoundingClientRect().height))"""
    )
    assert smallest >= 9
    context.close()
