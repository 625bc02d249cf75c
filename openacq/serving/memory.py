"""Keeping a process small: what the GNU C library holds on to unless it is told not to.

Other C libraries lack these functions, and nothing is done there.
"""

from __future__ import annotations

import contextlib
import ctypes

_ARENAS = -8
"""M_ARENA_MAX of GNU's malloc.h."""


def share_heaps() -> None:
    """Have memory for all threads cut from two heaps instead of one for nearly each: under one interpreter
    lock they seldom meet there, and what each leaves unused adds up. Before threads are started."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_ARENAS, 2)


def give_back() -> None:
    """Hand pages nobody uses any more back to the system: a list of a hundred rows leaves many."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
