"""Solving a plan: HiGHS with its bound and gap, prices of what binds, and a greedy plan to fall back on."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from seawall.core import SeawallError
from seawall.plan.reopening.program import Matrix, Program, matrix_of

TOLERANCE = 1e-7
"""How far a limit may be exceeded and still count as kept, in shares of it: what HiGHS works to."""


class NoPlan(SeawallError):
    """No attendance keeps all the limits of a programme."""


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What one more of each limit is worth: the solution of the dual programme.

    Attributes:
        rows: float64, shape (row,). At least 0; of the rows of the matrix.
        high, low: float64, shape (column,). At least 0; of the bounds of the variables.
        matrix: the programme they belong to.
    """

    rows: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)
    low: np.ndarray = field(repr=False)
    matrix: Matrix = field(repr=False)

    def of(self, kind: str) -> np.ndarray:
        """Prices of the rows of one kind."""
        return np.asarray(self.rows[self.matrix.kinds == kind])


@dataclass(frozen=True, kw_only=True)
class Solved:
    """A solution of a programme.

    Attributes:
        attendance: float64, shape (unit, period, mode).
        output: float64, shape (unit, period). Beside the usual.
        value: value added over the plan.
        bound: no solution has more value.
        how: ``optimal``, ``time is up`` or ``greedy``.
        seconds: it took.
        excess: of each kind of capacity, in shares of it, where excess is allowed.
        prices: None where whole numbers were asked for, or the plan is greedy.
        columns: all variables, as in `Matrix`; empty for a greedy plan.
    """

    attendance: np.ndarray = field(repr=False)
    output: np.ndarray = field(repr=False)
    value: float
    bound: float
    how: str
    seconds: float
    excess: Mapping[str, float] = field(default_factory=dict)
    prices: Prices | None = field(default=None, repr=False)
    columns: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False)

    @property
    def openness(self) -> np.ndarray:
        """Attendance under all conditions, shape (unit, period)."""
        return np.asarray(self.attendance.sum(axis=-1))

    @property
    def gap(self) -> float:
        """How far the value may lie below the best, in shares of the bound."""
        return max(0.0, self.bound - self.value) / max(abs(self.bound), 1e-12)


def solve(program: Program, *, seconds: float = 60.0, gap: float = 1e-6) -> Solved:
    """The best solution that HiGHS finds in the time, at least as good as the greedy one.

    Raises:
        NoPlan: there is none.
    """
    begin = time.perf_counter()
    matrix = matrix_of(program)
    if not matrix.whole.any():
        return _linear(program, matrix, begin)
    constraints = LinearConstraint(matrix.rows, -np.inf, matrix.limit)
    scale = float(np.abs(program.value).max(initial=0.0)) or 1.0
    found = milp(
        matrix.cost / scale,
        integrality=matrix.whole.astype(np.int64),
        bounds=Bounds(matrix.low, matrix.high),
        constraints=constraints,
        options={"time_limit": seconds, "mip_rel_gap": gap},
    )
    if found.status == 2:
        raise NoPlan("No attendance keeps all limits.")
    bound = program.total if found.mip_dual_bound is None else -float(found.mip_dual_bound) * scale
    best = None
    if found.x is not None:
        best = _solved(program, matrix, found.x, bound, "optimal" if found.status == 0 else "time is up", begin)
    if best is not None and best.how == "optimal":
        return best
    fallback = greedy(program, bound=bound)
    better = fallback is not None and (best is None or fallback.value > best.value)
    chosen = fallback if better else best
    if chosen is None:
        raise NoPlan("No attendance that keeps all limits was found in the time given.")
    return dataclasses.replace(chosen, seconds=time.perf_counter() - begin)


def _linear(program: Program, matrix: Matrix, begin: float) -> Solved:
    bounds = np.stack([matrix.low, matrix.high], axis=1)
    # money in any currency: HiGHS is given numbers near 1
    scale = float(np.abs(program.value).max(initial=0.0)) or 1.0
    found = linprog(  # type: ignore[call-overload]
        matrix.cost / scale, A_ub=matrix.rows, b_ub=matrix.limit, bounds=bounds, method="highs"
    )
    if found.status == 2:
        raise NoPlan("No attendance keeps all limits.")
    if found.x is None:
        raise NoPlan(f"HiGHS found no solution: {found.message}")
    solved = _solved(program, matrix, found.x, -float(found.fun) * scale, "optimal", begin)
    prices = Prices(
        rows=-found.ineqlin.marginals * scale,
        high=-found.upper.marginals * scale,
        low=found.lower.marginals * scale,
        matrix=matrix,
    )
    return dataclasses.replace(solved, prices=prices)


