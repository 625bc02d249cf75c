"""A vendor, an account, a card written whole: what is emptied is empty, what is not named stays."""

from __future__ import annotations

import pytest

from openacq.kernel.refusal import Refusal
from openacq.vendors import service
from openacq.vendors.model import Vendor, VendorLibrary
from tests.conftest import Do

VENDOR: dict[str, object] = {
    "code": "ALBA",
    "name": "Libreria Alba",
    "currency": "EUR",
    "library": ["MAIN", "SCI"],
    "national_tax_id": "IT 77",
    "contact_info": {
        "email": [
            {"preferred": True, "email_address": "all@alba.example"},
            {
                "email_address": "orders@alba.example",
                "email_type": [{"value": "orderMail"}, {"value": "odd"}],
            },
        ],
        "phone": [{"phone_number": "1"}],
    },
    "interface": [{"name": "Alba Online"}],
}
ACCOUNT: dict[str, object] = {
    "vendor": "ALBA",
    "code": "ALBA-1",
    "discount_percent": "12.5",
    "default": "yes",
    "claiming_interval": 14,
    "order_folder": "alba",
}


@pytest.fixture
def loaded(write: Do) -> None:
    write(lambda tx: service.load(tx, "vendor", [VENDOR]))
    write(lambda tx: service.load(tx, "vendor_account", [ACCOUNT]))


def alba(read: Do) -> Vendor:
    vendor = read(lambda tx: service.vendor(tx, "ALBA"))
    assert isinstance(vendor, Vendor)
    return vendor


def slugs(refused: pytest.ExceptionInfo[Refusal]) -> list[tuple[str, str]]:
    return [(problem.slug, problem.field) for problem in refused.value.problems]


# -- vendors ------------------------------------------------------------------------------------


def test_a_vendor_is_emptied_where_it_is_said(loaded: None, write: Do, read: Do) -> None:
    before = alba(read)
    write(
        lambda tx: service.put_vendor(
            tx, {"code": "ALBA", "name": "Alba", "national_tax_id": "", "library": [], "licensor": "yes"}
        )
    )
    after = alba(read)
    assert (after.name, after.national_tax_id, after.libraries, after.licensor) == ("Alba", "", (), True)
    assert (after.id, after.uuid, after.number) == (before.id, before.uuid, before.number)
    assert after.currencies == ("EUR",)
    assert after.details == before.details
    assert [account.code for account in after.accounts] == ["ALBA-1"]


def test_libraries_with_all_below_them_stay_so(loaded: None, write: Do, read: Do) -> None:
    from dataclasses import replace

    from openacq.vendors import store

    wide = replace(alba(read), libraries=(VendorLibrary("MAIN", include_sub_units=True),))
    write(lambda tx: store.write_vendors(tx, [], [wide]))
    write(lambda tx: service.put_vendor(tx, {"code": "ALBA", "library": "MAIN; SCI"}))
    assert alba(read).libraries == (VendorLibrary("MAIN", include_sub_units=True), VendorLibrary("SCI"))


def test_a_vendor_is_made_once(loaded: None, write: Do) -> None:
    made = write(lambda tx: service.put_vendor(tx, {"code": "NEW", "name": "New"}, new=True))
    assert (made.number, made.material_supplier) == ("LVN-2", True)
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.put_vendor(tx, {"code": "NEW", "name": ""}, new=True))
    assert ("code_taken", "code") in slugs(refused)
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.put_vendor(tx, {"code": "OLD", "name": "", "kind": "grocer"}))
    assert set(slugs(refused)) == {
        ("record_missing", "code"),
        ("field_missing", "name"),
        ("value_not_listed", "kind"),
    }


# -- accounts -----------------------------------------------------------------------------------


def test_an_account_is_emptied_where_it_is_said(loaded: None, write: Do, read: Do) -> None:
    cells = {
        "vendor": "ALBA",
        "code": "ALBA-1",
        "claiming_interval": "",
        "order_folder": "",
        "currency": "EUR",
    }
    write(lambda tx: service.put_account(tx, cells))
    (account,) = alba(read).accounts
    assert (account.claiming_interval, account.order_folder, account.currency) == (None, "", "EUR")
    assert (account.discount, account.is_default) == (125_000, True)


def test_the_default_goes_over_to_another_account(loaded: None, write: Do, read: Do) -> None:
    cells = {"vendor": "ALBA", "code": "ALBA-2", "default": "yes"}
    write(lambda tx: service.put_account(tx, cells, new=True))
    assert {one.code: one.is_default for one in alba(read).accounts} == {"ALBA-1": False, "ALBA-2": True}
    write(lambda tx: service.put_account(tx, {"vendor": "ALBA", "code": "ALBA-1", "default": "yes"}))
    assert {one.code: one.is_default for one in alba(read).accounts} == {"ALBA-1": True, "ALBA-2": False}


