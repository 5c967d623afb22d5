"""What no rule and no measure may read, whoever asks (promises 11 and 17)."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """One thing no rule may read, the words it hides behind, and why."""

    name: str
    words: tuple[str, ...]
    why: str


FORBIDDEN: tuple[Forbidden, ...] = (
    Forbidden(
        name="nationality",
        words=(
            "nationality",
            "citizen",
            "citizenship",
            "passport",
            "foreigner",
            "国籍",
            "國籍",
            "护照",
            "護照",
            "外籍",
        ),
        why="a virus does not read passports; a rule that does treats people by where they come from",
    ),
    Forbidden(
        name="ethnicity",
        words=("ethnicity", "ethnic", "race", "racial", "tribe", "民族", "族裔", "种族", "種族"),
        why="belonging to a people is no measure of risk",
    ),
    Forbidden(
        name="religion",
        words=("religion", "religious", "faith", "church", "mosque", "宗教", "信仰"),
        why="belief is no measure of risk",
    ),
    Forbidden(
        name="household registration",
        words=("hukou", "household_registration", "migrant", "户籍", "戶籍", "户口", "戶口", "外地人"),
        why="where somebody is registered says nothing about infection; where infections are found does",
    ),
    Forbidden(
        name="political opinion",
        words=("political", "politics", "party_member", "opinion", "speech", "政治", "党员", "黨員", "言论", "言論"),
        why="disease control is not a tool against opinion",
    ),
    Forbidden(
        name="debt or credit",
        words=(
            "debt",
            "debtor",
            "credit",
            "loan",
            "depositor",
            "arrears",
            "债务",
            "債務",
            "信用",
            "失信",
            "储户",
            "儲戶",
        ),
        why="in Zhengzhou in 2022 health codes of 1,317 bank depositors were turned red; that shall not happen again",
    ),
    Forbidden(
        name="petition",
        words=("petition", "petitioner", "complaint", "protest", "上访", "上訪", "信访", "信訪"),
        why="whoever complains keeps every right to move",
    ),
    Forbidden(
        name="police record",
        words=("police", "criminal", "crime", "conviction", "arrest", "wanted", "警察", "前科", "犯罪", "公安"),
        why="disease control neither feeds nor reads police systems",
    ),
    Forbidden(
        name="health-code colour",
        words=(
            "health_code",
            "healthcode",
            "code_colour",
            "code_color",
            "green_code",
            "yellow_code",
            "red_code",
            "健康码",
            "健康碼",
            "红码",
            "紅碼",
            "黄码",
            "黃碼",
            "绿码",
            "綠碼",
        ),
        why="a colour of a person is somebody else's verdict; a rule rests on findings",
    ),
    Forbidden(
        name="location trace",
        words=(
            "location",
            "trace",
            "track",
            "gps",
            "cell_tower",
            "phone_signal",
            "phone",
            "bluetooth",
            "travel_code",
            "itinerary",
            "轨迹",
            "軌跡",
            "行程码",
            "行程碼",
            "定位",
            "手机",
            "手機",
        ),
        why="the system keeps no location traces and no phone signals",
    ),
    Forbidden(
        name="face",
        words=("face", "facial", "biometric", "camera", "人脸", "人臉"),
        why="the system recognises no faces",
    ),
    Forbidden(
        name="score of a person",
        words=(
            "score",
            "risk_score",
            "person_score",
            "individual_risk",
            "rating",
            "watch_list",
            "watchlist",
            "blacklist",
            "评分",
            "評分",
            "积分",
            "積分",
            "黑名单",
            "黑名單",
        ),
        why="areas are graded, people are not",
    ),
    Forbidden(
        name="one person's record",
        words=(
            "person",
            "person_id",
            "name_of_person",
            "identity",
            "id_number",
            "national_id",
            "address_book",
            "身份证",
            "身份證",
            "姓名",
        ),
        why="a rule for areas reads numbers of areas and places, not a person",
    ),
)
"""What no rule may read. Names of data are compared word by word, in either script."""


def forbidden_in(word: str) -> Forbidden | None:
    """The forbidden thing that a name of data speaks of, or None.

    `word` is split where words meet (``_``, ``-``, ``.``, blank, capital letters); a forbidden word counts
    where it stands as a whole, also in the plural, and a Chinese one wherever it stands.

    Examples:
        >>> forbidden_in("caseNationality").name
        'nationality'
        >>> forbidden_in("embraced") is None
        True
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word)
    plain = "_" + re.sub(r"[^\w]+", "_", spaced).lower().strip("_") + "_"
    for forbidden in FORBIDDEN:
        for bad in forbidden.words:
            if bad.isascii():
                stem = bad.removesuffix("y")
                forms = (bad, f"{bad}s", f"{bad}es", f"{stem}ies")
                if any(f"_{form}_" in plain for form in forms):
                    return forbidden
            elif bad in word:
                return forbidden
    return None
