"""The parts of a choice, each on a case worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.small_city import scenario, small_world

from seawall.core import InvalidInput
from seawall.measures import AddBeds, LimitContacts, LimitSchools, Strategy, TraceContacts, WearMasks, parse_strategy
from seawall.measures import TestRounds as Rounds
from seawall.measures.scale import scaled
from seawall.plan.choose import Effort, runaway
from seawall.plan.limits import Limit
from seawall.plan.score import Scored, Scorer
from seawall.plan.smaller import left_out, smaller_zones
from seawall.twin import simulate
from seawall.twin.simulate import Scenario, new_run, play


def scored(
    infections: list[float], deaths: list[float], *, before: int = 0, amounts: dict[str, float] | None = None
) -> Scored:
    series = {"infections": np.array(infections, np.float32), "deaths": np.array(deaths, np.float32)}
    return Scored(amounts=amounts or {}, rows=before + int(sum(infections)), gave_up=False, series=series)


def with_districts(of: Scenario) -> Scenario:
    """The scenario of a city whose districts are areas with a code."""
    ground = of.map
    blocks = {code: ground.district_of_block == at for at, code in enumerate(ground.districts)}
    return replace(of, map=replace(ground, blocks_of=blocks, area_ids=ground.districts))


class TestRunaway:
    limit = Limit(event="deaths", at_most=3, probability=0.9)

    def test_counts_infections_to_the_day_the_limit_broke_and_doubles_them(self) -> None:
        nothing = [scored([10, 20, 40, 80], [0, 2, 2, 9], before=5), scored([10, 10, 10, 10], [0, 0, 0, 0])]
        assert runaway(nothing, [self.limit], 2.0) == 2 * (5 + 10 + 20 + 40)

    def test_takes_the_replicate_that_had_most_and_the_limit_that_breaks_first(self) -> None:
        nothing = [scored([10, 20, 40], [9, 0, 0]), scored([10, 20, 40], [0, 9, 0])]
        assert runaway(nothing, [self.limit], 1.0) == 30
        early = Limit(event="infections", at_most=5, probability=0.9)
        assert runaway(nothing, [self.limit, early], 1.0) == 10

    def test_says_nothing_where_doing_nothing_breaks_no_limit_or_nothing_tells(self) -> None:
        nothing = [scored([10, 20], [0, 1])]
        assert runaway(nothing, [self.limit], 2.0) is None
        assert runaway(nothing, [Limit(event="restricted_days", at_most=0, probability=1)], 2.0) is None
        assert runaway(nothing, [], 2.0) is None


def test_a_run_stopped_at_its_infections_says_so_and_is_the_same_until_then() -> None:
    world = small_world(1500)
    whole = scenario(world, infected=40, days=60)
    full = play(new_run(whole, 3, 1), 1)
    cut = play(new_run(whole, 3, 1), 1, most=300)
    assert full.played == 60
    assert 0 < cut.played < 60
    assert cut.rows > 300
    for event in ("infections", "deaths"):
        assert (cut.daily[event][: cut.played] == full.daily[event][: cut.played]).all()
        assert (cut.daily[event][cut.played :] == 0).all()
    assert Scorer()(cut).gave_up
    assert not Scorer()(full).gave_up


def test_an_area_left_out_is_free_of_limits_and_the_rest_is_not() -> None:
    world = small_world(1500)
    limit = LimitContacts(name="few", layers=("community", "transport", "public"), left=0.2, adherence=1.0)
    whole = with_districts(scenario(world, limit, WearMasks(name="masks"), infected=20, days=30))
    found = left_out(whole.strategy, whole.map)
    assert [one.area for one in found] == list(whole.map.districts)
    play = simulate(whole, seed=2).outcomes[0]
    for one in found:
        without = simulate(replace(whole, strategy=one.strategy), seed=2).outcomes[0]
        people = int(whole.map.population[whole.map.blocks_of[one.area]].sum())
        saved = Scorer()(play).amounts["limited_days"] - Scorer()(without).amounts["limited_days"]
        assert saved == people * 30


def test_only_districts_that_a_limit_holds_in_can_be_left_out() -> None:
    world = small_world(1500)
    ground = with_districts(scenario(world)).map
    first, *others = ground.districts
    limit = LimitContacts(name="here", areas=(first,))
    schools = LimitSchools(name="schools", except_areas=(first,), mode="closed")
    found = left_out(Strategy(name="s", measures=(limit, schools)), ground)
    assert [one.area for one in found] == list(ground.districts)
    assert [measure.kind for measure in found[0].strategy.measures] == ["limit_schools"]
    assert len(others) == 1
    assert found[1].strategy.measures == (limit,)  # schools were limited there only
    assert left_out(Strategy(name="s", measures=(WearMasks(name="m"),)), ground) == ()


def test_what_leaving_out_changes_is_paired_and_told_with_its_sign() -> None:
    world = small_world(1500)
    ground = with_districts(scenario(world)).map
    names = ("restricted_days", "lost_work_days", "lost_school_days", "infections", "admissions", "deaths", "no_icu")

    def of(days: float, deaths: float) -> Scored:
        amounts = {**dict.fromkeys(names, 0.0), "restricted_days": days, "deaths": deaths}
        return scored([1], [deaths], amounts=amounts)

    whole = {1: of(100, 1), 2: of(110, 2), 3: of(90, 0)}
    without = {ground.districts[0]: {1: of(60, 2), 2: of(70, 4)}}
    row = smaller_zones(ground, whole, without, [Limit(event="deaths", at_most=2, probability=0.9)]).row(0, named=True)
    assert row["replicates"] == 2
    assert row["restricted_days"] == -40
    assert row["deaths"] == 1.5
    assert row["deaths_low"] < 1.5 < row["deaths_high"]
    assert (row["p_meets_whole"], row["p_meets"]) == (1.0, 0.5)
    assert smaller_zones(ground, whole, {}, []).height == 0


def test_what_a_city_has_by_number_grows_with_it() -> None:
    measures = (AddBeds(rooms=100.0), TraceContacts(cases_a_day=50.0), WearMasks(adherence=0.5))
    strategy = Strategy(name="s", for_residents=1_000_000, measures=measures)
    larger = scaled(strategy, 3_000_000)
    assert larger.measures[0].rooms == 300
    assert larger.measures[1].cases_a_day == 150
    assert larger.measures[2].adherence == 0.5
    assert scaled(larger, 3_000_000) == larger
    rounds = Strategy(name="r", for_residents=1_000_000, measures=(Rounds(name="without end"),))
    assert scaled(rounds, 3_000_000).measures == rounds.measures
    plain = replace(strategy, for_residents=0)
    assert scaled(plain, 3_000_000) is plain


def test_how_large_a_city_the_numbers_are_for_is_read_and_checked() -> None:
    text = '[strategy]\nname = "S"\nfor_residents = 5_000_000\n'
    assert parse_strategy(text, file="s.toml").for_residents == 5_000_000
    with pytest.raises(InvalidInput, match="row 3, column for_residents: 0 is not a number of residents"):
        parse_strategy(text.replace("5_000_000", "0"), file="s.toml")


def test_what_is_played_goes_by_the_city_and_the_options() -> None:
    usual = Effort().in_city(60_000, 200)
    assert (usual.first, usual.most, usual.plays, usual.areas) == (4, 32, 1600, 8)
    large = Effort().in_city(25_000_000, 200)
    assert (large.first, large.plays, large.areas) == (2, 700, 2)
    assert Effort().in_city(60_000, 7).plays == 7 * 32  # few options: all may stay to the end
    assert Effort().in_city(60_000, 40).plays == 16 * 32
    asked = Effort(first=8, plays_per_option=10.0, areas=0).in_city(25_000_000, 40)
    assert (asked.first, asked.plays, asked.areas) == (8, 400, 0)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"first": 1}, "1 is fewer than 2"),
        ({"first": 8, "most": 4}, "4 replicates in the end are fewer than 8 at first"),
        ({"first": 4, "plays_per_option": 3.0}, "3 plays an option are fewer than the 4 of the first look"),
    ],
)
def test_effort_that_cannot_be_is_refused(asked: dict[str, float], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        Effort(**asked)  # type: ignore[arg-type]
