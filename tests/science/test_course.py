"""One pathogen in whole days: what the catalogue says comes back out of the tables."""

import math

import numpy as np
import pytest

from seawall.core import InvalidInput
from seawall.disease import (
    CATALOGUE,
    Delay,
    compartments_by_day,
    course_from_profile,
    course_of,
    growth_from_compartments,
    growth_from_reproduction,
    p_infects_nobody,
    plain_course,
)
from seawall.disease.compile import dispersion_table, equally_likely, joint_of_onset_and_infection
from seawall.disease.course import ANTIGEN, PCR, PCR_POOLED

KEYS = list(CATALOGUE)
REACHED = [key for key in KEYS if key not in {"covid-omicron-ba2", "influenza-2009", "influenza-1918", "mers"}]


def margins(course):
    """Share of onset by day; infectiousness by day of the ill, of the never ill."""
    share = course.infectiousness[0]
    onset = np.bincount(course.onset_day[0], minlength=share.shape[0]) / 256
    return onset, onset @ share, share[0]


@pytest.mark.parametrize("key", KEYS)
def test_growth_is_that_of_the_catalogue(key):
    course, entry = course_of(key), CATALOGUE[key]
    _, ill, _ = margins(course)
    growth = growth_from_reproduction(float(entry.basic_reproduction_number), ill / ill.sum())
    assert growth == pytest.approx(entry.growth_per_day, rel=1e-6)
    assert ill @ np.arange(ill.size) / ill.sum() == pytest.approx(entry.generation.delay.mean_days, rel=0.03)


@pytest.mark.parametrize("key", KEYS)
def test_people_infect_one_share_each_on_average_and_nobody_at_once(key):
    course, entry = course_of(key), CATALOGUE[key]
    _, ill, never = margins(course)
    without = float(entry.asymptomatic_share)
    assert (1 - without) * ill.sum() + without * never.sum() == pytest.approx(1, abs=1e-12)
    assert never.sum() == pytest.approx(float(entry.asymptomatic_infectiousness) * ill.sum())
    assert not course.infectiousness[:, :, 0].any()
    used = np.unique(course.onset_day[0])
    assert used.min() >= 1
    np.testing.assert_allclose(course.infectiousness[0, used].sum(axis=1), ill.sum(), rtol=1e-9)


def before_symptoms(course):
    share = course.infectiousness[0]
    onset, _, _ = margins(course)
    day, tau = np.arange(share.shape[0])[:, None], np.arange(share.shape[1])
    joint = onset[:, None] * share
    return (joint * ((tau < day) + 0.5 * (tau == day))).sum() / joint.sum()


@pytest.mark.parametrize("key", REACHED)
def test_transmission_before_symptoms_is_that_of_the_catalogue(key):
    assert before_symptoms(course_of(key)) == pytest.approx(float(CATALOGUE[key].presymptomatic_share), abs=1e-3)


@pytest.mark.parametrize("key", sorted(set(KEYS) - set(REACHED)))
def test_a_share_out_of_reach_is_said(key):
    course, entry = course_of(key), CATALOGUE[key]
    assert "out of reach" in course.sources[f"infectiousness of {key}"]
    assert abs(before_symptoms(course) - float(entry.presymptomatic_share)) < 0.11


def test_the_joint_distribution_is_the_one_of_greatest_entropy():
    onset, generation = np.array([0, 0.2, 0.3, 0.3, 0.2]), np.array([0, 0.1, 0.4, 0.3, 0.2])
    joint, reached = joint_of_onset_and_infection(onset, generation, 0.4)
    assert reached == pytest.approx(0.4, abs=1e-9)
    np.testing.assert_allclose(joint.sum(axis=1), onset, atol=1e-10)
    np.testing.assert_allclose(joint.sum(axis=0), generation, atol=1e-10)
    rng = np.random.default_rng(5)  # any other with the same margins and share is less even

    def entropy(of):
        return -(of[of > 0] * np.log(of[of > 0])).sum()

    day, tau = np.arange(5)[:, None], np.arange(5)
    before = (tau < day) + 0.5 * (tau == day)
    inner = np.s_[1:, 1:]
    conditions = [np.repeat(np.eye(4)[row], 4) for row in range(4)] + [np.tile(np.eye(4)[row], 4) for row in range(4)]
    conditions.append(before[inner].ravel())
    _, _, free = np.linalg.svd(np.array(conditions))
    for direction in free[np.linalg.matrix_rank(np.array(conditions)) :]:
        for sign in (1, -1):
            moved = joint.copy()
            moved[inner] += sign * 0.003 * (direction * rng.uniform(0.5, 1)).reshape(4, 4)
            assert (moved >= 0).all()
            assert entropy(moved) < entropy(joint)


@pytest.mark.parametrize(("number", "k"), [(2.5, 0.16), (2.5, 0.5), (1.5, 0.1), (5.0, 1.0), (2.0, math.inf)])
def test_dispersion_gives_the_share_who_infect_nobody(number, k):
    table = dispersion_table(k)
    assert table.mean() == pytest.approx(1, abs=1e-15)
    assert (np.diff(table) >= 0).all()
    assert np.exp(-number * table).mean() == pytest.approx(p_infects_nobody(number, k), abs=0.002)


def test_dispersion_can_be_given():
    assert course_of("covid-ancestral", dispersion=math.inf).dispersion.max() == 1
    assert (
        course_of("covid-ancestral", dispersion=0.05).dispersion.max() > course_of("covid-ancestral").dispersion.max()
    )
    with pytest.raises(InvalidInput, match="dispersion k is 0"):
        course_of("covid-ancestral", dispersion=0.0)


