"""How fast foreign files come in, and in how much memory: ``python -m bench.importing [ROWS]``.

Each measurement runs in a process of its own; its time is on the wall, its memory the peak resident set.
"""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 1_000_000
DISTRICTS, STREETS = 16, 14


def write_city(root: Path) -> None:
    """A city of 16 districts and 224 subdistricts with Chinese names that repeat between districts."""
    root.mkdir()
    (root / "city.toml").write_text('name = "Bench"\nsynthetic = true\n', encoding="utf-8")
    lines = ["area_id,parent_id,level,name,name_zh", "C,,city,Bench,测试市"]
    for district in range(DISTRICTS):
        lines.append(f"D{district:02d},C,district,District {district},第{district}区")
        lines += [
            f"D{district:02d}-{street:02d},D{district:02d},subdistrict,Street {district}-{street},第{street}街道"
            for street in range(STREETS)
        ]
    (root / "areas.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


FILES = {"clean CSV": "clean.csv", "GB18030 CSV": "foreign.csv", "XLSX": "foreign.xlsx"}


def write_files(folder: Path, rows: int) -> None:
    """The same line list clean, as another system exports it, and as a workbook (a fifth of the rows)."""
    import numpy as np
    import polars as pl

    from seawall.core.draws import generator

    draw = generator(1, "bench", "importing")
    district, street = draw.integers(0, DISTRICTS, rows), draw.integers(0, STREETS, rows)
    onset = np.datetime64("2022-03-01") + draw.integers(0, 100, rows)

    def later(low: int, high: int) -> pl.Series:
        return pl.Series((onset + draw.integers(low, high, rows)).astype("datetime64[D]"))

    clean = pl.DataFrame(
        {
            "case_id": [f"C{number:08d}" for number in range(rows)],
            "area_id": [f"D{d:02d}-{s:02d}" for d, s in zip(district, street, strict=True)],
            "onset_date": pl.Series(onset.astype("datetime64[D]")),
            "specimen_date": later(0, 5),
            "report_date": later(4, 8),
            "isolation_date": later(4, 8),
            "admission_date": later(4, 8),
            "outcome_date": later(14, 28),
            "outcome": draw.choice(["recovered", "died", "ill"], rows),
            "classification": draw.choice(["confirmed", "asymptomatic"], rows),
            "severity": draw.choice(["none", "mild", "moderate", "severe"], rows),
            "age": draw.integers(0, 100, rows),
            "sex": draw.choice(["female", "male"], rows),
            "origin": draw.choice(["local", "imported"], rows),
            "found_by": draw.choice(["symptoms", "contact", "screening"], rows),
            "in_control": draw.choice(["true", "false"], rows),
            "lon": np.round(121 + draw.random(rows), 5),
            "lat": np.round(31 + draw.random(rows), 5),
        }
    )
    foreign = clean.select(
        pl.col("case_id").alias("病例编号"),
        (pl.lit("第") + pl.Series(district).cast(pl.String) + "区").alias("区"),
        (pl.lit("第") + pl.Series(street).cast(pl.String) + "街道").alias("街道"),
        pl.col("onset_date").dt.to_string("%Y年%-m月%-d日").alias("发病日期"),
        pl.col("specimen_date").dt.to_string("%Y/%-m/%-d").alias("采样日期"),
        pl.col("report_date").dt.to_string("%Y%m%d").alias("报告日期"),
        (pl.col("admission_date") - pl.date(1899, 12, 30)).dt.total_days().alias("入院日期"),
        pl.col("outcome").replace({"recovered": "治愈", "died": "死亡", "ill": "在院"}).alias("转归"),
        pl.col("classification").replace({"confirmed": "确诊", "asymptomatic": "无症状"}).alias("诊断类型"),
        (pl.col("age").cast(pl.String) + "岁").alias("年龄"),
        pl.col("sex").replace({"female": "女", "male": "男"}).alias("性别"),
        pl.col("in_control").replace({"true": "是", "false": "否"}).alias("是否管控"),
    )
    clean.write_csv(folder / FILES["clean CSV"])
    (folder / FILES["GB18030 CSV"]).write_bytes(foreign.write_csv().encode("gb18030"))
    foreign.head(rows // 5).write_excel(folder / FILES["XLSX"])


def measured(*arguments: str) -> tuple[float, float, dict[str, object]]:
    """Seconds, peak MiB and JSON output of a command in a process of its own."""
    code = (
        "import resource, sys; from seawall.cli.app import run; status = run(sys.argv[1:]); "
        "sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)); sys.exit(status)"
    )
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return time.perf_counter() - begun, int(done.stderr) / 1024, json.loads(done.stdout)


def main(rows: int) -> None:
    print("| what | rows | seconds | rows/s | peak MiB |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        # In a process of its own: a child's peak begins with what its parent held when it was made.
        writer = multiprocessing.get_context("spawn").Process(target=write_files, args=(folder, rows))
        writer.start()
        writer.join()
        for name, file in FILES.items():
            path, city = folder / file, folder / f"city-{file}"
            write_city(city)
            for what in (f"import, {name}", f"the same again, {name}"):
                seconds, peak, told = measured("import", "auto:cases", str(path), "--into", str(city), "--json")
                total = told["total"]
                assert isinstance(total, dict)
                assert total["rejected"] == 0
                print(f"| {what} | {total['read']:,} | {seconds:.1f} | {total['read'] / seconds:,.0f} | {peak:,.0f} |")
        seconds, peak, _ = measured("check", str(folder / "city-clean.csv"), "--json")
        print(f"| check, CSV | {rows:,} | {seconds:.1f} | {rows / seconds:,.0f} | {peak:,.0f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
