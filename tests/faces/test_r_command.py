"""`seawall r` says what the library says, and what is wrong with what it is given."""

import json
import math
import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.cli.app import run
from seawall.disease import CATALOGUE, discretised_serial_interval, pathogen
from seawall.watch.case_reproduction import estimate_case_reproduction
from seawall.watch.reproduction import estimate_reproduction
from seawall.watch.serial_intervals import UncertainSerialInterval, draw_serial_intervals

COLUMNS = ["series", "start", "end", "mean", "sd", "q2.5", "q5", "q25", "q50", "q75", "q95", "q97.5"]
FLU = [1, 1, 0, 2, 5, 3, 3, 3, 6, 2, 5, 9, 13, 12, 13, 11, 12, 6, 6, 6, 3, 1, 0, 2, 0, 0, 0, 0, 2, 0, 2, 0]
GAMMA = ["--si-mean", "2.6", "--si-sd", "1.5"]


def uncertain(mean_min="1"):
    """The options of an uncertain serial interval."""
    return [
        *GAMMA,
        *("--si-mean-sd", "1", "--si-mean-min", mean_min, "--si-mean-max", "4.2"),
        *("--si-sd-sd", "0.5", "--si-sd-min", "0.5", "--si-sd-max", "2.5"),
    ]


UNCERTAIN = uncertain()
FIRST = date(2009, 4, 27)


def dated(counts=FLU, name=None):
    days = [f"{FIRST + timedelta(days=day)},{count}" for day, count in enumerate(counts)]
    return "\n".join(
        ["date,count" + (",series" if name else ""), *(f"{day},{name}" if name else day for day in days), ""]
    )


@pytest.fixture
def r(tmp_path):
    """Run `seawall r` on a table given as text; the table it wrote."""

    def do(text, *options):
        source, target = tmp_path / "counts.csv", tmp_path / "r.csv"
        source.write_text(text, encoding="utf-8")
        assert run(["r", str(source), *options, "-o", str(target)]) == 0
        return pl.read_csv(target, try_parse_dates=True, schema_overrides={"series": pl.String})

    return do


@pytest.fixture
def refused(tmp_path, capsys):
    """Run `seawall r` on a table that it must refuse; the status and what it said."""

    def do(text, *options):
        source = tmp_path / "counts.csv"
        source.write_text(text, encoding="utf-8")
        status = run(["r", str(source), *options])
        said = capsys.readouterr()
        assert not said.out
        return status, said.err

    return do


def test_the_command_gives_what_the_library_gives(r):
    table = r(dated(), *GAMMA)
    assert table.columns == COLUMNS
    assert table["series"].is_null().all()
    assert table["start"][0] == FIRST + timedelta(days=1)
    assert table["end"][-1] == FIRST + timedelta(days=31)
    expected = estimate_reproduction(np.array(FLU, float), discretised_serial_interval(2.6, 1.5, 31))
    np.testing.assert_allclose(table["mean"], expected.mean[0], rtol=1e-12)
    np.testing.assert_allclose(table["sd"], expected.sd[0], rtol=1e-12)
    np.testing.assert_allclose(table.select(COLUMNS[5:]).to_numpy(), expected.quantiles[0], rtol=1e-12)


def test_window_and_prior_are_heeded(r):
    table = r(dated(), *GAMMA, "--window", "3", "--prior-mean", "2", "--prior-sd", "1.2")
    expected = estimate_reproduction(
        np.array(FLU, float), discretised_serial_interval(2.6, 1.5, 31), windows=3, prior_mean=2, prior_sd=1.2
    )
    np.testing.assert_allclose(table["mean"], expected.mean[0], rtol=1e-12)


def test_overdispersion_widens_and_keeps_the_mean(r):
    rough = [10, 40, 5, 60, 12, 55, 8] * 6
    plain, wide = r(dated(rough), *GAMMA), r(dated(rough), *GAMMA, "--overdispersion")
    np.testing.assert_allclose(wide["mean"], plain["mean"], rtol=1e-9)
    assert (wide["sd"] >= plain["sd"] * (1 - 1e-12)).all()
    rough[::3] = [2] * len(rough[::3])
    assert (r(dated(rough), *GAMMA, "--overdispersion")["sd"] > 1.5 * r(dated(rough), *GAMMA)["sd"]).all()


