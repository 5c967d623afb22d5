"""The morning brief, end to end: a city folder goes in, a page, a PDF, JSON and tables come out."""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import io
import json
import re
import shutil
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import polars as pl
import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from seawall.brief import LANGUAGES, find, make_brief, say, write_briefs
from seawall.brief.html import text_of
from seawall.brief.pdf import write_pdf
from seawall.brief.record import schema
from seawall.city import read_city
from seawall.city.example import write_example
from seawall.cli.app import run
from seawall.watch.assess import assess
from seawall.zones import draw_zones, load_rules, see

ON = date(2025, 3, 24)
RULES = ("china-9th", "ecdc-2022-02")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    root = tmp_path_factory.mktemp("brief") / "harbour"
    write_example(root, residents=40_000, seed=3, days=80)
    return root


@pytest.fixture(scope="module")
def written(city, tmp_path_factory):
    """The brief in all languages, by the command."""
    folder = tmp_path_factory.mktemp("written") / "out"
    rules = [argument for name in RULES for argument in ("--rules", name)]
    assert run(["brief", str(city), "--on", str(ON), "--lang", "all", *rules, "-o", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def findings(city):
    opened = read_city(city)
    situation = assess(opened, ON)
    seen = see(opened, ON)
    before = see(opened, ON - timedelta(days=1))
    maps = [draw_zones(seen, load_rules(name)) for name in RULES]
    return find(opened, situation, maps, earlier=[draw_zones(before, load_rules(RULES[0]))])


@pytest.fixture(scope="module")
def record(written):
    return json.loads((written / "brief.json").read_text(encoding="utf-8"))


def page_of(written, lang):
    return (written / f"brief.{lang}.html").read_text(encoding="utf-8")


def table_of(written, name):
    with (written / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_every_file_is_there_and_nothing_else(written, record):
    expected = {f"brief.{lang}.{suffix}" for lang in LANGUAGES for suffix in ("html", "pdf")}
    assert {path.name for path in written.iterdir()} == expected | {"brief.json", "tables"}
    assert {path.name for path in (written / "tables").iterdir()} == {f"{t['name']}.csv" for t in record["tables"]}


def test_the_json_keeps_to_its_schema(record):
    validator = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(record)] == []
    assert record["on"] == str(ON)
    assert record["languages"] == list(LANGUAGES)
    assert len(record["estimates"]) > 50


@pytest.mark.parametrize("left_out", ["interval", "data_date", "completeness", "table"])
def test_no_estimate_passes_without_its_interval_data_date_and_completeness(record, left_out):
    spoilt = json.loads(json.dumps(record))
    del spoilt["estimates"][0][left_out]
    with pytest.raises(jsonschema.ValidationError, match=left_out):
        jsonschema.validate(spoilt, schema())


def test_every_estimate_is_the_number_in_its_table(written, record):
    for estimate in record["estimates"]:
        rows = table_of(written, estimate["table"])
        cells = dict(zip(rows[0], rows[estimate["row"] - 1], strict=True))
        stated = [float(cells[column]) for column in estimate["columns"]]
        given = [estimate["value"], estimate["interval"]["low"], estimate["interval"]["high"]]
        assert stated == pytest.approx(given, rel=1e-12), estimate["quantity"]
        assert given[1] <= given[0] <= given[2], estimate["quantity"]


def test_every_sentence_leads_to_rows_that_are_there(written, record):
    said = [sentence for sentence in record["sentences"] if sentence["rows"]]
    assert len(said) > 10
    for sentence in said:
        rows = table_of(written, sentence["table"])
        assert all(2 <= row <= len(rows) for row in sentence["rows"]), sentence["code"]


def test_a_sentence_says_what_its_row_says(written, record):
    (today,) = [s for s in record["sentences"] if s["part"] == "headline" and s["code"].startswith("reports_")]
    rows = table_of(written, "headline")
    cells = dict(zip(rows[0], rows[today["rows"][0] - 1], strict=True))
    assert cells["event"] == "reports"
    assert float(cells["today"]) == today["facts"]["today"]
    assert f"{float(cells['today']):,.0f}" in today["text"]["en"]


def test_the_tables_are_those_the_json_describes(written, record):
    for table in record["tables"]:
        content = (written / table["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == table["sha256"]
        rows = table_of(written, table["name"])
        assert rows[0] == table["columns"]
        assert len(rows) - 1 == table["rows"]


def test_what_the_rules_restrict_is_a_recount(written, record):
    rows = table_of(written, "zone_totals")
    for rules in record["rules"]:
        mine = [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row[0] == rules["rules"]]
        held = [row for row in mine if row["restricts"] == "true"]
        assert rules["residents"] == sum(int(row["residents"] or 0) for row in held)
        assert rules["person_days"] == sum(int(row["person_days"] or 0) for row in held)


class References(HTMLParser):
    """What a page asks for, and what it links to."""

    def __init__(self):
        super().__init__()
        self.asked, self.linked, self.ids, self.labelled = [], [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.labelled += given.get("aria-labelledby", "").split()
        for name in ("src", "srcset", "data", "poster", "action", "xlink:href"):
            if name in given:
                self.asked.append(given[name])
        if "href" in given:
            (self.asked if tag == "link" else self.linked).append(given["href"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_asks_for_nothing(written, lang):
    page = page_of(written, lang)
    found = References()
    found.feed(page)
    assert all(asked.startswith(("data:", "#")) for asked in found.asked), found.asked
    assert all(re.match(r"#|tables/[a-z_]+\.csv$", link) for link in found.linked), found.linked
    assert {link for link in found.linked if link.startswith("tables/")}
    assert all((written / link).exists() for link in found.linked if link.startswith("tables/"))
    assert re.findall(r"url\((?!#|data:)[^)]*\)|@import", page) == []
    assert "<script" not in page
    assert len(page.encode()) < 3_000_000


@pytest.mark.parametrize("lang", LANGUAGES)
def test_ids_are_unique_and_everything_named_is_there(written, lang):
    found = References()
    found.feed(page_of(written, lang))
    assert len(found.ids) == len(set(found.ids))
    assert set(found.labelled) <= set(found.ids)
    assert {link[1:] for link in found.linked if link.startswith("#")} <= set(found.ids)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_carries_a_glyph_for_every_character_it_shows(written, lang):
    page = page_of(written, lang)
    (font,) = re.findall(r"url\(data:font/woff2;base64,([^)]*)\)", page)
    woff2 = base64.b64decode(font)
    assert len(woff2) < 300_000
    known = TTFont(io.BytesIO(woff2)).getBestCmap()
    shown = {letter for letter in text_of(page) if not letter.isspace()}
    assert len(shown) > 60
    assert sorted(letter for letter in shown if ord(letter) not in known) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_where_it_stands(written, record, lang):
    page = page_of(written, lang)
    assert f'<html lang="{lang}">' in page
    assert page.count("<h1>") == 1
    drawn = re.findall(r"<figure.*?</figure>", page, flags=re.DOTALL)
    assert len(drawn) >= 8
    n = record["completeness"]["areas_expected"]
    stamp = {
        "en": f"Data to 24 March 2025; {n} of {n} districts reported.",
        "zh-Hans": f"数据截至2025年3月24日；{n}个区中有{n}个已报告。",
        "zh-Hant": f"資料截至2025年3月24日；{n}個區中有{n}個已報告。",
    }[lang]
    for figure in drawn:
        assert stamp in figure, "a figure without its data date and completeness"
        assert re.search(r"<svg[^>]*role=\"img\"", figure)
        assert re.search(r"<title id=\"[^\"]+\">[^<]+</title><desc id=\"[^\"]+\">[^<]+</desc>", figure)
        assert 'class="trace"' in figure
    warning = {"en": "SYNTHETIC", "zh-Hans": "合成数据", "zh-Hant": "合成資料"}[lang]
    assert warning in page


def test_estimates_on_the_page_stand_beside_their_intervals(written):
    page = page_of(written, "en")
    cards = re.findall(r'<dd class="value">([^<]*)</dd><dd class="detail">([^<]*)</dd>', page)
    assert len(cards) == 4
    for _, detail in cards[1:]:
        assert re.search(r"95%", detail), detail
    panels = re.findall(r'<div class="panel">.*?</div>', page, flags=re.DOTALL)
    assert len(panels) == 4
    assert all("95% interval" in panel or "not known" in panel for panel in panels)


def test_headings_of_tables_have_a_scope(written):
    for lang in LANGUAGES:
        headings = re.findall(r"<th\b[^>]*>", page_of(written, lang))
        assert headings
        assert all('scope="col"' in heading or 'scope="row"' in heading for heading in headings)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_is_set_in_the_package_s_font_alone(written, lang):
    reader = PdfReader(written / f"brief.{lang}.pdf")
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all("NotoSansCJK" in name for name in fonts), fonts
    assert len(reader.pages) >= 4
    first = reader.pages[0].extract_text()
    heading = {"en": "The four earlies", "zh-Hans": "四早", "zh-Hant": "四早"}[lang]
    assert heading in first
    second = reader.pages[1].extract_text()
    title = {"en": "The curve and how", "zh-Hans": "疫情曲线", "zh-Hant": "疫情曲線"}[lang]
    assert title in second[:200], "page one is one page, and the detail begins on the second"


def test_the_pdf_meets_the_standard_for_accessibility(findings):
    # PDF/UA refuses a figure without alternative text and a character without a glyph.
    for lang in LANGUAGES:
        assert write_pdf(say(findings, lang), standards=["ua-1"]).startswith(b"%PDF")


@pytest.fixture(scope="module")
def again(city, tmp_path_factory):
    """The English brief once more, and what the command said."""
    folder = tmp_path_factory.mktemp("again") / "out"
    rules = [argument for name in RULES for argument in ("--rules", name)]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        assert run(["brief", str(city), "--on", str(ON), *rules, "-o", str(folder)]) == 0
    return folder, out.getvalue(), err.getvalue()


def test_the_same_city_and_seed_give_the_same_bytes(written, again):
    folder, *_ = again
    for suffix in ("html", "pdf"):
        assert (folder / f"brief.{suffix}").read_bytes() == (written / f"brief.en.{suffix}").read_bytes()
    tables = sorted(path.name for path in (written / "tables").iterdir())
    assert tables == sorted(path.name for path in (folder / "tables").iterdir())
    assert all((folder / "tables" / n).read_bytes() == (written / "tables" / n).read_bytes() for n in tables)


def test_command_and_library_say_the_same(findings, record):
    brief = make_brief(findings.city, findings.situation, findings.maps, "en", earlier=())
    assert brief.headline_text == record["headline"]["en"]


def test_one_language_has_plain_names_and_leaves_no_old_page(findings, tmp_path):
    for name in ("brief.en.html", "brief.zh-Hant.pdf", "notes.txt"):
        (tmp_path / name).write_text("old")
    write_briefs([say(findings, "zh-Hans")], tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "brief.html",
        "brief.pdf",
        "brief.json",
        "tables",
        "notes.txt",
    }


def test_what_the_command_says(again):
    folder, out, err = again
    assert err == ""
    first, second = out.splitlines()
    assert "24 March 2025" in first
    assert "reported" in first
    assert str(folder / "brief.html") in second


def test_what_the_command_says_to_machines_of_another_day(city, record, tmp_path, capsys):
    arguments = [
        "brief",
        str(city),
        "--on",
        "2025-03-10",
        "--rules",
        "china-9th",
        "-o",
        str(tmp_path / "out"),
        "--json",
    ]
    assert run(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["on"] == "2025-03-10"
    assert told["headline"] != record["headline"]["en"]
    assert all(Path(name).exists() for name in told["files"])
    assert json.loads((tmp_path / "out" / "brief.json").read_text(encoding="utf-8"))["on"] == "2025-03-10"


@pytest.mark.parametrize(
    "case",
    [
        (["--on", "2024-01-01"], 1, "There is nothing to assess on 2024-01-01."),
        (["--on", "2030-01-01"], 1, "its reports run from 2025-02-01 to 2025-04-21. Give a day in between with --on."),
        (["--on", "2025-13-01"], 2, "--on"),
        (["--lang", "fr"], 2, "--lang"),
        (["--rules", "china-99th"], 1, "no brief was made"),
        (["--rules", "nothing", "--rules", "no-such"], 1, "2 problem(s) with the rule sets"),
        (["--seed", "x"], 2, "--seed"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(city, tmp_path, capsys, case):
    arguments, status, message = case
    assert run(["brief", str(city), "-o", str(tmp_path / "out"), *arguments]) == status
    said = capsys.readouterr()
    assert message in " ".join((said.err + said.out).split())
    assert not (tmp_path / "out").exists()


def test_a_folder_with_faults_tells_every_one(city, tmp_path, capsys):
    spoilt = tmp_path / "spoilt"
    shutil.copytree(city, spoilt)
    path = next(spoilt.glob("cases.*"))
    cases = pl.read_csv(path, infer_schema=False)
    path.write_text(
        cases.with_columns(
            report_date=pl.when(pl.int_range(pl.len()) == 3).then(pl.lit("2025-13-02")).otherwise("report_date"),
            area_id=pl.when(pl.int_range(pl.len()) == 5).then(pl.lit("nowhere")).otherwise("area_id"),
        ).write_csv()
    )
    assert run(["brief", str(spoilt), "-o", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "row 5" in told
    assert "2025-13-02" in told
    assert "row 7" in told
    assert "nowhere" in told
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_to(city, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    arguments = ["brief", str(city), "--on", str(ON), "--rules", "china-9th", "-o", str(tmp_path / "file" / "out")]
    assert run(arguments) == 1
    assert "Give another folder with -o, or make room." in capsys.readouterr().err


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


@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_opens_offline_without_a_word(browser, written, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((written / "brief.zh-Hans.html").as_uri())
    page.wait_for_function("document.fonts.status === 'loaded'")
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [(written / "brief.zh-Hans.html").as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.fonts].every(font => font.status === 'loaded')")
    context.close()
