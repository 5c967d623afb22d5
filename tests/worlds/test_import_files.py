"""Foreign files of every kind brought into a small city: what comes out is worked out by hand."""

from __future__ import annotations

import gzip
import io
import json
from datetime import date, datetime

import polars as pl
import pytest
import xlsxwriter

from seawall.city import check_city, read_city
from seawall.city.importing import Rejected, import_files
from seawall.core import InvalidInput

AREAS = (
    "area_id,parent_id,level,name,name_zh,population\n"
    "C,,city,Harbour,港城,900\n"
    "D1,C,district,North,北区,300\nD2,C,district,South,南区,600\n"
    "S1,D1,subdistrict,North Quay,码头街道,100\nS2,D1,subdistrict,Hill,长宁街道,200\n"
    "S3,D2,subdistrict,South Hill,长宁街道,600\n"
)


@pytest.fixture
def city(tmp_path):
    root = tmp_path / "city"
    root.mkdir()
    (root / "city.toml").write_text('name = "Harbour"\n', encoding="utf-8")
    (root / "areas.csv").write_text(AREAS, encoding="utf-8")
    return root


def bring(city, content, mapping, name="file.csv", **options):
    """Write a file and, unless it names one that knows its headers, a mapping; import."""
    path = city.parent / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    if not mapping.startswith("auto:"):
        (city.parent / "mapping.toml").write_text(mapping, encoding="utf-8")
        mapping = city.parent / "mapping.toml"
    return import_files(mapping, [path], city, **options)


def table(city, name="cases"):
    return read_city(city).scan(name).collect()


def rows(city, *columns, name="cases"):
    return table(city, name).select(columns).rows()


def sums(receipt):
    return tuple(receipt.total(what) for what in ("read", "loaded", "merged", "rejected"))


def rejects(receipt):
    return [(r["row"], r["column"], r["reason"], r["mend"]) for file in receipt.files for r in file.rejected_rows()]


CASES = "[cases.columns]\ncase_id = 'id'\narea_id = 'area'\nreport_date = 'day'\n"
COUNTS = "[counts.columns]\ndate = 'day'\narea_id = 'area'\nevent = { value = 'reports' }\ncount = 'n'\n"


# How dates are written


@pytest.mark.parametrize(
    "written",
    [
        "2022-03-05",
        "2022/3/5",
        "2022.3.5",
        "2022年3月5日",
        "２０２２年３月５日",
        "2022年3月5号",
        "20220305",
        "44625",
        "44625.75",
        "2022-03-05 14:30:00",
        "2022-03-05T14:30:00Z",
        "2022/3/5 8:05",
        "5 March 2022",
        "5-Mar-22",
        "Mar 5, 2022",
        " 2022-3-5 ",
        "2022年3月5日10时",
    ],
)
def test_a_date_in_any_common_form(city, written):
    receipt = bring(city, f'id,area,day\na,D1,"{written}"\n', CASES)
    assert sums(receipt) == (1, 1, 0, 0)
    assert rows(city, "report_date") == [(date(2022, 3, 5),)]


@pytest.mark.parametrize(
    ("order", "written"),
    [
        ("dmy", "5/3/2022"),
        ("dmy", "05.03.22"),
        ("mdy", "3/5/22"),
        ("mdy", "03-05-2022"),
        ("ymd", "22-3-5"),
        ("dmy", "2022-03-05"),
    ],
)
def test_a_date_with_the_year_last_as_the_mapping_says(city, order, written):
    bring(city, f"id,area,day\na,D1,{written}\n", f"[cases]\ndates = '{order}'\n{CASES}")
    assert rows(city, "report_date") == [(date(2022, 3, 5),)]


def test_a_date_that_may_be_read_in_two_ways_is_rejected_with_the_mend(city):
    receipt = bring(city, "id,area,day\na,D1,05/03/2022\nb,D1,2022-03-05\n", CASES)
    assert sums(receipt) == (2, 1, 0, 1)
    assert rejects(receipt) == [
        (
            2,
            "day",
            '"05/03/2022" may be day and month or month and day; the mapping does not say',
            'Say how dates are written: dates = "dmy", or dates = "mdy", in the mapping',
        )
    ]


