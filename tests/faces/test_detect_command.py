"""`seawall detect` gives what the library gives, and says what is wrong."""

import io
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from seawall.cli.app import run
from seawall.core.draws import generator
from seawall.watch.alarms import METHODS, CusumRules, FarringtonRules, farrington, farrington_original_rules
from seawall.watch.alarms import detect as assess

WEEKS = 290
COUNTS = generator(1, "detect command").poisson(9.0, (WEEKS, 2)).astype(float)
COUNTS[-1, 1] = 60
MONDAYS = [date(2018, 1, 1) + timedelta(weeks=week) for week in range(WEEKS)]


def weekly(**columns):
    return pl.DataFrame(
        {
            "series": ["N"] * WEEKS + ["S"] * WEEKS,
            "date": MONDAYS * 2,
            "count": COUNTS.T.ravel().astype(int),
            **columns,
        }
    )


@pytest.fixture
def detect(tmp_path, capsys):
    def call(table, *arguments):
        path = tmp_path / "counts.csv"
        if isinstance(table, pl.DataFrame):
            table.write_csv(path)
        else:
            path.write_text(table, encoding="utf-8")
        capsys.readouterr()
        status = run(["detect", str(path), *arguments])
        said = capsys.readouterr()
        return status, pl.read_csv(io.StringIO(said.out), try_parse_dates=True) if said.out else None, said.err

    return call


def test_farrington_by_command_and_by_library(detect):
    status, table, _ = detect(weekly(), "--method", "farrington", "--alpha", "0.01", "--from", "2023-06-05")
    assert status == 0
    verdicts = farrington(COUNTS, FarringtonRules(alpha=0.01), dates=MONDAYS)
    rows = [MONDAYS.index(day) for day in table.filter(series="S")["date"]]
    assert rows == list(range(MONDAYS.index(date(2023, 6, 5)), WEEKS))
    for column, name in enumerate("NS"):
        mine = table.filter(series=name)
        np.testing.assert_allclose(mine["upper"].to_numpy(), verdicts.upper[rows, column])
        np.testing.assert_allclose(mine["expected"].to_numpy(), verdicts.expected[rows, column])
        np.testing.assert_allclose(mine["score"].to_numpy(), verdicts.score[rows, column])
        assert mine["alarm"].to_list() == verdicts.alarm[rows, column].astype(int).tolist()
    assert table.filter(alarm=1)["series"].to_list() == ["S"]
    assert table.columns[:7] == ["series", "date", "count", "expected", "upper", "score", "alarm"]


def test_the_first_row_is_the_first_that_can_be_assessed(detect):
    for method, first in (("ears-c1", 7), ("ears-c2", 9), ("ears-c3", 11), ("farrington-original", 5 * 52 + 3)):
        _, table, _ = detect(weekly(), "--method", method)
        assert table["date"].min() == MONDAYS[first]
        assert len(table) == 2 * (WEEKS - first)


@pytest.mark.parametrize("method", list(METHODS))
def test_an_index_stands_for_dates(detect, method):
    plain = pl.DataFrame({"index": range(11, 11 + WEEKS), "count": COUNTS[:, 0].astype(int)})
    status, table, _ = detect(plain, "--method", method, "--frequency", "52")
    assert status == 0
    verdicts = assess(COUNTS[:, :1], METHODS[method].make())
    rows = table["index"].to_numpy() - 11
    np.testing.assert_allclose(table["upper"].to_numpy(), verdicts.upper[rows, 0])
    assert table["alarm"].to_list() == verdicts.alarm[rows, 0].astype(int).tolist()
    assert len(rows) == verdicts.assessed.sum()
    assert "series" not in table.columns


