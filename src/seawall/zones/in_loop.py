"""Zones in the loop: the rule that draws the morning's map, asked every morning of a simulated run.

A run is told a function of what its city has seen; nothing of the epidemic itself reaches it. An indicator rule is
judged by the code that draws the morning's map. A case-anchored rule is followed from the last infection of each
compound or area, which is all its clocks go by; that this gives the tiers of the map is held by a test.

A case-anchored rule is drawn for this very morning, before anything is reported today, so that its clocks run as
written; an indicator rule is drawn for yesterday, the last whole day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
import polars as pl

from seawall.city import AreaTree
from seawall.city.schema import LEVELS
from seawall.core import Fault, InvalidInput
from seawall.measures.today import Ground, Zones, Zoning
from seawall.measures.today import Seen as CitySeen
from seawall.zones.anchored import chain
from seawall.zones.draw import draw_zones
from seawall.zones.measure import Series, inputs_of
from seawall.zones.ruleset import Anchoring, RuleSet, Stage
from seawall.zones.seen import INFECTIONS, PLACES, Seen

NOT_JUDGED = -1
"""Tier of blocks of which the rule can say nothing."""

FINER_THAN_AREAS = ("community", "grid")
"""Levels at which a case-anchored rule draws compounds: a block is as fine as a run knows anything."""

BY_BLOCK = ("infections", "infections_local", "infections_in_community", "infections_in_control")
BY_DISTRICT = ("tests", "positives", "deaths")
OF_THE_CITY = ("in_hospital", "in_icu")
CAPACITY = {"staffed_beds": "beds", "icu_beds": "icu_beds"}
"""Inputs of a rule that a run's city reports, by how fine; beds are those the folder lists."""


@dataclass(frozen=True)
class _Layout:
    """What stays the same from morning to morning.

    Attributes:
        column: int64, shape (block,). Column of each block's area among `areas_at`; -1 where it lies in none.
        district_column: the same of each district; -1 where a district is wider than the level.
        compounds: whether it grades compounds.
    """

    rules: RuleSet
    ground: Ground
    areas: AreaTree
    level: str
    areas_at: tuple[str, ...]
    column: np.ndarray
    district_column: np.ndarray
    compounds: bool
    places: pl.DataFrame
    residents: np.ndarray
    blocks_in: dict[str, np.ndarray] = field(default_factory=dict)

    def blocks_of(self, area_id: str) -> np.ndarray:
        """The blocks of an area, int64."""
        if area_id not in self.blocks_in:
            self.blocks_in[area_id] = np.nonzero(self.ground.blocks_of[area_id])[0]
        return self.blocks_in[area_id]


def zoning_of(rules: RuleSet, ground: Ground, areas: AreaTree, *, level: str) -> Zoning:
    """The rule set as a function of what a run's city has seen.

    Args:
        rules: a rule set that can be judged from what a run reports.
        ground: the city of the run.
        areas: its tree of areas, with populations.
        level: level of the areas that are graded. A case-anchored rule draws compounds at ``community`` and ``grid``,
            and whole areas at a wider level.

    Returns:
        A function that gives the tier of every block: that of the compound or area it lies in, the strictest where
        several hold, the mildest where there is no zone, -1 where the rule cannot judge. The tiers are all of the
        rule set's, mildest first.

    Raises:
        InvalidInput: the level is not one the rule grades or the city has, or the rule reads what no run reports.
    """
    faults = list(_refusals(rules, ground, areas, level))
    if faults:
        raise InvalidInput(f'"{rules.key}" cannot draw zones in a simulated city.', faults)
    layout = _layout(_without_visits(rules), ground, areas, level)
    return _anchored(layout) if rules.anchored is not None else _indicator(layout)


def _without_visits(rules: RuleSet) -> RuleSet:
    """The rule set without what opens zones by stays, of which a run reports none; its other zones are the same."""
    if rules.anchored is None:
        return rules
    triggers = tuple(trigger for trigger in rules.anchored.triggers if trigger.input == "infections_by_unit")
    return replace(rules, anchored=replace(rules.anchored, triggers=triggers))


