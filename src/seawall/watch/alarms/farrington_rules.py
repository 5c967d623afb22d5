"""How a Farrington detector is set: Noufaily's rules of 2013 and those of 1996."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seawall.core import Fault, InvalidInput, check_quantities, quantity
from seawall.watch.alarms.bounds import PowerTransform, ThresholdMethod
from seawall.watch.alarms.reference import Windows


@dataclass(frozen=True, slots=True, kw_only=True)
class FarringtonRules:
    """How a Farrington detector is set. The names are the usual ones, of R's surveillance package.

    The defaults are Noufaily's; `FARRINGTON_ORIGINAL` has those of 1996.

    Attributes:
        reweight: down-weight past outbreaks, by their Anscombe residuals.
        trend: let the regression have a trend, kept when the conditions of 1996 are met.
        powertrans: transformation of the ``delta`` bound.
        threshold_method: ``delta`` (1996), ``nbPlugin`` (Noufaily 2013) or ``muan`` (the same with the
            mean's own uncertainty).
        population_offset: let the mean be proportional to the population.
        two_sided: `alpha` is spent half below and half above, as in 1996.
        zero_when_few: give the bound as 0, not as NaN, where too few cases rule an alarm out, as R's
            surveillance does for the method of 1996.
        standard_errors: dispersion behind the trend's test and the mean's standard error.
            ``package``: as R's surveillance 1.20.3 computes it, which after reweighting of the flexible
            version divides the squared working residuals by the wrong weights. ``pearson``: the
            dispersion of the fitted model, not below 1 for the mean.
    """

    b: int = quantity(5, unit="year", low=1, high=50, source="Noufaily 2013", about="Years looked back")
    w: int = quantity(3, unit="step", low=0, high=182, source="Noufaily 2013", about="Half width of the windows")
    alpha: float = quantity(
        0.05, unit="probability", low=1e-12, high=0.5, source="R surveillance's default", about="Level of the bound"
    )
    no_periods: int = quantity(
        10, unit="level", low=1, high=365, source="Noufaily 2013", about="Seasonal levels; 1 keeps to the windows"
    )
    weights_threshold: float = quantity(
        2.58,
        unit="residual",
        low=0,
        high=1e6,
        source="Noufaily 2013",
        about="Residual from which a count is down-weighted",
    )
    p_threshold_trend: float = quantity(
        1.0, unit="probability", low=0, high=1, source="Noufaily 2013", about="p-value below which a trend is kept"
    )
    past_weeks_not_included: int = quantity(
        26, unit="step", low=0, high=3650, source="Noufaily 2013", about="Newest steps left out of the regression"
    )
    limit54_cases: float = quantity(
        5, unit="case", low=0, high=1e9, source="Farrington 1996", about="Fewer recent cases than this give no alarm"
    )
    limit54_weeks: int = quantity(
        4, unit="step", low=1, high=3650, source="Farrington 1996", about="Steps whose cases count as recent"
    )
    reweight: bool = True
    trend: bool = True
    powertrans: PowerTransform = "2/3"
    threshold_method: ThresholdMethod = "nbPlugin"
    population_offset: bool = False
    two_sided: bool = False
    zero_when_few: bool = False
    standard_errors: Literal["package", "pearson"] = "package"

    def __post_init__(self) -> None:
        check_quantities(self)

    @property
    def windows(self) -> Windows:
        """The reference windows these rules ask for."""
        return Windows(
            years=self.b, half_width=self.w, levels=self.no_periods, recent_left_out=self.past_weeks_not_included
        )

    def check_frequency(self, frequency: int) -> None:
        """Refuse windows and levels that do not fit in a year.

        Raises:
            InvalidInput: the windows overlap, or there are more levels than steps between them.
        """
        between = frequency - (2 * self.w + 1)
        if frequency < 2:
            column, problem = "frequency", f"a year of {frequency} step(s) has no seasons"
            mend = "Give 52 for weeks or 12 for months"
        elif between < 0:
            column, problem = "w", f"windows of 2 x {self.w} + 1 steps overlap in a year of {frequency}"
            mend = f"Give at most {(frequency - 1) // 2}"
        elif self.no_periods - 1 > between:
            column = "no_periods"
            problem = f"{self.no_periods} levels do not fit where {between} steps lie between the windows of a year"
            mend = f"Give at most {between + 1}"
        else:
            return
        raise InvalidInput(
            "The detector does not fit the series.",
            [Fault(file="FarringtonRules", column=column, problem=problem, mend=mend)],
        )


def farrington_original_rules(
    *,
    b: int = 5,
    w: int = 3,
    alpha: float = 0.05,
    reweight: bool = True,
    weights_threshold: float = 1.0,
    trend: bool = True,
    p_threshold_trend: float = 0.05,
    limit54_cases: float = 5,
    limit54_weeks: int = 4,
    powertrans: PowerTransform = "2/3",
    population_offset: bool = False,
) -> FarringtonRules:
    """The rules of Farrington et al. 1996: windows only, a bound by the delta rule, two-sided `alpha`.

    The newest `w` steps are left out with all others of the present year.
    """
    return FarringtonRules(
        b=b,
        w=w,
        alpha=alpha,
        reweight=reweight,
        weights_threshold=weights_threshold,
        trend=trend,
        p_threshold_trend=p_threshold_trend,
        limit54_cases=limit54_cases,
        limit54_weeks=limit54_weeks,
        powertrans=powertrans,
        population_offset=population_offset,
        no_periods=1,
        past_weeks_not_included=w,
        threshold_method="delta",
        two_sided=True,
        zero_when_few=True,
        standard_errors="pearson",
    )
