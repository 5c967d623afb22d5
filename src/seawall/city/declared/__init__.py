"""Every table a city folder may hold, declared once: read by the checker, the importer and the docs."""

from __future__ import annotations

from seawall.city.declared.means import MEANS
from seawall.city.declared.people import PEOPLE
from seawall.city.declared.places import PLACES
from seawall.city.declared.reports import REPORTS
from seawall.city.declared.services import SERVICES
from seawall.city.schema import Table

TABLES: dict[str, Table] = {table.name: table for table in (*PEOPLE, *REPORTS, *PLACES, *SERVICES, *MEANS)}
"""Every table, by name, in its published order."""

__all__ = ["TABLES"]
