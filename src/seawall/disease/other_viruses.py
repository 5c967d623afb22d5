"""Influenza and measles."""

from __future__ import annotations

from seawall.disease import severity
from seawall.disease.delays import Delay
from seawall.disease.evidence import DelayEvidence, Evidence
from seawall.disease.pathogen import Pathogen

_DAEDALUS = "DAEDALUS model, jameel-institute/daedalus, sevenpathogens.csv; range assumed"
_LESSLER = "Lessler et al. 2009, doi:10.1016/S1473-3099(09)70069-6"
_BIGGERSTAFF = "Biggerstaff et al. 2014, doi:10.1186/1471-2334-14-480, median and quartiles of published values"
_VINK = "Vink, Bootsma and Wallinga 2014, doi:10.1093/aje/kwu209"

_FLU_ASYMPTOMATIC = Evidence(0.331, 0.16, 0.50, _DAEDALUS, "found")
_FLU_RELATIVE = Evidence(0.58, 0.3, 1.0, _DAEDALUS, "found")
_FLU_PRESYMPTOMATIC = Evidence(0.40, 0.30, 0.50, "Range recalled, low confidence; value assumed", "assumed")
_FLU_LATENT = Evidence(1.1, 0.7, 2.0, _DAEDALUS, "found")
_FLU_INFECTIOUS = Evidence(2.5, 1.5, 5.0, _DAEDALUS, "found")
_FLU_HOSPITAL = Evidence(5.0, 3.0, 10.0, _DAEDALUS, "found")
_FLU_INCUBATION = DelayEvidence(
    delay=Delay.lognormal_median(1.4, 1.51),
    mean_low=1.4,
    mean_high=1.7,
    source=_LESSLER + ", influenza A, median 1.4, dispersion 1.51",
    confidence="recalled",
)

INFLUENZA_2009 = Pathogen(
    key="influenza-2009",
    name="Influenza A(H1N1), 2009",
    name_zh="甲型H1N1流感(2009)",
    name_hant="甲型H1N1流感(2009)",
    basic_reproduction_number=Evidence(1.46, 1.30, 1.70, _BIGGERSTAFF, "found"),
    dispersion=Evidence(1.5, 1.0, 2.4, "Range recalled, low confidence; value assumed", "assumed"),
    asymptomatic_share=_FLU_ASYMPTOMATIC,
    asymptomatic_infectiousness=_FLU_RELATIVE,
    presymptomatic_share=_FLU_PRESYMPTOMATIC,
    latent_days=_FLU_LATENT,
    infectious_days=_FLU_INFECTIOUS,
    hospital_days=_FLU_HOSPITAL,
    household_attack_rate=Evidence(0.125, 0.10, 0.15, "Range recalled; value its middle", "recalled"),
    incubation=_FLU_INCUBATION,
    generation=DelayEvidence(
        delay=Delay(family="gamma", mean_days=2.8, sd_days=1.5),
        mean_low=2.6,
        mean_high=3.2,
        source="Range recalled from Boëlle et al. 2011, doi:10.1111/j.1750-2659.2011.00234.x; value the serial "
        "interval; spread as in EpiEstim's example of 2009",
        confidence="recalled",
        basis="realised",
    ),
    serial_interval=DelayEvidence(
        delay=Delay(family="gamma", mean_days=2.8, sd_days=1.5),
        mean_low=2.2,
        mean_high=3.6,
        source=_VINK + "; range A(H3N2) in the same and Cowling et al. 2009; spread as in EpiEstim's example of 2009",
        confidence="found",
    ),
    fatality=severity.FLU_2009_FATALITY,
    hospitalisation=severity.FLU_2009_ADMISSION,
    caution="The older were partly immune: severity by age is per infection, susceptibility is not in it.",
)

