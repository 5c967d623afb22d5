"""Reports of a line list are its lines, however many share a day and an area."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from seawall.city import read_city
from seawall.watch.series import daily_counts


def test_lines_of_one_day_and_area_are_all_counted(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text('name = "Two Streets"\n')
    (tmp_path / "areas.csv").write_text("area_id,parent_id,level,name\n1,,city,City\n11,1,district,East\n")
    lines = ["1,11,2022-03-01,local", "2,11,2022-03-01,local", "3,11,2022-03-01,imported", "4,11,2022-03-02,local"]
    (tmp_path / "cases.csv").write_text("case_id,area_id,report_date,origin\n" + "\n".join(lines) + "\n")
    counts = daily_counts(read_city(tmp_path), date(2022, 3, 2))
    assert counts.events["reports"].ravel().tolist() == [3.0, 1.0]
    assert counts.events["reports_local"].ravel().tolist() == [2.0, 1.0]
