"""Scores against scoringrules, the hub's own, and sums done by hand."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from seawall.cli.app import run
from seawall.core import InvalidInput
from seawall.watch.scores import score_tasks, summarise_scores, weighted_interval_score

SHARED = Path(__file__).parents[2].parent / "shared"


def shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the oracle {name} is not on this machine")
    return path


@pytest.mark.parametrize("number", [1, 2])
def test_wis_and_its_parts_equal_scoringrules(number: int) -> None:
    oracle = json.loads(shared(f"oracles/scores/scores_{number}.json").read_text(encoding="utf-8"))
    given, wanted = oracle["input"], oracle["output"]
    found = weighted_interval_score(np.array(given["y"]), np.array(given["quantiles"]), given["quantile_levels"])
    np.testing.assert_allclose(found["wis"], wanted["wis"], rtol=1e-9)
    for part in ("dispersion", "overprediction", "underprediction"):
        np.testing.assert_allclose(found[part], wanted[f"wis_{part}"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("number", [1, 2])
def test_the_table_gives_the_same_scores_as_the_arrays(number: int) -> None:
    oracle = json.loads(shared(f"oracles/scores/scores_{number}.json").read_text(encoding="utf-8"))["input"]
    tasks = [
        (f"a{place}", level, value)
        for place, values in enumerate(oracle["quantiles"])
        for level, value in zip(oracle["quantile_levels"], values, strict=True)
    ]
    forecasts = pl.DataFrame(tasks, schema=["location", "output_type_id", "value"], orient="row").with_columns(
        model_id=pl.lit("m"), target_end_date=pl.lit(date(2022, 1, 1))
    )
    truth = pl.DataFrame({"location": [f"a{place}" for place in range(24)], "observation": oracle["y"]}).with_columns(
        target_end_date=pl.lit(date(2022, 1, 1))
    )
    table = score_tasks(forecasts, truth).sort(pl.col("location").str.slice(1).cast(int))
    arrays = weighted_interval_score(np.array(oracle["y"]), np.array(oracle["quantiles"]), oracle["quantile_levels"])
    for name, values in arrays.items():
        np.testing.assert_allclose(table[name], values, rtol=1e-9, atol=1e-12)


def test_the_hubs_scores_of_its_own_forecasts() -> None:
    names = {"location": pl.String}
    told = pl.read_csv(
        shared("oracles/flusight/quantile_forecasts_2024-01-06.csv.gz"), try_parse_dates=True, schema_overrides=names
    ).rename({"model": "model_id", "quantile": "output_type_id", "observed": "observation"})
    truth = told.select("location", "target_end_date", "observation").unique()
    scored = score_tasks(told.drop("observation"), truth)
    wanted = pl.read_csv(
        shared("oracles/flusight/scores_by_task.csv.gz"), try_parse_dates=True, schema_overrides=names
    ).filter(pl.col("ref") == date(2024, 1, 6))
    both = scored.join(
        wanted.rename({"model": "model_id", "wis": "hub"}), on=["model_id", "location", "horizon"], how="left"
    )
    assert both.height == 2 * 53 * 4
    np.testing.assert_allclose(both["wis"], both["hub"], atol=6e-5)  # the hub's are rounded to 4 figures
    np.testing.assert_allclose(both["absolute_error"], both["ae"], atol=6e-4)
    assert both["in_50"].to_list() == both["c50"].cast(bool).to_list()


def test_european_hub_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shared("data/covidhub-europe-2021-22")
    pl.read_parquet(folder / "forecasts.parquet").with_columns(pl.col(pl.Categorical).cast(pl.String)).select(
        "location", "horizon", "target", "target_end_date", "value", model_id="model", output_type_id="quantile"
    ).write_parquet(tmp_path / "forecasts.parquet")
    pl.read_csv(folder / "truth_weekly.csv.gz").rename({"obs": "observation"}).write_csv(tmp_path / "truth.csv")
    command = ["score", str(tmp_path / "forecasts.parquet"), str(tmp_path / "truth.csv")]
    assert run([*command, "--baseline", "EuroCOVIDhub-baseline"]) == 0
    found = pl.read_csv(io.StringIO(capsys.readouterr().out))
    wanted = pl.read_csv(folder / "scores_by_model.csv").rename({"model": "model_id", "n": "tasks"})
    both = found.join(wanted, on=["model_id", "target"], how="inner", suffix="_hub")
    assert both.height == found.height
    assert both["n"].to_list() == both["tasks"].to_list()
    np.testing.assert_allclose(both["wis"], both["mean_wis"], rtol=1e-6)  # values are kept in single precision
    np.testing.assert_allclose(both["mae"], both["mae_hub"], rtol=1e-6)
    np.testing.assert_allclose(both["ratio_to_baseline"], both["relative_wis_vs_baseline"], atol=6e-5)
    np.testing.assert_allclose(both["coverage_50"], both["cov50"], atol=6e-5)


def forecast_of(model: str, values: dict[str, list[float]]) -> pl.DataFrame:
    """Quantiles 0.25, 0.5, 0.75 for each place."""
    rows = [
        (model, place, date(2022, 1, 8), level, value)
        for place, three in values.items()
        for level, value in zip((0.25, 0.5, 0.75), three, strict=True)
    ]
    names = ["model_id", "location", "target_end_date", "output_type_id", "value"]
    return pl.DataFrame(rows, schema=names, orient="row")


def truth_of(values: dict[str, float]) -> pl.DataFrame:
    return pl.DataFrame(
        {"location": list(values), "target_end_date": [date(2022, 1, 8)] * len(values), "observation": values.values()}
    )


def test_one_score_done_by_hand() -> None:
    scored = score_tasks(forecast_of("m", {"A": [10, 20, 30]}), truth_of({"A": 34})).row(0, named=True)
    # (1/2 |34-20| + 1/4 (20 + 4 (34-30))) / 1.5
    assert scored["wis"] == pytest.approx((7 + 0.25 * (20 + 4 * 4)) / 1.5)
    assert scored["dispersion"] == pytest.approx(0.25 * 20 / 1.5)
    assert scored["underprediction"] == pytest.approx((7 + 4) / 1.5)
    assert scored["overprediction"] == 0
    assert scored["absolute_error"] == 14
    assert scored["in_50"] is False
    assert scored["in_90"] is None


def test_a_model_gains_nothing_by_leaving_out_the_hard_tasks() -> None:
    hard, easy = {"A": [0.0, 0.0, 0.0]}, {"B": [9.0, 10.0, 11.0]}
    both = pl.concat([forecast_of("all", hard | easy), forecast_of("base", hard | easy), forecast_of("picks", easy)])
    found = summarise_scores(score_tasks(both, truth_of({"A": 100, "B": 10})), baseline="base")
    relative = dict(zip(found["model_id"], found["relative_wis"], strict=True))
    assert relative == pytest.approx({"all": 1.0, "base": 1.0, "picks": 1.0})
    assert found.filter(model_id="picks")["wis"].item() < found.filter(model_id="all")["wis"].item()


def test_relative_wis_is_the_geometric_mean_of_pairs() -> None:
    truth = truth_of({"A": 0, "B": 0})
    told = pl.concat(
        [
            forecast_of("a", {"A": [1.0] * 3, "B": [1.0] * 3}),
            forecast_of("b", {"A": [2.0] * 3, "B": [6.0] * 3}),
            forecast_of("c", {"A": [3.0] * 3}),
        ]
    )
    found = summarise_scores(score_tasks(told, truth), baseline="a")
    relative = dict(zip(found["model_id"], found["relative_wis"], strict=True))
    a, b = (1 * (1 / 4) * (1 / 3)) ** (1 / 3), (4 * 1 * (2 / 3)) ** (1 / 3)
    assert relative["b"] == pytest.approx(b / a)
    plain = dict(zip(found["model_id"], found["ratio_to_baseline"], strict=True))
    assert plain == pytest.approx({"a": 1, "b": 4, "c": 3})


def test_what_is_told_twice_or_compared_with_nobody_is_refused() -> None:
    once = forecast_of("m", {"A": [1, 2, 3]})
    with pytest.raises(InvalidInput, match="row 5"):
        score_tasks(pl.concat([once, once.head(1)]), truth_of({"A": 1}))
    with pytest.raises(InvalidInput, match="no model 'x'"):
        summarise_scores(score_tasks(once, truth_of({"A": 1})), baseline="x")
