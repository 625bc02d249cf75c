"""Looking at requests: the staff list with its filters, one request, and a person's own."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import event

from openacq.directory import service as directory
from openacq.kernel.clock import FixedClock
from openacq.store.schema import PART_OF, metadata
from tests.doors.alma.request_desk import REQUESTS, Desk, deferred, desk, good, ready, wish
from tests.doors.alma.test_po_line_list import REGISTERS
from tests.doors.alma.test_po_line_statements import statements
from tests.serving_fixture import Server
from tests.shop import FORMATS, Format, codes, problems

__all__ = ["desk"]


@pytest.fixture
def some(desk: Desk, clock: FixedClock) -> dict[str, str]:
    """Requests in every state, by what they are, the oldest first."""
    made: dict[str, Any] = {}
    for name, changes in (
        ("book", {}),
        ("journal", {"resource_metadata": {"citation_type": {"value": "JOURNAL"}}}),
        ("online", {"format": {"value": "E"}}),
        ("science", {"owning_library": {"value": "SCI"}}),
        ("no", {}),
        ("later", {}),
        ("yes", {"owning_library": {"value": "MAIN"}}),
    ):
        made[name] = desk.asked(wish(**changes), "mlee" if name == "online" else "jroe")
        clock.advance(60)
    desk.rejected(made["no"])
    deferred(desk, made["later"])
    desk.approved(made["yes"])
    return {name: request["request_id"] for name, request in made.items()}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["yes", "later", "no", "science", "online", "journal", "book"]),
        ({"status": "INREVIEW"}, ["science", "online", "journal", "book"]),
        ({"status": "APPROVED"}, ["yes"]),
        ({"status": "REJECTED"}, ["no"]),
        ({"status": "DEFERRED"}, ["later"]),
        ({"format": "E"}, ["online"]),
        ({"format": "P", "citation_type": "JOURNAL"}, ["journal"]),
        ({"citation_type": "BOOK", "status": "INREVIEW"}, ["science", "online", "book"]),
        ({"owning_library": "SCI"}, ["science"]),
        ({"owning_library": "MAIN"}, ["yes"]),
        ({"owning_library": "MAIN", "status": "INREVIEW"}, []),
        ({"limit": "2"}, ["yes", "later"]),
        ({"limit": "2", "offset": "2"}, ["no", "science"]),
        ({"limit": "2", "offset": "100"}, []),
        ({"q": "title~x", "order_by": "x", "limit": "1"}, ["yes"]),
    ],
)  # fmt: skip
def test_the_list_and_its_filters(
    desk: Desk, some: dict[str, str], params: dict[str, Any], expected: list[str]
) -> None:
    assert desk.listed(**params) == [some[name] for name in expected]


def test_members_of_the_list_are_whole(desk: Desk, some: dict[str, str]) -> None:
    for request in good(desk.call("GET", REQUESTS))["purchase_request"]:
        assert request == desk.one(request)


def test_the_total_counts_all_pages_and_an_empty_list_is_its_count_alone(
    desk: Desk, some: dict[str, str]
) -> None:
    assert good(desk.call("GET", REQUESTS, limit="2"))["total_record_count"] == 7
    assert good(desk.call("GET", REQUESTS, limit="0")) == {"total_record_count": 7}
    nothing: dict[str, Any] = {"owning_library": "SCI", "status": "REJECTED"}
    assert good(desk.call("GET", REQUESTS, **nothing)) == {"total_record_count": 0}
    root = etree.fromstring(desk.call("GET", REQUESTS, form="xml", **nothing).content)
    assert (root.tag, root.get("total_record_count"), len(root)) == ("purchase_requests", "0", 0)


def test_a_hundred_is_the_most(desk: Desk, some: dict[str, str]) -> None:
    assert len(desk.listed(limit="101")) == 7


@pytest.mark.parametrize("path", [REQUESTS, f"{REQUESTS}/"])
def test_both_spellings_of_the_path(desk: Desk, some: dict[str, str], path: str) -> None:
    assert good(desk.call("GET", path))["total_record_count"] == 7


@pytest.mark.parametrize(
    ("given", "media", "total"),
    [
        ("json", "application/json", 7),
        ("JSON", "application/json", 7),
        ("xml", "application/xml", 7),
        ("P", "application/xml", 6),
        ("E", "application/xml", 1),
    ],
)
def test_format_is_a_filter_or_a_form_of_the_answer(
    desk: Desk, some: dict[str, str], given: str, media: str, total: int
) -> None:
    answer = desk.call("GET", REQUESTS, wants=None, format=given)
    assert answer.headers["content-type"] == f"{media};charset=UTF-8"
    if media == "application/json":
        assert answer.json()["total_record_count"] == total
    else:
        assert etree.fromstring(answer.content).get("total_record_count") == str(total)


def test_format_filters_an_answer_asked_as_json_by_its_header(desk: Desk, some: dict[str, str]) -> None:
    assert desk.listed(format="E") == [some["online"]]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("params", "code", "named"),
    [
        ({"status": "NEW"}, "40166410", "INREVIEW"),
        ({"format": "X"}, "40166410", "P, E"),
        ({"owning_library": "NOWHERE"}, "40166410", "MAIN"),
        ({"citation_type": "BK"}, "40166410", "JOURNAL"),
        ({"limit": "ten"}, "40166411", "limit"),
        ({"offset": "-1"}, "40166411", "offset"),
    ],
)
def test_what_is_wrong_with_a_filter_is_named_with_what_would_be_right(
    desk: Desk, form: Format, params: dict[str, Any], code: str, named: str
) -> None:
    answer = desk.call("GET", REQUESTS, form=form, **params)
    assert answer.status_code == 400
    ((told, words),) = problems(answer)
    assert told == code
    assert named in words


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["12345678", "99999999999999999999999", "abc", "1e3"])
def test_a_request_nobody_has_is_60276(desk: Desk, form: Format, name: str) -> None:
    answer = desk.call("GET", f"{REQUESTS}/{name}", form=form)
    assert (answer.status_code, codes(answer)) == (400, ["60276"])
    own = desk.call("GET", f"/users/jroe/purchase-requests/{name}", form=form)
    assert (own.status_code, codes(own)) == (400, ["60276"])


def test_whatever_the_list_is_made_of_ends_it_when_it_changes(
    desk: Desk, some: dict[str, str], server: Server
) -> None:
    """Every table the list reads is part of its scope, or a register, or what a user is found by."""
    read: set[str] = set()

    def note(_c: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        read.update(re.findall(r"(?:FROM|JOIN) (\w+)", sql))

    event.listen(server.store.reader, "before_cursor_execute", note)
    try:
        desk.listed(status="INREVIEW", format="P", citation_type="BOOK", limit="99")
    finally:
        event.remove(server.store.reader, "before_cursor_execute", note)
    tables = {name for name in read if name in metadata.tables}
    assert "purchase_requests" in tables
    of_scope = {name for name in tables if "requests" in metadata.tables[name].info.get(PART_OF, ())}
    assert tables - of_scope - REGISTERS - {"user_identifiers"} == set()


def test_a_list_seen_before_shows_every_change_at_once(desk: Desk, some: dict[str, str]) -> None:
    def first() -> dict[str, Any]:
        found: dict[str, Any] = good(desk.call("GET", REQUESTS, limit="1"))["purchase_request"][0]
        return found

    for _ in range(2):
        assert (first()["requester"]["desc"], first()["owning_library"]["desc"]) == (
            "Jane Roe",
            "Main Library",
        )
    desk.world.load(directory, "user", {"primary_id": "jroe", "first_name": "Janet"})
    assert first()["requester"]["desc"] == "Janet Roe"
    desk.world.load(directory, "library", {"code": "MAIN", "name": "Old Library"})
    assert first()["owning_library"]["desc"] == "Old Library"
    newest = desk.asked()
    assert first()["request_id"] == newest["request_id"]
    desk.rejected(newest)
    assert first()["status"]["value"] == "REJECTED"
    desk.delete(newest)
    assert first()["request_id"] == some["yes"]


# -- a person's own -----------------------------------------------------------------------------


def own(desk: Desk, user: str, **params: Any) -> list[str]:
    found = good(desk.call("GET", f"/users/{user}/purchase-requests", **params))
    return [each["request_id"] for each in found.get("purchase_request", ())]


def test_a_person_sees_their_own(desk: Desk, some: dict[str, str]) -> None:
    assert own(desk, "mlee") == [some["online"]]
    assert own(desk, "J-1") == [some[name] for name in ("yes", "later", "no", "science", "journal", "book")]
    assert own(desk, "jroe", status="REJECTED") == [some["no"]]
    assert own(desk, "jroe", status="INREVIEW", limit="1", offset="1") == [some["journal"]]
    assert own(desk, "staff1") == []
    assert good(desk.call("GET", "/users/staff1/purchase-requests")) == {"total_record_count": 0}
    path = f"/users/jroe/purchase-requests/{some['book']}"
    assert good(desk.call("GET", path)) == desk.one(some["book"])


@pytest.mark.parametrize("form", FORMATS)
def test_mistakes_in_asking_for_ones_own(desk: Desk, some: dict[str, str], form: Format) -> None:
    mistakes: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("/users/nobody/purchase-requests", {}, "401890"),
        ("/users/J-1/purchase-requests", {"user_id_type": "primary_id"}, "401890"),
        ("/users/jroe/purchase-requests", {"status": "NEW"}, "60275"),
        (f"/users/nobody/purchase-requests/{some['book']}", {}, "401890"),
        (f"/users/mlee/purchase-requests/{some['book']}", {}, "60276"),
    )
    for path, params, code in mistakes:
        answer = desk.call("GET", path, form=form, **params)
        assert (answer.status_code, codes(answer)) == (400, [code]), path


# -- who sees what ------------------------------------------------------------------------------


def test_a_vendors_key_sees_no_requests(desk: Desk, some: dict[str, str], server: Server) -> None:
    areas = {"acq": "write", "users": "write"}
    with server.new_shop(desk.world, areas=areas, vendor="GOBI") as shop:
        theirs = Desk(shop)
        for method, path in (
            ("GET", REQUESTS),
            ("GET", f"{REQUESTS}/{some['book']}"),
            ("DELETE", f"{REQUESTS}/{some['book']}"),
            ("GET", "/users/jroe/purchase-requests"),
        ):
            answer = theirs.call(method, path)
            assert answer.status_code == 403
            assert "Jane" not in answer.text


def test_nothing_is_seen_across_institutions(desk: Desk, some: dict[str, str], server: Server) -> None:
    with server.new_shop(areas={"acq": "write", "users": "write"}) as elsewhere:
        theirs = Desk(elsewhere)
        assert theirs.listed() == []
        for answer in (
            theirs.call("GET", f"{REQUESTS}/{some['book']}"),
            theirs.decide("approve", some["book"], {}),
            theirs.delete(some["book"]),
        ):
            assert codes(answer) == ["60276"]
    assert len(desk.listed()) == 7


def test_a_longer_list_takes_no_more_statements(desk: Desk, server: Server) -> None:
    for number in range(24):
        notes = [{"note_text": "One"}, {"note_text": "Two"}]
        desk.asked(ready(note=notes) if number % 2 else wish())

    names = itertools.count()

    def page(limit: int) -> int:
        def call() -> None:
            # A requester's new name, so that the answer is made anew.
            desk.world.load(directory, "user", {"primary_id": "jroe", "first_name": f"J{next(names)}"})
            found = good(desk.call("GET", REQUESTS, limit=str(limit)))
            assert len(found["purchase_request"]) == limit

        return statements(server, call)

    assert page(2) == page(24)
