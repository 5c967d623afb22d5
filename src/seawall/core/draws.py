"""Randomness that belongs to a purpose: the same seed and purpose always give the same draws."""

from __future__ import annotations

import hashlib

import numpy as np


def generator(seed: int, *purpose: str | int) -> np.random.Generator:
    """A counter-based generator for one purpose of one seed.

    Two purposes never share a stream, so adding a draw for one leaves every other untouched.

    Args:
        seed: any integer the user chose.
        purpose: words and numbers that name what is drawn, e.g. ``"nowcast", "310101"``.
    """
    words = "\x1f".join([str(seed), *(str(word) for word in purpose)])
    key = int.from_bytes(hashlib.blake2b(words.encode(), digest_size=16).digest(), "little")
    return np.random.Generator(np.random.Philox(key=key))
