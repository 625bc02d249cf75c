"""Types that several threads ask for at once, for the first time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import msgspec
import pytest

from openacq.kernel.converting import converted


def new_type(number: int) -> Any:
    """A type nobody has seen yet, of types nobody has seen."""
    inner = msgspec.defstruct(f"Inner{number}", [(f"field{at}", int, 0) for at in range(20)])
    more: Any = tuple.__class_getitem__((inner, ...))
    middle = msgspec.defstruct(f"Middle{number}", [("inner", inner), ("more", more, ())])
    return msgspec.defstruct(
        f"Outer{number}", [("middle", middle), ("others", list.__class_getitem__(middle), [])]
    )


@pytest.fixture
def restless_threads() -> Iterator[None]:
    """Threads give way to one another after every step; `msgspec.convert` ends the process so."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless_threads")
def test_threads_that_meet_a_new_type_together_all_get_it() -> None:
    threads = 8
    stored = {"middle": {"inner": {"field3": 7}, "more": [{"field1": 2}]}}
    with ThreadPoolExecutor(threads) as pool:
        for number in range(200):
            kind, together = new_type(number), Barrier(threads)

            def ask(_: int, kind: Any = kind, together: Barrier = together) -> Any:
                together.wait()
                return converted(stored, kind)

            found = list(pool.map(ask, range(threads)))
            assert {one.middle.inner.field3 for one in found} == {7}


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        converted({"a": "x"}, dict[str, int])
