"""A PO goes out once, however many workers take it up; what is sent again says that it is a copy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from openacq.ordering import service as ordering
from openacq.ordering.model import LineState, Sum
from openacq.store.outbox import News
from tests.letters.post_office import PostOffice
from tests.ordering.buying import (
    BUYER,
    bring,
    needs_approval,
    order,
    pack,
    place,
    rule,
    states,
    with_mail,
    work,
)
from tests.ordering.life import slug_of
from tests.ordering.sending import SENT, pdf_of, send_again, standing
from tests.ordering.world import World


def test_whoever_takes_a_po_up_again_writes_no_second_letter(world: World, office: PostOffice) -> None:
    with_mail(world)
    place(world)
    (number,) = pack(world)
    now = world.store.clock.now()
    again = News(1, "purchase_order.approve_itself", number, {}, now, now, 1)
    for _ in range(3):
        world.write(lambda tx: ordering.REACTIONS[again.topic].act(tx, again))
    bring(world, office)
    world.write(lambda tx: ordering.REACTIONS[again.topic].act(tx, again))
    bring(world, office)
    assert len(office.received) == 1


def test_eight_workers_send_ten_pos_once_each(world: World, office: PostOffice) -> None:
    with_mail(world)
    rule(world, most_lines=1)
    place(world, 10, price=Sum("1.00", "USD"))
    numbers = pack(world)

    def run(_: int) -> None:
        for _ in range(5):
            bring(world, office)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(run, range(8)))
    assert {order(world, number).row.state for number in numbers} == {SENT}
    subjects = sorted(str(letter.message["Subject"]) for letter in office.received)
    assert len(subjects) == len(set(subjects)) == 10


def test_a_letter_that_is_leaving_is_not_written_anew(world: World, office: PostOffice) -> None:
    with_mail(world)
    place(world)
    (number,) = pack(world)
    work(world)
    refused: list[str] = []
    office.before_accepting = lambda _: refused.append(slug_of(lambda: send_again(world, number)))
    bring(world, office)
    assert refused == ["order_going"]
    assert len(office.received) == 1
    assert slug_of(lambda: send_again(world, number)) == "order_not_approved"


def test_only_what_is_approved_is_sent(world: World) -> None:
    needs_approval(world)
    place(world)
    (number,) = pack(world)
    assert slug_of(lambda: send_again(world, number)) == "order_not_approved"
    assert slug_of(lambda: send_again(world, "PO-0")) == "record_missing"


# -- again --------------------------------------------------------------------------------------


def test_a_copy_says_that_it_is_one(world: World, office: PostOffice) -> None:
    with_mail(world)
    (line,) = place(world)
    (number,) = pack(world)
    assert slug_of(lambda: world.write(lambda tx: ordering.resend(tx, number, BUYER))) == "order_not_sent"
    bring(world, office)
    for _ in range(2):
        world.write(lambda tx: ordering.resend(tx, number, BUYER))
        bring(world, office)
    first, *copies = office.received
    assert len(copies) == 2
    assert "copy of an order" not in first.part("plain")
    for copy in copies:
        assert str(copy.message["Subject"]).startswith("Copy: ")
        assert "copy of an order sent before" in copy.part("plain")
        assert "Copy of purchase order" in pdf_of(copy)
    assert standing(world, number) == (SENT, "sent", "")
    assert states(world, line) == [LineState.SENT]


def test_a_copy_that_fails_changes_nothing_about_the_po(world: World, office: PostOffice) -> None:
    with_mail(world)
    place(world)
    (number,) = pack(world)
    bring(world, office)
    world.write(lambda tx: ordering.resend(tx, number, BUYER))
    office.to_content = lambda _: "554 we take no copies"
    bring(world, office)
    assert standing(world, number) == (SENT, "sent", "")
