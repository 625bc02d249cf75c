"""API keys: made, shown once, recognised, revoked."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType

from openacq.directory import store_institutions, store_keys
from openacq.directory.model import AREAS, ApiKey, Caller, Environment, NewKey
from openacq.directory.store_keys import Found
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.text import nearest, one_line
from openacq.store import Store, Tx

ANY_INSTITUTION = 0
"""Keys are looked up in a transaction of the reserved institution."""
TRUSTED_SECONDS = 2.0
"""How long a key that was good is taken to be good; a revoked key is refused after that at the latest."""
USED_EVERY = timedelta(hours=1)
"""How coarsely it is kept when a key was last used."""
MOST_REMEMBERED = 10_000
LONGEST_NAME = 255
LONGEST_SECRET = 255
SHORTEST_FIXED = 8


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What a new key shall be. `areas`: area → "read" or "write". `environment` None: the institution's.

    `funds` and `libraries` None: not narrowed; empty: none granted. `fixed` is a secret chosen by hand
    (a demonstration's); such a key is marked `demo`.
    """

    name: str
    areas: Mapping[str, str]
    environment: Environment | None = None
    vendor: str | None = None
    funds: tuple[str, ...] | None = None
    libraries: tuple[str, ...] | None = None
    rate_limit: int | None = None
    fixed: str | None = None


def create(tx: Tx, wish: KeyWish) -> NewKey:
    """Make a key of the transaction's institution. Its secret is in the answer and nowhere else."""
    institution = store_institutions.one(tx)
    if institution is None:
        raise Refusal(Problem("record_missing", "institution", tx.institution, what="Institution"))
    problems = list(_problems(wish))
    if problems:
        raise Refusal(problems)
    visible, secret = _new_secret() if wish.fixed is None else (wish.fixed[:SHORTEST_FIXED], wish.fixed)
    if wish.fixed is not None and store_keys.find(tx, hash_of(secret)) is not None:
        raise Refusal(Problem("code_taken", "API key", f"{visible}…"))
    key = ApiKey(
        id=tx.new_id(),
        name=one_line(wish.name),
        prefix=visible,
        areas=MappingProxyType(dict(wish.areas)),
        environment=wish.environment or institution.environment,
        vendor=wish.vendor,
        funds=wish.funds,
        libraries=wish.libraries,
        rate_limit=wish.rate_limit,
        demo=wish.fixed is not None,
        created=tx.now,
    )
    store_keys.add(tx, key, hash_of(secret))
    return NewKey(key, secret)


def revoke(tx: Tx, name: str) -> ApiKey:
    """Revoke the key with this id, prefix or name; for good. Refused when none or several are meant."""
    key = _meant(tx, name)
    store_keys.revoke(tx, key.id)
    return replace(key, revoked=key.revoked or tx.now)


def rename(tx: Tx, name: str, new: str) -> ApiKey:
    """Call the key with this id, prefix or name otherwise from now on. Refused when none or several are
    meant, and for what is no name."""
    key = _meant(tx, name)
    problems = list(problems_of_name(new))
    if problems:
        raise Refusal(problems)
    store_keys.rename(tx, key.id, one_line(new))
    return replace(key, name=one_line(new))


def _meant(tx: Tx, name: str) -> ApiKey:
    meant = [key for key in store_keys.every(tx) if name in (str(key.id), key.prefix, key.masked, key.name)]
    good = [key for key in meant if key.revoked is None] or meant
    if len(good) != 1:
        raise Refusal(Problem("key_unclear" if good else "key_not_found", "key", name))
    return good[0]


