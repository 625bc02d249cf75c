"""Values read back as what they were kept as.

msgspec learns about a type when it is first asked for it, and does so without regard to other threads: two
that ask for the same new type at once can bring the process down. Here one learns while the others wait.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_learning = threading.Lock()


class _Known(dict[Any, bool]):
    """Types msgspec has learnt about whole, with all they are made of."""

    def __missing__(self, kind: Any) -> bool:
        with _learning:
            if kind not in self:
                msgspec.json.Decoder(kind)
                self[kind] = True
        return True


_known = _Known()


def converted(value: object, kind: type[T]) -> T:
    """What `msgspec.convert` makes of a value. Raises msgspec.ValidationError."""
    _ = _known[kind]
    return msgspec.convert(value, kind)
