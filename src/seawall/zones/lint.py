"""The rule linter: forbidden inputs (promise 17), gaps, and tiers that fall when the disease rises."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from seawall.core import Fault
from seawall.core.errors import closest
from seawall.core.forbidden import FORBIDDEN, forbidden_in
from seawall.zones.judge import NOT_JUDGED, Floats, any_holds, ladder_ranks
from seawall.zones.ruleset import Clause, Condition, Judging, RuleSet
from seawall.zones.vocabulary import INPUTS

_FREE_TEXT = frozenset({"about", "source", "issuer", "names", "code", "key", "confidence"})
_NAMES_INPUT = ("input", "numerator", "denominator", "uptake")
_CONDITIONS = ("when", "needs")
_MOST_POINTS = 300_000


def lint_document(document: Mapping[str, Any], *, file: str) -> tuple[Fault, ...]:
    """Forbidden and unknown inputs, wherever in the document a name of data stands.

    Looks at every key at any depth, at every value that names an input and at every comparison; words in
    free text (names, sources, remarks) are not looked at.

    Args:
        document: the TOML as read.
        file: its name as the user knows it.
    """
    faults = []
    for path, key, word in _names_of_data(document, ""):
        forbidden = forbidden_in(word)
        if forbidden is not None:
            faults.append(
                Fault(
                    file=file,
                    column=path,
                    problem=f'"{word}" speaks of {forbidden.name}, which no rule may read: {forbidden.why}',
                    mend=f"Take it out; a rule may read {', '.join(INPUTS)}",
                )
            )
        elif key in ("input", "numerator", "denominator") and word not in INPUTS and word != "residents":
            faults.append(
                Fault(
                    file=file,
                    column=path,
                    problem=f'"{word}" is not an input that a rule may read{closest(word, INPUTS)}',
                    mend=f"Use one of {', '.join(INPUTS)}",
                )
            )
    return tuple(faults)


def _names_of_data(value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Path, key and word of everything in a document that names data."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else str(key)
            yield here, "", str(key)
            if key in _FREE_TEXT:
                continue
            if key in _NAMES_INPUT and isinstance(inner, str):
                yield here, str(key), inner
            elif key in _CONDITIONS:
                for text in _texts(inner):
                    condition = Condition.parse(text)
                    yield here, "", text if condition is None else condition.name
            else:
                yield from _names_of_data(inner, here)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for position, inner in enumerate(value):
            yield from _names_of_data(inner, f"{path}[{position + 1}]")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts(inner)


def forbidden_inputs() -> tuple[tuple[str, str], ...]:
    """What no rule may read, and why; for the docs and the reviewer."""
    return tuple((forbidden.name, forbidden.why) for forbidden in FORBIDDEN)


def lint_meaning(rules: RuleSet, *, file: str) -> tuple[Fault, ...]:
    """Gaps and reversals of an indicator rule, found at every edge of its thresholds.

    Every combination of values just below, at and just above each threshold must fall into a tier, and a
    worse value of one indicator, all else equal, must not lead to a milder tier.
    """
    if rules.judged is None:
        return ()
    judged = rules.judged
    faults: list[Fault] = []
    for key, grade in judged.grades.items():
        clauses = [clause for _, group in grade.steps for clause in group]
        faults += _check_grid(rules, judged, clauses, file=file, grade=key)
    clauses = [clause for tier in rules.tiers for clause in tier.when]
    faults += _check_grid(rules, judged, clauses, file=file, grade=None)
    return tuple(faults)


def edges(clauses: Sequence[Clause], name: str) -> list[float]:
    """Values of an indicator just below, at and just above each threshold that the clauses compare it with."""
    at = sorted({condition.value for clause in clauses for condition in clause if condition.name == name})
    gaps = [second - first for first, second in itertools.pairwise(at)]
    step = min([0.01, *(gap / 4 for gap in gaps)])
    return sorted({value + shift for value in at for shift in (-step, 0.0, step)})


def _check_grid(
    rules: RuleSet, judged: Judging, clauses: Sequence[Clause], *, file: str, grade: str | None
) -> list[Fault]:
    names = sorted({condition.name for clause in clauses for condition in clause})
    axes = {}
    for name in names:
        if name in judged.grades:
            axes[name] = [float(step) for step in sorted({step for step, _ in judged.grades[name].steps})]
        else:
            axes[name] = edges(clauses, name)
    if math.prod(len(axis) for axis in axes.values()) > _MOST_POINTS:
        return [
            Fault(
                file=file,
                column="tiers" if grade is None else f"grades.{grade}",
                problem="its thresholds combine in too many ways to be checked",
                mend="Grade some indicators first, under [grades.NAME]",
            )
        ]
    mesh = np.meshgrid(*axes.values(), indexing="ij")
    values: dict[str, Floats] = dict(zip(names, mesh, strict=True))
    if grade is None:
        rank = ladder_ranks(rules, values, np.ones(mesh[0].shape, dtype=bool)).astype(float)
        too_little = np.zeros(mesh[0].shape, dtype=bool)
        if rules.unknown is not None:
            too_little = any_holds(rules.unknown.when, values)
        rank[rank == NOT_JUDGED] = np.nan
        gap = np.isnan(rank) & ~too_little
    else:
        rank = _grades(judged, grade, values)
        gap = np.isnan(rank)
    column = "tiers" if grade is None else f"grades.{grade}"
    faults = []
    if gap.any():
        at = _point(values, tuple(int(part) for part in np.argwhere(gap)[0]))
        faults.append(
            Fault(
                file=file,
                column=column,
                problem=f"no tier holds at {at}",
                mend="Let the tiers cover every value, with >= on one side of each threshold and < on the other",
            )
        )
    for axis, name in enumerate(names):
        worse = judged.indicators[name].more_is_worse if name in judged.indicators else True
        only_in_unknown = rules.unknown is not None and all(
            condition.name != name for tier in rules.ladder for clause in tier.when for condition in clause
        )
        if grade is None and only_in_unknown:
            continue
        rise = np.diff(rank, axis=axis) * (1 if worse else -1)
        if (rise < 0).any():
            lower = tuple(int(part) for part in np.argwhere(rise < 0)[0])
            upper = tuple(part + (place == axis) for place, part in enumerate(lower))
            faults.append(
                Fault(
                    file=file,
                    column=column,
                    problem=f"the tier becomes milder as {name} gets worse, "
                    f"between {_point(values, lower)} and {_point(values, upper)}",
                    mend="Correct the thresholds, or say more_is_worse = false for that indicator",
                )
            )
    return faults


def _grades(judged: Judging, grade: str, values: Mapping[str, Floats]) -> Floats:
    graded = np.full(next(iter(values.values())).shape, np.nan)
    for step, clauses in sorted(judged.grades[grade].steps):
        graded = np.where(any_holds(clauses, values), float(step), graded)
    return graded


def _point(values: Mapping[str, Floats], at: tuple[int, ...]) -> str:
    return ", ".join(f"{name} = {mesh[at]:g}" for name, mesh in values.items())
