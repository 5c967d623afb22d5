"""`seawall nowcast` from the command line."""

from __future__ import annotations

import io
import itertools
import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from seawall.cli.app import run
from seawall.core.draws import generator

ON = date(2022, 4, 30)


def line_list(path: Path, *, areas: bool = False) -> pl.DataFrame:
    rng = generator(1, "nowcast command")
    rows = []
    for ago in range(40):
        onset = ON - timedelta(days=ago)
        rows += [(onset, onset + timedelta(days=int(rng.binomial(6, 0.4))), rng.choice(["A", "B"])) for _ in range(20)]
    table = pl.DataFrame(rows, schema=["onset_date", "report_date", "area_id"], orient="row")
    (table if areas else table.drop("area_id")).write_csv(path)
    return table


def out_of(capsys: pytest.CaptureFixture[str]) -> pl.DataFrame:
    return pl.read_csv(io.StringIO(capsys.readouterr().out), try_parse_dates=True)


def test_writes_the_columns_that_are_promised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = line_list(tmp_path / "cases.csv")
    assert run(["nowcast", str(tmp_path / "cases.csv"), "--on", str(ON), "--max-delay", "6"]) == 0
    found = out_of(capsys)
    quantiles = ["q2.5", "q5", "q25", "q50", "q75", "q95", "q97.5"]
    assert found.columns == ["series", "date", "reported", "completeness", *quantiles]
    assert found["date"].to_list() == [ON - timedelta(days=ago) for ago in range(6, -1, -1)]
    known = table.filter(pl.col("report_date") <= ON).group_by("onset_date").len()
    reported = dict(known.iter_rows())
    assert found["reported"].to_list() == [reported.get(day, 0) for day in found["date"]]
    assert found["q50"][-1] == pytest.approx(20, abs=8)
    for low, high in itertools.pairwise(quantiles):
        assert (found[low] <= found[high]).all()


def test_what_was_reported_later_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = line_list(tmp_path / "cases.csv").drop("area_id")
    table.filter(pl.col("report_date") <= ON).write_csv(tmp_path / "then.csv")
    tables = []
    for name in ("cases.csv", "then.csv"):
        assert run(["nowcast", str(tmp_path / name), "--on", str(ON)]) == 0
        tables.append(out_of(capsys))
    assert tables[0].equals(tables[1])


def test_one_series_for_each_area_and_the_row_order_does_not_matter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = line_list(tmp_path / "cases.csv", areas=True)
    assert run(["nowcast", str(tmp_path / "cases.csv"), "--on", str(ON)]) == 0
    found = out_of(capsys)
    table.reverse().write_csv(tmp_path / "reversed.csv")
    assert run(["nowcast", str(tmp_path / "reversed.csv"), "--on", str(ON)]) == 0
    assert out_of(capsys).equals(found)
    assert found["series"].unique(maintain_order=True).to_list() == ["A", "B"]
    known = table.filter(pl.col("report_date") <= ON, pl.col("onset_date") >= found["date"].min())
    assert found.group_by("series").agg(pl.col("reported").sum()).sort("series")["reported"].to_list() == [
        known.filter(area_id=area).height for area in ("A", "B")
    ]


def test_other_events_json_and_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line_list(tmp_path / "cases.csv")
    text = (tmp_path / "cases.csv").read_text().replace("onset_date", "specimen_date")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run(["nowcast", "-", "--event", "specimen", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[-1]["date"] >= str(ON)
    assert rows[-1]["series"] is None


def test_rows_without_a_date_are_left_out_with_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.csv").write_text(
        "onset_date,report_date\n2022-04-01,2022-04-03\n,2022-04-03\nNA,2022-04-04\n2022-04-05,2022-04-02\n"
    )
    assert run(["nowcast", str(tmp_path / "c.csv"), "--on", "2022-04-06"]) == 0
    said = capsys.readouterr()
    assert "2 of 4 rows lack onset_date or report_date" in said.err
    assert "1 cases were reported before onset_date" in said.err
    assert pl.read_csv(io.StringIO(said.out))["reported"].sum() <= 2


def test_every_fault_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.csv").write_text(
        "onset_date,report_date\n2022-13-01,2022-04-03\n2022-04-01,soon\n2022-04-30,2022-03-01\n2022-04-01,2022-04-02\n"
    )
    assert run(["nowcast", str(tmp_path / "c.csv")]) == 1
    said = capsys.readouterr().err
    assert "3 problem(s)" in said
    assert "row 2, column onset_date: '2022-13-01' is not a date" in said
    assert "row 3, column report_date: 'soon' is not a date" in said
    assert "row 4, column report_date: reported 2022-03-01, more than 21 days before onset_date 2022-04-30" in said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("began,report_date\n", "column onset_date: the column is not there"),
        ("onset_date,report_date\n", "it has no case"),
        ("onset_date,report_date\n2022-04-01,2022-04-20\n", "no case was known on 2022-04-10"),
        ("", "cannot be read"),
    ],
)
def test_tables_that_cannot_be_completed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, problem: str
) -> None:
    (tmp_path / "c.csv").write_text(text)
    assert run(["nowcast", str(tmp_path / "c.csv"), "--on", "2022-04-10"]) == 1
    assert problem in capsys.readouterr().err
