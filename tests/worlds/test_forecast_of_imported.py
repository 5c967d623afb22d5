"""Imported cases are counted in the forecast and do not spread in it."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from seawall.city import read_city
from seawall.core.draws import generator
from seawall.disease import pathogen
from seawall.watch.forecast import city_reports, forecast_areas
from seawall.watch.series import daily_counts
from seawall.watch.transmission import reproduction_table

OMICRON = pathogen("covid-omicron-ba2")
ON = date(2022, 3, 31)
DAYS = 45


def city_of(root: Path, local, imported, *, toml: str = ""):
    root.mkdir()
    (root / "city.toml").write_text('name = "Port"\n' + toml)
    (root / "areas.csv").write_text(
        "area_id,parent_id,level,name\nC,,city,Port\nD1,C,district,East\nD2,C,district,West\n"
    )
    lines = ["date,area_id,event,count"]
    for back, (here, abroad) in enumerate(zip(local[::-1], imported[::-1], strict=True)):
        day = ON - timedelta(days=back)
        lines += [f"{day},C,reports,{here + abroad}", f"{day},C,reports_imported,{abroad}", f"{day},D1,reports,{here}"]
        lines += [f"{day},D2,reports,0"]
    (root / "counts.csv").write_text("\n".join(lines) + "\n")
    return read_city(root)


def futures(city):
    return forecast_areas(city, city_reports(city, daily_counts(city, ON)), pathogen=OMICRON, draws=800).paths


def test_imported_cases_alone_go_on_as_they_came(tmp_path):
    draw = generator(1, "arrivals")
    paths = futures(city_of(tmp_path / "c", [0] * DAYS, draw.poisson(50, DAYS).tolist()))
    assert np.median(paths[0][:, -1]) == pytest.approx(50, abs=6)
    assert np.quantile(paths[0][:, -1], 0.95) < 80
    assert paths[1:].mean() < 0.05


def test_a_stream_of_imported_cases_does_not_blur_a_local_wave(tmp_path):
    local = np.round(3 * np.exp(0.1 * np.arange(DAYS))).astype(int).tolist()
    plain = futures(city_of(tmp_path / "plain", local, [0] * DAYS))
    mixed = futures(city_of(tmp_path / "mixed", local, [150] * DAYS))
    ahead = [np.median(paths[0][:, 6]) for paths in (plain, mixed)]
    assert ahead[0] > local[-1] * 1.2
    assert ahead[1] - ahead[0] == pytest.approx(150, rel=0.3)
    np.testing.assert_allclose(np.median(mixed[1], axis=0)[6], np.median(plain[1], axis=0)[6], rtol=0.15)


def test_quarantined_arrivals_infect_nobody_where_the_city_says_so(tmp_path):
    city = city_of(tmp_path / "c", [50] * DAYS, [50] * DAYS)
    whole = daily_counts(city, ON).rolled_up(city, "city")
    infecting, quarantined = (
        reproduction_table(whole, OMICRON, seed=1, imported_infect=infect)["mean"][-1] for infect in (True, False)
    )
    assert quarantined == pytest.approx(1.0, abs=0.02)
    assert infecting == pytest.approx(0.5, abs=0.02)


def test_the_city_and_its_districts_add_up_on_every_draw(tmp_path):
    city = city_of(tmp_path / "c", [20] * DAYS, [5] * DAYS)
    reports = city_reports(city, daily_counts(city, ON))
    np.testing.assert_array_equal(reports.local[0], 20)
    np.testing.assert_array_equal(reports.imported[-1], 5)  # in no district
    paths = futures(city)
    assert (paths[0] >= paths[1:].sum(axis=0) - 1e-9).all()