def _refusals(rules: RuleSet, ground: Ground, areas: AreaTree, level: str) -> Iterator[Fault]:
    def fault(problem: str, mend: str, column: str = "level") -> Fault:
        return Fault(file="draw_zones", column=column, problem=problem, mend=mend)

    there = [name for name in LEVELS if areas.at_level(name)]
    if rules.anchored is not None:
        if level not in (*there, *FINER_THAN_AREAS):
            yield fault(f'the city has no areas of level "{level}"', f"Write one of {', '.join(there)}, or community")
        if not any(trigger.input == "infections_by_unit" for trigger in rules.anchored.triggers):
            yield fault(
                "it opens zones by the stays of infected people only, and a run does not report stays day by day",
                "Take a rule set that opens zones where infected people live, such as china-9th",
                "rules",
            )
        return
    judged = rules.judged
    assert judged is not None
    graded = [name for name in judged.levels if name in there]
    if level not in graded:
        mend = f"Write {' or '.join(graded)}" if graded else "Take another rule set; this city has no such areas"
        yield fault(f'{rules.key} grades {", ".join(judged.levels)}, not "{level}"', mend)
        return
    shown = _shown(ground, areas, level)
    lacking = {
        key: [name for name in (one.numerator, one.denominator) if name not in (None, "residents", *shown)]
        for key, one in judged.indicators.items()
    }
    needed = {name for key, names in lacking.items() if not judged.indicators[key].optional for name in names}
    for group in judged.needs:
        if all(lacking[key] for key in group):
            needed |= {str(name) for key in group for name in lacking[key]}
    if needed:
        yield fault(
            f"it reads {', '.join(sorted(str(name) for name in needed))}, which a run does not report by {level}",
            f"Take a rule set that reads no more than {', '.join(sorted(shown))}"
            + ("" if level == "city" else ", or grade the whole city"),
            "rules",
        )


def _shown(ground: Ground, areas: AreaTree, level: str) -> tuple[str, ...]:
    """Inputs that a run's city reports for the areas of a level."""
    fine = {areas[code].level for code in ground.districts}
    wide = LEVELS.index(level) <= min(LEVELS.index(name) for name in fine)
    shown = [*BY_BLOCK, *(BY_DISTRICT if wide else ())]
    if level == "city":
        shown += [*OF_THE_CITY, *(name for name, resource in CAPACITY.items() if resource in ground.capacity)]
    return tuple(shown)


def _layout(rules: RuleSet, ground: Ground, areas: AreaTree, level: str) -> _Layout:
    compounds = rules.anchored is not None and level in FINER_THAN_AREAS
    areas_at = tuple(area.area_id for area in areas.at_level(level))
    position = {area_id: column for column, area_id in enumerate(areas_at)}

    def column_of(area_id: str) -> int:
        return next((position[step.area_id] for step in areas.path(area_id) if step.area_id in position), -1)

    of_area = {area_id: column_of(area_id) for area_id in dict.fromkeys((*ground.block_area, *ground.districts))}
    column = np.array([of_area[area_id] for area_id in ground.block_area], dtype=np.int64)
    place = pl.Series(ground.block_place, dtype=pl.String)
    own = pl.Series(ground.block_area, dtype=pl.String)
    return _Layout(
        rules=rules,
        ground=ground,
        areas=areas,
        level=level,
        areas_at=areas_at,
        column=column,
        district_column=np.array([of_area[district] for district in ground.districts], dtype=np.int64),
        compounds=compounds,
        places=pl.DataFrame(
            {
                "place_id": place,
                "area_id": own,
                "kind": pl.repeat("residence", place.len(), eager=True),
                "capacity": ground.residents.sum(axis=1).astype(np.float64),
            },
            schema=PLACES,
        ),
        residents=np.array([_number(areas.population(area_id)) for area_id in areas_at]),
    )


def _number(known: int | None) -> float:
    return float("nan") if known is None else float(known)


@dataclass(frozen=True, kw_only=True)
class _Anchored:
    """Tier of every block under a case-anchored rule, from the last infection that counts in its compound or area.

    Of earlier infections there nothing is left: each of them restarts the clock. It tells the tiers of `anchored`'s
    zones without their reasons, and a test holds the two equal on the folders of simulated cities.

    An object and not an inner function, so that it can be sent to another process.

    Attributes:
        reach: how many days back an infection may still hold a zone.
        rank: place of each tier on the ladder.
        units: compounds or areas.
        column: int64, shape (block,). Unit of each block; -1 for none.
        district: int64, shape (unit,). Its district; -1 for an area wider than one.
        residents: float64, shape (district,).
    """

    layout: _Layout
    anchored: Anchoring
    reach: int
    rank: dict[str, int]
    units: int
    column: np.ndarray
    district: np.ndarray
    residents: np.ndarray

    def __call__(self, seen: CitySeen) -> Zones:
        """The zones of this morning."""
        layout, rules, anchored, column = self.layout, self.layout.rules, self.anchored, self.column
        found, held = _reports(seen, self.reach), _reports(seen, self.reach, held=True)
        counts = found - held if anchored.in_control == "left_out" else found
        if not layout.compounds:
            counts = _summed(counts, layout.column, self.units)
        days = counts.shape[0]
        at = np.nonzero((counts > 0).any(axis=0))[0]
        last = seen.day - 1 - np.argmax(counts[::-1, at] > 0, axis=0) if days else at
        strictest = np.zeros(self.units, dtype=np.int64)
        for trigger in anchored.triggers:
            if trigger.input != "infections_by_unit":
                continue
            stages = chain(anchored, trigger.stage)
            now = _stage_on(
                seen.day, last, stages, anchored, lambda one: _passed(seen, self.residents, self.district[at], one)
            )
            of_stage = np.array([self.rank.get(stage.tier, 0) for stage in stages] + [0])
            strictest[at] = np.maximum(strictest[at], of_stage[now])
        tiers = np.array([_tiers(rules).index(one.code) for one in rules.ladder])
        tier = np.asarray(tiers[np.where(column >= 0, strictest[np.maximum(column, 0)], 0)])
        return Zones(tiers=_tiers(rules), tier=tier)


