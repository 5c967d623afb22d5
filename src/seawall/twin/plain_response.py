"""The readable twin: what the city does about the epidemic. Doses, arrivals, tests, tracing, isolation, quarantine.

See `plain_city` for what this is and `plain` for the order of the phases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate

from seawall.city.synth.people import AGE_CLASS
from seawall.disease.course import PCR_POOLED
from seawall.disease.immunity import History
from seawall.measures.levers import Arrivals, Doses, Isolation, Quarantine, SymptomTests, Tracing
from seawall.twin.behaviour import geometric_days
from seawall.twin.find import DUE, ILL, ROUND, ROUTINE
from seawall.twin.keyed import (
    ACCEPTS_DOSE,
    ACROSS,
    CALLED,
    COMPLIES,
    DOSE_ORDER,
    FOUND,
    MEET,
    REPORTING,
    SECOND_RING,
    SEEKS_TEST,
    SEEKS_WHEN,
    TEST_RESULT,
    TRAVELLER,
    TRAVELLER_COURSE,
    TREATED,
    TURNS_UP,
    slot_of,
)
from seawall.twin.plain_city import ELSEWHERE, SITE, Case, City
from seawall.twin.plain_meet import mixing_contact, seat_met
from seawall.twin.tally import REASONS
from seawall.twin.travel import TRIES, poisson

LONGEST_BACK = 21
"""Days before a result that tracing can ask about at most."""


# ---------------------------------------------------------------------- doses


def give_doses(city: City) -> None:
    """Everybody whom a measure may offer a dose stands in a line; the first who can have one today get today's."""
    for lever in city.levers.doses:
        city.number(lever.measure)
        if lever.measure not in city.lines:
            city.lines[lever.measure] = _line(city, lever)
        given: list[int] = []
        for person in city.lines[lever.measure]:
            if len(given) >= int(lever.doses):
                break
            had = city.history[person].doses
            if lever.blocks[city.block(person)] and had == lever.from_doses and person not in city.dead:
                given.append(person)
        for person in given:
            met = city.history[person]
            city.charge(lever.measure, "doses", person=person)
            city.history[person] = History(
                doses=min(met.doses + 1, 3),
                product=lever.product,
                infected_by=met.infected_by,
                period=city.day // city.protection.period_days,
                dose_last=True,
            )
        served = set(given)
        city.lines[lever.measure] = [person for person in city.lines[lever.measure] if person not in served]


def _line(city: City, lever: Doses) -> list[int]:
    people = city.world.people
    line = []
    for person in range(people.residents):
        place = city.place(person)
        group = 255 if place is None else int(people.place_group[place])
        offered = lever.ages[0] <= city.age(person) <= lever.ages[1] and (not lever.groups or group in lever.groups)
        if offered and city.luck(ACCEPTS_DOSE, person) < lever.uptake:
            line.append(person)
    return sorted(line, key=lambda person: city.draw(DOSE_ORDER, person))


# ---------------------------------------------------------------------- arrivals


def arrive(city: City) -> None:
    """Today's travellers come: some stay at home, are stopped on the way or found at the station, or stay apart.

    An infected traveller is taken for a resident of a district who is not immune and comes home infected; how long
    ago is drawn evenly over the course of the infection. Of the others only numbers are kept.
    """
    for lever in city.levers.arrivals:
        at = slot_of(lever.measure)
        city.number(lever.measure)
        travellers = lever.travellers * (1 - lever.advised)
        _each_district(city, lever, "advised", lever.travellers * lever.advised)
        infected = poisson(city.luck(TRAVELLER, at, 1, day=city.day), travellers * lever.prevalence)
        taus = []
        for one in range(infected):
            luck = city.luck(TRAVELLER_COURSE, at, 4 * one, day=city.day)
            tau = int(luck * city.world.course.longest_days)
            then = tau - lever.test_before_days
            stopped = False
            if lever.test_before_days >= 0 and then >= 0:
                sensitivity = city.world.course.sensitivity[lever.variant, lever.before_kind]
                chance = sensitivity[min(then, sensitivity.size - 1)]
                stopped = city.luck(TRAVELLER_COURSE, at, 4 * one + 1, day=city.day) < chance
            if not stopped:
                taus.append(tau)
        _each_district(city, lever, "tests", travellers if lever.test_before_days >= 0 else 0.0)
        _each_district(city, lever, "stopped", float(infected - len(taus)))
        coming = travellers - (infected - len(taus))
        who = _residents(city, lever, at, len(taus))
        cases = list(
            city.infect(
                [person for person, _ in who],
                layer=ELSEWHERE,
                variant=[lever.variant] * len(who),
                days=[city.day - taus[one] for _, one in who],
            )
        )
        _at_the_station(city, lever, cases, coming)
        _stay(city, lever, cases, coming)
        for number in cases:
            case = city.cases[number]
            onset = case.day + case.run
            if case.run > 0 and city.day <= onset < city.day + lever.monitor_days:
                _test_later(city, onset, case.person, lever, "arrival", lever.measure)


