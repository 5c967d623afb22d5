"""The baseline forecast is the FluSight hub's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from seawall.watch.baseline import baseline_quantiles
from seawall.watch.hub import HUB_LEVELS

SHARED = Path(__file__).parents[2].parent / "shared" / "oracles" / "flusight"


@pytest.mark.parametrize("day", ["2023-12-09", "2024-01-06", "2024-03-09"])
def test_baseline_equals_the_hubs_file(day: str) -> None:
    if not SHARED.exists():
        pytest.skip("the FluSight oracle is not on this machine")
    names = {"location": pl.String}
    known = pl.read_csv(SHARED / f"baseline_input_{day}.csv.gz", schema_overrides=names)
    wanted = pl.read_csv(SHARED / f"baseline_expected_{day}.csv.gz", schema_overrides=names)
    worst = []
    for (place,), rows in known.sort("date").group_by("location", maintain_order=True):
        found = baseline_quantiles(rows["value"].cast(float).to_numpy(), 4)
        hub = wanted.filter(location=place).sort("horizon").select(map(str, HUB_LEVELS)).to_numpy()
        np.testing.assert_allclose(found[0], hub[0], rtol=1e-12, atol=1e-9)
        worst.append(np.abs(found[1:] - hub[1:]).max() / hub.max())
    assert len(worst) == 53
    assert max(worst) < 0.015  # the hub draws the further steps at random


def test_a_series_without_change_is_sure_and_one_without_values_says_nothing() -> None:
    assert (baseline_quantiles(np.full(9, 4.0), 3) == 4).all()
    assert np.isnan(baseline_quantiles(np.full(3, np.nan), 2)).all()


def test_missing_weeks_give_no_change_and_the_last_value_is_the_last_there() -> None:
    whole = baseline_quantiles(np.array([5.0, 9.0, np.nan, 20.0, 23.0, np.nan]), 1)
    assert whole[0, 11] == 23
    assert whole[0, -1] == pytest.approx(27, abs=0.1)  # changes are 4 and 3, not 11
