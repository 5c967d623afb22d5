"""Delays by week: the plain quantiles where a week is complete, the truth where it is not."""

from __future__ import annotations

from datetime import date, timedelta
from math import comb
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from seawall.city import City, read_city
from seawall.core.draws import generator
from seawall.watch.clocks import ClockTargets, delay_clocks

ON = date(2022, 4, 30)


def city_of(folder: Path, cases: pl.DataFrame, *, settings: str = "") -> City:
    (folder / "city.toml").write_text(f'name = "Test"\n{settings}', encoding="utf-8")
    areas = "area_id,parent_id,level,name,population\nC,,city,C,\nA,C,district,A,1000\nB,C,district,B,1000\nb1,B,subdistrict,b1,1\n"
    (folder / "areas.csv").write_text(areas, encoding="utf-8")
    cases.write_parquet(folder / "cases.parquet")
    return read_city(folder)


def outbreak(days: int, per_day: int, *, growth: float = 0.0, seed: int = 1, slower: float = 0.0) -> pl.DataFrame:
    """Cases whose specimen follows onset by 0 to 9 days and whose report follows the specimen by 1 or 2."""
    rng = generator(seed, "clocks")
    rows = []
    for ago in range(days):
        onset = ON - timedelta(days=ago)
        for case in range(rng.poisson(per_day * np.exp(-growth * ago))):
            specimen = onset + timedelta(days=int(rng.binomial(9, 0.35 + slower * (days - ago) / days)))
            report = specimen + timedelta(days=1 + int(rng.random() < 0.4))
            rows.append((f"{ago}-{case}", ["A", "b1"][case % 2], onset, specimen, report, report, None))
    names = ["case_id", "area_id", "onset_date", "specimen_date", "report_date", "isolation_date", "admission_date"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("admission_date").cast(pl.Date))


def row(table: pl.DataFrame, delay: str, area: str, weeks_ago: int) -> dict[str, object]:
    end = ON - timedelta(days=7 * weeks_ago)
    return table.filter(delay=delay, area_id=area, period_end=end).row(0, named=True)


def test_a_complete_week_shows_the_plain_quantiles_of_its_cases(tmp_path: Path) -> None:
    cases = outbreak(60, 12)
    table = delay_clocks(city_of(tmp_path, cases), ON)
    end = ON - timedelta(days=28)
    week = cases.filter(pl.col("onset_date").is_between(end - timedelta(days=6), end))
    days = (week["specimen_date"] - week["onset_date"]).dt.total_days().to_numpy()
    found = row(table, "onset_to_specimen", "C", 4)
    assert found["n"] == days.size
    assert found["median"] == np.median(days)
    for name, level in (("q10", 0.1), ("p90", 0.9)):
        assert found[name] == np.quantile(days, level, method="averaged_inverted_cdf")
    assert found["within_target"] == pytest.approx((days <= 2).mean())
    assert not found["truncation_corrected"]
    assert found["share_known"] == 1


def test_the_latest_week_is_corrected_for_what_is_not_yet_known(tmp_path: Path) -> None:
    cases = outbreak(60, 40, growth=0.12)
    table = delay_clocks(city_of(tmp_path, cases), ON)
    truth = cases.filter(pl.col("onset_date") > ON - timedelta(days=7))
    known = truth.filter(pl.col("report_date") <= ON)
    naive = (known["specimen_date"] - known["onset_date"]).dt.total_days().mean()
    final = (truth["specimen_date"] - truth["onset_date"]).dt.total_days()
    found = row(table, "onset_to_specimen", "C", 0)
    assert naive < final.mean() - 0.5  # the bias is there to be corrected
    assert found["median"] == pytest.approx(final.median(), abs=0.5)
    assert found["median_low"] <= final.median() <= found["median_high"]
    assert found["within_low"] <= (final <= 2).mean() <= found["within_high"]
    assert found["truncation_corrected"]
    by_day = truth.group_by("onset_date").agg(share=(pl.col("report_date") <= ON).mean())
    assert found["share_known"] == pytest.approx(by_day["share"].mean(), abs=0.05)


