"""Letters leave for a real mail server; what it answers decides what becomes of them."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
from sqlalchemy import select
from structlog.testing import capture_logs

from openacq.jobs.letters import Ways, send_some
from openacq.kernel.clock import FixedClock
from openacq.letters import service as letters
from openacq.letters.model import Attachment, Search, Source, State
from openacq.letters.queue import MOST_TRIES
from openacq.store import Store, Tx
from openacq.store.tables import outbox
from tests.conftest import TODAY, Do
from tests.letters.conftest import VENDOR, Look, Post, a_wish
from tests.letters.post_office import SENDER, PostOffice, make_certificate


def news(tx: Tx) -> list[tuple[str, str]]:
    rows = tx.execute(
        select(outbox.c.topic, outbox.c.payload)
        .where(outbox.c.institution == tx.institution)
        .order_by(outbox.c.id)
    )
    return [(row.topic, row.payload["source_id"]) for row in rows]


def test_an_order_reaches_the_vendor_as_text_html_and_pdf(
    store: Store, institution: int, post: Post, look: Look, office: PostOffice, read: Do
) -> None:
    letter_id = post()
    assert look(letter_id).state is State.WAITING

    assert send_some(store, [institution], Ways(office.server())) is False

    (received,) = office.received
    assert (received.sender, received.recipients) == (SENDER, [VENDOR])
    message = received.message
    assert message["Subject"] == "Purchase order PO-2026-1001 \N{EN DASH} Main Library"
    assert message["From"] == f"Main Library <{SENDER}>"
    assert message["Reply-To"] == "Main Library <desk@library.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == TODAY
    assert "Überlieferung und Fälschung" in received.part("plain")
    assert "<strong>Überlieferung und Fälschung</strong>" in received.part("html")
    (pdf,) = message.iter_attachments()
    assert pdf.get_filename() == "Purchase-order-PO-2026-1001.pdf"
    printed = pypdf.PdfReader(io.BytesIO(pdf.get_content())).pages[0].extract_text()
    assert "Purchase order PO-2026-1001" in printed
    assert "Überlieferung und Fälschung" in printed

    letter = look(letter_id)
    assert (letter.state, letter.sent, letter.due, letter.attempts) == (State.SENT, TODAY, None, 1)
    assert letter.message_id == received.id
    assert read(news) == [("letter.sent", "PO-2026-1001")]
    assert send_some(store, [institution], Ways(office.server())) is False
    assert len(office.received) == 1


def test_a_german_vendor_is_written_to_in_german(
    store: Store, institution: int, post: Post, office: PostOffice
) -> None:
    post(language="de-AT")
    send_some(store, [institution], Ways(office.server()))
    (received,) = office.received
    assert received.message["Subject"] == "Bestellung PO-2026-1001 \N{EN DASH} Main Library"
    assert received.message["Content-Language"] == "de"
    text = received.part("plain")
    assert "Bestellung PO-2026-1001 vom 2. März 2026" in text
    assert "zu 1.054,0 EUR = 1.054,00 EUR" in text
    (pdf,) = received.message.iter_attachments()
    printed = pypdf.PdfReader(io.BytesIO(pdf.get_content())).pages[0].extract_text()
    assert "Gesamtsumme" in printed
    assert "2. März 2026" in printed


def test_what_is_wrong_for_now_is_tried_again_later_and_later(
    store: Store, clock: FixedClock, institution: int, post: Post, look: Look, office: PostOffice, read: Do
) -> None:
    letter_id = post()
    answers = iter(["450 mailbox of <orders@vendor.example> busy", "250 OK"])
    office.to_recipient = lambda _: next(answers)
    ways = Ways(office.server())

    send_some(store, [institution], ways)
    letter = look(letter_id)
    assert (letter.state, letter.attempts) == (State.FAILED, 1)
    assert letter.error == "450 mailbox of <[address]> busy"
    assert letter.due is not None
    assert (letter.due - TODAY).total_seconds() == 60

    clock.advance(59)
    send_some(store, [institution], ways)
    assert look(letter_id).attempts == 1
    clock.advance(1)
    send_some(store, [institution], ways)
    letter = look(letter_id)
    assert (letter.state, letter.attempts, letter.error) == (State.SENT, 2, "")
    assert read(news) == [("letter.failed", "PO-2026-1001"), ("letter.sent", "PO-2026-1001")]


def test_the_content_is_refused_for_now_and_for_good(
    store: Store, clock: FixedClock, institution: int, post: Post, look: Look, office: PostOffice
) -> None:
    letter_id = post()
    answers = iter(["452 disk full", "554 we take no orders"])
    office.to_content = lambda _: next(answers)
    send_some(store, [institution], Ways(office.server()))
    assert (look(letter_id).state, look(letter_id).error) == (State.FAILED, "452 disk full")
    clock.advance(60)
    send_some(store, [institution], Ways(office.server()))
    letter = look(letter_id)
    assert (letter.state, letter.error, letter.due) == (State.DEAD, "554 we take no orders", None)


def test_a_recipient_refused_for_good_is_dead_and_can_be_sent_again(
    store: Store, institution: int, post: Post, look: Look, office: PostOffice, write: Do, read: Do
) -> None:
    wrong, right = post(occasion="a", recipient="nobody@vendor.example"), post(occasion="b")
    office.to_recipient = lambda address: "550 no such user" if address.startswith("nobody") else "250 OK"
    ways = Ways(office.server())
    send_some(store, [institution], ways)
    assert look(wrong).state is State.DEAD
    assert look(right).state is State.SENT
    page = read(lambda tx: letters.letters(tx, Search(states=(State.DEAD,))))
    assert [(one.id, one.error) for one in page.letters] == [(wrong, "550 no such user")]

    assert write(lambda tx: letters.resend(tx, wrong, "orders@vendor.example")) == wrong
    send_some(store, [institution], ways)
    assert look(wrong).state is State.SENT
    assert [one.recipients for one in office.received] == [[VENDOR], [VENDOR]]


def test_a_server_that_is_down_is_waited_for(
    store: Store, clock: FixedClock, institution: int, post: Post, look: Look, office: PostOffice
) -> None:
    ids = [post(occasion=f"order {number}") for number in range(3)]
    ways = Ways(office.server())
    office.close()
    assert send_some(store, [institution], ways) is False
    states = [look(one).state for one in ids]
    assert states == [State.FAILED, State.WAITING, State.WAITING], "one try shows that the server is away"
    assert "mail server: " in look(ids[0]).error

    office.open()
    clock.advance(60)
    assert send_some(store, [institution], ways) is False
    assert [look(one).state for one in ids] == [State.SENT] * 3
    assert len(office.received) == 3


def test_a_sender_the_server_refuses_is_no_letters_fault(
    store: Store, institution: int, post: Post, look: Look, office: PostOffice
) -> None:
    ids = [post(occasion="a"), post(occasion="b")]
    office.to_sender = lambda _: "550 you may not send from here"
    send_some(store, [institution], Ways(office.server()))
    assert [look(one).state for one in ids] == [State.FAILED, State.WAITING]
    assert look(ids[0]).error == "mail server: 550 you may not send from here"


def test_a_letter_is_given_up_after_days_of_trying(
    store: Store, clock: FixedClock, institution: int, post: Post, look: Look, office: PostOffice
) -> None:
    letter_id = post("claim")
    ways = Ways(office.server())
    office.to_recipient = lambda _: "451 try later"
    for _ in range(MOST_TRIES):
        send_some(store, [institution], ways)
        clock.advance(7_200)
    letter = look(letter_id)
    assert (letter.state, letter.attempts) == (State.DEAD, MOST_TRIES)
    assert (clock.now() - TODAY).days >= 3


def test_letters_go_encrypted_to_a_server_that_is_trusted_and_knows_us(
    store: Store, clock: FixedClock, institution: int, post: Post, look: Look, tmp_path: Path
) -> None:
    context, trusted = make_certificate(tmp_path)
    office = PostOffice(tls=context, login="library:secret").open()
    known = {"user": "library", "password": "secret", "ca_file": str(trusted)}
    try:
        letter_id = post()
        send_some(store, [institution], Ways(office.server(**{**known, "ca_file": ""})))
        assert look(letter_id).state is State.FAILED
        assert "certificate verify failed" in look(letter_id).error

        clock.advance(60)
        send_some(store, [institution], Ways(office.server(**{**known, "password": "wrong"})))
        assert look(letter_id).state is State.FAILED, "a wrong password is no letter's fault"
        assert "535" in look(letter_id).error
        assert "wrong" not in look(letter_id).error

        clock.advance(120)
        send_some(store, [institution], Ways(office.server(**known)))
        assert look(letter_id).state is State.SENT
    finally:
        office.close()


def test_letters_go_to_a_server_that_speaks_tls_from_the_first_byte(
    store: Store, clock: FixedClock, institution: int, post: Post, look: Look, tmp_path: Path
) -> None:
    context, trusted = make_certificate(tmp_path)
    office = PostOffice(tls=context, ssl_only=True).open()
    try:
        letter_id = post()
        send_some(store, [institution], Ways(office.server()))
        assert "certificate verify failed" in look(letter_id).error
        clock.advance(60)
        send_some(store, [institution], Ways(office.server(ca_file=str(trusted))))
        assert look(letter_id).state is State.SENT
    finally:
        office.close()


def test_no_letter_goes_in_clear_to_a_server_that_cannot_encrypt(
    store: Store, institution: int, post: Post, look: Look, office: PostOffice
) -> None:
    letter_id = post()
    send_some(store, [institution], Ways(office.server(tls="starttls")))
    assert office.tried == 0
    assert look(letter_id).state is State.FAILED
    assert "STARTTLS" in look(letter_id).error


def test_without_a_mail_server_letters_wait_and_say_so(
    store: Store, institution: int, post: Post, look: Look, office: PostOffice
) -> None:
    letter_id = post()
    with capture_logs() as logs:
        assert send_some(store, [institution], Ways()) is False
        assert send_some(store, [institution], Ways()) is False
    letter = look(letter_id)
    assert (letter.state, letter.error) == (State.WAITING, "no mail server is set (smtp_host)")
    assert [entry["event"] for entry in logs] == ["letters wait"], "it is said once"

    send_some(store, [institution], Ways(office.server()))
    letter = look(letter_id)
    assert (letter.state, letter.error) == (State.SENT, "")


def test_files_go_beside_the_letter(store: Store, institution: int, post: Post, office: PostOffice) -> None:
    post("claim", attachments=(Attachment("claim ü\r\nX-Evil: 1.edi", "application/edifact", b"UNA:+.? '"),))
    send_some(store, [institution], Ways(office.server()))
    (attached,) = office.received[0].message.iter_attachments()
    assert attached.get_filename() == "claim ü X-Evil: 1.edi"
    assert attached.get_content_type() == "application/edifact"
    assert attached.get_content() == b"UNA:+.? '"


def test_an_address_beyond_ascii_is_written_to(
    store: Store, institution: int, post: Post, look: Look, office: PostOffice
) -> None:
    domain = post(occasion="a", recipient="bestellung@bücher.example")
    local = post(occasion="b", recipient="jörg@vendor.example")
    send_some(store, [institution], Ways(office.server()))
    assert [look(one).state for one in (domain, local)] == [State.SENT, State.SENT]
    assert [one.recipients for one in office.received] == [
        ["bestellung@xn--bcher-kva.example"],
        ["jörg@vendor.example"],
    ]


def test_addresses_of_people_do_not_get_into_the_servers_own_lines(
    store: Store, institution: int, post: Post, office: PostOffice
) -> None:
    post(
        "notify_cancel", occasion="a", recipient="alex.reader@people.example", source=Source("line", "POL-1")
    )
    post("notify_cancel", occasion="b", recipient="kim@people.example", source=Source("line", "POL-1"))
    office.to_recipient = lambda address: f"550 <{address}> left" if address.startswith("kim") else "250 OK"
    with capture_logs() as logs:
        send_some(store, [institution], Ways(office.server()))
    assert {entry["event"] for entry in logs} == {"letter sent", "letter not sent"}, logs
    assert "people.example" not in str(logs)


def test_a_fault_of_ours_in_one_letter_keeps_no_other_and_tells_no_address(
    store: Store, institution: int, post: Post, look: Look, office: PostOffice
) -> None:
    broken = post("claim", occasion="a", attachments=(Attachment("x", "text/plain\nX-Evil: 1", b"x"),))
    whole = post("claim", occasion="b")
    with capture_logs() as logs:
        send_some(store, [institution], Ways(office.server()))
    assert (look(broken).state, look(whole).state) == (State.FAILED, State.SENT)
    assert look(broken).error.startswith("it could not be made: ")
    (told,) = [entry for entry in logs if entry["event"] == "letter could not be made"]
    assert "Traceback" in told["exception"]
    assert "vendor.example" not in str(logs)


def test_institutions_are_served_in_turn_and_see_their_own_letters_only(
    store: Store,
    institution: int,
    other_institution: int,
    post: Post,
    office: PostOffice,
    write: Do,
    read: Do,
) -> None:
    mine = post()
    theirs = write(lambda tx: letters.enqueue(tx, a_wish()), institution=other_institution)
    assert read(letters.letters).total == 1
    send_some(store, [institution, other_institution], Ways(office.server()))
    assert len(office.received) == 2
    assert read(lambda tx: letters.letter(tx, mine).state) is State.SENT
    assert read(lambda tx: letters.letter(tx, theirs).state, institution=other_institution) is State.SENT
