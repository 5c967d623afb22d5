"""What is not known about how a city's economy takes a shock: each number with its unit, range and source."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np

from seawall.core import Fault, InvalidInput, check_quantities, describe_quantities, quantity

LAW = "Labour Law of the People's Republic of China, articles 41 and 44"
LIN_GANG = (
    "Lin-gang, Shanghai, 16 May 2022: 69 % of workers back, 45 % of capacity used, or 0.65 a worker "
    "(China Daily, 18 May 2022), which has shortages of parts in it; the rest assumed"
)
GOOLSBEE = (
    "Goolsbee and Syverson 2021, doi:10.1016/j.jpubeco.2020.104311: visits fell by 60 points in spring 2020, "
    "of which the law explains 7"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How an economy takes a shock. The range of each number is where its low and high end are looked for."""

    home_productivity: float = quantity(
        0.88,
        unit="fraction of a day's work",
        low=0.8,
        high=1.0,
        source="Gibbs, Mengel and Siemroth 2023, doi:10.1086/721803: output an hour fell by 8 to 19 %",
        about="What a day at home yields of a day at the workplace, in work that can be done at home.",
    )
    remote_first: float = quantity(
        0.5,
        unit="fraction",
        low=0,
        high=1,
        source="assumed",
        about="Who stays away under a limit: 0 drawn from all workers, 1 those whose work can be done at home first.",
    )
    confined_able: float = quantity(
        0.5,
        unit="fraction of the confined",
        low=0,
        high=1,
        source="assumed",
        about="Share of workers in isolation or quarantine who are well and equipped to work.",
    )
    loop_productivity: float = quantity(
        0.8,
        unit="fraction of a day's work",
        low=0.65,
        high=1.0,
        source=LIN_GANG,
        about="What a day in a closed loop yields of a usual day.",
    )
    control_loss: float = quantity(
        0.1,
        unit="fraction of a day's work",
        low=0,
        high=0.2,
        source="assumed",
        about="Lost to tests, passes and checks by who attends where orders keep everybody else away; in proportion "
        "where they keep some away.",
    )
    no_other_carer: float = quantity(
        0.3,
        unit="fraction of families",
        low=0.1,
        high=0.7,
        source="high end: Bauer 2020, Brookings, 70 % of working parents in the United States have no other carer; "
        "lower where grandparents care (Chen, Liu and Mair 2011, doi:10.1093/sf/sor012); the value assumed",
        about="Families in which a parent must stay with a young child who is not at school.",
    )
    children_per_carer: float = quantity(
        1.3,
        unit="child",
        low=1.0,
        high=1.6,
        source="assumed",
        about="Children of kindergarten or primary school whom one parent at home looks after.",
    )
    stock_days: float = quantity(
        10.0,
        unit="day",
        low=4.0,
        high=30.0,
        source="assumed; Pichler et al. 2022, doi:10.1016/j.jedc.2022.104527, have days to weeks by industry",
        about="Days of usual use of an input that buyers have in store and order up to.",
    )
    reorder_days: float = quantity(
        10.0,
        unit="day",
        low=1.0,
        high=60.0,
        source="Pichler et al. 2022, doi:10.1016/j.jedc.2022.104527 (recalled)",
        about="Days in which a gap in the stores is ordered back, and over which orders follow output.",
    )
    critical_share: float = quantity(
        0.25,
        unit="fraction of purchases",
        low=0.1,
        high=1.0,
        source="assumed, in place of the survey in Pichler et al. 2022",
        about="An input that makes up so much of what a sector buys is critical: without it work stops.",
    )
    important_share: float = quantity(
        0.1,
        unit="fraction of purchases",
        low=0.03,
        high=1.0,
        source="assumed, in place of the survey in Pichler et al. 2022",
        about="An input that makes up so much of what a sector buys is important: without it half of the work stops.",
    )
    replaced: float = quantity(
        0.5,
        unit="fraction of a missing input",
        low=0,
        high=0.9,
        source="assumed: a city buys from other cities as long as roads are open",
        about="What buyers get from outside the city instead of an input that it lacks.",
    )
    essential_binds: float = quantity(
        0.25,
        unit="fraction",
        low=0,
        high=1,
        source="assumed",
        about="How far inputs bind in essential sectors, whom a city under restrictions serves first; 1 as elsewhere.",
    )
    important_binds: float = quantity(
        0.5,
        unit="fraction",
        low=0,
        high=1,
        source="Pichler et al. 2022, doi:10.1016/j.jedc.2022.104527 (recalled)",
        about="How far the lack of an important input binds; 1 as a critical one, 0 not at all.",
    )
    unsold: float = quantity(
        0.5,
        unit="fraction of missing orders",
        low=0,
        high=1,
        source="assumed",
        about="Orders that a sector does not get from others in the city and cannot replace from outside.",
    )
    fear: float = quantity(
        0.05,
        unit="per death per 100,000 residents",
        low=0,
        high=0.12,
        source="assumed; the form of Pangallo et al. 2024, doi:10.1038/s41562-023-01747-x",
        about="How fast customers stay away as deaths of the last `fear_days` rise.",
    )
    fear_days: float = quantity(
        14.0, unit="day", low=7, high=28, source="assumed", about="Days over which customers remember deaths."
    )
    fear_at_most: float = quantity(
        0.53,
        unit="fraction of customers",
        low=0.3,
        high=0.6,
        source=GOOLSBEE,
        about="Customers who stay away at most out of fear.",
    )
    waits_goods: float = quantity(
        0.8,
        unit="fraction of lost output",
        low=0.5,
        high=0.95,
        source="assumed",
        about="Lost orders for what can be stored (goods, building) that wait to be made later.",
    )
    waits_knowledge: float = quantity(
        0.5,
        unit="fraction of lost output",
        low=0.2,
        high=0.8,
        source="assumed",
        about="Lost orders of offices, finance, software and research that wait to be done later.",
    )
    waits_services: float = quantity(
        0.1,
        unit="fraction of lost output",
        low=0,
        high=0.3,
        source="assumed",
        about="Lost orders of services to customers, trade, transport, care and teaching that wait.",
    )
    orders_lost: float = quantity(
        0.02,
        unit="per day",
        low=0.005,
        high=0.05,
        source="assumed: half of what waits is gone after 35 days",
        about="Share of waiting orders that go elsewhere each day.",
    )
    extra_shift: float = quantity(
        0.2,
        unit="fraction of usual output",
        low=0.05,
        high=0.21,
        source=LAW + ": 36 hours a month at most, of 174",
        about="Output above the usual that extra shifts can give.",
    )
    back_at: float = quantity(
        0.9,
        unit="fraction of usual work",
        low=0.6,
        high=0.97,
        source="assumed",
        about="Extra shifts are worked once so much of the usual work is there again.",
    )
    shift_premium: float = quantity(
        0.5,
        unit="fraction of pay",
        low=0.5,
        high=1.0,
        source=LAW + ": 150 % of pay on working days, 200 % on days of rest",
        about="Pay for an hour of an extra shift above the usual.",
    )
    labour_share: float = quantity(
        0.5,
        unit="fraction of value added",
        low=0.4,
        high=0.6,
        source="pay of employees in the national accounts of China, about one half (recalled)",
        about="Share of value added that is pay.",
    )
    learnt_away: float = quantity(
        0.33,
        unit="fraction of a school day",
        low=0,
        high=0.66,
        source="0.33 in DAEDALUS (jameel-institute/daedalus); the range assumed, p2_drivers draws it from 0 to 1",
        about="What a pupil who is not at school learns of a school day.",
    )

    def __post_init__(self) -> None:
        check_quantities(self)
        if self.important_share > self.critical_share:
            raise InvalidInput(
                "The parameters of the economy contradict each other.",
                [
                    Fault(
                        file="Parameters",
                        column="important_share",
                        problem=f"{self.important_share:g} is above critical_share, {self.critical_share:g}",
                        mend="Give an important_share that is not above critical_share",
                    )
                ],
            )


