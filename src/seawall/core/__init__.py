"""Words every package shares: errors, quantities, draws, tables."""

from seawall.core.errors import Fault, InvalidInput, SeawallError
from seawall.core.quantity import check_quantities, describe_quantities, quantity

__all__ = [
    "Fault",
    "InvalidInput",
    "SeawallError",
    "check_quantities",
    "describe_quantities",
    "quantity",
]
