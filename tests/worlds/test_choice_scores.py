"""The score of a replicate says what its outcome says."""

import numpy as np
import pytest
from tests.small_city import scenario, small_world

from seawall.measures.limit_contacts import LimitContacts
from seawall.plan.score import EVENTS, Scorer
from seawall.twin import simulate


@pytest.fixture(scope="module")
def world():
    return small_world(1500)


def half(world, left: float):
    limit = LimitContacts(name="half", layers=("community", "transport", "public"), left=left, adherence=1.0)
    return scenario(world, limit, infected=40, days=60)


def test_a_score_adds_up_what_runs_say(world) -> None:
    runs = simulate(half(world, 0.5), replicates=2, seed=4)
    amounts = runs.amounts()
    for number, outcome in enumerate(runs.outcomes):
        score = Scorer()(outcome)
        assert tuple(score) == EVENTS
        for event in ("infections", "reports", "admissions", "deaths", "peak_in_hospital", "peak_in_icu"):
            assert score[event] == amounts[event][number]
        assert score["infections"] > 0


def test_half_a_limit_on_everybody_counts_half_a_day_each(world) -> None:
    score = Scorer()(simulate(half(world, 0.5), seed=4).outcomes[0])
    assert score["limited_days"] == 1500 * 60
    assert score["restricted_days"] == pytest.approx(0.5 * 1500 * 60)
    stricter = Scorer()(simulate(half(world, 0.25), seed=4).outcomes[0])
    assert stricter["restricted_days"] == pytest.approx(0.75 * 1500 * 60)
    assert stricter["limited_days"] == score["limited_days"]


def test_days_over_the_beds_and_years_lost_follow_from_the_outcome(world) -> None:
    outcome = simulate(scenario(world, infected=40, days=60), seed=4).outcomes[0]
    outcome.daily["in_icu"][:, -1] = np.arange(60)
    assert Scorer(icu_beds=50)(outcome)["icu_over_days"] == 9
    assert Scorer()(outcome)["icu_over_days"] == 0
    outcome.ages["deaths"][:] = 0
    outcome.ages["deaths"][[0, 15]] = 1  # ages 0 to 4, and 75 and older
    assert Scorer()(outcome)["life_years_lost"] == pytest.approx((82.5 - 2.5) + 5.0)
