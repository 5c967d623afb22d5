"""Pieces of the example city small enough to check by hand."""

import numpy as np
import pytest

from seawall.city.example.course import FIRST_DAY, PERIODS, DelayTable, Story
from seawall.city.example.land import divisions, numbered
from seawall.city.example.linelist import dated, weekday
from seawall.city.example.names import COASTAL_DISTRICTS, INLAND_DISTRICTS, pairs
from seawall.core.draws import generator


def test_the_first_day_is_a_saturday():
    assert FIRST_DAY.weekday() == 5
    assert weekday(np.array([0, 1, 2, 7])).tolist() == [5, 6, 0, 5]


def test_members_are_numbered_within_their_owner():
    assert numbered(np.array([0, 0, 0, 1, 2, 2])).tolist() == [1, 2, 3, 1, 1, 2]


def test_days_become_dates_and_the_unknown_null():
    assert [str(day) for day in dated(np.array([-1, 0, 27, 28, 9999]), 28)] == [
        "2025-01-31",
        "2025-02-01",
        "2025-02-28",
        "None",
        "None",
    ]


@pytest.mark.parametrize(("residents", "wanted"), [(300_000, (12, 36, 108)), (25_000_000, (16, 241, 6251))])
def test_divisions(residents, wanted):
    assert divisions(residents) == wanted


@pytest.mark.parametrize(("residents", "share"), [(2_000, 0.041), (300_000, 0.015), (25_000_000, 0.0318)])
def test_expected_cases(residents, share):
    assert Story().expected_cases(residents) / residents == pytest.approx(share, rel=0.01)


def test_a_delay_is_drawn_from_the_period_it_begins_in_and_the_pace_of_its_district():
    sure = np.zeros((3, 2, 7))
    for period in range(3):
        for slow in range(2):
            sure[period, slow, 2 * period + slow] = 1.0
    table = DelayTable(name="sure", probability=sure)
    day = np.array([-3, 0, PERIODS[1] - 1, PERIODS[1], PERIODS[2], 10_000])
    draw = generator(1, "test")
    assert table.drawn(draw, day, np.zeros(6, dtype=int)).tolist() == [0, 0, 0, 2, 4, 4]
    assert table.drawn(draw, day, np.ones(6, dtype=int)).tolist() == [1, 1, 1, 3, 5, 5]


def test_names_repeat_only_when_all_are_used():
    found = [(name.latin, name.chinese) for name in pairs(generator(2, "names"), 2000)]
    assert len(set(found[:960])) == 960
    assert len(set(found)) == 960
    assert "Chang'an" in {latin for latin, _ in found}


def test_no_district_has_the_name_of_another():
    names = [*COASTAL_DISTRICTS, *INLAND_DISTRICTS]
    assert len({name.latin for name in names}) == len({name.chinese for name in names}) == len(names) == 20
