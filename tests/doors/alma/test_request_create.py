"""Asking for a title: `POST /users/{user_id}/purchase-requests`."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from openacq.catalogue import service as catalogue
from openacq.directory import service as directory
from tests.doors.alma.request_desk import REQUESTS, Desk, desk, good, ready, status, wish
from tests.ordering.world import HELD_ISBN, HELD_TITLE
from tests.shop import FORMATS, Format, codes, new_isbn, problems

__all__ = ["desk"]

ORDER_OF_ALMA = [
    "request_id", "created_date", "last_modified_date", "format", "requested_type", "requester",
    "notify_receiving_activation", "hold_item", "notify_renewal", "notify_cancel", "created_from", "status",
    "owning_library", "estimated_cost", "fund", "vendor", "vendor_account", "email", "requester_note",
    "resource_metadata", "notes", "locations",
]  # fmt: skip


def test_the_smallest_body_is_taken(desk: Desk) -> None:
    """What is known to have been accepted, shaped as such clients send it."""
    body = {
        "resource_metadata": {"citation_type": {"value": "BOOK"}, "title": "The least of it", "author": "A"},
        "format": {"value": "P"},
    }
    request = desk.asked(body)
    assert status(request) == "INREVIEW"
    assert request["status"] == {"value": "INREVIEW", "desc": "In Review"}
    assert request["created_from"] == {"value": "API", "desc": "API"}
    assert request["requester"] == {"value": "jroe", "desc": "Jane Roe"}
    assert (request["created_date"], request["last_modified_date"]) == ("2026-03-02Z", "2026-03-02Z")
    assert request["link"] == f"{desk.shop.url}/almaws/v1{REQUESTS}/{request['request_id']}"
    assert request["request_id"].isdigit()
    assert desk.one(request) == request
    assert "owning_library" not in request


def test_words_where_a_code_belongs_are_named_with_the_right_codes(desk: Desk) -> None:
    """What is known to have been refused: the codes of another surface, a library at the root, no citation
    type."""
    body = {
        "resource_metadata": {"title": "Words for codes", "author": "A", "isbn": new_isbn()},
        "format": {"value": "PHYSICAL"},
        "library": {"value": "MAIN"},
    }
    answer = desk.ask(body)
    assert answer.status_code == 400
    told = problems(answer)
    assert [code for code, _ in told] == ["60270", "60280"]
    assert "PHYSICAL" in told[0][1]
    assert "[P,E]" in told[0][1]
    assert "[BOOK,JOURNAL]" in told[1][1]
    assert desk.listed() == []


FULL: dict[str, Any] = {
    "requested_type": {"value": "DVD"},
    "notify_receiving_activation": True,
    "hold_item": True,
    "notify_renewal": False,
    "notify_cancel": True,
    "estimated_cost": {"sum": "35.50", "currency": {"value": "EUR"}},
    "email": "elsewhere@uni.example",
    "requester_note": "For my seminar",
    "note": [{"note_text": "First"}, {"note_text": "Second"}],
    "location": [{"quantity": 2, "library": {"value": "MAIN"}, "shelving_location": "STACKS"}],
}


@pytest.mark.parametrize("form", FORMATS)
def test_every_field_comes_back(desk: Desk, form: Format) -> None:
    title = {
        "edition": "2nd", "lcc_number": "QA76", "other_system_number": "(OCoLC)77", "publisher": "Press",
        "publication_place": "Bergen", "publication_year": "2025", "bib_note": "A note", "volume": "3",
    }  # fmt: skip
    body = ready(**FULL, resource_metadata=title)
    answer = desk.ask(body, form=form)
    assert answer.status_code == 200, answer.text
    if form == "json":
        made = answer.json()
    else:
        root = etree.fromstring(answer.content)
        assert root.tag == "purchase_request"
        assert [child.tag for child in root] == ORDER_OF_ALMA
        assert root.find("fund").attrib == {"desc": "History"}  # type: ignore[union-attr]
        assert root.get("link", "").endswith(f"{REQUESTS}/{root.findtext('request_id')}")
        assert [each.tag for each in root.find("notes/note")] == [  # type: ignore[union-attr]
            "note_text", "creation_date", "created_by",
        ]  # fmt: skip
        made = desk.one(root.findtext("request_id") or "")
    for name in ("notify_receiving_activation", "hold_item", "notify_renewal", "notify_cancel", "email"):
        assert made[name] == body[name], name
    assert made["requester_note"] == "For my seminar"
    assert made["requested_type"] == {"value": "DVD", "desc": "DVD"}
    assert made["owning_library"] == {"value": "MAIN", "desc": "Main Library"}
    assert made["vendor"] == {"value": "GOBI", "desc": "GOBI Library Solutions"}
    assert made["vendor_account"] == "GOBI-MAIN"
    assert made["fund"] == {"value": "HIST", "desc": "History"}
    assert made["estimated_cost"] == {"sum": "35.50", "currency": {"value": "EUR", "desc": "Euro"}}
    assert [(each["note_text"], each["content"]) for each in made["note"]] == [
        ("First", "First"),
        ("Second", "Second"),
    ]
    assert made["note"][0]["creation_date"] == "2026-03-02Z"
    assert made["location"] == [
        {
            "quantity": 2,
            "library": {"value": "MAIN", "desc": "Main Library"},
            "shelving_location": "STACKS",
        }
    ]
    shown = made["resource_metadata"]
    for name, value in title.items():
        assert shown[name] == value, name
    assert shown["mms_id"]["value"].startswith("99")
    assert shown["mms_id"]["link"].endswith(f"/bibs/{shown['mms_id']['value']}")
    assert shown["citation_type"] == {"value": "BOOK", "desc": "Book"}


def test_liberal_shapes_of_clients_are_understood(desk: Desk) -> None:
    """Bare codes, texts for booleans and numbers, wrappers spelled out, the other name of a note's text."""
    plain = ready(
        format="P",
        owning_library="MAIN",
        hold_item="true",
        notify_cancel="false",
        notes={"note": [{"content": "By another name"}]},
        locations=[{"quantity": "3", "library": "SCI", "shelving_location": "STACKS"}],
        location=None,
        material_type={"value": "NONSENSE"},
        colour="blue",
    )
    made = desk.asked(plain)
    assert made["hold_item"] is True
    assert made["notify_cancel"] is False
    assert [each["note_text"] for each in made["note"]] == ["By another name"]
    assert [each["quantity"] for each in made["location"]] == [3]
    assert "material_type" not in made


