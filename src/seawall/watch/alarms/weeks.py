"""Weekly sums of daily counts."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np


def weekly_sums(counts: np.ndarray, start: date, *, last: date) -> tuple[np.ndarray, list[date]]:
    """Sums of whole weeks, each from the day after `last`'s weekday to that weekday.

    Args:
        counts: float, shape (day, series). NaN: not reported.
        start: date of the first row.
        last: a last day of a week; the weeks that end on its weekday are summed.

    Returns:
        float, shape (week, series): NaN where a day of the week was not reported; and the last day of
        each week. Days before the first and after the last whole week are left out.
    """
    end = start + timedelta(days=len(counts) - 1)
    newest = last + timedelta(days=7 * ((end - last).days // 7))
    kept = (newest - start).days + 1
    weeks = max(kept // 7, 0)
    skipped = kept - 7 * weeks
    whole = counts[skipped : skipped + 7 * weeks].reshape(weeks, 7, counts.shape[1])
    return whole.sum(axis=1), [newest - timedelta(days=7 * (weeks - 1 - week)) for week in range(weeks)]
