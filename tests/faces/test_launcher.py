"""The launcher on machines that lack something: one clear line, exit 1, nothing left half-made."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The interpreter the environment was made from: a launcher is started by a python outside any environment.
PYTHON = shutil.which("python3", path="/usr/bin:/usr/local/bin:/bin") or sys.executable


@pytest.fixture
def clone(tmp_path):
    """The launcher with a lock of one small package, in a folder of its own."""
    root = tmp_path / "clone"
    root.mkdir()
    shutil.copy(ROOT / "seawall", root / "seawall")
    shutil.copy(ROOT / "pyproject.toml", root / "pyproject.toml")
    pin = next(line for line in (ROOT / "requirements.lock").read_text().split("\n") if line.startswith("tzdata=="))
    hashes = "    --hash=sha256:" + "0" * 64
    for name in ("requirements.lock", "requirements-dev.lock"):
        (root / name).write_text(f"{pin}\n{hashes}\n")
    return root


def start(root, *words, **environment):
    env = {"PATH": "/usr/bin:/bin", "HOME": str(root), "LANG": "C.UTF-8", **environment}
    return subprocess.run([PYTHON, str(root / "seawall"), *words], capture_output=True, text=True, env=env, check=False)


def said(result):
    """The last line on standard error: what a person reads."""
    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr.strip().splitlines()[-1]


def test_no_network_is_one_line(clone):
    result = start(
        clone, "brief", PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0", PIP_CONFIG_FILE=os.devnull
    )
    assert "no package index could be reached; check the network or the proxy" in said(result)
    assert not (clone / ".venv" / "seawall-setup.json").exists()


def test_a_package_that_is_not_the_locked_one_is_refused(clone, tmp_path):
    pin = (clone / "requirements.lock").read_text().split("==")[1].split()[0]
    wheel = tmp_path / "wheels" / f"tzdata-{pin}-py3-none-any.whl"
    wheel.parent.mkdir()
    import zipfile

    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"tzdata-{pin}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: tzdata\nVersion: {pin}\n")
        archive.writestr(
            f"tzdata-{pin}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"tzdata-{pin}.dist-info/RECORD", "")
    result = start(clone, "brief", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheel.parent), PIP_CONFIG_FILE=os.devnull)
    assert "a package differs from the one that was locked" in said(result)


@pytest.mark.parametrize("module", ["ensurepip", "venv"])
def test_a_python_without_venv_is_one_line(clone, tmp_path, module):
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / f"{module}.py").write_text("raise ImportError('not installed')\n")
    line = said(start(clone, "brief", PYTHONPATH=str(blocked)))
    assert line == (
        "seawall: Python's venv module is missing; install it (Debian, Ubuntu: apt install python3-venv) and run this again."
    )
    assert not (clone / ".venv").exists()


def test_a_full_disk_is_one_line(clone, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        for name in ("seawall", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
            shutil.copy(clone / name, small / name)
        line = said(start(small, "brief"))
    finally:
        subprocess.run(["umount", str(small)], check=True)
    assert line.startswith("seawall: set-up needs about 1200 MB in ")
    assert line.endswith("make room and run this again.")


def test_a_python_too_old_is_told_which_would_do(clone):
    source = (
        (clone / "seawall")
        .read_text()
        .replace("OLDEST, NEWEST = (3, 11), (3, 13)", "OLDEST, NEWEST = (9, 11), (9, 13)")
    )
    (clone / "seawall").write_text(source)
    assert "will not do; run this with Python 3.11, 3.12 or 3.13" in said(start(clone, "brief"))


def test_the_second_start_adds_no_noticeable_delay():
    if not (ROOT / ".venv" / "seawall-setup.json").exists():
        pytest.skip("this environment was not made by the launcher")
    stamp = json.loads((ROOT / ".venv" / "seawall-setup.json").read_text())
    assert set(stamp) == {"core", "dev"}
    direct, launched = [], []
    for _ in range(5):
        for times, command in (
            (direct, [str(ROOT / ".venv/bin/seawall")]),
            (launched, [PYTHON, str(ROOT / "seawall")]),
        ):
            begun = time.perf_counter()
            subprocess.run([*command, "--version"], check=True, capture_output=True)
            times.append(time.perf_counter() - begun)
    assert min(launched) - min(direct) < 0.3
