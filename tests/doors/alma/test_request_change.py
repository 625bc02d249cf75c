"""Replacing a request: `PUT /acq/purchase-requests/{id}`."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from tests.doors.alma.request_desk import REQUESTS, Desk, deferred, desk, good, ready, status
from tests.ordering.world import HELD_ISBN, HELD_TITLE
from tests.shop import FORMATS, Format, as_xml, codes, problems

__all__ = ["desk"]

NOTES = [{"note_text": "One"}, {"note_text": "Two"}]


@pytest.mark.parametrize("form", FORMATS)
def test_a_request_put_back_as_it_was_read_stays_as_it_is(desk: Desk, form: Format, clock: Any) -> None:
    made = desk.asked(ready(note=NOTES, hold_item=True))
    read = desk.call("GET", f"{REQUESTS}/{made['request_id']}", form=form)
    clock.advance(days=2)
    put = desk.call("PUT", f"{REQUESTS}/{made['request_id']}", read.content, form=form)
    assert put.content == read.content


def test_what_is_left_out_is_emptied(desk: Desk) -> None:
    made = desk.asked(ready(note=NOTES, hold_item=True, requester_note="Please", email="a@b.example"))
    least = {"request_id": made["request_id"], "resource_metadata": made["resource_metadata"]}
    changed = good(desk.put(least))
    assert changed == desk.one(made)
    for name in ("fund", "vendor", "vendor_account", "owning_library", "estimated_cost", "requester_note"):
        assert name not in changed, name
    assert (changed["note"], changed["location"], changed["hold_item"]) == ([], [], False)
    assert changed["format"]["value"] == "P"
    assert changed["requester"] == made["requester"]


@pytest.mark.parametrize("sent", [None, [], "<notes/>"])
def test_lists_are_replaced_and_an_empty_or_absent_one_deletes(desk: Desk, sent: Any) -> None:
    made = desk.asked(ready(note=NOTES))
    assert [each["note_text"] for each in made["note"]] == ["One", "Two"]
    other = good(desk.put({**made, "note": [{"note_text": "Three"}]}))
    assert [each["note_text"] for each in other["note"]] == ["Three"]
    if sent == "<notes/>":
        body = {name: value for name, value in made.items() if name != "note"}
        text = as_xml(body, "purchase_request").replace(
            b"</purchase_request>", b"<notes/></purchase_request>"
        )
        answer = desk.call("PUT", f"{REQUESTS}/{made['request_id']}", text, form="xml")
        assert answer.status_code == 200
        assert etree.fromstring(answer.content).find("notes") is not None
    else:
        body = {**made, "note": sent}
        good(desk.put({name: value for name, value in body.items() if value is not None}))
    assert desk.one(made)["note"] == []


def test_places_and_everything_else_can_be_changed(desk: Desk, clock: Any) -> None:
    made = desk.asked(ready())
    clock.advance(days=1)
    wanted = {
        **made,
        "format": {"value": "E"},
        "requested_type": {"value": "EBOOK"},
        "fund": {"value": "ART"},
        "estimated_cost": {"sum": "12.5", "currency": {"value": "EUR"}},
        "location": [],
        "requester": {"value": "mlee"},
    }
    changed = good(desk.put(wanted))
    assert changed["requester"] == {"value": "mlee", "desc": "Max Lee"}
    assert changed["format"]["value"] == "E"
    assert changed["requested_type"]["value"] == "EBOOK"
    assert changed["fund"]["value"] == "ART"
    assert changed["estimated_cost"]["sum"] == "12.5"
    assert (changed["created_date"], changed["last_modified_date"]) == ("2026-03-02Z", "2026-03-03Z")
    listed = good(desk.call("GET", "/users/mlee/purchase-requests"))
    assert [each["request_id"] for each in listed["purchase_request"]] == [made["request_id"]]


def test_a_request_can_be_turned_to_another_title(desk: Desk) -> None:
    held = desk.asked(ready(resource_metadata={"isbn": HELD_ISBN}), "mlee")["resource_metadata"]["mms_id"]
    made = desk.asked(ready())
    title = {"mms_id": {"value": held["value"]}, "title": "Passed over"}
    changed = good(desk.put({**made, "resource_metadata": title}))
    assert changed["resource_metadata"]["mms_id"]["value"] == held["value"]
    assert changed["resource_metadata"]["title"] == HELD_TITLE


def test_what_only_answers_carry_is_passed_over(desk: Desk) -> None:
    made = desk.asked(ready())
    lies = {"status": {"value": "APPROVED"}, "request_id": made["request_id"], "created_date": "1999-01-01Z",
            "created_from": {"value": "PRIMO"}, "po_line": {"value": "POL-1"}}  # fmt: skip
    assert good(desk.put({**made, **lies})) == made


def test_a_request_put_aside_can_be_changed(desk: Desk) -> None:
    made = desk.asked(ready())
    deferred(desk, made)
    changed = good(desk.put({**made, "requester_note": "Still wanted"}))
    assert (status(changed), changed["requester_note"]) == ("DEFERRED", "Still wanted")


@pytest.mark.parametrize("form", FORMATS)
def test_a_decided_request_is_60309_here(desk: Desk, form: Format) -> None:
    for decide in (desk.approved, desk.rejected):
        made = desk.asked(ready())
        decide(made)
        body = {name: value for name, value in made.items() if name != "link"}
        answer = desk.put({**body, "requester_note": "Too late"}, form=form)
        assert (answer.status_code, codes(answer)) == (400, ["60309"])
        assert made["request_id"] in problems(answer)[0][1]
        assert "requester_note" not in desk.one(made)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"format": {"value": "PHYSICAL"}}, "60270"),
        ({"requester": {"value": "nobody"}}, "401890"),
        ({"owning_library": {"value": "NOWHERE"}}, "402469"),
        ({"vendor": {"value": "NOBODY"}}, "402880"),
        ({"vendor_account": "OASIS-1"}, "60272"),
        ({"fund": {"value": "NONE"}}, "60279"),
        ({"resource_metadata": {"citation_type": {"value": "BOOK"}, "isbn": "1"}}, "60273"),
        ({"resource_metadata": {"mms_id": {"value": "99111"}}}, "60221"),
        ({"resource_metadata": None}, "60274"),
        ({"estimated_cost": {"sum": "1", "currency": {"value": "ZZZ"}}}, "60271"),
        ({"requested_type": {"value": "NONSENSE"}}, "60329"),
        ({"resource_metadata": {"title": "T", "citation_type": {"value": "X"}}}, "60280"),
        ({"location": [{"quantity": 1, "library": {"value": "X"}}]}, "60281"),
        ({"location": [{"quantity": 1, "library": {"value": "MAIN"}, "shelving_location": "X"}]}, "60282"),
        ({"location": [{"quantity": "x", "library": {"value": "MAIN"}}]}, "60283"),
        ({"estimated_cost": {"sum": "x", "currency": {"value": "USD"}}}, "60308"),
        ({"requester_note": "n" * 10_001}, "60308"),
    ],
)
def test_every_mistake_has_its_code(desk: Desk, form: Format, changes: dict[str, Any], code: str) -> None:
    made = desk.asked(ready())
    body = {
        name: value for name, value in {**made, **changes}.items() if value is not None and name != "link"
    }
    answer = desk.put(body, form=form)
    assert answer.status_code == 400
    assert codes(answer)[0] == code, answer.text
    assert desk.one(made) == made


@pytest.mark.parametrize("form", FORMATS)
def test_a_request_nobody_has_is_60276(desk: Desk, form: Format) -> None:
    answer = desk.put({**ready(), "request_id": "1234567"}, form=form)
    assert (answer.status_code, codes(answer)) == (400, ["60276"])
