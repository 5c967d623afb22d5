"""Both sides of every threshold of every shipped rule set.

Twice: from the published tables, typed in here by hand, and from the rule files themselves, so that no
threshold of a file goes without its two sides.
"""

from datetime import date

import numpy as np
import pytest

from seawall.city import Area, AreaTree
from seawall.zones import Seen, draw_zones, load_rules, shipped
from seawall.zones.judge import ranks
from seawall.zones.lint import edges
from seawall.zones.measure import Series

ON = date(2022, 3, 31)
INDICATOR_RULES = [key for key in shipped() if load_rules(key).judged is not None]


def tier(key, **values):
    """The tier that thresholds alone give; what is not named is missing."""
    rules = load_rules(key)
    given = {name: np.array([values.get(name, np.nan)]) for name in rules.judged.indicators}
    assert set(values) <= set(given)
    rank = int(ranks(rules, given)[0])
    if rank >= 0:
        return rules.ladder[rank].code
    return rules.unknown.code if rules.unknown else None


T = 5000.0

PUBLISHED = [
    # ECDC, 13 October 2020: green N<25 & P<4; orange N<50 & P>=4 or 25<=N<=150 & P<4; red N>=50 & P>=4 or N>150.
    ("ecdc-2020-10", {"N": 24.99, "P": 3.99, "T": T}, "green"),
    ("ecdc-2020-10", {"N": 25, "P": 3.99, "T": T}, "orange"),
    ("ecdc-2020-10", {"N": 24.99, "P": 4, "T": T}, "orange"),
    ("ecdc-2020-10", {"N": 0, "P": 4, "T": T}, "orange"),
    ("ecdc-2020-10", {"N": 49.9, "P": 4, "T": T}, "orange"),
    ("ecdc-2020-10", {"N": 50, "P": 4, "T": T}, "red"),
    ("ecdc-2020-10", {"N": 50, "P": 3.99, "T": T}, "orange"),
    ("ecdc-2020-10", {"N": 150, "P": 3.9, "T": T}, "orange"),
    ("ecdc-2020-10", {"N": 150.1, "P": 3.9, "T": T}, "red"),
    ("ecdc-2020-10", {"N": 150.1, "P": 3.9, "T": 300.1}, "red"),
    ("ecdc-2020-10", {"N": 150.1, "P": 3.9, "T": 300}, "grey"),
    ("ecdc-2020-10", {"N": 10, "P": 1}, "grey"),
    ("ecdc-2020-10", {"N": 900, "T": T}, "grey"),
    # ECDC, 28 January 2021: dark red from 500.
    ("ecdc-2021-01", {"N": 24.99, "P": 3.99, "T": T}, "green"),
    ("ecdc-2021-01", {"N": 25, "P": 0, "T": T}, "orange"),
    ("ecdc-2021-01", {"N": 49.9, "P": 4, "T": T}, "orange"),
    ("ecdc-2021-01", {"N": 50, "P": 4, "T": T}, "red"),
    ("ecdc-2021-01", {"N": 150, "P": 3.9, "T": T}, "orange"),
    ("ecdc-2021-01", {"N": 150.1, "P": 3.9, "T": T}, "red"),
    ("ecdc-2021-01", {"N": 499.99, "P": 3.9, "T": T}, "red"),
    ("ecdc-2021-01", {"N": 500, "P": 3.9, "T": T}, "dark_red"),
    ("ecdc-2021-01", {"N": 500, "P": 50, "T": 300}, "grey"),
    # ECDC, 14 June 2021.
    ("ecdc-2021-06", {"N": 49.99, "P": 3.99, "T": T}, "green"),
    ("ecdc-2021-06", {"N": 74.99, "P": 0.99, "T": T}, "green"),
    ("ecdc-2021-06", {"N": 49.99, "P": 4, "T": T}, "orange"),
    ("ecdc-2021-06", {"N": 50, "P": 1, "T": T}, "orange"),
    ("ecdc-2021-06", {"N": 74.99, "P": 1, "T": T}, "orange"),
    ("ecdc-2021-06", {"N": 74.99, "P": 40, "T": T}, "orange"),
    ("ecdc-2021-06", {"N": 75, "P": 0.99, "T": T}, "orange"),
    ("ecdc-2021-06", {"N": 75, "P": 3.99, "T": T}, "orange"),
    ("ecdc-2021-06", {"N": 75, "P": 4, "T": T}, "red"),
    ("ecdc-2021-06", {"N": 200, "P": 3.99, "T": T}, "orange"),
    ("ecdc-2021-06", {"N": 200.01, "P": 0, "T": T}, "red"),
    ("ecdc-2021-06", {"N": 499.99, "P": 0, "T": T}, "red"),
    ("ecdc-2021-06", {"N": 500, "P": 0, "T": T}, "dark_red"),
    ("ecdc-2021-06", {"N": 500, "P": 0, "T": 300}, "dark_grey"),
    ("ecdc-2021-06", {"N": 500, "P": 0, "T": 300.1}, "dark_red"),
    # ECDC, 1 February 2022: W < 40, < 100, < 300.
    ("ecdc-2022-02", {"V": 50, "W": 39.99, "T": T}, "green"),
    ("ecdc-2022-02", {"V": 50, "W": 40, "T": T}, "orange"),
    ("ecdc-2022-02", {"V": 50, "W": 99.99, "T": T}, "orange"),
    ("ecdc-2022-02", {"V": 50, "W": 100, "T": T}, "red"),
    ("ecdc-2022-02", {"V": 50, "W": 299.99, "T": T}, "red"),
    ("ecdc-2022-02", {"V": 50, "W": 300, "T": T}, "dark_red"),
    ("ecdc-2022-02", {"V": 50, "W": 300, "T": 600}, "dark_grey"),
    ("ecdc-2022-02", {"V": 50, "W": 300, "T": 600.1}, "dark_red"),
    # US CDC community levels, 25 February 2022: the higher of admissions and beds.
    ("us-cdc-community-levels", {"C": 199.9, "A": 9.9, "B": 9.9}, "low"),
    ("us-cdc-community-levels", {"C": 199.9, "A": 10.0, "B": 0}, "medium"),
    ("us-cdc-community-levels", {"C": 199.9, "A": 19.9, "B": 0}, "medium"),
    ("us-cdc-community-levels", {"C": 199.9, "A": 20.0, "B": 0}, "high"),
    ("us-cdc-community-levels", {"C": 199.9, "A": 0, "B": 10.0}, "medium"),
    ("us-cdc-community-levels", {"C": 199.9, "A": 0, "B": 14.9}, "medium"),
    ("us-cdc-community-levels", {"C": 199.9, "A": 0, "B": 15.0}, "high"),
    ("us-cdc-community-levels", {"C": 200, "A": 0, "B": 0}, "medium"),
    ("us-cdc-community-levels", {"C": 200, "A": 9.9, "B": 9.9}, "medium"),
    ("us-cdc-community-levels", {"C": 200, "A": 10.0, "B": 0}, "high"),
    ("us-cdc-community-levels", {"C": 200, "A": 0, "B": 10.0}, "high"),
    ("us-cdc-community-levels", {"C": 200, "A": 9.9}, "medium"),
    ("us-cdc-community-levels", {"C": 200, "B": 10.0}, "high"),
    ("us-cdc-community-levels", {"C": 5}, None),
    ("us-cdc-community-levels", {"A": 50, "B": 50}, None),
    # US CDC community transmission.
    ("us-cdc-community-transmission", {"C": 9.99, "P": 4.99}, "low"),
    ("us-cdc-community-transmission", {"C": 10, "P": 0}, "moderate"),
    ("us-cdc-community-transmission", {"C": 49.99, "P": 7.99}, "moderate"),
    ("us-cdc-community-transmission", {"C": 0, "P": 5}, "moderate"),
    ("us-cdc-community-transmission", {"C": 50, "P": 0}, "substantial"),
    ("us-cdc-community-transmission", {"C": 99.99, "P": 9.99}, "substantial"),
    ("us-cdc-community-transmission", {"C": 0, "P": 8}, "substantial"),
    ("us-cdc-community-transmission", {"C": 100, "P": 0}, "high"),
    ("us-cdc-community-transmission", {"C": 0, "P": 10}, "high"),
    ("us-cdc-community-transmission", {"C": 9.99}, "low"),
    # Korea, July 2021.
    ("korea-2021-07", {"X": 0.99}, "1"),
    ("korea-2021-07", {"X": 1}, "2"),
    ("korea-2021-07", {"X": 1.99}, "2"),
    ("korea-2021-07", {"X": 2}, "3"),
    ("korea-2021-07", {"X": 3.99}, "3"),
    ("korea-2021-07", {"X": 4}, "4"),
    # Ontario, both tables.
    ("ontario-2020-11", {"I": 9.9, "P": 0.9}, "green"),
    ("ontario-2020-11", {"I": 10, "P": 0}, "yellow"),
    ("ontario-2020-11", {"I": 0, "P": 1}, "yellow"),
    ("ontario-2020-11", {"I": 39.9, "P": 2.4}, "yellow"),
    ("ontario-2020-11", {"I": 40, "P": 0}, "orange"),
    ("ontario-2020-11", {"I": 0, "P": 2.5}, "orange"),
    ("ontario-2020-11", {"I": 99.9, "P": 9.9}, "orange"),
    ("ontario-2020-11", {"I": 100, "P": 0}, "red"),
    ("ontario-2020-11", {"I": 0, "P": 10}, "red"),
    ("ontario-2021-02", {"I": 9.9, "P": 0.4}, "green"),
    ("ontario-2021-02", {"I": 10, "P": 0}, "yellow"),
    ("ontario-2021-02", {"I": 0, "P": 0.5}, "yellow"),
    ("ontario-2021-02", {"I": 24.9, "P": 1.2}, "yellow"),
    ("ontario-2021-02", {"I": 25, "P": 0}, "orange"),
    ("ontario-2021-02", {"I": 0, "P": 1.3}, "orange"),
    ("ontario-2021-02", {"I": 39.9, "P": 2.4}, "orange"),
    ("ontario-2021-02", {"I": 40, "P": 0}, "red"),
    ("ontario-2021-02", {"I": 0, "P": 2.5}, "red"),
    ("ontario-2021-02", {"I": 9.9}, "green"),
    # Germany: strictly above.
    ("germany-notbremse", {"I": 100}, "none"),
    ("germany-notbremse", {"I": 100.01}, "brake"),
    ("germany-notbremse", {"I": 150}, "brake"),
    ("germany-notbremse", {"I": 150.01}, "shops"),
    ("germany-notbremse", {"I": 165}, "shops"),
    ("germany-notbremse", {"I": 165.01}, "schools"),
    # Italy, May and July 2021.
    ("italy-2021-05", {"I": 49.9}, "white"),
    ("italy-2021-05", {"I": 50}, "yellow"),
    ("italy-2021-05", {"I": 149.9}, "yellow"),
    ("italy-2021-05", {"I": 150}, "orange"),
    ("italy-2021-05", {"I": 249.9}, "orange"),
    ("italy-2021-05", {"I": 250}, "red"),
    ("italy-2021-07", {"icu": 10, "wards": 99}, "white"),
    ("italy-2021-07", {"icu": 99, "wards": 15}, "white"),
    ("italy-2021-07", {"icu": 10.1, "wards": 15.1}, "yellow"),
    ("italy-2021-07", {"icu": 20, "wards": 99}, "yellow"),
    ("italy-2021-07", {"icu": 99, "wards": 30}, "yellow"),
    ("italy-2021-07", {"icu": 20.1, "wards": 30.1}, "orange"),
    ("italy-2021-07", {"icu": 30, "wards": 99}, "orange"),
    ("italy-2021-07", {"icu": 99, "wards": 40}, "orange"),
    ("italy-2021-07", {"icu": 30.1, "wards": 40.1}, "red"),
    ("italy-2021-07", {"icu": 30.1}, None),
    # Japan, April 2021.
    ("japan-2021-04", {"weekly": 14.9}, "2"),
    ("japan-2021-04", {"weekly": 15}, "3"),
    ("japan-2021-04", {"weekly": 24.9}, "3"),
    ("japan-2021-04", {"weekly": 25}, "4"),
    ("japan-2021-04", {"weekly": 0, "beds": 19.9, "P": 4.9, "care": 19.9, "unlinked": 49.9}, "2"),
    ("japan-2021-04", {"weekly": 0, "beds": 20}, "3"),
    ("japan-2021-04", {"weekly": 0, "beds": 49.9}, "3"),
    ("japan-2021-04", {"weekly": 0, "beds": 50}, "4"),
    ("japan-2021-04", {"weekly": 0, "P": 5}, "3"),
    ("japan-2021-04", {"weekly": 0, "P": 9.9}, "3"),
    ("japan-2021-04", {"weekly": 0, "P": 10}, "4"),
    ("japan-2021-04", {"weekly": 0, "care": 20}, "3"),
    ("japan-2021-04", {"weekly": 0, "care": 29.9}, "3"),
    ("japan-2021-04", {"weekly": 0, "care": 30}, "4"),
    ("japan-2021-04", {"weekly": 0, "unlinked": 50}, "3"),
    ("japan-2021-04", {"weekly": 0, "unlinked": 100}, "3"),
    # China, street grades.
    ("china-2021-street", {"C": 0}, "low"),
    ("china-2021-street", {"C": 1}, "medium"),
    ("china-2021-street", {"C": 10}, "medium"),
    ("china-2021-street", {"C": 11}, "high"),
]


