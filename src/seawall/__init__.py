"""Seawall: from a city's daily reports to the least restriction that does the job."""

__version__ = "0.1.0"
