"""Two ways to the same zones: the engine, the reviewer's walk along a reason, and a day-by-day simulation."""

import dataclasses
import json
from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest

from seawall.city import Area, AreaTree
from seawall.core.draws import generator
from seawall.zones import Seen, draw_zones, load_rules, shipped, tier_from_reason
from seawall.zones.judge import NOT_JUDGED, follow, ranks
from seawall.zones.measure import Series, measure
from seawall.zones.seen import INFECTIONS, PLACES, ROUNDS
from seawall.zones.vocabulary import INPUTS

ON = date(2022, 8, 30)
ANCHORED = [key for key in shipped() if load_rules(key).anchored is not None]
JUDGED = [key for key in shipped() if load_rules(key).judged is not None]
AREAS = AreaTree.of(
    [
        Area(area_id="C", parent_id=None, level="city", name="City"),
        Area(area_id="D1", parent_id="C", level="district", name="East", population=50_000),
        Area(area_id="D2", parent_id="C", level="district", name="West", population=50_000),
    ]
)
PLACE_AREA = {f"P{n}": "D1" if n % 2 else "D2" for n in range(60)}


def random_world(seed, days=60):
    """Sixty addresses with sparse infections over two months, and a few full rounds."""
    rng = generator(seed, "zone twins")
    rows = []
    for place, area in PLACE_AREA.items():
        found = np.flatnonzero(rng.random(days) < rng.choice([0.01, 0.05, 0.2]))
        rows += [(ON - timedelta(days=int(ago)), area, place, 2.0, float(rng.integers(0, 3)), False) for ago in found]
    tested = [(ON - timedelta(days=int(ago)), "D1", 50_000.0, 0.0) for ago in np.flatnonzero(rng.random(days) < 0.15)]
    return Seen(
        on=ON,
        areas=AREAS,
        infections=pl.DataFrame(rows, schema=INFECTIONS, orient="row"),
        places=pl.DataFrame([(p, a, "residence", 100.0) for p, a in PLACE_AREA.items()], schema=PLACES, orient="row"),
        rounds=pl.DataFrame(tested, schema=ROUNDS, orient="row"),
    )


def lived_through(rules, days_found, round_days):
    """One address, day by day, as a ward would keep it: tier and since when, on the last day.

    Each morning the zone ends if its quiet days and its round are behind it; then the day's findings come in.
    """
    anchored = rules.anchored
    opening = anchored.stages[anchored.triggers[0].stage]
    stage, since, first_quiet = None, None, None
    day = min(days_found)
    while day <= ON:
        if stage is not None:
            quiet = (day - first_quiet).days  # whole quiet days before this one
            ended = quiet >= stage.quiet_days
            if ended and stage.exit_round is not None:
                from_day = first_quiet + timedelta(days=stage.exit_round.on_day - 1)
                ended = any(from_day <= taken < day for taken in round_days)
                if not ended and quiet >= stage.quiet_days + anchored.pending_days:
                    stage = None
            if ended:
                stage = anchored.stages[stage.then] if stage.then else None
                since = first_quiet = day
        if day in days_found:
            if stage is not opening:
                stage, since = opening, day
            first_quiet = day + timedelta(days=1 - anchored.day_zero)
        day += timedelta(days=1)
    return (None, None) if stage is None else (stage.tier, since)


@pytest.mark.parametrize("key", ANCHORED)
@pytest.mark.parametrize("seed", range(4))
def test_the_engine_draws_what_a_ward_would_keep_day_by_day(key, seed):
    rules, seen = load_rules(key), random_world(seed)
    drawn = {
        row["place_id"]: (row["tier"], row["since"]) for row in draw_zones(seen, rules).zones.iter_rows(named=True)
    }
    counted = seen.infections.filter(pl.col("outside") > 0)
    lived = {}
    for (place,), rows in counted.partition_by("place_id", as_dict=True).items():
        rounds = set(seen.rounds["date"]) if PLACE_AREA[place] == "D1" else set()
        lived[place] = lived_through(rules, set(rows["date"]), rounds)
    assert drawn == {place: life for place, life in lived.items() if life[0] is not None}
    assert len(drawn) > 5


@pytest.mark.parametrize("key", ANCHORED)
def test_rule_and_facts_give_the_tier_again_anchored(key):
    rules = load_rules(key)
    codes = set()
    for seed in range(4):
        for zone in draw_zones(random_world(seed), rules).zones.iter_rows(named=True):
            assert tier_from_reason(rules, zone["reason"]) == zone["tier"]
            codes.add(json.loads(zone["reason"])["code"])
    assert "infection_found" in codes


