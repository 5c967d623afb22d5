"""What doses and infections protect from, and how it wanes: presets by product, with their sources.

Protection is *leaky*: everybody with the same history has their chance per contact lowered by the same factor. The
all-or-nothing kind, in which a share is protected for good and the others not at all, is had by giving that share
the product ``perfect``. Bubar et al. 2021, doi:10.1126/science.abe6959, show that the choice matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from seawall.core import InvalidInput, check_quantities, quantity
from seawall.disease.course import Course
from seawall.disease.evidence import Evidence
from seawall.disease.immunity import History

_BESIDE = "beside each value"

_ANDREWS = "Andrews et al. 2022, doi:10.1056/NEJMoa2119451"
_MADEWELL = "Madewell et al., households before Omicron: 70.3 % against infection"
_JARA = "Jara et al. 2021, doi:10.1056/NEJMoa2107715, CoronaVac in Chile"
_MCMENAMIN = "McMenamin et al. 2022, doi:10.1016/S1473-3099(22)00345-0, Hong Kong BA.2, 60 and older"
_SHANGHAI = "vaccine_effect_omicron.csv of the Shanghai contact survey: primary and homologous booster"
_REINFECTION = "COVID-19 Forecasting Team 2023, doi:10.1016/S0140-6736(22)02465-5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fading:
    """A protection that falls exponentially to a floor: floor + (start - floor) 2^(-days / half life)."""

    start: Evidence = quantity(
        unit="fraction of events prevented", low=0, high=1, source=_BESIDE, about="Protection when fresh."
    )
    floor: float = quantity(
        0.0, unit="fraction of events prevented", low=0, high=1, source="assumed", about="Protection that stays."
    )
    half_life_days: float = quantity(
        3650.0,
        unit="day",
        low=5,
        high=36500,
        source=_BESIDE,
        about="Days in which what lies above the floor halves.",
    )

    def __post_init__(self) -> None:
        check_quantities(self)
        if self.floor > self.start:
            raise InvalidInput(f"A protection of {self.start:g} cannot fall to {self.floor:g}.")

    def after(self, days: float) -> float:
        """Protection left after so many days."""
        return float(self.floor + (self.start - self.floor) * 2.0 ** (-days / self.half_life_days))


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficacy:
    """What one course of doses prevents, each beside a person without: infection, symptoms, severe illness."""

    infection: Fading
    symptoms: Fading
    severe: Fading

    def given_infection(self, days: float) -> tuple[float, float, float]:
        """Protection from infection; from symptoms and from severe illness once infected."""
        infection = self.infection.after(days)
        left = max(1 - infection, 1e-12)
        symptoms = 1 - min((1 - self.symptoms.after(days)) / left, 1.0)
        severe = 1 - min((1 - self.severe.after(days)) / left, 1.0)
        return infection, symptoms, severe


def _fading(
    start: float, low: float, high: float, source: str, *, half: float = 3650.0, floor: float = 0.0, sure: bool = False
) -> Fading:
    return Fading(
        start=Evidence(start, low, high, source, "recalled" if sure else "assumed"), floor=floor, half_life_days=half
    )


_SEVERE_HALF = 700.0
"""Half life of protection from severe illness, days; assumed: it hardly wanes within a year."""

_HALF_OF_IT = f"half of the protection from symptoms on the log scale, as {_MADEWELL} has it beside {_ANDREWS}"

_MRNA_TWO = Efficacy(
    infection=_fading(0.70, 0.60, 0.79, _MADEWELL, half=284, sure=True),
    symptoms=_fading(0.97, 0.90, 0.99, f"{_ANDREWS}, Delta: 90.9 % at 2-9 weeks, 62.7 % from 25", half=284, sure=True),
    severe=_fading(0.97, 0.90, 0.99, "assumed, above symptoms", half=_SEVERE_HALF),
)
_MRNA_TWO_OMICRON = Efficacy(
    infection=_fading(0.60, 0.30, 0.70, _HALF_OF_IT, half=58),
    symptoms=_fading(0.84, 0.60, 0.90, f"{_ANDREWS}, Omicron: 65.5 % at 2-4 weeks, 8.8 % from 25", half=58, sure=True),
    severe=_fading(0.893, 0.86, 0.92, f"{_MCMENAMIN}: 89.3 %", half=_SEVERE_HALF, sure=True),
)
_MRNA_THREE_OMICRON = Efficacy(
    infection=_fading(0.52, 0.30, 0.65, _HALF_OF_IT, half=106),
    symptoms=_fading(
        0.77, 0.60, 0.85, f"{_ANDREWS}, Omicron: 67.2 % at 2-4 weeks, 45.7 % from 10", half=106, floor=0.1, sure=True
    ),
    severe=_fading(0.979, 0.96, 0.99, f"{_MCMENAMIN}: 97.9 %", half=_SEVERE_HALF, sure=True),
)
_INACTIVATED_TWO = Efficacy(
    infection=_fading(0.45, 0.25, 0.60, "assumed, below symptoms", half=180),
    symptoms=_fading(0.659, 0.65, 0.67, f"{_JARA}: 65.9 %; waning assumed", half=180, sure=True),
    severe=_fading(0.875, 0.86, 0.89, f"{_JARA}: 87.5 % against admission", half=_SEVERE_HALF, sure=True),
)
_INACTIVATED_TWO_OMICRON = Efficacy(
    infection=_fading(0.148, 0.0, 0.3, f"{_SHANGHAI}: 14.8 %; waning assumed", half=120),
    symptoms=_fading(0.215, 0.0, 0.4, f"{_SHANGHAI}: 21.5 %; waning assumed", half=120),
    severe=_fading(0.699, 0.64, 0.75, f"{_MCMENAMIN}: 69.9 %", half=_SEVERE_HALF, sure=True),
)
_INACTIVATED_THREE_OMICRON = Efficacy(
    infection=_fading(0.189, 0.0, 0.35, f"{_SHANGHAI}: 18.9 %; waning assumed", half=120),
    symptoms=_fading(0.243, 0.0, 0.45, f"{_SHANGHAI}: 24.3 %; waning assumed", half=120),
    severe=_fading(0.980, 0.96, 0.99, f"{_MCMENAMIN}: 98.0 %", half=_SEVERE_HALF, sure=True),
)


def _first_dose(two: Efficacy) -> Efficacy:
    """A first dose is taken for half of two; assumed."""

    def half(of: Fading) -> Fading:
        value = of.start / 2
        return Fading(
            start=Evidence(value, value / 2, min(1.5 * value, 1.0), "assumed: half of two doses", "assumed"),
            floor=of.floor / 2,
            half_life_days=of.half_life_days,
        )

    return Efficacy(infection=half(two.infection), symptoms=half(two.symptoms), severe=half(two.severe))


def _alike(fading: Fading) -> Efficacy:
    """What prevents infection and nothing beside it."""
    return Efficacy(infection=fading, symptoms=fading, severe=fading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A vaccine.

    Attributes:
        by_dose: efficacy after one dose, two, three; the last holds for more.
        escaped: efficacy against variants that escape it, by variant's key, in the same form.
    """

    by_dose: tuple[Efficacy, ...]
    escaped: Mapping[str, tuple[Efficacy, ...]] = field(default_factory=dict)

    def after(self, doses: int, variant: str) -> Efficacy:
        """Efficacy of so many doses, at least one, against a variant."""
        efficacies = self.escaped.get(variant, self.by_dose)
        return efficacies[min(doses, len(efficacies)) - 1]


