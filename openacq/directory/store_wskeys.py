"""SQL of WSKeys, principals and access tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, delete, func, insert, or_, select, update

from openacq.directory.tables import access_tokens, credentials, institutions, principals, wskeys
from openacq.directory.wskey_model import JsonDialect, Principal, PrincipalAccess, WsKey
from openacq.store import Tx

WSKEY = "wskey"
TOKEN = "wms_token"  # noqa: S105 the name of a kind

_K = wskeys.c
_P = principals.c
_T = access_tokens.c
_C = credentials.c

_SHOWN = tuple(column for column in _K if column.name not in ("institution", "secret"))
_HOUSE = (institutions.c.zone, institutions.c.oclc_id)
_FIND = (
    select(*_SHOWN, _K.secret, _K.institution, *_HOUSE)
    .select_from(credentials)
    .join(wskeys, and_(_K.institution == _C.institution, _K.id == _C.id))
    .join(institutions, institutions.c.institution == _C.institution)
    .where(_C.kind == WSKEY, _C.hash == bindparam("hash"))
)
_FIND_TOKEN = (
    select(
        *_SHOWN,
        _K.institution,
        *_HOUSE,
        _T.id.label("token_id"),
        _T.kind.label("token_kind"),
        _T.scopes.label("token_scopes"),
        _T.expires,
        _T.bound,
        _T.code.label("token_code"),
        _P.principal,
        _P.namespace,
    )
    .select_from(credentials)
    .join(access_tokens, and_(_T.institution == _C.institution, _T.id == _C.id))
    .join(wskeys, and_(_K.institution == _T.institution, _K.id == _T.wskey))
    .join(institutions, institutions.c.institution == _C.institution)
    .outerjoin(principals, and_(_P.institution == _T.institution, _P.id == _T.principal))
    .where(_C.kind == TOKEN, _C.hash == bindparam("hash"))
)
_ALL = select(*_SHOWN).where(_K.institution == bindparam("institution")).order_by(_K.created, _K.id)
_TAKEN = select(func.count()).where(_C.kind == WSKEY, _C.hash == bindparam("hash"))
_ADD = insert(wskeys)
_CREDENTIAL = insert(credentials)
_CHANGE = (
    update(wskeys)
    .where(_K.institution == bindparam("of"), _K.id == bindparam("of_id"))
    .values(
        name=bindparam("new_name"),
        scopes=bindparam("new_scopes", type_=_K.scopes.type),
        json_dialect=bindparam("new_dialect"),
        redirects=bindparam("new_redirects", type_=_K.redirects.type),
        rate_limit=bindparam("new_rate"),
    )
)
_REVOKE = (
    update(wskeys)
    .where(_K.institution == bindparam("of"), _K.id == bindparam("of_id"), _K.revoked.is_(None))
    .values(revoked=bindparam("at", type_=_K.revoked.type))
)
_USED = (
    update(wskeys)
    .where(
        _K.institution == bindparam("of"),
        _K.id == bindparam("of_id"),
        or_(_K.last_used.is_(None), _K.last_used < bindparam("before", type_=_K.last_used.type)),
    )
    .values(last_used=bindparam("at", type_=_K.last_used.type))
)
_SEALED = select(_K.id, _K.client, _K.secret).where(_K.institution == bindparam("institution"))
_SEAL = (
    update(wskeys)
    .where(_K.institution == bindparam("of"), _K.id == bindparam("of_id"))
    .values(secret=bindparam("sealed"))
)


def find(tx: Tx, hashed: str) -> RowMapping | None:
    """The WSKey of this hash of its client name, revoked or not, in any institution, with its secret."""
    return tx.execute(_FIND, {"hash": hashed}).mappings().one_or_none()


def find_token(tx: Tx, hashed: str) -> RowMapping | None:
    """A token of this hash in any institution, expired or not, with its key and its principal."""
    return tx.execute(_FIND_TOKEN, {"hash": hashed}).mappings().one_or_none()


def every(tx: Tx) -> tuple[WsKey, ...]:
    """The institution's WSKeys, oldest first."""
    return tuple(wskey(row) for row in tx.execute(_ALL, {"institution": tx.institution}).mappings())


