"""Curves over time: reports, nowcast, reproduction number, share in control, delays, forecast."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from seawall.brief.figures.style import (
    BAND,
    COMMUNITY,
    CONTROL,
    INK,
    LINE,
    OTHER,
    RULE,
    SOFT,
    count_axis,
    date_axis,
    note,
    ordinal,
    paint,
)
from seawall.brief.words import Words, msg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FAR_BEYOND = 3.0
"""A forecast's upper end is cut where it exceeds this many times everything else drawn."""


def epidemic_curve(curve: pl.DataFrame, words: Words, *, title: str, alt: str) -> str:
    """Reports by day, stacked by how they were found, with the mean of the week behind."""
    days = curve["date"].to_list()

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        x = [ordinal(day) for day in days]
        total = _numbers(curve, "reports")
        held, free = _numbers(curve, "in_control"), _numbers(curve, "in_community")
        split = bool(np.nansum(held + free))
        if split:
            base = np.nan_to_num(free)
            _steps(axes, x, np.zeros(len(x)), base, face=COMMUNITY, hatch="////", edge="#ffffff")
            _steps(axes, x, base, base + np.nan_to_num(held), face=CONTROL)
            rest = np.clip(np.nan_to_num(total) - base - np.nan_to_num(held), 0, None)
            if rest.sum() > 0:
                top = base + np.nan_to_num(held)
                _steps(axes, x, top, top + rest, face=RULE)
        else:
            _steps(axes, x, np.zeros(len(x)), np.nan_to_num(total), face=CONTROL)
        axes.plot(x, _numbers(curve, "mean7"), color=INK, linewidth=1.2)
        missing = [position for position, value in zip(x, total, strict=True) if np.isnan(value)]
        for position in missing:
            axes.axvspan(position - 0.5, position + 0.5, color=RULE, linewidth=0)
        entries = [("line", words.say(msg("mean of 7 days")))]
        if split:
            entries = [
                ("control", words.say(msg("found in control"))),
                ("community", words.say(msg("found in the community"))),
                *entries,
            ]
            if np.nansum(np.clip(total - np.nan_to_num(held) - np.nan_to_num(free), 0, None)) > 0:
                entries.insert(0, ("rest", words.say(msg("not told"))))
        if missing:
            entries.append(("missing", words.say(msg("not reported"))))
        _legend(axes, entries)
        axes.set_ylim(0, max(float(np.nanmax(total, initial=1.0)) * 1.05, 1.0))
        count_axis(axes, words)
        date_axis(axes, days[0], days[-1], words)

    return paint(draw, words, name="curve", height=2.2, title=title, alt=alt)


def origins(curve: pl.DataFrame, words: Words, *, title: str, alt: str) -> str:
    """Imported beside local reports, each in its own panel so that the smaller is not lost."""
    days = curve["date"].to_list()

    def draw(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True)
        x = [ordinal(day) for day in days]
        for axes, column, label, face in (
            (upper, "local", words.say(msg("local")), BAND),
            (lower, "imported", words.say(msg("imported")), OTHER),
        ):
            values = _numbers(curve, column)
            _steps(axes, x, np.zeros(len(x)), np.nan_to_num(values), face=face)
            axes.set_ylim(0, max(float(np.nanmax(values, initial=1.0)) * 1.15, 1.0))
            axes.set_title(label, loc="left", color=SOFT, pad=2)
            count_axis(axes, words)
        date_axis(lower, days[0], days[-1], words)

    return paint(draw, words, name="origins", height=2.2, title=title, alt=alt)


def nowcast(table: pl.DataFrame, words: Words, *, trusted: float, title: str, alt: str) -> str:
    """Events by onset or specimen: reported so far, expected in the end, and the days too incomplete to trust."""
    days = table["date"].to_list()

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        x = [ordinal(day) for day in days]
        reported = _numbers(table, "reported")
        _steps(axes, x, np.zeros(len(x)), reported, face=OTHER)
        low, middle, high = (_numbers(table, column) for column in ("q5", "q50", "q95"))
        axes.fill_between(x, low, high, color=BAND, alpha=0.25, linewidth=0)
        axes.plot(x, middle, color=LINE, linewidth=1.4)
        top = float(np.nanmax(np.concatenate([reported, middle * 1.6, [1.0]])))
        top = max(top, min(float(np.nanmax(high, initial=1.0)), 2 * top))
        axes.set_ylim(0, top * 1.08)
        unsure = [day for day, share in zip(days, table["completeness"].to_list(), strict=True) if share < trusted]
        if unsure:
            start = ordinal(min(unsure)) - 0.5
            axes.axvspan(start, ordinal(days[-1]) + 0.5, facecolor="none", edgecolor=RULE, hatch="//", linewidth=0)
            axes.axvline(start, color=SOFT, linewidth=0.6, linestyle=(0, (2, 2)))
            note(axes, start - 0.3, top * 1.05, words.say(msg("incomplete →")), color=SOFT, ha="right", va="top")
        _legend(
            axes,
            [
                ("rest", words.say(msg("reported so far"))),
                ("median", words.say(msg("expected in the end"))),
                ("band", words.say(msg("90% interval"))),
            ],
            rest=OTHER,
        )
        count_axis(axes, words)
        date_axis(axes, days[0], days[-1], words)

    return paint(draw, words, name="nowcast", height=2.2, title=title, alt=alt)


