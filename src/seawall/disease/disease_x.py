"""A disease nobody has seen yet: drawn within bounds, or set like one we know."""

from __future__ import annotations

import math
from types import MappingProxyType

from seawall.core import InvalidInput
from seawall.core.draws import generator
from seawall.disease.delays import Delay
from seawall.disease.evidence import DelayEvidence, Evidence
from seawall.disease.pathogen import Pathogen
from seawall.disease.severity import SEVEN_FATALITIES

_OURS = "Our design of disease X; no single source"

_LEAST_R, _MEDIAN_EXCESS, _EXCESS_SDLOG = 10 / 11, 12 / 11, math.log(3.75) / 1.959963984540054
"""Shifted lognormal whose 2.5, 50 and 97.5 percent points are exactly 1.2, 2 and 5."""


def _assembled(
    *,
    reproduction_number: float,
    generation_mean_days: float,
    dispersion: float,
    presymptomatic_share: float,
    asymptomatic_share: float,
    shape_of: str,
    severity_times: float,
    name: str,
    name_zh: str,
    name_hant: str,
) -> Pathogen:
    """A disease X from what is drawn; everything else follows from it."""
    generation = Delay(family="gamma", mean_days=generation_mean_days, sd_days=0.5 * generation_mean_days)
    # The incubation's median is the time by which the presymptomatic share of transmission has happened.
    median = max(0.5, float(generation.quantile(max(presymptomatic_share, 0.02))))
    incubation = Delay.lognormal_median(median, 1.5)
    interval = Delay(family="gamma", mean_days=generation_mean_days, sd_days=0.6 * generation_mean_days)
    latent = float(generation.quantile(0.05))
    fatality = SEVEN_FATALITIES[shape_of].scaled(severity_times, f"{_OURS}: shape of {shape_of} x {severity_times:g}")

    def delay(of: Delay, about: str) -> DelayEvidence:
        return DelayEvidence(
            delay=of,
            mean_low=0.5 * of.mean_days,
            mean_high=2 * of.mean_days,
            source=f"{_OURS}: {about}",
            confidence="assumed",
            basis="intrinsic",
        )

    def number(value: float, low: float, high: float) -> Evidence:
        return Evidence(value, min(low, value), max(high, value), _OURS, "assumed")

    return Pathogen(
        key="disease-x",
        name=name,
        name_zh=name_zh,
        name_hant=name_hant,
        basic_reproduction_number=number(reproduction_number, 1.2, 5.0),
        dispersion=number(dispersion, 0.1, 1.0),
        asymptomatic_share=number(asymptomatic_share, 0.1, 0.4),
        asymptomatic_infectiousness=number(0.58, 0.3, 1.0),
        presymptomatic_share=number(presymptomatic_share, 0.0, 0.6),
        latent_days=number(latent, 0.5, 4.0),
        infectious_days=number(generation_mean_days, 2.0, 10.0),
        hospital_days=number(10.0, 5.0, 23.0),
        household_attack_rate=number(1 - math.exp(-0.15 * reproduction_number), 0.1, 0.6),
        incubation=delay(incubation, "median where the presymptomatic share of transmission is reached"),
        generation=delay(generation, "gamma, spread half its mean"),
        serial_interval=delay(interval, "mean of the generation time, a little wider"),
        fatality=fatality,
        caution="Invented. It stands for what is not known yet; draw many and look at the range of answers.",
    )


def disease_x(seed: int) -> Pathogen:
    """Draw one disease X, all its properties jointly.

    Reproduction number: shifted lognormal, median 2, 95 percent between 1.2 and 5. Mean generation time
    3 to 9 days; dispersion 0.1, 0.3 or 1; presymptomatic share 0 to 0.6; asymptomatic share 0.1 to 0.4;
    fatality by age like one of seven pathogens, times 0.1, 1 or 5.

    Args:
        seed: the same seed gives the same disease.

    Source:
        Our design, after the plane of Fraser et al. 2004, doi:10.1073/pnas.0307506101.
    """
    draw = generator(seed, "disease-x")
    excess = _MEDIAN_EXCESS * math.exp(_EXCESS_SDLOG * float(draw.standard_normal()))
    return _assembled(
        reproduction_number=min(_LEAST_R + excess, 20.0),
        generation_mean_days=float(draw.uniform(3.0, 9.0)),
        dispersion=float(draw.choice([0.1, 0.3, 1.0])),
        presymptomatic_share=float(draw.uniform(0.0, 0.6)),
        asymptomatic_share=float(draw.uniform(0.1, 0.4)),
        shape_of=str(draw.choice(list(SEVEN_FATALITIES))),
        severity_times=float(draw.choice([0.1, 1.0, 5.0])),
        name=f"Disease X, draw {seed}",
        name_zh=f"X疾病(第{seed}号抽样)",
        name_hant=f"X疾病(第{seed}號抽樣)",
    )


