"""Quarantine against Ashcroft et al. 2021 (contacts and travellers) and Wells et al. 2021 (entrants)."""

from dataclasses import replace

import pytest

from seawall.core import InvalidInput
from seawall.disease import (
    Entrant,
    Quarantine,
    infections_after_release,
    relative_adherence_needed,
    relative_utility,
    transmission_prevented,
    traveller_transmission_left,
    traveller_transmission_prevented,
)
from seawall.disease.quarantine import missed_by_pcr, most_preventable

ASHCROFT = 0.002


def test_most_that_can_be_prevented_and_ten_days():
    assert most_preventable(3) == pytest.approx(0.90817, abs=ASHCROFT)
    assert transmission_prevented(Quarantine(release_day=10)) == pytest.approx(0.9013, abs=ASHCROFT)


def test_test_on_day_five_and_release_on_day_seven():
    tested = Quarantine(test_day=5, release_day=7)
    assert transmission_prevented(tested) == pytest.approx(0.8230, abs=ASHCROFT)
    assert relative_utility(tested, Quarantine()) == pytest.approx(1.53, abs=0.005)


@pytest.mark.parametrize(
    ("release", "share"), [(4, 0.1272), (5, 0.3099), (6, 0.5151), (7, 0.6954), (8, 0.8172), (9, 0.8787)]
)
def test_release_without_a_test(release, share):
    assert transmission_prevented(Quarantine(release_day=release)) == pytest.approx(share, abs=ASHCROFT)


@pytest.mark.parametrize(("release", "share"), [(3, 0.1983), (4, 0.3827), (5, 0.6766)])
def test_release_on_the_day_of_the_test(release, share):
    got = transmission_prevented(Quarantine(release_day=release, test_day=release))
    assert got == pytest.approx(share, abs=ASHCROFT)


def test_adherence_makes_up_for_days():
    seven, ten = Quarantine(release_day=7), Quarantine(release_day=10)
    needed = relative_adherence_needed(seven, ten)
    assert needed == pytest.approx(1.296, abs=ASHCROFT)
    half = replace(ten, adherence=0.5)
    assert transmission_prevented(replace(seven, adherence=0.5 * needed)) == pytest.approx(transmission_prevented(half))


def test_travellers():
    assert traveller_transmission_left(7) == pytest.approx(0.7332, abs=ASHCROFT)
    assert traveller_transmission_prevented(Quarantine(start_day=0, release_day=10)) == pytest.approx(0.9990, abs=5e-4)
    for release, share in ((1, 0.2302), (3, 0.5913), (5, 0.8296), (7, 0.9571)):
        got = traveller_transmission_prevented(Quarantine(start_day=0, release_day=release))
        assert got == pytest.approx(share, abs=ASHCROFT)


def test_a_test_never_lets_more_through_and_misses_lie_between_knots():
    for release in (4, 6, 8):
        plain = Quarantine(start_day=0, release_day=release)
        tested = replace(plain, test_day=release)
        assert transmission_prevented(tested) > transmission_prevented(plain)
        assert traveller_transmission_prevented(tested) > traveller_transmission_prevented(plain)
    assert missed_by_pcr(15) == pytest.approx(0.21 + 0.45 * 6 / 12)


WELLS_DAYS = (0, 1, 3, 5, 7, 10, 13, 14)
WELLS = {
    (): (0.8924, 0.7641, 0.5077, 0.2604, 0.0884, 0.0245, 0.0079, 0.0053),
    (0,): (0.3758, 0.3674, 0.3218, 0.1971, 0.0618, 0.0157, 0.0053, 0.0036),
}


@pytest.mark.parametrize("tests", WELLS, ids=["no test", "test on entry"])
def test_infections_after_release_of_an_entrant(tests):
    for days, infections in zip(WELLS_DAYS, WELLS[tests], strict=True):
        assert infections_after_release(days, tests) == pytest.approx(infections, rel=0.02)


def test_exit_testing_halves_fourteen_days_and_entry_testing_saves_one():
    fourteen = infections_after_release(14)
    assert infections_after_release(7, (6,)) <= fourteen < infections_after_release(6, (5,))
    assert infections_after_release(13, (0,)) == pytest.approx(fourteen, rel=0.02)
    both, at_exit, on_entry = (infections_after_release(7, tests) for tests in ((0, 6), (6,), (0,)))
    assert both < at_exit < on_entry


def test_entrants_of_another_kind():
    assert infections_after_release(3, (), Entrant(reproduction_number=5.0)) == pytest.approx(
        2 * infections_after_release(3), rel=1e-9
    )
    nobody_ill, all_ill = Entrant(asymptomatic_share=1.0), Entrant(asymptomatic_share=0.0)
    assert infections_after_release(9, (), all_ill) == 0
    assert infections_after_release(9, (), nobody_ill) > 0
    assert infections_after_release(9, (), replace(all_ill, self_isolation=False)) > 0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Quarantine(release_day=2),
        lambda: Quarantine(release_day=7, test_day=8),
        lambda: Quarantine(adherence=1.2),
        lambda: infections_after_release(3, (4,)),
        lambda: infections_after_release(-1),
        lambda: traveller_transmission_left(-1),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(InvalidInput):
        wrong()
