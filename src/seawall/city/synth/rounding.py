"""Whole people from shares of people, with every sum kept."""

from __future__ import annotations

import numpy as np

_GOLDEN = 0.6180339887498949


def largest_remainder(total: int, weights: np.ndarray) -> np.ndarray:
    """Whole numbers in proportion to `weights` that add up to `total`; int64, shape of `weights`.

    Equal shares where all weights are 0.
    """
    weights = np.asarray(weights, dtype=float)
    if weights.sum() <= 0:
        weights = np.ones_like(weights)
    exact = total * (weights / weights.sum())
    found = np.floor(exact).astype(np.int64)
    rest = int(total - found.sum())
    found[np.argsort(found - exact, kind="stable")[:rest]] += 1
    return np.asarray(found)


def split_by_shares(counts: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Divide the count of each row in proportion to the same shares; rows keep their sums.

    What rounding takes from one row it gives to another, so that columns hardly differ from their share of all.

    Args:
        counts: int, shape (row,).
        shares: float, shape (column,), at least one above 0.

    Returns:
        int64, shape (row, column).
    """
    edges = np.concatenate([[0.0], np.cumsum(shares) / np.sum(shares)])
    edges[-1] = 1.0
    shift = (np.arange(counts.size) * _GOLDEN) % 1.0
    upto = np.floor(counts[:, None] * edges[None, :] + shift[:, None]).astype(np.int64)
    return np.diff(upto, axis=1)


def table_with_margins(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Whole numbers near the product of two margins, with both margins kept exactly.

    Row r holds ``rows[r]`` tokens spread evenly over 0 to 1; reading tokens from 0 upwards, the first ``columns[0]``
    make up column 0, and so on.

    Args:
        rows: int, shape (row,).
        columns: int, shape (column,), with the same sum.

    Returns:
        int64, shape (row, column).
    """
    shift = (0.5 + np.arange(rows.size) * _GOLDEN) % 1.0
    found = np.zeros((rows.size, columns.size + 1), dtype=np.int64)
    found[:, -1] = rows
    wanted = np.cumsum(columns)
    for column in range(columns.size - 1):
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            if np.floor(rows * middle + shift).sum() > wanted[column]:
                high = middle
            else:
                low = middle
        upto = np.floor(rows * low + shift).astype(np.int64)
        after = np.minimum(np.floor(rows * high + shift).astype(np.int64), rows)
        rest = int(wanted[column] - upto.sum())
        ready = np.nonzero(after > upto)[0][:rest]  # tokens that lie at the same point, in the order of rows
        upto[ready] += 1
        found[:, column + 1] = np.maximum(upto, found[:, column])
    return np.diff(found, axis=1)
