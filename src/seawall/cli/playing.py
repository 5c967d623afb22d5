"""What the commands that play the twin share: the folder, and what its reports say of today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seawall.city import City
    from seawall.watch.situation import Situation


@contextmanager
def city_folder(city: Path | None, tell: Callable[[str], None]) -> Iterator[Path]:
    """The folder to play; the example city in a folder that goes away afterwards."""
    if city is not None:
        yield city
        return
    from seawall.city.example import write_example

    with TemporaryDirectory(prefix="seawall-") as beside:
        root = Path(beside) / "example"
        tell("making the example city")
        write_example(root, seed=1, progress=lambda step: tell(f"example city: {step}"))
        yield root


def situation_of(city: City, on: date, seed: int, tell: Callable[[str], None]) -> Situation:
    """What the city's reports say of a day."""
    from seawall.watch.assess import assess

    return assess(city, on, seed=seed, progress=tell)