def test_an_index_stays_an_index(r):
    table = r("index,count\n" + "".join(f"{day + 11},{count}\n" for day, count in enumerate(FLU)), *GAMMA)
    assert table["start"].to_list()[:2] == [12, 13]
    assert table["end"].to_list()[-1] == 42


def test_imported_cases_stand_apart(r):
    text = "date,local,imported\n" + "".join(
        f"{FIRST + timedelta(days=day)},{count},{day % 3}\n" for day, count in enumerate(FLU)
    )
    table = r(text, *GAMMA)
    expected = estimate_reproduction(
        np.array(FLU, float),
        discretised_serial_interval(2.6, 1.5, 31),
        imported=np.arange(len(FLU)) % 3 * 1.0,
    )
    np.testing.assert_allclose(table["mean"], expected.mean[0], rtol=1e-12)


def test_many_series_of_unlike_spans_keep_their_order(r):
    text = "series,date,count\n"
    spans = {"z": FLU, "a": FLU[:20], "m": FLU}
    for name, counts in spans.items():
        text += "".join(f"{name},{FIRST + timedelta(days=day)},{count}\n" for day, count in enumerate(counts))
    table = r(text, *GAMMA)
    assert table["series"].unique(maintain_order=True).to_list() == ["z", "a", "m"]
    alone = r(dated(FLU[:20]), *GAMMA)
    np.testing.assert_allclose(table.filter(pl.col("series") == "a")["mean"], alone["mean"], rtol=1e-12)
    z, m = (table.filter(pl.col("series") == name).drop("series") for name in "zm")
    assert z.equals(m)


def test_days_without_a_row_leave_their_windows_empty_unless_they_are_zero(r):
    lines = dated().splitlines(keepends=True)
    text = "".join(lines[:20] + lines[21:])
    table = r(text, *GAMMA)
    empty = table.filter(pl.col("mean").is_null())
    gap = FIRST + timedelta(days=19)
    assert empty["end"].min() == gap
    assert empty.filter((pl.col("start") <= gap) & (pl.col("end") >= gap)).height == 7
    zero = r(text, *GAMMA, "--gaps", "zero")
    expected = estimate_reproduction(
        np.array([*FLU[:19], 0, *FLU[20:]], float), discretised_serial_interval(2.6, 1.5, 31)
    )
    np.testing.assert_allclose(zero["mean"], expected.mean[0], rtol=1e-12)


def test_a_given_serial_interval_and_a_sample_of_them(r, tmp_path):
    (tmp_path / "si.csv").write_text("day,probability\n0,0\n1,0.25\n3,0.75\n")
    table = r(dated(), "--si-file", str(tmp_path / "si.csv"))
    one = np.array([0, 0.25, 0, 0.75])
    np.testing.assert_allclose(table["mean"], estimate_reproduction(np.array(FLU, float), one).mean[0], rtol=1e-12)
    (tmp_path / "si.csv").write_text("day,probability,sample\n1,0.25,a\n3,0.75,a\n1,1,b\n")
    table = r(dated(), "--si-file", str(tmp_path / "si.csv"))
    both = np.array([one, [0, 1, 0, 0]])
    np.testing.assert_allclose(
        table["q50"], estimate_reproduction(np.array(FLU, float), both).quantiles[0, :, 3], rtol=1e-9
    )


def test_an_uncertain_serial_interval_follows_its_seed(r):
    first, again, other = (r(dated(), *UNCERTAIN, "--seed", seed) for seed in ("3", "3", "4"))
    assert first.equals(again)
    assert not first.equals(other)
    uncertain = UncertainSerialInterval(
        mean_days=2.6, mean_sd=1, mean_min=1, mean_max=4.2, sd_days=1.5, sd_sd=0.5, sd_min=0.5, sd_max=2.5
    )
    drawn = draw_serial_intervals(uncertain, 32, seed=3)
    expected = estimate_reproduction(
        np.array(FLU, float), np.pad(drawn, ((0, 0), (0, 200))) / drawn.sum(1, keepdims=True)
    )
    np.testing.assert_allclose(first["mean"], expected.mean[0], rtol=0.01)


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_pathogen_lends_its_serial_interval(r, key):
    table = r(dated(), "--pathogen", key)
    weights = pathogen(key).serial_interval_by_day()
    expected = estimate_reproduction(np.array(FLU, float), weights)
    known = np.isfinite(expected.mean[0])
    np.testing.assert_allclose(table["mean"].to_numpy()[known], expected.mean[0][known], rtol=1e-6)


