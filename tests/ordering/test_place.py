"""A vendor orders; the line goes on, or waits and says why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import CopyWish, Description
from openacq.kernel.refusal import Refusal
from openacq.ordering.alerts import in_words
from openacq.ordering.model import (
    Actor,
    InterestedWish,
    LineState,
    PlaceLine,
    PlaceWish,
    Severity,
    ShareWish,
    Sum,
    Terms,
)
from openacq.ordering.tables import purchase_orders
from openacq.store import Tx
from openacq.vendors import service as vendors
from tests.ordering.world import HELD_ISBN, HELD_TITLE, World, book


def slugs(refusal: Refusal) -> list[tuple[str, str, str]]:
    return [(problem.slug, problem.field, problem.value) for problem in refusal.problems]


def blocked_by(line: Any) -> set[str]:
    return {alert.slug for alert in line.alerts if alert.severity is Severity.BLOCKING}


def test_a_new_book_is_ordered_paid_for_and_goes_on_to_packaging(world: World) -> None:
    line = world.place(book())
    assert line.state is LineState.AUTO_PACKAGING
    assert line.number.startswith("POL-")
    assert line.oin.startswith("OIN-2026-")
    assert [alert.slug for alert in line.alerts] == ["bib_brief"]
    assert line.bib.title == "A new book"
    assert len(line.items) == 1
    assert line.holdings[0].library == "MAIN"
    assert line.shares[0].encumbered is not None
    assert world.balance("HIST").encumbered.text() == "50.00"
    assert world.balance("HIST").available.text() == "950.00"
    assert world.differences() == []


def test_a_line_reads_back_as_it_was_made(world: World) -> None:
    made = world.place(
        book(
            places=(
                PlaceWish("MAIN", "STACKS", 2, (CopyWish(barcode="B1", description="v.1"),)),
                PlaceWish("SCI", "STACKS", 1),
            ),
            shares=(
                ShareWish("HIST", percent="33.33"),
                ShareWish("ART", percent="33.33"),
                ShareWish("SCIENCE", percent="33.34"),
            ),
            notes=("First note", "Second note"),
            interested=(InterestedWish("patron1", True, True, True, False),),
            rush=True,
            expected_receipt_date=date(2026, 5, 1),
            terms=Terms(
                vendor_note="Please hurry",
                receiving_note="For the exhibition",
                claiming_interval="30",
                reporting_codes=("a", "b", "", "", ""),
                renewal_period=14,
                subscription_from=date(2026, 1, 1),
            ),
        )
    )
    read = world.line(made.number)
    assert read.shares[0].encumbered is None  # what hangs is the ledger's to tell
    assert read.terms == made.terms
    assert (read.places, read.notes, read.interested, read.alerts) == (
        made.places,
        made.notes,
        made.interested,
        made.alerts,
    )
    assert [(item.item_id, item.barcode) for item in read.items] == [
        (item.item_id, item.barcode) for item in made.items
    ]
    assert read.bib.mms_id == made.bib.mms_id
    assert (read.price, read.net, read.quantity, read.state) == (made.price, made.net, 3, made.state)


def test_three_funds_share_an_odd_cent_exactly(world: World) -> None:
    line = world.place(
        book(
            price=Sum("10.00", "USD"),
            shares=(
                ShareWish("HIST", percent="33.3333"),
                ShareWish("ART", percent="33.3333"),
                ShareWish("SCIENCE", percent="33.3334"),
            ),
        )
    )
    assert [share.part.text() for share in line.shares if share.part] == ["3.33", "3.33", "3.34"]
    encumbered = [world.balance(code).encumbered.units for code in ("HIST", "ART", "SCIENCE")]
    assert sum(encumbered) == 100_000


def test_the_account_s_discount_and_the_quantity_make_the_net(world: World) -> None:
    line = world.place(
        book(
            vendor="CORNER",
            account="CORNER-1",
            price=Sum("20.00", "EUR"),
            places=(PlaceWish("MAIN", "STACKS", 2),),
        )
    )
    assert line.net is not None
    assert line.net.text() == "36.00"
    assert line.shares[0].encumbered is not None
    assert (line.shares[0].encumbered.text(), line.shares[0].encumbered.currency) == ("39.60", "USD")


@pytest.mark.parametrize(
    ("changes", "alert"),
    [
        ({"vendor": "", "account": ""}, "vendor_missing"),
        ({"account": ""}, "account_missing"),
        ({"price": Sum()}, "price_missing"),
        ({"shares": ()}, "fund_missing"),
        ({"shares": (ShareWish("hist", percent="100"),)}, "fund_unknown"),
        ({"shares": (ShareWish("BOOKS", percent="100"),)}, "fund_summary"),
        ({"shares": (ShareWish("POOR", percent="100"),)}, "fund_short"),
        ({"shares": (ShareWish("HIST", percent="60"),)}, "shares_differ"),
        ({"shares": (ShareWish("HIST", amount=Sum("49.99", "USD")),)}, "shares_differ"),
        ({"places": ()}, "location_missing"),
        ({"manual_review": True}, "manual_review"),
        ({"type": "PRINTED_BOOK_SO"}, "renewal_missing"),
        ({"title": Description(title=HELD_TITLE, isbn=HELD_ISBN)}, "held_already"),
        ({"price": Sum("50.00", "CHF")}, "fund_foreign"),
    ],
)
def test_what_is_missing_or_doubtful_parks_the_line_and_says_so(
    world: World, changes: dict[str, Any], alert: str
) -> None:
    line = world.place(book(**changes))
    assert line.state is LineState.IN_REVIEW
    assert alert in blocked_by(line)
    assert world.differences() == []


def test_a_fund_wrong_in_case_is_answered_with_the_fund_it_meant(world: World) -> None:
    line = world.place(book(shares=(ShareWish("hist", percent="100"),)))
    from openacq.ordering.service import in_words

    words = [in_words(alert).text for alert in line.alerts if alert.slug == "fund_unknown"]
    assert words == ["There is no fund hist. Did you mean HIST?"]
    assert world.balance("HIST").encumbered.units == 0


def test_a_fund_without_enough_money_keeps_its_share_and_says_what_is_short(world: World) -> None:
    line = world.place(book(shares=(ShareWish("POOR", percent="100"),)))
    facts = next(alert.facts for alert in line.alerts if alert.slug == "fund_short")
    assert facts == {"fund": "POOR", "free": "10.00", "short": "40.00", "currency": "USD"}
    assert line.shares[0].fund_id is not None
    assert line.shares[0].encumbered is None
    assert world.balance("POOR").encumbered.units == 0


def test_every_reason_is_named_at_once(world: World) -> None:
    line = world.place(
        book(
            vendor="",
            account="",
            type="PRINTED_BOOK_SO",
            shares=(ShareWish("hist", percent="50"), ShareWish("POOR", percent="50")),
            manual_review=True,
        )
    )
    assert blocked_by(line) >= {
        "vendor_missing",
        "renewal_missing",
        "fund_unknown",
        "fund_short",
        "manual_review",
    }


def test_all_that_is_wrong_is_refused_together_and_nothing_is_kept(world: World) -> None:
    wish = book(
        owner="MIAN",
        type="NONSENSE",
        vendor="GOBO",
        method="PURCHASED",
        places=(PlaceWish("MAIN", "STACK", 1), PlaceWish("LAW", "STACKS", 1)),
        price=Sum("12,50", "USD"),
        interested=(InterestedWish("nobody"),),
        terms=Terms(vendor_reference_type="??"),
    )
    with pytest.raises(Refusal) as refused:
        world.place(wish)
    assert slugs(refused.value) == [
        ("owner_unknown", "owner", "MIAN"),
        ("code_illegal", "type", "NONSENSE"),
        ("vendor_unknown", "vendor", "GOBO"),
        ("code_illegal", "acquisition_method", "PURCHASED"),
        ("code_illegal", "vendor_reference_number_type", "??"),
        ("location_unknown", "location[0].shelving_location", "STACK"),
        ("library_unknown", "location[1].library", "LAW"),
        ("price_invalid", "price.sum", "12,50"),
        ("user_unknown", "interested_user[0].primary_id", "nobody"),
    ]
    assert "Did you mean MAIN?" in refused.value.problems[0].advice()
    assert "Did you mean GOBI?" in refused.value.problems[2].advice()
    with pytest.raises(Refusal) as nothing:
        world.line("REF-1")
    assert nothing.value.problems[0].slug == "line_not_found"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"owner": "", "type": "", "title": Description()},
            ["field_missing", "field_missing", "field_missing"],
        ),
        ({"account": "GOBI-MIAN"}, ["account_unknown"]),
        ({"no_charge": True, "method": "GIFT"}, ["no_charge_refused"]),
        ({"price": Sum("-1.00", "USD")}, ["price_negative"]),
        ({"price": Sum("1" * 20, "USD")}, ["price_invalid"]),
        (
            {"price": Sum("9999999999", "USD"), "places": (PlaceWish("MAIN", "STACKS", 9),)},
            ["total_too_large"],
        ),
        ({"price": Sum("1.00", "DOLLARS")}, ["code_illegal"]),
        ({"price": Sum("1.00", "")}, ["field_missing"]),
        ({"places": (PlaceWish("MAIN", "STACKS", 0),)}, ["quantity_invalid"]),
        ({"places": (PlaceWish("MAIN", "STACKS", 5000),)}, ["quantity_invalid"]),
        ({"places": (PlaceWish("MAIN", "CELLAR", 1),)}, ["location_unknown"]),
        ({"shares": (ShareWish("HIST", "50", Sum("25.00", "USD")),)}, ["share_invalid"]),
        ({"shares": (ShareWish("HIST", "101"),)}, ["share_invalid"]),
        ({"shares": (ShareWish("HIST", amount=Sum("50.00", "EUR")),)}, ["share_currency"]),
        ({"title": Description(mms_id="99424242")}, ["bib_unknown"]),
        ({"profile": "NOPE"}, ["profile_unknown"]),
        ({"terms": Terms(base_status="ON")}, ["code_illegal"]),
        ({"terms": Terms(claiming_interval="soon")}, ["value_wrong_type"]),
        ({"terms": Terms(reclaim_interval="-1", renewal_period=-1)}, ["value_wrong_type"] * 2),
        (
            {"vendor": "GOBO", "shares": (ShareWish(""),), "price": Sum("1.00", "")},
            ["field_missing", "field_missing", "vendor_unknown"],
        ),
        (
            {
                "places": (
                    PlaceWish(
                        "MAIN",
                        "STACKS",
                        2,
                        (
                            CopyWish(
                                is_temp_location=True, permanent_library="SCI", permanent_location="REF"
                            ),
                            CopyWish(is_temp_location=True, permanent_library="LAW"),
                        ),
                    ),
                )
            },
            ["location_unknown", "library_unknown"],
        ),
    ],
)
def test_each_wrong_field_is_refused_by_name(
    world: World, changes: dict[str, Any], expected: list[str]
) -> None:
    with pytest.raises(Refusal) as refused:
        world.place(book(**changes))
    assert [problem.slug for problem in refused.value.problems] == expected
    assert world.differences() == []


def test_a_number_that_exists_is_refused_and_a_foreign_one_is_ignored(world: World) -> None:
    first = world.place(book(number="POL-FOREIGN-1"))
    assert first.number != "POL-FOREIGN-1"
    with pytest.raises(Refusal) as refused:
        world.place(book(number=first.number))
    assert slugs(refused.value) == [("line_exists", "number", first.number)]


def test_no_charge_encumbers_nothing_and_needs_no_fund(world: World) -> None:
    line = world.place(book(no_charge=True, method="PURCHASE", shares=()))
    assert line.state is LineState.AUTO_PACKAGING
    assert line.net is not None
    assert line.net.units == 0


def test_a_gift_needs_no_fund_and_encumbers_nothing(world: World) -> None:
    line = world.place(book(method="GIFT"))
    assert line.state is LineState.AUTO_PACKAGING
    assert world.balance("HIST").encumbered.units == 0


def test_a_standing_order_has_holdings_and_no_items(world: World) -> None:
    line = world.place(book(type="PRINTED_BOOK_SO", renewal_date=date(2027, 1, 1)))
    assert line.state is LineState.AUTO_PACKAGING
    assert line.manual_renewal is True
    assert (len(line.holdings), len(line.items)) == (1, 0)


def test_an_ebook_of_a_bookseller_gets_a_local_portfolio(world: World) -> None:
    line = world.place(book(type="E_BOOK_OT", vendor="CORNER", account="CORNER-1", places=()))
    assert [portfolio.origin for portfolio in line.portfolios] == ["local"]
    assert world.line(line.number).portfolios == line.portfolios


def test_an_ebook_the_institution_has_is_linked_and_looked_at(world: World) -> None:
    first = world.place(book(type="E_BOOK_OT", places=()))
    second = world.place(book(type="E_BOOK_OT", places=(), reference="REF-2"))
    assert second.portfolios[0].portfolio_id == first.portfolios[0].portfolio_id
    assert "on_order_already" in blocked_by(second)
    portfolio = first.portfolios[0].portfolio_id
    world.write(lambda tx: catalogue.switch_portfolios(tx, [portfolio]))
    third = world.place(book(type="E_BOOK_OT", places=(), reference="REF-3"))
    assert "portfolio_held" in blocked_by(third)


def test_the_second_line_with_a_reference_waits_and_names_the_first(world: World) -> None:
    first = world.place(book())
    second = world.place(book(title=Description(title="Another")))
    assert "reference_used" in blocked_by(second)
    facts = next(alert.facts for alert in second.alerts if alert.slug == "reference_used")
    assert facts["numbers"] == first.number


def test_a_line_is_found_by_the_vendor_s_reference_while_it_names_one(world: World) -> None:
    first = world.place(book())
    assert world.line("REF-1").number == first.number
    second = world.place(book(title=Description(title="Another")))
    with pytest.raises(Refusal) as refused:
        world.line("REF-1")
    assert refused.value.problems[0].slug == "line_ambiguous"
    assert first.number in refused.value.problems[0].message()
    assert second.number in refused.value.problems[0].message()


def test_a_line_joins_the_open_order_it_names_and_is_ready_in_it(world: World) -> None:
    def open_orders(tx: Tx) -> None:
        for number, vendor, state in (
            ("PO-1", "GOBI", "OPEN"),
            ("PO-2", "OASIS", "OPEN"),
            ("PO-3", "GOBI", "SENT"),
        ):
            row = {
                "institution": tx.institution,
                "id": tx.new_id(),
                "number": number,
                "name": "",
                "state": state,
                "state_since": tx.now,
                "vendor": vendor,
                "account": "",
                "owner": "MAIN",
                "currency": "USD",
                "created": tx.now,
                "created_by": "a test",
                "source": "API",
                "method": "PURCHASE",
                "continuity": "one_time",
                "changed": tx.now,
                "version": 1,
                "approved_by": "",
                "approval_reason": "",
                "send_by": "",
                "send_state": "",
                "send_error": "",
                "letters": 0,
                "extras": {},
            }
            tx.conn.execute(insert(purchase_orders), row)

    world.write(open_orders)
    joined = world.place(book(po_number="PO-1"))
    assert (joined.state, joined.po_number) == (LineState.READY, "PO-1")
    assert world.line(joined.number).po_number == "PO-1"
    for number in ("PO-2", "PO-3", "PO-4"):
        alone = world.place(book(po_number=number, reference=number, title=Description(title=number)))
        assert (alone.state, alone.po_number) == (LineState.AUTO_PACKAGING, "")
        assert [alert.facts for alert in alone.alerts if alert.slug == "po_not_open"] == [{"po": number}]


def test_a_key_tied_to_a_vendor_orders_and_sees_only_its_own(world: World) -> None:
    gobi = Actor("gobi key", "GOBI", frozenset({"HIST"}), frozenset({"MAIN"}))
    mine = world.place(book(vendor=""), gobi)
    assert mine.vendor == "GOBI"
    other = world.place(book(vendor="OASIS", account="OASIS-1", reference="O-1"))
    with pytest.raises(Refusal):
        world.line(other.number, gobi)
    with pytest.raises(Refusal) as refused:
        world.place(book(vendor="OASIS", account="OASIS-1"), gobi)
    assert slugs(refused.value) == [("vendor_unknown", "vendor", "OASIS")]
    hidden = world.place(book(shares=(ShareWish("ART", percent="100"),), reference="R-3"), gobi)
    assert "fund_unknown" in blocked_by(hidden)
    with pytest.raises(Refusal) as places:
        world.place(book(places=(PlaceWish("SCI", "STACKS", 1),)), gobi)
    assert slugs(places.value) == [("library_unknown", "location[0].library", "SCI")]


def test_what_is_wrong_with_funds_copies_and_codes_comes_in_one_answer(world: World) -> None:
    taken = (CopyWish(barcode="BAR-1"),)
    world.place(book(places=(PlaceWish("MAIN", "STACKS", 1, taken),)))
    with pytest.raises(Refusal) as refused:
        world.place(
            book(
                vendor="GOBO",
                profile="NOPE",
                places=(PlaceWish("MAIN", "STACKS", 0, taken),),
                shares=(ShareWish("HIST", percent="101"), ShareWish("ART", percent="50")),
            )
        )
    assert slugs(refused.value) == [
        ("profile_unknown", "profile_code", "NOPE"),
        ("vendor_unknown", "vendor", "GOBO"),
        ("quantity_invalid", "location[0].quantity", "0"),
        ("barcode_taken", "location[0].copy[0].barcode", "BAR-1"),
        ("share_invalid", "fund_distribution[0].percent", "101"),
    ]


def test_an_order_without_intervals_gets_those_of_the_account(world: World) -> None:
    world.load(
        vendors,
        "vendor_account",
        {"vendor": "GOBI", "code": "GOBI-MAIN", "claiming_interval": 30, "reclaim_interval": 14},
    )
    line = world.place(book(terms=Terms(reclaim_interval="7")))
    assert (line.terms.claiming_interval, line.terms.reclaim_interval) == ("30", "7")
    assert line.terms.expected_receipt_interval == ""
    assert world.line(line.number).terms == line.terms


def test_a_free_line_asks_nothing_of_a_fund_that_was_given_an_amount(world: World) -> None:
    line = world.place(
        book(no_charge=True, method="PURCHASE", shares=(ShareWish("HIST", amount=Sum("50.00", "USD")),))
    )
    assert line.state is LineState.AUTO_PACKAGING
    assert world.balance("HIST").encumbered.units == 0


def test_copies_keep_their_barcodes_and_a_used_one_is_refused(world: World) -> None:
    wish: PlaceLine = book(places=(PlaceWish("MAIN", "STACKS", 1, (CopyWish(barcode="BAR-1"),)),))
    world.place(wish)
    with pytest.raises(Refusal) as refused:
        world.place(book(places=wish.places, reference="REF-2"))
    assert refused.value.problems[0].slug == "barcode_taken"


def test_a_copy_may_be_born_received(world: World) -> None:
    copies = (CopyWish(barcode="BAR-9", receive_date=date(2026, 3, 1)),)
    line = world.place(book(places=(PlaceWish("MAIN", "STACKS", 1, copies),)))
    assert line.items[0].receive_date == date(2026, 3, 1)


def test_two_entries_for_one_place_share_a_holding_and_keep_their_copies(world: World) -> None:
    line = world.place(book(places=(PlaceWish("MAIN", "STACKS", 1), PlaceWish("MAIN", "STACKS", 2))))
    assert (len(line.holdings), len(line.items), line.quantity) == (1, 3, 3)


def test_net_amounts_of_a_vendor_whose_account_has_a_discount_are_explained(world: World) -> None:
    """The vendor took the discount off already, and the account takes it off once more."""
    wish = book(
        vendor="CORNER",
        account="CORNER-1",
        price=Sum("40.00", "EUR"),
        shares=(ShareWish("HIST", amount=Sum("40.00", "EUR")),),
    )
    (told,) = [in_words(alert) for alert in world.place(wish).alerts if alert.slug == "shares_differ"]
    assert told.text == "The funds cover 40.00 of 36.00 EUR, which is 40.00 less 10 percent."
    assert told.fix == (
        "Make the shares add up to the price. They are the price without the discount: if the vendor sends "
        "net prices, account CORNER-1 needs no discount."
    )


def test_shares_that_are_simply_wrong_are_told_without_a_guess(world: World) -> None:
    plain = book(shares=(ShareWish("HIST", amount=Sum("49.99", "USD")),))
    (told,) = [in_words(alert) for alert in world.place(plain).alerts if alert.slug == "shares_differ"]
    assert told.text == "The funds cover 49.99 of 50.00 USD."
    assert told.fix == "Make the shares add up to the price."
