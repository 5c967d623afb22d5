"""`seawall score` from the command line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl
import pytest

from seawall.cli.app import run

HEADER = "reference_date,horizon,location,target_end_date,output_type,output_type_id,value,model_id\n"


def rows(model: str, values: tuple[float, ...], *, level: tuple[str, ...] = ("0.25", "0.5", "0.75")) -> str:
    return "".join(
        f"2022-01-01,1,A,2022-01-02,quantile,{one},{value},{model}\n" for one, value in zip(level, values, strict=True)
    )


def test_scores_a_file_of_forecasts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mean = "2022-01-01,1,A,2022-01-02,mean,NA,99,good\n"
    (tmp_path / "f.csv").write_text(HEADER + rows("good", (8, 10, 12)) + rows("bad", (0, 0, 0)) + mean)
    (tmp_path / "t.csv").write_text("location,target_end_date,observation\nA,2022-01-02,10\nA,2022-01-03,NA\n")
    assert run(["score", str(tmp_path / "f.csv"), str(tmp_path / "t.csv"), "--baseline", "bad"]) == 0
    table = pl.read_csv(io.StringIO(capsys.readouterr().out))
    assert table.columns[:7] == ["model_id", "n", "wis", "mae", "coverage_50", "coverage_90", "relative_wis"]
    assert table["model_id"].to_list() == ["good", "bad"]
    assert table["relative_wis"].to_list() == pytest.approx([0.1 * 4 / 3 / 2, 1.0])
    assert run(["score", str(tmp_path / "f.csv"), str(tmp_path / "t.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["model_id"] == "good"


def test_a_forecast_with_a_level_missing_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lame = rows("m", (8, 12), level=("0.25", "0.75")).replace("2022-01-01,1,A,2022-01-02", "2022-01-02,1,A,2022-01-03")
    (tmp_path / "f.csv").write_text(HEADER + rows("m", (8, 10, 12)) + lame)
    (tmp_path / "t.csv").write_text("location,target_end_date,observation\nA,2022-01-02,10\nA,2022-01-03,10\n")
    assert run(["score", str(tmp_path / "f.csv"), str(tmp_path / "t.csv")]) == 0
    said = capsys.readouterr()
    assert "1 forecasts lack levels" in said.err
    assert pl.read_csv(io.StringIO(said.out))["n"].to_list() == [1]


def test_every_fault_is_listed_with_its_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "f.csv").write_text(
        HEADER
        + "2022-01-01,1,A,2022-13-02,quantile,0.5,3,m\n"
        + "2022-01-01,1,A,2022-01-02,quantile,1.5,3,m\n"
        + "2022-01-01,1,A,2022-01-02,quantile,0.5,many,\n"
    )
    (tmp_path / "t.csv").write_text("location,target_end_date,observation\nA,2022-01-02,10\n")
    assert run(["score", str(tmp_path / "f.csv"), str(tmp_path / "t.csv")]) == 1
    said = capsys.readouterr().err
    for piece in (
        "row 2, column target_end_date: '2022-13-02' is not a date",
        "row 3, column output_type_id: '1.5' is not a quantile level",
        "row 4, column value: 'many' is not a number",
        "row 4, column model_id: the cell is empty",
    ):
        assert piece in said


@pytest.mark.parametrize(
    ("truth", "problem"),
    [
        ("location,observation\nA,1\n", "column target_end_date: the column is not there"),
        ("location,target_end_date,observation\nB,2022-01-02,10\n", "Nothing can be scored"),
        ("location,target_end_date,observation\nA,2022-01-02,1\nA,2022-01-02,2\n", "row 3: it repeats location A"),
        ("", "cannot be read"),
    ],
)
def test_truth_that_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], truth: str, problem: str
) -> None:
    (tmp_path / "f.csv").write_text(HEADER + rows("m", (8, 10, 12)))
    (tmp_path / "t.csv").write_text(truth)
    assert run(["score", str(tmp_path / "f.csv"), str(tmp_path / "t.csv")]) == 1
    assert problem in capsys.readouterr().err
