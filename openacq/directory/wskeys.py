"""WSKeys: made, shown once, recognised, revoked; the principals clients act for; tokens given out.

A signature can only be verified with the secret itself, so it is kept, sealed (`Tx.seals`). Tokens are
kept as hashes, as API keys are.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar, cast

from openacq.directory import people, redirects, store_institutions, store_wskeys
from openacq.directory.keys import (
    ANY_INSTITUTION,
    MOST_REMEMBERED,
    TRUSTED_SECONDS,
    USED_EVERY,
    hash_of,
    problems_of_name,
)
from openacq.directory.model import Status
from openacq.directory.wskey_model import (
    SCOPES,
    Issued,
    JsonDialect,
    KnownKey,
    KnownToken,
    NewWsKey,
    Principal,
    Refreshed,
    WsKey,
)
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.text import nearest, one_line
from openacq.store import Store, Tx
from openacq.store.seals import left_open

T = TypeVar("T")

LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CLIENT_LENGTH = 64
LONGEST = 255
SHORTEST_SECRET = 8
PURGED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class WsKeyWish:
    """What a new WSKey shall be. `client` and `secret` are given to go on with a key clients hold already;
    without them new ones are made. `demo`: known to everyone, good on the server's own machine only."""

    name: str
    scopes: tuple[str, ...] = SCOPES
    json: JsonDialect = JsonDialect.SERVER
    redirects: tuple[str, ...] = ()
    rate_limit: int | None = None
    client: str = ""
    secret: str = field(default="", repr=False)
    demo: bool = False


def create(tx: Tx, wish: WsKeyWish) -> NewWsKey:
    """Make a WSKey of the transaction's institution. Its secret is in the answer and sealed in the row.

    Raises Refusal, seal_key_missing when there is nothing to seal it with.
    """
    if store_institutions.one(tx) is None:
        raise Refusal(Problem("record_missing", "institution", tx.institution, what="Institution"))
    problems = list(problems_of(wish))
    if problems:
        raise Refusal(problems)
    client = wish.client or "".join(secrets.choice(LETTERS) for _ in range(CLIENT_LENGTH))
    secret = wish.secret or secrets.token_urlsafe(32)
    if store_wskeys.is_taken(tx, hash_of(client)):
        raise Refusal(Problem("code_taken", "WSKey", client))
    key = WsKey(
        id=tx.new_id(),
        name=one_line(wish.name),
        client=client,
        scopes=wish.scopes,
        json=wish.json,
        redirects=wish.redirects,
        rate_limit=wish.rate_limit,
        demo=wish.demo,
        created=tx.now,
    )
    sealed = left_open(secret) if wish.demo else tx.seals.seal(secret, about(tx.institution, client))
    store_wskeys.add(tx, key, sealed, hash_of(client))
    return NewWsKey(key, secret)


def about(institution: int, client: str) -> str:
    """What the seal of a WSKey's secret is bound to: moved to another row it opens nothing."""
    return f"wskey {institution} {client}"


def revoke(tx: Tx, name: str) -> WsKey:
    """Revoke the WSKey of this id, key or name; for good, with its tokens. Refused when it is not clear."""
    key = _meant(tx, name)
    store_wskeys.revoke(tx, key.id)
    return replace(key, revoked=key.revoked or tx.now)


def change(tx: Tx, name: str, wish: WsKeyWish) -> WsKey:
    """Make the WSKey of this id, key or name what the wish says; its key and its secret stay. Tokens given
    out for it are no longer good for what it may not do any more. Refused when it is not clear.
    """
    return _changed(tx, _meant(tx, name), wish)


def set_redirects(tx: Tx, name: str, addresses: tuple[str, ...]) -> WsKey:
    """Say where the WSKey of this id, key or name may send people back to. Refused when it is not clear, or
    an address is none."""
    key = _meant(tx, name)
    return _changed(tx, key, WsKeyWish(key.name, key.scopes, key.json, addresses, key.rate_limit))


def _changed(tx: Tx, key: WsKey, wish: WsKeyWish) -> WsKey:
    problems = list(problems_of(replace(wish, client="", secret="")))
    if problems:
        raise Refusal(problems)
    changed = replace(
        key,
        name=one_line(wish.name),
        scopes=wish.scopes,
        json=wish.json,
        redirects=tuple(dict.fromkeys(wish.redirects)),
        rate_limit=wish.rate_limit,
    )
    store_wskeys.change(tx, changed)
    return changed


def _meant(tx: Tx, name: str) -> WsKey:
    meant = [key for key in store_wskeys.every(tx) if name in (str(key.id), key.client, key.name)]
    good = [key for key in meant if key.revoked is None] or meant
    if len(good) != 1:
        raise Refusal(Problem("wskey_unclear" if good else "wskey_not_found", "WSKey", name))
    return good[0]


