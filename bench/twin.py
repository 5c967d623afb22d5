"""The twin: a megacity with and without measures, beside Covasim and LASER, by residents, infections and threads.

Run as ``python -m bench.twin [JOB ...]``; without a job, all of them. Each run is a process of its own. The peers are
run where ``../shared/peers/simulation`` holds their scripts and ``PEERS`` names a folder in which virtual environments
``covasim3``, ``covasim`` and ``laser`` stand (made from the requirements beside the scripts).
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench._processes import measured

SCRIPTS = Path(__file__).parents[2] / "shared" / "peers" / "simulation"
PEERS = Path(os.environ.get("PEERS", "peers"))
SCRATCH = Path(os.environ.get("TWIN_BENCH", tempfile.gettempdir())) / "seawall-twin"
SAME_SIZE = "1.95"
"""Reproduction number at which test, trace and isolate leaves as many infected as in Covasim's run, 37 %."""

ALL_ON = "ninth-edition-like"
WAVE_WITH_ALL_ON = "zones-in-the-loop"


def city_of(residents: int) -> Path:
    """An example city of that size, made once."""
    folder = SCRATCH / f"city-{residents}"
    if not folder.exists():
        measured(
            [
                sys.executable,
                "-c",
                "from seawall.cli import main; main()",
                "example",
                str(folder),
                "--residents",
                str(residents),
            ]
        )
    return folder


def province() -> Path:
    """A hundred million residents, as bare tables: areas and their ages."""
    folder = SCRATCH / "province"
    if not folder.exists():
        import polars as pl

        folder.mkdir(parents=True)
        counties = [(f"1{county:02d}", "1", "district", f"County {county}", 1_000_000) for county in range(100)]
        rows = [("1", None, "city", "Province", 100_000_000), *counties]
        pl.DataFrame(rows, schema=["area_id", "parent_id", "level", "name", "population"], orient="row").write_csv(
            folder / "areas.csv"
        )
        (folder / "counts.csv").write_text("date,area_id,event,count\n2026-01-01,1,reports,1\n")
        (folder / "city.toml").write_text('name = "Province"\nsynthetic = true\n')
    return folder


def ours(folder: Path, *options: str, memory: bool = True) -> dict[str, float]:
    """One run of the twin."""
    command = [sys.executable, "-m", "bench._twin_job", "--city", str(folder), "--cache", str(SCRATCH / "people")]
    printed, cpu, wall, peak = measured([*command, *options])
    found = json.loads(printed.strip().splitlines()[-1])
    return found | {"process_cpu_s": cpu, "process_wall_s": wall, "process_peak_mib": peak if memory else 0.0}