def _residents(city: City, lever: Arrivals, at: int, many: int) -> list[tuple[int, int]]:
    """For each infected arrival a resident of a district, each once; who, and which arrival."""
    shares = list(accumulate(float(share) for share in lever.districts / lever.districts.sum()))
    found: dict[int, int] = {}
    for one in range(many):
        luck = [city.luck(TRAVELLER, at, 2 + TRIES * one + attempt, day=city.day) for attempt in range(TRIES)]
        district = min(sum(share <= luck[0] for share in shares), len(shares) - 1)
        living = [block for block in range(city.map.blocks) if city.map.district_of_block[block] == district]
        start = city.world.people.block_start
        low, high = (int(start[living[0]]), int(start[living[-1] + 1])) if living else (0, 0)
        for u in luck[1:]:
            person = low + int(u * (high - low))
            if high > low and person not in found and city.left(city.history[person], lever.variant)[0] > 0:
                found[person] = one
                break
    return list(found.items())


def _at_the_station(city: City, lever: Arrivals, cases: list[int], coming: float) -> None:
    if lever.test_on_arrival < 0:
        return
    kind, sensitivity = lever.test_on_arrival, city.world.course.sensitivity
    found = []
    for number in cases:
        case = city.cases[number]
        tau = min(city.day - case.day, sensitivity.shape[2] - 1)
        if city.luck(TEST_RESULT, case.person, 999, day=city.day) < sensitivity[lever.variant, kind, tau]:
            found.append(number)
    _each_district(city, lever, "tests", coming)
    _each_district(city, lever, "stopped", float(len(found)))
    reason = REASONS.index("arrival")
    city.tally.tests[city.day, :, kind, reason] += coming * lever.districts
    for number in found:
        city.tally.positives[city.day, city.district(city.cases[number].person), kind, reason] += 1
        city.find(number, "arrival", lever.turnaround_days, control=True)


def _stay(city: City, lever: Arrivals, cases: list[int], coming: float) -> None:
    if lever.stay_days <= 0:
        return
    people = [city.cases[number].person for number in cases]
    until = city.day + lever.stay_days
    asked = [(person, until, city.luck(COMPLIES, person) < lever.adherence) for person in people]
    apart = city.confine(asked, lever.where, lever.measure)
    others = max(coming - len(cases), 0.0)
    for day in range(city.day, until):
        days = others * (1.0 if lever.where == SITE else lever.adherence)
        for district, share in enumerate(lever.districts):
            city.charge(lever.measure, "stay_days", days * float(share), district=district, day=day)
    for day in lever.test_days:
        _each_district(city, lever, "tests", others)
        for person in people:
            if person in apart:
                _test_later(city, city.day + day, person, lever, "arrival", lever.measure)


def _each_district(city: City, lever: Arrivals, what: str, amount: float) -> None:
    for district, share in enumerate(lever.districts):
        city.charge(lever.measure, what, amount * float(share), district=district)


# ---------------------------------------------------------------------- tests


def rounds_of_tests(city: City) -> None:
    """Everybody in an area who is called today; who is called when is drawn once, and so is who never turns up."""
    for lever in city.levers.rounds:
        slot = slot_of(lever.measure, ROUND)
        if lever.share <= 0 or not lever.blocks.any():
            continue
        found = []
        for number, case in _not_found(city):
            person = case.person
            if not lever.blocks[city.block(person)] or not lever.ages[0] <= city.age(person) <= lever.ages[1]:
                continue
            called = lever.first <= city.luck(CALLED, person, slot) < lever.first + lever.share
            if called and city.luck(TURNS_UP, person) >= lever.missed and city.positive(case, lever.kind, slot):
                found.append(number)
        tested: Counter[tuple[int, int]] = Counter()
        for block, cls, residents in _residents_of_ages(city, lever.ages):
            if lever.blocks[block]:
                many = residents * lever.share * (1 - lever.missed)
                tested[int(city.map.district_of_block[block]), cls] += many  # type: ignore[assignment]
        _count_tests(city, lever.measure, lever.kind, "screening", tested, found, lever.pool)
        for number in found:
            city.find(number, "screening", lever.turnaround_days)


