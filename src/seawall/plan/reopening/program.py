"""The plan as a linear programme: openness by unit and period, output, supply, capacities, changes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """One limit: ``sum(weight * attendance) + sum(square * presence^2) <= limit``, in shares of the capacity.

    Attributes:
        kind: which capacity; several rows may be of one kind, one a day.
        day: day of the plan it holds on; -1: the end.
        weight: float64, shape (unit, period, mode).
        square: float64, shape (unit, period), at least 0; None: none.
        limit: right-hand side.
        per_unit: by how much the right-hand side grows with one more of the capacity: a bed, a test a day.
    """

    kind: str
    day: int
    weight: np.ndarray = field(repr=False)
    limit: float
    square: np.ndarray | None = field(default=None, repr=False)
    per_unit: float = 1.0

    def taken(self, attendance: np.ndarray, spreads: np.ndarray) -> float:
        """Left-hand side at an attendance, shape (unit, period, mode)."""
        linear = float((self.weight * attendance).sum())
        return linear if self.square is None else linear + float((self.square * (attendance @ spreads) ** 2).sum())


@dataclass(frozen=True, kw_only=True)
class Near:
    """The linear programme holds near a plan only: presence may move so far from it.

    Attributes:
        presence: float64, shape (unit, period).
        reach: how far.
    """

    presence: np.ndarray = field(repr=False)
    reach: float


@dataclass(frozen=True, kw_only=True)
class Program:
    """Maximise value added over units and periods.

    Variables: attendance by unit, period and condition; output by unit and period beside the usual. Openness is the
    attendance under all conditions together. Output is at most what those at work and at home make; a sector sells no
    more than its buyers and households take, and they take no more than is made.

    Attributes:
        value: float64, shape (unit, period). Value added of a period at usual output.
        makes: float64, shape (mode,). Output of who is there.
        remote: float64, shape (unit,). Output of who is not.
        spreads: float64, shape (mode,). Presence of who is there.
        most: float64, shape (unit, mode). Largest share under a condition.
        least: float64, shape (unit, period). Least openness.
        sector: int64, shape (unit,).
        gross: float64, shape (unit,). Gross output of a unit.
        inputs: float64, shape (sector, sector). What a unit of output of the second takes of the first.
        outside: share of deliveries between sectors that can be had from elsewhere.
        capacities: limits.
        tangents: float64, each of shape (unit, period). Where the squares are exact.
        near: where the programme holds; None: everywhere.
        dwell: least periods between two changes of a unit.
        changes: most changes of a unit.
        levels: openness must be one of them; empty: any.
        rising: openness never falls: what has opened stays open.
        same: bool, shape (unit, period). Openness and conditions as in the period before; None: free.
        elastic: cost of a capacity exceeded by all of it, in the value of the whole plan; 0: none may be.
    """

    value: np.ndarray = field(repr=False)
    makes: np.ndarray
    remote: np.ndarray = field(repr=False)
    spreads: np.ndarray
    most: np.ndarray = field(repr=False)
    least: np.ndarray = field(repr=False)
    sector: np.ndarray = field(repr=False)
    gross: np.ndarray = field(repr=False)
    inputs: np.ndarray = field(repr=False)
    outside: float = 0.0
    capacities: tuple[Capacity, ...] = field(default=(), repr=False)
    tangents: tuple[np.ndarray, ...] = field(default=(), repr=False)
    near: Near | None = None
    dwell: int = 1
    changes: int = 1_000_000
    levels: tuple[float, ...] = ()
    rising: bool = False
    same: np.ndarray | None = field(default=None, repr=False)
    elastic: float = 0.0

    @property
    def units(self) -> int:
        """How many units."""
        return int(self.value.shape[0])

    @property
    def periods(self) -> int:
        """How many periods."""
        return int(self.value.shape[1])

    @property
    def modes(self) -> int:
        """How many conditions."""
        return int(self.makes.size)

    @property
    def total(self) -> float:
        """Value of the whole plan at usual output."""
        return float(self.value.sum())

    @property
    def squares(self) -> bool:
        """Whether any limit goes with the square of presence."""
        return any(row.square is not None for row in self.capacities)

    @property
    def counts_changes(self) -> bool:
        """Whether changes have to be counted."""
        return self.dwell > 1 or self.changes < self.periods - 1


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """A programme as HiGHS takes it: minimise ``cost x`` where ``rows x <= limit`` and ``low <= x <= high``.

    Attributes:
        kinds: what each row is, shape (row,): ``shift``, ``least``, ``attendance``, ``supply``, ``demand``, the kind of
            a capacity, ``square``, ``near``, ``change``, ``dwell``, ``changes``, ``level``, ``rising``, ``same``.
        where: unit, sector or capacity of the row, and its period or day, int64, shape (row, 2).
        whole: bool, shape (column,). Whether it is 0 or 1.
    """

    cost: np.ndarray = field(repr=False)
    rows: sparse.csr_array = field(repr=False)
    limit: np.ndarray = field(repr=False)
    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)
    whole: np.ndarray = field(repr=False)
    kinds: np.ndarray = field(repr=False)
    where: np.ndarray = field(repr=False)


class _Rows:
    """Rows as they are gathered."""

    def __init__(self) -> None:
        self.parts: list[sparse.csr_array] = []
        self.limits: list[np.ndarray] = []
        self.kinds: list[np.ndarray] = []
        self.where: list[np.ndarray] = []

    def add(self, kind: str, rows: sparse.csr_array, limit: np.ndarray, where: np.ndarray) -> None:
        self.parts.append(rows)
        self.limits.append(np.asarray(limit, dtype=np.float64))
        self.kinds.append(np.full(rows.shape[0], kind, dtype=object))
        self.where.append(where)


def matrix_of(program: Program) -> Matrix:
    """Write a programme out.

    Columns: attendance (unit, period, mode), output (unit, period), then changes (unit, period after the first), levels
    (unit, period, level), squares of presence (unit, period) and an excess for each kind of capacity, where they are
    needed.
    """
    units, periods, modes = program.units, program.periods, program.modes
    cells, kinds = units * periods, sorted({row.kind for row in program.capacities}) if program.elastic > 0 else []
    moves = units * (periods - 1) if program.counts_changes else 0
    picks = cells * len(program.levels)
    squares = cells if program.squares else 0
    sizes = [cells * modes, cells, moves, picks, squares, len(kinds)]
    start = np.concatenate([[0], np.cumsum(sizes)])
    width = int(start[-1])
    open_ = _spread_over(cells, modes, np.ones(modes), width)
    present = _spread_over(cells, modes, program.spreads, width)
    output = _unit_columns(cells, int(start[1]), width)
    cell = np.stack(np.divmod(np.arange(cells), periods), axis=1)
    rows = _Rows()
    rows.add("shift", open_, np.ones(cells), cell)
    rows.add("least", -open_, -program.least.ravel(), cell)
    at_work = _spread_over(cells, modes, program.makes, width)
    home = np.repeat(program.remote, periods)
    rows.add("attendance", output - at_work + sparse.diags_array(home) @ open_, home, cell)
    _supply(program, rows, output)
    _capacities(program, rows, kinds, int(start[4]), int(start[5]), width)
    if squares:
        square = _unit_columns(cells, int(start[4]), width)
        for touch in program.tangents:
            at = touch.ravel()
            rows.add("square", sparse.csr_array(sparse.diags_array(2 * at) @ present - square), at**2, cell)
    if program.near is not None:
        middle, reach = program.near.presence.ravel(), program.near.reach
        rows.add("near", present, middle + reach, cell)
        rows.add("near", -present, reach - middle, cell)
    if moves:
        _changes(program, rows, int(start[2]), width)
    if picks:
        _levels(program, rows, open_, int(start[3]), width)
    if program.rising and periods > 1:
        later = np.nonzero(np.arange(cells) % periods)[0]
        rows.add("rising", sparse.csr_array(open_[later - 1] - open_[later]), np.zeros(later.size), cell[later])
    if program.same is not None:
        _same(program, rows, modes, width)
    high = np.concatenate(
        [
            np.repeat(program.most[:, None], periods, axis=1).ravel(),
            np.ones(cells + moves + picks + squares),
            np.full(len(kinds), np.inf),
        ],
        dtype=np.float64,
    )
    cost = np.concatenate(
        [
            np.zeros(sizes[0]),
            -program.value.ravel(),
            np.zeros(moves + picks + squares),
            np.full(len(kinds), program.elastic * program.total),
        ]
    )
    whole = np.zeros(width, dtype=bool)
    whole[start[2] : start[4]] = True
    return Matrix(
        cost=cost,
        rows=sparse.csr_array(sparse.vstack(rows.parts, format="csr")),
        limit=np.concatenate(rows.limits),
        low=np.zeros(width),
        high=high,
        whole=whole,
        kinds=np.concatenate(rows.kinds),
        where=np.concatenate(rows.where),
    )


def _unit_columns(count: int, at: int, width: int) -> sparse.csr_array:
    """A row for each of so many columns from one on."""
    rows = np.arange(count)
    return sparse.csr_array((np.ones(count), (rows, at + rows)), shape=(count, width))


def _spread_over(cells: int, modes: int, weight: np.ndarray, width: int) -> sparse.csr_array:
    """A row for each unit and period with these weights on its conditions."""
    row = np.repeat(np.arange(cells), modes)
    return sparse.csr_array((np.tile(weight, cells), (row, np.arange(cells * modes))), shape=(cells, width))


def _supply(program: Program, rows: _Rows, output: sparse.csr_array) -> None:
    """Deliveries beyond the sectors lie between none, less what comes from elsewhere, and those of usual days."""
    sectors, periods = program.inputs.shape[0], program.periods
    gross = np.bincount(program.sector, program.gross, minlength=sectors)
    between = program.inputs @ gross
    usual = gross - between
    scale = 1 / np.where(gross > 0, gross, 1.0)
    # final deliveries of a sector by the output of a unit, shape (sector, unit)
    by_unit = (np.eye(sectors) - program.inputs)[:, program.sector] * program.gross[None] * scale[:, None]
    by_cell = sparse.kron(sparse.csr_array(by_unit), sparse.eye_array(periods), format="csr")
    final = sparse.csr_array(by_cell @ output)
    where = np.stack(np.divmod(np.arange(sectors * periods), periods), axis=1)
    least = np.minimum(0.0, usual) - program.outside * between
    # a sector whose usual deliveries are more than it makes lives on what comes from elsewhere
    rows.add("supply", -final, -np.repeat(least * scale, periods), where)
    rows.add("demand", final, np.repeat(usual * scale, periods), where)


def _capacities(program: Program, rows: _Rows, kinds: list[str], squares: int, at: int, width: int) -> None:
    if not program.capacities:
        return
    weights = np.zeros((len(program.capacities), width))
    for number, one in enumerate(program.capacities):
        weights[number, : one.weight.size] = one.weight.ravel()
        if one.square is not None:
            weights[number, squares : squares + one.square.size] = one.square.ravel()
    part = sparse.csr_array(weights)
    if kinds:
        row = np.arange(len(program.capacities))
        column = np.array([at + kinds.index(one.kind) for one in program.capacities])
        part = sparse.csr_array(part - sparse.csr_array((np.ones(row.size), (row, column)), shape=part.shape))
    limit = np.array([row.limit for row in program.capacities])
    where = np.array([(number, row.day) for number, row in enumerate(program.capacities)])
    names = np.array([row.kind for row in program.capacities], dtype=object)
    rows.parts.append(part)
    rows.limits.append(limit)
    rows.kinds.append(names)
    rows.where.append(where)


def _changes(program: Program, rows: _Rows, at: int, width: int) -> None:
    """A change is noted where attendance under a condition differs from the period before; few, and far between."""
    units, periods = program.units, program.periods
    moves, modes = units * (periods - 1), program.modes
    unit, step = np.divmod(np.arange(moves), periods - 1)
    row = np.arange(moves * modes)
    now = ((unit * periods + step + 1)[:, None] * modes + np.arange(modes)).ravel()
    ones = np.ones(row.size)
    step_of = sparse.csr_array(
        (np.concatenate([ones, -ones]), (np.tile(row, 2), np.concatenate([now, now - modes]))), shape=(row.size, width)
    )
    noted = sparse.csr_array((ones, (row, at + row // modes)), shape=(row.size, width))
    where = np.repeat(np.stack([unit, step + 1], axis=1), modes, axis=0)
    rows.add("change", sparse.csr_array(step_of - noted), np.zeros(row.size), where)
    rows.add("change", sparse.csr_array(-step_of - noted), np.zeros(row.size), where)
    if program.dwell > 1:
        windows = [
            (one, first, range(first, min(first + program.dwell, periods - 1)))
            for one in range(units)
            for first in range(max(1, periods - program.dwell))
        ]
        row = np.concatenate([np.full(len(steps), number) for number, (_, _, steps) in enumerate(windows)])
        column = np.concatenate([at + one * (periods - 1) + np.array(steps) for one, _, steps in windows])
        part = sparse.csr_array((np.ones(row.size), (row, column)), shape=(len(windows), width))
        rows.add("dwell", part, np.ones(len(windows)), np.array([(one, first) for one, first, _ in windows]))
    if program.changes < periods - 1:
        part = sparse.csr_array((np.ones(moves), (unit, at + np.arange(moves))), shape=(units, width))
        rows.add(
            "changes",
            part,
            np.full(units, float(program.changes)),
            np.stack([np.arange(units), np.full(units, -1)], axis=1),
        )


def _levels(program: Program, rows: _Rows, open_: sparse.csr_array, at: int, width: int) -> None:
    cells, many = program.units * program.periods, len(program.levels)
    row, column = np.repeat(np.arange(cells), many), at + np.arange(cells * many)
    chosen = sparse.csr_array((np.tile(program.levels, cells), (row, column)), shape=(cells, width))
    one = sparse.csr_array((np.ones(cells * many), (row, column)), shape=(cells, width))
    where = np.stack(np.divmod(np.arange(cells), program.periods), axis=1)
    rows.add("level", sparse.csr_array(open_ - chosen), np.zeros(cells), where)
    rows.add("level", sparse.csr_array(chosen - open_), np.zeros(cells), where)
    rows.add("level", one, np.ones(cells), where)
    rows.add("level", -one, -np.ones(cells), where)


def _same(program: Program, rows: _Rows, modes: int, width: int) -> None:
    assert program.same is not None
    unit, period = np.nonzero(program.same)
    if not unit.size:
        return
    now = ((unit * program.periods + period)[:, None] * modes + np.arange(modes)).ravel()
    row = np.arange(now.size)
    part = sparse.csr_array(
        (
            np.concatenate([np.ones(now.size), -np.ones(now.size)]),
            (np.tile(row, 2), np.concatenate([now, now - modes])),
        ),
        shape=(now.size, width),
    )
    where = np.repeat(np.stack([unit, period], axis=1), modes, axis=0)
    rows.add("same", part, np.zeros(now.size), where)
    rows.add("same", -part, np.zeros(now.size), where)
