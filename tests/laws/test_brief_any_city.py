"""A brief can be made of any city: whatever is missing is said, and nothing is drawn empty."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import jsonschema
import pytest

from seawall.brief import find, say
from seawall.brief.html import write_html
from seawall.brief.pdf import write_pdf
from seawall.brief.record import schema, write_record
from seawall.brief.write import csv_of
from seawall.city import read_city
from seawall.watch.assess import assess
from seawall.zones import draw_zones, load_rules, see

START = date(2022, 3, 1)
AREAS = "area_id,parent_id,level,name,name_zh,population,lon,lat\n"
CITY = "1,,city,Two Rivers,双河市,200000,121.4,31.2\n"
EAST = "11,1,district,East,东区,120000,121.5,31.2\n"
WEST = "12,1,district,West,西区,80000,121.3,31.2\n"


def counts(*rows):
    return "date,area_id,event,count\n" + "".join(f"{day},{area},{event},{n}\n" for day, area, event, n in rows)


def days(series, area="11", event="reports"):
    return [(START + timedelta(days=d), area, event, n) for d, n in enumerate(series) if n is not None]


def cases(*lines, header="case_id,area_id,report_date"):
    return header + "\n" + "".join(f"{line}\n" for line in lines)


GROWING = [round(2 * 1.12**day) for day in range(40)]

FOLDERS = {
    "totals of the city alone": {"areas": AREAS + CITY, "counts": counts(*days(GROWING, "1"))},
    "two districts, one of them late": {
        "areas": AREAS + CITY + EAST + WEST,
        "counts": counts(*days(GROWING), *days([*GROWING[:-1], None], "12")),
    },
    "nobody infected": {"areas": AREAS + CITY + EAST + WEST, "counts": counts(*days([0] * 40), *days([0] * 40, "12"))},
    "one day": {"areas": AREAS + CITY + EAST, "counts": counts(*days([3]))},
    "gaps": {"areas": AREAS + CITY + EAST, "counts": counts(*days([n if n % 3 else None for n in GROWING]))},
    "one case": {"areas": AREAS + CITY + EAST, "cases": cases("a,11,2022-03-05")},
    "names and shapes of nothing": {
        "areas": "area_id,parent_id,level,name\n1,,city,Somewhere\n11,1,district,East\n",
        "cases": cases(*(f"{n},11,{START + timedelta(days=n % 30)}" for n in range(200))),
    },
    "all columns of a line list": {
        "areas": AREAS + CITY + EAST + WEST,
        "cases": cases(
            *(
                f"{n},{11 + n % 2},{START + timedelta(days=n % 30)},{START + timedelta(days=n % 30 + 1)},"
                f"{START + timedelta(days=n % 30 + 2)},{START + timedelta(days=n % 30 + 2)},"
                f"{START + timedelta(days=n % 30 + 3)},{'true' if n % 3 else 'false'},local"
                for n in range(400)
            ),
            header="case_id,area_id,onset_date,specimen_date,report_date,isolation_date,admission_date,in_control,origin",
        ),
    },
    "hundreds a day, a name with markup in it": {
        "areas": AREAS + '1,,city,"<b>R&D</b> #show: {x} \\\\ City",市,200000,121.4,31.2\n' + EAST,
        "counts": counts(*days([n * 100 for n in GROWING])),
    },
}


@pytest.fixture(params=FOLDERS, ids=list(FOLDERS))
def findings(request, tmp_path):
    (tmp_path / "city.toml").write_text('name = "Two Rivers"\nname_zh = "双河市"\n')
    for name, text in FOLDERS[request.param].items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    city = read_city(tmp_path)
    situation = assess(city)
    seen, before = see(city, situation.on), see(city, situation.on - timedelta(days=1))
    rules = [load_rules(name) for name in ("china-9th", "ecdc-2022-02")]
    return find(city, situation, [draw_zones(seen, each) for each in rules], earlier=[draw_zones(before, rules[0])])


def test_a_brief_of_any_city(findings):
    brief = say(findings, "en")
    tables = {name: csv_of(table) for name, table in findings.tables.items()}
    record = json.loads(write_record([brief], tables))
    jsonschema.validate(record, schema())
    assert write_pdf(brief, standards=["ua-1"]).startswith(b"%PDF")
    for sentence in record["sentences"]:
        assert not re.search(r"\bnan\b|\binf\b|\bNone\b(?! of)|[{}]", sentence["text"]["en"]), sentence
    for estimate in record["estimates"]:
        assert estimate["interval"]["low"] <= estimate["value"] <= estimate["interval"]["high"], estimate


def test_a_name_no_font_holds_is_no_reason_to_fail(tmp_path, recwarn):
    (tmp_path / "city.toml").write_text('name = "Two Rivers"\n', encoding="utf-8")
    (tmp_path / "areas.csv").write_text(AREAS + CITY + EAST.replace("East", "East 🦠"), encoding="utf-8")
    (tmp_path / "counts.csv").write_text(counts(*days(GROWING)), encoding="utf-8")
    city = read_city(tmp_path)
    brief = say(find(city, assess(city), []), "en")
    assert "East 🦠" in write_html(brief)
    assert write_pdf(brief).startswith(b"%PDF")
    assert not recwarn.list


def test_nothing_is_said_without_a_map_drawn(tmp_path):
    (tmp_path / "city.toml").write_text('name = "Two Rivers"\n')
    for name, text in FOLDERS["two districts, one of them late"].items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    city = read_city(tmp_path)
    brief = say(find(city, assess(city), []), "zh-Hant")
    assert brief.front.rules is None
    assert "zones" not in {section.name for section in brief.sections}
