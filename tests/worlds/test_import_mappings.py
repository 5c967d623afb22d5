"""Every kind of fault in a mapping that we know of, each with the exact words in which it is refused."""

from __future__ import annotations

import pytest

from seawall.city.importing import read_mapping
from seawall.core import InvalidInput

WHOLE = """
[city]
name = "Harbour"
name_zh = "港城"

[areas]
files = "areas*.xlsx"
sheet = 2
header_row = 3
auto = true

[cases]
files = ["cases*.csv", "linelist*"]
encoding = "gb18030"
separator = ";"
dates = "dmy"
year = 2022
repeats = "last"
where = { "城市" = ["港城", "Harbour"] }
[cases.columns]
case_id = { join = ["区", "编号"], separator = "/" }
area_id = { from = ["街道", "小区"], within = "区", level = "subdistrict", else = "within" }
report_date = "报告日期"
onset_date = { from = "发病", dates = "mdy" }
origin = { value = "local" }
sex = { from = "性别", codes = { "雄" = "male" }, default = "unknown" }

[[counts]]
decimal_comma = true
[counts.columns]
area_id = "区"
event = { value = "reports" }
[counts.wide]
columns = "dates"
into = "date"
value = "count"

[[counts]]
[counts.columns]
date = "日期"
area_id = "区"
event = { value = "deaths" }
count = { from = "累计", scale = 10000 }
[counts.cumulative]
column = "count"
negative = "zero"
first = "keep"
"""


def test_a_whole_mapping_says_what_it_says(tmp_path):
    (tmp_path / "whole.toml").write_text(WHOLE, encoding="utf-8")
    mapping = read_mapping(tmp_path / "whole.toml")
    assert mapping.city == {"name": "Harbour", "name_zh": "港城"}
    areas, first, second, cases = mapping.tables
    assert (areas.table, areas.sheet, areas.header_row, areas.auto) == ("areas", 2, 3, True)
    assert (areas.fits("areas-2022.xlsx"), areas.fits("cases.csv")) == (True, False)
    assert first.wide is not None
    assert (first.wide.columns, first.wide.into, first.wide.value) == (None, "date", "count")
    assert first.decimal_comma
    assert second.cumulative is not None
    assert (second.cumulative.negative, second.cumulative.first) == ("zero", "keep")
    assert second.columns["count"].scale == 10000
    assert (cases.dates, cases.year, cases.repeats, cases.encoding, cases.separator) == (
        "dmy",
        2022,
        "last",
        "gb18030",
        ";",
    )
    assert cases.where == {"城市": ("港城", "Harbour")}
    assert cases.columns["case_id"].join == ("区", "编号")
    assert cases.columns["area_id"].sources == ("街道", "小区")
    assert (cases.columns["area_id"].within, cases.columns["area_id"].fallback) == ("区", True)
    assert cases.columns["onset_date"].dates == "mdy"
    assert cases.columns["sex"].codes == {"雄": "male"}


CASES = "[cases.columns]\ncase_id = 'id'\narea_id = 'area'\n"
COUNTS = "[counts.columns]\ndate = 'day'\narea_id = 'area'\nevent = 'what'\ncount = 'n'\n"

