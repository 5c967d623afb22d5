"""A synthesised city of 300,000 against surveys and models of contacts, and against the margins it was made from.

References (read where they lie beside the project, else skipped): the Shanghai survey of 2017 and 2018 (Zhang et al.
2019), Mistry et al. 2021 for Shanghai, Prem et al. 2021 for China. Raw survey means by age are noisy; two published
matrices for the same city correlate with each other no better than is asked for here.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from seawall.city import read_city
from seawall.city.example import write_example
from seawall.city.layers import CARE_HOME, COMMUNITY, HOUSEHOLD, KEY_GROUPS, NOWHERE, PUBLIC, SCHOOL, TRANSPORT, WORK
from seawall.city.synth import contact_matrix
from seawall.city.synth.defaults import CHRONIC, DEFAULTS, FEMALE, GROUP_SHARES, HOUSEHOLD_SIZES
from seawall.city.synth.mixing import DEFAULTS as MIXING_DEFAULTS
from seawall.city.synth.mixing import met_where
from seawall.city.synth.synthesise import made

DATA = Path(__file__).parents[3] / "shared" / "data" / "contacts-and-age"


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    root = tmp_path_factory.mktemp("synth") / "city"
    write_example(root, residents=300_000, seed=1)
    return read_city(root)


@pytest.fixture(scope="module")
def synthesis(city):
    return made(city, 1)


@pytest.fixture(scope="module")
def matrices(synthesis):
    found = {
        name: contact_matrix(*synthesis, layer)
        for name, layer in (("household", HOUSEHOLD), ("school", SCHOOL), ("work", WORK))
    }
    found["community"] = sum(contact_matrix(*synthesis, layer) for layer in (COMMUNITY, TRANSPORT, PUBLIC))
    return found


def survey(setting):
    path = DATA / f"shanghai_survey_matrix_{setting}.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    found = np.zeros((16, 16))
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        found[int(row["x1"]) - 1, int(row["x2"]) - 1] = float(row["mean"])
    return found


def prem(setting):
    path = DATA / "prem_2021_china_16.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    rows = [
        float(row["contacts_per_day"])
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
        if row["setting"] == setting
    ]
    return np.array(rows).reshape(16, 16)


def mistry(setting):
    path = DATA / "mistry-2021" / f"Shanghai_F_{setting}_setting_18.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    told = np.loadtxt(path, delimiter=",")
    found = told[:16, :16].copy()  # the last three of 18 groups become the open class
    found[15, :15], found[:15, 15] = told[15:, :15].mean(axis=0), told[:15, 15:].sum(axis=1)
    found[15, 15] = told[15:, 15:].sum(axis=1).mean()
    return found


def alike(mine, other):
    return np.corrcoef(mine.ravel(), other.ravel())[0, 1]


@pytest.mark.parametrize(
    ("setting", "read", "name", "least"),
    [
        ("household", survey, "household", 0.65),
        ("household", mistry, "household", 0.65),
        ("household", prem, "home", 0.55),
        ("work", survey, "workplace", 0.80),
        ("work", mistry, "work", 0.85),
        ("work", prem, "work", 0.85),
        ("school", mistry, "school", 0.75),
        ("school", prem, "school", 0.88),
        ("community", survey, "community", 0.70),
    ],
)
def test_who_meets_whom_is_as_published(matrices, setting, read, name, least):
    assert alike(matrices[setting], read(name)) > least


@pytest.mark.parametrize("setting", ["household", "work", "school"])
def test_another_setting_is_not_as_alike(matrices, setting):
    """The opposite of the claim above: a setting's matrix is nearest to its own setting's."""
    alikes = {other: alike(matrices[setting], mistry(other)) for other in ("household", "work", "school")}
    assert max(alikes, key=alikes.get) == setting


def test_how_many_are_met_is_as_published(synthesis, matrices):
    classes = synthesis[0].by_class.sum(axis=0)

    def mean(matrix, among=slice(None)):
        return (classes[among] @ matrix.sum(axis=1)[among]) / classes[among].sum()

    assert mean(matrices["household"]) / mean(survey("household")) == pytest.approx(0.85, abs=0.12)
    assert mean(matrices["community"]) / mean(survey("community")) == pytest.approx(1.0, abs=0.1)
    grown = slice(5, 11)  # 25 to 54; survey 8 to 19, Prem 4.2 to 5.4
    assert prem("work")[grown].sum(axis=1).min() < mean(matrices["work"], grown) < mean(survey("workplace"), grown)
    pupils = slice(1, 3)  # 5 to 14; Prem 6.0 and 8.8, Mistry 11.4 a pupil
    assert prem("school")[pupils].sum(axis=1).min() < mean(matrices["school"], pupils) < 11.4


def test_sizes_of_households_within_one_per_cent(synthesis):
    people, _ = synthesis
    size, position = people.household & 15, people.household >> 4
    at = people.place != NOWHERE
    ward = np.zeros(people.residents, dtype=bool)
    ward[at] = (people.place_layer[people.place[at]] == CARE_HOME) & (people.age[at] >= 60)
    homes = np.bincount(size[(position == 0) & ~(ward & (size == 1))], minlength=8)[1:]
    assert homes / homes.sum() == pytest.approx(np.array(HOUSEHOLD_SIZES.values), rel=0.01)


def test_ages_by_community_are_the_tables(city, synthesis):
    people, _ = synthesis
    table = city.scan("population").sort("area_id", "age_from").collect()
    area = people.area_of_block[people.block]
    edges = np.append(np.unique(table["age_from"].to_numpy()), 101)
    band = np.searchsorted(edges, people.age, side="right") - 1
    mine = np.bincount(area * (edges.size - 1) + band, minlength=len(people.area_ids) * (edges.size - 1))
    told = {code: part["persons"].to_numpy() for (code,), part in table.group_by("area_id", maintain_order=True)}
    assert np.array_equal(mine, np.concatenate([told[code] for code in people.area_ids]))
    single = np.bincount(people.age, minlength=101)
    assert single[99] < 0.5 * single[90]  # the open band falls
    assert np.abs(np.diff(single[30:60])).max() < 0.1 * single[30:60].mean()  # no steps at the edges of bands


def test_who_lives_together_is_plausible(synthesis):
    people, _ = synthesis
    size, position = people.household & 15, people.household >> 4
    age = people.age.astype(int)
    first = np.arange(people.residents) - position
    minor = np.nonzero(age < 18)[0]
    gap = age[first[minor]] - age[minor]  # the mother comes first
    assert ((gap >= 20) & (gap <= 45)).mean() > 0.99
    assert 26 < np.median(gap) < 30
    assert np.std(gap) > 3
    pairs = first[(size == 2) & (position == 0)]
    near = np.abs(age[pairs] - age[pairs + 1])
    assert 0.75 < (near <= 8).mean() < 0.95
    assert ((near >= 18) & (near <= 45)).mean() > 0.08
    old = age >= 65
    assert 0.08 < (size[old] == 1).mean() < 0.22
    assert 0.4 < (size[old] == 2).mean() < 0.65
    three = np.zeros(people.residents, dtype=bool)
    three[first[minor]] = True
    with_old = np.unique(first[old])
    assert 0.03 < three[with_old].sum() / three.sum() < 0.4  # homes with minors that have an elder


def test_traits_and_groups_have_their_shares(synthesis):
    people, _ = synthesis
    ages = np.bincount(people.age, minlength=101)
    chronic = np.bincount(people.age, (people.traits & 1) > 0, minlength=101)
    assert chronic.sum() / ages.sum() == pytest.approx(CHRONIC.by_age(np.arange(101)) @ ages / ages.sum(), rel=0.01)
    female = ((people.traits & 2) > 0).mean()
    assert female == pytest.approx(FEMALE.by_age(np.arange(101)) @ ages / ages.sum(), abs=0.01)
    workers = np.diff(people.place_start.astype(int))[people.place_layer == WORK].sum()
    groups = people.group_sizes(len(KEY_GROUPS)).sum(axis=1) / workers
    assert groups[1:] == pytest.approx(np.array(GROUP_SHARES.values)[1:], rel=0.15)
    assert groups[0] == pytest.approx(GROUP_SHARES.values[0], rel=0.4)  # one district, whole firms
    assert (people.place_kind[people.place_layer == SCHOOL] <= 4).all()


def test_workers_and_vaccinated_are_as_the_tables_say(city, synthesis):
    people, _ = synthesis
    told = city.scan("sectors").collect()["workers"].sum()
    sizes = np.diff(people.place_start.astype(int))
    pupils = (people.place_layer == SCHOOL) & (people.place_kind < 4)
    worked = sizes[people.place_layer == WORK].sum()
    teachers = 2 * pupils.sum()
    assert worked + teachers == pytest.approx(told, rel=0.02)
    doses = np.array([entry["doses"] for entry in people.histories])[people.history]
    stock = city.scan("counts").collect().filter(event="vaccinated").sort("date").group_by("area_id").last()
    districts = stock.filter(stock["area_id"].is_in(people.district_ids))["count"].sum()
    assert (doses >= 2).sum() == pytest.approx(districts, rel=0.01)


def test_contacts_between_districts_are_reciprocal():
    destinations = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.2, 0.2, 0.6]])
    people = np.array([1000, 300, 50])
    met = met_where(destinations, people)
    assert met.sum(axis=1) == pytest.approx(1)
    between = people[:, None] * met
    assert between == pytest.approx(between.T)
    assert met_where(np.eye(3), people) == pytest.approx(np.eye(3))


def test_every_default_names_its_source():
    for default in (*DEFAULTS, *MIXING_DEFAULTS):
        assert default.source in default.sentence
        assert default.confidence in default.sentence