def test_without_a_format_the_default_of_its_table_counts(desk: Desk) -> None:
    assert desk.asked(wish(format=None))["format"] == {"value": "P", "desc": "Physical"}


def test_what_only_answers_carry_is_passed_over(desk: Desk) -> None:
    made = desk.asked(
        wish(
            request_id="1",
            status={"value": "APPROVED"},
            created_from={"value": "PRIMO"},
            created_date="1999-01-01Z",
            po_line={"value": "POL-1"},
            requester={"value": "mlee"},
            link="rubbish",
        )
    )
    assert (status(made), made["created_from"]["value"], made["created_date"]) == (
        "INREVIEW",
        "API",
        "2026-03-02Z",
    )
    assert made["requester"]["value"] == "jroe"
    assert "po_line" not in made


# -- the title ----------------------------------------------------------------------------------


def test_an_mms_id_stands_for_the_title_whatever_else_is_said(desk: Desk) -> None:
    mms_id = desk.asked(wish(resource_metadata={"isbn": HELD_ISBN}))["resource_metadata"]["mms_id"]["value"]
    only = desk.asked({"resource_metadata": {"mms_id": {"value": mms_id}}}, "mlee")
    assert only["resource_metadata"]["title"] == HELD_TITLE
    lying = {"mms_id": {"value": mms_id}, "title": "Quite another", "citation_type": {"value": "NONSENSE"}}
    said = desk.asked(wish(resource_metadata=lying), "mlee")["resource_metadata"]
    assert (said["mms_id"]["value"], said["title"]) == (mms_id, HELD_TITLE)


def test_a_title_is_matched_by_its_number_in_any_spelling(desk: Desk) -> None:
    held = desk.asked(wish(resource_metadata={"isbn": HELD_ISBN}))["resource_metadata"]
    bib = desk.world.read(lambda tx: catalogue.bib(tx, held["mms_id"]["value"]))
    assert bib.title == HELD_TITLE
    for written in ("0-306-40615-2", "978-0-306-40615-7"):
        found = desk.asked(wish(resource_metadata={"isbn": written}))["resource_metadata"]
        assert found["mms_id"]["value"] == held["mms_id"]["value"]


