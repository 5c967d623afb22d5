"""What a rule may read, and what none may read whoever asks (promises 11 and 17).

A rule names its inputs from a closed list. Anything else is refused when the file is read, so a rule
that reads a person's passport or debts cannot be drawn, compared or tried out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["flow", "stock", "unit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing a rule may read.

    Attributes:
        about: what it is.
        kind: ``flow`` is a count in a day, ``stock`` a number at the day's end, ``unit`` something known
            for each place or area at which zones are anchored.
        events: events of the daily counts that give it, the first that is there.
        sum_of: events whose sum gives it where none of `events` is there.
        burden: more of it means more disease (the check that more cases never lower a tier uses it).
    """

    about: str
    kind: Kind = "flow"
    events: tuple[str, ...] = ()
    sum_of: tuple[str, ...] = ()
    burden: bool = False


INPUTS: dict[str, Input] = {
    "infections": Input(
        about="infections reported, local and imported",
        events=("reports",),
        sum_of=("reports_local", "reports_imported"),
        burden=True,
    ),
    "infections_local": Input(
        about="infections reported that were acquired in the city", events=("reports_local", "reports"), burden=True
    ),
    "infections_in_community": Input(
        about="infections found outside quarantine and closed loops", events=("reports_in_community",), burden=True
    ),
    "infections_in_control": Input(
        about="infections found in quarantine or a closed loop", events=("reports_in_control",), burden=True
    ),
    "infections_unlinked": Input(about="infections without a known source", events=("reports_unlinked",), burden=True),
    "admissions": Input(about="hospital admissions of infected people", events=("admissions",), burden=True),
    "deaths": Input(about="deaths of infected people", events=("deaths",), burden=True),
    "tests": Input(about="people tested", events=("tests",)),
    "positives": Input(about="positive among the people tested", events=("positives",), burden=True),
    "in_care": Input(
        about="infected people under care of any kind at the day's end", kind="stock", events=("in_care",), burden=True
    ),
    "in_hospital": Input(
        about="infected people in hospital at the day's end", kind="stock", events=("in_hospital",), burden=True
    ),
    "in_icu": Input(
        about="infected people in intensive care at the day's end", kind="stock", events=("in_icu",), burden=True
    ),
    "staffed_beds": Input(about="staffed hospital beds", kind="stock", events=("staffed_beds",)),
    "occupied_beds": Input(
        about="staffed hospital beds in use by anyone", kind="stock", events=("occupied_beds",), burden=True
    ),
    "icu_beds": Input(about="intensive care beds", kind="stock", events=("icu_beds",)),
    "vaccinated": Input(about="people fully vaccinated by the day's end", kind="stock", events=("vaccinated",)),
    "investigated_in_time": Input(
        about="infections investigated within 24 hours of the report", events=("investigated_in_time",)
    ),
    "contacts_followed": Input(about="contacts under observation who were reached", events=("contacts_followed",)),
    "contacts_to_follow": Input(about="contacts under observation", events=("contacts_to_follow",)),
    "infections_by_unit": Input(
        about="infections by the place or area where the infected people live", kind="unit", burden=True
    ),
    "visits_by_unit": Input(about="places where infected people stayed before they were found", kind="unit"),
    "screening_rounds": Input(about="people screened in a unit on a day, and positive among them", kind="unit"),
}
"""Every input a rule may name; ``residents`` may stand below a fraction line besides."""

TRIGGERS = ("infections_by_unit", "visits_by_unit")
"""Inputs that may open a zone."""


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