End = Literal["low", "high"]

WORSE: dict[str, End] = {
    "home_productivity": "low",
    "remote_first": "low",
    "confined_able": "low",
    "loop_productivity": "low",
    "control_loss": "high",
    "no_other_carer": "high",
    "children_per_carer": "low",
    "stock_days": "low",
    "critical_share": "low",
    "important_share": "low",
    "replaced": "low",
    "essential_binds": "high",
    "unsold": "high",
    "fear": "high",
    "fear_at_most": "high",
    "waits_goods": "low",
    "waits_knowledge": "low",
    "waits_services": "low",
    "orders_lost": "high",
    "extra_shift": "low",
    "back_at": "high",
    "shift_premium": "high",
    "labour_share": "high",
    "learnt_away": "low",
}
"""Which end of its range loses more. What is not named stays where it is."""


def corners(parameters: Parameters) -> tuple[Parameters, Parameters, Parameters]:
    """The parameters themselves, all at the end that loses least, all at the end that loses most.

    Wider than an interval of chance: it is the range over what is not known, if all of it lay at one end.
    """
    ranges = {declared.name: declared for declared in describe_quantities(Parameters)}
    mild = {name: ranges[name].low if end == "high" else ranges[name].high for name, end in WORSE.items()}
    harsh = {name: ranges[name].high if end == "high" else ranges[name].low for name, end in WORSE.items()}
    return parameters, dataclasses.replace(parameters, **mild), dataclasses.replace(parameters, **harsh)


def stacked(parameters: tuple[Parameters, ...], name: str, dimensions: int = 3) -> np.ndarray:
    """One number of several sets, float64, shape (set, 1, ...) with so many dimensions after the first."""
    values = np.array([getattr(one, name) for one in parameters], dtype=float)
    return values.reshape(-1, *[1] * dimensions)
