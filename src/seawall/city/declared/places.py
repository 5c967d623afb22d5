"""Places, and what was seen at them."""

from __future__ import annotations

from seawall.city.declared.columns import AREA_SYNONYMS, LAT, LON, date_column, id_column
from seawall.city.schema import Column, Table

PLACES = (
    Table(
        name="places",
        row="a place: a compound, venue, hub, hospital, site",
        key=("place_id",),
        gives="risk points on the map",
        hides="where within an area the cases are",
        columns=(
            id_column("place_id", "Code of the place."),
            id_column("area_id", "Area it lies in.", refers_to="areas.area_id", synonyms=AREA_SYNONYMS),
            Column(
                name="kind",
                kind="text",
                about="Kind of place.",
                required=True,
                codes=(
                    "residence",
                    "workplace",
                    "school",
                    "market",
                    "venue",
                    "hub",
                    "hospital",
                    "fever_clinic",
                    "quarantine_site",
                    "test_site",
                    "care_home",
                    "port",
                    "other",
                ),
                synonyms=("类型", "類型"),
            ),
            Column(name="name", kind="text", about="Name of the place.", synonyms=("名称", "地址", "address", "place")),
            LON,
            LAT,
            Column(name="capacity", kind="number", about="People it holds.", unit="person", low=0, synonyms=("容量",)),
        ),
    ),
    Table(
        name="signals",
        row="a number for a place on a day",
        key=("date", "place_id", "event"),
        gives="zones and a map at the address where there is no line list",
        hides="at which addresses infections were found",
        columns=(
            date_column("date", "Day the number belongs to.", ("day", "日期", "报告日期"), required=True),
            id_column(
                "place_id", "The place.", refers_to="places.place_id", synonyms=("place", "场所", "小区", "場所")
            ),
            Column(
                name="event",
                kind="text",
                about="What was counted; positive_found: people living there found infected that day.",
                required=True,
                synonyms=("indicator", "指标", "事件"),
            ),
            Column(
                name="count",
                kind="number",
                about="How many; a lower bound where `at_least` says so.",
                required=True,
                unit="events",
                low=0,
                synonyms=("value", "n", "人数", "例数", "数量"),
            ),
            Column(
                name="at_least",
                kind="boolean",
                about="The count is a lower bound: so many, or more.",
                synonyms=("至少",),
            ),
        ),
    ),
)
