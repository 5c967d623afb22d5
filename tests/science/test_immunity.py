"""Doses and infections: what the trials and cohorts found comes back, and the table of histories keeps count."""

import numpy as np
import pytest

from seawall.core import InvalidInput
from seawall.disease import (
    PRODUCTS,
    Histories,
    History,
    LastingProtection,
    NoProtection,
    Waning,
    course_of,
    waning_of,
)

OMICRON, DELTA = 1, 0


@pytest.fixture(scope="module")
def waning():
    return waning_of(course_of("covid-delta", "covid-omicron-ba2"))


def against_symptoms(waning, history, variant, day):
    infection, symptoms, _ = waning.against(history, variant, day)
    return 1 - (1 - infection) * (1 - symptoms)


@pytest.mark.parametrize(
    ("doses", "variant", "day", "efficacy"),
    [
        (2, DELTA, 38, 0.909),  # Andrews et al. 2022
        (2, DELTA, 190, 0.627),
        (2, OMICRON, 21, 0.655),
        (2, OMICRON, 190, 0.088),
        (3, OMICRON, 21, 0.672),
        (3, OMICRON, 85, 0.457),
    ],
)
def test_protection_from_symptoms_wanes_as_seen_in_england(waning, doses, variant, day, efficacy):
    got = against_symptoms(waning, History(doses=doses, product="mrna"), variant, day)
    assert got == pytest.approx(efficacy, abs=0.06)


@pytest.mark.parametrize(
    ("product", "doses", "efficacy"),
    [("inactivated", 2, 0.699), ("mrna", 2, 0.893), ("inactivated", 3, 0.980), ("mrna", 3, 0.979)],
)
def test_protection_from_severe_illness_in_hong_kong(waning, product, doses, efficacy):
    infection, _, severe = waning.against(History(doses=doses, product=product), OMICRON, 0)
    assert 1 - (1 - infection) * (1 - severe) == pytest.approx(efficacy, abs=1e-9)


def test_nobody_is_infected_while_infected(waning):
    met = History(infected_by=DELTA)
    assert waning.against(met, OMICRON, 40) == (1.0, 1.0, 1.0)
    infection, _, _ = waning.against(met, OMICRON, 41)
    assert infection < 0.7
    boosted = History(infected_by=DELTA, doses=1, product="mrna", dose_last=True)
    assert 0.5 < waning.against(boosted, OMICRON, 5)[0] < 1


def test_protection_after_infection_at_forty_weeks(waning):
    assert waning.against(History(infected_by=DELTA), DELTA, 40 + 280)[0] == pytest.approx(0.786, abs=0.01)


@pytest.mark.parametrize("product", PRODUCTS)
def test_protection_only_falls_and_more_doses_never_protect_less(waning, product):
    for variant in (DELTA, OMICRON):
        for doses in (1, 2, 3):
            history = History(doses=doses, product=product)
            infection = [waning.against(history, variant, day)[0] for day in range(0, 800, 20)]
            assert (np.diff(infection) <= 1e-12).all()
            assert all(0 <= share <= 1 for day in (0, 99, 999) for share in waning.against(history, variant, day))
        fresh = [against_symptoms(waning, History(doses=doses, product=product), variant, 60) for doses in (1, 2)]
        assert fresh[0] <= fresh[1] + 1e-12


def test_dose_and_infection_multiply(waning):
    dose, infected = History(doses=2, product="mrna"), History(infected_by=DELTA)
    both = History(doses=2, product="mrna", infected_by=DELTA)
    left = [1 - waning.against(history, OMICRON, 100)[0] for history in (dose, infected, both)]
    assert left[2] == pytest.approx(left[0] * left[1])


def test_what_is_wrong_is_refused(waning):
    with pytest.raises(InvalidInput, match="no vaccine 'sugar'"):
        waning.against(History(doses=1, product="sugar"), 0, 0)
    with pytest.raises(InvalidInput, match="Cross-immunity"):
        Waning(variants=("a", "b"), cross_immunity=np.ones((1, 1)))


def test_the_table_holds_what_each_row_is_protected_from(waning):
    table = Histories(waning)
    rows = [table.row(History(doses=2, product="mrna", period=-3)), table.row(History(infected_by=1, period=0))]
    infected, ill, severe = table.on(day=100, variants=2)
    for row, since in zip(rows, (175, 85), strict=True):
        for variant in (0, 1):
            kept = waning.against(table.rows[row], variant, since)
            got = infected[row, variant], ill[row, variant], severe[row, variant]
            assert got == pytest.approx([1 - share for share in kept])
    assert (infected[0] == 1).all()
    assert (infected[3:] == 1).all()


def test_events_lead_from_row_to_row(waning):
    table = Histories(waning)
    dosed = int(table.after_dose("mrna", day=10)[0])
    assert table.rows[dosed] == History(doses=1, product="mrna", period=0, dose_last=True)
    again = int(table.after_dose("mrna", day=45)[dosed])
    assert table.rows[again].doses == 2
    ill = int(table.after_infection(1, day=70)[again])
    assert table.rows[ill] == History(doses=2, product="mrna", infected_by=1, period=2)
    assert int(table.after_infection(1, day=71)[again]) == ill
    infected, _, _ = table.on(day=80, variants=2)
    assert (infected[ill] == 0).all()


def test_rows_made_by_the_event_itself_are_answered_for(waning):
    table = Histories(waning)
    table.row(History(doses=2, product="mrna", period=-2))
    became = table.after_infection(0, day=3)
    assert all(table.rows[row].infected_by == 0 for row in became)
    table.after_infection(1, day=3)
    for row, after in enumerate(table.after_infection(0, day=3)[: len(table.rows)]):
        before, then = table.rows[row], table.rows[after]
        assert (then.doses, then.product, then.infected_by, then.period) == (before.doses, before.product, 0, 0)


def test_a_full_table_still_keeps_infections_apart(waning):
    table = Histories(waning)
    for period in range(-140, 160):
        table.row(History(doses=1, product="mrna", period=period))
    assert len(table.rows) == 256
    assert table.rows[table.row(History(doses=1, product="mrna", period=155))].period == 114
    infected_rows = Histories(waning)
    infected_rows.row(History(infected_by=0, period=0))
    for period in range(-140, 160):
        infected_rows.row(History(doses=1, product="mrna", period=period))
    assert infected_rows.rows[infected_rows.row(History(doses=2, product="mrna", infected_by=0))].infected_by == 0


def test_plain_kinds_of_protection():
    susceptible, _, _ = Histories(NoProtection(), rows=[History(infected_by=0)]).on(5, 1)
    removed, _, _ = Histories(LastingProtection(), rows=[History(), History(infected_by=0)]).on(500, 1)
    assert susceptible[0, 0] == 1
    assert removed[:2, 0].tolist() == [1, 0]
