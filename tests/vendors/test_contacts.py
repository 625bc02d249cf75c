"""Whom a letter to a vendor goes to, whatever shape the card was loaded in."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.vendors.contacts import Reached, reached
from openacq.vendors.model import Vendor, VendorAccount


def email(address: str, *kinds: object, preferred: object = False) -> dict[str, object]:
    return {"email_address": address, "email_type": list(kinds), "preferred": preferred}


def vendor(**details: object) -> Vendor:
    return Vendor(1, "V", "", "", "Vendor", details=details)


def account(**details: object) -> VendorAccount:
    return VendorAccount(1, "V-1", details=details)


def info(*emails: object, **more: object) -> dict[str, Any]:
    return {"email": list(emails), **more}


@pytest.mark.parametrize(
    ("of_account", "of_vendor", "found"),
    [
        ({}, {}, ""),
        ({}, info(email("v@x.example", "orderMail")), "v@x.example"),
        (info(email("a@x.example", "orderMail")), info(email("v@x.example", "orderMail")), "a@x.example"),
        (info(email("pay@x.example", "paymentMail")), info(email("v@x.example")), "v@x.example"),
        (info(email("any@x.example"), email("o@x.example", {"value": "orderMail"})), {}, "o@x.example"),
        (
            info(email("1@x.example", "orderMail"), email("2@x.example", "orderMail", preferred=True)),
            {},
            "2@x.example",
        ),
        (info(email("any@x.example"), email("best@x.example", preferred="true")), {}, "best@x.example"),
        (info(email(" ", "orderMail"), email("any@x.example")), {}, "any@x.example"),
        ({"email": email("one@x.example", "orderMail", "claimMail")}, {}, "one@x.example"),
        ({"email": ["not a card", 7, None]}, {"email": "neither"}, ""),
    ],
)
def test_the_address_for_orders(of_account: Any, of_vendor: Any, found: str) -> None:
    card = vendor(contact_info=of_vendor)
    assert reached(card, account(contact_info=of_account), "order").email == found


def test_the_postal_address_is_set_in_lines_and_the_person_named() -> None:
    card = vendor(
        contact_info={
            "address": [
                {"line1": "Claims", "address_type": [{"value": "claim"}]},
                {
                    "line1": "1 Example Street",
                    "line2": "",
                    "city": "Berlin",
                    "postal_code": "10000",
                    "country": {"value": "DEU", "desc": "Germany"},
                    "address_type": ["order"],
                },
            ]
        },
        contact_person=[{"first_name": "Ada", "last_name": "Winter"}],
    )
    assert reached(card, None, "order") == Reached(
        "", ("1 Example Street", "10000 Berlin", "Germany"), "Ada Winter"
    )
    assert reached(card, None, "claim").address == ("Claims",)


def test_a_vendor_nothing_is_known_of_is_not_reached() -> None:
    assert reached(vendor(), None, "order") == Reached()
    assert reached(vendor(contact_info="by mail"), account(), "order") == Reached()
