"""`seawall zones` says what the library says, and never more than one clear list of faults."""

import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from seawall.city import read_city
from seawall.cli.app import run
from seawall.zones import DEFAULT_RULES, compare, draw_zones, load_rules, see, shipped

FILES = {
    "city.toml": 'name = "Small"\n',
    "areas.csv": (
        "area_id,parent_id,level,name,name_zh,population,lon,lat\nC,,city,City,市,,,\n"
        "D1,C,district,East,东区,60000,,\nK1,D1,community,Pier,桥头,5000,,\n"
    ),
    "places.csv": "place_id,area_id,kind,name,lon,lat,capacity\nP1,K1,residence,One,,,800\n",
    "cases.csv": "case_id,area_id,report_date,in_control,place_id\n"
    + "".join(f"c{n},K1,2022-07-{1 + n % 9:02d},false,P1\n" for n in range(60)),
}
FIRST = ["rules", "area_id", "place_id", "tier", "since", "until", "reason", "residents", "person_days"]


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "city"
    root.mkdir()
    for name, text in FILES.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def csv_of(capsys):
    return pl.read_csv(io.StringIO(capsys.readouterr().out))


def test_the_table_begins_with_the_columns_of_the_contract(folder, capsys):
    assert run(["zones", str(folder), "--on", "2022-07-09", "--rules", "china-9th"]) == 0
    assert csv_of(capsys).columns[: len(FIRST)] == FIRST


def test_command_and_library_give_the_same_zones(folder, tmp_path):
    out = tmp_path / "zones.parquet"
    names = ["china-9th", "italy-2021-05"]
    assert (
        run(["zones", str(folder), "--on", "2022-07-09", "--rules", names[0], "--rules", names[1], "-o", str(out)]) == 0
    )
    seen = see(read_city(folder), date(2022, 7, 9))
    assert pl.read_parquet(out).equals(pl.concat([draw_zones(seen, load_rules(name)).zones for name in names]))


def test_rule_sets_side_by_side(folder, capsys):
    assert run(["zones", str(folder), "--on", "2022-07-09", "--table", "compare"]) == 0
    city = read_city(folder)
    seen = see(city, date(2022, 7, 9))
    told = csv_of(capsys)
    assert told["rules"].to_list() == list(DEFAULT_RULES)
    expected = compare([draw_zones(seen, load_rules(name)) for name in DEFAULT_RULES], city.areas)
    assert told["person_days"].to_list() == expected["person_days"].to_list()
    assert told.filter(pl.col("rules") == "china-9th")["residents_restricted"].item() == 800


@pytest.mark.parametrize("arguments", [["--totals"], ["--table", "totals"]])
def test_totals(folder, capsys, arguments):
    assert run(["zones", str(folder), "--on", "2022-07-09", "--rules", "china-9th", *arguments]) == 0
    told = csv_of(capsys)
    assert told.filter(pl.col("tier") == "high").select("zones", "residents").rows() == [(1, 800)]


def test_smaller_units(folder, capsys):
    assert run(["zones", str(folder), "--rules", "china-9th", "--table", "smaller"]) == 0
    assert csv_of(capsys)["smaller_unit"].item() == "building"


