"""Columns that several tables share."""

from __future__ import annotations

from seawall.city.schema import Column


def id_column(
    name: str, about: str, *, required: bool = True, refers_to: str | None = None, synonyms: tuple[str, ...] = ()
) -> Column:
    """A column that names something by its code."""
    return Column(name=name, kind="text", about=about, required=required, refers_to=refers_to, synonyms=synonyms)


AREA_SYNONYMS = (
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
LON = Column(
    name="lon",
    kind="number",
    about="Longitude, WGS-84.",
    unit="degree",
    low=-180,
    high=180,
    synonyms=("longitude", "lng", "经度", "經度"),
)
LAT = Column(
    name="lat",
    kind="number",
    about="Latitude, WGS-84.",
    unit="degree",
    low=-90,
    high=90,
    synonyms=("latitude", "纬度", "緯度"),
)


def date_column(name: str, about: str, synonyms: tuple[str, ...], *, required: bool = False) -> Column:
    """A column that holds a day."""
    return Column(name=name, kind="date", about=about, required=required, synonyms=synonyms)
