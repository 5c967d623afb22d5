"""The tables of a city folder: declared once, read by the checker, the importer and the docs.

A table is a tuple of columns; a column has a kind, a meaning and its rules. The published Table
Schemas (``docs/reference``), the checks of `seawall check` and the header synonyms of
`seawall import` all come from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

Kind = Literal["text", "integer", "number", "boolean", "date", "datetime"]

DTYPES: dict[Kind, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: what it holds and what it may hold.

    Args:
        name: the column's name in the city folder.
        kind: how its cells are read.
        about: one sentence that says what it is.
        required: a cell may not be empty, and the column must be there.
        unit: unit of a number.
        low, high: closed range of a number.
        codes: the only values allowed, where there is such a list.
        refers_to: ``table.column`` whose values it must take.
        synonyms: other headers it comes in under, in any script; compared without case,
            spaces and punctuation.
    """

    name: str
    kind: Kind
    about: str
    required: bool = False
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    codes: tuple[str, ...] = ()
    refers_to: str | None = None
    synonyms: tuple[str, ...] = ()

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of the column once read."""
        return DTYPES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a city folder.

    Args:
        name: the file's stem.
        row: what one row is.
        columns: its columns, in their published order. Further columns are kept and ignored.
        key: columns that together name a row; two rows may not share them.
        gives: what the table makes possible.
        hides: what cannot be seen without it; said in the brief when the table is missing.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    gives: str
    hides: str

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def dtypes(self) -> dict[str, pl.DataType]:
        """Column name to Polars type."""
        return {column.name: column.dtype for column in self.columns}

    def table_schema(self) -> dict[str, Any]:
        """The table as a Frictionless Table Schema, ready for JSON."""
        fields = []
        for column in self.columns:
            kind = {"text": "string"}.get(column.kind, column.kind)
            constraints: dict[str, Any] = {}
            if column.required:
                constraints["required"] = True
            if column.low is not None:
                constraints["minimum"] = column.low
            if column.high is not None:
                constraints["maximum"] = column.high
            if column.codes:
                constraints["enum"] = list(column.codes)
            field: dict[str, Any] = {"name": column.name, "type": kind, "description": column.about}
            if column.unit:
                field["unit"] = column.unit
            if constraints:
                field["constraints"] = constraints
            fields.append(field)
        foreign = []
        for column in self.columns:
            if column.refers_to:
                resource, target = column.refers_to.split(".")
                foreign.append({"fields": column.name, "reference": {"resource": resource, "fields": target}})
        schema: dict[str, Any] = {"fields": fields, "primaryKey": list(self.key)}
        if foreign:
            schema["foreignKeys"] = foreign
        return schema


LEVELS = ("city", "district", "subdistrict", "community", "grid")
"""Levels of the area tree, from the widest to the finest."""

EVENTS: dict[str, str] = {
    "reports": "infections reported that day, confirmed or without symptoms, local and imported",
    "reports_local": "of these, local",
    "reports_imported": "of these, imported",
    "reports_in_control": "of these, found in quarantine or a closed loop",
    "reports_in_community": "of these, found outside control: by screening, at a clinic, by chance",
    "confirmed": "of these, confirmed cases, people found earlier without symptoms included",
    "asymptomatic": "of these, infections without symptoms",
    "confirmed_from_asymptomatic": "confirmed cases that were reported before, without symptoms",
    "onsets": "people whose symptoms began that day",
    "specimens": "specimens taken",
    "tests": "people tested",
    "positives": "positive results among the people tested",
    "admissions": "hospital admissions of infected people",
    "discharges": "discharges from hospital",
    "deaths": "deaths of infected people",
    "arrivals": "people arriving from outside the city",
    "contacts_traced": "contacts newly placed under observation",
    "in_hospital": "infected people in hospital at the day's end (a stock)",
    "in_icu": "infected people in intensive care at the day's end (a stock)",
    "in_quarantine": "people in quarantine at the day's end (a stock)",
    "staffed_beds": "staffed hospital beds at the day's end (a stock)",
    "occupied_beds": "staffed beds in use by anyone at the day's end (a stock)",
    "vaccinated": "people fully vaccinated by the day's end (a stock)",
}
"""What `counts.event` may be. Further events are kept; these are understood."""

STOCKS = frozenset({"in_hospital", "in_icu", "in_quarantine", "staffed_beds", "occupied_beds", "vaccinated"})


def _id(
    name: str, about: str, *, required: bool = True, refers_to: str | None = None, synonyms: tuple[str, ...] = ()
) -> Column:
    return Column(name=name, kind="text", about=about, required=required, refers_to=refers_to, synonyms=synonyms)


_AREA_SYNONYMS = (
    "area",
    "district",
    "subdistrict",
    "street",
    "区",
    "区县",
    "地区",
    "行政区",
    "街道",
    "区域",
    "地區",
    "區",
    "居住地",
    "现住址",
    "居住区",
    "所在区",
    "县区",
    "area_code",
    "district_name",
    "residence",
)
_LON = Column(
    name="lon",
    kind="number",
    about="Longitude, WGS-84.",
    unit="degree",
    low=-180,
    high=180,
    synonyms=("longitude", "lng", "经度", "經度"),
)
_LAT = Column(
    name="lat",
    kind="number",
    about="Latitude, WGS-84.",
    unit="degree",
    low=-90,
    high=90,
    synonyms=("latitude", "纬度", "緯度"),
)


def _date(name: str, about: str, synonyms: tuple[str, ...], *, required: bool = False) -> Column:
    return Column(name=name, kind="date", about=about, required=required, synonyms=synonyms)


_TABLES = (
    Table(
        name="areas",
        row="an area of the city",
        key=("area_id",),
        gives="everything: who lives where",
        hides="the city itself",
        columns=(
            _id(
                "area_id",
                "Code of the area; official codes are kept.",
                synonyms=("code", "adcode", "区划代码", "地区代码", "代码"),
            ),
            _id(
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
            _LON,
            _LAT,
        ),
    ),
    Table(
        name="population",
        row="an age band of an area's residents",
        key=("area_id", "age_from"),
        gives="rates by age",
        hides="who is old and at risk, by district",
        columns=(
            _id("area_id", "Area.", refers_to="areas.area_id", synonyms=_AREA_SYNONYMS),
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
    Table(
        name="counts",
        row="a number for a day, an area and an event",
        key=("date", "area_id", "event"),
        gives="the curve, alarms and the forecast where there is no line list",
        hides="what is reported only as totals: tests, hospital stocks, deaths",
        columns=(
            _date("date", "Day the events belong to.", ("day", "日期", "报告日期"), required=True),
            _id("area_id", "Area.", refers_to="areas.area_id", synonyms=_AREA_SYNONYMS),
            Column(
                name="event",
                kind="text",
                about="What was counted; see the list of events.",
                required=True,
                synonyms=("indicator", "指标", "事件"),
            ),
            Column(
                name="count",
                kind="number",
                about="How many.",
                required=True,
                unit="events",
                low=0,
                synonyms=("value", "n", "人数", "例数", "数量"),
            ),
        ),
    ),
    Table(
        name="cases",
        row="a line of the line list: one infected person",
        key=("case_id",),
        gives="the four earlies, the nowcast, zones at the finest unit",
        hides="delays, the four earlies, the nowcast by onset, and who the infected are",
        columns=(
            _id(
                "case_id",
                "Pseudonym of the case; no name, no identity number.",
                synonyms=(
                    "id",
                    "caseid",
                    "case_number",
                    "patient_id",
                    "病例编号",
                    "病例编码",
                    "编号",
                    "個案編號",
                    "病例号",
                ),
            ),
            _id(
                "area_id", "Area of residence, as fine as is known.", refers_to="areas.area_id", synonyms=_AREA_SYNONYMS
            ),
            _date(
                "onset_date",
                "First day of symptoms; empty when there were none.",
                (
                    "onset",
                    "date_of_onset",
                    "date_onset",
                    "onset_of_symptoms",
                    "symptom_onset",
                    "date_onset_symptoms",
                    "symptom_onset_date",
                    "发病日期",
                    "发病时间",
                    "發病日期",
                    "发病",
                    "症状出现日期",
                    "首发症状日期",
                ),
            ),
            _date(
                "specimen_date",
                "Day the first positive specimen was taken.",
                (
                    "specimen",
                    "sample_date",
                    "date_sample",
                    "collection_date",
                    "test_date",
                    "标本采集日期",
                    "采样日期",
                    "采样时间",
                    "採樣日期",
                ),
            ),
            _date(
                "report_date",
                "Day the case was reported.",
                (
                    "report",
                    "date_report",
                    "reporting_date",
                    "date_reported",
                    "notification_date",
                    "date_confirmed",
                    "confirmation_date",
                    "confirm_date",
                    "confirmed_date",
                    "date_confirmation",
                    "报告日期",
                    "报告时间",
                    "确诊日期",
                    "确诊时间",
                    "诊断日期",
                    "阳性日期",
                    "報告日期",
                    "報告日",
                    "確診日期",
                ),
            ),
            _date(
                "isolation_date",
                "Day the case was isolated.",
                ("isolation", "date_isolation", "date_quarantine", "隔离日期", "隔离时间", "管控日期"),
            ),
            _date(
                "admission_date",
                "Day of admission to hospital.",
                (
                    "admission",
                    "date_admission",
                    "date_hospital",
                    "date_of_hospitalisation",
                    "入院时间",
                    "入院日期",
                    "收治日期",
                    "住院日期",
                ),
            ),
            _date(
                "outcome_date",
                "Day of the outcome.",
                (
                    "date_of_outcome",
                    "date_outcome",
                    "date_discharge",
                    "released_date",
                    "转归日期",
                    "出院日期",
                    "轉歸日期",
                ),
            ),
            Column(
                name="outcome",
                kind="text",
                about="Recovered, died, or still ill.",
                codes=("recovered", "died", "ill", "unknown"),
                synonyms=("转归", "轉歸", "结局"),
            ),
            Column(
                name="classification",
                kind="text",
                about="How sure, and with symptoms or not.",
                codes=("confirmed", "asymptomatic", "probable", "suspected"),
                synonyms=("class", "诊断类型", "分类", "病例分类", "類型"),
            ),
            Column(
                name="severity",
                kind="text",
                about="Worst severity so far.",
                codes=("none", "mild", "moderate", "severe", "critical"),
                synonyms=("病情", "严重程度", "临床严重程度", "嚴重程度"),
            ),
            Column(name="age", kind="number", about="Age.", unit="year", low=0, high=130, synonyms=("年龄", "年齡")),
            Column(
                name="sex",
                kind="text",
                about="Sex.",
                codes=("female", "male", "other", "unknown"),
                synonyms=("gender", "性别", "性別"),
            ),
            Column(
                name="origin",
                kind="text",
                about="Infected in the city or outside it.",
                codes=("local", "imported", "unknown"),
                synonyms=("source", "来源", "感染来源", "來源"),
            ),
            Column(
                name="found_by",
                kind="text",
                about="How the case was found.",
                codes=("symptoms", "contact", "screening", "key_group", "arrival", "self_test", "unknown"),
                synonyms=("发现方式", "發現方式", "发现途径"),
            ),
            Column(
                name="in_control",
                kind="boolean",
                about="Found while in quarantine or a closed loop.",
                synonyms=("隔离管控中发现", "管控中", "是否管控", "閉環", "是否闭环", "闭环管控"),
            ),
            _id(
                "place_id",
                "Place of residence or stay, where it is a listed place.",
                required=False,
                refers_to="places.place_id",
                synonyms=("place", "场所", "小区", "場所"),
            ),
            _LON,
            _LAT,
        ),
    ),
    Table(
        name="exposures",
        row="an edge: a case and a person who may have been infected by it",
        key=("case_id", "person_id", "setting", "first_date"),
        gives="chains, attack rates and tracing delays",
        hides="who may have infected whom",
        columns=(
            _id("case_id", "The source case.", refers_to="cases.case_id"),
            _id("person_id", "Pseudonym of the exposed person.", synonyms=("contact_id", "密接编号")),
            Column(
                name="setting",
                kind="text",
                about="Where they met.",
                required=True,
                codes=("household", "work", "school", "community", "transport", "hospital", "venue", "unknown"),
                synonyms=("场景", "場景"),
            ),
            _date("first_date", "First day of exposure.", ("首次接触日期",), required=True),
            _date("last_date", "Last day of exposure.", ("末次接触日期",)),
        ),
    ),
    Table(
        name="visits",
        row="a stay of a case at a place",
        key=("person_id", "place_id", "start"),
        gives="risk points: places where cases met",
        hides="places where cases stayed before they were found",
        columns=(
            _id("person_id", "The case or person.", synonyms=("case_id",)),
            _id("place_id", "The place.", refers_to="places.place_id"),
            Column(
                name="start",
                kind="datetime",
                about="Start of the stay, local time.",
                required=True,
                synonyms=("开始时间",),
            ),
            Column(
                name="end", kind="datetime", about="End of the stay, local time.", required=True, synonyms=("结束时间",)
            ),
        ),
    ),
    Table(
        name="places",
        row="a place: a compound, venue, hub, hospital, site",
        key=("place_id",),
        gives="risk points on the map",
        hides="where within an area the cases are",
        columns=(
            _id("place_id", "Code of the place."),
            _id("area_id", "Area it lies in.", refers_to="areas.area_id", synonyms=_AREA_SYNONYMS),
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
            _LON,
            _LAT,
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
            _date("date", "Day the number belongs to.", ("day", "日期", "报告日期"), required=True),
            _id("place_id", "The place.", refers_to="places.place_id", synonyms=("place", "场所", "小区", "場所")),
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
    Table(
        name="tests",
        row="tests of one kind taken in an area on a day",
        key=("date", "area_id", "kind", "reason"),
        gives="positivity, turnaround and coverage of testing",
        hides="positivity: whether a rise in reports is a rise in testing",
        columns=(
            _date("date", "Day the specimens were taken.", ("采样日期", "日期"), required=True),
            _id("area_id", "Area.", refers_to="areas.area_id", synonyms=_AREA_SYNONYMS),
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
            _date("date", "Day given.", ("接种日期",), required=True),
            _id("area_id", "Area of residence.", refers_to="areas.area_id", synonyms=_AREA_SYNONYMS),
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
            _date("date", "Day of arrival.", ("到达日期", "日期"), required=True),
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
    Table(
        name="trips",
        row="people moving between two areas",
        key=("from_area", "to_area"),
        gives="how areas infect each other",
        hides="where an outbreak will spread next",
        columns=(
            _id("from_area", "Where trips begin.", refers_to="areas.area_id"),
            _id("to_area", "Where they end.", refers_to="areas.area_id"),
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
            _id("place_id", "The place.", refers_to="places.place_id"),
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
            _id("place_id", "The place.", refers_to="places.place_id"),
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
            _id("area_id", "Area.", refers_to="areas.area_id"),
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

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
"""Every table a city folder may hold, by name."""
