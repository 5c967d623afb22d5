"""The example city keeps its word at any size: same seed same bytes, people add up, land is cut without gaps."""

import json

import numpy as np
import polars as pl
import pytest
import shapely
import shapely.geometry

from seawall.city import TABLES, read_city
from seawall.city.example import write_example
from seawall.core import InvalidInput

SIZES = (2_000, 12_345, 300_000, 1_200_001)


@pytest.fixture(scope="module", params=SIZES, ids=[f"{size:,}" for size in SIZES])
def city(request, tmp_path_factory):
    root = tmp_path_factory.mktemp("example") / "city"
    write_example(root, residents=request.param, seed=7)
    return read_city(root)


def contents(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("table_format", ["csv", "parquet"])
def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path, table_format):
    for name, seed in (("first", 3), ("again", 3), ("other", 4)):
        write_example(tmp_path / name, residents=30_000, seed=seed, table_format=table_format)
    first, again, other = (contents(tmp_path / name) for name in ("first", "again", "other"))
    assert first == again
    assert first.keys() == other.keys()
    same = {name for name in first if first[name] == other[name]}
    # What is decided before any lot is drawn: the generation time, and the delays where the same district is slow.
    assert same <= {f"truth/generation.{table_format}", f"truth/delays.{table_format}"}


def test_both_formats_hold_the_same_city(tmp_path):
    cities = []
    for table_format in ("csv", "parquet"):
        write_example(tmp_path / table_format, residents=30_000, seed=5, table_format=table_format)
        cities.append(read_city(tmp_path / table_format))
    for table in TABLES:
        if cities[0].has(table):
            assert cities[0].scan(table).collect().equals(cities[1].scan(table).collect()), table


def test_every_table_has_the_columns_and_types_of_its_schema(city):
    written = set(city.files)
    assert written == set(TABLES) - {"signals"}
    for name in written:
        path = city.files[name]
        header = pl.read_parquet_schema(path) if path.suffix == ".parquet" else pl.scan_csv(path).collect_schema()
        assert list(header) == [column.name for column in TABLES[name].columns], name
        if path.suffix == ".parquet":
            for column in TABLES[name].columns:
                whole = column.kind == "number" and header[column.name] == pl.Int64
                assert whole or header[column.name] == column.dtype, (name, column.name)
        table = city.scan(name).collect()
        assert table.height > 0
        for column in TABLES[name].columns:
            if column.required:
                assert table[column.name].null_count() == 0, (name, column.name)
        assert not table.select(TABLES[name].key).is_duplicated().any(), name


def test_it_is_labelled_synthetic(city):
    assert city.synthetic is True
    assert "Nothing here is real" in (city.root / "README.md").read_text(encoding="utf-8")
    assert json.loads((city.root / "areas.geojson").read_text(encoding="utf-8"))["synthetic"] is True


def test_the_residents_add_up_exactly_on_every_level(city):
    residents = city.settings["example"]["residents"]
    areas = city.scan("areas").collect()
    for level in ("city", "district", "subdistrict", "community"):
        assert areas.filter(pl.col("level") == level)["population"].sum() == residents
    sums = areas.group_by("parent_id").agg(pl.col("population").sum().alias("parts"))
    joined = areas.join(sums, left_on="area_id", right_on="parent_id")
    assert joined.height > 20
    assert (joined["population"] == joined["parts"]).all()
    communities = areas.filter(pl.col("level") == "community").select("area_id", "population")
    by_age = city.scan("population").group_by("area_id").agg(pl.col("persons").sum()).collect()
    homes = (
        city.scan("places")
        .filter(pl.col("kind") == "residence")
        .group_by("area_id")
        .agg(pl.col("capacity").sum().cast(pl.Int64))
        .collect()
    )
    both = communities.join(by_age, on="area_id").join(homes, on="area_id")
    assert both.height == communities.height
    assert (both["population"] == both["persons"]).all()
    assert (both["population"] == both["capacity"]).all()


def outlines(city):
    return {area_id: shapely.geometry.shape(outline) for area_id, outline in city.polygons.items()}


def test_the_polygons_are_valid_and_cut_the_same_land_without_overlap(city):
    shapes = outlines(city)
    assert all(shape.is_valid and shape.area > 0 for shape in shapes.values())
    land = []
    for level in ("district", "subdistrict", "community"):
        of_level = [shapes[area.area_id] for area in city.areas.at_level(level)]
        whole = shapely.union_all(of_level)
        assert sum(shape.area for shape in of_level) == pytest.approx(whole.area, rel=1e-6)
        land.append(whole)
    assert land[0].symmetric_difference(land[1]).area < 1e-6 * land[0].area
    assert land[0].symmetric_difference(land[2]).area < 1e-6 * land[0].area
    for area_id, shape in shapes.items():
        parent = shapes.get(city.areas[area_id].parent_id)
        if parent is not None:
            assert shape.difference(parent).area < 1e-6 * shape.area


