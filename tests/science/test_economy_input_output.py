"""Textbook input-output answers, and the identities of the daily layer: nothing changes without a shock, and so on."""

import dataclasses
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.small_economy import accounts, closed, economy, folder, nothing

from seawall.core import InvalidInput
from seawall.twin.economy import (
    Parameters,
    accounts_of,
    coefficients,
    gross_for,
    leontief_inverse,
    multipliers,
    without,
)
from seawall.twin.economy.parameters import corners
from seawall.twin.economy.supply import Chains, chains_of, daily

A = np.array([[0.15, 0.25], [0.20, 0.05]])
BASE = np.array([350.0, 1700.0])
DATA = Path(__file__).parents[3] / "shared" / "data" / "economy"
JAPANESE = (
    *("agriculture", "mining", "manufacturing", "construction", "energy", "trade", "finance and real estate"),
    *("transport", "communication", "public administration", "services", "other"),
)


def textbook():
    """Accounts of the textbook's base case: gross output 1000 and 2000."""
    gross = np.array([1000.0, 2000.0])
    deliveries = A * gross
    return accounts(gross - deliveries.sum(axis=0), deliveries)


def test_the_textbook_case_of_two_sectors():
    assert leontief_inverse(A) == pytest.approx(np.array([[1.2541, 0.3300], [0.2640, 1.1221]]), abs=5e-5)
    assert gross_for(A, np.array([600.0, 1500.0])) == pytest.approx([1247.525, 1841.584], abs=5e-4)
    assert gross_for(A, BASE) == pytest.approx([1000.0, 2000.0])
    assert multipliers(A) == pytest.approx([1.51815, 1.45215], abs=5e-6)


def test_hypothetical_extraction():
    left = without(A, BASE, 0)
    assert left == pytest.approx([0.0, 1789.474], abs=5e-4)
    assert 3000 - left.sum() == pytest.approx(1210.526, abs=5e-4)


def test_accounts_give_back_the_textbook():
    of = textbook()
    assert of.gross == pytest.approx([1000.0, 2000.0])
    assert of.final == pytest.approx(BASE)
    assert coefficients(of.deliveries, of.gross) == pytest.approx(A)
    assert of.added.sum() == pytest.approx(BASE.sum())  # value added is final use: nothing counted twice


def test_sectors_that_use_up_more_than_they_make_are_refused():
    with pytest.raises(InvalidInput, match="use up more"):
        leontief_inverse(np.array([[0.6, 0.5], [0.5, 0.6]]))


def test_multipliers_of_a_real_table():
    path = DATA / "chile_2013_transaction_matrix.csv"
    if not path.exists():
        pytest.skip("the shared data are not here")
    deliveries = pl.read_csv(path).drop("sector").to_numpy()
    # the last column holds deliveries and final use together: all that is sold
    gross = pl.read_csv(DATA / "chile_2013_wage_demand_matrix.csv")["final_total_demand"].to_numpy()
    a = coefficients(deliveries, gross)
    assert (a.sum(axis=0) < 1).all()
    assert gross_for(a, gross - deliveries.sum(axis=1)) == pytest.approx(gross)
    assert ((multipliers(a) > 1) & (multipliers(a) < 4)).all()


def japanese_city(root, code):
    """Accounts of a city of Japan in 2015 from its table of 12 sectors, million yen a day."""
    path = DATA / "japan_region_city_io_table.csv"
    if not path.exists():
        pytest.skip("the shared data are not here")
    rows = pl.read_csv(path, schema_overrides={"AreaID(string)": pl.String})
    told = rows.filter(pl.col("AreaID(string)") == code).row(0, named=True)
    flows = np.array([[told[f"R{row}C{column}"] for column in range(1, 13)] for row in range(1, 13)]) / 365
    added = np.array([told[f"Y{row}"] for row in range(1, 13)]) / 365 - flows.sum(axis=0)
    sectors = "sector,area_id,workers,output_per_day\n" + "".join(
        f"{name},C,1000,{value}\n" for name, value in zip(JAPANESE, added, strict=True)
    )
    deliveries = "from_sector,to_sector,value\n" + "".join(
        f"{JAPANESE[row]},{JAPANESE[column]},{flows[row, column]}\n"
        for row in range(12)
        for column in range(12)
        if row != column or flows[row, column] > 0
    )
    return accounts_of(folder(root, sectors, deliveries), ("D0", "D1"), JAPANESE)


@pytest.mark.parametrize("code", ["14100", "40130", "01100", "11100", "14130", "33100"])
def test_tables_of_real_cities(tmp_path, code):
    of = japanese_city(tmp_path, code)
    assert any("comes from outside" in one or "come from outside" in one for one in of.assumed)  # no city is closed
    assert (of.final > -1e-6).all()
    a = coefficients(of.deliveries, of.gross)
    assert gross_for(a, of.final) == pytest.approx(of.gross)
    whole = economy(of)
    assert not any(whole.play({}, *nothing(365, of)).summary().values())
    # a lockdown of all but energy, transport and administration loses a tenth more than it keeps away
    share = np.full(12, 0.6)
    share[[4, 7, 9]] = 0.1
    sets = dataclasses.replace(Parameters(), control_loss=0.0)
    produced = whole.play(closed(of, 120, share, 10, 70), *nothing(120, of), parameters=sets)
    ratio = (produced.lost + produced.won_back) / (60 * (share * of.added).sum())
    assert 1.03 < ratio[0] < 1.15
    assert ratio[1] == pytest.approx(1.0, abs=0.02)
    assert 1.2 < ratio[2] < 1.45


