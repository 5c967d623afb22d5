"""Race many options: play all a little, drop the clearly worse, play the rest more, with common random numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from seawall.core import InvalidInput
from seawall.plan.book import Book, Play
from seawall.plan.drop import (
    STILL,
    Dropped,
    Levels,
    as_good,
    beaten,
    cannot_meet,
    dominated,
    levels,
    not_nearest,
    ranked,
)
from seawall.plan.limits import Least, Limit, check_order
from seawall.plan.played import Played


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One look of the race.

    Attributes:
        number: from 1.
        replicates: of each option still in.
        options: how many were in.
        plays: how many pairs were played in this round; known ones not counted.
        dropped: who left after it.
        returned: who came back because after this look none may meet the limits.
    """

    number: int
    replicates: int
    options: int
    plays: int
    dropped: tuple[Dropped, ...]
    returned: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Race:
    """What a race came to.

    Attributes:
        scores: ``strategy, replicate``, the amounts, ``gave_up``; a row per pair played, those who left too.
        kept: who stayed to the end, by key.
        dropped: who left, by key.
        rounds: each look.
        none_may: after some look no option could meet the limits any more; from then on the nearest was sought.
    """

    scores: pl.DataFrame
    kept: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    rounds: tuple[Round, ...]
    none_may: bool

    @property
    def plays(self) -> int:
        """Pairs played, known ones not counted."""
        return sum(one.plays for one in self.rounds)


def looks_of(first: int, most: int) -> tuple[int, ...]:
    """Replicates at each look: doubled from the first to the most."""
    if not 2 <= first <= most:
        raise InvalidInput(f"A race begins with 2 replicates or more and no more than the most, not {first} of {most}.")
    found = [first]
    while found[-1] < most:
        found.append(min(2 * found[-1], most))
    return tuple(found)


