"""Who lives where and meets whom: a city folder, read and checked."""

from seawall.city.areas import Area, AreaTree
from seawall.city.read import City, read_city
from seawall.city.schema import EVENTS, LEVELS, STOCKS, TABLES, Column, Table

__all__ = ["EVENTS", "LEVELS", "STOCKS", "TABLES", "Area", "AreaTree", "City", "Column", "Table", "read_city"]
