"""What holds for any choice: order does not matter, units do not matter, a dominated option changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.core import InvalidInput
from seawall.core.draws import generator
from seawall.plan.frontier import frontier
from seawall.plan.limits import Least, Limit
from seawall.plan.meets import meets
from seawall.plan.mildest import mildest
from seawall.plan.played import Played, played
from seawall.plan.race import race
from seawall.plan.regret import regret_against, regret_in_hindsight
from seawall.plan.rule import picks

LIMITS = (Limit(event="beds", at_most=60.0, probability=0.75),)
ORDER = (Least(event="deaths", within=0.1), Least(event="days"))


def scores(seed: int, options: int, replicates: int = 16, *, gave_up: float = 0.0) -> pl.DataFrame:
    draws = generator(seed, "test", "laws")
    strength = draws.uniform(0.1, 1.0, options)[:, None]
    size = 100 * np.exp(0.5 * draws.standard_normal(replicates))
    own = np.exp(0.1 * draws.standard_normal((options, replicates)))
    infections = size * own / strength
    columns = {
        "strategy": np.repeat([f"s{one}" for one in range(options)], replicates),
        "replicate": np.tile(np.arange(1, replicates + 1), options),
        "beds": np.round(0.3 * infections).ravel(),
        "deaths": np.round(0.1 * infections).ravel(),
        "days": (1000 * strength * own).ravel(),
        "gave_up": (draws.random(options * replicates) < gave_up).astype(float),
    }
    return pl.DataFrame(columns)


def table(frame: pl.DataFrame) -> Played:
    return played(frame, ("beds", "deaths", "days"))


def player(frame: pl.DataFrame, asked: list[tuple[str, int]] | None = None, step: int = 1):
    rows = {(row["strategy"], row["replicate"]): row for row in frame.iter_rows(named=True)}

    def play(pairs: list[tuple[str, int]]) -> Iterator[tuple[str, int, Mapping[str, float]]]:
        if asked is not None:
            asked.extend(pairs)
        for pair in pairs[::step]:
            row = rows[pair]
            yield (*pair, {name: row[name] for name in ("beds", "deaths", "days", "gave_up")})

    return play


def run(frame: pl.DataFrame, names: list[str], **more: object):
    step = int(more.pop("step", 1))  # type: ignore[call-overload]
    asked = more.pop("asked", None)
    return race(names, player(frame, asked, step), limits=LIMITS, order=ORDER, most=16, **more)  # type: ignore[arg-type]


any_case = given(
    seed=st.integers(0, 10_000), options=st.integers(2, 12), gave_up=st.sampled_from([0.0, 0.0, 0.05, 0.4])
)
few = settings(max_examples=40, deadline=None)


@few
@any_case
def test_a_race_does_not_depend_on_the_order_of_options_or_of_results(seed: int, options: int, gave_up: float) -> None:
    frame = scores(seed, options, gave_up=gave_up)
    names = [f"s{one}" for one in range(options)]
    one, other = run(frame, names), run(frame, names[::-1], step=-1)
    assert one.rounds == other.rounds
    assert one.kept == other.kept
    assert one.scores.equals(other.scores)


@few
@any_case
def test_a_race_taken_up_again_plays_only_what_is_missing_and_ends_the_same(
    seed: int, options: int, gave_up: float
) -> None:
    frame = scores(seed, options, gave_up=gave_up)
    names = [f"s{one}" for one in range(options)]
    whole = run(frame, names)
    known = whole.scores.filter(pl.col("replicate") <= 8)
    asked: list[tuple[str, int]] = []
    again = run(frame, names, known=known, asked=asked)
    assert again.scores.equals(whole.scores)
    assert (again.kept, again.dropped) == (whole.kept, whole.dropped)
    assert sorted(asked) == sorted(whole.scores.filter(pl.col("replicate") > 8).select("strategy", "replicate").rows())


@few
@any_case
def test_a_race_plays_each_pair_once_and_keeps_enough(seed: int, options: int, gave_up: float) -> None:
    frame = scores(seed, options, gave_up=gave_up)
    asked: list[tuple[str, int]] = []
    done = run(frame, [f"s{one}" for one in range(options)], keep=3, asked=asked, axes=("deaths", "days"))
    assert len(asked) == len(set(asked)) == done.plays
    assert len(done.kept) >= min(3, options)
    assert len(done.kept) + len(done.dropped) == options
    many = done.scores.group_by("strategy").len()
    assert set(many.filter(pl.col("len") == 16)["strategy"]) >= set(done.kept)


@few
@any_case
def test_who_must_stay_stays_and_room_is_kept_to(seed: int, options: int, gave_up: float) -> None:
    frame = scores(seed, options, gave_up=gave_up)
    names = [f"s{one}" for one in range(options)]
    budget = 4 * options + 24
    done = run(frame, names, always={"s0"}, keep=1, most_plays=budget)
    assert "s0" in done.kept
    assert done.plays <= budget + 2 * 16  # who must stay, and the one that is kept, go on even so
    assert all(one.why != "too_many" for one in run(frame, names).dropped)


@few
@any_case
def test_more_replicates_extend_a_race(seed: int, options: int, gave_up: float) -> None:
    """The same looks of a longer race, with the error shared out over the same number of looks, drop the same."""
    frame = scores(seed, options, gave_up=gave_up)
    names = [f"s{one}" for one in range(options)]
    done = run(frame, names)
    longer = run(pl.concat([frame, scores(seed + 1, options, 8).with_columns(pl.col("replicate") + 16)]), names)
    assert longer.scores.equals(done.scores)


@few
@any_case
def test_a_choice_does_not_depend_on_order(seed: int, options: int, gave_up: float) -> None:
    frame = scores(seed, options, gave_up=gave_up)
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=seed)
    assert mildest(table(frame), LIMITS, ORDER, seed=1, draws=50) == mildest(
        table(shuffled), LIMITS, ORDER, seed=1, draws=50
    )


@few
@any_case
def test_units_do_not_matter(seed: int, options: int, gave_up: float) -> None:
    """A power of two, so that no rounding comes in."""
    frame = scores(seed, options, gave_up=gave_up)
    other = frame.with_columns(pl.col("beds") * 8, pl.col("deaths") * 4, pl.col("days") * 0.5)
    bigger = (Limit(event="beds", at_most=480.0, probability=0.75),)
    one = mildest(table(frame), LIMITS, ORDER, seed=1, draws=50)
    two = mildest(table(other), bigger, ORDER, seed=1, draws=50)
    assert (one.chosen, one.nearest, one.runner_up, one.shares) == (two.chosen, two.nearest, two.runner_up, two.shares)


@few
@any_case
def test_an_option_that_is_worse_in_everything_changes_nothing(seed: int, options: int, gave_up: float) -> None:
    frame = scores(seed, options, gave_up=gave_up)
    worse = frame.filter(pl.col("strategy") == "s0").with_columns(
        pl.lit("a_worse").alias("strategy"), pl.col("beds") + 1, pl.col("deaths") + 1, pl.col("days") + 1
    )
    one = mildest(table(frame), LIMITS, ORDER, seed=1, draws=50)
    more = table(pl.concat([frame, worse]))
    two = mildest(more, LIMITS, ORDER, seed=1, draws=50)
    whole = frame.filter(pl.col("strategy") == "s0")["gave_up"].min() == 0
    if whole:
        assert (one.chosen, one.nearest, one.p_right) == (two.chosen, two.nearest, two.p_right)
    standing = {place.option: place for place in frontier(more, ("deaths", "days"), seed=1, draws=20)}
    assert (standing["a_worse"].on, standing["a_worse"].p_on) == (False, 0.0)


@few
@any_case
def test_no_option_on_the_frontier_beats_another_and_every_other_is_beaten(
    seed: int, options: int, gave_up: float
) -> None:
    values = table(scores(seed, options, gave_up=gave_up))
    standing = {place.option: place for place in frontier(values, ("deaths", "days"), seed=1, draws=20)}
    for place in standing.values():
        if place.means and not place.on:
            better = standing[place.by or ""].means
            assert better["deaths"].mean <= place.means["deaths"].mean + 1e-9
            assert better["days"].mean <= place.means["days"].mean + 1e-9
    if any(place.means for place in standing.values()):
        assert any(place.on for place in standing.values())


@few
@any_case
def test_what_is_chosen_meets_the_limits_or_none_does(seed: int, options: int, gave_up: float) -> None:
    values = table(scores(seed, options, gave_up=gave_up))
    found = mildest(values, LIMITS, ORDER, seed=1, draws=20)
    says = {one.option: one for one in meets(values, LIMITS)}
    assert (found.chosen is None) == (not any(one.meets for one in says.values()))
    if found.chosen is not None:
        assert says[found.chosen].meets
        assert not found.mend
    else:
        (mend,) = found.mend
        assert [one.event for one in found.missing] == ["beds"]
        if mend.limit is not None:
            eased = (Limit(event="beds", at_most=mend.limit, probability=0.75),)
            assert bool(picks(values, eased, ORDER).feasible[0])
            tight = (Limit(event="beds", at_most=np.nextafter(mend.limit, 0), probability=0.75),)
            assert not bool(picks(values, tight, ORDER).feasible[0])
        if mend.probability is not None:
            unsure = (Limit(event="beds", at_most=60.0, probability=mend.probability),)
            assert bool(picks(values, unsure, ORDER).feasible[0])


@few
@any_case
def test_regret_turns_round_and_hindsight_is_never_beaten_in_what_comes_first(
    seed: int, options: int, gave_up: float
) -> None:
    values = table(scores(seed, options, gave_up=gave_up))
    there = regret_against(values, "s0", "s1", ("deaths", "days"))
    back = regret_against(values, "s1", "s0", ("deaths", "days"))
    assert [one.mean.mean for one in there] == [pytest.approx(-one.mean.mean) for one in back]
    for one in regret_in_hindsight(values, "s0", (), (Least(event="deaths"),), ("deaths",)):
        assert one.low >= 0


def test_a_replicate_that_gave_up_fails_every_limit_and_ranks_last() -> None:
    frame = scores(1, 2).with_columns(
        pl.when(pl.col("strategy") == "s0").then(0.0).otherwise(pl.col("beds").clip(upper_bound=50)).alias("beds"),
        pl.when(pl.col("strategy") == "s0").then(0.0).otherwise(pl.col("deaths")).alias("deaths"),
    )
    assert mildest(table(frame), LIMITS, ORDER, seed=1, draws=20).chosen == "s0"
    once = frame.with_columns(gave_up=((pl.col("strategy") == "s0") & (pl.col("replicate") == 3)).cast(pl.Float64))
    assert mildest(table(once), LIMITS, ORDER, seed=1, draws=20).chosen == "s1"
    assert meets(table(once), LIMITS)[0].together.met == 15


def test_where_none_may_meet_the_race_says_so_and_seeks_the_nearest() -> None:
    frame = scores(3, 8)
    harsh = (Limit(event="beds", at_most=0.0, probability=0.99),)
    names = [f"s{one}" for one in range(8)]
    done = race(names, player(frame), limits=harsh, order=ORDER, most=16)
    assert done.none_may
    assert {one.why for one in done.dropped} == {"worse"}
    everything = mildest(table(frame), harsh, ORDER, seed=1, draws=20)
    last = mildest(played(done.scores, ("beds", "deaths", "days"), done.kept), harsh, ORDER, seed=1, draws=20)
    assert last.nearest == everything.nearest
    assert last.chosen is None


def test_options_that_left_for_a_limit_come_back_when_none_may_meet_it() -> None:
    """Two options seem able for four replicates, while the rest cannot; then these two fail as well."""
    beds = {"near": [9] * 16, "far": [90] * 16, "late": [1, 1, 1, 1] + [70] * 12, "later": [1, 1, 1, 1] + [80] * 12}
    rows = [
        {"strategy": key, "replicate": at + 1, "beds": float(one), "deaths": 1.0, "days": 1.0, "gave_up": 0.0}
        for key, own in beds.items()
        for at, one in enumerate(own)
    ]
    frame = pl.DataFrame(rows)
    tight = (Limit(event="beds", at_most=5.0, probability=0.99),)
    done = race(list(beds), player(frame), limits=tight, order=ORDER, most=16)
    assert [one.option for one in done.rounds[0].dropped] == ["far", "near"]
    assert done.rounds[1].returned == ("far", "near")
    assert "near" in done.kept


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda rows: rows[:-1], "did not come back"),
        (lambda rows: [*rows, rows[0]], "without being asked"),
        (lambda rows: [(*rows[0][:2], {"deaths": float("nan")}), *rows[1:]], "no finite deaths"),
        (lambda rows: [(*rows[0][:2], {"other": 1.0}), *rows[1:]], "other events"),
    ],
)
def test_results_that_cannot_be_used_are_named(broken, words: str) -> None:
    def play(pairs: list[tuple[str, int]]) -> list[tuple[str, int, dict[str, float]]]:
        return broken([(*pair, {"deaths": 1.0}) for pair in pairs])

    with pytest.raises(InvalidInput, match=words):
        race(["a", "b"], play, order=(Least(event="deaths"),))
