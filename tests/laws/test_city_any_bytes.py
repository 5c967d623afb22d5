"""No bytes whatsoever in a city folder end in anything but advice."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import tempfile
from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.city import read_city
from seawall.city.declared import TABLES
from seawall.city.structure import look
from seawall.cli.app import run
from seawall.core import SeawallError

GOOD = {
    "city.toml": b'name = "Harbour"\n',
    "areas.csv": b"area_id,parent_id,level,name\nC,,city,Harbour\nD1,C,district,North\n",
    "cases.csv": b"case_id,area_id,report_date\na,D1,2022-03-01\n",
}

NAMES = sorted({column.name for table in TABLES.values() for column in table.columns})
CELLS = st.one_of(
    st.sampled_from(
        ["", "C", "D1", "2022-03-01", "2022-02-30", "-1", "1e400", "nan", "true", '"', '""', "\r", "\x00", "é"]
    ),
    st.text(max_size=8),
)
TABLE_TEXT = st.tuples(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=6),
    st.lists(st.lists(CELLS, max_size=7), max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
).map(lambda made: made[2].join(",".join(row) for row in [made[0], *made[1]]).encode("utf-8", "surrogatepass"))

ANY_FILE = st.one_of(st.binary(max_size=200), TABLE_TEXT)


def checked(files):
    """Write a folder, check it, read it; what the check returned and what reading gave."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
        for name, content in {**GOOD, **files}.items():
            if content is not None:
                (Path(folder) / name).write_bytes(content)
        status = run(["check", folder])
        assert status in (0, 1), said.getvalue()
        try:
            city = read_city(folder)
            city.areas.levels  # noqa: B018  # the walk through the tree is what is tried
            _ = city.polygons
            for table in city.files:
                city.scan(table).collect()
        except SeawallError:
            assert status == 1
        return status


@given(name=st.sampled_from(["areas.csv", "cases.csv", "counts.csv", "visits.csv", "places.csv"]), content=ANY_FILE)
@settings(max_examples=80, deadline=None)
def test_any_csv(name, content):
    checked({name: content})


@given(content=st.one_of(st.binary(max_size=100), st.text(max_size=100).map(lambda t: t.encode("utf-8", "replace"))))
@settings(max_examples=40, deadline=None)
def test_any_settings(content):
    checked({"city.toml": content})


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["D1", "Polygon", "x"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["features", "properties", "area_id", "geometry", "type", "coordinates"]), inner, max_size=4
        ),
    ),
    max_leaves=20,
)


@given(content=st.one_of(st.binary(max_size=60), JSON.map(lambda made: json.dumps(made).encode())))
@settings(max_examples=60, deadline=None)
def test_any_polygons(content):
    checked({"areas.geojson": content})


@given(features=st.lists(JSON, max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_features(features):
    checked({"areas.geojson": json.dumps({"type": "FeatureCollection", "features": features}).encode()})


@given(
    content=st.binary(max_size=200), at=st.integers(0, 400), packed=st.sampled_from(["cases.parquet", "cases.csv.gz"])
)
@settings(max_examples=60, deadline=None)
def test_any_damage_to_a_packed_table(content, at, packed):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / packed
        frame = pl.DataFrame({"case_id": ["a", "b"], "area_id": ["D1", "D1"], "report_date": [date(2022, 3, 1), None]})
        if packed.endswith(".parquet"):
            frame.write_parquet(path)
            whole = path.read_bytes()
        else:
            whole = gzip.compress(frame.write_csv().encode())
    assert checked({packed: whole, "cases.csv": None}) == 0
    spoilt = whole[:at] + content + whole[at + len(content) :]
    checked({packed: spoilt, "cases.csv": None})


@given(content=TABLE_TEXT)
@settings(max_examples=100, deadline=None)
def test_a_file_without_a_flaw_reads_the_same_with_another_reader(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(content)
        bones = look(path)
        if bones.flaws or len(bones.ragged):
            return
        ours = pl.read_csv(path, infer_schema=False).rows()
        theirs = list(csv.reader(io.StringIO(content.decode(), newline="")))
    assert bones.header == tuple(theirs[0])
    assert bones.rows == len(theirs) - 1
    assert [tuple(cell or "" for cell in row) for row in ours] == [
        tuple(row) if any(row) else ("",) * len(bones.header) for row in theirs[1:]
    ]
