"""Packing slips: all is scanned, compared with the order, and what was expected received."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.doors.desk.receive_slips import scans_of
from openacq.ordering import claim, moves, progress
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff
from tests.doors.desk.test_receive import copies, received
from tests.doors.own.desk import send
from tests.shop import Shop, new_isbn, order

PACKER = Actor("packer")


def in_one_order(shop: Shop, *bodies: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Lines packed into one PO and sent; the PO's number and the lines."""
    lines = [shop.ordered(body) for body in bodies]
    numbers = [line["number"] for line in lines]

    def pack(tx: Any) -> str:
        ids = ordering.line_ids(tx, numbers, PACKER)
        return ordering.pack_chosen(tx, list(ids.values()), PACKER)

    return str(shop.world.write(pack)), lines


def ready(shop: Shop, lines: list[dict[str, Any]]) -> None:
    """The PO has gone out to the vendor."""

    def work(tx: Any) -> None:
        ids = [shop.world.line(line["number"]).id for line in lines]
        guards = progress.guards_of(tx, ids)
        moves.move_lines(tx, ids, "send", PACKER, holds=guards, values={"sent": tx.now})
        claim.expect(tx, ids)

    shop.world.write(work)


def isbn_of(line: dict[str, Any]) -> str:
    return str(line["resource_metadata"]["isbn"])


def test_short_over_and_unexpected_are_told(staff: Staff, shop: Shop) -> None:
    number, lines = in_one_order(shop, order(location=copies(2)), order(), order(), order())
    ready(shop, lines)
    short, over, fine, absent = lines
    stranger = new_isbn()
    scans = [isbn_of(short), isbn_of(over), isbn_of(over), fine["number"], stranger]
    staff.get("/receive/slip")
    staff.send(0, {"order": number, "scans": "\n".join(scans)})
    rows = {row.split()[0]: row for row in _rows(staff)}
    assert "1 short" in rows[short["number"]]
    assert "1 too many" in rows[over["number"]]
    assert rows[fine["number"]].endswith("agrees")
    assert "1 short" in rows[absent["number"]]
    assert stranger in staff.text
    assert "no line that can be received has this number" in staff.text


def _rows(staff: Staff) -> list[str]:
    return [" ".join(row.text_content().split()) for row in staff.page.xpath("//main//tbody/tr")]


def test_what_was_expected_is_received_and_can_be_taken_back(staff: Staff, shop: Shop) -> None:
    number, lines = in_one_order(shop, order(location=copies(2)), order())
    ready(shop, lines)
    first, second = lines
    staff.get("/receive/slip", order=number)
    staff.send(0, {"scans": f"{isbn_of(first)} x 2\n{isbn_of(second)}\n{isbn_of(second)}"})
    staff.send(0, {"do": "receive"})
    assert staff.told == "3 copies of the parcel are received."
    assert (received(shop, first), received(shop, second)) == (2, 1)
    staff.send("/receive/undo")
    assert received(shop, first) + received(shop, second) == 0


def test_a_title_of_another_order_is_named(staff: Staff, shop: Shop) -> None:
    number, lines = in_one_order(shop, order())
    ready(shop, lines)
    other = shop.ordered()
    send(shop, other["number"])
    staff.get("/receive/slip")
    staff.send(0, {"order": number, "scans": isbn_of(other)})
    assert "it belongs to another order:" in staff.text
    assert other["number"] in staff.text


def test_without_an_order_the_scans_say_what_is_meant(staff: Staff, shop: Shop) -> None:
    line = shop.ordered()
    send(shop, line["number"])
    staff.get("/receive/slip")
    staff.send(0, {"order": "", "scans": line["vendor_reference_number"]})
    assert _rows(staff)[0].startswith(line["number"])


def test_notes_are_read_first(staff: Staff, shop: Shop) -> None:
    number, lines = in_one_order(shop, order(receiving_note="Look inside"))
    ready(shop, lines)
    staff.get("/receive/slip")
    staff.send(0, {"order": number, "scans": lines[0]["number"]})
    staff.send(0, {"do": "receive"})
    assert "has not been read" in staff.wrong[0]
    assert received(shop, lines[0]) == 0
    assert lines[0]["number"] in staff.value("scans")


@pytest.mark.parametrize(("order_", "field"), [("PO-2026-99999", "order"), ("", "scans")])
def test_what_is_wrong_keeps_what_was_typed(staff: Staff, order_: str, field: str) -> None:
    scans = "" if field == "scans" else "9780306406157"
    staff.get("/receive/slip")
    staff.send(0, {"order": order_, "scans": scans})
    assert staff.wrong
    assert (staff.value("order"), staff.value("scans").strip()) == (order_, scans)


def test_statements_do_not_grow_with_the_parcel(staff: Staff, shop: Shop) -> None:
    few, many = in_one_order(shop, order()), in_one_order(shop, *(order() for _ in range(9)))
    ready(shop, [*few[1], *many[1]])

    def compare(parcel: tuple[str, list[dict[str, Any]]]) -> int:
        form = {"order": parcel[0], "scans": "\n".join(map(isbn_of, parcel[1]))}
        staff.get("/receive/slip")
        return statements(staff.server, lambda: staff.post("/receive/slip", form))

    assert compare(many) <= compare(few)


@pytest.mark.parametrize(
    ("text", "scans"),
    [
        ("9780306406157", [("9780306406157", 1)]),
        ("9780306406157 x 2", [("9780306406157", 2)]),
        ("9780306406157\t3", [("9780306406157", 3)]),
        (" POL-1 \n\n REF 7 ", [("POL-1", 1), ("REF 7", 1)]),
        ("A*4", [("A", 4)]),
        ("", []),
    ],
)
def test_scans_are_read_line_by_line(text: str, scans: list[tuple[str, int]]) -> None:
    assert scans_of(text) == scans
