"""The city folder of Shanghai says what the bulletins said; a second reading of the source, in SQL."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from seawall.city import read_city
from seawall.city.check import check_city
from seawall.watch.headline import headline
from seawall.watch.series import daily_counts

ROOT = Path(__file__).parents[2]
SOURCE = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="module")
def shanghai(tmp_path_factory):
    if not (SOURCE / "shanghai-2022").exists():
        pytest.skip("the record of Shanghai 2022 is not beside this checkout")
    folder = tmp_path_factory.mktemp("shanghai") / "city"
    make = ROOT / "examples" / "shanghai-2022" / "make.py"
    subprocess.run([sys.executable, str(make), str(SOURCE), "-o", str(folder)], check=True, capture_output=True)
    return read_city(folder)


def test_the_folder_is_whole(shanghai):
    assert check_city(shanghai.root).ok
    assert [len(shanghai.areas.at_level(level)) for level in ("city", "district", "subdistrict")] == [1, 16, 215]
    assert shanghai.areas.population("310000") == 24_870_895
    assert len(shanghai.polygons) == 16 + 214
    receipt = json.loads((shanghai.root / "receipts" / "0001.json").read_text())
    assert all(file["read"] == file["loaded"] + file["merged"] + file["rejected"] for file in receipt["files"])


@pytest.mark.parametrize(
    ("day", "confirmed", "asymptomatic", "counted_before"),
    [
        (date(2022, 3, 20), 24, 734, 0),
        (date(2022, 3, 27), 50, 3450, 0),
        (date(2022, 4, 13), 2573, 25146, 114),
        (date(2022, 5, 15), 69, 869, 42),
    ],
)
def test_the_days_numbers_equal_the_bulletins(shanghai, day, confirmed, asymptomatic, counted_before):
    counts = daily_counts(shanghai, day)
    whole, parts = (headline(counts.rolled_up(shanghai, level)) for level in ("city", "district"))
    today = dict(whole.select("event", "today").iter_rows())
    assert today["reports_local"] == confirmed + asymptomatic - counted_before
    assert parts.filter(event="confirmed")["today"].sum() == confirmed
    assert parts.filter(event="asymptomatic")["today"].sum() == asymptomatic


def test_every_day_of_the_city_agrees_with_the_source_read_in_sql(shanghai):
    counts = daily_counts(shanghai, date(2022, 5, 31)).rolled_up(shanghai, "city")
    ours = dict(zip(counts.dates, counts.of("reports_local")[:, 0].tolist(), strict=True))
    source = str(SOURCE / "shanghai-2022" / "city_daily.csv")
    told = duckdb.sql(
        "select date, local_confirmed + local_asymptomatic - confirmed_from_asymptomatic "
        f"from read_csv('{source}') where date >= date '2022-03-01'"
    ).fetchall()
    assert len(told) > 70
    assert [(day, ours[day]) for day, _ in told] == told


def test_districts_add_up_to_the_city_while_the_bulletins_split_them(shanghai):
    counts = daily_counts(shanghai, date(2022, 5, 18))
    city = counts.rolled_up(shanghai, "city").of("reports_local")[:, 0]
    districts = counts.rolled_up(shanghai, "district").of("reports_local").sum(axis=1)
    since = (date(2022, 3, 18) - counts.start).days
    apart = {counts.dates[since + n]: gap for n, gap in enumerate(city[since:] - districts[since:]) if gap}
    assert apart == {date(2022, 3, 25): 5}  # the district columns of that day's bulletin hold five fewer
