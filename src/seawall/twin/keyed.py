"""Randomness that belongs to the decision: a draw is a function of who decides what, when.

A *base* is made once a day for each purpose; a draw is a hash of the base, the person and a slot. Two purposes share
no draw, and neither the number of threads nor what else was drawn before can change one.
"""

from __future__ import annotations

import hashlib
import zlib

import numpy as np

from seawall.core.hashed import PERSON_STEP, SLOT_STEP

(
    INFECTION,
    EVENT,
    ACCEPT,
    ACROSS,
    MEET,
    HARDNESS,
    COURSE,
    STAYS,
    CALLED,
    TURNS_UP,
    TEST_RESULT,
    SEEKS_TEST,
    SEEKS_WHEN,
    REPORTING,
    COMPLIES,
    FOUND,
    SECOND_RING,
    ACCEPTS_DOSE,
    DOSE_ORDER,
    TREATED,
    TRAVELLER,
    TRAVELLER_COURSE,
    SEEDED,
    WEEKDAY_OFF,
    LIVES_AT_WORK,
    POSITIVE_OTHER,
    EMITTED,
) = range(1, 28)
"""What is decided. Never renumber; add at the end."""

UNIT = 2.0**-53
MASK = (1 << 64) - 1


def base(seed: int, purpose: int, day: int = 0) -> np.uint64:
    """Where the draws of a purpose begin on a day.

    Args:
        seed: any integer.
        purpose: one of the words above.
        day: of the run; may be negative.
    """
    words = f"{seed}\x1f{purpose}\x1f{day}".encode()
    return np.uint64(int.from_bytes(hashlib.blake2b(words, digest_size=8).digest(), "little"))


def replicate_seed(seed: int, replicate: int) -> int:
    """Seed of one replicate: replicate 3 is the same whether 4 or 400 are played."""
    words = f"{seed}\x1freplicate\x1f{replicate}".encode()
    return int.from_bytes(hashlib.blake2b(words, digest_size=7).digest(), "little")


def slot_of(measure: str, kind: int = 0) -> int:
    """Slot of the draws of a measure: its own whatever other measures there are.

    Args:
        measure: its name.
        kind: tells apart draws of one purpose, 0 to 255.
    """
    return kind << 32 | zlib.crc32(measure.encode())


def bits_of(start: np.uint64, who: np.ndarray, slot: np.ndarray | int = 0) -> np.ndarray:
    """`bits` of many people, uint64, shape as `who`."""
    with np.errstate(over="ignore"):
        z = start + np.asarray(who).astype(np.uint64) * PERSON_STEP
        z = z + np.asarray(slot).astype(np.uint64) * SLOT_STEP
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def units_of(start: np.uint64, who: np.ndarray, slot: np.ndarray | int = 0) -> np.ndarray:
    """Numbers in [0, 1) of many people, float64, shape as `who`."""
    return np.asarray((bits_of(start, who, slot) >> np.uint64(11)).astype(np.float64) * UNIT)