def routine_tests(city: City) -> None:
    """Workers of key groups, every so many days, each from a day of their own."""
    people = city.world.people
    for lever in city.levers.routine:
        slot, found = slot_of(lever.measure, ROUTINE), []
        for number, case in _not_found(city):
            person, place = case.person, city.place(case.person)
            if place is None or int(people.place_group[place]) not in lever.groups:
                continue
            if not lever.blocks[people.place_block[place]]:
                continue
            turn = (city.day + city.draw(CALLED, person, slot) % lever.every_days) % lever.every_days == 0
            turns_up = city.luck(TURNS_UP, person, slot, day=city.day) >= lever.missed
            if turn and turns_up and city.positive(case, lever.kind, slot):
                found.append(number)
        tested: Counter[tuple[int, int]] = Counter()
        for place in range(people.place_layer.size):
            block = int(people.place_block[place])
            if int(people.place_group[place]) in lever.groups and lever.blocks[block]:
                many = len(city.members(place)) / lever.every_days * (1 - lever.missed)
                tested[int(city.map.district_of_block[block]), -1] += many  # type: ignore[assignment]
        _count_tests(city, lever.measure, lever.kind, "key_group", tested, found, lever.pool)
        for number in found:
            city.find(number, "key_group", lever.turnaround_days)


def tests_of_the_ill(city: City) -> None:
    """Who fell ill and seeks a test today, and with them people ill of something else."""
    for lever in city.levers.symptom:
        slot, found = slot_of(lever.measure, ILL), []
        tested: Counter[tuple[int, int]] = Counter()
        for number, case in _not_found(city):
            if _seeks_today(city, lever, case, slot):
                tested[city.district(case.person), -1] += 1
                tells = city.luck(TURNS_UP, case.person, slot) < lever.p_report
                if tells and city.positive(case, lever.kind, slot):
                    found.append(number)
        for block in range(city.map.blocks):
            others = int(city.map.residents[block].sum()) * (lever.others_per_100k_a_day / 1e5)
            if lever.blocks[block]:
                tested[int(city.map.district_of_block[block]), -1] += others  # type: ignore[assignment]
        _count_tests(city, lever.measure, lever.kind, "symptoms", tested, found, 1)
        for number in found:
            city.find(number, "self_test" if lever.p_report < 1 else "symptoms", lever.turnaround_days)


def _seeks_today(city: City, lever: SymptomTests, case: Case, slot: int) -> bool:
    person, since_onset = case.person, city.day - case.day - case.run
    if case.run == 0 or since_onset < 0 or city.day - case.day >= city.world.course.sensitivity.shape[2]:
        return False
    if not lever.blocks[city.block(person)] or city.luck(SEEKS_TEST, person, slot) >= lever.p_seek:
        return False
    return int(geometric_days(lever.delay_days)[city.draw(SEEKS_WHEN, person, slot) & 255]) == since_onset


def _test_later(city: City, day: int, person: int, lever: Quarantine | Arrivals, reason: str, measure: str) -> None:
    entry = (person, lever.kind, lever.turnaround_days, REASONS.index(reason), city.number(measure))
    city.diary["test", max(day, city.day)].append(entry)


def tests_due(city: City) -> None:
    """Contacts and travellers on the days on which they are tested; each once a day, by the first order."""
    first: dict[int, tuple[int, ...]] = {}
    for entry in city.due("test"):
        first.setdefault(entry[0], entry)
    for order in sorted({entry[1:] for entry in first.values()}):
        kind, turnaround, reason, measure = order
        tested: Counter[tuple[int, int]] = Counter()
        found = []
        for person, *rest in first.values():
            if tuple(rest) != order:
                continue
            tested[city.district(person), city.age_class(person)] += 1
            number = city.latest.get(person)
            if number is None or city.cases[number].specimen is not None:
                continue
            if city.positive(city.cases[number], kind, slot_of("", DUE)):
                found.append(number)
        _count_tests(city, city.measures[measure], kind, REASONS[reason], tested, found, 1)
        for number in found:
            city.find(number, REASONS[reason], turnaround)


def _not_found(city: City) -> Iterator[tuple[int, Case]]:
    return ((number, case) for number, case in enumerate(city.cases) if case.specimen is None)


