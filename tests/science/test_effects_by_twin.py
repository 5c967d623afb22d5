"""What the twin says of a measure: exactly nothing of one that does nothing, and intervals that hold the truth."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from seawall.city import open_city
from seawall.city.example import write_example
from seawall.city.synth import synthesise
from seawall.disease.compile import course_of
from seawall.measures import parse_strategy
from seawall.review.counterfactual import Twin, compared, counterfactuals, without
from seawall.review.decision import Decision
from seawall.twin.outcome import Runs
from seawall.twin.simulate import simulate
from seawall.twin.study import Question, scenarios_of, setting_of
from seawall.watch.assess import assess

TEXT = """
[strategy]
name = "Three"
[[measures]]
kind = "isolate_cases"
name = "isolation"
[[measures]]
kind = "limit_contacts"
name = "limits"
left = 0.5
[[measures]]
kind = "limit_contacts"
name = "nothing"
left = 1.0
[[measures]]
kind = "test_on_symptoms"
name = "tests"
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    root = tmp_path_factory.mktemp("example") / "city"
    write_example(root, residents=4000, seed=2)
    return open_city(root)


@pytest.fixture(scope="module")
def people(city):
    return synthesise(city, seed=1)


@pytest.fixture(scope="module")
def strategy():
    return parse_strategy(TEXT, file="three.toml")


@pytest.fixture(scope="module")
def runs(city, people, strategy):
    names = {"with": strategy} | {name: without(strategy, name)[0] for name in ("limits", "nothing")}
    question = Question(strategies=names, days=30, replicates=64, seed=5, infected=25)
    setting = setting_of(city, *people, course_of(city.pathogen))
    scenarios = scenarios_of(setting, question, date(2025, 3, 1), None)
    return {
        key: simulate(one, replicates=8 if key == "nothing" else question.replicates, seed=5)
        for key, one in scenarios.items()
    }


def some(runs: Runs, chosen: slice) -> Runs:
    fields = ("start", "days", "districts", "city", "sectors", "variants", "provenance")
    return Runs(outcomes=runs.outcomes[chosen], **{name: getattr(runs, name) for name in fields})


def test_a_measure_without_strength_averts_exactly_nothing(runs):
    rows = {row["what"]: row for row in compared(some(runs["with"], slice(8)), runs["nothing"], ["nothing"], seed=1)}
    for what in ("infections_averted", "deaths_averted"):
        assert (rows[what]["estimate"], rows[what]["low"], rows[what]["high"]) == (0, 0, 0)
    assert rows["infections_averted"]["verdict"] == "cannot_say"
    assert rows["restricted_days_per_infection_averted"]["why_not"] == "none_averted_for_sure"


def test_intervals_of_the_mean_hold_the_mean_of_many(runs):
    differences = runs["with"].averted(runs["limits"])
    truth = differences.mean()
    assert truth > 3 * differences.std() / np.sqrt(differences.size)
    inside = []
    for first in range(0, 64, 8):
        mine = slice(first, first + 8)
        rows = compared(some(runs["with"], mine), some(runs["limits"], mine), ["limits"], seed=1)
        row = next(one for one in rows if one["what"] == "infections_averted")
        inside.append(row["low"] <= truth <= row["high"])
    assert np.mean(inside) >= 0.75


def test_days_for_each_infection_averted_are_the_ratio_of_the_means(runs):
    rows = {row["what"]: row for row in compared(runs["with"], runs["limits"], ["limits"], seed=1)}
    ratio = rows["restricted_days_per_infection_averted"]
    assert ratio["estimate"] == pytest.approx(
        rows["restricted_days_added"]["estimate"] / rows["infections_averted"]["estimate"]
    )
    assert ratio["low"] < ratio["estimate"] < ratio["high"]
    assert rows["infections_averted"]["verdict"] == "slower"


def test_what_cannot_hold_alone_is_taken_out_together():
    text = '[strategy]\nname = "T"\n[[measures]]\nkind = "trace_contacts"\nname = "trace"\n'
    text += '[[measures]]\nkind = "quarantine_contacts"\nname = "quarantine"\n'
    left, gone = without(parse_strategy(text, file="t.toml"), "trace")
    assert left.measures == ()
    assert gone == ("quarantine",)


def test_every_measure_of_a_decision_is_played_once_without(city, people, strategy):
    on = date(2025, 5, 31)
    decision = Decision(
        name="d", key="k", on=on, start=date(2025, 6, 1), days=10, seed=1, version=1, strategy=strategy,
        expected=pl.DataFrame(schema={"event": pl.String}),
    )  # fmt: skip
    twin = Twin(city=city, decision=decision, situation=assess(city, on, seed=1), replicates=5, synthesised=people)
    played = counterfactuals(twin)
    averted = played.effects.filter(pl.col("what") == "infections_averted")
    assert averted["measures"].to_list() == [["isolation"], ["limits"], ["nothing"], ["tests"]]
    assert averted.filter(pl.col("measures").list.contains("nothing"))["estimate"].item() == 0
    assert played.burden["limits"] > 0
