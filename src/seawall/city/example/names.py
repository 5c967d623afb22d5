"""Made-up names: word lists written for the example city, combined by lot. None is meant to be a real place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Name:
    """A name in Latin script and in Chinese."""

    latin: str
    chinese: str


CITY = Name("Chaomen", "潮门市")
"""Gate of the tides."""

PORT_DISTRICT = Name("Bogang", "泊港区")
OLD_TOWN = Name("Laocheng", "老城区")
ISLAND_DISTRICT = Name("Oudao", "鸥岛区")
AIRPORT_DISTRICT = Name("Yunfan", "云帆区")

COASTAL_DISTRICTS = (
    Name("Lanting", "澜汀区"),
    Name("Wangchao", "望潮区"),
    Name("Haixu", "海墟区"),
    Name("Yinsha", "银沙区"),
    Name("Shitan", "石滩区"),
    Name("Fanying", "帆影区"),
    Name("Xinwan", "信湾区"),
    Name("Dengta", "灯塔区"),
)
INLAND_DISTRICTS = (
    Name("Heqiao", "鹤桥区"),
    Name("Qinghu", "青湖区"),
    Name("Songping", "松坪区"),
    Name("Taoxi", "桃溪区"),
    Name("Yunling", "云岭区"),
    Name("Zhuyuan", "竹原区"),
    Name("Beidu", "北渡区"),
    Name("Nanhe", "南禾区"),
    Name("Mushan", "暮山区"),
    Name("Xitian", "西田区"),
    Name("Chatang", "茶塘区"),
    Name("Lubei", "鹿陂区"),
)

FIRST_WORDS = (
    ("Qing", "清"),
    ("Chang", "长"),
    ("Yong", "永"),
    ("An", "安"),
    ("Dong", "东"),
    ("Xi", "西"),
    ("Nan", "南"),
    ("Bei", "北"),
    ("Xin", "新"),
    ("Gu", "古"),
    ("Bai", "白"),
    ("Hong", "红"),
    ("Lan", "蓝"),
    ("Jin", "锦"),
    ("Yu", "玉"),
    ("Shi", "石"),
    ("Song", "松"),
    ("Mei", "梅"),
    ("Liu", "柳"),
    ("Tao", "桃"),
    ("He", "鹤"),
    ("Yan", "雁"),
    ("Ou", "鸥"),
    ("Lu", "鹭"),
    ("Yun", "云"),
    ("Chao", "潮"),
    ("Fan", "帆"),
    ("Xing", "星"),
    ("Yue", "月"),
    ("Feng", "枫"),
    ("Ping", "平"),
    ("Wen", "文"),
)
SECOND_WORDS = (
    ("qiao", "桥"),
    ("tang", "塘"),
    ("pu", "浦"),
    ("ling", "岭"),
    ("quan", "泉"),
    ("wan", "湾"),
    ("men", "门"),
    ("jing", "井"),
    ("xi", "溪"),
    ("he", "河"),
    ("shan", "山"),
    ("tai", "台"),
    ("fang", "坊"),
    ("lin", "林"),
    ("zhou", "洲"),
    ("du", "渡"),
    ("tian", "田"),
    ("ting", "亭"),
    ("an", "岸"),
    ("yuan", "园"),
    ("shui", "水"),
    ("gang", "港"),
    ("sha", "沙"),
    ("cun", "村"),
    ("kou", "口"),
    ("bei", "陂"),
    ("miao", "庙"),
    ("zhuang", "庄"),
    ("feng", "峰"),
    ("yang", "洋"),
)
COMPOUND_WORDS = (
    ("Yuan", "苑"),
    ("Xincun", "新村"),
    ("Huayuan", "花园"),
    ("Jiayuan", "家园"),
    ("Li", "里"),
    ("Gongyu", "公寓"),
    ("Ge", "阁"),
    ("Wan", "湾邸"),
)


def pairs(generator: np.random.Generator, count: int) -> list[Name]:
    """Two-word names in random order, none twice until all have been used."""
    total = len(FIRST_WORDS) * len(SECOND_WORDS)
    names: list[Name] = []
    while len(names) < count:
        for pick in generator.permutation(total)[: count - len(names)]:
            first, second = FIRST_WORDS[pick // len(SECOND_WORDS)], SECOND_WORDS[pick % len(SECOND_WORDS)]
            names.append(Name(_joined(first[0], second[0]), first[1] + second[1]))
    return names


def _joined(first: str, second: str) -> str:
    """Pinyin of two characters, with the apostrophe that a second vowel asks for."""
    return f"{first}'{second}" if second[0] in "aeo" else first + second
