"""Passwords on a vendor's card: closed at rest, opened for writers, closed anew when keys change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from openacq.store import Store, Tx
from openacq.store.seals import CannotOpen, Seals, new_key
from openacq.vendors import service
from openacq.vendors.model import Opened, Vendor
from openacq.vendors.tables import vendor_accounts, vendors
from tests.conftest import Do

CARD: dict[str, Any] = {
    "code": "ALBA",
    "name": "Libreria Alba",
    "edi_info": {
        "code": "ALBA-EDI",
        "server_name": "ftp.alba.example",
        "password": "hush",
        "port_number": 21,
    },
    "interface": [
        {"name": "Alba Online", "admin_info": {"user_id": "lib", "user_password": "hush too"}},
        {"name": "Alba Files", "access_info": {"user_password": ""}},
    ],
}
ACCOUNT: dict[str, Any] = {
    "vendor": "ALBA",
    "code": "ALBA-1",
    "contact_info": {"web_address": [{"url": "https://alba.example", "password": "hush as well"}]},
}
SECRETS = ("hush", "hush too", "hush as well")


@pytest.fixture
def keys(store: Store) -> Iterator[Callable[..., None]]:
    """Gives the server other keys; the ones of before come back at the end."""
    before = store.seals

    def give(*words: str) -> None:
        store.seals = Seals(",".join(words))

    yield give
    store.seals = before


def load(write: Do, *cards: dict[str, Any], kind: str = "vendor") -> list[Any]:
    found: list[Any] = write(lambda tx: service.load(tx, kind, list(cards)))
    return found


def the_vendor(read: Do) -> Vendor:
    found = read(lambda tx: service.vendor(tx, "ALBA"))
    assert found is not None
    return found


def with_secrets(read: Do) -> Opened:
    vendor = the_vendor(read)
    return read(lambda tx: service.with_secrets(tx, vendor))


def opened(read: Do) -> dict[str, Any]:
    return dict(with_secrets(read).vendor.details)


def stored(read: Do) -> str:
    """Everything the database keeps of vendors, as text."""

    def work(tx: Tx) -> str:
        tables = (vendors, vendor_accounts)
        return repr(
            [tx.execute(select(each).where(each.c.institution == tx.institution)).all() for each in tables]
        )

    return read(work)


def test_the_database_holds_no_password(write: Do, read: Do) -> None:
    load(write, CARD)
    load(write, ACCOUNT, kind="vendor_account")
    assert "ftp.alba.example" in stored(read)
    assert "https://alba.example" in stored(read)
    assert "hush" not in stored(read)
    assert stored(read).count("openacq:seal:1:") == 3


def test_those_who_may_write_the_card_read_what_was_written(write: Do, read: Do) -> None:
    load(write, CARD)
    load(write, ACCOUNT, kind="vendor_account")
    assert opened(read) == {name: CARD[name] for name in ("edi_info", "interface")}
    whole = with_secrets(read)
    assert whole.unreadable == ()
    assert dict(whole.vendor.accounts[0].details) == {"contact_info": ACCOUNT["contact_info"]}


def test_passwords_are_left_out_for_readers(write: Do, read: Do) -> None:
    load(write, CARD)
    shown = service.without_secrets(the_vendor(read))
    assert shown.details["edi_info"] == {
        "code": "ALBA-EDI",
        "server_name": "ftp.alba.example",
        "port_number": 21,
    }
    assert "seal" not in repr(shown)


def test_the_same_card_again_changes_nothing_and_another_password_does(write: Do, read: Do) -> None:
    load(write, CARD)
    before = stored(read)
    assert [verdict.outcome for verdict in load(write, CARD)] == ["unchanged"]
    assert stored(read) == before
    changed = {**CARD, "edi_info": {**CARD["edi_info"], "password": "hush anew"}}
    assert [verdict.outcome for verdict in load(write, changed)] == ["updated"]
    assert opened(read)["edi_info"]["password"] == "hush anew"
    assert opened(read)["interface"] == CARD["interface"]
    assert [verdict.outcome for verdict in load(write, {"code": "ALBA", "name": "Alba"})] == ["updated"]
    assert opened(read)["edi_info"]["password"] == "hush anew"


def test_a_card_put_back_as_it_is_kept_stays_as_it_is(write: Do, read: Do, keys: Callable[..., None]) -> None:
    keys(new_key())
    load(write, CARD)
    before = stored(read)
    kept = {"code": "ALBA", **dict(the_vendor(read).details)}
    assert [verdict.outcome for verdict in load(write, kept)] == ["unchanged"]
    keys(new_key())
    assert [verdict.outcome for verdict in load(write, kept)] == ["unchanged"]
    assert stored(read) == before


def test_a_password_moved_to_another_vendor_opens_nothing(write: Do, read: Do) -> None:
    load(write, CARD, {**CARD, "code": "OTHER"})
    mine = the_vendor(read)
    other = read(lambda tx: service.vendor(tx, "OTHER"))
    assert other is not None
    assert mine.details["edi_info"] != other.details["edi_info"]

    def moved(tx: Tx) -> None:
        tx.execute(
            vendors.update()
            .where(vendors.c.institution == tx.institution, vendors.c.code == "ALBA")
            .values(details=dict(other.details))
        )
        tx.registers_changed()

    write(moved)
    found = with_secrets(read)
    assert "hush" not in repr(found)
    assert sorted(found.unreadable) == ["edi_info.password", "interface[0].admin_info.user_password"]


def test_all_are_closed_anew_with_a_new_key(write: Do, read: Do, keys: Callable[..., None]) -> None:
    old, new = new_key(), new_key()
    keys(old)
    load(write, CARD)
    load(write, ACCOUNT, kind="vendor_account")
    keys(new, old)
    assert write(service.seal_anew) == 3
    assert write(service.seal_anew) == 0
    keys(new)
    assert opened(read)["edi_info"]["password"] == "hush"
    keys(old)
    assert opened(read)["edi_info"]["password"] == ""
    keys(new_key())
    with pytest.raises(CannotOpen):
        write(service.seal_anew)


def test_whoever_lost_the_key_gives_the_passwords_anew(
    write: Do, read: Do, keys: Callable[..., None]
) -> None:
    keys(new_key())
    load(write, CARD)
    keys(new_key())
    assert the_vendor(read).name == "Libreria Alba"
    assert [verdict.outcome for verdict in load(write, CARD)] == ["updated"]
    assert opened(read)["edi_info"]["password"] == "hush"


def test_without_a_key_no_password_is_kept(write: Do, read: Do, keys: Callable[..., None]) -> None:
    keys()
    (verdict,) = load(write, CARD)
    assert [(problem.slug, problem.field) for problem in verdict.problems] == [
        ("seal_key_missing", "interface[0].admin_info.user_password"),
        ("seal_key_missing", "edi_info.password"),
    ]
    assert "hush" not in str([problem.message() for problem in verdict.problems])
    (verdict,) = load(write, {"code": "ALBA", "name": "Libreria Alba", "note": [{"content": "no secrets"}]})
    assert verdict.outcome == "created"


@pytest.mark.parametrize("odd", [True, 1.5, ["hush"], {"is": "hush"}])
def test_what_is_no_password_is_refused(write: Do, odd: object) -> None:
    (verdict,) = load(write, {**CARD, "edi_info": {"password": odd}})
    assert [(problem.slug, problem.field) for problem in verdict.problems] == [
        ("value_wrong_type", "edi_info.password")
    ]
    assert "hush" not in str([problem.message() for problem in verdict.problems])
