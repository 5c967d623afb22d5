"""`seawall forecast` from the command line."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from seawall.cli.app import run
from seawall.core.draws import generator
from seawall.watch.hub import HUB_LEVELS, HUB_SCHEMA

START = date(2022, 3, 1)


def series(path: Path, *, names: tuple[str, ...] = (), step: int = 1, length: int = 50) -> list[date]:
    rng = generator(1, "forecast command")
    dates = [START + timedelta(days=step * at) for at in range(length)]
    rows = [(day, int(rng.poisson(100 + 2 * at)), name) for name in names or ("",) for at, day in enumerate(dates)]
    table = pl.DataFrame(rows, schema=["date", "count", "series"], orient="row")
    (table if names else table.drop("series")).write_csv(path)
    return dates


def out_of(capsys: pytest.CaptureFixture[str]) -> pl.DataFrame:
    return pl.read_csv(io.StringIO(capsys.readouterr().out), try_parse_dates=True)


@pytest.mark.parametrize("model", ["best", "baseline"])
def test_hub_format_with_the_hubs_levels(tmp_path: Path, capsys: pytest.CaptureFixture[str], model: str) -> None:
    dates = series(tmp_path / "c.csv", names=("A", "B"))
    assert run(["forecast", str(tmp_path / "c.csv"), "--horizon", "10", "--model", model]) == 0
    found = out_of(capsys)
    assert found.columns == list(HUB_SCHEMA)
    assert found.height == 2 * 10 * 23
    assert set(found["reference_date"]) == {dates[-1]}
    assert set(found["model_id"]) == {model}
    assert found["output_type_id"].unique().sort().to_list() == pytest.approx(sorted(HUB_LEVELS))
    apart = (found["target_end_date"] - found["reference_date"]).dt.total_days()
    assert (apart == found["horizon"]).all()
    sorted_up = found.sort("location", "horizon", "output_type_id")
    rises = sorted_up.select((pl.col("value").diff().over("location", "horizon")).min()).item()
    assert rises >= 0


def test_later_rows_are_not_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    series(tmp_path / "c.csv")
    on = START + timedelta(days=29)
    table = pl.read_csv(tmp_path / "c.csv", try_parse_dates=True)
    table.filter(pl.col("date") <= on).write_csv(tmp_path / "then.csv")
    found = []
    for name in ("c.csv", "then.csv"):
        assert run(["forecast", str(tmp_path / name), "--on", str(on), "--si-mean", "4", "--si-sd", "2"]) == 0
        found.append(out_of(capsys))
    assert found[0].equals(found[1])
    assert set(found[0]["location"]) == {"all"}


def test_horizon_nought_where_the_reference_week_is_not_there_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dates = series(tmp_path / "c.csv", step=7)
    for on in (dates[-1] + timedelta(days=7), dates[-1] + timedelta(days=3)):
        arguments = ["--on", str(on), "--horizon", "3", "--unit", "week", "--model", "baseline"]
        assert run(["forecast", str(tmp_path / "c.csv"), *arguments]) == 0
        found = out_of(capsys)
        assert sorted(set(found["horizon"])) == [0, 1, 2, 3]
        assert set(found["reference_date"]) == {dates[-1] + timedelta(days=7)}
        assert found["target_end_date"].min() == dates[-1] + timedelta(days=7)


def test_the_same_weeks_counted_from_the_last_one_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dates = series(tmp_path / "c.csv", step=7)
    tables = []
    for on, horizon in ((dates[-1], 4), (dates[-1] + timedelta(days=7), 3)):
        arguments = ["--on", str(on), "--horizon", str(horizon), "--unit", "week", "--model", "baseline"]
        assert run(["forecast", str(tmp_path / "c.csv"), *arguments]) == 0
        tables.append(out_of(capsys).select("target_end_date", "output_type_id", "value"))
    assert tables[0].equals(tables[1])


def test_days_summed_to_weeks_and_a_forecast_that_can_be_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dates = series(tmp_path / "c.csv", names=("A", "B"))
    on = dates[-15]
    files = []
    for model in ("best", "baseline"):
        files.append(tmp_path / f"{model}.csv")
        arguments = ["--on", str(on), "--horizon", "2", "--unit", "week", "--model", model, "-o", str(files[-1])]
        assert run(["forecast", str(tmp_path / "c.csv"), *arguments]) == 0
    pl.concat([pl.read_csv(file) for file in files]).write_csv(tmp_path / "both.csv")
    counts = pl.read_csv(tmp_path / "c.csv", try_parse_dates=True).filter(pl.col("date") > on)
    week = ((pl.col("date") - on).dt.total_days() - 1) // 7 + 1
    counts.group_by(location="series", target_end_date=pl.lit(on) + pl.duration(days=7 * week)).agg(
        observation=pl.col("count").sum()
    ).write_csv(tmp_path / "truth.csv")
    capsys.readouterr()
    assert (
        run(["score", str(tmp_path / "both.csv"), str(tmp_path / "truth.csv"), "--baseline", "baseline", "--json"]) == 0
    )
    rows = {row["model_id"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["baseline"]["relative_wis"] == 1
    assert rows["best"]["n"] == 4
    assert rows["best"]["mae"] < 200  # of about 1,300 a week


@pytest.mark.parametrize(
    ("text", "arguments", "problem"),
    [
        ("date,count\n2022-01-01,3\n2022-01-08,4\n2022-01-15,4\n", [], "its rows are a week apart"),
        ("index,count\n1,3\n2,4\n", [], "a forecast needs dates"),
        ("date,count\n2022-01-01,3\n", ["--on", "2021-12-01"], "has no count by 2021-12-01"),
        ("date,count\n2022-01-01,3\n", ["--on", "2023-01-01"], "ends 365 days before 2023-01-01"),
        ("date,count\n2022-01-01,\n", [], "has no count by 2022-01-01"),
        ("date,count\n2022-01-01,-3\n", [], "is below 0"),
        ("date,cases\n2022-01-01,3\n", [], "the columns count are not there"),
    ],
)
def test_tables_that_cannot_be_forecast(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, arguments: list[str], problem: str
) -> None:
    (tmp_path / "c.csv").write_text(text)
    assert run(["forecast", str(tmp_path / "c.csv"), *arguments]) == 1
    assert problem in capsys.readouterr().err


def test_one_day_is_enough_to_say_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.csv").write_text("date,count\n2022-01-01,30\n")
    for model in ("best", "baseline"):
        assert run(["forecast", str(tmp_path / "c.csv"), "--model", model]) == 0
        found = out_of(capsys)
        assert found.height == 14 * 23
        assert found["value"].is_finite().all()


def test_half_a_serial_interval_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    series(tmp_path / "c.csv")
    assert run(["forecast", str(tmp_path / "c.csv"), "--si-mean", "4"]) == 2
    assert "--si-sd" in capsys.readouterr().err
