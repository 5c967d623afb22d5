"""Every kind of broken folder we know of, each with the exact words in which it is refused."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass, field
from datetime import date

import polars as pl
import pytest

from seawall.city import check_city
from seawall.core import Fault

TODAY = date(2022, 6, 1)

WHOLE = {
    "city.toml": 'name = "Harbour"\nname_zh = "港城"\nsynthetic = true\n',
    "areas.csv": "area_id,parent_id,level,name,name_zh,population\n"
    "C,,city,Harbour,港城,900\nD1,C,district,North,北区,300\nD2,C,district,South,南区,600\n",
    "cases.csv": "case_id,area_id,onset_date,specimen_date,report_date,age,sex,in_control\n"
    "a,D1,2022-03-01,2022-03-02,2022-03-03,30,male,true\n"
    "b,D2,,2022-03-04,2022-03-04,61,female,false\n",
}


@dataclass(frozen=True)
class Broken:
    """One kind of broken folder: what replaces the whole one's files, and every fault that must be found."""

    name: str
    files: dict[str, str | bytes | None]
    faults: list[tuple[str, Fault]] = field(default_factory=list)


def error(file: str, row: int | None, column: str | None, problem: str, mend: str) -> tuple[str, Fault]:
    return "error", Fault(file=file, row=row, column=column, problem=problem, mend=mend)


def warning(file: str, row: int | None, column: str | None, problem: str, mend: str) -> tuple[str, Fault]:
    return "warning", Fault(file=file, row=row, column=column, problem=problem, mend=mend)


def areas(*rows: str) -> str:
    return "\n".join(["area_id,parent_id,level,name,population", *rows]) + "\n"


def cases(*rows: str, header: str = "case_id,area_id,onset_date,report_date") -> str:
    return "\n".join([header, *rows]) + "\n"


def feature(area_id: object, *points: tuple[float, float], kind: str = "Polygon") -> str:
    ring = ",".join(f"[{x},{y}]" for x, y in points)
    code = f'"{area_id}"' if isinstance(area_id, str) else area_id
    return (
        f'{{"type":"Feature","properties":{{"area_id":{code}}},'
        f'"geometry":{{"type":"{kind}","coordinates":[[{ring}]]}}}}'
    )


def collection(*features: str) -> str:
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'


def parquet(**columns: list[object]) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


def damaged(packed: bytes) -> bytes:
    """The same file with a page of its first column overwritten."""
    return packed[:40] + b"\xff" * 20 + packed[60:]


SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0))

UTF8 = "Save the file as UTF-8 (in a spreadsheet: CSV UTF-8), or bring it in with: seawall import"
ISO = "Write it as 2022-03-05, or bring the file in with: seawall import"
LINE_UP = "Give every row one cell for each column; a comma inside a cell needs quotation marks around the cell"
DRAW = "Give a Polygon or MultiPolygon in longitude and latitude (WGS-84)"
EXPORT = "Export the areas again as a GeoJSON FeatureCollection, in UTF-8"

