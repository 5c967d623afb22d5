"""The page of a simulation: what each strategy would do to the epidemic and to the people, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from seawall.brief.document import Cell, Figure, Grid, Section
from seawall.brief.figures.maps import Shade, breaks, risk_map
from seawall.brief.figures.simulated import Course, amounts, bars, by_age, courses, stacked
from seawall.brief.fonts import FAMILIES, characters_of, data_url, subset_woff2
from seawall.brief.html import text_of
from seawall.brief.measure_words import measure_label
from seawall.brief.words import LANGUAGES, Words, msg
from seawall.city import City
from seawall.city.layers import AGE_CLASS_FROM
from seawall.core.tables import written_beside
from seawall.twin.study import Study

if TYPE_CHECKING:
    from jinja2 import Template

AMOUNTS: dict[str, str] = {
    "infections": msg("Infections"),
    "reports": msg("Infections reported"),
    "admissions": msg("Admissions"),
    "deaths": msg("Deaths"),
    "peak_in_hospital": msg("Most people in hospital on a day"),
    "peak_in_icu": msg("Most people in intensive care on a day"),
    "no_bed": msg("People who needed a bed and found none"),
    "no_icu": msg("People who needed intensive care and found none"),
    "home_days": msg("Person-days confined at home"),
    "site_days": msg("Person-days at a quarantine or isolation site"),
    "stay_days": msg("Person-days of travellers kept apart"),
    "limited_days": msg("Person-days with contacts limited"),
    "loop_days": msg("Person-days in a closed loop"),
    "lost_school_days": msg("School days lost to limits"),
    "absent_school_days": msg("School days missed by the confined"),
    "lost_work_days": msg("Working days lost to limits"),
    "absent_work_days": msg("Working days missed by the confined and the ill"),
    "hospital_days": msg("Person-days in hospital"),
    "tests": msg("People tested"),
    "traced": msg("Contacts found"),
    "untraced": msg("Cases that nobody had time to follow up"),
    "no_room": msg("People for whom no site had a room"),
    "doses": msg("Vaccine doses"),
    "treatments": msg("Courses of treatment"),
    "stopped": msg("Travellers stopped"),
    "advised": msg("Travellers who stayed away as advised"),
}
"""Amounts by the name a reader knows, in the order of the table."""

RESTRICTED = ("home_days", "site_days", "stay_days", "limited_days", "loop_days", "lost_school_days", "lost_work_days")
"""Kinds of burden that are days of somebody under a restriction."""

ALL_MEASURES = "all measures"
"""Row of the burden in which limits that overlap count once; the measures themselves stand in rows of their own."""

PICTURED = ("infections", "deaths", "peak_in_hospital", "restricted", "tests", "lost_school_days")
MOST_MAPS = 4
MOST_TIERS = 6


@dataclass(frozen=True, kw_only=True)
class Report:
    """The page in one language.

    Attributes:
        lang: its language.
        title, when: what stands above all.
        lines: what each strategy comes to, in a sentence each.
        sections: figures and tables.
        labels: headings and small words.
    """

    lang: str
    title: str
    when: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...] = field(repr=False)
    labels: Mapping[str, str] = field(repr=False)


def write_reports(
    study: Study,
    city: City,
    folder: Path,
    langs: Sequence[str],
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write the page of a study: ``report.html``, or ``report.LANG.html`` for several languages.

    Pages of an earlier call in languages not written now are removed.

    Args:
        study: what was played.
        city: the folder it was played in.
        folder: where to write.
        langs: some of `LANGUAGES`.
        progress: told what is being written.
    """
    names = {lang: "report.html" if len(langs) == 1 else f"report.{lang}.html" for lang in langs}
    for old in ("report.html", *(f"report.{lang}.html" for lang in LANGUAGES)):
        if old not in names.values():
            (folder / old).unlink(missing_ok=True)
    written = []
    for lang, name in names.items():
        progress(f"{lang}: page")
        page = page_of(report_of(study, city, lang))
        with written_beside(folder / name) as beside:
            beside.write_text(page, encoding="utf-8")
        written.append(folder / name)
    return written


