"""Staff decide: a request becomes a PO line or a reasoned no, once, whoever clicks at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from openacq.catalogue import service as catalogue
from openacq.directory import service as directory
from openacq.directory.tables import users
from openacq.kernel.refusal import Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import Line, LineState, Sum
from openacq.ordering.service import Cancellation
from openacq.profiles import service as profiles
from openacq.requests import service as desk
from openacq.requests.model import Approve, Metadata, PlaceAsked, Reject, Request, RequestState
from openacq.vendors import service as vendors
from tests.ordering import life
from tests.requests.asking import DESK, HELD_ISBN, Library, a_book, a_title, ready

APPROVED, REJECTED, IN_REVIEW = RequestState.APPROVED, RequestState.REJECTED, RequestState.IN_REVIEW


def slugs(work: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as refused:
        work()
    return [problem.slug for problem in refused.value.problems]


def line_of(library: Library, request: Request) -> Any:
    return library.world.line(library.now(request).po_line)


# -- approving ----------------------------------------------------------------------------------


def test_an_approved_request_becomes_a_line_with_all_it_says(library: Library) -> None:
    request = library.ask(
        wish=ready(
            requested_type="DVD",
            hold_item=True,
            notify_cancel=True,
            notes=("Quickly, please",),
            metadata=a_title(other_system_number="55"),
        )
    )
    (approved,) = library.approve(request, approved_by="staff1")
    assert (approved.state, approved.approved_by) == (APPROVED, "staff1")
    line = line_of(library, request)
    assert (line.number, line.type, line.owner, line.material) == (
        approved.po_line,
        "PRINTED_BOOK_OT",
        "MAIN",
        "DVD",
    )
    assert (line.vendor, line.account, line.price.text()) == ("GOBI", "GOBI-MAIN", "35.00")
    assert [(share.fund_code, share.part.text()) for share in line.shares] == [("HIST", "35.00")]
    assert [(each.library, each.location, each.quantity) for each in line.places] == [("MAIN", "STACKS", 1)]
    assert [note.text for note in line.notes] == ["Quickly, please"]
    assert line.source.value == "PURCHASEREQUEST"
    assert [
        (each.primary_id, each.notify_receiving_activation, each.hold_item, each.notify_cancel)
        for each in line.interested
    ] == [("ann", False, True, True)]
    assert (line.bib.mms_id, line.state) == (request.mms_id, LineState.AUTO_PACKAGING)
    assert line.created_by == "staff1 (requests desk)"
    assert not library.bib(request.mms_id).suppressed
    assert library.world.balance("HIST").encumbered.text() == "35.00"
    assert library.differences() == []


@pytest.mark.parametrize(
    ("format_", "citation", "line_type"),
    [
        ("P", "BOOK", "PRINTED_BOOK_OT"),
        ("P", "JOURNAL", "PRINTED_JOURNAL_CO"),
        ("E", "BOOK", "E_BOOK_OT"),
        ("E", "JOURNAL", "E_JOURNAL_CO"),
    ],
)
def test_format_and_citation_type_choose_the_type_of_line(
    library: Library, format_: str, citation: str, line_type: str
) -> None:
    request = library.ask(wish=ready(format=format_, metadata=a_title(citation_type=citation)))
    library.approve(request)
    assert line_of(library, request).type == line_type


def test_the_mapping_is_the_institution_s_own(library: Library) -> None:
    library.load(
        "request_line_type",
        {"format": "P", "requested_type": "SCORE", "line_type": "SCORE_OT"},
        {"format": "P", "citation_type": "BOOK", "line_type": "PRINT_OT"},
        {"format": "E", "citation_type": "BOOK", "enabled": False},
    )
    score = library.ask(wish=ready(requested_type="SCORE"))
    book = library.ask(wish=ready(metadata=a_title(isbn="", title="Another")))
    library.approve(score, book)
    assert [line_of(library, each).type for each in (score, book)] == ["SCORE_OT", "PRINT_OT"]
    online = library.ask(wish=ready(format="E"))
    assert slugs(lambda: library.approve(online)) == ["request_line_type_missing"]


def test_what_a_line_lacks_makes_it_wait_in_review(library: Library) -> None:
    request = library.ask(wish=a_book(owning_library="MAIN"))
    library.approve(request)
    line = line_of(library, request)
    assert line.state is LineState.IN_REVIEW
    assert {alert.slug for alert in line.alerts} >= {"vendor_missing", "price_missing"}
    assert [(place.library, place.location) for place in line.places] == [("MAIN", "STACKS")]


def test_a_fund_without_money_makes_the_line_wait(library: Library) -> None:
    library.world.load(
        profiles,
        "profile",
        {"code": "STRICT", "name": "Strict", "default": True, "block_balance_too_low": True},
    )
    request = library.ask(wish=ready(fund="POOR"))
    (approved,) = library.approve(request)
    assert approved.state is APPROVED
    line = line_of(library, request)
    assert line.state is LineState.IN_REVIEW
    assert "fund_short" in {alert.slug for alert in line.alerts}
    assert library.world.balance("POOR").encumbered.units == 0
    assert library.differences() == []


def test_an_estimate_below_zero_is_no_price(library: Library) -> None:
    request = library.ask(wish=ready(estimated_cost=Sum("-5.00", "USD")))
    library.approve(request)
    line = line_of(library, request)
    assert (line.price, line.state) == (None, LineState.IN_REVIEW)
    assert [note.text for note in line.notes] == ["Estimated cost: -5.00 USD"]
    assert library.world.balance("HIST").encumbered.units == 0


def test_an_account_switched_off_since_the_request_refuses_and_changes_nothing(library: Library) -> None:
    request = library.ask(wish=ready())
    library.world.load(vendors, "vendor", {"code": "GOBI", "status": "INACTIVE"})
    assert slugs(lambda: library.approve(request)) == ["vendor_unknown"]
    assert library.now(request).state is IN_REVIEW


@pytest.mark.parametrize(
    ("wish", "how", "slug"),
    [
        (a_book(), {}, "request_owner_missing"),
        (ready(), {"approved_by": "nobody"}, "request_approver_unknown"),
        (ready(), {"approved_by": "staff2"}, "request_approver_unknown"),
        (ready(owning_library="SCI"), {"approved_by": "staff1"}, "request_approver_unknown"),
    ],
)
def test_what_keeps_a_request_from_being_approved(
    library: Library, wish: Any, how: dict[str, str], slug: str
) -> None:
    request = library.ask(wish=wish)
    assert slugs(lambda: library.approve(request, **how)) == [slug]
    assert library.now(request).state is IN_REVIEW


def test_a_bib_deleted_meanwhile_is_named(library: Library) -> None:
    request = library.ask(wish=ready())

    def take_away(tx: Any) -> None:
        catalogue.drop_use(tx, request.mms_id, "purchase_request", request.id)
        catalogue.delete_bib(tx, request.mms_id)

    library.write(take_away)
    assert slugs(lambda: library.approve(request)) == ["request_bib_gone"]
    assert library.differences() != []


def test_unknown_requests_are_all_named(library: Library) -> None:
    assert (
        slugs(lambda: library.write(lambda tx: desk.approve(tx, [9_999, 8_888], Approve(), DESK)))
        == ["request_not_found"] * 2
    )


# -- rejecting ----------------------------------------------------------------------------------


def test_a_rejection_needs_a_reason_and_takes_its_brief_bib_along(library: Library) -> None:
    request = library.ask()
    assert slugs(lambda: library.reject(request, reason="")) == ["request_reason_missing"]
    assert slugs(lambda: library.reject(request, reason="COSTS")) == ["request_reason_unknown"]
    (rejected,) = library.reject(request, note="Too dear")
    assert (rejected.state, rejected.reject_reason, rejected.reject_note) == (REJECTED, "COST", "Too dear")
    assert library.bib(request.mms_id) is None
    assert rejected.mms_id == ""
    assert rejected.metadata.title == request.metadata.title
    assert library.differences() == []


def test_a_bib_somebody_needs_stays(library: Library) -> None:
    held = library.ask(wish=a_book(metadata=a_title(isbn=HELD_ISBN)))
    library.reject(held)
    assert library.bib(held.mms_id) is not None
    ann, ben = library.ask("ann"), library.ask("ben")
    library.reject(ann)
    assert library.bib(ann.mms_id) is not None
    library.reject(ben)
    assert library.bib(ann.mms_id) is None
    ordered = library.ask("cleo", ready())
    library.approve(ordered)
    late = library.ask("ann")
    assert late.mms_id == ordered.mms_id
    library.reject(late)
    assert library.bib(ordered.mms_id) is not None
    assert library.differences() == []


def test_a_requester_takes_a_request_back(library: Library) -> None:
    request = library.ask()
    with pytest.raises(Refusal) as refused:
        library.write(lambda tx: desk.cancel(tx, request.id, "ben", DESK))
    assert refused.value.problems[0].slug == "request_not_found"
    taken = library.cancel(request)
    assert (taken.state, taken.reject_reason) == (REJECTED, "CANCELLED_BY_REQUESTER")
    assert slugs(lambda: library.cancel(request)) == ["request_not_cancellable"]
    done = library.ask(wish=ready())
    library.approve(done)
    assert slugs(lambda: library.cancel(done)) == ["request_not_cancellable"]


@pytest.mark.parametrize("first", ["approve", "reject"])
@pytest.mark.parametrize("second", ["approve", "reject"])
def test_what_is_decided_is_decided(library: Library, first: str, second: str) -> None:
    request = library.ask(wish=ready())
    getattr(library, first)(request)
    assert slugs(lambda: getattr(library, second)(request)) == ["request_decided"]


# -- several people, one title ------------------------------------------------------------------


def test_approving_one_approves_all_that_are_merged_with_it(library: Library) -> None:
    ann = library.ask("ann", ready(hold_item=True))
    ben = library.ask("ben", a_book(notify_receiving_activation=True))
    library.approve(ben)  # the line takes what it needs from whoever said it
    assert library.states(ann, ben) == [APPROVED, APPROVED]
    line = line_of(library, ben)
    assert (line.owner, line.vendor, line.quantity) == ("MAIN", "GOBI", 1)
    assert [
        (each.primary_id, each.hold_item, each.notify_receiving_activation) for each in line.interested
    ] == [
        ("ben", False, True),
        ("ann", True, False),
    ]
    assert slugs(lambda: library.approve(ann)) == ["request_ordered"]
    assert slugs(lambda: library.approve(ben)) == ["request_decided"]
    assert library.differences() == []


def test_who_asks_while_it_is_on_its_way_joins_the_line(library: Library) -> None:
    ann = library.ask("ann", ready())
    library.approve(ann)
    ben = library.ask("ben", a_book(hold_item=True))
    assert ben.group == library.now(ann).group
    (joined,) = library.approve(ben)
    assert (joined.po_line, joined.state) == (library.now(ann).po_line, APPROVED)
    line = line_of(library, ann)
    assert [each.primary_id for each in line.interested] == ["ann", "ben"]
    assert line.quantity == 1
    assert library.world.balance("HIST").encumbered.text() == "35.00"
    assert library.differences() == []


def arrived(library: Library, request: Request, copies: int | None = None) -> Line:
    """The line of a request, out at the vendor's, with copies that have come; all unless told how many."""
    line = library.world.line(library.now(request).po_line)
    if line.state is LineState.AUTO_PACKAGING:
        life.send(library.world, line)
    life.arrive(library.world, line, copies)
    return library.world.line(line.number)


