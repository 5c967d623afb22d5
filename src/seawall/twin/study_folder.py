"""The folder of a study: whose it is, what it was asked, and how it is made ready."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seawall.core import Fault, InvalidInput
from seawall.core.tables import written_beside
from seawall.twin.emit import is_simulated

ASKED = "study.json"
"""File that says what a study was asked; by it a second call knows whether it may go on."""


def home_of(output: Path, key: str, strategies: int) -> Path:
    """Folder of a strategy's replicates and city: the study's own where there is one strategy only."""
    return output if strategies == 1 else output / key


def refuse_other(output: Path, asked: Mapping[str, Any], *, fresh: bool) -> None:
    """Find out whether the folder is new, or holds the same study.

    Raises:
        InvalidInput: it holds something else. Carries what differs.
    """
    if output.exists() and not output.is_dir():
        raise InvalidInput(
            "The study cannot be written.",
            [Fault(file=str(output), problem="there is a file of that name", mend="Give another folder with -o")],
        )
    earlier = _asked_before(output)
    if earlier is None:
        if output.is_dir() and any(output.iterdir()):
            mend = "Give a folder that is new or empty with -o"
            fault = Fault(file=str(output), problem="it holds files that no study wrote", mend=mend)
            raise InvalidInput("The study cannot be written.", [fault])
        return
    differs = [name for name in asked if earlier.get(name) != asked[name]]
    if differs and not fresh:
        mend = "Give another folder with -o, or --fresh to throw the other study away"
        faults = [
            Fault(
                file=str(output / ASKED),
                column=name,
                problem=f"the study there was asked {_shown(earlier.get(name))}, this one {_shown(asked[name])}",
                mend=mend,
            )
            for name in differs
        ]
        raise InvalidInput("Another study lies in this folder; nothing was run.", faults)


def begin(output: Path, asked: Mapping[str, Any], *, fresh: bool) -> None:
    """Write down what is asked, and throw away another study, or this one where it is to begin anew."""
    if fresh or _asked_before(output) != asked:
        _clear(output)
    output.mkdir(parents=True, exist_ok=True)
    write_json(output / ASKED, asked)


def _asked_before(output: Path) -> dict[str, Any] | None:
    """What the study in a folder was asked; None where there is none."""
    try:
        said = json.loads((output / ASKED).read_text(encoding="utf-8"))
    except OSError:
        return None
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _clear(output: Path) -> None:
    """Throw away what a study left."""
    if not output.is_dir():
        return
    for home in (output, *(path for path in output.iterdir() if (path / "replicates").is_dir())):
        for name in ("replicates", "truth"):
            shutil.rmtree(home / name, ignore_errors=True)
        if is_simulated(home / "city"):
            shutil.rmtree(home / "city")


def write_json(path: Path, said: Mapping[str, Any]) -> None:
    """Write plain data; complete or not there at all."""
    with written_beside(path) as beside:
        beside.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def was_emitted(root: Path, fingerprint: str) -> bool:
    """Whether a city folder holds the first replicate of just this."""
    try:
        return f'fingerprint = "{fingerprint}"' in (root / "city.toml").read_text(encoding="utf-8")
    except OSError:
        return False
