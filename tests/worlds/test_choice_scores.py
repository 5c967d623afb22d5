"""The score of a replicate says what its outcome says."""

import pytest
from tests.small_city import scenario, small_world

from seawall.measures import IsolateCases, LimitContacts
from seawall.measures import TestOnSymptoms as IllAreTested
from seawall.plan.score import Scorer
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
        score = Scorer()(outcome).amounts
        assert tuple(score) == Scorer().events
        for event in ("infections", "reports", "admissions", "deaths", "peak_in_hospital", "peak_in_icu"):
            assert score[event] == amounts[event][number]
        assert score["infections"] > 0


def test_half_a_limit_on_everybody_counts_half_a_day_each(world) -> None:
    score = Scorer()(simulate(half(world, 0.5), seed=4).outcomes[0]).amounts
    assert score["limited_days"] == 1500 * 60
    assert score["restricted_days"] == pytest.approx(0.5 * 1500 * 60)
    stricter = Scorer()(simulate(half(world, 0.25), seed=4).outcomes[0]).amounts
    assert stricter["restricted_days"] == pytest.approx(0.75 * 1500 * 60)
    assert stricter["limited_days"] == score["limited_days"]


def test_who_is_kept_at_home_counts_a_day_each(world) -> None:
    isolate = IsolateCases(where="home", days=5, adherence=1.0)
    outcome = simulate(scenario(world, IllAreTested(adherence=1.0), isolate, infected=40, days=60), seed=4).outcomes[0]
    score = Scorer()(outcome).amounts
    assert score["reports"] > 20
    assert score["restricted_days"] == score["home_days"] + score["site_days"]
    assert score["reports"] < score["home_days"] <= 6 * score["reports"]
