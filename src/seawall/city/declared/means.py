"""What the city has and what moves in it: trips, beds, stocks, the economy."""

from __future__ import annotations

from seawall.city.declared.columns import id_column
from seawall.city.schema import Column, Table

MEANS = (
    Table(
        name="trips",
        row="people moving between two areas",
        key=("from_area", "to_area"),
        gives="how areas infect each other",
        hides="where an outbreak will spread next",
        columns=(
            id_column("from_area", "Where trips begin.", refers_to="areas.area_id"),
            id_column("to_area", "Where they end.", refers_to="areas.area_id"),
            Column(name="trips_per_day", kind="number", about="Trips a day.", required=True, unit="trip/day", low=0),
        ),
    ),
    Table(
        name="capacity",
        row="a resource at a place",
        key=("place_id", "resource"),
        gives="beds left",
        hides="how full the hospitals and isolation sites are",
        columns=(
            id_column("place_id", "The place.", refers_to="places.place_id"),
            Column(
                name="resource",
                kind="text",
                about="What there is.",
                required=True,
                codes=("beds", "icu_beds", "isolation_rooms", "quarantine_rooms", "tests_per_day", "staff"),
            ),
            Column(name="total", kind="number", about="How many there are.", required=True, low=0),
            Column(name="in_use", kind="number", about="How many are in use.", low=0),
        ),
    ),
    Table(
        name="stocks",
        row="an item in store at a place",
        key=("place_id", "item"),
        gives="days of supply",
        hides="what runs out, and when",
        columns=(
            id_column("place_id", "The place.", refers_to="places.place_id"),
            Column(name="item", kind="text", about="What is in store.", required=True),
            Column(name="on_hand", kind="number", about="How many there are.", required=True, low=0),
            Column(name="daily_use", kind="number", about="Used a day.", required=True, low=0),
            Column(name="lead_time_days", kind="number", about="Days from order to delivery.", unit="day", low=0),
        ),
    ),
    Table(
        name="sectors",
        row="a sector of the economy in an area",
        key=("sector", "area_id"),
        gives="output at stake",
        hides="what a restriction costs in output and jobs",
        columns=(
            Column(name="sector", kind="text", about="Sector.", required=True),
            id_column("area_id", "Area.", refers_to="areas.area_id"),
            Column(name="workers", kind="number", about="People employed.", required=True, unit="person", low=0),
            Column(
                name="output_per_day", kind="number", about="Value added.", required=True, unit="currency/day", low=0
            ),
            Column(
                name="remote_share",
                kind="number",
                about="Share of work that can be done from home.",
                unit="fraction",
                low=0,
                high=1,
            ),
            Column(name="essential", kind="boolean", about="Keeps running under any restriction."),
        ),
    ),
    Table(
        name="flows",
        row="deliveries from one sector to another",
        key=("from_sector", "to_sector"),
        gives="supply chains",
        hides="how a stop in one sector starves another",
        columns=(
            Column(name="from_sector", kind="text", about="Supplier.", required=True),
            Column(name="to_sector", kind="text", about="Buyer.", required=True),
            Column(name="value", kind="number", about="Value delivered.", required=True, unit="currency/day", low=0),
        ),
    ),
)
