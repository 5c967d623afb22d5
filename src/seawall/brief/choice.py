"""The page of a choice: the mildest option that meets the goal, how sure that is, and what it asks of whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.brief.choice_front import cards, headline, lines
from seawall.brief.choice_options import expected, options, picture, runner_up
from seawall.brief.choice_people import bearers, output, zones
from seawall.brief.choice_race import about, race, sensitivity
from seawall.brief.choice_read import Told, read_told
from seawall.brief.choice_words import HIDDEN, NO_OUTPUT, ChoiceDesk, desk_of, title_of
from seawall.brief.document import Card, Section
from seawall.brief.fonts import FAMILIES, characters_of, data_url, subset_woff2
from seawall.brief.html import text_of
from seawall.brief.words import LANGUAGES, msg
from seawall.core.tables import written_beside

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True, kw_only=True)
class Page:
    """The page in one language.

    Attributes:
        lang: its language.
        title, when: what stands above all.
        headline: the choice in a sentence or two.
        cards: what it comes to.
        lines: what to know about it, a sentence each.
        key: number, name and kind of each option in the picture.
        sections: figures and tables.
        labels: headings and small words.
    """

    lang: str
    title: str
    when: str
    headline: str
    cards: tuple[Card, ...]
    lines: tuple[str, ...]
    key: tuple[tuple[str, str, str], ...]
    sections: tuple[Section, ...] = field(repr=False)
    labels: Mapping[str, str] = field(repr=False)


def write_choices(
    folder: Path,
    languages: tuple[str, ...] = tuple(LANGUAGES),
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write ``choice.LANG.html`` beside `choice.json`, from it and the tables beside it alone.

    Pages of an earlier call in languages not written now are removed.

    Args:
        folder: where `seawall choose` wrote.
        languages: some of `LANGUAGES`.
        progress: told what is being written.

    Raises:
        InvalidInput: the folder holds no choice, or something in it is not as a choice is written.
    """
    told = read_told(folder)
    for lang in LANGUAGES:
        if lang not in languages:
            (folder / f"choice.{lang}.html").unlink(missing_ok=True)
    written = []
    for lang in languages:
        progress(f"{lang}: page")
        path = folder / f"choice.{lang}.html"
        page = html_of(page_of(told, lang))
        with written_beside(path) as beside:
            beside.write_text(page, encoding="utf-8")
        written.append(path)
    return written


def html_of(page: Page) -> str:
    """The page as HTML that needs nothing beside it."""
    style = files("seawall.brief").joinpath("templates", "brief.css").read_text(encoding="utf-8")
    family = FAMILIES[page.lang]
    text = _template().render(page=page, labels=page.labels, family=family, style=style.replace("FAMILY", family))
    return text.replace("url(FONT)", f"url({data_url(subset_woff2(family, characters_of(text_of(text))))})", 1)


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    source = files("seawall.brief").joinpath("templates", "choice.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source)


def page_of(told: Told, lang: str) -> Page:
    """What stands on the page."""
    desk = desk_of(told, lang)
    words = desk.words
    return Page(
        lang=lang,
        title=title_of(desk),
        when=words.say(
            msg("{days:n} days from {start:date}"),
            days=told.told["days"],
            start=date.fromisoformat(told.told["start"]),
        ),
        headline=headline(desk),
        cards=tuple(cards(desk)),
        lines=tuple(lines(desk)),
        key=tuple((number, desk.remarked(one), desk.kind(one)) for one, number in desk.numbered.items()),
        sections=tuple(_linked(section, told.files) for section in _sections(desk)),
        labels={
            "kicker": words.say(msg("The choice")),
            "warning": words.say(msg("SIMULATION: nothing on this page has happened")),
            "promise": words.say(
                msg(
                    "Models and rules propose; a named person decides and answers for it. Nobody is restricted by "
                    "this brief."
                )
            ),
        },
    )


def _sections(desk: ChoiceDesk) -> Iterator[Section]:
    yield picture(desk)
    yield options(desk)
    there = desk.told.tables
    if "expected" in there:
        yield expected(desk)
    second = runner_up(desk)
    if second is not None:
        yield second
    yield sensitivity(desk)
    if "zones" in there:
        yield zones(desk)
    if "bearers" in there:
        yield bearers(desk)
    if "output_daily" in there or desk.told.told.get("break_even"):
        yield output(desk)
    gaps = tuple(_gaps(desk))
    if gaps:
        title = desk.words.say(msg("What is missing, and what that hides"))
        yield Section(name="missing", title=title, paragraphs=gaps)
    yield race(desk)
    yield about(desk)


def _linked(section: Section, files: Collection[str]) -> Section:
    """The section with links only to tables that are there."""
    return replace(
        section,
        figures=tuple(one if one.table in files else replace(one, table="") for one in section.figures),
        grids=tuple(one if one.table in files else replace(one, table="") for one in section.grids),
    )


def _gaps(desk: ChoiceDesk) -> Iterator[str]:
    if not desk.known("output_lost"):
        yield desk.words.say(NO_OUTPUT)
    for name, hidden in HIDDEN.items():
        if name == "zones" and f"{name}.csv" in desk.told.files and name not in desk.told.tables:
            yield desk.words.say(msg("The choice holds no area under limits, so that none could be left out."))
        elif name not in desk.told.tables:
            yield desk.words.say(hidden)