def seal_anew(tx: Tx) -> int:
    """Seal with the newest key every secret of the institution that was sealed with an older one; how many.

    Raises store.seals.CannotOpen when one was sealed with a key that is not given.
    """
    anew = {}
    for key_id, (client, sealed) in store_wskeys.sealed_secrets(tx).items():
        if not tx.seals.is_newest(sealed):
            bound = about(tx.institution, client)
            anew[key_id] = tx.seals.seal(tx.seals.open(sealed, bound), bound)
    store_wskeys.seal_anew(tx, anew)
    return len(anew)


def problems_of(wish: WsKeyWish) -> Iterable[Problem]:
    """What is wrong with a wish."""
    yield from problems_of_name(wish.name)
    if not wish.scopes:
        yield Problem("field_missing", "scopes")
    for scope in wish.scopes:
        if scope not in SCOPES:
            valid = f"{', '.join(SCOPES)}.{probable(nearest(scope, SCOPES))}"
            yield Problem("value_not_listed", "scopes", scope, valid=valid)
    if wish.rate_limit is not None and not 0 <= wish.rate_limit <= 1_000_000:
        expected = "a number of calls per second"
        yield Problem("value_wrong_type", "rate_limit", wish.rate_limit, expected=expected)
    if wish.client and not (len(wish.client) <= LONGEST and _is_plain(wish.client, ' ",:')):
        expected = f"1 to {LONGEST} printable ASCII characters without blanks, quotes, commas and colons"
        yield Problem("value_wrong_type", "key", wish.client, expected=expected)
    if wish.secret and not (SHORTEST_SECRET <= len(wish.secret) <= LONGEST and _is_plain(wish.secret, ' "')):
        expected = f"{SHORTEST_SECRET} to {LONGEST} printable ASCII characters without blanks and quotes"
        yield Problem("value_wrong_type", "secret", "", expected=expected)
    if wish.client and not wish.secret:
        yield Problem("field_missing", "secret")
    yield from redirects.problems_of(wish.redirects)


def _is_plain(text: str, forbidden: str) -> bool:
    return text.isascii() and text.isprintable() and not set(text) & set(forbidden)


# -- tokens -------------------------------------------------------------------------------------


def issue(
    tx: Tx,
    key_id: int,
    principal: Principal | None,
    scopes: tuple[str, ...],
    *,
    seconds: int,
    refresh_seconds: int = 0,
    code: int | None = None,
) -> Issued:
    """Give out an access token, and with `refresh_seconds` one to ask for further ones. `code` is the id of
    the authorization code they are given for."""
    store_wskeys.drop_expired(tx, PURGED_AT_ONCE)
    issued = Issued(f"tk_{secrets.token_urlsafe(32)}", tx.now + timedelta(seconds=seconds))
    if refresh_seconds:
        later = tx.now + timedelta(seconds=refresh_seconds)
        issued = replace(issued, refresh=f"rt_{secrets.token_urlsafe(32)}", refresh_expires=later)

    rows = [token_row(tx, "access", issued.access, issued.expires, key_id, principal, scopes, code)]
    if issued.refresh and issued.refresh_expires:
        until = issued.refresh_expires
        rows.append(token_row(tx, "refresh", issued.refresh, until, key_id, principal, scopes, code))
    store_wskeys.add_tokens(tx, rows)
    return issued


def token_row(
    tx: Tx,
    kind: str,
    text: str,
    expires: datetime,
    key_id: int,
    principal: Principal | None,
    scopes: tuple[str, ...],
    code: int | None = None,
) -> dict[str, object]:
    """The row of something given out: access, refresh or code."""
    return {
        "id": tx.new_id(),
        "kind": kind,
        "hash": hash_of(text),
        "wskey": key_id,
        "principal": principal.id if principal else None,
        "scopes": list(scopes),
        "expires": expires,
        "bound": None,
        "code": code,
    }


def refresh_token(tx: Tx, key_id: int, text: str, *, seconds: int) -> Refreshed | None:
    """A new access token for a refresh token of this key; None when it is none, or no longer one.

    The refresh token stays what it is: a client that lost the answer can ask again.
    """
    row = store_wskeys.find_token(tx, hash_of(text)) if 0 < len(text) <= LONGEST else None
    if (
        row is None
        or row["token_kind"] != "refresh"  # noqa: S105 the name of a kind
        or (row["institution"], row["id"]) != (tx.institution, key_id)
        or row["expires"] <= tx.now
    ):
        return None
    principal, namespace = row["principal"] or "", row["namespace"] or ""
    acting = active_principal(tx, principal, namespace) if principal else None
    if principal and acting is None:
        return None
    scopes = store_wskeys.scopes_left(row)
    if not scopes:
        return None
    issued = issue(tx, key_id, acting, scopes, seconds=seconds, code=row["token_code"])
    again = replace(issued, refresh=text, refresh_expires=row["expires"])
    return Refreshed(again, scopes, principal, namespace)