def test_a_date_without_a_year_takes_the_mapping_s(city):
    bring(city, "id,area,day\na,D1,3月5日\n", CASES.replace("'day'", "{ from = 'day', year = 2022 }"))
    assert rows(city, "report_date") == [(date(2022, 3, 5),)]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2022-13-05", '"2022-13-05" is no day of the calendar'),
        ("2022年2月30日", '"2022年2月30日" is no day of the calendar'),
        ("soon", '"soon" is not a date (year-month-day)'),
        ("99999", '"99999" is not a date (year-month-day)'),
        ("1822-03-05", '"1822-03-05" is before 1900'),
    ],
)
def test_a_cell_that_is_no_date(city, written, reason):
    receipt = bring(city, f"id,area,day\na,D1,{written}\n", CASES)
    assert [said for _, _, said, _ in rejects(receipt)] == [reason]


# Numbers, ages, yes and no, codes


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1,234", 1234),
        ("１２", 12),
        ("2.5万", 25000),
        ("12例", 12),
        ("1 234", 1234),
        ("7.0", 7),
        ("0", 0),
        ("1,234,567", 1234567),
    ],
)
def test_a_number_in_any_common_form(city, written, read):
    bring(city, f'day,area,n\n2022-03-05,D1,"{written}"\n', COUNTS)
    assert rows(city, "count", name="counts") == [(read,)]


def test_units_and_decimal_commas(city):
    mapping = COUNTS.replace("'n'", "{ from = 'n', scale = 10000 }").replace(
        "[counts.columns]", "[counts]\ndecimal_comma = true\n[counts.columns]"
    )
    bring(city, "day;area;n\n2022-03-05;D1;1,25\n2022-03-06;D1;1.000\n", mapping)
    assert rows(city, "count", name="counts") == [(12500,), (10_000_000,)]


@pytest.mark.parametrize(
    ("written", "age"),
    [
        ("45", 45),
        ("45岁", 45),
        ("3个月", 0.25),
        ("1岁6个月", 1.5),
        ("85+", 85),
        ("50s", 55),
        ("0s", 5),
        ("?", None),
        ("10-19", 15),
        ("90岁以上", 90),
        ("18 months", 1.5),
    ],
)
def test_an_age_in_any_common_form(city, written, age):
    bring(city, f"id,area,day,age\na,D1,2022-03-05,{written}\n", CASES + "age = 'age'\n")
    assert rows(city, "age") == [(age,)]


def test_codes_in_three_scripts_and_as_the_mapping_says(city):
    receipt = bring(
        city,
        "病例编号,区,报告日期,性别,转归,是否管控,诊断类型\n"
        "a,D1,2022-03-05,男,治愈,是,无症状感染者\nb,D1,2022-03-05,F,Death,0,確診\nc,D1,2022-03-05,不详,转院,否,疑似\n",
        "[cases]\nauto = true\n[cases.columns]\noutcome = { from = '转归', codes = { '转院' = 'ill' } }\n",
    )
    assert sums(receipt) == (3, 3, 0, 0)
    assert rows(city, "sex", "outcome", "in_control", "classification") == [
        ("male", "recovered", True, "asymptomatic"),
        ("female", "died", False, "confirmed"),
        ("unknown", "ill", False, "suspected"),
    ]


def test_a_code_nobody_knows_says_what_to_add_to_the_mapping(city):
    receipt = bring(city, "id,area,day,sex\na,D1,2022-03-05,双\n", CASES + "sex = 'sex'\n")
    assert rejects(receipt) == [
        (
            2,
            "sex",
            '"双" is not a code; sex may be female, male, other, unknown',
            'Say what it means in the mapping: codes = { "双" = "..." }, with one of female, male, other, unknown',
        )
    ]


def test_fixed_values_defaults_and_joined_headers(city):
    mapping = (
        "[cases.columns]\ncase_id = { join = ['ward', 'bed'], separator = '/' }\narea_id = { value = 'D2' }\n"
        "report_date = ['day', 'date']\norigin = { from = 'from', default = 'local' }\n"
    )
    bring(city, "ward,bed,date,from\n7,1,2022-03-05,\n7,2,2022-03-05,境外输入\n", mapping)
    assert rows(city, "case_id", "area_id", "origin") == [("7/1", "D2", "local"), ("7/2", "D2", "imported")]


