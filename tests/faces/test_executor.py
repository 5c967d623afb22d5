"""Work spread over processes: the same bits as in one, and no worker that is lost loses work."""

from pathlib import Path

import numpy as np
import pytest
from tests import spread

from seawall.core import InvalidInput
from seawall.core.executor import WorkersLost, executor
from seawall.twin import simulate
from seawall.twin.spread_out import play_many


def test_one_process_and_two_play_the_same_bits(tmp_path: Path) -> None:
    scenarios = spread.scenarios(tmp_path)
    found = []
    for workers in (1, 2):
        with executor(workers=workers) as some:
            played = play_many(some, scenarios, spread.ITEMS, seed=spread.SEED, summarise=spread.bits)
            found.append({(key, number): hashed for key, number, hashed in played})
    assert found[0] == found[1]
    assert set(found[0]) == set(spread.ITEMS)
    key = spread.ITEMS[0][0]
    alone = simulate(scenarios[key], replicates=2, seed=spread.SEED, threads=1)
    assert [spread.bits(outcome) for outcome in alone.outcomes] == [found[0][key, 1], found[0][key, 2]]
    assert len(set(found[0].values())) == len(spread.ITEMS)


def test_a_killed_worker_is_replaced_and_its_item_done_again(tmp_path: Path) -> None:
    with executor(workers=2) as some:
        done = dict(some.map(spread.die_once, some.broadcast(tmp_path), range(6)))
    assert done == {item: 10 * item for item in range(6)}
    assert (tmp_path / "died").exists()


def test_an_item_that_kills_every_worker_is_given_up_with_a_reason() -> None:
    with executor(workers=2) as some, pytest.raises(WorkersLost, match="Item 1 was given to 4"):
        dict(some.map(spread.die, some.broadcast(None), range(3)))


def test_what_a_function_refuses_comes_back_with_its_faults() -> None:
    for workers in (1, 2):
        with executor(workers=workers) as some, pytest.raises(InvalidInput) as refused:
            dict(some.map(spread.refuse, some.broadcast(None), range(4)))
        assert [(fault.file, fault.row, fault.column) for fault in refused.value.faults] == [("a.csv", 3, "b")]


def test_a_large_array_is_mapped_and_what_may_not_be_written_to_stays_so() -> None:
    array = np.arange(300_000.0)
    array.flags.writeable = False
    with executor(workers=2) as some:
        shared = some.broadcast(array)
        assert dict(some.map(spread.times, shared, [1, 2])) == {0: array.sum(), 1: 2 * array.sum()}
        assert all(dict(some.map(spread.is_readable_only, shared, [0, 1])).values())


def test_what_cannot_be_spread_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused, executor(workers=0, address="10.0.0.1:6379"):
        pass
    assert [fault.file for fault in refused.value.faults] == ["--workers", "--address"]
