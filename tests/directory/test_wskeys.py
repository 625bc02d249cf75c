"""WSKeys: their secrets sealed, their holders recognised; the users clients act for; rows of files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from openacq.directory import service
from openacq.directory.model import Institution
from openacq.directory.service import Issued, JsonDialect, NewWsKey, WsKeyRing, WsKeyWish
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.kernel.verdict import Verdict
from openacq.store import Store
from openacq.store.seals import CannotOpen, Seals, new_key
from tests.conftest import Do

NAMESPACE = "urn:oclc:wms:da"


@pytest.fixture(autouse=True)
def seals(store: Store) -> Iterator[None]:
    store.seals = Seals(new_key())
    yield
    store.seals = Seals()


@pytest.fixture
def key(write: Do, house: Institution) -> NewWsKey:
    return write(lambda tx: service.create_wskey(tx, WsKeyWish("Client", json=JsonDialect.PLAIN)))


@pytest.fixture
def ring(store: Store) -> WsKeyRing:
    return WsKeyRing(store, trusted=0)


def load(write: Do, kind: str, *rows: dict[str, Any], institution: int | None = None) -> list[Verdict]:
    return write(lambda tx: service.load(tx, kind, list(rows)), institution=institution)


def outcomes(verdicts: list[Verdict]) -> list[str]:
    return [verdict.outcome for verdict in verdicts]


def test_a_key_is_recognised_with_its_secret(ring: WsKeyRing, key: NewWsKey, house: Institution) -> None:
    known = ring.key(key.key.client)
    assert known is not None
    assert (known.institution, known.zone, known.secret) == (house.id, "Europe/Zurich", key.secret)
    caller = known.caller()
    assert (caller.name, caller.key_id) == ("Client", key.key.id)
    assert caller.may("acq", write=True)
    assert caller.may("vic")
    assert not caller.may("own")
    assert len(key.secret) >= 43
    assert len(key.key.client) == 64


def test_neither_database_nor_words_tell_the_secret(store: Store, ring: WsKeyRing, key: NewWsKey) -> None:
    assert key.secret not in repr(key)
    assert key.secret not in repr(ring.key(key.key.client))
    assert key.secret not in repr(WsKeyWish("x", secret=key.secret))
    with store.reader.connect() as connection:
        rows = connection.execute(text("SELECT secret FROM wskeys")).scalars().all()
    assert rows
    assert not any(key.secret in row for row in rows)


def test_a_sealed_secret_is_of_no_use_elsewhere(
    write: Do, store: Store, ring: WsKeyRing, key: NewWsKey
) -> None:
    other = write(lambda tx: service.create_wskey(tx, WsKeyWish("Other")))

    def swap(tx: Any) -> None:
        sealed = "UPDATE wskeys SET secret = (SELECT secret FROM wskeys WHERE client = :a) WHERE client = :b"
        tx.execute(text(sealed), {"a": key.key.client, "b": other.key.client})

    write(swap)
    with pytest.raises(CannotOpen):
        ring.key(other.key.client)


@pytest.mark.parametrize("name", ["", "nobody", "x" * 300, "ключ", "\ud800"])
def test_what_is_no_key_is_nobody(ring: WsKeyRing, name: str) -> None:
    assert ring.key(name) is None
    assert ring.token(name) is None


def test_without_keys_to_seal_with_none_is_made(write: Do, store: Store, house: Institution) -> None:
    store.seals = Seals()
    with pytest.raises(Refusal) as refusal:
        write(lambda tx: service.create_wskey(tx, WsKeyWish("Client")))
    assert refusal.value.problems[0].slug == "seal_key_missing"
    demo = WsKeyWish("Demo", client=f"demo-{house.id}-{store.dialect}", secret="demo-secret", demo=True)
    assert write(lambda tx: service.create_wskey(tx, demo)).key.demo


def test_a_wish_that_makes_no_sense_is_refused_whole(write: Do, house: Institution) -> None:
    wish = WsKeyWish(" ", ("WMS_AQC",), rate_limit=-1, client='a "b"', secret="short")
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.create_wskey(tx, wish))
    fields = [problem.field for problem in refused.value.problems]
    assert fields == ["name", "scopes", "rate_limit", "key", "secret"]


def test_a_key_is_changed_and_its_tokens_do_no_more_than_it_may(
    write: Do, ring: WsKeyRing, key: NewWsKey
) -> None:
    def issue(*scopes: str) -> Issued:
        return write(
            lambda tx: service.issue_tokens(tx, key.key.id, None, scopes, seconds=600, refresh_seconds=900)
        )

    def refresh(issued: Issued) -> tuple[str, ...] | None:
        again = write(lambda tx: service.refresh_token(tx, key.key.id, issued.refresh, seconds=600))
        return None if again is None else again.scopes

    both, one = issue("WMS_ACQ", "WMS_VIC"), issue("WMS_VIC")
    wish = WsKeyWish(" New  name ", ("WMS_ACQ",), rate_limit=3, client="never", secret="mind")
    changed = write(lambda tx: service.change_wskey(tx, str(key.key.id), wish))
    assert (changed.name, changed.scopes, changed.json, changed.rate_limit) == (
        "New name", ("WMS_ACQ",), JsonDialect.SERVER, 3,
    )  # fmt: skip
    known = ring.key(key.key.client)
    assert known is not None
    assert (known.key.name, known.secret) == ("New name", key.secret)
    token = ring.token(both.access)
    assert token is not None
    assert token.scopes == ("WMS_ACQ",)
    assert ring.token(one.access) is None
    assert refresh(both) == ("WMS_ACQ",)
    assert refresh(one) is None


def test_what_a_key_cannot_become_is_refused_whole(write: Do, key: NewWsKey) -> None:
    wish = WsKeyWish("x" * 300, ("WMS",), redirects=("ftp://no",), rate_limit=-1)
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.change_wskey(tx, str(key.key.id), wish))
    fields = [problem.field for problem in refused.value.problems]
    assert fields == ["name", "scopes", "rate_limit", "redirect_uris"]
    with pytest.raises(Refusal):
        write(lambda tx: service.change_wskey(tx, "nobody", WsKeyWish("New")))


def test_a_name_is_taken_once_on_the_whole_server(write: Do, key: NewWsKey, other_institution: int) -> None:
    wish = WsKeyWish("Again", client=key.key.client, secret="long-enough")
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.create_wskey(tx, wish), institution=other_institution)
    assert refused.value.problems[0].slug == "code_taken"
    row = {"key": key.key.client, "secret": "long-enough"}
    (verdict,) = load(write, "wskey", row, institution=other_institution)
    assert [problem.slug for problem in verdict.problems] == ["code_taken"]


def test_a_key_is_revoked_by_any_of_its_names(write: Do, ring: WsKeyRing, key: NewWsKey) -> None:
    write(lambda tx: service.create_wskey(tx, WsKeyWish("Client")))
    with pytest.raises(Refusal) as unclear:
        write(lambda tx: service.revoke_wskey(tx, "Client"))
    assert unclear.value.problems[0].slug == "wskey_unclear"
    with pytest.raises(Refusal) as missing:
        write(lambda tx: service.revoke_wskey(tx, "Nobody"))
    assert missing.value.problems[0].slug == "wskey_not_found"
    assert write(lambda tx: service.revoke_wskey(tx, key.key.client)).revoked is not None
    assert ring.key(key.key.client) is None
    assert write(lambda tx: service.revoke_wskey(tx, "Client")).id != key.key.id


def test_last_use_is_kept_by_the_hour(ring: WsKeyRing, read: Do, key: NewWsKey, clock: FixedClock) -> None:
    began = clock.now()
    for _ in range(2):
        ring.key(key.key.client)
        clock.advance(60)
    assert read(service.every_wskey)[0].last_used == began
    clock.advance(3_600)
    ring.key(key.key.client)
    assert read(service.every_wskey)[0].last_used == clock.now()


def test_secrets_are_sealed_anew(write: Do, store: Store, ring: WsKeyRing, key: NewWsKey) -> None:
    old = store.seals
    new = new_key()
    store.seals = Seals(new)
    with pytest.raises(CannotOpen):
        ring.key(key.key.client)
    both = Seals(new)
    both._keys |= old._keys
    store.seals = both
    assert write(service.seal_wskeys_anew) == 1
    assert write(service.seal_wskeys_anew) == 0
    store.seals = Seals(new)
    known = ring.key(key.key.client)
    assert known is not None
    assert known.secret == key.secret


# -- files --------------------------------------------------------------------------------------


def test_keys_clients_hold_already_are_loaded(
    write: Do, read: Do, ring: WsKeyRing, house: Institution
) -> None:
    client = f"kept-{house.id}-{ring._store.dialect}"
    row = {"key": client, "secret": "their-secret", "name": "Script", "scopes": "WMS_ACQ", "json": "plain"}
    assert outcomes(load(write, "wskey", row)) == ["created"]
    assert outcomes(load(write, "wskey", row)) == ["unchanged"]
    assert outcomes(load(write, "wskey", {"key": client})) == ["unchanged"]
    changed = load(write, "wskey", {"key": client, "secret": "a-new-secret", "scopes": "WMS_ACQ; WMS_VIC"})
    assert outcomes(changed) == ["updated"]
    known = ring.key(client)
    assert known is not None
    assert (known.secret, known.key.scopes, known.key.json) == (
        "a-new-secret",
        ("WMS_ACQ", "WMS_VIC"),
        JsonDialect.PLAIN,
    )
    assert [one.name for one in read(service.every_wskey)] == ["Script"]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"key": "new-one"}, "secret"),
        ({"secret": "long-enough"}, "key"),
        ({"key": "new-one", "secret": "short"}, "secret"),
        ({"key": "new-one", "secret": "long-enough", "scopes": "WMS"}, "scopes"),
        ({"key": "new-one", "secret": "long-enough", "json": "both"}, "json"),
        ({"key": "new-one", "secret": "long-enough", "colour": "red"}, "colour"),
    ],
)
def test_a_row_that_makes_no_key_is_refused(
    write: Do, house: Institution, row: dict[str, Any], field: str
) -> None:
    (verdict,) = load(write, "wskey", row)
    assert (verdict.outcome, verdict.problems[0].field) == ("refused", field)
    assert "short" not in verdict.problems[0].message() or field != "secret"


def test_principals_are_loaded_and_change(write: Do, read: Do, ring: WsKeyRing, house: Institution) -> None:
    load(write, "user", {"primary_id": "staff1", "last_name": "Staff"})
    row = {"principal_id": "p-1", "principal_idns": NAMESPACE, "user": "staff1"}
    assert outcomes(load(write, "principal", row)) == ["created"]
    assert outcomes(load(write, "principal", row)) == ["unchanged"]
    found = ring.principal(house.id, "p-1", NAMESPACE)
    assert found is not None
    assert (found.user, found.writes) == ("staff1", True)
    assert outcomes(load(write, "principal", {**row, "access": "read"})) == ["updated"]
    found = ring.principal(house.id, "p-1", NAMESPACE)
    assert found is not None
    assert not found.writes
    load(write, "principal", {**row, "status": "INACTIVE"})
    assert ring.principal(house.id, "p-1", NAMESPACE) is None
    assert len(read(service.every_principal)) == 1


@pytest.mark.parametrize(
    "changes",
    [{"user": "nobody"}, {"access": "all"}, {"status": "GONE"}, {"principal_id": ""}, {"principal_idns": ""}],
)
def test_a_row_that_makes_no_principal_is_refused(
    write: Do, house: Institution, changes: dict[str, str]
) -> None:
    row = {"principal_id": "p-1", "principal_idns": NAMESPACE, **changes}
    (verdict,) = load(write, "principal", row)
    assert verdict.outcome == "refused"


def test_a_principal_is_one_institutions(
    write: Do, ring: WsKeyRing, house: Institution, other_institution: int
) -> None:
    load(write, "principal", {"principal_id": "p-1", "principal_idns": NAMESPACE})
    assert ring.principal(house.id, "p-1", NAMESPACE) is not None
    assert ring.principal(other_institution, "p-1", NAMESPACE) is None


@pytest.mark.parametrize("change", [{"status": "INACTIVE"}, {"expiry_date": "2026-03-01"}])
def test_who_left_acts_no_more(
    write: Do, ring: WsKeyRing, house: Institution, change: dict[str, str]
) -> None:
    load(write, "user", {"primary_id": "staff1", "last_name": "Staff"})
    load(write, "principal", {"principal_id": "p-1", "principal_idns": NAMESPACE, "user": "staff1"})
    assert ring.principal(house.id, "p-1", NAMESPACE) is not None
    load(write, "user", {"primary_id": "staff1", **change})
    assert ring.principal(house.id, "p-1", NAMESPACE) is None


def test_a_ring_remembers_a_moment(store: Store, write: Do, key: NewWsKey, clock: FixedClock) -> None:
    ring = WsKeyRing(store, trusted=2)
    assert ring.key(key.key.client) is ring.key(key.key.client)
    write(lambda tx: service.revoke_wskey(tx, key.key.client))
    assert ring.key(key.key.client) is not None
    clock.advance(3)
    assert ring.key(key.key.client) is None