def test_without_a_day_the_last_reported_one_is_drawn(folder, capsys):
    assert run(["zones", str(folder), "--rules", "china-9th", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["on"] == "2022-07-09"


def test_json_carries_names_reasons_and_notes_as_objects(folder, capsys):
    assert run(["zones", str(folder), "--on", "2022-07-09", "--rules", "china-9th", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    (drawn,) = answer["maps"]
    zone = drawn["zones"][0]
    assert drawn["names"]["zh-Hans"] == "中国第九版方案:高、中、低风险区"
    assert zone["reason"]["code"] == "infection_found"
    assert zone["reason"]["facts"]["last"] == "2022-07-09"
    assert zone["lifts_if"]["facts"]["next_tier"] == "medium"
    assert zone["evidence"]["days"][-1] == {"date": "2022-07-09", "count": 6.0}
    assert {"code": "visits_not_seen", "facts": {"tier": "medium"}} in drawn["notes"]


def test_all_rule_sets(folder, capsys):
    assert run(["zones", str(folder), "--rules", "all", "--table", "compare"]) == 0
    assert csv_of(capsys)["rules"].to_list() == list(shipped())


def test_a_rule_file_of_one_s_own(folder, tmp_path, capsys):
    from importlib import resources

    text = (resources.files("seawall.zones") / "rules" / "china-9th.toml").read_text(encoding="utf-8")
    own = tmp_path / "ours.toml"
    own.write_text(text.replace('key = "china-9th"', 'key = "ours"'), encoding="utf-8")
    assert run(["zones", str(folder), "--rules", str(own), "--totals"]) == 0
    assert set(csv_of(capsys)["rules"]) == {"ours"}
    assert run(["zones", "--lint", str(own)]) == 0
    assert "nothing wrong" in capsys.readouterr().out
    own.write_text(text.replace("infections_by_unit", "nationality"), encoding="utf-8")
    for arguments in (["--lint", str(own)], [str(folder), "--rules", str(own)]):
        assert run(["zones", *arguments]) == 1
        assert '"nationality" speaks of nationality, which no rule may read' in capsys.readouterr().err


def test_on_a_terminal_a_summary_comes_instead_of_the_table(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(["zones", str(folder), "--on", "2022-07-09"]) == 0
    told = capsys.readouterr().out
    assert "Small, 2022-07-09: proposals, to be decided by a named person." in told
    assert all(name in told for name in DEFAULT_RULES)
    assert "visits_not_seen" in told
    assert '"code"' not in told
    out = tmp_path / "zones.csv"
    assert run(["zones", str(folder), "--on", "2022-07-09", "-o", str(out)]) == 0
    assert "china-9th" in capsys.readouterr().out
    assert pl.read_csv(out).height > 0
    assert run(["zones", "--list"]) == 0
    assert "who-phsm-2021" in capsys.readouterr().out


def test_lint_finds_the_faults_of_all_files_at_once(tmp_path, capsys):
    (tmp_path / "a.toml").write_text("key = ", encoding="utf-8")
    (tmp_path / "b.toml").write_text('key = "b"\n', encoding="utf-8")
    assert run(["zones", "--lint", str(tmp_path / "a.toml"), "--lint", str(tmp_path / "b.toml"), "--json"]) == 1
    told = json.loads(capsys.readouterr().err)
    assert {fault["file"] for fault in told["faults"]} == {"a.toml", "b.toml"}


def test_the_list_names_every_rule_set(capsys):
    assert run(["zones", "--list"]) == 0
    told = csv_of(capsys)
    assert told["rules"].to_list() == list(shipped())
    assert told.filter("default")["rules"].to_list() == sorted(DEFAULT_RULES)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ([], 2, "Name a city folder, or use --list or --lint FILE"),
        (["nowhere"], 1, "there is no such folder"),
        (["CITY", "--rules", "china-9"], 1, 'did you mean "china-9th"'),
        (["CITY", "--rules", "a", "--rules", "b"], 1, "2 problem(s) with the rule sets; no zone was drawn."),
        (["CITY", "--rules", "none.toml"], 1, "there is no such file"),
        (["CITY", "--on", "2022-13-01"], 2, "--on"),
        (["CITY", "--on", "2031-01-01"], 1, "its last entry is of 2022-07-09"),
        (["CITY", "--table", "people"], 2, "--table"),
    ],
)
def test_misuse_gives_one_clear_line_and_no_traceback(folder, capsys, arguments, status, said):
    given = [str(folder) if word == "CITY" else word for word in arguments]
    assert run(["zones", *given]) == status
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err


def test_a_city_without_a_case_has_no_zones(folder, capsys):
    (folder / "cases.csv").write_text("case_id,area_id,report_date\n", encoding="utf-8")
    assert run(["zones", str(folder)]) == 1
    assert "it reports no infection and no number. Add reports, or name a day with --on." in capsys.readouterr().err
    assert run(["zones", str(folder), "--on", "2022-07-09", "--rules", "all", "--table", "compare"]) == 0
    told = csv_of(capsys)
    assert told["restricting_zones"].sum() == 0


def test_help_starts_without_the_heavy_libraries():
    code = "import sys; from seawall.cli.app import run; run(['zones', '--help']); print('polars' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip().endswith("False")
    assert "--rules" in told.stdout


SHANGHAI = Path(__file__).parents[2].parent / "shared" / "data" / "shanghai-2022"


@pytest.mark.skipif(not SHANGHAI.is_dir(), reason="the Shanghai bulletins are not on this machine")
def test_shanghai_s_addresses_give_zones_near_those_that_were_announced(tmp_path, capsys):
    """On 20 April 2022 the city announced 11.88 million residents in closed zones (with 16,650 of them).

    The published addresses name those with a positive; the city closed neighbours with them, and districts
    differ. So the order of size is asked for, not the number.
    """
    root = tmp_path / "shanghai"
    root.mkdir()
    addresses = pl.read_csv(SHANGHAI / "addresses.csv.gz", try_parse_dates=True).filter(
        pl.col("date") <= date(2022, 4, 20)
    )
    districts = addresses["district"].unique().sort()
    code = {name: f"D{n}" for n, name in enumerate(districts)}
    people = 24_870_895 // len(code)
    (root / "city.toml").write_text('name = "Shanghai"\n')
    rows = ["area_id,parent_id,level,name,population", "C,,city,Shanghai,"]
    rows += [f"{key},C,district,{name},{people}" for name, key in code.items()]
    (root / "areas.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    places = addresses.select("district", "place").unique(maintain_order=True).with_row_index("n")
    places = places.with_columns(place_id=pl.format("P{}", "n"), area_id=pl.col("district").replace_strict(code))
    places.select("place_id", "area_id", kind=pl.lit("residence"), name="place").write_csv(root / "places.csv")
    addresses.join(places, on=["district", "place"]).select(
        "date", "place_id", event=pl.lit("positive_found"), count=pl.lit(1), at_least=pl.lit("true")
    ).unique(["date", "place_id"]).write_csv(root / "signals.csv")
    addresses.group_by("date", "district").len().select(
        "date", area_id=pl.col("district").replace_strict(code), event=pl.lit("reports"), count="len"
    ).write_csv(root / "counts.csv")
    assert run(["zones", str(root), "--on", "2022-04-20", "--rules", "china-8th", "--totals"]) == 0
    closed = csv_of(capsys).filter(pl.col("tier") == "closed").row(0, named=True)
    assert 8_000 < closed["zones"] < 33_000
    assert 5_900_000 < closed["residents"] < 23_800_000