def test_wallinga_and_teunis(r):
    table = r(dated(), *GAMMA, "--method", "wallinga-teunis")
    expected = estimate_case_reproduction(np.array(FLU, float), discretised_serial_interval(2.6, 1.5, 31))
    np.testing.assert_allclose(table["mean"], expected.mean[0], rtol=1e-12)
    assert table["q97.5"][3] == expected.quantiles[0, 3, 6]


def test_windows_of_ones_own(r, tmp_path):
    (tmp_path / "w.csv").write_text("start,end\n2009-05-01,2009-05-10\n2009-05-11,2009-05-28\n")
    table = r(dated(), *GAMMA, "--windows", str(tmp_path / "w.csv"))
    expected = estimate_reproduction(
        np.array(FLU, float), discretised_serial_interval(2.6, 1.5, 31), windows=np.array([[4, 14], [14, 32]])
    )
    np.testing.assert_allclose(table["mean"], expected.mean[0], rtol=1e-12)
    assert table["end"].to_list() == [date(2009, 5, 10), date(2009, 5, 28)]


def test_json_and_standard_streams():
    command = [sys.executable, "-c", "from seawall.cli import main; main()", "r", "-", *GAMMA, "--json"]
    said = subprocess.run(command, input=dated(), capture_output=True, text=True, check=True)
    rows = json.loads(said.stdout)
    assert list(rows[0]) == COLUMNS
    assert rows[0]["start"] == "2009-04-28"
    assert rows[0]["mean"] == pytest.approx(1.7357976636949528)
    assert not said.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "none is given"),
        (["--si-mean", "3"], "given: --si-mean."),
        (["--si-sd", "3"], "given: --si-sd."),
        ([*GAMMA, "--pathogen", "mers"], "given: --pathogen, --si-mean, --si-sd"),
        ([*GAMMA, "--si-mean-sd", "1"], "also needs --si-mean-min, --si-mean-max, --si-sd-sd"),
        (["--pathogen", "mers", "--si-mean-sd", "1"], "An uncertain serial interval is given by"),
        ([*UNCERTAIN, "--method", "wallinga-teunis"], "takes one serial interval"),
        ([*GAMMA, "--method", "renewal"], "not part of this version"),
        ([*GAMMA, "--method", "wallinga-teunis", "--overdispersion"], "goes with --method cori"),
        ([*GAMMA, "--method", "guess"], "Choose from"),
        (["--si-mean", "1", "--si-sd", "1"], "Must be > 1"),
        (["--si-mean", "nan", "--si-sd", "1"], "Must be"),
        ([*GAMMA, "--window", "0"], "Must be >= 1"),
        ([*GAMMA, "--prior-sd", "0"], "Must be > 0"),
        ([*GAMMA, "--windw", "3"], "Unknown option"),
    ],
)
def test_a_command_line_that_does_not_make_sense_is_a_usage_error(refused, options, says):
    status, said = refused(dated(), *options)
    assert status == 2
    assert says in " ".join(said.replace("│", "").split())


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("", GAMMA, "the table is empty"),
        ("date,n\n2020-01-01,1\n", GAMMA, "the columns local, imported or count are not there"),
        (dated(FLU[:7]), GAMMA, "the series has 7 day(s), too few for a window of 7"),
        (dated(FLU[:3], "x"), GAMMA, "series x has 3 day(s)"),
        (dated([3, -1, "x", 4, 5, 6, 7, 8]), GAMMA, "row 3, column count: -1 is below 0"),
        (dated([3, -1, "x", 4, 5, 6, 7, 8]), GAMMA, "row 4, column count: 'x' is not a number"),
        (dated() + "2009-04-29,3\n", GAMMA, "row 34, column date: 2009-04-29 is already given in row 4"),
        (dated(), ["--pathogen", "omicron-ba2"], "Did you mean 'covid-omicron-ba2'?"),
        (dated([1.5] * 9), [*GAMMA, "--method", "wallinga-teunis"], "row 2, column count: 1.5 is not a whole number"),
        ("date,count\n" + "".join(f"2020-01-{day:02},3\n" for day in (1, 8, 15, 22)), GAMMA, "whole weeks apart"),
        (dated(), uncertain(mean_min="3"), "must lie within its range, 3 to 4.2"),
    ],
)
def test_an_input_at_fault_says_where_and_how_to_mend_it(refused, text, options, says):
    status, said = refused(text, *options)
    assert status == 1
    assert says in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("day,p\n", "column probability: the column is not there"),
        ("day,probability\n", "nothing below it"),
        ("day,probability\n0,0.1\n1,0.9\n", "must have probability 0 on day 0"),
        ("day,probability\n1,0.5\n2,0.4\n", "these sum to 0.9"),
        ("day,probability\n1,0.5\n1,0.5\n", "row 3, column day: day 1 is given twice"),
        ("day,probability\n1.5,0.5\n-1,0.5\n", "row 3, column day: the day is not a whole number"),
        ("day,probability\n1,x\n2,1.5\n", "row 3, column probability: the probability is not a number from 0 to 1"),
        ("day,probability\n100000000,1\n", "from 0 to 1000"),
    ],
)
def test_a_serial_interval_at_fault(refused, tmp_path, text, says):
    (tmp_path / "si.csv").write_text(text)
    status, said = refused(dated(), "--si-file", str(tmp_path / "si.csv"))
    assert status == 1
    assert "si.csv" in said
    assert says in said


