"""Lists of PO lines as clients ask for them: parameters, both formats, pages, refusals."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from lxml import etree
from sqlalchemy import event

from openacq.directory import service as directory
from openacq.store.schema import PART_OF, metadata
from tests.serving_fixture import Server
from tests.shop import FORMATS, LINES, PREFIX, Format, Shop, as_xml, order, problems, tree

VENDORS_LINES = "/acq/vendors/{}/po-lines"


def titled(title: str, **changes: Any) -> dict[str, Any]:
    body = order(**changes)
    body["resource_metadata"]["title"] = title
    return body


@pytest.fixture
def cart(shop: Shop) -> dict[str, dict[str, Any]]:
    """Four orders by title: otters, herons, zebras of GOBI, one of the bookseller."""
    corner = {
        "vendor": {"value": "CORNER"},
        "vendor_account": "CORNER-1",
        "price": {"sum": "10.00", "currency": {"value": "EUR"}},
    }
    return {
        "otters": shop.ordered(titled("Otters", acquisition_method={"value": "PURCHASE"})),
        "herons": shop.ordered(titled("Hérons du nord", note=[{"note_text": "for the zoo"}])),
        "zebras": shop.ordered(titled("Zebras", expected_receipt_date="2026-04-01Z", owner={"value": "SCI"})),
        "corner": shop.ordered(titled("Around the corner", **corner)),
    }


def asked(shop: Shop, path: str = LINES, **params: str) -> dict[str, Any]:
    answer = shop.get(path, **params)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def titles(told: dict[str, Any]) -> list[str]:
    return [line["resource_metadata"]["title"] for line in told.get("po_line", [])]


EVERY = ["Zebras", "Otters", "Hérons du nord", "Around the corner"]


# -- the answer --------------------------------------------------------------------------------


def test_a_list_has_its_lines_by_title_from_z_to_a(shop: Shop, cart: dict[str, Any]) -> None:
    told = asked(shop)
    assert list(told) == ["po_line", "total_record_count"]
    assert told["total_record_count"] == 4
    assert titles(told) == EVERY


def test_a_line_of_the_list_is_the_line_without_notes_and_locations(shop: Shop, cart: dict[str, Any]) -> None:
    for brief in asked(shop)["po_line"]:
        line = shop.line(brief["number"])
        assert "link" not in line
        line.pop("note")
        line.pop("location")
        assert brief == line
        assert list(brief) == list(line)


@pytest.mark.parametrize("expand", ["notes,locations", "LOCATIONS,NOTES", " locations , notes ,"])
def test_an_expanded_line_is_the_whole_line(shop: Shop, cart: dict[str, Any], expand: str) -> None:
    for each in asked(shop, expand=expand)["po_line"]:
        assert each == shop.line(each["number"])


@pytest.mark.parametrize(
    ("expand", "there", "left_out"), [("notes", "note", "location"), ("Locations", "location", "note")]
)
def test_expanding_one_thing_only(
    shop: Shop, cart: dict[str, Any], expand: str, there: str, left_out: str
) -> None:
    (herons,) = asked(shop, q="title~herons", expand=expand)["po_line"]
    assert herons[there] == shop.line(herons["number"])[there]
    assert left_out not in herons


@pytest.mark.parametrize("expand", ["", "notes,locations"])
def test_json_and_xml_describe_the_same_list(shop: Shop, cart: dict[str, Any], expand: str) -> None:
    answer = shop.get(LINES, wants="xml", expand=expand)
    assert answer.headers["content-type"] == "application/xml;charset=UTF-8"
    root = etree.fromstring(answer.content)
    assert (root.tag, root.attrib.items()) == ("po_lines", [("total_record_count", "4")])
    assert tree(answer.content) == tree(as_xml(asked(shop, expand=expand), "po_lines"))


def test_without_accept_it_is_xml_and_a_slash_does_no_harm(shop: Shop, cart: dict[str, Any]) -> None:
    answer = shop.get(LINES + "/", wants=None)
    assert etree.fromstring(answer.content).get("total_record_count") == "4"
    assert asked(shop, LINES + "/")["total_record_count"] == 4


@pytest.mark.parametrize(
    "params", [{"q": "title~walrus"}, {"limit": "0"}, {"offset": "4"}, {"status": "CLOSED"}]
)
def test_no_line_to_show_is_a_count_alone(shop: Shop, cart: dict[str, Any], params: dict[str, str]) -> None:
    total = 0 if "q" in params or "status" in params else 4
    assert asked(shop, **params) == {"total_record_count": total}
    root = etree.fromstring(shop.get(LINES, wants="xml", **params).content)
    assert (list(root), root.get("total_record_count")) == ([], str(total))


def test_links_lead_to_the_server_that_was_asked(shop: Shop, cart: dict[str, Any], server: Server) -> None:
    for base in (server.url, "http://localhost:" + server.url.rpartition(":")[2]):
        answer = httpx.get(
            base + PREFIX + LINES,
            params={"expand": "locations"},
            headers={"Authorization": f"apikey {shop.key}", "Accept": "application/json"},
        )
        for line in answer.json()["po_line"]:
            linked = [
                line["resource_metadata"]["mms_id"]["link"],
                *(copy["link"] for place in line["location"] for copy in place["copy"]),
                *(holding["link"] for place in line["location"] for holding in place["holding"]),
            ]
            assert all(link.startswith(base + PREFIX) for link in linked)
            for link in linked:
                path = link.removeprefix(base + PREFIX)
                assert shop.get(path).status_code == 200


# -- parameters --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("title~otters", ["Otters"]),
        ("title~HERONS_NORD", ["Hérons du nord"]),
        ("title~herons nord AND vendor_code~GOBI", ["Hérons du nord"]),
        ("vendor_code~GOBI AND title~corner", []),
        ("vendor_code~corner", ["Around the corner"]),
        ("vendor_name~corner_bookshop", ["Around the corner"]),
        ("fund_code~HIST", EVERY),
        ("author~an_author", EVERY),
        ("otters", ["Otters"]),
        ("all~zebras", ["Zebras"]),
        ("item_library~main AND title~z", ["Zebras"]),
        ("", EVERY),
        ("title~", EVERY),
    ],
)
def test_queries(shop: Shop, cart: dict[str, Any], query: str, expected: list[str]) -> None:
    assert titles(asked(shop, q=query)) == expected


def test_and_may_be_written_with_plus_signs(shop: Shop, cart: dict[str, Any]) -> None:
    answer = shop.client.get(f"{LINES}?q=vendor_code~GOBI+AND+title~zebras&apikey={shop.key}&format=json")
    assert titles(answer.json()) == ["Zebras"]


def test_a_line_is_found_by_number_reference_bib_and_isbn(shop: Shop, cart: dict[str, Any]) -> None:
    otters = cart["otters"]
    metadata_of = otters["resource_metadata"]
    for query in (
        f"number~{otters['number']}",
        f"mms_id~{metadata_of['mms_id']['value']}",
        f"issn_isbn~{metadata_of['isbn']}",
        f"issn_isbn~{metadata_of['isbn'][:3]}-{metadata_of['isbn'][3:]}",
        f"all~{otters['vendor_reference_number']}",
    ):
        assert [line["number"] for line in asked(shop, q=query)["po_line"]] == [otters["number"]], query


def test_status_groups_over_http(shop: Shop, cart: dict[str, Any]) -> None:
    number = cart["otters"]["number"]
    assert shop.call("DELETE", f"{LINES}/{number}", reason="LIBRARY_CANCELLED").status_code == 204
    assert titles(asked(shop, status="CANCELLED")) == ["Otters"]
    assert titles(asked(shop, status="active")) == ["Zebras", "Hérons du nord", "Around the corner"]
    for status in ("ALL", "all_with_closed", ""):
        assert titles(asked(shop, status=status)) == EVERY


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"acquisition_method": "PURCHASE"}, ["Otters"]),
        ({"acquisition_method": "purchase,Vendor_System"}, EVERY),
        ({"acquisition_method": "ALL"}, EVERY),
        ({"acquisition_method": "purchase,all"}, EVERY),
        ({"acquisition_method": "GIFT"}, []),
        ({"library": "SCI"}, ["Zebras"]),
        ({"library": "sci"}, ["Zebras"]),
        ({"min_expected_arrival_date": "2026-04-01"}, ["Zebras"]),
        ({"max_expected_arrival_date": "2026-04-01Z"}, ["Zebras"]),
        ({"min_expected_arrival_date": "2026-04-02"}, []),
        (
            {"order_by": "number", "direction": "asc"},
            ["Otters", "Hérons du nord", "Zebras", "Around the corner"],
        ),
        ({"order_by": "number"}, ["Around the corner", "Zebras", "Hérons du nord", "Otters"]),
        (
            {"order_by": "created_date", "direction": "ASC"},
            ["Otters", "Hérons du nord", "Zebras", "Around the corner"],
        ),
        ({"order_by": "po_number,title", "direction": "asc"}, EVERY[::-1]),
        ({"direction": "asc"}, EVERY[::-1]),
        ({"limit": "2"}, EVERY[:2]),
        ({"limit": "2", "offset": "3"}, EVERY[3:]),
        ({"limit": "1000"}, EVERY),
        ({"colour": "red"}, EVERY),
    ],
)
def test_parameters(shop: Shop, cart: dict[str, Any], params: dict[str, str], expected: list[str]) -> None:
    told = asked(shop, **params)
    assert titles(told) == expected
    paged = "limit" in params or "offset" in params
    assert told["total_record_count"] == (4 if paged else len(expected))


def test_ten_lines_are_a_page_unless_told(shop: Shop) -> None:
    for _ in range(12):
        shop.ordered(order(price={"sum": "1.00", "currency": {"value": "USD"}}))
    told = asked(shop)
    assert (len(told["po_line"]), told["total_record_count"]) == (10, 12)


def test_a_client_that_pages_to_the_end_meets_every_line_once(shop: Shop) -> None:
    numbers = [
        shop.ordered(order(price={"sum": "1.00", "currency": {"value": "USD"}}))["number"] for _ in range(11)
    ]
    for params in ({}, {"q": "author~author"}, {"order_by": "number", "direction": "asc"}):
        met, offset, total = [], 0, 1
        while offset < total:
            told = asked(shop, limit="4", offset=str(offset), **params)
            total = told["total_record_count"]
            met += [line["number"] for line in told["po_line"]]
            offset += 4
        assert sorted(met) == sorted(numbers)


# -- a vendor's lines --------------------------------------------------------------------------


def test_the_lines_of_a_vendor(shop: Shop, cart: dict[str, Any]) -> None:
    assert titles(asked(shop, VENDORS_LINES.format("CORNER"))) == ["Around the corner"]
    assert titles(asked(shop, VENDORS_LINES.format("GOBI"), limit="1", offset="1")) == ["Otters"]
    assert titles(asked(shop, VENDORS_LINES.format("GOBI"), q="title~otters")) == ["Otters"]
    assert asked(shop, VENDORS_LINES.format("OASIS")) == {"total_record_count": 0}


@pytest.mark.parametrize("wants", FORMATS)
@pytest.mark.parametrize("code", ["NOBODY", "gobi"])
def test_a_vendor_nobody_knows(shop: Shop, wants: Format, code: str) -> None:
    answer = shop.get(VENDORS_LINES.format(code), wants=wants)
    assert answer.status_code == 400
    assert problems(answer) == [("401871", f"Vendor {code} not found.")]


def test_a_vendors_key_sees_its_own_lines_only(shop: Shop, cart: dict[str, Any], server: Server) -> None:
    with server.new_shop(shop.world, vendor="CORNER") as corner:
        assert titles(asked(corner)) == ["Around the corner"]
        assert asked(corner, q="title~otters") == {"total_record_count": 0}
        assert asked(corner, q="vendor_code~GOBI", status="ALL_WITH_CLOSED") == {"total_record_count": 0}
        assert titles(asked(corner, VENDORS_LINES.format("CORNER"))) == ["Around the corner"]
        refused = corner.get(VENDORS_LINES.format("GOBI"))
        assert problems(refused) == [("401871", "Vendor GOBI not found.")]
    assert titles(asked(shop)) == EVERY


def test_another_institution_sees_nothing_of_it(shop: Shop, cart: dict[str, Any], server: Server) -> None:
    with server.new_shop() as stranger:
        assert asked(stranger) == {"total_record_count": 0}
        assert asked(stranger, q=f"number~{cart['otters']['number']}") == {"total_record_count": 0}
        own = stranger.ordered(titled("Otters of ours"))
        assert titles(asked(stranger, q="title~otters")) == ["Otters of ours"]
        assert own["number"]
    assert titles(asked(shop, q="title~otters")) == ["Otters"]


def test_a_key_needs_the_right_to_read_acquisitions(shop: Shop, server: Server) -> None:
    with server.new_shop(shop.world, areas={"conf": "read"}) as other:
        for path in (LINES, VENDORS_LINES.format("GOBI")):
            assert other.get(path).status_code == 403


# -- what changes ------------------------------------------------------------------------------


def test_a_list_follows_every_change_at_once(shop: Shop, cart: dict[str, Any]) -> None:
    """The answer is kept while nothing changes; whatever it shows, changing it is seen in the next answer."""

    def shown(**params: str) -> dict[str, Any]:
        (line,) = asked(shop, q="title~herons", **params)["po_line"]
        assert asked(shop, q="title~herons", **params)["po_line"] == [line]
        found: dict[str, Any] = line
        return found

    first = shown(expand="notes,locations")
    body = shop.line(first["number"])
    body["vendor_note"] = "In haste"
    body["note"] = [{"note_text": "another note"}]
    body["interested_user"] = [{"primary_id": "patron1"}]
    assert shop.call("PUT", f"{LINES}/{first['number']}", body).status_code == 200
    changed = shown(expand="notes,locations")
    assert changed["vendor_note"] == "In haste"
    assert changed["note"] == [{"note_text": "another note"}]
    assert changed["interested_user"][0]["last_name"] == "Patron"
    shop.world.load(
        directory, "user", {"primary_id": "patron1", "first_name": "Demo", "last_name": "Married"}
    )
    assert shown()["interested_user"][0]["last_name"] == "Married"
    shop.world.load(directory, "library", {"code": "MAIN", "name": "Renamed Library"})
    assert shown()["owner"]["desc"] == "Renamed Library"
    item = changed["location"][0]["copy"][0]["pid"]
    received = shop.call("POST", f"{LINES}/{first['number']}/items/{item}", {}, op="receive")
    assert received.status_code == 200, received.text
    assert "receive_date" in shown(expand="locations")["location"][0]["copy"][0]


REGISTERS = frozenset(
    {
        "code_rows",
        "funds",
        "institutions",
        "libraries",
        "locations",
        "vendor_accounts",
        "vendors",
        "fiscal_periods",
        "register_versions",
        "scope_versions",
        "departments",
    }
)
"""Tables whose writers say that registers changed."""


def test_whatever_an_answer_is_made_of_ends_it_when_it_changes(
    shop: Shop, cart: dict[str, Any], server: Server
) -> None:
    """Every table a list reads is part of its scope, or a register."""
    read: set[str] = set()

    def note(_c: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        read.update(re.findall(r"(?:FROM|JOIN) (\w+)", sql))

    event.listen(server.store.reader, "before_cursor_execute", note)
    try:
        for query in ("all~otters", "item_library~main", "vendor_account~gobi", "fund_name~h", "po_number~1"):
            asked(shop, q=query, expand="notes,locations", order_by="po_number", limit="99")
    finally:
        event.remove(server.store.reader, "before_cursor_execute", note)
    tables = {name for name in read if name in metadata.tables}
    assert {"po_lines", "bib_words", "items", "line_notes"} <= tables
    of_scope = {name for name in tables if "lines" in metadata.tables[name].info.get(PART_OF, ())}
    assert tables - of_scope - REGISTERS == set()


# -- refused -----------------------------------------------------------------------------------

WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"q": "colour~red"}, "40188600", "colour"),
    ({"q": "title~otters AND colour~red"}, "40188600", "Valid fields: all, author,"),
    ({"order_by": "enumeration_a"}, "40188602", "enumeration_a"),
    ({"order_by": "enumeration_a,item_library"}, "40188602", "enumeration_a"),
    ({"order_by": "title,enumeration_a", "q": "enumeration_a~1"}, "40188603", "title,enumeration_a"),
    ({"order_by": "colour"}, "40188604", "Valid keys: number, title, created_date, po_number"),
    ({"status": "OPEN"}, "40166411", "status: OPEN. Valid: ALL, ACTIVE"),
    ({"direction": "up"}, "40166411", "direction: up. Valid: asc, desc"),
    ({"acquisition_method": "PURCHASE,STEAL"}, "40166411", "acquisition_method: STEAL. Valid: ALL,"),
    ({"expand": "notes,colours"}, "40166411", "expand: colours. Valid: notes, locations"),
    ({"library": "NOWHERE"}, "40166411", "Library NOWHERE not found"),
    ({"min_expected_arrival_date": "tomorrow"}, "40166411", "min_expected_arrival_date: tomorrow"),
    ({"max_expected_arrival_date": "2026-02-30"}, "40166411", "max_expected_arrival_date: 2026-02-30"),
    ({"max_expected_arrival_date": "2026-02-03Zulu"}, "40166411", "max_expected_arrival_date"),
    ({"limit": "-1"}, "40166411", "limit: -1"),
    ({"limit": "ten"}, "40166411", "limit: ten"),
    ({"offset": "1.5"}, "40166411", "offset: 1.5"),
    ({"offset": "9" * 30}, "40166411", "offset"),
    ({"q": " AND ".join(["title~otters"] * 51)}, "60106", "more than 50 conditions"),
]


@pytest.mark.parametrize("wants", FORMATS)
@pytest.mark.parametrize(("params", "code", "said"), WRONG, ids=[str(each[0])[:60] for each in WRONG])
def test_what_cannot_be_asked(
    shop: Shop, wants: Format, params: dict[str, str], code: str, said: str
) -> None:
    answer = shop.get(LINES, wants=wants, **params)
    assert answer.status_code == 400
    ((told, words),) = problems(answer)
    assert told == code
    assert said in words


@pytest.mark.parametrize("wants", FORMATS)
def test_an_item_search_that_is_too_broad(
    shop: Shop, cart: dict[str, Any], wants: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openacq.ordering.query.MOST_ITEMS", 2)
    answer = shop.get(LINES, wants=wants, q="item_library~MAIN")
    assert answer.status_code == 400
    ((code, words),) = problems(answer)
    assert code == "40188605"
    assert "more than 2 items" in words


NASTY = [
    "title~" + "x" * 5_000,
    "title~" + "a b " * 1_000,
    "all~" + "a b " * 200,
    "title~%' OR 1=1 --",
    "title~\\",
    "number~%",
    "number~_",
    "issn_isbn~%_",
    "vendor_code~\x00",
    "all~\U0010ffff",
    "title~" + "é" * 300,
    "~", "=", " AND ", "AND", "title~a AND AND title~b", "title~~~", "mms_id~" + "9" * 400,
    "number~" + "9" * 400,
    "enumeration_a~%", "item_description~\U0010ffff",
]  # fmt: skip


@pytest.mark.parametrize("query", NASTY, ids=range(len(NASTY)))
def test_whatever_is_asked_is_answered_or_refused(shop: Shop, cart: dict[str, Any], query: str) -> None:
    answer = shop.get(LINES, q=query)
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 400:
        assert problems(answer)[0][0] == "40188600"
    assert asked(shop)["total_record_count"] == 4
