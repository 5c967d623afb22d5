"""One run of the twin in a process of its own; prints one JSON line. Used by ``bench.twin``."""

import argparse
import datetime as dt
import hashlib
import json
import resource
import time
from pathlib import Path

from seawall.city import read_city
from seawall.city.synth import synthesise
from seawall.disease import course_of
from seawall.disease.waning import waning_of
from seawall.measures import Strategy, read_strategy
from seawall.twin import Scenario, capacity_of, map_of, seeded, simulate, world_of
from seawall.zones import load_rules
from seawall.zones.in_loop import zoning_of


def cpu() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mib() -> float:
    """Peak resident memory since it was last forgotten."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--city", type=Path, required=True)
    ask.add_argument("--cache", type=Path, required=True)
    ask.add_argument("--strategy")
    ask.add_argument("--pathogen", default="covid-ancestral")
    ask.add_argument("--reproduction-number", type=float)
    ask.add_argument("--infected", type=int, default=500)
    ask.add_argument("--days", type=int, default=180)
    ask.add_argument("--threads", type=int, default=1)
    asked = ask.parse_args()
    begin = cpu()
    city = read_city(asked.city)
    people, contacts = synthesise(city, seed=1, cache=asked.cache)
    made = cpu()
    numbers = {} if asked.reproduction_number is None else {"reproduction_number": asked.reproduction_number}
    course = course_of(asked.pathogen, **numbers)
    world = world_of(people, contacts, course)
    ground = map_of(people, city.areas, capacity_of(city), course.variants)
    strategy = read_strategy(asked.strategy) if asked.strategy else Strategy(name="nothing")
    drawn = strategy.zoning
    zoning = None if drawn is None else zoning_of(load_rules(drawn.rules), ground, city.areas, level=drawn.level)

    def scenario(days: int) -> Scenario:
        return Scenario(
            world=world,
            map=ground,
            protection=waning_of(course),
            strategy=strategy,
            start=dt.date(2026, 1, 1),
            days=days,
            beginning=seeded(asked.infected),
            zoning=zoning,
        )

    simulate(scenario(3), threads=asked.threads)  # loads what is compiled, once
    built = cpu()
    Path("/proc/self/clear_refs").write_text("5")
    wall = time.perf_counter()
    runs = simulate(scenario(asked.days), threads=asked.threads)
    seconds, used = time.perf_counter() - wall, cpu() - built
    outcome = runs.outcomes[0]
    digest = hashlib.blake2b(b"".join(array.tobytes() for array in outcome.daily.values()), digest_size=6)
    infections = float(outcome.daily["infections"][:, -1].sum())
    print(
        json.dumps(
            {
                "residents": people.residents,
                "days": asked.days,
                "people_cpu_s": round(made - begin, 2),
                "setup_cpu_s": round(built - made, 2),
                "run_cpu_s": round(used, 2),
                "run_wall_s": round(seconds, 2),
                "peak_mib": round(peak_mib()),
                "infections": infections,
                "attack_rate": round(infections / people.residents, 4),
                "reports": float(outcome.daily["reports"][:, -1].sum()),
                "agent_days_per_cpu_s": round(people.residents * asked.days / max(used, 1e-9)),
                "digest": digest.hexdigest(),
            }
        )
    )


if __name__ == "__main__":
    main()
