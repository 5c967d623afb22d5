"""The catalogue's numbers agree with one another and with what was published."""

import math
import pickle

import numpy as np
import pytest

from seawall.core import InvalidInput
from seawall.disease import (
    ANCHORS,
    CATALOGUE,
    Delay,
    disease_x,
    doubling_days,
    growth_from_reproduction,
    pathogen,
    reproduction_under_control,
)

EVERYONE = [*CATALOGUE.values(), *ANCHORS.values(), *(disease_x(seed) for seed in range(5))]
SEEN = [entry for entry in CATALOGUE.values() if entry.observed_doubling_days is not None]


def by_key(entry):
    return entry.key


def test_the_pathogens_asked_for_are_there():
    assert list(CATALOGUE) == [
        "covid-ancestral",
        "covid-delta",
        "covid-omicron-ba2",
        "influenza-2009",
        "influenza-1918",
        "sars-2003",
        "mers",
        "measles",
        "disease-x",
    ]
    assert all(entry.key == key for key, entry in CATALOGUE.items())


@pytest.mark.parametrize("entry", EVERYONE, ids=lambda entry: entry.name)
def test_reproduction_generation_and_doubling_agree(entry):
    generation, number = entry.generation.delay, float(entry.basic_reproduction_number)
    growth = entry.growth_per_day
    days = np.linspace(0, float(generation.quantile(1 - 1e-12)), 200_001)
    density = np.diff(generation.cdf(days))
    middle = (days[1:] + days[:-1]) / 2
    assert number * (density * np.exp(-growth * middle)).sum() == pytest.approx(1, abs=1e-6)
    assert entry.doubling_days == pytest.approx(math.log(2) / growth)


@pytest.mark.parametrize("entry", SEEN, ids=by_key)
def test_the_doubling_time_implied_lies_within_the_one_seen(entry):
    seen = entry.observed_doubling_days
    assert seen.low <= entry.doubling_days <= seen.high


def test_omicron_short_realised_interval_does_not_go_with_its_basic_number():
    omicron = pathogen("covid-omicron-ba2")
    assert omicron.generation.basis == "intrinsic"
    realised = Delay(family="gamma", mean_days=2.99, sd_days=1.5)
    too_fast = doubling_days(growth_from_reproduction(float(omicron.basic_reproduction_number), realised))
    assert too_fast < omicron.observed_doubling_days.low
    # and over the whole range of its basic number the intrinsic one stays near what was seen
    ends = [omicron.basic_reproduction_number.low, omicron.basic_reproduction_number.high]
    slow, fast = (doubling_days(growth_from_reproduction(end, omicron.generation.delay)) for end in ends)
    assert slow == pytest.approx(1.85, abs=0.1)
    assert fast < omicron.observed_doubling_days < slow


def test_only_mers_dies_out_by_itself():
    assert [key for key, entry in CATALOGUE.items() if entry.growth_per_day < 0] == ["mers"]


def test_fatality_of_the_ancestral_line_follows_levin():
    ages = np.array([5, 15, 25, 35, 45, 55, 65, 75, 84])
    formula = 10 ** (-3.27 + 0.0524 * (ages - 0.5)) / 100
    stated = pathogen("covid-ancestral").fatality.at(ages)
    np.testing.assert_allclose(stated[:8], formula[:8], rtol=0.2)
    assert stated[8] == 0.1526
    rise = np.log(2) / np.polyfit(ages[:8], np.log(stated[:8]), 1)[0]
    assert rise == pytest.approx(5.75, abs=0.05)


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=by_key)
def test_nobody_dies_more_often_than_is_admitted_and_old_age_is_worse(entry):
    ages = np.arange(0, 100)
    deaths = entry.fatality.at(ages)
    if entry.hospitalisation is not None:
        assert (deaths <= entry.hospitalisation.at(ages)).all()
    assert deaths[70] >= deaths[30]


def test_ages_fall_in_their_band():
    profile = pathogen("influenza-1918").fatality
    assert profile.at(4.99) == profile.at(0) == 0.01527996
    assert profile.at(5) == 0.00266262
    assert profile.at(120) == 0.03305529
    with pytest.raises(InvalidInput):
        profile.at(-1)


def test_lauer_and_lessler_come_back():
    lauer = pathogen("covid-ancestral").incubation.delay
    assert lauer.quantile(0.5) == pytest.approx(5.06, abs=0.01)
    assert lauer.quantile(0.975) == pytest.approx(11.5, abs=0.05)
    flu = pathogen("influenza-2009").incubation.delay
    assert flu.quantile(0.5) == pytest.approx(1.4)
    assert flu.quantile(0.8413447) == pytest.approx(1.4 * 1.51)


def test_a_serial_interval_by_day_is_ready_for_the_renewal_equation():
    for entry in CATALOGUE.values():
        weights = entry.serial_interval_by_day()
        assert weights[0] == 0
        assert weights.sum() == pytest.approx(1, abs=1e-6)
        assert weights @ np.arange(weights.size) == pytest.approx(entry.serial_interval.delay.mean_days, abs=1e-5)


def test_a_wrong_key_gets_the_nearest():
    with pytest.raises(InvalidInput, match=r"Did you mean 'covid-omicron-ba2'\?"):
        pathogen("omicron-ba2")
    with pytest.raises(InvalidInput, match="It has: covid-ancestral"):
        pathogen("zzz")


def test_evidence_survives_a_process_boundary():
    entry = pathogen("mers")
    again = pickle.loads(pickle.dumps(entry))
    assert again == entry
    assert again.dispersion.source == entry.dispersion.source


def test_disease_x_is_drawn_as_declared():
    drawn = [disease_x(seed) for seed in range(3000)]
    numbers = np.array([float(entry.basic_reproduction_number) for entry in drawn])
    np.testing.assert_allclose(np.quantile(numbers, [0.025, 0.5, 0.975]), [1.2, 2, 5], rtol=0.06)
    means = np.array([entry.generation.delay.mean_days for entry in drawn])
    assert 3 <= means.min() < 3.1
    assert 8.9 < means.max() <= 9
    assert {float(entry.dispersion) for entry in drawn} == {0.1, 0.3, 1.0}
    assert max(float(entry.presymptomatic_share) for entry in drawn) <= 0.6
    assert all(entry.incubation.delay.cdf(0.0) == 0 for entry in drawn[:10])


def test_a_seed_names_one_disease_x():
    assert disease_x(7) == disease_x(7)
    assert disease_x(7).basic_reproduction_number != disease_x(8).basic_reproduction_number


def test_the_anchors_lie_where_fraser_puts_them():
    left = {
        key: reproduction_under_control(
            float(entry.basic_reproduction_number), float(entry.presymptomatic_share), isolation=0.9, tracing=0.5
        )
        for key, entry in ANCHORS.items()
    }
    assert left["sars-like"] < 1 < left["measles-like"]
    assert left["sars-like"] < left["covid-like"]
    assert reproduction_under_control(2.0, 0.25, isolation=0.8, tracing=0.4) == pytest.approx(2 * (1 - 0.6 - 0.1))
    with pytest.raises(InvalidInput):
        reproduction_under_control(2.0, 1.25, isolation=0.8, tracing=0.4)
