"""SQL of lines that follow the titles of their bibs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, select, update

from openacq.catalogue.tables import bibs
from openacq.ordering.store import title_key
from openacq.ordering.store_progress import counted
from openacq.ordering.tables import po_lines
from openacq.store import Tx
from openacq.store.lists import with_lists

_OTHERWISE = with_lists(
    lambda among: (
        select(po_lines.c.id, bibs.c.title)
        .select_from(
            bibs.join(
                po_lines,
                and_(po_lines.c.institution == bibs.c.institution, po_lines.c.mms_id == bibs.c.mms_id),
            )
        )
        .where(
            bibs.c.institution == bindparam("institution"),
            among(bibs.c.source_key, "keys"),
            po_lines.c.title != bibs.c.title,
        )
    )
)
_RETITLE = (
    update(po_lines)
    .where(po_lines.c.institution == bindparam("of_institution"), po_lines.c.id == bindparam("of_id"))
    .values(counted({"title": bindparam("new_title"), "title_key": bindparam("new_key")}))
)


def follow(tx: Tx, source_keys: Sequence[str]) -> int:
    """Give lines the titles their bibs have now, of the bibs loaded from these records; returns how many."""
    asked = {"institution": tx.institution, "keys": list(source_keys)}
    rows = tx.execute(_OTHERWISE[tx.conn.dialect.name], asked).all()
    if rows:
        changes = [
            {
                "of_institution": tx.institution,
                "of_id": row.id,
                "new_title": row.title,
                "new_key": title_key(row.title),
                "now": tx.now,
            }
            for row in rows
        ]
        tx.execute(_RETITLE, changes)
    return len(rows)
