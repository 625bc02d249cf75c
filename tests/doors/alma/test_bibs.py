"""A client follows the links of its order: the title, its holdings, items and portfolios."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import CopyWish, LocationWish
from openacq.doors.exchange.marc import load_bibs
from openacq.ordering.model import Line, PlaceWish, Terms
from openacq.store import Store
from tests.catalogue.titles import HERON, order
from tests.conftest import Do
from tests.doors.alma.calls import BASE, Alma, alma, members, new_key
from tests.doors.exchange.marc_files import book as marc_book
from tests.doors.exchange.marc_files import copy, data, iso2709
from tests.ordering.conftest import world
from tests.ordering.world import HELD_ISBN, NEW_ISBN, World, book

__all__ = ["alma", "world"]

HERE = f"{BASE}/almaws/v1"


@pytest.fixture
def key(world: World, write: Do) -> str:
    """A shop's key: it may order and read the configuration."""
    return new_key(write, areas={"acq": "write", "conf": "read"})


@pytest.fixture
def line(world: World) -> Line:
    """Two copies of a new book for the stacks, one for the science library."""
    return world.place(book(places=(PlaceWish("MAIN", "STACKS", 2), PlaceWish("SCI", "STACKS", 1))))


def path_of(link: str) -> str:
    assert link.startswith(HERE)
    return link.removeprefix(HERE)


# -- bibs ---------------------------------------------------------------------------------------


def test_a_brief_bib_says_what_the_order_said(alma: Alma, key: str, line: Line) -> None:
    answer = alma(f"/bibs/{line.bib.mms_id}", key)

    assert answer.status == 200
    shown = answer.json
    assert (shown["mms_id"], shown["title"], shown["isbn"]) == (line.bib.mms_id, "A new book", NEW_ISBN)
    assert shown["record_format"] == "marc21"
    assert shown["network_number"] == []
    assert shown["suppress_from_publishing"] == "false"
    assert shown["created_date"] == "2026-03-02Z"
    assert shown["link"] == f"{HERE}/bibs/{line.bib.mms_id}"
    assert shown["holdings"] == {"value": "", "link": f"{HERE}/bibs/{line.bib.mms_id}/holdings"}
    record = etree.fromstring(shown["anies"][0].encode())
    assert record.findtext("datafield[@tag='245']/subfield[@code='a']") == "A new book"
    assert record.findtext("datafield[@tag='264']/subfield[@code='b']") == "Press"


def test_json_and_xml_describe_the_same_bib(alma: Alma, key: str, line: Line) -> None:
    answer = alma(f"/bibs/{line.bib.mms_id}", key)

    assert answer.xml.tag == "bib"
    assert answer.xml.get("link") == answer.json["link"]
    for name in ("mms_id", "title", "author", "isbn", "publisher_const", "created_date"):
        assert answer.xml.findtext(name) == answer.json[name]
    record = answer.xml.find("record")
    assert record is not None
    written = etree.tostring(record, encoding="unicode")
    assert etree.tostring(etree.fromstring(answer.json["anies"][0].encode()), encoding="unicode") == written
    holdings = answer.xml.find("holdings")
    assert holdings is not None
    assert holdings.get("link") == answer.json["holdings"]["link"]


def test_a_loaded_bib_gives_back_its_record_unharmed(
    alma: Alma, key: str, store: Store, institution: int
) -> None:
    record = marc_book("991", "Heron & <Otter>", data("500", ("a", "Łódź"), ind="1 "), copy("MAIN", "STACKS"))
    record.fields[0].data = "9911112222"
    list(load_bibs(store, institution, io.BytesIO(iso2709(record))))

    shown = alma("/bibs/9911112222", key)
    found = shown.xml.find("record")
    assert found is not None
    assert found.findtext("controlfield[@tag='001']") == "9911112222"
    assert found.findtext("datafield[@tag='245']/subfield") == "Heron & <Otter>"
    note = found.find("datafield[@tag='500']")
    assert note is not None
    assert sorted(note.items()) == [("ind1", "1"), ("ind2", " "), ("tag", "500")]
    assert note.findtext("subfield[@code='a']") == "Łódź"
    assert '<subfield code="a">Heron &amp; &lt;Otter&gt;</subfield>' in shown.json["anies"][0]


def test_several_bibs_are_read_at_once_and_unknown_ones_are_left_out(
    alma: Alma, key: str, world: World, line: Line
) -> None:
    held = world.place(book(title=replace(book().title, isbn=HELD_ISBN))).bib.mms_id
    answer = alma("/bibs", key, mms_id=f"{line.bib.mms_id}, {held},9900000000", view="brief")

    assert answer.json["total_record_count"] == 2
    assert [bib["mms_id"] for bib in answer.json["bib"]] == sorted([held, line.bib.mms_id])
    assert "anies" not in answer.json["bib"][0]
    assert members(answer.xml) == ["bib", "bib"]
    assert answer.xml.find("bib/record") is None
    assert alma("/bibs", key, mms_id="9900000000").json == {"total_record_count": 0}