def seen(library: Library, request: Request) -> tuple[dict[str, int], list[str]]:
    """(copies held by library, lines on order) as the reviewer sees them."""
    found = library.read(lambda tx: desk.duplicates(tx, request.id, DESK))
    return {each.library: each.copies for each in found.held}, [each.number for each in found.on_order]


def joins(library: Library, request: Request) -> str:
    effects = library.read(lambda tx: desk.preview_approve(tx, [request.id], Approve(), DESK))
    return next(str(effect.joins) for effect in effects if effect.id == request.id)


def test_nobody_joins_a_line_whose_copies_have_all_arrived(library: Library) -> None:
    ann = library.ask("ann", ready())
    early = library.ask("ben", ready())
    library.approve(ann, merged=False)
    line = arrived(library, ann)
    assert line.state is LineState.WAITING_FOR_INVOICE

    # Who asked while it was on its way, and who asks now, are told that it is held; neither joins.
    late = library.asked("cleo", ready())
    assert [notice.slug for notice in late.notices] == ["held", "requested"]
    assert early.group != 0
    for request in (early, late.request):
        assert seen(library, request) == ({"MAIN": 1}, [])
        assert joins(library, request) == ""
    (approved,) = library.approve(early, merged=False)
    second = library.world.line(approved.po_line)
    assert second.number != line.number
    assert (second.state, second.quantity) == (LineState.IN_REVIEW, 1)
    assert "held_already" in {alert.slug for alert in second.alerts}
    assert [each.primary_id for each in library.world.line(line.number).interested] == ["ann"]
    assert [each.primary_id for each in second.interested] == ["ben"]
    assert library.world.balance("HIST").encumbered.text() == "70.00"

    # Whoever comes then joins the second, of which something is to come.
    assert joins(library, late.request) == second.number
    library.approve(late.request)
    assert library.now(late.request).po_line == second.number
    assert library.differences() == []