_OMICRON = "covid-omicron-ba2"

PRODUCTS: Mapping[str, Product] = MappingProxyType(
    {
        "mrna": Product(
            by_dose=(_first_dose(_MRNA_TWO), _MRNA_TWO),
            escaped={_OMICRON: (_first_dose(_MRNA_TWO_OMICRON), _MRNA_TWO_OMICRON, _MRNA_THREE_OMICRON)},
        ),
        "inactivated": Product(
            by_dose=(_first_dose(_INACTIVATED_TWO), _INACTIVATED_TWO),
            escaped={
                _OMICRON: (_first_dose(_INACTIVATED_TWO_OMICRON), _INACTIVATED_TWO_OMICRON, _INACTIVATED_THREE_OMICRON)
            },
        ),
        "mmr": Product(
            by_dose=(
                _alike(_fading(0.93, 0.85, 0.97, "93 % after one dose, recalled; no waning", sure=True)),
                _alike(_fading(0.97, 0.94, 0.99, "97 % after two doses, recalled; no waning", sure=True)),
            )
        ),
        "influenza": Product(
            by_dose=(
                Efficacy(
                    infection=_fading(0.29, 0.1, 0.5, "assumed: half of symptoms on the log scale", half=300),
                    symptoms=_fading(
                        0.50, 0.40, 0.60, "40-60 % in years of a good match; recalled", half=300, sure=True
                    ),
                    severe=_fading(0.50, 0.35, 0.65, "assumed: as symptoms", half=300),
                ),
            )
        ),
        "perfect": Product(by_dose=(_alike(_fading(1.0, 1.0, 1.0, "by definition: sterile, for good")),)),
    }
)
"""Vaccines by key; ``perfect`` is for all-or-nothing protection and for worlds solved by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterInfection:
    """What an infection protects from, against its own variant, once it is over."""

    infection: Fading = field(
        default_factory=lambda: _fading(
            0.95, 0.80, 0.99, f"{_REINFECTION}: 78.6 % after 40 weeks; start and floor assumed", half=430, floor=0.5
        )
    )
    symptoms_given_infection: Fading = field(
        default_factory=lambda: _fading(0.4, 0.1, 0.7, "assumed", half=430, floor=0.2)
    )
    severe_given_infection: Fading = field(
        default_factory=lambda: _fading(
            0.8, 0.5, 0.9, f"{_REINFECTION}: 78-90 % against severe illness after 40 weeks; value assumed", half=1000
        )
    )


@dataclass(frozen=True, kw_only=True)
class Waning:
    """Protection by doses and infections, waning with the days since the last of them.

    What doses and an infection leave is multiplied; both wane from the last event, so that a booster renews what an
    earlier infection gave. An infection protects from every variant while it lasts, that is for
    ``period_days / 2 + 25`` days from the middle of its period; then as `after_infection`, times `cross_immunity`
    against other variants (its square root for severe illness: memory lasts across variants; assumed).

    Attributes:
        variants: keys of the variants, in the order of the course.
        cross_immunity: float, shape (variant, variant); see `Course`.
        products: vaccines by key.
        after_infection: what an infection leaves.
        period_days: length of a period.
    """

    variants: tuple[str, ...]
    cross_immunity: np.ndarray = field(repr=False)
    products: Mapping[str, Product] = field(default_factory=lambda: PRODUCTS, repr=False)
    after_infection: AfterInfection = field(default_factory=AfterInfection)
    period_days: int = 30

    def __post_init__(self) -> None:
        if self.period_days < 1:
            raise InvalidInput(f"A period cannot last {self.period_days} days; give 1 or more.")
        if np.shape(self.cross_immunity) != (len(self.variants), len(self.variants)):
            raise InvalidInput("Cross-immunity needs one row and one column for each variant.")

    @property
    def infected_days(self) -> float:
        """Days from the middle of the period during which nobody is infected anew."""
        return self.period_days / 2 + 25

    def against(self, history: History, variant: int, days_since: float) -> tuple[float, float, float]:
        """Protection from infection, from symptoms when infected, from admission and death when infected; 0 to 1.

        Raises:
            InvalidInput: the history names a vaccine that is not known.
        """
        infection, symptoms, severe = 1.0, 1.0, 1.0  # left of each
        if history.infected_by >= 0:
            if days_since <= self.infected_days and not history.dose_last:
                return 1.0, 1.0, 1.0
            cross = float(self.cross_immunity[history.infected_by, variant])
            since = max(days_since - self.infected_days, 0.0)
            kept = self.after_infection
            infection *= 1 - cross * kept.infection.after(since)
            symptoms *= 1 - cross * kept.symptoms_given_infection.after(since)
            severe *= 1 - cross**0.5 * kept.severe_given_infection.after(since)
        if history.doses > 0:
            if history.product not in self.products:
                raise InvalidInput(f"There is no vaccine {history.product!r}; there are {', '.join(self.products)}.")
            efficacy = self.products[history.product].after(history.doses, self.variants[variant])
            by_dose = efficacy.given_infection(days_since)
            infection, symptoms, severe = (
                left * (1 - kept_off) for left, kept_off in zip((infection, symptoms, severe), by_dose, strict=True)
            )
        return 1 - infection, 1 - symptoms, 1 - severe


KNOWN_AS = MappingProxyType(
    {
        "mrna": ("mrna", "bnt162", "comirnaty", "pfizer", "moderna", "spikevax", "复必泰", "復必泰"),
        "inactivated": ("inactivated", "coronavac", "sinovac", "sinopharm", "bbibp", "covilo", "灭活", "科兴", "国药"),
        "mmr": ("mmr", "measles", "麻腮风"),
        "influenza": ("influenza", "flu", "流感"),
        "perfect": ("perfect",),
    }
)
"""Words by which a product of a city's table is known."""

TAKEN_FOR = "inactivated"
"""What a product that no word tells is taken for: the platform most doses in China were of; assumed."""


def product_key(name: str) -> str | None:
    """Key of a product by the name a city gives it; None where no word tells."""
    told = name.casefold().replace("-", "").replace(" ", "")
    for key, words in KNOWN_AS.items():
        if any(word in told for word in words):
            return key
    return None


def waning_of(course: Course, *, period_days: int = 30) -> Waning:
    """The default waning for the variants of a course.

    Examples:
        >>> from seawall.disease.compile import course_of
        >>> waning = waning_of(course_of("covid-omicron-ba2"))
        >>> waning.against(History(infected_by=0), 0, 30.0)
        (1.0, 1.0, 1.0)
    """
    return Waning(variants=course.variants, cross_immunity=course.cross_immunity, period_days=period_days)
