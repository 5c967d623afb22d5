"""The example's daily numbers and its line list tell the same: each is counted a second time, in SQL."""

from datetime import timedelta

import duckdb
import polars as pl
import pytest

from seawall.city import read_city
from seawall.city.example import write_example
from seawall.city.example.course import FIRST_DAY, Story


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    root = tmp_path_factory.mktemp("example") / "city"
    write_example(root, residents=200_000, seed=11, table_format="parquet")
    return read_city(root)


@pytest.fixture(scope="module")
def sql(city):
    with duckdb.connect() as connection:
        for name, path in city.files.items():
            connection.execute(f"create view {name} as select * from read_parquet('{path}')")
        connection.execute(
            """create table lies_in as
               select community.area_id, district.area_id district
               from areas community join areas subdistrict on community.parent_id = subdistrict.area_id
                 join areas district on subdistrict.parent_id = district.area_id
               where community.level = 'community'"""
        )
        connection.execute("create table lines as select * from cases join lies_in using (area_id)")
        yield connection


def compare(sql, event, counted):
    """All rows of `counts` for an event against a query that gives date, area_id and n where n is not zero."""
    missed = sql.execute(
        f"""select count(*), sum(count), sum(abs(count - coalesce(n, 0)))
            from counts left join ({counted}) using (date, area_id) where event = '{event}'"""
    ).fetchone()
    assert missed[0] > 1000
    assert missed[1] > 0
    assert missed[2] == 0, event


WHO = {
    "reports": "true",
    "reports_local": "origin = 'local'",
    "reports_imported": "origin = 'imported'",
    "reports_in_control": "in_control",
    "reports_in_community": "not in_control",
}


@pytest.mark.parametrize("event", WHO)
def test_reports(sql, event):
    query = f"select report_date date, district area_id, count(*) n from lines where {WHO[event]} group by all"
    compare(sql, event, query)


@pytest.mark.parametrize(
    ("event", "day", "who"),
    [
        ("admissions", "admission_date", "true"),
        ("discharges", "outcome_date", "outcome = 'recovered' and admission_date is not null"),
        ("deaths", "outcome_date", "outcome = 'died'"),
        ("positives", "specimen_date", "true"),
    ],
)
def test_events(sql, event, day, who):
    query = f"select {day} date, district area_id, count(*) n from lines where {day} is not null and {who} group by all"
    compare(sql, event, query)


@pytest.mark.parametrize(("event", "who"), [("in_hospital", "true"), ("in_icu", "severity = 'critical'")])
def test_stocks_count_the_admitted_and_reported_who_have_not_left(sql, event, who):
    query = f"""
        select days.date, district area_id, count(*) n
        from (select distinct date from counts) days join lines
          on greatest(admission_date, report_date) <= days.date
         and (outcome_date is null or outcome_date > days.date)
        where admission_date is not null and {who} group by all"""
    compare(sql, event, query)


def test_tests_of_all_kinds_add_up(sql):
    compare(sql, "tests", "select date, area_id, sum(tests) n from tests group by all")
    compare(sql, "positives", "select date, area_id, sum(positives) n from tests group by all")
    compare(sql, "specimens", "select date, area_id, sum(tests) n from tests where kind <> 'antigen' group by all")


def test_the_positives_of_each_reason_are_the_cases_found_that_way(sql):
    reason = "case found_by when 'self_test' then 'symptoms' else found_by end"
    wrong = sql.execute(
        f"""select count(*), sum(abs(coalesce(n, 0) - coalesce(p, 0))) from
              (select specimen_date date, district area_id, {reason} reason, count(*) n from lines group by all)
              full join (select date, area_id, reason, sum(positives) p from tests group by all)
              using (date, area_id, reason)"""
    ).fetchone()
    assert wrong[0] > 1000
    assert wrong[1] == 0
    assert sql.execute("select count(*) from tests where positives > tests").fetchone() == (0,)


def test_contacts_traced_are_the_exposures_and_quarantine_holds_them_for_a_week(sql):
    traced = """select report_date date, district area_id, count(*) n
                from exposures join lines using (case_id) group by all"""
    compare(sql, "contacts_traced", traced)
    held = f"""select days.date, area_id, sum(n) n from (select distinct date from counts) days
               join ({traced}) traced on traced.date between days.date - 6 and days.date group by all"""
    compare(sql, "in_quarantine", held)


