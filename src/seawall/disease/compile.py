"""The catalogue compiled to whole days: one `Course` from one pathogen or several lines of it.

How it is done, and what it is checked against, stands in ``docs/science/disease-course.md``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from seawall.core import InvalidInput
from seawall.disease.catalogue import CATALOGUE
from seawall.disease.clinical import (
    ANTIGEN_BY_DAY,
    CLINICAL,
    ICU_OF_ADMITTED,
    PCR_BY_DAY,
    SENSITIVITY_DAYS,
    SENSITIVITY_SOURCE,
    SUSCEPTIBILITY,
    SYMPTOMS_BY_AGE,
    Accuracy,
    ClinicalCourse,
)
from seawall.disease.course import CHANCES, TEST_KINDS, Course
from seawall.disease.delays import Delay, discretised
from seawall.disease.pathogen import Pathogen
from seawall.disease.renewal import growth_from_reproduction

AGES = np.arange(101)
"""Single ages of the tables."""

LATEST_ONSET = 60
"""Day to which later onsets are drawn in."""

LONGEST_INFECTIOUS = 40
"""Last day on which anybody of the catalogue infects."""

LEFT_OUT = 1e-4
"""Share of a generation time that may lie beyond the last day."""

STRONGEST_TIE = 6.0
"""Bound on the log odds by which transmission before symptoms is made likelier or rarer."""

SENSITIVITY_LENGTH = 46
"""Days since infection for which sensitivity is tabled."""

_COVID = "covid-"

_CROSS: dict[tuple[str, str], tuple[float, str]] = {
    ("covid-ancestral", "covid-delta"): (
        1.0,
        "Altarawneh et al. 2022, doi:10.1056/NEJMc2200133, recalled: 92 % against Delta",
    ),
    ("covid-ancestral", "covid-omicron-ba2"): (0.61, "the same: 56 % against Omicron, beside 92 %; range 0.4 to 0.7"),
    ("covid-delta", "covid-omicron-ba2"): (0.61, "the same; range 0.4 to 0.7"),
    ("covid-delta", "covid-ancestral"): (0.9, "assumed; range 0.7 to 1"),
    ("covid-omicron-ba2", "covid-ancestral"): (0.6, "assumed; range 0.3 to 0.8"),
    ("covid-omicron-ba2", "covid-delta"): (0.6, "assumed; range 0.3 to 0.8"),
}
"""Protection by an infection with the first against the second, beside that against itself."""


def course_of(
    *pathogens: Pathogen | str,
    dispersion: float | None = None,
    reproduction_number: float | None = None,
    accuracy: Accuracy | None = None,
) -> Course:
    """Compile one pathogen, or several variants at once, to whole days.

    Susceptibility by age and the patient's way through hospital are those of the first.

    Args:
        pathogens: entries of the catalogue, or their keys.
        dispersion: k of individual infectiousness in place of the catalogue's; ``inf``: all infect alike.
        reproduction_number: in place of the catalogue's, for all.
        accuracy: how tests differ from a single PCR; None: the defaults.

    Raises:
        InvalidInput: no pathogen, an unknown key, one named twice, or a number not above 0.

    Examples:
        >>> course = course_of("covid-omicron-ba2")
        >>> course.variants, course.onset_day.shape
        (('covid-omicron-ba2',), (1, 256))
        >>> round(float(course.dispersion.mean()), 12)
        1.0
    """
    if not pathogens:
        raise InvalidInput("A course needs at least one pathogen.")
    lines = [_entry(pathogen) for pathogen in pathogens]
    if len({line.key for line in lines}) < len(lines):
        raise InvalidInput("The same pathogen is named twice; a variant needs a key of its own.")
    accuracy = accuracy or Accuracy()
    first = lines[0]
    clinical = CLINICAL.get(first.key, ClinicalCourse())
    sources: dict[str, str] = {}

    onset = np.array([onset_table(line.incubation.delay) for line in lines])
    shares = []
    numbers = [
        float(line.basic_reproduction_number if reproduction_number is None else reproduction_number) for line in lines
    ]
    for line, table, number in zip(lines, onset, numbers, strict=True):
        generation = generation_by_day(line.generation.delay, number)
        joint, reached = joint_of_onset_and_infection(
            np.bincount(table) / CHANCES, generation, float(line.presymptomatic_share)
        )
        shares.append(_infectiousness(joint, generation, line))
        sources[f"infectiousness of {line.key}"] = (
            f"generation: {line.generation.source}; incubation: {line.incubation.source}; before symptoms "
            f"{reached:.3f}: {line.presymptomatic_share.source}"
            + (
                ""
                if abs(reached - float(line.presymptomatic_share)) < 1e-4
                else f" - {float(line.presymptomatic_share):g} is out of reach with these two delays"
            )
        )
    runs, days = max(share.shape[0] for share in shares), max(share.shape[1] for share in shares)
    infectiousness = np.zeros((len(lines), runs, days))
    for row, share in zip(infectiousness, shares, strict=True):
        row[: share.shape[0], : share.shape[1]] = share

    p_symptoms = np.array([_symptoms(line) for line in lines])
    admission, icu, death = _severity(lines, p_symptoms)
    sources |= {
        "dispersion": "given by the caller" if dispersion is not None else _of(lines, "dispersion"),
        "reproduction_number": "given by the caller"
        if reproduction_number is not None
        else _of(lines, "basic_reproduction_number"),
        "household_attack_rate": _of(lines, "household_attack_rate"),
        "p_symptoms": "; ".join(
            SYMPTOMS_BY_AGE[line.key].source
            if line.key in SYMPTOMS_BY_AGE
            else f"{line.asymptomatic_share.source}, the same at every age (assumed)"
            for line in lines
        ),
        "p_admission": "; ".join(
            line.hospitalisation.source
            if line.hospitalisation
            else f"{CLINICAL.get(line.key, ClinicalCourse()).source_of('admissions_per_death')} times deaths"
            for line in lines
        ),
        "p_icu": ICU_OF_ADMITTED.source,
        "p_death": "; ".join(line.fatality.source for line in lines),
        "susceptibility": SUSCEPTIBILITY[first.key].source if first.key in SUSCEPTIBILITY else "flat, assumed",
        "hospital_days": f"{first.hospital_days.source}; spread {clinical.source_of('hospital_spread')}",
        "sensitivity": f"{SENSITIVITY_SOURCE}; other lines: stretched in time, assumed",
        "specificity": "see Accuracy",
        "cross_immunity": "; ".join(f"{one}>{two}: {why}" for (one, two), (_, why) in _CROSS.items())
        + "; between unlike pathogens none",
    }
    for name in ("onset_to_admission", "admission_to_icu", "admission_to_death"):
        sources[name] = clinical.source_of(f"{name}_days")
    sources["icu_days"] = clinical.source_of("icu_days")
    sources["without_bed"] = clinical.source_of("without_bed")

    def stay(mean: float, sd: float) -> np.ndarray:
        return equally_likely(discretised(Delay(family="lognormal", mean_days=mean, sd_days=sd), 254))

    hospital = float(first.hospital_days)
    return Course(
        key="+".join(line.key for line in lines),
        variants=tuple(line.key for line in lines),
        onset_day=onset,
        infectiousness=infectiousness,
        dispersion=np.array(
            [dispersion_table(float(line.dispersion) if dispersion is None else dispersion) for line in lines]
        ),
        reproduction_number=np.array(numbers),
        household_attack_rate=np.array([float(line.household_attack_rate) for line in lines]),
        susceptibility=SUSCEPTIBILITY[first.key].at(AGES) if first.key in SUSCEPTIBILITY else np.ones(AGES.size),
        p_symptoms=p_symptoms,
        p_admission=admission,
        p_icu=icu,
        p_death=death,
        without_bed=float(clinical.without_bed),
        onset_to_admission=stay(clinical.onset_to_admission_days, clinical.onset_to_admission_sd_days),
        admission_to_icu=stay(clinical.admission_to_icu_days, clinical.admission_to_icu_sd_days),
        icu_days=np.maximum(stay(clinical.icu_days, clinical.icu_sd_days), np.uint8(1)),
        hospital_days=np.maximum(stay(hospital, clinical.hospital_spread * hospital), np.uint8(1)),
        admission_to_death=stay(clinical.admission_to_death_days, clinical.admission_to_death_sd_days),
        sensitivity=np.array([_sensitivity(line, accuracy) for line in lines]),
        specificity=np.array([accuracy.pcr_specificity, accuracy.pooled_specificity, accuracy.antigen_specificity]),
        cross_immunity=np.array(
            [
                [1.0 if one.key == two.key else _CROSS.get((one.key, two.key), (0.0, ""))[0] for two in lines]
                for one in lines
            ]
        ),
        sources=sources,
    )


def _entry(pathogen: Pathogen | str) -> Pathogen:
    from seawall.disease.catalogue import pathogen as find

    return find(pathogen) if isinstance(pathogen, str) else pathogen


def _of(lines: Sequence[Pathogen], name: str) -> str:
    return "; ".join(f"{line.key}: {getattr(line, name).source}" for line in lines)


def equally_likely(probability: np.ndarray, entries: int = CHANCES) -> np.ndarray:
    """A distribution over whole days as a table of equally likely days.

    Args:
        probability: float, shape (day,). Sums to 1, or to a little less: the rest falls on the last day.
        entries: length of the table.

    Returns:
        uint8, shape (entries,), rising: the day at the middle of each of `entries` equal steps of probability.
    """
    reached = np.cumsum(probability)
    middle = (np.arange(entries) + 0.5) / entries
    day = np.minimum(np.searchsorted(reached, middle), probability.size - 1)
    return np.asarray(day, dtype=np.uint8)


def onset_table(incubation: Delay) -> np.ndarray:
    """Days of onset, 256 equally likely entries of at least 1 and at most 60; uint8, shape (256,)."""
    return np.asarray(np.maximum(equally_likely(discretised(incubation, LATEST_ONSET)), np.uint8(1)))


def generation_by_day(
    generation: Delay | np.ndarray, reproduction_number: float, longest: int = LONGEST_INFECTIOUS
) -> np.ndarray:
    """Generation time in whole days, nothing on day 0, that keeps the growth of its continuous form.

    What falls on day 0 is moved to day 1, and what lies beyond the last day is left out. Both, and the day itself,
    change the growth a little. The probabilities are therefore multiplied by exp(c day), with c such that
    1/R = Σ w exp(-r day) for the growth r of the continuous generation time at this reproduction number.

    Args:
        generation: in continuous time; or float, shape (day,): probabilities from day 0 on, taken as they are.
        reproduction_number: at which the growth is kept.
        longest: last day there may be.

    Returns:
        float, shape (day,). Entry 0 is 0; sums to 1.

    Raises:
        InvalidInput: probabilities that are negative, that give something on day 0, or that sum to nothing.
    """
    if not isinstance(generation, Delay):
        weights = np.asarray(generation, dtype=float)
        if weights.ndim != 1 or weights.size < 2 or (weights < 0).any() or weights[0] != 0 or not weights.sum() > 0:
            raise InvalidInput("A generation time by day needs probabilities from day 0 on, and none on day 0.")
        return np.asarray(weights / weights.sum())
    growth = growth_from_reproduction(reproduction_number, generation)
    return _cut_and_tilted(discretised(generation, longest), reproduction_number, growth, generation.mean_days)


def _cut_and_tilted(weights: np.ndarray, reproduction_number: float, growth: float, mean_days: float) -> np.ndarray:
    """See `generation_by_day`."""
    weights = weights.copy()
    weights[1] += weights[0]
    weights[0] = 0.0
    enough = int(np.searchsorted(np.cumsum(weights), 1 - LEFT_OUT)) + 1
    weights = weights[:enough] / weights[:enough].sum()
    day = np.arange(weights.size)

    def excess(tilt: float) -> float:
        tilted = weights * np.exp(tilt * (day - mean_days))
        tilted /= tilted.sum()
        if abs(growth) < 1e-4:
            return float(mean_days - tilted @ day)
        return float((tilted @ np.exp(-growth * day) - 1 / reproduction_number) / growth)

    low, high = -1.0, 1.0
    if excess(low) * excess(high) > 0:
        return np.asarray(weights)
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    tilted = weights * np.exp((low + high) / 2 * (day - mean_days))
    return np.asarray(tilted / tilted.sum())


def compartments_by_day(
    latent_days: float, infectious_days: float, reproduction_number: float, longest: int = 120
) -> np.ndarray:
    """Generation time of an SEIR model in whole days: exponential latent and infectious stays.

    Args:
        latent_days, infectious_days: means of exponential stays, above 0.
        reproduction_number: at which the growth of the continuous model is kept; see `generation_by_day`.
        longest: last day there may be.

    Returns:
        float, shape (day,). Entry 0 is 0; sums to 1.

    Raises:
        InvalidInput: a number not above 0.

    Source:
        Wallinga and Lipsitch 2007, Proceedings of the Royal Society B 274:599 (generation time of compartments).
    """
    from seawall.disease.renewal import growth_from_compartments

    growth = growth_from_compartments(reproduction_number, latent_days, infectious_days)
    edge = np.arange(-1.0, longest + 2)
    inside = np.maximum(edge, 0.0)
    if math.isclose(latent_days, infectious_days, rel_tol=1e-6):
        beyond = (2 * latent_days + inside) * np.exp(-inside / latent_days)
    else:
        beyond = (
            infectious_days**2 * np.exp(-inside / infectious_days) - latent_days**2 * np.exp(-inside / latent_days)
        ) / (infectious_days - latent_days)
    beyond += np.maximum(-edge, 0.0)
    weights = np.maximum(beyond[2:] - 2 * beyond[1:-1] + beyond[:-2], 0.0)
    return _cut_and_tilted(weights, reproduction_number, growth, latent_days + infectious_days)


def joint_of_onset_and_infection(
    onset: np.ndarray, generation: np.ndarray, presymptomatic_share: float
) -> tuple[np.ndarray, float]:
    """How onset and infecting others go together: the least committed joint distribution with the share wanted.

    Of all joint distributions of the day of onset d and the day of infecting τ with these two margins, the one of
    greatest entropy in which transmission before symptoms has this share: P(d, τ) = a_d b_τ exp(λ s), s = 1 where
    τ < d, ½ where τ = d. a and b by iterative proportional fitting, λ by halving, at most 6 in size.

    Args:
        onset: float, shape (run,). Probability of onset by day.
        generation: float, shape (tau,). Probability of infecting by day.
        presymptomatic_share: share wanted; infections on the day of onset count half.

    Returns:
        float, shape (run, tau), summing to 1; and the share reached.

    Source:
        Deming and Stephan 1940, Annals of Mathematical Statistics 11:427 (iterative proportional fitting).
    """
    day, tau = np.arange(onset.size)[:, None], np.arange(generation.size)
    before = (tau < day) + 0.5 * (tau == day)

    def fitted(tie: float) -> np.ndarray:
        joint = onset[:, None] * generation * np.exp(tie * before)
        for _ in range(500):
            by_day = joint.sum(axis=0)
            joint *= np.divide(generation, by_day, out=np.zeros_like(by_day), where=by_day > 0)
            by_run = joint.sum(axis=1)
            joint *= np.divide(onset, by_run, out=np.zeros_like(by_run), where=by_run > 0)[:, None]
            if np.abs(joint.sum(axis=0) - generation).max() < 1e-12:
                break
        return np.asarray(joint)

    low, high = -STRONGEST_TIE, STRONGEST_TIE
    for bound in (low, high):
        joint = fitted(bound)
        reached = float((joint * before).sum())
        if (reached >= presymptomatic_share) == (bound < 0):
            return joint, reached
    for _ in range(40):
        middle = (low + high) / 2
        joint = fitted(middle)
        low, high = (middle, high) if (joint * before).sum() < presymptomatic_share else (low, middle)
    return joint, float((joint * before).sum())


def _infectiousness(joint: np.ndarray, generation: np.ndarray, line: Pathogen) -> np.ndarray:
    """Share of infectiousness by run and day, shape (run, tau), mean over people of the sum 1."""
    by_run = joint.sum(axis=1, keepdims=True)
    share = np.divide(joint, by_run, out=np.zeros_like(joint), where=by_run > 0)
    without, beside = float(line.asymptomatic_share), float(line.asymptomatic_infectiousness)
    share[0] = generation * beside
    return np.asarray(share / (1 - without + without * beside))


def dispersion_table(dispersion: float) -> np.ndarray:
    """Individual infectiousness beside the mean: means of 256 equally likely steps of a gamma of this shape.

    Args:
        dispersion: k, the shape; ``inf``: everybody is alike.

    Returns:
        float64, shape (256,), rising, mean 1.

    Raises:
        InvalidInput: the dispersion is not above 0.

    Source:
        Lloyd-Smith et al. 2005, doi:10.1038/nature04153.
    """
    if not dispersion > 0:
        raise InvalidInput(f"The dispersion k is {dispersion:g}; it must be above 0.")
    if math.isinf(dispersion):
        return np.ones(CHANCES)
    edges = special.gammaincinv(dispersion, np.arange(CHANCES + 1) / CHANCES)
    upper = special.gammaincc(dispersion + 1, edges)
    table = CHANCES * -np.diff(upper)
    return np.asarray(table / table.mean())


def _symptoms(line: Pathogen) -> np.ndarray:
    """Probability of symptoms by age, shape (age,), whose mean over ages is the catalogue's."""
    wanted = 1 - float(line.asymptomatic_share)
    if line.key not in SYMPTOMS_BY_AGE or not 0 < wanted < 1:
        return np.full(AGES.size, wanted)
    odds = special.logit(SYMPTOMS_BY_AGE[line.key].at(AGES))
    low, high = -20.0, 20.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if special.expit(odds + middle).mean() < wanted else (low, middle)
    return np.asarray(special.expit(odds + (low + high) / 2))


