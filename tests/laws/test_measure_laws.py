"""Measures at random: no strength changes no bit, the strictest holds, the order of limits does not matter."""

from datetime import date
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall import measures as m
from seawall.city.layers import LAYERS, STAGES
from seawall.core import InvalidInput

SHARE = st.floats(0, 1)
AREAS = st.lists(st.sampled_from(["c", "a", "b"]), unique=True, max_size=2).map(tuple)
ZONES = st.lists(st.sampled_from(["low", "high"]), unique=True, max_size=2).map(tuple)
DAY = st.integers(0, 9)


def today(day, tier):
    ground = m.Ground(
        area_ids=("c", "a", "b"),
        blocks_of={"c": np.ones(4, bool), "a": np.arange(4) < 2, "b": np.arange(4) >= 2},
        block_area=("a", "a", "b", "b"), block_place=("",) * 4, districts=("a", "b"),
        district_of_block=np.array([0, 0, 1, 1]), sectors=("farms", "shops"),
        residents=np.full((4, 16), 7, dtype=np.int64),
    )  # fmt: skip
    none, small, one = np.zeros((0, 4), np.int32), np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
    seen = m.Seen(
        start=date(2022, 1, 1), day=day, reports=none, reports_in_control=none, imported=none, tests=small,
        positives=small, in_hospital=one, in_icu=one, deaths=small, before=none,
    )  # fmt: skip
    zones = m.Zones(tiers=("low", "high"), tier=np.array(tier))
    return m.Today(date=seen.date, day=day, ground=ground, seen=seen, zones=zones)


TODAY = st.builds(today, DAY, st.lists(st.integers(0, 1), min_size=4, max_size=4))


def pulled(measures, now):
    levers = m.Levers(blocks=4, sectors=2)
    for measure in measures:
        measure.pull(levers, now)
    return levers


def bits(levers):
    """Everything the twin can read, as bytes and text."""
    arrays = (levers.contact, levers.attendance, levers.schooling, levers.transmission, levers.closed_loop)
    lists = [
        levers.rounds, levers.routine, levers.symptom, levers.isolation, levers.tracing, levers.quarantine,
        levers.arrivals, levers.doses, levers.treatment, levers.limits,
    ]  # fmt: skip
    return (
        [array.tobytes() for array in arrays],
        [levers.trips, levers.beds, levers.icu_beds, levers.rooms, levers.tests_per_day],
        repr(lists),
    )


NOTHING = {
    "limit_contacts": [{"adherence": 0.0, "left": 0.0}, {"left": 1.0}, {"layers": ()}],
    "limit_sectors": [
        {"adherence": 0.0, "mode": "closed"},
        {"adherence": 0.0, "mode": "closed_loop"},
        {"mode": "open"},
        {"mode": "capped", "capacity": 1.0},
        {"mode": "closed_loop", "living_in": 0.0, "capacity": 1.0},
        {"except_sectors": ("farms", "shops")},
    ],
    "limit_schools": [{"adherence": 0.0}, {"mode": "open"}, {"adherence": 0.0, "mode": "half"}],
    "limit_trips": [{"adherence": 0.0, "left": 0.0}, {"left": 1.0}],
    "wear_masks": [{"adherence": 0.0}, {"effect": 0.0}, {"layers": ()}],
    "test_rounds": [{"adherence": 0.0}],
    "test_key_groups": [{"adherence": 0.0}, {"groups": ()}],
    "test_on_symptoms": [{"adherence": 0.0}],
    "self_tests": [{"adherence": 0.0}],
    "isolate_cases": [{"adherence": 0.0}],
    "trace_contacts": [{"adherence": 0.0}, {"cases_a_day": 0.0}, {f"find_{layer}": 0.0 for layer in LAYERS}],
    "quarantine_contacts": [{"adherence": 0.0}],
    "arrivals": [{"travellers": 0.0, "origin": "far"}],
    "screen_travellers": [{}, {"origins": ("elsewhere",), "stay_days": 9}],
    "vaccinate": [{"product": "p", "adherence": 0.0}, {"product": "p", "doses_a_day": 0.0}],
    "treat": [{"adherence": 0.0}, {"effect": 0.0}, {"courses_a_day": 0.0}],
    "add_beds": [{}],
    "draw_zones": [{"rules": "any"}],
}
WEAK = [(noun, settings) for noun in m.MEASURES for settings in NOTHING[noun.__dataclass_fields__["kind"].default]]
OTHERS = (
    m.Arrivals(origin="far"),
    m.LimitContacts(left=0.3),
    m.LimitSectors(mode="capped"),
    m.LimitTrips(),
    m.AddBeds(beds=3),
)


@pytest.mark.parametrize(("noun", "settings"), WEAK, ids=lambda part: getattr(part, "__name__", str(part)))
@given(now=TODAY, before=st.integers(0, len(OTHERS)))
def test_a_measure_of_no_strength_changes_no_bit(noun, settings, now, before):
    weak = noun(**settings)
    with_it = pulled((*OTHERS[:before], weak, *OTHERS[before:]), now)
    assert bits(with_it) == bits(pulled(OTHERS, now))


@pytest.mark.parametrize(
    "noun", [noun for noun in m.MEASURES if noun is not m.DrawZones], ids=lambda noun: noun.__name__
)
def test_a_measure_of_some_strength_does(noun):
    given_ = {
        "arrivals": {"origin": "near"},
        "vaccinate": {"product": "p"},
        "screen_travellers": {"stay_days": 3},
        "add_beds": {"rooms": 1.0},
    }
    measure = noun(**given_.get(noun.__dataclass_fields__["kind"].default, {}))
    now = today(0, [0, 0, 0, 0])
    first = (m.Arrivals(origin="far"),)
    assert bits(pulled((*first, measure), now)) != bits(pulled(first, now))