@pytest.mark.parametrize("end", [0, 1, 2])
def test_without_a_shock_nothing_moves_for_a_year_to_the_last_bit(end):
    rng = np.random.default_rng(5)
    deliveries = rng.uniform(0, 3, (7, 7))
    of = accounts(rng.uniform(40, 90, 7), deliveries)
    sets = (corners(Parameters())[end],)
    still = np.ones((1, 365, 7))
    found = daily(still, still, chains_of(of, sets), sets)
    assert (found.made == 1.0).all()
    assert (found.could == 1.0).all()
    assert (found.stores == sets[0].stock_days).all()
    produced = economy(of).play({}, *nothing(365, of))
    assert (produced.output == of.output.astype(np.float32)).all()
    assert not any(produced.summary().values())


def test_a_shock_does_move_something():
    of = textbook()
    produced = economy(of).play(closed(of, 100, [0.5, 0.0], 10, 40), *nothing(100, of))
    assert produced.lost[0] > 0
    assert (produced.shares[40:].min(axis=0) < 1).any()


def test_closing_a_sector_without_users_lowers_only_its_own_value_added():
    deliveries = np.zeros((4, 4))
    deliveries[0, 1], deliveries[1, 2], deliveries[0, 3] = 30, 20, 15  # 3 buys and sells to nobody
    of = accounts([100, 80, 60, 40], deliveries)
    own = dataclasses.replace(Parameters(), unsold=0.0, control_loss=0.0)
    produced = economy(of, own).play(closed(of, 60, [0, 0, 0, 1.0], 5, 50), *nothing(60, of))
    assert (produced.shares[:, :3] == 1.0).all()
    assert produced.lost[0] + produced.won_back[0] == 40 * 45


def test_orders_that_cannot_be_replaced_end_in_the_extraction_of_the_textbook():
    of = textbook()
    own = dataclasses.replace(Parameters(), unsold=1.0, critical_share=1.0, important_share=1.0, reorder_days=1.0)
    chains = chains_of(of, (own,))
    chains = dataclasses.replace(chains, binds=np.zeros_like(chains.binds))
    capacity = np.ones((1, 200, 2))
    capacity[:, :, 0] = 0.0
    made = daily(capacity, np.ones((1, 200, 2)), chains, (own,)).made
    assert made[0, -1] * of.gross == pytest.approx(without(A, BASE, 0))


def pair(bind, sold=0.0):
    """Sector 0 sells to sector 1."""
    to = np.zeros((2, 2))
    to[0, 1] = sold
    binds = np.zeros((1, 2, 2))
    binds[0, 0, 1] = bind
    return Chains(to_sectors=to, binds=binds)


@pytest.mark.parametrize(("bind", "at_last"), [(1.0, 0.3), (0.5, 0.65), (0.0, 1.0)])
def test_a_critical_input_binds_in_full_an_important_one_by_half_others_never(bind, at_last):
    own = dataclasses.replace(Parameters(), unsold=0.0, stock_days=10.0, reorder_days=60.0)
    capacity = np.ones((1, 200, 2))
    capacity[:, :, 0] = 0.3
    made = daily(capacity, np.ones((1, 200, 2)), pair(bind, sold=1.0), (own,)).made[0, :, 1]
    # all that is sold goes to the buyer, so that no final user can be left short: orders cannot lift what comes
    assert made[-1] == pytest.approx(at_last)
    assert (made[:10] == 1.0).all()  # the stores hold


def test_a_closed_supplier_starves_its_buyer_when_the_stores_are_empty():
    own = dataclasses.replace(Parameters(), unsold=0.0, stock_days=6.0)
    capacity = np.ones((1, 30, 2))
    capacity[:, :20, 0] = 0.0
    made = daily(capacity, np.ones((1, 30, 2)), pair(1.0, sold=0.4), (own,)).made[0, :, 1]
    assert (made[:7] == 1.0).all()  # deliveries lag by a day
    assert (made[7:21] == 0.0).all()
    assert (made[21:] == 1.0).all()  # and come again


def test_two_sectors_that_need_each_other_are_not_stuck_after_a_shortage():
    own = dataclasses.replace(Parameters(), stock_days=5.0)
    to = np.array([[0.0, 0.4], [0.5, 0.0]])
    binds = np.zeros((1, 2, 2))
    binds[0, 0, 1] = binds[0, 1, 0] = 1.0
    capacity = np.full((1, 200, 2), 1.0)
    capacity[:, 10:60] = 0.4
    found = daily(capacity, np.ones((1, 200, 2)), Chains(to_sectors=to, binds=binds), (own,))
    assert (found.stores[0, 60] < 1).all()
    assert found.made[0, -1] == pytest.approx(1.0, abs=1e-4)
