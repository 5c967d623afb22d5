"""`seawall simulate` is the library from a terminal; it goes on where it was cut off and gives the same bytes."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from seawall.city import open_city
from seawall.city.example import write_example
from seawall.cli.app import run
from seawall.measures import read_strategy
from seawall.twin.study import Question, play_study

SMALL = ["--days", "25", "--infected", "10", "--seed", "7"]
TABLES = ("daily", "quantiles", "totals", "compare", "ages", "layers", "variants", "burden", "burden_daily", "zones")


@pytest.fixture(scope="module", autouse=True)
def _people_kept(tmp_path_factory):
    before = os.environ.get("SEAWALL_CACHE")
    os.environ["SEAWALL_CACHE"] = str(tmp_path_factory.mktemp("people"))
    yield
    os.environ.pop("SEAWALL_CACHE")
    if before is not None:
        os.environ["SEAWALL_CACHE"] = before


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    root = tmp_path_factory.mktemp("example") / "city"
    write_example(root, residents=4000, seed=2)
    return root


@pytest.fixture(scope="module")
def played(city, tmp_path_factory):
    out = tmp_path_factory.mktemp("played") / "study"
    strategy = ["--strategy", "test-trace-isolate"]
    assert run(["simulate", str(city), *SMALL, *strategy, "--replicates", "3", "-o", str(out)]) == 0
    return out


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_command_and_library_give_the_same_tables(city, played, tmp_path):
    question = Question(
        strategies={"test-trace-isolate": read_strategy("test-trace-isolate")},
        days=25,
        replicates=3,
        seed=7,
        infected=10,
    )
    study = play_study(open_city(city), question, tmp_path / "study", threads=1)
    assert set(study.tables) == set(TABLES)
    assert files_of(tmp_path / "study") == files_of(played)
    written = pl.read_csv(played / "totals.csv")
    assert written["mean"].to_list() == study.tables["totals"]["mean"].to_list()


def test_two_threads_give_the_bytes_of_one(city, played, tmp_path):
    out = tmp_path / "study"
    strategy = ["--strategy", "test-trace-isolate", "--threads", "2"]
    assert run(["simulate", str(city), *SMALL, *strategy, "--replicates", "3", "-o", str(out)]) == 0
    assert files_of(out) == files_of(played)


def test_what_is_written_can_be_read_and_briefed(played):
    summary = json.loads((played / "summary.json").read_text(encoding="utf-8"))
    assert summary["asked"]["seed"] == 7
    assert summary["asked"]["city"]
    assert summary["assumed"]
    assert "IsolateCases" in summary["strategies"]["test-trace-isolate"]["text"]
    daily = pl.read_csv(played / "daily.csv")
    assert daily.filter(pl.col("event") == "infections")["count"].sum() > 0
    assert open_city(played / "city").synthetic
    assert pl.read_csv(played / "truth" / "infections.csv").height > 10


def test_more_replicates_extend_and_change_nothing(city, played, tmp_path):
    out = tmp_path / "study"
    arguments = ["simulate", str(city), *SMALL, "--strategy", "test-trace-isolate", "-o", str(out)]
    assert run([*arguments, "--replicates", "1"]) == 0
    first = (out / "replicates" / "0001.npz").stat().st_mtime_ns
    assert run([*arguments, "--replicates", "3"]) == 0
    assert (out / "replicates" / "0001.npz").stat().st_mtime_ns == first
    assert files_of(out) == files_of(played)


def test_a_study_killed_in_the_middle_goes_on_and_gives_the_same_bytes(city, tmp_path):
    many = ["simulate", str(city), *SMALL, "--strategy", "test-trace-isolate", "--replicates", "40", "--threads", "1"]
    cut, whole = tmp_path / "cut", tmp_path / "whole"
    code = "import sys; from seawall.cli.app import run; sys.exit(run(sys.argv[1:]))"
    process = subprocess.Popen([sys.executable, "-c", code, *many, "-o", str(cut)])
    third = cut / "replicates" / "0003.npz"
    while not third.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    kept = sorted((cut / "replicates").glob("0*.npz"))
    assert 3 <= len(kept) < 40
    stamps = {path: path.stat().st_mtime_ns for path in kept}
    assert run([*many, "-o", str(cut)]) == 0
    assert {path: path.stat().st_mtime_ns for path in kept} == stamps
    assert run([*many, "-o", str(whole)]) == 0
    left = {name: content for name, content in files_of(cut).items() if not name.endswith(".part")}
    assert left == files_of(whole)


def test_a_damaged_replicate_is_played_again(city, played, tmp_path):
    out = tmp_path / "study"
    arguments = ["simulate", str(city), *SMALL, "--strategy", "test-trace-isolate", "-o", str(out)]
    assert run([*arguments, "--replicates", "3"]) == 0
    broken = out / "replicates" / "0002.npz"
    broken.write_bytes(broken.read_bytes()[:100])
    assert run([*arguments, "--replicates", "3"]) == 0
    assert files_of(out) == files_of(played)


def test_another_question_is_refused_and_says_what_differs(city, tmp_path, capsys):
    out = tmp_path / "study"
    arguments = ["simulate", str(city), "--days", "10", "--infected", "5", "--replicates", "1", "-o", str(out)]
    assert run(arguments) == 0
    before = files_of(out)
    capsys.readouterr()
    assert run([*arguments, "--seed", "2", "--pathogen", "covid-delta"]) == 1
    told = capsys.readouterr().err
    assert "Another study lies in this folder; nothing was run." in told
    assert "column seed: the study there was asked 1, this one 2." in told
    assert "column pathogen" in told
    assert "--fresh" in told
    assert files_of(out) == before
    assert run([*arguments, "--seed", "2", "--pathogen", "covid-delta", "--fresh"]) == 0
    assert files_of(out)["replicates/0001.npz"] != before["replicates/0001.npz"]
    assert open_city(out / "city").pathogen == "covid-delta"


def test_strategies_side_by_side_share_their_luck(city, tmp_path, capsys):
    out = tmp_path / "study"
    both = ["--strategy", "do-nothing", "--strategy", "test-trace-isolate"]
    assert run(["simulate", str(city), *SMALL, *both, "--replicates", "2", "-o", str(out)]) == 0
    assert "do-nothing" in capsys.readouterr().out
    compare = pl.read_csv(out / "compare.csv").filter(pl.col("event") == "infections")
    assert compare["strategy"].to_list() == ["do-nothing", "test-trace-isolate"]
    less = compare["less_mean"].to_list()
    assert less[0] is None
    assert less[1] == pytest.approx(compare["mean"][0] - compare["mean"][1])
    first = pl.read_csv(out / "daily.csv").filter((pl.col("event") == "infections") & (pl.col("date") == "2025-06-01"))
    start = first.group_by("strategy", "replicate").agg(pl.col("count").sum())
    assert start["count"].n_unique() == 1
    assert (out / "do-nothing" / "city" / "city.toml").exists()
    assert (out / "test-trace-isolate" / "replicates" / "0002.npz").exists()


def test_without_a_number_of_infected_it_goes_on_from_the_reports(tmp_path, capsys):
    root = tmp_path / "city"
    write_example(root, residents=20_000, seed=1, days=80)
    arguments = ["simulate", str(root), "--days", "12", "--replicates", "2", "-o", str(tmp_path / "study"), "--json"]
    assert run([*arguments, "--strategy", "test-trace-isolate"]) == 0
    told = json.loads(capsys.readouterr().out)
    last = pl.read_csv(root / "counts.csv")["date"].max()
    assert told["asked"]["start"] > last
    counts = pl.read_csv(tmp_path / "study" / "city" / "counts.csv")
    assert counts["date"].min() == pl.read_csv(root / "counts.csv")["date"].min()
    dates = counts.filter(pl.col("event") == "reports")["date"].str.to_date().unique().sort()
    assert dates.diff().drop_nulls().dt.total_days().max() == 1
    summary = json.loads((tmp_path / "study" / "summary.json").read_text(encoding="utf-8"))
    assert summary["began"]["reproduction_number"]


def test_a_run_goes_on_from_a_simulated_city(played, tmp_path):
    out = tmp_path / "study"
    arguments = ["--days", "6", "--replicates", "1", "--seed", "7", "--strategy", "test-trace-isolate"]
    assert run(["simulate", str(played / "city"), *arguments, "-o", str(out)]) == 0
    before, after = (pl.read_csv(folder / "city" / "cases.csv") for folder in (played, out))
    assert after["case_id"].is_unique().all()
    assert set(before["case_id"]) <= set(after["case_id"])
    assert after.height > before.height
    assert open_city(out / "city").settings["first_day"] == open_city(played / "city").settings["first_day"]


def test_the_report_stands_alone_and_speaks_three_languages(city, tmp_path):
    out = tmp_path / "study"
    both = ["--strategy", "do-nothing", "--strategy", "test-trace-isolate"]
    arguments = ["simulate", str(city), *SMALL, *both, "--replicates", "2", "-o", str(out), "--no-city", "--report"]
    assert run([*arguments, "--lang", "all"]) == 0
    assert not (out / "do-nothing" / "city").exists()
    for lang, word in (("en", "The epidemic"), ("zh-Hans", "疫情"), ("zh-Hant", "策略對比")):
        page = (out / f"report.{lang}.html").read_text(encoding="utf-8")
        assert word in page
        assert f'lang="{lang}"' in page
        assert not re.search(r'(?:src|href)="https?:', page)
        assert page.count("<svg") == page.count("</svg>") == page.count("<desc") > 5
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))
    assert run([*arguments, "--lang", "en"]) == 0
    assert sorted(path.name for path in out.glob("report*")) == ["report.html"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--days", "0"], "--days: 0 is not between 1 and 3650. Give a length in days."),
        (["--replicates", "0"], "--replicates: 0 is fewer than 1. Give 1 or more."),
        (["--infected", "0"], "--infected: 0 is fewer than 1."),
        (["--infected", "5000"], "--infected: 5,000 cannot be infected where"),
        (["--pathogen", "covid-delt"], 'did you mean "covid-delta"'),
        (["--infected-in", "99010"], '--infected-in: "99010" is not an area of this city'),
        (["--strategy", "do-nothin"], 'did you mean "do-nothing"'),
        (["--strategy", "none.toml"], "none.toml: there is no such file. Check the path."),
        (["--threads", "0"], "--threads: 0 is fewer than 1."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_run(city, tmp_path, capsys, arguments, said):
    given = arguments if "--infected" in arguments else [*arguments, "--infected", "5"]
    out = tmp_path / "study"
    assert run(["simulate", str(city), *given, "-o", str(out)]) == 1
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_folder_without_reports_needs_a_day_and_a_number(city, tmp_path, capsys):
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("areas.csv", "population.csv"):
        (bare / name).write_bytes((city / name).read_bytes())
    (bare / "city.toml").write_text('name = "Bare"\n')
    (bare / "counts.csv").write_text("date,area_id,event,count\n")
    arguments = ["simulate", str(bare), "--days", "5", "--replicates", "1", "-o", str(tmp_path / "study")]
    assert run(arguments) == 1
    assert "--start: the folder holds no reports, so nothing says when to begin" in capsys.readouterr().err
    assert run([*arguments, "--start", "2025-01-01"]) == 1
    assert "--infected: the folder holds no reports to go on from" in capsys.readouterr().err
    assert run([*arguments, "--start", "2025-01-01", "--infected", "3"]) == 0
    assert open_city(tmp_path / "study" / "city").settings["first_day"].isoformat() == "2025-01-01"


def test_all_faults_come_at_once_and_as_json(city, tmp_path, capsys):
    bad = ["--days", "0", "--replicates", "0", "--pathogen", "x", "--json"]
    assert run(["simulate", str(city), *bad, "-o", str(tmp_path / "s")]) == 1
    told = json.loads(capsys.readouterr().err)
    assert [fault["file"] for fault in told["faults"]] == ["--days", "--replicates", "--pathogen"]


def test_a_folder_of_somebody_else_is_left_alone(city, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert run(["simulate", str(city), "--infected", "5", "--days", "5", "-o", str(tmp_path)]) == 1
    assert "it holds files that no study wrote" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_progress_reaches_every_day_of_every_replicate(city, tmp_path):
    told = {}

    def of(_):
        return lambda replicate, day, infections: told.__setitem__(replicate, (day, infections))

    question = Question(strategies={"none": read_strategy("do-nothing")}, days=8, replicates=3, infected=5)
    play_study(open_city(city), question, tmp_path / "study", progress=of)
    assert {replicate: day for replicate, (day, _) in told.items()} == {1: 8, 2: 8, 3: 8}
    assert all(infections >= 5 for _, infections in told.values())


def test_progress_is_shown_to_a_terminal_and_to_nobody_else(city, tmp_path):
    code = "import sys; from seawall.cli.app import run; sys.exit(run(sys.argv[1:]))"
    line = [sys.executable, "-c", code, "simulate", str(city), "--infected", "5", "--days", "40", "--replicates", "3"]
    quiet = subprocess.run([*line, "-o", str(tmp_path / "quiet")], capture_output=True, text=True, check=True)
    assert quiet.stderr == ""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "160"}
    loud = subprocess.Popen(
        [*line, "-o", str(tmp_path / "loud")], stdout=subprocess.DEVNULL, stderr=theirs, env=environment
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(ours)
    assert loud.wait() == 0
    assert b"infections" in seen
    assert b"replicate" in seen


def test_the_example_city_is_played_when_none_is_named(tmp_path, monkeypatch, capsys):
    import seawall.city.example

    made = []

    def small(root: Path, **more):
        made.append(root)
        return write_example(root, residents=4000, seed=more["seed"])

    monkeypatch.setattr(seawall.city.example, "write_example", small)
    assert run(["simulate", "--infected", "5", "--days", "5", "--replicates", "1", "-o", str(tmp_path / "s")]) == 0
    assert "Chaomen, 5 days" in capsys.readouterr().out
    assert made
    assert not made[0].exists()