# Areas by name


@pytest.mark.parametrize(
    ("word", "area"),
    [
        ("D1", "D1"),
        ("North", "D1"),
        ("north", "D1"),
        ("北区", "D1"),
        (" 北　区 ", "D1"),
        ("码头", "S1"),
        ("North Quay Subdistrict", "S1"),
    ],
)
def test_an_area_by_code_or_name(city, word, area):
    bring(city, f"id,area,day\na,{word},2022-03-05\n", CASES)
    assert rows(city, "area_id") == [(area,)]


def test_areas_that_share_a_name_need_the_wider_one(city):
    lone = bring(city, "id,area,day\na,长宁街道,2022-03-05\n", CASES)
    assert rejects(lone) == [
        (
            2,
            "area",
            '"长宁街道" is the name of 2 areas: "S2" in 北区, "S3" in 南区',
            'Name the column of the wider area in the mapping: area_id = { from = "...", within = "..." }',
        )
    ]
    content = "id,district,area,day\na,北区,长宁街道,2022-03-05\nb,南区,长宁街道,2022-03-05\nc,南区,,2022-03-05\n"
    receipt = bring(city, content, CASES.replace("'area'", "{ from = 'area', within = 'district', else = 'within' }"))
    assert sums(receipt) == (3, 3, 0, 0)
    assert rows(city, "case_id", "area_id") == [("a", "S2"), ("b", "S3"), ("c", "D2")]


def test_auto_takes_the_finest_area_and_tells_namesakes_apart_by_the_wider(city):
    bring(city, "编号,区,街道,报告日期\na,南区,长宁街道,2022-03-05\n", "auto:cases")
    assert rows(city, "area_id") == [("S3",)]


def test_an_unknown_area_is_rejected_with_a_guess(city):
    receipt = bring(city, "id,area,day\na,Nrth,2022-03-05\n", CASES)
    assert rejects(receipt) == [(2, "area", '"Nrth" is not an area of this city', 'Did you mean "D1" (北区)')]


# Encodings and formats


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_text_in_any_encoding(city, encoding, said):
    receipt = bring(city, "编号,区,报告日期\na,北区,2022年3月5日\n".encode(encoding), "auto:cases")
    assert receipt.files[0].encoding == said
    assert rows(city, "area_id") == [("D1",)]


def test_big5_where_the_mapping_says_so(city):
    content = "編號,區,報告日期\na,北區,2022-03-05\n".encode("big5")
    bring(
        city,
        content,
        "[cases]\nauto = true\nencoding = 'big5'\n",
    )
    assert rows(city, "area_id") == [("D1",)]


@pytest.mark.parametrize(
    "content",
    [
        "id;area;day\na;D1;2022-03-05\n",
        "id\tarea\tday\na\tD1\t2022-03-05\n",
        "id|area|day\r\na|D1|2022-03-05\r\n",
        "id,area,day\ra,D1,2022-03-05\r",
    ],
    ids=["semicolon", "tab", "bar", "old line ends"],
)
def test_text_with_any_separator_and_line_end(city, content):
    assert sums(bring(city, content, CASES)) == (1, 1, 0, 0)


def test_a_header_further_down_and_rows_that_say_nothing(city):
    content = (
        "Line list of the city\nprinted 2022-03-06\nid,area,day\na,D1,2022-03-05\n,,\n\nid,area,day\nb,D1,2022-03-05\n"
    )
    receipt = bring(city, content, "[cases]\nheader_row = 3\n" + CASES)
    assert sums(receipt) == (2, 2, 0, 0)
    assert receipt.files[0].passed_over == 3


def test_packed_text(city):
    receipt = bring(city, gzip.compress(b"id,area,day\na,D1,2022-03-05\nb,D9,2022-03-05\n"), CASES, "file.csv.gz")
    assert sums(receipt) == (2, 1, 0, 1)
    with gzip.open(city / receipt.files[0].rejects, "rt", encoding="utf-8") as stream:
        assert stream.readlines()[1].startswith("b,D9,2022-03-05,")