def test_places_and_the_points_of_communities_lie_inside_their_polygons(city):
    shapes = outlines(city)
    places = city.scan("places").collect()
    around = np.array([shapes[area_id] for area_id in places["area_id"]])
    assert shapely.contains_xy(around, places["lon"].to_numpy(), places["lat"].to_numpy()).all()
    communities = city.areas.at_level("community")
    assert all(shapely.contains_xy(shapes[area.area_id], area.lon, area.lat) for area in communities)


def test_there_is_a_harbour(city):
    """Water reaches into the city: the hull of the mainland holds far more than the land, and islands lie off it."""
    land = shapely.union_all([outlines(city)[area.area_id] for area in city.areas.at_level("district")])
    parts = sorted(shapely.get_parts(land), key=lambda part: -part.area)
    assert len(parts) >= 3
    banks = shapely.union_all(parts[:2])
    assert shapely.convex_hull(banks).area > 1.08 * banks.area
    names = {area.name for area in city.areas.at_level("district")}
    assert {"Bogang", "Laocheng", "Oudao"} <= names


def test_dates_of_a_case_come_in_order(city):
    cases = city.scan("cases").collect()
    last = city.settings["last_day"]
    for earlier, later in (
        ("onset_date", "specimen_date"),
        ("specimen_date", "report_date"),
        ("onset_date", "admission_date"),
        ("admission_date", "outcome_date"),
        ("report_date", "outcome_date"),
    ):
        assert not (cases[earlier] > cases[later]).any(), (earlier, later)
    local = cases.filter(~pl.col("in_control"))
    assert not (local["report_date"] > local["isolation_date"]).any()
    held = cases.filter(pl.col("in_control"))
    assert not (held["isolation_date"] > held["specimen_date"]).any()
    dates = [name for name, kind in cases.schema.items() if kind == pl.Date]
    assert cases.select(pl.max_horizontal(*dates).max()).item() <= last
    assert cases["report_date"].null_count() == 0
    assert (cases["outcome_date"].is_null() == (cases["outcome"] == "ill")).all()
    assert (cases["onset_date"].is_null() == (cases["classification"] == "asymptomatic")).all()
    died = cases.filter(pl.col("outcome") == "died")
    assert died["admission_date"].null_count() == 0


def test_no_home_has_more_infected_than_residents(city):
    folder = city.root / "truth"
    path = next(folder.glob("people.*"))
    people = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    homes = city.scan("places").filter(pl.col("kind") == "residence").select("place_id", "capacity").collect()
    infected = people.group_by("place_id").len().join(homes, on="place_id")
    assert infected.height > 5
    assert (infected["len"] <= infected["capacity"]).all()


def test_the_map_of_a_large_city_stays_small(tmp_path):
    write_example(tmp_path / "city", residents=9_000_000, seed=2, days=40)
    path = tmp_path / "city" / "areas.geojson"
    levels = {feature["properties"]["level"] for feature in json.loads(path.read_text(encoding="utf-8"))["features"]}
    assert levels == {"district", "subdistrict"}
    assert path.stat().st_size < 3_000_000


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"residents": 1_999}, "residents"), ({"residents": 25_000_001}, "residents"), ({"days": 39}, "days")],
)
def test_numbers_out_of_range_are_refused_and_nothing_is_written(tmp_path, wrong, word):
    with pytest.raises(InvalidInput, match=word):
        write_example(tmp_path / "city", **wrong)
    assert list(tmp_path.iterdir()) == []


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InvalidInput) as refused:
        write_example(tmp_path, residents=1, days=1, table_format="xlsx")
    assert len(refused.value.faults) == 4
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_only_an_example_city_is_replaced(tmp_path):
    city = tmp_path / "city"
    write_example(city, residents=2_000, days=40)
    before = contents(city)
    write_example(city, residents=2_000, days=40, seed=2)
    assert contents(city) != before
    (city / "mine.txt").write_text("mine")
    with pytest.raises(InvalidInput, match=r"mine\.txt"):
        write_example(city, residents=2_000, days=40)
    assert (city / "mine.txt").exists()
    write_example(city, residents=2_000, days=40, force=True)
    assert contents(city) == before
    (city / "city.toml").write_text('name = "Real"\n')
    with pytest.raises(InvalidInput, match="not empty"):
        write_example(city, residents=2_000, days=40, force=True)
    assert (city / "city.toml").read_text() == 'name = "Real"\n'


def test_a_folder_left_half_way_is_not_there_at_all(tmp_path):
    class Killed(BaseException):
        pass

    def stop(step):
        if step == "files":
            raise Killed

    with pytest.raises(Killed):
        write_example(tmp_path / "city", residents=2_000, days=40, progress=stop)
    assert list(tmp_path.iterdir()) == []
