"""Rule files: what the linter refuses (promise 17), what the reader finds wrong, all at once and in exact words."""

import tomllib
from importlib import resources

import pytest

from seawall.core import InvalidInput
from seawall.core.forbidden import FORBIDDEN, forbidden_in
from seawall.zones import DEFAULT_RULES, lint_rules, load_rules, parse_rules, shipped
from seawall.zones.ruleset import SCRIPTS
from seawall.zones.vocabulary import INPUTS


def text_of(key):
    return (resources.files("seawall.zones") / "rules" / f"{key}.toml").read_text(encoding="utf-8")


def faults(text):
    return [str(fault) for fault in lint_rules(tomllib.loads(text), file="own.toml")]


def changed(key, *pairs):
    text = text_of(key)
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return faults(text)


def test_the_issue_s_rule_sets_are_shipped():
    wanted = {
        "china-8th", "china-9th", "china-twenty-measures", "china-ten-measures", "ecdc-2020-10", "ecdc-2021-01",
        "ecdc-2021-06", "ecdc-2022-02", "us-cdc-community-levels", "us-cdc-community-transmission", "korea-2021-07",
        "ontario-2020-11", "ontario-2021-02", "germany-notbremse", "who-phsm-2021",
    }  # fmt: skip
    assert wanted <= set(shipped())
    assert set(DEFAULT_RULES) <= set(shipped())


@pytest.mark.parametrize("key", shipped())
def test_every_shipped_rule_set_is_clean_named_and_sourced(key):
    assert faults(text_of(key)) == []
    rules = load_rules(key)
    assert rules.key == key
    assert rules.issuer
    assert rules.source
    named = [rules.names, *(tier.names for tier in rules.tiers)]
    if rules.judged:
        named += [indicator.names for indicator in rules.judged.indicators.values()]
    assert all(set(names) == set(SCRIPTS) and all(names.values()) for names in named)


@pytest.mark.parametrize("forbidden", FORBIDDEN, ids=lambda forbidden: forbidden.name)
def test_every_forbidden_input_is_refused_with_its_reason(forbidden):
    for word in forbidden.words:
        found = changed("italy-2021-05", ('numerator = "infections"', f'numerator = "{word}"'))
        assert found[0].startswith(
            f'own.toml, column indicators.I.numerator: "{word}" speaks of {forbidden.name}, which no rule may read: '
        )
        assert forbidden.why in found[0]


@pytest.mark.parametrize(
    "word",
    ["caseNationality", "share_of_citizens", "risk-score", "Debts", "health code", "police.records", "外来户籍人口", "居民信用分",
     "petitioners", "GPS", "phone_signals", "EthnicGroup"],
)  # fmt: skip
def test_forbidden_words_are_found_in_compounds_and_either_script(word):
    assert forbidden_in(word) is not None


@pytest.mark.parametrize("word", [*INPUTS, "traced", "embraced", "coverage", "underscored", "staffed_beds"])
def test_harmless_words_pass(word):
    assert forbidden_in(word) is None


@pytest.mark.parametrize(
    "where",
    [
        ("a key at the top", '\nfamily = "indicator"', '\nnationality = "any"\nfamily = "indicator"', "nationality"),
        ("a key of a tier", 'code = "red"', 'code = "red"\nexcept_religion = "none"', "tiers[4].except_religion"),
        ("an indicator's name", "[indicators.I]", "[indicators.police]", "indicators.police"),
        ("a comparison", '["I >= 250"]', '["debt >= 250"]', "tiers[4].when"),
        ("a denominator", 'denominator = "residents"', 'denominator = "foreigners"', "indicators.I.denominator"),
    ],
    ids=lambda where: where[0],
)
def test_a_forbidden_input_is_found_wherever_it_hides(where):
    _, old, new, path = where
    text = text_of("italy-2021-05")
    assert old in text
    found = faults(text.replace(old, new))
    assert any(fault.startswith(f"own.toml, column {path}: ") and "no rule may read" in fault for fault in found)


def test_a_forbidden_trigger_is_refused():
    found = changed("china-9th", ('input = "visits_by_unit"', 'input = "location_trace"'))
    assert found[0].startswith(
        'own.toml, column triggers[2].input: "location_trace" speaks of location trace, which no rule may read: '
        "the system keeps no location traces and no phone signals."
    )


def test_a_source_may_name_what_a_rule_may_not_read():
    assert changed("italy-2021-05", ('source = "', 'source = "Petition of a citizen with debts; ')) == []


def test_an_input_nobody_declared_is_refused():
    found = changed("italy-2021-05", ('numerator = "infections"', 'numerator = "infectons"'))
    assert found[0].startswith(
        'own.toml, column indicators.I.numerator: "infectons" is not an input that a rule may read; '
        'did you mean "infections". Use one of infections, '
    )


