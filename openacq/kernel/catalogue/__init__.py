"""THE error catalogue: every problem a caller can be told of, by slug.

Each row says what kind of problem it is, words it, with {field}, {value} and facts, and says what to
do about it. Slugs are unique over all sections. Doors translate them into their own codes and words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.kernel.catalogue import calls, orders, pages, registers, requests, wskeys
from openacq.kernel.catalogue.entry import Entry, Kind

CATALOGUE: Mapping[str, Entry] = MappingProxyType(
    {**calls.ROWS, **registers.ROWS, **orders.ROWS, **pages.ROWS, **requests.ROWS, **wskeys.ROWS}
)

__all__ = ["CATALOGUE", "Entry", "Kind"]
