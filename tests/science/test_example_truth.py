"""What the example says is true is true: R, delays, dispersion, what is found, the generation time."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from seawall.city import read_city
from seawall.city.example import write_example
from seawall.city.example.course import FIRST_DAY, PERIODS, Story, delays
from seawall.disease import pathogen


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    root = tmp_path_factory.mktemp("example") / "city"
    write_example(root, residents=2_000_000, seed=5)
    return read_city(root)


@pytest.fixture(scope="module")
def truth(city):
    return {path.stem: pl.read_parquet(path) for path in (city.root / "truth").glob("*.parquet")}


@pytest.fixture(scope="module")
def people(truth):
    names = ("infection_date", "falls_ill_date", "specimen_date", "report_due_date", "report_date")
    day = [(pl.col(name) - FIRST_DAY).dt.total_days().alias(name.removesuffix("_date") + "_day") for name in names]
    return truth["people"].with_columns(day)


def test_infections_caused_are_poisson_about_r_times_infectiousness(truth):
    table = truth["reproduction"].filter(pl.col("infectiousness") > 5)
    expected = (table["reproduction_number"] * table["infectiousness"]).to_numpy()
    pearson = (table["caused"].to_numpy() - expected) ** 2 / expected
    assert table.height > 500
    assert stats.chi2.sf(pearson.sum(), table.height) > 1e-3
    assert stats.chi2.cdf(pearson.sum(), table.height) > 1e-3
    wrong = (table["caused"].to_numpy() - 1.2 * expected) ** 2 / (1.2 * expected)
    assert stats.chi2.sf(wrong.sum(), table.height) < 1e-6


def test_r_comes_back_from_the_infections_themselves(truth):
    """R as infections over the generation-weighted infections before, without knowing who is how infectious."""
    infections = truth["infections"].with_columns(
        spreading=pl.col("infections_local") + pl.col("infections_imported") - pl.col("stopped_on_arrival")
    )
    by_day = infections.pivot("area_id", index="date", values="spreading").drop("date").to_numpy()
    weight = truth["generation"]["probability"].to_numpy()
    before = np.array([np.convolve(column, weight)[: len(column)] for column in by_day.T]).T
    table = truth["reproduction"]
    level = table.pivot("area_id", index="date", values="reproduction_number").drop("date").to_numpy()
    caused = table.pivot("area_id", index="date", values="caused").drop("date").to_numpy()
    assert caused.sum() == infections["infections_local"].sum()
    for start, stop in ((40, 60), (60, 90), (90, 120)):
        ratio = caused[start:stop].sum() / (level * before)[start:stop].sum()
        assert ratio == pytest.approx(1, abs=0.04)


def test_people_add_up_to_the_infections_by_day_and_district(truth, people):
    counted = people.group_by(pl.col("infection_date").alias("date"), pl.col("district_id").alias("area_id")).len()
    joined = truth["infections"].join(counted, on=["date", "area_id"], how="left").fill_null(0)
    assert (joined["infections_local"] + joined["infections_imported"] == joined["len"]).all()
    assert joined["len"].sum() == people.height


def test_infectors_come_before_those_they_infect_by_the_generation_time(truth, people):
    infector = people.select("infection", pl.col("infection_date").alias("before"))
    pairs = people.join(infector, left_on="infector", right_on="infection")
    gap = (pairs["infection_date"] - pairs["before"]).dt.total_days().to_numpy()
    assert gap.min() >= 1
    weight = truth["generation"]["probability"].to_numpy()
    assert weight.sum() == pytest.approx(1)
    serial = pathogen("covid-omicron-ba2").serial_interval_by_day()
    assert weight @ np.arange(weight.size) == pytest.approx(serial @ np.arange(serial.size), abs=0.01)
    # In a growing or waning epidemic the gaps seen backwards are shorter or longer; over all of it they even out.
    assert gap.mean() == pytest.approx(weight @ np.arange(weight.size), rel=0.1)


def test_offspring_are_as_uneven_as_the_catalogue_says(people):
    early = people.filter(pl.col("found_by") != "arrival", pl.col("infection_day").is_between(48, 58))
    children = people.filter(pl.col("infector").is_not_null()).group_by("infector").len()
    offspring = early.join(children, left_on="infection", right_on="infector", how="left")["len"].fill_null(0)
    mean, variance = offspring.mean(), offspring.var()
    assert offspring.len() > 3000
    assert mean**2 / (variance - mean) == pytest.approx(float(pathogen("covid-omicron-ba2").dispersion), rel=0.2)


def goodness(days, probability):
    """P value of a chi-square test; days beyond which fewer than five are expected are taken together."""
    enough = np.nonzero(len(days) * probability[::-1].cumsum()[::-1] >= 5)[0].max()
    seen = np.bincount(np.minimum(days, enough), minlength=enough + 1)
    expected = len(days) * np.append(probability[:enough], probability[enough:].sum())
    kept = expected > 0
    assert not seen[~kept].any()
    return stats.chisquare(seen[kept], expected[kept] * seen.sum() / expected[kept].sum()).pvalue


STEPS = {
    "onset_to_specimen": ("falls_ill_day", "specimen_day", ~pl.col("in_control")),
    "onset_to_specimen_in_control": (
        "falls_ill_day",
        "specimen_day",
        pl.col("in_control") & (pl.col("found_by") != "arrival"),
    ),
    "specimen_to_report": ("specimen_day", "report_due_day", pl.lit(value=True)),
}


@pytest.mark.parametrize("step", STEPS)
def test_delays_follow_the_distributions_that_the_truth_names(truth, people, step):
    start, end, who = STEPS[step]
    found = people.filter(pl.col("found"), who)
    table = truth["delays"].filter(pl.col("delay") == step)
    tried = 0
    means = {}
    for number, first in enumerate(PERIODS):
        last = PERIODS[number + 1] if number + 1 < len(PERIODS) else 10_000
        here = found.filter(pl.col(start).is_between(first if number else -100, last - 1))
        for (area,), group in here.partition_by("district_id", as_dict=True).items():
            stated = table.filter(
                pl.col("area_id") == area, (pl.col("from_date") - FIRST_DAY).dt.total_days() == first
            ).sort("day")["probability"]
            assert stated.sum() == pytest.approx(1)
            means[area, number] = stated.to_numpy() @ np.arange(stated.len())
            if group.height >= 200:
                tried += 1
                assert goodness((group[end] - group[start]).to_numpy(), stated.to_numpy()) > 1e-4, (area, number)
    assert tried >= 10
    by_period = [[mean for (_, period), mean in means.items() if period == number] for number in (1, 2)]
    assert max(by_period[1]) < max(by_period[0])
    assert max(by_period[1]) > 1.3 * min(by_period[1])  # one district is slow


def test_a_delay_that_is_not_the_stated_one_fails_the_test(truth, people):
    found = people.filter(pl.col("found"), pl.col("specimen_day").is_between(45, 74))
    usual = (
        truth["delays"]
        .filter(pl.col("delay") == "specimen_to_report")
        .group_by("area_id")
        .agg((pl.col("day") * pl.col("probability")).sum().alias("mean"))
    )
    slow = usual.sort("mean")["area_id"][-1]
    stated = delays()["specimen_to_report"].probability[1]
    waits = (
        found.filter(pl.col("district_id") == slow)
        .select(pl.col("report_due_day") - pl.col("specimen_day"))
        .to_series()
    )
    assert goodness(waits.to_numpy(), stated[1]) > 1e-4
    assert goodness(waits.to_numpy(), stated[0]) < 1e-10


def test_weekends_hold_some_reports_back_until_monday(people):
    story = Story()
    batch = pl.col("report_due_day").is_between(story.batch_day - 3, story.batch_day + story.batch_days)
    found = people.filter(pl.col("found"), ~batch).with_columns(wait=pl.col("report_day") - pl.col("report_due_day"))
    weekday = (pl.col("report_due_day") + FIRST_DAY.weekday()) % 7
    for day, slip, wait in ((5, story.saturday_slip, 2), (6, story.sunday_slip, 1)):
        due = found.filter(weekday == day)["wait"]
        assert set(due) == {0, wait}
        assert (due > 0).mean() == pytest.approx(slip, abs=0.02)
    assert set(found.filter(weekday < 5)["wait"]) == {0}


def test_as_many_are_found_and_found_in_control_as_the_truth_says(truth):
    table = truth["infections"].join(truth["ascertainment"], on=["date", "area_id"])
    stopped = table.select(pl.col("stopped_on_arrival").rolling_max(5).fill_null(9) > 0).to_series()
    for seen, probability in (("found", "p_found"), ("found_in_control", "p_in_control")):
        quiet = table.filter(~stopped, pl.col("fall_ill") >= 5)
        share = quiet[probability].to_numpy().clip(1e-6, 1 - 1e-6)
        of = quiet["fall_ill"].to_numpy()
        pearson = ((quiet[seen].to_numpy() - of * share) ** 2 / (of * share * (1 - share)))[of * share > 1]
        assert pearson.size > 300
        assert pearson.mean() == pytest.approx(1, abs=5 * np.sqrt(2 / pearson.size))


def test_the_line_list_is_the_found_who_were_reported_by_the_last_day(city, people):
    cases = city.scan("cases").collect()
    listed = people.filter(pl.col("case_id").is_not_null())
    assert listed.height == cases.height
    assert set(listed["case_id"]) == set(cases["case_id"])
    assert people.filter(pl.col("found"), pl.col("report_day") < 120).height == cases.height
    both = cases.join(listed, on="case_id", suffix="_true")
    assert (both["report_date"] == both["report_date_true"]).all()
    assert (both["place_id"] == both["place_id_true"]).all()
    symptomatic = both.filter(pl.col("onset_date").is_not_null())
    assert (symptomatic["onset_date"] == symptomatic["falls_ill_date"]).all()


@pytest.mark.parametrize(("residents", "times"), [(50_000, 2.5), (300_000, 1.6)])
def test_the_number_of_cases_is_near_the_storys_for_any_seed(tmp_path, residents, times):
    wanted = Story().expected_cases(residents)
    for seed in range(20, 26):
        written = write_example(tmp_path / "city", residents=residents, seed=seed)
        assert wanted / times < written.rows["cases"] < wanted * times, seed


def test_the_story_is_told(city, truth):
    """Unseen in two districts, growth, control, decline, rebound: what makes a brief on any day worth reading."""
    infections = truth["infections"].with_columns(day=(pl.col("date") - FIRST_DAY).dt.total_days())
    early = (
        infections.filter(pl.col("day").is_between(15, 30)).group_by("area_id").agg(pl.col("infections_local").sum())
    )
    two = early.sort("infections_local", descending=True)["infections_local"]
    assert two[:2].sum() > 0.7 * two.sum()
    daily = infections.group_by("day").agg(pl.col("infections_local").sum()).sort("day")["infections_local"].to_numpy()
    weekly = daily[: 17 * 7].reshape(17, 7).sum(axis=1)
    peak = int(weekly.argmax())
    assert 6 <= peak <= 10
    trough = peak + int(weekly[peak:15].argmin())
    assert weekly[trough] < 0.5 * weekly[peak]
    assert weekly[trough:].max() > 1.25 * weekly[trough]
    cases = city.scan("cases").filter(pl.col("origin") == "local").collect()
    share = cases.group_by(((pl.col("report_date") - FIRST_DAY).dt.total_days() // 20).alias("part")).agg(
        pl.col("in_control").mean()
    )
    held = dict(share.iter_rows())
    assert held[2] < held[3] < held[4]
