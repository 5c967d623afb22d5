"""`seawall review` from a terminal: a decision held against what came in a simulated city, its page and its refusals."""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta

import polars as pl
import pytest

from seawall.brief.words import LANGUAGES
from seawall.city import open_city
from seawall.city.example import write_example
from seawall.cli.app import run
from seawall.measures import parse_strategy, read_strategy
from seawall.review import read_decisions, review
from seawall.twin.study import Question, last_reported, play_study
from seawall.watch.assess import assess

BEFORE = '[strategy]\nname = "Before"\n[[measures]]\nkind = "test_on_symptoms"\n'
STRATEGY = """
[strategy]
name = "Half first"
name_zh = "先行一半"

[[measures]]
kind = "test_on_symptoms"
name = "tests"

[[measures]]
kind = "limit_contacts"
name = "limits"
start = 8
left = 0.5
part = "1 of 2"

[[measures]]
kind = "wear_masks"
name = "masks"
start = 8
"""
TABLES = ("scores", "calibration", "due", "forecast_scores", "effects", "proposals")
EVENTS = ("infections", "reports", "in_hospital", "deaths")


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
    """A city in which a decision was taken, with what came of it: the twin stands in for it, with luck of its own."""
    home = tmp_path_factory.mktemp("world")
    write_example(home / "example", residents=8000, seed=3)
    start = Question(
        strategies={"a": parse_strategy(BEFORE, file="a.toml")}, days=24, replicates=1, seed=9, infected=80
    )
    play_study(open_city(home / "example"), start, home / "before")
    known = open_city(home / "before" / "city")
    last = last_reported(known)
    situation = assess(known, last, seed=1)
    strategies = {"half": parse_strategy(STRATEGY, file="chosen.toml")}
    expected = play_study(
        known,
        Question(strategies=strategies, days=40, replicates=8, seed=5),
        home / "expected",
        situation=situation,
        emit=False,
    )
    play_study(
        known,
        Question(strategies=strategies, days=40, replicates=1, seed=6),
        home / "world",
        situation=situation,
    )
    came = home / "world" / "city"
    decided(came / "decisions" / f"{last}-half", expected.runs["half"], last)
    (came / "forecasts").mkdir()
    forecast(came / "forecasts" / f"{last}.csv", last)
    return came


def decided(folder, runs, on):
    folder.mkdir(parents=True)
    quantiles = runs.quantiles().filter((pl.col("area_id") == runs.city) & pl.col("event").is_in(EVENTS))
    quantiles.select("date", "event", "q5", "q25", "q50", "q75", "q95").write_csv(folder / "expected.csv")
    (folder / "chosen.toml").write_text(STRATEGY)
    start = on + timedelta(days=1)
    choice = {"on": str(on), "start": str(start), "days": 40, "seed": 5, "chosen": {"key": "half"}}
    (folder / "choice.json").write_text(json.dumps(choice))


def forecast(path, on):
    rows = [
        (model, "all", on + timedelta(days=ahead), "quantile", level, value * level)
        for model, value in (("baseline", 40.0), ("best", 20.0))
        for ahead in (1, 2, 3)
        for level in (0.05, 0.25, 0.5, 0.75, 0.95)
    ]
    names = ("model_id", "location", "target_end_date", "output_type", "output_type_id", "value")
    pl.DataFrame(rows, schema=names, orient="row").write_csv(path)


@pytest.fixture(scope="module")
def written(city, tmp_path_factory):
    out = tmp_path_factory.mktemp("review") / "out"
    assert run(["review", str(city), "--replicates", "5", "--lang", "all", "-o", str(out)]) == 0
    return out


def test_everything_is_written_and_read_back(written, city):
    pages = {f"review.{lang}.html" for lang in LANGUAGES}
    rest = {"review.json", "strategies", "strategy-next.toml"}
    assert {path.name for path in written.iterdir()} == {*(f"{name}.csv" for name in TABLES), *pages, *rest}
    told = json.loads((written / "review.json").read_text())
    following = read_strategy(written / "strategy-next.toml")
    (decision,) = read_decisions([city / "decisions"])
    assert (following.version, following.previous) == (2, decision.name)
    assert list(following.reasons) == told["next"]["reasons"]
    assert told["next"]["command"].startswith(f"seawall choose CITY --start {told['next']['begins']} --strategies ")
    assert sorted(told["next"]["options"]) == sorted(path.stem for path in (written / "strategies").iterdir())
    assert told["not_told"] == []


def test_what_was_expected_is_held_against_what_came(written):
    scores = pl.read_csv(written / "scores.csv", try_parse_dates=True)
    reports = scores.filter(pl.col("event") == "reports")
    assert reports.height == 40
    assert reports["horizon_days"].to_list() == list(range(1, 41))
    inside = (reports["observation"] >= reports["q5"]) & (reports["observation"] <= reports["q95"])
    assert inside.to_list() == reports["in_90"].to_list()
    assert "infections" not in set(scores["event"])
    forecasts = pl.read_csv(written / "forecast_scores.csv")
    assert dict(forecasts.select("model_id", "n").rows()) == {"best": 3, "baseline": 3}
    assert forecasts.filter(pl.col("model_id") == "baseline")["relative_wis"].item() == 1