def test_a_sample_is_refused_where_one_is_needed(refused, tmp_path):
    (tmp_path / "si.csv").write_text("day,probability,sample\n1,1,a\n2,1,b\n")
    status, said = refused(dated(), "--si-file", str(tmp_path / "si.csv"), "--method", "wallinga-teunis")
    assert status == 1
    assert "it holds 2 serial intervals" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("from,to\n", "column start: the column is not there"),
        ("start,end\n", "there is no window"),
        ("start,end\n2009-04-27,2009-05-03\n", "row 2: the window 2009-04-27 to 2009-05-03 does not run"),
        ("start,end\n2009-05-03,2009-05-01\n", "does not run upwards"),
        ("start,end\n2009-05-03,2010-05-01\n", "2009-04-28 to 2009-05-28"),
        ("start,end\n5,2009-05-11\n", "row 2, column start: '5' is not a date"),
    ],
)
def test_windows_at_fault(refused, tmp_path, text, says):
    (tmp_path / "w.csv").write_text(text)
    status, said = refused(dated(), *GAMMA, "--windows", str(tmp_path / "w.csv"))
    assert status == 1
    assert says in said


def test_faults_are_told_to_machines_too(refused):
    status, said = refused(dated([3, -1, 2, 4, 5, 6, 7, 8]), *GAMMA, "--json")
    assert status == 1
    assert json.loads(said)["faults"][0]["row"] == 3


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.dates(date(2022, 1, 1), date(2022, 2, 28)), st.one_of(st.integers(0, 10**12), st.floats())),
        max_size=40,
    ),
    options=st.sampled_from([GAMMA, UNCERTAIN, ["--pathogen", "measles"], [*GAMMA, "--method", "wallinga-teunis"]]),
)
def test_any_counts_are_estimated_or_refused(tmp_path, rows, options):
    source, target = tmp_path / "any.csv", tmp_path / "any-out.csv"
    source.write_text("date,count\n" + "".join(f"{day},{count}\n" for day, count in rows))
    status = run(["r", str(source), *options, "--samples", "20", "-o", str(target)])
    assert status in (0, 1)
    if status == 0:
        table = pl.read_csv(target)
        assert table.columns == COLUMNS
        assert all(math.isfinite(mean) and mean >= 0 for mean in table["mean"].drop_nulls())
