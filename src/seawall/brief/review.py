"""The page of a review in one language: what was expected, what came, what the measures did, what is proposed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from seawall.brief.document import Grid, Section
from seawall.brief.fonts import FAMILIES, characters_of, data_url, subset_woff2
from seawall.brief.html import text_of
from seawall.brief.review_desk import MOST_ROWS, ReviewDesk
from seawall.brief.review_words import VERDICTS
from seawall.brief.words import LANGUAGES, Words, msg
from seawall.city import City
from seawall.core.tables import written_beside
from seawall.review.calibration import ALL, FEW_DECISIONS
from seawall.review.effects import SMALLEST
from seawall.review.propose import effect_of
from seawall.review.review import Review
from seawall.review.write import next_command

if TYPE_CHECKING:
    from jinja2 import Template

MOST_DECISIONS = 3
"""Decisions pictured, the last ones; the tables hold all."""

HEADLINES = ("reports", "in_hospital", "in_icu")
"""Events of the first lines."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """The page in one language.

    Attributes:
        lang: its language.
        title, kicker, when: what stands above all.
        warning: that the people are made up; empty for a real city.
        lines: what was found, in a sentence each.
        sections: figures and tables.
        promise: who decides.
    """

    lang: str
    title: str
    kicker: str
    when: str
    warning: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...] = field(repr=False)
    promise: str


def write_pages(
    found: Review,
    city: City,
    folder: Path,
    langs: Sequence[str],
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write ``review.html``, or ``review.LANG.html`` for several languages; other pages of earlier calls go away.

    Args:
        found: what was found.
        city: the folder it was found in.
        folder: where to write; the tables lie beside.
        langs: some of `LANGUAGES`.
        progress: told what is being written.
    """
    names = {lang: "review.html" if len(langs) == 1 else f"review.{lang}.html" for lang in langs}
    for old in ("review.html", *(f"review.{lang}.html" for lang in LANGUAGES)):
        if old not in names.values():
            (folder / old).unlink(missing_ok=True)
    written = []
    for lang, name in names.items():
        progress(f"{lang}: page")
        page = html_of(page_of(found, city, lang, folder))
        with written_beside(folder / name) as beside:
            beside.write_text(page, encoding="utf-8")
        written.append(folder / name)
    return written


