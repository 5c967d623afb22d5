"""Foreign headers recognised by synonym, in English and both Chinese scripts."""

from __future__ import annotations

from collections.abc import Sequence

from seawall.city.faults import DidYouMean, plain
from seawall.city.schema import Column, Table

FINENESS = (
    ("areaid", "area", "adcode", "区划代码", "地区代码", "行政区划代码", "居住地区划代码"),
    ("grid", "网格", "網格"),
    ("community", "neighbourhood", "neighborhood", "社区", "居委", "居委会", "村居", "社區"),
    ("subdistrict", "street", "township", "街道", "镇", "街镇", "乡镇", "街道乡镇", "街鎮", "鄉鎮"),
)
"""Words for an area, the surest and finest first; those not named here name something wider."""


def position(header: Sequence[str], wanted: str) -> int | None:
    """Where a header stands: as written, or but for case, spaces, punctuation and full-width letters."""
    if wanted in header:
        return header.index(wanted)
    key = plain(wanted)
    return next((at for at, name in enumerate(header) if key and plain(name) == key), None)


def nearest(header: Sequence[str], wanted: str) -> str | None:
    """The header that was probably meant."""
    return DidYouMean({name: name for name in header if name.strip()})(wanted)


def recognise(table: Table, header: Sequence[str]) -> dict[str, list[int]]:
    """Column of the table to the headers that stand for it, the surest first.

    A column's own name comes first, then its synonyms in the order of the schema; of several words for an
    area the finest. A header stands for one column only.
    """
    taken: set[int] = set()
    found: dict[str, list[int]] = {}
    keys = [plain(name) for name in header]
    for column in table.columns:
        # Names first for every column, so that a synonym of one never takes the name of another.
        found[column.name] = [at for at, key in enumerate(keys) if key == plain(column.name) and at not in taken][:1]
        taken.update(found[column.name])
    for column in table.columns:
        for word in _words(column):
            for at, key in enumerate(keys):
                if at not in taken and key == plain(word):
                    found[column.name].append(at)
                    taken.add(at)
    return {name: places for name, places in found.items() if places}


def _words(column: Column) -> list[str]:
    if column.refers_to != "areas.area_id" or column.name == "parent_id":
        return list(column.synonyms)
    wider = len(FINENESS)

    def fineness(word: str) -> int:
        return next((rank for rank, words in enumerate(FINENESS) if plain(word) in map(plain, words)), wider)

    known = [word for words in FINENESS for word in words]
    return sorted({*column.synonyms, *known}, key=lambda word: (fineness(word), word))
