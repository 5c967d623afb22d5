"""How infection runs in one person and passes to the next: delays, growth and the catalogue of pathogens."""

from seawall.disease.delays import Delay, discretised, discretised_serial_interval
from seawall.disease.renewal import (
    doubling_days,
    growth_from_compartments,
    growth_from_reproduction,
    reproduction_from_growth,
)

__all__ = [
    "Delay",
    "discretised",
    "discretised_serial_interval",
    "doubling_days",
    "growth_from_compartments",
    "growth_from_reproduction",
    "reproduction_from_growth",
]
