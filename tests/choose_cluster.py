"""`seawall choose` on Ray clusters, for the tests, in a process of its own; says as JSON what came of it.

``python -m tests.choose_cluster coming FOLDER choose …`` makes a head without workers and two nodes of one worker each,
and runs the command on them into FOLDER. After a few replicates one node is taken away by force and another added; some
replicates later the other of the first two goes as well, so that the one that came does the rest. ``uninvited FOLDER
choose …`` makes a cluster that has a token, and runs the command on it without.
"""

from __future__ import annotations

import json
import os
import secrets
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


def coming(out: Path, words: list[str]) -> dict:
    """Nodes that go and come."""
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


def uninvited(out: Path, words: list[str]) -> dict:
    """A cluster that has a token which the command is not told."""
    os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        there = ("--engine", "ray", "--address", cluster.address)
        bare = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
        line = [*COMMAND, *words, "-o", str(out), *there]
        done = subprocess.run(line, env=bare, capture_output=True, text=True, timeout=200, check=False)
    finally:
        cluster.shutdown()
    return {"exit": done.returncode, "said": done.stderr, "kept": kept(out)}


if __name__ == "__main__":
    what = {"coming": coming, "uninvited": uninvited}[sys.argv[1]]
    sys.stdout.write("\n" + json.dumps(what(Path(sys.argv[2]), sys.argv[3:])) + "\n")
