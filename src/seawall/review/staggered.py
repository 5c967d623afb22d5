"""Effect of a measure from districts that began at different times: growth where it held against growth where not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from seawall.core import quantity
from seawall.core.draws import generator

NEVER = 10**6
"""First day of a district in which the measure did not begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictRules:
    """How districts are held against each other."""

    span_days: int = quantity(
        7, unit="day", low=3, high=14, source="assumed", about="Days whose reports are summed before growth is taken."
    )
    least_reports: float = quantity(
        5.0,
        unit="reports in `span_days`",
        low=1,
        high=1000,
        source="assumed",
        about="Mean below which a district's growth is noise, and the district is left out.",
    )
    placebo_days: int = quantity(
        14,
        unit="day",
        low=5,
        high=60,
        source="assumed",
        about="How long before its start a measure is pretended to begin.",
    )
    most_assignments: int = quantity(
        1999,
        unit="assignments",
        low=99,
        high=100_000,
        source="assumed: enough for a p value to three digits",
        about="Ways of dealing the starts out to the districts; all where there are no more, else so many at random.",
    )
    exact_from: int = quantity(
        40,
        unit="assignments",
        low=20,
        high=1000,
        source="a 90 % interval needs p values below 0.1; 40 give steps of 0.025",
        about="Fewest assignments from which the interval comes from them; below, from leaving out each district.",
    )


RULES = DistrictRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """How much slower reports grew where a measure held.

    Attributes:
        estimate, low, high: change of the daily growth rate, with the ends of the 90 % interval.
        p: two-sided; the share of all ways of dealing out the starts that give at least as much.
        placebo, placebo_p: the same for a start pretended some days earlier, which should be nothing; NaN where there
            are too few days before.
        districts, treated: how many were used; assignments: ways of dealing the starts out.
        exact: whether the interval comes from the assignments; otherwise from leaving out each district in turn, with
            t quantiles.
    """

    estimate: float
    low: float
    high: float
    p: float
    placebo: float
    placebo_p: float
    districts: int
    treated: int
    assignments: int
    exact: bool


def growth_of(counts: np.ndarray, span: int = RULES.span_days) -> np.ndarray:
    """Daily growth rate from one span of days to the next, float, shape (day, district).

    The value of day t compares the `span` days up to t with the `span` days before; NaN where a day of either was
    not reported. Half a report is added to both, so that an empty span is no infinity; this pulls small numbers to 0.
    """
    days = counts.shape[0]
    out = np.full(counts.shape, np.nan)
    if days < 2 * span:
        return out
    sums = np.apply_along_axis(lambda column: np.convolve(column, np.ones(span), mode="valid"), 0, counts)
    out[2 * span - 1 :] = np.log((sums[span:] + 0.5) / (sums[:-span] + 0.5)) / span
    return out


def contrast(
    growth: np.ndarray, first: np.ndarray, *, seed: int, rules: DistrictRules = RULES, placebo: bool = True
) -> Contrast | None:
    """Mean effect on growth in the districts and days under a measure.

    Growth without it is imputed: a level for each district and one for each day are fitted to the days not (yet) under
    the measure, and taken from the days under it. Unlike one regression with a level for each district and day, this
    compares no district that has begun with another that began earlier, so that effects may differ between districts
    and change with time. Days whose growth spans the start are left out. The starts are then dealt out anew to the
    districts: the share of the deals that give as much is exact where every district was as likely to begin when it
    did, whatever the distribution of growth. The interval holds the effects that are not refused so.

    Args:
        growth: float, shape (day, district). See `growth_of`; NaN left out.
        first: int, shape (district,). First day (index) whose reports come from infections under the measure; `NEVER`.
        seed: of the deals, where there are too many for all.
        rules: see there.
        placebo: whether to try a start pretended earlier too.

    Returns:
        None where no day of a district under the measure has a district not under it beside it.

    Source:
        Borusyak, Jaravel and Spiess 2024, Review of Economic Studies 91:3253 (imputation).
        Rosenbaum 2002, Observational Studies, chapter 2 (randomisation intervals).
        MacKinnon, Nielsen and Webb 2023, Journal of Applied Econometrics 38:671 (leaving out clusters).
    """
    observed = _estimate(growth, first, rules.span_days)
    if observed is None:
        return None
    estimate = observed[0]
    deals = _deals(growth, first, seed, rules)
    found = [pair for deal in deals if (pair := _estimate(growth, first[deal], rules.span_days, first)) is not None]
    a, b = (np.array(column) for column in zip(*found, strict=True))
    p = _p(a, b, estimate, 0.0)
    exact = len(found) >= rules.exact_from
    low, high = _inverted(a, b, estimate) if exact else _left_out(growth, first, estimate, rules)
    before = placebo and _placebo(growth, first, seed, rules)
    return Contrast(
        estimate=estimate,
        low=low,
        high=high,
        p=p,
        placebo=before.estimate if before else math.nan,
        placebo_p=before.p if before else math.nan,
        districts=growth.shape[1],
        treated=int((first < growth.shape[0]).sum()),
        assignments=len(found),
        exact=exact,
    )


