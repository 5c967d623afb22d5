"""Indicator rules day by day: persistence, asymmetric release, gaps in the data, what is missing."""

import json
import tomllib
from datetime import date, timedelta
from importlib import resources

import numpy as np
import pytest

from seawall.city import Area, AreaTree
from seawall.core import InvalidInput
from seawall.zones import Seen, draw_zones, load_rules, parse_rules
from seawall.zones.measure import Series

AREAS = AreaTree.of([Area(area_id="C", parent_id=None, level="city", name="City", population=100_000)])


def on_last_of(rules, start, incidence, **others):
    """The city on the last of the days: 100,000 residents, so that a day's infections x 7 is the incidence."""
    values = {"infections": np.asarray(incidence, dtype=float)[:, None] / 7.0}
    values |= {name: np.asarray(row, dtype=float)[:, None] for name, row in others.items()}
    seen = Seen(
        on=start + timedelta(days=len(incidence) - 1),
        areas=AREAS,
        series={"city": Series(values=values, residents=np.array([100_000.0]))},
        level_areas={"city": ("C",)},
    )
    drawn = draw_zones(seen, load_rules(rules) if isinstance(rules, str) else rules)
    return drawn.zones.row(0, named=True), drawn


def course(rules, start, incidence, **others):
    """Tier on each of the days, as it was known on that day."""
    found = []
    for end in range(1, len(incidence) + 1):
        cut = {name: row[:end] for name, row in others.items()}
        found.append(on_last_of(rules, start, incidence[:end], **cut)[0]["tier"])
    return found


def stepping(*runs):
    """A series of daily infections x 7 whose seven-day sum takes the given values on the given days."""
    wanted = [value for value, days in runs for _ in range(days)]
    daily = [wanted[0] / 7] * 7
    for value in wanted[1:]:
        daily.append(value - sum(daily[-6:]))
    return [7 * one for one in daily]


MONDAY = date(2021, 4, 26)


def brake(*runs, first=MONDAY):
    """The brake's tiers; `first` is the day of the first value given."""
    series = stepping(*runs)
    return course("germany-notbremse", first - timedelta(days=6), series)[6:]


def test_the_brake_is_pulled_on_the_day_after_next_of_the_third_day():
    assert brake((90, 3), (120, 7)) == ["none"] * 3 + ["none"] * 4 + ["brake"] * 3


def test_two_days_above_are_not_enough():
    assert set(brake((90, 3), (120, 2), (100, 6))) == {"none"}


def test_exactly_one_hundred_is_below():
    assert set(brake((100, 12))) == {"none"}


def test_the_brake_is_released_after_five_working_days():
    """Above to Wednesday; below Thursday, Friday, Saturday, (Sunday), Monday, Tuesday: in effect on Thursday."""
    first = date(2021, 6, 1)  # a Tuesday
    found = brake((120, 9), (90, 9), first=first)
    days = [first + timedelta(days=day) for day in range(18)]
    released = days[found.index("none", 6)]
    assert released == date(2021, 6, 17)
    assert (released - timedelta(days=2)).isoweekday() == 2


def test_a_public_holiday_does_not_count_and_does_not_interrupt():
    """Below from Tuesday 11 May; Thursday 13 May is a holiday: 11, 12, 14, 15, 17 May; in effect on the 19th."""
    first = date(2021, 5, 1)
    found = brake((120, 10), (90, 10), first=first)
    days = [first + timedelta(days=day) for day in range(20)]
    assert days[found.index("none", 6)] == date(2021, 5, 19)


def test_a_sunday_above_does_not_interrupt_but_a_monday_does():
    first = date(2021, 6, 1)
    sunday = brake((120, 9), (90, 3), (120, 1), (90, 6), first=first)  # 13 June is a Sunday
    monday = brake((120, 9), (90, 4), (120, 1), (90, 5), first=first)
    assert sunday[16] == "none"
    assert "none" not in monday[8:]


def test_the_earliest_end_is_reached_when_nothing_new_is_found():
    """What `until` promises is what comes when no infection is found any more."""
    first = date(2021, 6, 1)
    series = stepping((120, 9))
    zone, _ = on_last_of("germany-notbremse", first - timedelta(days=6), series)
    assert zone["tier"] == "brake"
    quiet = [*series, *[0.0] * 30]
    found = course("germany-notbremse", first - timedelta(days=6), quiet)
    days = [first - timedelta(days=6) + timedelta(days=day) for day in range(len(quiet))]
    ended = next(
        day for day, tier in zip(days, found, strict=True) if day > first + timedelta(days=8) and tier == "none"
    )
    assert zone["until"] == ended
    assert zone["person_days"] == 100_000 * (ended - (first + timedelta(days=8))).days


