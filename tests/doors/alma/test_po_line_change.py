"""PUT and DELETE of a PO line, as a client that reads, edits and sends back the whole."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from openacq.kernel.clock import FixedClock
from tests.doors.own.desk import good, own, send, sent
from tests.serving_fixture import Server
from tests.shop import FORMATS, LINES, Format, Shop, codes, order

KINDS: dict[str, dict[str, Any]] = {
    "print": order(),
    "standing order": order(type={"value": "PRINTED_BOOK_SO"}, renewal_date="2027-01-01Z"),
    "e-book": order(type={"value": "E_BOOK_OT"}, location=None, url="https://example.org/book"),
    "three funds": order(
        price={"sum": "10.00", "currency": {"value": "USD"}},
        fund_distribution=[
            {"fund_code": {"value": "HIST"}, "percent": "33.33"},
            {"fund_code": {"value": "ART"}, "percent": "33.33"},
            {"fund_code": {"value": "SCIENCE"}, "percent": "33.34"},
        ],
    ),
    "amounts": order(
        fund_distribution=[
            {"fund_code": {"value": "HIST"}, "amount": {"sum": "50.0", "currency": {"value": "USD"}}}
        ]
    ),
    "many copies, notes, users": order(
        location=[
            {
                "quantity": 2,
                "library": {"value": "MAIN"},
                "shelving_location": "STACKS",
                "copy": [{"barcode": "PUT-1", "description": "v.1"}],
            },
            {"quantity": 1, "library": {"value": "SCI"}, "shelving_location": "STACKS"},
        ],
        note=[{"note_text": "one"}, {"note_text": "two"}],
        interested_user=[{"primary_id": "patron1", "notify_cancel": True}],
        vendor_note="note",
        reporting_code="X",
        rush=True,
        expected_receipt_date="2026-05-01Z",
    ),
    "nothing needed": order(vendor=None, vendor_account=None, price=None, fund_distribution=None),
    "wrong-case fund": order(fund_distribution=[{"fund_code": {"value": "hist"}, "percent": 100}]),
    "a fund too poor": order(fund_distribution=[{"fund_code": {"value": "POOR"}, "percent": 100}]),
}


def get(shop: Shop, number: str, form: Format) -> bytes:
    answer = shop.get(f"{LINES}/{number}", wants=form)
    assert answer.status_code == 200, answer.text
    return answer.content


def put(shop: Shop, number: str, body: bytes, form: Format, **headers: str) -> Any:
    return shop.call("PUT", f"{LINES}/{number}", body, sends=form, wants=form, headers=headers)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_line_put_back_as_it_was_read_is_the_same_to_the_byte(shop: Shop, kind: str, form: Format) -> None:
    number = shop.post(KINDS[kind]).json()["number"]
    before = get(shop, number, form)
    answer = put(shop, number, before, form)
    assert answer.status_code == 200, answer.text
    assert answer.content == before
    assert get(shop, number, form) == before


SHIPPED = tomllib.loads((files("openacq.codes") / "tables" / "PurchaseType.toml").read_text("utf-8"))
EVERY_TYPE = [row["code"] for row in SHIPPED["rows"] if row.get("enabled", True)]


@pytest.mark.parametrize("form", FORMATS)
def test_a_line_of_every_type_is_the_same_when_it_is_put_back(shop: Shop, form: Format) -> None:
    for code in EVERY_TYPE:
        body = order(type={"value": code}, renewal_date="2027-01-01Z", manual_renewal=False)
        made = shop.post(body)
        if "location" in made.text and made.status_code == 400:  # nothing stands on a shelf
            made = shop.post(body | {"location": []})
        assert made.status_code == 200, (code, made.text)
        number = made.json()["number"]
        before = get(shop, number, form)
        answer = put(shop, number, before, form)
        assert (answer.status_code, answer.content) == (200, before), code
        assert get(shop, number, form) == before, code
    assert shop.world.differences() == []


@pytest.mark.parametrize("form", FORMATS)
def test_wherever_a_line_stands_it_is_the_same_when_it_is_put_back(
    shop: Shop, form: Format, clock: FixedClock
) -> None:
    """Sent, received in part and whole, closed, deferred, renewed by hand: days and notes included."""
    price = {"sum": "20.5", "currency": {"value": "EUR"}}
    discounted = order(vendor="CORNER", vendor_account="CORNER-1", price=price)
    two = order(location=[{"quantity": 2, "library": "MAIN", "shelving_location": "STACKS"}])
    journal = order(type="PRINTED_JOURNAL_CO", renewal_date="2026-04-01Z", note=[{"note_text": "kept"}])
    lines = {
        name: shop.ordered(body)["number"] for name, body in (("e", discounted), ("t", two), ("j", journal))
    }
    aside = shop.ordered(order(), requires_manual_review="true")["number"]
    good(own(shop, "POST", "/review/defer", {"numbers": [aside], "until": "2026-05-01", "reason": "later"}))

    def same(*numbers: str) -> None:
        for number in numbers:
            before = get(shop, number, form)
            clock.advance(days=1)
            answer = put(shop, number, before, form)
            assert (answer.status_code, answer.content) == (200, before), json.loads(
                get(shop, number, "json")
            )
            assert get(shop, number, form) == before

    same(aside)
    send(shop, *lines.values())
    same(*lines.values())
    good(own(shop, "POST", "/receipts", {"line": lines["t"], "quantity": 1}))
    good(own(shop, "POST", "/receipts", {"line": lines["j"], "new": {"description": "no. 1"}}))
    same(lines["t"], lines["j"])
    good(own(shop, "POST", "/receipts", {"line": lines["t"]}))
    same(lines["t"])
    good(own(shop, "POST", "/lines/close", {"numbers": [lines["t"]]}))
    same(lines["t"])
    assert shop.world.differences() == []


@pytest.mark.parametrize("form", FORMATS)
def test_a_changed_price_is_kept_and_paid_for(shop: Shop, form: Format) -> None:
    number = shop.post(order()).json()["number"]
    body = get(shop, number, form).replace(b"50.00", b"60.00")
    assert put(shop, number, body, form).status_code == 200
    assert json.loads(get(shop, number, "json"))["price"]["sum"] == "60.00"
    assert shop.world.balance("HIST").encumbered.text() == "60.00"


def test_left_out_fields_take_their_defaults_but_users_and_places_stay(shop: Shop) -> None:
    number = shop.post(KINDS["many copies, notes, users"]).json()["number"]
    body = json.loads(get(shop, number, "json"))
    for name in ("note", "vendor_note", "rush", "interested_user", "location"):
        del body[name]
    assert put(shop, number, json.dumps(body).encode(), "json").status_code == 200
    now = json.loads(get(shop, number, "json"))
    assert (now["note"], now["vendor_note"], now["rush"]) == ([], "", False)
    assert now["interested_user"][0]["primary_id"] == "patron1"
    assert sum(place["quantity"] for place in now["location"]) == 3


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"GOBI-MAIN", b"GOBI-NONE", "401876"),
        (b"PRINTED_BOOK_OT", b"PRINTED_BOOK_OT", None),
        (b"50.00", b"5,00", "401876"),
    ],
)
def test_what_is_wrong_in_a_put_is_401876(
    shop: Shop, form: Format, old: bytes, new: bytes, code: str | None
) -> None:
    number = shop.post(order()).json()["number"]
    before = get(shop, number, form)
    answer = put(shop, number, before.replace(old, new), form)
    if code is None:
        assert answer.status_code == 200
        return
    assert answer.status_code == 400
    assert code in codes(answer)
    assert "Failed to update the PO Line. Error:" in answer.text
    assert get(shop, number, form) == before


@pytest.mark.parametrize("form", FORMATS)
def test_a_put_without_body_or_line(shop: Shop, form: Format) -> None:
    number = shop.post(order()).json()["number"]
    assert codes(put(shop, number, b"", form)) == ["401676"]
    body = get(shop, number, form)
    assert codes(put(shop, "POL-0", body, form)) == ["401871"]
    free = json.loads(get(shop, number, "json")) | {"no_charge": True}
    free["acquisition_method"] = {"value": "GIFT"}
    assert "60320" in codes(put(shop, number, json.dumps(free).encode(), "json"))


@pytest.mark.parametrize("form", FORMATS)
def test_a_put_with_an_old_version_is_refused(shop: Shop, form: Format) -> None:
    number = shop.post(order()).json()["number"]
    body = get(shop, number, form)
    no, yes = (b'"rush":false', b'"rush":true') if form == "json" else (b"<rush>false", b"<rush>true")
    assert put(shop, number, body.replace(no, yes), form, **{"If-Match": '"1"'}).status_code == 200
    answer = put(shop, number, body, form, **{"If-Match": '"1"'})
    assert answer.status_code == 412
    assert json.loads(get(shop, number, "json"))["rush"] is True


def cancel(shop: Shop, number: str, form: Format = "json", **params: str) -> Any:
    how: dict[str, Any] = {"wants": form, **params}
    return shop.call("DELETE", f"{LINES}/{number}", **how)


@pytest.mark.parametrize("form", FORMATS)
def test_a_cancelled_line_gives_everything_back(shop: Shop, form: Format) -> None:
    made = shop.post(order()).json()
    number, bib = made["number"], made["resource_metadata"]["mms_id"]["value"]
    answer = cancel(shop, number, form, reason="LIBRARY_CANCELLED", comment="twice", bib="delete")
    assert (answer.status_code, answer.content) == (204, b"")
    now = json.loads(get(shop, number, "json"))
    assert now["status"]["value"] == "CANCELLED"
    assert shop.world.balance("HIST").encumbered.units == 0
    assert bib
    assert codes(cancel(shop, number, form, reason="LIBRARY_CANCELLED")) == ["401884"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_cancellation_that_is_refused_says_why(shop: Shop, form: Format) -> None:
    number = shop.post(
        order(cancellation_restriction=True, cancellation_restriction_note="non-refundable")
    ).json()["number"]
    refused = cancel(shop, number, form, reason="LIBRARY_CANCELLED")
    assert codes(refused) == ["401881"]
    assert "non-refundable" in refused.text
    assert cancel(shop, number, form, reason="LIBRARY_CANCELLED", override="true").status_code == 204


@pytest.mark.parametrize("form", FORMATS)
def test_a_line_whose_state_does_not_allow_it_is_not_cancelled(shop: Shop, form: Format) -> None:
    """Override passes over restrictions, not over what is over."""
    number = sent(shop)["number"]
    good(own(shop, "POST", "/receipts", {"line": number}))
    waiting = cancel(shop, number, form, reason="LIBRARY_CANCELLED", override="true")
    assert codes(waiting) == ["401874"]
    good(own(shop, "POST", "/lines/close", {"numbers": [number]}))
    assert codes(cancel(shop, number, form, reason="LIBRARY_CANCELLED", override="true")) == ["401874"]
    assert json.loads(get(shop, number, "json"))["status"]["value"] == "CLOSED"


@pytest.mark.parametrize("form", FORMATS)
def test_a_cancellation_needs_a_reason_that_exists_and_a_line(shop: Shop, form: Format) -> None:
    number = shop.post(order()).json()["number"]
    assert cancel(shop, number, form).status_code == 400
    assert cancel(shop, number, form, reason="WHIM").status_code == 400
    assert codes(cancel(shop, "POL-0", form, reason="LIBRARY_CANCELLED")) == ["401871"]
    assert json.loads(get(shop, number, "json"))["status"]["value"] == "AUTO_PACKAGING"


def test_another_institution_s_key_changes_nothing(server: Server, shop: Shop) -> None:
    number = shop.post(order()).json()["number"]
    body = get(shop, number, "json")
    with server.new_shop() as stranger:
        assert codes(put(stranger, number, body, "json")) == ["401871"]
        assert codes(cancel(stranger, number, reason="LIBRARY_CANCELLED")) == ["401871"]
    assert get(shop, number, "json") == body
