"""The renewal forecast: what it must do by construction, and how it did on waves that were."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from time import process_time

import numpy as np
import polars as pl
import pytest
from bench._outbreaks import DAYS, Outbreak, outbreak

from seawall.city import City, read_city
from seawall.core.draws import generator
from seawall.disease import pathogen
from seawall.watch.forecast import baseline_areas, city_reports, forecast_areas, serial_weights
from seawall.watch.hub import HUB_LEVELS
from seawall.watch.nowcast import complete_counts
from seawall.watch.paths import play_on, report_chances, reports_ahead
from seawall.watch.reporting import ReportingDelay, learn_delay
from seawall.watch.scores import score_tasks, summarise_scores
from seawall.watch.series import daily_counts
from seawall.watch.series_forecast import renewal_quantiles, weekly_interval
from seawall.watch.track_record import track_record

SHANGHAI = Path(__file__).parents[2].parent / "shared" / "data" / "shanghai-2022"
MEDIAN, LOW, HIGH = HUB_LEVELS.index(0.5), HUB_LEVELS.index(0.05), HUB_LEVELS.index(0.95)


@pytest.fixture(scope="module")
def shanghai(tmp_path_factory: pytest.TempPathFactory) -> City:
    """Reports by district, with the first two weeks for the city only."""
    if not SHANGHAI.exists():
        pytest.skip("the Shanghai data are not on this machine")
    folder = tmp_path_factory.mktemp("shanghai")
    (folder / "city.toml").write_text('name = "Shanghai"\n', encoding="utf-8")
    districts = pl.read_csv(SHANGHAI / "district_daily_b.csv", try_parse_dates=True)
    names = districts["district_en"].unique(maintain_order=True).to_list()
    areas = [
        ("310000", None, "city", "Shanghai", 24_870_000),
        *((name, "310000", "district", name, None) for name in names),
    ]
    pl.DataFrame(areas, schema=["area_id", "parent_id", "level", "name", "population"], orient="row").write_csv(
        folder / "areas.csv"
    )
    whole = pl.read_csv(SHANGHAI / "city_daily_b.csv", try_parse_dates=True)
    pl.concat(
        [
            whole.select("date", pl.lit("310000").alias("area_id"), pl.lit("reports").alias("event"), count="total"),
            districts.select("date", area_id="district_en", event=pl.lit("reports"), count="total"),
        ]
    ).with_columns(pl.col("count").clip(lower_bound=0)).write_csv(folder / "counts.csv")
    return read_city(folder)


def test_districts_add_up_to_their_city_on_every_draw(shanghai: City) -> None:
    on = date(2022, 4, 10)
    reports = city_reports(shanghai, daily_counts(shanghai, on))
    found = forecast_areas(shanghai, reports, pathogen=pathogen("covid-omicron-ba2"), draws=300)
    assert found.areas[0] == "310000"
    assert len(found.areas) == 17
    left_over = found.paths[0] - found.paths[1:].sum(axis=0)
    assert (left_over >= 0).all()
    assert left_over.mean() < 0.01 * found.paths[0].mean()  # a few of the city's reports lie in no district


def test_it_beats_the_baseline_over_the_shanghai_wave_and_its_intervals_hold(shanghai: City) -> None:
    final = city_reports(shanghai, daily_counts(shanghai, date(2022, 5, 31)))
    told = []
    for ago in range(18, 66, 6):
        reports = final.until(date(2022, 5, 31) - timedelta(days=ago - 4))
        found = forecast_areas(shanghai, reports, pathogen=pathogen("covid-omicron-ba2"), draws=400)
        told += [found.table(), baseline_areas(reports)]
    scored = score_tasks(pl.concat(told), final.table())
    summary = {row["model_id"]: row for row in summarise_scores(scored, baseline="baseline").to_dicts()}
    assert summary["renewal"]["relative_wis"] < 0.9
    assert 0.45 <= summary["renewal"]["coverage_50"] <= 0.75
    assert 0.85 <= summary["renewal"]["coverage_90"] <= 0.99


def test_nobody_is_infected_who_is_not_there() -> None:
    explosive = np.round(5 * np.exp(0.35 * np.arange(24.0)))[None]
    free = renewal_quantiles(explosive, 14, draws=400)
    capped = renewal_quantiles(explosive, 14, draws=400, population=60_000)
    room = 60_000 - explosive.sum()
    assert free[0, 14, HIGH] > room
    assert capped[0, 1:, -1].max() <= room
    assert capped[0, 1:, MEDIAN].sum() <= room


def test_growth_goes_on_but_wears_off_and_decline_goes_on() -> None:
    rng = generator(2, "series")
    days = np.arange(50.0)
    growing, waning = rng.poisson(20 * np.exp(0.08 * days)), rng.poisson(3000 * np.exp(-0.06 * days))
    found = renewal_quantiles(np.stack([growing, waning]).astype(float), 14, draws=1000)
    week = found[:, 7, MEDIAN]
    assert growing[-7:].mean() < week[0] < growing[-1] * np.exp(0.08 * 7) * 1.05
    assert week[1] == pytest.approx(3000 * np.exp(-0.06 * 56), rel=0.25)


def test_a_quiet_city_stays_quiet_and_a_silent_series_says_so() -> None:
    found = renewal_quantiles(np.zeros((1, 60)), 14, draws=1000)
    assert found[0, :, MEDIAN].max() == 0
    assert found[0, 1:, HIGH].max() <= 3
    assert np.isfinite(found).all()


def test_uncertainty_grows_with_the_horizon() -> None:
    counts = generator(4, "flat").poisson(200, (1, 60)).astype(float)
    found = renewal_quantiles(counts, 14, draws=2000)
    width = np.log(found[0, 1:, HIGH] / found[0, 1:, LOW])
    assert width[13] > 1.5 * width[0]
    assert (np.diff(width) > -0.1).all()


def test_missing_days_at_the_end_are_completed_and_widen_it() -> None:
    counts = generator(4, "flat").poisson(200, (1, 60)).astype(float)
    whole = renewal_quantiles(counts, 7, draws=2000)
    counts[0, -3:] = np.nan
    gappy = renewal_quantiles(counts, 7, draws=2000)
    assert gappy[0, 0, MEDIAN] == pytest.approx(200, rel=0.15)
    assert whole[0, 0, LOW] == whole[0, 0, HIGH]
    assert gappy[0, 0, LOW] < gappy[0, 0, HIGH]
    assert (gappy[0, 1, HIGH] - gappy[0, 1, LOW]) > (whole[0, 1, HIGH] - whole[0, 1, LOW])


def test_a_weekday_pattern_is_foretold() -> None:
    usual = np.array([1.2, 1.3, 1.2, 1.1, 1.0, 0.7, 0.5])
    days = np.arange(70)
    counts = generator(5, "pattern").poisson(400 * usual[days % 7])[None].astype(float)
    found = renewal_quantiles(counts, 7, draws=1000)[0, 1:, MEDIAN]
    assert found == pytest.approx(400 * usual[(70 + np.arange(7)) % 7], rel=0.2)


def test_weeks_summed_from_days_equal_the_sum() -> None:
    counts = generator(6, "flat").poisson(100, (1, 63)).astype(float)
    weeks = renewal_quantiles(counts, 2, sum_weeks=True, draws=1000)
    assert weeks[0, 0].tolist() == [counts[0, -7:].sum()] * len(HUB_LEVELS)
    assert weeks[0, 1, MEDIAN] == pytest.approx(700, rel=0.15)


def test_a_weekly_interval_keeps_the_mean_where_no_week_is_its_own_past() -> None:
    by_day = np.zeros(30)
    by_day[9:20] = 1 / 11  # 10 to 20 days
    weeks = weekly_interval(by_day)
    assert weeks.sum() == pytest.approx(1)
    assert weeks @ np.arange(1, weeks.size + 1) == pytest.approx(15 / 7)
    assert weekly_interval(np.array([1.0])).tolist() == [1.0]


def report_forecast(truth: Outbreak, on: int, seed: int) -> np.ndarray:
    """Reports of 14 days, drawn from what was known of onsets on day `on`."""
    known = truth.onsets[: on + 1].astype(float)
    known[np.arange(on, -1, -1)[:, None] < np.arange(known.shape[1])] = 0
    known = known[None, -70:]
    rng = generator(seed, "forecast")
    delay = learn_delay(known)
    present = complete_counts(known.sum(axis=2), truth.weights, rng, delay=delay, draws=500)
    events = play_on(present, truth.weights, 14, rng)
    open_days = present.totals.shape[2]
    waiting = present.totals[0] - known.sum(axis=2)[0, -open_days:]
    return reports_ahead(waiting, events[0], delay, rng)


def test_intervals_cover_the_reports_of_synthetic_outbreaks() -> None:
    inside: dict[tuple[int, int], list[bool]] = {}
    for seed in range(1, 61):
        truth = outbreak(seed)
        on = int(generator(seed, "morning").integers(40, DAYS - 32))
        if truth.reports[on - 13 : on + 1].sum() < 70:
            continue
        paths = report_forecast(truth, on, seed)
        came = truth.reports[on + 1 : on + 15]
        for level, (low, high) in {50: (0.25, 0.75), 90: (0.05, 0.95)}.items():
            lower, upper = np.quantile(paths, [low, high], axis=0)
            held = (lower <= came) & (came <= upper)
            for week in (0, 1):
                inside.setdefault((level, week), []).extend(held[7 * week : 7 * week + 7].tolist())
    for (level, week), held in inside.items():
        slack = 11 if level == 50 else 8  # fifty outbreaks; bench/coverage.py takes two hundred
        assert 100 * np.mean(held) == pytest.approx(level, abs=slack), (level, week)


def test_what_waits_is_reported_once_and_by_the_delay() -> None:
    exactly = np.array([[10.0, 30.0, 40.0, 20.0]])
    delay = ReportingDelay(exactly=exactly, at_most=np.cumsum(exactly, axis=1), scatter=0.0, weekday=np.ones(7))
    chance = np.array([0.1, 0.3, 0.4, 0.2])
    assert delay.probabilities[0] == pytest.approx(chance)
    chances = report_chances(delay, 3, 4)
    # two days ago: a fifth is left, due tomorrow; today: nine tenths over three days; tomorrow's: from tomorrow on
    assert chances[0].tolist() == pytest.approx([1, 0, 0, 0])
    assert chances[2].tolist() == pytest.approx([3 / 9, 4 / 9, 2 / 9, 0])
    assert chances[3].tolist() == pytest.approx(chance.tolist())
    waiting, events = np.full((50, 3), 100.0), np.full((50, 8), 40.0)
    reports = reports_ahead(waiting, events, delay, generator(1, "x"))
    assert reports.sum(axis=1).max() <= 300 + 320
    assert (reports[:, :3].sum(axis=1) >= 300).all()


def test_speed_for_a_city_of_forty_districts() -> None:
    rng = generator(1, "speed")
    counts = rng.poisson(50 * np.exp(0.02 * np.arange(84)), (41, 84)).astype(float)
    weights = serial_weights(pathogen("covid-omicron-ba2"))
    started = process_time()
    present = complete_counts(counts, weights, rng, draws=2000)
    play_on(present, weights, 14, rng)
    assert process_time() - started < 6  # well under 3 s on a quiet machine


def test_the_track_record_knows_only_what_was_known(shanghai: City) -> None:
    on = date(2022, 4, 20)
    reports = city_reports(shanghai, daily_counts(shanghai, on))
    record = track_record(shanghai, reports, draws=100, origins=3)
    later = city_reports(shanghai, daily_counts(shanghai, date(2022, 5, 20)))
    assert record.equals(track_record(shanghai, later.until(on), draws=100, origins=3))
    city = record.filter(location="310000")
    # mornings 7, 14 and 21 days ago: three first weeks have come, two second weeks
    assert {(row["horizon_week"], row["n"]) for row in city.to_dicts()} == {(1, 21), (2, 14)}
    assert (record.filter(model_id="baseline")["relative_wis"].drop_nulls() == 1).all()
    assert set(record["location"]) == set(reports.areas)


def test_no_track_record_of_a_city_that_has_just_begun(shanghai: City) -> None:
    reports = city_reports(shanghai, daily_counts(shanghai, date(2022, 3, 15)))
    assert track_record(shanghai, reports).is_empty()
