"""Drawing events equals drawing contact by contact, implicit contacts are what they stand for, the draws are random."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import comb

import numba
import numpy as np
import pytest
from scipy import stats
from tests.small_city import course, scenario, small_world

import seawall.measures as order
from seawall.city.synth.contacts import mix_alike
from seawall.city.synth.people import one_block
from seawall.core.draws import generator
from seawall.core.hashed import bits, unit
from seawall.measures.levers import Levers
from seawall.twin import keyed, plain
from seawall.twin.day import keys_of, morning, play_day
from seawall.twin.keyed import ACROSS, MEET, base, bits_of, units_of
from seawall.twin.plain_city import Case, City
from seawall.twin.plain_meet import mixing_contact
from seawall.twin.plain_meet import seat_met as seat_in_words
from seawall.twin.simulate import Scenario, new_run
from seawall.twin.spread import Ground, mixing_address, seat_met, spread
from seawall.twin.world import world_of

# ---------------------------------------------------------------------- events against contacts


def contacts_of(city: City, case: Case) -> Iterator[tuple[int, int, float, bool]]:
    """Every contact that a case has today, one by one: who, layer, rate at full infectiousness, whether it is a trip."""
    world, person = city.world, case.person
    cls, place = city.age_class(person), city.place(person)
    for other in city.household(person):
        if other != person:
            yield other, 0, world.rates.household, False
    if place is not None:
        layer, members = int(world.people.place_layer[place]), city.members(place)
        ring = min(int(world.contacts.ring[layer]), len(members) - 1)
        across = int(world.contacts.across[layer]) if len(members) - 1 > ring else 0
        for slot in range(ring + across):
            word = city.draw(ACROSS, person, slot, day=city.day)
            seat = seat_in_words(slot, members.index(person), len(members), ring, word)
            yield members[seat], layer, float(world.rates.place[layer]), False
    for mix in range(3):
        slots = int(world.ground.mix_slots[mix, cls])
        for slot in range(slots):
            word = city.draw(MEET, person, mix * 256 + slot, day=city.day)
            other, trip = mixing_contact(city, mix, city.block(person), cls, word)
            if other is not None and other != person:
                yield other, 4 + mix, float(world.rates.mixing[mix, cls]) / slots, trip


def rate_of(city: City, case: Case, other: int, layer: int, rate: float, *, trip: bool) -> float:
    """Rate at which a contact infects today: what is left of it, times how infectious the case is."""
    tau, levers = city.day - case.day, city.levers
    infectiousness = city.world.rates.infectiousness
    if not 1 <= tau < infectiousness.shape[2]:
        return 0.0
    rate *= float(infectiousness[case.variant, case.run, tau]) * float(city.world.course.dispersion[0, case.nu])
    rate *= float(city.world.rates.susceptibility[city.age(other)]) * city.left(city.history[other], case.variant)[0]
    mine, theirs = city.block(case.person), city.block(other)
    for share in (levers.contact, levers.transmission):
        rate *= min(share[layer, mine], share[layer, theirs])
    if trip:
        rate *= levers.trips
    place = city.place(case.person)
    people = city.world.people
    if layer == 2:
        rate *= levers.attendance[people.place_kind[place], people.place_block[place]]
    elif layer == 1:
        rate *= levers.schooling[people.place_kind[place], people.place_block[place]]
    return rate * _at_home(city, case.person, layer) * _at_home(city, other, layer)


def _at_home(city: City, person: int, layer: int) -> float:
    behaviour = city.scenario.behaviour
    where = city.where(person)
    return {0: 1.0, 1: behaviour.household_left if layer == 0 else behaviour.others_left}.get(where, 0.0)


LIMITED = (
    order.LimitContacts(left=0.5, areas=("A0", "A1")),
    order.LimitContacts(layers=("household", "work"), left=0.7),
    order.LimitTrips(left=0.4),
    order.LimitSectors(mode="capped", capacity=0.6),
    order.LimitSchools(mode="half"),
    order.WearMasks(layers=("public", "community"), effect=0.5),
    order.TestOnSymptoms(adherence=0.9, delay_days=0.0, turnaround_days=0),
    order.IsolateCases(adherence=0.9),
)


@pytest.mark.parametrize("measures", [(), LIMITED], ids=["nothing", "limits and isolation"])
def test_each_pair_is_infected_as_often_as_contact_by_contact(measures: tuple) -> None:
    # everything of one morning is held fixed, partners included; only the draws of infections are made again and again
    world = small_world(600, institution=0.0)
    scene = scenario(world, *measures, days=15, infected=40)
    run, city = new_run(scene, 1, 1), plain.new_city(scene, 1)
    for _ in range(8):
        play_day(run)
        plain.play_day(city)
    plain.pull_levers(city)
    run.today = city.today
    run.levers = Levers(blocks=run.map.blocks, sectors=2)
    run.strategy.pull(run.levers, run.today)
    run.immunity(run.state.day)
    rates: dict[tuple[int, int, int], float] = defaultdict(float)
    for number, case in enumerate(city.cases):
        for other, layer, rate, trip in contacts_of(city, case):
            rates[number, other, layer] += rate_of(city, case, other, layer, rate, trip=trip)
    rates = {pair: rate for pair, rate in rates.items() if rate > 0}
    assert len(rates) > 500
    assert {layer for _, _, layer in rates} >= {0, 1, 2, 4, 5, 6}

    days, now = 12_000, morning(run)
    usual = keys_of(run.state.seed, run.state.day)
    seen: dict[tuple[int, int, int], int] = defaultdict(int)
    totals = np.zeros(days)
    target, source = np.empty(5000, dtype=np.uint32), np.empty(5000, dtype=np.int32)
    layer_of = np.empty(5000, dtype=np.uint8)
    for trial in range(days):
        again = keys_of(1000 + trial, 0)
        keys = usual._replace(infection=again.infection, event=again.event, accept=again.accept)
        many = spread(
            world.ground, world.rates, now, keys, run.state.infected, 0, run.state.rows, target, source, layer_of
        )
        pairs = set(zip(source[:many].tolist(), target[:many].tolist(), layer_of[:many].tolist(), strict=True))
        totals[trial] = len(pairs)
        for pair in pairs:
            seen[pair] += 1
    assert set(seen) <= set(rates)
    chances = {pair: 1 - np.exp(-rate) for pair, rate in rates.items()}
    expected = np.array([days * chance for chance in chances.values()])
    found = np.array([seen[pair] for pair in chances])
    often = expected > 20
    assert often.sum() > 100
    squares = ((found - expected) ** 2 / (expected * (1 - expected / days)))[often]
    assert 0.001 < stats.chi2.sf(squares.sum(), often.sum()) < 0.999
    # and independently: the variance of the day's total is that of independent draws
    p = np.array(list(chances.values()))
    assert abs(totals.mean() - p.sum()) < 4 * np.sqrt((p * (1 - p)).sum() / days)
    assert totals.var() / (p * (1 - p)).sum() == pytest.approx(1.0, abs=4 * np.sqrt(2 / days))


def _contact_by_contact(scene: Scenario, seed: int) -> np.ndarray:
    """Infections by day when every contact of every infectious person is drawn: the slow way."""
    city = plain.new_city(scene, seed)
    rng = generator(seed, "contact by contact")
    while city.day < city.days:
        plain.pull_levers(city)
        hits = []
        for number, case in enumerate(city.cases):
            if not 1 <= city.day - case.day < city.world.course.longest_days:
                continue
            for other, where, usual, trip in contacts_of(city, case):
                if rng.random() < 1 - np.exp(-rate_of(city, case, other, where, usual, trip=trip)):
                    hits.append((other, number, where))
        city.infect_by(hits)
        city.day += 1
    return city.tally.infections.sum(axis=1)


def test_whole_epidemics_are_those_drawn_contact_by_contact() -> None:
    runs = 30  # with 600 it holds as well; minutes
    world = small_world(120, institution=0.0, disease=course(reproduction=(2.2,), dispersion=1.0))
    scene = scenario(world, days=20, infected=4)
    slow = np.stack([_contact_by_contact(scene, seed) for seed in range(1000, 1000 + runs)])
    fast = np.stack([_events(scene, seed) for seed in range(10 * runs)])
    assert stats.ks_2samp(slow.sum(axis=1), fast.sum(axis=1)).pvalue > 0.001
    assert stats.ks_2samp(slow[:, :10].sum(axis=1), fast[:, :10].sum(axis=1)).pvalue > 0.001
    spread_of = np.sqrt(slow.var(axis=0) / slow.shape[0] + fast.var(axis=0) / fast.shape[0])
    apart = (slow.mean(axis=0) - fast.mean(axis=0))[1:] / np.maximum(spread_of[1:], 1e-9)
    assert np.abs(apart).max() < 4


def _events(scene: Scenario, seed: int) -> np.ndarray:
    run = new_run(scene, seed, 1)
    while run.state.day < run.days:
        play_day(run)
    return run.tally.infections.sum(axis=1)


# ---------------------------------------------------------------------- implicit contacts

PEOPLE, CONTACTS, DAYS = 300, 8, 40


@numba.njit
def _met(ground: Ground, slots: int, starts: np.ndarray, out: np.ndarray) -> None:  # pragma: no cover - compiled
    for day in range(starts.size):
        for person in range(out.shape[1]):
            for slot in range(slots):
                word = bits(starts[day], np.uint64(person), np.uint64(slot))
                address, _ = mixing_address(ground, 0, 0, ground.age_class[ground.age[person]], word)
                out[day, person, slot] = ground.order[address]


@pytest.fixture(scope="module")
def met() -> np.ndarray:
    """Whom everybody meets in the community, shape (day, person, slot)."""
    people = one_block(PEOPLE)
    ground = world_of(people, mix_alike(people, float(CONTACTS)), course()).ground
    out = np.zeros((DAYS, PEOPLE, CONTACTS), dtype=np.int64)
    _met(ground, CONTACTS, np.array([base(1, MEET, day) for day in range(DAYS)]), out)
    return out


def test_a_mixing_contact_falls_on_everybody_alike(met: np.ndarray) -> None:
    counts = np.bincount(met.ravel(), minlength=PEOPLE)
    assert stats.chisquare(counts).pvalue > 0.001
    by_slot = [stats.chisquare(np.bincount(met[:, :, slot].ravel(), minlength=PEOPLE)).pvalue for slot in range(8)]
    assert min(by_slot) > 0.0005


def test_how_often_one_is_met_is_poisson(met: np.ndarray) -> None:
    times = np.stack([np.bincount(day.ravel(), minlength=PEOPLE) for day in met]).ravel()
    assert times.var() / times.mean() == pytest.approx(1 - 1 / PEOPLE, abs=0.05)
    bins = np.clip(times, 2, 15)
    chance = stats.poisson.pmf(np.arange(2, 16), CONTACTS)
    chance[0], chance[-1] = stats.poisson.cdf(2, CONTACTS), stats.poisson.sf(14, CONTACTS)
    found = np.bincount(bins, minlength=16)[2:]
    assert stats.chisquare(found, chance * times.size).pvalue > 0.001


@pytest.mark.parametrize("apart", [1, 2, 7])
def test_mixing_contacts_repeat_as_often_as_by_chance(met: np.ndarray, apart: int) -> None:
    again = (met[apart:, :, :, None] == met[:-apart, :, None, :]).any(axis=3).mean()
    by_chance = 1 - (1 - 1 / PEOPLE) ** CONTACTS
    slots = met[apart:].size
    assert again == pytest.approx(by_chance, abs=4 * np.sqrt(by_chance / slots))


def _triangles(chosen: np.ndarray) -> float:
    """Triangles of the graph in which two are joined who met, either way."""
    graph = np.zeros((PEOPLE, PEOPLE))
    graph[np.repeat(np.arange(PEOPLE), CONTACTS), chosen.ravel()] = 1
    graph = np.maximum(graph, graph.T)
    np.fill_diagonal(graph, 0)
    return float(np.trace(graph @ graph @ graph) / 6)


def test_mixing_contacts_close_as_many_triangles_as_a_random_graph(met: np.ndarray) -> None:
    rng = generator(1, "random partners")
    ours = np.array([_triangles(day) for day in met])
    theirs = np.array([_triangles(rng.integers(0, PEOPLE, (PEOPLE, CONTACTS))) for _ in range(DAYS)])
    assert stats.ttest_ind(ours, theirs).pvalue > 0.001
    # of three people, two orders in which each draws the next, six in which one draws both others; who draws has a
    # fixed number of draws, so the second is a little rarer; two who draw each other are joined once
    once = 1 - (1 - 1 / PEOPLE) ** CONTACTS
    twice = CONTACTS * (CONTACTS - 1) / PEOPLE**2
    expected = comb(PEOPLE, 3) * (2 * once**3 + 6 * twice * once) * (1 - once / 2) ** 3
    assert ours.mean() == pytest.approx(expected, rel=0.04)


def test_two_people_are_no_likelier_to_meet_back(met: np.ndarray) -> None:
    back = np.mean([(met[day][met[day]] == np.arange(PEOPLE)[:, None, None]).any(axis=2).mean() for day in range(DAYS)])
    by_chance = 1 - (1 - 1 / PEOPLE) ** CONTACTS
    assert back == pytest.approx(by_chance + 1 / PEOPLE, rel=0.1)  # who draws themselves meets back


@numba.njit
def _seats(size: int, ring: int, slots: int, start: np.uint64) -> np.ndarray:  # pragma: no cover - compiled
    out = np.zeros((size, slots), dtype=np.int64)
    for seat in range(size):
        for slot in range(slots):
            word = bits(start, np.uint64(seat), np.uint64(slot))
            out[seat, slot] = seat_met(slot, seat, size, ring, word)
    return out


@pytest.mark.parametrize(("ring", "size"), [(2, 9), (4, 20), (6, 31), (8, 40), (12, 60)])
def test_the_nearest_seats_are_a_ring_lattice(ring: int, size: int) -> None:
    today, tomorrow = (_seats(size, ring, ring, base(1, ACROSS, day)) for day in (0, 1))
    np.testing.assert_array_equal(today, tomorrow)  # the same people every day
    graph = np.zeros((size, size), dtype=int)
    graph[np.repeat(np.arange(size), ring), today.ravel()] = 1
    assert (graph.sum(axis=1) == ring).all()
    assert (graph == graph.T).all()  # who is met meets back
    closed = np.trace(graph @ graph @ graph)
    pairs = (graph.sum(axis=1) * (graph.sum(axis=1) - 1)).sum()
    # clustering of a ring lattice, Watts and Strogatz 1998, doi:10.1038/30918
    assert closed / pairs == pytest.approx(3 * (ring - 2) / (4 * (ring - 1)))


@pytest.mark.parametrize("size", [2, 3, 5, 8])
def test_in_a_small_place_everybody_meets_everybody_once(size: int) -> None:
    met_by = _seats(size, size - 1, size - 1, base(1, ACROSS, 0))
    for seat in range(size):
        assert sorted(met_by[seat].tolist()) == [other for other in range(size) if other != seat]


def test_contacts_across_a_place_are_anybody_else_by_lot() -> None:
    size, slots = 12, 3
    drawn = np.stack([_seats(size, 0, slots, base(1, ACROSS, day)) for day in range(3000)])
    for seat in range(size):
        counts = np.bincount(drawn[:, seat].ravel(), minlength=size)
        assert counts[seat] == 0
        assert stats.chisquare(np.delete(counts, seat)).pvalue > 0.0005
    again = (drawn[1:] == drawn[:-1]).mean()
    assert again == pytest.approx(1 / (size - 1), abs=0.004)


# ---------------------------------------------------------------------- the draws


def test_the_finaliser_is_splitmix64() -> None:
    # the first outputs of SplitMix64 from state 1234567, as published with its reference code
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert bits_of(np.uint64(1234567), np.arange(1, 5)).tolist() == expected


def test_the_compiled_the_vectorised_and_the_readable_draw_are_one() -> None:
    city = City(scenario(small_world(60), days=2), 5, 1)
    start = base(city.seed, keyed.EVENT, 3)
    for person in (0, 1, 77, 24_999_999):
        for slot in (0, 1, 300):
            word = int(bits(start, np.uint64(person), np.uint64(slot)))
            assert word == city.draw(keyed.EVENT, person, slot, day=3)
            assert word == int(bits_of(start, np.array([person]), slot)[0])
            assert unit(np.uint64(word)) == city.luck(keyed.EVENT, person, slot, day=3)


MANY = 20_000


def _series(kind: str) -> Iterator[np.ndarray]:
    who = np.arange(MANY)
    if kind == "people":
        for purpose in range(1, 28):
            yield units_of(base(1, purpose, 3), who)
    elif kind == "slots":
        for person in range(10):
            yield units_of(base(1, keyed.EVENT, 3), np.full(MANY, person), who)
    elif kind == "days":
        for person in range(10):
            yield np.array([float(units_of(base(1, keyed.EVENT, day), np.array([person]))[0]) for day in range(2000)])
    else:
        for seed in range(10):
            yield units_of(base(seed, keyed.EVENT, 3), who)


@pytest.mark.parametrize("kind", ["people", "slots", "days", "seeds"])
def test_draws_are_uniform_and_neighbours_are_not_alike(kind: str) -> None:
    chances = []
    for values in _series(kind):
        chances.append(stats.chisquare(np.histogram(values, 50, (0, 1))[0]).pvalue)
        chances.append(stats.kstest(values, "uniform").pvalue)
        along = np.array([np.corrcoef(values[lag:], values[:-lag])[0, 1] for lag in (1, 2, 3)])
        chances.extend((2 * stats.norm.sf(np.abs(along) * np.sqrt(values.size))).tolist())
        pairs = np.histogram2d(values[1:], values[:-1], 10, ((0, 1), (0, 1)))[0]
        chances.append(stats.chisquare(pairs.ravel()).pvalue)
    assert min(chances) > 0.001 / len(chances)


def test_purposes_days_and_seeds_share_no_luck() -> None:
    who = np.arange(MANY)
    told = [units_of(base(seed, purpose, day), who) for seed in (1, 2) for purpose in range(1, 28) for day in (0, 1)]
    correlation = np.corrcoef(told)[np.triu_indices(len(told), 1)]
    assert np.abs(correlation).max() * np.sqrt(MANY) < 5.0  # of some 5,800 pairs
    assert (correlation * np.sqrt(MANY)).std() == pytest.approx(1.0, abs=0.05)


def test_every_bit_is_as_often_one_as_nought_and_moves_with_every_input() -> None:
    words = bits_of(base(1, keyed.EVENT, 0), np.arange(MANY))
    ones = np.array([((words >> np.uint64(bit)) & np.uint64(1)).mean() for bit in range(64)])
    assert np.abs(ones - 0.5).max() < 4.5 * 0.5 / np.sqrt(MANY)
    for flipped in range(25):
        changed = words ^ bits_of(base(1, keyed.EVENT, 0), np.arange(MANY) ^ (1 << flipped))
        moved = np.array([((changed >> np.uint64(bit)) & np.uint64(1)).mean() for bit in range(64)])
        assert np.abs(moved - 0.5).max() < 0.025


def test_no_two_decisions_begin_alike() -> None:
    starts = {int(base(seed, purpose, day)) for seed in range(5) for purpose in range(1, 28) for day in range(-30, 60)}
    assert len(starts) == 5 * 27 * 90
