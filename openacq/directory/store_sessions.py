"""SQL of sessions, of the credentials by which they are found, and of saved views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, insert, or_, select, update

from openacq.directory.model import SavedView
from openacq.directory.tables import credentials, institutions, saved_views, sessions, users
from openacq.store import Tx

SESSION = "session"

_FIND = (
    select(
        sessions.c.institution,
        sessions.c.id,
        sessions.c.user_id,
        sessions.c.purpose,
        sessions.c.created,
        sessions.c.used,
        sessions.c.expires,
        institutions.c.zone,
    )
    .select_from(credentials)
    .join(
        sessions,
        and_(sessions.c.institution == credentials.c.institution, sessions.c.id == credentials.c.id),
    )
    .join(institutions, institutions.c.institution == credentials.c.institution)
    .where(credentials.c.kind == SESSION, credentials.c.hash == bindparam("hash"))
)
_ADD = insert(sessions)
_ADD_CREDENTIAL = insert(credentials)
_USED = (
    update(sessions)
    .where(sessions.c.institution == bindparam("of"), sessions.c.id == bindparam("of_id"))
    .values(used=bindparam("at"), expires=bindparam("until"))
)
_HASHES = select(sessions.c.id, sessions.c.hash, sessions.c.expires).where(
    sessions.c.institution == bindparam("institution"), sessions.c.user_id == bindparam("user")
)
_DROP = delete(sessions).where(
    sessions.c.institution == bindparam("of"), sessions.c.id.in_(bindparam("ids", expanding=True))
)
_DROP_CREDENTIALS = delete(credentials).where(
    credentials.c.kind == SESSION,
    credentials.c.institution == bindparam("of"),
    credentials.c.id.in_(bindparam("ids", expanding=True)),
)
_EXPIRED = (
    select(sessions.c.id, sessions.c.hash)
    .where(
        sessions.c.institution == bindparam("institution"),
        sessions.c.expires <= bindparam("now", type_=sessions.c.expires.type),
    )
    .order_by(sessions.c.expires)
    .limit(bindparam("most"))
)
_DROP_EXPIRED_CREDENTIALS = delete(credentials).where(
    credentials.c.kind == SESSION,
    credentials.c.institution == bindparam("of"),
    credentials.c.hash.in_(bindparam("hashes", expanding=True)),
)

_STAFF = (
    select(users.c.id)
    .where(
        users.c.institution == bindparam("institution"),
        users.c.record_type == "STAFF",
        users.c.status == "ACTIVE",
    )
    .order_by(users.c.last_name, users.c.id)
    .limit(bindparam("most"))
)
_VIEWS = (
    select(
        saved_views.c.id,
        saved_views.c.name,
        saved_views.c.query,
        saved_views.c.shared,
        saved_views.c.user_id,
        users.c.primary_id,
        users.c.first_name,
        users.c.last_name,
    )
    .select_from(
        saved_views.join(
            users,
            and_(users.c.institution == saved_views.c.institution, users.c.id == saved_views.c.user_id),
        )
    )
    .where(
        saved_views.c.institution == bindparam("institution"),
        saved_views.c.list == bindparam("of_list"),
        or_(saved_views.c.user_id == bindparam("user"), saved_views.c.shared),
    )
    .order_by(saved_views.c.name, saved_views.c.id)
    .limit(bindparam("most"))
)
_VIEW = select(saved_views.c.user_id, saved_views.c.name, saved_views.c.shared).where(
    saved_views.c.institution == bindparam("institution"), saved_views.c.id == bindparam("view")
)
_SHARE_VIEW = (
    update(saved_views)
    .where(saved_views.c.institution == bindparam("of"), saved_views.c.id == bindparam("of_id"))
    .values(shared=bindparam("share"))
)
_ADD_VIEW = insert(saved_views)
_CHANGE_VIEW = (
    update(saved_views)
    .where(
        saved_views.c.institution == bindparam("of"),
        saved_views.c.user_id == bindparam("user"),
        saved_views.c.list == bindparam("of_list"),
        saved_views.c.name == bindparam("called"),
    )
    .values(query=bindparam("asks"))
)
_DROP_VIEW = delete(saved_views).where(
    saved_views.c.institution == bindparam("of"),
    saved_views.c.user_id == bindparam("user"),
    saved_views.c.id == bindparam("of_id"),
)


@dataclass(frozen=True, slots=True)
class SessionRow:
    institution: int
    id: int
    user_id: int
    purpose: str
    created: datetime
    used: datetime
    expires: datetime
    zone: str


def find(tx: Tx, hashed: str) -> SessionRow | None:
    """The session of this hash, ended or not, in any institution."""
    row = tx.execute(_FIND, {"hash": hashed}).one_or_none()
    if row is None:
        return None
    return SessionRow(
        row.institution, row.id, row.user_id, row.purpose, row.created, row.used, row.expires, row.zone
    )


def add(tx: Tx, user_id: int, purpose: str, hashed: str, expires: datetime) -> int:
    session_id = tx.new_id()
    row: dict[str, Any] = {"institution": tx.institution, "id": session_id, "hash": hashed}
    times = {"created": tx.now, "used": tx.now, "expires": expires}
    tx.execute(_ADD, {**row, "user_id": user_id, "purpose": purpose, **times})
    tx.execute(_ADD_CREDENTIAL, {**row, "kind": SESSION})
    return session_id


def mark_used(tx: Tx, session_id: int, expires: datetime) -> None:
    tx.execute(_USED, {"of": tx.institution, "of_id": session_id, "at": tx.now, "until": expires})


def of_user(tx: Tx, user_id: int) -> list[tuple[int, datetime]]:
    """(id, when it ends) of a user's sessions, ended ones too."""
    rows = tx.execute(_HASHES, {"institution": tx.institution, "user": user_id})
    return [(row.id, row.expires) for row in rows]


