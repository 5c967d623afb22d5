"""The morning brief end to end: time and memory, by residents, and on Shanghai 2022 where its record is at hand.

Run as ``python -m bench.brief``; each brief is a process of its own, start, check, pictures and PDF included.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
SIZES = (300_000, 1_000_000, 5_000_000, 25_000_000)


def measured(*words: str) -> tuple[float, float, float]:
    """Wall and CPU seconds from start to exit, and peak resident memory in MiB, of one `seawall` command."""
    command = [sys.executable, "-c", "from seawall.cli import main; main()", *words]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"seawall {' '.join(words)} ended with {process.returncode}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def row(name: str, folder: Path, out: Path, *words: str) -> None:
    """Print one line: the brief in one language, then in all three."""
    one = measured("brief", str(folder), "-o", str(out / "one"), *words)
    every = measured("brief", str(folder), "-o", str(out / "all"), "--lang", "all", *words)
    print(f"| {name} | {one[0]:.1f} | {one[1]:.1f} | {every[0]:.1f} | {every[1]:.1f} | {max(one[2], every[2]):.0f} |")


def main() -> None:
    print("| city | wall s, one language | CPU s | wall s, three | CPU s | peak MiB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as scratch:
        for residents in SIZES:
            folder = Path(scratch) / f"city-{residents}"
            measured("example", str(folder), "--residents", str(residents))
            row(f"example, {residents:,} residents", folder, Path(scratch) / f"out-{residents}")
        if not SHARED.exists():
            print("Shanghai 2022 is left out: its record is not beside this checkout.")
            return
        folder = Path(scratch) / "shanghai"
        make = [sys.executable, str(ROOT / "examples/shanghai-2022/make.py"), str(SHARED), "-o", str(folder)]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        for day in ("2022-03-27", "2022-04-13"):
            row(f"Shanghai, {day}", folder, Path(scratch) / f"out-{day}", "--on", day)


if __name__ == "__main__":
    main()