def race(
    options: Sequence[str],
    play: Play,
    *,
    limits: Sequence[Limit] = (),
    order: Sequence[Least],
    axes: Sequence[str] = (),
    first: int = 4,
    most: int = 64,
    keep: int = 2,
    delta: float = 0.05,
    always: Collection[str] = (),
    most_plays: int | None = None,
    known: pl.DataFrame | None = None,
    told: Callable[[Round], None] | None = None,
) -> Race:
    """Race options until the right one, by the rule of `seawall.plan.rule`, has been played `most` times.

    No randomness of its own: the same scores give the same race, in whatever order they come.

    Args:
        options: keys, each once.
        play: plays pairs of option and replicate (from 1); replicate r must be the same luck for every option.
        limits: what must hold.
        order: what is to be least, the most important first.
        axes: events of a frontier; who is not clearly dominated on them stays, even if the choice does not need it.
        first, most: replicates at the first and the last look.
        keep: never fewer stay.
        delta: probability at most that the race loses the option that playing all would choose, over all looks.
        always: options that stay to the end whatever happens.
        most_plays: what is left of it is shared out equally over the rounds to come, and where more options remain
            than the next round has room for, the best by rank go on, but always `keep` and `always`. Options that leave
            so say ``too_many``; `delta` does not cover them.
        known: scores of an earlier race, with the same columns as `Race.scores`; these pairs are not played again.
        told: is told each round as it ends.

    Raises:
        InvalidInput: options named twice, nothing to be least, or scores that are missing, unasked or not finite.
    """
    check_order(tuple(order))
    if len(set(options)) != len(options) or not options:
        raise InvalidInput("A race needs options, each named once.")
    if not 0 < delta < 1 or keep < 1:
        raise InvalidInput("A race needs a delta between 0 and 1, and keeps one option at least.")
    names, looks = sorted(options), looks_of(first, most)
    events = tuple(dict.fromkeys([*(one.event for one in limits), *(one.event for one in order), *axes]))
    level = levels(delta, options=len(names), looks=len(looks), limits=len(limits), order=len(order))
    book = Book.of(known)
    gone: dict[str, Dropped] = {}
    rounds: list[Round] = []
    none_may, look = False, 0
    while look < len(looks):
        alive = [name for name in names if name not in gone]
        plays = book.fill([(name, one) for name in alive for one in range(1, looks[look] + 1)], play)
        now = book.played(alive, looks[look], events)
        cannot = cannot_meet(now, limits, level.cannot)
        returned: tuple[str, ...] = ()
        if limits and not none_may and cannot.any(axis=0).all():
            none_may = True
            returned = tuple(sorted(name for name, one in gone.items() if one.why == "cannot_meet"))
            if returned and most_plays is not None:
                room = max(0, most_plays - plays - sum(one.plays for one in rounds)) // looks[look]
                returned = tuple(sorted(ranked(book.played(returned, first, events), limits, order, room)))
        leave: list[Dropped] = []
        number = len(rounds) + 1
        if not returned:
            asked = _Asked(limits=tuple(limits), order=tuple(order), axes=tuple(axes), level=level)
            fallen = asked.nearest(now, number) if none_may else asked.leave(now, cannot, number)
            leave = _at_least(now, [one for one in fallen if one.option not in always], asked, keep)
            if most_plays is not None and look + 1 < len(looks):
                left = most_plays - plays - sum(one.plays for one in rounds)
                room = left // (len(looks) - look - 1) // (looks[look + 1] - looks[look])
                leave += _too_many(now, leave, asked, max(keep, room), always, number)
            look += 1
        gone = {name: one for name, one in gone.items() if name not in returned}
        gone.update({one.option: one for one in leave})
        rounds.append(
            Round(
                number=number,
                replicates=len(now.replicates),
                options=len(alive),
                plays=plays,
                dropped=tuple(sorted(leave, key=lambda one: one.option)),
                returned=returned,
            )
        )
        if told is not None:
            told(rounds[-1])
    return Race(
        scores=book.table(names),
        kept=tuple(name for name in names if name not in gone),
        dropped=tuple(gone[name] for name in names if name in gone),
        rounds=tuple(rounds),
        none_may=none_may,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the race is for, and how sure a test must be."""

    limits: tuple[Limit, ...]
    order: tuple[Least, ...]
    axes: tuple[str, ...]
    level: Levels

    def leave(self, now: Played, cannot: np.ndarray, number: int) -> list[Dropped]:
        """Who cannot meet the limits while others may, and who is clearly worse than another."""
        found = []
        falls = np.zeros((len(now.options), len(now.options)), bool)
        where = np.zeros(falls.shape, int)
        if len(now.replicates) >= STILL:
            falls, where = beaten(now, self.order, as_good(now, self.limits, self.level.worse), self.level.worse)
            falls &= self._needless(now)[:, None]
        for row, option in enumerate(now.options):
            if cannot[:, row].any():
                event = self.limits[int(np.argmax(cannot[:, row]))].event
                found.append(Dropped(option=option, round=number, why="cannot_meet", event=event))
            elif falls[row].any():
                found.append(
                    self._worse(now, row, falls[row], number, self.order[_first(where[row], falls[row])].event)
                )
        return found

    def nearest(self, now: Played, number: int) -> list[Dropped]:
        """Who is clearly further from meeting the limits than another, where none can."""
        if len(now.replicates) < STILL:
            return []
        falls = not_nearest(now, self.limits, self.level.worse) & self._needless(now)[:, None]
        return [self._worse(now, row, falls[row], number, None) for row in range(len(falls)) if falls[row].any()]

    def best(self, now: Played, most: int) -> list[str]:
        """The first so many by the rule."""
        return ranked(now, self.limits, self.order, most)

    def _worse(self, now: Played, row: int, falls: np.ndarray, number: int, event: str | None) -> Dropped:
        against = self.best(now.only([now.options[other] for other in np.flatnonzero(falls)]), 1)[0]
        return Dropped(option=now.options[row], round=number, why="worse", against=against, event=event)

    def _needless(self, now: Played) -> np.ndarray:
        """Bool, shape (option,): no frontier is wanted, or the option is clearly dominated on it."""
        return dominated(now, self.axes, self.level.worse) if self.axes else np.ones(len(now.options), bool)


def _first(where: np.ndarray, falls: np.ndarray) -> int:
    """The earliest event of the order that decided against an option."""
    return int(where[falls].min())


def _at_least(now: Played, leave: list[Dropped], asked: _Asked, keep: int) -> list[Dropped]:
    """Fewer leave where too few would stay: the best of them by rank are kept."""
    lacking = keep - (len(now.options) - len(leave))
    if lacking <= 0:
        return leave
    back = asked.best(now.only([one.option for one in leave]), lacking) if leave else []
    return [one for one in leave if one.option not in back]


def _too_many(
    now: Played, leave: list[Dropped], asked: _Asked, room: int, always: Collection[str], number: int
) -> list[Dropped]:
    """Who cannot be played on for want of room: the last by rank."""
    left = {one.option for one in leave}
    stay = [option for option in now.options if option not in left]
    if len(stay) <= room:
        return []
    sure = [option for option in stay if option in always]
    others = [option for option in stay if option not in always]
    best = {*sure, *asked.best(now.only(others), max(room - len(sure), 0))} if others else set(sure)
    return [Dropped(option=option, round=number, why="too_many") for option in stay if option not in best]