def with_band(
    table: pl.DataFrame,
    words: Words,
    *,
    name: str,
    columns: tuple[str, str, str],
    level: float,
    spec: str,
    title: str,
    alt: str,
    trusted_to: date | None = None,
    ceiling: float | None = None,
    floor: float | None = None,
) -> str:
    """An estimate over time with its 95 % interval and the level that matters.

    Args:
        table: rows by ``end`` or ``date``.
        words: language.
        name: id of the figure.
        columns: lower end, middle and upper end of the interval.
        level: horizontal line to read it against; NaN: none.
        spec: how the axis writes numbers.
        title, alt: for those who do not see it.
        trusted_to: last day that may be quoted; what follows is drawn as not to be trusted.
        ceiling, floor: ends of the axis at most.
    """
    clock = "end" if "end" in table.columns else "date"
    days = table[clock].to_list()

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        x = [ordinal(day) for day in days]
        low, middle, high = (_numbers(table, column) for column in columns)
        axes.fill_between(x, low, high, color=BAND, alpha=0.25, linewidth=0)
        axes.plot(x, middle, color=LINE, linewidth=1.4)
        if not np.isnan(level):
            axes.axhline(level, color=COMMUNITY, linewidth=0.9, linestyle=(0, (4, 2)))
        top = float(np.nanmax(high, initial=0.0))
        if ceiling is not None:
            top = min(top, ceiling)
        least = float(np.nanmin(low, initial=0.0))
        if floor is not None:
            least = max(least, floor)
        top = max(top, least + 0.1)
        axes.set_ylim(least, top + (top - least) * 0.06)
        if trusted_to is not None and trusted_to < days[-1]:
            start = ordinal(trusted_to) + 0.5
            axes.axvspan(start, x[-1] + 0.5, facecolor="none", edgecolor=RULE, hatch="//", linewidth=0)
            note(axes, start - 0.3, top, words.say(msg("incomplete →")), color=SOFT, ha="right", va="top")
        count_axis(axes, words, spec=spec)
        date_axis(axes, days[0], days[-1], words)

    return paint(draw, words, name=name, height=1.9, title=title, alt=alt)


def forecast_fan(
    curve: pl.DataFrame, forecast: pl.DataFrame, baseline: pl.DataFrame, words: Words, *, title: str, alt: str
) -> str:
    """The last four weeks and the next two, with 50 % and 90 % intervals, beside the naive baseline."""
    past = curve.tail(28)
    days, ahead = past["date"].to_list(), forecast["target_end_date"].to_list()
    on = days[-1]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        x = [ordinal(day) for day in days]
        reports = _numbers(past, "reports")
        axes.plot(x, reports, "o", color=INK, markersize=2.2)
        axes.plot(x, _numbers(past, "mean7"), color=INK, linewidth=0.9)
        future = [ordinal(day) for day in ahead]
        quantile = {column: _numbers(forecast, column) for column in ("q5", "q25", "q50", "q75", "q95")}
        axes.fill_between(future, quantile["q5"], quantile["q95"], color=BAND, alpha=0.18, linewidth=0)
        axes.fill_between(future, quantile["q25"], quantile["q75"], color=BAND, alpha=0.35, linewidth=0)
        axes.plot(future, quantile["q50"], color=LINE, linewidth=1.5)
        naive = np.array([0.0])
        if baseline.height:
            naive = _numbers(baseline, "q50")
            naive_x = [ordinal(day) for day in baseline["target_end_date"].to_list()]
            axes.plot(naive_x, naive, color=COMMUNITY, linewidth=1.1, linestyle=(0, (3, 2)))
            for column in ("q5", "q95"):
                axes.plot(naive_x, _numbers(baseline, column), color=COMMUNITY, linewidth=0.6, linestyle=(0, (1, 2)))
        plain = max(float(np.nanmax(reports, initial=1.0)), float(np.nanmax(quantile["q50"], initial=1.0)), naive.max())
        highest = float(np.nanmax(quantile["q95"], initial=1.0))
        top = min(highest, FAR_BEYOND * plain)
        axes.set_ylim(0, max(top, plain) * 1.08)
        axes.axvline(ordinal(on) + 0.5, color=SOFT, linewidth=0.6)
        note(
            axes, ordinal(on) + 0.2, max(top, plain) * 1.06, words.spell(on, "short"), color=SOFT, ha="right", va="top"
        )
        if highest > top:
            text = words.say(msg("↑ to {high:~}"), high=highest)
            note(axes, future[-1] + 0.3, top * 1.06, text, color=SOFT, ha="right", va="top")
        _legend(
            axes,
            [
                ("dot", words.say(msg("reported"))),
                ("median", words.say(msg("forecast"))),
                ("half", words.say(msg("50% interval"))),
                ("band", words.say(msg("90% interval"))),
                *([("naive", words.say(msg("naive baseline")))] if baseline.height else []),
            ],
        )
        count_axis(axes, words)
        date_axis(axes, days[0], max([*ahead, on]), words, anchor=on)

    return paint(draw, words, name="forecast", height=2.3, title=title, alt=alt)