def test_availability_is_added_to_the_record_on_request(
    alma: Alma, key: str, world: World, line: Line, write: Do
) -> None:
    received = LocationWish("MAIN", "STACKS", 1, (CopyWish(receive_date=line.created.date()),))
    write(lambda tx: catalogue.add_physical(tx, line.bib.mms_id, 1, [received], True))
    plain = alma(f"/bibs/{line.bib.mms_id}", key).xml
    more = alma(f"/bibs/{line.bib.mms_id}", key, expand="p_avail,e_avail,d_avail").xml

    assert plain.find("record/datafield[@tag='AVA']") is None
    fields = [
        {part.get("code"): part.text for part in field}
        for field in more.iterfind("record/datafield[@tag='AVA']")
    ]
    assert [(one["b"], one["j"], one["e"], one["f"], one["g"]) for one in fields] == [
        ("MAIN", "STACKS", "available", "3", "2"),
        ("SCI", "STACKS", "unavailable", "1", "1"),
    ]
    assert fields[0]["q"] == "Main Library"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/bibs/9900000000", "402203"),
        ("/bibs/abc", "402204"),
        ("/bibs/9900000000/holdings", "402203"),
        ("/bibs/9900000000/holdings/ALL/items", "402203"),
        ("/bibs/9900000000/portfolios", "402203"),
        ("/bibs", "401664"),
    ],
)
def test_what_is_not_there_is_answered_with_almas_codes(alma: Alma, key: str, path: str, code: str) -> None:
    answer = alma(path, key)
    assert (answer.status, answer.error[0]) == (400, code)
    assert answer.xml.tag.endswith("web_service_result")


def test_a_malformed_id_among_several_is_refused(alma: Alma, key: str, line: Line) -> None:
    assert alma("/bibs", key, mms_id=f"{line.bib.mms_id},x").error[0] == "402204"
    assert alma("/bibs", key, mms_id=",".join(str(99000 + n) for n in range(101))).status == 400


def test_another_institutions_bib_is_not_found(
    alma: Alma, key: str, other_institution: int, write: Do
) -> None:
    theirs = write(lambda tx: order(tx, HERON), institution=other_institution).mms_id
    assert alma(f"/bibs/{theirs}", key).error[0] == "402203"


def test_the_key_needs_the_bibs_area_or_acquisitions(alma: Alma, write: Do, line: Line) -> None:
    path = f"/bibs/{line.bib.mms_id}"
    assert alma(path, new_key(write, areas={"bibs": "read"})).status == 200
    assert alma(path, new_key(write, areas={"conf": "read"})).status == 403
    assert alma("/bibs/test", new_key(write, areas={"bibs": "read"})).status == 200


# -- holdings and items -------------------------------------------------------------------------


def test_every_link_of_the_order_resolves(alma: Alma, key: str, line: Line) -> None:
    order = alma(f"/acq/po-lines/{line.number}", key).json
    links = [order["resource_metadata"]["mms_id"]["link"]]
    for place in order["location"]:
        links += [holding["link"] for holding in place["holding"]]
        links += [item["link"] for item in place["copy"]]
    assert len(links) == 1 + 2 + 3
    for link in links:
        answer = alma(path_of(link), key)
        assert answer.status == 200
        assert answer.json["link"] == answer.xml.get("link") == link


def test_holdings_are_listed_with_their_places(alma: Alma, key: str, line: Line) -> None:
    answer = alma(f"/bibs/{line.bib.mms_id}/holdings", key)

    assert answer.json["total_record_count"] == 2
    assert answer.xml.get("total_record_count") == "2"
    assert members(answer.xml) == ["holding", "holding", "bib_data"]
    first = answer.json["holding"][0]
    assert first["library"] == {"value": "MAIN", "desc": "Main Library"}
    assert first["location"] == {"value": "STACKS", "desc": "Stacks"}
    assert answer.json["bib_data"]["title"] == "A new book"
    record = etree.fromstring(alma(path_of(first["link"]), key).json["anies"][0].encode())
    place = {part.get("code"): part.text for part in record.iterfind("datafield[@tag='852']/subfield")}
    assert place == {"b": "MAIN", "c": "STACKS"}
    assert record.findtext("controlfield[@tag='004']") == line.bib.mms_id


