"""What a sector's name says about it: faces customers, makes what can be stored, teaches."""

from __future__ import annotations

import numpy as np

from seawall.city.synth.jobs import EDUCATION, HOTELS, SERVICES, TRADE, speaks_of

LEISURE = ("entertain", "culture", "sport", "tourism", "recreation", "arts", "娱乐", "文化", "体育", "旅游")
GOODS = (
    *("manufact", "industr", "construct", "agricult", "farm", "fish", "mining", "energ", "utilit", "food", "chemic"),
    *("electron", "machine", "制造", "工业", "建筑", "农", "采矿", "能源", "电力", "食品"),
)
KNOWLEDGE = (
    *("financ", "bank", "insur", "office", "software", "informat", "science", "research", "business", "profession"),
    *("金融", "保险", "软件", "信息", "科学", "研究", "商务"),
)

CUSTOMERS = (TRADE, HOTELS, SERVICES, LEISURE)
NO_CUSTOMERS = (("government", "administ", "public", "business", "financ"), ("政府", "公共", "商务"))


def speaks(sectors: tuple[str, ...], *words: tuple[str, ...]) -> np.ndarray:
    """Which sectors are of one of these kinds by their name, bool, shape (sector,)."""
    return np.array([any(speaks_of(sector, some) for some in words) for sector in sectors], dtype=bool)


def faces_customers(sectors: tuple[str, ...]) -> np.ndarray:
    """Sectors that customers come to, bool, shape (sector,): trade, hotels, services to residents, leisure."""
    return np.asarray(speaks(sectors, *CUSTOMERS) & ~speaks(sectors, *NO_CUSTOMERS))


def teaches(sectors: tuple[str, ...]) -> np.ndarray:
    """Sectors of education, bool, shape (sector,)."""
    return speaks(sectors, EDUCATION)


def waiting_kind(sectors: tuple[str, ...]) -> np.ndarray:
    """How far lost orders wait: 0 goods, 1 knowledge, 2 services; int64, shape (sector,).

    A name that says neither is taken for a service, of which least is won back.
    """
    goods = speaks(sectors, GOODS) & ~faces_customers(sectors)
    knowledge = speaks(sectors, KNOWLEDGE)
    return np.where(goods, 0, np.where(knowledge, 1, 2)).astype(np.int64)