def delay_trend(rows: pl.DataFrame, words: Words, *, name: str, title: str, alt: str, small: bool = False) -> str:
    """One delay week by week: median, the span from the 10th to the 90th percentile, and the target."""
    days = rows["period_end"].to_list()

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        x = [ordinal(day) for day in days]
        axes.fill_between(x, _numbers(rows, "q10"), _numbers(rows, "p90"), color=BAND, alpha=0.18, linewidth=0)
        axes.plot(x, _numbers(rows, "median"), color=LINE, linewidth=1.4, marker="o", markersize=2.4)
        target = rows["target_days"][-1]
        if target is not None:
            axes.axhline(target, color=COMMUNITY, linewidth=0.9, linestyle=(0, (4, 2)))
        high = np.concatenate([_numbers(rows, "p90"), [float(target or 0)], [1.0]])
        axes.set_ylim(float(np.nanmin(_numbers(rows, "q10"), initial=0.0)), float(np.nanmax(high)) * 1.1)
        count_axis(axes, words, spec=".0")
        if len(days) > 1:
            date_axis(axes, days[0], days[-1], words, most=3 if small else 5)
        else:
            axes.set_xticks([x[0]], [words.spell(days[0], "short")])
            axes.set_xlim(x[0] - 3.5, x[0] + 3.5)

    width, height = (2.3, 0.95) if small else (3.6, 1.5)
    return paint(draw, words, name=name, width=width, height=height, title=title, alt=alt)


def _numbers(table: pl.DataFrame, column: str) -> np.ndarray:
    return table[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _steps(
    axes: Axes,
    x: list[int],
    low: np.ndarray,
    high: np.ndarray,
    *,
    face: str,
    hatch: str | None = None,
    edge: str | None = None,
) -> None:
    """Bars without gaps, as one shape: a hundred days weigh as little as ten."""
    left, right = [x[0] - 1, *x, x[-1] + 1], 1
    low = np.concatenate([low[:1], low, low[-right:]])
    high = np.concatenate([high[:1], high, high[-right:]])
    axes.fill_between(
        left, low, high, step="mid", facecolor=face, hatch=hatch, edgecolor=edge or face, linewidth=0 if edge else 0.2
    )


def _legend(axes: Axes, entries: list[tuple[str, str]], *, rest: str = RULE) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    marks = {
        "control": Patch(facecolor=CONTROL),
        "community": Patch(facecolor=COMMUNITY, hatch="////", edgecolor="#ffffff", linewidth=0),
        "rest": Patch(facecolor=rest),
        "missing": Patch(facecolor=RULE),
        "band": Patch(facecolor=BAND, alpha=0.22),
        "half": Patch(facecolor=BAND, alpha=0.5),
        "line": Line2D([], [], color=INK, linewidth=1.2),
        "median": Line2D([], [], color=LINE, linewidth=1.5),
        "dot": Line2D([], [], color=INK, marker="o", markersize=2.6, linestyle="none"),
        "naive": Line2D([], [], color=COMMUNITY, linewidth=1.1, linestyle=(0, (3, 2))),
    }
    axes.figure.legend(
        [marks[kind] for kind, _ in entries],
        [text for _, text in entries],
        loc="outside upper left",
        ncols=3,
        frameon=False,
        fontsize=7,
        handlelength=1.4,
        handletextpad=0.5,
        columnspacing=1.2,
        borderaxespad=0.2,
        labelspacing=0.25,
    )