@pytest.mark.parametrize(("key", "values", "expected"), PUBLISHED)
def test_published_thresholds(key, values, expected):
    assert tier(key, **values) == expected


ADEQUATE = {"occupancy": 74.9, "investigated": 80, "followed": 80}
MODERATE = {**ADEQUATE, "occupancy": 75}
LIMITED = {**ADEQUATE, "occupancy": 90}
NONE = {"I28": 0, "L14": 0, "cases": 0}
SPORADIC = {"I28": 3, "L14": 0, "cases": 0}
LOCAL = {"I28": 3, "L14": 3}


@pytest.mark.parametrize(
    ("transmission", "row"),
    [
        (NONE, "001"),
        (SPORADIC, "011"),
        ({**LOCAL, "cases": 19.9, "admitted": 4.9, "dead": 0.9, "P": 1.9}, "122"),
        ({**LOCAL, "cases": 20}, "223"),
        ({**LOCAL, "cases": 0, "admitted": 5}, "223"),
        ({**LOCAL, "cases": 0, "dead": 1}, "223"),
        ({**LOCAL, "cases": 0, "P": 2}, "223"),
        ({**LOCAL, "cases": 49.9, "admitted": 9.9, "dead": 1.9, "P": 4.9}, "223"),
        ({**LOCAL, "cases": 50}, "233"),
        ({**LOCAL, "cases": 0, "admitted": 10}, "233"),
        ({**LOCAL, "cases": 0, "dead": 2}, "233"),
        ({**LOCAL, "cases": 0, "P": 5}, "233"),
        ({**LOCAL, "cases": 149.9, "admitted": 29.9, "dead": 4.9, "P": 19.9}, "233"),
        ({**LOCAL, "cases": 150}, "334"),
        ({**LOCAL, "cases": 0, "admitted": 30}, "334"),
        ({**LOCAL, "cases": 0, "dead": 5}, "334"),
        ({**LOCAL, "cases": 0, "P": 20}, "334"),
    ],
)
def test_the_matrix_of_the_world_health_organization(transmission, row):
    found = "".join(tier("who-phsm-2021", **transmission, **capacity) for capacity in (ADEQUATE, MODERATE, LIMITED))
    assert found == row


