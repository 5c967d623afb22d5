"""Rolling re-planning: the strategy in force from a new day, its next version, and options one step away from it."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path

from seawall.core.tables import written_beside
from seawall.measures import Measure, Strategy
from seawall.measures.write import strategy_text
from seawall.review.counterfactual import without
from seawall.review.decision import Decision
from seawall.review.propose import STEPS, changed, dated, loosened, with_measure

SOONER_DAYS = 7
"""How much sooner than ordered a measure may end in an option (assumed)."""


def replan(decision: Decision, on: date, *, proposed: Strategy | None = None) -> dict[str, Strategy]:
    """Options near the present strategy, to be played from the day after `on`.

    The strategy as it is, the version proposed, and for each measure: without it, one step looser, one step tighter,
    ended sooner, where it can be. Measures that are over are in none of them. Options that order the same stand once.

    Args:
        decision: the one in force.
        on: last day whose reports are known.
        proposed: the next version, where there is one.

    Returns:
        Key to strategy, ``as-it-is`` first.
    """
    begins = on + timedelta(days=1)
    now = dated(decision, begins)
    for measure in now.measures:
        if isinstance(measure.stop, int) or (isinstance(measure.stop, date) and measure.stop <= begins):
            now, _ = without(now, measure.key)
    options = {"as-it-is": now}
    if proposed is not None:
        options["proposed"] = proposed
    for measure in now.measures:
        key = _slug(measure.key)
        options[f"without-{key}"] = without(now, measure.key)[0]
        for way, other in (
            ("looser", _looser(measure)),
            ("tighter", _tighter(measure)),
            ("sooner", _sooner(measure, begins)),
        ):
            if other is not None:
                options[f"{way}-{key}"] = with_measure(now, other)
    kept: dict[str, Strategy] = {}
    for key, option in options.items():
        if all(option.measures != other.measures for other in kept.values()):
            kept[key] = dataclasses.replace(option, name=f"{decision.strategy.name}: {key}", lines=())
    return kept


def write_options(options: dict[str, Strategy], folder: Path) -> list[Path]:
    """Write each option as ``KEY.toml``, for ``seawall choose --strategies``; options of an earlier call go away."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.toml"):
        if old.stem not in options:
            old.unlink()
    written = []
    for key, option in options.items():
        with written_beside(folder / f"{key}.toml") as beside:
            beside.write_text(strategy_text(option), encoding="utf-8")
        written.append(folder / f"{key}.toml")
    return written


def _looser(measure: Measure) -> Measure | None:
    step = loosened(measure)
    return None if step is None else changed(measure, **{step[0]: step[2]})


def _tighter(measure: Measure) -> Measure | None:
    for name in STEPS:
        value = getattr(measure, name, None)
        if isinstance(value, float) and value > 0:
            return changed(measure, **{name: round(value / 2, 3)})
    return None


def _sooner(measure: Measure, begins: date) -> Measure | None:
    if not isinstance(measure.stop, date):
        return None
    stop = measure.stop - timedelta(days=SOONER_DAYS)
    late = max(begins, measure.start) if isinstance(measure.start, date) else begins
    return dataclasses.replace(measure, stop=stop) if stop > late else None


def _slug(name: str) -> str:
    kept = "".join(c if c.isalnum() else "-" for c in name.lower())
    return "-".join(part for part in kept.split("-") if part) or "measure"