def drop_expired_tokens(tx: Tx) -> int:
    """Forget expired tokens, some at a time; 0 when none are left."""
    return store_wskeys.drop_expired(tx, PURGED_AT_ONCE)


# -- recognising --------------------------------------------------------------------------------


class WsKeyRing:
    """Recognises keys, principals and tokens; one for each server process. Remembers good ones a moment."""

    def __init__(self, store: Store, *, trusted: float = TRUSTED_SECONDS) -> None:
        self._store = store
        self._trusted = trusted
        self._known: dict[tuple[object, ...], tuple[float, object]] = {}
        self._noted: dict[tuple[int, int], float] = {}
        self._lock = threading.Lock()

    def key(self, client: str) -> KnownKey | None:
        """The WSKey clients name so; None when there is none, or it is revoked."""
        if not 0 < len(client) <= LONGEST:
            return None
        return self._remembered(("key", hash_of(client)), lambda: self._look_up(client))

    def principal(self, institution: int, principal_id: str, namespace: str) -> Principal | None:
        """The principal of the institution, None when there is none or its user is not active."""
        if len(principal_id) > LONGEST or len(namespace) > LONGEST:
            return None

        def find() -> Principal | None:
            return self._store.read(
                lambda tx: active_principal(tx, principal_id, namespace), institution=institution
            )

        return self._remembered(("principal", institution, principal_id, namespace), find)

    def token(self, text: str) -> KnownToken | None:
        """An access or refresh token that is good now."""
        if not 0 < len(text) <= LONGEST:
            return None
        found = self._remembered(("token", hash_of(text)), lambda: self._look_up_token(text))
        return found if found is not None and found.expires > self._store.clock.now() else None

    def forget(self) -> None:
        """Ask the database again for everything."""
        with self._lock:
            self._known.clear()

    def _look_up(self, client: str) -> KnownKey | None:
        row = self._store.read(lambda tx: store_wskeys.find(tx, hash_of(client)), institution=ANY_INSTITUTION)
        if row is None or row["revoked"] is not None:
            return None
        bound = about(row["institution"], row["client"])
        secret = self._store.seals.open(row["secret"], bound)
        known = KnownKey(store_wskeys.wskey(row), row["institution"], row["zone"], row["oclc_id"], secret)
        self._note_use(known)
        return known

    def _look_up_token(self, text: str) -> KnownToken | None:
        row = self._store.read(
            lambda tx: store_wskeys.find_token(tx, hash_of(text)), institution=ANY_INSTITUTION
        )
        if row is None or row["revoked"] is not None or row["token_kind"] not in ("access", "refresh"):
            return None
        scopes = store_wskeys.scopes_left(row)
        if not scopes:
            return None
        known = KnownKey(store_wskeys.wskey(row), row["institution"], row["zone"], row["oclc_id"])
        return KnownToken(
            known,
            scopes,
            row["expires"],
            refreshes=row["token_kind"] == "refresh",  # noqa: S105 the name of a kind
            principal=row["principal"] or "",
            namespace=row["namespace"] or "",
        )

    def _remembered(self, name: tuple[object, ...], find: Callable[[], T | None]) -> T | None:
        """What was found a moment ago, else what is found now; what is not there is not remembered."""
        now = self._store.clock.monotonic()
        held = self._known.get(name)
        if held is not None and now - held[0] < self._trusted:
            return cast("T", held[1])  # what stands under a name is of one kind
        found = find()
        with self._lock:
            if found is None:
                self._known.pop(name, None)
                return None
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[name] = (now, found)
        return found

    def _note_use(self, known: KnownKey) -> None:
        """Keep when the key was last used, at most once in `USED_EVERY`."""
        before = self._store.clock.now() - USED_EVERY
        if known.key.last_used is not None and known.key.last_used >= before:
            return
        now = self._store.clock.monotonic()
        name = (known.institution, known.key.id)
        with self._lock:
            last = self._noted.get(name)
            if last is not None and now - last < USED_EVERY.total_seconds():
                return
            self._noted[name] = now
        self._store.write(
            lambda tx: store_wskeys.mark_used(tx, known.key.id, before),
            institution=known.institution,
            zone=known.zone,
        )


def active_principal(tx: Tx, principal_id: str, namespace: str) -> Principal | None:
    """The principal, if it and the user it is tied to are active."""
    found = store_wskeys.principal(tx, principal_id, namespace)
    if found is None or not found.active:
        return None
    if not found.user:
        return found
    user = people.by_primary_id(tx, found.user)
    expired = user is not None and user.expiry_date is not None and user.expiry_date < tx.today
    return None if user is None or user.status is not Status.ACTIVE or expired else found
