"""The catalogue of pathogens, by key."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from seawall.core import InvalidInput
from seawall.disease.coronaviruses import COVID_ANCESTRAL, COVID_DELTA, COVID_OMICRON_BA2, MERS, SARS_2003
from seawall.disease.disease_x import DISEASE_X
from seawall.disease.other_viruses import INFLUENZA_1918, INFLUENZA_2009, MEASLES
from seawall.disease.pathogen import Pathogen

CATALOGUE: Mapping[str, Pathogen] = MappingProxyType(
    {
        entry.key: entry
        for entry in (
            COVID_ANCESTRAL,
            COVID_DELTA,
            COVID_OMICRON_BA2,
            INFLUENZA_2009,
            INFLUENZA_1918,
            SARS_2003,
            MERS,
            MEASLES,
            DISEASE_X,
        )
    }
)
"""Every pathogen we know, by key."""


def pathogen(key: str) -> Pathogen:
    """The pathogen of that key.

    Raises:
        InvalidInput: there is none; names the nearest.
    """
    if key in CATALOGUE:
        return CATALOGUE[key]
    near = difflib.get_close_matches(key.strip().lower(), CATALOGUE, n=1, cutoff=0.4)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    raise InvalidInput(f"There is no pathogen {key!r} in the catalogue.{guess} It has: {', '.join(CATALOGUE)}.")
