"""Deciding: approve, reject, the requester's cancelling, and deleting."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest
from lxml import etree

from openacq.catalogue import service as catalogue
from openacq.directory import service as directory
from tests.doors.alma.request_desk import REQUESTS, Desk, deferred, desk, good, ready, status, wish
from tests.ordering import life
from tests.shop import FORMATS, LINES, Format, alerts, as_xml, codes, problems

__all__ = ["desk"]

BY = {"approved_by": "staff1"}
REASON = {"reject_reason": {"value": "COST"}}


# -- approving ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_an_approved_request_is_a_line_with_all_that_was_asked(desk: Desk, form: Format) -> None:
    asked = desk.asked(
        ready(
            requested_type={"value": "DVD"},
            hold_item=True,
            notify_receiving_activation=True,
            note=[{"note_text": "For the reserve"}],
            estimated_cost={"sum": "40.00", "currency": {"value": "USD"}},
        )
    )
    answer = desk.decide("approve", asked, BY, form=form)
    assert answer.status_code == 200, answer.text
    request = desk.one(asked)
    if form == "xml":
        root = etree.fromstring(answer.content)
        assert root.findtext("status") == "APPROVED"
        assert root.findtext("po_line") == request["po_line"]["value"]
        assert root.find("po_line").get("link") == request["po_line"]["link"]  # type: ignore[union-attr]
    else:
        assert answer.json() == request
    assert (status(request), request["approved_by"]) == ("APPROVED", "staff1")
    number = request["po_line"]["value"]
    assert request["po_line"]["link"] == f"{desk.shop.url}/almaws/v1{LINES}/{number}"
    line = desk.shop.line(number)
    assert line["type"]["value"] == "PRINTED_BOOK_OT"
    assert (line["owner"]["value"], line["vendor"]["value"], line["vendor_account"]) == (
        "MAIN",
        "GOBI",
        "GOBI-MAIN",
    )
    assert line["price"]["sum"] == "40.00"
    assert [each["fund_code"]["value"] for each in line["fund_distribution"]] == ["HIST"]
    assert [(each["quantity"], each["shelving_location"]) for each in line["location"]] == [(1, "STACKS")]
    assert line["material_type"]["value"] == "DVD"
    assert "For the reserve" in [each["note_text"] for each in line["note"]]
    assert line["resource_metadata"]["mms_id"]["value"] == asked["resource_metadata"]["mms_id"]["value"]
    (person,) = line["interested_user"]
    assert (person["primary_id"], person["hold_item"], person["notify_receiving_activation"]) == (
        "jroe",
        True,
        True,
    )
    assert (person["notify_renewal"], person["notify_cancel"]) == (False, False)
    assert line["status"]["value"] == "AUTO_PACKAGING", line["alert"]
    assert desk.world.balance("HIST").encumbered.text() == "40.00"


@pytest.mark.parametrize(
    ("format_", "citation", "line_type"),
    [
        ("P", "BOOK", "PRINTED_BOOK_OT"),
        ("P", "JOURNAL", "PRINTED_JOURNAL_CO"),
        ("E", "BOOK", "E_BOOK_OT"),
        ("E", "JOURNAL", "E_JOURNAL_CO"),
    ],
)
def test_the_type_of_line_follows_format_and_citation(
    desk: Desk, format_: str, citation: str, line_type: str
) -> None:
    title = {"citation_type": {"value": citation}, "isbn": None}
    asked = desk.asked(ready(format={"value": format_}, resource_metadata=title, location=None))
    number = desk.approved(asked)["po_line"]["value"]
    assert desk.shop.line(number)["type"]["value"] == line_type


def test_without_vendor_or_money_the_line_waits_in_review(desk: Desk) -> None:
    bare = desk.approved(desk.asked(wish(owning_library={"value": "MAIN"})))
    assert desk.shop.line(bare["po_line"]["value"])["status"]["value"] == "INREVIEW"
    dear = desk.asked(
        ready(fund={"value": "POOR"}, estimated_cost={"sum": "99", "currency": {"value": "USD"}})
    )
    poor = desk.approved(dear)
    line = desk.shop.line(poor["po_line"]["value"])
    assert (status(poor), line["status"]["value"]) == ("APPROVED", "INREVIEW")
    assert any("POOR" in alert["desc"] for alert in line["alert"])
    assert desk.world.balance("POOR").encumbered.units == 0


def test_the_decider_may_be_left_out_and_the_body_too(desk: Desk) -> None:
    for number, body in enumerate((None, b"{}", b"")):
        request = good(desk.decide("approve", desk.asked(ready()), body))
        assert status(request) == "APPROVED", number
    in_xml = desk.decide("approve", desk.asked(ready()), b"<purchase_request/>", form="xml")
    assert in_xml.status_code == 200
    whole = desk.asked(ready())
    assert status(good(desk.decide("approve", whole, {**whole, **BY}))) == "APPROVED"


def test_other_members_of_a_decision_do_not_count(desk: Desk) -> None:
    asked = desk.asked(ready())
    body = {**BY, "fund": {"value": "NONSENSE"}, "format": ["wrong"], "location": [{"quantity": "x"}]}
    request = good(desk.decide("approve", asked, body))
    assert request["fund"]["value"] == "HIST"


@pytest.mark.parametrize("form", FORMATS)
def test_what_keeps_a_request_from_being_approved(desk: Desk, form: Format) -> None:
    nowhere = desk.asked(wish())
    assert codes(desk.decide("approve", nowhere, BY, form=form)) == ["60314"]
    asked = desk.asked(ready())
    for name in ("nobody", "mlee"):
        answer = desk.decide("approve", asked, {"approved_by": name}, form=form)
        assert (answer.status_code, codes(answer)) == (400, ["60313"])
        assert name in problems(answer)[0][1]
    both = desk.decide("approve", nowhere, {"approved_by": "nobody"}, form=form)
    assert codes(both) == ["60313", "60314"]
    assert codes(desk.decide("approve", "1234567", BY, form=form)) == ["60276"]
    for op in ("", "order", "APPROVE"):
        answer = desk.decide(op, asked, BY, form=form)
        assert (answer.status_code, codes(answer)) == (400, ["401873"])
    assert status(desk.one(asked)) == "INREVIEW"
    assert desk.shop.get(LINES).json()["total_record_count"] == 0


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_without_a_type_of_line_is_60317(desk: Desk, form: Format) -> None:
    from openacq.requests import service as requests

    row = {"format": "P", "citation_type": "BOOK", "enabled": False}
    desk.world.load(requests, "request_line_type", row)
    assert codes(desk.decide("approve", desk.asked(ready()), BY, form=form)) == ["60317"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_record_deleted_meanwhile_is_60316(desk: Desk, form: Format) -> None:
    asked = desk.asked(ready())
    mms_id = asked["resource_metadata"]["mms_id"]["value"]

    def lose(tx: Any) -> None:
        catalogue.drop_use(tx, mms_id, "purchase_request", asked["request_id"])
        catalogue.delete_bib(tx, mms_id)

    desk.world.write(lose)
    answer = desk.decide("approve", asked, BY, form=form)
    assert (answer.status_code, codes(answer)) == (400, ["60316"])
    assert mms_id in problems(answer)[0][1]


@pytest.mark.parametrize("form", FORMATS)
def test_a_second_decision_is_told_so(desk: Desk, form: Format) -> None:
    ordered, refused = desk.asked(ready()), desk.asked(ready())
    desk.approved(ordered)
    desk.rejected(refused)
    for request in (ordered, refused):
        for op, body in (("approve", BY), ("reject", REASON)):
            answer = desk.decide(op, request, body, form=form)
            assert (answer.status_code, codes(answer)) == (400, ["60312"])
            assert request["request_id"] in problems(answer)[0][1]
    assert desk.shop.get(LINES).json()["total_record_count"] == 1


@pytest.mark.parametrize("form", FORMATS)
def test_a_request_that_was_ordered_with_another_is_60309(desk: Desk, form: Format) -> None:
    title = {"isbn": "9781861972712"}
    first = desk.asked(ready(resource_metadata=title))
    second = desk.asked(ready(resource_metadata=title), "mlee")
    answer = httpx.post(
        f"{desk.shop.url}/openacq/v1/requests/approve",
        json={"ids": [first["request_id"]]},
        headers={"Authorization": f"apikey {desk.shop.key}"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    line = desk.one(second)["po_line"]["value"]
    told = desk.decide("approve", second, BY, form=form)
    assert (told.status_code, codes(told)) == (400, ["60309"])
    assert line in problems(told)[0][1]


def test_of_two_deciders_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    for _ in range(4):
        asked = desk.asked(ready())
        start = threading.Barrier(2)
        answers: list[httpx.Response] = []

        def decide(op: str, body: dict[str, Any], asked: Any = asked, start: Any = start,
                   answers: list[httpx.Response] = answers) -> None:  # fmt: skip
            start.wait()
            answers.append(desk.decide(op, asked, body))

        pair = [
            threading.Thread(target=decide, args=("approve", BY)),
            threading.Thread(target=decide, args=("reject", REASON)),
        ]
        for each in pair:
            each.start()
        for each in pair:
            each.join()
        assert sorted(answer.status_code for answer in answers) == [200, 400]
        (loser,) = [answer for answer in answers if answer.status_code == 400]
        assert codes(loser) == ["60312"]
        now = desk.one(asked)
        assert (status(now) == "APPROVED") == ("po_line" in now)


def test_a_request_put_aside_can_be_decided(desk: Desk) -> None:
    first, second = desk.asked(ready()), desk.asked(ready())
    deferred(desk, first)
    deferred(desk, second)
    assert status(desk.approved(first)) == "APPROVED"
    assert status(desk.rejected(second)) == "REJECTED"


def test_those_who_want_one_title_get_one_line(desk: Desk) -> None:
    title = {"isbn": "9781861972712"}
    first = desk.asked(ready(resource_metadata=title))
    second = desk.asked(ready(resource_metadata=title, hold_item=True), "mlee")
    line = desk.approved(first)["po_line"]["value"]
    assert status(desk.one(second)) == "INREVIEW"
    joined = desk.approved(second)
    assert joined["po_line"]["value"] == line
    people = desk.shop.line(line)["interested_user"]
    assert sorted(each["primary_id"] for each in people) == ["jroe", "mlee"]
    assert desk.world.balance("HIST").encumbered.text() == "40.00"


def came(desk: Desk, number: str) -> None:
    """The order goes out, and all its copies arrive."""
    department = {"code": "ACQ", "name": "Acquisitions", "owner": "MAIN"}
    desk.world.load(directory, "department", department)
    life.send(desk.world, desk.world.line(number))
    for item in good(desk.shop.get(f"{LINES}/{number}/items"))["item"]:
        path = f"{LINES}/{number}/items/{item['item_data']['pid']}"
        good(desk.call("POST", path, {}, op="receive", department="ACQ"))


def own_call(desk: Desk, method: str, path: str, body: Any = None) -> Any:
    answer = httpx.request(
        method,
        f"{desk.shop.url}/openacq/v1{path}",
        json=body,
        headers={"Authorization": f"apikey {desk.shop.key}"},
        timeout=60,
    )
    assert answer.status_code in (200, 202), answer.text
    return answer.json()


@pytest.mark.parametrize("form", FORMATS)
def test_a_title_whose_copies_have_all_come_is_held_and_ordered_anew(desk: Desk, form: Format) -> None:
    title = {"isbn": "9781861972712"}
    first = desk.asked(ready(resource_metadata=title))
    second = desk.asked(ready(resource_metadata=title), "mlee")
    line = desk.approved(first)["po_line"]["value"]
    found = own_call(desk, "GET", f"/requests/{second['request_id']}/duplicates")
    assert (found["held"], [each["line"] for each in found["on_order"]]) == ([], [line])
    came(desk, line)
    assert desk.shop.line(line)["status"]["value"] == "WAITING_FOR_INVOICE"
    found = own_call(desk, "GET", f"/requests/{second['request_id']}/duplicates")
    assert [(each["library"], each["copies"]) for each in found["held"]] == [("MAIN", 1)]
    assert found["on_order"] == []
    body = BY if form == "json" else as_xml(BY, "purchase_request")
    assert desk.decide("approve", second, body, form=form).status_code == 200
    anew = desk.one(second)["po_line"]["value"]
    assert anew != line
    made = desk.shop.line(anew)
    assert made["status"]["value"] == "INREVIEW"
    assert alerts(made) == [
        "The ordered resource already exists in the Inventory:  1 copies in library: Main Library."
    ]
    assert [each["primary_id"] for each in desk.shop.line(line)["interested_user"]] == ["jroe"]
    assert [each["primary_id"] for each in made["interested_user"]] == ["mlee"]


# -- rejecting ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_a_rejection_has_its_reason_and_takes_the_brief_record_away(desk: Desk, form: Format) -> None:
    asked = desk.asked(ready())
    body = REASON if form == "json" else as_xml(REASON, "purchase_request")
    assert desk.decide("reject", asked, body, form=form).status_code == 200
    request = desk.one(asked)
    assert status(request) == "REJECTED"
    assert request["reject_reason"] == {"value": "COST", "desc": "Cost"}
    mms_id = asked["resource_metadata"]["mms_id"]["value"]
    assert codes(desk.shop.get(f"/bibs/{mms_id}")) == ["402203"]


def test_a_record_others_need_stays(desk: Desk) -> None:
    title = {"isbn": "9781861972712"}
    first = desk.asked(ready(resource_metadata=title))
    desk.asked(ready(resource_metadata=title), "mlee")
    desk.rejected(first)
    mms_id = first["resource_metadata"]["mms_id"]["value"]
    assert desk.shop.get(f"/bibs/{mms_id}").status_code == 200


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "body", [None, {}, {"reject_reason": {"value": ""}}, {"reject_reason": {"value": "NONSENSE"}}]
)
def test_without_a_reason_that_is_known_60308(desk: Desk, form: Format, body: dict[str, Any] | None) -> None:
    asked = desk.asked(ready())
    answer = desk.decide("reject", asked, body, form=form)
    assert (answer.status_code, codes(answer)) == (400, ["60308"])
    assert status(desk.one(asked)) == "INREVIEW"


# -- the requester's own --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"body": b"", "headers": {"Content-Type": "application/json"}},
        {"body": b"{}"},
        {"body": b"{", "headers": {"Content-Type": "text/plain"}},
        {"body": b"<purchase_request/>", "form": "xml"},
    ],
)
def test_a_requester_takes_a_request_back(desk: Desk, how: dict[str, Any]) -> None:
    asked = desk.asked()
    answer = desk.cancel(asked, **how)
    assert (answer.status_code, answer.content) == (204, b"")
    assert int(answer.headers["X-Exl-Api-Remaining"]) > 5_000
    request = desk.one(asked)
    assert status(request) == "REJECTED"
    assert request["reject_reason"]["value"] == "CANCELLED_BY_REQUESTER"


@pytest.mark.parametrize("form", FORMATS)
def test_what_cannot_be_taken_back(desk: Desk, form: Format) -> None:
    asked = desk.asked(ready())
    assert codes(desk.cancel(asked, "mlee", form=form)) == ["60276"]
    assert codes(desk.cancel(asked, "nobody", form=form)) == ["401890"]
    for op in ("", "delete", "approve"):
        assert codes(desk.cancel(asked, op=op, form=form)) == ["401873"]
    assert status(desk.one(asked)) == "INREVIEW"
    desk.approved(asked)
    answer = desk.cancel(asked, form=form)
    assert (answer.status_code, codes(answer)) == (400, ["60277"])
    again = desk.asked()
    desk.cancel(again)
    assert codes(desk.cancel(again, form=form)) == ["60277"]


def test_a_request_put_aside_can_be_taken_back(desk: Desk) -> None:
    asked = desk.asked()
    deferred(desk, asked)
    assert desk.cancel(asked).status_code == 204


# -- deleting -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_deleting(desk: Desk, form: Format) -> None:
    waiting, aside, no, yes = (desk.asked(ready()) for _ in range(4))
    deferred(desk, aside)
    desk.rejected(no)
    desk.approved(yes)
    for request in (waiting, aside, no):
        answer = desk.delete(request, form=form)
        assert (answer.status_code, answer.content) == (204, b"")
        assert codes(desk.delete(request, form=form)) == ["60276"]
        assert codes(desk.call("GET", f"{REQUESTS}/{request['request_id']}", form=form)) == ["60276"]
    assert codes(desk.delete(yes, form=form)) == ["60319"]
    assert desk.listed() == [yes["request_id"]]


# -- what is not there ----------------------------------------------------------------------------


def test_there_is_no_create_without_a_user_and_no_delete_with_one(desk: Desk) -> None:
    assert desk.call("POST", REQUESTS, wish()).status_code == 405
    asked = desk.asked()
    path = f"/users/jroe/purchase-requests/{asked['request_id']}"
    assert desk.call("DELETE", path).status_code == 405


def test_a_key_that_may_only_read_decides_nothing(desk: Desk, server: Any) -> None:
    asked = desk.asked(ready())
    with server.new_shop(desk.world, areas={"acq": "read", "users": "read"}) as shop:
        theirs = Desk(shop)
        for answer in (
            theirs.decide("approve", asked, BY),
            theirs.put(asked),
            theirs.delete(asked),
            theirs.cancel(asked),
        ):
            assert answer.status_code == 403
    assert status(desk.one(asked)) == "INREVIEW"
