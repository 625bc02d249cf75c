"""The tie-break as a table: hits and what is held of each → the bib taken."""

from __future__ import annotations

import pytest

from openacq.catalogue.model import Held, HeldHolding, InventoryKind
from openacq.catalogue.tiebreak import pick

NOTHING = Held()
PRINT = Held((HeldHolding("22", "MAIN", "STACKS", 1),))
ONLINE = Held((), 1)
BOTH = Held((HeldHolding("22", "MAIN", "STACKS", 1),), 1)


@pytest.mark.parametrize(
    ("kind", "hits", "taken"),
    [
        ("physical", {"1": NOTHING}, "1"),
        ("physical", {"1": ONLINE}, "1"),
        ("physical", {"1": ONLINE, "2": PRINT}, "2"),
        ("portfolio", {"1": PRINT, "2": ONLINE}, "2"),
        ("collection", {"1": PRINT, "2": ONLINE}, "2"),
        ("physical", {"1": BOTH, "2": PRINT, "3": ONLINE}, "2"),
        ("physical", {"1": ONLINE, "2": BOTH, "3": NOTHING}, "2"),
        ("portfolio", {"1": PRINT, "2": BOTH}, "2"),
        ("physical", {"1": BOTH, "2": PRINT, "3": PRINT}, "2"),
        ("physical", {"1": ONLINE, "3": BOTH, "2": BOTH}, "2"),
        ("physical", {"2": NOTHING, "1": NOTHING}, "1"),
        ("none", {"2": PRINT, "1": NOTHING}, "1"),
    ],
)
def test_tiebreak(kind: InventoryKind, hits: dict[str, Held], taken: str) -> None:
    assert pick(hits, kind) == taken
