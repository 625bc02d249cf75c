"""Staff at the requests desk, through our own door: everything a page can do."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from openacq.letters import service as letters
from openacq.requests import service as requests
from tests.doors.alma.request_desk import Desk, desk, ready, wish
from tests.doors.own.desk import good, slug
from tests.ordering.world import HELD_ISBN
from tests.serving_fixture import Server
from tests.shop import new_isbn

__all__ = ["desk"]


def own(
    desk: Desk, method: str, path: str, body: Any = None, *, staff: str = "", **how: Any
) -> httpx.Response:
    """One call of `/openacq/v1/requests…`."""
    headers = {"Authorization": f"apikey {desk.shop.key}", **how.pop("headers", {})}
    if staff:
        headers["X-Openacq-User"] = staff
    url = f"{desk.shop.url}/openacq/v1/requests{path}"
    return httpx.request(method, url, json=body, params=how or None, headers=headers, timeout=60)


def asked(desk: Desk, user: str = "jroe", **changes: Any) -> str:
    return str(desk.asked(ready(**changes), user)["request_id"])


def one(desk: Desk, request: str) -> dict[str, Any]:
    found: dict[str, Any] = good(own(desk, "GET", f"/{request}"))
    return found


def act(desk: Desk, action: str, *ids: str, **body: Any) -> list[dict[str, Any]]:
    """A decision that must go well: what became of each."""
    answer = good(own(desk, "POST", f"/{action}", {"ids": list(ids), **body}, staff="staff1"))
    found: list[dict[str, Any]] = answer["requests"]
    return found


def states(desk: Desk, *ids: str) -> list[str]:
    return [one(desk, each)["state"] for each in ids]


SAME: dict[str, Any] = {"isbn": "9781861972712"}


# -- asking -------------------------------------------------------------------------------------


def test_staff_ask_in_somebodys_name(desk: Desk) -> None:
    body = {
        "requester": "J-1",
        "resource_metadata": {"citation_type": "BOOK", "title": "Asked at the counter", "isbn": new_isbn()},
        "format": "P",
        "owning_library": "MAIN",
        "estimated_cost": {"sum": "12.50", "currency": "USD"},
        "location": [{"library": "MAIN", "shelving_location": "STACKS", "quantity": 2}],
        "notes": [{"text": "At the counter"}],
        "hold_item": True,
    }
    made = good(own(desk, "POST", "", body, staff="staff1"))
    request = made["request"]
    assert made["notices"] == []
    assert (request["requester"], request["requester_name"], request["source"]) == (
        "jroe",
        "Jane Roe",
        "ALMA",
    )
    assert request["created_by"] == "staff1 (shop key)"
    assert request["estimated_cost"] == {"sum": "12.50", "currency": "USD"}
    assert request["location"] == body["location"]
    assert [note["text"] for note in request["notes"]] == ["At the counter"]
    assert (request["state"], request["hold_item"]) == ("INREVIEW", True)
    assert {"approve", "reject", "defer"} <= set(request["possible"])
    assert one(desk, request["id"]) == request
    in_alma = desk.one(request["id"])
    assert in_alma["created_from"]["value"] == "ALMA"
    assert request["link"] == in_alma["link"]


def test_what_there_is_of_a_title_is_said_softly_and_to_staff_in_full(desk: Desk) -> None:
    body = {
        "requester": "mlee",
        "resource_metadata": {"citation_type": "BOOK", "title": "Held", "isbn": HELD_ISBN},
    }
    held = good(own(desk, "POST", "", body))
    assert [each["slug"] for each in held["notices"]] == ["held"]
    again = good(own(desk, "POST", "", {**body, "requester": "jroe"}))
    assert [each["slug"] for each in again["notices"]] == ["held", "requested"]
    assert "Lee" not in str(again["notices"])
    found = good(own(desk, "GET", f"/{again['request']['id']}/duplicates"))
    assert [(each["library"], each["copies"]) for each in found["held"]] == [("MAIN", 2)]
    assert [(each["requester"], each["requester_name"]) for each in found["requests"]] == [
        ("mlee", "Max Lee")
    ]
    before = good(own(desk, "GET", "/already", isbn=HELD_ISBN))
    assert len(before["requests"]) == 2
    assert good(own(desk, "GET", "/already", isbn=new_isbn())) == {"held": [], "on_order": [], "requests": []}


def test_asking_twice_under_one_key_and_only_looking(desk: Desk) -> None:
    body = {"requester": "jroe", "resource_metadata": {"citation_type": "BOOK", "title": "Once"}}
    looked = good(own(desk, "POST", "", body, dry_run="true"))
    assert looked["request"]["state"] == "INREVIEW"
    assert desk.listed() == []
    twins = [own(desk, "POST", "", body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert good(twins[0]) == good(twins[1])
    assert len(desk.listed()) == 1


def test_mistakes_are_named_together(desk: Desk) -> None:
    answer = own(desk, "POST", "", {"requester": "nobody", "resource_metadata": {"title": "T"}})
    assert slug(answer) == (404, "requester_unknown")
    answer = own(desk, "POST", "", {"requester": "jroe", "resource_metadata": {"title": "T"}, "fund": "X"})
    assert {each["slug"] for each in answer.json()["error"]} == {
        "request_citation_missing",
        "request_fund_unknown",
    }
    assert slug(own(desk, "POST", "", {"resource_metadata": {"title": "T"}})) == (400, "field_missing")
    assert slug(own(desk, "GET", "/77777777")) == (404, "request_not_found")
    assert slug(own(desk, "GET", "/abc")) == (404, "request_not_found")


# -- the list -----------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_what_staff_ask(desk: Desk) -> None:
    book = asked(desk, resource_metadata={"title": "Rivers of Norway", **SAME})
    second = asked(desk, "mlee", resource_metadata=SAME)
    online = asked(desk, "mlee", format={"value": "E"}, location=None)
    act(desk, "assign", book, to="staff1")
    act(desk, "reject", online, reason="COST")

    def found(**params: str) -> list[str]:
        answer = good(own(desk, "GET", "", **params))
        assert answer["total"] == len(answer["requests"])
        return [each["id"] for each in answer["requests"]]

    group = one(desk, book)["group"]
    for params, expected in (
        ({}, [online, second, book]),
        ({"status": "inreview"}, [second, book]),
        ({"requester": "mlee"}, [online, second]),
        ({"assigned_to": "staff1"}, [book]),
        ({"unassigned": "true"}, [online, second]),
        ({"format": "E"}, [online]),
        ({"group": group}, [second, book]),
        ({"mms_id": one(desk, book)["resource_metadata"]["mms_id"]}, [second, book]),
        ({"q": "norway"}, [book]),
        ({"q": "roe"}, [book]),
        ({"source": "ALMA"}, []),
        ({"since": "2026-03-02", "until": "2026-03-02"}, [online, second, book]),
        ({"since": "2026-03-03"}, []),
    ):
        assert found(**params) == expected, params
    page = good(own(desk, "GET", "", limit="1", offset="1"))
    assert (page["total"], page["limit"], page["offset"]) == (3, 1, 1)
    assert [each["id"] for each in page["requests"]] == [second]
    assert slug(own(desk, "GET", "", status="NEW")) == (400, "parameter_invalid")
    assert slug(own(desk, "GET", "", group="x")) == (400, "parameter_invalid")
    assert slug(own(desk, "GET", "", since="soon")) == (400, "date_malformed")


# -- deciding -----------------------------------------------------------------------------------


def test_many_are_approved_at_once_after_a_look(desk: Desk) -> None:
    ids = [asked(desk) for _ in range(3)]
    foreseen = good(own(desk, "POST", "/approve", {"ids": ids, "preview": True}))
    assert foreseen["preview"] is True
    assert [(each["state"], each["line_type"]) for each in foreseen["requests"]] == [
        ("APPROVED", "PRINTED_BOOK_OT")
    ] * 3
    assert states(desk, *ids) == ["INREVIEW"] * 3
    decided = act(desk, "approve", *ids)
    assert [each["id"] for each in decided] == ids
    assert len({each["po_line"] for each in decided}) == 3
    assert {one(desk, each)["approved_by"] for each in ids} == {"staff1"}


def test_of_many_all_or_none_are_approved(desk: Desk) -> None:
    fine = asked(desk)
    homeless = str(desk.asked(wish())["request_id"])
    foreseen = good(own(desk, "POST", "/approve", {"ids": [fine, homeless], "preview": True}))
    assert [bool(each.get("why_not")) for each in foreseen["requests"]] == [False, True]
    answer = own(desk, "POST", "/approve", {"ids": [fine, homeless]}, staff="staff1")
    assert slug(answer) == (409, "request_owner_missing")
    assert states(desk, fine, homeless) == ["INREVIEW", "INREVIEW"]


def test_those_who_want_one_title_are_approved_together_unless_told_otherwise(desk: Desk) -> None:
    first, second = asked(desk, resource_metadata=SAME), asked(desk, "mlee", resource_metadata=SAME)
    act(desk, "approve", first)
    assert states(desk, first, second) == ["APPROVED", "APPROVED"]
    assert one(desk, first)["po_line"] == one(desk, second)["po_line"]
    other = {"isbn": new_isbn()}
    third, fourth = asked(desk, resource_metadata=other), asked(desk, "mlee", resource_metadata=other)
    act(desk, "approve", third, merged=False)
    assert states(desk, third, fourth) == ["APPROVED", "INREVIEW"]
    (effect,) = good(own(desk, "POST", "/approve", {"ids": [fourth], "preview": True}))["requests"]
    assert effect["joins"] == one(desk, third)["po_line"]


def test_many_are_rejected_with_one_reason(desk: Desk) -> None:
    ids = [asked(desk) for _ in range(3)]
    note = {"reason": "COST", "note": "Too dear this year"}
    foreseen = good(own(desk, "POST", "/reject", {"ids": ids, **note, "preview": True}))
    assert [each["state"] for each in foreseen["requests"]] == ["REJECTED"] * 3
    act(desk, "reject", *ids, **note)
    assert states(desk, *ids) == ["REJECTED"] * 3
    assert {(one(desk, each)["reject_reason"], one(desk, each)["reject_note"]) for each in ids} == {
        ("COST", "Too dear this year")
    }
    assert slug(own(desk, "POST", "/reject", {"ids": ids, "reason": "COST"})) == (409, "request_decided")
    assert slug(own(desk, "POST", "/reject", {"ids": ids}))[1] == "request_reason_missing"


def test_put_aside_taken_up_and_reopened(desk: Desk) -> None:
    first, second = asked(desk), asked(desk)
    act(desk, "defer", first, second, until="2026-04-01", reason="After the budget")
    request = one(desk, first)
    assert (request["state"], request["deferred_until"], request["deferral_reason"]) == (
        "DEFERRED",
        "2026-04-01Z",
        "After the budget",
    )
    act(desk, "resume", first)
    act(desk, "reject", second, reason="COST")
    act(desk, "reopen", second)
    assert states(desk, first, second) == ["INREVIEW", "INREVIEW"]
    assert "deferred_until" not in one(desk, first)
    assert "reject_reason" not in one(desk, second)
    assert slug(own(desk, "POST", "/resume", {"ids": [first]})) == (409, "request_move_refused")
    assert slug(own(desk, "POST", "/defer", {"ids": [first], "until": "2020-01-01"})) == (400, "date_passed")


def test_handing_on(desk: Desk) -> None:
    request = asked(desk)
    assert act(desk, "assign", request, to="staff1")[0]["assigned_to"] == "staff1"
    act(desk, "assign", request, to="")
    assert "assigned_to" not in one(desk, request)
    answer = own(desk, "POST", "/assign", {"ids": [request], "to": "mlee"})
    assert slug(answer) == (400, "request_approver_unknown")


def test_merging_separating_and_deleting(desk: Desk) -> None:
    good(own(desk, "PUT", "/settings", {"merge": False}))
    first, second = asked(desk, resource_metadata=SAME), asked(desk, "mlee", resource_metadata=SAME)
    assert "group" not in one(desk, second)
    merged = act(desk, "merge", first, second)
    assert merged[0]["group"] == merged[1]["group"]
    act(desk, "separate", second)
    assert "group" not in one(desk, second)
    other = asked(desk)
    assert slug(own(desk, "POST", "/merge", {"ids": [first, other]})) == (409, "request_merge_refused")
    act(desk, "delete", first, second)
    assert slug(own(desk, "GET", f"/{first}")) == (404, "request_not_found")
    assert desk.listed() == [other]


def test_a_decision_needs_ids_and_known_people(desk: Desk) -> None:
    request = asked(desk)
    assert slug(own(desk, "POST", "/approve", {})) == (400, "field_missing")
    assert slug(own(desk, "POST", "/approve", {"ids": ["7777777"]})) == (404, "request_not_found")
    assert slug(own(desk, "POST", "/approve", {"ids": ["x"]})) == (404, "request_not_found")
    answer = own(desk, "POST", "/approve", {"ids": [request]}, staff="nobody")
    assert slug(answer) == (400, "user_unknown")
    answer = own(desk, "POST", "/approve", {"ids": [request], "approved_by": "mlee"})
    assert slug(answer) == (400, "request_approver_unknown")
    assert states(desk, request) == ["INREVIEW"]


# -- changing -----------------------------------------------------------------------------------


def test_a_request_is_read_changed_and_put_back(desk: Desk) -> None:
    request = one(desk, asked(desk))
    assert good(own(desk, "PUT", f"/{request['id']}", request)) == request
    changed = good(
        own(desk, "PUT", f"/{request['id']}", {**request, "fund": "ART", "requester": "mlee"}, staff="staff1")
    )
    assert (changed["fund"], changed["requester"]) == ("ART", "mlee")
    late = own(desk, "PUT", f"/{request['id']}", {**request, "fund": "SCIENCE"})
    assert slug(late) == (409, "request_outdated")
    anyway = {name: value for name, value in request.items() if name != "version"}
    assert good(own(desk, "PUT", f"/{request['id']}", anyway))["fund"] == "HIST"


def test_staff_take_a_request_back_for_its_requester(desk: Desk) -> None:
    request = asked(desk)
    cancelled = good(own(desk, "POST", f"/{request}/cancel", {}))
    assert (cancelled["state"], cancelled["reject_reason"]) == ("REJECTED", "CANCELLED_BY_REQUESTER")
    assert slug(own(desk, "POST", f"/{request}/cancel", {})) == (409, "request_not_cancellable")


# -- questions and the story ----------------------------------------------------------------------


def test_a_question_goes_out_and_its_answer_is_kept(desk: Desk) -> None:
    request = asked(desk)
    question = good(own(desk, "POST", f"/{request}/questions", {"text": "Which edition?"}, staff="staff1"))
    assert (question["text"], question["by"]) == ("Which edition?", "staff1 (shop key)")
    assert (one(desk, request)["questions"], one(desk, request)["unanswered"]) == (1, 1)
    path = f"/{request}/questions/{question['id']}/answer"
    answered = good(own(desk, "POST", path, {"text": "The second"}))
    assert answered["answer"] == "The second"
    assert one(desk, request)["unanswered"] == 0
    assert good(own(desk, "GET", f"/{request}/questions"))["questions"] == [answered]
    assert slug(own(desk, "POST", path, {"text": "No, the first"})) == (409, "question_answered")
    assert slug(own(desk, "POST", f"/{request}/questions/99/answer", {"text": "?"})) == (
        404,
        "question_not_found",
    )
    assert slug(own(desk, "POST", f"/{request}/questions/x/answer", {"text": "?"}))[0] == 404
    assert slug(own(desk, "POST", f"/{request}/questions", {"text": ""})) == (400, "field_missing")


def test_the_timeline_tells_it_from_the_wish_on(desk: Desk, clock: Any) -> None:
    request = asked(desk)
    clock.advance(60)
    act(desk, "assign", request, to="staff1")
    clock.advance(60)
    question = good(own(desk, "POST", f"/{request}/questions", {"text": "Which one?"}, staff="staff1"))
    clock.advance(60)
    good(own(desk, "POST", f"/{request}/questions/{question['id']}/answer", {"text": "This"}))
    clock.advance(60)
    act(desk, "approve", request)
    line = one(desk, request)["po_line"]
    steps = good(own(desk, "GET", f"/{request}/timeline"))["steps"]
    assert [step["event"] for step in steps] == ["created", "assigned", "question", "answer", "approved"]
    assert (steps[-1]["text"], steps[-1]["who"]) == (line, "staff1 (shop key)")
    clock.advance(60)
    packed = {"Authorization": f"apikey {desk.shop.key}"}
    good(httpx.post(f"{desk.shop.url}/openacq/v1/packaging/run", headers=packed, timeout=60))
    steps = good(own(desk, "GET", f"/{request}/timeline"))["steps"]
    assert (steps[-1]["event"], steps[-1]["line"], steps[-1]["text"]) == ("line_state", line, "READY")
    assert steps == sorted(steps, key=lambda step: step["at"])


# -- rules --------------------------------------------------------------------------------------


def test_rules_are_read_and_written(desk: Desk) -> None:
    assert good(own(desk, "GET", "/rules")) == {"rules": []}
    faculty = {"name": "Faculty", "position": 1, "user_groups": ["FACULTY"]}
    others = {
        "name": "Others", "position": 2, "most_open": 1, "required": ["requester_note"],
        "formats": ["P"], "most_cost": "100.00", "currency": "USD",
    }  # fmt: skip
    written = good(own(desk, "PUT", "/rules", {"rules": [faculty, others]}))
    assert [rule["name"] for rule in written["rules"]] == ["Faculty", "Others"]
    assert written["rules"][1]["most_cost"] == "100.00"
    assert good(own(desk, "GET", "/rules")) == written
    assert asked(desk, "jroe")
    assert slug_of(desk, "mlee") == ["60278"]
    assert slug_of(desk, "mlee", requester_note="Please") == []
    assert slug_of(desk, "mlee", requester_note="Please") == ["60278"]
    good(own(desk, "PUT", "/rules", {"rules": [{**written["rules"][1], "enabled": False}]}))
    assert slug_of(desk, "mlee") == []
    bare = good(own(desk, "PUT", "/rules", {"rules": [{"name": "Others", "position": 2}]}))["rules"][1]
    assert (bare["enabled"], bare["required"], bare["formats"]) == (True, [], [])
    assert not {"most_open", "most_cost", "currency"} & bare.keys()
    wrong = own(desk, "PUT", "/rules", {"rules": [faculty, {"name": "Odd", "formats": ["PAPYRUS"]}]})
    assert wrong.status_code == 400
    assert wrong.json()["error"][0]["field"] == "rules[1].formats"
    assert len(good(own(desk, "GET", "/rules"))["rules"]) == 2


def slug_of(desk: Desk, user: str, **changes: Any) -> list[str]:
    """The codes the Alma door refuses an asking with."""
    from tests.shop import codes

    answer = desk.ask(ready(**changes), user)
    return codes(answer) if answer.status_code != 200 else []


def test_the_mapping_of_line_types_is_read_and_written(desk: Desk) -> None:
    shipped = good(own(desk, "GET", "/line-types"))["line_types"]
    assert {"PRINTED_BOOK_OT", "E_JOURNAL_CO"} <= {row["line_type"] for row in shipped}
    row = {"format": "P", "citation_type": "BOOK", "requested_type": "DVD", "line_type": "PRINT_SO_NONMON"}
    written = good(own(desk, "PUT", "/line-types", {"line_types": [row]}))["line_types"]
    assert {**row, "enabled": True} in written
    request = asked(desk, requested_type={"value": "DVD"})
    (effect,) = good(own(desk, "POST", "/approve", {"ids": [request], "preview": True}))["requests"]
    assert effect["line_type"] == "PRINT_SO_NONMON"
    wrong = own(desk, "PUT", "/line-types", {"line_types": [{**row, "line_type": "NONSENSE"}]})
    assert wrong.json()["error"][0]["field"] == "line_types[0].line_type"
    named = "format=P&citation_type=BOOK&requested_type=DVD"
    assert good(own(desk, "DELETE", f"/line-types?{named}"))["line_types"] == shipped
    for gone in (named, "format=P&citation_type=BOOK", ""):
        assert own(desk, "DELETE", f"/line-types?{gone}").status_code == 404


def test_settings_are_read_and_written(desk: Desk) -> None:
    assert good(own(desk, "GET", "/settings")) == {"import_profile": "", "merge": True}
    assert good(own(desk, "PUT", "/settings", {"merge": False}))["merge"] is False
    assert good(own(desk, "GET", "/settings"))["merge"] is False
    wrong = own(desk, "PUT", "/settings", {"import_profile": "NOBODYS"})
    assert wrong.status_code == 400


# -- rights -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wish_of_key",
    [{"areas": {"own": "write"}, "vendor": "GOBI"}, {"areas": {"acq": "write", "users": "write"}}],
)
def test_who_may_not_look(desk: Desk, server: Server, wish_of_key: dict[str, Any]) -> None:
    request = asked(desk)
    with server.new_shop(desk.world, **wish_of_key) as shop:
        theirs = Desk(shop)
        for method, path in (
            ("GET", ""),
            ("GET", f"/{request}"),
            ("GET", f"/{request}/timeline"),
            ("GET", f"/{request}/duplicates"),
            ("GET", "/rules"),
        ):
            answer = own(theirs, method, path)
            assert answer.status_code == 403
            assert "Jane" not in answer.text
        assert own(theirs, "POST", "/approve", {"ids": [request]}).status_code == 403


def test_a_key_of_one_library_sees_its_own_and_those_of_nobody(desk: Desk, server: Server) -> None:
    main, nobodys = asked(desk), str(desk.asked(wish())["request_id"])
    with server.new_shop(desk.world, areas={"own": "write"}, libraries=("SCI",)) as shop:
        theirs = Desk(shop)
        seen = [each["id"] for each in good(own(theirs, "GET", ""))["requests"]]
        assert seen == [nobodys]
        assert slug(own(theirs, "GET", f"/{main}")) == (404, "request_not_found")


def test_letters_of_requests_wait_for_the_worker(desk: Desk) -> None:
    """No call waits for a letter; none is written before the outbox is worked through."""
    asked(desk)
    assert desk.world.read(letters.letters).letters == ()
    assert desk.world.read(requests.settings).merge is True
