"""Fill WSKeys and principals from files: how a library brings along the keys its clients hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from openacq.directory import store_people, store_wskeys
from openacq.directory.keys import hash_of
from openacq.directory.store_people import folded
from openacq.directory.wskey_model import JsonDialect, Principal, WsKey
from openacq.directory.wskeys import LONGEST, WsKeyWish, about, problems_of
from openacq.kernel.filling import fill
from openacq.kernel.refusal import Problem
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict
from openacq.store import Tx

Rows = Sequence[Mapping[str, object]]

WSKEY = "wskey"
PRINCIPAL = "principal"
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        WSKEY: ("key", "secret", "name", "scopes", "json", "redirect_uris", "rate_limit"),
        PRINCIPAL: ("principal_id", "principal_idns", "user", "access", "status"),
    }
)


@dataclass(frozen=True, slots=True)
class _Held:
    """A WSKey with its secret ("" = the one it has)."""

    key: WsKey
    secret: str = field(default="", repr=False)


def load_wskeys(tx: Tx, rows: Rows) -> list[Verdict]:
    """Fill WSKeys by their `key`; a new one needs its `secret`, of a known one it is replaced. Revoked keys
    stay revoked. `scopes` and `redirect_uris` are divided by `;`, `json` is atom or plain."""
    sealed = store_wskeys.sealed_secrets(tx)
    held: dict[str, _Held] = {}
    for known in store_wskeys.every(tx):
        client, closed = sealed[known.id]
        held[client] = _Held(known, tx.seals.open(closed, about(tx.institution, client)))

    def read(row: Row) -> tuple[str, _Held]:
        return _read_wskey(tx, row, held)

    filled = fill(WSKEY, COLUMNS[WSKEY], rows, held, read)
    for one in filled.added:
        key = replace(one.key, id=tx.new_id(), created=tx.now)
        store_wskeys.add(tx, key, _sealed(tx, one), hash_of(key.client))
    for one in filled.changed:
        store_wskeys.change(tx, one.key)
        if one.secret != held[one.key.client].secret:
            store_wskeys.seal_anew(tx, {one.key.id: _sealed(tx, one)})
    return filled.verdicts


def _sealed(tx: Tx, one: _Held) -> str:
    return tx.seals.seal(one.secret, about(tx.institution, one.key.client))


def _read_wskey(tx: Tx, row: Row, held: Mapping[str, _Held]) -> tuple[str, _Held]:
    client = row.text("key", needed=True)
    old = held.get(client)
    kept = old.key if old else WsKey(0, "", client)
    secret = row.text("secret", old.secret if old else "", needed=old is None)
    scopes = row.codes("scopes") or kept.scopes
    rate = row.whole_or_none("rate_limit") if row.given("rate_limit") else kept.rate_limit
    key = replace(
        kept,
        name=row.text("name", kept.name or client[:20]),
        scopes=scopes,
        json=row.choice("json", kept.json),
        redirects=row.codes("redirect_uris") or kept.redirects,
        rate_limit=rate,
    )
    if not row.problems:
        row.problems += problems_of(
            WsKeyWish(key.name, key.scopes, JsonDialect(key.json), key.redirects, rate, client, secret)
        )
    if old is None and client and store_wskeys.is_taken(tx, hash_of(client)):
        row.problems.append(Problem("code_taken", "WSKey", client))
    if not row.problems and secret != (old.secret if old else "") and not tx.seals.ready():
        row.problems.append(Problem("seal_key_missing"))
    return client, _Held(key, secret)


def load_principals(tx: Tx, rows: Rows) -> list[Verdict]:
    """Fill principals by their id and name space; `user` is the primary id of a member of staff, `access`
    read or write, `status` ACTIVE or INACTIVE."""
    held = {(one.principal, one.namespace): one for one in store_wskeys.every_principal(tx)}
    named = [str(cells.get("user", "") or "").strip() for cells in rows]
    users = store_people.by_primary_ids(tx, [name for name in named if name])

    def read(row: Row) -> tuple[tuple[str, str], Principal]:
        principal = row.text("principal_id", needed=True, most=LONGEST)
        namespace = row.text("principal_idns", needed=True, most=LONGEST)
        old = held.get((principal, namespace)) or Principal(0, principal, namespace)
        user = row.text("user", old.user)
        if user and user != old.user and folded(user) not in users:
            row.problems.append(Problem("user_unknown", "user", user))
        status = row.text("status", "ACTIVE" if old.active else "INACTIVE").upper()
        if status not in ("ACTIVE", "INACTIVE"):
            row.problems.append(Problem("value_not_listed", "status", status, valid="ACTIVE, INACTIVE"))
        access = row.choice("access", old.access)
        return (principal, namespace), replace(old, user=user, access=access, active=status == "ACTIVE")

    filled = fill(PRINCIPAL, COLUMNS[PRINCIPAL], rows, held, read, name=_name)
    added = [replace(one, id=tx.new_id()) for one in filled.added]
    store_wskeys.save_principals(tx, added, filled.changed)
    return filled.verdicts


def _name(key: tuple[str, str]) -> str:
    return f"{key[0]} ({key[1]})"
