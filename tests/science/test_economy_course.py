"""The course of an economy: fear, catching up, who bears it, and signs known from the literature."""

import dataclasses

import numpy as np
import pytest
from tests.small_economy import accounts, closed, economy, nothing

from seawall.twin.economy import Parameters, bearers, over_runs
from seawall.twin.economy.bearers import thirds
from seawall.twin.economy.fear import asked_for, recent

NAMES = ("Manufacturing", "Retail", "Finance", "Hotels")
ADDED = [100.0, 60.0, 90.0, 30.0]
FLOWS = np.array([[20, 15, 2, 8], [5, 2, 3, 4], [10, 6, 12, 2], [1, 1, 2, 0.5]])


def lost(duration, strictness, days=360, **told):
    of = accounts(ADDED, FLOWS, sectors=NAMES)
    own = dataclasses.replace(Parameters(), **told)
    return economy(of, own).play(closed(of, days, strictness, 10, 10 + duration), *nothing(days, of)).lost[0]


def test_output_lost_grows_faster_than_duration_while_stores_last():
    assert lost(60, 0.6) > 2 * lost(30, 0.6)
    assert lost(30, 0.6) > 2 * lost(15, 0.6)


@pytest.mark.parametrize("strictness", [0.2, 0.4, 0.6, 0.8])
def test_duration_matters_more_than_strictness(strictness):
    # the sign in Guan et al. 2020, doi:10.1038/s41562-020-0896-8, for two months at 80 %; here the elasticities are
    # 1.09 to 1.16 in duration and 1.03 to 1.04 in strictness
    up = 1.05
    base = lost(60, strictness)
    longer = np.log(lost(63, strictness) / base) / np.log(up)
    stricter = np.log(lost(60, strictness * up) / base) / np.log(up)
    assert longer > stricter > 0.9
    assert lost(120, strictness / 2) > base


def test_recent_deaths_are_those_known_in_the_morning():
    deaths = np.array([1.0, 2.0, 0.0, 0.0, 4.0])
    assert recent(deaths, 2).tolist() == [0, 1, 3, 2, 0]


def test_customers_stay_away_as_people_die_and_come_back():
    own = Parameters(fear=0.1, fear_days=7.0, fear_at_most=0.5)
    deaths = np.zeros(40)
    deaths[5:15] = 10.0
    final = asked_for(deaths, 1e6, np.array([True, False]), (own,))[0]
    assert (final[:, 1] == 1.0).all()
    assert final[12, 0] == pytest.approx(1 - 0.5 * (1 - np.exp(-0.1 * 7)))  # 70 deaths are 7 per 100,000
    assert (final[:6, 0] == 1).all()
    assert (final[22:, 0] == 1).all()
    wild = asked_for(deaths * 1e6, 1e6, np.array([True, False]), (own,))[0]
    assert wild.min() == pytest.approx(0.5)  # not all


def test_fear_costs_output_without_any_order():
    of = accounts(ADDED, FLOWS, sectors=NAMES)
    away, deaths = nothing(60, of)
    deaths[10:30] = 5.0
    produced = economy(of).play({}, away, deaths)
    assert produced.shares[20, 1] < produced.shares[20, 0] < 1  # shops first, their suppliers after
    assert produced.jobs[0] > 0
    assert economy(of, dataclasses.replace(Parameters(), fear=0.0)).play({}, away, deaths).lost[0] == 0


def alone(name, days, start, stop, **told):
    of = accounts([100.0], sectors=(name,))
    own = Parameters(control_loss=0.0, **told)
    return economy(of, own).play(closed(of, days, 1.0, start, stop), *nothing(days, of))


