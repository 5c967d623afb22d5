"""Routine tests of everybody, played by the twin, against the viral loads of Larremore et al. 2021.

Each of forty people drawn is a variant of its own, with their infectiousness and their days above the limit of a
test, so that who sheds much both infects more and is found more easily. In the twin a day's infections come before
its tests: a specimen is taken in the evening, and finds the load of the next morning.
"""

from dataclasses import replace

import numpy as np
import pytest
from bench._small_worlds import Rung, begin_with, events, ladder, played, scene

from seawall.disease import course_from_profile, screening_effect, trajectories
from seawall.measures import IsolateCases
from seawall.measures import TestRounds as RoundsOfTests

PEOPLE, SEED, EACH = 40, 7, 250
FIRST, OTHER, OTHERS = 30, 50, 300_000
KIND = {3.0: "pcr", 5.0: "antigen"}
LOAD = trajectories(PEOPLE, seed=SEED).load


def course_of_loads(infectiousness, above):
    """One variant for each row; `above` is the chance to be found by PCR and by a rapid test, shape (row, 2, day)."""
    rows, days = infectiousness.shape
    evening = np.concatenate([above[:, :, 1:], np.zeros((rows, 2, 1))], axis=2)
    one = course_from_profile(np.append(0.0, np.full(days - 1, 1 / (days - 1))), reproduction_number=1.0)
    shares = infectiousness / infectiousness.sum(axis=1).mean()
    return replace(
        one,
        variants=tuple(str(row) for row in range(rows)),
        onset_day=np.repeat(one.onset_day, rows, axis=0),
        infectiousness=np.repeat(shares[:, None, :], one.infectiousness.shape[1], axis=1),
        dispersion=np.repeat(one.dispersion, rows, axis=0),
        reproduction_number=np.ones(rows),
        household_attack_rate=np.zeros(rows),
        p_symptoms=np.zeros((rows, 101)),
        p_admission=np.zeros((rows, 101)),
        p_icu=np.zeros((rows, 101)),
        p_death=np.zeros((rows, 101)),
        sensitivity=evening[:, [0, 0, 1], :],
        cross_immunity=np.ones((rows, rows)),
    )


def loads():
    return np.maximum(LOAD - 6.0, 0.0), np.stack([LOAD > 3.0, LOAD > 5.0], axis=1).astype(float)


def removed(course, every_days, limit, delay_days):
    """Share of infectious contacts that the tests of a rhythm remove; each day the next part of all is tested."""
    rows = len(course.variants)
    world = ladder(course, [Rung(FIRST, EACH * PEOPLE, 3.0), Rung(OTHER, OTHERS, 0.0)])
    first = begin_with(np.arange(EACH * PEOPLE), np.arange(EACH * PEOPLE) % rows)
    rounds = RoundsOfTests(
        every_days=every_days,
        people_a_day=world.people.residents / every_days,
        test=KIND[limit],
        turnaround_days=delay_days,
        adherence=1.0,
    )

    def contacts(measures):
        run = played(scene(world, 28, measures=measures, beginning=first))
        return events(run.state.rows - EACH * PEOPLE, OTHERS)

    return 1 - contacts((rounds, IsolateCases(days=60, adherence=1.0))) / contacts(())


@pytest.mark.parametrize(
    ("every_days", "limit", "delay_days", "published"),
    [
        (1, 3.0, 1, 0.961),
        (3, 3.0, 0, 0.913),
        (3, 3.0, 1, 0.759),
        (3, 5.0, 0, 0.848),
        (7, 3.0, 0, 0.567),
        (7, 3.0, 1, 0.435),
        (7, 5.0, 0, 0.505),
        (14, 3.0, 0, 0.289),
    ],
)
def test_rhythm_and_delay(every_days, limit, delay_days, published):
    expected = screening_effect(every_days, limit_of_detection=limit, delay_days=delay_days, people=PEOPLE, seed=SEED)
    # 10,000 people with three contacts each and a phase by lot: sd below 0.5 points
    assert removed(course_of_loads(*loads()), every_days, limit, delay_days) == pytest.approx(
        expected.by_tests, abs=0.02
    )
    # forty people for 12,000: sd of the share removed over people is some 0.3, so 0.05 of the mean
    assert expected.by_tests == pytest.approx(published, abs=0.1)


def test_weekly_rapid_tests_beat_weekly_pcr_with_a_days_delay_whether_people_are_drawn_or_averaged():
    drawn = course_of_loads(*loads())
    infectiousness, above = loads()
    mean = course_of_loads(infectiousness.mean(axis=0, keepdims=True), above.mean(axis=0, keepdims=True))
    for course in (drawn, mean):
        assert removed(course, 7, 5.0, 0) > removed(course, 7, 3.0, 1) + 0.03
        assert removed(course, 3, 3.0, 1) > removed(course, 7, 3.0, 0)
    # the mean course forgets that who is missed today is likely to be missed tomorrow, and who sheds most is found
    assert removed(mean, 3, 3.0, 0) == pytest.approx(removed(drawn, 3, 3.0, 0), abs=0.08)
