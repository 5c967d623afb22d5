"""Accounts of a city from its tables: every fault at once, in exact words; and attendance worked out by hand."""

import numpy as np
import pytest
from tests.small_economy import accounts, economy, folder, nothing

from seawall.core import InvalidInput
from seawall.twin.economy import Parameters, accounts_of, economy_of
from seawall.twin.economy.attendance import labour
from seawall.twin.economy.kinds import faces_customers, teaches, waiting_kind

HEAD = "sector,area_id,workers,output_per_day,remote_share,essential\n"
TWO = HEAD + "Farms,D0,100,1000,0.1,true\nFarms,D1,300,3000,,false\nShops,C,200,600,0.2,\n"
FLOWS = "from_sector,to_sector,value\nFarms,Shops,500\nShops,Farms,100\n"
DISTRICTS, SECTORS = ("D0", "D1"), ("Farms", "Shops")


def city(root, sectors=TWO, flows=FLOWS):
    return folder(root, sectors, flows)


def faults(root, sectors=TWO, flows=FLOWS):
    with pytest.raises(InvalidInput) as refused:
        accounts_of(city(root, sectors, flows), DISTRICTS, SECTORS)
    return [str(fault) for fault in refused.value.faults]


def test_accounts_of_a_good_folder(tmp_path):
    twin = np.array([[100.0, 30.0], [300.0, 10.0]])
    of = accounts_of(city(tmp_path), DISTRICTS, SECTORS, twin)
    assert of.workers.tolist() == [[100, 150], [300, 50]]  # shops are told for the city: as the twin has them
    assert of.output.tolist() == [[1000, 450], [3000, 150]]
    assert of.remote[:, 1].tolist() == pytest.approx([0.2, 0.2])
    assert of.remote[0, 0] == pytest.approx(0.1)
    assert np.isnan(of.remote[1, 0])
    assert of.essential.tolist() == [[True, False], [False, False]]
    assert of.served_first.tolist() == [False, False]
    assert of.gross.tolist() == [4100, 1100]
    assert of.final.tolist() == [3600, 1000]
    assert of.assumed == (
        "Sectors told for the whole city are shared out among its districts as the twin's workers are.",
        "Where sectors does not tell remote_share, as much is done at home as the order of each limit says.",
    )


def test_without_flows_nothing_propagates_and_it_says_so(tmp_path):
    of = accounts_of(city(tmp_path, flows=None), DISTRICTS, SECTORS)
    assert of.deliveries is None
    assert any("No table flows" in one for one in of.assumed)


def test_without_sectors_it_says_what_is_missing_and_what_that_hides(tmp_path):
    with pytest.raises(InvalidInput) as refused:
        accounts_of(city(tmp_path, sectors=None), DISTRICTS, SECTORS)
    assert refused.value.message.endswith(
        "has no table sectors: what a restriction costs in output and jobs stays unknown."
    )
    assert [str(fault) for fault in refused.value.faults] == [
        (
            "sectors.csv: there is no such table. Add it with the columns sector, area_id, workers and output_per_day, and "
            "remote_share and essential where they are known."
        )
    ]


def test_every_fault_at_once(tmp_path):
    sectors = HEAD + "Farms,D0,100,1000,,\nFarms,C,10,10,,\nShop,D1,5,50,,\nFarms,X9,5,50,,\n"
    flows = "from_sector,to_sector,value\nFarms,Shop,500\nFarms,Shop,5\n"
    assert faults(tmp_path, sectors, flows) == [
        (
            'sectors.csv, column sector: there is no row for "Shops", in which residents work; did you mean "Shop". Add '
            "its rows, or make the residents of this city anew."
        ),
        (
            'sectors.csv, column sector: nobody of the residents works in "Shop"; did you mean "Shops". Take its rows out, '
            "or make the residents of this city anew."
        ),
        'sectors.csv, column area_id: "X9" is not in the table areas. Write the code of an area.',
        (
            'sectors.csv, column area_id: "Farms" is told for C and again for D0, which lies in it. Tell each sector for '
            "the whole or for its parts."
        ),
        (
            'flows.csv, column to_sector: "Shop" is not a sector of the table sectors; did you mean "Shops". Write the '
            "name as it stands there, or take the row out."
        ),
        'flows.csv: "Farms" to "Shop" is told 2 times. Leave one row.',
    ]


