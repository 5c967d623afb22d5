"""Whatever is brought in: receipts add up, the same again changes nothing, and nothing ends in a traceback."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.city import check_city
from seawall.city.importing import import_files
from seawall.cli.app import run

AREAS = (
    "area_id,parent_id,level,name,name_zh\nC,,city,Harbour,港城\nD1,C,district,North,北区\nD2,C,district,South,南区\n"
)

WORDS = st.sampled_from(
    ["D1", "D2", "北区", "Nrth", "", "a", "b", "2022-03-05", "2022/3/5", "5/3/2022", "44625", "3", "-1", "1,2"]
)
CELLS = st.one_of(WORDS, st.text(max_size=5))
HEADERS = ("编号", "区", "报告日期", "年龄", "备注", "发病日期")


def folder(root):
    root.mkdir()
    (root / "city.toml").write_text('name = "Harbour"\n')
    (root / "areas.csv").write_text(AREAS)
    return root


def bytes_of(root):
    return {path.name: path.read_bytes() for path in root.iterdir() if path.is_file()}


def text_of(rows, header=HEADERS, separator=","):
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in [header, *rows]]
    return "\n".join(separator.join(row) for row in quoted).encode("utf-8", "surrogatepass")


CASE = st.tuples(
    st.sampled_from(["a", "b", "c", "d", ""]),
    st.sampled_from(["D1", "D2", "北区", "Nrth", ""]),
    st.sampled_from(["2022-03-05", "2022/3/6", "20220307", "5/3/2022", "never", ""]),
    st.sampled_from(["3", "50s", "old", "200", ""]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=3),
    st.sampled_from(["2022-03-01", "2022-05-01", ""]),
)


@given(
    first=st.lists(CASE, max_size=12),
    second=st.lists(CASE, max_size=12),
    repeats=st.sampled_from(["reject", "last", "sum"]),
)
@settings(max_examples=25, deadline=None)
def test_receipts_add_up_and_the_same_again_changes_nothing(first, second, repeats):
    with tempfile.TemporaryDirectory() as place:
        root = folder(Path(place) / "city")
        mapping = Path(place) / "mapping.toml"
        mapping.write_text(f"[cases]\nauto = true\nrepeats = '{repeats}'\n")
        files = [Path(place) / "first.csv", Path(place) / "second.csv"]
        for path, rows in zip(files, (first, second), strict=True):
            path.write_bytes(text_of(rows))
        receipt = import_files(mapping, files, root)
        for file, rows in zip(receipt.files, (first, second), strict=True):
            assert file.read == file.loaded + file.merged + file.rejected
            assert file.read + file.passed_over == len(rows)
            assert min(file.loaded, file.merged, file.rejected) >= 0
            assert len({found["row"] for found in file.rejected_rows()}) == file.rejected
            if file.rejects:
                back = (root / file.rejects).read_text(encoding="utf-8")
                assert len(pl.read_csv(io.StringIO(back), infer_schema=False)) == file.rejected
        held = pl.read_csv(root / "cases.csv", infer_schema=False).height if (root / "cases.csv").exists() else 0
        assert held == receipt.total("loaded")
        if held:
            assert check_city(root).ok
        before = bytes_of(root)
        again = import_files(mapping, files, root)
        assert bytes_of(root) == before
        assert again.total("loaded") == 0


def run_quietly(*arguments):
    """The exit status of a command line; anything but an exit fails the test."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return run([str(argument) for argument in arguments])


def imported(content, mapping, name="file.csv"):
    with tempfile.TemporaryDirectory() as place:
        root = folder(Path(place) / "city")
        before = bytes_of(root)
        path = Path(place) / name
        path.write_bytes(content)
        if isinstance(mapping, bytes):
            (Path(place) / "mapping.toml").write_bytes(mapping)
            mapping = Path(place) / "mapping.toml"
        status = run_quietly("import", mapping, path, "--into", root)
        assert status in (0, 1)
        assert not (root / ".import").exists()
        if not (root / "cases.csv").exists() and not (root / "counts.csv").exists():
            assert bytes_of(root) == before
        else:
            assert run_quietly("check", root) == 0


ROWS = st.lists(st.lists(CELLS, max_size=7), max_size=6)


@given(
    content=st.one_of(
        st.binary(max_size=300), ROWS.map(text_of), ROWS.map(lambda rows: text_of(rows).replace(b'"', b""))
    )
)
@settings(max_examples=50, deadline=None)
def test_any_bytes_as_a_file(content):
    imported(content, "auto:cases")


MAPPED = (
    b"[counts]\ndates = 'dmy'\nencoding = 'gb18030'\nrepeats = 'sum'\n[counts.columns]\n"
    b"area_id = { from = 'a', within = 'b', else = 'within' }\nevent = { value = 'reports' }\n"
    b"[counts.wide]\ncolumns = 'dates'\ninto = 'date'\nvalue = 'count'\n[counts.cumulative]\ncolumn = 'count'\nnegative = 'zero'\n"
)


@given(rows=ROWS, days=st.lists(st.sampled_from(["1/3/2022", "2022-03-02", "3.3.22", "x", ""]), max_size=4))
@settings(max_examples=40, deadline=None)
def test_any_cells_in_a_wide_file_of_totals(rows, days):
    imported(text_of(rows, ("a", "b", *days)), MAPPED)


TOML_VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-5, 5),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(["id", "area", "day", "dmy", "x", ""]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["from", "value", "codes", "dates", "join", "within", "scale", "into", "columns"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


def toml(found):
    if isinstance(found, dict):
        return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in found.items()) + "}"
    if isinstance(found, list):
        return "[" + ", ".join(map(toml, found)) + "]"
    return json.dumps(found)


@given(
    part=st.dictionaries(
        st.sampled_from(
            [
                "files",
                "columns",
                "auto",
                "sheet",
                "header_row",
                "separator",
                "encoding",
                "dates",
                "where",
                "wide",
                "cumulative",
                "repeats",
            ]
        ),
        TOML_VALUES,
        max_size=4,
    ),
    columns=st.dictionaries(st.sampled_from(["case_id", "area_id", "report_date", "age"]), TOML_VALUES, max_size=4),
)
@settings(max_examples=50, deadline=None)
def test_any_mapping(part, columns):
    part.setdefault("columns", columns)
    document = "[cases]\n" + "".join(f"{key} = {toml(found)}\n" for key, found in part.items())
    imported(b"id,area,day\na,D1,2022-03-05\n", document.encode())


@given(content=st.binary(max_size=100))
@settings(max_examples=30, deadline=None)
def test_any_bytes_as_a_mapping(content):
    imported(b"id,area,day\na,D1,2022-03-05\n", content)


@pytest.fixture(scope="module")
def packed():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([("id", "area", "report"), ("a", "D1", "2022-03-05")]):
            sheet.write_row(at, 0, row)
    parquet = io.BytesIO()
    pl.DataFrame({"id": ["a", "b"], "area": ["D1", "D2"], "report": [1, None]}).write_parquet(parquet)
    return {"file.xlsx": buffer.getvalue(), "file.parquet": parquet.getvalue()}


@given(
    name=st.sampled_from(["file.xlsx", "file.parquet"]),
    at=st.floats(0, 1),
    junk=st.binary(min_size=1, max_size=40),
    cut=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_any_damage_to_a_workbook_or_parquet(packed, name, at, junk, cut):
    whole = packed[name]
    place = int(at * len(whole))
    imported(whole[:place] + junk + (b"" if cut else whole[place + len(junk) :]), "auto:cases", name)
