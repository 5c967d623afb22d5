"""`seawall import` says what `import_files` did: in words, as JSON, by its exit status."""

from __future__ import annotations

import json

import pytest

from seawall.city import read_city
from seawall.cli.app import run


@pytest.fixture
def city(tmp_path):
    root = tmp_path / "city"
    root.mkdir()
    (root / "city.toml").write_text('name = "Harbour"\n', encoding="utf-8")
    (root / "areas.csv").write_text(
        "area_id,parent_id,level,name\nC,,city,Harbour\nD1,C,district,North\n", encoding="utf-8"
    )
    (tmp_path / "cases.csv").write_bytes(
        "编号,区,报告日期,备注\na,North,2022/3/5,x\nb,West,2022/3/5,y\n".encode("gb18030")
    )
    return root


def test_rows_are_loaded_and_the_rejected_are_named(city, tmp_path, capsys):
    assert run(["import", "auto:cases", str(tmp_path / "cases.csv"), "--into", str(city)]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[:2] == [
        "cases.csv into cases (gb18030)",
        "  read 2 = loaded 1 + merged 0 + rejected 1",
    ]
    assert "not used: 备注" in said
    assert 'cases.csv, row 3, column 区: "West" is not an area of this city.' in said
    assert f"Rejected rows: {city}/receipts/0001-cases/cases.csv" in said
    assert (
        (city / "receipts/0001-cases/cases.csv")
        .read_bytes()
        .startswith("编号,区,报告日期,备注,reason".encode("gb18030"))
    )
    assert read_city(city).scan("cases").collect()["case_id"].to_list() == ["a"]


def test_the_receipt_as_json_is_the_one_kept(city, tmp_path, capsys):
    copy = tmp_path / "copy.json"
    arguments = [
        "import",
        "auto:cases",
        str(tmp_path / "cases.csv"),
        "--into",
        str(city),
        "--json",
        "--receipt",
        str(copy),
    ]
    assert run(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads(copy.read_text(encoding="utf-8"))
    assert told == json.loads((city / "receipts" / "0001.json").read_text(encoding="utf-8"))
    assert told["total"] == {"read": 2, "loaded": 1, "merged": 0, "rejected": 1}
    assert told["files"][0]["rejects"] == [
        {
            "row": 3,
            "column": "区",
            "value": "West",
            "reason": '"West" is not an area of this city',
            "mend": "Use the code or name of an area, or add it to the table areas",
        }
    ]
    assert told["tables"] == [
        {
            "table": "cases",
            "file": "cases.csv",
            "rows_before": 0,
            "rows_after": 1,
            "changed_rows": 0,
            "changed_cells": {},
        }
    ]


def test_strict_ends_with_1_writes_the_receipt_and_changes_nothing(city, tmp_path, capsys):
    copy = tmp_path / "copy.json"
    arguments = [
        "import",
        "auto:cases",
        str(tmp_path / "cases.csv"),
        "--into",
        str(city),
        "--strict",
        "--receipt",
        str(copy),
    ]
    assert run(arguments) == 1
    assert "1 of 2 rows were rejected; nothing was loaded" in capsys.readouterr().err
    assert json.loads(copy.read_text(encoding="utf-8"))["total"]["rejected"] == 1
    assert sorted(path.name for path in city.iterdir()) == ["areas.csv", "city.toml"]


def test_a_dry_run_says_so(city, tmp_path, capsys):
    assert run(["import", "auto:cases", str(tmp_path / "cases.csv"), "--into", str(city), "--dry-run"]) == 0
    assert "A dry run: nothing was written." in capsys.readouterr().out
    assert sorted(path.name for path in city.iterdir()) == ["areas.csv", "city.toml"]


def test_when_no_row_can_be_loaded_it_ends_with_1(city, tmp_path):
    (tmp_path / "bad.csv").write_text("编号,区,报告日期\nb,West,2022/3/5\n", encoding="utf-8")
    assert run(["import", "auto:cases", str(tmp_path / "bad.csv"), "--into", str(city)]) == 1
    assert (city / "receipts" / "0001-cases" / "bad.csv").exists()
    assert not (city / "cases.csv").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["auto:cases", "none.csv", "--into", "CITY"],
        ["none.toml", "cases.csv", "--into", "CITY"],
        ["auto:cases", "--into", "CITY"],
        ["auto:cases", "cases.csv", "--into", "cases.csv"],
        ["auto:cases", ".", "--into", "CITY"],
        ["auto:cases", "cases.csv", "--into", "CITY", "--receipt", "cases.csv/x.json"],
    ],
    ids=["no file", "no mapping", "no files", "into a file", "a folder as file", "no place for the receipt"],
)
def test_what_cannot_be_done_ends_with_1_and_a_word(city, tmp_path, capsys, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    assert run(["import", *(str(city) if word == "CITY" else word for word in arguments)]) == 1
    assert capsys.readouterr().err.strip()


def test_usage_errors_end_with_2(capsys):
    assert run(["import", "auto:cases", "x.csv"]) == 2
    assert "--into" in capsys.readouterr().err


def test_nothing_is_drawn_where_nobody_watches(city, tmp_path, capsys):
    assert run(["import", "auto:cases", str(tmp_path / "cases.csv"), "--into", str(city)]) == 0
    assert capsys.readouterr().err == ""
