"""A folder as `seawall choose` leaves it, from a small city, for tests of the page of a choice.

Everything in it is played and written by the package; nothing is made up here but the people.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from seawall.city import City, open_city
from seawall.city.example import write_example
from seawall.measures import read_strategy
from seawall.measures.limit_contacts import LimitContacts
from seawall.plan.choice import write_choice
from seawall.plan.choose import Effort, Workers, choose
from seawall.plan.goal import Goal
from seawall.plan.options import NOTHING, Option, Options
from seawall.twin.study import Question, last_reported
from seawall.watch.assess import assess

DAYS, REPLICATES, SEED = 25, 10, 5
OUTSIDE = ("school", "work", "community", "transport", "public")
SHIPPED = (NOTHING, "protect-the-old", "test-trace-isolate")


def small_city(root: Path) -> City:
    """Five thousand people who do not exist."""
    write_example(root, residents=5_000, seed=SEED, days=60)
    return open_city(root)


def some_options() -> Options:
    """Three shipped strategies, and one of them with contacts limited more or less, sooner or later."""
    found = {key: Option(key=key, base=key, strategy=read_strategy(key)) for key in SHIPPED}
    base = found["test-trace-isolate"].strategy
    for left in (0.1, 0.4):
        for begin in (0, 10):
            limit = LimitContacts(name="fewer contacts", start=begin, stop=DAYS, layers=OUTSIDE, left=left)
            key = f"test-trace-isolate+left={left:g}+begin={begin}"
            found[key] = Option(
                key=key,
                base="test-trace-isolate",
                strategy=dataclasses.replace(base, measures=(*base.measures, limit)),
                levers={"left": left, "begin": begin},
                lever_names_zh={"left": "保留接触", "begin": "起始日"},
            )
    return Options(name="some", name_zh="若干", about="", options=found)


def chosen_folder(city: City, goal: Goal, folder: Path, *, infected: int | None = 20) -> Path:
    """Choose and write; None infected: from what the city's reports say of today."""
    options = some_options()
    last = last_reported(city)
    assert last is not None
    chosen = choose(
        city,
        goal,
        options,
        folder,
        question=Question(
            strategies={key: one.strategy for key, one in options.options.items()},
            days=DAYS,
            replicates=REPLICATES,
            seed=SEED,
            infected=infected,
            pathogen="covid-ancestral",
        ),
        effort=Effort(first=4, most=REPLICATES, plays_per_option=REPLICATES, runaway=1000),
        workers=Workers(count=1),
        situation=assess(city, last, seed=SEED) if infected is None else None,
    )
    write_choice(chosen, folder)
    return folder
