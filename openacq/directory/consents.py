"""Authorization codes: somebody who is signed in lets a program act for them, and the program redeems what
it is given for tokens.

A code is good for five minutes, once, for the program it was given to, with the address and, where one was
sent, the challenge (PKCE) it was asked with. Redeemed twice, it was stolen: what it brought is worth nothing
any more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from openacq.directory import store_wskeys, wskeys
from openacq.directory.keys import ANY_INSTITUTION, hash_of
from openacq.directory.model import User
from openacq.directory.store_people import folded
from openacq.directory.wskey_model import KnownKey, Principal, PrincipalAccess, Refreshed
from openacq.store import Store, Tx

CODE = "code"
LIFE = timedelta(minutes=5)
OWN_NAMESPACE = "urn:openacq:user"
"""principalIDNS of people no library has tied to a principal: their principalID is the primary id."""
PLAIN, S256 = "plain", "S256"
CHALLENGES = (S256, PLAIN)


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody agreed to. `redirect` is the address the program named, "" when it named none; with
    `refresh` it may go on while they are away; `challenge` with its `method` is the program's (PKCE)."""

    scopes: tuple[str, ...]
    redirect: str = ""
    refresh: bool = False
    challenge: str = ""
    method: str = ""


def program(store: Store, client: str) -> KnownKey | None:
    """The WSKey clients name so, without its secret; None when there is none, or it is revoked."""
    if not 0 < len(client) <= wskeys.LONGEST:
        return None
    row = store.read(lambda tx: store_wskeys.find(tx, hash_of(client)), institution=ANY_INSTITUTION)
    if row is None or row["revoked"] is not None:
        return None
    return KnownKey(store_wskeys.wskey(row), row["institution"], row["zone"], row["oclc_id"])


def give_code(tx: Tx, key_id: int, principal: Principal, consent: Consent) -> str:
    """A code for what was agreed to."""
    store_wskeys.drop_expired(tx, wskeys.PURGED_AT_ONCE)
    code = f"ac_{secrets.token_urlsafe(32)}"
    bound = {
        "redirect": consent.redirect,
        "refresh": consent.refresh,
        "challenge": consent.challenge,
        "method": consent.method,
    }
    row = wskeys.token_row(tx, CODE, code, tx.now + LIFE, key_id, principal, consent.scopes)
    store_wskeys.add_tokens(tx, [{**row, "bound": bound}])
    return code


def redeem(
    tx: Tx, key_id: int, code: str, *, redirect: str, verifier: str, seconds: int, refresh_seconds: int
) -> Refreshed | None:
    """Tokens for a code of this key; None when it is not good, or not for this. One that was redeemed before
    takes its tokens with it: the transaction is to be kept."""
    row = store_wskeys.find_token(tx, hash_of(code)) if 0 < len(code) <= wskeys.LONGEST else None
    if (
        row is None
        or row["token_kind"] != CODE
        or (row["institution"], row["id"]) != (tx.institution, key_id)
        or row["expires"] <= tx.now
        or not _fits(row["bound"], redirect, verifier)
    ):
        return None
    if not store_wskeys.use_code(tx, row["token_id"]):
        store_wskeys.drop_tokens_of(tx, row["token_id"])
        return None
    acting = wskeys.active_principal(tx, row["principal"] or "", row["namespace"] or "")
    scopes = store_wskeys.scopes_left(row)
    if acting is None or not scopes:
        return None
    lasting = refresh_seconds if row["bound"]["refresh"] else 0
    issued = wskeys.issue(
        tx, key_id, acting, scopes, seconds=seconds, refresh_seconds=lasting, code=row["token_id"]
    )
    return Refreshed(issued, scopes, acting.principal, acting.namespace)


def _fits(bound: dict[str, object], redirect: str, verifier: str) -> bool:
    """Whether a code is redeemed as it was asked for: same address, and the verifier of its challenge."""
    if str(bound["redirect"]) != redirect and bound["redirect"]:
        return False
    challenge, method = str(bound["challenge"]), bound["method"]
    if not challenge:
        return not verifier
    digest = hashlib.sha256(verifier.encode("utf-8", "surrogateescape")).digest()
    answer = base64.urlsafe_b64encode(digest).decode().rstrip("=") if method == S256 else verifier
    return bool(verifier) and hmac.compare_digest(
        answer.encode("utf-8", "surrogateescape"), challenge.encode("utf-8", "surrogateescape")
    )


def acting_as(tx: Tx, user: User, *, writes: bool) -> Principal | None:
    """The principal programs act for when they act for this user: the one the library tied to the user, or
    one of their own, which reads only unless the user `writes`. None when the library switched it off."""
    tied = [one for one in store_wskeys.every_principal(tx) if folded(one.user) == folded(user.primary_id)]
    ours = next((one for one in tied if one.namespace == OWN_NAMESPACE), None)
    if others := [one for one in tied if one is not ours]:
        return next((one for one in others if one.active), None)
    access = PrincipalAccess.WRITE if writes else PrincipalAccess.READ
    if ours is None:
        made = Principal(tx.new_id(), user.primary_id, OWN_NAMESPACE, user.primary_id, access)
        store_wskeys.save_principals(tx, [made], [])
        return made
    if not ours.active:
        return None
    if ours.access is not access:
        ours = replace(ours, access=access)
        store_wskeys.save_principals(tx, [], [ours])
    return ours
