"""The number of alarms that chance gives, against the alarms in quiet worlds."""

import numpy as np
import pytest

from seawall.core.draws import generator
from seawall.watch.alarms import EarsRules, ears
from seawall.watch.alarms.chance import chance_of_alarm

AREAS, DAYS = 800, 40


def world(name):
    draw = generator(8, "by chance", name)
    size = (DAYS, AREAS)
    return {
        "sparse": lambda: draw.poisson(0.02, size),
        "a case a day": lambda: draw.poisson(0.8, size),
        "busy": lambda: draw.poisson(10.0, size),
        "most areas without a case": lambda: draw.poisson(
            np.where(draw.random(AREAS) < 0.7, 0, draw.gamma(0.5, 4, AREAS)), size
        ),
        "overdispersed": lambda: draw.negative_binomial(50 / 9, 0.1, size),
    }[name]().astype(float)


@pytest.mark.parametrize("name", ["sparse", "a case a day", "busy", "most areas without a case", "overdispersed"])
@pytest.mark.parametrize(("method", "alpha"), [("c1", 0.001), ("c2", 0.001), ("c3", 0.025)])
def test_as_many_alarms_as_chance_gives(name, method, alpha):
    verdicts = ears(world(name), EarsRules(method=method, alpha=alpha, min_sd=0.5))
    held = verdicts.assessed
    chance = chance_of_alarm(verdicts.upper[held], verdicts.expected[held], verdicts.details["sd"][held], days=7)
    raised = verdicts.alarm.sum()
    assert chance.sum() == pytest.approx(raised, rel=0.2, abs=12)


def test_an_outbreak_is_more_than_chance():
    counts = world("a case a day")
    counts[-1, :80] += 6
    verdicts = ears(counts, EarsRules(method="c1", alpha=0.001))
    last = (np.array([DAYS - 1]), slice(None))
    chance = chance_of_alarm(
        verdicts.upper[last][0], verdicts.expected[last][0], verdicts.details["sd"][last][0], days=7
    )
    assert verdicts.alarm[-1].sum() > 2 * chance.sum()


def test_few_baselines_take_a_prior_of_their_own():
    upper, mean, sd = np.array([1.5, 6.5]), np.array([0.0, 4.0]), np.array([0.5, 0.8])
    chance = chance_of_alarm(upper, mean, sd, days=7)
    # No case in seven days, Jeffreys: negative binomial of size 1/2 and P(0) = sqrt(7/8).
    zero = (7 / 8) ** 0.5
    assert chance[0] == pytest.approx(1 - zero - zero / 2 / 8)
    assert 0.05 < chance[1] < 0.2
    assert chance_of_alarm(np.zeros(0), np.zeros(0), np.zeros(0), days=7).size == 0
