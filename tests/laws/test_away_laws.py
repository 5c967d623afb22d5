"""Who is away from work and school: nobody for two reasons, nobody without a reason."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.small_city import course, scenario, small_world

import seawall.measures as order
from seawall.city.layers import NOWHERE
from seawall.city.layers import SCHOOL as AT_SCHOOL
from seawall.city.layers import WORK as AT_WORK
from seawall.measures import Measure
from seawall.twin.begin import nobody
from seawall.twin.day import play_day
from seawall.twin.limits import ALL
from seawall.twin.outcome import AWAY_FROM_WORK, LIMITED, LIMITED_LOST, LOOP, WORK, Outcome, outcome_of
from seawall.twin.replicate_files import load_outcome, replicate_file, save_outcome
from seawall.twin.run import Run
from seawall.twin.simulate import Scenario, new_run, play
from seawall.twin.spread import GONE, WARD

SEVERE = small_world(900, disease=course(p_symptoms=0.9, p_admission=0.4, p_icu=0.2, p_death=0.15))
ROOMS = {"rooms": 20.0, "beds": 40.0}
SEEN = (
    order.TestOnSymptoms(name="ill", adherence=0.9, delay_days=1.0),
    order.IsolateCases(name="apart", where="site"),
    order.TraceContacts(name="trace"),
    order.QuarantineContacts(name="quarantine", days=8),
)
LOCKED = (
    order.LimitSectors(name="capped", mode="capped", start=3, from_home=0.6),
    order.LimitSectors(name="loop", sectors=("industry",), mode="closed_loop", areas=("A0", "A3"), start=8),
    order.LimitContacts(name="stay", layers=("work", "school"), left=0.3, areas=("A1", "A2"), start=5, stop=30),
    order.LimitSchools(name="half", mode="half", start=2),
)


def members(layer: int, kinds: int) -> np.ndarray:
    """On the books by where the place lies and its kind, shape (district, kind)."""
    people = SEVERE.people
    found = np.zeros((len(people.district_ids), kinds))
    for place in people.place[people.place != NOWHERE]:
        if people.place_layer[place] == layer:
            found[people.district_of_block[people.place_block[place]], people.place_kind[place]] += 1
    return found


WORKERS, PUPILS = members(AT_WORK, 2), members(AT_SCHOOL, 5)


def ended(scene: Scenario) -> tuple[Run, Outcome]:
    run = new_run(scene, 1, 1)
    return run, play(run, 1)


def lost(run: Run, what: str = "lost_work_days") -> dict[str, float]:
    return {measure: amount.sum() for (measure, kind), amount in run.burden.totals().items() if kind == what}


LIMIT = st.one_of(
    st.builds(
        order.LimitSectors,
        sectors=st.sampled_from([(), ("industry",), ("services",)]),
        mode=st.sampled_from(["capped", "closed", "closed_loop"]),
        capacity=st.sampled_from([0.0, 0.3, 0.8]),
        living_in=st.sampled_from([0.2, 0.7]),
        from_home=st.sampled_from([0.0, 0.4]),
        areas=st.sampled_from([(), ("A0", "A2"), ("A4",)]),
        start=st.integers(0, 15),
        stop=st.sampled_from([None, 20]),
    ),
    st.builds(
        order.LimitContacts,
        layers=st.sampled_from([("work",), ("school", "work"), ("community",)]),
        left=st.sampled_from([0.0, 0.5]),
        areas=st.sampled_from([(), ("A1",), ("A3", "A4")]),
        start=st.integers(0, 15),
        stop=st.sampled_from([None, 22]),
    ),
    st.builds(order.LimitSchools, mode=st.sampled_from(["half", "online", "closed"]), start=st.integers(0, 15)),
)


@settings(max_examples=25, deadline=None)
@given(limits=st.lists(LIMIT, max_size=4))
def test_nobody_is_away_for_two_reasons(limits: list[Measure]) -> None:
    run, outcome = ended(scenario(SEVERE, *SEEN, *limits, days=30, infected=25, capacity=ROOMS))
    work = {cause: days.astype(float) for cause, days in outcome.work.items()}
    assert set(work) == set(WORK)
    assert all((days >= 0).all() for days in (*work.values(), outcome.school_away))
    assert (sum(work[cause] for cause in (*AWAY_FROM_WORK, LOOP)) <= WORKERS * (1 + 1e-5)).all()
    assert (work[LIMITED_LOST] <= work[LIMITED] * (1 + 1e-5)).all()
    assert (outcome.school_away <= PUPILS * (1 + 1e-5)).all()
    for what, together in (("lost_work_days", work[LIMITED_LOST].sum()), ("lost_school_days", None)):
        told = lost(run, what)
        once, each = told.pop(ALL, 0.0), sum(told.values())
        assert once <= each * (1 + 1e-9)
        assert together is None or once == pytest.approx(together, rel=1e-5)


def test_each_day_counted_again_from_who_is_kept_apart() -> None:
    run, people = new_run(scenario(SEVERE, *SEEN, *LOCKED, infected=25, capacity=ROOMS), 1, 1), SEVERE.people
    workers = np.nonzero(people.place != NOWHERE)[0]
    workers = workers[people.place_layer[people.place[workers]] == AT_WORK]
    place = people.place[workers]
    cell = people.district_of_block[people.place_block[place]], people.place_kind[place]
    expected = {cause: np.zeros((run.days, *WORKERS.shape)) for cause in ("dead", "ill", "confined")}
    while run.state.day < run.days:
        day = run.state.day
        play_day(run)
        code = run.state.confined[workers].astype(int)
        dead, kept = code == GONE, (code != GONE) & (code >> 2 > day)
        for cause, who in (("dead", dead), ("ill", kept & (code & 3 == WARD)), ("confined", kept & (code & 3 != WARD))):
            np.add.at(expected[cause][day], tuple(at[who] for at in cell), 1)
    outcome = outcome_of(run, 1)
    for cause, days in expected.items():
        assert days.sum() > 20, cause
        np.testing.assert_array_equal(outcome.work[cause], days, err_msg=cause)
    absent = lost(run, "absent_work_days")
    assert sum(absent.values()) == outcome.work["ill"].sum() + outcome.work["confined"].sum()
    assert min(outcome.work[LIMITED].sum(), outcome.work[LOOP].sum(), outcome.school_away.sum()) > 100


def test_nobody_is_away_where_nothing_happens() -> None:
    _, outcome = ended(scenario(SEVERE, beginning=nobody))
    assert {cause: days.sum() for cause, days in outcome.work.items()} == dict.fromkeys(WORK, 0)
    assert outcome.school_away.sum() == 0


def test_a_sector_closed_all_the_time_misses_all_who_obey() -> None:
    closed = order.LimitSectors(name="closed", sectors=("services",), adherence=0.9, from_home=0.25)
    run, outcome = ended(scenario(SEVERE, closed, beginning=nobody))
    expected = np.tile(WORKERS * [0.0, 0.9], (run.days, 1, 1))
    np.testing.assert_allclose(outcome.work[LIMITED], expected, rtol=1e-6)
    np.testing.assert_allclose(outcome.work[LIMITED_LOST], expected * 0.75, rtol=1e-6)
    assert lost(run) == pytest.approx(dict.fromkeys(("closed", ALL), expected.sum() * 0.75))
    assert outcome.school_away.sum() == 0


def test_staying_at_home_keeps_from_work_wherever_that_is() -> None:
    people = SEVERE.people
    stay = order.LimitContacts(name="stay", layers=("work",), areas=("A1",), left=0.0, adherence=0.8)
    run, outcome = ended(scenario(SEVERE, stay, beginning=nobody, days=10))
    mine = people.place[(people.block == 1) & (people.place != NOWHERE)]
    many = (people.place_layer[mine] == AT_WORK).sum()
    assert outcome.work[LIMITED].sum() == pytest.approx(0.8 * many * 10)
    assert (outcome.work[LIMITED][0].sum(axis=1) > 0).all()  # people of one block work in both districts
    assert lost(run) == pytest.approx(dict.fromkeys(("stay", ALL), 0.8 * many * 10))


def test_limits_that_overlap_count_once_together_and_each_for_itself() -> None:
    half = order.LimitSectors(name="half", mode="capped", capacity=0.5, adherence=1.0, from_home=0.4)
    shut = order.LimitSectors(name="shut", adherence=0.8, from_home=0.1)
    stay = order.LimitContacts(name="stay", layers=("work",), left=0.25, adherence=1.0)
    run, outcome = ended(scenario(SEVERE, half, shut, stay, beginning=nobody, days=10))
    days = WORKERS.sum() * 10
    assert outcome.work[LIMITED].sum() == pytest.approx(days * (1 - 0.2 * 0.25), rel=1e-5)
    together = days * (0.8 * 0.9 + 0.2 * 0.75)
    expected = {"half": days * 0.5 * 0.6, "shut": days * 0.8 * 0.9, "stay": days * 0.75, ALL: together}
    assert lost(run) == pytest.approx(expected, rel=1e-5)


def test_who_lives_at_work_is_there_whatever_holds_at_home() -> None:
    loop = order.LimitSectors(mode="closed_loop", living_in=0.5, capacity=0.4, adherence=1.0)
    stay = order.LimitContacts(layers=("work",), left=0.1, adherence=1.0)
    _, outcome = ended(scenario(SEVERE, loop, stay, beginning=nobody, days=10))
    days = WORKERS.sum() * 10
    assert outcome.work[LOOP].sum() == pytest.approx(days * 0.5)
    assert outcome.work[LIMITED].sum() == pytest.approx(days * (0.3 + 0.2 * 0.9))


def test_a_run_that_is_stopped_counts_nothing_after_it(tmp_path) -> None:
    scene = scenario(SEVERE, *SEEN, *LOCKED, infected=25, capacity=ROOMS)
    whole, stopped = play(new_run(scene, 1, 1), 1), play(new_run(scene, 1, 1), 1, most=200)
    assert 5 < stopped.played < scene.days
    for cause in WORK:
        assert stopped.work[cause][stopped.played :].sum() == 0
        np.testing.assert_array_equal(stopped.work[cause][: stopped.played], whole.work[cause][: stopped.played])
    save_outcome(whole, tmp_path, "same")
    read = load_outcome(replicate_file(tmp_path, 1), "same")
    assert read is not None
    assert {cause: days.tobytes() for cause, days in read.work.items()} == {
        cause: days.tobytes() for cause, days in whole.work.items()
    }
    assert read.school_away.tobytes() == whole.school_away.tobytes()
    assert read.school_away.dtype == np.float32
    assert load_outcome(replicate_file(tmp_path, 1), "other") is None