def row(*cells: object) -> None:
    """A line of a table."""
    print("| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells) + " |", flush=True)


def megacity() -> None:
    """25 million residents, 180 days."""
    folder = city_of(25_000_000)
    row("job", "threads", "infections", "CPU s", "wall s", "peak MiB", "bits")
    row("---", "---:", "---:", "---:", "---:", "---:", "---")
    jobs = (
        ("uncontrolled wave, full clinical course", ()),
        ("a wave under tests, tracing, quarantine, zones in the loop", ("--strategy", WAVE_WITH_ALL_ON)),
        ("a held outbreak, everything on", ("--strategy", ALL_ON)),
    )
    for name, options in jobs:
        for threads in ("1", "2"):
            found = ours(folder, "--threads", threads, *options)
            row(
                name,
                int(threads),
                int(found["infections"]),
                found["run_cpu_s"],
                found["run_wall_s"],
                int(found["peak_mib"]),
                found["digest"],
            )


def residents() -> None:
    """Time and memory against residents, an uncontrolled wave of 180 days; then against infections."""
    by_size: list[tuple[float, float, float]] = []
    row("residents", "infections", "people CPU s", "run CPU s", "peak MiB", "agent-days per CPU s")
    row(*["---:"] * 6)
    for size in (100_000, 1_000_000, 5_000_000, 25_000_000, 100_000_000):
        folder = province() if size == 100_000_000 else city_of(size)
        found = ours(folder, "--infected", str(max(20, size // 50_000)))
        by_size.append((size, found["run_cpu_s"], found["peak_mib"]))
        row(
            size,
            int(found["infections"]),
            found["people_cpu_s"],
            found["run_cpu_s"],
            int(found["peak_mib"]),
            int(found["agent_days_per_cpu_s"]),
        )
    print()
    by_infections: list[tuple[float, float]] = []
    row("reproduction number", "infections", "run CPU s", "CPU µs an infection")
    row(*["---:"] * 4)
    for number in ("1.1", "1.2", "1.3", "1.5", "1.7", "2", "3"):
        found = ours(city_of(25_000_000), "--reproduction-number", number)
        by_infections.append((found["infections"], found["run_cpu_s"]))
        row(
            number,
            int(found["infections"]),
            found["run_cpu_s"],
            round(1e6 * found["run_cpu_s"] / max(found["infections"], 1), 2),
        )
    draw(by_size, by_infections)


def draw(by_size: list[tuple[float, float, float]], by_infections: list[tuple[float, float]]) -> None:
    """The picture of the benchmarks page."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.1), layout="constrained")
    size, seconds, memory = zip(*by_size, strict=True)
    infections, spent = zip(*by_infections, strict=True)
    for axis, x, y, across, up in (
        (axes[0], size, seconds, "residents", "CPU seconds, uncontrolled wave"),
        (axes[1], size, memory, "residents", "peak MiB"),
        (axes[2], infections, spent, "infections among 25 million", "CPU seconds"),
    ):
        axis.loglog(x, y, marker="o", color="#1f5fa8")
        axis.set_xlabel(across)
        axis.set_ylabel(up)
        axis.grid(visible=True, which="major", color="#dddddd", linewidth=0.6)
    figure.savefig(Path(__file__).parents[1] / "docs" / "images" / "twin-cost.png", dpi=110)


def covasim() -> None:
    """Test, trace and isolate beside Covasim, and the uncontrolled wave beside Covasim and LASER."""
    row("model", "residents", "measures", "infected", "run CPU s", "peak MiB", "agent-days per CPU s")
    row("---", "---:", "---", "---:", "---:", "---:", "---:")

    def peer(name: str, script: str, *options: str) -> None:
        python = PEERS / name / "bin" / "python"
        if not python.exists() or not (SCRIPTS / script).exists():
            print(f"{name}: not here", file=sys.stderr)
            return
        found = json.loads(measured([str(python), str(SCRIPTS / script), *options])[0].strip().splitlines()[-1])
        row(
            f"{found['peer']} {found.get('version', '')}",
            found["n_agents"],
            "yes" if "--tti" in options else "none",
            f"{found['attack_rate']:.0%}",
            found["run_cpu_s"],
            int(found["peak_rss_mb"]),
            int(found["agent_days_per_cpu_s"]),
        )

    for size, strategy in (
        (100_000, None),
        (1_000_000, None),
        (100_000, "test-trace-isolate"),
        (1_000_000, "test-trace-isolate"),
    ):
        options = ("--strategy", strategy, "--reproduction-number", SAME_SIZE) if strategy else ()
        found = ours(city_of(size), "--infected", str(max(20, size // 5000)), *options)
        row(
            "seawall",
            size,
            "yes" if strategy else "none",
            f"{found['attack_rate']:.0%}",
            found["run_cpu_s"],
            int(found["peak_mib"]),
            int(found["agent_days_per_cpu_s"]),
        )
    for name in ("covasim3", "covasim"):
        peer(name, "bench_covasim.py", "--n", "100000", "--days", "180")
        peer(name, "bench_covasim.py", "--n", "100000", "--days", "180", "--tti")
        peer(name, "bench_covasim.py", "--n", "1000000", "--days", "180", "--tti")
    peer("laser", "bench_laser.py", "--n", "1000000", "--days", "180")


JOBS: dict[str, Callable[[], None]] = {"megacity": megacity, "residents": residents, "covasim": covasim}


def main() -> None:
    for name in sys.argv[1:] or JOBS:
        if name not in JOBS:
            sys.exit(f"no job {name}; there are {', '.join(JOBS)}")
        print(f"\n## {name}\n\n{JOBS[name].__doc__}\n")
        JOBS[name]()


if __name__ == "__main__":
    main()
