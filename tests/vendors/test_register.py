"""The library tells the server about its vendors; everyone else asks."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.vendors import service
from openacq.vendors.model import VendorFilter, VendorKind, VendorRole
from tests.conftest import Do

BOOKSELLER: dict[str, object] = {
    "code": "ALBA",
    "name": "Libreria Alba",
    "currency": "EUR",
    "library": ["MAIN", "SCI"],
    "contact_info": {"email": [{"preferred": True, "email_address": "orders@alba.example"}]},
    "edi_info": {"code": "ALBA-EDI", "server_name": "ftp.alba.example", "password": "hush"},
    "interface": [{"name": "Alba Online", "admin_info": {"user_id": "lib", "user_password": "hush too"}}],
    "note": [{"content": "Closed in August", "creation_date": "2025-08-01Z"}],
}
ACCOUNT: dict[str, object] = {
    "vendor": "ALBA",
    "code": "ALBA-1",
    "discount_percent": "12.5",
    "currency": "EUR",
    "payment_method": ["ACCOUNTINGDEPARTMENT"],
    "expected_receipt_interval": "21",
    "claiming_interval": 14,
    "reclaim_interval": "7",
    "expected_activation_interval": "3",
    "subscription_interval": "365",
    "reference_limit": "12",
}


def outcomes(verdicts: list[Any]) -> list[str]:
    return [verdict.outcome for verdict in verdicts]


def slugs(verdict: Any) -> list[tuple[str, str]]:
    return [(problem.slug, problem.field) for problem in verdict.problems]


@pytest.fixture
def loaded(write: Do) -> None:
    write(lambda tx: service.load(tx, "vendor", [BOOKSELLER]))
    write(lambda tx: service.load(tx, "vendor_account", [ACCOUNT]))


def test_what_was_loaded_comes_back_whole(loaded: None, read: Do) -> None:
    vendor = read(lambda tx: service.vendor(tx, "ALBA"))
    assert vendor is not None
    assert (vendor.name, vendor.kind, vendor.active) == ("Libreria Alba", VendorKind.OTHER, True)
    assert vendor.material_supplier
    assert vendor.number == "LVN-1"
    assert vendor.currencies == ("EUR",)
    assert [library.code for library in vendor.libraries] == ["MAIN", "SCI"]
    kept = {name: value for name, value in BOOKSELLER.items() if name in vendor.details}
    assert dict(read(lambda tx: service.with_secrets(tx, vendor)).vendor.details) == kept
    assert set(kept) == {"contact_info", "edi_info", "interface", "note"}

    account = vendor.account("ALBA-1")
    assert account is not None
    assert account.discount == 125_000
    assert account.expected_receipt_interval == 21
    assert account.claiming_interval == 14
    assert account.reclaim_interval == 7
    assert account.expected_activation_interval == 3
    assert account.subscription_interval == 365
    assert account.expected_invoice_interval is None
    assert account.reference_limit == 12
    assert account.payment_methods == ("ACCOUNTINGDEPARTMENT",)
    assert vendor.default_account == account


def test_a_vendor_is_found_by_each_of_its_names(loaded: None, read: Do) -> None:
    vendor = read(lambda tx: service.vendor(tx, "ALBA"))
    assert vendor is not None
    assert read(lambda tx: service.vendor_by_uuid(tx, vendor.uuid)) == vendor
    assert read(lambda tx: service.vendor_by_number(tx, "LVN-1")) == vendor
    assert read(lambda tx: service.vendor_by_id(tx, vendor.id)) == vendor
    assert read(lambda tx: service.vendor(tx, "alba")) is None
    assert read(lambda tx: service.similar_codes(tx, "alba")) == ("ALBA",)
    assert read(lambda tx: service.similar_codes(tx, "ALBAA")) == ("ALBA",)


def test_another_institution_sees_nothing(loaded: None, read: Do, institution: int) -> None:
    assert read(lambda tx: service.vendor(tx, "ALBA"), institution=institution + 100_000) is None


def test_loading_again_changes_nothing(loaded: None, write: Do, read: Do) -> None:
    before = read(lambda tx: service.vendor(tx, "ALBA"))
    assert outcomes(write(lambda tx: service.load(tx, "vendor", [BOOKSELLER]))) == ["unchanged"]
    assert outcomes(write(lambda tx: service.load(tx, "vendor_account", [ACCOUNT]))) == ["unchanged"]
    assert read(lambda tx: service.vendor(tx, "ALBA")) == before


def test_a_change_is_seen_at_once_and_keeps_accounts_and_numbers(loaded: None, write: Do, read: Do) -> None:
    before = read(lambda tx: service.vendor(tx, "ALBA"))
    changed = {**BOOKSELLER, "name": "Alba Libri", "kind": "oasis"}
    assert outcomes(write(lambda tx: service.load(tx, "vendor", [changed]))) == ["updated"]
    vendor = read(lambda tx: service.vendor(tx, "ALBA"))
    assert before is not None
    assert vendor is not None
    assert (vendor.name, vendor.kind) == ("Alba Libri", VendorKind.OASIS)
    assert (vendor.uuid, vendor.number, vendor.accounts) == (before.uuid, before.number, before.accounts)


def test_a_new_default_takes_the_place_of_the_old_one(loaded: None, write: Do, read: Do) -> None:
    rows: list[dict[str, object]] = [
        {"vendor": "ALBA", "code": "ALBA-2", "default": True},
        {"vendor": "ALBA", "code": "ALBA-3"},
        {"vendor": "ALBA", "code": "ALBA-4", "default": "yes"},
    ]
    write(lambda tx: service.load(tx, "vendor_account", rows))
    vendor = read(lambda tx: service.vendor(tx, "ALBA"))
    assert vendor is not None
    assert [account.code for account in vendor.accounts if account.is_default] == ["ALBA-4"]
    assert vendor.default_account is not None
    assert vendor.default_account.code == "ALBA-4"


def test_without_a_mark_only_a_single_active_account_is_the_default(
    loaded: None, write: Do, read: Do
) -> None:
    write(lambda tx: service.load(tx, "vendor_account", [{"vendor": "ALBA", "code": "ALBA-2"}]))
    vendor = read(lambda tx: service.vendor(tx, "ALBA"))
    assert vendor is not None
    assert vendor.default_account is None
    off = {"vendor": "ALBA", "code": "ALBA-2", "status": "inactive"}
    write(lambda tx: service.load(tx, "vendor_account", [off]))
    vendor = read(lambda tx: service.vendor(tx, "ALBA"))
    assert vendor is not None
    assert vendor.default_account is not None
    assert vendor.default_account.code == "ALBA-1"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"code": ""}, ("field_missing", "code")),
        ({"name": None}, ("field_missing", "name")),
        ({"kind": "yankee"}, ("value_not_listed", "kind")),
        ({"status": "ASLEEP"}, ("value_not_listed", "status")),
        ({"liable_for_vat": "perhaps"}, ("value_wrong_type", "liable_for_vat")),
        ({"nmae": "Alba"}, ("column_unknown", "nmae")),
        ({"uuid": "no-uuid"}, ("value_wrong_type", "uuid")),
        ({"contact_info": "by mail"}, ("value_wrong_type", "contact_info")),
        ({"governmental": True, "licensor": True}, ("vendor_role_clash", "governmental")),
        ({"governmental": True}, ("vendor_role_clash", "governmental")),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(
    change: dict[str, object], problem: tuple[str, str], write: Do, read: Do
) -> None:
    verdicts = write(lambda tx: service.load(tx, "vendor", [{**BOOKSELLER, **change}]))
    assert outcomes(verdicts) == ["refused"]
    assert problem in slugs(verdicts[0])
    assert read(lambda tx: service.vendor(tx, "ALBA")) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"vendor": "NOBODY"}, ("account_vendor_missing", "vendor")),
        ({"discount_percent": 12.5}, ("value_wrong_type", "discount_percent")),
        ({"discount_percent": "101"}, ("value_wrong_type", "discount_percent")),
        ({"claiming_interval": "soon"}, ("value_wrong_type", "claiming_interval")),
        ({"claiming_interval": "-1"}, ("value_wrong_type", "claiming_interval")),
        ({"currency": "EURO"}, ("value_wrong_type", "currency")),
    ],
)
def test_a_wrong_account_is_refused(
    change: dict[str, object], problem: tuple[str, str], write: Do, read: Do
) -> None:
    write(lambda tx: service.load(tx, "vendor", [BOOKSELLER]))
    verdicts = write(lambda tx: service.load(tx, "vendor_account", [{**ACCOUNT, **change}]))
    assert outcomes(verdicts) == ["refused"]
    assert slugs(verdicts[0]) == [problem]


def test_an_account_code_belongs_to_one_vendor(loaded: None, write: Do) -> None:
    other = {"code": "BUCH", "name": "Buchladen"}
    write(lambda tx: service.load(tx, "vendor", [other]))
    taken = {**ACCOUNT, "vendor": "BUCH"}
    verdicts = write(lambda tx: service.load(tx, "vendor_account", [taken]))
    assert slugs(verdicts[0]) == [("account_taken", "code")]


def test_the_governmental_vendor_stands_alone(write: Do) -> None:
    tax_office: dict[str, object] = {
        "code": "TAX",
        "name": "Tax office",
        "governmental": True,
        "liable_for_vat": True,
    }
    second = {**tax_office, "code": "TAX2"}
    verdicts = write(lambda tx: service.load(tx, "vendor", [tax_office, second]))
    assert outcomes(verdicts) == ["created", "refused"]


def test_the_list_is_narrowed_by_status_role_and_words(loaded: None, write: Do, read: Do) -> None:
    more: list[dict[str, object]] = [
        {"code": "GOBI", "name": "GOBI Library Solutions", "kind": "gobi", "access_provider": True},
        {"code": "OLD", "name": "Old Bookhouse", "status": "INACTIVE"},
        {"code": "P_C", "name": "Percent & Cent", "library": "LAW"},
    ]
    write(lambda tx: service.load(tx, "vendor", more))

    def codes(**wanted: Any) -> list[str]:
        page = read(lambda tx: service.vendors(tx, VendorFilter(**wanted), 10))
        assert page.total == len(page.vendors)
        return [vendor.code for vendor in page.vendors]

    assert codes() == ["ALBA", "GOBI", "OLD", "P_C"]
    assert codes(active=True) == ["ALBA", "GOBI", "P_C"]
    assert codes(active=False) == ["OLD"]
    assert codes(role=VendorRole.ACCESS_PROVIDER) == ["GOBI"]
    assert codes(role=VendorRole.LICENSOR) == []
    assert codes(search=(("name", ("LIBR",)),)) == ["ALBA", "GOBI"]
    assert codes(search=(("name", ("libr", "alb")),)) == ["ALBA"]
    assert codes(search=(("code", ("p_c",)),)) == ["P_C"]
    assert codes(search=(("code", ("_",)),)) == ["P_C"]
    assert codes(search=(("library", ("sci",)),)) == ["ALBA"]
    assert codes(search=(("interface_name", ("online",)),)) == ["ALBA"]
    assert codes(search=(("", ("alba",)),)) == ["ALBA"]
    assert codes(only="GOBI") == ["GOBI"]


def test_pages_are_stable_and_carry_accounts(loaded: None, write: Do, read: Do) -> None:
    many: list[dict[str, object]] = [{"code": f"V{number:02}", "name": f"V {number}"} for number in range(7)]
    write(lambda tx: service.load(tx, "vendor", many))
    first = read(lambda tx: service.vendors(tx, VendorFilter(), 3))
    last = read(lambda tx: service.vendors(tx, VendorFilter(), 3, 6))
    assert [vendor.code for vendor in first.vendors] == ["ALBA", "V00", "V01"]
    assert [len(vendor.accounts) for vendor in first.vendors] == [1, 0, 0]
    assert [vendor.code for vendor in last.vendors] == ["V05", "V06"]
    assert (first.total, last.total) == (8, 8)
    assert read(lambda tx: service.vendors(tx, VendorFilter(), 0)).total == 8
