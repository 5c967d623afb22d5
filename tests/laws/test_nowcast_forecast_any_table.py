"""Whatever is in the table: an answer or advice, never a traceback."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.cli.app import run

DATES = ["2022-03-01", "2022-03-09", "2022-3-9", "0001-01-01", "9999-12-31", "2022-02-30"]
OTHERS = ["", "NA", "0", "7", "1e9", "-1", "1e308", "nan", "inf", "0.5", "0.025", "A", "上海", '"', ","]
CELL = st.one_of(st.sampled_from(DATES + OTHERS), st.text(max_size=6))
HEADERS = {
    "nowcast": ["onset_date", "report_date", "area_id"],
    "forecast": ["date", "count", "series"],
    "score": ["model_id", "location", "target_end_date", "output_type_id", "value", "horizon"],
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(command=st.sampled_from(sorted(HEADERS)), data=st.data())
def test_no_table_ends_in_a_traceback(command: str, data: st.DataObject, tmp_path_factory: object) -> None:
    folder: Path = tmp_path_factory.mktemp("table")  # type: ignore[attr-defined]
    width = len(HEADERS[command])
    rows = data.draw(st.lists(st.lists(CELL, min_size=width - 1, max_size=width + 1), max_size=6))
    lines = [",".join(HEADERS[command]), *(",".join(cells) for cells in rows)]
    (folder / "t.csv").write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    (folder / "truth.csv").write_text("location,target_end_date,observation\nA,2022-03-01,5\n")
    further = [str(folder / "truth.csv")] if command == "score" else []
    draws = [] if command == "score" else ["--draws", "100"]
    assert run([command, str(folder / "t.csv"), *further, *draws, "-o", str(folder / "out.csv")]) in (0, 1)