def test_a_wish_made_when_all_is_there_begins_a_group_of_its_own(library: Library) -> None:
    ann = library.ask("ann", ready())
    library.approve(ann)
    arrived(library, ann)
    ben = library.ask("ben", ready())
    assert ben.group == 0
    cleo = library.ask("cleo", ready())
    assert cleo.group == library.now(ben).group != 0
    library.approve(ben)
    assert library.now(cleo).po_line == library.now(ben).po_line != library.now(ann).po_line


def test_a_line_of_which_a_copy_is_missing_is_joined(library: Library) -> None:
    ann = library.ask("ann", ready(places=(PlaceAsked("MAIN", "STACKS", 2),)))
    library.approve(ann)
    line = arrived(library, ann, 1)
    ben = library.ask("ben", ready())
    assert seen(library, ben) == ({"MAIN": 1}, [line.number])
    assert joins(library, ben) == line.number
    library.approve(ben)
    assert library.now(ben).po_line == line.number


def test_a_copy_that_came_before_its_order_went_out_is_held_and_awaited_no_more(library: Library) -> None:
    ann = library.ask("ann", ready())
    library.approve(ann)
    line = line_of(library, ann)
    life.arrive(library.world, line)
    assert library.world.line(line.number).state is LineState.AUTO_PACKAGING
    ben = library.ask("ben", ready())
    assert (ben.group, seen(library, ben)) == (0, ({"MAIN": 1}, []))
    library.approve(ben)
    assert library.now(ben).po_line != line.number