def _estimate(
    growth: np.ndarray, first: np.ndarray, span: int, shift: np.ndarray | None = None
) -> tuple[float, float] | None:
    """Mean effect under an assignment, and that of an effect of 1 under the assignment `shift` (the true one)."""
    days = np.arange(growth.shape[0])[:, None]
    whole, half = (3 * span) // 2, span // 2  # growth at t spans the middles of two spans, t - 3/2 and t - 1/2 spans
    under, free = days >= first + whole, days < first + half
    known = ~np.isnan(growth)
    fit = known & free
    per_day, per_district = fit.sum(axis=1), fit.sum(axis=0)
    use = known & under & (per_day[:, None] > 0) & (per_district > 0)
    if not use.any():
        return None
    responses = [np.where(known, growth, 0.0)]
    if shift is not None:
        ramp = np.clip((days - shift - half) / max(whole - half, 1), 0.0, 1.0)
        responses.append(ramp)
    # Normal equations of a level for each district and day; the days are taken out, they are diagonal.
    weight = np.divide(1.0, per_day, out=np.zeros(per_day.size), where=per_day > 0)
    inside = fit.astype(float)
    reduced = np.linalg.pinv(
        np.diag(per_district.astype(float)) - inside.T @ (inside * weight[:, None]), hermitian=True
    )
    found = []
    for response in responses:
        seen = np.where(fit, response, 0.0)
        of_day = weight * seen.sum(axis=1)
        of_district = reduced @ (seen.sum(axis=0) - inside.T @ of_day)
        missing = (of_day - weight * (inside @ of_district))[:, None] + of_district[None, :]
        found.append(float((response - missing)[use].mean()))
    return found[0], found[1] if shift is not None else 1.0


def _deals(growth: np.ndarray, first: np.ndarray, seed: int, rules: DistrictRules) -> Iterator[np.ndarray]:
    """Orders of the districts: every distinct way of dealing the starts out, or many at random with the true one."""
    values, counts = np.unique(np.minimum(first, growth.shape[0]), return_counts=True)
    ways = math.factorial(first.size)
    for count in counts:
        ways //= math.factorial(int(count))
    if ways <= rules.most_assignments + 1:
        holders = {value: np.nonzero(np.minimum(first, growth.shape[0]) == value)[0].tolist() for value in values}
        yield from (np.array(deal) for deal in _distinct(first.size, [holders[value] for value in values]))
        return
    rng = generator(seed, "review", "deals")
    yield np.arange(first.size)
    for _ in range(rules.most_assignments):
        yield rng.permutation(first.size)


def _distinct(size: int, groups: list[list[int]]) -> Iterator[list[int]]:
    """Every way to give each place a member of a group, members of one group being alike."""
    deal = [-1] * size

    def fill(place: int, left: list[int]) -> Iterator[list[int]]:
        if place == size:
            yield list(deal)
            return
        for index, group in enumerate(groups):
            if left[index]:
                deal[place] = group[left[index] - 1]
                left[index] -= 1
                yield from fill(place + 1, left)
                left[index] += 1

    return fill(0, [len(group) for group in groups])


def _p(a: np.ndarray, b: np.ndarray, estimate: float, effect: float) -> float:
    """Share of the deals that give at least as much as came, were this the effect."""
    return float((np.abs(a - effect * b) >= abs(estimate - effect) - 1e-12).mean())


def _inverted(a: np.ndarray, b: np.ndarray, estimate: float, level: float = 0.9) -> tuple[float, float]:
    """Ends of the effects that are not refused."""
    refused = 1 - level + 1e-12

    def end(sign: int) -> float:
        inside, step = 0.0, max(float(np.std(a)), 1e-4)
        while _p(a, b, estimate, estimate + sign * (inside + step)) > refused:
            inside += step
            step *= 1.5
            if inside > 1e3 * max(float(np.std(a)), 1e-4):
                return sign * math.inf
        outside = inside + step
        for _ in range(40):
            middle = (inside + outside) / 2
            if _p(a, b, estimate, estimate + sign * middle) > refused:
                inside = middle
            else:
                outside = middle
        return estimate + sign * outside

    return end(-1), end(1)


def _left_out(
    growth: np.ndarray, first: np.ndarray, estimate: float, rules: DistrictRules, level: float = 0.9
) -> tuple[float, float]:
    """Interval from leaving out each district in turn; unbounded where one of a side is all there is."""
    began = first < growth.shape[0]
    fewer = min(int(began.sum()), int((~began).sum())) if (~began).any() else int(np.unique(first).size)
    size = first.size
    each = []
    for district in range(size):
        keep = np.arange(size) != district
        found = _estimate(growth[:, keep], first[keep], rules.span_days)
        if found is None:
            return -math.inf, math.inf
        each.append(found[0])
    if fewer < 2:
        return -math.inf, math.inf
    spread = np.array(each) - estimate
    error = math.sqrt((size - 1) / size * float((spread**2).sum()))
    wide = float(stats.t.ppf(0.5 + level / 2, max(fewer - 1, 1))) * error
    return estimate - wide, estimate + wide


def _placebo(growth: np.ndarray, first: np.ndarray, seed: int, rules: DistrictRules) -> Contrast | None:
    """The contrast of a start pretended earlier, on the days before the first true start anywhere.

    All districts end on the same day, so that they stay exchangeable.
    """
    before = growth[: int(first.min()) + rules.span_days // 2]
    pretended = np.where(first < growth.shape[0], first - rules.placebo_days, NEVER)
    if (pretended < rules.span_days).any():
        return None
    return contrast(before, pretended, seed=seed, rules=rules, placebo=False)
