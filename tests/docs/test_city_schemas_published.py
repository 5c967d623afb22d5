"""The published Table Schemas and the page of tables are what the code says today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seawall.city.declared import TABLES
from seawall.city.publish import published, write_schemas

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", sorted(published()))
def test_what_is_committed_is_what_the_code_gives(name):
    committed = (REFERENCE / name).read_text(encoding="utf-8")
    assert committed == published()[name], "write them again with seawall.city.publish.write_schemas"


def test_every_column_is_described(tmp_path):
    write_schemas(tmp_path)
    page = (tmp_path / "tables.md").read_text(encoding="utf-8")
    for name, table in TABLES.items():
        schema = json.loads((tmp_path / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
        assert [field["name"] for field in schema["fields"]] == [column.name for column in table.columns]
        assert all(f"`{column.name}`" in page for column in table.columns)


def test_no_schema_of_a_table_that_is_gone():
    schemas = {path.name for path in (REFERENCE / "schemas").glob("*.json")} - {"brief.schema.json"}
    assert schemas == {f"{table}.json" for table in TABLES}
