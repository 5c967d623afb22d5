"""The schema of ``brief.json``, published beside the reference pages."""

from __future__ import annotations

import json
from pathlib import Path

from seawall.brief.record import schema

SCHEMA_FILE = "schemas/brief.schema.json"


def published() -> str:
    """The text of the published schema."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def write_schema(folder: Path) -> None:
    """Write the schema into the folder of reference pages; run again after any change to `record`."""
    target = folder / SCHEMA_FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(published(), encoding="utf-8")
