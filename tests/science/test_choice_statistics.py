"""Choosing under luck: does the race keep the right option, and are the probabilities told as good as their word?"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from bench._choices import Problem, normal, outbreak
from scipy import stats

from seawall.core.draws import generator
from seawall.plan.frontier import frontier
from seawall.plan.limits import Least, Limit
from seawall.plan.meets import interval_of_share
from seawall.plan.mildest import mildest
from seawall.plan.paired import difference
from seawall.plan.played import Played, played
from seawall.plan.race import Race, race
from seawall.plan.regret import value_of_perfect_information
from seawall.plan.rule import picks
from seawall.plan.unknowns import sensitivity, value_of_partial_information


def made(values: dict[str, np.ndarray]) -> Played:
    count, replicates = next(iter(values.values())).shape
    return Played(
        options=tuple("abcdefghij"[:count]),
        replicates=tuple(range(1, replicates + 1)),
        events=tuple(values),
        values=np.stack(list(values.values())),
        gave_up=np.zeros((count, replicates), bool),
    )


def raced(problem: Problem) -> Race:
    return race(problem.everything.options, problem.play, limits=problem.limits, order=problem.order)


def choice(problem: Problem, seen: Played) -> str:
    return seen.options[int(picks(seen, problem.limits, problem.order).row[0])]


@pytest.mark.parametrize("replicates", [4, 16, 64])
def test_exact_interval_covers_at_least_what_it_says_at_every_truth(replicates: int) -> None:
    low, high = interval_of_share(np.arange(replicates + 1), replicates, sure=0.9)
    truth = np.linspace(0.005, 0.995, 199)[:, None]
    inside = (low <= truth) & (truth <= high)
    cover = (stats.binom.pmf(np.arange(replicates + 1), replicates, truth) * inside).sum(axis=1)
    assert cover.min() >= 0.9 - 1e-9
    assert cover.mean() < 0.99  # it is an interval, not everything


def test_jeffreys_interval_covers_on_average_what_it_says() -> None:
    low, high = interval_of_share(np.arange(33), 32, sure=0.9, method="jeffreys")
    truth = np.linspace(0.005, 0.995, 199)[:, None]
    cover = (stats.binom.pmf(np.arange(33), 32, truth) * ((low <= truth) & (truth <= high))).sum(axis=1)
    assert cover.mean() == pytest.approx(0.9, abs=0.015)


def test_exact_interval_by_hand() -> None:
    low, high = interval_of_share(np.array([8]), 8, sure=0.9)
    assert low[0] == pytest.approx(0.05 ** (1 / 8))
    assert high[0] == 1.0


def test_interval_of_a_paired_difference_covers() -> None:
    draws = generator(1, "test", "paired")
    inside = [
        one.low <= 2.0 <= one.high for one in (difference(2.0 + 3 * draws.standard_normal(8)) for _ in range(2000))
    ]
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize("kind", ["normal", "outbreak"])
def test_a_race_keeps_the_right_option_and_chooses_as_playing_all_would(kind: str) -> None:
    lost = same = 0
    plays = []
    for seed in range(200):
        problem = normal(seed, options=20, truth=2000) if kind == "normal" else outbreak(seed, options=12, truth=2000)
        done = raced(problem)
        lost += problem.right() not in done.kept
        last = played(done.scores, [one.event for one in (*problem.limits, *problem.order)], done.kept)
        same += choice(problem, last) == choice(problem, problem.first(64))
        plays.append(done.plays / (64 * len(problem.everything.options)))
    assert lost <= 0.05 * 200
    assert same >= 196
    assert np.mean(plays) < (0.4 if kind == "normal" else 0.75)


def test_a_race_of_options_that_are_the_same_drops_none_of_them_and_one_of_two_far_apart() -> None:
    luck = generator(2, "test", "same").standard_normal(64)

    def play(pairs: list[tuple[str, int]]) -> list[tuple[str, int, dict[str, float]]]:
        return [(key, one, {"deaths": 10 + luck[one - 1] + 50 * (key == "far")}) for key, one in pairs]

    done = race(["x", "y", "z", "far"], play, order=(Least(event="deaths"),))
    assert done.kept == ("x", "y", "z")
    assert [(one.option, one.round, one.why, one.event) for one in done.dropped] == [("far", 2, "worse", "deaths")]


@pytest.mark.parametrize(("kind", "replicates"), [("normal", 16), ("outbreak", 8), ("outbreak", 64)])
def test_p_right_is_as_good_as_its_word(kind: str, replicates: int) -> None:
    told, hit = [], []
    for seed in range(300):
        if kind == "normal":
            problem = normal(seed, options=12, shared=0.5, truth=2000)
        else:
            problem = outbreak(seed, options=12, truth=2000)
        found = mildest(problem.first(replicates), problem.limits, problem.order, seed=seed, draws=200)
        told.append(found.p_right)
        hit.append((found.chosen or found.nearest) == problem.right())
    told_of, hits = np.array(told), np.array(hit, float)
    assert abs(told_of.mean() - hits.mean()) < 0.08
    for low, high in ((0.0, 0.5), (0.5, 0.75), (0.75, 1.01)):
        inside = (told_of >= low) & (told_of < high)
        if inside.sum() >= 20:
            gap = abs(told_of[inside].mean() - hits[inside].mean())
            assert gap < 0.06 + 2 * np.sqrt(0.25 / inside.sum())
    assert hits[told_of > 0.75].mean() > hits[told_of < 0.5].mean() + 0.2


def test_without_doubt_eight_replicates_say_too_much_of_a_limit() -> None:
    told, plain, hit = [], [], []
    for seed in range(200):
        problem = outbreak(seed, options=12, truth=2000)
        found = mildest(problem.first(8), problem.limits, problem.order, seed=seed, draws=200)
        told.append(found.p_right)
        plain.append(found.p_right_plain)
        hit.append((found.chosen or found.nearest) == problem.right())
    assert np.mean(plain) - np.mean(hit) > 0.12
    assert abs(np.mean(told) - np.mean(hit)) < 0.1


def test_frontier_probability_follows_the_noise() -> None:
    draws = generator(3, "test", "frontier")
    shared, own = draws.standard_normal(64), draws.standard_normal((4, 64))
    deaths = np.array([10.0, 20.0, 20.0, 10.05])[:, None] + shared + np.array([0, 0, 0, 1])[:, None] * own
    days = np.array([100.0, 50.0, 60.0, 100.0])[:, None] + shared
    found = frontier(made({"deaths": deaths, "days": days}), ("deaths", "days"), seed=1)
    assert [one.p_on for one in found[:3]] == [pytest.approx(found[0].p_on), 1.0, 0.0]
    assert found[2].by == "b"
    assert found[2].means["days"].mean == pytest.approx((60 + shared).mean())
    # a and d are equal in days, so only the one with fewer deaths is on it; z = mean gap over its standard error
    gap = (deaths[3] - deaths[0]).mean() / ((deaths[3] - deaths[0]).std() / 8)
    assert found[0].p_on == pytest.approx(stats.norm.cdf(gap), abs=0.06)
    assert found[0].p_on + found[3].p_on == pytest.approx(1.0)


def test_value_of_perfect_information_of_two_normal_options() -> None:
    mean, sd = 1.0, 2.0
    gap = mean + sd * generator(4, "test", "evpi").standard_normal(200_000)
    values = made({"deaths": np.stack([np.zeros(gap.size), gap])})
    closed = sd * stats.norm.pdf(mean / sd) - mean * stats.norm.cdf(-mean / sd)
    assert value_of_perfect_information(values, "deaths") == pytest.approx(closed, abs=0.01)


@pytest.mark.parametrize(("mean", "slope", "noise"), [(1.0, 2.0, 1.0), (0.0, 1.0, 1.0), (3.0, 2.0, 2.0)])
def test_value_of_one_unknown_in_the_linear_gaussian_decision(mean: float, slope: float, noise: float) -> None:
    """Two options, gap = mean + slope theta + noise: sd phi(m/sd) - |m| Phi(-|m|/sd) with sd = |slope|."""
    closed = slope * stats.norm.pdf(mean / slope) - mean * stats.norm.cdf(-mean / slope)
    found = []
    for seed in range(100):
        draws = generator(seed, "test", "evppi")
        theta, luck, common = draws.standard_normal((3, 256))
        gap = mean + slope * theta + noise * luck
        found.append(value_of_partial_information(np.stack([50 + 20 * common, 50 + 20 * common + gap]), theta))
    assert np.mean(found) == pytest.approx(closed, abs=0.05)
    assert closed > 0.05


def test_an_unknown_that_says_nothing_is_worth_next_to_nothing() -> None:
    found = []
    for seed in range(100):
        theta, luck = generator(seed, "test", "nothing").standard_normal((2, 64))
        found.append(value_of_partial_information(np.stack([np.zeros(64), 1 + 3 * luck]), theta))
    assert np.mean(found) < 0.05


def flipping(seed: int, count: int = 64) -> tuple[Played, pl.DataFrame]:
    """Mild meets the limit of beds while the reproduction number is below 1.4; strict always; sleep says nothing."""
    draws = generator(seed, "test", "flip")
    number, sleep = draws.uniform(1.0, 2.0, count), draws.uniform(0.0, 1.0, count)
    beds = np.stack([100 * number + 2 * draws.standard_normal(count), 40 * number])
    days = np.stack([np.full(count, 10.0), np.full(count, 30.0)]) + draws.standard_normal(count)
    drawn = {"replicate": np.arange(1, count + 1), "reproduction_number": number, "sleep": sleep}
    return made({"beds": beds, "days": days}), pl.DataFrame(drawn)


def test_the_unknown_that_decides_is_found_with_the_value_at_which_the_choice_flips() -> None:
    values, drawn = flipping(5)
    limits, order = (Limit(event="beds", at_most=140, probability=0.5),), (Least(event="days"),)
    first, second = sensitivity(values, drawn, limits, order, ("days",))
    assert (first.unknown, first.changes, first.settled_by) == ("reproduction_number", True, "reproduction_number")
    assert (first.choice_low, first.choice_high) == ("a", "b")
    assert [(one.below, one.above) for one in first.flips] == [("a", "b")]
    assert first.flips[0].at == pytest.approx(1.4, abs=0.06)
    assert (second.unknown, second.changes, second.flips, second.settled_by) == ("sleep", False, (), None)
    # strict is chosen overall; knowing the number spares the 20 days wherever mild holds the limit
    assert first.value_of_knowing["days"] == pytest.approx(20 * 0.4, abs=2.5)


def test_noise_seldom_seems_to_change_the_choice() -> None:
    false = differ = 0
    for seed in range(200):
        draws = generator(seed, "test", "noise")
        values = made({"days": 10 + draws.standard_normal((3, 32))})
        drawn = pl.DataFrame({"replicate": np.arange(1, 33), "sleep": draws.uniform(size=32)})
        (one,) = sensitivity(values, drawn, (), (Least(event="days"),), ())
        false += one.changes
        differ += len({one.choice_low, one.choice_high}) > 1
    assert false <= 20
    assert differ > 60  # the ends differ all the time; that alone says nothing
