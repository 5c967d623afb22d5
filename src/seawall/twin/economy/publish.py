"""The numbers of the economy as a page of the reference, written from the code."""

from __future__ import annotations

from pathlib import Path

from seawall.core import describe_quantities
from seawall.core.quantity import Quantity
from seawall.twin.economy.losses import Prices
from seawall.twin.economy.parameters import WORSE, Parameters

_HEAD = """# Numbers of the economy

<!-- Written by seawall.twin.economy.publish.write_economy from the code; do not edit. -->

What is not known about how a city's economy takes a shock. The range of each number is its plausible range: a value
outside it is refused, and the low and the high end of every loss are found with all numbers at the end that loses
least, and all at the end that loses most (the column *worse*; where it is empty the number stays as it is). What is
done with them is told in {doc}`../science/economy`.
"""

_PRICES = """
## What a year is worth

Used only where losses are added up in money (`societal_loss`). They are conventions: no option is chosen by them, and
for each pair of options the value of a life year at which they are equal is told instead.
"""


def economy_page() -> str:
    """The page in Markdown."""
    shock = _table(describe_quantities(Parameters), worse=True)
    return f"{_HEAD}\n{shock}\n{_PRICES}\n{_table(describe_quantities(Prices), worse=False)}\n"


def write_economy(reference: Path) -> None:
    """Write ``economy.md`` into the folder of reference pages."""
    (reference / "economy.md").write_text(economy_page(), encoding="utf-8")


def _table(quantities: tuple[Quantity, ...], *, worse: bool) -> str:
    """One row a number."""
    head = ["number", "value", "range", *(["worse"] if worse else []), "unit", "what it is", "source"]
    rows = [head, ["---"] * len(head)]
    for one in quantities:
        end = [WORSE.get(one.name, "")] if worse else []
        span = f"{one.low:g} to {one.high:g}"
        rows.append([f"`{one.name}`", f"{one.default:g}", span, *end, one.unit, one.about, one.source])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
