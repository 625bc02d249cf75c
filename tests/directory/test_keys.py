"""API keys open one institution, only as far as granted, and cannot be read back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import event, text

from openacq.directory import service
from openacq.directory.model import Environment, Institution, NewKey
from openacq.directory.service import KeyRing, KeyWish
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.store import Store
from tests.conftest import Do

SHOP = KeyWish(
    "Shop", {"acq": "write", "conf": "read"}, vendor="GOBI", funds=("HIST",), libraries=("MAIN", "SCI")
)


@pytest.fixture
def key(write: Do, house: Institution) -> NewKey:
    return write(lambda tx: service.create_key(tx, SHOP))


@pytest.fixture
def reads(store: Store) -> Iterator[list[str]]:
    """The statements sent to the database by readers."""
    seen: list[str] = []

    def see(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(store.reader, "before_cursor_execute", see)
    yield seen
    event.remove(store.reader, "before_cursor_execute", see)


def test_a_key_finds_its_institution_and_what_it_was_granted(
    store: Store, key: NewKey, house: Institution
) -> None:
    caller = service.authenticate(store, key.secret)
    assert caller is not None
    assert (caller.institution, caller.zone, caller.name) == (house.id, "Europe/Zurich", "Shop")
    assert caller.may("acq")
    assert caller.may("acq", write=True)
    assert caller.may("conf")
    assert not caller.may("conf", write=True)
    assert not caller.may("users")
    assert (caller.vendor, caller.sees_fund("HIST"), caller.sees_fund("SCI")) == ("GOBI", True, False)
    assert caller.sees_library("SCI")
    assert not caller.sees_library("LAW")
    assert caller.environment == "production"
    assert not caller.demo


def test_a_key_without_grants_sees_every_fund_and_library(
    write: Do, store: Store, house: Institution
) -> None:
    key = write(lambda tx: service.create_key(tx, KeyWish("Campus", {"acq": "read"})))
    caller = service.authenticate(store, key.secret)
    assert caller is not None
    assert caller.sees_fund("ANY")
    assert caller.sees_library("ANY")
    assert caller.vendor is None


@pytest.mark.parametrize("secret", ["", "nonsense", "x" * 256, "ключ", "\ud800"])
def test_what_is_no_key_opens_nothing(store: Store, secret: str) -> None:
    assert service.authenticate(store, secret) is None


def test_two_keys_of_two_institutions_stay_apart(write: Do, store: Store, key: NewKey) -> None:
    other = 80_000 + key.key.id
    write(
        lambda tx: service.put_institution(tx, Institution(other, f"OTHER_{other}", "Other", zone="UTC")),
        institution=other,
    )
    theirs = write(lambda tx: service.create_key(tx, KeyWish("Shop", {"acq": "read"})), institution=other)
    mine = service.authenticate(store, key.secret)
    found = service.authenticate(store, theirs.secret)
    assert mine is not None
    assert found is not None
    assert (mine.institution != found.institution, found.institution) == (True, other)


def test_the_secret_is_long_random_shown_once_and_stored_nowhere(
    store: Store, write: Do, read: Do, key: NewKey
) -> None:
    other = write(lambda tx: service.create_key(tx, SHOP))
    assert other.secret != key.secret
    assert len(key.secret.removeprefix(key.key.prefix)) >= 43
    assert key.secret not in repr(key)
    [first, *_] = read(service.api_keys)
    assert first.masked == f"{key.key.prefix}…"
    with store.reader.connect() as conn:
        for table in ("api_keys", "credentials"):
            rows = conn.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
            assert rows
            assert not any(key.secret in str(row) for row in rows)


def test_a_revoked_key_is_told_so_and_stays_in_the_list(
    write: Do, read: Do, store: Store, key: NewKey
) -> None:
    revoked = write(lambda tx: service.revoke_key(tx, key.key.prefix))
    assert revoked.revoked is not None
    with pytest.raises(Refusal) as refused:
        service.authenticate(store, key.secret)
    assert refused.value.problems[0].slug == "key_refused"
    assert key.secret not in str(refused.value)
    assert read(service.api_keys)[0].revoked is not None


def test_a_key_is_revoked_by_name_if_only_one_has_it(write: Do, key: NewKey) -> None:
    write(lambda tx: service.create_key(tx, SHOP))
    with pytest.raises(Refusal) as unclear:
        write(lambda tx: service.revoke_key(tx, "Shop"))
    assert unclear.value.problems[0].slug == "key_unclear"
    write(lambda tx: service.revoke_key(tx, str(key.key.id)))
    assert write(lambda tx: service.revoke_key(tx, "Shop")).id != key.key.id
    with pytest.raises(Refusal) as missing:
        write(lambda tx: service.revoke_key(tx, "Shoe"))
    assert missing.value.problems[0].slug == "key_not_found"


def test_a_ring_remembers_a_good_key_for_a_moment_only(
    store: Store, clock: FixedClock, write: Do, key: NewKey, reads: list[str]
) -> None:
    ring = KeyRing(store, trusted=2)
    assert ring.authenticate(key.secret) is not None
    before = len(reads)
    assert ring.authenticate(key.secret) is not None
    assert len(reads) == before, "the second time nothing is asked"
    write(lambda tx: service.revoke_key(tx, key.key.prefix))
    clock.advance(3)
    with pytest.raises(Refusal):
        ring.authenticate(key.secret)


def test_last_use_is_kept_by_the_hour(store: Store, clock: FixedClock, read: Do, key: NewKey) -> None:
    ring = KeyRing(store, trusted=0)
    began = clock.now()
    ring.authenticate(key.secret)
    clock.advance(60)
    ring.authenticate(key.secret)
    assert read(service.api_keys)[0].last_used == began
    clock.advance(3_700)
    ring.authenticate(key.secret)
    assert read(service.api_keys)[0].last_used == clock.now()


def test_a_fixed_key_is_marked_as_a_demonstration(write: Do, store: Store, house: Institution) -> None:
    fixed = f"demo-api-key-{house.id}-{store.dialect}"
    wish = KeyWish("Demo", {"acq": "write"}, fixed=fixed, environment=Environment.SANDBOX, rate_limit=0)
    key = write(lambda tx: service.create_key(tx, wish))
    assert key.secret == fixed
    assert key.key.demo
    caller = service.authenticate(store, fixed)
    assert caller is not None
    assert (caller.demo, caller.environment, caller.rate_limit) == (True, "sandbox", 0)
    with pytest.raises(Refusal) as taken:
        write(lambda tx: service.create_key(tx, wish))
    assert taken.value.problems[0].slug == "code_taken"


def test_a_wish_that_makes_no_sense_is_refused_whole(write: Do, house: Institution) -> None:
    wish = KeyWish(" ", {"aqc": "write", "conf": "all"}, rate_limit=-1, fixed="short")
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.create_key(tx, wish))
    assert [problem.field for problem in refused.value.problems] == [
        "name", "areas", "areas.conf", "rate_limit", "key",
    ]  # fmt: skip
    assert "Did you mean" not in refused.value.problems[0].message()
