"""A city played on the workers of an executor: what the tests share with the processes that they start.

``python -m tests.spread FOLDER ENGINE [ADDRESS]`` plays it in a process of its own and says as JSON what came.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np

from seawall.city import open_city
from seawall.city.example import write_example
from seawall.city.synth import synthesise
from seawall.core import Fault, InvalidInput
from seawall.core.executor import executor
from seawall.disease.compile import course_of
from seawall.measures import read_strategy
from seawall.twin import Outcome, Scenario
from seawall.twin.spread_out import play_many
from seawall.twin.study import Question, RuleSets, go_on, scenarios_of, setting_of
from seawall.watch.assess import assess
from seawall.zones import load_rules
from seawall.zones.in_loop import zoning_of

ON, START, DAYS, SEED = date(2025, 3, 31), date(2025, 4, 1), 20, 5
STRATEGIES = ("do-nothing", "zones-in-the-loop", "ninth-edition-like")
"""Without zones, with an indicator rule, with a case-anchored rule."""

ITEMS = tuple((key, number) for number in (1, 2) for key in STRATEGIES)


def scenarios(folder: Path) -> dict[str, Scenario]:
    """A small city that goes on from its reports, under three strategies; made in the folder where it is not there."""
    if not (folder / "city").exists():
        write_example(folder / "city", residents=6000, seed=3)
    city = open_city(folder / "city")
    people, contacts = synthesise(city, seed=SEED, cache=folder / "people")
    setting = setting_of(city, people, contacts, course_of(city.pathogen))
    strategies = {key: read_strategy(key) for key in STRATEGIES}
    known = {one.zoning.rules: load_rules(one.zoning.rules) for one in strategies.values() if one.zoning is not None}
    rules = RuleSets(
        zoning=lambda one, ground: zoning_of(known[one.zoning.rules], ground, city.areas, level=one.zoning.level),
        tiers={name: tuple(tier.code for tier in one.tiers) for name, one in known.items()},
        text={},
    )
    question = Question(strategies=strategies, days=DAYS, seed=SEED)
    played = scenarios_of(setting, question, START, rules)
    began = go_on(played, setting, question, assess(city, ON, seed=SEED))
    return {key: began.of(one) for key, one in played.items()}


def bits(outcome: Outcome) -> str:
    """A hash of all numbers of a replicate."""
    found = hashlib.blake2b(digest_size=16)
    for columns in (outcome.daily, outcome.ages, outcome.burden, outcome.burden_daily):
        for name, column in sorted(columns.items()):
            found.update(name.encode() + np.ascontiguousarray(column).tobytes())
    for table in (outcome.layers, outcome.variants, outcome.tiers):
        found.update(np.ascontiguousarray(table).tobytes())
    return found.hexdigest()


def where() -> str:
    """The Ray node that this worker is on; its number where there is no Ray."""
    ray = sys.modules.get("ray")
    return ray.get_runtime_context().get_node_id() if ray is not None and ray.is_initialized() else str(os.getpid())


def slow_bits(outcome: Outcome) -> tuple[str, str]:
    """`bits` and `where`, after a while."""
    time.sleep(0.5)
    return bits(outcome), where()


def process(_shared: object, _item: object) -> int:
    return os.getpid()


def times(shared: np.ndarray, item: int) -> float:
    return float(shared.sum()) * item


def is_readable_only(shared: np.ndarray, _item: int) -> bool:
    return not shared.flags.writeable


def die_once(folder: Path, item: int) -> int:
    """Kill the worker of item 1, the first time."""
    if item == 1 and not (folder / "died").exists():
        (folder / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 10 * item


def die(_shared: object, item: int) -> int:
    """Kill the worker of item 1, every time."""
    if item == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def refuse(_shared: object, item: int) -> int:
    if item == 2:
        raise InvalidInput("No.", [Fault(file="a.csv", row=3, column="b", problem="it is two", mend="Give another")])
    return item


def sleep(folder: Path, item: int) -> None:
    """Say who sleeps, then sleep."""
    (folder / str(os.getpid())).touch()
    time.sleep(60 * item)


def _main(folder: str, engine: str, address: str | None = None) -> None:
    found: dict[str, str] = {}
    nodes: list[str] = []
    with executor(engine, workers=None if address else 2, address=address) as spread:
        played = play_many(spread, scenarios(Path(folder)), ITEMS, seed=SEED, summarise=slow_bits)
        for key, number, (hashed, node) in played:
            found[f"{key} {number}"] = hashed
            nodes.append(node)
    sys.stdout.write(json.dumps({"bits": found, "nodes": nodes}) + "\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