def test_parquet_with_its_own_types(city):
    buffer = io.BytesIO()
    frame = pl.DataFrame(
        {
            "id": [1, 2],
            "area": ["D1", "D7"],
            "day": [datetime.fromisoformat("2022-03-05T12:00:00")] * 2,
            "age": [7.5, None],
        }
    )
    frame.write_parquet(buffer)
    receipt = bring(city, buffer.getvalue(), CASES + "age = 'age'\n", "file.parquet")
    assert rows(city, "case_id", "report_date", "age") == [("1", date(2022, 3, 5), 7.5)]
    back = pl.read_parquet(city / receipt.files[0].rejects)
    assert back.columns == ["id", "area", "day", "age", "reason"]
    assert back["day"].dtype == frame["day"].dtype
    assert back["id"].to_list() == [2]


def workbook(*cells, sheet="病例", top=0):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet("readme").write(0, 0, "see the next sheet")
        page = book.add_worksheet(sheet)
        day = book.add_format({"num_format": "yyyy/m/d"})
        for at, row in enumerate(cells, start=top):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(at, place, cell, day)
                elif cell is not None:
                    page.write(at, place, cell)
    return buffer.getvalue()


def test_a_workbook_with_real_dates_serial_numbers_and_chinese(city):
    content = workbook(
        ("病例编号", "居住区", "报告日期", "年龄", "闭环"),
        (1, "北区", date(2022, 3, 5), 45, True),
        ("0002", "南区", 44625, "3个月", "否"),
        (None, None, None, None, None),
        (4, "西区", "2022年3月5日", 3.5, None),
        top=2,
    )
    mapping = "[cases]\nsheet = '病例'\nheader_row = 3\nauto = true\n[cases.columns]\narea_id = '居住区'\nin_control = '闭环'\n"
    receipt = bring(city, content, mapping, "file.xlsx")
    assert sums(receipt) == (3, 2, 0, 1)
    assert receipt.files[0].sheet == "病例"
    assert rows(city, "case_id", "area_id", "report_date", "age", "in_control") == [
        ("1", "D1", date(2022, 3, 5), 45, True),
        ("0002", "D2", date(2022, 3, 5), 0.25, False),
    ]
    assert rejects(receipt)[0][:3] == (7, "居住区", '"西区" is not an area of this city')
    # Put right, the file of rejects goes in with the same mapping.
    back = pl.read_excel(city / receipt.files[0].rejects, sheet_name="病例", read_options={"header_row": 2})
    assert back.columns == ["病例编号", "居住区", "报告日期", "年龄", "闭环", "reason"]
    assert back["年龄"].to_list() == [3.5]


# Rejected rows


def test_rejected_rows_come_back_as_they_came_and_go_in_when_put_right(city):
    content = 'id;area;day;note\r\na;D1;2022-03-05;"x;y"\r\nb;D9;2022-03-05;"say ""so"""\r\nc;D1;2022-03-05\r\n'
    receipt = bring(city, content.encode("utf-8-sig"), CASES)
    assert sums(receipt) == (3, 1, 0, 2)
    back = city / receipt.files[0].rejects
    assert back.name == "file.csv"
    text = back.read_bytes()
    assert text.startswith(b"\xef\xbb\xbfid;area;day;note;reason\r\n")
    lines = text.decode("utf-8-sig").splitlines()
    assert lines[1].startswith('b;D9;2022-03-05;"say ""so""";"area: ""D9"" is not an area of this city.')
    assert lines[2].startswith('c;D1;2022-03-05;;"the row has 3 cells where the header has 4.')
    back.write_bytes(text.replace(b"b;D9", b"b;D2"))
    again = import_files(city.parent / "mapping.toml", [back], city)
    assert sums(again) == (2, 2, 0, 0)
    assert rows(city, "case_id", "area_id") == [("a", "D1"), ("b", "D2"), ("c", "D1")]


def test_rejects_keep_the_encoding_and_the_lines_above_the_header(city):
    content = "病例清单\n编号,区,报告日期\na,西区,2022-03-05\n".encode("gb18030")
    receipt = bring(city, content, "[cases]\nauto = true\nheader_row = 2\n")
    back = (city / receipt.files[0].rejects).read_bytes().decode("gb18030")
    assert back.startswith("病例清单\n编号,区,报告日期,reason\r\na,西区,2022-03-05,")