def test_the_linter_runs_on_every_load(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text(text_of("italy-2021-05").replace('numerator = "infections"', 'numerator = "ethnicity"'))
    with pytest.raises(InvalidInput, match="no rule may read"):
        load_rules(bad)
    with pytest.raises(InvalidInput, match="no rule may read"):
        load_rules(str(bad))


def test_a_gap_between_tiers_is_found():
    found = changed("italy-2021-05", ("I < 50", "I < 40"))
    assert found == [
        (
            "own.toml, column tiers: no tier holds at I = 40. Let the tiers cover every value, "
            "with >= on one side of each threshold and < on the other."
        )
    ]


def test_an_edge_that_belongs_to_nobody_is_found():
    assert changed("italy-2021-05", ("I >= 50", "I > 50"))[0].startswith(
        "own.toml, column tiers: no tier holds at I = 50."
    )


def test_a_tier_that_falls_as_disease_rises_is_found():
    found = changed("italy-2021-05", ('[["I >= 250"]]', '[["I >= 250", "I < 400"]]'))
    assert found == [
        (
            "own.toml, column tiers: the tier becomes milder as I gets worse, between I = 399.99 and I = 400. "
            "Correct the thresholds, or say more_is_worse = false for that indicator."
        )
    ]


def test_an_upside_down_grade_is_found():
    found = changed("who-phsm-2021", ('["investigated < 60"]', '["investigated >= 60"]'))
    assert len(found) == 1
    assert found[0].startswith("own.toml, column grades.capacity: the tier becomes milder as investigated gets worse")


BROKEN = [
    (
        ("valid_to = 2021-07-23", "valid_to = 2021-05-18"),
        (
            "own.toml, column valid_to: 2021-05-18 is not after valid_from 2021-05-18. "
            "Give the first day on which it no longer holds."
        ),
    ),
    (
        ("valid_from = 2021-05-18", 'valid_from = "2021-05-18"'),
        (
            'own.toml, column valid_from: "2021-05-18" is not a date such as 2022-06-28, without quotes. '
            "Give a date such as 2022-06-28, without quotes."
        ),
    ),
    (
        ('family = "indicator"', 'family = "indicators"'),
        (
            'own.toml, column family: "indicators" is none of case-anchored, indicator; did you mean "indicator". '
            "Write one of them."
        ),
    ),
    (
        ('confidence = "memory-high"', 'confidence = "sure"'),
        (
            'own.toml, column confidence: "sure" is none of found, memory-high, memory-medium, memory-low, assumed. '
            "Write one of them."
        ),
    ),
    (('zh-Hant = "義大利分區(2021年5月)"', ""), "own.toml, column names.zh-Hant: it is missing. Give text in quotes."),
    (("issuer =", "isuer ="), "own.toml, column issuer: it is missing. Give text in quotes."),
    (
        ("window_days = 7", "window_days = 7.5"),
        "own.toml, column indicators.I.window_days: 7.5 is not a whole number. Give a whole number.",
    ),
    (
        ("window_days = 7", "window_days = 0"),
        "own.toml, column indicators.I.window_days: 0 is not between 1 and 120. Give a number in that range.",
    ),
    (
        ('statistic = "sum"', 'statistic = "median"'),
        'own.toml, column indicators.I.statistic: "median" is none of sum, mean, last; did you mean "mean". Write one of them.',
    ),
    (
        ('"I >= 150"', '"I => 150"'),
        (
            'own.toml, column tiers[3].when[1]: "I => 150" is not a comparison. '
            'Write an indicator, one of < <= > >=, and a number, as in "N >= 50".'
        ),
    ),
    (
        ('"I >= 150"', '"J >= 150"'),
        ('own.toml, column tiers[3].when: "J" is not an indicator of this file. Declare it under [indicators.J].'),
    ),
    (
        ('restricts = "none"\nrestricts_residents = false', 'restricts = "none"\nrestricts_residents = true'),
        'own.toml, column tiers[1].restricts_residents: it is true, but "none" restricts nobody. Make it false, or say what.',
    ),
    (
        ('restricts = "stay_home"', 'restricts = "stay_hom"'),
        (
            'own.toml, column tiers[4].restricts: "stay_hom" is none of none, advice, travel, gatherings, closures, curfew, '
            'stay_in_area, stay_home; did you mean "stay_home". Write one of them.'
        ),
    ),
    (
        ('code = "orange"', 'code = "red"'),
        'own.toml, column tiers: the code "red" stands 2 times. Give each tier its own code.',
    ),
    (
        ("leave_days = 21", "leave_day = 21"),
        (
            'own.toml, column tiers[2].leave_day: it is not a key of this table; did you mean "leave_days". '
            "Take it out, or use one of by_judgement, code, confidence, enter_days, leave_days, names, restricts, "
            "restricts_residents, source, unknown, when."
        ),
    ),
    (
        ('when = [["I >= 250"]]', ""),
        'own.toml, column tiers[4].when: it is missing. Say when, as in [["N >= 50"]], or set by_judgement = true.',
    ),
    (
        ("expires_days = 14", 'expires_days = 14\nneeds = [["I"]]'),
        'own.toml, column judged.needs: "I" is not an optional indicator. Name optional indicators of this file.',
    ),
    (
        ("expires_days = 14", "expires_days = true"),
        "own.toml, column judged.expires_days: true is not a whole number. Give a whole number.",
    ),
    (
        ("expires_days = 14", "expires_days = 14\nleave_weekdays = [8]"),
        "own.toml, column judged.leave_weekdays: it is empty or names a day that is not 1 to 7. List days, 1 is Monday.",
    ),
]


@pytest.mark.parametrize(("change", "message"), BROKEN, ids=[message.split(":")[0][17:] for _, message in BROKEN])
def test_what_is_wrong_is_said_in_exact_words(change, message):
    assert message in changed("italy-2021-05", change)


BROKEN_STAGES = [
    (
        ('then = "medium_after_high"', 'then = "medium_after"'),
        (
            'own.toml, column stages[1].then: there is no stage "medium_after"; did you mean "medium_after_high". '
            "Name a stage, or leave it out."
        ),
    ),
    (
        ('then = "medium_after_high"', 'then = "high"'),
        (
            'own.toml, column stages[1].then: stage "high" is not milder than this one. '
            "Let a stage be followed by one of a milder tier."
        ),
    ),
    (
        ("exit_round = { on_day = 7, coverage = 1.0 }", "exit_round = { on_day = 7, coverage = 100 }"),
        "own.toml, column stages[1].exit_round.coverage: 100 is not between 0.01 and 1. Give a number in that range.",
    ),
    (
        ('unit = "compound"', 'unit = "block"'),
        (
            'own.toml, column anchored.unit: "block" is none of household, floor, building, compound, grid, community, '
            "subdistrict, district, city. Write one of them."
        ),
    ),
    (
        ("day_zero = 0", "day_zero = 2"),
        "own.toml, column anchored.day_zero: 2 is not between 0 and 1. Give a number in that range.",
    ),
    (
        ('input = "visits_by_unit"', 'input = "infections_by_unit"'),
        "own.toml, column triggers: one input opens two stages. Give each input one trigger.",
    ),
    (
        ('input = "infections_by_unit"\nstage = "high"', 'input = "deaths"\nstage = "high"'),
        'own.toml, column triggers[1].input: "deaths" is none of infections_by_unit, visits_by_unit. Write one of them.',
    ),
    (("[anchored]", "[anchor]"), "own.toml, column anchored: it is missing. Give a table."),
    (
        ('restricts = "stay_home"', 'restricts = "stay_home"\nwhen = [["N > 3"]]'),
        'own.toml, column tiers: "high" has a `when`. A case-anchored rule uses stages and triggers instead.',
    ),
]


@pytest.mark.parametrize(("change", "message"), BROKEN_STAGES, ids=[message[17:45] for _, message in BROKEN_STAGES])
def test_what_is_wrong_with_stages_is_said_in_exact_words(change, message):
    assert message in changed("china-9th", change)


def test_all_faults_come_at_once():
    found = changed(
        "italy-2021-05",
        ("window_days = 7", "window_days = 0"),
        ('statistic = "sum"', 'statistic = "median"'),
        ("expires_days = 14", 'expires_days = "x"'),
        ('code = "orange"', 'code = ""'),
        ("issuer =", "isuer ="),
    )
    assert len(found) == 6


@pytest.mark.parametrize(
    "document", [{}, {"tiers": 3}, {"tiers": [1]}, {"family": 4, "indicators": []}, {"names": "x"}]
)
def test_nonsense_is_a_list_of_faults_not_a_traceback(document):
    with pytest.raises(InvalidInput) as error:
        parse_rules(document, file="own.toml")
    assert len(error.value.faults) >= 5


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"key = ", "it is not TOML"), (b"\xff\xfe\x00", "byte 0 is not UTF-8 text"), (None, "there is no such file")],
)
def test_a_file_that_cannot_be_read_says_so(tmp_path, content, said):
    path = tmp_path / "own.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput, match=said):
        load_rules(path)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(InvalidInput, match='did you mean "china-9th"'):
        load_rules("china-9")


def test_a_city_s_own_rule_is_drawn_like_a_shipped_one(tmp_path):
    own = tmp_path / "ours.toml"
    own.write_text(text_of("china-9th").replace("quiet_days = 7", "quiet_days = 4").replace('"china-9th"', '"ours"'))
    rules = load_rules(own)
    assert rules.key == "ours"
    assert rules.anchored.stages["high"].quiet_days == 4
