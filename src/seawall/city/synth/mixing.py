"""How many one meets in community, transport and public places, of what age and from which district."""

from __future__ import annotations

import numpy as np

from seawall.city.layers import AGE_CLASS_FROM, CARE_HOME, COMMUNITY, LAYERS, MIXING, SCHOOL, TRANSPORT, WORK
from seawall.city.synth.contacts import Contacts
from seawall.city.synth.defaults import Default

_SURVEY = "contact survey in Shanghai, December 2017 to May 2018 (Zhang et al. 2019, Scientific Reports 9:15141)"

OUTSIDE = Default(
    about="Contacts a day outside home, school and work, by age class",
    unit="contacts a day",
    at=AGE_CLASS_FROM,
    values=(1.8, 2.2, 2.4, 2.8, 3.7, 4.4, 4.2, 4.0, 4.6, 5.8, 6.9, 7.1, 8.0, 8.4, 8.0, 6.8),
    source=f"{_SURVEY}, means by age of the participant, smoothed by us over neighbouring classes",
    confidence="found",
    high=40.0,
)

ON_TRANSPORT = Default(
    about="Share of these contacts that are made on buses and trains, by age",
    unit="fraction of contacts",
    at=(0, 15, 20, 60, 70),
    values=(0.08, 0.15, 0.20, 0.12, 0.08),
    source="chosen by us",
    confidence="assumed",
)

IN_PUBLIC = Default(
    about="Share of these contacts that are made in shops, restaurants and other public places",
    unit="fraction of contacts",
    values=(0.40,),
    source="chosen by us",
    confidence="assumed",
)

ALIKE = Default(
    about="How much oftener than by chance one meets people of one's age outside (excess at the same age, years over "
    "which it falls) in community, transport, public",
    unit="ratio; year",
    values=(3.0, 9.0, 0.5, 12.0, 1.0, 12.0),
    source=f"in the manner of the {_SURVEY}",
    confidence="assumed",
    high=100.0,
)

NEAR_HOME = Default(
    about="Share of contacts that are made within the own block, in community, transport, public",
    unit="fraction of contacts",
    values=(0.6, 0.0, 0.15),
    source="chosen by us",
    confidence="assumed",
)

CITY_WIDE = Default(
    about="Share of contacts under way that fall on anybody in the city",
    unit="fraction of contacts",
    values=(0.3,),
    source="chosen by us",
    confidence="assumed",
)

AT_PLACES = Default(
    about="Nearest members met daily and further ones drawn each day, in a class, a team and a ward",
    unit="contacts a day",
    values=(6.0, 4.0, 4.0, 5.0, 4.0, 4.0),
    source="to give some 10 at school and 8 at work: Mistry et al. 2021, Nature Communications 12:323, weigh school "
    "with 11.4 and work with 8.1 contacts a day; the split is chosen by us",
    confidence="found",
    high=60.0,
)

INSTITUTION = Default(
    about="Contacts a day of who lies in a hospital, stays at a quarantine site, lives at work",
    unit="contacts a day",
    values=(8.0, 2.0, 10.0),
    source="chosen by us",
    confidence="assumed",
    high=60.0,
)

DEFAULTS = (OUTSIDE, ON_TRANSPORT, IN_PUBLIC, ALIKE, NEAR_HOME, CITY_WIDE, AT_PLACES, INSTITUTION)
"""All of them."""


def contacts_of(classes: np.ndarray, people: np.ndarray, destinations: np.ndarray) -> Contacts:
    """How the residents of a city meet.

    Args:
        classes: int64, shape (age class,). Residents.
        people: int64, shape (district,). Residents.
        destinations: float64, shape (district, district). Where one spends the day; rows sum to 1.
    """
    ages = np.array(AGE_CLASS_FROM)
    outside = np.array(OUTSIDE.values)
    on_transport = ON_TRANSPORT.by_age(ages)
    in_public = np.full(ages.size, IN_PUBLIC.value)
    mixing = outside * np.stack([1 - on_transport - in_public, on_transport, in_public])
    ring, across = np.zeros(len(LAYERS), dtype=np.int64), np.zeros(len(LAYERS), dtype=np.int64)
    for at, layer in enumerate((SCHOOL, WORK, CARE_HOME)):
        ring[layer], across[layer] = int(AT_PLACES.values[2 * at]), int(AT_PLACES.values[2 * at + 1])
    at_home = np.eye(people.size)
    anybody = np.tile(people / people.sum(), (people.size, 1))
    met_by_day = met_where(destinations, people)
    met_near = met_where((at_home + destinations) / 2, people)
    coupling = {
        COMMUNITY: met_near,
        TRANSPORT: (1 - CITY_WIDE.value) * met_by_day + CITY_WIDE.value * anybody,
    }
    return Contacts(
        ring=ring,
        across=across,
        mixing=mixing,
        age_mix=np.stack(
            [
                reciprocal(classes, mixing[mix], ages + 2.5, ALIKE.values[2 * mix], ALIKE.values[2 * mix + 1])
                for mix in range(len(MIXING))
            ]
        ),
        coupling=np.stack([coupling.get(layer, met_by_day) for layer in MIXING]),
        local_share=np.array(NEAR_HOME.values),
        institution=np.array(INSTITUTION.values),
        sources={
            "ring, across": AT_PLACES.sentence,
            "mixing": " ".join(default.sentence for default in (OUTSIDE, ON_TRANSPORT, IN_PUBLIC)),
            "age_mix": ALIKE.sentence,
            "coupling": f"who is where by day: trips, or what stands in for them. {CITY_WIDE.sentence}",
            "local_share": NEAR_HOME.sentence,
            "institution": INSTITUTION.sentence,
        },
    )


def met_where(destinations: np.ndarray, people: np.ndarray) -> np.ndarray:
    """District of the person met by who mixes with all that are present in a district; rows sum to 1.

    Residents of i meet those of j in proportion to the sum over districts k of P(i, k) P(j, k) N(j) / (all present
    in k): the number of contacts between i and j is the same seen from both.

    Args:
        destinations: float64, shape (district, district). P.
        people: int64, shape (district,). N.
    """
    present = people[:, None] * destinations
    total = present.sum(axis=0)
    share = np.divide(present, total, out=np.zeros_like(present), where=total > 0)
    return np.asarray(destinations @ share.T)


def reciprocal(classes: np.ndarray, contacts: np.ndarray, age: np.ndarray, excess: float, years: float) -> np.ndarray:
    """Age class of the person met, float64, shape (class, class); rows sum to 1.

    Contacts between two classes are as many seen from either: a symmetric table with the contacts of each class as
    margins, near chance times ``1 + excess exp(-|difference| / years)``.

    Args:
        classes: int64, shape (class,). Residents.
        contacts: float64, shape (class,). Contacts a day.
        age: float64, shape (class,). Middle age.
        excess, years: preference for one's own age.
    """
    margin = classes * contacts
    chance = margin / max(margin.sum(), 1e-300)
    table = np.outer(margin, chance) * (1 + excess * np.exp(-np.abs(age[:, None] - age[None]) / years))
    scale = np.ones(margin.size)
    for _ in range(500):
        rows = table @ scale
        scale = np.sqrt(scale * np.divide(margin, rows, out=np.zeros_like(margin), where=rows > 0))
    table = scale[:, None] * table * scale[None]
    rows = table.sum(axis=1, keepdims=True)
    return np.asarray(np.where(rows > 0, table / np.where(rows > 0, rows, 1.0), chance[None]))