def test_strict_loads_nothing_if_a_row_is_rejected(city):
    with pytest.raises(Rejected, match="1 of 2 rows were rejected; nothing was loaded") as refusal:
        bring(city, "id,area,day\na,D1,2022-03-05\nb,D9,2022-03-05\n", CASES, strict=True)
    assert refusal.value.faults[0].row == 3
    assert sums(refusal.value.receipt) == (2, 1, 0, 1)
    assert sorted(path.name for path in city.iterdir()) == ["areas.csv", "city.toml"]


def test_a_dry_run_changes_nothing(city):
    receipt = bring(city, "id,area,day\na,D1,2022-03-05\nb,D9,2022-03-05\n", CASES, dry_run=True)
    assert sums(receipt) == (2, 1, 0, 1)
    assert sorted(path.name for path in city.iterdir()) == ["areas.csv", "city.toml"]


# The same rows again, and newer facts


def test_the_same_file_twice_changes_no_byte(city):
    content = "id,area,day,lon,age\na,D1,2022-03-05,121.50001,3个月\nb,D2,2022-03-05,121,45\n"
    mapping = CASES + "lon = 'lon'\nage = 'age'\n"
    bring(city, content, mapping)
    before = (city / "cases.csv").read_bytes()
    stamp = (city / "cases.csv").stat().st_mtime_ns
    again = bring(city, content, mapping)
    assert sums(again) == (2, 0, 2, 0)
    assert (city / "cases.csv").read_bytes() == before
    assert (city / "cases.csv").stat().st_mtime_ns == stamp
    assert again.tables[0].unchanged


def test_newer_facts_are_merged_and_an_empty_cell_erases_nothing(city):
    mapping = CASES + "onset_date = 'onset'\noutcome = 'outcome'\n"
    bring(city, "id,area,day,onset,outcome\na,D1,2022-03-05,2022-03-01,ill\nb,D1,2022-03-05,,\n", mapping)
    receipt = bring(city, "id,area,day,onset,outcome\nc,D2,2022-03-07,,\na,D2,2022-03-05,,recovered\n", mapping)
    assert sums(receipt) == (2, 1, 1, 0)
    assert dict(receipt.tables[0].changed_cells) == {"area_id": 1, "outcome": 1}
    assert (receipt.tables[0].rows_before, receipt.tables[0].rows_after, receipt.tables[0].changed_rows) == (2, 3, 1)
    assert rows(city, "case_id", "area_id", "onset_date", "outcome") == [
        ("a", "D2", date(2022, 3, 1), "recovered"),
        ("b", "D1", None, None),
        ("c", "D2", None, None),
    ]


def test_columns_the_schema_does_not_know_are_kept(city):
    (city / "cases.csv").write_text("case_id,ward,area_id,report_date\na,7 A,D1,2022-03-05\n", encoding="utf-8")
    bring(city, "id,area,day,age\nb,D1,2022-03-06,5\n", CASES + "age = 'age'\n")
    assert (city / "cases.csv").read_text(encoding="utf-8") == (
        "case_id,area_id,report_date,age,ward\na,D1,2022-03-05,,7 A\nb,D1,2022-03-06,5,\n"
    )


def test_repeats_in_one_file(city):
    content = "day,area,n\n2022-03-05,D1,3\n2022-03-05,D1,3\n2022-03-05,D1,4\n2022-03-05,D2,1\n"
    receipt = bring(city, content, COUNTS)
    assert sums(receipt) == (4, 2, 1, 1)
    assert rejects(receipt) == [
        (
            4,
            "n",
            '"4.0" contradicts row 2, which says 3.0 under the same date and area_id and event',
            'Keep one of the rows, or say repeats = "last" or repeats = "sum" in the mapping',
        )
    ]
    bring(city, content, "[counts]\nrepeats = 'last'\n" + COUNTS)
    assert rows(city, "count", name="counts") == [(4,), (1,)]
    added = bring(city, content, "[counts]\nrepeats = 'sum'\n" + COUNTS)
    assert sums(added) == (4, 0, 4, 0)
    assert rows(city, "count", name="counts") == [(10,), (1,)]