def _anchored(layout: _Layout) -> _Anchored:
    rules, anchored = layout.rules, layout.rules.anchored
    assert anchored is not None
    units = layout.ground.blocks if layout.compounds else len(layout.areas_at)
    return _Anchored(
        layout=layout,
        anchored=anchored,
        reach=2
        + max(
            sum(stage.quiet_days + anchored.pending_days + 1 for stage in chain(anchored, trigger.stage))
            for trigger in anchored.triggers
        ),
        rank={tier.code: place for place, tier in enumerate(rules.ladder)},
        units=units,
        column=np.arange(layout.ground.blocks) if layout.compounds else layout.column,
        district=_district_of_units(layout, units),
        residents=np.array([_number(layout.areas.population(code)) for code in layout.ground.districts]),
    )


def _district_of_units(layout: _Layout, units: int) -> np.ndarray:
    """District in which each compound or area lies, int64, shape (unit,); -1 for an area wider than one."""
    if layout.compounds:
        return np.asarray(layout.ground.district_of_block, dtype=np.int64)
    district = np.full(units, -1, dtype=np.int64)
    at = {code: index for index, code in enumerate(layout.ground.districts)}
    for unit, code in enumerate(layout.areas_at):
        district[unit] = next((at[step.area_id] for step in layout.areas.path(code) if step.area_id in at), -1)
    return district


Rounds = Callable[[float], Callable[[np.ndarray], np.ndarray]]
"""Told the coverage a round needs; gives a function from days to the first day from then on with such a round."""

NO_ROUND = 1 << 30
"""Day of a round that has not been taken."""


def _passed(
    seen: CitySeen, residents: np.ndarray, district: np.ndarray, coverage: float
) -> Callable[[np.ndarray], np.ndarray]:
    """First day, from a day on, on which the district of each unit was screened as a whole."""
    if seen.screened is None or not seen.screened.size:
        return lambda day: np.full(day.shape, NO_ROUND)
    full = seen.screened >= coverage * residents
    days = full.shape[0]
    following = np.full((days + 1, full.shape[1]), NO_ROUND)
    for day in range(days - 1, -1, -1):
        following[day] = np.where(full[day], day, following[day + 1])

    def first(day: np.ndarray) -> np.ndarray:
        found = following[np.clip(day, 0, days), np.maximum(district, 0)]
        return np.asarray(np.where(district >= 0, found, NO_ROUND))

    return first


def _stage_on(on: int, last: np.ndarray, stages: Sequence[Stage], anchored: Anchoring, rounds: Rounds) -> np.ndarray:
    """Stage each zone is in on a day, int64, shape (unit,); the number of stages where it is lifted or has lapsed.

    Args:
        on: the day.
        last: int64, shape (unit,). Day of the last infection that counts.
        stages: from opening to lifting.
        anchored: the rule.
        rounds: see `Rounds`.
    """
    now = np.full(last.shape, len(stages), dtype=np.int64)
    alive, base = np.ones(last.shape, dtype=bool), last
    for step, stage in enumerate(stages):
        clock = base + stage.quiet_days + (1 - anchored.day_zero if step == 0 else 0)
        end, lapses = clock, np.zeros(last.shape, dtype=bool)
        if stage.exit_round is not None:
            begins = base + stage.exit_round.on_day - (anchored.day_zero if step == 0 else 1)
            passed = np.maximum(clock, rounds(stage.exit_round.coverage)(begins) + 1)
            limit = clock + anchored.pending_days
            lapses = passed > limit
            end = np.where(lapses, limit, passed)
        now[alive & (end > on)] = step
        alive &= ~lapses & (end <= on)
        base = end
    return now