def test_items_are_listed_for_a_holding_and_for_all(alma: Alma, key: str, line: Line) -> None:
    bib = f"/bibs/{line.bib.mms_id}"
    every = alma(f"{bib}/holdings/ALL/items", key)
    assert every.json["total_record_count"] == 3
    assert [one["item_data"]["library"]["value"] for one in every.json["item"]] == ["MAIN", "MAIN", "SCI"]

    holding = line.items[0].holding_id
    first = alma(f"{bib}/holdings/{holding}/items", key, limit="1").json
    second = alma(f"{bib}/holdings/{holding}/items", key, limit="1", offset="1").json
    assert first["total_record_count"] == second["total_record_count"] == 2
    assert {one["item"][0]["item_data"]["pid"] for one in (first, second)} == {
        one.item_id for one in line.items if one.holding_id == holding
    }


def test_an_item_on_order_names_its_line_and_is_not_in_place(alma: Alma, key: str, line: Line) -> None:
    item = line.items[0]
    answer = alma(f"/bibs/{line.bib.mms_id}/holdings/{item.holding_id}/items/{item.item_id}", key)

    assert members(answer.xml) == ["bib_data", "holding_data", "item_data"]
    shown: dict[str, Any] = answer.json["item_data"]
    assert (shown["pid"], shown["barcode"], shown["po_line"]) == (item.item_id, item.barcode, line.number)
    assert shown["base_status"] == {"value": "0", "desc": "Item not in place"}
    assert shown["process_type"] == {"value": "ACQ", "desc": "Acquisition"}
    assert shown["creation_date"] == "2026-03-02Z"
    assert answer.json["holding_data"]["holding_id"] == item.holding_id
    status = answer.xml.find("item_data/base_status")
    assert status is not None
    assert (status.text, status.get("desc")) == ("0", "Item not in place")


def test_an_item_is_not_found_under_another_holding(alma: Alma, key: str, line: Line) -> None:
    ours, theirs = line.items[0], line.items[-1]
    bib = f"/bibs/{line.bib.mms_id}/holdings"
    assert alma(f"{bib}/{theirs.holding_id}/items/{ours.item_id}", key).status == 400
    assert alma(f"{bib}/ALL/items/{ours.item_id}", key).status == 200
    assert alma(f"{bib}/220000/items", key).error[0] == "402203"


def test_a_key_sees_the_libraries_granted_to_it_only(alma: Alma, write: Do, line: Line) -> None:
    narrow = new_key(write, areas={"bibs": "read"}, libraries=frozenset({"SCI"}))
    bib = f"/bibs/{line.bib.mms_id}"
    listed = alma(f"{bib}/holdings", narrow).json
    assert [one["library"]["value"] for one in listed["holding"]] == ["SCI"]
    assert alma(f"{bib}/holdings/ALL/items", narrow).json["total_record_count"] == 1
    assert alma(f"{bib}/holdings/{line.items[0].holding_id}", narrow).status == 400


def test_a_vendors_key_is_told_its_own_line_numbers_only(alma: Alma, write: Do, line: Line) -> None:
    items = f"/bibs/{line.bib.mms_id}/holdings/ALL/items"

    def numbers(vendor: str) -> set[str]:
        tied = new_key(write, areas={"acq": "write"}, vendor=vendor)
        return {one["item_data"]["po_line"] for one in alma(items, tied).json["item"]}

    assert numbers("GOBI") == {line.number}
    assert numbers("CORNER") == {""}


# -- portfolios ---------------------------------------------------------------------------------


def test_the_portfolio_of_an_e_book_is_shown(alma: Alma, key: str, world: World) -> None:
    terms = Terms(url="https://books.example/1", access_provider="Reed")
    line = world.place(book(type="E_BOOK_OT", places=(), terms=terms))
    (held,) = line.portfolios

    order = alma(f"/acq/po-lines/{line.number}", key).json
    (linked,) = order["portfolios"]["portfolio"]
    answer = alma(path_of(linked["link"]), key)
    assert answer.status == 200
    assert answer.json["id"] == held.portfolio_id
    assert answer.json["is_local"] is True
    assert answer.json["is_standalone"] is True
    assert answer.json["availability"] == {"value": "10", "desc": "Not Available"}
    assert answer.json["linking_details"]["url"] == "https://books.example/1"
    assert answer.json["resource_metadata"]["mms_id"]["value"] == line.bib.mms_id
    assert answer.xml.findtext("linking_details/url") == "https://books.example/1"

    listed = alma(f"/bibs/{line.bib.mms_id}/portfolios", key)
    assert listed.json["total_record_count"] == 1
    assert listed.json["portfolio"][0] == answer.json
    assert alma(f"/bibs/{line.bib.mms_id}/portfolios/53", key).error[0] == "402203"


def test_a_printed_title_has_no_portfolios(alma: Alma, key: str, line: Line) -> None:
    assert alma(f"/bibs/{line.bib.mms_id}/portfolios", key).json == {"total_record_count": 0}