def test_what_becomes_known_later_changes_nothing(tmp_path: Path) -> None:
    cases = outbreak(40, 10)
    (tmp_path / "now").mkdir()
    (tmp_path / "then").mkdir()
    then = cases.filter(pl.col("report_date") <= ON)
    assert then.height < cases.height
    now_table = delay_clocks(city_of(tmp_path / "now", cases), ON)
    assert now_table.equals(delay_clocks(city_of(tmp_path / "then", then), ON))


def test_districts_add_up_to_the_city_and_take_in_their_subdistricts(tmp_path: Path) -> None:
    table = delay_clocks(city_of(tmp_path, outbreak(40, 10)), ON)
    by_area = table.group_by("delay", "period_end").agg(
        city=pl.col("n").filter(pl.col("area_id") == "C").sum(),
        parts=pl.col("n").filter(pl.col("area_id") != "C").sum(),
    )
    assert (by_area["city"] == by_area["parts"]).all()
    assert row(table, "onset_to_specimen", "B", 2)["n"] > 0


@pytest.mark.parametrize(("slower", "sign"), [(0.25, 1), (-0.25, -1)])
def test_a_trend_has_the_sign_of_the_change_and_none_has_none(tmp_path: Path, slower: float, sign: int) -> None:
    table = delay_clocks(city_of(tmp_path, outbreak(56, 60, slower=slower)), ON)
    found = row(table, "onset_to_specimen", "C", 2)
    truth = 9 * slower * 7 / 56
    width = found["trend_high"] - found["trend_low"]
    assert abs(found["trend_days_per_week"] - truth) < 0.75 * width < 0.15
    assert min(sign * found["trend_low"], sign * found["trend_high"]) > 0


def test_no_change_shows_no_trend(tmp_path: Path) -> None:
    table = delay_clocks(city_of(tmp_path, outbreak(56, 60)), ON)
    inside = table.filter(
        pl.col("delay").is_in(["onset_to_specimen", "specimen_to_report"]), pl.col("trend_low").is_not_null()
    ).select(((pl.col("trend_low") <= 0) & (pl.col("trend_high") >= 0)).mean())
    assert inside.item() > 0.85


def test_isolation_before_report_is_a_negative_delay(tmp_path: Path) -> None:
    cases = outbreak(40, 10).with_columns(isolation_date=pl.col("report_date") - pl.duration(days=2))
    found = row(delay_clocks(city_of(tmp_path, cases), ON), "report_to_isolation", "C", 1)
    assert found["median"] == -2
    assert found["within_target"] == 1


def test_a_delay_without_dates_has_no_rows_and_targets_come_from_the_city(tmp_path: Path) -> None:
    settings = "[targets]\nonset_to_specimen_days = 4\n"
    table = delay_clocks(city_of(tmp_path, outbreak(40, 10), settings=settings), ON)
    assert "onset_to_admission" not in table["delay"]
    assert set(table.filter(delay="onset_to_specimen")["target_days"]) == {4.0}
    assert set(table.filter(delay="onset_to_report")["target_days"]) == {ClockTargets().onset_to_report_days}


def test_intervals_cover_the_truth_as_often_as_they_say(tmp_path: Path) -> None:
    hits = []
    for seed in range(12):
        folder = tmp_path / str(seed)
        folder.mkdir()
        table = delay_clocks(city_of(folder, outbreak(45, 14, growth=0.05, seed=seed)), ON, weeks=6)
        truth = sum(comb(9, k) * 0.35**k * 0.65 ** (9 - k) for k in range(3))  # within the target of 2 days
        rows = table.filter(delay="onset_to_specimen").drop_nulls("within_low")
        hits.extend(((rows["within_low"] <= truth) & (rows["within_high"] >= truth)).to_list())
    assert 0.9 <= np.mean(hits) <= 0.99