def test_a_title_nobody_has_gets_a_brief_record(desk: Desk) -> None:
    made = desk.asked()
    mms_id = made["resource_metadata"]["mms_id"]["value"]
    bib = desk.world.read(lambda tx: catalogue.bib(tx, mms_id))
    assert bib.title == made["resource_metadata"]["title"]


# -- who asks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("user", "params"), [("J-1", {}), ("JROE", {"user_id_type": "primary_id"})])
def test_a_requester_is_named_by_any_identifier(desk: Desk, user: str, params: dict[str, str]) -> None:
    assert desk.asked(wish(), user, **params)["requester"]["value"] == "jroe"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("user", "params"), [("nobody", {}), ("J-1", {"user_id_type": "INST_ID"})])
def test_an_unknown_requester_is_401890(desk: Desk, form: Format, user: str, params: dict[str, str]) -> None:
    answer = desk.ask(wish(), user, form=form, **params)
    assert (answer.status_code, codes(answer)) == (400, ["401890"])
    assert user in problems(answer)[0][1]
    assert params.get("user_id_type", "all_unique") in problems(answer)[0][1]


def test_an_unknown_type_of_identifier_is_named(desk: Desk) -> None:
    assert codes(desk.ask(wish(), user_id_type="SHOE_SIZE")) == ["40166411"]


# -- what is wrong ------------------------------------------------------------------------------

USD = {"value": "USD"}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"resource_metadata": None}, "60274"),
        ({"resource_metadata": {"title": None}}, "60273"),
        ({"resource_metadata": {"title": "  "}}, "60273"),
        ({"resource_metadata": {"mms_id": {"value": "990000000000000"}}}, "60221"),
        ({"resource_metadata": {"mms_id": {"value": "rubbish"}}}, "60221"),
        ({"resource_metadata": {"citation_type": None}}, "60280"),
        ({"resource_metadata": {"citation_type": {"value": "BK"}}}, "60280"),
        ({"format": {"value": "DIGITAL"}}, "60270"),
        ({"format": {"value": "p"}}, "60270"),
        ({"owning_library": {"value": "NOWHERE"}}, "402469"),
        ({"estimated_cost": {"sum": "10", "currency": {"value": "XYZ"}}}, "60271"),
        ({"estimated_cost": {"sum": "10"}}, "60271"),
        ({"estimated_cost": {"sum": "ten", "currency": USD}}, "402119"),
        ({"estimated_cost": {"sum": "123456789012345", "currency": USD}}, "402119"),
        ({"vendor": {"value": "NOBODY"}, "vendor_account": "X"}, "402880"),
        ({"vendor": {"value": "GOBI"}}, "60272"),
        ({"vendor": {"value": "GOBI"}, "vendor_account": "OASIS-1"}, "60272"),
        ({"vendor_account": "GOBI-MAIN"}, "60272"),
        ({"fund": {"value": "hist"}}, "60279"),
        ({"fund": {"value": "BOOKS"}}, "60279"),
        ({"location": [{"quantity": 1, "library": {"value": "NOWHERE"}}]}, "60281"),
        ({"location": [{"quantity": 1}]}, "60281"),
        (
            {"location": [{"quantity": 1, "library": {"value": "SCI"}, "shelving_location": "REF"}]},
            "60282",
        ),
        ({"location": [{"quantity": 0, "library": {"value": "MAIN"}}]}, "60283"),
        ({"location": [{"quantity": -2, "library": {"value": "MAIN"}}]}, "60283"),
        ({"location": [{"quantity": "many", "library": {"value": "MAIN"}}]}, "60283"),
        ({"requested_type": {"value": "NONSENSE"}}, "60329"),
        ({"requested_type": {"value": "EBOOK"}}, "60329"),
        ({"format": {"value": "E"}, "requested_type": {"value": "DVD"}}, "60329"),
        ({"requester_note": "n" * 10_001}, "402119"),
        ({"resource_metadata": {"author": "a" * 4_001}}, "402119"),
    ],
)
def test_every_mistake_has_its_code(desk: Desk, form: Format, changes: dict[str, Any], code: str) -> None:
    answer = desk.ask(wish(**changes), form=form)
    assert answer.status_code == 400
    assert codes(answer)[0] == code, answer.text
    assert desk.listed() == []


