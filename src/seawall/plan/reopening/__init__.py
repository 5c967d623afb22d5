"""Which sectors and firms open first, how far and under what conditions, so that beds, tests and growth allow it."""

from seawall.plan.reopening.front import Ask, Planned, plan_reopening, read_question, write_plan
from seawall.plan.reopening.instruments import Relief, read_relief, shipped_relief
from seawall.plan.reopening.seek import Limits
from seawall.plan.reopening.terms import Calendar, Terms

__all__ = [
    "Ask",
    "Calendar",
    "Limits",
    "Planned",
    "Relief",
    "Terms",
    "plan_reopening",
    "read_question",
    "read_relief",
    "shipped_relief",
    "write_plan",
]
