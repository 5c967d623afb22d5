"""The example city: time, memory and size of the folder, by residents.

Run as ``python -m bench.example``; each size runs in a process of its own, import and start included.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from seawall.city import read_city

SIZES = (10_000, 300_000, 1_000_000, 5_000_000, 25_000_000)


def measured(residents: int, folder: Path) -> tuple[float, float]:
    """Seconds from start to exit, and peak resident memory in MiB, of one `seawall example`."""
    code = "from seawall.cli import main; main()"
    command = [sys.executable, "-c", code, "example", str(folder), "--residents", str(residents)]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"seawall example failed at {residents:,} residents")
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    print("| residents | communities | cases | seconds | peak MiB | folder MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for residents in SIZES:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "city"
            seconds, peak = measured(residents, folder)
            city = read_city(folder)
            communities = len(city.areas.at_level("community"))
            cases = city.scan("cases").select("case_id").collect().height
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
        print(f"| {residents:,} | {communities:,} | {cases:,} | {seconds:.1f} | {peak:.0f} | {size:.1f} |")


if __name__ == "__main__":
    main()