def test_a_cusum_begins_where_it_is_told(detect):
    table = weekly().filter(series="S")
    status, out, _ = detect(table, "--method", "cusum", "--from", "2022-01-03", "--h", "3", "--k", "0.5", "--m", "glm")
    assert status == 0
    begin = MONDAYS.index(date(2022, 1, 3))
    verdicts = assess(COUNTS[:, 1:], CusumRules(k=0.5, h=3, m="glm"), wanted=np.arange(WEEKS) >= begin)
    np.testing.assert_allclose(out["upper"].to_numpy(), verdicts.upper[begin:, 0])
    assert out["alarm"][-1] == 1


def test_every_option_reaches_the_rules(detect):
    people = generator(2, "people").integers(90_000, 110_000, 2 * WEEKS)
    arguments = (
        "--b 3 --w 2 --alpha 0.02 --no-periods 5 --weights-threshold 1.5 --no-trend --past-weeks-not-included 10 "
        "--threshold-method delta --powertrans 1/2 --limit54-cases 3 --limit54-weeks 2 --population-offset "
        "--p-threshold-trend 0.2 --standard-errors pearson"
    )
    _, table, _ = detect(weekly(population=people), "--method", "farrington", *arguments.split())
    rules = FarringtonRules(
        b=3,
        w=2,
        alpha=0.02,
        no_periods=5,
        weights_threshold=1.5,
        trend=False,
        past_weeks_not_included=10,
        threshold_method="delta",
        powertrans="1/2",
        limit54_cases=3,
        limit54_weeks=2,
        population_offset=True,
        p_threshold_trend=0.2,
        standard_errors="pearson",
    )
    population = people.reshape(2, WEEKS).T.astype(float)
    verdicts = farrington(COUNTS, rules, dates=MONDAYS, population=population)
    np.testing.assert_allclose(table.filter(series="N")["upper"].to_numpy(), verdicts.upper[3 * 52 + 2 :, 0])
    _, unweighted, _ = detect(weekly(), "--method", "farrington-original", "--no-reweight", "--alpha", "0.02")
    expected = farrington(COUNTS, farrington_original_rules(reweight=False, alpha=0.02), dates=MONDAYS)
    np.testing.assert_allclose(unweighted.filter(series="S")["upper"].to_numpy(), expected.upper[263:, 1])


def test_days_are_summed_by_week_on_request(detect):
    days = [date(2018, 1, 1) + timedelta(days=day) for day in range(7 * WEEKS)]
    daily = pl.DataFrame({"date": days, "count": np.repeat(COUNTS[:, 0].astype(int), 7)})
    status, _, said = detect(daily, "--method", "farrington")
    assert status == 1
    assert "--weekly" in said
    status, table, _ = detect(daily, "--method", "farrington", "--weekly")
    assert status == 0
    assert table["count"].to_list() == (7 * COUNTS[263:, 0]).astype(int).tolist()
    assert table["date"][0] == days[0] + timedelta(days=7 * 263 + 6)
    assert detect(daily, "--method", "ears-c1")[0] == 0


def test_an_empty_cell_is_not_assessed_and_not_zero(detect):
    counts = [3, 5, 4, 3, 5, 4, 3, None, 30]
    table = pl.DataFrame({"date": [date(2024, 1, 1) + timedelta(days=day) for day in range(9)], "count": counts})
    status, out, _ = detect(table, "--method", "ears-c1")
    assert status == 0
    assert out["status"].to_list() == ["not_reported", "assessed"]
    assert out["count"].to_list() == [None, 30]
    assert out["alarm"].to_list() == [0, 1]
    assert out["upper"][0] is None
    np.testing.assert_allclose(out["expected"][1], np.mean([5, 4, 3, 5, 4, 3]))


def test_series_of_different_lengths_and_weekdays(detect):
    short = weekly().filter((pl.col("series") == "N") | (pl.col("date") >= MONDAYS[100]))
    short = short.with_columns(
        pl.when(series="S").then(pl.col("date").dt.offset_by("2d")).otherwise("date").alias("date")
    )
    status, table, _ = detect(short, "--method", "farrington", "--b", "2")
    assert status == 0
    assert table.filter(series="S")["date"].min() == MONDAYS[100 + 107] + timedelta(days=2)
    alone = farrington(COUNTS[100:, 1:], FarringtonRules(b=2), dates=[day + timedelta(days=2) for day in MONDAYS[100:]])
    np.testing.assert_allclose(table.filter(series="S")["upper"].to_numpy(), alone.upper[107:, 0])


