"""A city folder becomes its residents: each with a home, an age, a place by day and people to meet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from seawall.city.layers import OLDEST
from seawall.city.read import City
from seawall.city.synth import cache as kept
from seawall.city.synth import daily, households, jobs, luck, mixing, trips, vaccines
from seawall.city.synth.ages import Residents, blocks_of, dealt, residents_of
from seawall.city.synth.contacts import Contacts
from seawall.city.synth.defaults import CARE_HOME, CHRONIC, EMPLOYMENT, ENROLMENT, FEMALE, HOUSEHOLD_SIZES
from seawall.city.synth.people import People, ordered_by_class
from seawall.city.synth.places import Homes, places_of
from seawall.core import Fault, InvalidInput

VERSION = 1
"""Raised by one whenever the same folder and seed give other people."""

MOST_RESIDENTS = 2**32 - 2

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    return None


def synthesise(
    city: City, *, seed: int = 1, cache: Path | None = None, progress: Progress = _silent
) -> tuple[People, Contacts]:
    """Every resident of a city, and how they meet.

    The same folder and seed always give the same people. They are kept on disk and mapped into memory, so a second
    call costs nothing.

    Args:
        city: the folder, see `read_city`. Only `areas` with populations must be there; `population`, `trips`,
            `sectors`, `places` and `doses` are used where they are, and `People.meta` names what stood in for them.
        seed: of all that is drawn.
        cache: folder in which syntheses are kept; None: ``SEAWALL_CACHE``, else the user's cache.
        progress: told what is being done.

    Raises:
        InvalidInput: nothing says how many people live where, or they are too many.
    """
    folder = (cache if cache is not None else kept.cache_folder()) / f"{city.fingerprint}-{seed}-v{VERSION}"
    found = kept.load(folder)
    if found is not None:
        return found
    people, contacts = made(city, seed, progress)
    progress("keeping")
    try:
        kept.save(folder, people, contacts)
    except OSError:
        return people, contacts  # nowhere to keep it: it is made again next time
    del people
    found = kept.load(folder)
    if found is None:
        raise InvalidInput(f"{folder} changed while it was written; run again.")
    return found


def made(city: City, seed: int, progress: Progress = _silent) -> tuple[People, Contacts]:
    """As `synthesise`, without looking for or keeping anything."""
    progress("ages")
    residents = residents_of(city)
    count = int(residents.by_age.sum())
    if count > MOST_RESIDENTS:
        raise InvalidInput(
            f"{city.root.name} has {count:,} residents; the synthesis takes up to {MOST_RESIDENTS:,}.",
            [Fault(file="areas", column="population", problem="the sum is too large", mend="Check the populations")],
        )
    defaults = list(residents.defaults)
    parts = blocks_of(residents.by_age)
    by_age = dealt(residents.by_age, parts)
    area_of_block = np.repeat(np.arange(parts.size), parts).astype(np.int32)
    district_of_block = residents.district_of_area[area_of_block]
    block_start = np.concatenate([[0], np.cumsum(by_age.sum(axis=1, dtype=np.int64))])

    progress("households")
    ages = np.arange(OLDEST + 1)
    age = np.empty(count, dtype=np.uint8)
    household = np.empty(count, dtype=np.uint8)
    traits = np.zeros(count, dtype=np.uint8)
    role = np.zeros(count, dtype=np.uint8)
    households.settle(
        by_age,
        block_start,
        np.array(HOUSEHOLD_SIZES.values) / sum(HOUSEHOLD_SIZES.values),
        CARE_HOME.by_age(ages),
        FEMALE.by_age(ages),
        luck.base(seed, "households"),
        age,
        household,
        traits,
        role,
    )
    defaults += [default.sentence for default in (HOUSEHOLD_SIZES, CARE_HOME, ENROLMENT, EMPLOYMENT, FEMALE, CHRONIC)]

    progress("work and school")
    towards = trips.destinations(city, residents, defaults)
    sectors, sector_share, workers = jobs.sectors_of(city, residents.district_ids, defaults)
    history_of, history_pick = vaccines.vaccinated(city, residents.district_ids, _by_district(residents), defaults)
    enrolled = ENROLMENT.by_age(ages)
    working = _working(residents, enrolled, workers, defaults)
    work_pick = trips.picks(towards)
    block = np.empty(count, dtype=np.uint16)
    history = np.empty(count, dtype=np.uint8)
    students = np.zeros((by_age.shape[0], daily.YEARS + 1), dtype=np.int64)
    in_district = np.zeros(len(residents.district_ids), dtype=np.int64)
    occupied = luck.base(seed, "daily")
    daily.occupy(
        age,
        block_start,
        district_of_block,
        enrolled,
        working,
        CHRONIC.by_age(ages),
        history_pick,
        work_pick,
        occupied,
        role,
        block,
        traits,
        history,
        students,
        in_district,
    )
    homes = Homes(
        area_ids=residents.area_ids,
        district_ids=residents.district_ids,
        area_of_block=area_of_block,
        district_of_block=district_of_block,
        block_start=block_start,
        role=role,
        students=students,
        workers=in_district,
        work_pick=work_pick,
    )
    progress("places")
    places = places_of(city, homes, sectors, sector_share, occupied, seed, defaults)
    del homes, role

    progress("contacts")
    order = ordered_by_class(age, block, district_of_block)
    contacts = mixing.contacts_of(
        order["order_count"].sum(axis=0, dtype=np.int64), _by_district(residents).sum(axis=1), towards
    )
    meta: dict[str, Any] = {
        "seed": seed,
        "city": city.name,
        "fingerprint": city.fingerprint,
        "synthesis": VERSION,
        "defaults": list(dict.fromkeys(defaults)),
    }
    people = People(
        area_ids=residents.area_ids,
        district_ids=residents.district_ids,
        sectors=sectors,
        district_of_area=residents.district_of_area,
        area_of_block=area_of_block,
        block_start=block_start,
        age=age,
        block=block,
        household=household,
        traits=traits,
        history=history,
        histories=history_of,
        meta=meta,
        **places,
        **order,
    )
    for value in vars(people).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return people, contacts


def _by_district(residents: Residents) -> np.ndarray:
    """Residents by district and age, int64."""
    found = np.zeros((len(residents.district_ids), residents.by_age.shape[1]), dtype=np.int64)
    np.add.at(found, residents.district_of_area, residents.by_age)
    return found


def _working(residents: Residents, enrolled: np.ndarray, workers: float | None, defaults: list[str]) -> np.ndarray:
    """Share that works of those not enrolled, by age; scaled to the workers the folder tells, as far as that goes."""
    working = EMPLOYMENT.by_age(np.arange(enrolled.size))
    free = residents.by_age.sum(axis=0) * (1 - enrolled)
    if workers is None or not (free * working).sum() > 0:
        return working
    low, high = 0.0, 10.0
    for _ in range(50):
        factor = (low + high) / 2
        if (free * np.minimum(working * factor, 0.97)).sum() < workers:
            low = factor
        else:
            high = factor
    if high > 9.99:
        defaults.append("The table sectors has more workers than there are people of working age; all of them work.")
    return np.asarray(np.minimum(working * high, 0.97))