@pytest.mark.parametrize("noun", m.MEASURES, ids=lambda noun: noun.__name__)
def test_outside_its_days_a_measure_changes_no_bit(noun):
    given_ = {
        "arrivals": {"origin": "near"},
        "vaccinate": {"product": "p"},
        "draw_zones": {"rules": "any"},
        "screen_travellers": {"stay_days": 3},
        "add_beds": {"rooms": 1.0},
    }
    measure = noun(start=2, stop=4, **given_.get(noun.__dataclass_fields__["kind"].default, {}))
    for day in (1, 4):
        now = today(day, [0, 1, 0, 1])
        first = (m.Arrivals(origin="far"),)
        assert bits(pulled((*first, measure), now)) == bits(pulled(first, now))


LIMIT = st.one_of(
    st.builds(
        m.LimitContacts, areas=AREAS, zones=ZONES, left=SHARE, adherence=SHARE,
        layers=st.lists(st.sampled_from(LAYERS), unique=True).map(tuple),
    ),
    st.builds(
        m.LimitSectors, areas=AREAS, zones=ZONES, capacity=SHARE, living_in=SHARE, adherence=SHARE,
        mode=st.sampled_from(["open", "capped", "closed_loop", "closed"]),
    ),
    st.builds(
        m.LimitSchools, areas=AREAS, zones=ZONES, adherence=SHARE,
        mode=st.sampled_from(["open", "half", "online", "closed"]),
        stages=st.lists(st.sampled_from(STAGES), unique=True).map(tuple),
    ),
    st.builds(m.LimitTrips, left=SHARE, adherence=SHARE),
)  # fmt: skip


def arrays(levers):
    return (levers.contact, levers.attendance, levers.schooling, levers.closed_loop, np.array(levers.trips))


@given(limits=st.lists(LIMIT, min_size=2, max_size=4), now=TODAY, data=st.data())
def test_the_order_of_limits_does_not_matter(limits, now, data):
    shuffled = data.draw(st.permutations(limits))
    for one, other in zip(arrays(pulled(limits, now)), arrays(pulled(shuffled, now)), strict=True):
        assert one.tobytes() == other.tobytes()


@given(limits=st.lists(LIMIT, min_size=1, max_size=4), now=TODAY)
def test_the_strictest_limit_holds(limits, now):
    together = arrays(pulled(limits, now))
    alone = [arrays(pulled([limit], now)) for limit in limits]
    for at, both in enumerate(together):
        strictest = np.max if at == 3 else np.min  # of closed loops the larger share
        assert np.array_equal(both, strictest([one[at] for one in alone], axis=0))


@given(limits=st.lists(LIMIT, min_size=1, max_size=3), further=LIMIT, now=TODAY)
def test_one_more_limit_never_opens_anything(limits, further, now):
    fewer, more = pulled(limits, now), pulled([*limits, further], now)
    for name in ("contact", "attendance", "schooling"):
        assert (getattr(more, name) <= getattr(fewer, name)).all()
    assert more.trips <= fewer.trips


@given(
    people=st.floats(1, 2000), every=st.integers(1, 12), areas=AREAS,
    ages=st.tuples(st.integers(0, 90), st.integers(0, 40)).map(lambda a: (a[0], a[0] + a[1])),
)  # fmt: skip
def test_a_round_reaches_everybody_once(people, every, areas, ages):
    measure = m.TestRounds(people_a_day=people, every_days=every, areas=areas, ages=ages)
    reached = 0.0
    for day in range(500):
        found = pulled([measure], today(day, [0, 0, 0, 0])).rounds
        if found and day and found[0].first == 0:
            break
        for part in found:
            assert part.first == pytest.approx(reached)
            reached += part.share
    assert reached == pytest.approx(1)


VALUES = st.sampled_from(
    ["3", "-1", "1e400", "nan", "true", '"x"', "[]", "[1]", '["high"]', "[[1]]", "{ a = 1 }", "2022-01-01", "07:00:00",
     "2022-01-01T00:00:00Z", "[2022-01-01]", "99999999999999999999", '""', '[""]', "[true]", "[-1, 500]"]
)  # fmt: skip
TEXTS = [
    (resources.files("seawall.measures") / "strategies" / f"{key}.toml").read_text(encoding="utf-8")
    for key in m.shipped_strategies()
]


def refused(text):
    """Faults of a text; none where it is read."""
    try:
        m.parse_strategy(text, file="any.toml")
    except InvalidInput as found:
        return found.faults or None
    return ()


@given(text=st.sampled_from(TEXTS), at=st.integers(0, 200), value=VALUES, key=st.booleans())
def test_whatever_stands_in_a_strategy_it_is_read_or_refused_with_its_row(text, at, value, key):
    lines = text.splitlines()
    keys = [row for row, line in enumerate(lines) if " = " in line]
    row = keys[at % len(keys)]
    name, old = lines[row].split(" = ", 1)
    lines[row] = f"{value.strip('[]{} ') or 'x'} = {old}" if key else f"{name} = {value}"
    faults = refused("\n".join(lines))
    assert faults is not None
    assert all(fault.row is None or 1 <= fault.row <= len(lines) for fault in faults)


@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    assert refused(text) is not None