def test_cells_of_both_tables_are_refused_together(tmp_path):
    sectors = HEAD + "Farms,D0,-3,1000,1.2,\nFarms,D1,300,-1,,\nShops,C,200,600,0.2,\n"
    assert faults(tmp_path, sectors, FLOWS.replace("500", "-500")) == [
        'sectors.csv, column workers: for "Farms", D0 it is -3; it can be 0 or more. Correct that cell.',
        'sectors.csv, column output_per_day: for "Farms", D1 it is -1; it can be 0 or more. Correct that cell.',
        'sectors.csv, column remote_share: for "Farms", D0 it is 1.2; it can be 0 to 1. Correct that cell.',
        'flows.csv, column value: for "Farms", Shops it is -500; it can be 0 or more. Correct that cell.',
    ]


def test_a_cell_that_is_empty_and_faults_of_the_other_table(tmp_path):
    found = faults(tmp_path, TWO.replace("3000", ""), FLOWS.replace("500", "-500"))
    assert found[0].startswith("sectors.csv, row 3, column output_per_day: the cell is empty")
    assert found[1].startswith("flows.csv, column value: for")


def test_a_sector_twice_in_one_area(tmp_path):
    assert faults(tmp_path, TWO + "Farms,D0,1,1,,\n") == [
        'sectors.csv, column area_id: "Farms" is told 2 times for D0. Leave one row.'
    ]


def test_flows_in_another_unit(tmp_path):
    assert faults(tmp_path, flows=FLOWS.replace("500", "182500")) == [
        (
            'flows.csv, column value: "Shops" buys 182,500 a day and adds 600: its inputs are 99.7% of what it makes, '
            "at most 97% can be. Give value in flows and output_per_day in sectors in the same money a day."
        ),
    ]


def test_what_is_delivered_beyond_what_is_made_comes_from_outside(tmp_path):
    of = accounts_of(city(tmp_path, flows="from_sector,to_sector,value\nShops,Farms,2000\n"), DISTRICTS, SECTORS)
    assert of.deliveries.tolist() == [[0, 0], [600, 0]]
    assert of.outside.tolist() == [1400, 0]
    assert of.gross.tolist() == [6000, 600]
    assert of.final.tolist() == [6000, 0]
    assert of.assumed[-1] == (
        "In flows Shops delivers more than what is made here: the rest is taken to come from outside the city, where "
        "it does not run out."
    )


def test_tables_that_say_nothing(tmp_path):
    nought = HEAD + "Farms,D0,0,0,,\nShops,C,0,0,,\n"
    assert faults(tmp_path, nought, None) == [
        (
            "sectors.csv, column output_per_day: it is 0 in every row. Write the value added a day, money, for each sector "
            "and area."
        ),
        "sectors.csv, column workers: it is 0 in every row. Write the people employed, for each sector and area.",
    ]


def test_the_economy_of_a_small_city_counts_who_works_where(tmp_path):
    from tests.small_city import people

    who = people()
    rows = "".join(f"A{one},D{int(one > 2)},subdistrict,A{one},240\n" for one in range(5))
    head = (
        "area_id,parent_id,level,name,population\nC,,city,City,1200\nD0,C,district,East,720\nD1,C,district,West,480\n"
    )
    told = HEAD + "industry,C,300,9000,0.1,\nservices,C,200,5000,0.5,\n"
    of = economy_of(folder(tmp_path, told, None, head + rows), who)
    assert of.workers.sum() == of.ages.sum() > 300
    assert of.residents.sum() == who.residents
    assert of.accounts.output.sum() == pytest.approx(14_000)
    assert of.income == pytest.approx(14_000 * 365 / 1200)


WORK = {
    "limited": np.array([[[40.0]]]),
    "limited_lost": np.array([[[30.0]]]),
    "confined": np.array([[[10.0]]]),
    "ill": np.array([[[4.0]]]),
    "dead": np.array([[[1.0]]]),
    "loop": np.array([[[20.0]]]),
}


