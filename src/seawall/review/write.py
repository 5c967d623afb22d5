"""A review in files: tables, the next version of the strategy, options near it, and all of it as JSON."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from seawall import __version__
from seawall.core.tables import write_table, written_beside
from seawall.review.decision import FOLDER
from seawall.review.effects import SMALLEST
from seawall.review.propose import PROPOSALS
from seawall.review.replan import write_options
from seawall.review.review import Review

NEXT = "strategy-next.toml"
OPTIONS = "strategies"
TOGETHER = " + "
"""What stands between the measures of a bundle."""


def write_review(found: Review, folder: Path) -> dict[str, Path]:
    """Write ``review.json``, the tables, the next version and the options; each complete or as it was.

    Returns:
        Name to file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    proposal = found.proposal
    tables = {
        "scores": found.scores,
        "calibration": found.calibration,
        "due": found.due,
        "forecast_scores": found.forecasts,
        "effects": found.effects.with_columns(pl.col("measures").list.join(TOGETHER)),
        "proposals": pl.DataFrame(schema=PROPOSALS) if proposal is None else proposal.reasons,
    }
    files = {name: folder / f"{name}.csv" for name in tables}
    for name, table in tables.items():
        write_table(table, files[name])
    if proposal is not None:
        files["next"] = folder / NEXT
        with written_beside(files["next"]) as beside:
            beside.write_text(proposal.text, encoding="utf-8")
        write_options(found.options, folder / OPTIONS)
    files["review"] = folder / "review.json"
    with written_beside(files["review"]) as beside:
        beside.write_text(json.dumps(as_json(found, folder), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return files


def next_command(found: Review, folder: Path, city: str = "CITY") -> str:
    """The command that chooses anew from the day after among the options written."""
    begins = (found.on + timedelta(days=1)).isoformat()
    now = found.decisions[-1]
    home = Path(now.file).parent
    in_force = (Path(city, FOLDER, home.name) if home.parent.name == FOLDER else home) / now.strategy.file
    return (
        f"seawall choose {city} --start {begins} --strategies {folder / OPTIONS} --in-force {in_force} "
        f"-o {folder / 'next'}"
    )


def as_json(found: Review, folder: Path) -> dict[str, Any]:
    """A review as plain data."""
    proposal = found.proposal
    return {
        "city": found.city,
        "on": found.on.isoformat(),
        "software": f"seawall {__version__}",
        "seed": found.seed,
        "infection_to_report_days": round(found.delay_days, 2),
        "smallest_effect_per_day": SMALLEST,
        "decisions": [
            {
                "name": one.name,
                "key": one.key,
                "on": one.on.isoformat(),
                "start": one.start.isoformat(),
                "days": one.days,
                "version": one.version,
                "strategy": one.strategy.name,
                "by": one.by,
                "why": one.why,
                "fingerprint": one.fingerprint,
                "software": one.software,
                "seed": one.seed,
            }
            for one in found.decisions
        ],
        "waiting": list(found.waiting),
        "not_told": list(found.unseen),
        "calibration": _rows(found.calibration),
        "due_anew": _rows(found.due),
        "forecasts": _rows(found.forecasts),
        "effects": _rows(found.effects),
        "cannot_tell_apart": [
            {
                "method": one.method,
                "measures": list(one.measures),
                "why": one.why,
                "inflation": round(one.inflation, 1) if math.isfinite(one.inflation) else None,
            }
            for one in found.tangles
        ],
        "next": None
        if proposal is None
        else {
            "version": proposal.strategy.version,
            "previous": proposal.strategy.previous,
            "reasons": list(proposal.strategy.reasons),
            "file": NEXT,
            "begins": (found.on + timedelta(days=1)).isoformat(),
            "options": list(found.options),
            "command": next_command(found, folder),
        },
        "proposals": [] if proposal is None else _rows(proposal.reasons),
    }


def _rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON writes them: days as text, nothing that is not a number."""
    return [{name: _plain(value) for name, value in row.items()} for row in table.iter_rows(named=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value
