"""Jobs of `bench.scale`, each in a process of its own; a job prints one JSON line."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from seawall.city import open_city
from seawall.city.synth import synthesise
from seawall.core.executor import executor
from seawall.core.travel import in_file, packed
from seawall.disease.compile import course_of
from seawall.measures import read_strategy
from seawall.twin import Outcome, Scenario, seeded
from seawall.twin.spread_out import play_many
from seawall.twin.study import setting_of

DAYS, SEED = 90, 1
INFECTED = 2e-5
"""Residents infected on the first day, as a share."""

PLAYED = (("do-nothing", 1.05), ("do-nothing", 1.5), ("do-nothing", 2.87), ("test-trace-isolate", 2.87))
"""Strategy, and reproduction number of COVID-19's ancestral line: few infections, some, and most of the residents."""


@dataclass(frozen=True)
class Clock:
    """What is kept of a replicate: not what came of it, but what it took.

    Called in the worker right after the replicate, so CPU seconds are those of the worker since it was started.
    """

    def __call__(self, outcome: Outcome) -> dict[str, float]:
        """CPU seconds, infections, and memory in MiB of this very process."""
        return {
            "process": os.getpid(),
            "cpu": time.process_time(),
            "at": time.time(),
            "infections": float(outcome.daily["infections"][:, -1].sum()),
            **memory(),
        }


def memory() -> dict[str, float]:
    """Memory of this process, MiB.

    resident: pages in memory; share: the same, each page that others hold too divided among them; own: pages that
    nobody else holds; peak: the most that was resident.
    """
    found: dict[str, float] = {}
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]:
        name, size = line.split()[:2]
        found[name.rstrip(":")] = int(size) / 1024
    status = Path("/proc/self/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return {
        "resident": found["Rss"],
        "share": found["Pss"],
        "own": found["Private_Clean"] + found["Private_Dirty"],
        "peak": int(peak.split()[1]) / 1024,
    }


def scenarios(folder: Path) -> dict[str, Scenario]:
    """The city under each of `PLAYED`."""
    city = open_city(folder)
    people, contacts = synthesise(city, seed=SEED)
    laid_out = {
        number: setting_of(city, people, contacts, course_of("covid-ancestral", reproduction_number=number))
        for number in dict.fromkeys(number for _, number in PLAYED)
    }
    return {
        f"{name} {number:g}": Scenario(
            world=laid_out[number].world,
            map=laid_out[number].map,
            protection=laid_out[number].protection,
            strategy=read_strategy(name),
            start=date(2026, 1, 1),
            days=DAYS,
            beginning=seeded(max(2, round(INFECTED * people.residents))),
        )
        for name, number in PLAYED
    }


def plays(folder: Path) -> dict[str, Any]:
    """CPU seconds of replicates of one city in this process, and memory after each."""
    all_of = scenarios(folder)
    residents = next(iter(all_of.values())).world.people.residents
    rows: list[dict[str, Any]] = []
    with executor(workers=1) as alone:
        first = next(iter(all_of))
        for _ in play_many(alone, all_of, [(first, 1)], seed=SEED, summarise=Clock()):
            pass  # loads what is compiled
        for key in all_of:
            before = time.process_time()
            for _, _, found in play_many(alone, all_of, [(key, 2)], seed=SEED, summarise=Clock()):
                rows.append({"key": key, **found, "cpu": time.process_time() - before})
    return {"residents": residents, "days": DAYS, "rows": rows}


def sizes(value: object) -> dict[str, float]:
    """Bytes of a value on its way: what is sent whole, arrays apart, and how much of these lies in files already."""
    apart: dict[int, Any] = {}

    def number(array: Any) -> int:
        apart[id(array)] = array
        return id(array)

    head = len(packed(value, number))
    return {
        "sent_mb": head / 1e6,
        "arrays_mb": sum(array.nbytes for array in apart.values()) / 1e6,
        "in_files_mb": sum(array.nbytes for array in apart.values() if in_file(array)) / 1e6,
    }


def nothing(_shared: object, _item: object) -> int:
    return os.getpid()


def workers(folder: Path, engine: str, count: str, address: str | None = None) -> dict[str, Any]:
    """How long workers take to be there, to be told of a city, and to play first and next; and their memory."""
    all_of: Mapping[str, Scenario] = scenarios(folder)
    key = next(iter(all_of))
    told: dict[str, Any] = {"residents": all_of[key].world.people.residents, **sizes(all_of)}
    since = time.perf_counter()
    with executor(engine, workers=int(count), address=address) as hands:  # type: ignore[arg-type]  # local or ray
        for _ in hands.map(nothing, hands.broadcast(None), range(int(count))):
            pass
        told["start_s"] = time.perf_counter() - since
        since = time.perf_counter()
        hands.broadcast(all_of)
        told["broadcast_s"] = time.perf_counter() - since
        since = time.time()
        items = [(key, number) for number in range(1, 2 * int(count) + 3)]
        rows = [found for _, _, found in play_many(hands, all_of, items, seed=SEED, summarise=Clock())]
    told["first_s"] = min(row["at"] for row in rows) - since
    told["all_s"] = max(row["at"] for row in rows) - since
    told["plays"] = len(rows)
    told["workers"] = list({row["process"]: row for row in rows}.values())
    told["driver"] = memory()
    return told


def main() -> None:
    """Do the job named on the command line; this module itself is imported by the workers, so it is not what is run."""
    job, folder, *more = sys.argv[1:]
    said = plays(Path(folder)) if job == "plays" else workers(Path(folder), *more)
    sys.stdout.write("\n" + json.dumps(said) + "\n")
