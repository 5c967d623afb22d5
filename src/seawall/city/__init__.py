"""Who lives where and meets whom: a city folder, read and checked."""

from seawall.city.areas import Area, AreaTree
from seawall.city.check import CheckReport, check_city
from seawall.city.declared import TABLES
from seawall.city.read import City, open_city, read_city
from seawall.city.schema import EVENTS, LEVELS, STOCKS, Column, Table

__all__ = [
    "EVENTS",
    "LEVELS",
    "STOCKS",
    "TABLES",
    "Area",
    "AreaTree",
    "CheckReport",
    "City",
    "Column",
    "Table",
    "check_city",
    "open_city",
    "read_city",
]