def test_facts_that_are_impossible_together_keep_the_later_row_out(city):
    onset = "[cases.columns]\ncase_id = 'id'\narea_id = 'area'\nonset_date = 'day'\n"
    bring(city, "id,area,day\na,D1,2022-05-01\nb,D1,2022-05-01\n", onset)
    receipt = bring(city, "id,area,day\na,D1,2022-03-01\nb,D1,2022-05-03\n", CASES)
    assert sums(receipt) == (2, 0, 1, 1)
    assert rejects(receipt) == [
        (
            2,
            "day",
            "together with what is known of it, report_date 2022-03-01 is more than 21 days before onset_date 2022-05-01",
            "Correct one of the two dates: no incubation is so long",
        )
    ]
    assert rows(city, "case_id", "report_date") == [("a", None), ("b", date(2022, 5, 3))]


def test_later_files_bring_newer_facts(city):
    for name, day in (("a.csv", 5), ("b.csv", 6)):
        (city.parent / name).write_text(
            f"id,area,report\nx,D1,2022-03-0{day}\n{name[0]},D1,2022-03-05\n", encoding="utf-8"
        )
    receipt = import_files("auto:cases", [city.parent / "a.csv", city.parent / "b.csv"], city)
    assert [(file.loaded, file.merged) for file in receipt.files] == [(2, 0), (1, 1)]
    assert rows(city, "case_id", "report_date") == [
        ("x", date(2022, 3, 6)),
        ("a", date(2022, 3, 5)),
        ("b", date(2022, 3, 5)),
    ]


# Wide files and running totals


def test_date_columns_become_rows(city):
    content = "area,2022-03-05,2022/3/6,2022年3月7日,note\nD1,3,,5,x\nD2,0,x,2,y\n"
    mapping = (
        "[counts.columns]\narea_id = 'area'\nevent = { value = 'reports' }\n"
        "[counts.wide]\ncolumns = 'dates'\ninto = 'date'\nvalue = 'count'\n"
    )
    receipt = bring(city, content, mapping)
    assert sums(receipt) == (5, 4, 0, 1)
    assert rejects(receipt)[0][:3] == (3, "2022/3/6", '"x" is not a number')
    assert rows(city, "date", "area_id", "count", name="counts") == [
        (date(2022, 3, 5), "D1", 3),
        (date(2022, 3, 7), "D1", 5),
        (date(2022, 3, 5), "D2", 0),
        (date(2022, 3, 7), "D2", 2),
    ]


def test_event_columns_become_rows(city):
    mapping = (
        "[counts.columns]\narea_id = '区'\ndate = '日期'\n"
        "[counts.wide]\ncolumns = { '确诊' = 'confirmed', '死亡' = 'deaths' }\ninto = 'event'\nvalue = 'count'\n"
    )
    receipt = bring(city, "日期,区,确诊,死亡\n2022-03-05,北区,3,0\n2022-03-05,西区,3,0\n", mapping)
    assert sums(receipt) == (4, 2, 0, 2)
    assert {(row, column) for row, column, *_ in rejects(receipt)} == {(3, "区")}
    assert rows(city, "event", "count", name="counts") == [("confirmed", 3), ("deaths", 0)]


TOTALS = "day,area,n\n2022-03-05,D1,0\n2022-03-06,D1,4\n2022-03-07,D1,3\n2022-03-09,D1,9\n2022-03-05,D2,70\n2022-03-06,D2,75\n"


def test_running_totals_become_numbers_of_a_day(city):
    receipt = bring(city, TOTALS, COUNTS + "[counts.cumulative]\ncolumn = 'count'\n")
    assert sums(receipt) == (6, 4, 0, 2)
    assert [(row, reason) for row, _, reason, _ in rejects(receipt)] == [
        (4, 'the total "3" of 2022-03-07 is lower than the one before it'),
        (6, 'the total "70" is the first of its series, so the number of 2022-03-05 is not known'),
    ]
    assert rows(city, "date", "area_id", "count", name="counts") == [
        (date(2022, 3, 5), "D1", 0),
        (date(2022, 3, 6), "D1", 4),
        (date(2022, 3, 9), "D1", 6),
        (date(2022, 3, 6), "D2", 5),
    ]
    assert "1 numbers hold more than one day: there was no total on the days before them" in receipt.files[0].notes


