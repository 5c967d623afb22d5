"""Finished replicates on disk, so that a study that was cut off goes on where it stopped."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from seawall.core.tables import written_beside
from seawall.twin.outcome import Outcome

_ARRAYS = ("layers", "variants", "tiers", "school_away")
_NAMES = ("measures", "tier_codes")
_NUMBERS = ("replicate", "rows", "played")
_GROUPS = ("daily", "ages", "burden", "burden_daily", "work")


def replicate_file(folder: Path, replicate: int) -> Path:
    """Where a replicate lies."""
    return folder / f"{replicate:04d}.npz"


def save_outcome(outcome: Outcome, folder: Path, fingerprint: str) -> None:
    """Write a replicate with the fingerprint of all it depends on: complete or not at all, always the same bytes."""
    arrays: dict[str, np.ndarray] = {"fingerprint": np.array(fingerprint)}
    for name in _ARRAYS:
        arrays[name] = getattr(outcome, name)
    for name in _NAMES:
        arrays[name] = np.array(getattr(outcome, name), dtype=np.str_)
    for name in _NUMBERS:
        arrays[name] = np.array(getattr(outcome, name), dtype=np.int64)
    for name in _GROUPS:
        arrays |= {f"{name}/{key}": array for key, array in getattr(outcome, name).items()}
    with written_beside(replicate_file(folder, outcome.replicate)) as beside, beside.open("wb") as stream:
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]


def load_outcome(path: Path, fingerprint: str) -> Outcome | None:
    """Read a replicate; None where it depends on something else or cannot be read."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as found:
            if str(found["fingerprint"]) != fingerprint:
                return None
            groups: dict[str, dict[str, np.ndarray]] = {name: {} for name in _GROUPS}
            for key in found.files:
                group, _, name = key.partition("/")
                if name:
                    groups[group][name] = found[key]
            return Outcome(
                replicate=int(found["replicate"]),
                rows=int(found["rows"]),
                played=int(found["played"]),
                layers=found["layers"],
                variants=found["variants"],
                tiers=found["tiers"],
                school_away=found["school_away"],
                measures=tuple(found["measures"].tolist()),
                tier_codes=tuple(found["tier_codes"].tolist()),
                **groups,
            )
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None


def load_outcomes(folder: Path, fingerprint: str) -> dict[int, Outcome]:
    """Every replicate in a folder that depends on the same, by number."""
    read = [load_outcome(path, fingerprint) for path in sorted(folder.glob("[0-9]*.npz"))]
    return {outcome.replicate: outcome for outcome in read if outcome is not None}


def saving(folder: Path, fingerprint: str) -> Callable[[Outcome], None]:
    """What to tell `simulate` to do with each replicate that is ready."""
    return lambda outcome: save_outcome(outcome, folder, fingerprint)
