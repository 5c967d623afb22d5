"""What commands on a city share: its folder, and what its reports say of today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seawall.city import City
    from seawall.twin.study import Question
    from seawall.watch.situation import Situation


@contextmanager
def city_folder(city: Path | None, tell: Callable[[str], None], *, seed: int = 1) -> Iterator[Path]:
    """The folder asked for; else the example city of this seed, in a folder that goes away afterwards."""
    if city is not None:
        yield city
        return
    from seawall.city.example import write_example

    with TemporaryDirectory(prefix="seawall-") as beside:
        root = Path(beside) / "example"
        tell("making the example city")
        write_example(root, seed=seed, progress=lambda step: tell(f"example city: {step}"))
        yield root


def city_today(root: Path, question: Question, tell: Callable[[str], None]) -> tuple[City, Situation | None]:
    """The city in a folder, and what its reports say of the evening before a study begins.

    Returns:
        No situation where the study begins afresh, or the folder holds no reports.

    Raises:
        InvalidInput: the folder cannot be used.
    """
    from seawall.city import open_city
    from seawall.twin.study import last_reported

    tell("checking the folder")
    city = open_city(root, today=datetime.now().astimezone().date())
    last = last_reported(city)
    if question.infected is not None or last is None:
        return city, None
    from seawall.watch.assess import assess

    on = last if question.start is None else question.start - timedelta(days=1)
    return city, assess(city, on, seed=question.seed, progress=tell)
