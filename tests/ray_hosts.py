"""`seawall choose` on a Ray cluster of several hosts: ``python -m tests.ray_hosts [CITY]``. Says as JSON what was seen.

Each host is a network namespace with an interface on a private network and one that the outside reaches, and with a
file system in which nothing of the others' lies. A head that plays nothing, two workers; on the way the cable of one
is pulled, and later it is started anew. With a city folder: what it takes to bring that city to one other host. Needs Linux, root, `ip`, `ss` and Ray; `nft` too for the firewall.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.choose_city import asked
from tests.choose_cluster import COMMAND, kept, wait_for

from seawall.city.synth.cache import cache_folder

PORT = 6379
WHILE = 8.0
"""Seconds that Ray is given to be up on a host."""

STORE = 100_000_000
"""Bytes of the object store of a host."""

PULLED_AT, BACK_AT = 4, 8
"""Replicates that are kept when the cable of a worker is pulled, and when it is started anew."""

FIREWALL = """table inet seawall {
  chain input {
    type filter hook input priority 0; policy drop;
    iifname { "lo", "private" } accept
    ct state established,related accept
  }
}
"""
"""What the private network asks for is let in, and answers to what was asked for; nothing else."""

CONNECT = """import json, socket, sys
def reached(port):
    try:
        socket.create_connection((sys.argv[1], port), 1).close()
    except OSError:
        return False
    return True