def test_the_requested_type_is_looked_up_where_its_format_says(desk: Desk) -> None:
    made = desk.asked(wish(format={"value": "E"}, requested_type={"value": "EBOOK"}))
    assert made["requested_type"] == {"value": "EBOOK", "desc": "E-Book"}
    (told,) = problems(desk.ask(wish(format={"value": "E"}, requested_type={"value": "DVD"})))
    assert "electronicMaterialType" in told[1]


def test_all_mistakes_come_in_one_answer(desk: Desk) -> None:
    answer = desk.ask(
        wish(
            format={"value": "X"},
            fund={"value": "NONE"},
            owning_library={"value": "NONE"},
            resource_metadata={"title": None, "citation_type": {"value": "BK"}},
        )
    )
    assert codes(answer)[0] in ("60273", "60270")
    assert sorted(codes(answer)) == ["402469", "60270", "60273", "60279", "60280"]


@pytest.mark.parametrize(
    ("body", "code"), [(None, "401676"), (b"", "401676"), (b"{", "401676"), (b"[]", "401676")]
)
def test_no_body_or_a_broken_one(desk: Desk, body: bytes | None, code: str) -> None:
    path = "/users/jroe/purchase-requests"
    assert codes(desk.call("POST", path, body)) == [code]


def test_a_negative_estimate_is_taken(desk: Desk) -> None:
    made = desk.asked(wish(estimated_cost={"sum": "-5.00", "currency": USD}))
    assert made["estimated_cost"]["sum"] == "-5.00"


# -- limits of the institution -------------------------------------------------------------------


def test_one_request_too_many_is_60278_and_says_why(desk: Desk) -> None:
    from openacq.requests import service as requests

    desk.world.load(requests, "request_rule", {"name": "Everybody", "most_open": 1})
    first = desk.asked()
    answer = desk.ask()
    assert codes(answer) == ["60278"]
    assert "1" in problems(answer)[0][1]
    assert "Everybody" in problems(answer)[0][1]
    assert desk.asked(wish(), "mlee")
    assert desk.cancel(first).status_code == 204
    assert status(desk.asked()) == "INREVIEW"


# -- once ---------------------------------------------------------------------------------------


def test_a_call_sent_again_under_its_key_makes_one_request(desk: Desk) -> None:
    body, header = wish(), {"Idempotency-Key": "form-7"}
    first = desk.ask(body, headers=header)
    again = desk.ask(body, headers=header)
    assert good(again) == good(first)
    assert again.headers["Idempotent-Replayed"] == "true"
    in_xml = desk.ask(body, headers=header, wants="xml")
    assert etree.fromstring(in_xml.content).findtext("request_id") == first.json()["request_id"]
    assert desk.listed() == [first.json()["request_id"]]
    assert desk.ask(wish(), headers=header).status_code == 409


def test_a_rehearsal_keeps_nothing(desk: Desk) -> None:
    answer = desk.ask(wish(), dry_run="true")
    assert good(answer)["request_id"] == ""
    assert answer.headers["X-Openacq-Dry-Run"] == "true"
    assert codes(desk.ask(wish(format={"value": "X"}), dry_run="true")) == ["60270"]
    assert codes(desk.ask(wish(format={"value": "X"}), dry_run="perhaps")) == ["60270", "40166411"]
    assert desk.listed() == []


# -- rights -------------------------------------------------------------------------------------


def test_only_a_key_for_users_asks_in_their_name(desk: Desk, server: Any) -> None:
    for wish_of_key in (
        {"areas": {"acq": "write"}},
        {"areas": {"users": "read", "acq": "write"}},
        {"areas": {"users": "write", "acq": "write"}, "vendor": "GOBI"},
    ):
        with server.new_shop(desk.world, **wish_of_key) as shop:
            assert Desk(shop).ask().status_code == 403
    assert desk.listed() == []


def test_a_user_of_another_library_is_unknown(desk: Desk, server: Any) -> None:
    with server.new_shop(areas={"users": "write"}) as elsewhere:
        elsewhere.world.load(directory, "user", {"primary_id": "theirs", "last_name": "T"})
        assert codes(Desk(elsewhere).ask(wish(), "jroe")) == ["401890"]
