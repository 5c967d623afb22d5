"""`seawall example` writes what the library writes, says so, and what it writes passes `seawall check`."""

import json

import pytest

from seawall.city.example import write_example
from seawall.cli.app import run


def contents(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_command_and_library_write_the_same_bytes(tmp_path, capsys):
    assert run(["example", str(tmp_path / "command"), "--residents", "20000", "--seed", "9", "--days", "60"]) == 0
    written = write_example(tmp_path / "library", residents=20_000, seed=9, days=60)
    assert contents(tmp_path / "command") == contents(tmp_path / "library")
    said = capsys.readouterr().out
    for name, rows in written.rows.items():
        assert any(line.split() == [f"{name}.csv", f"{rows:,}"] for line in said.splitlines())
    assert said.splitlines()[-1] == f"Next: seawall brief {tmp_path / 'command'} -o brief"


def test_json_says_the_same(tmp_path, capsys):
    assert run(["example", str(tmp_path / "city"), "--residents", "20000", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["rows"] == dict(write_example(tmp_path / "again", residents=20_000).rows)
    assert said["last_day"] == "2025-05-31"
    assert said["synthetic"] is True


@pytest.mark.parametrize("table_format", ["csv", "parquet"])
def test_what_it_writes_passes_the_check(tmp_path, capsys, table_format):
    assert run(["example", str(tmp_path / "city"), "--residents", "50000", "--format", table_format]) == 0
    assert run(["check", str(tmp_path / "city")]) == 0
    assert "No fault found" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--residents", "100"], 1, "100 residents is not between 2,000 and 25,000,000"),
        (["--days", "2"], 1, "2 days is not between 40 and 365"),
        (["--format", "xlsx"], 2, "xlsx"),
        (["--residents", "many"], 2, "many"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(tmp_path, capsys, arguments, status, words):
    assert run(["example", str(tmp_path / "city"), *arguments]) == status
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_and_a_path_that_cannot_be_are_answered_with_advice(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path in (
        tmp_path / "file",
        tmp_path / "file" / "below",
        tmp_path / ("long" * 100),
        tmp_path / "loop",
        tmp_path / "a\udcffb",
    ):
        assert run(["example", str(path), "--residents", "2000"]) == 1
        assert "The example city was not written" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"
