"""Each rule that writes a sentence, on both sides of its threshold."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from seawall.brief.certainty import beyond_chance, change, direction
from seawall.brief.phrases import PHRASES, render
from seawall.brief.sentences import (
    say_alarms,
    say_care,
    say_completeness,
    say_control,
    say_crossings,
    say_districts,
    say_earlies,
    say_forecast,
    say_missing,
    say_notes,
    say_pace,
    say_places,
    say_recent_days,
    say_reports,
    say_reproduction,
    say_rules,
    say_smaller,
    say_track_record,
    say_trend,
    say_week,
    say_zone_changes,
    say_zones,
)
from seawall.brief.vocabulary import TERMS
from seawall.brief.words import LANGUAGES, Words

ON = date(2022, 3, 27)
ENGLISH = Words(lang="en", terms=TERMS)


def codes(sentences):
    return [sentence.code for sentence in sentences]


def only(sentences):
    (sentence,) = sentences
    return sentence


def headline(event="reports", **columns):
    return pl.DataFrame(
        {"area_id": ["1"], "event": [event], **{name: [value] for name, value in columns.items()}},
        schema={
            "area_id": pl.String,
            "event": pl.String,
            "today": pl.Float64,
            "yesterday": pl.Float64,
            "last7": pl.Float64,
            "prior7": pl.Float64,
        },
    )


def numbers(today=None, yesterday=None, last7=None, prior7=None, event="reports"):
    return headline(event, today=today, yesterday=yesterday, last7=last7, prior7=prior7)


CURVE = pl.DataFrame(
    {"date": [ON - timedelta(days=1), ON], "reports": [4.0, None]}, schema={"date": pl.Date, "reports": pl.Float64}
)


@pytest.mark.parametrize(
    ("today", "yesterday", "code"),
    [
        (5, 4, "reports_more"),
        (4, 4, "reports_same"),
        (3, 4, "reports_fewer"),
        (0, 4, "reports_none"),
        (5, None, "reports_today"),
        (None, 4, "reports_not_in"),
    ],
)
def test_today_against_yesterday(today, yesterday, code):
    said = only(say_reports(numbers(today, yesterday), CURVE, "1", ON))
    assert said.code == code
    assert said.rows == ((3,) if code == "reports_not_in" else (2,))


def test_a_day_that_is_not_in_names_the_last_that_is():
    said = only(say_reports(numbers(None, 4), CURVE, "1", ON))
    assert render(said, ENGLISH) == "The reports of 27 March are not in; the last day reported is 26 March."


def test_one_infection_is_not_several():
    one, two = (only(say_reports(numbers(today, 0), CURVE, "1", ON)) for today in (1, 2))
    assert render(one, ENGLISH) == "1 new infection was reported on 27 March, 1 more than the day before."
    assert render(two, ENGLISH).startswith("2 new infections were reported")


@pytest.mark.parametrize(
    ("last7", "prior7", "code"),
    [
        (None, 5, None),
        (5, None, "week_first"),
        (0, 0, "week_none"),
        (7, 0, "week_level"),
        (8, 0, "week_from_none"),
        (100, 150, "week_down"),
        (100, 130, "week_level"),
        (150, 100, "week_up"),
        (199, 100, "week_up"),
        (200, 100, "week_times"),
    ],
)
def test_a_week_against_the_week_before(last7, prior7, code):
    assert codes(say_week(numbers(1, 1, last7, prior7), "1")) == ([] if code is None else [code])


def test_luck_between_two_weeks_is_1_96_standard_deviations_of_twice_poisson():
    # 1.96 x sqrt(2 x (100 + b)) = b - 100 at b = 143.2...
    assert not beyond_chance(143, 100)
    assert beyond_chance(144, 100)
    # With many reports even a trifle is beyond luck; it has to be a twentieth to be called a change.
    assert not beyond_chance(95_000, 100_000)
    assert beyond_chance(94_999, 100_000)
    assert [change(2, 1), change(1, 2), change(1, 1)] == ["more", "fewer", "same"]


def spread(now, before=None, free_before=9.0):
    rows = [(ON, "1", 3.0, 7.0, *now)]
    if before is not None:
        rows.append((ON - timedelta(days=7), "1", 1.0, free_before, *before))
    columns = ["date", "area_id", "in_control", "in_community", "share_in_control", "share_q2.5", "share_q97.5"]
    return pl.DataFrame(rows, schema=columns, orient="row")


@pytest.mark.parametrize(
    ("before", "code"),
    [
        (None, "control_share"),
        ((0.5, 0.41, 0.6), "control_share_down"),
        ((0.5, 0.40, 0.6), "control_share_level"),
        ((0.1, 0.05, 0.20), "control_share_level"),
        ((0.1, 0.05, 0.19), "control_share_up"),
    ],
)
def test_the_share_in_control_moves_only_when_intervals_part(before, code):
    said = list(say_control(spread((0.3, 0.2, 0.4), before), "1", ON))
    assert codes(said) == ["control_today", code]
    assert said[-1].rows == ((2,) if before is None else (3, 2))


@pytest.mark.parametrize(
    ("free_before", "code"), [(6.0, "control_share_up_more_free"), (7.0, "control_share_up"), (8.0, "control_share_up")]
)
def test_a_higher_share_is_no_comfort_while_more_are_found_in_the_community(free_before, code):
    said = list(say_control(spread((0.3, 0.2, 0.4), (0.1, 0.05, 0.19), free_before), "1", ON))
    assert said[-1].code == code
    assert (said[-1].facts["week"], said[-1].facts["prior"]) == (7.0, free_before)


def test_a_day_without_reports_says_nothing_of_how_they_were_found():
    table = spread((0.3, 0.2, 0.4)).with_columns(in_control=pl.lit(0.0), in_community=pl.lit(0.0))
    assert codes(say_control(table, "1", ON)) == ["control_share"]


@pytest.mark.parametrize(
    ("event", "today", "yesterday", "last7", "code"),
    [
        ("in_hospital", 5, 4, 5, "in_hospital_more"),
        ("in_hospital", 4, 4, 5, "in_hospital_same"),
        ("in_icu", 3, 4, 5, "in_icu_fewer"),
        ("in_icu", 3, None, 5, "in_icu"),
        ("in_icu", 0, 0, 0, None),
        ("in_icu", 0, 1, 0.5, "in_icu_fewer"),
        ("deaths", 0, 1, 2, "deaths"),
        ("deaths", 0, 0, 0, None),
    ],
)
def test_care(event, today, yesterday, last7, code):
    assert codes(say_care(numbers(today, yesterday, last7, 0, event), "1")) == ([] if code is None else [code])


def curves(**reports):
    rows = [
        (ON - timedelta(days=len(series) - 1 - day), area_id, value)
        for area_id, series in reports.items()
        for day, value in enumerate(series)
        if value is not None
    ]
    return pl.DataFrame(rows, schema={"date": pl.Date, "area_id": pl.String, "reports": pl.Float64}, orient="row")


@pytest.mark.parametrize(
    ("series", "code"),
    [
        ([0] * 14 + [1], "district_first"),
        ([1] + [0] * 13 + [1], None),  # thirteen quiet days are not fourteen
        ([0] * 13 + [1], None),  # not watched for long enough
        ([1] * 7 + [1, 1, 1, 1, 2, 3, 5], "district_doubled"),  # 14 against 7; 11 against 7 the day before
        ([1] * 7 + [1, 1, 1, 1, 2, 3, 4], None),  # 13 against 7
        ([0] * 7 + [0, 0, 0, 1, 2, 2, 4], None),  # doubled, but 9 reports are too few to mention
        ([0] * 7 + [3] + [0] * 7, "district_quiet"),
        ([0] * 8 + [3] + [0] * 6, None),
        ([0] * 7 + [3] + [0] * 6 + [None], None),  # today is not in: silence is not zero
    ],
)
def test_what_a_district_crossed(series, code):
    assert codes(say_crossings(curves(a=series), ON)) == ([] if code is None else [code])


def test_crossings_lead_to_the_rows_of_their_districts():
    table = curves(a=[0] * 14 + [1], b=[2] * 15)
    said = only(say_crossings(table, ON))
    assert said.facts["areas"] == ["a"]
    assert table.row(said.rows[0] - 2, named=True) == {"date": ON, "area_id": "a", "reports": 1.0}


def alarm_tables(alarms, new):
    summary = pl.DataFrame(
        [("ears-c2", ON, 40, alarms, new, 0.2)],
        schema=["method", "date", "series", "alarms", "new_alarms", "expected_by_chance"],
        orient="row",
    )
    raised = pl.DataFrame(
        [("ears-c2", f"a{n}", ON, float(n), 1 if n < new else 0) for n in range(alarms)],
        schema={"method": pl.String, "area_id": pl.String, "date": pl.Date, "score": pl.Float64, "new": pl.Int8},
        orient="row",
    )
    return summary, raised


@pytest.mark.parametrize(
    ("alarms", "new", "code"), [(0, 0, "alarms_none"), (2, 0, "alarms_standing"), (2, 1, "alarms_new")]
)
def test_alarms_stand_beside_what_chance_would_raise(alarms, new, code):
    said = only(say_alarms(*alarm_tables(alarms, new), ON))
    assert said.code == code
    assert ("0.2" in render(said, ENGLISH)) == (alarms > 0)


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.901, "rising"),
        (0.9, "probably_rising"),
        (0.661, "probably_rising"),
        (0.66, "unclear"),
        (0.34, "unclear"),
        (0.339, "probably_falling"),
        (0.1, "probably_falling"),
        (0.099, "falling"),
    ],
)
def test_a_word_has_to_be_earned(p, word):
    assert direction(p) == word
    assert codes(say_trend(growth(p=p), ON)) == [f"trend_{word}"]


def growth(low=-0.1, middle=0.05, high=0.2, p=0.8):
    return pl.DataFrame(
        {
            "start": [ON - timedelta(days=13)],
            "end": [ON],
            "growth_per_day_q2.5": [low],
            "growth_per_day_q50": [middle],
            "growth_per_day_q97.5": [high],
            "p_growing": [p],
        }
    )


def test_no_estimate_no_trend():
    assert codes(say_trend(growth(), None)) == ["trend_unknown"]
    assert codes(say_trend(growth(low=None, middle=None, high=None, p=0.1), ON)) == ["trend_unknown"]
    assert codes(say_pace(growth(low=None, middle=None, high=None, p=0.1), ON)) == []
    assert codes(say_pace(growth(), None)) == []
    assert codes(say_reproduction(growth(), None)) == []


@pytest.mark.parametrize(
    ("low", "middle", "high", "code"),
    [
        (0.01, 0.1, 0.2, "pace_doubling"),
        (0.0, 0.1, 0.2, None),
        (-0.01, 0.1, 0.2, "pace_open"),
        (-0.2, -0.1, 0.01, "pace_open"),
        (-0.2, -0.1, -0.01, "pace_halving"),
    ],
)
def test_the_pace_is_open_while_the_interval_holds_zero(low, middle, high, code):
    assert codes(say_pace(growth(low, middle, high), ON)) == ([] if code is None else [code])


def test_doubling_is_ln_2_over_growth_and_its_interval_turns_round():
    facts = only(say_pace(growth(0.05, 0.0693147, 0.1), ON)).facts
    assert facts["days"] == pytest.approx(10.0, rel=1e-5)
    assert facts["low"] == pytest.approx(6.931, abs=1e-3)
    assert facts["high"] == pytest.approx(13.863, abs=1e-3)


@pytest.mark.parametrize(("clock", "code"), [("report", "reproduction_by_report"), ("onset", "reproduction_by_event")])
def test_the_reproduction_number_says_by_which_date(clock, code):
    table = pl.DataFrame(
        {
            "start": [ON - timedelta(days=6)],
            "end": [ON],
            "clock": [clock],
            "q2.5": [1.1],
            "q50": [1.3],
            "q97.5": [1.5],
        }
    )
    assert only(say_reproduction(table, ON)).code == code


def completeness(reporting, expected):
    curve = pl.DataFrame({"date": [ON], "areas_reporting": [reporting], "areas_expected": [expected]})
    area_curves = curves(a=[1, 1], b=[1, 1 if reporting == expected else None])
    return codes(say_completeness(curve, area_curves, ("a", "b"), ON))


def test_a_district_that_is_late_is_named():
    assert completeness(2, 2) == ["complete"]
    assert completeness(1, 2) == ["incomplete"]
    curve = pl.DataFrame({"date": [ON], "areas_reporting": [1], "areas_expected": [2]})
    assert only(say_completeness(curve, curves(a=[1, 1], b=[1, None]), ("a", "b"), ON)).facts["areas"] == ["b"]


def test_recent_days_go_by_onset_before_specimen():
    rows = [("specimen", ON, 4.0, 8.0), ("onset", ON, 1.0, 4.0), ("onset", ON - timedelta(days=7), 9.0, 9.0)]
    table = pl.DataFrame(rows, schema=["clock", "date", "reported", "q50"], orient="row")
    said = only(say_recent_days(table, ON))
    assert said.code == "recent_onset"
    assert said.facts["share"] == 0.25
    assert said.rows == (3,)
    assert codes(say_recent_days(table.head(1), ON)) == ["recent_specimen"]
    assert codes(say_recent_days(table.clear(), ON)) == []


def districts(*rows):
    return pl.DataFrame(
        list(rows),
        schema={"area_id": pl.String, "last7": pl.Float64, "last7_per_100k": pl.Float64},
        orient="row",
    )


def test_where_most_reports_are():
    four = districts(("a", 10.0, 1.0), ("b", 5.0, 9.0), ("c", 3.0, 2.0), ("d", 2.0, 90.0))
    said = list(say_districts(four))
    assert codes(said) == ["districts_most", "districts_rate"]
    assert said[0].facts["share"] == pytest.approx(0.9)
    # Two reports make no rate worth a headline, five do.
    assert said[1].facts["area"] == "b"
    assert codes(say_districts(four.head(3)))[0] == "districts_all"
    assert codes(say_districts(districts(("a", 0.0, 0.0), ("b", 0.0, 0.0)))) == []
    assert codes(say_districts(districts(("a", 4.0, 1.0), ("b", 0.0, 0.0)))) == ["districts_all"]
    assert codes(say_districts(districts(("a", 5.0, 1.0), ("b", 0.0, 0.0)))) == ["districts_all", "districts_rate"]
    assert codes(say_districts(districts(("a", 9.0, 1.0)))) == []


def test_places_are_counted():
    table = pl.DataFrame({"cases_7d": [2.0, 0.0, 1.0], "cases_14d": [2.0, 2.0, 1.0]})
    facts = only(say_places(table)).facts
    assert facts == {"places": 3, "new": 2, "repeated": 2}
    assert codes(say_places(table.clear())) == []


def delays(median, target, low, high):
    return pl.DataFrame(
        {
            "delay": ["onset_to_specimen"],
            "area_id": ["1"],
            "period_end": [ON],
            "n": [5],
            "median": [median],
            "target_days": [target],
            "trend_low": [low],
            "trend_high": [high],
        },
        schema_overrides={"trend_low": pl.Float64, "trend_high": pl.Float64, "target_days": pl.Float64},
    )


@pytest.mark.parametrize(
    ("median", "low", "high", "expected"),
    [
        (2.0, None, None, ["earlies_within"]),
        (2.5, None, None, ["earlies_beyond"]),
        (2.0, 0.01, 0.5, ["earlies_within", "earlies_slower"]),
        (2.0, 0.0, 0.5, ["earlies_within"]),
        (2.0, -0.5, -0.01, ["earlies_within", "earlies_faster"]),
        (2.0, -0.5, 0.0, ["earlies_within"]),
    ],
)
def test_the_four_earlies(median, low, high, expected):
    said = list(say_earlies(delays(median, 2.0, low, high), "1"))
    assert codes(said) == [*expected, "earlies_unknown"]
    assert len(said[-1].facts["delays"]) == 3


def forecast(*horizons):
    rows = [("renewal", "1", ON + timedelta(days=h), h, 10.0, 20.0, 40.0) for h in horizons]
    columns = ["model_id", "location", "target_end_date", "horizon", "q5", "q50", "q95"]
    return pl.DataFrame(
        rows,
        schema=dict(
            zip(
                columns,
                (pl.String, pl.String, pl.Date, pl.Int64, pl.Float64, pl.Float64, pl.Float64),
                strict=True,
            )
        ),
        orient="row",
    )


def test_the_forecast_says_one_week_and_two():
    both = only(say_forecast(forecast(1, 7, 14), "renewal", "1"))
    assert both.code == "forecast"
    assert both.rows == (3, 4)
    assert codes(say_forecast(forecast(1, 7), "renewal", "1")) == ["forecast_one"]
    assert codes(say_forecast(forecast(1), "renewal", "1")) == ["forecast_none"]
    assert codes(say_forecast(forecast(7, 14), None, "1")) == ["forecast_none"]


@pytest.mark.parametrize(
    ("coverage", "ratio", "expected"),
    [
        (0.799, 0.949, ["track_narrow_one", "skill_better"]),
        (0.8, 0.95, ["track_held_one", "skill_same"]),
        (0.97, 1.05, ["track_held_one", "skill_same"]),
        (0.971, 1.051, ["track_wide_one", "skill_worse"]),
    ],
)
def test_the_record_of_the_forecaster(coverage, ratio, expected):
    table = track(10, coverage, ratio)
    assert codes(say_track_record(table, "renewal", "1")) == expected
    assert codes(say_track_record(track(9, coverage, ratio), "renewal", "1")) == ["track_short"]
    assert codes(say_track_record(table, None, "1")) == []


def test_the_worse_of_two_weeks_decides():
    first = track(10, 0.9, 1.0)
    for coverage, code in ((0.79, "track_narrow"), (0.8, "track_held"), (0.98, "track_wide")):
        second = track(10, coverage, 1.0).with_columns(horizon_week=pl.lit(2, dtype=pl.Int64))
        assert codes(say_track_record(pl.concat([first, second]), "renewal", "1"))[0] == code


def track(n, coverage, ratio):
    return pl.DataFrame(
        {
            "model_id": ["renewal"],
            "location": ["1"],
            "horizon_week": [1],
            "n": [n],
            "coverage_50": [0.5],
            "coverage_90": [coverage],
            "relative_wis": [ratio],
        }
    )


def totals(**person_days):
    rows = [(rules, "high", True, 1, 100, days) for rules, days in person_days.items()]
    return pl.DataFrame(rows, schema=["rules", "tier", "restricts", "zones", "residents", "person_days"], orient="row")


def test_rule_sets_side_by_side():
    assert codes(say_rules(totals(a=0, b=0))) == ["rules_none"]
    assert codes(say_rules(totals(a=0, b=5))) == ["rules_one"]
    said = only(say_rules(totals(a=9, b=5, c=7)))
    assert said.code == "rules_range"
    assert (said.facts["least"], said.facts["most"]) == ("b", "a")
    assert codes(say_zones(totals(a=9), "a")) == ["zones"]
    assert codes(say_zones(totals(a=9).with_columns(zones=pl.lit(0)), "a")) == ["zones_none"]
    assert codes(say_zones(totals(a=9), "b")) == []


@pytest.mark.parametrize(
    ("smaller", "covered", "expected"), [(99, 2.0, ["smaller"]), (100, 2.0, []), (99, 1.0, []), (None, 2.0, [])]
)
def test_smaller_zones_must_be_smaller_and_cover_every_case(smaller, covered, expected):
    table = pl.DataFrame(
        {
            "rules": ["a"],
            "residents": [100],
            "smaller_residents": [smaller],
            "covered_cases": [covered],
            "cases": [2.0],
        },
        schema_overrides={"smaller_residents": pl.Int64},
    )
    assert codes(say_smaller(table, "a")) == expected


def test_zone_changes_of_the_first_rule_set_only():
    table = pl.DataFrame(
        [("a", "x", "new"), ("a", "y", "ended"), ("b", "z", "new")], schema=["rules", "area_id", "change"], orient="row"
    )
    said = only(say_zone_changes(table, "a"))
    assert said.code == "zones_changed_new"
    assert said.facts == {"new": 1, "stricter": 0, "milder": 0, "ended": 1, "areas": ["x"]}
    assert said.rows == (2, 3)
    assert codes(say_zone_changes(table[1:], "a")) == ["zones_changed"]
    assert codes(say_zone_changes(table, "c")) == []


def test_what_is_missing_and_what_is_to_be_known():
    table = pl.DataFrame(
        [("tests", "table", "whether a rise in reports is a rise in testing")],
        schema=["item", "kind", "hides"],
        orient="row",
    )
    assert render(only(say_missing(table)), ENGLISH) == "Tests: whether a rise in reports is a rise in testing."
    facts = '{"event": "deaths", "areas": %d, "days": 3, "first": "2022-03-20", "last": "2022-03-22"}'
    for areas, code in ((1, "note_days_not_reported_once"), (2, "note_days_not_reported")):
        notes = pl.DataFrame({"code": ["days_not_reported"], "facts": [facts % areas]})
        assert only(say_notes(notes)).code == code


ESTIMATES = {
    "control_share",
    "control_share_down",
    "control_share_up_more_free",
    "control_share_up",
    "control_share_level",
    "reproduction_by_report",
    "reproduction_by_event",
    "pace_doubling",
    "pace_halving",
    "forecast_one",
}


def test_no_estimate_stands_without_its_interval():
    for code in ESTIMATES:
        assert "{low" in PHRASES[code].many, code
        assert "{high" in PHRASES[code].many, code
    assert {"{low1:~}", "{high1:~}", "{low2:~}", "{high2:~}"} <= set(
        PHRASES["forecast"].many.replace("(", " ").replace(")", " ").split()
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_wording_can_be_said_in_every_language(lang):
    words = Words(lang=lang, terms=TERMS)
    day, many = "2022-03-27", ["a", "b", "c", "d", "e"]
    facts = {
        **dict.fromkeys(("on", "last", "start", "until", "date", "first", "date1", "date2"), day),
        **dict.fromkeys(("areas", "delays"), many),
        **dict.fromkeys(("method", "clock", "event", "item", "area", "rules", "least", "most", "hides"), "onset"),
    }

    class Facts(dict):
        def __missing__(self, _key):
            return 2.0

    for code, phrase in PHRASES.items():
        given = Facts(facts)
        names = [part.split(":")[0].split("}")[0] for part in phrase.many.split("{")[1:]]
        given |= {name: given[name] for name in names}
        if "areas:n" in phrase.many:
            given["areas"] = 4
        text = phrase.render(words, given)
        assert "{" not in text, code
        assert text, code
