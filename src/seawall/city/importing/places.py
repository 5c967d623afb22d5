"""Areas found by code or by name, in any script, within a wider area where names repeat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from seawall.city.faults import DidYouMean, plain
from seawall.city.schema import LEVELS

ENDINGS = (
    *(
        "特别行政区",
        "自治区",
        "自治县",
        "自治州",
        "开发区",
        "新区",
        "地区",
        "矿区",
        "林区",
        "街道办事处",
        "街道",
        "居委会",
    ),
    *("社区", "镇", "乡", "区", "县", "市", "省", "街道辦事處", "社區", "鎮", "鄉", "區", "縣"),
    *("newarea", "subdistrict", "district", "township", "county", "street", "town", "city", "municipality", "province"),
)
"""Endings that say what an area is and are often left out; compared as `plain` leaves them."""


TROUBLES = {
    "unknown-area": ('"{value}" is not an area of this city', "{other}"),
    "unknown-wider-area": (
        '"{value}" is said to lie in "{other}", which is not an area of this city',
        "Correct the name of the wider area, or leave within out of the mapping",
    ),
    "ambiguous-area": (
        '"{value}" is the name of {other}',
        'Name the column of the wider area in the mapping: area_id = { from = "...", within = "..." }',
    ),
}
"""Why an area is not found: what is wrong and what to do; ``{value}`` is the word, ``{other}`` the detail."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a word for an area turned out to mean.

    Attributes:
        area_id: the area; None where it is not known which.
        trouble: why not: a key of `TROUBLES`.
        detail: what more is to be said of it.
        loosely: whether an ending had to be added or left out to find it.
    """

    area_id: str | None
    trouble: str | None = None
    detail: str = ""
    loosely: bool = False


@dataclass
class AreaFinder:
    """Finds areas by what files call them.

    Args:
        areas: ``area_id, parent_id, level, name, name_zh``.
    """

    areas: pl.DataFrame
    _parents: dict[str, str | None] = field(default_factory=dict)
    _levels: dict[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _by_word: dict[str, list[str]] = field(default_factory=dict)
    _by_stem: dict[str, list[str]] = field(default_factory=dict)
    _near: DidYouMean | None = None

    def __post_init__(self) -> None:
        rows = self.areas.select("area_id", "parent_id", "level", "name", "name_zh").iter_rows()
        for area_id, parent_id, level, name, name_zh in rows:
            self._parents[area_id] = parent_id
            self._levels[area_id] = level or ""
            self._names[area_id] = name_zh or name or area_id
            for word in {plain(word) for word in (name, name_zh) if word} - {""}:
                self._by_word.setdefault(word, []).append(area_id)
                self._by_stem.setdefault(_stem(word), []).append(area_id)

    def find(self, word: str, within: str | None = None, level: str | None = None) -> Found:
        """The area that a word means.

        Args:
            word: code or name.
            within: code or name of a wider area it lies in, as far as the file says.
            level: level it must have, if one is meant.
        """
        if word in self._parents:
            return Found(word)
        code = word.removesuffix(".0")
        if code in self._parents:
            return Found(code)
        around = self._around(within)
        if around is not None and not around:
            return Found(None, "unknown-wider-area", within or "")
        key = plain(word)
        for loosely, index, wanted in ((False, self._by_word, key), (True, self._by_stem, _stem(key))):
            fitting = [area for area in index.get(wanted, ()) if self._fits(area, around, level)]
            if not loosely and len(fitting) > 1:
                # A city and its only district may share a name: the finer one holds the rows of both.
                fitting = self._finest(fitting)
            if len(fitting) == 1:
                return Found(fitting[0], loosely=loosely)
            if len(fitting) > 1:
                return Found(None, "ambiguous-area", self._listed(fitting))
        return self._unknown(word)

    def _around(self, within: str | None) -> set[str] | None:
        """The areas a wider word may mean; None where there is no such word."""
        if within is None:
            return None
        if within in self._parents:
            return {within}
        key = plain(within)
        return set(self._by_word.get(key) or self._by_stem.get(_stem(key)) or ())

    def _fits(self, area_id: str, around: set[str] | None, level: str | None) -> bool:
        if level is not None and self._levels[area_id] != level:
            return False
        return around is None or bool(around & set(self._upward(area_id)))

    def _upward(self, area_id: str) -> Iterable[str]:
        """The area and those it lies in, outwards; a loop in the table ends the walk."""
        seen: dict[str, None] = {}
        at: str | None = area_id
        while at is not None and at in self._parents and at not in seen:
            seen[at] = None
            at = self._parents[at]
        return seen

    def _finest(self, fitting: list[str]) -> list[str]:
        def depth(area_id: str) -> int:
            level = self._levels[area_id]
            return LEVELS.index(level) if level in LEVELS else -1

        finest = max(fitting, key=depth)
        nested = all(area in self._upward(finest) for area in fitting)
        return [finest] if nested else fitting

    def _listed(self, fitting: list[str]) -> str:
        shown = []
        for area_id in fitting[:3]:
            parent = self._parents[area_id]
            shown.append(f'"{area_id}"' + (f" in {self._names.get(parent, parent)}" if parent else ""))
        more = f" and {len(fitting) - 3} more" if len(fitting) > 3 else ""
        return f"{len(fitting)} areas: {', '.join(shown)}{more}"

    def _unknown(self, word: str) -> Found:
        if self._near is None:
            words = {area_id: f'"{area_id}" ({self._names[area_id]})' for area_id in self._parents}
            for name, areas in self._by_word.items():
                words.setdefault(name, f'"{areas[0]}" ({self._names[areas[0]]})')
            self._near = DidYouMean(words)
        near = self._near(word)
        mend = f"Did you mean {near}" if near else "Use the code or name of an area, or add it to the table areas"
        return Found(None, "unknown-area", mend)


def _stem(word: str) -> str:
    """A name without the ending that says what the area is."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + (1 if ending.isascii() else 0):
            return word.removesuffix(ending)
    return word
