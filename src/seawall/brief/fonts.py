"""The font of the brief, from its package: whole for figures and PDF, cut to the characters used for HTML."""

from __future__ import annotations

import base64
import io
from functools import cache
from pathlib import Path

FAMILIES = {"en": "Noto Sans CJK SC", "zh-Hans": "Noto Sans CJK SC", "zh-Hant": "Noto Sans CJK TC"}
"""Family whose glyphs each language is set in: the scripts draw some characters differently."""

LAYOUT_FEATURES = ("kern", "mark", "mkmk", "halt", "chws")
"""Kerning, and what browsers need to set adjacent full-width punctuation close."""


def font_path() -> Path:
    """The font collection as its package installs it."""
    from noto_cjk_sans_otc import FONT_PATH

    return Path(str(FONT_PATH))


@cache
def face_number(family: str) -> int:
    """Which face of the collection a family is.

    Raises:
        LookupError: the collection does not hold it.
    """
    from fontTools.ttLib import TTCollection

    with TTCollection(str(font_path()), lazy=True) as collection:
        for number, font in enumerate(collection.fonts):
            if font["name"].getDebugName(1) == family:
                return number
    raise LookupError(f"{font_path().name} has no face {family!r}.")


def characters_of(text: str) -> str:
    """The characters of a text that need a glyph, sorted."""
    return "".join(sorted({character for character in text if character.isprintable()} | {" "}))


def subset_woff2(family: str, characters: str) -> bytes:
    """One face of the collection as WOFF2 with the glyphs of `characters` only. The same in, the same out."""
    from fontTools import subset

    options = subset.Options()
    options.flavor = "woff2"
    options.font_number = face_number(family)
    options.layout_features = list(LAYOUT_FEATURES)
    options.hinting = False
    options.desubroutinize = False
    options.notdef_outline = True
    options.name_IDs = [1, 2, 4, 6]
    font = subset.load_font(str(font_path()), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    font.recalcTimestamp = False
    out = io.BytesIO()
    subset.save_font(font, out, options)
    font.close()
    return out.getvalue()


def data_url(woff2: bytes) -> str:
    """A font as a ``data:`` URL."""
    return "data:font/woff2;base64," + base64.b64encode(woff2).decode("ascii")