def is_taken(tx: Tx, hashed: str) -> bool:
    """Whether a WSKey of any institution has this name."""
    return bool(tx.execute(_TAKEN, {"hash": hashed}).scalar_one())


def add(tx: Tx, key: WsKey, sealed: str, hashed: str) -> None:
    tx.execute(
        _ADD,
        {
            "institution": tx.institution,
            "id": key.id,
            "name": key.name,
            "client": key.client,
            "secret": sealed,
            "scopes": list(key.scopes),
            "json_dialect": key.json.value,
            "redirects": list(key.redirects),
            "rate_limit": key.rate_limit,
            "demo": key.demo,
            "created": key.created,
        },
    )
    credential = {"kind": WSKEY, "hash": hashed, "institution": tx.institution, "id": key.id}
    tx.execute(_CREDENTIAL, credential)


def change(tx: Tx, key: WsKey) -> None:
    """Write what may change of a key: name, scopes, JSON dialect, addresses, rate."""
    tx.execute(
        _CHANGE,
        {
            "of": tx.institution,
            "of_id": key.id,
            "new_name": key.name,
            "new_scopes": list(key.scopes),
            "new_dialect": key.json.value,
            "new_redirects": list(key.redirects),
            "new_rate": key.rate_limit,
        },
    )


def revoke(tx: Tx, key_id: int) -> None:
    tx.execute(_REVOKE, {"of": tx.institution, "of_id": key_id, "at": tx.now})


def mark_used(tx: Tx, key_id: int, before: datetime) -> None:
    """Note that the key is in use, unless that was noted since `before`."""
    tx.execute(_USED, {"of": tx.institution, "of_id": key_id, "at": tx.now, "before": before})


def sealed_secrets(tx: Tx) -> dict[int, tuple[str, str]]:
    """Of each WSKey of the institution, by id: its name and its secret as it is sealed."""
    rows = tx.execute(_SEALED, {"institution": tx.institution})
    return {row.id: (row.client, row.secret) for row in rows}


def seal_anew(tx: Tx, sealed: Mapping[int, str]) -> None:
    if sealed:
        rows = [{"of": tx.institution, "of_id": key_id, "sealed": text} for key_id, text in sealed.items()]
        tx.execute(_SEAL, rows)


def wskey(row: RowMapping) -> WsKey:
    return WsKey(
        id=row["id"],
        name=row["name"],
        client=row["client"],
        scopes=tuple(row["scopes"]),
        json=JsonDialect(row["json_dialect"]),
        redirects=tuple(row["redirects"]),
        rate_limit=row["rate_limit"],
        demo=row["demo"],
        created=row["created"],
        revoked=row["revoked"],
        last_used=row["last_used"],
    )


# -- principals ---------------------------------------------------------------------------------

_PRINCIPALS = (
    select(principals).where(_P.institution == bindparam("institution")).order_by(_P.principal, _P.namespace)
)
_PRINCIPAL = select(principals).where(
    _P.institution == bindparam("institution"),
    _P.principal == bindparam("principal"),
    _P.namespace == bindparam("namespace"),
)
_ADD_PRINCIPAL = insert(principals)
_CHANGE_PRINCIPAL = (
    update(principals)
    .where(_P.institution == bindparam("of"), _P.id == bindparam("of_id"))
    .values(
        user_primary_id=bindparam("new_user"),
        access=bindparam("new_access"),
        active=bindparam("new_active"),
    )
)


def every_principal(tx: Tx) -> tuple[Principal, ...]:
    return tuple(
        _principal(row) for row in tx.execute(_PRINCIPALS, {"institution": tx.institution}).mappings()
    )


