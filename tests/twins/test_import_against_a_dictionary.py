"""What an import makes of a table is what a dictionary, filled row by row, would hold."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.city import read_city
from seawall.city.importing import import_files

COLUMNS = ("case_id", "area_id", "report_date", "severity", "lon")
ROW = st.tuples(
    st.sampled_from("abcdefg"),
    st.sampled_from(["D1", "D2"]),
    st.sampled_from([None, "2022-03-05", "2022-03-06"]),
    st.sampled_from([None, "mild", "severe"]),
    st.sampled_from([None, 121.5, 0.1 + 0.2]),
)


def write(path, rows):
    pl.DataFrame(rows, schema=dict(zip(COLUMNS, [pl.String] * 4 + [pl.Float64], strict=True)), orient="row").write_csv(
        path
    )


@given(
    there=st.lists(ROW, max_size=6, unique_by=lambda row: row[0]),
    files=st.lists(st.lists(ROW, max_size=8), min_size=1, max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_later_facts_win_and_nothing_is_erased(there, files):
    held: dict[str, list[object]] = {row[0]: list(row) for row in there}
    loaded = []
    for rows in files:
        loaded.append(len({row[0] for row in rows} - set(held)))
        for row in rows:
            known = held.setdefault(row[0], [None] * len(COLUMNS))
            held[row[0]] = [new if new is not None else old for new, old in zip(row, known, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "city"
        root.mkdir()
        (root / "city.toml").write_text('name = "Harbour"\n')
        (root / "areas.csv").write_text("area_id,parent_id,level,name\nC,,city,H\nD1,C,district,N\nD2,C,district,S\n")
        if there:
            write(root / "cases.csv", there)
        paths = [Path(folder) / f"{number}.csv" for number in range(len(files))]
        for path, rows in zip(paths, files, strict=True):
            write(path, rows)
        (Path(folder) / "m.toml").write_text("[cases]\nauto = true\nrepeats = 'last'\n")
        receipt = import_files(Path(folder) / "m.toml", paths, root)
        assert [file.loaded for file in receipt.files] == loaded
        assert receipt.total("rejected") == 0
        found = read_city(root).scan("cases").select(COLUMNS).collect().rows() if held else []
    expected = [(*row[:2], date.fromisoformat(str(row[2])) if row[2] else None, *row[3:]) for row in held.values()]
    assert found == expected
