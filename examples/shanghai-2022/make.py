"""Turn the published record of Shanghai, spring 2022, into a city folder.

    .venv/bin/python examples/shanghai-2022/make.py SOURCE -o shanghai

SOURCE is a folder that holds ``shanghai-2022`` (bulletin figures by district, published addresses) and
``china-boundaries`` (polygons). Nothing of it is kept in this project; `README.md` says what each file is.

What the bulletins say is put together here, where arithmetic is needed; what a mapping can say (headers,
names, codes) stands in `mapping.toml` beside this file and goes through `seawall import`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import polars as pl
import shapely
from shapely.geometry import mapping, shape

from seawall.city.importing import import_files
from seawall.core.tables import write_table, written_beside

HERE = Path(__file__).parent

# Seventh census, 1 November 2020: Shanghai Municipal Bureau of Statistics, bulletin no. 2. The sum is the
# published total of the city, 24,870,895.
DISTRICTS = {
    "310101": ("黄浦区", "Huangpu", 662_030),
    "310104": ("徐汇区", "Xuhui", 1_113_078),
    "310105": ("长宁区", "Changning", 693_051),
    "310106": ("静安区", "Jing'an", 975_707),
    "310107": ("普陀区", "Putuo", 1_239_800),
    "310109": ("虹口区", "Hongkou", 757_498),
    "310110": ("杨浦区", "Yangpu", 1_242_548),
    "310112": ("闵行区", "Minhang", 2_653_489),
    "310113": ("宝山区", "Baoshan", 2_235_218),
    "310114": ("嘉定区", "Jiading", 1_834_258),
    "310115": ("浦东新区", "Pudong", 5_681_512),
    "310116": ("金山区", "Jinshan", 822_776),
    "310117": ("松江区", "Songjiang", 1_909_713),
    "310118": ("青浦区", "Qingpu", 1_271_424),
    "310120": ("奉贤区", "Fengxian", 1_140_872),
    "310151": ("崇明区", "Chongming", 637_921),
}

# The street file spells some units otherwise than the published addresses do.
SPELLED = {
    "外滩": "外滩街道",
    "豫园": "豫园街道",
    "老西门": "老西门街道",
    "小东门": "小东门街道",
    "南京东路": "南京东路街道",
    "半淞园": "半淞园路街道",
    "吴淞镇街道": "吴淞街道",
    "友谊街道": "友谊路街道",
    "古美路街道": "古美街道",
    "五角场镇": "长海路街道",
}
WITHOUT_POLYGON = (("嘉定区", "菊园新区", "Juyuan New Area"),)

# Median offset of the first geocoder (GCJ-02) from WGS-84 over the 86,000 addresses that have both.
GCJ_OFFSET = (0.00448, -0.001978)


def areas_and_polygons(boundaries: Path) -> tuple[pl.DataFrame, dict[str, object]]:
    """City, 16 districts and 215 subdistricts, with polygons simplified along shared borders."""
    features = json.loads((boundaries / "shanghai_streets.geojson").read_text(encoding="utf-8"))["features"]
    code_of = {name: code for code, (name, _, _) in DISTRICTS.items()}
    streets = []
    for feature in features:
        names = feature["properties"]
        name = SPELLED.get(names["street"], names["street"])
        streets.append((names["district"], name, names["name_en"], shape(feature["geometry"]).buffer(0)))
    simple = shapely.coverage_simplify([polygon for *_, polygon in streets], 0.0012)
    streets = [(*names, polygon) for (*names, _), polygon in zip(streets, simple, strict=True)]
    streets += [(*names, None) for names in WITHOUT_POLYGON]
    streets.sort(key=lambda street: (code_of[street[0]], street[1]))

    rows = [
        ("310000", None, "city", "Shanghai", "上海市", sum(people for *_, people in DISTRICTS.values()), None, None)
    ]
    shapes = []
    serial: dict[str, int] = {}
    for district, name, name_en, polygon in streets:
        code = code_of[district]
        serial[code] = serial.get(code, 0) + 1
        area_id = f"{code}-{serial[code]:03d}"
        point = polygon.representative_point() if polygon is not None else None
        place = (None, None) if point is None else (round(point.x, 5), round(point.y, 5))
        rows.append((area_id, code, "subdistrict", name_en, name, None, *place))
        if polygon is not None:
            shapes.append((area_id, "subdistrict", polygon))
    for code, (name, name_en, people) in DISTRICTS.items():
        whole = shapely.union_all([polygon for d, *_, polygon in streets if d == name and polygon is not None])
        whole = _without_holes(whole)
        point = whole.representative_point()
        rows.append((code, "310000", "district", name_en, name, people, round(point.x, 5), round(point.y, 5)))
        shapes.append((code, "district", whole))
    rows.sort(key=lambda row: ("city", "district", "subdistrict").index(row[2]))
    columns = ["area_id", "parent_id", "level", "name", "name_zh", "population", "lon", "lat"]
    geojson = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"area_id": area_id, "level": level},
                "geometry": mapping(shapely.set_precision(polygon, 0.00001)),
            }
            for area_id, level, polygon in shapes
        ],
    }
    return pl.DataFrame(rows, schema=columns, orient="row"), geojson


def _without_holes(polygon: shapely.Geometry) -> shapely.Geometry:
    parts = [shapely.Polygon(part.exterior) for part in getattr(polygon, "geoms", [polygon])]
    return shapely.union_all(parts)


def counts(source: Path) -> pl.DataFrame:
    """Daily numbers by district and for the city, as the bulletins give them.

    An infection counts once: a person confirmed after an earlier report without symptoms is not new. The
    by-source record serves until 03-17 (the other one misses up to a third of cases before), the parsed
    bulletins from 03-18 to 05-11, the by-source record again to 05-18 and the plain totals to 05-31.
    """
    a = pl.read_csv(source / "district_daily_a.csv", try_parse_dates=True).select(
        "date",
        "district",
        "confirmed",
        "asymptomatic",
        "confirmed_from_asymptomatic",
        in_control=pl.col("confirmed_in_control") + pl.col("asymptomatic_in_control"),
    )
    lines = pl.read_csv(source / "district_daily_by_source.csv", try_parse_dates=True)
    confirmed = pl.col("is_patient") == "确诊病例"

    def of(condition: pl.Expr) -> pl.Expr:
        return pl.col("count").filter(condition).sum()

    s = lines.group_by("date", "district").agg(
        confirmed=of(confirmed),
        asymptomatic=of(~confirmed),
        confirmed_from_asymptomatic=of(confirmed & (pl.col("source") == "此前报告的本土无症状感染")),
        in_control=of(pl.col("source") == "闭环隔离管控"),
    )
    b = pl.read_csv(source / "district_daily_b.csv", try_parse_dates=True).select(
        "date", "district", "confirmed", "asymptomatic"
    )
    city = pl.read_csv(source / "city_daily.csv", try_parse_dates=True)
    city_b = pl.read_csv(source / "city_daily_b.csv", try_parse_dates=True)
    days = pl.col("date")
    a_days = days.is_between(pl.date(2022, 3, 18), pl.date(2022, 5, 11))
    s_days = days.is_between(pl.date(2022, 3, 6), pl.date(2022, 3, 17)) | days.is_between(
        pl.date(2022, 5, 12), pl.date(2022, 5, 18)
    )
    districts = pl.concat(
        [a.filter(a_days), s.filter(s_days).select(a.columns), b.filter(days > pl.date(2022, 5, 18))],
        how="diagonal_relaxed",
    )
    # A district without a line on a day of the by-source record had no case that day: it lists cases only.
    grid = districts.select("date").unique().join(districts.select("district").unique(), how="cross")
    listed = days.is_between(pl.date(2022, 3, 6), pl.date(2022, 5, 18))
    districts = grid.join(districts, on=["date", "district"], how="left").with_columns(
        pl.when(listed).then(pl.exclude("date", "district").fill_null(0)).otherwise(pl.exclude("date", "district"))
    )
    new = pl.col("confirmed") + pl.col("asymptomatic") - pl.col("confirmed_from_asymptomatic").fill_null(0)
    districts = districts.with_columns(
        reports=new,
        reports_local=new,
        reports_in_control=pl.col("in_control"),
        reports_in_community=new - pl.col("in_control"),
    ).drop("in_control")

    total = city.select(
        "date",
        "confirmed",
        "asymptomatic",
        "confirmed_from_asymptomatic",
        "deaths",
        reports_local=pl.col("local_confirmed") + pl.col("local_asymptomatic") - pl.col("confirmed_from_asymptomatic"),
        reports_imported=pl.col("imported_confirmed") + pl.col("imported_asymptomatic"),
        in_hospital=pl.col("current_in_hospital"),
        in_icu=pl.col("current_critical"),
    ).with_columns(reports=pl.col("reports_local") + pl.col("reports_imported"))
    # The early days of the city's own record precede the outbreak; from 05-12 only the local totals are left.
    later = city_b.filter(days > city["date"].max()).select(
        "date",
        "confirmed",
        "asymptomatic",
        confirmed_from_asymptomatic=pl.col("asymptomatic_to_confirmed"),
        reports_local=pl.col("total"),
        reports=pl.col("total"),
        deaths=pl.col("deaths").cast(pl.Int64),
    )
    total = pl.concat([total, later], how="diagonal_relaxed").with_columns(district=pl.lit("上海市"))
    stay = pl.read_csv(source / "district_in_hospital.csv", try_parse_dates=True)
    districts = districts.join(stay.select("date", "district", "in_hospital"), on=["date", "district"], how="left")
    return pl.concat([total, districts], how="diagonal_relaxed").sort("date", "district")


def addresses(source: Path, areas: pl.DataFrame) -> pl.DataFrame:
    """The published list, a row an address and day, with the point and the township that can be trusted."""
    raw = pl.read_csv(source / "addresses.csv.gz", try_parse_dates=True)
    raw = raw.with_columns(pl.col("township").replace(SPELLED))
    street = areas.filter(pl.col("level") == "subdistrict").select(township="name_zh", code="parent_id")
    district = areas.filter(pl.col("level") == "district").select(district="name_zh", code="area_id")
    known = street.join(district, on="code").select("district", "township", known=True)
    raw = raw.join(known, on=["district", "township"], how="left", maintain_order="left")
    # A township of another district means that the geocoder found a namesake: keep the district, drop the point.
    namesake = pl.col("township").is_in(street["township"].implode()) & pl.col("known").is_null()
    guessed = pl.col("amap_in_shanghai_box") & pl.col("lon_wgs84").is_null()
    points = {"lon": ("lon_wgs84", "lon_amap", GCJ_OFFSET[0]), "lat": ("lat_wgs84", "lat_amap", GCJ_OFFSET[1])}
    raw = raw.with_columns(
        pl.when(namesake).then(None).when(guessed).then(pl.col(first) - shift).otherwise(pl.col(better)).alias(name)
        for name, (better, first, shift) in points.items()
    )
    raw = raw.with_columns(
        township=pl.when("known").then("township"),
        lon=pl.col("lon").drop_nulls().first().over("district", "place").round(6),
        lat=pl.col("lat").drop_nulls().first().over("district", "place").round(6),
    )
    return raw.select(
        "date", "district", pl.col("township").drop_nulls().first().over("district", "place"), "place", "lon", "lat"
    ).unique(maintain_order=True)


def main() -> None:
    """Put the pieces together and import them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="folder that holds shanghai-2022 and china-boundaries")
    parser.add_argument("-o", "--output", type=Path, required=True, help="city folder to make")
    options = parser.parse_args()
    areas, geojson = areas_and_polygons(options.source / "china-boundaries")
    with tempfile.TemporaryDirectory() as scratch:
        files = {
            "areas.csv": areas,
            "bulletins.csv": counts(options.source / "shanghai-2022"),
            "addresses.csv": addresses(options.source / "shanghai-2022", areas),
        }
        for name, table in files.items():
            write_table(table, Path(scratch) / name)
        receipt = import_files(HERE / "mapping.toml", [Path(scratch) / name for name in files], options.output)
    with written_beside(options.output / "areas.geojson") as beside:
        beside.write_text(json.dumps(geojson, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    for table in receipt.tables:
        print(f"{table.table:8} {table.rows_after:>9,} rows")
    print(f"read {receipt.total('read'):,}, rejected {receipt.total('rejected'):,}; see {options.output / 'receipts'}")


if __name__ == "__main__":
    main()
