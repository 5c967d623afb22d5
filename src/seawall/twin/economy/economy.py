"""A city's economy under an outbreak: from worker-days away to output, jobs and years lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from seawall.city import City
from seawall.city.synth.people import People
from seawall.core import Fault, InvalidInput
from seawall.twin.economy.accounts import Accounts, accounts_of
from seawall.twin.economy.attendance import ages_at_work, at_work, check_work, labour
from seawall.twin.economy.catch_up import win_back
from seawall.twin.economy.fear import asked_for
from seawall.twin.economy.kinds import faces_customers, teaches, waiting_kind
from seawall.twin.economy.losses import YEAR, life_years, school_years
from seawall.twin.economy.parameters import Parameters, corners
from seawall.twin.economy.supply import Chains, chains_of, daily
from seawall.twin.outcome import Outcome

VALUE, LOW, HIGH = range(3)
"""Sets of parameters of a play: as given, the end that loses least, the end that loses most."""

BINDING = "Which inputs a sector cannot do without is assumed from the share they have in what it buys."


@dataclass(frozen=True, kw_only=True)
class Produced:
    """What came of one run. Money is value added of the table `sectors`; arrays by set have (value, low, high).

    Attributes:
        output: float32, shape (day, district, sector). Value added made each day, what is won back included.
        usual: float64, shape (district, sector). Value added of a usual day.
        lost: float64, shape (set,). Value added lost in all, what is won back taken off.
        lost_by: float64, shape (district, sector). The same, by where, at the given parameters.
        lost_of_dead: what workers who died would have made within the run.
        lost_teaching: float64, shape (set,). Lost in the education sector.
        jobs: float64, shape (set,). Worker-days without work: kept away by orders, confinement or care, or idle for
            want of inputs or orders; the ill and the dead are not in it.
        jobs_by: float64, shape (district, sector). The same, by where, at the given parameters.
        care: worker-days of parents who stay with children.
        won_back: float64, shape (set,). Value added won back by the end; `lost` has it taken off.
        catch_up_cost: float64, shape (set,). Premium for extra shifts.
        waiting: value added of orders that still wait at the end.
        life_years: years of life lost.
        school_years: float64, shape (set,).
        assumed: what had to be assumed, in words.
    """

    output: np.ndarray = field(repr=False)
    usual: np.ndarray = field(repr=False)
    lost: np.ndarray
    lost_by: np.ndarray = field(repr=False)
    lost_of_dead: float
    lost_teaching: np.ndarray
    jobs: np.ndarray
    jobs_by: np.ndarray = field(repr=False)
    care: float
    won_back: np.ndarray
    catch_up_cost: np.ndarray
    waiting: float
    life_years: float
    school_years: np.ndarray
    assumed: tuple[str, ...] = ()

    @property
    def shares(self) -> np.ndarray:
        """Share of the usual output that each sector makes in the city, float64, shape (day, sector)."""
        usual = self.usual.sum(axis=0)
        made = self.output.sum(axis=1, dtype=float)
        return np.asarray(np.divide(made, usual, out=np.ones_like(made), where=np.broadcast_to(usual > 0, made.shape)))

    def summary(self) -> dict[str, float]:
        """Amounts of the run, floats; names that end in low and high are the ends of the range of parameters.

        ``output_cost`` is what `societal_loss` counts: output lost, without that of the dead and of education, and the
        premium of extra shifts.
        """
        cost = np.maximum(self.lost - self.lost_teaching - self.lost_of_dead, 0.0) + self.catch_up_cost
        return {
            "output_lost": float(self.lost[VALUE]),
            "output_lost_low": float(self.lost[LOW]),
            "output_lost_high": float(self.lost[HIGH]),
            "jobs_lost": float(self.jobs[VALUE]),
            "jobs_lost_low": float(self.jobs[LOW]),
            "jobs_lost_high": float(self.jobs[HIGH]),
            "won_back": float(self.won_back[VALUE]),
            "catch_up_cost": float(self.catch_up_cost[VALUE]),
            "catch_up_cost_low": float(min(self.catch_up_cost)),
            "catch_up_cost_high": float(max(self.catch_up_cost)),
            "output_cost_low": float(cost[LOW]),
            "output_cost_high": float(cost[HIGH]),
            "still_waiting": self.waiting,
            "care_days": self.care,
            "output_lost_of_dead": self.lost_of_dead,
            "life_years_lost": self.life_years,
            "school_years_lost": float(self.school_years[VALUE]),
            "school_years_lost_low": float(self.school_years[LOW]),
            "school_years_lost_high": float(self.school_years[HIGH]),
        }


@dataclass(frozen=True, kw_only=True)
class Economy:
    """A city's economy, ready to be played; it travels to other processes as it is.

    Attributes:
        accounts: what the folder says.
        workers: float64, shape (district, sector). Workers of the twin, whom worker-days away are counted of.
        residents: float64, shape (district,).
        ages: float64, shape (sector, age class). Workers by age.
        parameters: what is not known.
    """

    accounts: Accounts
    workers: np.ndarray = field(repr=False)
    residents: np.ndarray = field(repr=False)
    ages: np.ndarray = field(repr=False)
    parameters: Parameters = field(default_factory=Parameters)

    @property
    def assumed(self) -> tuple[str, ...]:
        """What had to be assumed, in words."""
        return self.accounts.assumed if self.accounts.deliveries is None else (*self.accounts.assumed, BINDING)

    @property
    def income(self) -> float:
        """Yearly value added per resident, money: stands in for income per head."""
        return float(self.accounts.output.sum() * YEAR / self.residents.sum())

    @cached_property
    def _chains(self) -> dict[Parameters, Chains]:
        return {}

    @cached_property
    def _kinds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sectors that customers come to, how far orders of each wait, sectors that teach."""
        names = self.accounts.sectors
        return faces_customers(names), waiting_kind(names), teaches(names)

    def chains(self, parameters: Parameters) -> Chains:
        """Who needs what, at these parameters and their two ends."""
        if parameters not in self._chains:
            self._chains[parameters] = chains_of(self.accounts, corners(parameters))
        return self._chains[parameters]

    def play(
        self,
        work: Mapping[str, np.ndarray],
        school_away: np.ndarray,
        deaths: np.ndarray,
        *,
        deaths_by_age: np.ndarray | None = None,
        parameters: Parameters | None = None,
    ) -> Produced:
        """What one run of the twin does to output, jobs and years.

        Args:
            work: cause to float, shape (day, district, sector). Worker-days away from the workplace by the district of
                the workplace; see `attendance.CAUSES`. Causes that are absent are 0.
            school_away: float, shape (day, district, stage). Pupil-days not at school.
            deaths: float, shape (day, district). Deaths of each day.
            deaths_by_age: float, shape (age class,). Deaths of the run; None: no life years are told (0).
            parameters: instead of the economy's own.

        Raises:
            InvalidInput: an array has the wrong shape, is negative, or tells of a cause that is not known.
        """
        accounts = self.accounts
        check_work(work, school_away, deaths, *accounts.output.shape)
        own = parameters or self.parameters
        sets = corners(own)
        output, added = accounts.output, accounts.added
        weight = np.divide(output, added, out=np.zeros_like(output), where=np.broadcast_to(added > 0, output.shape))
        work_left = labour(work, school_away, accounts, self.workers, sets)
        capacity = 1.0 - np.einsum("ktds,ds->kts", 1.0 - work_left.share, weight)
        customers, waits, teaching = self._kinds
        final = asked_for(deaths.sum(axis=1, dtype=float), float(self.residents.sum()), customers, sets)
        chains = self.chains(own)
        city = daily(capacity, final, chains, sets)
        used = np.divide(city.made, capacity, out=np.zeros_like(capacity), where=capacity > 0)
        made = work_left.share * used[:, :, None, :]
        won = win_back(output, made, work_left.share, city.at_hand, chains.binds, waits, sets)
        back = won.share * output
        lost = (1.0 - made) * output - back
        idle = np.maximum(work_left.share - made - won.share, 0.0)
        jobs = (work_left.without_work + idle) * accounts.workers
        return Produced(
            output=(made[VALUE] * output + back[VALUE]).astype(np.float32),
            usual=output,
            lost=lost.sum(axis=(1, 2, 3)),
            lost_by=lost[VALUE].sum(axis=0),
            lost_of_dead=float((work_left.dead.sum(axis=0) * output).sum()),
            lost_teaching=lost[..., teaching].sum(axis=(1, 2, 3)),
            jobs=jobs.sum(axis=(1, 2, 3)),
            jobs_by=jobs[VALUE].sum(axis=0),
            care=float(work_left.care[VALUE]),
            won_back=back.sum(axis=(1, 2, 3)),
            catch_up_cost=won.cost.sum(axis=(1, 2)),
            waiting=float(won.waiting[VALUE].sum()),
            life_years=0.0 if deaths_by_age is None else life_years(deaths_by_age),
            school_years=np.array([school_years(school_away, one.learnt_away) for one in sets]),
            assumed=self.assumed,
        )

    def after(self, outcome: Outcome, parameters: Parameters | None = None) -> Produced:
        """What one replicate of the twin does to output, jobs and years; see `play`."""
        return self.play(
            outcome.work,
            outcome.school_away,
            outcome.daily["deaths"][:, :-1],
            deaths_by_age=outcome.ages["deaths"],
            parameters=parameters,
        )


def economy_of(city: City, people: People, parameters: Parameters | None = None) -> Economy:
    """The economy of a city and its residents.

    Args:
        city: its folder, with the table `sectors` and, for supply chains, `flows`.
        people: its residents in the twin.
        parameters: what is not known; the defaults where None.

    Raises:
        InvalidInput: the tables are missing or cannot be used, with every fault; or nobody works in the twin.
    """
    workers = at_work(people)
    accounts = accounts_of(city, people.district_ids, people.sectors, workers)
    if workers.sum() <= 0:
        raise InvalidInput(
            f"Nobody works in the twin of {city.root.name}.",
            [Fault(file="population.csv", problem="no resident has a workplace", mend="Give residents of working age")],
        )
    residents = np.bincount(
        people.district_of_block, people.by_class.sum(axis=1).astype(float), minlength=len(people.district_ids)
    )
    return Economy(
        accounts=accounts,
        workers=workers,
        residents=residents,
        ages=ages_at_work(people),
        parameters=parameters or Parameters(),
    )
