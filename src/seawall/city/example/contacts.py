"""Whom the cases met, and where they stayed before they were found."""

from __future__ import annotations

import numpy as np
import polars as pl

from seawall.city.example.course import FIRST_DAY
from seawall.city.example.linelist import ROUTES, Outbreak, case_ids, dated
from seawall.city.example.places import NEIGHBOURHOOD
from seawall.core.draws import generator

SETTINGS = ("household", "work", "school", "community", "transport", "hospital", "venue")
_MET = (0.38, 0.22, 0.08, 0.17, 0.06, 0.02, 0.07)

TRACED_PER_CASE = 3.2
"""Uninfected contacts named for a case, where there is time to ask; assumed."""

TRACED_PER_1000_A_DAY = 0.7
"""Contacts the city can trace in a day per 1,000 residents; assumed."""

VISITS_PER_CASE = 1.7


def expose(outbreak: Outbreak) -> tuple[pl.DataFrame, np.ndarray]:
    """Table `exposures`, and the number of its rows by report day and district of the case.

    A contact who became a case stands under the case's own code; others have codes of their own.
    """
    setting, course, infections = outbreak.setting, outbreak.course, outbreak.infections
    lines, rows = outbreak.lines, outbreak.rows
    draw = generator(setting.seed, "example", "contacts")
    days, districts = course.days, course.slow.size
    number = np.full(infections.day.size, -1, dtype=np.int64)
    number[rows] = np.arange(rows.size)

    infector = infections.infector[rows]
    known = np.where(infector >= 0, number[infector], -1)
    chained = np.nonzero((known >= 0) & (lines.route[rows] == ROUTES.index("contact")))[0]
    source_of_chained = known[chained]

    report = lines.report[rows]
    daily = np.bincount(report, minlength=days)
    room = TRACED_PER_1000_A_DAY * setting.people.land.residents.sum() / 1000
    usual = np.where(infections.stopped[rows], 0.5, 1.0)
    many = draw.poisson(np.minimum(TRACED_PER_CASE, room / np.maximum(daily, 1))[report] * usual)
    source_of_others = np.repeat(np.arange(rows.size), many)

    same = infections.home[rows[chained]] == infections.home[rows[source_of_chained]]
    met_chained = np.where(same, 0, 1 + draw.choice(6, size=chained.size, p=np.array(_MET[1:]) / sum(_MET[1:])))
    met_others = draw.choice(len(SETTINGS), size=source_of_others.size, p=_MET)
    first_chained = infections.day[rows[chained]]
    first_others = lines.specimen[rows[source_of_others]] - draw.integers(1, 5, source_of_others.size)
    last_others = first_others + draw.integers(0, 2, source_of_others.size)
    codes = case_ids(rows.size)
    person = pl.select(
        pl.lit("K") + pl.int_range(1, source_of_others.size + 1, eager=True).cast(pl.String).str.zfill(7)
    ).to_series()
    source = np.concatenate([source_of_chained, source_of_others])
    first = np.concatenate([first_chained, first_others])
    last = np.concatenate([first_chained, last_others])
    table = pl.DataFrame(
        {
            "case_id": codes.gather(source),
            "person_id": pl.concat([codes.gather(chained).rename("person_id"), person.rename("person_id")]),
            "setting": pl.Series(SETTINGS).gather(np.concatenate([met_chained, met_others])),
            "first_date": dated(first, days),
            "last_date": dated(last, days),
        }
    )
    order = np.argsort(source, kind="stable")
    traced = np.bincount(
        report[source] * districts + infections.district[rows[source]], minlength=days * districts
    ).reshape(days, districts)
    return table[order], traced


def visit(outbreak: Outbreak) -> pl.DataFrame:
    """Table `visits`: stays of cases found in the community at places of their subdistrict, in the days before."""
    people, infections, lines, rows = outbreak.setting.people, outbreak.infections, outbreak.lines, outbreak.rows
    draw = generator(outbreak.setting.seed, "example", "visits")
    about = np.nonzero(~lines.in_control[rows])[0]
    case = np.repeat(about, draw.poisson(VISITS_PER_CASE, about.size))
    line = rows[case]
    age, home = lines.age[line], infections.home[line]
    subdistrict = people.land.subdistrict_of[people.community_of_home[home]]
    luck = draw.random(case.size)
    kinds = [kind for kind, *_ in NEIGHBOURHOOD]
    daily = np.select([age < 18, age < 65], [kinds.index("school"), kinds.index("workplace")], kinds.index("market"))
    slot = np.select([luck < 0.45, luck < 0.7], [daily, kinds.index("market")], kinds.index("venue"))
    which = draw.integers(0, np.array([count for _, count, *_ in NEIGHBOURHOOD])[slot])
    place = people.neighbourhood[subdistrict, slot, which]
    at_port = (infections.district[line] == people.land.port) & (infections.day[line] < 42) & (luck > 0.88)
    place = np.where(at_port, people.wholesale_market, place)
    back = draw.integers(1, 4, case.size)
    minute = 60 * draw.integers(7, 20, case.size) + 5 * draw.integers(0, 12, case.size)
    long_stay = np.isin(slot, [kinds.index("school"), kinds.index("workplace")])
    stay = np.where(long_stay, draw.integers(36, 108, case.size), draw.integers(3, 30, case.size)) * 5
    start = (lines.specimen[line] - back) * 1440 + minute
    stay = np.minimum(stay, 1435 - minute)
    midnight = np.datetime64(FIRST_DAY, "us")
    table = pl.DataFrame(
        {
            "person_id": case_ids(rows.size).gather(case),
            "place_id": people.places["place_id"].gather(place),
            "start": midnight + start.astype("timedelta64[m]"),
            "end": midnight + (start + stay).astype("timedelta64[m]"),
        }
    )
    return table.unique(["person_id", "place_id", "start"], keep="first", maintain_order=True)
