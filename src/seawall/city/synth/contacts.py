"""How many people one meets, where, and of what age."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from seawall.city.layers import LAYERS, MIXING
from seawall.city.synth.people import People


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """Daily contacts by layer, as the twin draws them.

    Household members all meet every day. In a class, team or ward one meets the `ring` members that sit nearest,
    the same every day, and `across` others, drawn anew each day. A mixing contact falls on somebody of the own block
    with probability `local_share`, else on a resident of a district drawn by `coupling`; of what age, `age_mix` says.

    Attributes:
        ring: int, shape (layer,). Nearest members met daily, an even number; only school, work and care home count.
        across: int, shape (layer,). Further members met daily, drawn anew; the same layers.
        mixing: float, shape (mixing layer, age class). Contacts a day in community, transport and public places.
        age_mix: float, shape (mixing layer, age class, age class). Class of the person met; rows sum to 1.
        coupling: float, shape (mixing layer, district, district). District of the person met; rows sum to 1.
        local_share: float, shape (mixing layer,). Contacts within the own block.
        institution: float, shape (3,). Daily contacts with staff and others of who lies in a hospital, stays at a
            quarantine site, or lives at work in a closed loop.
        sources: where each of these numbers comes from.
    """

    ring: np.ndarray
    across: np.ndarray
    mixing: np.ndarray
    age_mix: np.ndarray
    coupling: np.ndarray
    local_share: np.ndarray
    institution: np.ndarray
    sources: dict[str, str] = field(default_factory=dict)


def mix_alike(
    people: People, contacts_per_day: float, *, ring: int = 0, across: int = 0, institution: float = 0.0
) -> Contacts:
    """All mix alike in the community and meet nobody on transport or in public; for worlds solved by hand."""
    by_class = people.by_class
    classes = by_class.sum(axis=0) / people.residents
    districts = np.bincount(people.district_of_block, by_class.sum(axis=1)) / people.residents
    mixing = np.zeros((len(MIXING), classes.size))
    mixing[0] = contacts_per_day
    return Contacts(
        ring=np.full(len(LAYERS), ring),
        across=np.full(len(LAYERS), across),
        mixing=mixing,
        age_mix=np.tile(classes, (len(MIXING), classes.size, 1)),
        coupling=np.tile(districts, (len(MIXING), districts.size, 1)),
        local_share=np.zeros(len(MIXING)),
        institution=np.full(3, institution),
        sources={"all": "assumed: a world solved by hand"},
    )
