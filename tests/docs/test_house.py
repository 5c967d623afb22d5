"""The house is in order: locks name no host, the launcher and the docs name what there is."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from seawall.cli.app import COMMANDS

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(lock):
    return set(
        re.findall(
            r"^([a-z0-9_.-]+==[^ ;\\]+)(?: ; (.*?))?(?: \\)?$", (ROOT / lock).read_text(), re.MULTILINE | re.IGNORECASE
        )
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_every_pin_has_its_hash(lock):
    text = (ROOT / lock).read_text()
    assert "http" not in text
    assert "index-url" not in text
    assert "find-links" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 20
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_tools_run_on_the_versions_that_users_run_on():
    assert pins(LOCKS[0]) <= pins(LOCKS[1])


def test_every_declared_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = {re.split(r"[<>=~!;\[ ]", need)[0].lower() for need in project["project"]["dependencies"]}
    locked = {pin.split("==")[0].lower() for pin, _ in pins(LOCKS[0])}
    assert names <= locked


def test_no_file_of_the_project_names_a_registry_or_a_path_of_a_machine():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not files:
        pytest.skip("not a git checkout")
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "deb.debian" + ".org")
    homes = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/[a-z]")
    bad = []
    for name in files:
        path = ROOT / name
        if path.suffix in {".png", ".parquet", ".gz", ".xlsx"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        bad += [f"{name}: {host}" for host in hosts if host in text]
        bad += [f"{name}: {found.group()}" for found in homes.finditer(text)]
    assert not bad


def test_the_readme_gives_the_two_commands_and_ci_runs_them():
    readme, ci = (ROOT / "README.md").read_text(), (ROOT / ".ci" / "run").read_text()
    for command in ("./seawall brief", "./seawall test"):
        assert command in readme
        assert command in ci


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_described_in_the_docs(command):
    pages = "\n".join(path.read_text() for path in (ROOT / "docs").rglob("*.md"))
    assert f"seawall {command}" in pages


def test_imports_flow_one_way():
    result = subprocess.run(
        [str(ROOT / ".venv/bin/lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "1 kept, 0 broken" in result.stdout, result.stdout


def test_the_command_line_starts_without_the_heavy_libraries():
    code = (
        "import sys; from seawall.cli.app import run; run(['--help']); "
        "print(sorted({'numpy', 'polars', 'numba', 'scipy', 'matplotlib', 'typst'} & set(sys.modules)))"
    )
    result = subprocess.run([str(ROOT / ".venv/bin/python"), "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip().endswith("[]")