BROKEN = [
    Broken(
        "no city.toml",
        {"city.toml": None},
        [error("city.toml", None, None, "there is no such file", 'Add it with at least: name = "Your City"')],
    ),
    Broken(
        "city.toml is not TOML",
        {"city.toml": 'name = "Harbour"\nsynthetic: true\n'},
        [
            error(
                "city.toml",
                2,
                None,
                "it is not TOML (Expected '=' after a key in a key/value pair (at line 2, column 10))",
                'Correct that line; a setting is written name = "value"',
            )
        ],
    ),
    Broken(
        "city.toml in another encoding",
        {"city.toml": 'name = "Harbour"\nname_zh = "港城"\n'.encode("gb18030")},
        [error("city.toml", 2, None, "it holds bytes that are not UTF-8 text", "Save the file as UTF-8")],
    ),
    Broken(
        "a city without a name",
        {"city.toml": 'nam = "Harbour"\n'},
        [
            error("city.toml", None, "name", "the city has no name", 'Did you mean name where it says "nam"'),
            warning("city.toml", None, "nam", '"nam" is not a setting that is understood', "Did you mean name"),
        ],
    ),
    Broken(
        "a setting of the wrong kind",
        {"city.toml": 'name = "Harbour"\nsynthetic = "yes"\n'},
        [
            error(
                "city.toml",
                None,
                "synthetic",
                "synthetic is 'yes', not true or false",
                "Correct it (Whether its people are made up; said on every page of a brief)",
            )
        ],
    ),
    Broken(
        "settings nobody can act on",
        {
            "city.toml": 'name = "Harbour"\npathogen = "covid-omicron"\ntime_zone = "Moon/Base"\n'
            'counts = "zero"\n[targets]\nonset_to_specimen_days = "one"\n'
        },
        [
            error(
                "city.toml",
                None,
                "pathogen",
                "pathogen is 'covid-omicron', not the key of a pathogen of the catalogue",
                "Did you mean covid-omicron-ba2",
            ),
            error(
                "city.toml",
                None,
                "time_zone",
                "time_zone is 'Moon/Base', not a time zone such as Asia/Shanghai",
                "Correct it (Time zone of its days)",
            ),
            error(
                "city.toml",
                None,
                "counts",
                """counts is 'zero', not a section with missing = "zero" or "unknown\"""",
                "Correct it (What a day without a row in counts means: that there was none, or that nobody knows)",
            ),
            error(
                "city.toml",
                None,
                "targets",
                "targets is {'onset_to_specimen_days': 'one'}, not a section of days, such as onset_to_specimen_days = 1",
                "Correct it (Targets of the four earlies)",
            ),
        ],
    ),
    Broken(
        "no areas",
        {"areas.csv": None},
        [
            error(
                "areas.csv",
                None,
                None,
                "there is no such table",
                "Add it: one row for the city and one for each district",
            )
        ],
    ),
    Broken(
        "neither cases nor counts",
        {"cases.csv": None},
        [
            error(
                "cases.csv",
                None,
                None,
                "there is neither a cases nor a counts table",
                "Add a line list (cases) or daily numbers (counts)",
            )
        ],
    ),
    Broken(
        "a misnamed file",
        {"cases.csv": None, "case.csv": WHOLE["cases.csv"]},
        [
            error(
                "cases.csv",
                None,
                None,
                "there is neither a cases nor a counts table",
                "Add a line list (cases) or daily numbers (counts)",
            ),
            warning("case.csv", None, None, "it is not a table of a city folder", "Did you mean cases.csv"),
        ],
    ),
    Broken(
        "the same table twice",
        {"cases.csv.gz": gzip.compress(WHOLE["cases.csv"].encode())},
        [
            error(
                "cases.csv",
                None,
                None,
                "the table cases is there more than once: cases.csv and cases.csv.gz",
                "Keep one of them",
            )
        ],
    ),
    Broken(
        "an empty file",
        {"cases.csv": b""},
        [
            error(
                "cases.csv",
                None,
                None,
                "the file is empty",
                "Give a header row and at least one row, or remove the file",
            )
        ],
    ),
    Broken(
        "a header and nothing else",
        {"cases.csv": "case_id,area_id,report_date\n"},
        [warning("cases.csv", None, None, "the table has a header but no rows", "Add its rows, or remove the file")],
    ),
    Broken(
        "areas without a row",
        {"areas.csv": "area_id,level,name\n", "cases.csv": "case_id,area_id,report_date\n"},
        [
            error("areas.csv", None, None, "the table has a header but no rows", "Add the city and its districts"),
            warning("cases.csv", None, None, "the table has a header but no rows", "Add its rows, or remove the file"),
        ],
    ),
    Broken(
        "a first row that is empty",
        {"cases.csv": "\n" + str(WHOLE["cases.csv"])},
        [error("cases.csv", 1, None, "the first row is empty", "Put the names of the columns in the first row")],
    ),
    Broken(
        "bytes that are not UTF-8",
        {"cases.csv": b"case_id,area_id\na,D1\nb,\xb1\xb1\xc7\xf8\n"},
        [error("cases.csv", 3, None, "it holds bytes that are not UTF-8 text (b1)", UTF8)],
    ),
    Broken(
        "UTF-16, as a spreadsheet's Unicode text",
        {"cases.csv": "case_id,area_id\na,D1\n".encode("utf-16")},
        [error("cases.csv", 1, None, "it is UTF-16 text, not UTF-8", UTF8)],
    ),
    Broken(
        "NUL bytes",
        {"cases.csv": b"case_id,area_id\na,D1\nb\x00,D2\n"},
        [error("cases.csv", 3, None, "holds NUL bytes, so it is not text", "Export the table again as CSV UTF-8")],
    ),
    Broken(
        "a truncated gzip",
        {"cases.csv": None, "cases.csv.gz": gzip.compress(str(WHOLE["cases.csv"]).encode() * 50)[:60]},
        [
            error(
                "cases.csv.gz",
                None,
                None,
                "it cannot be unpacked (Compressed file ended before the end-of-stream marker was reached): "
                "the file is cut short or damaged",
                "Copy or pack the file again",
            )
        ],
    ),
    Broken(
        "a gzip that is none",
        {"cases.csv": None, "cases.csv.gz": str(WHOLE["cases.csv"])},
        [
            error(
                "cases.csv.gz",
                None,
                None,
                "it cannot be unpacked (Not a gzipped file (b'ca')): the file is cut short or damaged",
                "Copy or pack the file again",
            )
        ],
    ),
    Broken(
        "a Parquet file that is none",
        {"cases.csv": None, "cases.parquet": b"and then nothing of the kind"},
        [
            error(
                "cases.parquet",
                None,
                None,
                "it cannot be read as Parquet: it does not begin as one",
                "Write the file again; it is damaged or not what its name says",
            )
        ],
    ),
    Broken(
        "a Parquet file with a damaged page",
        {
            "cases.csv": None,
            "cases.parquet": damaged(parquet(case_id=["a", "b"], area_id=["D1", "D1"], report_date=[TODAY, TODAY])),
        },
        [
            error(
                "cases.parquet",
                None,
                None,
                "it cannot be read as Parquet: only 0 of its 2 rows can be read",
                "Write the file again; it is damaged or not what its name says",
            )
        ],
    ),
    Broken(
        "a Parquet column of lists",
        {"cases.csv": None, "cases.parquet": parquet(case_id=["a"], area_id=[["D1", "D2"]], report_date=[TODAY])},
        [
            error(
                "cases.parquet",
                None,
                "area_id",
                "the column holds List(String), not one value a row",
                "Write it as text, a number or a date",
            )
        ],
    ),
    Broken(
        "rows with too few and too many cells",
        {"cases.csv": cases("a,D1,2022-03-01", "b,D1,2022-03-01,2022-03-02,x")},
        [
            error("cases.csv", 2, None, "the row has 3 cells where the header has 4", LINE_UP),
            error("cases.csv", 3, None, "the row has 5 cells where the header has 4", LINE_UP),
        ],
    ),
    Broken(
        "a quotation mark that is never closed",
        {"cases.csv": cases("a,D1,2022-03-01,2022-03-02", '"b,D1,2022-03-01,2022-03-02', "c,D1,,2022-03-02")},
        [
            error(
                "cases.csv",
                3,
                None,
                "a quotation mark is opened and never closed",
                'Close it, or write a quotation mark inside a cell twice ("")',
            )
        ],
    ),
    Broken(
        "a quotation mark inside a cell",
        {"cases.csv": cases("a,D1,2022-03-01,2022-03-02", 'b"x",D1,2022-03-01,2022-03-02')},
        [
            error(
                "cases.csv",
                3,
                None,
                "a quotation mark stands inside a cell",
                'Put the whole cell in quotation marks and write the inner ones twice ("")',
            )
        ],
    ),
    Broken(
        "the line ends of old Macintosh computers",
        {"cases.csv": "case_id,area_id\ra,D1\r"},
        [
            error(
                "cases.csv",
                1,
                None,
                "a line ends with a carriage return alone, as on old Macintosh computers",
                "Save the file with the line ends of today, or bring it in with: seawall import",
            )
        ],
    ),
    Broken(
        "the header again in the middle",
        {"cases.csv": cases("a,D1,,2022-03-02", "case_id,area_id,onset_date,report_date", "b,D1,,2022-03-02")},
        [
            error(
                "cases.csv",
                3,
                None,
                "the header stands here a second time",
                "Delete the row: two files were put one after the other",
            )
        ],
    ),
    Broken(
        "a column twice",
        {"cases.csv": cases("a,D1,,2022-03-02", header="case_id,area_id,onset_date,onset_date")},
        [
            error(
                "cases.csv",
                1,
                "onset_date",
                "the column stands in the header more than once",
                "Remove or rename one of them",
            )
        ],
    ),
    Broken(
        "a column that must be there is not",
        {"cases.csv": "case_id,report_date\na,2022-03-02\n"},
        [
            error(
                "cases.csv",
                1,
                "area_id",
                "the table has no column area_id",
                "Add it (Area of residence, as fine as is known)",
            )
        ],
    ),
    Broken(
        "a line list without a date column",
        {"cases.csv": "case_id,area_id\na,D1\n"},
        [
            error(
                "cases.csv",
                1,
                "report_date",
                "the table has none of the columns report_date, specimen_date, onset_date",
                "Add one of them; without a date no case is on any curve",
            )
        ],
    ),
    Broken(
        "headers in Chinese and with a slip",
        {"cases.csv": "病例编号,area_id,onsetdate,reprot_date,specimen_date\na,D1,,2022-03-02,2022-03-01\n"},
        [
            error(
                "cases.csv", 1, "case_id", "the table has no column case_id", 'Rename the column "病例编号" to case_id'
            ),
            warning(
                "cases.csv",
                1,
                "onsetdate",
                '"onsetdate" is not a column of cases',
                'Rename the column "onsetdate" to onset_date',
            ),
            warning(
                "cases.csv",
                1,
                "reprot_date",
                '"reprot_date" is not a column of cases',
                'Did you mean report_date where the header says "reprot_date"',
            ),
        ],
    ),
    Broken(
        "empty rows",
        {"cases.csv": cases("a,D1,,2022-03-02", "", ",,,", "b,D1,,2022-03-02")},
        [
            warning("cases.csv", 3, None, "the row is empty; it is passed over", "Delete it"),
            warning("cases.csv", 4, None, "the row is empty; it is passed over", "Delete it"),
        ],
    ),
    Broken(
        "cells that must not be empty",
        {"cases.csv": cases(",D1,,2022-03-02", "b,  ,,2022-03-02")},
        [
            error(
                "cases.csv",
                2,
                "case_id",
                "the cell is empty; every row needs pseudonym of the case; no name, no identity number",
                "Fill it in (Pseudonym of the case; no name, no identity number), or delete the row",
            ),
            error(
                "cases.csv",
                3,
                "area_id",
                "the cell is empty; every row needs area of residence, as fine as is known",
                "Fill it in (Area of residence, as fine as is known), or delete the row",
            ),
        ],
    ),
    Broken(
        "dates that are none",
        {"cases.csv": cases("a,D1,2022/3/1,2022-03-02", "b,D1,44621,2022-03-02", "c,D1,2022-03-01 10:00,2022-03-02")},
        [
            error("cases.csv", 2, "onset_date", '"2022/3/1" is not a date (year-month-day)', ISO),
            error("cases.csv", 3, "onset_date", '"44621" is not a date (year-month-day)', ISO),
            error("cases.csv", 4, "onset_date", '"2022-03-01 10:00" is not a date (year-month-day)', ISO),
        ],
    ),
    Broken(
        "days that are in no calendar",
        {"cases.csv": cases("a,D1,2022-13-02,2022-03-02", "b,D1,2022-02-30,2022-03-02")},
        [
            error(
                "cases.csv", 2, "onset_date", '"2022-13-02" is no day of the calendar', "Correct the month or the day"
            ),
            error(
                "cases.csv", 3, "onset_date", '"2022-02-30" is no day of the calendar', "Correct the month or the day"
            ),
        ],
    ),
    Broken(
        "dates beyond belief, and tomorrow",
        {"cases.csv": cases("a,D1,,0022-03-02", "b,D1,,2222-03-02", "c,D1,,2022-06-02")},
        [
            error("cases.csv", 2, "report_date", '"0022-03-02" is before 1900', "Correct the year"),
            error(
                "cases.csv",
                3,
                "report_date",
                '"2222-03-02" is far in the future: after 2023-06-02',
                "Correct the year",
            ),
            warning("cases.csv", 4, "report_date", '"2022-06-02" is after today, 2022-06-01', "Check the date"),
        ],
    ),
    Broken(
        "the dates of a case in an impossible order",
        {
            "cases.csv": cases(
                "a,D1,2022-03-05,2022-03-06,2022-03-04,",
                "b,D1,2022-03-05,2022-01-06,,",
                "c,D1,2022-03-05,2022-03-04,,",
                "d,D1,2021-03-05,2022-03-04,,",
                "e,D1,2022-03-05,2022-03-06,2022-03-07,2022-03-09",
                header="case_id,area_id,onset_date,report_date,outcome_date,admission_date",
            )
        },
        [
            error(
                "cases.csv",
                2,
                "outcome_date",
                "outcome_date 2022-03-04 is before onset_date 2022-03-05",
                "Correct one of the two dates: an illness ends after it begins",
            ),
            error(
                "cases.csv",
                3,
                "report_date",
                "report_date 2022-01-06 is more than 21 days before onset_date 2022-03-05",
                "Correct one of the two dates: no incubation is so long",
            ),
            error(
                "cases.csv",
                6,
                "outcome_date",
                "outcome_date 2022-03-07 is before admission_date 2022-03-09",
                "Correct one of the two dates",
            ),
            warning(
                "cases.csv",
                4,
                "report_date",
                "report_date 2022-03-04 is before the first symptom, onset_date 2022-03-05",
                "Leave it if the case was found before its symptoms began; otherwise correct one of the dates",
            ),
            warning(
                "cases.csv",
                5,
                "report_date",
                "report_date 2022-03-04 is more than 180 days after onset_date 2021-03-05",
                "Check the year of both dates",
            ),
        ],
    ),
    Broken(
        "a case without any date",
        {"cases.csv": cases("a,D1,,")},
        [
            warning(
                "cases.csv",
                2,
                "report_date",
                "the case has no date at all: no report, specimen or onset",
                "Give one of them; the case is on no curve",
            )
        ],
    ),
    Broken(
        "codes that are none",
        {
            "cases.csv": "case_id,area_id,report_date,sex,in_control\na,D1,2022-03-02,femal,true\nb,D1,2022-03-02,男,maybe\n"
        },
        [
            error(
                "cases.csv",
                2,
                "sex",
                '"femal" is not a code; sex may be female, male, other, unknown',
                'Did you mean "female"',
            ),
            error(
                "cases.csv",
                3,
                "sex",
                '"男" is not a code; sex may be female, male, other, unknown',
                "Use one of the codes, or bring the file in with: seawall import",
            ),
            error("cases.csv", 3, "in_control", '"maybe" is not true or false', "Write true or false"),
        ],
    ),
    Broken(
        "areas that are not of this city",
        {"cases.csv": cases("a,D11,,2022-03-02", "b,北区,,2022-03-02", "c,Nrth,,2022-03-02", "d,zzzz,,2022-03-02")},
        [
            error("cases.csv", 2, "area_id", '"D11" is not in areas', 'Did you mean "D1" (North)'),
            error("cases.csv", 3, "area_id", '"北区" is not in areas', 'Did you mean "D1" (北区)'),
            error("cases.csv", 4, "area_id", '"Nrth" is not in areas', 'Did you mean "D1" (North)'),
            error(
                "cases.csv",
                5,
                "area_id",
                '"zzzz" is not in areas',
                "Use a code that stands in areas, or add it there",
            ),
        ],
    ),
    Broken(
        "numbers that are none, or out of range",
        {
            "cases.csv": "case_id,area_id,report_date,age,lon,lat\n"
            "a,D1,2022-03-02,thirty,121,31\nb,D1,2022-03-02,131,121,131\nc,D1,2022-03-02,inf,0,0\nd,D1,2022-03-02,-3,121,\n"
        },
        [
            error(
                "cases.csv",
                2,
                "age",
                '"thirty" is not a number',
                "Write it as 12.5, without separators or units, or bring the file in with: seawall import",
            ),
            error(
                "cases.csv",
                4,
                "age",
                '"inf" is not a number',
                "Write it as 12.5, without separators or units, or bring the file in with: seawall import",
            ),
            error("cases.csv", 3, "age", '"131" is above 130 year', "Correct the number or its unit"),
            error("cases.csv", 3, "lat", '"131" is above 90 degree', "Correct the number or its unit"),
            error(
                "cases.csv",
                5,
                "age",
                '"-3" is negative; there cannot be fewer than 0',
                "Correct the number, or leave the row out where it is a correction of an earlier one",
            ),
            warning(
                "cases.csv",
                4,
                "lon",
                "the point is at longitude 0, latitude 0, in the open sea",
                "Leave both empty where the place is not known",
            ),
            warning(
                "cases.csv", 5, "lat", "there is a lon but no lat", "Give both, or neither: the point is not drawn"
            ),
        ],
    ),
    Broken(
        "counts: negative, not understood, twice",
        {
            "counts.csv": "date,area_id,event,count\n2022-03-01,D1,reports,5\n2022-03-02,D1,reports,-5\n"
            "2022-03-01,D1,report,5\n2022-03-01,D1,reports,6\n"
        },
        [
            error(
                "counts.csv",
                3,
                "count",
                '"-5" is negative; there cannot be fewer than 0',
                "Correct the number, or leave the row out where it is a correction of an earlier one",
            ),
            error(
                "counts.csv",
                5,
                None,
                'date, area_id and event "2022-03-01, D1, reports" stands already in row 2',
                "Keep one of the two rows",
            ),
            warning("counts.csv", 4, "event", '"report" is not an event that is understood', 'Did you mean "reports"'),
        ],
    ),
    Broken(
        "two cases under one number",
        {"cases.csv": cases("a,D1,,2022-03-02", "b,D1,,2022-03-02", "a,D2,,2022-03-04")},
        [error("cases.csv", 4, "case_id", 'case_id "a" stands already in row 2', "Keep one of the two rows")],
    ),
    Broken(
        "more positive than tested",
        {
            "tests.csv": "date,area_id,kind,reason,tests,positives\n2022-03-01,D1,pcr,screening,100,101\n"
            "2022-03-02,D1,pcr,screening,10.5,1\n"
        },
        [
            error(
                "tests.csv",
                2,
                "positives",
                "positives 101 is more than tests 100",
                "Correct one of the two numbers",
            ),
            error(
                "tests.csv",
                3,
                "tests",
                '"10.5" is not a whole number',
                "Write it as 1200, without separators or units, or bring the file in with: seawall import",
            ),
        ],
    ),
    Broken(
        "a stay that ends before it starts, at a place nobody knows",
        {
            "places.csv": "place_id,area_id,kind\nP1,D1,venue\n",
            "visits.csv": "person_id,place_id,start,end\na,P1,2022-03-01 10:00,2022-03-01 09:00\n"
            "a,P2,2022-03-01 10:00,2022-03-01\n",
        },
        [
            error(
                "visits.csv",
                2,
                "end",
                "end 2022-03-01 09:00 is before start 2022-03-01 10:00",
                "Correct one of the two dates",
            ),
            error(
                "visits.csv",
                3,
                "end",
                '"2022-03-01" is not a time (year-month-day hour:minute)',
                "Write it as 2022-03-05 14:30, or bring the file in with: seawall import",
            ),
            error("visits.csv", 3, "place_id", '"P2" is not in places', 'Did you mean "P1"'),
        ],
    ),
    Broken(
        "two cities, or none",
        {"areas.csv": areas("C,,city,Harbour,", "D1,C,district,North,", "D2,,district,South,")},
        [
            error(
                "areas.csv",
                4,
                "parent_id",
                'area "D2" has no parent, and neither has the city "C"; only the city may have none',
                "Fill in the code of the area it lies in",
            )
        ],
    ),
    Broken(
        "areas in a ring",
        {"areas.csv": areas("C,D2,city,Harbour,", "D1,C,district,North,", "D2,D1,subdistrict,South,")},
        [
            error(
                "areas.csv",
                None,
                "parent_id",
                "every area has a parent, so none is the city",
                "Add a row for the city itself, with level city and an empty parent_id",
            ),
            error(
                "areas.csv",
                2,
                "parent_id",
                'area "C" lies within itself: C > D2 > D1 > C',
                "Correct the parent of one of them",
            ),
            error(
                "areas.csv",
                2,
                "level",
                'a city cannot lie in the subdistrict "D2"',
                "Correct the level or the parent; levels run city > district > subdistrict > community > grid",
            ),
        ],
    ),
    Broken(
        "a parent that is not there, a district in a district, a root that is no city",
        {"areas.csv": areas("C,,district,Harbour,", "D1,C,district,North,", "D2,CC,district,South,")},
        [
            error(
                "areas.csv",
                2,
                "level",
                '"C" has no parent, so it is the city, but its level is "district"',
                "Write city as its level, or add a row for the city above it",
            ),
            error(
                "areas.csv",
                3,
                "level",
                'a district cannot lie in the district "C"',
                "Correct the level or the parent; levels run city > district > subdistrict > community > grid",
            ),
            error(
                "areas.csv", 4, "parent_id", 'the parent "CC" of "D2" is not an area of this table', 'Did you mean "C"'
            ),
        ],
    ),
    Broken(
        "an area twice, and residents that do not add up",
        {
            "areas.csv": areas(
                "C,,city,Harbour,1000", "D1,C,district,North,300", "D2,C,district,South,600", "D2,C,district,West,1"
            )
        },
        [
            error("areas.csv", 5, "area_id", 'area_id "D2" stands already in row 4', "Keep one of the two rows"),
            warning(
                "areas.csv",
                2,
                "population",
                "the area has 1,000 residents but its parts have 900 together",
                "Correct one of them; rates of the area and of its parts do not fit together",
            ),
        ],
    ),
    Broken(
        "polygons that are not JSON",
        {"areas.geojson": '{"type": "FeatureCollection",\n "features": [}'},
        [error("areas.geojson", 2, None, "it is not JSON (Expecting value, column 15)", EXPORT)],
    ),
    Broken(
        "polygons that are no list of features",
        {"areas.geojson": '{"type": "Polygon"}'},
        [error("areas.geojson", None, None, "it holds no list of features", EXPORT)],
    ),
    Broken(
        "polygons of nobody, twice, and of no shape",
        {
            "areas.geojson": collection(
                feature("D1", *SQUARE),
                feature(310101, *SQUARE),
                feature("D3", *SQUARE),
                feature("D1", *SQUARE),
                feature("D2", *SQUARE, kind="LineString"),
                feature("C", (0, 0), (1, 1), (1, 0), (0, 1), (0, 0)),
            )
        },
        [
            error(
                "areas.geojson",
                2,
                "area_id",
                "the feature has no property area_id that is text; it has area_id",
                "Add the area's code to its properties, as text",
            ),
            error("areas.geojson", 3, "area_id", '"D3" is not in areas', 'Did you mean "D2" (South)'),
            error(
                "areas.geojson",
                4,
                "area_id",
                'area "D1" has a polygon already, feature 1',
                "Join them into one MultiPolygon",
            ),
            error(
                "areas.geojson",
                5,
                "geometry",
                'the shape of "D2" cannot be drawn: it is a LineString, not a Polygon or MultiPolygon',
                DRAW,
            ),
            warning(
                "areas.geojson",
                6,
                "geometry",
                'the polygon of "C" is not valid: Self-intersection[0.5 0.5]',
                "Mend it where the map is kept; it is drawn as it is",
            ),
        ],
    ),
    Broken(
        "polygons in metres",
        {"areas.geojson": collection(feature("D1", (0, 0), (5000, 0), (5000, 5000), (0, 0)))},
        [
            error(
                "areas.geojson",
                1,
                "geometry",
                'the shape of "D1" cannot be drawn: its coordinates are not longitude and latitude',
                DRAW,
            )
        ],
    ),
]


def write(folder, files):
    for name, content in {**WHOLE, **files}.items():
        if content is not None:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def test_whole_folder_has_no_fault(tmp_path):
    write(tmp_path, {})
    report = check_city(tmp_path, TODAY)
    assert (report.ok, report.groups) == (True, ())
    assert [(table.file, table.rows) for table in report.tables] == [("areas.csv", 3), ("cases.csv", 2)]
    assert (report.tables[1].first, report.tables[1].last) == (date(2022, 3, 1), date(2022, 3, 4))
    assert "population" in report.missing
    assert "cases" not in report.missing


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_broken_folder_is_named_in_these_words(tmp_path, broken):
    write(tmp_path, broken.files)
    report = check_city(tmp_path, TODAY)
    found = [(group.severity, fault) for group in report.groups for fault, _ in group.faults()]
    assert found == broken.faults
    assert report.ok == all(severity == "warning" for severity, _ in broken.faults)


def test_there_are_thirty_kinds_and_more():
    assert len(BROKEN) >= 30
    assert len({broken.name for broken in BROKEN}) == len(BROKEN)
