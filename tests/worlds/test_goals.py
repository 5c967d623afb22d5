"""Goals: the shipped ones, what they come to in a city, and what is wrong with those that cannot be."""

import pytest

from seawall.core import InvalidInput
from seawall.plan.goal import DEFAULT, parse_goal, read_goal, shipped_goals
from seawall.plan.limits import Limit

GOAL = """
[goal]
name = "Try"

[[require]]
event = "deaths"
per_100000 = 2
probability = 0.9

[[then]]
event = "restricted_days"
within = 0.05
"""


def test_every_shipped_goal_is_read_and_named_in_both_languages() -> None:
    assert DEFAULT in shipped_goals()
    for name in shipped_goals():
        goal = read_goal(name)
        assert goal.key == name
        assert all((goal.name_zh, goal.about, goal.about_zh))
        assert goal.then


def test_an_amount_per_100000_grows_with_the_city() -> None:
    goal = parse_goal(GOAL, file="try.toml")
    assert goal.limits(1_000_000) == (Limit(event="deaths", at_most=20.0, probability=0.9),)
    assert read_goal("least-restriction").limits(1_000_000)[0] == Limit(event="no_icu", at_most=0, probability=0.95)


def test_all_that_is_wrong_is_told_with_its_row() -> None:
    text = GOAL.replace("deaths", "death").replace("probability = 0.9", "probability = 1.9\nat_most = 3\nodd = 1")
    with pytest.raises(InvalidInput) as told:
        parse_goal(text, file="try.toml")
    said = [str(fault) for fault in told.value.faults]
    assert any('row 6, column event: "death" is none of' in one and 'did you mean "deaths"' in one for one in said)
    assert any("row 9" in one and "at_most and per_100000 both say it" in one for one in said)
    assert any("row 8" in one and "1.9 is not between 0 and 1" in one for one in said)
    assert any("row 10" in one and "odd" in one for one in said)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("per_100000 = 2\n", "", "neither at_most nor per_100000 says how much"),
        ("probability = 0.9", "probability = 0", "it asks for nothing"),
        ('[goal]\nname = "Try"', "", "column goal: it is missing"),
        (
            "within = 0.05",
            'within = 0.05\n\n[[then]]\nevent = "restricted_days"',
            '"restricted_days" stands there twice',
        ),
        ("[[then]]", "[[than]]", "column then: it is missing"),
        ("within = 0.05", "within = -1", "-1 is not between 0 and 10"),
    ],
)
def test_each_fault_has_its_words(before: str, after: str, said: str) -> None:
    with pytest.raises(InvalidInput) as told:
        parse_goal(GOAL.replace(before, after), file="try.toml")
    assert any(said in str(fault) for fault in told.value.faults), told.value


def test_a_goal_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match='did you mean "livelihood"'):
        read_goal("livelihod")
    with pytest.raises(InvalidInput, match="there is no such file"):
        read_goal("nowhere/goal.toml")


def test_a_city_that_cannot_tell_an_event_refuses_the_goal() -> None:
    goal = parse_goal(GOAL, file="try.toml")
    goal.refuse_unscored(("deaths", "restricted_days"), "")
    with pytest.raises(InvalidInput, match=r"the goal speaks of deaths, which this city cannot tell\. Add the table"):
        goal.refuse_unscored(("restricted_days",), "Add the table")
