"""Regular testing against Larremore et al. 2021: frequency and delay matter more than the limit of detection."""

import numpy as np
import pytest

from seawall.core import InvalidInput
from seawall.disease import LoadShape, screening_effect, trajectories

TABLE = {  # every so many days: limit 10^3 at once, a day later; limit 10^5 at once
    1: (1.000, 0.961, 1.000),
    3: (0.913, 0.759, 0.848),
    7: (0.567, 0.435, 0.505),
    14: (0.289, 0.218, 0.249),
}
WAYS = ((3.0, 0), (3.0, 1), (5.0, 0))


@pytest.mark.parametrize("every", TABLE)
@pytest.mark.parametrize("way", range(3))
def test_share_of_infectiousness_removed(every, way):
    limit, delay = WAYS[way]
    got = screening_effect(every, limit_of_detection=limit, delay_days=delay, seed=3)
    assert got.by_tests == pytest.approx(TABLE[every][way], abs=0.015)
    assert got.beyond_symptoms == pytest.approx(got.by_tests)
    assert got.by_symptoms == 0


def test_weekly_pcr_with_a_days_delay_is_worse_than_weekly_rapid_tests():
    assert screening_effect(7, delay_days=1).by_tests < screening_effect(7, limit_of_detection=5.0).by_tests


def test_tests_that_find_nobody_leave_self_isolation():
    blind = screening_effect(7, sensitivity=0.0, symptomatic_share=1.0)
    assert blind.by_tests == 0
    assert blind.by_symptoms > 0.3
    assert blind.beyond_symptoms == pytest.approx(0, abs=1e-12)
    assert screening_effect(3, sensitivity=0.0).by_tests == 0


def test_a_result_that_never_comes_removes_nothing():
    assert screening_effect(3, delay_days=40).by_tests == 0


def test_sensitivity_one_half_daily_by_hand():
    # found on the first, second, ... day above the limit with probability 1/2, 1/4, ...
    shape = LoadShape()
    drawn = trajectories(400, seed=1, shape=shape)
    removed = total = 0.0
    for load in drawn.load:
        daily = np.maximum(load - shape.infectious_load, 0)
        total += daily.sum()
        for nth, day in enumerate(np.nonzero(load > 3)[0]):
            removed += 0.5 ** (nth + 1) * daily[day:].sum()
    got = screening_effect(1, sensitivity=0.5, people=400, seed=1)
    assert got.by_tests == pytest.approx(removed / total, rel=1e-9)


def test_trajectories_stay_within_their_shape():
    drawn = trajectories(3000, seed=2, symptomatic_share=0.5)
    assert drawn.load.max() <= 11
    assert (drawn.load[:, :3] <= 3 + 0.5 * 8 / 0.5).all()
    assert (drawn.load[:, 0:2] == 0).all()
    ill = drawn.symptoms_day >= 0
    assert ill.mean() == pytest.approx(0.5, abs=0.03)
    assert drawn.symptoms_day[ill].min() >= 3
    assert (drawn.load[ill] > 6).sum(axis=1).mean() > (drawn.load[~ill] > 6).sum(axis=1).mean()
    again, other = trajectories(10, seed=2), trajectories(10, seed=3)
    np.testing.assert_array_equal(again.load, trajectories(10, seed=2).load)
    assert (again.load != other.load).any()


@pytest.mark.parametrize(
    "wrong", [{"every_days": 0}, {"every_days": 3, "delay_days": -1}, {"every_days": 3, "sensitivity": 2}]
)
def test_wrong_rhythms_are_refused(wrong):
    with pytest.raises(InvalidInput):
        screening_effect(**wrong)