@pytest.mark.parametrize(
    ("cells", "new", "found"),
    [
        ({"vendor": "ALBA", "code": "ALBA-1"}, True, ("code_taken", "code")),
        ({"vendor": "ALBA", "code": "ALBA-9"}, False, ("record_missing", "code")),
        ({"vendor": "NOBODY", "code": "X"}, True, ("account_vendor_missing", "vendor")),
        ({"vendor": "ALBA", "code": ""}, True, ("field_missing", "code")),
        ({"vendor": "ALBA", "code": "X", "send_orders": "pigeon"}, True, ("value_not_listed", "send_orders")),
    ],
    ids=str,
)
def test_an_account_that_cannot_be_is_refused(
    loaded: None, write: Do, cells: dict[str, object], new: bool, found: tuple[str, str]
) -> None:
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.put_account(tx, cells, new=new))
    assert found in slugs(refused)


def test_an_account_stays_with_its_vendor(loaded: None, write: Do) -> None:
    write(lambda tx: service.put_vendor(tx, {"code": "NEW", "name": "New"}, new=True))
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.put_account(tx, {"vendor": "NEW", "code": "ALBA-1"}, new=True))
    assert ("account_taken", "code") in slugs(refused)


# -- cards --------------------------------------------------------------------------------------


def test_an_entry_keeps_what_is_not_known_here(loaded: None, write: Do, read: Do) -> None:
    write(
        lambda tx: service.put_entry(
            tx, "ALBA", "", "email", 1,
            {"email_address": "books@alba.example", "description": "Books", "purposes": ["order", "claim"],
             "preferred": "yes"},
        )
    )  # fmt: skip
    vendor = alba(read)
    first, second = service.entries(vendor, "email")
    assert (first.preferred, second.preferred) == (False, True)
    assert second.fields == {"email_address": "books@alba.example", "description": "Books"}
    assert second.purposes == ("order", "claim")
    assert "odd" in str(vendor.details["contact_info"])
    assert service.reached(vendor, None, "claim").email == "books@alba.example"
    assert service.reached(vendor, None, "returns").email == "all@alba.example"
    assert vendor.details["interface"] == [{"name": "Alba Online"}]


def test_entries_are_added_and_taken_off(loaded: None, write: Do, read: Do) -> None:
    address = {
        "line1": "Via 1",
        "city": "Roma",
        "postal_code": "00100",
        "country": "ITA",
        "purposes": "order",
    }
    write(lambda tx: service.put_entry(tx, "ALBA", "ALBA-1", "address", None, address))
    write(lambda tx: service.put_entry(tx, "ALBA", "", "person", None, {"last_name": "Bianchi"}))
    write(lambda tx: service.put_entry(tx, "ALBA", "", "note", None, {"content": "Closed\nin August"}))
    vendor = alba(read)
    (account,) = vendor.accounts
    (entry,) = service.entries(account, "address")
    assert (entry.fields["country"], entry.purposes) == ("ITA", ("order",))
    found = service.reached(vendor, account, "order")
    assert (found.address, found.contact) == (("Via 1", "00100 Roma", "ITA"), "Bianchi")
    write(lambda tx: service.drop_entry(tx, "ALBA", "ALBA-1", "address", 0))
    write(lambda tx: service.drop_entry(tx, "ALBA", "", "phone", 0))
    vendor = alba(read)
    assert service.entries(vendor.accounts[0], "address") == ()
    assert service.entries(vendor, "phone") == ()
    assert len(service.entries(vendor, "email")) == 2


@pytest.mark.parametrize(
    ("where", "kind", "at", "cells", "found"),
    [
        ("", "email", None, {"email_address": "nonsense"}, ("value_wrong_type", "email_address")),
        ("", "email", None, {"description": "x"}, ("field_missing", "email_address")),
        ("", "email", None, {"email_address": "a@b.c", "purposes": "fun"}, ("value_not_listed", "purposes")),
        ("", "email", 7, {"email_address": "a@b.c"}, ("record_missing", "at")),
        ("", "web_address", None, {"url": "javascript:alert(1)"}, ("value_wrong_type", "url")),
        ("", "fax", None, {}, ("record_missing", "kind")),
        ("ALBA-1", "note", None, {"content": "x"}, ("record_missing", "kind")),
        ("ALBA-9", "email", None, {"email_address": "a@b.c"}, ("record_missing", "account")),
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_is_refused(
    loaded: None,
    write: Do,
    read: Do,
    where: str,
    kind: str,
    at: int | None,
    cells: dict[str, object],
    found: tuple[str, str],
) -> None:
    before = alba(read)
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.put_entry(tx, "ALBA", where, kind, at, cells))
    assert found in slugs(refused)
    assert alba(read) == before


def test_a_card_written_oddly_is_read_all_the_same(write: Do, read: Do) -> None:
    odd = {"code": "ODD", "name": "Odd", "contact_info": {"email": {"email_address": "one@odd.example"}}}
    write(lambda tx: service.load(tx, "vendor", [odd]))
    write(lambda tx: service.put_entry(tx, "ODD", "", "email", None, {"email_address": "two@odd.example"}))
    vendor = read(lambda tx: service.vendor(tx, "ODD"))
    assert vendor is not None
    told = [entry.fields["email_address"] for entry in service.entries(vendor, "email")]
    assert told == ["one@odd.example", "two@odd.example"]
