"""Staff look after letters and their wording through our own door."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest

from openacq.letters import service as letters
from openacq.letters.kinds import KINDS
from openacq.letters.model import Way
from tests.doors.own.desk import good, own, slug
from tests.letters.post_office import PostOffice
from tests.ordering.buying import ORDERS_MAIL, account, bring, with_mail, work
from tests.serving_fixture import Server
from tests.shop import LINES, Shop, order

TEMPLATE = "/letter-kinds/order/templates/en"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    opened = PostOffice().open()
    yield opened
    opened.close()


def packed(shop: Shop, count: int = 1) -> tuple[list[str], str]:
    """Lines bought by a letter that waits to leave, and their PO."""
    with_mail(shop.world)
    numbers = [shop.ordered(order(acquisition_method={"value": "PURCHASE"}))["number"] for _ in range(count)]
    (po,) = good(own(shop, "POST", "/packaging/run"))["orders"]
    work(shop.world)
    return numbers, po


def listed(shop: Shop, **params: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = good(own(shop, "GET", "/letters", **params)).get("letters", [])
    return found


# -- letters ------------------------------------------------------------------------------------


def test_letters_are_listed_by_what_became_of_them_and_what_they_are_about(
    shop: Shop, office: PostOffice
) -> None:
    _, first = packed(shop)
    bring(shop.world, office)
    _, second = packed(shop)
    assert [letter["about"] for letter in listed(shop)] == [second, first]
    assert [letter["about"] for letter in listed(shop, state="waiting,failed")] == [second]
    assert [letter["state"] for letter in listed(shop, about=first)] == ["sent"]
    assert [letter["about"] for letter in listed(shop, about_kind="purchase_order", limit="1")] == [second]
    assert len(listed(shop, kind="order", recipient=ORDERS_MAIL.upper())) == 2
    assert listed(shop, kind="claim") == []
    assert len(listed(shop, since="2026-03-02", until="2026-03-03")) == 2
    assert listed(shop, until="2026-03-02") == []
    assert "text" not in listed(shop)[0]


def test_one_letter_is_read_with_its_words_and_its_pdf(shop: Shop) -> None:
    (number,), po = packed(shop)
    (head,) = listed(shop)
    letter = good(own(shop, "GET", f"/letters/{head['id']}"))
    assert (letter["kind"], letter["about_kind"], letter["about"]) == ("order", "purchase_order", po)
    assert (letter["state"], letter["way"], letter["recipient"]) == ("waiting", "mail", ORDERS_MAIL)
    assert number in letter["text"]
    assert number in letter["html"]
    (attached,) = letter["attachments"]
    file = own(shop, "GET", f"/letters/{head['id']}/attachments/1")
    assert file.headers["content-type"] == attached["type"] == "application/pdf"
    assert number in pypdf.PdfReader(io.BytesIO(file.content)).pages[0].extract_text()
    assert slug(own(shop, "GET", f"/letters/{head['id']}/attachments/2")) == (404, "record_missing")
    assert head["link"].endswith(f"/openacq/v1/letters/{head['id']}")


def test_a_letter_kept_back_leaves_its_po_unsent_until_it_is_sent_again(
    shop: Shop, office: PostOffice
) -> None:
    _, po = packed(shop)
    (head,) = listed(shop)
    kept = good(own(shop, "POST", f"/letters/{head['id']}/cancel", {"reason": "ordered by phone"}))
    assert (kept["state"], kept["error"]) == ("cancelled", "ordered by phone (shop key)")
    bring(shop.world, office)
    assert office.received == []
    standing = good(own(shop, "GET", f"/orders/{po}"))
    assert (standing["state"], standing["send_state"]) == ("APPROVED", "failed")
    assert standing["send_error"] == "its letter was cancelled: ordered by phone (shop key)"
    again = good(own(shop, "POST", f"/letters/{head['id']}/resend", {}))
    assert (again["id"], again["state"]) == (head["id"], "waiting")
    bring(shop.world, office)
    assert good(own(shop, "GET", f"/orders/{po}"))["state"] == "SENT"
    assert len(office.received) == 1


def test_a_sent_order_is_sent_again_as_a_copy_and_to_another_address_as_it_was(
    shop: Shop, office: PostOffice
) -> None:
    packed(shop)
    bring(shop.world, office)
    (head,) = listed(shop)
    copy = good(own(shop, "POST", f"/letters/{head['id']}/resend"))
    assert copy["id"] != head["id"]
    assert "Copy" in copy["subject"]
    other = good(own(shop, "POST", f"/letters/{head['id']}/resend", {"recipient": "boss@gobi.example"}))
    assert (other["subject"], other["recipient"]) == (head["subject"], "boss@gobi.example")
    bring(shop.world, office)
    assert [each.recipients for each in office.received] == [
        [ORDERS_MAIL],
        [ORDERS_MAIL],
        ["boss@gobi.example"],
    ]


def test_dead_letters_are_sent_again_together(shop: Shop, office: PostOffice) -> None:
    packed(shop)
    office.to_recipient = lambda _: "550 no such user"
    bring(shop.world, office)
    assert [letter["state"] for letter in listed(shop)] == ["dead"]
    assert "550" in listed(shop)[0]["error"]
    office.to_recipient = lambda _: "250 OK"
    done = good(own(shop, "POST", "/letters/resend"))
    assert done == {"ids": [listed(shop)[0]["id"]]}
    bring(shop.world, office)
    assert good(own(shop, "POST", "/letters/resend", done))["ids"] == [], "it has left"
    assert len(office.received) == 1


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/letters/0", (404, "letter_not_found")),
        ("GET", "/letters/x", (404, "letter_not_found")),
        ("GET", "/letters?state=lost", (400, "parameter_invalid")),
        ("GET", "/letters?kind=post", (400, "parameter_invalid")),
        ("GET", "/letters?about=12", (400, "parameter_invalid")),
        ("GET", "/letters?since=soon", (400, "date_malformed")),
        ("POST", "/letters/0/resend", (404, "letter_not_found")),
        ("POST", "/letters/0/cancel", (404, "letter_not_found")),
        ("GET", "/letter-kinds/post", (404, "letter_kind_unknown")),
        ("GET", "/letter-kinds/order/templates/english", (400, "language_invalid")),
        ("DELETE", "/letter-kinds/post/templates/en", (404, "letter_kind_unknown")),
    ],
)
def test_what_is_not_there_is_told(shop: Shop, method: str, path: str, expected: tuple[int, str]) -> None:
    assert slug(own(shop, method, path)) == expected


def test_what_a_letter_does_not_allow_is_told(shop: Shop, office: PostOffice) -> None:
    packed(shop)
    (head,) = listed(shop)
    assert slug(own(shop, "POST", f"/letters/{head['id']}/resend")) == (409, "letter_state")
    assert good(own(shop, "POST", f"/letters/{head['id']}/cancel"))["error"] == "by hand (shop key)"
    bad = own(shop, "POST", f"/letters/{head['id']}/resend", {"recipient": "a@b.example, c@d.example"})
    assert slug(bad) == (400, "recipient_invalid")
    shop.world.write(lambda tx: letters.resend(tx, head["id"]))
    shop.world.write(lambda tx: letters.take(tx, [Way.MAIL]))
    assert slug(own(shop, "POST", f"/letters/{head['id']}/cancel")) == (409, "letter_state")


def test_strangers_and_vendors_read_no_letters(server: Server, shop: Shop) -> None:
    packed(shop)
    (head,) = listed(shop)
    with server.new_shop(shop.world, name="gobi", vendor="GOBI") as gobi, server.new_shop() as stranger:
        assert own(gobi, "GET", "/letters").status_code == 403
        assert listed(stranger) == []
        assert slug(own(stranger, "GET", f"/letters/{head['id']}")) == (404, "letter_not_found")
        assert own(stranger, "PUT", TEMPLATE, {"subject": "Ours"}).status_code == 200
    assert good(own(shop, "GET", TEMPLATE))["own"] == []


# -- cancelling tells the vendor ----------------------------------------------------------------


def test_cancelling_by_either_door_tells_the_vendor_when_it_is_asked_to(
    shop: Shop, office: PostOffice
) -> None:
    numbers, po = packed(shop, 4)
    bring(shop.world, office)
    body = {"numbers": numbers[:2], "reason": "LIBRARY_CANCELLED", "inform_vendor": True}
    told = good(own(shop, "POST", "/review/cancel", {**body, "preview": True}))["lines"]
    assert listed(shop, kind="cancellation") == [], "it was a preview"
    assert all("letter" in line for line in told)
    told = good(own(shop, "POST", "/review/cancel", body))["lines"]
    (letter,) = listed(shop, kind="cancellation")
    assert [line["letter"] for line in told] == [letter["id"]] * 2
    assert letter["about"] == po
    gone = shop.call(
        "DELETE",
        f"{LINES}/{numbers[2]}",
        reason="LIBRARY_CANCELLED",
        comment="Double order.",
        inform_vendor="true",
    )
    assert gone.status_code == 204
    quiet = shop.call("DELETE", f"{LINES}/{numbers[3]}", reason="LIBRARY_CANCELLED")
    assert quiet.status_code == 204
    bring(shop.world, office)
    texts = [each.part("plain") for each in office.received[1:]]
    assert len(texts) == 2
    assert [all(number in text for number in numbers[:2]) for text in texts] == [True, False]
    assert "Double order." in texts[1]
    assert not any(numbers[3] in text for text in texts)


def test_who_cannot_be_told_is_named(shop: Shop, office: PostOffice) -> None:
    (number,), _ = packed(shop)
    bring(shop.world, office)
    account(shop.world, send_orders="none")
    body = {"numbers": [number], "reason": "LIBRARY_CANCELLED", "inform_vendor": True}
    (line,) = good(own(shop, "POST", "/review/cancel", body))["lines"]
    assert line["not_informed"] == "account GOBI-MAIN gets no letters"
    assert "letter" not in line


# -- wording ------------------------------------------------------------------------------------


def test_every_kind_is_listed_and_one_has_its_facts(shop: Shop) -> None:
    kinds = good(own(shop, "GET", "/letter-kinds"))["kinds"]
    assert [kind["code"] for kind in kinds] == list(KINDS)
    assert all(kind["languages"] == ["de", "en"] and kind["enabled"] for kind in kinds)
    facts = good(own(shop, "GET", "/letter-kinds/order"))["facts"]
    assert {
        "path": "order.number",
        "type": "text",
        "about": "number of the purchase order",
        "example": "PO-2026-1001",
    } in facts


def test_a_template_is_overridden_tried_first_and_put_back(shop: Shop, office: PostOffice) -> None:
    shipped = good(own(shop, "GET", TEMPLATE))
    assert shipped["own"] == []
    assert "{{ order.number }}" in shipped["subject"]
    mine = {"subject": "Our order {{ order.number }}", "text": "Dear all,\n\n  {{ library.name }}"}
    shown = good(own(shop, "POST", f"{TEMPLATE}/preview", mine))
    assert shown["subject"] == "Our order PO-2026-1001"
    assert "  Main Library" in shown["text"]
    assert good(own(shop, "GET", TEMPLATE)) == shipped, "a preview keeps nothing"
    kept = good(own(shop, "PUT", TEMPLATE, mine))
    assert (kept["own"], kept["changed_by"]) == (["subject", "text"], "shop key")
    assert (kept["subject"], kept["text"]) == (mine["subject"], mine["text"])
    _, po = packed(shop)
    bring(shop.world, office)
    assert office.received[0].message["Subject"] == f"Our order {po}"
    assert good(own(shop, "POST", f"{TEMPLATE}/preview"))["subject"] == "Our order PO-2026-1001"
    assert good(own(shop, "DELETE", TEMPLATE)) == shipped
    packed(shop)
    bring(shop.world, office)
    assert office.received[1].message["Subject"].startswith("Purchase order")


def test_all_that_is_wrong_with_a_template_is_told_and_nothing_kept(shop: Shop) -> None:
    wrong = {"subject": "{{ ordr.number }}", "text": "one\n{{ order.number }"}
    for path, method in ((TEMPLATE, "PUT"), (f"{TEMPLATE}/preview", "POST")):
        answer = own(shop, method, path, wrong)
        assert answer.status_code == 400
        told = answer.json()["error"]
        assert [each["slug"] for each in told] == ["template_name_unknown", "template_wrong"]
        assert "Did you mean order?" in told[0]["advice"]
    assert good(own(shop, "GET", TEMPLATE))["own"] == []
    assert slug(own(shop, "PUT", TEMPLATE, {})) == (400, "field_missing")
    assert slug(own(shop, "PUT", TEMPLATE, {"text": "x" * 40_001}))[0] == 400


def test_a_kind_is_switched_off_and_on(shop: Shop, office: PostOffice) -> None:
    assert good(own(shop, "PUT", "/letter-kinds/cancellation", {"enabled": False}))["enabled"] is False
    (number,), _ = packed(shop)
    bring(shop.world, office)
    body = {"numbers": [number], "reason": "LIBRARY_CANCELLED", "inform_vendor": True}
    good(own(shop, "POST", "/review/cancel", body))
    (letter,) = listed(shop, kind="cancellation")
    assert (letter["state"], letter["error"]) == ("cancelled", "letters of this kind are switched off")
    assert good(own(shop, "PUT", "/letter-kinds/cancellation", {"enabled": True}))["enabled"] is True
    assert slug(own(shop, "PUT", "/letter-kinds/cancellation", {})) == (400, "field_missing")
