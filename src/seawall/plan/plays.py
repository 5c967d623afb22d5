"""Replicates of options as they are played: spread over workers, kept on disk, stopped where they run away."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from seawall.core.executor import Executor
from seawall.plan.book import Pair
from seawall.plan.played import GAVE_UP
from seawall.plan.score import Scored
from seawall.twin.outcome import Outcome
from seawall.twin.simulate import Scenario
from seawall.twin.spread_out import play_many

PLAYS = "plays.jsonl"
"""File that keeps every finished replicate, a line each, in the order in which they came."""


@dataclass(kw_only=True)
class Plays:
    """Plays pairs of option and replicate, each once, and keeps what came of them.

    Attributes:
        executor: whose workers play.
        scenarios: option to what is played.
        fingerprints: option to what its numbers depend on; a kept replicate that depends on anything else is not used.
        seed: of all replicates.
        scorer: what is kept of a replicate.
        folder: where they are kept; None: nowhere.
        most: option to the number of infections at which its replicates are stopped.
        told: told the pair after each replicate.
        scored: every pair played or found so far.
        played: how many were played, and not found.
    """

    executor: Executor
    scenarios: dict[str, Scenario]
    fingerprints: dict[str, str]
    seed: int
    scorer: Callable[[Outcome], Scored]
    folder: Path | None = None
    most: Mapping[str, float] = field(default_factory=dict)
    told: Callable[[Pair], None] = lambda _: None
    scored: dict[Pair, Scored] = field(default_factory=dict)
    played: int = 0

    def __call__(self, pairs: Sequence[Pair]) -> Iterator[tuple[str, int, Mapping[str, float]]]:
        """Amounts of each pair, in any order; those kept from before are not played again."""
        found = self._kept(set(pairs))
        self.scored.update(found)
        wanted = [pair for pair in pairs if pair not in self.scored]
        for pair in pairs:
            if pair in self.scored:
                self.told(pair)
                yield (*pair, _amounts(self.scored[pair]))
        played = play_many(self.executor, self.scenarios, wanted, seed=self.seed, summarise=self.scorer, most=self.most)
        for option, replicate, found_now in played if wanted else ():
            one = self._judged(option, found_now)
            self.scored[option, replicate] = one
            self.played += 1
            self._keep((option, replicate), one)
            self.told((option, replicate))
            yield option, replicate, _amounts(one)

    def of(self, option: str) -> dict[int, Scored]:
        """What came of an option, by replicate."""
        return {number: self.scored[key, number] for key, number in sorted(self.scored) if key == option}

    def play_out(self) -> None:
        """From now on stop nothing early; what was stopped is played again when it is asked for."""
        self.most = {}
        self.scored = {pair: one for pair, one in self.scored.items() if not one.gave_up}

    def _judged(self, option: str, one: Scored) -> Scored:
        """The same, given up where its infections are too many, even if only its last day made them so."""
        most = self.most.get(option)
        return replace(one, gave_up=most is not None and one.rows > most)

    def _keep(self, pair: Pair, one: Scored) -> None:
        """Write one replicate down at once, so that nothing is lost when the work is cut off."""
        if self.folder is None:
            return
        said = {
            "option": pair[0],
            "replicate": pair[1],
            "of": self.fingerprints[pair[0]],
            "rows": one.rows,
            "stopped_at": self.most[pair[0]] if one.gave_up else None,
            "amounts": dict(one.amounts),
            "series": {name: [array.shape, _packed(array)] for name, array in one.series.items()},
        }
        with (self.folder / PLAYS).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(said, ensure_ascii=False) + "\n")

    def _kept(self, wanted: set[Pair]) -> dict[Pair, Scored]:
        """Those of the pairs that lie on disk and depend on the same."""
        path = None if self.folder is None else self.folder / PLAYS
        if path is None or not path.exists():
            return {}
        found: dict[Pair, Scored] = {}
        with path.open("rb") as stream:
            for line in stream:
                said = _read(line)
                pair = None if said is None else (said["option"], said["replicate"])
                if said is None or pair not in wanted or pair in self.scored:
                    continue
                most, stopped_at = self.most.get(said["option"]), said.get("stopped_at")
                if said["of"] != self.fingerprints[said["option"]] or stopped_at not in (None, most):
                    continue
                one = Scored(
                    amounts=said["amounts"],
                    rows=said["rows"],
                    gave_up=False,
                    series={name: _unpacked(packed).reshape(shape) for name, (shape, packed) in said["series"].items()},
                )
                found[pair] = self._judged(pair[0], one)
        return found


def mend_plays(folder: Path, *, fresh: bool) -> None:
    """Make a folder ready for more plays.

    Args:
        folder: in which they are kept.
        fresh: throw away what is there. Else only a line that was being written when the work was cut off goes, so
            that the next begins a line of its own.
    """
    path = folder / PLAYS
    if fresh:
        path.unlink(missing_ok=True)
    if not path.exists():
        return
    raw = path.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    if len(whole) < len(raw):
        with path.open("r+b") as stream:
            stream.truncate(len(whole))


def _packed(array: np.ndarray) -> str:
    return b64encode(array.astype("<f4").tobytes()).decode()


def _unpacked(text: str) -> np.ndarray:
    return np.frombuffer(b64decode(text), "<f4").astype(np.float32)


def digest(text: str) -> str:
    """A short name for a text."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _amounts(one: Scored) -> dict[str, float]:
    return {**one.amounts, GAVE_UP: float(one.gave_up)}
