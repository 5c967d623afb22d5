"""Options: families with levers, folders, and what is wrong with those that cannot be."""

from pathlib import Path

import pytest

from seawall.core import InvalidInput
from seawall.measures import parse_strategy, read_strategy, shipped_strategies
from seawall.measures.write import strategy_text
from seawall.plan.options import MOST, NOTHING, named, parse_options, read_options, shipped_options

FAMILY = """
[options]
name = "Try"

[[family]]
base = "test-trace-isolate"

[[family.lever]]
name = "tracing"
name_zh = "追踪"
measure = "trace_contacts"
field = "cases_a_day"
values = [100, 500]

[[family.lever]]
name = "self-tests"
name_zh = "自测"
measure = "self_tests"
switch = true
"""


def test_a_family_is_the_product_of_its_levers_and_holds_its_base_once() -> None:
    found = parse_options(FAMILY, file="try.toml").options
    assert list(found) == [
        "test-trace-isolate",
        "test-trace-isolate+tracing=100",
        "test-trace-isolate+tracing=100+no self-tests",
        "test-trace-isolate+no self-tests",
    ]
    base = read_strategy("test-trace-isolate")
    assert found["test-trace-isolate"].strategy == base
    least = found["test-trace-isolate+tracing=100+no self-tests"]
    assert least.levers == {"tracing": 100, "self-tests": False}
    kinds = [measure.kind for measure in least.strategy.measures]
    assert kinds == [measure.kind for measure in base.measures if measure.kind != "self_tests"]
    assert next(one for one in least.strategy.measures if one.kind == "trace_contacts").cases_a_day == 100
    assert named(least) == (
        "Test, trace, isolate: tracing 100, without self-tests",
        "检测、追踪、隔离：追踪 100，无自测",
    )


def test_a_range_runs_from_low_to_high_in_equal_steps() -> None:
    text = FAMILY.replace("values = [100, 500]", "low = 0\nhigh = 500\nsteps = 3")
    found = parse_options(text, file="try.toml").options
    assert sorted({one.levers["tracing"] for one in found.values()}) == [0, 250, 500]


@pytest.mark.parametrize("values", ["[12000000, 500]", "[1.2e7, 500.0]"])
def test_a_large_value_does_not_part_the_key(values: str) -> None:
    found = parse_options(FAMILY.replace("[100, 500]", values), file="try.toml").options
    for one in found.values():
        assert set(one.key.split("+")[1:]) <= {"tracing=12000000", "tracing=1.2e07", "no self-tests"}
        assert all(named(one))


def test_a_lever_of_a_measure_that_is_left_out_makes_no_second_option() -> None:
    text = FAMILY.replace('measure = "self_tests"', 'measure = "trace_contacts"')
    with pytest.raises(InvalidInput, match="no measure finds the contacts"):
        parse_options(text, file="try.toml")
    alike = FAMILY.replace('"trace_contacts"', '"self_tests"').replace('"cases_a_day"', '"adherence"')
    alike = alike.replace("[100, 500]", "[0.1, 0.3]")
    found = parse_options(alike, file="try.toml").options
    assert len(found) == 3
    assert len({one.strategy for one in found.values()}) == 3


def test_doing_nothing_is_always_among_them(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[strategy]\nname = "Mine"\n\n[[measures]]\nkind = "wear_masks"\n')
    (tmp_path / "more.toml").write_text(FAMILY)
    found = read_options([tmp_path, "protect-the-old"]).options
    assert next(iter(found)) == NOTHING
    assert {"mine", "protect-the-old", "test-trace-isolate"} < set(found)
    assert len(found) == 7


def test_a_base_may_lie_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[strategy]\nname = "Mine"\n\n[[measures]]\nkind = "wear_masks"\n')
    path = tmp_path / "options.toml"
    path.write_text(
        '[options]\nname = "Try"\n\n[[family]]\nbase = "mine.toml"\n\n[[family.lever]]\nname = "masks"\n'
        'measure = "wear_masks"\nfield = "adherence"\nvalues = [0.2, 0.9]\n'
    )
    assert list(read_options([path]).options)[:2] == [NOTHING, "mine"]


@pytest.mark.parametrize("name", shipped_options())
def test_shipped_options_are_all_different_and_read_back(name: str) -> None:
    found = read_options([name]).options
    assert 150 <= len(found) <= 300
    assert len({one.strategy for one in found.values()}) == len(found)
    for one in found.values():
        english, chinese = named(one)
        assert all((english, chinese))
        again = parse_strategy(strategy_text(one.strategy), file="again.toml")
        assert again == one.strategy


@pytest.mark.parametrize("name", shipped_strategies())
def test_a_strategy_written_is_the_same_when_read(name: str) -> None:
    strategy = read_strategy(name)
    assert parse_strategy(strategy_text(strategy), file="again.toml") == strategy


def test_all_that_is_wrong_is_told_with_its_row() -> None:
    text = FAMILY.replace("[100, 500]", '[100, -5, "many"]').replace('"self_tests"', '"selftests"') + "odd = 1\n"
    with pytest.raises(InvalidInput) as told:
        parse_options(text, file="try.toml")
    said = "\n".join(str(fault) for fault in told.value.faults)
    assert "try.toml, row 13" in said
    assert "-5 does not fit cases_a_day of trace_contacts" in said
    assert '"many" does not fit cases_a_day of trace_contacts' in said
    assert '"selftests" is no measure of test-trace-isolate.toml' in said
    assert "odd" in said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('base = "test-trace-isolate"', 'base = "test-trace"', 'did you mean "test-trace-isolate"'),
        ('field = "cases_a_day"', 'field = "cases"', '"cases" is not a key of trace_contacts'),
        ("switch = true", 'switch = true\nfield = "adherence"', "a switch keeps the measure or leaves it out"),
        ("values = [100, 500]", "values = [100]\nlow = 1", "nothing says which values, or two things do"),
        ("values = [100, 500]", "low = 5\nhigh = 1\nsteps = 3", "1 is not above low, 5"),
        ("values = [100, 500]", "values = []", "[] is not a list of values"),
        ('name = "self-tests"', 'name = "tracing"', 'two levers are named "tracing"'),
        ('base = "test-trace-isolate"', "", "row 5, column base: it is missing"),
    ],
)
def test_each_fault_has_its_words(before: str, after: str, said: str) -> None:
    with pytest.raises(InvalidInput) as told:
        parse_options(FAMILY.replace(before, after), file="try.toml")
    assert any(said in str(fault) for fault in told.value.faults), told.value


def test_a_source_that_is_not_there_and_too_many_options(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match='did you mean "standard"'):
        read_options(["standart"])
    with pytest.raises(InvalidInput, match="the folder holds no TOML file"):
        read_options([tmp_path])
    path = tmp_path / "many.toml"
    path.write_text(FAMILY.replace("values = [100, 500]", "low = 0\nhigh = 99\nsteps = 100") + FAMILY_OF_MANY)
    with pytest.raises(InvalidInput, match=f"and {MOST:,} at most can be compared"):
        read_options([path])


FAMILY_OF_MANY = """
[[family.lever]]
name = "isolation"
measure = "isolate_cases"
field = "days"
values = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
"""