print(json.dumps([port for port in map(int, sys.argv[2:]) if reached(port)]))
"""


def why_not() -> str | None:
    """Why hosts cannot be made here; None where they can."""
    if importlib.util.find_spec("ray") is None:
        return "Ray is not installed; it is the extra [ray]"
    for tool in ("ip", "ss", "unshare"):
        if shutil.which(tool) is None:
            return f"there is no {tool} on this machine"
    script = "ip link add v0 type veth peer name v1 && ip link add b0 type bridge"
    tried = subprocess.run(["unshare", "-n", "-m", "sh", "-c", script], capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else f"no network namespaces: {tried.stderr.strip()}"


def sh(*words: str) -> str:
    """What a command says."""
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


@dataclass
class Host:
    """A namespace.

    Attributes:
        name: of the namespace.
        number: last part of its addresses, 10.77.0.x on the private network and 198.51.100.x outside.
        folder: what it sees empty, and keeps Ray's files in; None: it sees what is there.
        processes: what was started on it.
    """

    name: str
    number: int
    folder: Path | None = None
    processes: list[subprocess.Popen] = field(default_factory=list)

    @property
    def private(self) -> str:
        return f"10.77.0.{self.number}"

    @property
    def public(self) -> str:
        return f"198.51.100.{self.number}"

    def on(self, *words: str) -> list[str]:
        """A command as it is given on this host."""
        alone = ["ip", "netns", "exec", self.name]
        if self.folder is None:
            return [*alone, *words]
        hide = f'mount -t tmpfs none {self.folder} && mount -t tmpfs none /dev/shm && cd / && exec "$@"'
        return [*alone, "unshare", "-m", "sh", "-c", hide, "sh", *words]

    def start(self, *words: str, env: dict[str, str], log: Path) -> subprocess.Popen:
        with log.open("w") as stream:
            process = subprocess.Popen(self.on(*words), env=env, stdout=stream, stderr=subprocess.STDOUT)
        self.processes.append(process)
        return process

    def listening(self) -> list[tuple[str, int, str]]:
        """Address, port and program of every port that is listened at."""
        found = []
        for line in sh("ip", "netns", "exec", self.name, "ss", "-Hltnp").splitlines():
            words = line.split()
            address, _, port = words[3].rpartition(":")
            found.append((address.strip("[]"), int(port), words[-1].split('"')[1]))
        return sorted(found)

    def received(self) -> int:
        """Bytes that came in over the private network."""
        said = json.loads(sh("ip", "-j", "-s", "-n", self.name, "link", "show", "private"))
        return int(said[0]["stats64"]["rx"]["bytes"])


@contextlib.contextmanager
def network(names: Sequence[str], folder: Path) -> Iterator[tuple[list[Host], Host]]:
    """Hosts on two switches, and one that is outside only; the first sees the files of this machine."""
    tag = f"sw{os.getpid()}"
    hosts = [Host(f"{tag}-{name}", number, folder if number > 1 else None) for number, name in enumerate(names, 1)]
    outside = Host(f"{tag}-outside", 99, folder)
    switches = {"private": f"{tag}-switch", "public": outside.name}
    made: list[str] = []
    try:
        for name in (*(host.name for host in hosts), *switches.values()):
            sh("ip", "netns", "add", name)
            made.append(name)
            sh("ip", "-n", name, "link", "set", "lo", "up")
        for kind, switch in switches.items():
            sh("ip", "-n", switch, "link", "add", kind, "type", "bridge")
            sh("ip", "-n", switch, "link", "set", kind, "up")
            for host in hosts:
                port = f"to{host.number}"
                there = ("peer", "name", port, "netns", switch)
                sh("ip", "-n", host.name, "link", "add", kind, "type", "veth", *there)
                sh("ip", "-n", switch, "link", "set", port, "master", kind, "up")
                sh("ip", "-n", host.name, "addr", "add", f"{getattr(host, kind)}/24", "dev", kind)
                sh("ip", "-n", host.name, "link", "set", kind, "up")
        sh("ip", "-n", outside.name, "addr", "add", f"{outside.public}/24", "dev", "public")
        yield hosts, outside
    finally:
        for name in made:
            for pid in sh("ip", "netns", "pids", name).split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), 9)
        for process in (process for host in (*hosts, outside) for process in host.processes):
            process.wait()
        for name in made:
            sh("ip", "netns", "del", name)


def ray_start(host: Host, head: Host, workers: int, env: dict[str, str], folder: Path, store: int = STORE) -> None:
    """Start Ray on a host; at its private address, as far as Ray can be told."""
    where = ["--head", f"--port={PORT}", "--include-dashboard=false"]
    words = ["start", "--block", *(where if host is head else [f"--address={head.private}:{PORT}"])]
    words += [f"--node-ip-address={host.private}", f"--num-cpus={workers}", f"--object-store-memory={store}"]
    log = folder / f"{host.number}-{len(host.processes)}.log"
    host.start(str(Path(sys.executable).parent / "ray"), *words, f"--temp-dir={folder}/r", env=env, log=log)


def exposed(host: Host, outside: Host) -> list[str]:
    """Programs of a host that the outside reaches."""
    ports = {port: program for address, port, program in host.listening() if not address.startswith("127.")}
    said = sh(*outside.on(sys.executable, "-c", CONNECT, host.public, *map(str, ports)))
    return sorted(ports[port] for port in json.loads(said))


def refused(outside: Host, head: Host, env: dict[str, str], folder: Path) -> str:
    """What somebody outside is told who wants to join without the token."""
    bare = {name: value for name, value in env.items() if not name.startswith("RAY_AUTH")}
    words = [
        "start",
        f"--address={head.public}:{PORT}",
        f"--node-ip-address={outside.public}",
        f"--temp-dir={folder}/r",
    ]
    log = folder / "outside.log"
    outside.start(str(Path(sys.executable).parent / "ray"), *words, env=bare, log=log).wait(120)
    said = [line for line in log.read_text().splitlines() if "token" in line.lower()]
    return said[-1][-160:] if said else "joined: " + log.read_text()[-500:]


def environment(folder: Path) -> dict[str, str]:
    """Of everything that runs on the hosts; all that is kept lies in the folder, and a token is asked for."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(Path(one).resolve()) for one in ("", *sys.path)),
        "SEAWALL_CACHE": str(folder / "people"),
        "TMPDIR": str(folder),
        "POLARS_MAX_THREADS": "1",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
    }


