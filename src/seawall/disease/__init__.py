"""How infection runs in one person and passes to the next: delays, growth and the catalogue of pathogens."""

from seawall.disease.catalogue import CATALOGUE, pathogen
from seawall.disease.clinical import Accuracy, ClinicalCourse
from seawall.disease.compile import compartments_by_day, course_from_profile, course_of, plain_course
from seawall.disease.course import Course
from seawall.disease.delays import Delay, discretised, discretised_serial_interval
from seawall.disease.disease_x import ANCHORS, disease_x, reproduction_under_control
from seawall.disease.evidence import AgeProfile, DelayEvidence, Evidence
from seawall.disease.immunity import Histories, History, LastingProtection, NoProtection, Protection
from seawall.disease.offspring import (
    critical_coverage,
    final_size,
    herd_threshold,
    p_chains_end,
    p_infects_nobody,
    share_of_people_behind,
    sir_peak_prevalence,
)
from seawall.disease.pathogen import Pathogen
from seawall.disease.pooling import best_pool, expected_tests_per_person
from seawall.disease.quarantine import (
    Entrant,
    Quarantine,
    infections_after_release,
    relative_adherence_needed,
    relative_utility,
    transmission_prevented,
    traveller_transmission_left,
    traveller_transmission_prevented,
)
from seawall.disease.renewal import (
    doubling_days,
    growth_from_compartments,
    growth_from_reproduction,
    reproduction_from_growth,
)
from seawall.disease.viral_load import LoadShape, ScreeningEffect, screening_effect, trajectories
from seawall.disease.waning import PRODUCTS, Waning, waning_of

__all__ = [
    "ANCHORS",
    "CATALOGUE",
    "PRODUCTS",
    "Accuracy",
    "AgeProfile",
    "ClinicalCourse",
    "Course",
    "Delay",
    "DelayEvidence",
    "Entrant",
    "Evidence",
    "Histories",
    "History",
    "LastingProtection",
    "LoadShape",
    "NoProtection",
    "Pathogen",
    "Protection",
    "Quarantine",
    "ScreeningEffect",
    "Waning",
    "best_pool",
    "compartments_by_day",
    "course_from_profile",
    "course_of",
    "critical_coverage",
    "discretised",
    "discretised_serial_interval",
    "disease_x",
    "doubling_days",
    "expected_tests_per_person",
    "final_size",
    "growth_from_compartments",
    "growth_from_reproduction",
    "herd_threshold",
    "infections_after_release",
    "p_chains_end",
    "p_infects_nobody",
    "pathogen",
    "plain_course",
    "relative_adherence_needed",
    "relative_utility",
    "reproduction_from_growth",
    "reproduction_under_control",
    "screening_effect",
    "share_of_people_behind",
    "sir_peak_prevalence",
    "trajectories",
    "transmission_prevented",
    "traveller_transmission_left",
    "traveller_transmission_prevented",
    "waning_of",
]
