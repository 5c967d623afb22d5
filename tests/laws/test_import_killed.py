"""An import killed at any moment leaves the folder as it was or as it should be."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from seawall.city import check_city, read_city
from seawall.city.importing import import_files
from seawall.core import InvalidInput

# Kills itself, as SIGKILL from outside would, at the call of the given number among those that touch the disk.
KILLED = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path

    root, at = Path(sys.argv[1]), int(sys.argv[2])
    from seawall.city.importing import import_files

    calls = 0

    def dying(real):
        def call(*arguments, **options):
            global calls
            calls += 1
            if calls == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **options)
        return call

    for name in ("fsync", "replace", "rename", "unlink", "rmdir", "mkdir", "open", "symlink"):
        setattr(os, name, dying(getattr(os, name)))
    import_files(root.parent / "mapping.toml", sorted(root.parent.glob("new-*.csv")), root)
    print(calls)
    """
)


def lay_out(folder):
    """A city of areas, counts and cases, and files that change the counts and the cases and add places."""
    root = folder / "city"
    root.mkdir(parents=True)
    (root / "city.toml").write_text('name = "Harbour"\n')
    (root / "areas.csv").write_text("area_id,parent_id,level,name\nC,,city,Harbour\nD1,C,district,North\n")
    (root / "cases.csv").write_text("case_id,area_id,report_date\na,D1,2022-03-01\n")
    (root / "counts.csv").write_text("date,area_id,event,count\n2022-03-01,D1,reports,1\n")
    (folder / "mapping.toml").write_text(
        "".join(f"[{table}]\nfiles = 'new-{table}*'\nauto = true\n" for table in ("cases", "counts", "places"))
    )
    (folder / "new-cases.csv").write_text("id,area,report_date\na,D1,2022-03-02\nb,D1,2022-03-02\nc,D9,2022-03-02\n")
    (folder / "new-counts.csv").write_text("date,area,event,count\n2022-03-02,D1,reports,2\n")
    (folder / "new-places.csv").write_text("place_id,area,kind\np,D1,venue\n")
    return root


def seen(root):
    """What a reader sees of the folder: every file but the hidden ones, by its hash."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    }


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """The folder before and after the import."""
    folder = tmp_path_factory.mktemp("whole")
    root = lay_out(folder)
    before = seen(root)
    import_files(folder / "mapping.toml", sorted(folder.glob("new-*.csv")), root)
    after = seen(root)
    assert set(after) - set(before) == {"places.csv", "receipts/0001.json", "receipts/0001-cases/new-cases.csv"}
    assert all(after[name] != before[name] for name in ("cases.csv", "counts.csv"))
    return before, after


def killed_at(folder, number):
    """Run the import in a process of its own that kills itself at a call; its exit status and what it said."""
    root = lay_out(folder)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(root), str(number)], capture_output=True, text=True, check=False
    )
    return root, done.returncode, done.stdout.strip()


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    """How many calls of a whole import touch the disk."""
    _, status, said = killed_at(tmp_path_factory.mktemp("counted"), 10**9)
    assert status == 0
    return int(said)


def test_killed_at_any_call_that_touches_the_disk(tmp_path, worlds, calls):
    before, after = worlds
    # The last calls are those that make the change visible: try each of them, and some of the others.
    moments = sorted({*range(1, calls - 30, 11), *range(max(1, calls - 30), calls + 1)})
    outcomes = set()
    for number in moments:
        folder = tmp_path / str(number)
        root, status, _ = killed_at(folder, number)
        assert status == -signal.SIGKILL, number
        read_city(root)
        found = seen(root)
        assert found in (before, after), number
        outcomes.add(found == after)
        assert not (root / ".import").exists()
        assert check_city(root).ok
        shutil.rmtree(folder)
    assert outcomes == {False, True}


def test_killed_from_outside_at_random_moments(tmp_path, worlds):
    before, after = worlds
    for attempt, wait in enumerate((0.05, 0.3, 0.6, 0.8, 1.0, 1.3)):
        folder = tmp_path / str(attempt)
        root = lay_out(folder)
        run = subprocess.Popen([sys.executable, "-c", KILLED, str(root), "0"], stdout=subprocess.DEVNULL)
        time.sleep(wait)
        run.kill()
        run.wait()
        assert check_city(root).ok
        assert seen(root) in (before, after)
        # Nothing left behind stands in the way of the next import.
        import_files(folder / "mapping.toml", sorted(folder.glob("new-*.csv")), root)
        assert {name: text for name, text in seen(root).items() if "receipts" not in name} == {
            name: text for name, text in after.items() if "receipts" not in name
        }


def test_two_imports_at_once(tmp_path):
    root = lay_out(tmp_path)
    holding = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from seawall.city.transaction import changing

        with changing(Path(sys.argv[1])):
            print("held", flush=True)
            time.sleep(60)
        """
    )
    holder = subprocess.Popen([sys.executable, "-c", holding, str(root)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        with pytest.raises(
            InvalidInput, match=rf"another import is at work in it \(process {holder.pid} on "
        ) as refusal:
            import_files("auto:cases", [tmp_path / "new-cases.csv"], root)
        assert refusal.value.faults[0].mend == "Wait until it has ended, then try again"
        # A reader is not kept waiting.
        assert check_city(root).ok
    finally:
        holder.kill()
        holder.wait()
    holder.stdout.close()
    assert (root / ".import.lock").exists()
    # The lock of a dead process is taken over.
    import_files("auto:cases", [tmp_path / "new-cases.csv"], root)
    assert not (root / ".import.lock").exists()


def test_a_journal_that_cannot_be_carried_out_is_said(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("the superuser writes where nobody else may")
    root = lay_out(tmp_path)
    (root / ".import").mkdir()
    (root / ".import" / "journal.json").write_text('{"replace": [], "remove": []}')
    root.chmod(0o500)
    try:
        with pytest.raises(InvalidInput, match="an import was cut short and cannot be finished"):
            read_city(root)
    finally:
        root.chmod(0o700)