FAULTS = {
    "not TOML": (
        "[cases\n",
        [
            (
                None,
                "it is not TOML (Expected ']' at the end of a table declaration (at line 1, column 7))",
                "Correct that line",
            )
        ],
    ),
    "nothing in it": ("", [(None, "it fills no table", "Add a section named for a table, such as [cases]")]),
    "an unknown table": (
        "[case]\n" + CASES,
        [("case", '"case" is not understood here', "Did you mean cases")],
    ),
    "an unknown setting": (
        "[cases]\ndate = 'dmy'\n" + CASES,
        [("cases.date", '"date" is not understood here', "Did you mean dates")],
    ),
    "a table that is no section": (
        "cases = 3\n",
        [("cases", "it is not a section", "Write [cases] and its settings below")],
    ),
    "no columns": ("[cases]\n", [("cases", "it says nothing of columns", "Add [cases.columns], or auto = true")]),
    "an unknown column": (
        CASES + "onset = 'x'\n",
        [("cases.columns.onset", '"onset" is not understood here', "Did you mean onset_date")],
    ),
    "a needed column that nothing fills": (
        "[cases.columns]\ncase_id = 'id'\n",
        [
            (
                "cases.columns",
                "nothing fills area_id, which every row needs (Area of residence, as fine as is known)",
                'Add area_id = "the header it comes under", or area_id = { value = "..." }',
            )
        ],
    ),
    "a column that is no header": (
        CASES + "age = 3\n",
        [("cases.columns.age", "3 is not a header", 'Write the header in quotation marks, or { from = "..." }')],
    ),
    "two origins": (
        CASES + "age = { from = 'a', value = 3 }\n",
        [("cases.columns.age", "it says from and value", "Say exactly one of: from, join, value")],
    ),
    "no origin": (
        CASES + "age = { default = 3 }\n",
        [("cases.columns.age", "it says neither from, join nor value", "Say exactly one of: from, join, value")],
    ),
    "an unknown setting of a column": (
        CASES + "age = { form = 'a' }\n",
        [
            ("cases.columns.age.form", '"form" is not understood here', "Did you mean from"),
            ("cases.columns.age", "it says neither from, join nor value", "Say exactly one of: from, join, value"),
        ],
    ),
    "dates of something that is none": (
        CASES + "age = { from = 'a', dates = 'dmy' }\n",
        [("cases.columns.age.dates", "age does not hold dates", "Leave dates out")],
    ),
    "a scale of something that is no number": (
        CASES + "sex = { from = 'a', scale = 10 }\n",
        [("cases.columns.sex.scale", "sex does not hold numbers", "Leave scale out")],
    ),
    "a wider area of something that is none": (
        CASES + "sex = { from = 'a', within = 'b' }\n",
        [("cases.columns.sex.within", "sex does not name an area", "Leave within out")],
    ),
    "else without within": (
        "[cases.columns]\ncase_id = 'id'\narea_id = { from = 'a', else = 'within' }\n",
        [("cases.columns.area_id.else", "it needs within", "Name the header of the wider area with within")],
    ),
    "an order of dates that is none": (
        "[cases]\ndates = 'dd/mm/yyyy'\n" + CASES,
        [("cases.dates", "'dd/mm/yyyy' is not one of ymd, dmy, mdy", "Write one of ymd, dmy, mdy")],
    ),
    "an encoding that is none": (
        "[cases]\nencoding = 'utf-99'\n" + CASES,
        [
            (
                "cases.encoding",
                "'utf-99' is not an encoding, such as gb18030 or big5",
                "Write an encoding, such as gb18030 or big5",
            )
        ],
    ),
    "a separator of two characters": (
        "[cases]\nseparator = '||'\n" + CASES,
        [("cases.separator", "'||' is not one character, such as ; or \\t", "Write one character, such as ; or \\t")],
    ),
    "a header row before the first": (
        "[cases]\nheader_row = 0\n" + CASES,
        [("cases.header_row", "0 is not a row number from 1", "Write a row number from 1")],
    ),
    "an unknown way with repeats": (
        "[cases]\nrepeats = 'first'\n" + CASES,
        [("cases.repeats", "'first' is not reject, last or sum", "Write reject, last or sum")],
    ),
    "cells of where that are none": (
        "[cases]\nwhere = { a = [] }\n" + CASES,
        [("cases.where.a", "[] is not a cell or a list of cells", "Write the cell as text")],
    ),
    "a wide section without its columns": (
        COUNTS + "[counts.wide]\ninto = 'day'\n",
        [
            (
                "counts.wide.columns",
                "None says of no columns what they mean",
                'Write "dates", a list of headers, or a section such as { "确诊" = "reports" }',
            ),
            ("counts.wide.value", "it is missing", "Name the column of counts that is filled"),
            ("counts.wide.into", "'day' is not a column of counts", "Write a column of counts"),
        ],
    ),
    "running totals of nothing": (
        COUNTS + "[counts.cumulative]\nnegative = 'nought'\n",
        [
            ("counts.cumulative.column", "it is missing", "Name the number that is a running total: count"),
            ("counts.cumulative.negative", "'nought' is not reject or zero", "Write reject or zero"),
        ],
    ),
    "running totals in a table without days": (
        CASES + "[cases.cumulative]\ncolumn = 'age'\n",
        [("cases.cumulative", "cases has no row a day", "Leave cumulative out")],
    ),
    "the second of two parts": (
        "[[counts]]\n[counts.columns]\ndate = 'd'\narea_id = 'a'\nevent = 'e'\ncount = 'n'\n[[counts]]\nauto = 'yes'\n",
        [
            ("counts[2].auto", "'yes' is not true or false", "Write true or false"),
            ("counts[2]", "it says nothing of columns", "Add [counts[2].columns], or auto = true"),
        ],
    ),
    "a city without a name, with a list": (
        "[city]\nsynthetic = 'no'\nwards = [1]\n" + CASES,
        [
            ("city.name", "the city has no name", 'Add a line: name = "Your City"'),
            (
                "city.synthetic",
                "synthetic is 'no', not true or false",
                "Correct it (Whether its people are made up; said on every page of a brief)",
            ),
            (
                "city.wards",
                "[1] cannot be written to city.toml",
                "Write text, a number, true or false, or a section of these",
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_mapping_with_faults_is_refused_in_these_words(tmp_path, name):
    text, faults = FAULTS[name]
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"The mapping m.toml cannot be used; nothing was loaded") as refusal:
        read_mapping(tmp_path / "m.toml")
    assert [(fault.column, fault.problem, fault.mend) for fault in refusal.value.faults] == faults
    assert {fault.file for fault in refusal.value.faults} == {"m.toml"}


def test_there_are_twenty_kinds_and_more():
    assert len(FAULTS) >= 20


@pytest.mark.parametrize(
    ("source", "problem", "mend"),
    [
        ("none.toml", "there is no such file", "Check the path, or try auto:cases, which knows the usual headers"),
        ("auto:case", '"case" is not a table', "Did you mean auto:cases"),
    ],
)
def test_a_mapping_that_is_not_there(source, problem, mend):
    with pytest.raises(InvalidInput) as refusal:
        read_mapping(source)
    assert [(fault.problem, fault.mend) for fault in refusal.value.faults] == [(problem, mend)]
