"""Figures: small, whole, readable by those who do not see them, and honest about days not yet in."""

from __future__ import annotations

import re
from datetime import date, timedelta

import polars as pl
import pytest

from seawall.brief.figures import curves
from seawall.brief.figures.maps import Dot, Shade, ZoneMark, breaks, risk_map
from seawall.brief.figures.small import bar, spark
from seawall.brief.figures.style import tidy
from seawall.brief.words import Words

ENGLISH = Words(lang="en", names={"a": ("Old Town", "老城区"), "b": ("North Quay", "北码头区")})
TRADITIONAL = Words(lang="zh-Hant", names=ENGLISH.names)
ON = date(2022, 3, 27)


def curve(days=30, **columns):
    dates = [ON - timedelta(days=days - 1 - day) for day in range(days)]
    given = {
        "reports": [float(day) for day in range(days)],
        "in_control": [None] * days,
        "in_community": [None] * days,
        "local": [None] * days,
        "imported": [None] * days,
        "mean7": [float(day) for day in range(days)],
    } | columns
    return pl.DataFrame({"date": dates, **given}, schema_overrides=dict.fromkeys(given, pl.Float64))


def texts(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_a_figure_says_what_it_is_and_keeps_its_text_as_text():
    svg = curves.epidemic_curve(curve(), ENGLISH, title="Reports & more", alt="Rising <steadily>.")
    assert svg.startswith("<svg ")
    assert '<title id="curve-t">Reports &amp; more</title><desc id="curve-d">Rising &lt;steadily&gt;.</desc>' in svg
    assert 'aria-labelledby="curve-t curve-d"' in svg
    assert "27 Mar" in texts(svg)
    assert "Noto Sans CJK SC" in svg
    assert "Noto Sans CJK TC" in curves.epidemic_curve(curve(), TRADITIONAL, title="t", alt="a")


def test_the_same_figure_is_the_same_file():
    first, second = (curves.epidemic_curve(curve(), ENGLISH, title="t", alt="a") for _ in range(2))
    assert first == second


def test_how_they_were_found_is_hatched_not_only_coloured():
    split = curve(in_control=[2.0] * 30, in_community=[1.0] * 30)
    labels = texts(curves.epidemic_curve(split, ENGLISH, title="t", alt="a"))
    assert {"found in control", "found in the community"} <= set(labels)
    assert "<pattern" in curves.epidemic_curve(split, ENGLISH, title="t", alt="a")
    plain = curves.epidemic_curve(curve(), ENGLISH, title="t", alt="a")
    assert "found in control" not in texts(plain)
    assert "<pattern" not in plain


def test_a_day_not_reported_is_named():
    reports = [float(day) for day in range(30)]
    assert "not reported" not in texts(curves.epidemic_curve(curve(reports=reports), ENGLISH, title="t", alt="a"))
    reports[10] = None
    assert "not reported" in texts(curves.epidemic_curve(curve(reports=reports), ENGLISH, title="t", alt="a"))


def nowcast(complete):
    days = [ON - timedelta(days=day) for day in range(9, -1, -1)]
    return pl.DataFrame(
        {
            "date": days,
            "reported": [5.0] * 10,
            "completeness": complete,
            "q5": [5.0] * 10,
            "q50": [6.0] * 10,
            "q95": [9.0] * 10,
        }
    )


def test_incomplete_days_are_marked_where_they_are_drawn():
    whole = curves.nowcast(nowcast([0.5] * 10), ENGLISH, trusted=0.5, title="t", alt="a")
    assert "incomplete →" not in texts(whole)
    late = curves.nowcast(nowcast([1.0] * 9 + [0.49]), ENGLISH, trusted=0.5, title="t", alt="a")
    assert "incomplete →" in texts(late)
    assert "<pattern" in late


def test_a_forecast_far_beyond_everything_says_how_far():
    ahead = pl.DataFrame(
        {"target_end_date": [ON + timedelta(days=day) for day in range(1, 15)]}
        | {
            column: [value] * 14
            for column, value in {"q5": 1.0, "q25": 10.0, "q50": 20.0, "q75": 40.0, "q95": 87.0}.items()
        }
    )
    inside = curves.forecast_fan(curve(), ahead, ahead.clear(), ENGLISH, title="t", alt="a")
    assert not any(text.startswith("↑") for text in texts(inside))
    beyond = curves.forecast_fan(
        curve(), ahead.with_columns(q95=pl.lit(88.0)), ahead.clear(), ENGLISH, title="t", alt="a"
    )
    assert "↑ to 88" in texts(beyond)
    assert "naive baseline" not in texts(beyond)
    assert "naive baseline" in texts(curves.forecast_fan(curve(), ahead, ahead, ENGLISH, title="t", alt="a"))


SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
NEXT = {"type": "Polygon", "coordinates": [[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]}


def shades(second=NEXT, value=3.0):
    return [
        Shade(area_id="a", value=10.0, geometry=SQUARE, lon=0.5, lat=0.5),
        Shade(area_id="b", value=value, geometry=second, lon=1.5, lat=0.5),
    ]


def test_the_map_names_its_areas_and_its_classes():
    svg = risk_map(shades(), [], [], ENGLISH, title="t", alt="a")
    assert {"Old Town", "North Quay"} <= set(texts(svg))
    assert any(text.endswith("and more") for text in texts(svg))
    assert "place with infections" not in texts(svg)
    assert "北码头区" in texts(risk_map(shades(), [], [], TRADITIONAL, title="t", alt="a"))


def test_a_name_without_room_is_left_out_the_less_important_first():
    tiny = {"type": "Polygon", "coordinates": [[[0.5, 0.5], [0.51, 0.5], [0.51, 0.51], [0.5, 0.51], [0.5, 0.5]]]}
    drawn = texts(risk_map(shades(tiny), [], [], ENGLISH, title="t", alt="a"))
    assert "Old Town" in drawn
    assert "North Quay" not in drawn


def test_points_stand_where_there_are_no_shapes():
    points = [Shade(area_id=s.area_id, value=s.value, geometry=None, lon=s.lon, lat=s.lat) for s in shades()]
    assert "Old Town" in texts(risk_map(points, [], [], ENGLISH, title="t", alt="a"))


def test_many_places_are_gathered_so_that_a_large_city_stays_small():
    few = [Dot(lon=n / 120, lat=(n * 7 % 120) / 120, size=1.0) for n in range(120)]
    many = [Dot(lon=n / 30_000, lat=(n * 7919 % 30_000) / 30_000, size=1.0) for n in range(30_000)]
    zones = [ZoneMark(geometry=None, lon=dot.lon, lat=dot.lat) for dot in many]
    small, large = (risk_map(shades(), dots, zones, ENGLISH, title="t", alt="a") for dots in (few, many))
    assert len(large) < 3 * len(small)
    assert {"place with infections", "zone"} <= set(texts(large))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], [0.0]),
        ([0.0, 0.0], [0.0]),
        ([5.0], [0.0, 4.0]),
        ([0.0, 3.0, 8.0, 14.0, 40.0, 120.0], [0.0, 10.0, 20.0, 60.0]),
    ],
)
def test_classes_are_round_numbers(values, expected):
    assert breaks(values) == expected


def test_small_figures_leave_a_day_without_a_report_open():
    assert spark([1.0, 2.0, 3.0]).count("<polyline") == 1
    assert spark([1.0, 2.0, None, 3.0, 4.0]).count("<polyline") == 2
    assert "<polyline" not in spark([None, 1.0, None])
    assert 'aria-hidden="true"' in bar(0.5)


def test_ids_of_two_figures_never_meet():
    raw = '<?xml?><svg viewBox="0 0 1 1"><defs><path id="m1"/></defs><g id="unused"><use xlink:href="#m1"/></g></svg>'
    first, second = (tidy(raw, name=name, title="t", alt="a") for name in ("one", "two"))
    assert 'id="one-m1"' in first
    assert 'xlink:href="#one-m1"' in first
    assert "unused" not in first
    assert not set(re.findall(r'id="([^"]+)"', first)) & set(re.findall(r'id="([^"]+)"', second))
