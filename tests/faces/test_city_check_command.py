"""`seawall check` says what `check_city` found: in words, as JSON, as a table."""

from __future__ import annotations

import json

import polars as pl
import pytest

from seawall.city import check_city, open_city, read_city
from seawall.cli.app import run
from seawall.core import InvalidInput


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "city"
    root.mkdir()
    (root / "city.toml").write_text('name = "Harbour"\n')
    (root / "areas.csv").write_text("area_id,parent_id,level,name\nC,,city,Harbour\nD1,C,district,North\n")
    rows = "".join(f"{i},D1,2022-03-{i % 28 + 1:02d}\n" for i in range(200))
    (root / "cases.csv").write_text("case_id,area_id,report_date\n" + rows)
    return root


def spoil(folder):
    text = (folder / "cases.csv").read_text()
    (folder / "cases.csv").write_text(text.replace("2022-03-05", "5 March").replace("7,D1,", "7,Nort,"))


def test_a_whole_folder_ends_with_0_and_says_what_it_holds(folder, capsys):
    assert run(["check", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "Harbour" in said
    assert "200 rows  2022-03-01 to 2022-03-28" in said
    assert "who is old and at risk, by district" in said
    assert "No fault found" in said


def test_a_broken_folder_ends_with_1_and_groups_what_is_alike(folder, capsys):
    spoil(folder)
    assert run(["check", str(folder)]) == 1
    said = capsys.readouterr().out
    dates = [line for line in said.splitlines() if "column report_date" in line]
    assert len(dates) == 4
    assert "row 6," in dates[0]
    assert "4 more faults of this kind" in dates[-1]
    assert "cannot be used" in said


def test_json_and_the_table_hold_every_fault(folder, capsys, tmp_path):
    spoil(folder)
    report = check_city(folder)
    assert run(["check", str(folder), "--json", "--faults", str(tmp_path / "faults.csv")]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["errors"] == len(told["faults"]) == report.count("error") == 27
    assert told["faults"][0] == {
        "severity": "error",
        "code": "not-date",
        "file": "cases.csv",
        "row": 6,
        "column": "report_date",
        "value": "5 March",
        "problem": '"5 March" is not a date (year-month-day)',
        "mend": "Write it as 2022-03-05, or bring the file in with: seawall import",
    }
    table = pl.read_csv(tmp_path / "faults.csv")
    assert table.height == 27
    assert table["row"].to_list() == [fault["row"] for fault in told["faults"]]


def test_a_folder_that_is_not_there(tmp_path, capsys):
    assert run(["check", str(tmp_path / "none")]) == 1
    assert "there is no such folder" in capsys.readouterr().err


def test_faults_to_where_nothing_can_be_written(folder, capsys):
    assert run(["check", str(folder), "--faults", str(folder / "cases.csv" / "x.csv")]) == 1
    assert "cases.csv" in capsys.readouterr().err


def test_a_city_is_opened_only_without_errors(folder):
    assert open_city(folder).scan("cases").collect().height == 200
    spoil(folder)
    with pytest.raises(InvalidInput) as refused:
        open_city(folder)
    assert any("Nort" in fault.problem for fault in refused.value.faults)


def test_a_city_read_unchecked_refuses_bad_cells_and_names_the_check(folder):
    spoil(folder)
    city = read_city(folder)
    assert city.areas.root.area_id == "C"
    with pytest.raises(InvalidInput, match="seawall check") as refused:
        city.scan("cases")
    assert refused.value.faults[0].row == 6
    assert refused.value.faults[0].column == "report_date"


def test_a_scan_has_the_columns_of_the_schema_and_passes_over_empty_rows(folder):
    with (folder / "cases.csv").open("a") as stream:
        stream.write("\n,,\n  x ,D1,2022-03-01\n")
    rows = read_city(folder).scan("cases").collect()
    assert rows.height == 201
    assert rows["case_id"][-1] == "x"
    assert rows.schema["onset_date"] == pl.Date
    assert rows["onset_date"].null_count() == 201


def test_areas_that_are_no_tree_are_refused_unchecked(folder):
    (folder / "areas.csv").write_text("area_id,parent_id,level,name\nC,D1,city,Harbour\nD1,C,district,North\n")
    with pytest.raises(InvalidInput, match="lies within itself"):
        _ = read_city(folder).areas
