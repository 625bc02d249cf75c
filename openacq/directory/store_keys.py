"""SQL of API keys and of the credentials by which they are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, insert, or_, select, update

from openacq.directory.model import ApiKey, Environment
from openacq.directory.tables import api_keys, credentials, institutions
from openacq.store import Tx

API_KEY = "api_key"

_SHOWN = tuple(column for column in api_keys.c if column.name not in ("institution", "hash"))
_FIND = (
    select(*_SHOWN, api_keys.c.institution, institutions.c.zone)
    .select_from(credentials)
    .join(
        api_keys,
        and_(api_keys.c.institution == credentials.c.institution, api_keys.c.id == credentials.c.id),
    )
    .join(institutions, institutions.c.institution == credentials.c.institution)
    .where(credentials.c.kind == bindparam("kind"), credentials.c.hash == bindparam("hash"))
)
_ALL = (
    select(*_SHOWN)
    .where(api_keys.c.institution == bindparam("institution"))
    .order_by(api_keys.c.created, api_keys.c.id)
)
_ADD = insert(api_keys)
_ADD_CREDENTIAL = insert(credentials)
_REVOKE = (
    update(api_keys)
    .where(
        api_keys.c.institution == bindparam("of"),
        api_keys.c.id == bindparam("of_id"),
        api_keys.c.revoked.is_(None),
    )
    .values(revoked=bindparam("at"))
)
_RENAME = (
    update(api_keys)
    .where(api_keys.c.institution == bindparam("of"), api_keys.c.id == bindparam("of_id"))
    .values(name=bindparam("new_name"))
)
_USED = (
    update(api_keys)
    .where(
        api_keys.c.institution == bindparam("of"),
        api_keys.c.id == bindparam("of_id"),
        or_(api_keys.c.last_used.is_(None), api_keys.c.last_used < bindparam("before")),
    )
    .values(last_used=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Found:
    """A key, whose it is, and that institution's time zone."""

    key: ApiKey
    institution: int
    zone: str


def find(tx: Tx, hashed: str) -> Found | None:
    """The key of this hash, revoked or not, in any institution."""
    row = tx.execute(_FIND, {"kind": API_KEY, "hash": hashed}).mappings().one_or_none()
    return None if row is None else Found(_key(row), row["institution"], row["zone"])


def every(tx: Tx) -> tuple[ApiKey, ...]:
    """The institution's keys, oldest first."""
    return tuple(_key(row) for row in tx.execute(_ALL, {"institution": tx.institution}).mappings())


def add(tx: Tx, key: ApiKey, hashed: str) -> None:
    tx.execute(
        _ADD,
        {
            "institution": tx.institution,
            "id": key.id,
            "name": key.name,
            "prefix": key.prefix,
            "hash": hashed,
            "areas": dict(key.areas),
            "environment": key.environment.value,
            "vendor": key.vendor,
            "funds": key.funds,
            "libraries": key.libraries,
            "rate_limit": key.rate_limit,
            "demo": key.demo,
            "created": key.created,
        },
    )
    credential: Mapping[str, Any] = {
        "kind": API_KEY,
        "hash": hashed,
        "institution": tx.institution,
        "id": key.id,
    }
    tx.execute(_ADD_CREDENTIAL, credential)


def revoke(tx: Tx, key_id: int) -> bool:
    """Whether the key was good until now. It stays findable, so that its use is answered as refused."""
    return tx.execute(_REVOKE, {"of": tx.institution, "of_id": key_id, "at": tx.now}).rowcount == 1


def rename(tx: Tx, key_id: int, name: str) -> None:
    tx.execute(_RENAME, {"of": tx.institution, "of_id": key_id, "new_name": name})


def mark_used(tx: Tx, key_id: int, before: datetime) -> None:
    """Note that the key is in use, unless that was noted since `before`."""
    tx.execute(_USED, {"of": tx.institution, "of_id": key_id, "at": tx.now, "before": before})


def _key(row: RowMapping) -> ApiKey:
    return ApiKey(
        id=row["id"],
        name=row["name"],
        prefix=row["prefix"],
        areas=MappingProxyType(dict(row["areas"])),
        environment=Environment(row["environment"]),
        vendor=row["vendor"],
        funds=None if row["funds"] is None else tuple(row["funds"]),
        libraries=None if row["libraries"] is None else tuple(row["libraries"]),
        rate_limit=row["rate_limit"],
        demo=row["demo"],
        created=row["created"],
        revoked=row["revoked"],
        last_used=row["last_used"],
    )