def bring(city: Path, folder: Path) -> dict[str, Any]:
    """What it takes to bring a city to another host; its people lie in the cache, and are not seen there."""
    env = environment(folder)
    shutil.copytree(cache_folder(), folder / "people", copy_function=os.link)
    job = (sys.executable, "-c", "from bench._scale_job import main; main()", "workers", str(city), "ray", "1")
    with network(("head", "one"), folder) as (hosts, _):
        head, one = hosts
        for host in hosts:
            ray_start(host, head, 0 if host is head else 1, env, folder, store=2_000_000_000)
            time.sleep(WHILE)
        before = one.received()
        log = folder / "bring.log"
        code = head.start(*job, f"{head.private}:{PORT}", env=env, log=log).wait(500)
        received = (one.received() - before) / 1e6
    said = log.read_text().strip().splitlines()[-1]
    return {"exit": code, "mb_received": round(received, 1), "job": json.loads(said) if code == 0 else said}


def choose(folder: Path) -> dict[str, Any]:
    """`seawall choose` with a host that is cut off and comes back, held against one process; who reaches which port."""
    env = environment(folder)
    said: dict[str, Any] = {}
    words = asked(folder)
    subprocess.run([*COMMAND, *words, "-o", str(folder / "local"), "--workers", "1"], env=env, check=True)
    with network(("head", "one", "two"), folder) as (hosts, outside):
        head, one, two = hosts
        for host in hosts:
            ray_start(host, head, 0 if host is head else 1, env, folder)
            time.sleep(WHILE)
        before = two.received()
        there = ("--engine", "ray", "--address", f"{head.private}:{PORT}")
        process = head.start(*COMMAND, *words, "-o", str(folder / "ray"), *there, env=env, log=folder / "choose.log")
        since = time.monotonic()
        said["pulled_at"] = wait_for(folder / "ray", PULLED_AT, process)
        said["heard_at"] = {host.name.partition("-")[2]: host.listening() for host in hosts}
        said["reached_from_outside"] = {host.name.partition("-")[2]: exposed(host, outside) for host in hosts}
        sh("ip", "-n", one.name, "link", "set", "private", "down")
        said["back_at"] = wait_for(folder / "ray", BACK_AT, process)
        for pid in sh("ip", "netns", "pids", one.name).split():
            os.kill(int(pid), 9)
        sh("ip", "-n", one.name, "link", "set", "private", "up")
        began = one.received()
        ray_start(one, head, 1, env, folder)
        said["exit"] = process.wait(300)
        said["seconds"] = round(time.monotonic() - since)
        said["kept"] = kept(folder / "ray")
        said["mb_received"] = {
            "two": round((two.received() - before) / 1e6, 1),
            "one, started anew": round((one.received() - began) / 1e6, 1),
        }
        said["without_token"] = refused(outside, head, env, folder)
        if shutil.which("nft"):
            for host in hosts:
                subprocess.run(
                    ["ip", "netns", "exec", host.name, "nft", "-f", "-"], input=FIREWALL, text=True, check=True
                )
            said["reached_through_firewall"] = {host.name.partition("-")[2]: exposed(host, outside) for host in hosts}
    names = sorted(path.name for path in (folder / "local").iterdir() if path.name != "plays.jsonl")
    said["compared"] = names
    said["differ"] = [n for n in names if (folder / "local" / n).read_bytes() != (folder / "ray" / n).read_bytes()]
    return said


if __name__ == "__main__":
    reason = why_not()
    if reason is not None:
        sys.exit(f"Not run: {reason}.")
    with tempfile.TemporaryDirectory(prefix="swh", ignore_cleanup_errors=True) as scratch:
        seen = bring(Path(sys.argv[1]), Path(scratch)) if sys.argv[1:] else choose(Path(scratch))
    sys.stdout.write("\n" + json.dumps(seen, indent=1) + "\n")
