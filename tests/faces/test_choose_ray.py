"""`seawall choose` over Ray: the bytes of one process, also where nodes and hosts go and come, and across a kill.

Every command runs in a process of its own, so that no cluster is left behind in this one.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests import ray_hosts
from tests.choose_city import asked
from tests.choose_cluster import COMMAND, kept, wait_for

HAVE_RAY = importlib.util.find_spec("ray") is not None
ROOT = Path(__file__).parents[2]
NO_HOSTS = ray_hosts.why_not() if HAVE_RAY else None

pytestmark = pytest.mark.skipif(not HAVE_RAY, reason="Ray is not installed; it is the extra [ray]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("city")


@pytest.fixture(scope="module")
def words(folder) -> list[str]:
    return asked(folder)


@pytest.fixture(scope="module")
def environment(folder) -> dict[str, str]:
    return {**os.environ, "SEAWALL_CACHE": str(folder / "people")}


@pytest.fixture(scope="module")
def alone(folder, words, environment) -> Path:
    out = folder / "alone"
    subprocess.run([*COMMAND, *words, "-o", str(out), "--workers", "1"], env=environment, check=True)
    return out


def same(out: Path, other: Path) -> None:
    names = [path.name for path in out.iterdir() if path.name != "plays.jsonl"]
    assert {"choice.json", "chosen.toml", "options.csv", "scores.csv"} <= set(names)
    for name in names:
        assert (out / name).read_bytes() == (other / name).read_bytes(), name


def on_screen(command: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Exit code of a command whose standard error is a terminal, and what it showed there."""
    ours, theirs = pty.openpty()
    shown = b""
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        while True:
            try:
                heard = os.read(ours, 4096)
            except OSError:  # so Linux tells that nobody writes any more
                break
            if not heard:
                break
            shown += heard
    os.close(ours)
    return process.returncode, shown.decode(errors="replace")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_workers_give_the_bytes_of_one_process_and_tell_how_far_they_are(
    folder, words, environment, alone, workers
) -> None:
    out = folder / f"workers-{workers}"
    line = [*COMMAND, *words, "-o", str(out), "--engine", "ray", "--workers", workers]
    code, shown = on_screen(line, {**environment, "TERM": "xterm", "COLUMNS": "160"})
    assert code == 0, shown[-3000:]
    same(alone, out)
    counts = {int(count) for count in re.findall(r"(\d+)/32", shown)}
    assert len(counts) > 2
    assert "Race, look" in shown


def driven(what: str, out: Path, words: list[str], environment: dict[str, str]) -> dict:
    command = [sys.executable, "-m", "tests.choose_cluster", what, str(out), *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.slow
def test_nodes_that_go_and_come_change_no_byte(folder, words, environment, alone) -> None:
    out = folder / "nodes"
    said = driven("coming", out, words, environment)
    assert said["exit"] == 0
    assert said["kept_when_nodes_went"][-1] < said["kept"]
    same(alone, out)


@pytest.mark.slow
def test_a_cluster_takes_nobody_in_without_its_token(folder, words, environment) -> None:
    said = driven("uninvited", folder / "uninvited", words, environment)
    assert said["exit"] == 1
    assert "does not take this process in, which has no token" in " ".join(said["said"].split())
    assert "RAY_AUTH_TOKEN" in said["said"]
    assert said["kept"] == 0


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [("ray", "local"), ("local", "ray")])
def test_killed_on_one_engine_it_goes_on_on_another(folder, words, environment, alone, before, after) -> None:
    out = folder / f"{before}-{after}"
    line = [*COMMAND, *words, "-o", str(out), "--workers", "2", "--engine"]
    with subprocess.Popen([*line, before], env=environment, stdout=subprocess.DEVNULL) as process:
        wait_for(out, 7, process)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not (out / "choice.json").exists()
    first = (out / "plays.jsonl").read_bytes()
    subprocess.run([*line, after], env=environment, stdout=subprocess.DEVNULL, check=True)
    assert (out / "plays.jsonl").read_bytes().startswith(first[: first.rfind(b"\n") + 1])
    assert kept(out) == kept(alone)
    same(alone, out)


@pytest.mark.slow
@pytest.mark.skipif(NO_HOSTS is not None, reason=str(NO_HOSTS))
def test_across_hosts_one_of_which_is_cut_off() -> None:
    command = [sys.executable, "-m", "tests.ray_hosts"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout[done.stdout.rindex("\n{") :])
    assert said["exit"] == 0
    assert said["differ"] == []
    assert said["pulled_at"] < said["back_at"] < said["kept"]
    assert said["mb_received"]["one, started anew"] > 0.5  # the city, from the object store
    assert "token" in said["without_token"].lower()
    for programs in said.get("reached_through_firewall", {}).values():
        assert programs == []