def test_running_totals_zeroed_and_kept_where_the_mapping_says_so(city):
    receipt = bring(city, TOTALS, COUNTS + "[counts.cumulative]\ncolumn = 'count'\nnegative = 'zero'\nfirst = 'keep'\n")
    assert sums(receipt) == (6, 6, 0, 0)
    assert [count for (count,) in rows(city, "count", name="counts")] == [0, 4, 0, 6, 70, 5]
    assert "1 totals were lower than the day before; those days count 0" in receipt.files[0].notes


def test_only_the_rows_the_mapping_wants(city):
    receipt = bring(
        city,
        "province,day,area,n\nhere,2022-03-05,D1,3\nthere,2022-03-05,Elsewhere,9\n",
        COUNTS.replace("[counts.columns]", "[counts]\nwhere = { province = ['Here'] }\n[counts.columns]"),
    )
    assert sums(receipt) == (1, 1, 0, 0)
    assert receipt.files[0].passed_over == 1


# A folder from nothing, and a folder that must stay whole


def test_a_city_built_from_nothing_in_one_import(tmp_path):
    (tmp_path / "new.toml").write_text(
        "[city]\nname = 'Harbour'\nname_zh = '港城'\nsynthetic = true\nopened = 2022-03-01\ncounts.missing = 'zero'\n"
        "[areas]\nfiles = 'areas*'\nauto = true\n[cases]\nfiles = 'cases*'\nauto = true\n",
        encoding="utf-8",
    )
    (tmp_path / "areas.csv").write_text(
        "代码,上级,级别,英文名,名称,人口\nC,,市,Harbour,港城,900\nD1,港城,区,North,北区,300\n", encoding="utf-8"
    )
    (tmp_path / "cases.csv").write_text("编号,区,报告日期\na,北区,2022/3/5\n", encoding="utf-8")
    receipt = import_files(
        tmp_path / "new.toml",
        [tmp_path / "cases.csv", tmp_path / "areas.csv"],
        tmp_path / "city",
        at=datetime.fromisoformat("2022-03-06T06:00:00"),
    )
    assert [(file.table, file.loaded) for file in receipt.files] == [("areas", 2), ("cases", 1)]
    assert check_city(tmp_path / "city").ok
    assert read_city(tmp_path / "city").settings == {
        "name": "Harbour",
        "name_zh": "港城",
        "synthetic": True,
        "opened": date(2022, 3, 1),
        "counts": {"missing": "zero"},
    }
    assert read_city(tmp_path / "city").areas["D1"].parent_id == "C"
    told = json.loads((tmp_path / "city" / "receipts" / "0001.json").read_text(encoding="utf-8"))
    assert told["at"] == "2022-03-06T06:00:00"
    assert told["total"] == {"read": 3, "loaded": 3, "merged": 0, "rejected": 0}
    assert told["files"][1]["columns"] == {"case_id": "编号", "area_id": "区", "report_date": "报告日期"}


def test_areas_alone_may_begin_a_folder(tmp_path):
    (tmp_path / "new.toml").write_text("[city]\nname = 'Harbour'\n[areas]\nauto = true\n", encoding="utf-8")
    (tmp_path / "areas.csv").write_text(AREAS, encoding="utf-8")
    import_files(tmp_path / "new.toml", [tmp_path / "areas.csv"], tmp_path / "city")
    assert not check_city(tmp_path / "city").ok
    (tmp_path / "cases.csv").write_text("编号,区,报告日期\na,北区,2022/3/5\n", encoding="utf-8")
    import_files("auto:cases", [tmp_path / "cases.csv"], tmp_path / "city")
    assert check_city(tmp_path / "city").ok


def refused(*args, **options):
    with pytest.raises(InvalidInput) as refusal:
        bring(*args, **options)
    return [(fault.file, fault.row, fault.column, fault.problem) for fault in refusal.value.faults]


def test_areas_that_would_be_no_tree_are_refused_as_a_whole(city):
    before = {path.name: path.read_bytes() for path in city.iterdir()}
    found = refused(city, "code,parent,level,name\nD3,D9,district,West\n", "auto:areas")
    assert found == [("areas.csv", 8, "parent_id", 'the parent "D9" of "D3" is not an area of this table')]
    assert {path.name: path.read_bytes() for path in city.iterdir()} == before