def test_one_series_too_short_does_not_keep_the_others_back(detect):
    short = weekly().filter((pl.col("series") == "N") | (pl.col("date") >= MONDAYS[250]))
    status, table, _ = detect(short, "--method", "farrington")
    assert status == 0
    assert set(table["series"]) == {"N"}


def test_json_has_no_infinity(tmp_path, capsys):
    path = tmp_path / "counts.csv"
    path.write_text("index,count\n" + "".join(f"{n},{3 if n < 8 else 4}\n" for n in range(1, 10)), encoding="utf-8")
    assert run(["detect", str(path), "--method", "ears-c1", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["index"] == 8
    assert rows[0]["score"] is None
    assert rows[0]["alarm"] == 1


def test_standard_input_and_output():
    text = weekly().write_csv()
    done = subprocess.run(
        [Path(sys.executable).with_name("seawall"), "detect", "-", "--method", "ears-c2"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    assert done.stdout.splitlines()[0].startswith(b"series,date,count,expected,upper,score,alarm")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--method", "best"], 2, "best is planned, not built. There are: ears-c1, ears-c2, ears-c3, farrington"),
        (["--method", "magic"], 2, "magic is not a detector"),
        (["--method", "ears-c1", "--b", "4", "--trend"], 2, "ears-c1 does not take --b, --trend. It takes --alpha"),
        (["--method", "farrington", "--alpha", "2", "--b", "0"], 1, "column --b: 0 is not between 1 and 50"),
        (["--method", "farrington", "--w", "26"], 1, "farrington, column --w: windows of 2 x 26 + 1 steps overlap"),
        (["--method", "farrington", "--from", "soon"], 1, "column --from: 'soon' is not a date"),
        (["--method", "farrington", "--from", "2040-01-01"], 1, "2040-01-01 is after the last count, 2023-07-17"),
        (["--method", "farrington", "--b", "6"], 1, "the first entry to be assessed is number 316, and the longest"),
        (["--method", "farrington", "--population-offset"], 1, "there is no column population"),
        (["--method", "farrington", "--frequency", "12"], 1, "--frequency 12 is for a series without dates"),
        (["--method", "ears-c1", "--weekly"], 1, "column --weekly: it sums days, and the table has no days"),
        (["--method", "ears-c1", "--baseline", "400"], 1, "column --baseline: 400 is not between 2 and 365"),
    ],
)
def test_what_is_wrong_is_said(detect, arguments, status, words):
    code, table, said = detect(weekly(), *arguments)
    assert (code, table) == (status, None)
    assert words in said


def test_months_are_told_apart_from_sparse_days(detect):
    months = pl.DataFrame({"date": [date(2015 + n // 12, n % 12 + 1, 1) for n in range(90)], "count": range(90)})
    status, _, said = detect(months, "--method", "farrington")
    assert status == 1
    assert "--frequency 12" in said
    numbered = months.select(pl.int_range(1, 91).alias("index"), "count")
    status, table, _ = detect(numbered, "--method", "farrington", "--frequency", "12", "--w", "1", "--no-periods", "4")
    assert status == 0
    assert table["index"][0] == 62


def test_planned_methods_are_no_methods():
    from seawall.watch.alarms import PLANNED

    assert not set(PLANNED) & set(METHODS)


def test_methods_named_in_the_help_are_those_there_are(capsys):
    assert run(["detect", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    for method in METHODS:
        assert method in said
    options = {option for method in METHODS.values() for option in method.options}
    for option in options:
        assert f"--{option.replace('_', '-')}" in said
