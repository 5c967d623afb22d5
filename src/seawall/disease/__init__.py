"""How infection runs in one person and passes to the next: delays, growth and the catalogue of pathogens."""

from seawall.disease.catalogue import CATALOGUE, pathogen
from seawall.disease.delays import Delay, discretised, discretised_serial_interval
from seawall.disease.disease_x import ANCHORS, disease_x, reproduction_under_control
from seawall.disease.evidence import AgeProfile, DelayEvidence, Evidence
from seawall.disease.pathogen import Pathogen
from seawall.disease.renewal import (
    doubling_days,
    growth_from_compartments,
    growth_from_reproduction,
    reproduction_from_growth,
)

__all__ = [
    "ANCHORS",
    "CATALOGUE",
    "AgeProfile",
    "Delay",
    "DelayEvidence",
    "Evidence",
    "Pathogen",
    "discretised",
    "discretised_serial_interval",
    "disease_x",
    "doubling_days",
    "growth_from_compartments",
    "growth_from_reproduction",
    "pathogen",
    "reproduction_from_growth",
    "reproduction_under_control",
]