DISEASE_X = _assembled(
    reproduction_number=2.0,
    generation_mean_days=6.0,
    dispersion=0.3,
    presymptomatic_share=0.3,
    asymptomatic_share=0.25,
    shape_of="COVID-19 ancestral",
    severity_times=1.0,
    name="Disease X",
    name_zh="X疾病",
    name_hant="X疾病",
)
"""The middle of what may be drawn."""

ANCHORS = MappingProxyType(
    {
        "sars-like": _assembled(
            reproduction_number=2.7,
            generation_mean_days=8.4,
            dispersion=0.16,
            presymptomatic_share=0.05,
            asymptomatic_share=0.13,
            shape_of="SARS 2003",
            severity_times=1.0,
            name="Disease X like SARS: infectious late, can be isolated in time",
            name_zh="X疾病(类SARS:传染期晚,可及时隔离)",
            name_hant="X疾病(類SARS:傳染期晚,可及時隔離)",
        ),
        "flu-like": _assembled(
            reproduction_number=1.8,
            generation_mean_days=3.0,
            dispersion=1.0,
            presymptomatic_share=0.4,
            asymptomatic_share=0.33,
            shape_of="influenza 1918",
            severity_times=1.0,
            name="Disease X like influenza: fast and even",
            name_zh="X疾病(类流感:传播快而均匀)",
            name_hant="X疾病(類流感:傳播快而均勻)",
        ),
        "covid-like": _assembled(
            reproduction_number=2.9,
            generation_mean_days=5.5,
            dispersion=0.1,
            presymptomatic_share=0.45,
            asymptomatic_share=0.3,
            shape_of="COVID-19 ancestral",
            severity_times=1.0,
            name="Disease X like COVID-19: spreads before it shows",
            name_zh="X疾病(类新冠:症状出现前即传播)",
            name_hant="X疾病(類新冠:症狀出現前即傳播)",
        ),
        "measles-like": _assembled(
            reproduction_number=15.0,
            generation_mean_days=11.7,
            dispersion=0.23,
            presymptomatic_share=0.5,
            asymptomatic_share=0.0,
            shape_of="influenza 1957",
            severity_times=1.0,
            name="Disease X like measles: hardly anybody is spared",
            name_zh="X疾病(类麻疹:几乎无人幸免)",
            name_hant="X疾病(類麻疹:幾乎無人倖免)",
        ),
    }
)
"""Four corners of the plane, by name."""


def reproduction_under_control(
    reproduction_number: float, presymptomatic_share: float, *, isolation: float, tracing: float
) -> float:
    """Reproduction number left when cases isolate at symptoms and their contacts are traced.

    R (1 - isolation (1 - theta) - tracing theta), theta the share of transmission before symptoms:
    isolation reaches what comes after symptoms, tracing what comes before. Below 1 the chains end.

    Args:
        reproduction_number: without control.
        presymptomatic_share: theta, 0 to 1.
        isolation: share of transmission after symptoms that isolation prevents, 0 to 1.
        tracing: share of transmission before symptoms that tracing prevents, 0 to 1.

    Raises:
        InvalidInput: a share lies outside 0 to 1, or the reproduction number is negative.

    Source:
        Fraser et al. 2004, doi:10.1073/pnas.0307506101, simplified.
    """
    if not all(0 <= share <= 1 for share in (presymptomatic_share, isolation, tracing)) or reproduction_number < 0:
        raise InvalidInput("Shares lie between 0 and 1, and a reproduction number is not negative.")
    return reproduction_number * (1 - isolation * (1 - presymptomatic_share) - tracing * presymptomatic_share)
