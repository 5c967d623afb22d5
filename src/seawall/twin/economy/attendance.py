"""From worker-days away, by cause, to the share of a usual day's work that is done, by day, district and sector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seawall.city.layers import AGE_CLASS_FROM, STAGES, WORK
from seawall.city.synth.people import AGE_CLASS, People
from seawall.core import Fault, InvalidInput
from seawall.twin.economy.accounts import Accounts
from seawall.twin.economy.parameters import Parameters, stacked

CAUSES = ("limited", "limited_lost", "confined", "ill", "dead", "loop")
"""Causes of worker-days away that the twin tells. ``loop`` are days of work in a closed loop, at the workplace."""

CARED_FOR = tuple(STAGES.index(stage) for stage in ("kindergarten", "primary"))
"""Stages of school whose pupils do not stay at home alone. Assumed."""


@dataclass(frozen=True, kw_only=True)
class Labour:
    """What is left of a usual day, float64, shape (set, day, district, sector).

    Attributes:
        share: work done, of what is usual.
        without_work: share of workers who do no work that day because of orders, confinement or care; not the ill and
            the dead.
        dead: share of workers who have died.
        care: worker-days of parents who stay with children, shape (set,).
    """

    share: np.ndarray
    without_work: np.ndarray
    dead: np.ndarray
    care: np.ndarray


def at_work(people: People) -> np.ndarray:
    """Who works where, float64, shape (district, sector): members of teams by where the team is."""
    found = np.zeros((len(people.district_ids), len(people.sectors)))
    teams = np.nonzero((people.place_layer == WORK) & (people.place_kind < len(people.sectors)))[0]
    sizes = np.diff(people.place_start.astype(np.int64))
    np.add.at(found, (people.district_of_block[people.place_block[teams]], people.place_kind[teams]), sizes[teams])
    return found


def ages_at_work(people: People) -> np.ndarray:
    """Workers by age, float64, shape (sector, age class)."""
    found = np.zeros((len(people.sectors), len(AGE_CLASS_FROM)))
    sizes = np.diff(people.place_start.astype(np.int64))
    place = np.repeat(np.arange(sizes.size), sizes.tolist())
    teams = (people.place_layer == WORK) & (people.place_kind < len(people.sectors))
    mine = teams[place]
    np.add.at(found, (people.place_kind[place[mine]], AGE_CLASS[people.age[people.members[mine]]]), 1.0)
    return found


def check_work(
    work: Mapping[str, np.ndarray], school_away: np.ndarray, deaths: np.ndarray, districts: int, sectors: int
) -> int:
    """How many days the arrays tell.

    Raises:
        InvalidInput: a cause is unknown, an array has another shape, or an amount is negative or not a number.
    """
    faults: list[Fault] = []
    days = len(deaths)
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(work, (days, districts, sectors))
    arrays = {**work, "school_away": school_away, "deaths": deaths}
    shapes |= {"school_away": (days, districts, len(STAGES)), "deaths": (days, districts)}
    for name, array in arrays.items():
        if name in work and name not in CAUSES:
            faults.append(
                Fault(
                    file="work",
                    column=name,
                    problem="this is no cause of work not done",
                    mend="Use one of " + ", ".join(CAUSES),
                )
            )
        elif array.shape != shapes[name]:
            faults.append(
                Fault(
                    file="work",
                    column=name,
                    problem=f"its shape is {array.shape}, not {shapes[name]}",
                    mend="Give day, district and sector (or stage of school) as the accounts have them",
                )
            )
        elif array.size and not float(np.min(array)) >= 0:
            faults.append(
                Fault(file="work", column=name, problem="an amount is negative or not a number", mend="Count from 0 up")
            )
    if faults:
        raise InvalidInput("This work away cannot be used.", faults)
    return days


def labour(
    work: Mapping[str, np.ndarray],
    school_away: np.ndarray,
    accounts: Accounts,
    workers: np.ndarray,
    parameters: tuple[Parameters, ...],
) -> Labour:
    """What is left of a usual day's work.

    With shares of a sector's workers *limited*, *confined*, *ill*, *dead*, in a *loop*, remote share *q*, what a day
    at home yields *h*, and parents who stay at home *c*::

        at home   = (1 - first) limited q + first min(limited, q)            (of the limited)
        on site   = 1 - limited - confined - ill - dead
        done      = (on site - loop)(1 - control * kept away) + loop * in loop
                    + h (at home + able * confined * q)
        share     = done (1 - c (1 - h q))

    *kept away* is the share of the district's workers that orders keep away or in a loop. Where the city does not tell
    *q*, ``limited - limited_lost`` is done at home.

    Args:
        work: cause to float, shape (day, district, sector). Worker-days; a cause that is absent is 0.
        school_away: float, shape (day, district, stage). Pupil-days not at school.
        accounts: of the city.
        workers: float, shape (district, sector). Workers of the twin, whom `work` counts.
        parameters: the sets of parameters.
    """
    size = workers.shape
    days = len(school_away)
    shares = {cause: _share(work[cause], workers) for cause in CAUSES if cause in work and work[cause].any()}
    if not shares and not school_away.any():
        still = np.ones((len(parameters), days, *size))
        return Labour(
            share=still, without_work=np.zeros_like(still), dead=np.zeros((days, *size)), care=np.zeros(len(parameters))
        )
    none = np.zeros((1, 1, 1))
    limited, confined, ill, dead, loop = (
        shares.get(cause, none) for cause in ("limited", "confined", "ill", "dead", "loop")
    )
    everywhere = np.maximum(workers.sum(axis=1), 1e-9)[:, None]
    remote = np.nan_to_num(accounts.remote)
    silent = np.isnan(accounts.remote)
    first = stacked(parameters, "remote_first")
    home = stacked(parameters, "home_productivity")
    at_home = np.zeros((1, 1, 1, 1))
    kept = np.zeros((1, 1, 1))
    if "limited" in shares:
        at_home = (1 - first) * (limited * remote) + first * np.minimum(limited, remote)
        if silent.any():
            told = np.maximum(limited - shares.get("limited_lost", limited * 0), 0.0)
            at_home = np.where(silent, told, at_home)
    if "limited" in shares or "loop" in shares:
        counted = sum(work[cause].sum(axis=2, keepdims=True) for cause in ("limited", "loop") if cause in shares)
        kept = np.minimum(counted / everywhere, 1.0)
    away = limited + confined + ill + dead
    too_many = np.maximum(away, 1.0)
    on_site = np.maximum(1.0 - away, 0.0)
    loop = np.minimum(loop, on_site)
    able = stacked(parameters, "confined_able") * (confined * remote)
    done = (on_site - loop) * (1.0 - stacked(parameters, "control_loss") * kept)
    done = done + loop * stacked(parameters, "loop_productivity") + home * (at_home + able) / too_many
    without = (limited - at_home + confined - able) / too_many
    care_days = np.zeros(len(parameters))
    if school_away.any():
        children = school_away[:, :, list(CARED_FOR)].sum(axis=2, dtype=float)[None, :, :, None]
        parents = stacked(parameters, "no_other_carer") / stacked(parameters, "children_per_carer") * children
        care = np.minimum(parents / everywhere, 1.0) * (1.0 - home * remote)
        without = without + care * np.minimum(on_site + at_home + able, 1.0)
        done = done * (1.0 - care)
        care_days = (care * on_site * workers).sum(axis=(1, 2, 3))
    shape = (len(parameters), days, *size)
    return Labour(
        share=np.broadcast_to(np.clip(done, 0.0, 1.0), shape),
        without_work=np.broadcast_to(np.clip(without, 0.0, 1.0), shape),
        dead=np.broadcast_to(dead, (days, *size)),
        care=care_days,
    )


def _share(away: np.ndarray, workers: np.ndarray) -> np.ndarray:
    """Worker-days as shares of the workers; where the twin has none, the share in the sector as a whole."""
    empty = workers <= 0
    share = np.asarray(away / np.where(empty, 1.0, workers), dtype=float)
    if empty.any():
        whole = away.sum(axis=1, dtype=float) / np.maximum(workers.sum(axis=0), 1e-9)
        share = np.where(empty, whole[:, None, :], share)
    return share
