"""What happens to the letter of a PO whose lines are cancelled, changed or taken out before it has left."""

from __future__ import annotations

from openacq.catalogue.model import Description
from openacq.kernel.clock import FixedClock
from openacq.letters.model import State
from openacq.ordering import close, progress
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState, OrderState, PlaceLine, Sum
from openacq.store import Tx
from tests.letters.post_office import PostOffice, Received
from tests.ordering.buying import (
    BUYER,
    bring,
    inside,
    letters_of,
    needs_approval,
    order,
    pack,
    place,
    states,
    titled,
    with_mail,
    work,
)
from tests.ordering.sending import APPROVED, SENT
from tests.ordering.world import World


def cancel(world: World, *numbers: str) -> None:
    how = ordering.Cancellation("LIBRARY_CANCELLED")

    def run(tx: Tx) -> None:
        ids = ordering.line_ids(tx, list(numbers), BUYER)
        ordering.cancel(tx, list(ids.values()), BUYER, how)

    world.write(run)


def test_a_line_cancelled_before_the_letter_left_is_not_on_it(
    world: World, office: PostOffice, clock: FixedClock
) -> None:
    with_mail(world)
    gone, stays = place(world, 2)
    (number,) = pack(world)
    work(world)
    cancel(world, gone.number)
    bring(world, office)
    (letter,) = office.received
    assert stays.number in letter.part("plain")
    assert gone.number not in letter.part("plain")
    assert order(world, number).row.state is SENT
    assert states(world, gone, stays) == [LineState.CANCELLED, LineState.SENT]


def test_a_po_whose_lines_are_all_cancelled_goes_nowhere(world: World, office: PostOffice) -> None:
    with_mail(world)
    lines = place(world, 2)
    (number,) = pack(world)
    work(world)
    cancel(world, *(line.number for line in lines))
    bring(world, office)
    assert order(world, number).row.state is OrderState.CANCELLED
    assert office.received == []
    assert [letter.state for letter in letters_of(world, number)] == [State.WITHDRAWN]


def test_a_po_cancelled_otherwise_takes_its_letter_back_too(world: World, office: PostOffice) -> None:
    with_mail(world)
    (line,) = place(world)
    (number,) = pack(world)
    work(world)
    cancel(world, line.number)

    def end(tx: Tx) -> None:
        close.orders_follow(tx, progress.of_lines(tx, [line.id]).values(), BUYER)

    world.write(end)
    assert order(world, number).row.state is OrderState.CANCELLED
    bring(world, office)
    assert office.received == []


def test_the_last_line_cancelled_of_a_po_that_is_out_ends_it(world: World, office: PostOffice) -> None:
    with_mail(world)
    (line,) = place(world)
    (number,) = pack(world)
    bring(world, office)
    cancel(world, line.number)
    work(world)
    assert order(world, number).row.state is OrderState.CANCELLED


def test_a_line_cancelled_while_the_letter_is_leaving(
    world: World, office: PostOffice, clock: FixedClock
) -> None:
    """The vendor has it then and is told; the PO is sent with what is left."""
    with_mail(world)
    gone, stays = place(world, 2)
    (number,) = pack(world)
    work(world)

    def cancelled_meanwhile(_: Received) -> None:
        office.before_accepting = lambda _: None
        cancel(world, gone.number)
        work(world)

    office.before_accepting = cancelled_meanwhile
    bring(world, office)
    clock.advance(60)
    work(world)
    assert order(world, number).row.state is SENT
    assert states(world, gone, stays) == [LineState.CANCELLED, LineState.SENT]
    assert len(office.received) == 1, "the cancellation has not left yet"
    bring(world, office)
    assert "Cancellation" in office.received[1].message["Subject"]


def test_a_changed_price_is_on_the_letter_and_approved_anew(world: World, office: PostOffice) -> None:
    with_mail(world)
    needs_approval(world, above="60.00", currency="USD")
    (line,) = place(world)
    (number,) = pack(world)
    work(world)
    assert order(world, number).row.state is APPROVED
    dearer: PlaceLine = titled(
        title=Description(title=line.bib.title),
        reference=line.reference,
        price=Sum("70.00", "USD"),
        po_number=number,
    )
    world.write(lambda tx: ordering.change(tx, line.number, dearer, BUYER, ordering.HowToChange()))
    bring(world, office)
    assert office.received == []
    row = order(world, number).row
    assert row.state is OrderState.OPEN
    assert row.approval_reason == "rule Somebody looks: 70.00 USD is more than 60.00 USD"
    world.write(lambda tx: ordering.approve(tx, number, BUYER))
    bring(world, office)
    (letter,) = office.received
    assert "70.00" in letter.part("plain")
    assert order(world, number).row.state is SENT


def test_a_line_taken_out_takes_the_letter_back(world: World, office: PostOffice) -> None:
    with_mail(world)
    one, two = place(world, 2)
    (number,) = pack(world)
    work(world)
    world.write(lambda tx: ordering.unpack(tx, [one.id], BUYER))
    bring(world, office)
    (letter,) = office.received
    assert one.number not in letter.part("plain")
    assert inside(world, number) == [two.number]
    assert states(world, one, two) == [LineState.IN_REVIEW, LineState.SENT]