def test_arrivals_and_those_stopped_agree_with_the_line_list(sql):
    both = sql.execute(
        """select (select sum(count) from counts where event = 'arrivals'), (select sum(arrivals) from arrivals),
                  (select sum(positives) from arrivals), (select count(*) from lines where found_by = 'arrival'),
                  (select count(*) from arrivals where positives > tested or tested > arrivals)"""
    ).fetchone()
    gap = sql.execute("select sum(arrivals) from arrivals").fetchone()[0]
    assert both[0] <= both[1] == gap
    assert both[2] == both[3] > 10
    assert both[4] == 0


def test_second_doses_are_the_rise_of_the_vaccinated(sql):
    rise, given = sql.execute(
        """select (select sum(count) filter (date = last) - sum(count) filter (date = first) from counts,
                     (select min(date) as first, max(date) as last from counts) where event = 'vaccinated'),
                  (select sum(doses) from doses where dose = 2)"""
    ).fetchone()
    assert rise == given > 100


def test_beds_in_use_add_up_to_the_last_days_counts(sql):
    for resource, event in (("beds", "occupied_beds"), ("quarantine_rooms", "in_quarantine")):
        wrong = sql.execute(
            f"""select count(*), sum(abs(used - count)) from
                 (select district area_id, sum(in_use) used from capacity join places using (place_id)
                    join lies_in using (area_id) where resource = '{resource}' group by all)
                 join counts using (area_id)
                 where event = '{event}' and date = (select max(date) from counts)"""
        ).fetchone()
        assert wrong[0] >= 8
        assert wrong[1] == 0
    assert sql.execute("select count(*) from capacity where in_use > total").fetchone() == (0,)


def test_hospital_stocks_never_exceed_the_beds(sql):
    over = """select count(*) from (pivot counts on event using sum(count) group by date, area_id)
              where in_icu > in_hospital or in_hospital > occupied_beds or occupied_beds > staffed_beds"""
    assert sql.execute(over).fetchone() == (0,)


def test_an_infected_contact_stands_under_the_code_of_the_case(sql):
    cases, known = sql.execute(
        """select count(*), count(lines.case_id) from exposures left join lines on person_id = lines.case_id
           where person_id like 'C%'"""
    ).fetchone()
    assert cases == known > 100


def test_visits_are_of_cases_in_the_days_before_their_specimen(sql):
    rows, wrong = sql.execute(
        """select count(*), count(*) filter (case_id is null or in_control or "end" <= "start"
              or specimen_date - cast("start" as date) not between 1 and 3)
           from visits left join lines on person_id = case_id"""
    ).fetchone()
    assert rows > 500
    assert wrong == 0


def test_one_district_sends_no_counts_for_three_days_and_one_holds_reports_back(city, sql):
    story = Story()
    days = [FIRST_DAY + timedelta(days=day) for day in range(120)]
    counts = city.scan("counts").collect()
    sent = set(counts.filter(pl.col("event") == "tests").select("date", "area_id").iter_rows())
    districts = [area.area_id for area in city.areas.at_level("district")]
    missing = sorted({(day, area) for day in days for area in districts} - sent)
    assert [day for day, _ in missing] == days[story.gap_day : story.gap_day + story.gap_days]
    assert len({area for _, area in missing}) == 1
    first, release = story.batch_day, story.batch_day + story.batch_days
    truth = pl.read_parquet(city.root / "truth" / "people.parquet").filter(pl.col("found"))
    due = truth.filter(pl.col("report_due_date").is_between(days[first], days[release - 1]))
    waits = due.group_by("district_id").agg(kept=(pl.col("report_date") == days[release]).all(), due=pl.len())
    kept = waits.filter("kept", pl.col("due") >= 5)["district_id"].to_list()
    assert len(kept) == 1
    told = "select count(*) from lines where district = ? and report_date between ? and ?"
    assert sql.execute(told, [*kept, days[first], days[release - 1]]).fetchone() == (0,)
    assert sql.execute(told, [*kept, days[release], days[release]]).fetchone()[0] >= 5