@pytest.mark.parametrize(
    ("capacity", "level"),
    [
        ({"occupancy": 74.9}, "1"),
        ({"occupancy": 75}, "2"),
        ({"occupancy": 89.9}, "2"),
        ({"investigated": 80}, "1"),
        ({"investigated": 79.9}, "2"),
        ({"investigated": 60}, "2"),
        ({"followed": 80}, "1"),
        ({"followed": 79.9}, "2"),
        ({"followed": 50}, "2"),
        ({}, None),
    ],
)
def test_capacity_of_the_world_health_organization_at_ct1(capacity, level):
    assert tier("who-phsm-2021", **LOCAL, cases=0, **capacity) == level


@pytest.mark.parametrize(
    ("capacity", "level"),
    [
        ({"occupancy": 89.9}, "2"),
        ({"occupancy": 90}, "3"),
        ({"investigated": 60}, "2"),
        ({"investigated": 59.9}, "3"),
        ({"followed": 50}, "2"),
        ({"followed": 49.9}, "3"),
    ],
)
def test_limited_capacity_of_the_world_health_organization_at_ct2(capacity, level):
    assert tier("who-phsm-2021", **LOCAL, cases=20, **capacity) == level


@pytest.mark.parametrize("key", INDICATOR_RULES)
def test_each_threshold_of_each_file_parts_two_tiers_somewhere(key):
    """A threshold that never decides anything is a slip of the pen: on one side of it some tier must change."""
    rules = load_rules(key)
    groups = [tier.when for tier in rules.tiers]
    if rules.judged.grades:
        groups = [clauses for grade in rules.judged.grades.values() for _, clauses in grade.steps]
    clauses = [clause for group in groups for clause in group]
    thresholds = {(condition.name, condition.value) for clause in clauses for condition in clause}
    names = sorted({name for name, _ in thresholds})
    axes = {name: [edges(clauses, name)[0] - 1, *edges(clauses, name)] for name in names}
    rng = np.random.Generator(np.random.Philox(7))
    points = {name: rng.choice(axis, 4000) for name, axis in axes.items()}
    for indicator in rules.judged.indicators:
        points.setdefault(indicator, np.full(4000, 50.0))
    for name, value in thresholds:
        step = min(abs(value - other) for other in axes[name] if other != value)
        low, at, high = (ranks(rules, {**points, name: np.full(4000, value + shift)}) for shift in (-step, 0.0, step))
        assert (low != at).any() or (at != high).any(), f"{key}: {name} at {value:g} changes nothing"


