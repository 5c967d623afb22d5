"""Decisions are read from the folders that `seawall choose` leaves; every fault of every file is told."""

from __future__ import annotations

import json

import pytest

from seawall.core import InvalidInput
from seawall.review import read_decisions

CHOICE = {"on": "2026-03-01", "start": "2026-03-02", "days": 2, "seed": 3, "chosen": {"key": "b"}}
EXPECTED = "date,event,q5,q25,q50,q75,q95\n2026-03-02,reports,1,2,3,4,5\n2026-03-03,reports,1,2,3,4,5\n"
STRATEGY = '[strategy]\nname = "B"\n[[measures]]\nkind = "wear_masks"\n'


def written(root, name="2026-03-01-b", *, choice=None, expected=EXPECTED, strategy=STRATEGY):
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "choice.json").write_text(json.dumps(CHOICE | (choice or {})))
    (folder / "expected.csv").write_text(expected)
    (folder / "chosen.toml").write_text(strategy)
    return folder


def faults(root):
    with pytest.raises(InvalidInput) as found:
        read_decisions([root])
    return [(fault.file.rsplit("/", 1)[-1], fault.row, fault.column, fault.problem) for fault in found.value.faults]


def test_decisions_come_in_order_with_their_version(tmp_path):
    later = {"on": "2026-03-08", "start": "2026-03-09"}
    written(tmp_path, "2026-03-08-a", choice=later, strategy=STRATEGY + 'name = "masks"\n')
    written(tmp_path)
    written(tmp_path, "2026-03-15-c", choice={"on": "2026-03-15"}, strategy=STRATEGY.replace('"B"', '"B"\nversion = 7'))
    found = read_decisions([tmp_path])
    assert [(one.name, one.key, one.version) for one in found] == [
        ("2026-03-01-b", "b", 1),
        ("2026-03-08-a", "a", 2),
        ("2026-03-15-c", "c", 7),
    ]
    assert found[0].expected["q50"].to_list() == [3.0, 3.0]


def test_a_folder_of_choose_is_a_decision_by_itself(tmp_path):
    rows = [line.split(",", 1) for line in EXPECTED.splitlines()[1:]]
    wide = "strategy," + EXPECTED.splitlines()[0] + "\n"
    wide += "".join(f"{key},{day},{rest}\n" for key in ("b", "other") for day, rest in rows)
    folder = written(tmp_path, "out", expected=wide)
    (one,) = read_decisions([folder])
    assert (one.name, one.key, one.expected.height) == ("out", "b", 2)
    nearest = {"chosen": None, "infeasible": {"nearest": "other"}}
    (folder / "choice.json").write_text(json.dumps(CHOICE | nearest))
    assert read_decisions([folder])[0].key == "other"
    (folder / "choice.json").write_text(json.dumps(CHOICE | {"chosen": {"key": "third"}}))
    assert faults(folder) == [("expected.csv", None, None, "nothing is expected of third")]


def test_every_fault_of_every_file_is_told(tmp_path):
    bad = EXPECTED.replace("2026-03-03", "2026-03-02").replace(",4,5\n", ",4,x\n", 1)
    written(tmp_path, choice={"on": "01/03/2026", "days": "2"}, expected=bad, strategy="[strategy]\n")
    written(tmp_path, "2026-03-02-c", expected=EXPECTED.replace("q95", "q99"))
    assert faults(tmp_path) == [
        ("chosen.toml", 1, "name", "it is missing"),
        ("choice.json", None, "on", "'01/03/2026' is not a date (year-month-day)"),
        ("choice.json", None, "days", "'2' is not a whole number"),
        ("expected.csv", 2, "q95", "'x' cannot be read"),
        ("expected.csv", 3, "date", "this day stands twice"),
        ("expected.csv", None, "q95", "there is no such column"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("choice.json", "{", "it cannot be read as JSON (Expecting property name enclosed in double quotes)"),
        ("choice.json", "[]", "it is JSON, but no choice"),
        ("expected.csv", EXPECTED.splitlines()[0] + "\n", "nothing is expected of b"),
        ("expected.csv", EXPECTED.replace("1,2,3", "3,2,1"), "the quantiles do not rise"),
        ("chosen.toml", None, "there is no such file"),
    ],
)
def test_a_broken_file_says_what_is_wrong(tmp_path, name, text, problem):
    folder = written(tmp_path)
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(text)
    assert problem in [one[3] for one in faults(tmp_path)]
    assert {one[0] for one in faults(tmp_path)} == {name}


def test_a_folder_that_is_not_there(tmp_path):
    assert faults(tmp_path / "none") == [("none", None, None, "there is no such folder")]
