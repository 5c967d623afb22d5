"""The brief as one HTML page that needs nothing beside it."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from seawall.brief.document import Brief, marks
from seawall.brief.fonts import FAMILIES, characters_of, data_url, subset_woff2

if TYPE_CHECKING:
    from jinja2 import Template


def write_html(brief: Brief) -> str:
    """The page: style, drawings and font are inside it; it asks for nothing from anywhere.

    Links to ``tables/….csv`` lead to the files written beside it; the page is whole without them.
    """
    style = files("seawall.brief").joinpath("templates", "brief.css").read_text(encoding="utf-8")
    family = FAMILIES[brief.lang]
    page = _template().render(
        brief=brief,
        front=brief.front,
        labels=brief.labels,
        family=family,
        style=style.replace("FAMILY", family),
        marks=marks(brief.findings),
        font="FONT",
    )
    return page.replace("url(FONT)", f"url({data_url(subset_woff2(family, characters_of(text_of(page))))})", 1)


def text_of(page: str) -> str:
    """What a page shows, without its markup."""
    from html import unescape

    shown = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", shown))


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    source = files("seawall.brief").joinpath("templates", "brief.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source)