def _severity(lines: Sequence[Pathogen], p_symptoms: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities of admission, intensive care and death of the infected, each shape (variant, age)."""
    shape = (len(lines), AGES.size)
    admission, icu, death = np.empty(shape), np.empty(shape), np.empty(shape)
    for row, (line, ill) in enumerate(zip(lines, p_symptoms, strict=True)):
        clinical = CLINICAL.get(line.key, ClinicalCourse())
        death[row] = line.fatality.at(AGES) * (ill if line.fatality.of == "case" else 1.0)
        if line.hospitalisation is None:
            admission[row] = death[row] * clinical.admissions_per_death
        else:
            admission[row] = line.hospitalisation.at(AGES) * (ill if line.hospitalisation.of == "case" else 1.0)
        death[row] = np.minimum(death[row], ill)
        admission[row] = np.clip(admission[row], death[row], ill)
        icu[row] = admission[row] * np.minimum(ICU_OF_ADMITTED.at(AGES) * clinical.icu_factor, 1.0)
    return admission, icu, death


def _sensitivity(line: Pathogen, accuracy: Accuracy) -> np.ndarray:
    """Sensitivity by kind of test and day since infection, shape (kind, tau).

    Until its peak the ancestral curve is stretched by the ratio of the mean incubation times; after it, it keeps its
    pace in the other lines of SARS-CoV-2, and is stretched by the ratio of the mean generation times in other
    pathogens.
    """
    ancestral = CATALOGUE["covid-ancestral"]
    rise = line.incubation.delay.mean_days / ancestral.incubation.delay.mean_days
    covid = line.key.startswith(_COVID)
    fall = 1.0 if covid else line.generation.delay.mean_days / ancestral.generation.delay.mean_days
    day, peak = np.arange(SENSITIVITY_LENGTH, dtype=float), accuracy.peak_day
    at = np.where(day <= peak * rise, day / rise, peak + (day - peak * rise) / fall)
    pcr = sensitivity_at(at, PCR_BY_DAY)
    curves = dict(
        zip(TEST_KINDS, (pcr, pcr * accuracy.pooled_sensitivity, sensitivity_at(at, ANTIGEN_BY_DAY)), strict=True)
    )
    return np.array([curves[kind] for kind in TEST_KINDS])


def sensitivity_at(days: np.ndarray, by_day: Sequence[float]) -> np.ndarray:
    """Sensitivity at any time since infection: linear between knots, exponential beyond the last."""
    knots = np.array(SENSITIVITY_DAYS, dtype=float)
    inside = np.interp(days, knots, by_day)
    if by_day[-1] <= 0:
        return np.asarray(inside)
    fall = math.log(by_day[-2] / by_day[-1]) / (knots[-1] - knots[-2])
    return np.asarray(inside * np.exp(-fall * np.maximum(days - knots[-1], 0.0)))


def course_from_profile(
    infectiousness: np.ndarray,
    *,
    reproduction_number: float,
    dispersion: float = math.inf,
    onset: Delay | int | None = None,
    p_symptoms: float = 0.0,
    household_attack_rate: float = 0.2,
    sensitivity: float | np.ndarray = 1.0,
    specificity: float = 1.0,
    p_admission: float = 0.0,
    p_icu: float = 0.0,
    p_death: float = 0.0,
    hospital_days: int = 10,
    key: str = "plain",
) -> Course:
    """A course for worlds solved by hand: infectiousness by day as it is given, all ages alike.

    Args:
        infectiousness: float, shape (tau,), or (run, tau) where it depends on the day of onset; entry 0 of tau is 0.
            Taken as it is: where it sums to 1, `reproduction_number` is the number of infections.
        reproduction_number: infections per infection.
        dispersion: k of individual infectiousness; infinite: all alike.
        onset: time from infection to symptoms; a whole number: everybody's day; None: day 1.
        p_symptoms: share who fall ill.
        household_attack_rate: household contacts that one infects.
        sensitivity: of every test: one number, float shape (tau,), or shape (kind, tau).
        specificity: of every test.
        p_admission, p_icu, p_death: of the infected.
        hospital_days: stay in hospital, the same for all; intensive care takes half, death comes at its end.
        key: name of the course and of its variant.

    Raises:
        InvalidInput: infectiousness on day 0 or below 0, probabilities outside 0 to 1, more deaths or intensive care
            than admissions, more admissions than people with symptoms.

    Examples:
        >>> course = course_from_profile(np.array([0.0, 0.5, 0.5]), reproduction_number=2.0)
        >>> course.infectiousness.sum(axis=2)[0, 0]
        np.float64(1.0)
    """
    profile = np.atleast_2d(np.asarray(infectiousness, dtype=float))
    chances = (p_symptoms, household_attack_rate, specificity, p_admission, p_icu, p_death)
    if profile.ndim != 2 or (profile < 0).any() or (profile[:, 0] != 0).any() or not np.isfinite(profile).all():
        raise InvalidInput("Infectiousness by day must be 0 or more, and 0 on the day of infection itself.")
    if not all(0 <= chance <= 1 for chance in chances) or not max(p_icu, p_death) <= p_admission <= p_symptoms:
        raise InvalidInput("Shares lie between 0 and 1; only the ill are admitted, and only the admitted die.")
    table = onset_table(onset) if isinstance(onset, Delay) else np.full(CHANCES, onset or 1, dtype=np.uint8)
    runs = int(table.max()) + 1
    if profile.shape[0] == 1:
        profile = np.repeat(profile, runs, axis=0)
    if profile.shape[0] < runs:
        raise InvalidInput(f"Infectiousness is given for {profile.shape[0]} runs; onsets need {runs}.")
    found = np.asarray(sensitivity, dtype=float)
    if found.ndim == 0:
        found = np.full(SENSITIVITY_LENGTH, float(found))
    found = np.broadcast_to(found, (len(TEST_KINDS), found.shape[-1])).copy()

    def flat(share: float) -> np.ndarray:
        return np.full((1, AGES.size), share)

    def always(days: int) -> np.ndarray:
        return np.full(CHANCES, days, dtype=np.uint8)

    return Course(
        key=key,
        variants=(key,),
        onset_day=table[None],
        infectiousness=profile[None],
        dispersion=dispersion_table(dispersion)[None],
        reproduction_number=np.array([float(reproduction_number)]),
        household_attack_rate=np.array([float(household_attack_rate)]),
        susceptibility=np.ones(AGES.size),
        p_symptoms=flat(p_symptoms),
        p_admission=flat(p_admission),
        p_icu=flat(p_icu),
        p_death=flat(p_death),
        without_bed=1.0,
        onset_to_admission=always(1),
        admission_to_icu=always(1),
        icu_days=always(max(hospital_days // 2, 1)),
        hospital_days=always(hospital_days),
        admission_to_death=always(hospital_days),
        sensitivity=found[None],
        specificity=np.full(len(TEST_KINDS), float(specificity)),
        cross_immunity=np.ones((1, 1)),
        sources={"all": "given by the caller: a world solved by hand"},
    )


def plain_course(
    generation: Delay | np.ndarray,
    *,
    reproduction_number: float,
    dispersion: float = math.inf,
    onset: Delay | int | None = None,
    p_symptoms: float = 0.0,
    **others: float,
) -> Course:
    """A course with one generation time, whatever the day of onset; nobody is admitted unless told.

    Args:
        generation: in continuous time, or float, shape (day,): probabilities from day 0 on, 0 on day 0.
        reproduction_number, dispersion, onset, p_symptoms: see `course_from_profile`.
        others: further numbers of `course_from_profile`.

    Examples:
        >>> course = plain_course(Delay.gamma(4, 1.25), reproduction_number=2.5)
        >>> bool(course.infectiousness[0, 0, 0] == 0)
        True
    """
    return course_from_profile(
        generation_by_day(generation, reproduction_number, longest=120),
        reproduction_number=reproduction_number,
        dispersion=dispersion,
        onset=onset,
        p_symptoms=p_symptoms,
        **others,  # type: ignore[arg-type]
    )
