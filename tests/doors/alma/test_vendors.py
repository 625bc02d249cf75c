"""A shop looks itself up; a finance script reads payment addresses."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.store import Tx
from openacq.vendors import service as vendors
from tests.conftest import Do
from tests.doors.alma.calls import BASE, Alma, alma, members, new_key
from tests.ledger.money import place

__all__ = ["alma"]

HERE = f"{BASE}/almaws/v1/acq/vendors"
ALBA: dict[str, object] = {
    "code": "ALBA & CO",
    "name": "Libreria Alba",
    "financial_sys_code": "F-77",
    "language": "en",
    "currency": "EUR",
    "library": ["MAIN", "SCI"],
    "contact_person": {"first_name": "Pia", "last_name": "Alba"},
    "contact_info": {
        "address": [
            {
                "preferred": "true",
                "line1": "Via Uno 1",
                "city": "Roma",
                "country": "ITA",
                "start_date": "2015-07-20",
                "address_type": ["payment", {"value": "order", "desc": "Order"}],
            }
        ]
    },
    "edi_info": {"code": "ALBA-EDI", "port_number": 21, "password": "hush", "secured_ftp": True},
    "interface": [
        {
            "name": "Alba Online",
            "status": {"value": "ACTIVE"},
            "admin_info": {"user_id": "lib", "user_password": "hush too"},
            "interface_notes": [{"note_text": "by hand"}],
        }
    ],
    "note": [{"content": "Closed in August", "creation_date": "2025-08-01Z"}],
}
GOBI: dict[str, object] = {
    "code": "GOBI",
    "name": "GOBI Library Solutions",
    "kind": "gobi",
    "access_provider": True,
}
OLD: dict[str, object] = {"code": "OLD", "name": "Old Bookhouse", "status": "INACTIVE"}
ACCOUNTS: list[dict[str, object]] = [
    {
        "vendor": "ALBA & CO",
        "code": "ALBA-1",
        "description": "Standing orders",
        "discount_percent": "12.5",
        "payment_method": "CASH",
        "claiming_interval": "14",
        "library": "SCI",
    },
    {"vendor": "GOBI", "code": "GOBI-MAIN"},
]
ORDER = [
    "code",
    "name",
    "additional_code",
    "financial_sys_code",
    "national_tax_id",
    "status",
    "liable_for_vat",
    "language",
    "material_supplier",
    "access_provider",
    "licensor",
    "governmental",
    "vendor_libraries",
    "vendor_currencies",
    "accounts",
    "contact_persons",
    "interfaces",
    "contact_info",
    "edi_info",
    "notes",
]


@pytest.fixture
def key(write: Do) -> str:
    """A reading key of a library with three vendors."""

    def furnish(tx: Tx) -> None:
        place(tx)
        for kind, rows in (("vendor", [ALBA, GOBI, OLD]), ("vendor_account", ACCOUNTS)):
            assert not [verdict for verdict in vendors.load(tx, kind, rows) if verdict.problems]

    write(furnish)
    return new_key(write, areas={"acq": "read"})


def codes(answer: Any) -> list[str]:
    assert answer.status == 200, answer.json
    return [vendor["code"] for vendor in answer.json.get("vendor", [])]


def test_a_vendor_with_its_whole_card(key: str, alma: Alma) -> None:
    answer = alma("/acq/vendors/ALBA%20%26%20CO", key)
    assert answer.status == 200
    shown = answer.json
    assert shown["link"] == f"{HERE}/ALBA%20%26%20CO"
    assert shown["code"] == "ALBA & CO"
    assert shown["financial_sys_code"] == "F-77"
    assert shown["status"] == {"value": "ACTIVE", "desc": "Active"}
    assert shown["language"]["value"] == "en"
    assert (shown["material_supplier"], shown["governmental"], shown["liable_for_vat"]) == (
        True,
        False,
        False,
    )
    assert shown["library"] == [
        {"include_sub_units": False, "code": {"value": "MAIN", "desc": "Main"}},
        {"include_sub_units": False, "code": {"value": "SCI", "desc": "Science"}},
    ]
    assert shown["currency"] == [{"value": "EUR", "desc": "Euro"}]
    assert shown["contact_person"] == [{"first_name": "Pia", "last_name": "Alba"}]
    (address,) = shown["contact_info"]["address"]
    assert (address["preferred"], address["line1"], address["country"]) == (
        True,
        "Via Uno 1",
        {"value": "ITA"},
    )
    assert address["start_date"] == "2015-07-20"
    assert [kind["value"] for kind in address["address_type"]] == ["payment", "order"]
    assert shown["contact_info"]["email"] == []
    assert shown["note"] == [{"content": "Closed in August", "creation_date": "2025-08-01Z"}]
    (account,) = shown["account"]
    assert (account["code"], account["discount_percent"], account["claiming_interval"]) == (
        "ALBA-1",
        "12.5",
        "14",
    )
    assert account["reclaim_interval"] == ""
    assert account["payment_method"][0]["value"] == "CASH"
    assert account["library"][0]["code"]["value"] == "SCI"


def test_the_same_vendor_in_xml(key: str, alma: Alma) -> None:
    answer = alma("/acq/vendors/ALBA%20%26%20CO", key)
    assert answer.xml.tag == "vendor"
    assert answer.xml.get("link") == answer.json["link"]
    assert members(answer.xml) == ORDER
    assert answer.xml.xpath("string(status/@desc)") == "Active"
    (address,) = answer.xml.findall("contact_info/addresses/address")
    assert address.get("preferred") == "true"
    assert [kind.text for kind in address.findall("address_types/address_type")] == ["payment", "order"]
    assert answer.xml.findtext("accounts/account/discount_percent") == "12.5"
    assert answer.xml.findtext("vendor_libraries/library/code") == "MAIN"
    assert answer.xml.findtext("notes/note/content") == "Closed in August"


def test_an_empty_card_is_printed_empty(key: str, alma: Alma) -> None:
    answer = alma("/acq/vendors/GOBI", key)
    assert members(answer.xml) == ORDER
    for empty in ("interfaces", "edi_info", "notes", "contact_persons", "vendor_libraries"):
        assert [len(element) for element in answer.xml.findall(empty)] == [0]
    assert answer.json["interface"] == []
    assert answer.json["edi_info"] == {}
    assert answer.json["contact_info"] == {"address": [], "email": [], "phone": [], "web_address": []}


@pytest.mark.parametrize("asked", ["gobi", "NOBODY", "%2F", "ALBA"])
def test_no_such_vendor(asked: str, key: str, alma: Alma) -> None:
    answer = alma(f"/acq/vendors/{asked}", key)
    assert answer.status == 400
    assert answer.error[0] == "402880"


def test_the_list_is_narrowed_and_paged(key: str, alma: Alma) -> None:
    def shown(**params: str) -> list[str]:
        return codes(alma("/acq/vendors/", key, **params))

    assert shown() == ["ALBA & CO", "GOBI", "OLD"]
    assert shown(status="active") == ["ALBA & CO", "GOBI"]
    assert shown(status="INACTIVE") == ["OLD"]
    assert shown(status="all", type="access_provider") == ["GOBI"]
    assert shown(type="licensor") == []
    assert shown(q="name~libr") == ["ALBA & CO", "GOBI"]
    assert shown(q="name~GOBI_Library") == ["GOBI"]
    assert shown(q="code~alba") == ["ALBA & CO"]
    assert shown(q="library~SCI") == ["ALBA & CO"]
    assert shown(q="interface_name~online") == ["ALBA & CO"]
    assert shown(q="bookhouse") == ["OLD"]
    assert shown(q="name~libr AND code~gobi") == ["GOBI"]
    assert shown(limit="1", offset="1") == ["GOBI"]
    assert alma("/acq/vendors", key, q="name~nothing").json == {"total_record_count": 0}
    assert alma("/acq/vendors", key, limit="0").json == {"total_record_count": 3}


@pytest.mark.parametrize("params", [{"status": "asleep"}, {"type": "bookshop"}, {"q": "city~Roma"}])
def test_a_wrong_filter_is_told_with_what_is_possible(params: dict[str, str], key: str, alma: Alma) -> None:
    assert alma("/acq/vendors", key, **params).error[0] == "40166410"


def test_passwords_are_for_the_library_s_own_writing_keys(key: str, alma: Alma, write: Do) -> None:
    path = "/acq/vendors/ALBA%20%26%20CO"
    reading = alma(path, key)
    assert "hush" not in str(reading.json)
    assert reading.json["edi_info"] == {"code": "ALBA-EDI", "port_number": 21, "secured_ftp": True}
    writing = new_key(write, areas={"acq": "write"})
    shown = alma(path, writing).json
    assert shown["edi_info"]["password"] == "hush"
    assert shown["interface"][0]["admin_info"]["user_password"] == "hush too"
    tied = new_key(write, areas={"acq": "write"}, vendor="ALBA & CO")
    assert "hush" not in str(alma(path, tied).json)
    assert "hush" not in str(alma("/acq/vendors", tied).json)


def test_a_vendor_sees_itself_alone(key: str, alma: Alma, write: Do) -> None:
    tied = new_key(write, areas={"acq": "write"}, vendor="GOBI", libraries={"SCI"})
    assert codes(alma("/acq/vendors", tied)) == ["GOBI"]
    assert alma("/acq/vendors", tied).json["total_record_count"] == 1
    assert alma("/acq/vendors/GOBI", tied).status == 200
    answer = alma("/acq/vendors/OLD", tied)
    assert answer.error == ("402880", "Vendor OLD not found.")


def test_a_card_that_makes_no_sense_does_not_hide_the_vendor(key: str, alma: Alma, write: Do) -> None:
    odd: dict[str, object] = {
        "code": "ODD",
        "name": "Odd",
        "edi_info": {"secured_ftp": "perhaps"},
        "note": [{"content": "fine"}],
    }
    write(lambda tx: vendors.load(tx, "vendor", [odd]))
    answer = alma("/acq/vendors/ODD", key)
    assert answer.status == 200
    assert answer.json["edi_info"] == {}
    assert answer.json["note"] == [{"content": "fine"}]
