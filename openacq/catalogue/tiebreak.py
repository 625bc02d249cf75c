"""Which of several bibs an order means: the published rule, as a pure function."""

from __future__ import annotations

from collections.abc import Mapping

from openacq.catalogue.model import Held, InventoryKind


def pick(hits: Mapping[str, Held], kind: InventoryKind) -> str:
    """The mms_id to use among `hits` (mms_id → what is held) for an order of `kind`.

    A hit whose inventory is only of the order's kind wins if it is the only such; if there is none, a
    single hit with mixed inventory wins. Alma picks at random otherwise; here it is the lowest mms_id
    among the hits that were best so far, so that the same order gives the same answer every time.

    https://developers.exlibrisgroup.com/blog/Create-PO-line-API-how-the-bibliographic-record-is-determined/
    """
    if kind == "none" or len(hits) == 1:
        return min(hits)
    physical = kind == "physical"
    own = [mms for mms, held in hits.items() if _has(held, physical) and not _has(held, not physical)]
    if own:
        return min(own)
    mixed = [mms for mms, held in hits.items() if held.physical and held.electronic]
    return min(mixed or hits)


def _has(held: Held, physical: bool) -> bool:
    return held.physical if physical else held.electronic