@pytest.mark.parametrize("key", KEYS)
def test_severity_is_ordered_and_symptoms_average_to_the_catalogue(key):
    course, entry = course_of(key), CATALOGUE[key]
    assert course.p_symptoms.mean() == pytest.approx(1 - float(entry.asymptomatic_share), abs=1e-9)
    assert (course.p_death <= course.p_admission).all()
    assert (course.p_icu <= course.p_admission).all()
    assert (course.p_admission <= course.p_symptoms + 1e-12).all()
    of_case = course.p_symptoms if entry.fatality.of == "case" else 1
    np.testing.assert_allclose(
        course.p_death, np.minimum(entry.fatality.at(np.arange(101)) * of_case, course.p_symptoms)
    )
    assert course.susceptibility.max() == 1
    assert course.hospital_days.mean() == pytest.approx(float(entry.hospital_days), rel=0.02)
    assert course.onset_day.mean() == pytest.approx(entry.incubation.delay.mean_days, rel=0.04)


def test_sensitivity_of_the_ancestral_line_is_hellewell_and_quicker_in_omicron():
    course = course_of("covid-ancestral", "covid-omicron-ba2")
    days = [0, 1, 2, 3, 4, 5, 8, 14, 20, 30]
    pcr = [0.005, 0.039, 0.246, 0.710, 0.785, 0.767, 0.626, 0.302, 0.100, 0.012]
    lft = [0.003, 0.021, 0.110, 0.423, 0.632, 0.610, 0.293, 0.025, 0.002, 0.0]
    np.testing.assert_allclose(course.sensitivity[0, PCR, days], pcr)
    np.testing.assert_allclose(course.sensitivity[0, ANTIGEN, days], lft)
    assert course.sensitivity[1, PCR].argmax() < course.sensitivity[0, PCR].argmax()
    assert (course.sensitivity[:, PCR_POOLED] < course.sensitivity[:, PCR]).all()
    assert 0 < course.sensitivity[0, PCR, 45] < course.sensitivity[0, PCR, 30]


def test_variants_stand_side_by_side():
    course = course_of("covid-ancestral", "covid-delta", "covid-omicron-ba2")
    assert course.variants == ("covid-ancestral", "covid-delta", "covid-omicron-ba2")
    np.testing.assert_array_equal(np.diag(course.cross_immunity), 1)
    assert course.cross_immunity[0, 2] < course.cross_immunity[0, 1]
    assert course_of("measles", "covid-delta").cross_immunity[0, 1] == 0
    alone = course_of("covid-omicron-ba2").infectiousness[0]
    np.testing.assert_array_equal(course.infectiousness[2, : alone.shape[0], : alone.shape[1]], alone)
    with pytest.raises(InvalidInput, match="named twice"):
        course_of("mers", "mers")
    with pytest.raises(InvalidInput, match="at least one"):
        course_of()


@pytest.mark.parametrize(("number", "latent", "infectious"), [(2.5, 3, 5), (1.5, 3, 5), (3, 4, 4), (5, 1, 2)])
def test_compartments_by_day_grow_as_the_compartments(number, latent, infectious):
    weights = compartments_by_day(latent, infectious, number)
    assert weights[0] == 0
    assert growth_from_reproduction(number, weights) == pytest.approx(
        growth_from_compartments(number, latent, infectious), rel=1e-6
    )
    assert weights @ np.arange(weights.size) == pytest.approx(latent + infectious, rel=0.02 if number < 5 else 0.1)


def test_a_table_of_equally_likely_days_repeats_its_distribution():
    np.testing.assert_array_equal(equally_likely(np.array([0.25, 0.5, 0.25]), 8), [0, 0, 1, 1, 1, 1, 2, 2])


def test_worlds_by_hand():
    course = course_from_profile(np.array([0, 0.5, 0.5]), reproduction_number=2, onset=3, p_symptoms=1.0)
    assert course.onset_day.min() == course.onset_day.max() == 3
    np.testing.assert_array_equal(course.infectiousness[0], np.tile([0, 0.5, 0.5], (4, 1)))
    assert not course.p_death.any()
    gamma = plain_course(Delay(family="gamma", mean_days=5.5, sd_days=1.8), reproduction_number=2.5)
    assert growth_from_reproduction(2.5, gamma.infectiousness[0, 0]) == pytest.approx(0.175048, abs=1e-6)
    for wrong in (
        {"infectiousness": np.array([0.1, 0.9])},
        {"infectiousness": np.array([0, 1.0]), "p_death": 0.1},
        {"infectiousness": np.array([0, 1.0]), "p_symptoms": 1.5},
        {"infectiousness": np.ones((2, 3)) * [0, 1, 1], "onset": 4},
    ):
        with pytest.raises(InvalidInput):
            course_from_profile(**wrong, reproduction_number=2)


@pytest.mark.parametrize("key", KEYS)
def test_every_table_names_its_source(key):
    sources = course_of(key).sources
    for name in (
        *("dispersion", "reproduction_number", "household_attack_rate", "p_symptoms", "p_admission", "p_icu"),
        *("p_death", "without_bed", "susceptibility", "sensitivity", "cross_immunity", "hospital_days", "icu_days"),
        *("onset_to_admission", "admission_to_icu", "admission_to_death", f"infectiousness of {key}"),
    ):
        assert len(sources[name]) > 5
