"""Triggers at random: as a slow reading of the rule has it, never on what is not yet seen, in halves that fit."""

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seawall import measures as m
from seawall.measures.signals import Trigger, days_since_begun

BLOCKS = 4
REPORTS = st.lists(st.lists(st.integers(0, 40), min_size=BLOCKS, max_size=BLOCKS), min_size=1, max_size=25)
TRIGGER = st.builds(
    lambda above, ratio, **rest: Trigger(when="reports_per_100k", above=above, below=above * ratio, **rest),
    above=st.floats(0.5, 60),
    ratio=st.floats(0.1, 1.0),
    above_days=st.integers(1, 4),
    below_days=st.integers(1, 6),
    least_days=st.integers(1, 9),
    first=st.integers(0, 6),
)
SIGNAL = st.lists(st.floats(0, 80), min_size=1, max_size=40)
MEASURE = st.builds(
    m.LimitContacts,
    when=st.just("reports_per_100k"),
    above=st.floats(1, 300),
    below_days=st.integers(1, 4),
    above_days=st.integers(1, 3),
    least_days=st.integers(1, 8),
    each=st.sampled_from(["", "district", "city"]),
    left=st.just(0.0),
    adherence=st.just(1.0),
)


def ground():
    return m.Ground(
        area_ids=("c", "a", "b"),
        blocks_of={"c": np.ones(4, bool), "a": np.arange(4) < 1, "b": np.arange(4) >= 1},
        block_area=("a", "b", "b", "b"), block_place=("",) * 4, districts=("a", "b"),
        district_of_block=np.array([0, 1, 1, 1]), sectors=("farms",), residents=np.full((4, 16), 500, dtype=np.int64),
        levels={"c": "city", "a": "district", "b": "district"},
    )  # fmt: skip


def morning(day, reports, before=0):
    rows = np.array(reports, dtype=np.int32)
    small, one = np.zeros((day, 2), np.int64), np.zeros(day, np.int64)
    run = rows[before : before + day]
    seen = m.Seen(
        start=date(2022, 1, 1), day=day, reports=run, reports_in_control=run, imported=run, tests=small, positives=small,
        in_hospital=one, in_icu=one, deaths=small, before=rows[:before],
    )  # fmt: skip
    return m.Today(date=seen.date, day=day, ground=ground(), seen=seen)


def limited(measure, now):
    levers = m.Levers(blocks=4, sectors=1)
    measure.pull(levers, now)
    return (levers.contact[6] < 1).tolist()


def slowly(signal, rule):
    """Since how many mornings it holds on the last one, read morning by morning."""
    begun = None
    for now in range(rule.first, len(signal)):
        last = signal[max(now - rule.above_days + 1, 0) : now + 1]
        if begun is None:
            if len(last) == rule.above_days and min(last) >= rule.above:
                begun = now
            continue
        quiet = signal[max(now - rule.below_days + 1, 0) : now + 1]
        if len(quiet) == rule.below_days and max(quiet) < rule.below and now - begun >= rule.least_days:
            begun = None
    return -1 if begun is None else len(signal) - 1 - begun


@given(signals=st.lists(SIGNAL, min_size=1, max_size=3), rule=TRIGGER)
def test_it_holds_as_a_slow_reading_has_it(signals, rule):
    length = min(len(signal) for signal in signals)
    together = np.array([signal[:length] for signal in signals]).T
    assert days_since_begun(together, rule, rule.first).tolist() == [
        slowly(signal[:length], rule) for signal in signals
    ]


@given(measure=MEASURE, reports=REPORTS, later=st.integers(0, 40), before=st.integers(0, 3))
def test_what_is_reported_today_and_later_changes_nothing_this_morning(measure, reports, later, before):
    before = min(before, len(reports) - 1)
    day = (len(reports) - before) // 2
    changed = [row if at < before + day else [later] * BLOCKS for at, row in enumerate(reports)]
    assert limited(measure, morning(day, reports, before)) == limited(measure, morning(day, changed, before))


@given(measure=MEASURE, reports=REPORTS, areas=st.sampled_from([(), ("a",), ("b",)]))
def test_districts_one_by_one_are_the_same_as_a_measure_for_each(measure, reports, areas):
    now = morning(len(reports), reports)
    one_by_one = limited(replace(measure, each="district", areas=areas), now)
    apart = [limited(replace(measure, each="", areas=(code,)), now) for code in areas or ("a", "b")]
    assert one_by_one == np.any(apart, axis=0).tolist()


@given(measure=MEASURE, reports=REPORTS)
def test_a_higher_limit_never_begins_earlier(measure, reports):
    def first(of):
        mornings = (morning(day, reports) for day in range(len(reports) + 1))
        return next((now.day for now in mornings if of.in_force(now)), len(reports) + 1)

    assert first(measure) <= first(replace(measure, above=measure.above * 1.5))


@given(parts=st.integers(1, 6), residents=st.lists(st.integers(0, 900), min_size=4, max_size=4))
def test_parts_are_the_city_and_meet_nowhere(parts, residents):
    by_class = np.zeros((4, 16), dtype=np.int64)
    by_class[:, 3] = residents
    now = replace(morning(0, [[0] * 4]), ground=replace(ground(), residents=by_class))
    found = [
        limited(m.LimitContacts(part=f"{part} of {parts}", left=0, adherence=1), now) for part in range(1, parts + 1)
    ]
    assert np.sum(found, axis=0).tolist() == [1] * BLOCKS
