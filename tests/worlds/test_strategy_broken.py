"""Bad strategies: every fault at once, in exact words, with the row and key it stands at."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from seawall import measures as m
from seawall.core import InvalidInput

HEAD = '[strategy]\nname = "s"\n'
KINDS = (
    "limit_contacts, limit_sectors, limit_schools, limit_trips, wear_masks, test_rounds, test_key_groups, "
    "test_on_symptoms, self_tests, isolate_cases, trace_contacts, quarantine_contacts, arrivals, screen_travellers, "
    "vaccinate, treat, add_beds, draw_zones"
)
LAYERS = "household, school, work, care_home, community, transport, public, hospital, quarantine_site, closed_loop"
COMMON = "kind, name, start, stop, when, above, below, above_days, below_days, least_days, each"
SEEN = "reports_per_100k, hospital_share, icu_share"
GROUPS = "port, cold_chain, quarantine_hotel, medical, courier, market, public_facing"
HOLDS = "Take it out; a measure holds for areas, ages, jobs and what has been found."
A_DAY = "a date without quotes, such as 2022-03-28, or a whole number of days since the start"


def one(kind, *lines):
    """A strategy with one measure; its table stands in row 3 and its first further key in row 5."""
    return HEAD + "[[measures]]\n" + f'kind = "{kind}"\n' + "".join(f"{line}\n" for line in lines)


def faults(text):
    with pytest.raises(InvalidInput) as refused:
        m.parse_strategy(text, file="own.toml")
    return [str(fault) for fault in refused.value.faults]


FORM = {
    "empty": ("", ["own.toml: it is empty. Write [strategy] and a name; without measures nothing is done."]),
    "only blanks": (" \n\n", ["own.toml: it is empty. Write [strategy] and a name; without measures nothing is done."]),
    "not TOML": (
        HEAD + "left = = 3\n",
        ["own.toml, row 3: it is not TOML (Invalid value (at line 3, column 8)). Correct that line."],
    ),
    "a key twice": (
        '[strategy]\nname = "s"\nname = "t"\n',
        ["own.toml, row 3: it is not TOML (Cannot overwrite a value (at line 3, column 11)). Correct that line."],
    ),
    "no table strategy": (
        '[[measures]]\nkind = "limit_trips"\n',
        ["own.toml, column strategy: there is no table [strategy]. Write [strategy] and below it a name."],
    ),
    "no name": ('[strategy]\nabout = "x"\n', ["own.toml, row 1, column name: it is missing. Give the strategy a name."]),
    "an empty name": ('[strategy]\nname = " "\n', ["own.toml, row 2, column name: it is empty. Give the strategy a name."]),
    "a name that is a number": (
        "[strategy]\nname = 3\n", ["own.toml, row 2, column name: 3 is not text in quotes. Give text in quotes."],
    ),
    "an unknown key of the strategy": (
        '[strategy]\nname = "s"\nabuot = "x"\n',
        [('own.toml, row 3, column abuot: it is not a key of this table; did you mean "about". Take it out, or use one of '
         "name, name_zh, about, for_residents, version, previous, reasons.")],
    ),
    "a version in words": (
        HEAD + 'version = "2"\nreasons = "too late"\n',
        ['own.toml, row 3, column version: "2" is not a whole number from 1. Number the versions of a strategy 1, 2, 3.',
         ('own.toml, row 4, column reasons: "too late" is not a list of texts in quotes. Give a list of texts in quotes, as '
          'in ["a", "b"].')],
    ),
    "version nought": (
        HEAD + "version = 0\nreasons = [1]\nprevious = 1\n",
        ["own.toml, row 3, column version: 0 is not a whole number from 1. Number the versions of a strategy 1, 2, 3.",
         'own.toml, row 4, column reasons: [1] is not a list of texts in quotes. Give a list of texts in quotes, as in ["a", "b"].',
         "own.toml, row 5, column previous: 1 is not text in quotes. Give text in quotes."],
    ),
    "a trigger misspelt": (
        one("limit_trips", 'when = "icu_shares"', "above = 0.5"),
        [f'own.toml, row 5, column when: "icu_shares" is none of {SEEN}; did you mean "icu_share". Write one of them.'],
    ),
    "a trigger of true infections": (
        one("limit_trips", 'when = "infections"', "above = 50"),
        [f'own.toml, row 5, column when: "infections" is none of {SEEN}. Write one of them.'],
    ),
    "a trigger without an amount": (
        one("limit_trips", 'when = "icu_share"', "below = 0.2"),
        ["own.toml, row 5, column when: nothing says from which amount it begins. Add `above`."],
    ),
    "an amount of nothing": (
        one("limit_trips", "above = 50", "below_days = 3", 'name = "x"'),
        [f"own.toml, row 5, column above: nothing says of what it speaks. Add `when`, one of {SEEN}, or take it out.",
         f"own.toml, row 6, column below_days: nothing says of what it speaks. Add `when`, one of {SEEN}, or take it out."],
    ),
    "a share of beds in per cent": (
        one("limit_trips", 'when = "icu_share"', "above = 60"),
        [("own.toml, row 6, column above: 60 is not above 0 and at most 2. Give the amount of icu_share, a share of beds, as "
          "in 0.5.")],
    ),
    "an end above the beginning": (
        one("limit_trips", 'when = "reports_per_100k"', "above = 20", "below = 30"),
        [("own.toml, row 7, column below: 30 is not above 0 and at most `above`, 20. Give the amount under which it ends, or "
          "leave it out for half of `above`.")],
    ),
    "no day for a beginning": (
        one("limit_trips", 'when = "reports_per_100k"', "above = nan", "above_days = 0", "least_days = 0"),
        ["own.toml, row 6, column above: nan is not above 0 and at most 100000. Give the amount of reports_per_100k.",
         ("own.toml, row 7, column above_days: 0 is not between 1 and 60 day. Give a value in that range (Mornings in a row at "
          "or above `above` before it begins)."),
         ("own.toml, row 8, column least_days: 0 is not between 1 and 365 day. Give a value in that range (Days for which it "
          "holds at least once it has begun).")],
    ),
    "districts one by one where there are none": (
        one("limit_trips", 'when = "reports_per_100k"', "above = 20", 'each = "district"'),
        ["own.toml, row 7, column each: this measure holds for the whole city at once. Take it out."],
    ),
    "beds by district": (
        one("limit_contacts", 'when = "icu_share"', "above = 0.5", 'each = "district"'),
        [("own.toml, row 7, column each: beds are counted for the whole city. Take it out, or write `when` = "
          '"reports_per_100k".')],
    ),
    "rounds on listed days by district": (
        one("test_rounds", 'when = "reports_per_100k"', "above = 20", 'each = "district"', "days = [0, 3]"),
        [("own.toml, row 8, column days: they are counted from one beginning, and each district begins by itself. Write "
          "`every_days`, or leave `each` out.")],
    ),
    "a part that is none": (
        one("limit_contacts", 'part = "half"'),
        ['own.toml, row 5, column part: "half" is not a part of the city. Say which of how many, as in "1 of 2".'],
    ),
    "a third half": (
        one("limit_contacts", 'part = "3 of 2"'),
        ['own.toml, row 5, column part: "3 of 2" is not a part of the city. Say which of how many, as in "1 of 2".'],
    ),
    "measure for measures": (
        HEAD + '[[measure]]\nkind = "limit_trips"\n',
        [('own.toml, row 3, column measure: it is not a key of this table; did you mean "measures". Take it out, or use '
         "one of strategy, measures.")],
    ),
    "one table for a list": (
        HEAD + '[measures]\nkind = "limit_trips"\n',
        ["own.toml, row 3, column measures: it is not a list of tables. Write [[measures]] above each measure."],
    ),
    "no kind": (HEAD + "[[measures]]\nleft = 0.5\n", [f"own.toml, row 3, column kind: it is missing. Give one of {KINDS}."]),
    "a kind misspelt": (
        one("limit_contact"),
        [(f'own.toml, row 4, column kind: "limit_contact" is not a kind of measure; did you mean "limit_contacts". Write '
         f"one of {KINDS}.")],
    ),
    "a kind that is a number": (
        HEAD + "[[measures]]\nkind = 7\n", [f"own.toml, row 4, column kind: 7 is not a kind of measure. Write one of {KINDS}."],
    ),
    "a field misspelt": (
        one("limit_trips", "adherance = 0.5"),
        [('own.toml, row 5, column adherance: it is not a key of this table; did you mean "adherence". Take it out, or use '
         f"one of {COMMON}, left, adherence.")],
    ),
    "areas where there are none": (
        one("limit_trips", 'areas = ["310115"]'),
        [f"own.toml, row 5, column areas: it is not a key of this table. Take it out, or use one of {COMMON}, left, adherence."],
    ),
    "a layer misspelt": (
        one("limit_contacts", 'layers = ["public", "transprt"]'),
        [f'own.toml, row 5, column layers: "transprt" is none of {LAYERS}; did you mean "transport". Write one of them.'],
    ),
    "a stage misspelt": (
        one("limit_schools", 'stages = ["primry"]'),
        [('own.toml, row 5, column stages: "primry" is none of kindergarten, primary, middle, high, university; did you '
         'mean "primary". Write one of them.')],
    ),
    "a mode of another measure": (
        one("limit_schools", 'mode = "closed_loop"'),
        [('own.toml, row 5, column mode: "closed_loop" is none of open, half, online, closed; did you mean "closed". Write '
         "one of them.")],
    ),
    "a group misspelt": (
        one("test_key_groups", 'groups = ["couriers"]'),
        [f'own.toml, row 5, column groups: "couriers" is none of {GROUPS}; did you mean "courier". Write one of them.'],
    ),
    "a kind of test misspelt": (
        one("test_on_symptoms", 'test = "PCR"'),
        ['own.toml, row 5, column test: "PCR" is none of pcr, pcr_pooled, antigen. Write one of them.'],
    ),
    "a place misspelt": (
        one("isolate_cases", 'where = "hotel"'),
        ['own.toml, row 5, column where: "hotel" is none of home, site; did you mean "home". Write one of them.'],
    ),
    "a level misspelt": (
        one("draw_zones", 'rules = "china-9th"', 'level = "districts"'),
        [('own.toml, row 6, column level: "districts" is none of city, district, subdistrict, community, grid; did you mean '
         '"district". Write one of them.')],
    ),
    "a share in per cent": (
        one("limit_trips", "left = 20"),
        [("own.toml, row 5, column left: 20 is not between 0 and 1 fraction of usual trips. Give a value in that range "
         "(Share of usual trips allowed).")],
    ),
    "a negative number": (
        one("vaccinate", 'product = "p"', "doses_a_day = -1"),
        [("own.toml, row 6, column doses_a_day: -1 is not between 0 and 1e+08 dose per day. Give a value in that range "
         "(Doses given in a day at most).")],
    ),
    "not a number": (
        one("limit_trips", "left = nan"),
        [("own.toml, row 5, column left: nan is not between 0 and 1 fraction of usual trips. Give a value in that range "
         "(Share of usual trips allowed).")],
    ),
    "a number in quotes": (
        one("limit_trips", 'left = "0.2"'), ['own.toml, row 5, column left: "0.2" is not a number. Give a number.'],
    ),
    "true for a number": (
        one("limit_trips", "left = true"), ["own.toml, row 5, column left: true is not a number. Give a number."],
    ),
    "half a day": (
        one("test_rounds", "every_days = 1.5"),
        ["own.toml, row 5, column every_days: 1.5 is not a whole number. Give a whole number."],
    ),
    "a number of no size": (
        one("vaccinate", 'product = "p"', f"doses_a_day = {10**400}"),
        ["own.toml, row 6, column doses_a_day: a number of that size means nothing. Give a smaller number."],
    ),
    "a text for a list": (
        one("limit_contacts", 'areas = "310115"'),
        [('own.toml, row 5, column areas: "310115" is not a list of texts in quotes, as in ["a", "b"]. Give a list of texts '
         'in quotes, as in ["a", "b"].')],
    ),
    "codes without quotes": (
        one("limit_contacts", "areas = [310115]"),
        [('own.toml, row 5, column areas: [310115] is not a list of texts in quotes, as in ["a", "b"]. Give a list of texts '
         'in quotes, as in ["a", "b"].')],
    ),
    "a date in quotes": (
        one("limit_trips", 'start = "2022-03-28"'),
        [f'own.toml, row 5, column start: "2022-03-28" is not {A_DAY}. Give {A_DAY}.'],
    ),
    "a time of day": (
        one("limit_trips", "start = 2022-03-28T05:00:00"),
        [f"own.toml, row 5, column start: 2022-03-28 05:00:00 is not {A_DAY}. Give {A_DAY}."],
    ),
    "it stops before it starts": (
        one("limit_trips", "start = 2022-04-01", "stop = 2022-03-28"),
        [("own.toml, row 6, column stop: it stops on 2022-03-28, not after its start on 2022-04-01. Give the first day it "
         "no longer holds.")],
    ),
    "it stops on the day it starts": (
        one("limit_trips", "start = 4", "stop = 4"),
        ["own.toml, row 6, column stop: it stops on 4, not after its start on 4. Give the first day it no longer holds."],
    ),
    "a day before the run": (
        one("limit_trips", "start = -3"),
        [("own.toml, row 5, column start: day -3 lies before the run. Give a date, or days since the start of the run, "
         "from 0.")],
    ),
    "ages upside down": (
        one("vaccinate", 'product = "p"', "ages = [80, 60]"),
        [("own.toml, row 6, column ages: 80 to 60 is not a range of ages. Give a first and a last age, 0 to 130, as in "
         "[60, 130].")],
    ),
    "one age": (
        one("vaccinate", 'product = "p"', "ages = [80]"),
        [("own.toml, row 6, column ages: [80] is not a list of two whole numbers, as in [60, 130]. Give a list of two whole "
         "numbers, as in [60, 130].")],
    ),
    "days out of order": (
        one("test_rounds", "days = [3, 0]"),
        ["own.toml, row 5, column days: [3, 0] does not run upwards from 0. List each day once, in order; 0 is the first."],
    ),
    "a test after the stay": (
        one("screen_travellers", "stay_days = 7", "test_days = [0, 10]"),
        [("own.toml, row 6, column test_days: day 10 lies after a stay of 7 days. Make the stay longer, or leave that test "
         "out.")],
    ),
    "no product": (
        one("vaccinate"), ["own.toml, row 3, column product: it is missing. Give text in quotes (Key of the vaccine)."],
    ),
    "an empty origin": (
        one("arrivals", 'origin = ""'), ["own.toml, row 5, column origin: it is empty. Give text in quotes."],
    ),
    "zones that nobody draws": (
        one("limit_contacts", 'zones = ["high"]'),
        [('own.toml, row 5, column zones: zones are named, but no measure draws any. Add a measure of kind "draw_zones", or '
         "take the zones out.")],
    ),
    "quarantine without tracing": (
        one("quarantine_contacts"),
        [("own.toml, row 4, column kind: no measure finds the contacts that it would keep apart. Add a measure of kind "
         '"trace_contacts".')],
    ),
    "a second ring for nothing": (
        one("trace_contacts", "second_ring = 0.5"),
        [("own.toml, row 5, column second_ring: contacts of contacts are found, but no measure keeps any contact apart. Add "
         'a measure of kind "quarantine_contacts", or leave it out.')],
    ),
    "two measures of one name": (
        one("limit_trips", 'name = "x"') + '[[measures]]\nkind = "wear_masks"\nname = "x"\n',
        ['own.toml, row 8, column name: another measure is named "x". Give each measure its own name, or none.'],
    ),
    "zones drawn twice": (
        one("draw_zones", 'rules = "china-9th"') + '[[measures]]\nkind = "draw_zones"\nrules = "china-8th"\n',
        ["own.toml, row 7, column kind: zones are drawn by an earlier measure. Keep one measure that draws zones."],
    ),
    "a forbidden key": (
        one("limit_trips", 'nationality = "any"'),
        [('own.toml, row 5, column nationality: "nationality" speaks of nationality, which no measure may read: a virus does '
         f"not read passports; a rule that does treats people by where they come from. {HOLDS}")],
    ),
    "a forbidden kind": (
        one("restrict_petitioners"),
        [('own.toml, row 4, column kind: "restrict_petitioners" speaks of petition, which no measure may read: whoever '
         f"complains keeps every right to move. {HOLDS}")],
    ),
    "a forbidden group": (
        one("test_key_groups", 'groups = ["medical", "foreigners"]'),
        [('own.toml, row 5, column groups: "foreigners" speaks of nationality, which no measure may read: a virus does not '
         f"read passports; a rule that does treats people by where they come from. {HOLDS}")],
    ),
    "a forbidden word in Chinese": (
        one("limit_contacts", '"健康码" = "red"'),
        [('own.toml, row 5, column 健康码: "健康码" speaks of health-code colour, which no measure may read: a colour of a '
         f"person is somebody else's verdict; a rule rests on findings. {HOLDS}")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FORM)
def test_a_bad_strategy_is_told_in_exact_words(what):
    text, expected = FORM[what]
    assert faults(text) == expected


def test_there_are_many_kinds():
    assert len(FORM) >= 50


def test_all_faults_come_at_once_in_the_order_of_the_file():
    text = (
        one("limit_contacts", "adherence = 2", 'left = "x"', 'layers = ["pubic"]', "start = 5", "stop = 1")
        + '\n# a remark: kind = "none"\n[[measures]]\nkind = "treat"\neffect = 3\nages = [9, 1]\n'
        + '[[measures]]\nkind = "arrivals"\ntravellers = -1\n'
    )
    found = faults(text)
    assert [fault.split(": ")[0] for fault in found] == [
        "own.toml, row 5, column adherence",
        "own.toml, row 6, column left",
        "own.toml, row 7, column layers",
        "own.toml, row 9, column stop",
        "own.toml, row 14, column effect",
        "own.toml, row 15, column ages",
        "own.toml, row 16, column origin",
        "own.toml, row 18, column travellers",
    ]


def test_a_misspelt_kind_does_not_make_others_wrong():
    text = one("trace_contcts") + '[[measures]]\nkind = "quarantine_contacts"\n'
    assert len(faults(text)) == 1


def test_no_measures_are_no_fault():
    assert m.parse_strategy(HEAD, file="own.toml").measures == ()
    assert m.parse_strategy("measures = []\n" + HEAD, file="own.toml").measures == ()


def test_a_good_file_is_read_as_it_stands():
    text = one("limit_contacts", "start = 2022-03-28", "stop = 2022-04-01", 'areas = ["310115"]', "left = 0")
    (measure,) = m.parse_strategy(text, file="own.toml").measures
    assert measure == m.LimitContacts(
        name="limit_contacts-1", start=date(2022, 3, 28), stop=date(2022, 4, 1), areas=("310115",), left=0
    )


def told(call):
    with pytest.raises(InvalidInput) as refused:
        call()
    return [str(fault) for fault in refused.value.faults]


def test_files_that_cannot_be_read(tmp_path):
    gone, latin = tmp_path / "gone.toml", tmp_path / "latin.toml"
    latin.write_bytes(b'[strategy]\nname = "caf\xe9"\n')
    assert told(lambda: m.read_strategy(gone)) == ["gone.toml: there is no such file. Check the path."]
    assert told(lambda: m.read_strategy(latin)) == ["latin.toml: byte 22 is not UTF-8 text. Save the file as UTF-8."]
    assert told(lambda: m.read_strategy("do-nothin")) == [
        (
            '--strategy: "do-nothin" is neither a shipped strategy nor a file; did you mean "do-nothing". Give the path of a '
            "TOML file, or one of do-little, do-nothing, halves-in-turn, ninth-edition-like, ours, protect-the-old, "
            "staged-lockdown, test-trace-isolate, twenty-measures, zones-in-the-loop."
        )
    ]


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text("\ufeff" + HEAD, encoding="utf-8")
    assert m.read_strategy(path).name == "s"


def ground(rooms=0.0):
    return m.Ground(
        area_ids=("c", "310115", "310116"),
        blocks_of={"c": np.array([True]), "310115": np.array([True]), "310116": np.array([False])},
        block_area=("310115",), block_place=("",), districts=("310115",), district_of_block=np.array([0]),
        sectors=("manufacturing", "retail"), residents=np.ones((1, 16), dtype=np.int64), capacity={"rooms": rooms},
        levels={"c": "city", "310115": "district", "310116": "district"}, names={"310115": "Pudong"}, variants=("delta", "omicron"),
    )  # fmt: skip


RULES = {"china-9th": ("low", "medium", "high"), "china-8th": ("low", "high")}
ZONED = one("draw_zones", 'rules = "china-9th"', 'level = "district"')

CITY = {
    "an unknown area": (
        one("limit_contacts", 'areas = ["31O115"]'),
        [('own.toml, row 5, column areas: "31O115" is not an area of this city; did you mean "310115". Write a code of the '
         "table areas.")],
    ),
    "a name for a code": (
        one("limit_contacts", 'areas = ["Pudong"]'),
        ['own.toml, row 5, column areas: "Pudong" is the name of an area, not its code. Write "310115".'],
    ),
    "an unknown area left out": (
        one("wear_masks", 'except_areas = ["Pudong", "x"]'),
        ['own.toml, row 5, column except_areas: "Pudong" is the name of an area, not its code. Write "310115".',
         'own.toml, row 5, column except_areas: "x" is not an area of this city. Write a code of the table areas.'],
    ),
    "a trigger at a level the city has not": (
        one("wear_masks", 'when = "reports_per_100k"', "above = 20", 'each = "grid"'),
        ['own.toml, row 7, column each: "grid" is not a level of this city\'s areas. Use one of city, district.'],
    ),
    "an unknown sector": (
        one("limit_sectors", 'sectors = ["retial"]'),
        [('own.toml, row 5, column sectors: "retial" is not a sector of this city; did you mean "retail". Use one of '
         "manufacturing, retail.")],
    ),
    "an unknown sector left out": (
        one("limit_sectors", 'except_sectors = ["health"]'),
        ['own.toml, row 5, column except_sectors: "health" is not a sector of this city. Use one of manufacturing, retail.'],
    ),
    "an unknown rule set": (
        one("draw_zones", 'rules = "china-9"', 'level = "district"'),
        [('own.toml, row 5, column rules: "china-9" is not a rule set that is known; did you mean "china-9th". Use one of '
         "china-9th, china-8th.")],
    ),
    "a level the city has not": (
        one("draw_zones", 'rules = "china-9th"', 'level = "subdistrict"'),
        ['own.toml, row 6, column level: "subdistrict" is not a level of this city\'s areas; did you mean "district". Use one of city, district.'],
    ),
    "a tier the rules lack": (
        ZONED + '[[measures]]\nkind = "limit_contacts"\nzones = ["hihg"]\n',
        [('own.toml, row 9, column zones: "hihg" is not a tier of china-9th; did you mean "high". Use one of low, medium, '
         "high.")],
    ),
    "an unknown product": (
        one("vaccinate", 'product = "inactivate"'),
        [('own.toml, row 5, column product: "inactivate" is not a vaccine that is known; did you mean "inactivated". Use '
         "one of inactivated, mrna.")],
    ),
    "an unknown variant": (
        one("arrivals", 'origin = "far"', 'variant = "omikron"'),
        [('own.toml, row 6, column variant: "omikron" is not a variant of this pathogen; did you mean "omicron". Use one of '
         "delta, omicron.")],
    ),
    "nobody arrives": (
        one("screen_travellers"),
        [('own.toml, row 3, column origins: nobody arrives who could be screened. Add a measure of kind "arrivals", or '
         "take it out.")],
    ),
    "nobody arrives from there": (
        one("arrivals", 'origin = "Hubei"') + '[[measures]]\nkind = "screen_travellers"\norigins = ["Hubie"]\n',
        [('own.toml, row 8, column origins: nobody arrives from "Hubie"; did you mean "Hubei". Add a measure of kind '
         '"arrivals" with that origin, or take it out.')],
    ),
}  # fmt: skip


def check(text, **more):
    given = {"rules": RULES, "products": ("inactivated", "mrna"), **more}
    rooms = given.pop("rooms", 0.0)
    return m.check_strategy(m.parse_strategy(text, file="own.toml"), ground(rooms), **given)


@pytest.mark.parametrize("what", CITY)
def test_a_strategy_for_another_city_is_told_in_exact_words(what):
    text, expected = CITY[what]
    assert told(lambda: check(text)) == expected


def test_origins_of_the_city_s_own_arrivals_count():
    assert check(one("screen_travellers", 'origins = ["Hubei"]'), origins=("Hubei",)) == ()


@pytest.mark.parametrize(
    "text",
    [
        one("isolate_cases", 'where = "site"'),
        one("trace_contacts") + '[[measures]]\nkind = "quarantine_contacts"\nwhere = "site"\n',
        one("arrivals", 'origin = "far"') + '[[measures]]\nkind = "screen_travellers"\nstay_days = 7\nwhere = "site"\n',
    ],
)
def test_a_site_without_rooms_is_a_warning(text):
    (warning,) = check(text)
    assert warning.column == "where"
    assert warning.row == text.splitlines().index('where = "site"') + 1
    assert warning.problem == "the city has no rooms at a site, so everybody is sent home"
    assert warning.mend == 'Add rooms by a measure of kind "add_beds", or write "home"'
    assert check(text, rooms=10.0) == ()
    assert check(text + '[[measures]]\nkind = "add_beds"\nrooms = 5\n') == ()


def test_an_area_where_nobody_lives_is_a_warning():
    (warning,) = check(one("limit_contacts", 'areas = ["310116"]'))
    assert str(warning) == (
        'own.toml, row 5, column areas: nobody lives in "310116". Leave it out, or name the area around it.'
    )


def test_the_same_checks_hold_for_a_strategy_made_in_code():
    with pytest.raises(InvalidInput, match="strategy, column zones: zones are named, but no measure draws any"):
        m.Strategy(name="s", measures=(m.LimitTrips(), m.LimitContacts(zones=("high",))))
    strategy = m.Strategy(name="s", measures=(m.LimitContacts(areas=("x",)),))
    assert told(lambda: m.check_strategy(strategy, ground())) == [
        'strategy, column areas: "x" is not an area of this city. Write a code of the table areas.'
    ]


@pytest.mark.parametrize("key", m.shipped_strategies())
def test_shipped_strategies_fit_the_rule_sets_and_vaccines_of_the_package(key):
    from seawall.disease.waning import PRODUCTS
    from seawall.zones import load_rules, shipped

    strategy = m.read_strategy(key)
    rules = {name: tuple(tier.code for tier in load_rules(name).tiers) for name in shipped()}
    city = ground(rooms=1.0)
    fits = replace(
        city,
        blocks_of={"c": np.array([True] * 2), "310115": np.array([True, False]), "310116": np.array([False, True])},
        block_area=("310115", "310116"),
        block_place=("", ""),
        district_of_block=np.array([0, 0]),
        residents=np.ones((2, 16), dtype=np.int64),
        levels={"c": "city", "310115": "district", "310116": "community"},
        capacity={"rooms": 1.0, "icu_beds": 1.0},
        essential=("retail",),
    )
    assert m.check_strategy(strategy, fits, rules=rules, products=PRODUCTS) == ()


def test_the_lockdown_of_shanghai_names_its_districts():
    path = Path(__file__).parents[2] / "examples" / "shanghai-2022"
    strategy = m.read_strategy(path / "lockdown.toml")
    made = (path / "make.py").read_text(encoding="utf-8")
    named = [area for measure in strategy.measures for area in getattr(measure, "areas", ())]
    assert len(named) == len(set(named)) == 16
    assert all(f'"{area}": (' in made for area in named)
