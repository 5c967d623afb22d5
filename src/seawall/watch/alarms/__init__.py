"""Alarms: counts that stand out from what was to be expected, in many series at once."""

from seawall.watch.alarms.chance import chance_of_alarm
from seawall.watch.alarms.cusum import CusumRules, cusum
from seawall.watch.alarms.detector import METHODS, PLANNED, Detector, Method, compares_years, detect
from seawall.watch.alarms.ears import EARS_ALPHA, EarsMethod, EarsRules, ears
from seawall.watch.alarms.farrington import farrington
from seawall.watch.alarms.farrington_rules import FarringtonRules, farrington_original_rules
from seawall.watch.alarms.historical import HistoricalRules, historical
from seawall.watch.alarms.table import CountSeries, assess_series
from seawall.watch.alarms.today import ALARM_COLUMNS, TODAY, alarms_today, chance_alarms
from seawall.watch.alarms.verdicts import Status, Verdicts
from seawall.watch.alarms.weeks import weekly_sums

__all__ = [
    "ALARM_COLUMNS",
    "EARS_ALPHA",
    "METHODS",
    "PLANNED",
    "TODAY",
    "CountSeries",
    "CusumRules",
    "Detector",
    "EarsMethod",
    "EarsRules",
    "FarringtonRules",
    "HistoricalRules",
    "Method",
    "Status",
    "Verdicts",
    "alarms_today",
    "assess_series",
    "chance_alarms",
    "chance_of_alarm",
    "compares_years",
    "cusum",
    "detect",
    "ears",
    "farrington",
    "farrington_original_rules",
    "historical",
    "weekly_sums",
]
