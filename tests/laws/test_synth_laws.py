"""Whatever the tables say: nobody is lost, margins hold, and a seed is a city."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds.test_synth_worlds import check_whole, folder

from seawall.city.synth.rounding import table_with_margins
from seawall.city.synth.synthesise import made

BANDS = ((0, 4), (5, 17), (18, 39), (40, 64), (65, 120))
AREAS = st.lists(st.lists(st.integers(0, 400), min_size=5, max_size=5), min_size=1, max_size=6).filter(
    lambda areas: sum(map(sum, areas)) > 0
)


def city_of(root, areas):
    lines = ["area_id,parent_id,level,name,population", "C,,city,City,", "D,C,district,D,", "E,C,district,E,"]
    lines += [f"a{row},{'DE'[row % 2]},subdistrict,a{row},{sum(persons)}" for row, persons in enumerate(areas)]
    bands = ["area_id,age_from,age_to,persons"]
    for row, persons in enumerate(areas):
        bands += [f"a{row},{low},{high},{count}" for (low, high), count in zip(BANDS, persons, strict=True)]
    if len(areas) == 1:
        lines.remove("E,C,district,E,")
    return folder(root, "\n".join(lines) + "\n", population="\n".join(bands) + "\n")


@settings(max_examples=25, deadline=None, derandomize=True)
@given(areas=AREAS, seed=st.integers(0, 1000))
def test_nobody_is_lost_and_ages_are_as_told(areas, seed):
    with tempfile.TemporaryDirectory() as scratch:
        people, contacts = made(city_of(Path(scratch) / "c", areas), seed)
    check_whole(people)
    area = people.area_of_block[people.block]
    told = {f"a{row}": persons for row, persons in enumerate(areas)}
    assert set(people.area_ids) == {code for code, persons in told.items() if sum(persons)}
    for row, code in enumerate(people.area_ids):
        ages = people.age[area == row]
        assert [int(((ages >= low) & (ages <= high)).sum()) for low, high in BANDS] == told[code]
    classes = people.by_class.sum(axis=0)
    for mix in range(3):
        assert np.allclose(contacts.age_mix[mix].sum(axis=1), 1)
        made_by = (classes * contacts.mixing[mix])[:, None] * contacts.age_mix[mix]
        assert np.abs(made_by - made_by.T).max() <= 1e-6 * max(made_by.max(), 1e-9)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rows=st.lists(st.integers(0, 3000), min_size=1, max_size=30), cut=st.lists(st.floats(0, 1), max_size=8))
def test_both_margins_of_a_table_are_kept(rows, cut):
    edges = [0, *sorted(round(share * sum(rows)) for share in cut), sum(rows)]
    columns = np.diff(edges)
    table = table_with_margins(np.array(rows), columns)
    assert (table >= 0).all()
    assert np.array_equal(table.sum(axis=1), rows)
    assert np.array_equal(table.sum(axis=0), columns)


def test_a_seed_is_a_city_and_another_seed_another(tmp_path):
    city = city_of(tmp_path / "c", [[30, 100, 300, 300, 90], [60, 10, 300, 30, 90]])
    (first, _), (again, _), (other, _) = made(city, 5), made(city, 5), made(city, 6)
    arrays = [name for name, value in vars(first).items() if isinstance(value, np.ndarray)]
    assert len(arrays) == 19
    for name in arrays:
        assert np.array_equal(getattr(first, name), getattr(again, name)), name
    assert not np.array_equal(first.age, other.age)
    assert not np.array_equal(first.members, other.members)