def by_hand(remote, **told):
    """100 workers on one day."""
    of = accounts([100.0], workers=100, remote=remote)
    own = Parameters(
        **{"home_productivity": 0.9, "confined_able": 0.5, "loop_productivity": 0.8, "control_loss": 0.1, **told}
    )
    return labour(WORK, np.zeros((1, 1, 5)), of, of.workers, (own,))


def test_attendance_by_hand():
    # on site 45, of whom 20 in a loop; 60 of 100 kept away or in a loop, so others lose 6 %
    on_site = 25 * 0.94 + 20 * 0.8
    drawn = by_hand(0.25, remote_first=0.0)  # 10 of the limited and 1.25 of the confined work at home
    assert drawn.share[0, 0, 0, 0] == pytest.approx((on_site + 0.9 * 11.25) / 100)
    assert drawn.without_work[0, 0, 0, 0] == pytest.approx((30 + 8.75) / 100)
    first = by_hand(0.25, remote_first=1.0)  # 25 of the limited
    assert first.share[0, 0, 0, 0] == pytest.approx((on_site + 0.9 * 26.25) / 100)
    silent = by_hand(np.nan)  # the order says 10 of the limited; nobody of the confined
    assert silent.share[0, 0, 0, 0] == pytest.approx((on_site + 0.9 * 10) / 100)
    assert drawn.dead[0, 0, 0] == pytest.approx(0.01)


def test_parents_stay_with_children_of_kindergarten_and_primary_school_only():
    of = accounts([100.0], workers=100, remote=0.5)
    away = np.array([[[13.0, 26.0, 50.0, 50.0, 50.0]]])
    own = Parameters(no_other_carer=0.4, children_per_carer=1.3, home_productivity=1.0)
    found = labour({}, away, of, of.workers, (own,))
    assert found.care[0] == pytest.approx(39 / 1.3 * 0.4 * 0.5)  # half of their work is done beside
    assert found.share[0, 0, 0, 0] == pytest.approx(1 - 0.06)


def test_where_the_twin_has_no_worker_the_sector_stands_in():
    of = accounts([100.0], districts=2, workers=50)
    work = {"ill": np.array([[[0.0], [5.0]]])}
    found = labour(work, np.zeros((1, 2, 5)), of, np.array([[0.0], [50.0]]), (Parameters(),))
    assert found.share[0, 0, :, 0] == pytest.approx([0.9, 0.9])


BAD = {
    "unknown cause": ({"strike": np.zeros((3, 1, 2))}, "this is no cause of work not done"),
    "shape": ({"ill": np.zeros((3, 2, 2))}, r"its shape is \(3, 2, 2\), not \(3, 1, 2\)"),
    "negative": ({"ill": np.full((3, 1, 2), -1.0)}, "an amount is negative or not a number"),
    "not a number": ({"ill": np.full((3, 1, 2), np.nan)}, "an amount is negative or not a number"),
}


@pytest.mark.parametrize("case", BAD)
def test_work_away_that_cannot_be(case):
    work, message = BAD[case]
    of = accounts([10.0, 20.0])
    with pytest.raises(InvalidInput, match=message):
        economy(of).play(work, *nothing(3, of))


def test_parameters_out_of_range_are_refused():
    with pytest.raises(InvalidInput, match="extra_shift"):
        Parameters(extra_shift=0.5)
    with pytest.raises(InvalidInput, match="important_share"):
        Parameters(important_share=0.5)


def test_kinds_of_sectors_by_their_names():
    names = (
        "Manufacturing",
        "Retail and markets",
        "Finance, offices and software",
        "Education",
        "住宿餐饮",
        "制造业",
        "Port",
    )
    assert waiting_kind(names).tolist() == [0, 2, 1, 2, 2, 0, 2]
    assert faces_customers(names).tolist() == [False, True, False, False, True, False, False]
    assert teaches(names).tolist() == [False, False, False, True, False, False, False]
    assert faces_customers(("Government and services", "Services to residents")).tolist() == [False, True]
