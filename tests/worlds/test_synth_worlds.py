"""Small cities written by hand: who lives there, in whole homes, each at one place."""

import os
import threading

import numpy as np
import pytest

from seawall.city import read_city
from seawall.city.layers import AGE_CLASS_FROM, NOWHERE, SCHOOL, WORK
from seawall.city.synth import synthesise
from seawall.city.synth.cache import TABLE, load
from seawall.city.synth.people import AGE_CLASS, one_block, ordered_by_class
from seawall.city.synth.rounding import largest_remainder, split_by_shares, table_with_margins
from seawall.city.synth.synthesise import made
from seawall.core import InvalidInput

AREAS = """area_id,parent_id,level,name,population
C,,city,City,
A,C,district,A,9000
B,C,district,B,{b}
B1,B,subdistrict,B1,
B2,B,subdistrict,B2,{b2}
"""


def folder(root, areas, **tables):
    root.mkdir(parents=True, exist_ok=True)
    (root / "city.toml").write_text('name = "Tiny"\n', encoding="utf-8")
    (root / "areas.csv").write_text(areas, encoding="utf-8")
    (root / "counts.csv").write_text("date,area_id,event,count\n2024-01-01,C,reports,1\n", encoding="utf-8")
    for name, text in tables.items():
        (root / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_city(root)


def check_whole(people):
    """Everybody lives in exactly one home and sits at most at one place, and all lists say so."""
    n = people.residents
    size, position = people.household & 15, people.household >> 4
    first = np.arange(n) - position
    assert (position < size).all()
    assert (people.household[first] == size).all()  # position 0, the same size
    assert (people.block[first] == people.block).all()
    assert size[position == 0].sum() == n
    assert (np.diff(people.block.astype(int)) >= 0).all()
    assert (np.bincount(people.block, minlength=people.area_of_block.size) == np.diff(people.block_start)).all()
    assert (np.diff(people.area_of_block) >= 0).all()
    assert (np.diff(people.district_of_area) >= 0).all()
    sizes = np.diff(people.place_start.astype(int))
    assert people.members.size == people.place_start[-1] == np.unique(people.members).size
    assert (np.diff(people.place_block.astype(int)) >= 0).all()
    assert sizes.size == 0 or (sizes.min() >= 1 and sizes.max() <= 255)
    there = np.nonzero(people.place != NOWHERE)[0]
    assert there.size == people.members.size
    place = people.place[there]
    assert (people.members[people.place_start[place].astype(int) + people.seat[there]] == there).all()
    assert (people.history < len(people.histories)).all()
    assert people.histories[0] == {"doses": 0}
    assert np.array_equal(np.sort(people.order), np.arange(n))


def test_areas_with_and_without_a_population(tmp_path):
    people, contacts = made(folder(tmp_path / "c", AREAS.format(b=5000, b2=2000)), 1)
    check_whole(people)
    assert people.area_ids == ("A", "B1", "B2")
    assert people.district_ids == ("A", "B")
    lived = np.bincount(people.area_of_block[people.block])
    assert lived.tolist() == [9000, 3000, 2000]  # B1 has what B2 leaves
    assert (people.area_of_block == 0).sum() == 3  # 9,000 in blocks of about 4,000
    assert any("siblings" in sentence for sentence in people.meta["defaults"])
    assert np.allclose(contacts.coupling.sum(axis=2), 1)
    assert np.allclose(contacts.age_mix.sum(axis=2), 1)


def test_parts_that_say_nothing_leave_the_district_whole(tmp_path):
    people, _ = made(folder(tmp_path / "c", AREAS.format(b=5000, b2="")), 1)
    assert people.area_ids == ("A", "B")
    check_whole(people)


def test_a_city_of_one_area_and_one_person(tmp_path):
    people, _ = made(folder(tmp_path / "c", "area_id,parent_id,level,name,population\nC,,city,C,1\n"), 1)
    check_whole(people)
    assert people.residents == 1
    assert people.district_ids == ("C",)


def test_nothing_known_is_refused(tmp_path):
    areas = "area_id,parent_id,level,name,population\nC,,city,C,\nA,C,district,A,\n"
    with pytest.raises(InvalidInput, match="no area has a population"):
        made(folder(tmp_path / "c", areas), 1)


def test_overlapping_bands_are_refused(tmp_path):
    bands = "area_id,age_from,age_to,persons\nA,0,20,50\nA,20,90,50\n"
    with pytest.raises(InvalidInput, match="overlap"):
        made(folder(tmp_path / "c", AREAS.format(b=5000, b2=2000), population=bands), 1)


def test_trips_say_where_people_work(tmp_path):
    trips = "from_area,to_area,trips_per_day\nA,A,100\nB,A,300\nB1,B2,100\n"
    people, contacts = made(folder(tmp_path / "c", AREAS.format(b=9000, b2=4000), trips=trips), 1)
    check_whole(people)
    at_work = np.nonzero(people.place != NOWHERE)[0]
    at_work = at_work[people.place_layer[people.place[at_work]] == WORK]
    home = people.district_of_block[people.block[at_work]]
    there = people.district_of_block[people.place_block[people.place[at_work]]]
    assert (there[home == 0] == 0).all()
    assert there[home == 1].mean() == pytest.approx(0.25, abs=0.03)
    # P(A) = (1, 0), P(B) = (3/4, 1/4), as many people: who is in A by day lives in A with 4/7
    assert contacts.coupling[2, 0] == pytest.approx([4 / 7, 3 / 7])
    assert contacts.coupling[2, 1] == pytest.approx([3 / 7, 1 - 3 / 7])


def test_doses_by_hand(tmp_path):
    bands = "area_id,age_from,age_to,persons\nA,0,9,1000\nA,60,69,8000\n"
    doses = (
        "date,area_id,product,dose,age_from,age_to,doses\n"
        "2024-01-01,A,x,1,60,69,6000\n2024-01-01,A,x,2,60,69,4000\n2024-03-15,A,y,3,60,69,2000\n"
    )
    areas = "area_id,parent_id,level,name,population\nC,,city,C,9000\nA,C,district,A,9000\n"
    people, _ = made(folder(tmp_path / "c", areas, population=bands, doses=doses), 1)
    had = np.array([entry["doses"] for entry in people.histories])[people.history]
    assert (had[people.age < 10] == 0).all()
    old = np.bincount(had[people.age >= 60], minlength=4) / 8000
    assert old == pytest.approx([0.25, 0.25, 0.25, 0.25], abs=0.02)
    assert {(entry["doses"], entry["product"], entry["days_before"]) for entry in people.histories[1:-1]} == {
        (1, "x", 75),
        (2, "x", 75),
        (3, "y", 15),
    }


def test_pupils_sit_with_their_year_and_a_teacher(tmp_path):
    people, _ = made(folder(tmp_path / "c", AREAS.format(b=30000, b2=20000)), 1)
    classes = np.nonzero((people.place_layer == SCHOOL) & (people.place_kind <= 3))[0]
    assert classes.size > 50
    for place in classes.tolist():
        ages = people.age[people.members[people.place_start[place] : people.place_start[place + 1]]]
        pupils = ages[ages < 18]
        adults = ages[ages >= 18]
        assert np.unique(pupils).size == 1
        assert adults.size == 2
        assert pupils.size <= 60


def test_order_runs_by_district_then_class_then_block():
    block = np.repeat(np.arange(4, dtype=np.uint16), 50)
    age = np.random.Generator(np.random.Philox(3)).integers(0, 101, 200).astype(np.uint8)
    district = np.array([0, 0, 1, 1], dtype=np.int32)
    found = ordered_by_class(age, block, district)
    who = found["order"].astype(int)
    key = district[block[who]] * 10_000 + AGE_CLASS[age[who]].astype(int) * 100 + block[who]
    assert (np.diff(key) >= 0).all()
    for b in range(4):
        for c in range(len(AGE_CLASS_FROM)):
            start, count = int(found["order_start"][b, c]), int(found["order_count"][b, c])
            assert sorted(who[start : start + count]) == np.nonzero((block == b) & (AGE_CLASS[age] == c))[0].tolist()


def test_one_block_is_whole():
    check_whole(one_block(103, household=4, place_size=10))


def test_rounding_by_hand():
    assert largest_remainder(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert largest_remainder(3, np.zeros(3)).tolist() == [1, 1, 1]
    assert split_by_shares(np.array([10, 0, 5]), np.array([1.0, 3.0])).sum(axis=1).tolist() == [10, 0, 5]
    table = table_with_margins(np.array([5, 5, 2]), np.array([6, 0, 6]))
    assert table.sum(axis=1).tolist() == [5, 5, 2]
    assert table.sum(axis=0).tolist() == [6, 0, 6]


def test_a_damaged_or_half_written_cache_is_made_again(tmp_path):
    city = folder(tmp_path / "c", AREAS.format(b=5000, b2=2000))
    fresh, _ = synthesise(city, cache=tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    age = np.array(fresh.age)
    for harm in ("cut", "zeroed", "no table", "a file in its place"):
        if harm == "cut":
            os.truncate(kept / "people-age.npy", 500)
        elif harm == "zeroed":
            (kept / "people-age.npy").write_bytes(bytes((kept / "people-age.npy").stat().st_size))
        elif harm == "no table":
            (kept / TABLE).unlink()
        else:
            kept.rename(tmp_path / "away")
            kept.write_text("no folder")
        assert load(kept) is None, harm
        again, _ = synthesise(city, cache=tmp_path / "cache")
        assert np.array_equal(again.age, age), harm
        assert load(kept) is not None, harm
    assert not list((tmp_path / "cache").glob(".*"))
    assert not again.age.flags.writeable


def test_makers_at_the_same_time_do_not_clash(tmp_path):
    city = folder(tmp_path / "c", AREAS.format(b=5000, b2=2000))
    found = []
    makers = [
        threading.Thread(target=lambda: found.append(synthesise(city, cache=tmp_path / "cache"))) for _ in range(4)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(found) == 4
    assert all(np.array_equal(people.age, found[0][0].age) for people, _ in found)
    assert [path.name[0] for path in (tmp_path / "cache").iterdir()].count(".") == 0
