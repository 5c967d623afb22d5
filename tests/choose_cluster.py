"""`seawall choose` on a Ray cluster whose nodes come and go, for the tests, in a process of its own.

``python -m tests.choose_cluster FOLDER choose …`` makes a head without workers and two nodes of one worker each, and
runs the command on them into FOLDER. After a few replicates one node is taken away by force and another added; some
replicates later the other of the first two goes as well, so that the one that came does the rest. Says as JSON what
was there then.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

AT = (4, 10)
"""Replicates that are kept when the first node is taken away, and the second."""

COMMAND = (sys.executable, "-c", "import sys; from seawall.cli.app import run; sys.exit(run(sys.argv[1:]))")


def kept(out: Path) -> int:
    """Replicates that are kept so far."""
    plays = out / "plays.jsonl"
    return plays.read_bytes().count(b"\n") if plays.exists() else 0


def wait_for(out: Path, count: int, process: subprocess.Popen) -> int:
    """Wait until so many replicates are kept, or the command has ended; gives how many are."""
    while kept(out) < count and process.poll() is None:
        time.sleep(0.02)
    return kept(out)


def main(out: Path, words: list[str]) -> dict:
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    first, second = cluster.add_node(num_cpus=1), cluster.add_node(num_cpus=1)
    where = ("--engine", "ray", "--address", cluster.address)
    try:
        with subprocess.Popen([*COMMAND, *words, "-o", str(out), *where], stdout=subprocess.DEVNULL) as process:
            at = [wait_for(out, AT[0], process)]
            cluster.remove_node(first, allow_graceful=False)
            cluster.add_node(num_cpus=1)
            at.append(wait_for(out, AT[1], process))
            cluster.remove_node(second, allow_graceful=False)
            at.append(kept(out))
    finally:
        cluster.shutdown()
    return {"exit": process.returncode, "kept_when_nodes_went": at, "kept": kept(out)}


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(main(Path(sys.argv[1]), sys.argv[2:])) + "\n")
