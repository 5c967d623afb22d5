"""Cities synthesised before, kept on disk: arrays mapped into memory, one folder for each city and seed."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import tempfile
import uuid
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from seawall.city.synth.contacts import Contacts
from seawall.city.synth.people import People

TABLE = "synthesis.json"
PAGE, PAGES = 4096, 16
"""Bytes of a file that are looked at together, and how many such pieces, when it is opened again."""


def cache_folder() -> Path:
    """Where syntheses are kept: ``SEAWALL_CACHE``, else in the user's cache."""
    told = os.environ.get("SEAWALL_CACHE")
    if told:
        return Path(told)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "seawall" / "synth"


def _mark(path: Path) -> list[int]:
    """Size of a file and a checksum of pages spread over it."""
    size = path.stat().st_size
    found = 0
    with path.open("rb") as stream:
        for nth in range(PAGES):
            stream.seek(max(size - PAGE, 0) * nth // (PAGES - 1))
            found = zlib.crc32(stream.read(PAGE), found)
    return [size, found]


def load(folder: Path) -> tuple[People, Contacts] | None:
    """What is kept in a folder; None where there is nothing whole."""
    try:
        text = (folder / TABLE).read_bytes()
        told = json.loads(text)
        if told.pop("checksum") != zlib.crc32(json.dumps(told, sort_keys=True).encode()):
            return None
        arrays = {}
        for name, mark in told["files"].items():
            path = folder / f"{name}.npy"
            if _mark(path) != mark:
                return None
            mapped = np.load(path, mmap_mode="r", allow_pickle=False) if mark[0] > PAGE else np.load(path)
            arrays[name] = np.asarray(mapped)
            arrays[name].setflags(write=False)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    kept: dict[str, dict[str, Any]] = {"people": dict(told["people"]), "contacts": dict(told["contacts"])}
    for name, array in arrays.items():
        owner, _, field = name.partition("-")
        kept[owner][field] = array
    for field in ("area_ids", "district_ids", "sectors", "histories"):
        kept["people"][field] = tuple(kept["people"][field])
    return People(**kept["people"]), Contacts(**kept["contacts"])


def save(folder: Path, people: People, contacts: Contacts) -> None:
    """Keep a synthesis: written beside, then renamed. Where another maker was first and is whole, its work stays."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".part"))
    try:
        beside.chmod(0o755)
        told: dict[str, Any] = {"files": {}, "people": {}, "contacts": {}}
        for owner, noun in (("people", people), ("contacts", contacts)):
            for field in dataclasses.fields(noun):
                value = getattr(noun, field.name)
                if isinstance(value, np.ndarray):
                    path = beside / f"{owner}-{field.name}.npy"
                    np.save(path, value)
                    told["files"][path.stem] = _mark(path)
                else:
                    told[owner][field.name] = value
        told = json.loads(json.dumps(told))
        told["checksum"] = zlib.crc32(json.dumps(told, sort_keys=True).encode())
        (beside / TABLE).write_text(json.dumps(told), encoding="utf-8")
        _become(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _become(beside: Path, folder: Path) -> None:
    """Rename, moving what is damaged out of the way."""
    for _ in range(3):
        try:
            beside.rename(folder)
        except OSError:
            if load(folder) is not None:
                return
            away = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.old")
            try:
                folder.rename(away)
            except OSError:
                continue  # another maker has just done so
            if away.is_dir():
                shutil.rmtree(away, ignore_errors=True)
            else:
                away.unlink(missing_ok=True)
        else:
            return
