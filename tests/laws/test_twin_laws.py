"""What is true of the twin in any small city and under any strategy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.small_city import Waning, course, scenario, small_world

import seawall.measures as order
from seawall.city.layers import KEY_GROUPS
from seawall.disease.immunity import NoProtection
from seawall.measures import Measure, Zones
from seawall.twin import day as compiled_day
from seawall.twin.day import play_day
from seawall.twin.keyed import MEET
from seawall.twin.plain_city import City
from seawall.twin.plain_meet import mixing_contact
from seawall.twin.run import Run
from seawall.twin.simulate import Scenario, new_run, simulate
from seawall.twin.spread import GONE
from seawall.twin.state import NEVER

WORLD = small_world(900)
SEVERE = small_world(900, disease=course(p_symptoms=0.9, p_admission=0.4, p_icu=0.2, p_death=0.1))
ROOMS = {"rooms": 20.0, "beds": 10.0, "icu_beds": 3.0}
SEEN = (order.TestOnSymptoms(name="ill", adherence=0.8, delay_days=1.0), order.IsolateCases(name="apart", where="site"))
RESPONSE = (
    *SEEN,
    order.TestRounds(name="rounds", every_days=4),
    order.TraceContacts(name="trace", second_ring=0.5),
    order.QuarantineContacts(name="quarantine", where="site", second_days=3, test_days=(0, 3)),
    order.QuarantineContacts(name="at home", days=14, areas=("A0", "A1", "A2")),
)
STRATEGIES: dict[str, tuple[Measure, ...]] = {
    "nothing": (),
    "response": RESPONSE,
    "limits": (order.LimitContacts(start=5), order.LimitSchools(start=5), order.LimitSectors(mode="closed_loop")),
    "travel": (
        order.Arrivals(origin="abroad", travellers=60, prevalence=0.1),
        order.ScreenTravellers(test_on_arrival="antigen", stay_days=5, where="site", test_days=(2,)),
        *SEEN,
    ),
    "doses": (order.Vaccinate(product="x", doses_a_day=30), *SEEN),
}


def played(scene: Scenario, seed: int = 1, replicate: int = 1, pool: ThreadPoolExecutor | None = None) -> Run:
    run = new_run(scene, seed, replicate, pool=pool)
    while run.state.day < run.days:
        play_day(run)
    return run


def told(run: Run, rows: int | None = None, until: int = NEVER) -> bytes:
    """Everything about the infected (the first so many), and when they were found (before a day), as bytes."""
    infected = run.state.infected
    first = slice(0, run.state.rows if rows is None else rows)
    names = ("person", "infector", "day", "layer", "variant", "run", "nu", "strength", "met")
    parts = [getattr(infected, name)[first].tobytes() for name in names]
    specimen = run.state.findings.specimen[first]
    return b"".join([*parts, np.where(specimen < until, specimen, NEVER).tobytes()])


# ---------------------------------------------------------------------- who infects whom


@pytest.mark.parametrize("name", STRATEGIES)
def test_people_are_conserved(name: str) -> None:
    run = played(scenario(SEVERE, *STRATEGIES[name], capacity=ROOMS))
    infected, findings, rows = run.state.infected, run.state.findings, run.state.rows
    ever = np.unique(infected.person[:rows]).size
    never = sum(history.infected_by < 0 for history in (run.state.histories.rows[row] for row in run.state.history))
    assert ever + never == SEVERE.people.residents
    tally = run.tally
    assert tally.infections.sum() == tally.by_layer.sum() == tally.by_variant.sum() == rows
    assert tally.infections_by_class.sum() == rows
    known = findings.specimen[:rows] != NEVER
    left = findings.left[:rows][known]
    assert (run.state.confined == GONE).sum() == tally.deaths.sum() == tally.deaths_by_class.sum() > 0
    stock = np.cumsum(tally.admissions.sum(axis=1))
    assert (tally.in_hospital <= stock).all()
    assert tally.in_hospital[-1] == stock[-1] - (left < run.days)[findings.admitted[:rows][known] < run.days].sum()
    assert (tally.in_hospital <= 10).all()
    assert (tally.in_icu <= 3).all()


@pytest.mark.parametrize("name", STRATEGIES)
def test_nobody_is_infected_by_nobody(name: str) -> None:
    scene = scenario(SEVERE, *STRATEGIES[name], capacity=ROOMS)
    run, city = played(scene), City(scene, 1, 1)
    infected, people, ground = run.state.infected, SEVERE.people, SEVERE.ground
    layers = set()
    for row in range(run.state.rows):
        by, layer, day = int(infected.infector[row]), int(infected.layer[row]), int(infected.day[row])
        if by < 0:
            assert layer in {254, 255}  # there before the first day, or infected elsewhere
            continue
        layers.add(layer)
        who, other = int(infected.person[row]), int(infected.person[by])
        assert by < row
        tau = day - int(infected.day[by])
        assert SEVERE.course.infectiousness[infected.variant[by], infected.run[by], tau] > 0
        assert infected.variant[row] == infected.variant[by]
        assert who != other
        if layer == 0:
            assert who in city.household(other)
        elif layer <= 3 or layer == 9:
            assert people.place[who] == people.place[other] != 0xFFFFFFFF
            assert layer in (people.place_layer[people.place[who]], 9)
        elif layer <= 6:
            city.day = day
            cls = city.age_class(other)
            met = [
                mixing_contact(city, layer - 4, city.block(other), cls, city.draw(MEET, other, slot, day=day))[0]
                for slot in range((layer - 4) * 256, (layer - 4) * 256 + int(ground.mix_slots[layer - 4, cls]))
            ]
            assert who in met
        else:
            group = people.place_group[people.place[who]]
            assert KEY_GROUPS[group] == {7: "medical", 8: "quarantine_hotel"}[layer]
    assert {0, 2, 4, 5, 6} <= layers


def test_nobody_is_infected_twice_while_infected() -> None:
    run = played(scenario(WORLD))
    assert np.unique(run.state.infected.person[: run.state.rows]).size == run.state.rows
    run = played(scenario(WORLD, protection=Waning(), days=120))
    rows = run.state.rows
    people, days = run.state.infected.person[:rows], run.state.infected.day[:rows].astype(int)
    by_person = np.lexsort((days, people))
    again = people[by_person][1:] == people[by_person][:-1]
    assert again.sum() > 20
    assert (np.diff(days[by_person])[again] >= WORLD.course.longest_days).all()


def test_where_nothing_protects_people_are_infected_again() -> None:
    run = played(scenario(WORLD, protection=NoProtection(period_days=10), days=30))
    assert run.state.rows > np.unique(run.state.infected.person[: run.state.rows]).size


def test_nothing_is_found_before_it_is_there() -> None:
    run = played(scenario(SEVERE, *RESPONSE, capacity=ROOMS))
    infected, findings, rows = run.state.infected, run.state.findings, run.state.rows
    at = np.nonzero(findings.specimen[:rows] != NEVER)[0]
    assert at.size > 40
    tau = findings.specimen[at] - infected.day[at]
    assert (tau >= 2).all()  # no test of this disease is positive earlier
    assert (findings.report[at] >= findings.specimen[at] + 1).all()
    assert (findings.isolated[at] > findings.specimen[at]).all()
    assert (findings.in_icu[at] >= findings.admitted[at])[findings.in_icu[at] != NEVER].all()


# ---------------------------------------------------------------------- measures of no strength

NO_STRENGTH: dict[str, tuple[Measure, ...]] = {
    "limit_contacts": (order.LimitContacts(adherence=0), order.LimitContacts(left=1)),
    "limit_sectors": (order.LimitSectors(adherence=0), order.LimitSectors(mode="capped", capacity=1)),
    "closed_loop": (order.LimitSectors(mode="closed_loop", living_in=0, capacity=1),),
    "limit_schools": (order.LimitSchools(adherence=0), order.LimitSchools(mode="open")),
    "limit_trips": (order.LimitTrips(left=1), order.LimitTrips(adherence=0)),
    "wear_masks": (order.WearMasks(effect=0), order.WearMasks(adherence=0)),
    "test_rounds": (order.TestRounds(adherence=0),),
    "test_key_groups": (order.TestKeyGroups(adherence=0), order.TestKeyGroups(groups=())),
    "test_on_symptoms": (order.TestOnSymptoms(adherence=0),),
    "self_tests": (order.SelfTests(adherence=0),),
    "isolate_cases": (order.IsolateCases(adherence=0),),
    "trace_contacts": (order.TraceContacts(adherence=0), order.TraceContacts(cases_a_day=0)),
    "quarantine_contacts": (order.QuarantineContacts(adherence=0),),
    "arrivals": (order.Arrivals(origin="x", travellers=0), order.Arrivals(origin="y", prevalence=0)),
    "screen_travellers": (order.ScreenTravellers(),),
    "vaccinate": (order.Vaccinate(product="x", adherence=0), order.Vaccinate(product="x", doses_a_day=0)),
    "treat": (order.Treat(effect=0), order.Treat(adherence=0)),
    "add_beds": (order.AddBeds(),),
    "draw_zones": (order.DrawZones(rules="toy"),),
}


def toy(seen) -> Zones:
    return Zones(tiers=("low", "high"), tier=(seen.recent_reports(7) > 3).astype(int))


def test_every_kind_has_a_measure_of_no_strength() -> None:
    tried = {type(measure) for measures in NO_STRENGTH.values() for measure in measures}
    assert tried == set(order.MEASURES)


@pytest.mark.parametrize("kind", NO_STRENGTH)
def test_a_measure_of_no_strength_changes_no_bit(kind: str) -> None:
    without = played(scenario(WORLD, *RESPONSE, capacity=ROOMS, days=30))
    held = played(scenario(WORLD, *NO_STRENGTH[kind], *RESPONSE, capacity=ROOMS, days=30, zoning=toy))
    assert told(held) == told(without)
    assert held.state.confined.tobytes() == without.state.confined.tobytes()


def test_a_measure_of_some_strength_changes_bits() -> None:
    without = played(scenario(WORLD, *RESPONSE, capacity=ROOMS, days=30))
    held = played(scenario(WORLD, order.WearMasks(effect=0.3), *RESPONSE, capacity=ROOMS, days=30))
    assert told(held) != told(without)


# ---------------------------------------------------------------------- replicates, threads, seeds


def test_the_first_three_of_six_replicates_are_the_three() -> None:
    scene = scenario(WORLD, *RESPONSE, capacity=ROOMS, days=30)
    three, six = (simulate(scene, replicates=many, seed=5, threads=2).outcomes for many in (3, 6))
    for ours, theirs in zip(three, six, strict=False):
        assert ours.replicate == theirs.replicate
        for name in ours.daily:
            np.testing.assert_array_equal(ours.daily[name], theirs.daily[name])
        for name in ours.burden:
            np.testing.assert_array_equal(ours.burden[name], theirs.burden[name])
    assert len({outcome.rows for outcome in six}) > 1


@pytest.mark.parametrize("chunk", [1 << 15, 37])
@pytest.mark.parametrize("name", STRATEGIES)
def test_threads_and_chunks_change_no_bit(name: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenario(WORLD, *STRATEGIES[name], capacity=ROOMS)
    alone = played(scene)
    monkeypatch.setattr(compiled_day, "CHUNK", chunk)
    assert told(played(scene)) == told(alone)
    for threads in (2, 16):
        with ThreadPoolExecutor(threads) as pool:
            many = played(scene, pool=pool)
        assert told(many) == told(alone)
        assert many.state.confined.tobytes() == alone.state.confined.tobytes()
        assert many.state.history.tobytes() == alone.state.history.tobytes()


def test_the_order_of_replicates_does_not_matter() -> None:
    scene = scenario(WORLD, *RESPONSE, capacity=ROOMS, days=25)
    forward = [told(played(scene, 9, replicate)) for replicate in (1, 2, 3)]
    backward = [told(played(scene, 9, replicate)) for replicate in (3, 2, 1)]
    assert forward == backward[::-1]


@given(seed=st.integers(0, 2**40))
@settings(max_examples=8, deadline=None, derandomize=True)
def test_the_same_seed_is_the_same_run_and_another_is_not(seed: int) -> None:
    scene = scenario(WORLD, *RESPONSE, capacity=ROOMS, days=15)
    assert told(played(scene, seed)) == told(played(scene, seed))
    assert told(played(scene, seed)) != told(played(scene, seed + 1))


@pytest.mark.parametrize("name", STRATEGIES)
def test_more_days_do_not_change_the_days_before(name: str) -> None:
    short, long = (played(scenario(WORLD, *STRATEGIES[name], capacity=ROOMS, days=days)) for days in (18, 40))
    assert long.state.rows > short.state.rows or name == "response"
    assert told(short) == told(long, short.state.rows, until=18)
    np.testing.assert_array_equal(short.tally.reports, long.tally.reports[:18])
    np.testing.assert_array_equal(short.rooms.in_use, long.rooms.in_use[:18])


# ---------------------------------------------------------------------- strength


@pytest.mark.parametrize(
    "stricter",
    [
        lambda left: (order.LimitContacts(left=left, start=4),),
        lambda left: (order.LimitSectors(mode="capped", capacity=left), order.LimitSchools(adherence=1 - left)),
        lambda left: (order.WearMasks(layers=("household", "work", "public"), effect=1 - left),),
        lambda left: (order.TestRounds(every_days=2, adherence=1 - left), order.IsolateCases(adherence=1 - left)),
    ],
    ids=["contacts", "places", "masks", "isolation"],
)
def test_closing_more_never_raises_infections_on_average(stricter) -> None:
    means = []
    for left in (1.0, 0.6, 0.2):
        runs = simulate(scenario(WORLD, *stricter(left), days=30), replicates=8, seed=3, threads=2)
        means.append(runs.of("infections").sum(axis=1).mean())
    assert means[0] > means[1] > means[2]


# ---------------------------------------------------------------------- burden


@pytest.mark.parametrize("name", ["response", "travel", "nothing"])
def test_the_burden_of_confinement_is_who_is_confined_day_by_day(name: str) -> None:
    run = new_run(scenario(SEVERE, *STRATEGIES[name], capacity=ROOMS), 1, 1)
    counted = np.zeros((3, run.days))
    while run.state.day < run.days:
        play_day(run)
        day = run.state.day - 1
        codes = run.state.confined.astype(int)
        now = np.where((codes >> 2 > day) & (codes != GONE), codes & 3, 0)
        counted[:, day] = [(now == where).sum() for where in (1, 2, 3)]
    totals = run.burden.totals()
    for row, what in enumerate(("home_days", "site_days", "hospital_days")):
        parts = [amount for (_, kind), amount in totals.items() if kind == what]
        np.testing.assert_array_equal(np.sum(parts, axis=0) if parts else np.zeros(run.days), counted[row])
        assert all((amount >= 0).all() for amount in parts)
    np.testing.assert_array_equal(run.rooms.in_use, counted[1])
    assert counted[2].sum() > 0


def test_rooms_are_never_above_capacity() -> None:
    run = played(scenario(WORLD, *RESPONSE, capacity=ROOMS))
    assert run.rooms.in_use.max() == 20
    turned_away = sum(amount.sum() for (_, what), amount in run.burden.totals().items() if what == "no_room")
    assert turned_away > 0


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_burden_by_group_adds_up_to_that_by_day(name: str) -> None:
    outcome = simulate(scenario(WORLD, *STRATEGIES[name], capacity=ROOMS), seed=2, threads=1).outcomes[0]
    for measure in range(len(outcome.measures)):
        for what in np.unique(outcome.burden["what"]).tolist():
            cells, daily = outcome.burden, outcome.burden_daily
            by_group = cells["amount"][(cells["measure"] == measure) & (cells["what"] == what)].sum()
            by_day = daily["amount"][(daily["measure"] == measure) & (daily["what"] == what)].sum()
            assert by_group == pytest.approx(by_day, rel=1e-9, abs=1e-9)