def _reports(seen: CitySeen, days: int, *, held: bool = False) -> np.ndarray:
    """Reports (or those found while kept apart) of the last days, int32, shape (day, block); the last is yesterday.

    Of the reports before the run nobody knows who was kept apart; all count.
    """
    now = (seen.reports_in_control if held else seen.reports)[max(seen.day - days, 0) : seen.day]
    earlier = max(days - seen.day, 0)
    before = seen.before[seen.before.shape[0] - min(earlier, seen.before.shape[0]) :]
    return np.concatenate([np.zeros_like(before) if held else before, now])


def _summed(table: np.ndarray, column: np.ndarray, width: int) -> np.ndarray:
    """Sums of the columns of a table by the area they belong to, float64, shape (day, area)."""
    out = np.zeros((width, table.shape[0]))
    inside = column >= 0
    np.add.at(out, column[inside], table[:, inside].T)
    return out.T


@dataclass(frozen=True, kw_only=True)
class _Indicator:
    """Tier of every block under an indicator rule, from the daily numbers of the areas of one level.

    Attributes:
        read: inputs that the rule reads and a run reports.
    """

    layout: _Layout
    read: tuple[str, ...]

    def __call__(self, seen: CitySeen) -> Zones:
        """The zones of this morning."""
        layout = self.layout
        if seen.day + seen.before.shape[0] == 0:
            return Zones(tiers=_tiers(layout.rules), tier=np.full(layout.ground.blocks, NOT_JUDGED))
        return _by_block(draw_zones(self.see(seen), layout.rules).zones, layout)

    def see(self, seen: CitySeen) -> Seen:
        """What the rule goes by."""
        values = {name: _daily(name, seen, self.layout) for name in self.read}
        listed = bool(seen.reports.any())
        series = Series(
            values=values,
            residents=self.layout.residents,
            zero_before=frozenset(
                name for name in self.read if listed and name in BY_BLOCK and not _unknown(values[name])
            ),
        )
        return Seen(
            on=seen.date - timedelta(days=1),
            areas=self.layout.areas,
            series={self.layout.level: series},
            level_areas={self.layout.level: self.layout.areas_at},
            infections=pl.DataFrame(schema=INFECTIONS),
            places=self.layout.places,
        )


def _indicator(layout: _Layout) -> _Indicator:
    judged = layout.rules.judged
    assert judged is not None
    shown = _shown(layout.ground, layout.areas, layout.level)
    return _Indicator(layout=layout, read=tuple(name for name in inputs_of(judged) if name in shown))


def _unknown(values: np.ndarray) -> bool:
    return bool(np.isnan(values[0]).any())


def _daily(name: str, seen: CitySeen, layout: _Layout) -> np.ndarray:
    """One input on every day, those before the run first; float64, shape (day, area)."""
    width, earlier = len(layout.areas_at), seen.before.shape[0]

    if name in CAPACITY:
        return np.full((earlier + seen.day, width), layout.ground.capacity[CAPACITY[name]])
    if name in BY_BLOCK:
        now = {
            "infections": seen.reports,
            "infections_local": seen.reports - seen.imported,
            "infections_in_community": seen.reports - seen.reports_in_control,
            "infections_in_control": seen.reports_in_control,
        }[name]
        told = name in ("infections", "infections_local")
        before = _summed(seen.before, layout.column, width) if told else np.full((earlier, width), np.nan)
        return np.concatenate([before, _summed(now, layout.column, width)])
    before = np.full((earlier, width), np.nan)
    if name in OF_THE_CITY:
        return np.concatenate([before, getattr(seen, name).astype(np.float64)[:, None]])
    return np.concatenate([before, _summed(getattr(seen, name), layout.district_column, width)])


def _tiers(rules: RuleSet) -> tuple[str, ...]:
    return tuple(tier.code for tier in rules.tiers)


def _by_block(drawn: pl.DataFrame, layout: _Layout) -> Zones:
    """The tier of every block: the strictest of the zones it lies in."""
    tiers = _tiers(layout.rules)
    rank = {code: place for place, code in enumerate(tiers)}
    tier = np.full(layout.ground.blocks, NOT_JUDGED)
    for area_id, code in drawn.filter(pl.col("tier").is_not_null()).select("area_id", "tier").iter_rows():
        blocks = layout.blocks_of(area_id)
        tier[blocks] = np.maximum(tier[blocks], rank[code])
    return Zones(tiers=tiers, tier=tier)
