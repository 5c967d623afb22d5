"""Figures small enough to stand in a table: a curve without axes, a bar without a scale."""

from __future__ import annotations

from collections.abc import Sequence

from seawall.brief.figures.style import BAND, INK, RULE

SPARK_WIDTH, SPARK_HEIGHT = 90, 20


def spark(values: Sequence[float | None]) -> str:
    """A curve as small as a word; the last value marked, days without a report left open."""
    known = [value for value in values if value is not None]
    top = max([*known, 1.0])
    step = SPARK_WIDTH / max(len(values) - 1, 1)
    lines: list[list[str]] = [[]]
    spot = None
    for position, value in enumerate(values):
        if value is None:
            lines.append([])
            continue
        x, y = position * step, SPARK_HEIGHT - 2 - value / top * (SPARK_HEIGHT - 4)
        lines[-1].append(f"{x:.1f},{y:.1f}")
        spot = (x, y)
    drawn = "".join(
        f'<polyline points="{" ".join(line)}" fill="none" stroke="{BAND}" stroke-width="1.2"/>'
        for line in lines
        if len(line) > 1
    )
    end = f'<circle cx="{spot[0]:.1f}" cy="{spot[1]:.1f}" r="1.8" fill="{INK}"/>' if spot else ""
    return _svg(f'<path d="M0 {SPARK_HEIGHT - 1}H{SPARK_WIDTH}" stroke="{RULE}" stroke-width="0.8"/>{drawn}{end}')


def bar(share: float) -> str:
    """A bar whose length is a share of the longest beside it."""
    return _svg(f'<rect x="0" y="5" width="{max(share, 0.0) * SPARK_WIDTH:.1f}" height="10" fill="{BAND}"/>')


def _svg(body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-3 0 {SPARK_WIDTH + 6} {SPARK_HEIGHT}" aria-hidden="true">'
        f"{body}</svg>"
    )
