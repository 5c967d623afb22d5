"""No rule file whatsoever ends in a traceback."""

import copy
import tomllib
from datetime import date
from importlib import resources

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.city import Area, AreaTree
from seawall.core import InvalidInput
from seawall.zones import Seen, draw_zones, lint_rules, parse_rules, shipped
from seawall.zones.measure import Series
from seawall.zones.seen import INFECTIONS
from seawall.zones.vocabulary import INPUTS

SHIPPED = {
    key: tomllib.loads((resources.files("seawall.zones") / "rules" / f"{key}.toml").read_text(encoding="utf-8"))
    for key in shipped()
}
AREAS = AreaTree.of(
    [
        Area(area_id="C", parent_id=None, level="city", name="City", population=50_000),
        Area(area_id="D", parent_id="C", level="district", name="East", population=50_000),
    ]
)
DAYS = 30
WORLD = Seen(
    on=date(2022, 8, 30),
    areas=AREAS,
    series={
        level: Series(
            values={name: np.full((DAYS, 1), 40.0) for name, known in INPUTS.items() if known.kind != "unit"},
            residents=np.array([50_000.0]),
        )
        for level in ("city", "district")
    },
    level_areas={"city": ("C",), "district": ("D",)},
    infections=pl.DataFrame(
        [(date(2022, 8, day), "D", None, 2.0, 1.0, False) for day in (3, 20, 28)], schema=INFECTIONS, orient="row"
    ),
)
word = st.sampled_from(
    ["high", "N", "N >= 3", "infections", "residents", "nationality", "", "x", "stay_home", "found", "city", "负债"]
)
leaf = st.one_of(
    word, st.text(max_size=8), st.integers(-5, 10**6), st.booleans(), st.floats(), st.dates(), st.datetimes()
)
value = st.recursive(
    leaf, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(word, inner, max_size=3)), max_leaves=6
)


def paths(document, so_far=()):
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, inner in items:
        yield (*so_far, key)
        if isinstance(inner, (dict, list)):
            yield from paths(inner, (*so_far, key))


@settings(max_examples=250, deadline=None, derandomize=True)
@given(st.data(), st.sampled_from(sorted(SHIPPED)))
def test_a_shipped_file_with_anything_put_anywhere_is_used_or_refused(data, key):
    document = copy.deepcopy(SHIPPED[key])
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(list(paths(document))))
        inside = document
        for step in path[:-1]:
            inside = inside[step]
        if data.draw(st.booleans()):
            inside[path[-1]] = data.draw(value)
        else:
            del inside[path[-1]]
    faults = lint_rules(document, file="own.toml")
    assert all(str(fault).startswith("own.toml") for fault in faults)
    if not faults:
        drawn = draw_zones(WORLD, parse_rules(document, file="own.toml"))
        assert set(drawn.zones["tier"]) <= {*drawn.tiers, None}


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.dictionaries(st.one_of(word, st.sampled_from(sorted(SHIPPED["china-9th"]))), value, max_size=6))
def test_any_document_is_refused_with_its_faults(document):
    with pytest.raises(InvalidInput) as refused:
        parse_rules(document, file="own.toml")
    assert refused.value.faults