def test_a_change_that_is_decided_and_not_yet_in_effect_is_noted():
    series = stepping((90, 3), (120, 3))
    zone, drawn = on_last_of("germany-notbremse", MONDAY - timedelta(days=6), series)
    assert zone["tier"] == "none"
    coming = [note for note in drawn.notes if note["code"] == "change_coming"]
    assert coming == [
        {
            "code": "change_coming",
            "facts": {"area_id": "C", "tier": "brake", "effective": str(MONDAY + timedelta(days=7))},
        }
    ]


def test_korea_enters_level_two_at_once_and_level_three_on_the_third_day():
    a_day = [0.5] * 10 + [2.5] * 12  # per 100,000
    values = [7 * one for one in a_day]
    start = date(2021, 7, 1)
    seen = course("korea-2021-07", start, [0.0] * 22, infections_local=[one / 7 for one in values])
    means = np.convolve(a_day, np.ones(7) / 7)[:22]
    third = next(day for day in range(22) if day >= 9 and round(float(means[day]), 2) >= 2)
    assert seen[third - 1] == "2"
    assert seen[third : third + 3] == ["2", "2", "3"]


def test_ontario_loosens_after_28_days():
    start = date(2021, 2, 1)
    series = stepping((30, 10), (5, 40))
    found = course("ontario-2021-02", start, series)
    assert found[15] == "orange"
    below = next(day for day in range(16, len(series)) if sum(series[day - 6 : day + 1]) / 7 < 24.95)
    assert found[below + 26] == "orange"
    assert found[below + 27] == "green"


def test_italy_stays_yellow_for_three_weeks_below_fifty():
    start = date(2021, 6, 1)
    found = course("italy-2021-05", start, stepping((60, 8), (40, 30)))
    assert found[13] == "yellow"
    assert found[14 + 19] == "yellow"
    assert found[14 + 20] == "white"


def test_tighter_at_once_looser_late():
    """From red, two days of green incidence: the tier does not move, and says how long it must wait."""
    zone, _ = on_last_of("ontario-2021-02", date(2021, 2, 1), stepping((60, 10), (5, 2)))
    reason = json.loads(zone["reason"])
    assert zone["tier"] == "red"
    assert reason["code"] == "held_until_long_enough_below"
    assert (reason["facts"]["days"], reason["facts"]["days_needed"]) == (2, 28)
    lifts = json.loads(zone["lifts_if"])
    assert lifts["code"] == "falls_below"
    assert lifts["facts"]["conditions"] == [["I >= 40"], ["P >= 2.5"]]


def test_the_first_days_of_a_series_are_not_judged_on_half_a_window():
    found = course("italy-2021-05", date(2021, 6, 1), [70.0] * 6)
    assert found == [None] * 4 + ["yellow", "yellow"]  # five of seven days are enough, and noted
    _, drawn = on_last_of("italy-2021-05", date(2021, 6, 1), [70.0] * 6)
    assert {"code": "days_not_reported", "facts": {"indicator": "I", "level": "city", "areas": 1}} in drawn.notes


def test_days_before_a_line_list_are_known_to_be_empty():
    values = {"infections": np.full((2, 1), 40.0)}
    seen = Seen(
        on=date(2021, 6, 2),
        areas=AREAS,
        series={"city": Series(values=values, residents=np.array([1e5]), zero_before=frozenset({"infections"}))},
        level_areas={"city": ("C",)},
    )
    assert draw_zones(seen, load_rules("italy-2021-05")).zones["tier"].item() == "yellow"


def test_a_tier_stands_on_its_last_judgement_and_then_lapses():
    silent = [70.0] * 14 + [np.nan] * 30
    found = course("italy-2021-05", date(2021, 6, 1), silent)
    judged = 13 + 2  # with two of seven days missing a sum still counts
    assert found[: judged + 1][4:] == ["yellow"] * (judged - 3)
    assert found[judged + 14] == "yellow"
    assert found[judged + 15] is None
    zone, _ = on_last_of("italy-2021-05", date(2021, 6, 1), silent[: judged + 4])
    reason = json.loads(zone["reason"])
    assert reason["code"] == "stands_on_last_judgement"
    assert reason["facts"]["judged_on"] == str(date(2021, 6, 1) + timedelta(days=judged))