def _residents_of_ages(city: City, ages: tuple[int, int]) -> Iterator[tuple[int, int, float]]:
    """Block, class and residents of these ages; a class that the ages cut counts by its share."""
    for block in range(city.map.blocks):
        for cls in range(city.map.residents.shape[1]):
            years = [age for age in range(101) if AGE_CLASS[age] == cls]
            inside = sum(ages[0] <= age <= ages[1] for age in years) / len(years)
            yield block, cls, float(city.map.residents[block, cls]) * inside


def _count_tests(
    city: City, measure: str, kind: int, reason: str, tested: Counter[tuple[int, int]], found: list[int], pool: int
) -> None:
    """Count tests by district and class (-1: by district alone), positives, and the burden of both.

    Where specimens are pooled, the members of a pool with a positive are tested again one by one. Of the uninfected,
    as many as the specificity says are told that they are infected.
    """
    at, specificity = REASONS.index(reason), float(city.world.course.specificity[kind])
    positives = Counter(city.district(city.cases[number].person) for number in found)
    for (district, cls), many in tested.items():
        city.charge(measure, "tests", many, district=district, age_class=cls)
    for district in range(city.tally.districts):
        many = sum(tests for (where, _), tests in tested.items() if where == district)
        city.tally.tests[city.day, district, kind, at] += many
        city.tally.positives[city.day, district, kind, at] += positives[district]
        pooled = kind == PCR_POOLED and pool > 1
        again = pool * min(float(positives[district]), many / pool) if pooled else 0.0
        city.charge(measure, "assays", many / max(pool, 1) + again, district=district)
        city.charge(measure, "false_alarms", (many - positives[district]) * (1 - specificity), district=district)


# ---------------------------------------------------------------------- results


def results(city: City) -> None:
    """Results come in: cases are reported, isolated, treated, and asked whom they met."""
    numbers = sorted(number for (number,) in city.due("result"))
    for number in numbers:
        _report(city, number)
    for isolation in city.levers.isolation:
        _isolate(city, isolation, numbers)
    for treatment in city.levers.treatment:
        courses = 0
        for number in numbers:
            case = city.cases[number]
            luck = city.luck(TREATED, case.person)
            if treatment.ages[0] <= city.age(case.person) <= treatment.ages[1] and luck < treatment.reach:
                courses += 1
                if courses <= treatment.courses:
                    city.charge(treatment.measure, "treatments", person=case.person)
                    if luck < treatment.reach * treatment.effect and case.day + case.admission > city.day:
                        case.need, case.dies, case.dies_without = 0, False, False
    for tracing in city.levers.tracing:
        numbers = _trace(city, tracing, numbers)


def _report(city: City, number: int) -> None:
    case, tally = city.cases[number], city.tally
    case.report = city.day + city.report_delays[city.draw(REPORTING, case.person) & 255]
    if case.report < city.days:
        block = city.block(case.person)
        tally.reports[case.report, block] += 1
        tally.in_control[case.report, block] += case.in_control
        tally.imported[case.report, block] += case.layer == ELSEWHERE


def _isolate(city: City, lever: Isolation, numbers: list[int]) -> None:
    measure = city.number(lever.measure)
    until = city.day + lever.delay_days + lever.days
    asked = []
    for number in numbers:
        case = city.cases[number]
        if not lever.blocks[city.block(case.person)]:
            continue
        complies = city.luck(COMPLIES, case.person) < lever.adherence
        if lever.delay_days > 0:
            case.isolated = city.day + lever.delay_days
            city.diary["isolation", case.isolated].append((case.person, until, measure, lever.where, int(complies)))
        else:
            asked.append((case.person, until, complies))
    apart = city.confine(asked, lever.where, lever.measure)
    for number in numbers:
        if lever.blocks[city.block(city.cases[number].person)] and city.cases[number].person in apart:
            city.cases[number].isolated = city.day


def _trace(city: City, lever: Tracing, numbers: list[int]) -> list[int]:
    """Find the contacts of as many cases as staff can follow up; gives back the cases of other places."""
    city.number(lever.measure)
    mine = [number for number in numbers if lever.blocks[city.block(city.cases[number].person)]]
    others = [number for number in numbers if number not in mine]
    followed = mine[: int(lever.cases_a_day)]
    for number in mine[len(followed) :]:
        city.charge(lever.measure, "untraced", person=city.cases[number].person)
    if not followed:
        return others
    first_ring = _latest(pair for number in followed for pair in _contacts(city, lever, city.cases[number]))
    second_ring = _latest(
        (member, when)
        for person, when in first_ring.items()
        for member in city.household(person)
        if member not in first_ring and city.luck(SECOND_RING, member) < lever.second_ring
    )
    for ring, people in ((1, first_ring), (2, second_ring)):
        for person, when in sorted(people.items()):
            city.charge(lever.measure, "traced", person=person)
            city.diary["contact", city.day + lever.delay_days].append((person, when, ring))
    return others


