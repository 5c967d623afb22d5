"""From attendance to output, prices of life left open: what an outbreak and its measures cost, and who bears it."""

from seawall.twin.economy.accounts import Accounts, accounts_of
from seawall.twin.economy.bearers import bearers, over_runs
from seawall.twin.economy.economy import Economy, Produced, economy_of
from seawall.twin.economy.leontief import coefficients, gross_for, leontief_inverse, multipliers, without
from seawall.twin.economy.losses import Loss, Prices, break_even, life_years, school_years, societal_loss
from seawall.twin.economy.parameters import Parameters, corners

__all__ = [
    "Accounts",
    "Economy",
    "Loss",
    "Parameters",
    "Prices",
    "Produced",
    "accounts_of",
    "bearers",
    "break_even",
    "coefficients",
    "corners",
    "economy_of",
    "gross_for",
    "leontief_inverse",
    "life_years",
    "multipliers",
    "over_runs",
    "school_years",
    "societal_loss",
    "without",
]