def test_a_table_with_faults_is_not_touched(city):
    (city / "cases.csv").write_text("case_id,area_id,report_date\na,D1,5 March\n", encoding="utf-8")
    found = refused(city, "id,area,day\nb,D1,2022-03-05\n", CASES)
    assert found == [("cases.csv", 2, "report_date", '"5 March" is not a date (year-month-day)')]


def test_a_fault_that_was_there_before_in_another_table_does_not_stand_in_the_way(city):
    (city / "counts.csv").write_text("date,area_id,event,count\n2022-03-05,D9,reports,3\n", encoding="utf-8")
    assert sums(bring(city, "id,area,day\nb,D1,2022-03-05\n", CASES)) == (1, 1, 0, 0)


def test_no_settings_and_no_areas(tmp_path):
    (tmp_path / "city").mkdir()
    found = refused(tmp_path / "city", "id,area,day\nb,D1,2022-03-05\n", CASES)
    assert [(file, problem.split(" has ")[1]) for file, _, _, problem in found] == [
        ("city.toml", "no such file"),
        ("areas.csv", "no such table"),
    ]


def test_a_folder_that_came_to_nothing_is_not_left_behind(tmp_path):
    refused(tmp_path / "city", "id,area,day\nb,D1,2022-03-05\n", CASES)
    assert not (tmp_path / "city").exists()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", (None, None, "the file is empty")),
        (b"id,area,dya\nb,D1,2022-03-05\n", (1, "day", "there is no such column")),
        (b"id,area,day,day\nb,D1,2022-03-05,x\n", (1, "day", "the header stands more than once")),
        (b'id,area,day\nb,"D1,2022-03-05\n', (2, None, "a quotation mark is opened and never closed")),
        (b'id,area,day\nb"x",D1,2022-03-05\n', (2, None, "a quotation mark stands inside a cell")),
        (b"id,area,day\nb,\xff\xff,2022-03-05\n", (2, None, "it holds bytes that are neither utf-8 nor gb18030")),
        (b"PK\x03\x04 and so on", (None, None, "it cannot be read as a workbook")),
        (b"PAR1 and so on", (None, None, "it cannot be read as Parquet")),
    ],
    ids=["empty", "header", "header twice", "open quote", "stray quote", "bytes", "workbook", "parquet"],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_fault(city, content, fault):
    (found,) = refused(city, content, CASES)
    row, column, problem = fault
    assert found[:3] == ("file.csv", row, column)
    assert found[3].startswith(problem)
    assert sorted(path.name for path in city.iterdir()) == ["areas.csv", "city.toml"]


def test_everything_wrong_with_files_and_mapping_is_said_at_once(city):
    (city.parent / "mapping.toml").write_text(
        CASES.replace("[cases.columns]", "[cases]\nfiles = '*.csv'\n[cases.columns]")
    )
    (city.parent / "a.csv").write_text("id,area\n1,2\n")
    with pytest.raises(InvalidInput) as refusal:
        import_files(city.parent / "mapping.toml", [city.parent / "a.csv", city.parent / "none.csv"], city)
    assert [(fault.file, fault.problem) for fault in refusal.value.faults] == [
        ("a.csv", "there is no such column"),
        ("none.csv", "there is no such file"),
    ]
    with pytest.raises(InvalidInput, match=r"no part of mapping.toml reads a file of that name"):
        import_files(city.parent / "mapping.toml", [city.parent / "a.xlsx"], city)


def test_a_table_that_grows_large_becomes_parquet_and_stays_so(city, monkeypatch):
    monkeypatch.setattr("seawall.city.importing.upsert.PARQUET_FROM", 3)
    first = "id,area,day\n" + "".join(f"{i},D1,2022-03-05\n" for i in range(3))
    bring(city, first, CASES)
    assert (city / "cases.csv").exists()
    bring(city, "id,area,day\nx,D1,2022-03-05\n", CASES)
    assert not (city / "cases.csv").exists()
    assert rows(city, "case_id") == [("0",), ("1",), ("2",), ("x",)]
    again = bring(city, "id,area,day\nx,D2,2022-03-05\ny,D2,2022-03-05\n", CASES)
    assert sums(again) == (2, 1, 1, 0)
    assert [path.name for path in city.glob("cases*")] == ["cases.parquet"]
    assert rows(city, "case_id", "area_id")[-2:] == [("x", "D2"), ("y", "D2")]
    assert check_city(city).ok
