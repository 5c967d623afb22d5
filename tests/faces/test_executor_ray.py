"""Work spread over Ray: the same bits as in one process; workers and nodes that are lost lose no work.

Each cluster is driven by a process of its own (`tests.spread_cluster`), so that none is left behind in this one.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests import spread

from seawall.core import InvalidInput
from seawall.core.executor import executor
from seawall.twin.spread_out import play_many

HAVE_RAY = importlib.util.find_spec("ray") is not None
ROOT = Path(__file__).parents[2]


def driven(what: str, folder: Path) -> dict:
    command = [sys.executable, "-m", "tests.spread_cluster", what, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.skipif(HAVE_RAY, reason="Ray is installed")
def test_without_ray_the_mend_says_how_to_get_it() -> None:
    with pytest.raises(InvalidInput, match="an optional part that is not installed") as refused, executor("ray"):
        pass
    assert "[ray]" in refused.value.faults[0].mend


@pytest.mark.skipif(not HAVE_RAY, reason="Ray is not installed; it is the extra [ray]")
class TestRay:
    def test_workers_of_one_machine(self, tmp_path: Path) -> None:
        said = driven("one", tmp_path)
        hosts = {address.rpartition(":")[0].strip("[]").removeprefix("::ffff:") for address in said["heard_at"]}
        assert hosts == {"127.0.0.1"}
        assert said["once"] == [[item, 10 * item] for item in range(8)]
        assert (tmp_path / "died").exists()
        assert said["processes"] > 1
        assert said["array"] == [[0, 4999950000.0], [1, 9999900000.0]]
        assert "Item 1 was given to 4 Ray workers" in said["lost"]
        assert said["faults"] == 1
        assert 'no Ray cluster answers at "127.0.0.1:1"' in said["nowhere"]

    @pytest.mark.slow
    def test_a_node_is_removed_on_the_way_and_no_bit_changes(self, tmp_path: Path) -> None:
        said = driven("nodes", tmp_path)
        assert said["gone"] in said["ran"]
        assert said["ran"][-1] != said["gone"]
        items = [(key, number) for number in range(1, 7) for key in spread.STRATEGIES]
        with executor(workers=1) as alone:
            played = play_many(alone, spread.scenarios(tmp_path), items, seed=spread.SEED, summarise=spread.bits)
            assert said["bits"] == {f"{key} {number}": hashed for key, number, hashed in played}

    @pytest.mark.slow
    def test_arrays_whose_files_are_not_seen_come_from_the_object_store(self, tmp_path: Path) -> None:
        assert driven("unseen_files", tmp_path)["found"] == {"0": 4999950000.0, "1": 9999900000.0}