def test_lost_work_is_won_back_as_extra_shifts_allow_and_at_their_price():
    told = {"waits_goods": 0.5, "orders_lost": 0.01, "extra_shift": 0.2, "shift_premium": 0.5, "labour_share": 0.4}
    produced = alone("Manufacturing", 200, 10, 30, **told)
    waiting, won = 0.0, []
    for day in range(200):
        back = 0.0 if 10 <= day < 30 else min(waiting, 0.2)
        waiting = (waiting - back) * 0.99 + (0.5 if 10 <= day < 30 else 0.0)
        won.append(back)
    assert produced.won_back[0] == pytest.approx(100 * sum(won))
    assert produced.lost[0] == pytest.approx(100 * (20 - sum(won)))
    assert produced.catch_up_cost[0] == pytest.approx(100 * sum(won) * 0.5 * 0.4)
    assert produced.output[31, 0, 0] == pytest.approx(120)
    assert produced.output[-1, 0, 0] == pytest.approx(100)


def test_a_meal_not_eaten_is_lost_and_a_car_not_built_is_not():
    cars, meals = alone("Manufacturing", 200, 10, 30), alone("Hotels and restaurants", 200, 10, 30)
    assert cars.won_back[0] > 5 * meals.won_back[0]
    assert cars.lost[0] < meals.lost[0]


def test_the_longer_work_stops_the_smaller_the_share_won_back():
    shares = []
    for stop in (20, 40, 80):
        produced = alone("Manufacturing", 400, 10, stop)
        shares.append(produced.won_back[0] / (produced.lost[0] + produced.won_back[0]))
    assert shares == sorted(shares, reverse=True)


def test_a_closed_loop_makes_more_than_a_closed_plant_and_less_than_an_open_one():
    of = accounts(ADDED, FLOWS, sectors=NAMES)
    half = np.zeros((60, 1, 4))
    half[10:40, :, 0] = 500
    loop = {"limited": half, "limited_lost": half, "loop": half}
    shut = closed(of, 60, [1.0, 0, 0, 0], 10, 40)
    lost = [economy(of).play(work, *nothing(60, of)).lost[0] for work in ({}, loop, shut)]
    assert lost == sorted(lost)
    assert lost[0] < lost[1] < lost[2]


def test_who_bears_it_adds_up_however_it_is_cut():
    of = accounts(ADDED, FLOWS, sectors=NAMES, districts=3, workers=200)
    whole = economy(of)
    away, deaths = nothing(50, of)
    away[10:, :, 1] = 40.0
    deaths[20:] = 1.0
    produced = whole.play(closed(of, 50, [0.2, 0.9, 0.1, 1.0], 10, 40), away, deaths)
    by_age = np.linspace(0, 15, 16)
    table = bearers(
        whole,
        lost_by=produced.lost_by,
        jobs_by=produced.jobs_by,
        deaths=deaths,
        deaths_by_age=by_age,
        school_away=away,
        residents_by_age=np.full(16, 500.0),
    )
    for what, total in (("jobs_lost", produced.jobs[0]), ("output_lost", produced.lost[0])):
        for by in ("district", "sector", "income", "age"):
            cut = table.filter((table["by"] == by) & (table["what"] == what))
            assert cut["amount"].sum() == pytest.approx(total), (by, what)
    hotels = table.filter((table["group"] == "Hotels") & (table["what"] == "jobs_lost")).row(0, named=True)
    assert hotels["per_1000"] == pytest.approx(1000 * hotels["amount"] / 600)
    # hotels and shops make least a worker: the lower third bears more work lost per 1,000
    per = {
        row["group"]: row["per_1000"]
        for row in table.iter_rows(named=True)
        if row["by"] == "income" and row["what"] == "jobs_lost"
    }
    assert per["lower third"] > per["upper third"]
    two = over_runs([table, table])
    assert two["mean"].to_list() == pytest.approx(table["amount"].to_list())
    assert (two["q5"] == two["q95"]).all()


def test_thirds_go_by_value_added_per_worker():
    of = accounts([90.0, 10.0, 50.0, 20.0, 70.0, 30.0], workers=100)
    assert thirds(economy(of)).tolist() == [2, 0, 1, 0, 2, 1]
