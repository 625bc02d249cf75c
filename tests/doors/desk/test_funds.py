"""Funds on the screen: five amounts, the postings behind each, how the money went, and moving it."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import Any

import pytest

from openacq.kernel.clock import FixedClock
from openacq.ledger import service as ledger
from openacq.ledger.model import Difference
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop, order


def fund_id(shop: Shop, code: str) -> int:
    found = shop.world.read(lambda tx: ledger.fund(tx, code))
    assert found is not None
    return int(found.id)


def row_of(staff: Staff, code: str) -> str:
    return next(row for row in staff.rows() if row.startswith(code))


def test_the_tree_has_five_amounts_and_sums_up(staff: Staff, shop: Shop) -> None:
    shop.ordered()
    staff.get("/funds")
    assert "$1,000.00 $50.00 $0.00 $1,000.00 $950.00" in row_of(staff, "HIST")
    assert "$3,010.00 $50.00 $0.00 $3,010.00 $2,960.00" in row_of(staff, "BOOKS")


def test_every_number_opens_its_postings(staff: Staff, shop: Shop) -> None:
    line = shop.ordered()
    fund = fund_id(shop, "HIST")
    staff.get(f"/funds/{fund}/postings", what="encumbered")
    assert "These postings come to $50.00." in staff.text
    assert [line["number"] in row for row in staff.rows()] == [True]
    staff.get(f"/funds/{fund}/postings", what="available")
    assert "These postings come to $950.00." in staff.text
    assert ["-$50.00" in row for row in staff.rows()] == [True, False]
    staff.get(f"/funds/{fund_id(shop, 'BOOKS')}/postings", what="allocated")
    assert len(staff.rows()) == 4
    for what in ("spent", "cash", "nonsense"):
        staff.get(f"/funds/{fund}/postings", what=what)
        assert staff.status == 200


def test_the_chart_is_told_in_words_and_as_a_table(staff: Staff, shop: Shop, clock: FixedClock) -> None:
    clock.advance(days=10)
    shop.ordered()
    staff.sign_in()
    staff.get(f"/funds/{fund_id(shop, 'HIST')}")
    summary = staff.page.xpath("string(//figcaption)")
    assert "Of $1,000.00 allocated to History, $950.00 are available on Mar 12, 2026" in summary
    assert "an even pace would leave $807.69" in summary
    assert "At the pace so far" in summary
    (svg,) = staff.page.xpath("//figure//*[name()='svg']")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "burn-down burn-summary"
    table = [row.xpath("*//text() | */text()") for row in staff.page.xpath("//*[@id='as-table']//tbody/tr")]
    assert table[0] == ["Mar 2, 2026", "$1,000.00", "$835.16"]
    assert table[1] == ["Mar 12, 2026", "$950.00", "$807.69"]
    assert staff.answer is not None
    assert "style=" not in staff.answer.text


def test_a_fund_without_money_has_no_chart(staff: Staff, shop: Shop) -> None:
    shop.world.load(ledger, "fund", {"code": "BARE", "name": "Nothing in it", "parent": "BOOKS"})
    staff.get(f"/funds/{fund_id(shop, 'BARE')}")
    assert "Nothing is allocated to Nothing in it yet." in staff.text
    assert not staff.page.xpath("//figure//*[name()='svg']")


def test_the_books_say_when_they_were_proved(staff: Staff, shop: Shop) -> None:
    staff.get("/funds")
    assert "have not been proved yet" in staff.text
    shop.world.write(lambda tx: ledger.keep_proof(tx, {"ledger": [], "ordering": []}))
    staff.get("/funds")
    assert "Books proved at Mar 2, 2026" in staff.text
    assert "all balances agree" in staff.text
    wrong = Difference("fund HIST", "encumbered", "10.00 USD", "12.00 USD")
    shop.world.write(lambda tx: ledger.keep_proof(tx, {"ledger": [wrong]}))
    staff.get("/funds")
    assert "not everything agrees" in staff.text
    assert "fund HIST: encumbered is 10.00 USD, should be 12.00 USD" in staff.text


def test_an_allocation_is_shown_before_it_is_made(staff: Staff, shop: Shop) -> None:
    path = f"/funds/{fund_id(shop, 'HIST')}/allocate"
    staff.get(path)
    staff.send(0, {"amount": "250.50", "note": "Rest of the year"})
    assert "HIST: available $1,000.00, then $1,250.50" in staff.text
    assert shop.world.balance("HIST").available.text() == "1000.00"
    staff.send(0, {"do": "do"})
    assert staff.told == "Done. Available now: HIST: $1,250.50"
    assert shop.world.balance("HIST").available.text() == "1250.50"
    staff.get(f"/funds/{fund_id(shop, 'HIST')}/postings", what="allocated")
    assert staff.name in staff.rows()[0]
    assert "Rest of the year" in staff.rows()[0]


def test_a_transfer_shows_both_balances_and_happens_once(staff: Staff, shop: Shop) -> None:
    path = f"/funds/{fund_id(shop, 'HIST')}/transfer"
    staff.get(path)
    staff.send(0, {"to": "ART", "amount": "100", "note": "Helping out"})
    assert "HIST: available $1,000.00, then $900.00" in staff.text
    assert "ART: available $1,000.00, then $1,100.00" in staff.text
    fields = {**dict(staff.fields(staff.form(0))), "do": "do"}
    for _ in range(2):
        staff.post(path, fields)
    assert shop.world.balance("HIST").available.text() == "900.00"
    assert shop.world.balance("ART").available.text() == "1100.00"
    assert shop.world.differences() == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": ""}, "amount"),
        ({"amount": "1,5"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"note": ""}, "note"),
        ({"to": ""}, "to"),
        ({"to": "HIST"}, "to"),
        ({"to": "NOWHERE"}, "to"),
        ({"amount": "99999"}, "amount"),
    ],
    ids=str,
)
def test_a_transfer_that_cannot_be_is_refused_beside_the_field(
    staff: Staff, shop: Shop, fields: dict[str, str], field: str
) -> None:
    typed = {"to": "ART", "amount": "10", "note": "Why not", **fields}
    staff.get(f"/funds/{fund_id(shop, 'HIST')}/transfer")
    staff.send(0, typed)
    assert staff.status in (409, 422)
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")
    assert (staff.value("amount"), staff.value("note")) == (typed["amount"], typed["note"])


def test_money_is_moved_by_those_who_may(server: Server, shop: Shop) -> None:
    with Staff(server, shop.world, new_staff(server, shop.world, "55")) as reviewer:
        reviewer.sign_in()
        fund = fund_id(shop, "HIST")
        reviewer.get(f"/funds/{fund}")
        assert reviewer.status == 200
        assert "Allocate" not in reviewer.text.split("Amounts")[0]
        reviewer.get(f"/funds/{fund}/allocate")
        assert reviewer.status == 403


def test_the_tree_is_a_file_too(staff: Staff, shop: Shop) -> None:
    shop.ordered()
    staff.get("/funds", format="csv")
    assert staff.answer is not None
    rows = list(csv.DictReader(io.StringIO(staff.answer.content.decode("utf-8-sig"))))
    assert {row["code"]: row["available"] for row in rows}["HIST"] == "950"


def test_a_neighbours_fund_is_not_found(server: Server, staff: Staff) -> None:
    with server.new_shop() as neighbour:
        rows: list[dict[str, object]] = [
            {"code": f"N{number}", "name": "Next door", "parent": "BOOKS"} for number in range(80)
        ]
        neighbour.world.load(ledger, "fund", *rows)
        fund = fund_id(neighbour, "N79")
        for path in (f"/funds/{fund}", f"/funds/{fund}/postings", f"/funds/{fund}/transfer", "/funds/x"):
            staff.get(path)
            assert staff.status == 404, path


def test_statements_do_not_grow_with_funds_or_postings(staff: Staff, shop: Shop) -> None:
    shop.ordered()
    fund = fund_id(shop, "HIST")
    paths = ("/funds", f"/funds/{fund}", f"/funds/{fund}/postings?what=available")

    def counts() -> list[int]:
        return [statements(staff.server, partial(staff.get, path)) for path in paths]

    before = counts()
    names = [f"MORE-{number}" for number in range(15)]
    rows: list[dict[str, Any]] = [{"code": name, "name": name, "parent": "BOOKS"} for name in names]
    shop.world.load(ledger, "fund", *rows)
    for _ in range(6):
        shop.ordered(order(price={"sum": "1.00", "currency": {"value": "USD"}}))
    assert counts() <= before
