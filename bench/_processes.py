"""One command in a process of its own: its CPU seconds, wall seconds and peak memory."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence


def measured(command: Sequence[str]) -> tuple[str, float, float, float]:
    """Run a command to its end.

    Returns:
        What it printed, CPU seconds (user and system), wall seconds, peak resident memory in MiB.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed with {process.returncode}")
    return printed, usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss / 1024
