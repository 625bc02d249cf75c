"""Giving up bibs nobody needs, many at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, exists, select

from openacq.catalogue.store import bibs as bibs_store
from openacq.catalogue.store import with_lists, words
from openacq.catalogue.tables import bib_identifiers, bib_records, bib_uses, bibs, holdings, portfolios
from openacq.store.tx import Tx

_DROP_USE = delete(bib_uses).where(
    bib_uses.c.institution == bindparam("of"),
    bib_uses.c.mms_id == bindparam("of_bib"),
    bib_uses.c.kind == bindparam("of_kind"),
    bib_uses.c.user_id == bindparam("of_user"),
)
_NEEDLESS = with_lists(
    lambda among: (
        select(bibs.c.mms_id)
        .where(
            bibs.c.institution == bindparam("of"),
            among(bibs.c.mms_id, "mms_ids"),
            *(
                ~exists().where(each.c.institution == bibs.c.institution, each.c.mms_id == bibs.c.mms_id)
                for each in (bib_uses, holdings, portfolios)
            ),
        )
        .order_by(bibs.c.mms_id)
    )
)
_DELETES = tuple(
    with_lists(
        lambda among, table=table: delete(table).where(  # type: ignore[misc]
            table.c.institution == bindparam("of"), among(table.c.mms_id, "mms_ids")
        )
    )
    for table in (bib_identifiers, bib_records, bibs)
)


def drop_uses(tx: Tx, kind: str, uses: Sequence[tuple[str, str]]) -> None:
    """Drop uses (mms_id, user id) of a kind."""
    rows = [
        {"of": tx.institution, "of_bib": mms_id, "of_kind": kind, "of_user": user_id}
        for mms_id, user_id in uses
    ]
    if rows:
        tx.execute(_DROP_USE, rows)


def delete_needless(tx: Tx, mms_ids: Sequence[str]) -> set[str]:
    """Delete those of the bibs nobody uses and that have no inventory; returns which."""
    dialect = tx.conn.dialect.name
    asked = {"of": tx.institution, "mms_ids": list(mms_ids)}
    needless = list(tx.execute(_NEEDLESS[dialect], asked).scalars()) if mms_ids else []
    if needless:
        words.change(tx, bibs_store.by_ids(tx, needless), ())
        for statement in _DELETES:
            tx.execute(statement[dialect], {"of": tx.institution, "mms_ids": needless})
    return set(needless)