INFLUENZA_1918 = Pathogen(
    key="influenza-1918",
    name="Influenza like 1918",
    name_zh="1918型大流感",
    name_hant="1918型大流感",
    basic_reproduction_number=Evidence(1.80, 1.47, 2.5, _BIGGERSTAFF + "; upper end DAEDALUS model", "found"),
    dispersion=Evidence(0.94, 0.59, 1.72, "Fraser et al. 2011, doi:10.1093/aje/kwr122", "recalled"),
    asymptomatic_share=_FLU_ASYMPTOMATIC,
    asymptomatic_infectiousness=_FLU_RELATIVE,
    presymptomatic_share=_FLU_PRESYMPTOMATIC,
    latent_days=_FLU_LATENT,
    infectious_days=_FLU_INFECTIOUS,
    hospital_days=_FLU_HOSPITAL,
    household_attack_rate=Evidence(0.15, 0.05, 0.30, "Assumed, near influenza 2009", "assumed"),
    incubation=_FLU_INCUBATION,
    generation=DelayEvidence(
        delay=Delay(family="gamma", mean_days=3.0, sd_days=1.5),
        mean_low=2.6,
        mean_high=3.6,
        source="Range recalled; spread assumed as for influenza 2009",
        confidence="recalled",
        basis="realised",
    ),
    serial_interval=DelayEvidence(
        delay=Delay(family="gamma", mean_days=3.0, sd_days=1.5),
        mean_low=2.2,
        mean_high=3.6,
        source="About 3 days, recalled; range and spread as for influenza 2009",
        confidence="recalled",
    ),
    fatality=severity.FLU_1918_FATALITY,
    hospitalisation=severity.FLU_1918_ADMISSION,
    caution="Severity is that of 1918, without antibiotics, antivirals or oxygen.",
)

MEASLES = Pathogen(
    key="measles",
    name="Measles",
    name_zh="麻疹",
    name_hant="麻疹",
    basic_reproduction_number=Evidence(
        15.0, 12.0, 18.0, "Range of 12-18 as in Guerra et al. 2017, doi:10.1016/S1473-3099(17)30307-9", "recalled"
    ),
    dispersion=Evidence(
        0.23, 0.13, 0.40, "Lloyd-Smith et al. 2005, doi:10.1038/nature04153; range assumed", "recalled"
    ),
    asymptomatic_share=Evidence(0.0, 0.0, 0.05, "About none in the unvaccinated; upper end assumed", "recalled"),
    asymptomatic_infectiousness=Evidence(0.0, 0.0, 0.3, "Assumed", "assumed"),
    presymptomatic_share=Evidence(
        0.5, 0.3, 0.6, "Infectious from 4 days before to 4 days after the rash; recalled", "recalled"
    ),
    latent_days=Evidence(9.0, 8.0, 10.0, "Range recalled; value its middle", "recalled"),
    infectious_days=Evidence(8.0, 6.0, 9.0, "4 days before to 4 days after the rash; range assumed", "recalled"),
    hospital_days=Evidence(5.0, 3.0, 8.0, "Assumed", "assumed"),
    household_attack_rate=Evidence(0.90, 0.75, 0.95, "About 90 % of the susceptible; range assumed", "recalled"),
    incubation=DelayEvidence(
        delay=Delay.lognormal_median(12.5, 1.23),
        mean_low=11.8,
        mean_high=13.3,
        source=_LESSLER + ", median 12.5, dispersion 1.23",
        confidence="recalled",
    ),
    generation=DelayEvidence(
        delay=Delay(family="gamma", mean_days=11.7, sd_days=2.5),
        mean_low=10.0,
        mean_high=14.9,
        source=_VINK + ", serial interval taken as generation time; spread and range assumed",
        confidence="found",
        basis="realised",
    ),
    serial_interval=DelayEvidence(
        delay=Delay(family="gamma", mean_days=11.7, sd_days=2.5),
        mean_low=10.0,
        mean_high=14.9,
        source=_VINK + "; upper end Hagelloch 1861 as EpiEstim has it; spread assumed",
        confidence="found",
    ),
    fatality=severity.MEASLES_FATALITY,
    caution="The basic reproduction number holds for a population without immunity; vaccination sets the real one.",
)
