"""Small economies made up for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from seawall.city import City, read_city
from seawall.twin.economy import Accounts, Economy, Parameters

STAGES = 5

AREAS = "area_id,parent_id,level,name,population\nC,,city,City,3000\nD0,C,district,East,1000\nD1,C,district,West,2000\n"
COUNTS = "date,area_id,event,count\n2026-01-01,D0,reports,1\n"


def folder(root: Path, sectors: str | None, flows: str | None, areas: str = AREAS) -> City:
    """A city folder with these tables."""
    (root / "city.toml").write_text('name = "City"\n')
    (root / "areas.csv").write_text(areas)
    (root / "counts.csv").write_text(COUNTS)
    for name, text in (("sectors", sectors), ("flows", flows)):
        if text is not None:
            (root / f"{name}.csv").write_text(text)
    return read_city(root)


def accounts(
    added,
    deliveries=None,
    *,
    sectors=None,
    districts=1,
    workers=1000.0,
    remote=0.0,
    essential=False,
) -> Accounts:
    """Value added by sector, spread evenly over districts."""
    added = np.asarray(added, dtype=float)
    shape = (districts, added.size)
    return Accounts(
        districts=tuple(f"D{one}" for one in range(districts)),
        sectors=tuple(sectors or (f"Sector {one}" for one in range(added.size))),
        workers=np.full(shape, float(workers)),
        output=np.tile(added / districts, (districts, 1)),
        remote=np.broadcast_to(np.asarray(remote, dtype=float), shape).copy(),
        essential=np.broadcast_to(np.asarray(essential, dtype=bool), shape).copy(),
        deliveries=None if deliveries is None else np.asarray(deliveries, dtype=float),
    )


def economy(of: Accounts, parameters: Parameters | None = None, residents: float = 100_000.0) -> Economy:
    """An economy whose twin has the workers of the table."""
    districts, sectors = of.output.shape
    return Economy(
        accounts=of,
        workers=of.workers.copy(),
        residents=np.full(districts, residents / districts),
        ages=np.ones((sectors, 16)),
        parameters=parameters or Parameters(),
    )


def nothing(days: int, of: Accounts) -> tuple[np.ndarray, np.ndarray]:
    """No pupils away, no deaths."""
    return np.zeros((days, len(of.districts), STAGES)), np.zeros((days, len(of.districts)))


def closed(of: Accounts, days: int, share, start: int = 0, stop: int | None = None) -> dict[str, np.ndarray]:
    """Worker-days away while a share of each sector is kept away from `start` up to, not including, `stop`."""
    limited = np.zeros((days, *of.output.shape))
    limited[start : days if stop is None else stop] = np.asarray(share) * of.workers
    return {"limited": limited, "limited_lost": limited}
