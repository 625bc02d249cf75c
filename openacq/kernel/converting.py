"""Values read back as what they were kept as.

msgspec learns about a type when it is first asked for it, and does so without regard to other threads: two
that ask for the same new type at once can bring the process down. Here one learns while the others wait.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_learning = threading.Lock()


def converted(value: object, kind: type[T]) -> T:
    """What `msgspec.convert` makes of a value. Raises msgspec.ValidationError."""
    learnt: Any = kind
    _learn(learnt)
    return msgspec.convert(value, kind)


@cache
def _learn(kind: Any) -> None:
    """Have msgspec learn about a type and all it is made of, before anybody uses it."""
    with _learning:
        msgspec.json.Decoder(kind)
