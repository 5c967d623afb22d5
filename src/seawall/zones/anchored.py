"""Case-anchored rules: a zone opens where an infected person lives or stayed, and closes after quiet days.

Days are counted as the rule says (`day_zero`). A zone is in force on ``since <= day < until``. Any new infection
in it restarts its clock; one found in quarantine elsewhere does not where the rule leaves those out. A stage
that asks for a screening round waits for it, and lapses when nobody brings it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import polars as pl

from seawall.zones.messages import LIFTS, REASONS, note
from seawall.zones.residents import UnitSizes, zone_residents
from seawall.zones.ruleset import UNITS, Anchoring, RuleSet, Stage, Trigger
from seawall.zones.seen import Seen

UNIT = ["area_id", "place_id"]


def anchored_zones(seen: Seen, rules: RuleSet, sizes: UnitSizes) -> tuple[pl.DataFrame, list[Mapping[str, Any]]]:
    """The zones in force on the day, one row a unit, with what was known about each.

    Args:
        seen: what is seen on the day.
        rules: a case-anchored rule.
        sizes: typical sizes of units.

    Returns:
        Columns of `ZONES` and ``recent`` (infections or visits within the clock's span); notes.
    """
    anchored = rules.anchored
    assert anchored is not None
    life, notes = standing(seen, rules)
    life = life.join(seen.areas.level_of_each, on="area_id", how="left").with_columns(
        unit=pl.when(pl.col("place_id").is_not_null()).then(pl.lit("place")).otherwise("level")
    )
    life = zone_residents(life, seen.places, seen.areas, anchored.unit, sizes)
    _note_sizes(life, anchored, notes)
    if life["pending"].any() and seen.rounds.is_empty():
        notes.append(note("exit_rounds_not_seen", zones=int(life["pending"].sum())))
    return _told(life, seen, rules, anchored), notes


def standing(seen: Seen, rules: RuleSet) -> tuple[pl.DataFrame, list[Mapping[str, Any]]]:
    """Every unit that is in a zone on the day: ``area_id, place_id, tier`` and how far its clock has run; notes.

    It is all of a map but what it says of itself: residents, reasons, what would lift it.
    """
    anchored = rules.anchored
    assert anchored is not None
    notes: list[Mapping[str, Any]] = []
    levels = seen.areas.level_of_each
    lives: list[pl.DataFrame] = []
    for trigger in anchored.triggers:
        if trigger.input == "infections_by_unit":
            events = _infections(seen, anchored, levels, notes)
        else:
            events = _visits(seen, rules, anchored, trigger, notes)
        if lives and events.is_empty():
            continue
        lives.append(_lives(events, seen, anchored, trigger))
    places = {tier.code: place for place, tier in enumerate(rules.ladder)}
    life = (
        pl.concat(lives)
        .lazy()
        .with_columns(
            tier=pl.col("stage").replace_strict(
                {key: stage.tier for key, stage in anchored.stages.items()}, return_dtype=pl.String
            )
        )
        .with_columns(_rank=pl.col("tier").replace_strict(places, return_dtype=pl.Int64))
        .collect()
    )
    lapsed = life.filter(pl.col("lapsed"), pl.col("expires") > seen.on - timedelta(days=7))
    if lapsed.height:
        notes.append(note("lapsed_without_exit_round", zones=lapsed.height, days=anchored.pending_days))
    life = (
        life.lazy()
        .filter(~pl.col("lapsed"), pl.col("_rank") > 0)
        .sort("_rank", "until", descending=True)
        .unique(UNIT, keep="first", maintain_order=True)
        .collect()
    )
    return life, notes


def _infections(seen: Seen, anchored: Anchoring, levels: pl.DataFrame, notes: list[Mapping[str, Any]]) -> pl.DataFrame:
    """The infections that count, at the finest unit at which most of them are known."""
    left_out = anchored.in_control == "left_out"
    rows = seen.infections.with_columns(count=pl.col("outside" if left_out else "infections"))
    span = max(stage.quiet_days for stage in anchored.stages.values())
    recent = pl.col("date") > seen.on - timedelta(days=span)
    if left_out:
        skipped = rows.filter(recent).select((pl.col("infections") - pl.col("outside")).sum()).item()
        if skipped:
            notes.append(note("in_control_left_out", infections=int(skipped)))
    rows = (
        rows.lazy()
        .filter(pl.col("count") > 0)
        .join(levels.lazy(), on="area_id", how="left")
        .with_columns(_unit=pl.when(pl.col("place_id").is_not_null()).then(pl.lit("compound")).otherwise("level"))
        .with_columns(_fine=pl.col("_unit").replace_strict({u: i for i, u in enumerate(UNITS)}, return_dtype=pl.Int64))
        .collect()
    )
    if rows.is_empty():
        return rows.select(*UNIT, "date", "count", "at_least")
    share = rows.group_by("_fine").agg(pl.col("count").sum()).sort("_fine").with_columns(upto=pl.col("count").cum_sum())
    widest = share.filter(pl.col("upto") >= 0.5 * pl.col("count").sum())["_fine"][0]
    lost = rows.filter(pl.col("_fine") > widest, recent)["count"].sum()
    if lost:
        notes.append(note("cases_not_located", infections=int(lost), level=UNITS[widest]))
    return rows.filter(pl.col("_fine") <= widest).select(*UNIT, "date", "count", "at_least")


def _visits(
    seen: Seen, rules: RuleSet, anchored: Anchoring, trigger: Trigger, notes: list[Mapping[str, Any]]
) -> pl.DataFrame:
    """Stays of infected people within the look-back, by the day their infection was reported."""
    if seen.visits.is_empty():
        notes.append(note("visits_not_seen", tier=rules.tier(anchored.stages[trigger.stage].tier).code))
    return seen.visits.filter(pl.col("days_before") <= anchored.look_back_days).select(
        *UNIT, "date", pl.col("visits").alias("count"), pl.lit(value=False).alias("at_least"), "last_visit"
    )


def chain(anchored: Anchoring, opened_as: str) -> tuple[Stage, ...]:
    """The stages a zone passes from the one it opens in to its lifting."""
    stages = [anchored.stages[opened_as]]
    while (then := stages[-1].then) is not None:
        stages.append(anchored.stages[then])
    return tuple(stages)


def _lives(events: pl.DataFrame, seen: Seen, anchored: Anchoring, trigger: Trigger) -> pl.DataFrame:
    """Where every unit stands on the day: its stage, since when, and until when at the earliest."""
    stages = chain(anchored, trigger.stage)
    first = stages[0]
    if "last_visit" not in events.columns:
        events = events.with_columns(last_visit=pl.lit(None, dtype=pl.Date))
    area_ids = events["area_id"].unique().to_list()
    days = (
        events.lazy()
        .group_by(*UNIT, "date")
        .agg(pl.col("count").sum(), pl.col("at_least").any(), pl.col("last_visit").max())
        .sort("date")
    )
    days = _ends(days, 0, first, seen, anchored, area_ids)
    unit = [pl.col(name) for name in UNIT]
    days = days.sort(*UNIT, "date").with_columns(
        _new=(pl.col("date") >= pl.col("end0").shift(1).over(unit)).fill_null(value=True)
    )
    runs = (
        days.with_columns(_run=pl.col("_new").cum_sum().over(unit))
        .filter(pl.col("_run") == pl.col("_run").max().over(unit))
        .with_columns(_last=pl.col("date").max().over(unit))
    )
    in_span = pl.col("date") > pl.col("_last") - pl.duration(days=first.quiet_days)
    lives = runs.group_by(UNIT).agg(
        first=pl.col("date").min(),
        last=pl.col("date").max(),
        count=pl.col("count").sum(),
        recent=pl.col("count").filter(in_span).sum(),
        at_least=pl.col("at_least").any(),
        last_visit=pl.col("last_visit").max(),
        days=pl.struct("date", "count").sort_by("date").tail(14),
        **{name: pl.col(name).sort_by("date").last() for name in ("end0", "clock0", "limit0", "round0", "lapses0")},
    )
    for step, stage in enumerate(stages[1:], start=1):
        lives = _ends(lives, step, stage, seen, anchored, area_ids)
    return _in_force(lives, stages, seen, trigger).collect()


def _ends(
    rows: pl.LazyFrame, step: int, stage: Stage, seen: Seen, anchored: Anchoring, area_ids: Sequence[str]
) -> pl.LazyFrame:
    """When a stage ends, with its clock, its limit and its round; the first begins on ``date``.

    Adds ``clock``, ``limit``, ``round``, ``lapses`` and ``end``, each with the number of the step.
    """
    base = "date" if step == 0 else f"end{step - 1}"
    before = 1 - anchored.day_zero if step == 0 else 0
    clock = pl.col(base) + pl.duration(days=stage.quiet_days + before)
    rows = rows.with_columns(
        clock.alias(f"clock{step}"),
        (clock + pl.duration(days=anchored.pending_days)).alias(f"limit{step}"),
    )
    if stage.exit_round is None:
        return rows.with_columns(
            pl.lit(None, dtype=pl.Date).alias(f"round{step}"),
            pl.lit(value=False).alias(f"lapses{step}"),
            pl.col(f"clock{step}").alias(f"end{step}"),
        )
    day = stage.exit_round.on_day - anchored.day_zero if step == 0 else stage.exit_round.on_day - 1
    rounds = _rounds(seen, area_ids, stage.exit_round.coverage).lazy()
    rows = (
        rows.with_columns(_from=pl.col(base) + pl.duration(days=day))
        .sort("_from")
        .join_asof(
            rounds.rename({"date": f"round{step}"}).sort(f"round{step}"),
            left_on="_from",
            right_on=f"round{step}",
            by="area_id",
            strategy="forward",
            check_sortedness=False,
        )
        .drop("_from")
    )
    passed = pl.max_horizontal(f"clock{step}", pl.col(f"round{step}") + pl.duration(days=1))
    in_time = (pl.col(f"round{step}").is_not_null() & (passed <= pl.col(f"limit{step}"))).fill_null(value=False)
    return rows.with_columns(
        (~in_time).alias(f"lapses{step}"),
        pl.when(in_time).then(passed).otherwise(f"limit{step}").alias(f"end{step}"),
    )


def _rounds(seen: Seen, area_ids: Sequence[str], coverage: float) -> pl.DataFrame:
    """Days on which each area was screened as a whole, itself or as part of a wider one: ``area_id, date``."""
    population = {area_id: seen.areas.population(area_id) for area_id in seen.rounds["area_id"].unique()}
    known = {area_id: residents for area_id, residents in population.items() if residents}
    needed = pl.DataFrame(
        {"area_id": list(known), "residents": list(known.values())},
        schema={"area_id": pl.String, "residents": pl.Float64},
    )
    full = seen.rounds.join(needed, on="area_id").filter(pl.col("tested") >= coverage * pl.col("residents"))
    if full.is_empty():
        return full.select("area_id", "date")
    within = [
        (area_id, wider.area_id)
        for area_id in area_ids
        for wider in (seen.areas.path(area_id) if area_id in seen.areas else ())
    ]
    pairs = pl.DataFrame(within, schema={"area_id": pl.String, "wider": pl.String}, orient="row")
    return (
        pairs.join(full.select(pl.col("area_id").alias("wider"), "date"), on="wider").select("area_id", "date").unique()
    )


def _in_force(lives: pl.LazyFrame, stages: Sequence[Stage], seen: Seen, trigger: Trigger) -> pl.LazyFrame:
    """The stage each unit is in on the day; units whose zone has ended are left out."""
    on = seen.on
    after_tomorrow = pl.lit(on + timedelta(days=2))  # the day after a round that is taken tomorrow
    rounds = pl.struct([pl.col(f"round{step}").alias(stage.key) for step, stage in enumerate(stages)])
    parts = []
    alive = pl.lit(value=True)
    for step, stage in enumerate(stages):
        start = pl.col("first") if step == 0 else pl.col(f"end{step - 1}")
        here = alive & (pl.col(f"end{step}") > on)
        lapsed = alive & pl.col(f"lapses{step}") & (pl.col(f"end{step}") <= on)
        pending = pl.col(f"lapses{step}") & (pl.col(f"clock{step}") <= on)
        until = pl.col(f"end{step}")
        if stage.exit_round is not None:
            late = max(0, stage.exit_round.on_day - stage.quiet_days)
            tested = pl.max_horizontal(pl.col(f"clock{step}") + pl.duration(days=late), after_tomorrow)
            until = pl.when(f"lapses{step}").then(pl.min_horizontal(tested, f"limit{step}")).otherwise(until)
        parts.append(
            lives.filter(here | lapsed).select(
                *UNIT,
                "first",
                "last",
                "count",
                "recent",
                "at_least",
                "last_visit",
                "days",
                lapsed=lapsed,
                opened_as=pl.lit(trigger.stage),
                stage=pl.lit(stage.key),
                step=pl.lit(step),
                since=start,
                until=until,
                expires=pl.when(pl.col(f"lapses{step}")).then(f"limit{step}").otherwise(f"end{step}"),
                clock=pl.col(f"clock{step}"),
                pending=pending & here,
                rounds=rounds.struct.json_encode(),
            )
        )
        alive = alive & ~pl.col(f"lapses{step}") & (pl.col(f"end{step}") <= on)
    return pl.concat(parts)


def _note_sizes(life: pl.DataFrame, anchored: Anchoring, notes: list[Mapping[str, Any]]) -> None:
    for (unit,), group in life.partition_by("unit", as_dict=True).items():
        named = "compound" if unit == "place" else str(unit)
        if UNITS.index(named) > UNITS.index(anchored.unit):
            notes.append(note("unit_wider_than_rule", rule_unit=anchored.unit, data_unit=unit, zones=group.height))
    for (basis,), group in life.partition_by("residents_basis", as_dict=True).items():
        if basis in ("shared", "typical", "at_most"):
            notes.append(note("residents_estimated", zones=group.height, basis=basis))
        if basis == "unknown" and group["residents"].is_null().any():
            notes.append(note("residents_not_known", zones=int(group["residents"].is_null().sum())))


def _told(life: pl.DataFrame, seen: Seen, rules: RuleSet, anchored: Anchoring) -> pl.DataFrame:
    """Each zone with its reason, what would lift it and the evidence, as JSON."""
    on = pl.lit(seen.on)
    mildest = rules.ladder[0].code
    after = {key: anchored.stages[s.then].tier if s.then else mildest for key, s in anchored.stages.items()}
    quiet = {key: stage.quiet_days for key, stage in anchored.stages.items()}
    coverage = {key: s.exit_round.coverage if s.exit_round else None for key, s in anchored.stages.items()}
    on_day = {key: s.exit_round.on_day if s.exit_round else None for key, s in anchored.stages.items()}
    before = {key: next((s.tier for s in anchored.stages.values() if s.then == key), None) for key in anchored.stages}
    by_stage = pl.col("stage")
    day = (on - pl.when(pl.col("step") == 0).then("last").otherwise("since")).dt.total_days() + pl.when(
        pl.col("step") == 0
    ).then(anchored.day_zero).otherwise(1)
    life = life.with_columns(
        on=on,
        day=day,
        quiet_days=by_stage.replace_strict(quiet, return_dtype=pl.Int64),
        coverage=by_stage.replace_strict(coverage, return_dtype=pl.Float64),
        next_tier=by_stage.replace_strict(after, return_dtype=pl.String),
        from_tier=by_stage.replace_strict(before, return_dtype=pl.String),
        round_from=by_stage.replace_strict(on_day, return_dtype=pl.Int64),
        clock_done="clock",
        infections="count",
        visits="count",
        rounds=pl.col("rounds").str.json_decode(
            pl.Struct({stage.key: pl.String for stage in anchored.stages.values()})
        ),
    )
    opened = {trigger.stage: trigger.input for trigger in anchored.triggers}
    by_visit = pl.col("opened_as").replace_strict(opened, return_dtype=pl.String) == "visits_by_unit"
    reason = (
        pl.when("pending")
        .then(_message("exit_round_pending", REASONS))
        .when(pl.col("step") > 0)
        .then(_message("stepped_down", REASONS))
        .when(by_visit)
        .then(_message("visited_by_infected", REASONS))
        .otherwise(_message("infection_found", REASONS))
    )
    lifts = (
        pl.when("pending")
        .then(_message("exit_round_passed", LIFTS))
        .when(pl.col("coverage").is_not_null())
        .then(_message("quiet_days_and_exit_round", LIFTS))
        .otherwise(_message("quiet_days_pass", LIFTS))
    )
    return life.select(
        pl.lit(rules.key).alias("rules"),
        *UNIT,
        "tier",
        "since",
        "until",
        reason.alias("reason"),
        "residents",
        "unit",
        "residents_basis",
        "expires",
        lifts.alias("lifts_if"),
        pl.struct("days").struct.json_encode().alias("evidence"),
        "recent",
    )


def _message(code: str, declared: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    return pl.struct(code=pl.lit(code), facts=pl.struct(declared[code])).struct.json_encode()
