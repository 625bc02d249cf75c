"""SQL of institutions."""

from __future__ import annotations

from sqlalchemy import RowMapping, bindparam, func, insert, select, update

from openacq.directory.model import Environment, Institution
from openacq.directory.tables import institutions
from openacq.store import Tx

_COLUMNS = (
    institutions.c.institution,
    institutions.c.code,
    institutions.c.name,
    institutions.c.oclc_id,
    institutions.c.currency,
    institutions.c.zone,
    institutions.c.public_url,
    institutions.c.environment,
)
_ONE = select(*_COLUMNS).where(institutions.c.institution == bindparam("institution"))
_ALL = select(*_COLUMNS).order_by(institutions.c.code)
_LAST = select(func.max(institutions.c.institution))
_ADD = insert(institutions)
_CHANGE = update(institutions).where(institutions.c.institution == bindparam("of"))


def one(tx: Tx) -> Institution | None:
    """The institution of the transaction."""
    row = tx.execute(_ONE, {"institution": tx.institution}).mappings().one_or_none()
    return None if row is None else _institution(row)


def every(tx: Tx) -> tuple[Institution, ...]:
    """All institutions of the server, whatever the transaction's own is."""
    return tuple(_institution(row) for row in tx.execute(_ALL).mappings())


def next_id(tx: Tx) -> int:
    """The id of an institution to be made; of two that race for it one fails and is told."""
    return int(tx.execute(_LAST).scalar_one() or 0) + 1


def add(tx: Tx, institution: Institution) -> None:
    tx.execute(_ADD, {"institution": institution.id, "created": tx.now, **_cells(institution)})


def change(tx: Tx, institution: Institution) -> None:
    tx.execute(_CHANGE, {"of": institution.id, **_cells(institution)})


def _cells(institution: Institution) -> dict[str, object]:
    return {
        "code": institution.code,
        "name": institution.name,
        "oclc_id": institution.oclc_id,
        "currency": institution.currency,
        "zone": institution.zone,
        "public_url": institution.public_url,
        "environment": institution.environment.value,
    }


def _institution(row: RowMapping) -> Institution:
    cells = dict(row)
    return Institution(
        id=cells.pop("institution"), environment=Environment(cells.pop("environment")), **cells
    )