def world(population, **inputs):
    """A city of one district whose inputs are given for each of the last days."""
    areas = AreaTree.of([Area(area_id="C", parent_id=None, level="city", name="City", population=population)])
    values = {name: np.asarray(row, dtype=float)[:, None] for name, row in inputs.items()}
    return Seen(
        on=ON,
        areas=areas,
        series={"city": Series(values=values, residents=np.array([float(population)]))},
        level_areas={"city": ("C",)},
    )


def drawn(key, seen):
    return draw_zones(seen, load_rules(key)).zones.row(0, named=True)


@pytest.mark.parametrize(
    ("infections", "positives", "expected"),
    [(499, 40, "orange"), (500, 40, "red"), (1500, 39, "orange"), (1501, 39, "red")],
)
def test_ecdc_from_counts_to_colour(infections, positives, expected):
    """A million residents: 499 infections in 14 days are N = 49.9; of 7,000 tests a week 280 positive are P = 4 %."""
    daily = np.zeros(30)
    daily[-14] = infections  # all on the first day of the window
    tests = np.full(30, 1000.0)
    found = np.full(30, float(positives))
    zone = drawn("ecdc-2020-10", world(1_000_000, infections=daily, tests=tests, positives=found))
    assert zone["tier"] == expected


def test_the_window_ends_with_its_last_day():
    """The same 1,501 infections a day earlier lie outside the 14 days."""
    daily = np.zeros(30)
    daily[-15] = 1501
    tests = np.full(30, 2000.0)
    zone = drawn("ecdc-2020-10", world(1_000_000, infections=daily, tests=tests, positives=np.zeros(30)))
    assert zone["tier"] == "green"