def _contacts(city: City, lever: Tracing, case: Case) -> Iterator[tuple[int, int]]:
    """Contacts of a case that are found, and the day of contact.

    Asked about are the days from the specimen, or the onset where that is earlier, back. Members of the household and
    those who sit nearest are met every day; the others are met again as the draws of each day have it. Who infected
    the case is a contact too.
    """
    assert case.specimen is not None
    person, today = case.person, city.day
    block, cls, people = city.block(person), city.age_class(person), city.world.people
    onset = case.day + case.run if case.run > 0 else case.specimen
    earliest = today - LONGEST_BACK
    asked_from = max(min(case.specimen, onset) - lever.days_back, earliest)

    def named(other: int, chance: float) -> bool:
        return city.luck(FOUND, person, other) < chance

    for other in city.household(person):
        if other != person and named(other, float(lever.p_find[0])):
            yield other, today - 1
    place = city.place(person)
    if place is not None:
        layer, members = int(people.place_layer[place]), city.members(place)
        seat = members.index(person)
        ring = min(int(city.world.contacts.ring[layer]), len(members) - 1)
        across = int(city.world.contacts.across[layer]) if len(members) - 1 > ring else 0
        chance = float(lever.p_find[layer] * city.levers.contact[layer, block])
        for slot in range(ring + across):
            days = range(min(asked_from, today - 1), today) if slot >= ring else range(today - 1, today)
            for day in days:
                word = city.draw(ACROSS, person, slot, day=day)
                other = members[seat_met(slot, seat, len(members), ring, word)]
                if day >= earliest and named(other, chance):
                    yield other, day
    for mix in range(3):
        chance = float(lever.p_find[4 + mix] * city.levers.contact[4 + mix, block])
        for day in range(asked_from, today):
            for slot in range(int(city.world.ground.mix_slots[mix, cls])):
                word = city.draw(MEET, person, mix * 256 + slot, day=day)
                met, _ = mixing_contact(city, mix, block, cls, word)
                if met is not None and met != person and named(met, chance):
                    yield met, day
    if case.infector >= 0 and case.day >= asked_from and case.layer >= 1:
        other = city.cases[case.infector].person
        if named(other, float(lever.p_find[case.layer])):
            yield other, case.day


def _latest(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Each person once, with the latest day."""
    latest: dict[int, int] = {}
    for person, day in pairs:
        latest[person] = max(day, latest.get(person, day))
    return latest


def tell_contacts(city: City) -> None:
    """Contacts who are reached today are kept apart and tested; cases whose isolation was delayed go into it."""
    cases = city.due("isolation")
    for where, measure in sorted({(entry[3], entry[2]) for entry in cases}):
        mine = [entry for entry in cases if (entry[3], entry[2]) == (where, measure)]
        ends = _latest((person, until) for person, until, *_ in mine)
        willing = {person for person, *_, complies in mine if complies}
        asked = [(person, until, person in willing) for person, until in sorted(ends.items())]
        city.confine(asked, where, city.measures[measure])
    contacts = city.due("contact")
    for ring in (1, 2):
        told = sorted(_latest((person, when) for person, when, which in contacts if which == ring).items())
        for lever in city.levers.quarantine:
            days = lever.days if ring == 1 else lever.second_days
            if days > 0 and told:
                _quarantine(city, lever, told, days)


def _quarantine(city: City, lever: Quarantine, told: list[tuple[int, int]], days: int) -> None:
    """Keep contacts apart for some days after the last contact; test those who are, on the days of the measure."""
    ends = {person: when + 1 + days for person, when in told if lever.blocks[city.block(person)]}
    if ends:
        city.number(lever.measure)
    asked = [(person, until, city.luck(COMPLIES, person) < lever.adherence) for person, until in ends.items()]
    apart = city.confine(asked, lever.where, lever.measure)
    for day in lever.test_days:
        for person, until in ends.items():
            if person in apart and until >= city.day + day:
                # tests of today have been taken by now: those of the first day are taken on the next
                _test_later(city, city.day + max(day, 1), person, lever, "contact", lever.measure)