def hash_of(secret: str) -> str:
    """A secret of 256 random bits needs no slow hash: it cannot be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _new_secret() -> tuple[str, str]:
    """(what may be shown, the whole secret)."""
    visible = f"oacq_{secrets.token_hex(4)}"
    return visible, f"{visible}_{secrets.token_urlsafe(32)}"


def problems_of_name(name: str) -> Iterable[Problem]:
    """What is wrong with a name for a key."""
    if not one_line(name):
        yield Problem("field_missing", "name")
    if len(one_line(name)) > LONGEST_NAME:
        yield Problem("value_too_long", "name", name, limit=LONGEST_NAME)


def _problems(wish: KeyWish) -> Iterable[Problem]:
    yield from problems_of_name(wish.name)
    if not wish.areas:
        yield Problem("field_missing", "areas")
    for area, access in wish.areas.items():
        if area not in AREAS:
            valid = f"{', '.join(AREAS)}.{probable(nearest(area, AREAS))}"
            yield Problem("value_not_listed", "areas", area, valid=valid)
        if access not in ("read", "write"):
            yield Problem("value_not_listed", f"areas.{area}", access, valid="read, write")
    if wish.rate_limit is not None and not 0 <= wish.rate_limit <= 1_000_000:
        yield Problem(
            "value_wrong_type", "rate_limit", wish.rate_limit, expected="a number of calls per second"
        )
    if wish.fixed is not None and not (
        SHORTEST_FIXED <= len(wish.fixed) <= LONGEST_SECRET
        and wish.fixed.isascii()
        and wish.fixed.isprintable()
    ):
        expected = f"{SHORTEST_FIXED} to {LONGEST_SECRET} printable ASCII characters"
        yield Problem("value_wrong_type", "key", "", expected=expected)


# -- recognising ------------------------------------------------------------------------------


def caller_of(found: Found) -> Caller:
    key = found.key
    areas = {(area, "read") for area in key.areas}
    areas |= {(area, "write") for area, access in key.areas.items() if access == "write"}
    return Caller(
        institution=found.institution,
        key_id=key.id,
        name=key.name,
        zone=found.zone,
        environment=key.environment.value,
        areas=frozenset(areas),
        vendor=key.vendor,
        funds=None if key.funds is None else frozenset(key.funds),
        libraries=None if key.libraries is None else frozenset(key.libraries),
        rate_limit=key.rate_limit,
        demo=key.demo,
    )


def caller_by_id(tx: Tx, key_id: int) -> Caller | None:
    """Who calls with the institution's key of this id; None for none and for one that is revoked."""
    for key in store_keys.every(tx):
        if key.id == key_id and key.revoked is None:
            card = store_institutions.one(tx)
            return caller_of(Found(key, tx.institution, card.zone if card is not None else "UTC"))
    return None


def look_up(store: Store, secret: str) -> Found | None:
    """The key of a secret, asked of the database."""
    if not 0 < len(secret) <= LONGEST_SECRET:
        return None
    hashed = hash_of(secret)
    return store.read(lambda tx: store_keys.find(tx, hashed), institution=ANY_INSTITUTION)


class KeyRing:
    """Recognises callers; one for each server process. Remembers good keys for a moment.

    Secrets are remembered by their hash. What is not a key is not remembered.
    """

    def __init__(self, store: Store, *, trusted: float = TRUSTED_SECONDS) -> None:
        self._store = store
        self._trusted = trusted
        self._known: dict[str, tuple[float, Caller]] = {}
        self._noted: dict[tuple[int, int], float] = {}
        self._lock = threading.Lock()

    def authenticate(self, secret: str) -> Caller | None:
        """Who holds this key; None when nobody does. Raises Refusal `key_refused` for a revoked one."""
        now = self._store.clock.monotonic()
        hashed = hash_of(secret) if 0 < len(secret) <= LONGEST_SECRET else ""
        known = self._known.get(hashed)
        if known is not None and now - known[0] < self._trusted:
            return known[1]
        found = look_up(self._store, secret)
        if found is None:
            return None
        if found.key.revoked is not None:
            with self._lock:
                self._known.pop(hashed, None)
            raise Refusal(Problem("key_refused", "apikey", found.key.masked, reason="it was revoked"))
        caller = caller_of(found)
        with self._lock:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[hashed] = (now, caller)
        self._note_use(found)
        return caller

    def forget(self) -> None:
        """Ask the database again for every key."""
        with self._lock:
            self._known.clear()

    def _note_use(self, found: Found) -> None:
        """Keep when the key was last used, at most once in `USED_EVERY`."""
        before = self._store.clock.now() - USED_EVERY
        if found.key.last_used is not None and found.key.last_used >= before:
            return
        now = self._store.clock.monotonic()
        with self._lock:
            last = self._noted.get((found.institution, found.key.id))
            if last is not None and now - last < USED_EVERY.total_seconds():
                return
            self._noted[found.institution, found.key.id] = now

        def note(tx: Tx) -> None:
            store_keys.mark_used(tx, found.key.id, before)

        self._store.write(note, institution=found.institution, zone=found.zone)