def test_weighting_by_uptake_is_the_published_formula():
    """N = 100, V = 80: W = (100 + 100 x 20 / 100) / 2 = 60."""
    import json

    daily = np.full(30, 1000 / 14)
    zone = drawn(
        "ecdc-2022-02",
        world(1_000_000, infections=daily, tests=np.full(30, 2000.0), vaccinated=np.full(30, 800_000.0)),
    )
    values = json.loads(zone["reason"])["facts"]["values"]
    assert values["W"]["value"] == pytest.approx(60)
    assert values["V"]["value"] == pytest.approx(80)
    assert zone["tier"] == "orange"


@pytest.mark.parametrize(("a_day", "level"), [(96, "1"), (97, "2"), (194, "2"), (195, "3"), (388, "3"), (389, "4")])
def test_korea_gives_the_counts_that_seoul_published(a_day, level):
    """97, 195 and 389 a day for Seoul (9.73 million) on both sides of each edge."""
    zone = drawn("korea-2021-07", world(9_730_000, infections_local=np.full(20, float(a_day))))
    assert zone["tier"] == level


@pytest.mark.parametrize(("area", "people", "counts"), [("Gyeonggi", 13_430_000, 537), ("Incheon", 2_950_000, 118)])
def test_korea_gives_level_four_of_gyeonggi_and_incheon(area, people, counts):
    below, at = (
        drawn("korea-2021-07", world(people, infections_local=np.full(20, float(n)))) for n in (counts - 1, counts)
    )
    assert (below["tier"], at["tier"]) == ("3", "4"), area
