"""The pages about the brief name all it writes, and the published schema is the one in the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

from seawall.brief.certainty import NOTABLE_CHANGE, PROBABLE, SURE
from seawall.brief.publish import SCHEMA_FILE, published, write_schema
from seawall.brief.record import SCHEMA_ID, BriefRecord, EstimateRecord
from seawall.brief.sentences.ahead import NARROW, TOO_FEW, WIDE
from seawall.brief.sentences.changed import CALM_DAYS, NOTABLE_REPORTS, QUIET_DAYS
from seawall.brief.tables import MIN_REPORTS_FOR_R, TABLE_ORDER, TRUSTED_COMPLETENESS

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "brief-json.md").read_text(encoding="utf-8")
EXPLANATION = (DOCS / "explanation" / "brief.md").read_text(encoding="utf-8")


def test_the_published_schema_is_current(tmp_path):
    committed = (DOCS / "reference" / SCHEMA_FILE).read_text(encoding="utf-8")
    assert committed == published(), "write it again with seawall.brief.publish.write_schema"
    write_schema(tmp_path)
    assert (tmp_path / SCHEMA_FILE).read_text(encoding="utf-8") == committed


def test_the_schema_requires_what_makes_an_estimate_honest():
    required = set(json.loads(published())["$defs"]["EstimateRecord"]["required"])
    assert {"interval", "data_date", "completeness", "table", "row"} <= required
    interval = json.loads(published())["$defs"]["IntervalRecord"]
    assert set(interval["required"]) == {"low", "high", "level"}
    assert json.loads(published())["$id"] == SCHEMA_ID


def test_the_reference_names_every_field_and_every_table():
    for field in (*BriefRecord.model_fields, *EstimateRecord.model_fields):
        assert f"`{field}`" in REFERENCE, field
    for table in TABLE_ORDER:
        assert f"`{table}`" in REFERENCE, table


def test_the_explanation_states_the_thresholds_of_the_code():
    for text in (
        f"above {SURE:.0%}".replace("%", " %"),
        f"above {PROBABLE:.0%}".replace("%", " %"),
        f"more than {NOTABLE_CHANGE:.0%}".replace("%", " %"),
        f"fewer than {NARROW:.0%}".replace("%", " %"),
        f"more than {WIDE:.0%}".replace("%", " %"),
        f"first reports after {QUIET_DAYS} quiet days",
        f"{CALM_DAYS} days without a report",
        f"from {NOTABLE_REPORTS} reports in seven days on",
    ):
        assert text in EXPLANATION, text
    assert TRUSTED_COMPLETENESS == 0.5
    assert "at least half of the events" in EXPLANATION
    assert MIN_REPORTS_FOR_R == TOO_FEW == 10
    assert "from ten reports in fourteen days on" in EXPLANATION
    assert "fewer than ten forecasts" in EXPLANATION


def test_links_between_the_pages_lead_somewhere():
    for page in (DOCS / "how-to" / "brief.md", DOCS / "explanation" / "brief.md", DOCS / "reference" / "brief-json.md"):
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