def test_measures_of_one_day_are_one_bundle_and_the_twin_tells_them_apart(written):
    effects = pl.read_csv(written / "effects.csv")
    rows = set(effects.select("measures", "method").rows())
    assert ("limits + masks", "series") in rows
    assert ("limits", "series") not in rows
    assert {("tests", "twin"), ("limits", "twin"), ("masks", "twin")} <= rows
    assert ("limits", "districts") in rows
    told = json.loads((written / "review.json").read_text())
    assert {"limits", "masks"} in [set(one["measures"]) for one in told["cannot_tell_apart"]]


def test_command_and_library_find_the_same(city, written):
    found = review(open_city(city), read_decisions([city / "decisions"]))
    assert found.calibration.equals(
        pl.read_csv(written / "calibration.csv", schema=found.calibration.schema), null_equal=True
    )
    mine = found.effects.with_columns(pl.col("measures").list.join(" + "))
    theirs = pl.read_csv(written / "effects.csv", schema=mine.schema).filter(pl.col("method") != "twin")
    assert mine.equals(theirs)


def test_json_says_what_the_file_says(city, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(["review", str(city), "--no-twin", "--json", "-o", str(out)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert str(out / "review.html") in said.pop("files")
    assert said == json.loads((out / "review.json").read_text())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_speaks_its_language_and_asks_for_nothing(written, lang):
    page = (written / f"review.{lang}.html").read_text(encoding="utf-8")
    assert f'<html lang="{lang}">' in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "src=" not in page.replace("src=data:", "")
    for name in ("fig-fan-0", "fig-forest", "grid-calibration", "grid-twin", "grid-tangles", "grid-proposals"):
        assert f'id="{name}"' in page
    assert ("Half first" in page) == (lang == "en")


def test_before_anything_has_come_it_says_so(city, tmp_path, capsys):
    (decision,) = read_decisions([city / "decisions"])
    bare = tmp_path / "bare"
    shutil.copytree(city, bare, ignore=shutil.ignore_patterns("forecasts"))
    assert run(["review", str(bare), "--on", str(decision.on), "-o", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert f"it begins on {decision.start}, after {decision.on}" in told
    assert "Give a later day with --on" in told
    assert not (tmp_path / "out").exists()


def test_without_a_decision_it_says_what_to_do(city, tmp_path, capsys):
    bare = tmp_path / "bare"
    shutil.copytree(city, bare, ignore=shutil.ignore_patterns("decisions", "forecasts"))
    assert run(["review", str(bare), "-o", str(tmp_path / "out")]) == 1
    assert "Run seawall choose" in capsys.readouterr().err
    (tmp_path / "dates.csv").write_text("measure,area_id,start,stop\nschools,,2025-06-15,\n")
    assert run(["review", str(bare), "--measures", str(tmp_path / "dates.csv"), "-o", str(tmp_path / "out")]) == 0
    assert "schools (series)" in capsys.readouterr().out
    assert not (tmp_path / "out" / "strategy-next.toml").exists()


def test_a_city_that_counts_as_a_whole_has_a_series_and_no_districts(city, tmp_path):
    bare = tmp_path / "bare"
    shutil.copytree(city, bare, ignore=shutil.ignore_patterns("cases*", "forecasts", "contacts*", "exposures*"))
    (counts,) = bare.glob("counts*")
    table = pl.read_csv(counts) if counts.suffix == ".csv" else pl.read_parquet(counts)
    root = open_city(city).areas.root.area_id
    keys = [name for name in table.columns if name not in ("area_id", "count")]
    whole = table.group_by(keys, maintain_order=True).agg(pl.lit(root).alias("area_id"), pl.col("count").sum())
    counts.unlink()
    whole.select(table.columns).write_csv(bare / "counts.csv")
    found = review(open_city(bare), read_decisions([bare / "decisions"]))
    why = dict(found.effects.filter(pl.col("measures").list.contains("limits")).select("method", "why_not").rows())
    assert why["series"] != "too_few_reports"
    assert why["districts"] == "too_few_districts"


def test_every_fault_is_told_at_once(city, tmp_path, capsys):
    (tmp_path / "out").write_text("")
    arguments = ["--threads", "0", "--delay-days", "99", "--json", "-o", str(tmp_path / "out")]
    assert run(["review", str(city), *arguments]) == 1
    assert len(json.loads(capsys.readouterr().err)["faults"]) == 3
    (tmp_path / "f.csv").write_text(
        "model_id,location,target_end_date,output_type_id,value\na,Nowhere,2025-06-30,0.5,3\n"
    )
    assert (
        run(["review", str(city), "--no-twin", "--forecasts", str(tmp_path / "f.csv"), "-o", str(tmp_path / "b")]) == 1
    )
    assert '"Nowhere" is not an area of this city' in capsys.readouterr().err
    assert run(["review", str(city), "--lang", "fr"]) == 2
