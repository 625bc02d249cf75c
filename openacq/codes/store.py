"""SQL of the code tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sqlalchemy import and_, bindparam, delete, insert, select, update

from openacq.codes.model import CodeRow
from openacq.codes.tables import code_rows
from openacq.kernel.clock import calendar_day
from openacq.store import Tx

_ALL = (
    select(code_rows)
    .where(code_rows.c.institution == bindparam("institution"))
    .order_by(code_rows.c.code_table, code_rows.c.position, code_rows.c.code)
)
_ADD = insert(code_rows)
_CHANGE = (
    update(code_rows)
    .where(
        and_(
            code_rows.c.institution == bindparam("of"),
            code_rows.c.code_table == bindparam("of_table"),
            code_rows.c.code == bindparam("of_code"),
        )
    )
    .values(
        description=bindparam("description"),
        is_default=bindparam("is_default"),
        enabled=bindparam("enabled"),
        attributes=bindparam("attributes"),
        updated=bindparam("updated"),
        updated_by=bindparam("updated_by"),
    )
)

_DROP = delete(code_rows).where(
    code_rows.c.institution == bindparam("of"),
    code_rows.c.code_table == bindparam("of_table"),
    code_rows.c.code == bindparam("of_code"),
)


def own_rows(tx: Tx) -> Mapping[str, Mapping[str, CodeRow]]:
    """The institution's rows, by table and code, in their order."""
    found: dict[str, dict[str, CodeRow]] = {}
    for row in tx.execute(_ALL, {"institution": tx.institution}):
        found.setdefault(row.code_table, {})[row.code] = CodeRow(
            code=row.code,
            description=row.description,
            enabled=row.enabled,
            default=row.is_default,
            attributes=MappingProxyType(dict(row.attributes)),
            own=True,
            updated_by=row.updated_by,
            updated=calendar_day(row.updated, tx.zone),
        )
    return MappingProxyType(found)


def add(tx: Tx, rows: Iterable[tuple[str, CodeRow, int]], by: str) -> None:
    """Insert (table, row, position)."""
    values = [
        {
            "institution": tx.institution,
            "code_table": table,
            "code": row.code,
            "position": position,
            **_cells(tx, row, by),
        }
        for table, row, position in rows
    ]
    if values:
        tx.execute(_ADD, values)


def change(tx: Tx, rows: Iterable[tuple[str, CodeRow]], by: str) -> None:
    values = [
        {"of": tx.institution, "of_table": table, "of_code": row.code, **_cells(tx, row, by)}
        for table, row in rows
    ]
    if values:
        tx.execute(_CHANGE, values)


def drop(tx: Tx, table: str, code: str) -> bool:
    """Take an own row away; False when there is none."""
    return bool(tx.execute(_DROP, {"of": tx.institution, "of_table": table, "of_code": code}).rowcount)


def _cells(tx: Tx, row: CodeRow, by: str) -> dict[str, object]:
    return {
        "description": row.description,
        "is_default": row.default,
        "enabled": row.enabled,
        "attributes": dict(row.attributes),
        "updated": tx.now,
        "updated_by": by,
    }
