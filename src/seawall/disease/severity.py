"""How hard each pathogen hits by age: profiles of admission and death."""

from __future__ import annotations

from seawall.disease.evidence import AgeProfile

_DAEDALUS = "DAEDALUS model, jameel-institute/daedalus, inst/extdata/sevenpathogens.csv; range assumed"
_FIVE_YEARS = tuple(range(0, 85, 5))


def _by_five_years(values: tuple[tuple[float, int], ...], source: str = _DAEDALUS) -> AgeProfile:
    """A profile in seventeen bands of five years (the last from 80), written as value and number of bands."""
    probabilities = tuple(value for value, bands in values for _ in range(bands))
    return AgeProfile(
        of="infection",
        ages_from=_FIVE_YEARS,
        probabilities=probabilities,
        factor=2.0,
        source=source,
        confidence="found",
    )


ANCESTRAL_FATALITY = AgeProfile(
    of="infection",
    ages_from=tuple(range(0, 90, 10)),
    probabilities=(0.0000098, 0.0000328, 0.0001095, 0.000366, 0.001223, 0.00409, 0.01366, 0.04566, 0.1526),
    factor=1.5,
    source="Levin et al. 2020, doi:10.1007/s10654-020-00698-1: log10 percent = -3.27 + 0.0524 age, as decade means in "
    "kbubar/vaccine_prioritization; range assumed",
    confidence="found",
)
ANCESTRAL_ADMISSION = _by_five_years(
    ((1.6e-5, 2), (0.000408, 2), (0.0104, 2), (0.0343, 2), (0.0425, 2), (0.0816, 2), (0.118, 2), (0.166, 2), (0.184, 1))
)
DELTA_FATALITY = _by_five_years(
    (
        (2.96e-5, 2),
        (0.0001295, 2),
        (0.00057165, 2),
        (0.0015614, 2),
        (0.0029785, 2),
        (0.0110075, 2),
        (0.035705, 2),
        (0.07918, 2),
        (0.1443, 1),
    )
)
DELTA_ADMISSION = _by_five_years(
    (
        (2.96e-5, 2),
        (0.0007548, 2),
        (0.01924, 2),
        (0.063455, 2),
        (0.078625, 2),
        (0.15096, 2),
        (0.2183, 2),
        (0.3071, 2),
        (0.3404, 1),
    )
)
OMICRON_FATALITY = _by_five_years(
    (
        (3.26e-5, 2),
        (0.00010101, 2),
        (0.00024581, 2),
        (0.000484034, 2),
        (0.0005957, 2),
        (0.00154105, 2),
        (0.0049987, 2),
        (0.015836, 2),
        (0.047619, 1),
    )
)
OMICRON_ADMISSION = _by_five_years(
    (
        (3.26e-5, 2),
        (0.000588744, 2),
        (0.0082732, 2),
        (0.01967105, 2),
        (0.015725, 2),
        (0.0211344, 2),
        (0.030562, 2),
        (0.06142, 2),
        (0.112332, 1),
    )
)
FLU_2009_FATALITY = _by_five_years(
    ((0.000184644, 1), (7.36e-5, 2), (8.03e-5, 2), (0.0002007, 4), (0.00043485, 4), (0.0065562, 4))
)
FLU_2009_ADMISSION = _by_five_years(
    ((0.00466293, 1), (0.00183306, 4), (0.00375309, 5), (0.0070914, 3), (0.01034274, 4))
)
FLU_1957_FATALITY = _by_five_years(((6.69e-5, 9), (0.0016725, 4), (0.01338, 4)))
FLU_1918_FATALITY = _by_five_years(
    (
        (0.01527996, 1),
        (0.00266262, 1),
        (0.00319782, 1),
        (0.00657627, 1),
        (0.011373, 1),
        (0.01954818, 1),
        (0.0165243, 1),
        (0.01475145, 1),
        (0.01101843, 1),
        (0.00799455, 1),
        (0.01101843, 1),
        (0.00782061, 1),
        (0.02061189, 1),
        (0.02772336, 1),
        (0.03305529, 3),
    )
)
FLU_1918_ADMISSION = _by_five_years(
    (
        (0.12223968, 1),
        (0.02130096, 1),
        (0.02558256, 1),
        (0.05261016, 1),
        (0.090984, 1),
        (0.15638544, 1),
        (0.1321944, 1),
        (0.1180116, 1),
        (0.08814744, 1),
        (0.0639564, 1),
        (0.08814744, 1),
        (0.06256488, 1),
        (0.16489512, 1),
        (0.22178688, 1),
        (0.26444232, 3),
    )
)
SARS_FATALITY = _by_five_years(((0.014739, 4), (0.020808, 4), (0.077163, 4), (0.221085, 4), (0.153459, 1)))
SARS_ADMISSION = _by_five_years(((0.0578, 4), (0.0816, 4), (0.3026, 4), (0.867, 4), (0.6018, 1)))
MERS_FATALITY = AgeProfile(
    of="case",
    ages_from=(0,),
    probabilities=(0.35,),
    factor=1.5,
    source="WHO situation reports, about 35 % of reported cases, all ages; milder cases are missed; range assumed",
    confidence="recalled",
)
MEASLES_FATALITY = AgeProfile(
    of="case",
    ages_from=(0,),
    probabilities=(0.002,),
    factor=2.0,
    source="0.1-0.3 % of cases in high-income countries, all ages; 1-5 % in low-income ones, Wolfson et al. 2009",
    confidence="recalled",
)
SEVEN_FATALITIES = {
    "SARS 2003": SARS_FATALITY,
    "influenza 2009": FLU_2009_FATALITY,
    "influenza 1957": FLU_1957_FATALITY,
    "influenza 1918": FLU_1918_FATALITY,
    "COVID-19 ancestral": _by_five_years(
        (
            (1.6e-5, 2),
            (7e-5, 2),
            (0.000309, 2),
            (0.000844, 2),
            (0.00161, 2),
            (0.00595, 2),
            (0.0193, 2),
            (0.0428, 2),
            (0.078, 1),
        )
    ),
    "COVID-19 Delta": DELTA_FATALITY,
    "COVID-19 Omicron": OMICRON_FATALITY,
}
"""Fatality by age of the seven-pathogen file, from which a disease X takes its shape."""