def test_a_scheme_with_a_grey_tier_turns_grey_at_once():
    tests, none = [400.0] * 40, [0.0] * 40
    incidence = [70.0] * 20
    zone, _ = on_last_of("ecdc-2020-10", date(2020, 11, 1), incidence, tests=tests[:20], positives=none[:20])
    assert zone["tier"] == "orange"
    zone, drawn = on_last_of("ecdc-2020-10", date(2020, 11, 1), incidence)
    assert zone["tier"] == "grey"
    assert json.loads(zone["reason"])["facts"]["missing"] == ["positives", "tests"]
    assert json.loads(zone["lifts_if"]) == {"code": "inputs_known", "facts": {"missing": ["positives", "tests"]}}
    assert {"code": "input_not_seen", "facts": {"input": "tests", "level": "city", "areas": 1}} in drawn.notes


def test_too_little_testing_is_a_reason_of_its_own():
    zone, _ = on_last_of("ecdc-2020-10", date(2020, 11, 1), [70.0] * 20, tests=[300 / 7] * 20, positives=[0.0] * 20)
    reason = json.loads(zone["reason"])
    assert (zone["tier"], reason["code"]) == ("grey", "too_little_known")
    assert reason["facts"]["conditions"] == ["T <= 300"]


def test_without_a_grey_tier_nothing_is_guessed():
    zone, drawn = on_last_of("italy-2021-07", date(2021, 8, 1), [700.0] * 20)
    assert (zone["tier"], zone["since"], zone["until"], zone["person_days"]) == (None, None, None, 0)
    reason = json.loads(zone["reason"])
    assert reason["code"] == "inputs_missing"
    assert reason["facts"]["missing"] == ["icu_beds", "in_hospital", "in_icu", "staffed_beds"]
    assert drawn.totals["person_days"].sum() == 0


def test_an_optional_indicator_that_is_missing_is_noted_and_speaks_for_nothing():
    zone, drawn = on_last_of("ontario-2021-02", date(2021, 3, 1), [30.0] * 20)
    assert zone["tier"] == "orange"
    assert {"code": "indicator_left_out", "facts": {"indicator": "P", "level": "city", "areas": 1}} in drawn.notes


def test_a_tier_by_judgement_is_never_proposed():
    assert on_last_of("ontario-2021-02", date(2021, 3, 1), [7000.0] * 20)[0]["tier"] == "red"


def own(key, **changes):
    text = (resources.files("seawall.zones") / "rules" / f"{key}.toml").read_text(encoding="utf-8")
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return parse_rules(tomllib.loads(text), file="own.toml")


def test_delay_moves_the_window():
    rules = own("italy-2021-05", a=("window_days = 7", "window_days = 7\ndelay_days = 3"))
    series = stepping((40, 10), (60, 1))
    start = date(2021, 6, 1)
    assert on_last_of("italy-2021-05", start, series)[0]["tier"] == "yellow"
    assert on_last_of(rules, start, series)[0]["tier"] == "white"
    assert on_last_of(rules, start, [*series, 40, 40, 40])[0]["tier"] == "yellow"


def test_day_zero_of_persistence():
    rules = own("korea-2021-07", a=("[judged]", "[judged]\nday_zero = 0"))
    local = [0.1] * 10 + [1.5] * 10
    start = date(2021, 7, 1)
    ones = course("korea-2021-07", start, [0.0] * 20, infections_local=local)
    later = course(rules, start, [0.0] * 20, infections_local=local)
    assert later.index("2") == ones.index("2") + 1


def test_rounding_decides_at_the_edge():
    """19.96 admissions per 100,000 are 20.0 to one decimal: high, as the table prints it."""
    admissions = np.zeros(20)
    admissions[-1] = 19.96
    both = [
        on_last_of("us-cdc-community-levels", date(2022, 4, 1), [10.0] * 20, admissions=row)[0]["tier"]
        for row in (admissions, admissions * 19.94 / 19.96)
    ]
    assert both == ["high", "medium"]


def test_level_names_must_exist():
    with pytest.raises(InvalidInput) as error:
        own("italy-2021-05", a=('levels = ["city", "district"]', 'levels = ["county"]'))
    assert '"county" is none of city, district, subdistrict' in str(error.value)
