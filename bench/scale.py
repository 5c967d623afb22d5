"""Past one machine: what a play costs, what it takes to have workers, their memory, and `choose` on one and on two.

Run as ``python -m bench.scale [JOB ...]``, jobs ``plays``, ``workers``, ``choose``, ``rows``; without a job, all. Lines
on Ray appear where it is installed. CPU seconds are those of a process; wall seconds count only on a machine that does
nothing else. ``SIZES=100000,1000000`` plays fewer cities.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench._processes import measured
from bench.twin import SCRATCH, city_of, row

SIZES = [int(size) for size in os.environ.get("SIZES", "100000,1000000,5000000,25000000").split(",")]
HAVE_RAY = importlib.util.find_spec("ray") is not None
JOB = (sys.executable, "-c", "from bench._scale_job import main; main()")
COMMAND = (sys.executable, "-c", "import sys; from seawall.cli.app import run; sys.exit(run(sys.argv[1:]))")
ROWS = 100_000_000

OPTIONS = """
[options]
name = "Forty"
name_zh = "四十种"

[[family]]
base = "test-trace-isolate"

[[family.lever]]
name = "tracing"
name_zh = "追踪"
measure = "trace_contacts"
field = "cases_a_day"
values = [10, 20, 40, 60, 80, 100, 150, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1200, 1500, 2000, 3000]

[[family]]
base = "staged-lockdown"

[[family.lever]]
name = "left"
name_zh = "留下的接触"
measure = "stay at home"
field = "left"
values = [0.05, 0.08, 0.1, 0.12, 0.15, 0.18, 0.2, 0.22, 0.25, 0.28, 0.3, 0.32, 0.35, 0.38, 0.4, 0.42, 0.45, 0.5, 0.55]
"""


def said(*words: str) -> dict[str, Any]:
    """What a job prints."""
    found: dict[str, Any] = json.loads(measured([*JOB, *words])[0].strip().splitlines()[-1])
    return found


def plays() -> None:
    """CPU seconds of a replicate by residents and infections, and the line through them."""
    found = [said("plays", str(city_of(size))) for size in SIZES]
    row("residents", "strategy, reproduction number", "infections", "CPU s", "peak MiB")
    row("---:", "---", "---:", "---:", "---:")
    for one in found:
        for each in one["rows"]:
            row(one["residents"], each["key"], round(each["infections"]), round(each["cpu"], 2), round(each["peak"]))
    rows = [(1.0, one["residents"], each["infections"], each["cpu"]) for one in found for each in one["rows"]]
    table = np.array(rows)
    weight = 1 / table[:, 3:]
    fit, *_ = np.linalg.lstsq(table[:, :3] * weight, np.ones(len(table)), rcond=None)
    off = table[:, :3] @ fit / table[:, 3] - 1
    print(
        f"\nCPU s of {found[0]['days']} days = {fit[0]:.3f} + {fit[1] * 1e6:.3f} per million residents + "
        f"{fit[2] * 1e6:.2f} per million infections; off by {np.abs(off).mean():.0%} on the average, "
        f"{np.abs(off).max():.0%} at most.\n"
    )


def workers() -> None:
    """Seconds to start workers, to tell them of a city and to play first; memory of each."""
    names = ("engine", "workers", "residents", "start s", "told s", "sent MB", "arrays MB", "in files MB", "first s")
    row(*names, "of plays", "all s", "resident MiB", "share MiB", "own MiB", "peak MiB")
    row(*["---"] * 15)
    for size in SIZES:
        for engine, count in (("local", "1"), ("local", "2"), *([("ray", "1"), ("ray", "2")] if HAVE_RAY else [])):
            one = said("workers", str(city_of(size)), engine, count)
            times = (f"{one['start_s']:.1f}", f"{one['broadcast_s']:.2f}")
            bytes_ = (f"{one['sent_mb']:.2f}", f"{one['arrays_mb']:.0f}", f"{one['in_files_mb']:.0f}")
            most = [round(max(w[name] for w in one["workers"])) for name in ("resident", "share", "own", "peak")]
            after = (f"{one['first_s']:.1f}", one["plays"], f"{one['all_s']:.1f}")
            row(engine, int(count), one["residents"], *times, *bytes_, *after, *most)


def choose() -> None:
    """`seawall choose` among forty options for a million residents, with one worker and two."""
    folder = SCRATCH / "choose"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "options.toml").write_text(OPTIONS, encoding="utf-8")
    played = ["--days", "40", "--infected", "200", "--first", "2", "--replicates", "3", "--plays", "2", "--areas", "0"]
    words = ["choose", str(city_of(1_000_000)), "--strategies", str(folder / "options.toml"), *played, "--lang", "en"]
    row("engine", "workers", "replicates", "wall s", "of which the race", "CPU s of driver and workers", "same bytes")
    row("---", "---:", "---:", "---:", "---:", "---:", "---")
    for engine, count in (("local", "1"), ("local", "2"), *([("ray", "2")] if HAVE_RAY else [])):
        out = folder / f"{engine}-{count}"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        since = time.perf_counter()
        line = [*COMMAND, *words, "-o", str(out), "--engine", engine, "--workers", count]
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
        wall, used = time.perf_counter() - since, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
        race = (out / "plays.jsonl").stat().st_mtime - (out / "study.json").stat().st_mtime
        many = (out / "plays.jsonl").read_bytes().count(b"\n")
        same = all(
            path.read_bytes() == (folder / "local-1" / path.name).read_bytes()
            for path in out.iterdir()
            if path.suffix in (".csv", ".json", ".toml")
        )
        row(engine, int(count), many, round(wall), round(race), "–" if engine == "ray" else round(cpu), same)


def rows() -> None:
    """A table of visits of a hundred million rows: written, and counted by area and day in a stream."""
    path = SCRATCH / "visits"
    job = (sys.executable, "-c", "from bench._scale_rows import main; main()")
    for what in ("write", "count", "hourly"):
        printed, cpu, wall, peak = measured([*job, what, str(path), str(ROWS)])
        size = sum(file.stat().st_size for file in path.iterdir()) / 1e6
        took = f"{wall:.1f} s, CPU {cpu:.1f} s, peak {peak:,.0f} MiB"
        print(f"{what}: {ROWS:,} rows, {size:,.0f} MB, {took}; {printed.strip()}", flush=True)


JOBS: dict[str, Callable[[], None]] = {"plays": plays, "workers": workers, "choose": choose, "rows": rows}

if __name__ == "__main__":
    os.environ["SEAWALL_CACHE"] = str(SCRATCH / "people")
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f} at the beginning", flush=True)
    for name in sys.argv[1:] or JOBS:
        JOBS[name]()
    print(f"load {os.getloadavg()[0]:.1f} at the end")