def _solved(program: Program, matrix: Matrix, columns: np.ndarray, bound: float, how: str, begin: float) -> Solved:
    units, periods, modes = program.units, program.periods, program.modes
    cells = units * periods
    kinds = sorted({row.kind for row in program.capacities}) if program.elastic > 0 else []
    excess = dict(zip(kinds, columns[columns.size - len(kinds) :].tolist(), strict=True))
    output = columns[cells * modes : cells * (modes + 1)].reshape(units, periods)
    return Solved(
        attendance=np.clip(columns[: cells * modes], 0.0, 1.0).reshape(units, periods, modes),
        output=output,
        value=float((program.value * output).sum()),
        bound=max(bound, -float(matrix.cost @ columns)),
        how=how,
        seconds=time.perf_counter() - begin,
        excess=excess,
        columns=columns,
    )


def output_of(program: Program, attendance: np.ndarray) -> Solved | None:
    """The most that can be made with a given attendance; None where it breaks a limit or supplies cannot be met."""
    used = [row.taken(attendance, program.spreads) - row.limit for row in program.capacities]
    if program.elastic == 0 and used and max(used) > TOLERANCE:
        return None
    fixed = dataclasses.replace(
        program,
        capacities=(),
        near=None,
        dwell=1,
        changes=program.periods,
        levels=(),
        rising=False,
        same=None,
        elastic=0.0,
    )
    matrix = matrix_of(fixed)
    size = attendance.size
    kept = np.isin(matrix.kinds, ("attendance", "supply", "demand"))
    there = attendance.ravel()
    rows = matrix.rows[kept]
    limit = matrix.limit[kept] - rows[:, :size] @ there
    found = linprog(  # type: ignore[call-overload]
        matrix.cost[size:],
        A_ub=sparse.csr_array(rows[:, size:]),
        b_ub=limit,
        bounds=np.stack([matrix.low[size:], matrix.high[size:]], axis=1),
        method="highs",
    )
    if found.x is None:
        return None
    columns = np.concatenate([there, found.x])
    return dataclasses.replace(
        _solved(fixed, matrix, columns, program.total, "greedy", time.perf_counter()), columns=np.zeros(0)
    )


def greedy(program: Program, *, bound: float | None = None) -> Solved | None:
    """Open units one after the other, the most value for what they take of the scarcest capacity first.

    A unit opens once and stays open, so that any least stay and any number of changes from one up is kept.

    Returns:
        The plan; None where even the least attendance keeps not all limits.
    """
    units, periods = program.units, program.periods
    least = program.least
    if program.changes == 0 or program.same is not None:
        least = np.repeat(least.max(axis=1, keepdims=True), periods, axis=1)
    elif program.counts_changes:
        least = np.maximum.accumulate(least, axis=1)
        if (np.ptp(least, axis=1) > 0).any():
            least = np.repeat(least.max(axis=1, keepdims=True), periods, axis=1)
    levels = np.array(program.levels or (1.0,))
    if program.levels:
        least = levels[np.argmax(levels[:, None, None] >= least - 1e-12, axis=0)]
    openness = least.copy()
    attendance = np.zeros((units, periods, program.modes))
    attendance[..., 0] = openness
    left = np.array([row.limit - row.taken(attendance, program.spreads) for row in program.capacities])
    if left.size and left.min() < -TOLERANCE:
        return None
    # (l + s)^2 - l^2 is at most s (1 + l) for l + s up to 1: what opening takes is not told too low
    weight = np.zeros((left.size, units, periods))
    for at, row in enumerate(program.capacities):
        weight[at] = row.weight[..., 0]
        if row.square is not None:
            weight[at] += row.square * program.spreads[0] ** 2 * (1 + openness)
    scarcest = (weight.sum(axis=2) / np.maximum(left, 1e-9)[:, None]).max(axis=0) if left.size else np.zeros(units)
    worth = program.value.sum(axis=1) / np.maximum(scarcest, 1e-12)
    fixed = program.changes == 0
    for unit in np.argsort(-worth, kind="stable"):
        for first in range(1 if fixed else periods):
            if _opens(openness[unit], weight[:, unit], left, first, levels, whole=bool(program.levels)):
                break
    attendance[..., 0] = openness
    found = output_of(program, attendance)
    if found is None:
        return None
    return dataclasses.replace(found, bound=program.total if bound is None else bound)


def _opens(
    openness: np.ndarray, weight: np.ndarray, left: np.ndarray, first: int, levels: np.ndarray, *, whole: bool
) -> bool:
    """Open a unit from a period on as far as the capacities allow; False where it gains nothing."""
    for level in sorted(levels.tolist(), reverse=True):
        step = np.maximum(level - openness[first:], 0.0)
        takes = weight[:, first:] @ step
        share = 1.0
        over = takes > np.maximum(left, 0.0)
        if over.any():
            share = 0.0 if whole else float((np.maximum(left, 0.0)[over] / takes[over]).min())
        if share > 1e-6 and step.max() > 0:
            openness[first:] += share * step
            left -= share * takes
            return True
    return False
