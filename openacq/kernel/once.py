"""Work that is done once for each different thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Once(dict[Any, T]):
    """`once[thing]` is what the function makes of the thing, made when it is asked for first."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, thing: Any) -> T:
        made = self[thing] = self._make(thing)
        return made
