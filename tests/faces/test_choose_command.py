"""`seawall choose`: the same choice however it is spread, cut off and gone on with; as an exhaustive run would choose."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from tests.choose_city import GOAL, OPTIONS

from seawall.city.example import write_example
from seawall.cli.app import run
from seawall.measures import read_strategy
from seawall.plan.options import NOTHING

SIX = f"""{OPTIONS}
[[family.lever]]
name = "left"
name_zh = "留下的接触"
measure = "stay at home"
field = "left"
values = [0.05, 0.4]

[[family]]
base = "protect-the-old"
"""
"""Six options with doing nothing: the last family of the shared ones gets a lever, another follows."""

ASKED = {"--days": "30", "--infected": "12", "--seed": "5", "--replicates": "12", "--first": "4", "--plays": "8"}


@pytest.fixture(scope="module", autouse=True)
def _people_kept(tmp_path_factory):
    before = os.environ.get("SEAWALL_CACHE")
    os.environ["SEAWALL_CACHE"] = str(tmp_path_factory.mktemp("people"))
    yield
    os.environ.pop("SEAWALL_CACHE")
    if before is not None:
        os.environ["SEAWALL_CACHE"] = before


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("choose")
    write_example(root / "city", residents=4000, seed=2)
    (root / "options.toml").write_text(SIX)
    (root / "goal.toml").write_text(GOAL.format(limit=2600, probability=0.6))
    (root / "hard.toml").write_text(GOAL.format(limit=1, probability=0.95))
    return root


def command(folder: Path, out: Path, *more: str, goal: str = "goal.toml", **other: str) -> list[str]:
    asked = {**ASKED, **{f"--{name}": value for name, value in other.items()}}
    named = ["--strategies", str(folder / "options.toml"), "--goal", str(folder / goal)]
    return [
        "choose",
        str(folder / "city"),
        *named,
        *(word for pair in asked.items() for word in pair),
        "-o",
        str(out),
        *more,
    ]


@pytest.fixture(scope="module")
def chosen(folder, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("chosen") / "choice"
    assert run(command(folder, out, "--workers", "1")) == 0
    return out


def told(out: Path) -> dict:
    return json.loads((out / "choice.json").read_text(encoding="utf-8"))


def same(out: Path, other: Path) -> None:
    for path in [*sorted(out.glob("*.csv")), out / "choice.json", out / "chosen.toml"]:
        assert path.read_bytes() == (other / path.name).read_bytes(), path.name


def test_what_is_written_says_what_was_played(chosen) -> None:
    said = told(chosen)
    scores = pl.read_csv(chosen / "scores.csv")
    options = {one["key"]: one for one in said["options"]}
    assert next(iter(options)) == NOTHING
    assert len(options) == 6
    assert scores.height == sum(one["replicates"] for one in options.values())
    for key, one in options.items():
        mine = scores.filter(pl.col("strategy") == key)
        assert one["gave_up"] == mine["gave_up"].sum()
        assert (one["amounts"] == {}) == (one["gave_up"] > 0)
    key = said["chosen"]["key"]
    assert options[key]["meets"]
    assert options[key]["dropped"] is None
    assert options[key]["replicates"] == 12
    infections = scores.filter(pl.col("strategy") == key)["infections"]
    assert options[key]["amounts"]["infections"]["mean"] == pytest.approx(infections.mean())
    assert options[key]["p_meets"] == pytest.approx((infections <= 2600).mean())
    milder = [
        one
        for one in options.values()
        if one["meets"]
        and one["amounts"]["restricted_days"]["mean"] < 0.95 * options[key]["amounts"]["restricted_days"]["mean"]
    ]
    assert milder == []
    assert read_strategy(chosen / "chosen.toml").measures
    expected = pl.read_csv(chosen / "expected.csv")
    assert set(expected["strategy"]) >= {key, NOTHING}
    last = expected.filter((pl.col("strategy") == key) & (pl.col("event") == "deaths"))
    assert last.height == 30
    assert (last["q5"] <= last["q95"]).all()


def test_an_exhaustive_run_chooses_the_same(folder, chosen, tmp_path) -> None:
    out = tmp_path / "all"
    assert run(command(folder, out, "--workers", "1", first="12", plays="12")) == 0
    race, whole = told(chosen), told(out)
    assert any(one["replicates"] < 12 for one in race["options"])
    assert all(one["replicates"] == 12 for one in whole["options"])
    assert race["chosen"]["key"] == whole["chosen"]["key"]
    assert pl.read_csv(out / "scores.csv").height == 12 * len(whole["options"])

    def ranked(said: dict, keys: set[str]) -> list[str]:
        mine = [one for one in said["options"] if one["key"] in keys]
        return [one["key"] for one in sorted(mine, key=lambda one: one["amounts"]["restricted_days"]["mean"])]

    stayed = {one["key"] for one in race["options"] if one["dropped"] is None and one["meets"]}
    assert ranked(race, stayed) == ranked(whole, stayed)


def test_two_workers_give_the_bytes_of_one(folder, chosen, tmp_path) -> None:
    out = tmp_path / "choice"
    assert run(command(folder, out, "--workers", "2")) == 0
    same(chosen, out)


def test_a_choice_that_was_killed_goes_on_and_gives_the_same(folder, chosen, tmp_path) -> None:
    out = tmp_path / "choice"
    code = "import sys; from seawall.cli.app import run; sys.exit(run(sys.argv[1:]))"
    line = [sys.executable, "-c", code, *command(folder, out, "--workers", "2")]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            plays = out / "plays.jsonl"
            if plays.exists() and plays.read_bytes().count(b"\n") >= 7:
                break
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    kept = (out / "plays.jsonl").read_bytes()
    with (out / "plays.jsonl").open("ab") as stream:
        stream.write(b'{"option": "protect-the-old", "repl')
    assert not (out / "choice.json").exists()
    assert run(command(folder, out)) == 0
    assert (out / "plays.jsonl").read_bytes().startswith(kept[: kept.rfind(b"\n") + 1])
    same(chosen, out)
    plays = (out / "plays.jsonl").read_bytes()
    assert run(command(folder, out)) == 0  # all is there: nothing is played again
    assert (out / "plays.jsonl").read_bytes() == plays
    same(chosen, out)


def test_a_goal_that_none_meets_says_what_would_make_it_feasible(folder, tmp_path, capsys) -> None:
    out = tmp_path / "choice"
    assert run(command(folder, out, goal="hard.toml")) == 0
    said = told(out)
    assert said["chosen"] is None
    missing = said["infeasible"]["missing"][0]
    assert (missing["event"], missing["limit"], missing["probability"]) == ("infections", 1, 0.95)
    assert missing["share"] < 0.95
    mend = said["infeasible"]["mend"][0]
    assert mend["limit"] > 1
    words = capsys.readouterr().out
    assert "No option meets it. Nearest:" in words
    assert f"With infections at most {mend['limit']:,.0f} instead, {mend['option']} would meet it." in words


def test_another_question_is_not_mixed_with_this_one(folder, chosen, capsys) -> None:
    before = (chosen / "choice.json").read_bytes()
    assert run(command(folder, chosen, seed="6")) == 1
    assert "Another study lies in this folder" in capsys.readouterr().err
    assert (chosen / "choice.json").read_bytes() == before


def test_every_fault_of_goal_and_options_is_told_at_once(folder, tmp_path, capsys) -> None:
    line = [
        "choose",
        str(folder / "city"),
        "--goal",
        "least",
        "--strategies",
        "nothing-known",
        "-o",
        str(tmp_path / "o"),
    ]
    assert run(line) == 1
    words = capsys.readouterr().err
    assert "--goal" in words
    assert "--strategies" in words
    assert not (tmp_path / "o").exists()
    assert run(command(folder, tmp_path / "o", first="1")) == 1
    assert "1 is fewer than 2" in capsys.readouterr().err
