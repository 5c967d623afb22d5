"""Isolation and tracing: chains against Hellewell et al. 2020, and the twin against the chains."""

import math

import numpy as np
import pytest
from bench._small_worlds import mixed, scene

from seawall.core import InvalidInput
from seawall.disease import Delay, course_from_profile
from seawall.disease.compile import onset_table
from seawall.measures import IsolateCases, QuarantineContacts, TraceContacts
from seawall.measures import TestOnSymptoms as IllAreTested
from seawall.twin import new_run
from seawall.twin.chains import Tracing, chains
from seawall.twin.day import play_day

PUBLISHED = 0.04
"""Tolerance of the table: two sd of a share of 1,000 runs, twice."""


@pytest.mark.parametrize(
    ("once_per_generation", "table"),
    [(False, (0.033, 0.074, 0.117, 0.341, 0.866, 1.0)), (True, (0.053, 0.087, 0.183, 0.420, 0.878, 1.0))],
    ids=["independent delays", "one delay a generation"],
)
def test_share_of_outbreaks_controlled(once_per_generation, table):
    got = [
        chains(Tracing(traced=traced, once_per_generation=once_per_generation), outbreaks=1_000, seed=1)
        .controlled()
        .mean()
        for traced in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    assert got == pytest.approx(table, abs=PUBLISHED)
    assert got == sorted(got)


def test_headlines():
    """R0 1.5 is mostly controlled with less than half traced; 2.5 needs more than 70 %, 3.5 more than 90 %."""

    def controlled(number, traced):
        return chains(Tracing(reproduction_number=number, traced=traced), outbreaks=400, seed=2).controlled().mean()

    assert controlled(1.5, 0.5) > 0.8
    assert controlled(2.5, 0.7) < 0.8 < controlled(2.5, 0.9)
    assert controlled(3.5, 0.9) < 0.8 < controlled(3.5, 1.0)


def test_without_isolation_a_chain_ends_as_its_offspring_say():
    never = Delay.gamma(1e4, 0.1)
    free = Tracing(traced=0.0, onset_to_isolation=never, asymptomatic_share=1.0)
    few = chains(free, outbreaks=2_000, seed=3, first=1, most=500)
    assert (few.infections < 500).mean() == pytest.approx(0.794519, abs=3.5 * math.sqrt(0.8 * 0.2 / 2_000))


def test_more_before_symptoms_less_control():
    got = [
        chains(Tracing(traced=0.8, infecting_skew=skew), outbreaks=400, seed=4).controlled().mean()
        for skew in (30.0, 1.95, 0.7)
    ]
    assert got == sorted(got, reverse=True)


def test_nothing_to_play_is_refused():
    with pytest.raises(InvalidInput):
        chains(Tracing(), outbreaks=0, seed=1)
    with pytest.raises(InvalidInput):
        Tracing(traced=1.2)


ONSET = Delay.weibull(2.322737, 6.492272)
DAYS = 40


def hellewell_course():
    """Infectiousness skew-normal around onset: rounded to whole days, and none before day 1."""
    table = onset_table(ONSET)
    steps = (np.arange(4_000) + 0.5) / 4_000
    lean = 1.95 / math.hypot(1, 1.95)
    draws = np.random.Generator(np.random.Philox(key=1))
    around = 2.0 * (
        lean * np.abs(draws.standard_normal(40_000)) + math.sqrt(1 - lean**2) * draws.standard_normal(40_000)
    )
    profile = np.zeros((int(table.max()) + 1, DAYS))
    for run in range(1, profile.shape[0]):
        day = np.maximum(np.floor(run + around + np.resize(steps, around.size)), 1).astype(int)
        profile[run] = np.bincount(np.minimum(day, DAYS - 1), minlength=DAYS) / around.size
    return course_from_profile(
        profile, reproduction_number=2.5, dispersion=0.16, onset=ONSET, p_symptoms=1.0, sensitivity=1.0
    )


def controlled_in_the_twin(traced, outbreaks, *, residents=400_000, contacts=24.0):
    """Share of outbreaks of twenty with no onset in weeks 12 to 16, never out of hand at 2,000."""
    measures = [
        # onset to isolation: mean 3.3 days and the rest of the last, as a Weibull of mean 3.8, sd 2.4
        IllAreTested(delay_days=1.8, turnaround_days=1, adherence=1.0, others_per_100k_a_day=0.0),
        IsolateCases(days=60, adherence=1.0),
    ]
    if traced:
        measures += [
            TraceContacts(find_community=1.0, adherence=traced, cases_a_day=1e9, days_back=6, delay_days=0),
            QuarantineContacts(days=21, adherence=1.0),
        ]
    world = mixed(residents, hellewell_course(), contacts=contacts)
    scenario = scene(world, 119, measures=tuple(measures), infected=20)
    kept = 0
    for replicate in range(1, outbreaks + 1):
        run = new_run(scenario, 11, replicate)
        while run.state.day < 84 and run.state.rows < 2_000:
            play_day(run)
            if run.state.day - run.state.infected.day[: run.state.rows].max() > 30:
                break
        infected = run.state.infected
        kept += run.state.rows < 2_000 and (infected.day[: run.state.rows] + infected.run[: run.state.rows]).max() < 84
    return kept / outbreaks


def test_more_tracing_more_control_in_the_twin():
    some, all_ = (controlled_in_the_twin(traced, 25) for traced in (0.4, 1.0))
    # some 0.15 and 1; sd of a share of 25 is 0.08
    assert some < 0.5
    assert all_ > 0.9


@pytest.mark.slow
def test_the_twin_controls_about_as_many_outbreaks_as_the_chains():
    """The twin keeps apart who is traced when told, ill or not, and traces once a case is found, not once it is apart.

    The first makes more control and the second less than in Hellewell et al.; where they come out is seen, not fitted.
    """
    table = {0.0: (0.033, 0.053), 0.2: (0.074, 0.087), 0.4: (0.117, 0.183), 0.6: (0.341, 0.42), 0.8: (0.866, 0.878)}
    outbreaks, before = 120, 0.0
    for traced, published in table.items():
        got = controlled_in_the_twin(traced, outbreaks)
        middle = sum(published) / 2
        # three sd of 120 outbreaks, beside half the way between the two rows and a band of five points for the difference
        luck = 3 * math.sqrt(middle * (1 - middle) / outbreaks)
        assert got == pytest.approx(middle, abs=luck + (published[1] - published[0]) / 2 + 0.05)
        assert got >= before - 0.05
        before = got
