"""The tables and pictures of the page of a review."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from seawall.brief.document import Cell, Figure, Grid
from seawall.brief.figures.reviewed import Bar, Fan, fans, forest
from seawall.brief.measure_words import measure_label
from seawall.brief.review_words import ACTIONS, EVENTS, METHODS, RULES, SIDES, TANGLED, VERDICTS, WHY_NOT
from seawall.brief.words import Words, msg
from seawall.review.calibration import ALL
from seawall.review.counterfactual import PER_INFECTION
from seawall.review.decision import LEVELS, Decision
from seawall.review.effects import GROWTH, RATIO
from seawall.review.review import Review
from seawall.review.write import TOGETHER

MOST_ROWS = 14
"""Measures pictured."""

AVERTED = "infections_averted"


@dataclass(frozen=True, kw_only=True)
class ReviewDesk:
    """What every part of the page is made from: the review, the language and the folder of the tables."""

    found: Review
    words: Words
    folder: Path

    def event(self, event: str) -> str:
        """An event in words; as it stands where it has none."""
        return self.words.say(EVENTS[event]) if event in EVENTS else event.replace("_", " ")

    def measure(self, name: str) -> str:
        """A measure in words."""
        return measure_label(name, self.words)

    def bundle(self, names: Sequence[str]) -> str:
        """Measures that stand in one row."""
        return TOGETHER.join(self.measure(name) for name in names)

    def named(self, decision: Decision) -> str:
        """A decision in words."""
        strategy = decision.strategy
        name = strategy.name if self.words.lang == "en" else strategy.name_zh or strategy.name
        return f"{name}, {self.words.spell(decision.on, 'date')}"

    def fan(self, decision: Decision) -> Figure | None:
        """What was expected by day, and what came."""
        words, panels = self.words, []
        days = decision.expected["date"].unique().sort().to_list()
        for event in decision.events:
            expected = decision.expected.filter(pl.col("event") == event)
            came = self.found.came.filter(pl.col("event") == event)
            if expected.height != len(days) or came.is_empty():
                continue
            known = dict(came.select("date", "observation").iter_rows())
            panels.append(
                Fan(
                    heading=self.event(event),
                    bands=expected.select(*LEVELS).to_numpy().T,
                    came=np.array([known.get(day, math.nan) for day in days]),
                )
            )
        if not panels:
            return None
        title = words.say(msg("Expected and come: {name}"), name=self.named(decision))
        alt = words.say(msg("Bands over 50% and 90% of what was expected, and a dot for each day that came."))
        name = f"fan-{self.found.decisions.index(decision)}"
        svg = fans(days, panels, words, name=name, title=title, alt=alt)
        return _figure(name, svg, title, alt, "scores.csv")

    def grid(self, name: str, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], **more: Any) -> Grid:
        """A table; `numeric` in `more` names the columns set flush right by number."""
        numeric = more.get("numeric", ())
        return Grid(
            name=name,
            title=title,
            heads=tuple(self.words.say(head) for head in heads),
            numeric=tuple(at in numeric for at in range(len(heads))),
            rows=tuple(tuple(Cell(text=text) for text in row) for row in rows),
            note=more.get("note", ""),
            table=more.get("table", ""),
            mark="",
        )

    def calibration(self) -> Grid:
        """Coverage, score and bias by decision and event."""
        found, words = self.found, self.words
        titles = {one.name: self.named(one) for one in found.decisions} | {ALL: words.say(msg("all decisions"))}
        shown = found.calibration.filter(pl.col("horizon_week") == 0)
        if len(found.decisions) == 1:
            shown = shown.filter(pl.col("decision") != ALL)
        shares = ("coverage_50", "coverage_90", "below_5", "above_95")
        rows = [
            (
                titles[row["decision"]],
                self.event(row["event"]),
                words.spell(row["n"], "n"),
                *(words.spell(row[name], "%") for name in shares),
                words.spell(row["relative_wis"], ".2"),
                words.spell(row["bias"], ".2"),
            )
            for row in shown.iter_rows(named=True)
        ]
        heads = (
            msg("Decision"),
            msg("Event"),
            msg("Days"),
            msg("Within 50%"),
            msg("Within 90%"),
            msg("Below 90%"),
            msg("Above 90%"),
            msg("Against no change"),
            msg("Bias"),
        )
        note = words.say(
            msg(
                "Well calibrated: 50% and 90% within, 5% below and 5% above. Against no change: mean interval score "
                "over that of expecting the last value to stay; below 1 is better. Bias above 0: more came than was "
                "expected."
            )
        )
        title = words.say(msg("Calibration of the city's own decisions"))
        numeric = range(2, len(heads))
        return self.grid("calibration", title, heads, rows, numeric=numeric, note=note, table="calibration.csv")

    def due(self) -> Grid:
        """When to decide anew."""
        words = self.words
        titles = {one.name: self.named(one) for one in self.found.decisions}
        rows = [
            (
                titles[row["decision"]],
                words.say(SIDES[row["side"]], event=self.event(row["event"]), days=row["days"]),
                words.say(msg("not so far")) if row["on"] is None else words.spell(row["on"], "date"),
            )
            for row in self.found.due.iter_rows(named=True)
        ]
        heads = (msg("Decision"), msg("Trigger"), msg("Went off"))
        return self.grid("due", words.say(msg("When to decide anew")), heads, rows, table="due.csv")

    def forecasts(self) -> Grid:
        """The scores of the forecasts on record."""
        words = self.words
        rows = [
            (
                row["model_id"],
                words.spell(row["n"], "n"),
                words.spell(row["coverage_50"], "%"),
                words.spell(row["coverage_90"], "%"),
                words.spell(row["wis"], "~"),
                words.spell(row["relative_wis"], ".2"),
            )
            for row in self.found.forecasts.iter_rows(named=True)
        ]
        heads = (
            msg("Model"),
            msg("Forecasts"),
            msg("Within 50%"),
            msg("Within 90%"),
            msg("Interval score"),
            msg("Relative score"),
        )
        title = words.say(msg("Forecasts on record"))
        return self.grid("forecasts", title, heads, rows, numeric=range(1, 6), table="forecast_scores.csv")

    def forest(self) -> Iterator[Figure]:
        """Estimates beside the line of no effect."""
        words, rows = self.words, []
        known = self.found.effects.filter(pl.col("estimate").is_not_null() & pl.col("what").is_in((GROWTH, AVERTED)))
        for names in dict.fromkeys(tuple(row) for row in known["measures"]):
            mine = [row for row in known.iter_rows(named=True) if tuple(row["measures"]) == names]
            left = [_bar(row) for row in mine if row["what"] == GROWTH]
            right = [_bar(row) for row in mine if row["what"] == AVERTED]
            rows.append((self.bundle(names), left, right))
        if not rows:
            return
        title = words.say(msg("What each measure did"))
        alt = words.say(
            msg(
                "A mark at the estimate, a line over its 90% interval. Left of the line at 0: reports grew more slowly."
            )
        )
        svg = forest(rows[:MOST_ROWS], words, name="forest", title=title, alt=alt)
        yield _figure("forest", svg, title, alt, "effects.csv")

    def effects(self) -> Grid:
        """What the reports say of each measure by each method, with intervals."""
        words, rows = self.words, []
        known = self.found.effects.filter(pl.col("method") != "twin")
        keys = [(tuple(row["measures"]), row["method"]) for row in known.iter_rows(named=True)]
        for names, method in dict.fromkeys(keys):
            mine = {
                row["what"]: row
                for row in known.iter_rows(named=True)
                if (tuple(row["measures"]), row["method"]) == (names, method)
            }
            growth = mine[GROWTH]
            parts = [words.say(VERDICTS[growth["verdict"]])]
            if growth["why_not"]:
                parts.append(words.say(WHY_NOT[growth["why_not"]]))
            if growth["disturbed_by"]:
                parts.append(words.say(msg("disturbed by {names}"), names=growth["disturbed_by"]))
            said = ("; " if words.lang == "en" else "\N{FULLWIDTH SEMICOLON}").join(parts)
            end = self.estimate(mine[RATIO]) if RATIO in mine else "–"
            rows.append((self.bundle(names), words.say(METHODS[method]), self.estimate(growth), end, said))
        heads = (
            msg("Measure"),
            msg("By"),
            msg("Change of the daily growth of reports"),
            msg("Reports at the end against the old course"),
            msg("It says"),
        )
        title = words.say(msg("What the reports say"))
        return self.grid("effects", title, heads, rows, numeric=(2, 3), table="effects.csv")

    def twin(self) -> Grid:
        """What the twin says of each measure, with intervals of the mean."""
        words, rows = self.words, []
        known = self.found.effects.filter(pl.col("method") == "twin")
        for names in dict.fromkeys(tuple(row) for row in known["measures"]):
            mine = {row["what"]: row for row in known.iter_rows(named=True) if tuple(row["measures"]) == names}
            why = mine[PER_INFECTION]["why_not"]
            last = self.estimate(mine[PER_INFECTION]) if why is None else words.say(WHY_NOT[why])
            amounts = [self.estimate(mine[what]) for what in (AVERTED, "deaths_averted", "restricted_days_added")]
            rows.append((self.bundle(names), *amounts, last))
        heads = (
            msg("Measure"),
            msg("Infections averted"),
            msg("Deaths averted"),
            msg("Person-days restricted, more"),
            msg("Person-days restricted for each infection averted"),
        )
        title = words.say(msg("What the twin says: played with and without, with the same luck"))
        return self.grid("twin", title, heads, rows, numeric=range(1, 5), table="effects.csv")

    def estimate(self, row: dict[str, Any]) -> str:
        """An estimate with its interval, as a reader reads it."""
        words = self.words
        kind = {GROWTH: ".3", RATIO: ".2"}.get(row["what"], "~")
        if row["estimate"] is None:
            return "–"
        if row["low"] is None or row["high"] is None:
            return f"{words.spell(row['estimate'], kind)} ({words.say(msg('no interval'))})"
        return words.with_interval(row["estimate"], row["low"], row["high"], kind)

    def tangles(self) -> Grid:
        """What cannot be told apart."""
        words = self.words
        rows = [
            (
                words.listed([self.measure(name) for name in one.measures]),
                words.say(METHODS[one.method]),
                words.say(TANGLED[one.why]),
            )
            for one in self.found.tangles
        ]
        heads = (msg("Measures"), msg("By"), msg("Why"))
        return self.grid("tangles", words.say(msg("What cannot be told apart")), heads, rows)

    def proposals(self) -> Grid:
        """What is proposed for each measure, and why."""
        words = self.words
        assert self.found.proposal is not None
        rows = [
            (
                self.measure(row["measure"]),
                words.say(ACTIONS[row["action"]]),
                f"{row['was']} → {row['becomes']}" if row["becomes"] else "",
                words.say(RULES[row["rule"]]),
            )
            for row in self.found.proposal.reasons.iter_rows(named=True)
        ]
        heads = (msg("Measure"), msg("Proposal"), msg("Change"), msg("Reason"))
        return self.grid("proposals", words.say(msg("The next version")), heads, rows, table="proposals.csv")

    def provenance(self) -> Grid:
        """Where each decision comes from."""
        words = self.words
        rows = [
            (
                self.named(one),
                words.spell(one.version, "n"),
                one.by or "–",
                one.why or "–",
                one.fingerprint or "–",
                one.software or "–",
                str(one.seed),
            )
            for one in self.found.decisions
        ]
        heads = (
            msg("Decision"),
            msg("Version"),
            msg("Decided by"),
            msg("Reason"),
            msg("Data, fingerprint"),
            msg("Software"),
            msg("Seed"),
        )
        return self.grid("provenance", words.say(msg("Provenance")), heads, rows, numeric=(1, 6))


def _figure(name: str, svg: str, title: str, alt: str, table: str) -> Figure:
    return Figure(name=name, svg=svg, title=title, alt=alt, caption=alt, stamp="", table=table, mark="")


def _bar(row: dict[str, Any]) -> Bar:
    low, high = (math.nan if row[end] is None else float(row[end]) for end in ("low", "high"))
    return Bar(method=row["method"], estimate=float(row["estimate"]), low=low, high=high)