def html_of(page: Page) -> str:
    """The page as HTML that needs nothing beside it."""
    style = files("seawall.brief").joinpath("templates", "brief.css").read_text(encoding="utf-8")
    family = FAMILIES[page.lang]
    text = _template().render(page=page, family=family, style=style.replace("FAMILY", family))
    return text.replace("url(FONT)", f"url({data_url(subset_woff2(family, characters_of(text_of(text))))})", 1)


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    source = files("seawall.brief").joinpath("templates", "review.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source)


def page_of(found: Review, city: City, lang: str, folder: Path) -> Page:
    """What stands on the page."""
    names = {area.area_id: (area.name, area.name_zh or "") for area in city.areas.areas.values()}
    words = Words(lang=lang, names=names)
    desk = ReviewDesk(found=found, words=words, folder=folder)
    warning = words.say(msg("SYNTHETIC CITY: the people on this page are made up")) if city.synthetic else ""
    return Page(
        lang=lang,
        title=words.name(found.root),
        kicker=words.say(msg("Review")),
        when=words.say(
            msg("decisions: {count:n}; up to {day:date}"),
            count=len(found.decisions),
            day=found.on,
        ),
        warning=warning,
        lines=tuple(_lines(desk)),
        sections=tuple(_sections(desk)),
        promise=words.say(
            msg(
                "Rules propose; a named person decides and answers for it. An effect that is not shown is not shown to "
                "be absent."
            )
        ),
    )


def _lines(desk: ReviewDesk) -> Iterator[str]:
    """What was found, in a sentence each."""
    found, words = desk.found, desk.words
    whole = found.calibration.filter((pl.col("decision") == ALL) & (pl.col("horizon_week") == 0))
    for row in whole.filter(pl.col("event").is_in(HEADLINES)).iter_rows(named=True):
        yield words.say(
            msg("{event}: on {share:%} of {days:n} days what came lay within the 90% interval of what was expected."),
            event=desk.event(row["event"]),
            share=row["coverage_90"],
            days=row["n"],
        )
    if 0 < len(found.decisions) < FEW_DECISIONS:
        yield words.say(
            msg(
                "Decisions reviewed: {count:n}. The days of one go together: this says little of how well the next "
                "is calibrated."
            ),
            count=len(found.decisions),
        )
    measures = dict.fromkeys(name for row in found.effects["measures"] for name in row)
    for measure in list(measures)[:MOST_ROWS]:
        effect = effect_of(measure, found.effects, found.tangles)
        if effect in {"slower", "none_visible", "faster"}:
            verdict = words.say(VERDICTS[effect])
            yield words.say(msg("{measure}: {verdict}"), measure=desk.measure(measure), verdict=verdict)
    for names in dict.fromkeys(tuple(sorted(one.measures)) for one in found.tangles if len(one.measures) > 1):
        yield words.say(
            msg("These cannot be told apart: {names}."), names=words.listed([desk.measure(name) for name in names])
        )
    if found.proposal is not None:
        yield words.say(
            msg("Proposed: version {version:n} of the strategy; measures changed: {count:n}."),
            version=found.proposal.strategy.version,
            count=found.proposal.reasons.filter(pl.col("action") != "keep").height,
        )
    if found.waiting:
        yield words.say(msg("Nothing has come yet of: {names}."), names=words.listed(found.waiting))
    if found.unseen:
        unseen = words.listed([desk.event(event) for event in found.unseen])
        yield words.say(msg("The folder tells nothing of: {names}."), names=unseen)


def _sections(desk: ReviewDesk) -> Iterator[Section]:
    """The sections that have something to tell."""
    found, words = desk.found, desk.words
    if found.scores.height:
        pictured = [desk.fan(decision) for decision in found.decisions[-MOST_DECISIONS:]]
        yield Section(
            name="expected",
            title=words.say(msg("What was expected and what came")),
            figures=tuple(figure for figure in pictured if figure is not None),
            grids=(desk.calibration(), desk.due()),
        )
    if found.forecasts.height:
        yield Section(name="forecasts", title=words.say(msg("Forecasts on record")), grids=(desk.forecasts(),))
    if found.effects.height:
        yield Section(
            name="effects",
            title=words.say(msg("What each measure did")),
            figures=tuple(desk.forest()),
            paragraphs=tuple(_method(desk)),
            grids=tuple(_effects(desk)),
        )
    if found.proposal is not None:
        command = next_command(found, Path(desk.folder.name))
        yield Section(
            name="next",
            title=words.say(msg("The next version")),
            paragraphs=(words.say(msg("To choose anew from today: {command}"), command=command),),
            grids=(desk.proposals(),),
        )
    if found.decisions:
        yield Section(name="about", title=words.say(msg("Provenance")), grids=(desk.provenance(),))


def _effects(desk: ReviewDesk) -> Iterator[Grid]:
    yield desk.effects()
    if desk.found.tangles:
        yield desk.tangles()
    if (desk.found.effects["method"] == "twin").any():
        yield desk.twin()


def _method(desk: ReviewDesk) -> Iterator[str]:
    """How effects are estimated and how far that holds."""
    words = desk.words
    yield words.say(
        msg(
            "An interrupted series knows only before and after: people who grow careful by themselves, or grow "
            "immune, look like an effect. Districts beside each other share what happens to all, but infect each "
            "other. The twin repeats what was assumed of the measure; it does not learn from what came. One in ten "
            "of such intervals misses by luck alone."
        )
    )
    yield words.say(
        msg(
            "Mean time from infection to report: {delay:.1} days. Reports of the first days after a measure come "
            "from infections before it; this is counted in. An effect below {smallest:.2} a day is taken not to "
            "matter (assumed)."
        ),
        delay=desk.found.delay_days,
        smallest=SMALLEST,
    )