def principal(tx: Tx, principal_id: str, namespace: str) -> Principal | None:
    given = {"institution": tx.institution, "principal": principal_id, "namespace": namespace}
    row = tx.execute(_PRINCIPAL, given).mappings().one_or_none()
    return None if row is None else _principal(row)


def save_principals(tx: Tx, added: Iterable[Principal], changed: Iterable[Principal]) -> None:
    new = [
        {
            "institution": tx.institution,
            "id": one.id,
            "principal": one.principal,
            "namespace": one.namespace,
            "user_primary_id": one.user,
            "access": one.access.value,
            "active": one.active,
        }
        for one in added
    ]
    if new:
        tx.execute(_ADD_PRINCIPAL, new)
    old = [
        {
            "of": tx.institution,
            "of_id": one.id,
            "new_user": one.user,
            "new_access": one.access.value,
            "new_active": one.active,
        }
        for one in changed
    ]
    if old:
        tx.execute(_CHANGE_PRINCIPAL, old)


def _principal(row: RowMapping) -> Principal:
    return Principal(
        id=row["id"],
        principal=row["principal"],
        namespace=row["namespace"],
        user=row["user_primary_id"],
        access=PrincipalAccess(row["access"]),
        active=row["active"],
    )


# -- tokens -------------------------------------------------------------------------------------

_ADD_TOKEN = insert(access_tokens)
_EXPIRED = (
    select(_T.id, _T.hash)
    .where(_T.institution == bindparam("institution"), _T.expires <= bindparam("now", type_=_T.expires.type))
    .order_by(_T.expires)
    .limit(bindparam("most"))
)
_USE_CODE = (
    update(access_tokens)
    .where(_T.institution == bindparam("of"), _T.id == bindparam("of_id"), _T.used.is_(None))
    .values(used=bindparam("at", type_=_T.used.type))
)
_OF_CODE = select(_T.id, _T.hash).where(
    _T.institution == bindparam("institution"), _T.code == bindparam("code")
)
_DROP_TOKENS = delete(access_tokens).where(_T.institution == bindparam("of"), _T.id == bindparam("of_id"))
_DROP_CREDENTIALS = delete(credentials).where(_C.kind == TOKEN, _C.hash == bindparam("of_hash"))


def scopes_left(row: RowMapping) -> tuple[str, ...]:
    """What something given out is good for: what it was given for, as far as its key may still do it."""
    return tuple(scope for scope in row["token_scopes"] if scope in row["scopes"])


def add_tokens(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep tokens given out: dicts of the table's columns but the institution."""
    tx.execute(_ADD_TOKEN, [{"institution": tx.institution, **row} for row in rows])
    tx.execute(
        _CREDENTIAL,
        [
            {"kind": TOKEN, "hash": row["hash"], "institution": tx.institution, "id": row["id"]}
            for row in rows
        ],
    )


def drop_expired(tx: Tx, most: int) -> int:
    """Forget expired tokens, at most so many; how many."""
    return _drop(tx, tx.execute(_EXPIRED, {"institution": tx.institution, "now": tx.now, "most": most}).all())


def use_code(tx: Tx, code_id: int) -> bool:
    """Note that an authorization code is redeemed; False when it was before."""
    return tx.execute(_USE_CODE, {"of": tx.institution, "of_id": code_id, "at": tx.now}).rowcount == 1


def drop_tokens_of(tx: Tx, code_id: int) -> int:
    """Forget the tokens a code brought; how many."""
    return _drop(tx, tx.execute(_OF_CODE, {"institution": tx.institution, "code": code_id}).all())


def _drop(tx: Tx, rows: Sequence[Any]) -> int:
    if rows:
        tx.execute(_DROP_CREDENTIALS, [{"of_hash": row.hash} for row in rows])
        tx.execute(_DROP_TOKENS, [{"of": tx.institution, "of_id": row.id} for row in rows])
    return len(rows)
