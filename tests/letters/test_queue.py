"""The queue: written with the news, once for an occasion; found, stopped, sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.letters import queue
from openacq.letters import service as letters
from openacq.letters.facts import example_of
from openacq.letters.model import Attachment, Outcome, Search, Source, State, Way
from openacq.letters.states import LETTER_STATES, origins
from openacq.letters.tables import letters as rows
from openacq.store import Store, Tx
from tests.conftest import TODAY, Do
from tests.letters.conftest import VENDOR, Look, Post, a_wish


def slug_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.problems[0].slug


def finish(write: Do, state: State, words: str = "") -> None:
    """Take the next letter and have this become of it."""

    def work(tx: Tx) -> None:
        taken = letters.take(tx, [Way.MAIL])
        assert taken is not None
        assert letters.settle(tx, taken, Outcome(state, words))

    write(work)


def test_a_letter_is_written_with_the_news_or_not_at_all(write: Do, read: Do) -> None:
    def fail(tx: Tx) -> None:
        letters.enqueue(tx, a_wish())
        raise RuntimeError("the order could not be sent")

    with pytest.raises(RuntimeError, match="could not be sent"):
        write(fail)
    assert read(letters.letters).total == 0


def test_an_occasion_has_one_letter_ever(
    clock: FixedClock, post: Post, write: Do, read: Do, other_institution: int
) -> None:
    first = post()
    assert post(recipient="other@vendor.example") == first
    finish(write, State.SENT)
    clock.advance(days=300)
    assert post() == first
    assert read(letters.letters).total == 1
    assert post(occasion="order PO-2026-1002") != first
    write(lambda tx: letters.enqueue(tx, a_wish()), institution=other_institution)
    assert read(letters.letters, institution=other_institution).total == 1
    with pytest.raises(ValueError, match="occasion"):
        post(occasion="")


def test_several_letters_are_a_handful_of_statements(store: Store, institution: int, write: Do) -> None:
    def post_all(count: int, name: str) -> list[int]:
        wishes = [
            a_wish("notify_cancel", f"{name} {number}", recipient="a@b.example") for number in range(count)
        ]
        return write(lambda tx: letters.enqueue_all(tx, wishes))

    post_all(2, "warm")
    seen: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(store.writer, "before_cursor_execute", count)
    try:
        post_all(3, "few")
        few = len(seen)
        seen.clear()
        ids = post_all(40, "many")
    finally:
        event.remove(store.writer, "before_cursor_execute", count)
    assert len(seen) == few
    assert len(set(ids)) == 40
    assert post_all(41, "many")[:40] == ids
    again = write(lambda tx: letters.enqueue_all(tx, [a_wish("claim", "x"), a_wish("claim", "x")]))
    assert again[0] == again[1]
    assert write(lambda tx: letters.enqueue_all(tx, [])) == []


@pytest.mark.parametrize(
    ("recipient", "error"),
    [
        ("", "no e-mail address is known"),
        ("  ", "no e-mail address is known"),
        ("nobody", "the e-mail address cannot be used"),
        ("a@b.example, c@d.example", "the e-mail address cannot be used"),
        ("a@b.example\r\nBcc: all@b.example", "the e-mail address cannot be used"),
    ],
)
def test_a_letter_without_a_usable_address_is_kept_and_says_so(
    post: Post, look: Look, write: Do, read: Do, recipient: str, error: str
) -> None:
    letter_id = post(recipient=recipient)
    letter = look(letter_id)
    assert (letter.state, letter.error, letter.due) == (State.DEAD, error, None)
    assert "\n" not in letter.recipient
    assert write(lambda tx: letters.take(tx, [Way.MAIL])) is None
    with pytest.raises(Refusal) as refused:
        write(lambda tx: letters.resend(tx, letter_id))
    assert slug_of(refused) == "recipient_invalid"
    assert write(lambda tx: letters.resend(tx, letter_id, VENDOR)) == letter_id
    assert (look(letter_id).state, look(letter_id).recipient) == (State.WAITING, VENDOR)


@pytest.mark.parametrize(
    ("asked", "used"),
    [("", "en"), ("German", "en"), ("ger", "de"), ("DE_at", "de"), ("xx", "en"), ("de-\n", "en")],
)
def test_a_letter_goes_out_in_whatever_language_is_asked(
    post: Post, look: Look, asked: str, used: str
) -> None:
    assert look(post(language=asked)).language == used


def test_the_pauses_between_tries_grow_and_stay(post: Post, look: Look, clock: FixedClock, write: Do) -> None:
    letter_id = post()
    pauses: list[float] = []
    for _ in range(10):
        finish(write, State.FAILED, "451 later")
        due = look(letter_id).due
        assert due is not None
        pauses.append((due - clock.now()).total_seconds() / 60)
        clock.advance((due - clock.now()).total_seconds())
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120]
    total = sum((queue.pause(attempts) for attempts in range(1, queue.MOST_TRIES)), timedelta())
    assert timedelta(days=3) < total < timedelta(days=4)


def test_letters_leave_in_the_order_they_are_due(clock: FixedClock, post: Post, write: Do) -> None:
    first = post(occasion="1")
    clock.advance(1)
    second = post(occasion="2")
    finish(write, State.FAILED, "later")
    clock.advance(1)
    third = post(occasion="3")
    order: list[int] = []
    clock.advance(3_600)
    while (taken := write(lambda tx: letters.take(tx, [Way.MAIL]))) is not None:
        order.append(taken.letter.id)
    assert order == [second, third, first]


def test_letters_are_found_by_state_kind_recipient_source_and_time(
    clock: FixedClock, post: Post, write: Do, read: Do
) -> None:
    order = post()
    finish(write, State.SENT)
    clock.advance(60)
    claim = post("claim", occasion="claim", recipient="Claims@Vendor.example", source=Source("line", "POL-1"))
    notice = post(
        "notify_cancel", occasion="n", recipient="kim@people.example", source=Source("line", "POL-2")
    )

    def found(**conditions: object) -> list[int]:
        page = read(lambda tx: letters.letters(tx, Search(**conditions)))  # type: ignore[arg-type]
        assert page.total == len(page.letters)
        return [letter.id for letter in page.letters]

    assert found() == [notice, claim, order], "the newest first"
    assert found(states=(State.SENT,)) == [order]
    assert found(states=(State.WAITING, State.SENT)) == [notice, claim, order]
    assert found(kinds=("claim", "order")) == [claim, order]
    assert found(recipient=" claims@VENDOR.example ") == [claim]
    assert found(source=Source("po", "PO-2026-1001")) == [order]
    assert found(source=Source("line")) == [notice, claim]
    assert found(since=TODAY + timedelta(seconds=60)) == [notice, claim]
    assert found(until=TODAY + timedelta(seconds=60)) == [order]
    assert found(recipient="nobody@x.example") == []
    page = read(lambda tx: letters.letters(tx, most=1, offset=1))
    assert ([letter.id for letter in page.letters], page.total) == ([claim], 3)
    assert (page.letters[0].text, page.letters[0].attachments) == ("", ()), "lists do not carry the words"
    assert read(letters.counts) == {State.SENT: 1, State.WAITING: 2}
    with pytest.raises(Refusal) as refused:
        read(lambda tx: letters.letter(tx, 10**12))
    assert slug_of(refused) == "letter_not_found"


def test_a_letter_can_be_kept_from_going(post: Post, look: Look, write: Do) -> None:
    letter_id = post()
    write(lambda tx: letters.cancel(tx, letter_id, "ordered by phone"))
    letter = look(letter_id)
    assert (letter.state, letter.error, letter.due) == (State.CANCELLED, "ordered by phone", None)
    assert write(lambda tx: letters.take(tx, [Way.MAIL])) is None
    with pytest.raises(Refusal) as refused:
        write(lambda tx: letters.cancel(tx, letter_id))
    assert slug_of(refused) == "letter_state"
    assert write(lambda tx: letters.resend(tx, letter_id)) == letter_id
    assert look(letter_id).state is State.WAITING


def test_a_letter_under_way_or_gone_cannot_be_stopped(post: Post, write: Do) -> None:
    letter_id = post()
    taken = write(lambda tx: letters.take(tx, [Way.MAIL]))
    assert taken is not None
    with pytest.raises(Refusal, match="is sending; this is possible while it is: waiting, failed, dead"):
        write(lambda tx: letters.cancel(tx, letter_id))
    with pytest.raises(Refusal, match="is sending"):
        write(lambda tx: letters.resend(tx, letter_id))
    write(lambda tx: letters.settle(tx, taken, Outcome(State.SENT)))
    with pytest.raises(Refusal, match="is sent"):
        write(lambda tx: letters.cancel(tx, letter_id))


def test_a_sent_letter_is_sent_again_as_a_new_one_with_the_same_words(
    clock: FixedClock, post: Post, look: Look, write: Do
) -> None:
    pdf = Attachment("extra.bin", "application/octet-stream", b"\x00\xff")
    first = post(attachments=(pdf,))
    finish(write, State.SENT)
    clock.advance(days=1)
    second = write(lambda tx: letters.resend(tx, first, "other@vendor.example"))
    assert second != first
    old, new = look(first), look(second)
    assert (old.state, new.state) == (State.SENT, State.WAITING)
    assert (new.text, new.html, new.attachments, new.source) == (
        old.text,
        old.html,
        old.attachments,
        old.source,
    )
    assert new.attachments[1] == pdf
    assert (new.recipient, new.remark) == ("other@vendor.example", f"sent again; first as letter {first}")
    assert (new.message_id, new.created) == ("", TODAY + timedelta(days=1))
    third = write(lambda tx: letters.resend(tx, first))
    assert third not in (first, second)


def test_what_died_together_is_sent_again_together(post: Post, look: Look, write: Do) -> None:
    ids = [post(occasion=str(number)) for number in range(3)]
    for _ in ids:
        finish(write, State.DEAD, "554 relay denied")
    assert write(lambda tx: letters.resend_all(tx, [*ids, 10**12])) == tuple(ids)
    assert {look(one).state for one in ids} == {State.WAITING}
    assert look(ids[0]).attempts == 0


def test_words_and_addresses_of_people_are_forgotten_but_not_that_they_were_told(
    clock: FixedClock, post: Post, look: Look, write: Do, read: Do
) -> None:
    told = post("notify_cancel", occasion="POL-1 kim", recipient="kim@people.example")
    finish(write, State.SENT)
    waiting = post("notify_cancel", occasion="POL-2 kim", recipient="kim@people.example")
    order = post()
    clock.advance(days=180, seconds=1)
    assert write(lambda tx: letters.erase_letters_to_people(tx, 180)) == 1
    assert write(lambda tx: letters.erase_letters_to_people(tx, 180)) == 0
    letter = look(told)
    assert (letter.state, letter.recipient, letter.subject, letter.text, letter.html) == (
        State.SENT,
        "",
        "",
        "",
        "",
    )
    assert look(waiting).text
    assert look(order).text
    assert post("notify_cancel", occasion="POL-1 kim", recipient="kim@people.example") == told
    with pytest.raises(Refusal) as refused:
        write(lambda tx: letters.resend(tx, told))
    assert slug_of(refused) == "letter_erased"

    def everything(tx: Tx) -> str:
        found = tx.execute(select(*rows.c).where(rows.c.institution == tx.institution, rows.c.id == told))
        return str(found.one())

    assert "kim" not in read(everything).lower()


def test_what_is_attached_is_not_too_much(post: Post) -> None:
    with pytest.raises(ValueError, match="bytes are attached"):
        post(attachments=(Attachment("a", "application/pdf", b"x" * 10_000_001),))


def test_a_hostile_title_stays_in_its_place(post: Post, look: Look) -> None:
    facts = {
        **example_of(letters.facts_of("notify_cancel")),
        "title": "Paper\r\nBcc: everyone@people.example\r\n\r\nBuy now",
        "author": "<img src=x onerror=alert(1)> {{ 7 * 7 }} \u202e\u0000",
    }
    letter = look(post("notify_cancel", facts=facts))
    assert letter.subject == "Order cancelled: Paper Bcc: everyone@people.example Buy now"
    assert "<img" not in letter.html
    assert "{{ 7 * 7 }}" in letter.text
    assert "\x00" not in letter.text


# -- the table of states ------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("what", ["cancel", "resend", "withdraw"])
def test_what_may_be_done_follows_the_table(
    post: Post, look: Look, write: Do, state: State, what: str
) -> None:
    letter_id = post()
    if state is State.CANCELLED:
        write(lambda tx: letters.cancel(tx, letter_id))
    elif state is State.WITHDRAWN:
        assert write(lambda tx: letters.withdraw(tx, letter_id, "no longer so"))
    elif state is State.SENDING:
        write(lambda tx: letters.take(tx, [Way.MAIL]))
    elif state is not State.WAITING:
        finish(write, state)
    assert look(letter_id).state is state

    def act(tx: Tx) -> None:
        if what == "cancel":
            letters.cancel(tx, letter_id)
        elif what == "resend":
            letters.resend(tx, letter_id)
        elif not letters.withdraw(tx, letter_id, "no longer so"):
            raise ValueError(state)

    if state in origins(what) or (what == "resend" and state is State.SENT):
        write(act)
        reached = {"cancel": State.CANCELLED, "resend": State.WAITING, "withdraw": State.WITHDRAWN}
        assert look(letter_id).state is (State.SENT if state is State.SENT else reached[what])
    else:
        with pytest.raises((Refusal, ValueError)):
            write(act)
        assert look(letter_id).state is state


def test_what_is_no_longer_so_is_withdrawn_by_what_it_was_about(post: Post, look: Look, write: Do) -> None:
    about = Source("po_line", "POL-1")
    gone, other = post(occasion="a", source=about), post(occasion="b", source=about)
    elsewhere = post(occasion="c", source=Source("po_line", "POL-2"))
    narrowed = write(lambda tx: letters.withdraw_about(tx, about, ["order"], "undone", occasions=["a", "c"]))
    assert narrowed == 1
    assert (look(gone).state, look(gone).error, look(gone).due) == (State.WITHDRAWN, "undone", None)
    again = post(occasion="a", source=about)
    assert again != gone, "its occasion is free for another"
    assert post(occasion="b", source=about) == other
    assert write(lambda tx: letters.withdraw_about(tx, about, ["claim"], "undone")) == 0
    assert write(lambda tx: letters.withdraw_about(tx, about, ["order"], "undone")) == 2
    assert look(elsewhere).state is State.WAITING


def test_a_letter_that_has_left_is_not_withdrawn(post: Post, look: Look, write: Do) -> None:
    letter_id = post()
    finish(write, State.SENT)
    assert write(lambda tx: letters.withdraw(tx, letter_id, "too late")) is False
    assert look(letter_id).state is State.SENT


def test_the_table_can_be_drawn() -> None:
    assert "sending --> sent: deliver" in LETTER_STATES.diagram()