def page_of(report: Report) -> str:
    """The page as HTML that needs nothing beside it."""
    style = files("seawall.brief").joinpath("templates", "brief.css").read_text(encoding="utf-8")
    family = FAMILIES[report.lang]
    page = _template().render(report=report, labels=report.labels, family=family, style=style.replace("FAMILY", family))
    return page.replace("url(FONT)", f"url({data_url(subset_woff2(family, characters_of(text_of(page))))})", 1)


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    source = files("seawall.brief").joinpath("templates", "simulation.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source)


def report_of(study: Study, city: City, lang: str) -> Report:
    """What stands on the page of a study."""
    names = {area.area_id: (area.name, area.name_zh or "") for area in city.areas.areas.values()}
    totals = {key: runs.amounts() for key, runs in study.runs.items()}
    desk = _Desk(study=study, city=city, words=Words(lang=lang, names=names), amounts=totals)
    words, first = desk.words, desk.first
    return Report(
        lang=lang,
        title=words.name(city.areas.root.area_id) if city.areas.root.area_id in names else city.name,
        when=words.say(
            msg("{start:date} to {end:date}; replicates: {n:n}"),
            start=first.dates[0],
            end=first.dates[-1],
            n=len(first.outcomes),
        ),
        lines=tuple(_lines(desk)),
        sections=tuple(section for section in _sections(desk) if section.figures or section.grids),
        labels={
            "kicker": words.say(msg("Simulation")),
            "warning": words.say(msg("SIMULATION: nothing on this page has happened")),
            "promise": words.say(
                msg(
                    "Models and rules propose; a named person decides and answers for it. Nobody is restricted by "
                    "this brief."
                )
            ),
        },
    )


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """What every part of the page is made from; `amounts` are those of `Runs.amounts` by strategy."""

    study: Study
    city: City
    words: Words
    amounts: Mapping[str, Mapping[str, np.ndarray]] = field(repr=False)

    @property
    def first(self) -> Any:
        return next(iter(self.study.runs.values()))

    @property
    def labels(self) -> list[str]:
        """Names of the strategies in the language."""
        return [
            strategy.name if self.words.lang == "en" else strategy.name_zh or strategy.name
            for strategy in self.study.question.strategies.values()
        ]

    def amount(self, key: str, what: str) -> np.ndarray:
        """An amount of a strategy, float64, shape (replicate,)."""
        of = self.amounts[key]
        if what == "restricted":
            return np.asarray(sum((of[kind] for kind in RESTRICTED if kind in of), start=np.zeros(self.many)))
        return np.asarray(of.get(what, np.zeros(self.many)))

    @property
    def many(self) -> int:
        return len(self.first.outcomes)

    def spread(self, values: np.ndarray) -> tuple[float, float, float]:
        """5 % end, median and 95 % end."""
        low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
        return float(low), float(middle), float(high)

    def figure(self, name: str, svg: str, *, title: str, alt: str, caption: str, table: str) -> Figure:
        file = self.study.files[table].name
        return Figure(name=name, svg=svg, title=title, alt=alt, caption=caption, stamp="", table=file, mark=file)


def _lines(desk: _Desk) -> Iterator[str]:
    words = desk.words
    keys = list(desk.study.runs)
    for key, label in zip(keys, desk.labels, strict=True):
        facts: dict[str, float] = {}
        for fact, what in (
            ("infections", "infections"),
            ("deaths", "deaths"),
            ("beds", "peak_in_hospital"),
            ("days", "restricted"),
        ):
            facts[f"{fact}_low"], facts[fact], facts[f"{fact}_high"] = desk.spread(desk.amount(key, what))
        yield words.say(
            msg(
                "{name}, median and 90% interval: {infections:~} infections ({infections_low:~} to "
                "{infections_high:~}), {deaths:~} deaths ({deaths_low:~} to {deaths_high:~}), at most {beds:~} people "
                "in hospital on a day ({beds_low:~} to {beds_high:~}), {days:~} person-days under a restriction "
                "({days_low:~} to {days_high:~})."
            ),
            name=label,
            **facts,
        )
    for key, label in list(zip(keys, desk.labels, strict=True))[1:]:
        fewer = desk.amount(keys[0], "infections") - desk.amount(key, "infections")
        said = (
            msg(
                "With the same luck, {name} has {n:~} fewer infections than {first} (90% interval {low:~} to {high:~})."
            )
            if np.median(fewer) >= 0
            else msg(
                "With the same luck, {name} has {n:~} more infections than {first} (90% interval {low:~} to {high:~})."
            )
        )
        low, middle, high = desk.spread(fewer if np.median(fewer) >= 0 else -fewer)
        yield words.say(said, name=label, first=desk.labels[0], n=middle, low=low, high=high)


def _sections(desk: _Desk) -> Iterator[Section]:
    words = desk.words
    yield Section(name="epidemic", title=words.say(msg("The epidemic")), figures=tuple(_epidemic(desk)))
    yield Section(
        name="side-by-side",
        title=words.say(msg("The strategies side by side")),
        figures=(_side_by_side(desk),),
        grids=(_totals(desk),),
    )
    yield Section(name="burden", title=words.say(msg("What it costs people")), figures=tuple(_burden(desk)))
    yield Section(
        name="about",
        title=words.say(msg("Methods, sources and provenance")),
        paragraphs=(
            words.say(
                msg(
                    "Every resident of the city is played, day by day: who meets whom, who is infected, falls ill, is "
                    "tested, found, kept apart, treated. Measures know what the city would have seen, never true "
                    "infections."
                )
            ),
            words.say(
                msg(
                    "The bands show luck, and the start where it is drawn from reports. What is not known about the "
                    "disease and about how people behave is not in them: read them as too narrow."
                )
            ),
            words.say(
                msg(
                    "A day under two restrictions counts under both. Person-days under a restriction are days confined "
                    "at home or at a site, with contacts limited, in a closed loop, and of school and work lost to "
                    "limits."
                )
            ),
        ),
        grids=(_strategies(desk), _provenance(desk)),
    )


def _course(desk: _Desk, key: str, label: str, event: str) -> Course:
    table = desk.study.tables["quantiles"].filter(
        (pl.col("strategy") == key) & (pl.col("area_id") == desk.first.city) & (pl.col("event") == event)
    )
    values = table.sort("date").select("q5", "q25", "q50", "q75", "q95").to_numpy().T
    return Course(label=label, low=values[0], lower=values[1], middle=values[2], upper=values[3], high=values[4])


def _courses(desk: _Desk, event: str) -> list[Course]:
    return [_course(desk, key, label, event) for key, label in zip(desk.study.runs, desk.labels, strict=True)]


def _epidemic(desk: _Desk) -> Iterator[Figure]:
    words, days = desk.words, desk.first.dates
    title = words.say(msg("Infections and reports by day"))
    alt = words.say(msg("Curves of the strategies over each other, with bands over the replicates."))
    panels = [
        (words.say(msg("Infections, found or not")), _courses(desk, "infections"), None),
        (words.say(msg("Infections reported")), _courses(desk, "reports"), None),
        (words.say(msg("Deaths")), _courses(desk, "deaths"), None),
    ]
    yield desk.figure(
        "curves",
        courses(days, panels, words, name="curves", title=title, alt=alt),
        title=title,
        alt=alt,
        caption=words.say(msg("Lines: median of each day. The first panel is what nobody would see.")),
        table="quantiles",
    )
    title = words.say(msg("Beds in use against beds there are"))
    capacity = desk.study.map.capacity
    beds = [
        (words.say(msg("People in hospital")), _courses(desk, "in_hospital"), capacity.get("beds")),
        (words.say(msg("People in intensive care")), _courses(desk, "in_icu"), capacity.get("icu_beds")),
    ]
    yield desk.figure(
        "beds",
        courses(
            days, beds, words, name="beds", title=title, alt=alt, capacity_label=words.say(msg("beds in the folder"))
        ),
        title=title,
        alt=alt,
        caption=words.say(
            msg("Beds that a strategy adds are not in the line. Patients with other illnesses are not in the curves.")
        ),
        table="quantiles",
    )
    yield from _zones(desk)


def _zones(desk: _Desk) -> Iterator[Figure]:
    words = desk.words
    for key, label in zip(desk.study.runs, desk.labels, strict=True):
        outcome = next((one for one in desk.study.runs[key].outcomes if one.tier_codes), None)
        if outcome is None:
            continue
        mean = np.mean([one.tiers for one in desk.study.runs[key].outcomes if one.tier_codes], axis=0)
        layers = [(code.replace("_", " "), mean[:, at]) for at, code in enumerate(outcome.tier_codes)]
        title = words.say(msg("Residents by tier of zone: {name}"), name=label)
        alt = words.say(msg("Numbers by day, stacked, the mildest tier below."))
        yield desk.figure(
            f"zones-{key}",
            stacked(desk.first.dates, layers[:MOST_TIERS], words, name=f"zones-{key}", title=title, alt=alt),
            title=title,
            alt=alt,
            caption=words.say(msg("Mean of the replicates. Where nothing is drawn the rule cannot judge yet.")),
            table="zones",
        )


def _heading(words: Words, what: str) -> str:
    return words.say(msg("Person-days under a restriction")) if what == "restricted" else words.say(AMOUNTS[what])


def _side_by_side(desk: _Desk) -> Figure:
    words = desk.words
    rows = []
    for what in PICTURED:
        values = [desk.spread(desk.amount(key, what)) for key in desk.study.runs]
        if any(high > 0 for _, _, high in values):
            rows.append((_heading(words, what), values))
    title = words.say(msg("What each strategy comes to"))
    alt = words.say(msg("A dot at the median, a line over 90% of the replicates; each panel has its own scale."))
    return desk.figure(
        "side",
        amounts(rows, desk.labels, words, name="side", title=title, alt=alt),
        title=title,
        alt=alt,
        caption=alt,
        table="compare",
    )


def _totals(desk: _Desk) -> Grid:
    words, keys = desk.words, list(desk.study.runs)
    rows = []
    for what in (*AMOUNTS, "restricted"):
        spreads = [desk.spread(desk.amount(key, what)) for key in keys]
        if any(high > 0 for _, _, high in spreads):
            cells = [
                Cell(text=words.with_interval(middle, low, high, "n") if high > 0 else words.spell(0, "n"))
                for low, middle, high in spreads
            ]
            rows.append((Cell(text=_heading(words, what)), *cells))
    file = desk.study.files["compare"].name
    return Grid(
        name="amounts",
        title=words.say(msg("Totals over the run: median (90% interval)")),
        heads=("", *desk.labels),
        numeric=(False, *(True for _ in keys)),
        rows=tuple(rows),
        note="",
        table=file,
        mark=file,
    )


def _burden(desk: _Desk) -> Iterator[Figure]:
    words, study = desk.words, desk.study
    burden = study.tables["burden"].filter(pl.col("what").is_in(RESTRICTED) & (pl.col("measure") != ALL_MEASURES))
    if not burden.height:
        return
    mean = burden.group_by("strategy", "measure", maintain_order=True).agg(pl.col("amount").sum() / desk.many)
    known = {(row["strategy"], row["measure"]): row["amount"] for row in mean.iter_rows(named=True)}
    measures = list(dict.fromkeys(mean["measure"]))
    rows = [
        (measure_label(measure, words), [known.get((key, measure), 0.0) for key in study.runs]) for measure in measures
    ]
    title = words.say(msg("Person-days under a restriction, by measure"))
    alt = words.say(msg("Bars, the largest first."))
    yield desk.figure(
        "measures",
        bars(rows, desk.labels, words, name="measures", title=title, alt=alt),
        title=title,
        alt=alt,
        caption=words.say(msg("Mean of the replicates.")),
        table="burden",
    )
    yield _ages(desk)
    yield from _maps(desk, burden)


def _ages(desk: _Desk) -> Figure:
    words, study = desk.words, desk.study
    residents = np.maximum(study.map.residents.sum(axis=0).astype(float), 1.0)

    def of(table: pl.DataFrame, column: str) -> list[np.ndarray]:
        found = []
        for key in study.runs:
            rows = table.filter(pl.col("strategy") == key).group_by("age_from").agg(pl.col(column).sum())
            known = dict(rows.iter_rows())
            found.append(np.array([known.get(age, 0.0) for age in AGE_CLASS_FROM]) / desk.many / residents)
        return found

    ages = study.tables["ages"]
    kept = study.tables["burden"].filter(pl.col("what").is_in(("home_days", "site_days")))
    panels = [
        (
            words.say(msg("Infections per 1,000")),
            [1e3 * each for each in of(ages.filter(pl.col("event") == "infections"), "count")],
        ),
        (
            words.say(msg("Deaths per 100,000")),
            [1e5 * each for each in of(ages.filter(pl.col("event") == "deaths"), "count")],
        ),
        (words.say(msg("Days confined per 1,000")), [1e3 * each for each in of(kept, "amount")]),
    ]
    title = words.say(msg("Who bears it, by age"))
    alt = words.say(msg("Steps by age class, beside the residents of that age."))
    return desk.figure(
        "ages",
        by_age(list(AGE_CLASS_FROM), panels, desk.labels, words, name="ages", title=title, alt=alt),
        title=title,
        alt=alt,
        caption=words.say(msg("Mean of the replicates.")),
        table="ages",
    )


def _maps(desk: _Desk, burden: pl.DataFrame) -> Iterator[Figure]:
    words, study, city = desk.words, desk.study, desk.city
    districts = study.map.districts
    people = np.zeros(len(districts))
    np.add.at(people, study.map.district_of_block, study.map.residents.sum(axis=1))
    if not (city.polygons or any(city.areas[code].lon is not None for code in districts)):
        return
    rates = {}
    for key in study.runs:
        mine = burden.filter((pl.col("strategy") == key) & pl.col("area_id").is_not_null())
        known = dict(mine.group_by("area_id").agg(pl.col("amount").sum() / desk.many).iter_rows())
        rates[key] = 1e3 * np.array([known.get(code, 0.0) for code in districts]) / np.maximum(people, 1.0)
    lower = breaks([float(rate) for each in rates.values() for rate in each])
    drawn = [(key, label) for key, label in zip(study.runs, desk.labels, strict=True) if rates[key].any()]
    for key, label in drawn[:MOST_MAPS]:
        shades = [
            Shade(
                area_id=code,
                value=rate,
                geometry=city.polygons.get(code),
                lon=city.areas[code].lon,
                lat=city.areas[code].lat,
            )
            for code, rate in zip(districts, rates[key].tolist(), strict=True)
        ]
        title = words.say(msg("Where: {name}"), name=label)
        alt = words.say(msg("Districts shaded by person-days under a restriction for each 1,000 residents."))
        svg = risk_map(shades, (), (), words, title=title, alt=alt, name=f"where-{key}", lower=lower)
        yield desk.figure(f"where-{key}", svg, title=title, alt=alt, caption=alt, table="burden")


def _strategies(desk: _Desk) -> Grid:
    words = desk.words
    rows = tuple(
        (
            Cell(text=label),
            Cell(text=words.listed([measure_label(measure.name, words) for measure in strategy.measures])),
            Cell(text=strategy.about if words.lang == "en" else ""),
        )
        for label, strategy in zip(desk.labels, desk.study.question.strategies.values(), strict=True)
    )
    return Grid(
        name="strategies",
        title=words.say(msg("Strategies")),
        heads=(words.say(msg("Strategy")), words.say(msg("Measures")), ""),
        numeric=(False, False, False),
        rows=rows,
        note="",
        table="",
        mark="",
    )


def _provenance(desk: _Desk) -> Grid:
    words, summary = desk.words, desk.study.summary
    asked = summary["asked"]
    pairs = [
        (words.say(msg("City")), words.name(desk.city.areas.root.area_id)),
        (words.say(msg("Data, fingerprint of the folder")), asked["city"]),
        (words.say(msg("Residents played")), words.spell(summary["residents"], "n")),
        (words.say(msg("Pathogen assumed")), asked["pathogen"]),
        (
            words.say(msg("Beginning")),
            words.say(msg("from the reports of the city"))
            if asked["infected"] is None
            else words.say(msg("{n:n} residents infected on the first day"), n=asked["infected"]),
        ),
        (words.say(msg("Seed")), str(asked["seed"])),
        (words.say(msg("Software")), asked["software"]),
    ]
    if summary["assumed"]:
        pairs.append((words.say(msg("Assumed in place of missing data")), " ".join(summary["assumed"])))
    return Grid(
        name="provenance",
        title=words.say(msg("Provenance")),
        heads=("", ""),
        numeric=(False, False),
        rows=tuple((Cell(text=label), Cell(text=value)) for label, value in pairs),
        note="",
        table="",
        mark="",
    )
