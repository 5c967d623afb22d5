"""How every figure looks, and how it becomes a small, self-contained, accessible SVG."""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from seawall.brief.fonts import FAMILIES, font_path
from seawall.brief.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 3.6
"""Inches: half a printed page, a phone's width on the screen."""

INK, SOFT, RULE, PAPER = "#1c2b39", "#55626d", "#d5dbe0", "#ffffff"
CONTROL, COMMUNITY = "#7fb2d6", "#c2500b"
BAND, LINE = "#0b5a8f", "#083f66"
OTHER = "#9aa5ad"
SCALE = ("#f4f1ec", "#fbdcb0", "#f3a65c", "#d9662a", "#9c2f10")
"""Map classes, light to dark; told apart by lightness alone."""

MAX_TICKS = 5


def paint(
    draw: Callable[[Figure], None],
    words: Words,
    *,
    name: str,
    height: float,
    title: str,
    alt: str,
    width: float = WIDTH,
) -> str:
    """Draw a figure and return it as SVG for use inside a page.

    Args:
        draw: fills an empty figure.
        words: language of its labels.
        name: prefix of its ids, unique on the page.
        height, width: inches.
        title, alt: what it is and what it shows, for those who do not see it.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    _register_font()
    family = FAMILIES[words.lang]
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "font.family": [family],
        "font.size": 8,
        "text.color": INK,
        "axes.edgecolor": SOFT,
        "axes.labelcolor": SOFT,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.titlesize": 7.5,
        "xtick.color": SOFT,
        "ytick.color": SOFT,
        "xtick.labelsize": 7,
        "ytick.labelsize": 7,
        "xtick.major.size": 2.5,
        "xtick.major.width": 0.6,
        "ytick.major.size": 0,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "grid.color": RULE,
        "grid.linewidth": 0.5,
        "hatch.linewidth": 0.6,
        "axes.unicode_minus": True,
    }
    with rc_context(settings):
        figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.02))
        draw(figure)
        stream = io.BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        with warnings.catch_warnings():
            # A name may hold a character the font lacks; text stays text, so the reader's own font serves it.
            warnings.filterwarnings("ignore", message="Glyph .* missing")
            figure.savefig(stream, format="svg", metadata=nothing, transparent=True)
    return tidy(stream.getvalue().decode("utf-8"), name=name, title=title, alt=alt)


def tidy(svg: str, *, name: str, title: str, alt: str) -> str:
    """An SVG file as an element of a page: no prolog, own ids, a title and a description."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>", "", svg, flags=re.DOTALL)
    used = set(re.findall(r'(?:url\(#|xlink:href="#)([^)"]+)', svg))

    def keep(found: re.Match[str]) -> str:
        return f' id="{name}-{found[1]}"' if found[1] in used else ""

    svg = re.sub(
        r'<g id="halo[^"]*">\s*<text style="',
        '<g><text style="paint-order: stroke; stroke: #fff; stroke-width: 2px; stroke-linejoin: round; ',
        svg,
    )
    svg = re.sub(r' id="([^"]+)"', keep, svg)
    svg = re.sub(r"(url\(#|xlink:href=\"#)", rf"\g<1>{name}-", svg)
    view = re.search(r'viewBox="([^"]+)"', svg)
    box = view[1] if view else "0 0 100 100"
    body = svg[svg.index(">") + 1 :]
    body = re.sub(r"\s*\n\s*", " ", body)
    body = re.sub(r"<defs>\s*</defs>", "", body)
    body = re.sub(r"(?<=> )\s+|\s+(?=<)", "", body)
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{box}" role="img" '
        f'aria-labelledby="{name}-t {name}-d" style="stroke-linejoin:round;stroke-linecap:butt">'
        f'<title id="{name}-t">{html.escape(title)}</title><desc id="{name}-d">{html.escape(alt)}</desc>'
    )
    return head + body.strip()


def date_axis(
    axes: Axes, first: date, last: date, words: Words, *, anchor: date | None = None, most: int = MAX_TICKS
) -> None:
    """At most `most` + 1 labels, at whole weeks counted from `anchor`, as the language writes dates."""
    anchor = anchor or last
    span = (last - first).days
    step = next(days for days in (1, 2, 7, 14, 28, 56, 112, 10_000) if span / days <= most)
    lowest = anchor - timedelta(days=(anchor - first).days // step * step)
    ticks = [lowest + timedelta(days=step * index) for index in range((last - lowest).days // step + 1)]
    axes.set_xticks([ordinal(day) for day in ticks], [words.spell(day, "short") for day in ticks])
    axes.set_xlim(ordinal(first) - 0.5, ordinal(last) + 0.5)


def count_axis(axes: Axes, words: Words, *, spec: str = "n") -> None:
    """Tick labels with the numbers of the language; few of them; from zero."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=spec in {"n", ".0"}))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.spell(value, spec)))


def ordinal(day: date) -> int:
    """A date as a number on the axis."""
    return day.toordinal()


def note(axes: Axes, x: float, y: float, text: str, *, color: str = INK, **more: Any) -> None:
    """A label beside what it names, with a white rim so that lines may pass behind."""
    axes.text(x, y, text, color=color, gid="halo", **{"fontsize": 7, **more})


@cache
def _register_font() -> None:
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(font_path()))
