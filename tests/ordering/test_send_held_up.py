"""What keeps a PO from going out is told, and it goes out when that is over."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from openacq.directory.model import Institution
from openacq.jobs.outbox import Outbox
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.letters import service as letters
from openacq.letters.model import State
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState
from tests.letters.post_office import PostOffice
from tests.ordering.buying import (
    ORDERS_MAIL,
    account,
    bring,
    letters_of,
    order,
    pack,
    place,
    states,
    titled,
    with_mail,
)
from tests.ordering.sending import APPROVED, SENT, send_again, standing
from tests.ordering.world import World


def test_without_an_address_the_po_waits_and_says_so(world: World, office: PostOffice) -> None:
    (line,) = place(world)
    (number,) = pack(world)
    bring(world, office)
    told = "neither account GOBI-MAIN nor vendor GOBI has an e-mail address for orders"
    assert standing(world, number) == (APPROVED, "failed", told)
    with pytest.raises(Refusal) as refused:
        send_again(world, number)
    assert refused.value.problems[0].facts["reason"] == told
    assert letters_of(world, number) == [], "no letter is written to nobody"
    with_mail(world)
    send_again(world, number)
    bring(world, office)
    assert standing(world, number) == (SENT, "sent", "")
    assert states(world, line) == [LineState.SENT]


def test_the_length_of_vendor_references_is_checked_before_sending(world: World, office: PostOffice) -> None:
    with_mail(world)
    lines = [world.place(titled(reference=reference)) for reference in ("R" * 13, "R2")]
    (number,) = pack(world)
    account(world, reference_limit=12)
    bring(world, office)
    told = f"account GOBI-MAIN takes vendor references of 12 characters: {lines[0].number}"
    assert standing(world, number) == (APPROVED, "failed", told)
    assert office.received == []
    account(world, reference_limit=13)
    send_again(world, number)
    bring(world, office)
    assert order(world, number).row.state is SENT


def test_a_mail_server_that_is_down_keeps_the_po_and_it_goes_out_by_itself_later(
    world: World, office: PostOffice, clock: FixedClock
) -> None:
    with_mail(world)
    (line,) = place(world)
    (number,) = pack(world)
    office.close()
    bring(world, office)
    state, how, words = standing(world, number)
    assert (state, how) == (APPROVED, "failed")
    assert words.endswith("(will be tried again)")
    assert states(world, line) == [LineState.READY]
    office.open()
    clock.advance(60)
    bring(world, office)
    assert standing(world, number) == (SENT, "sent", "")
    assert len(office.received) == 1
    assert len(letters_of(world, number)) == 1


def test_an_address_that_is_refused_is_told_and_another_one_tried(world: World, office: PostOffice) -> None:
    with_mail(world, "wrong@gobi.example")
    place(world)
    (number,) = pack(world)
    office.to_recipient = lambda address: "550 no such user" if "wrong" in address else "250 OK"
    bring(world, office)
    state, how, words = standing(world, number)
    assert (state, how) == (APPROVED, "failed")
    assert "550" in words
    with_mail(world)
    send_again(world, number)
    bring(world, office)
    assert order(world, number).row.state is SENT
    assert [letter.recipients for letter in office.received] == [[ORDERS_MAIL]]
    assert [letter.state for letter in letters_of(world, number)] == [State.WITHDRAWN, State.SENT]


def test_letters_that_are_switched_off_leave_the_po_unsent(world: World, office: PostOffice) -> None:
    with_mail(world)
    world.write(lambda tx: letters.switch(tx, "order", enabled=False))
    place(world)
    (number,) = pack(world)
    bring(world, office)
    assert standing(world, number) == (APPROVED, "failed", "letters of this kind are switched off")
    world.write(lambda tx: letters.switch(tx, "order", enabled=True))
    send_again(world, number)
    bring(world, office)
    assert order(world, number).row.state is SENT


def test_what_cannot_even_be_begun_is_told_on_the_po(
    world: World, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail(world)
    place(world)
    (number,) = pack(world)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no such template")

    monkeypatch.setattr("openacq.ordering.order_letter.wish", fail)
    box = Outbox(world.store, ordering.REACTIONS, lambda: [Institution(world.institution, "T", "T")])
    with capture_logs():
        for _ in range(12):
            box.work()
            clock.advance(3_600)
    assert standing(world, number) == (APPROVED, "failed", "RuntimeError: no such template")
