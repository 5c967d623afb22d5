"""Tests, doses and arrivals."""

from __future__ import annotations

from seawall.city.declared.columns import AREA_SYNONYMS, date_column, id_column
from seawall.city.schema import Column, Table

SERVICES = (
    Table(
        name="tests",
        row="tests of one kind taken in an area on a day",
        key=("date", "area_id", "kind", "reason"),
        gives="positivity, turnaround and coverage of testing",
        hides="positivity: whether a rise in reports is a rise in testing",
        columns=(
            date_column("date", "Day the specimens were taken.", ("采样日期", "日期"), required=True),
            id_column("area_id", "Area.", refers_to="areas.area_id", synonyms=AREA_SYNONYMS),
            Column(
                name="kind",
                kind="text",
                about="Kind of test.",
                required=True,
                codes=("pcr", "pcr_pooled", "antigen"),
                synonyms=("检测类型",),
            ),
            Column(
                name="reason",
                kind="text",
                about="Why they were tested.",
                required=True,
                codes=("symptoms", "contact", "screening", "key_group", "arrival", "unknown"),
                synonyms=("检测原因",),
            ),
            Column(
                name="tests",
                kind="integer",
                about="People tested.",
                required=True,
                unit="person",
                low=0,
                synonyms=("检测人数", "检测数"),
            ),
            Column(
                name="positives",
                kind="integer",
                about="Positive among them.",
                required=True,
                unit="person",
                low=0,
                synonyms=("阳性数", "阳性人数"),
            ),
            Column(
                name="turnaround_hours",
                kind="number",
                about="Median time from specimen to result.",
                unit="hour",
                low=0,
                high=1000,
                synonyms=("出结果时长",),
            ),
        ),
    ),
    Table(
        name="doses",
        row="vaccine doses given in an area on a day",
        key=("date", "area_id", "product", "dose", "age_from"),
        gives="vaccine uptake by age and district",
        hides="who is protected",
        columns=(
            date_column("date", "Day given.", ("接种日期",), required=True),
            id_column("area_id", "Area of residence.", refers_to="areas.area_id", synonyms=AREA_SYNONYMS),
            Column(name="product", kind="text", about="Product.", required=True, synonyms=("疫苗",)),
            Column(
                name="dose", kind="integer", about="Dose number.", required=True, low=1, high=10, synonyms=("剂次",)
            ),
            Column(
                name="age_from",
                kind="integer",
                about="First age of the band.",
                required=True,
                unit="year",
                low=0,
                high=120,
            ),
            Column(
                name="age_to",
                kind="integer",
                about="Last age of the band, included.",
                required=True,
                unit="year",
                low=0,
                high=130,
            ),
            Column(
                name="doses",
                kind="integer",
                about="Doses given.",
                required=True,
                unit="dose",
                low=0,
                synonyms=("接种数",),
            ),
        ),
    ),
    Table(
        name="arrivals",
        row="people arriving from one origin by one route on a day",
        key=("date", "origin", "route"),
        gives="imported risk",
        hides="how many infected people arrive, and from where",
        columns=(
            date_column("date", "Day of arrival.", ("到达日期", "日期"), required=True),
            Column(name="origin", kind="text", about="Where they come from.", required=True, synonyms=("来源地",)),
            Column(
                name="route",
                kind="text",
                about="How they come.",
                required=True,
                codes=("air", "rail", "road", "sea"),
                synonyms=("方式",),
            ),
            Column(
                name="arrivals",
                kind="integer",
                about="People arriving.",
                required=True,
                unit="person",
                low=0,
                synonyms=("人数",),
            ),
            Column(name="tested", kind="integer", about="Tested on arrival.", unit="person", low=0),
            Column(name="positives", kind="integer", about="Positive on arrival.", unit="person", low=0),
        ),
    ),
)