def drop(tx: Tx, ids: list[int]) -> int:
    """Forget sessions; how many of them were still there."""
    if not ids:
        return 0
    tx.execute(_DROP_CREDENTIALS, {"of": tx.institution, "ids": ids})
    return tx.execute(_DROP, {"of": tx.institution, "ids": ids}).rowcount


def drop_expired(tx: Tx, most: int) -> int:
    """Forget sessions whose time is over, at most so many, the oldest first; how many."""
    asked = {"institution": tx.institution, "now": tx.now, "most": most}
    rows = tx.execute(_EXPIRED, asked).all()
    if rows:
        hashes = [row.hash for row in rows]
        tx.execute(_DROP_EXPIRED_CREDENTIALS, {"of": tx.institution, "hashes": hashes})
        tx.execute(_DROP, {"of": tx.institution, "ids": [row.id for row in rows]})
    return len(rows)


def staff(tx: Tx, most: int) -> list[int]:
    """Row ids of the active members of staff, by name."""
    return list(tx.execute(_STAFF, {"institution": tx.institution, "most": most}).scalars())


# -- saved views ------------------------------------------------------------------------------


def views(tx: Tx, user_id: int, list_: str, most: int) -> list[SavedView]:
    """A user's views of a list and those others share, by name."""
    rows = tx.execute(
        _VIEWS, {"institution": tx.institution, "user": user_id, "of_list": list_, "most": most}
    )
    return [
        SavedView(
            row.id,
            row.name,
            row.query,
            shared=row.shared,
            own=row.user_id == user_id,
            owner=f"{row.first_name} {row.last_name}".strip() or row.primary_id,
        )
        for row in rows
    ]


def view(tx: Tx, view_id: int) -> Row[Any] | None:
    """Whose a view is, its name, whether it is shared."""
    return tx.execute(_VIEW, {"institution": tx.institution, "view": view_id}).one_or_none()


def share_view(tx: Tx, view_id: int, *, shared: bool) -> None:
    tx.execute(_SHARE_VIEW, {"of": tx.institution, "of_id": view_id, "share": shared})


def put_view(tx: Tx, user_id: int, list_: str, name: str, query: str) -> None:
    asked = {"of": tx.institution, "user": user_id, "of_list": list_, "called": name, "asks": query}
    if tx.execute(_CHANGE_VIEW, asked).rowcount:
        return
    row = {"institution": tx.institution, "id": tx.new_id(), "user_id": user_id, "list": list_}
    tx.execute(_ADD_VIEW, {**row, "name": name, "query": query, "shared": False, "created": tx.now})


def drop_view(tx: Tx, user_id: int, view_id: int) -> None:
    tx.execute(_DROP_VIEW, {"of": tx.institution, "user": user_id, "of_id": view_id})