def test_a_receipt_that_is_undone_makes_the_line_awaited_again(library: Library) -> None:
    ann = library.ask("ann", ready())
    library.approve(ann)
    life.send(library.world, line_of(library, ann))
    received = life.arrive(library.world, line_of(library, ann))
    ben = library.ask("ben", ready())
    library.write(lambda tx: ordering.undo_receipt(tx, received.receipts[0].id, DESK))
    library.write(lambda tx: desk.merge(tx, [ann.id, ben.id], DESK))
    assert joins(library, ben) == library.now(ann).po_line


def test_requests_are_decided_apart_where_that_is_wanted(library: Library) -> None:
    ann, ben = library.ask("ann", ready()), library.ask("ben", ready())
    library.approve(ann, merged=False)
    assert library.states(ann, ben) == [APPROVED, IN_REVIEW]
    library.reject(ben)
    assert library.states(ann, ben) == [APPROVED, REJECTED]
    cleo = library.ask("cleo", ready())
    library.write(lambda tx: desk.separate(tx, [cleo.id], DESK))
    library.approve(cleo)
    assert library.now(cleo).po_line != library.now(ann).po_line


def test_a_group_is_rejected_together(library: Library) -> None:
    ann, ben = library.ask("ann"), library.ask("ben")
    library.reject(ann, merged=True)
    assert library.states(ann, ben) == [REJECTED, REJECTED]
    assert library.bib(ann.mms_id) is None


def test_staff_merge_and_separate(library: Library) -> None:
    library.load("request_setting", {"merge": False})
    ann, ben = library.ask("ann", ready()), library.ask("ben", ready())
    other = library.ask("cleo", a_book(metadata=a_title(isbn="", title="Another")))
    ids = [ann.id, ben.id]

    def merge(*of: Request) -> Any:
        return library.write(lambda tx: desk.merge(tx, [each.id for each in of], DESK))

    assert slugs(lambda: merge(ann)) == ["request_merge_refused"]
    assert slugs(lambda: merge(ann, other)) == ["request_merge_refused"]
    first, second = merge(ann, ben)
    assert first.group == second.group == min(ids)
    library.approve(ann)
    assert library.now(ben).po_line == library.now(ann).po_line


def test_a_line_that_was_cancelled_is_not_joined(library: Library) -> None:
    ann = library.ask("ann", ready())
    library.approve(ann)
    cancel_line(library, ann)
    ben = library.ask("ben", ready())
    assert ben.group == 0
    library.approve(ben)
    assert library.now(ben).po_line != library.now(ann).po_line


