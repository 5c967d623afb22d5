"""Life years, output and school years against DAEDALUS and the accounting identities."""

import numpy as np
import pytest
from tests.small_economy import accounts, closed, economy, nothing

from seawall.core import InvalidInput
from seawall.twin.economy import Prices, break_even, life_years, school_years, societal_loss
from seawall.twin.economy.losses import present_value_of_work, years_left, years_left_by_class

CANADA = 46_050.0
"""Income per head in the DAEDALUS data, PPP dollars."""

LOCKDOWN = {
    "agriculture": 0.85,
    "food manufacture": 0.70,
    "construction": 0.56,
    "wholesale, retail": 0.65,
    "land transport": 0.63,
    "accommodation": 0.10,
    "finance": 0.94,
    "public administration": 1.0,
    "education": 1.0,
    "health": 0.75,
}
"""Share open in DAEDALUS' lockdown; education counts 1, its loss is in the school years."""


def test_the_value_of_a_school_year():
    assert present_value_of_work() == pytest.approx(19.643482, abs=5e-7)
    assert Prices().school_year == pytest.approx(1.571479, abs=5e-7)


def test_daedalus_values_each_life_year_at_income_per_head():
    assert pytest.approx(CANADA, rel=1e-6) == 1_438_254e6 / 31_232_438
    amounts = {
        "life_years_lost": 31_232_438.0,
        "output_cost_low": 29_756.42e6,
        "output_cost_high": 29_756.42e6,
        "school_years_lost_low": 1_897.382e6 / (Prices().school_year * CANADA),
        "school_years_lost_high": 1_897.382e6 / (Prices().school_year * CANADA),
    }
    prices = Prices(life_year_low=1.0, life_year_high=1.0, years_kept=1.0)
    loss = societal_loss(amounts, CANADA, prices)
    assert loss.life[0] == pytest.approx(1_438_254e6, rel=1e-6)
    assert loss.low == loss.high == pytest.approx(1_469_908e6, rel=1e-6)


def test_the_next_generation_matrix_of_daedalus_has_its_reproduction_number():
    rows = [
        [0.18631519, 0.1495673, 0.4575726, 0.02784939],
        [0.04990423, 0.8493952, 0.5713183, 0.07214655],
        [0.15881787, 0.3382386, 1.4122404, 0.21092348],
        [0.01148082, 0.0734091, 0.3434458, 0.14794466],
    ]
    assert np.max(np.abs(np.linalg.eigvals(rows))) == pytest.approx(1.75, abs=1e-4)


def test_output_at_lockdown_is_the_weighted_share_open():
    added = np.array([30, 20, 25, 60, 35, 15, 80, 40, 30, 45.0])
    of = accounts(added, sectors=tuple(LOCKDOWN))
    share = np.array(list(LOCKDOWN.values()))
    produced = economy(of).play(closed(of, 90, 1 - share), *nothing(90, of), parameters=no_other_loss())
    made = 90 * added.sum() - produced.lost[0] - produced.won_back[0]
    assert made / (90 * added.sum()) == pytest.approx((added @ share) / added.sum())
    assert produced.lost_teaching[0] == 0


def no_other_loss():
    from seawall.twin.economy import Parameters

    return Parameters(control_loss=0.0)


def test_output_of_the_dead_and_of_education_is_not_counted_twice():
    of = accounts([100.0, 50.0], sectors=("Manufacturing", "Education"))
    dead = np.zeros((50, 1, 2))
    dead[:, :, 0] = 10.0
    work = {**closed(of, 50, [0.0, 1.0]), "dead": dead}
    produced = economy(of).play(work, *nothing(50, of), parameters=no_other_loss())
    amounts = produced.summary()
    assert amounts["output_lost_of_dead"] == pytest.approx(50 * 100 * 10 / 1000)
    assert amounts["output_lost"] > 0
    # extra shifts win back a part of what the dead would have made; what is left over is their premium
    loss = societal_loss(amounts, 1.0)
    assert loss.output[0] <= amounts["catch_up_cost_high"]


def test_life_years_by_age():
    by_class = years_left_by_class()
    assert (np.diff(by_class) < 0).all()
    assert years_left(np.array([0.0, 65.0, 85.0, 99.0])) == pytest.approx([77.1, 17.1, 4.7, 4.7])
    deaths = np.zeros(16)
    deaths[13] = 2  # 65 to 69
    assert life_years(deaths) == pytest.approx(2 * (17.1 + 13.3) / 2)


def test_school_years():
    away = np.zeros((10, 2, 5))
    away[:, 0, 1] = 73
    assert school_years(away, 0.0) == pytest.approx(2.0)
    assert school_years(away, 0.33) == pytest.approx(1.34)


def test_the_value_of_a_life_year_at_which_two_options_are_equal():
    at = break_even(100.0, 5e6, 20.0, 9e6)
    assert at == pytest.approx(50_000.0)
    assert 5e6 + 100 * at == pytest.approx(9e6 + 20 * at)
    assert break_even(100.0, 5e6, 100.0, 9e6) is None  # the same years
    assert break_even(20.0, 5e6, 100.0, 9e6) is None  # better in both


def test_a_loss_is_a_range():
    amounts = {
        "life_years_lost": 10.0,
        "output_cost_low": 100.0,
        "output_cost_high": 300.0,
        "school_years_lost_low": 1.0,
        "school_years_lost_high": 2.0,
    }
    loss = societal_loss(amounts, 5.0)
    assert loss.life == (pytest.approx(10 * 0.8 * 5), pytest.approx(10 * 3 * 5))
    assert loss.low == loss.life[0] + loss.without_life[0]
    assert loss.low < loss.high


def test_upside_down_prices_are_refused():
    with pytest.raises(InvalidInput, match="exchange"):
        Prices(life_year_low=3.0, life_year_high=1.0)
