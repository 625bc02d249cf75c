"""Signing in to the pages: sessions, links sent by mail, the views of lists a user keeps.

What a browser shows is a random secret; its hash is kept, and found without knowing the institution,
as keys are. A session ends when it was not used for a while, after a day in any case, when its user
signs out, and when the user is no longer active.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from openacq.directory import people, store_people, store_sessions
from openacq.directory.keys import ANY_INSTITUTION, hash_of
from openacq.directory.model import SavedView, Session, Status, User
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import one_line
from openacq.store import Store, Tx

IDLE = timedelta(hours=10)
"""How long a session stays good without being used: a working day."""
LONGEST = timedelta(hours=24)
USED_EVERY = timedelta(minutes=5)
"""How coarsely it is kept when a session was last used."""
LINK_LIFE = timedelta(minutes=30)
MOST_STAFF = 500
DROPPED_AT_ONCE = 500
LINK = "link:"
LONGEST_SECRET = 100
LONGEST_QUERY = 2_000
MOST_VIEWS = 200
KNOWN_PASSWORD = "demo"  # noqa: S105  (known to everybody)
"""The password of demonstration accounts: good on the server's own machine only."""


def authenticate(tx: Tx, name: str, password: str, *, local: bool) -> User | None:
    """The active user known by this primary id or identifier, whose password this is.

    It takes as long when there is none. A password everybody knows is good for `local` calls only.
    """
    known = people.by_any_id(tx, name) if name else None
    user = people.check_password(tx, known.primary_id if known else "", password)
    if user is not None and password == KNOWN_PASSWORD and not local:
        return None
    return user


def open_session(tx: Tx, user: User, purpose: str) -> str:
    """Sign a user in to a door; returns the secret. The user's ended sessions are forgotten."""
    ended = [id_ for id_, expires in store_sessions.of_user(tx, user.id) if expires <= tx.now]
    store_sessions.drop(tx, ended)
    return _make(tx, user, purpose, tx.now + IDLE)


def make_link(tx: Tx, user: User, purpose: str) -> str:
    """The secret of a link that signs a user in to a door once, within half an hour."""
    return _make(tx, user, LINK + purpose, tx.now + LINK_LIFE)


def _make(tx: Tx, user: User, purpose: str, expires: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    store_sessions.add(tx, user.id, purpose, hash_of(secret), expires)
    return secret


def find(store: Store, secret: str, purpose: str) -> Session | None:
    """Who shows this secret at a door; None when nobody does, or no longer."""
    if not 0 < len(secret) <= LONGEST_SECRET:
        return None
    hashed = hash_of(secret)
    return store.read(lambda tx: _found(tx, hashed, purpose), institution=ANY_INSTITUTION)


def _found(tx: Tx, hashed: str, purpose: str) -> Session | None:
    row = store_sessions.find(tx, hashed)
    if row is None or row.purpose != purpose or row.expires <= tx.now:
        return None
    inside = tx.beside(row.institution, row.zone)
    known = store_people.by_ids(inside, [row.user_id])
    if not known or not _may_come_in(inside, known[0]):
        return None
    return Session(row.institution, row.id, known[0], row.zone, row.created, row.used)


def _may_come_in(tx: Tx, user: User) -> bool:
    return user.status is Status.ACTIVE and (user.expiry_date is None or user.expiry_date >= tx.today)


def keep_alive(store: Store, session: Session) -> None:
    """Note that a session is in use, at most once in `USED_EVERY`."""
    now = store.clock.now()
    if now - session.used < USED_EVERY:
        return
    until = min(now + IDLE, session.created + LONGEST)
    store.write(
        lambda tx: store_sessions.mark_used(tx, session.id, until),
        institution=session.institution,
        zone=session.zone,
    )


def use_link(store: Store, secret: str, purpose: str) -> tuple[int, str] | None:
    """(institution, secret of a session) for a link, which is used up by this; None when it is not good."""
    link = find(store, secret, LINK + purpose)
    if link is None:
        return None

    def work(tx: Tx) -> str | None:
        # Of two who use it at once the second finds nothing left to take.
        return open_session(tx, link.user, purpose) if store_sessions.drop(tx, [link.id]) else None

    made = store.write(work, institution=link.institution, zone=link.zone)
    return None if made is None else (link.institution, made)


def close_session(tx: Tx, session: Session) -> None:
    """Sign out."""
    store_sessions.drop(tx, [session.id])


def close_all(tx: Tx, user_id: int) -> None:
    """Sign a user out everywhere, links included."""
    store_sessions.drop(tx, [id_ for id_, _ in store_sessions.of_user(tx, user_id)])


def drop_expired(tx: Tx) -> int:
    """Forget sessions that ended and links nobody used, some at a time; 0 when none are left."""
    return store_sessions.drop_expired(tx, DROPPED_AT_ONCE)


def staff(tx: Tx) -> list[User]:
    """The active members of staff, by name."""
    return store_people.by_ids(tx, store_sessions.staff(tx, MOST_STAFF))


# -- saved views ------------------------------------------------------------------------------


def saved_views(tx: Tx, user: User, list_: str) -> tuple[SavedView, ...]:
    """The user's views of a list and those colleagues share, by name."""
    return tuple(store_sessions.views(tx, user.id, list_, MOST_VIEWS))


def save_view(tx: Tx, user: User, list_: str, name: str, query: str) -> None:
    """Keep a query of a list under a name, in place of what had it."""
    store_sessions.put_view(tx, user.id, list_, one_line(name)[:100], query[:LONGEST_QUERY])


def share_view(tx: Tx, user: User, view_id: int, *, shared: bool, of_others: bool = False) -> str:
    """Show a view of the user's to everybody of the institution, or to nobody else any more; with
    `of_others` a view of somebody else can be taken back too. Returns its name.

    Raises Refusal record_missing for a view there is not, or that is another's.
    """
    row = store_sessions.view(tx, view_id)
    if row is None or (row.user_id != user.id and not (of_others and row.shared)):
        raise Refusal(Problem("record_missing", "id", view_id, what="View"))
    store_sessions.share_view(tx, view_id, shared=shared)
    return str(row.name)


def drop_view(tx: Tx, user: User, view_id: int) -> None:
    store_sessions.drop_view(tx, user.id, view_id)
