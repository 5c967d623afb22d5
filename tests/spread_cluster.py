"""Drivers of Ray clusters for the tests, each in a process of its own: ``python -m tests.spread_cluster WHAT FOLDER``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from tests import spread

from seawall.core import InvalidInput
from seawall.core.executor import WorkersLost, executor
from seawall.twin.spread_out import play_many


def nodes(folder: Path) -> dict:
    """A head without workers and two nodes; one is removed on the way, another comes."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    _, second = cluster.add_node(num_cpus=1), cluster.add_node(num_cpus=1)
    gone, came = second.node_id, ""
    items = [(key, number) for number in range(1, 7) for key in spread.STRATEGIES]
    found, ran = {}, []
    try:
        with executor("ray", address=cluster.address) as workers:
            scenarios = spread.scenarios(folder)
            for key, number, (hashed, node) in play_many(
                workers, scenarios, items, seed=spread.SEED, summarise=spread.slow_bits
            ):
                found[f"{key} {number}"] = hashed
                ran.append(node)
                if len(ran) == 5:
                    cluster.remove_node(second, allow_graceful=False)
                    came = cluster.add_node(num_cpus=1).node_id
    finally:
        cluster.shutdown()
    return {"bits": found, "ran": ran, "gone": gone, "came": came}


def unseen_files(folder: Path) -> dict:
    """Arrays in files that the workers cannot see come from the object store."""
    from ray.cluster_utils import Cluster

    tempfile.tempdir = str(folder / "temporary")
    Path(tempfile.tempdir).mkdir()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        with executor("ray", address=cluster.address) as workers:
            shared = workers.broadcast(np.arange(100_000.0))
            (folder / "temporary").rename(folder / "elsewhere")
            found = dict(workers.map(spread.times, shared, [1, 2]))
            (folder / "elsewhere").rename(folder / "temporary")
    finally:
        cluster.shutdown()
    return {"found": found, "left": [path.name for path in (folder / "temporary").iterdir()]}


def one(folder: Path) -> dict:
    """Four processes on this machine: a worker killed once, one killed always, an exception, and who listens where."""
    before = _listening()
    said = {}
    with executor("ray", workers=4) as workers:
        said["heard_at"] = sorted(_listening() - before)
        shared = workers.broadcast(folder)
        said["once"] = sorted(workers.map(spread.die_once, shared, range(8)))
        said["processes"] = len({found for _, found in workers.map(spread.process, shared, range(40))})
        said["array"] = sorted(workers.map(spread.times, workers.broadcast(np.arange(100_000.0)), [1, 2]))
        try:
            list(workers.map(spread.die, shared, range(4)))
        except WorkersLost as error:
            said["lost"] = str(error)
        try:
            list(workers.map(spread.refuse, shared, range(4)))
        except InvalidInput as error:
            said["refused"] = str(error)
            said["faults"] = len(error.faults)
    try:
        with executor("ray", address="127.0.0.1:1"):
            pass
    except InvalidInput as error:
        said["nowhere"] = str(error)
    return said


def _listening() -> set[str]:
    """Addresses at which this machine listens, without their ports."""
    said = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout
    return {line.split()[3] for line in said.splitlines()}


if __name__ == "__main__":
    what = {"nodes": nodes, "unseen_files": unseen_files, "one": one}[sys.argv[1]]
    sys.stdout.write("\n" + json.dumps(what(Path(sys.argv[2]))) + "\n")
