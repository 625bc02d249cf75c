"""Switch collections of the community zone on and off for an institution, from a register file.

The titles of a collection come with its KBART list, once for the whole server; a row here says
whether orders of this institution may find them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from openacq.catalogue import service as catalogue
from openacq.kernel.filling import fill
from openacq.kernel.refusal import Problem, probable
from openacq.kernel.rows import Row
from openacq.kernel.text import nearest
from openacq.kernel.verdict import Verdict
from openacq.store import Tx

COLLECTION = "collection"
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType({COLLECTION: ("collection", "active")})


def load(tx: Tx, kind: str, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """`collection` is the id of a collection or its name, `active` (default true) switches it on."""
    known = catalogue.collections(tx)
    held = {one.collection_id: one.active for one in known}
    ids = {one.name: one.collection_id for one in known} | {one: one for one in held}

    def read(row: Row) -> tuple[str, bool]:
        asked = row.text("collection", needed=True)
        if asked and asked not in ids:
            meant = probable(nearest(asked, tuple(ids)))
            row.problems.append(Problem("collection_unknown", "collection", asked, probable=meant))
        return ids.get(asked, asked), row.flag("active", True)

    filled = fill(kind, COLUMNS[kind], rows, held, read)
    for collection_id, active in filled.wanted.items():
        if held[collection_id] != active:
            catalogue.switch_collection(tx, collection_id, active)
    return filled.verdicts
