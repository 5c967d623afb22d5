"""Who lives where."""

from __future__ import annotations

from seawall.city.declared.columns import AREA_SYNONYMS, LAT, LON, id_column
from seawall.city.schema import LEVELS, Column, Table

PEOPLE = (
    Table(
        name="areas",
        row="an area of the city",
        key=("area_id",),
        gives="everything: who lives where",
        hides="the city itself",
        columns=(
            id_column(
                "area_id",
                "Code of the area; official codes are kept.",
                synonyms=("code", "adcode", "区划代码", "地区代码", "代码"),
            ),
            id_column(
                "parent_id",
                "Code of the area it lies in; empty for the city.",
                required=False,
                refers_to="areas.area_id",
                synonyms=("parent", "上级代码", "上级"),
            ),
            Column(
                name="level",
                kind="text",
                about="Level in the tree.",
                required=True,
                codes=LEVELS,
                synonyms=("级别", "层级"),
            ),
            Column(
                name="name",
                kind="text",
                about="Name in Latin script, or the only name there is.",
                required=True,
                synonyms=("name_en", "英文名"),
            ),
            Column(name="name_zh", kind="text", about="Name in Chinese.", synonyms=("名称", "中文名", "名稱")),
            Column(
                name="population",
                kind="integer",
                about="Residents.",
                unit="person",
                low=0,
                synonyms=("residents", "人口", "常住人口"),
            ),
            LON,
            LAT,
        ),
    ),
    Table(
        name="population",
        row="an age band of an area's residents",
        key=("area_id", "age_from"),
        gives="rates by age",
        hides="who is old and at risk, by district",
        columns=(
            id_column("area_id", "Area.", refers_to="areas.area_id", synonyms=AREA_SYNONYMS),
            Column(
                name="age_from",
                kind="integer",
                about="First age of the band.",
                required=True,
                unit="year",
                low=0,
                high=120,
                synonyms=("age_l", "年龄下限"),
            ),
            Column(
                name="age_to",
                kind="integer",
                about="Last age of the band, included.",
                required=True,
                unit="year",
                low=0,
                high=130,
                synonyms=("age_u", "年龄上限"),
            ),
            Column(
                name="persons",
                kind="integer",
                about="Residents of that age.",
                required=True,
                unit="person",
                low=0,
                synonyms=("人数", "人口"),
            ),
        ),
    ),
)