def cancel_line(library: Library, request: Request) -> None:
    line_id = line_of(library, request).id
    library.write(lambda tx: ordering.cancel(tx, [line_id], DESK, Cancellation("LIBRARY_CANCELLED")))


# -- several at once ----------------------------------------------------------------------------


def test_many_are_decided_with_one_reason_after_a_look(library: Library) -> None:
    good = [library.ask("ann", ready(metadata=a_title(isbn="", title=f"Good {n}"))) for n in range(3)]
    poor = library.ask("ben", a_book(metadata=a_title(isbn=HELD_ISBN)))
    ids = [each.id for each in (*good, poor)]
    effects = library.read(lambda tx: desk.preview_approve(tx, ids, Approve(), DESK))
    assert [(each.state, each.line_type) for each in effects] == [
        *[(APPROVED, "PRINTED_BOOK_OT")] * 3,
        (None, "PRINTED_BOOK_OT"),
    ]
    assert "owning library" in effects[-1].why_not
    assert [copies.copies for copies in effects[-1].duplicates.held] == [2]
    assert slugs(lambda: library.approve(*good, poor)) == ["request_owner_missing"]
    assert library.states(*good) == [IN_REVIEW] * 3
    library.approve(*good)
    bad = [library.ask("ben", a_book(metadata=a_title(isbn="", title=f"Bad {n}"))) for n in range(3)]
    ids = [each.id for each in (*bad, good[0])]
    effects = library.read(lambda tx: desk.preview_reject(tx, ids, Reject("COST"), DESK))
    assert [each.state for each in effects] == [REJECTED, REJECTED, REJECTED, None]
    library.reject(*bad, poor, note="Not this year")
    assert {library.now(each).reject_note for each in (*bad, poor)} == {"Not this year"}
    assert library.differences() == []


# -- back again ---------------------------------------------------------------------------------


def reopen(library: Library, *requests: Request) -> tuple[Request, ...]:
    found = library.write(lambda tx: desk.reopen(tx, [each.id for each in requests], DESK))
    assert isinstance(found, tuple)
    return found


def test_a_rejection_can_be_reopened(library: Library) -> None:
    request = library.ask(wish=ready())
    library.reject(request)
    (back,) = reopen(library, request)
    assert (back.state, back.reject_reason) == (IN_REVIEW, "")
    assert library.bib(back.mms_id).title == "The history of paper"
    library.approve(back)
    assert library.states(back) == [APPROVED]
    assert library.differences() == []
    assert slugs(lambda: reopen(library, back)) == ["request_move_refused"]


def test_a_request_whose_line_was_cancelled_can_be_ordered_again(library: Library) -> None:
    request = library.ask(wish=ready())
    library.approve(request)
    first = library.now(request).po_line
    cancel_line(library, request)
    (back,) = reopen(library, request)
    assert (back.state, back.po_line, back.approved_by) == (IN_REVIEW, "", "")
    library.approve(back)
    assert library.now(back).po_line not in ("", first)
    assert library.differences() == []


def test_requests_are_deleted_unless_they_are_orders(library: Library) -> None:
    waiting, rejected, ordered = (
        library.ask(),
        library.ask("ben", a_book(format="E")),
        library.ask("cleo", ready()),
    )
    library.reject(rejected)
    library.approve(ordered, merged=False)

    def delete(*of: Request) -> None:
        library.write(lambda tx: desk.delete(tx, [each.id for each in of], DESK))

    assert slugs(lambda: delete(waiting, ordered)) == ["request_not_deletable"]
    delete(waiting, rejected)
    assert library.listed() == [ordered.id]
    assert slugs(lambda: library.now(waiting)) == ["request_not_found"]
    other = library.ask(wish=a_book(metadata=Metadata(title="Alone", citation_type="BOOK")))
    delete(other)
    assert library.bib(other.mms_id) is None
    assert library.differences() == []


def test_a_requester_who_left_does_not_keep_the_title_from_being_ordered(library: Library) -> None:
    library.world.load(directory, "user", {"primary_id": "gone", "last_name": "Gone"})
    request = library.ask("gone", ready())
    library.write(
        lambda tx: tx.conn.execute(
            users.delete().where(users.c.institution == tx.institution, users.c.primary_id == "gone")
        )
    )
    library.approve(request)
    assert line_of(library, request).interested == ()
