"""Reporting delays in worlds small enough to work out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from seawall.watch.nowcast import nowcast
from seawall.watch.reporting import learn_delay
from seawall.watch.triangles import REST, triangle_of
from seawall.watch.truncation import delay_probabilities, known_within, reverse_hazards, risk_sets

ON = date(2022, 4, 30)


def test_reverse_hazards_of_three_days() -> None:
    # today 1 case known at once; yesterday 2 at once and 2 a day later; before: 1 at once, 2 and 1 later
    known = np.array([[1.0, 2.0, 1.0], [2.0, 2.0, 0.0], [1.0, 0.0, 0.0]])
    exactly, at_most = (part.sum(axis=0) for part in risk_sets(known, np.array([2, 1, 0])))
    assert exactly.tolist() == [4, 4, 1]
    assert at_most.tolist() == [4, 1 + 2 + 2 + 2, 4]
    hazards = reverse_hazards(exactly, at_most)
    assert hazards.tolist() == pytest.approx([1, 4 / 7, 1 / 4])
    assert known_within(hazards).tolist() == pytest.approx([3 / 7 * 3 / 4, 3 / 4, 1])
    assert delay_probabilities(hazards).sum() == pytest.approx(1)


def test_counts_beyond_today_are_not_looked_at() -> None:
    known = np.array([[1.0, 2.0], [2.0, 99.0]])
    exactly, at_most = risk_sets(known, np.array([1, 0]))
    assert exactly[1].tolist() == [2, 0]
    assert at_most[1].tolist() == [2, 0]


def steady(days: int, per_day: float, chances: list[float]) -> np.ndarray:
    """Triangle of a city whose every day has the same number of cases, in the same shares by delay."""
    counts = np.tile(per_day * np.array(chances), (1, days, 1))
    age = np.arange(days - 1, -1, -1)
    counts[0][age[:, None] < np.arange(len(chances))] = 0
    return counts


def test_the_delay_of_a_steady_city_is_the_one_it_has() -> None:
    chances = [0.1, 0.4, 0.3, 0.2]
    delay = learn_delay(steady(60, 1000, chances))
    assert delay.probabilities[0].tolist() == pytest.approx(chances, abs=1e-3)
    assert delay.completeness(4)[0].tolist() == pytest.approx([1, 0.8, 0.5, 0.1], abs=1e-3)
    assert delay.scatter == 0
    assert delay.weekday.tolist() == [1] * 7


def test_a_steady_city_is_completed_to_what_it_is() -> None:
    rows = [
        (0, age, after, round(100 * chance))
        for age in range(60)
        for after, chance in enumerate([0.1, 0.4, 0.3, 0.2])
        if after <= age
    ]
    table = pl.DataFrame(rows, schema=["area", "age", "known_after", "cases"], orient="row")
    found = nowcast(triangle_of(table, ON, ("C",)), seed=1).table(6)
    assert found["reported"].to_list() == [100, 100, 100, 80, 50, 10]
    assert found["q50"].to_list() == pytest.approx([100] * 6, abs=6)
    assert (found["q2.5"] >= found["reported"]).all()
    width = (found["q97.5"] - found["q2.5"]).to_list()
    assert width[:3] == [0, 0, 0]
    assert width[3] < width[4] < width[5]


def test_a_triangle_counts_each_case_once_and_keeps_what_lies_elsewhere() -> None:
    rows = pl.DataFrame(
        [(1, 0, 0, 2), (2, 3, 1, 5), (0, 3, 3, 7), (1, 3, 9, 1), (1, -1, 0, 1), (1, 99, 2, 1)],
        schema=["area", "age", "known_after", "cases"],
        orient="row",
    )
    found = triangle_of(rows, ON, ("C", "A", "B"), longest_days=2, days=10, rest=True)
    assert found.areas == ("C", "A", "B", REST)
    # a case known after its age, one of tomorrow and one of long ago do not count
    assert found.reported.sum(axis=1).tolist() == [14, 2, 5, 7]
    assert found.counts[0, -4].tolist() == [0, 5, 7]  # three days' delay counts as the longest


def test_before_the_first_case_the_nowcast_is_next_to_nothing() -> None:
    nobody = pl.DataFrame(schema={"area": pl.Int64, "age": pl.Int64, "known_after": pl.Int64, "cases": pl.Int64})
    found = nowcast(triangle_of(nobody, ON, ("C", "A")), seed=1).table(5)
    assert found["reported"].sum() == 0
    assert found["q50"].sum() == 0
    one = pl.DataFrame({"area": [1], "age": [0], "known_after": [0], "cases": [1]})
    found = nowcast(triangle_of(one, ON, ("C", "A")), seed=1).table(5, areas=["A"])
    assert found["reported"].to_list() == [0, 0, 0, 0, 1]
    assert found["q97.5"].max() < 10