@pytest.mark.parametrize("key", ["china-9th"])
def test_changed_facts_give_another_tier(key):
    rules = load_rules(key)
    zone = draw_zones(random_world(1), rules).zones.filter(pl.col("tier") == "high").row(0, named=True)
    message = json.loads(zone["reason"])
    message["facts"]["on"] = str(ON + timedelta(days=60))
    assert tier_from_reason(rules, json.dumps(message)) == "low"


def random_series(seed, days=90, areas=12):
    rng = generator(seed, "zone series")
    values = {}
    level = 10 ** rng.uniform(-1, 2.6, size=areas) * np.exp(np.cumsum(rng.normal(0, 0.12, size=(days, areas)), axis=0))
    for name, known in INPUTS.items():
        if known.kind == "unit":
            continue
        if known.burden:
            values[name] = rng.poisson(level * rng.uniform(0.02, 1.0)).astype(float)
        else:
            values[name] = np.tile(rng.uniform(50, 9000, size=areas), (days, 1))
        lost = rng.random((days, areas)) < 0.03
        values[name][lost] = np.nan
        if rng.random() < 0.4:
            values[name][:, 0] = np.nan
    return Series(values=values, residents=np.full(areas, 50_000.0))


def judged_world(seed):
    series = random_series(seed)
    names = tuple(f"A{n}" for n in range(12))
    tree = AreaTree.of(
        [
            Area(area_id="C", parent_id=None, level="city", name="City"),
            *(Area(area_id=name, parent_id="C", level="district", name=name, population=50_000) for name in names),
            *(
                Area(area_id=f"S{name}", parent_id=name, level="subdistrict", name=name, population=50_000)
                for name in names
            ),
        ]
    )
    return Seen(
        on=ON,
        areas=tree,
        series={"district": series, "subdistrict": series},
        level_areas={"district": names, "subdistrict": tuple(f"S{name}" for name in names)},
    )


@pytest.mark.parametrize("key", JUDGED)
def test_rule_and_facts_give_the_tier_again_judged(key):
    rules = load_rules(key)
    seen_tiers = set()
    for seed in range(6):
        for zone in draw_zones(judged_world(seed), rules).zones.iter_rows(named=True):
            message = json.loads(zone["reason"])
            if message["code"] == "stands_on_last_judgement":
                continue
            assert tier_from_reason(rules, zone["reason"]) == zone["tier"], message
            seen_tiers.add(zone["tier"])
    assert len(seen_tiers) >= 2


@pytest.mark.parametrize("key", JUDGED)
def test_indicators_equal_a_plain_sum_over_the_window(key):
    """Each indicator on each day for each area, by loops over the window and Python's own arithmetic."""
    judged = load_rules(key).judged
    series = random_series(3, days=40, areas=3)
    found = measure(judged, series)
    for name, indicator in judged.indicators.items():
        for day in range(40):
            for area in range(3):
                expected = by_hand(judged, indicator, series, day, area)
                got = found[name].value[day, area]
                assert (np.isnan(expected) and np.isnan(got)) or got == pytest.approx(expected, abs=2e-9), (name, day)


def by_hand(judged, indicator, series, day, area):
    def side(name):
        if name is None:
            return 1.0
        if name == "residents":
            return float(series.residents[area])
        last = day - indicator.delay_days
        window = [series.of(name)[d, area] for d in range(max(0, last - indicator.window_days + 1), last + 1)]
        told = [value for value in window if not np.isnan(value)]
        if indicator.statistic == "last":
            return told[-1] if told else np.nan
        if len(told) < indicator.min_days:
            return np.nan
        return sum(told) if indicator.statistic == "sum" else sum(told) / len(told)

    below = side(indicator.denominator)
    value = indicator.per * side(indicator.numerator) / below if below > 0 else np.nan
    if indicator.uptake:
        value = (
            value + value * (100 - by_hand(judged, judged.indicators[indicator.uptake], series, day, area)) / 100
        ) / 2
    return round(value, 9 if indicator.decimals is None else indicator.decimals) if not np.isnan(value) else value


@pytest.mark.parametrize("key", JUDGED)
def test_the_clocks_equal_looking_back_over_all_days(key):
    """Entering and leaving by counting back through the whole past, one area and day at a time."""
    rules = load_rules(key)
    series = random_series(5, days=70, areas=6)
    values = {name: part.value for name, part in measure(rules.judged, series).items()}
    raw = ranks(rules, values)
    days = [ON - timedelta(days=69 - day) for day in range(70)]
    state = follow(rules, raw, days).state
    for area in range(6):
        before, silent = NOT_JUDGED, 0
        past: list[tuple[int, bool]] = []
        for day in range(70):
            now = int(raw[day, area])
            counts = days[day].isoweekday() in rules.judged.leave_weekdays and days[day] not in rules.judged.holidays
            if now == NOT_JUDGED:
                silent += 1
                if rules.unknown is not None or silent > rules.judged.expires_days:
                    before, past = NOT_JUDGED, []
                assert state[day, area] == before
                continue
            silent = 0
            past.append((now, counts))
            before = max(place for place in range(len(rules.ladder)) if stands(rules, place, before, past))
            assert state[day, area] == before, (area, day)


def stands(rules, place, before, past):
    """Whether an area may be in a tier: reached long enough, or in force and not left long enough."""
    first = 1 - rules.judged.day_zero
    tier = rules.ladder[place]
    reached = 0
    for rank, _ in reversed(past):
        if rank < place:
            break
        reached += 1
    left = 0
    for rank, counts in reversed(past):
        if not counts:
            continue
        if rank >= place:
            break
        left += 1
    return place == 0 or reached >= tier.enter_days + first or (before >= place and left < tier.leave_days + first)


def test_totals_equal_a_recount_in_sql(tmp_path):
    drawn = draw_zones(random_world(2), load_rules("china-8th"))
    zones = drawn.zones
    zones.write_csv(tmp_path / "zones.csv")
    again = duckdb.sql(
        "SELECT tier, count(*), sum(residents), sum(residents * date_diff('day', DATE '2022-08-30', until)) "
        f"FROM read_csv('{tmp_path / 'zones.csv'}') GROUP BY tier ORDER BY tier"
    ).fetchall()
    told = drawn.totals.sort("tier").select("tier", "zones", "residents", "person_days").rows()
    assert [tuple(row) for row in told] == [tuple(row) for row in again]
    assert zones.height > 10


@pytest.mark.parametrize("key", ANCHORED)
def test_the_earliest_end_comes_when_nothing_is_found_and_everybody_is_tested(key):
    """Each zone's `until` against maps of the days that follow, with a full round every day from tomorrow on."""
    rules, seen = load_rules(key), random_world(6)
    tomorrow = [(ON + timedelta(days=n), area, 50_000.0, 0.0) for n in range(1, 25) for area in ("D1", "D2")]
    tested = pl.concat([seen.rounds, pl.DataFrame(tomorrow, schema=ROUNDS, orient="row")])
    today = {row["place_id"]: row for row in draw_zones(seen, rules).zones.iter_rows(named=True)}
    left: dict[str, date] = {}
    for ahead in range(1, 25):
        on = ON + timedelta(days=ahead)
        later = dataclasses.replace(seen, on=on, rounds=tested.filter(pl.col("date") <= on))
        held = {row["place_id"]: row["tier"] for row in draw_zones(later, rules).zones.iter_rows(named=True)}
        for place, zone in today.items():
            if held.get(place) != zone["tier"]:
                left.setdefault(place, on)
    assert left == {place: zone["until"] for place, zone in today.items()}
    assert len(left) > 5


@pytest.mark.parametrize("key", [key for key in JUDGED if "district" in load_rules(key).judged.levels])
def test_the_earliest_end_comes_when_disease_stops_at_once(key):
    """Each area's `until` against maps of the days that follow, without an infection, a patient or a death."""
    rules, seen = load_rules(key), judged_world(4)
    drawn = draw_zones(seen, rules).zones.filter(pl.col("unit") == "district", pl.col("until").is_not_null())
    order = [tier.code for tier in rules.ladder]
    for zone in drawn.iter_rows(named=True):
        ended = None
        for ahead in range(1, 160):
            later = draw_zones(carried_on(seen, ahead), rules).zones
            tier = later.filter(pl.col("area_id") == zone["area_id"])["tier"].item()
            if tier in order and order.index(tier) < order.index(zone["tier"]):
                ended = ON + timedelta(days=ahead)
                break
        assert ended == zone["until"]
        break  # one area a rule set: the days are many


def carried_on(seen, ahead):
    """The same world some days later: nothing of disease, tests as in the last week, beds as they are."""
    series = {}
    for level, now in seen.series.items():
        values = {}
        for name, row in now.values.items():
            week = [[n for n in column if not np.isnan(n)] for column in row[-7:].T]
            kept = [0.0 if INPUTS[name].burden else sum(told) / len(told) if told else np.nan for told in week]
            values[name] = np.vstack([row, np.tile(kept, (ahead, 1))])
        series[level] = dataclasses.replace(now, values=values)
    return dataclasses.replace(seen, on=seen.on + timedelta(days=ahead), series=series)
