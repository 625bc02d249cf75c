"""POs go out: by letter, as files or by nothing; each once; and what keeps one from going out is told."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pypdf
import pytest
from structlog.testing import capture_logs

from openacq.catalogue.model import Description
from openacq.directory.model import Institution
from openacq.jobs.outbox import Outbox
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.letters import service as letters
from openacq.letters.model import Letter, Outcome, State
from openacq.letters.service import FolderPost, content_of
from openacq.ordering import claim, close, progress
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState, OrderState, PlaceLine, Sum, Terms
from openacq.store import Tx
from openacq.store.outbox import News
from tests.letters.post_office import PostOffice, Received
from tests.letters.test_drop import full_disk
from tests.ordering.buying import (
    BUYER,
    GIFT,
    ORDERS_MAIL,
    account,
    bring,
    inside,
    letters_of,
    needs_approval,
    order,
    pack,
    place,
    rule,
    states,
    titled,
    with_mail,
    work,
)
from tests.ordering.life import arrive, differences, slug_of
from tests.ordering.world import World

APPROVED, SENT = OrderState.APPROVED, OrderState.SENT


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """GOBI's mail server."""
    opened = PostOffice().open()
    yield opened
    opened.close()


def send_again(world: World, number: str) -> None:
    world.write(lambda tx: ordering.send(tx, number, BUYER))


def standing(world: World, number: str) -> tuple[OrderState, str, str]:
    row = order(world, number).row
    return row.state, row.send_state, row.send_error


def pdf_of(received: Received) -> str:
    (attached,) = list(received.message.iter_attachments())
    content = attached.get_payload(decode=True)
    assert isinstance(content, bytes)
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


# -- by letter ----------------------------------------------------------------------------------


def test_a_po_goes_to_the_vendor_by_mail_with_a_pdf_and_then_it_is_sent(
    world: World, office: PostOffice
) -> None:
    with_mail(world)
    account(world, expected_receipt_interval=30, claiming_interval=10)
    lines = place(world, 2)
    (number,) = pack(world)
    assert states(world, *lines) == [LineState.READY] * 2, "nothing is sent before the mail took the letter"
    bring(world, office)
    (letter,) = office.received
    assert letter.recipients == [ORDERS_MAIL]
    assert number in letter.message["Subject"]
    for line in lines:
        assert line.number in letter.part("plain")
        assert line.reference in letter.part("plain")
        assert line.bib.title in pdf_of(letter)
    assert "100.00 USD" in letter.part("plain")
    assert standing(world, number) == (SENT, "sent", "")
    row = order(world, number).row
    assert (row.send_by, row.sent) == ("letter", world.store.clock.now())
    assert states(world, *lines) == [LineState.SENT] * 2
    sent = world.line(lines[0].number)
    assert sent.expected_receipt_date == date(2026, 3, 2) + timedelta(days=30)
    due, total = world.read(lambda tx: claim.due_claims(tx, by=date(2026, 4, 11)))
    assert total == 2
    assert due[0].due == date(2026, 4, 11)
    assert differences(world) == []


def test_the_day_a_line_is_expected_stays_when_somebody_said_so(world: World, office: PostOffice) -> None:
    with_mail(world)
    account(world, expected_receipt_interval=30)
    (line,) = place(world, expected_receipt_date=date(2026, 3, 9))
    pack(world)
    bring(world, office)
    assert world.line(line.number).expected_receipt_date == date(2026, 3, 9)


def test_the_letter_is_in_the_vendor_s_language(world: World, office: PostOffice) -> None:
    with_mail(world, language="de")
    place(world)
    pack(world)
    bring(world, office)
    assert "Bestellung" in office.received[0].message["Subject"]


@pytest.mark.parametrize("language", ["tlh", "English", "x", ""])
def test_a_language_nobody_writes_is_written_in_english(
    world: World, office: PostOffice, language: str
) -> None:
    with_mail(world, language=language)
    place(world)
    pack(world)
    bring(world, office)
    assert "Purchase order" in office.received[0].message["Subject"]


def test_an_account_s_own_address_comes_before_its_vendor_s(world: World, office: PostOffice) -> None:
    with_mail(world)
    account(world, contact_info={"email": [{"email_address": "main@gobi.example"}]})
    place(world)
    pack(world)
    bring(world, office)
    assert office.received[0].recipients == ["main@gobi.example"]


def test_what_the_vendor_is_told_of_a_line(world: World, office: PostOffice) -> None:
    with_mail(world)
    account(world, discount_percent="10")
    world.place(
        titled(
            price=Sum("54.10", "USD"),
            rush=True,
            terms=Terms(vendor_note="Shelf-ready,\nplease."),
            reference="YBP-7",
        )
    )
    pack(world)
    bring(world, office)
    text = office.received[0].part("plain")
    for words in ("RUSH", "YBP-7", "54.10", "48.69", "10 %", "Shelf-ready", "Main Library, Stacks"):
        assert words in text


def test_a_subscription_waits_for_its_renewal_once_it_is_sent(world: World, office: PostOffice) -> None:
    with_mail(world)
    (line,) = place(world, type="PRINT_CO", renewal_date=date(2026, 12, 31))
    pack(world)
    bring(world, office)
    assert states(world, line) == [LineState.WAITING_FOR_RENEWAL]


def test_what_arrived_before_it_was_sent_waits_for_its_invoice(world: World, office: PostOffice) -> None:
    with_mail(world)
    (line,) = place(world)
    arrive(world, line)
    pack(world)
    bring(world, office)
    assert states(world, line) == [LineState.WAITING_FOR_INVOICE]


# -- without a letter ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        ({"method": "VENDOR_SYSTEM"}, "vendor_system"),
        ({"method": "PURCHASE_NOLETTER"}, "none"),
        (GIFT, "none"),
    ],
    ids=["vendor system", "no letter", "gift"],
)
def test_methods_that_tell_the_vendor_nothing_are_sent_at_once(
    world: World, changes: dict[str, object], by: str
) -> None:
    line = world.place(titled(**changes))
    (number,) = pack(world)
    work(world)
    assert standing(world, number) == (SENT, "sent", "")
    assert order(world, number).row.send_by == by
    assert states(world, line) == [LineState.SENT]
    assert letters_of(world, number) == []


def test_an_account_that_wants_no_orders_gets_none(world: World) -> None:
    account(world, send_orders="none")
    place(world)
    (number,) = pack(world)
    work(world)
    assert (order(world, number).row.state, order(world, number).row.send_by) == (SENT, "none")


# -- as a file ----------------------------------------------------------------------------------


def test_a_po_is_dropped_as_a_file_where_the_vendor_fetches_it(world: World, tmp_path: Path) -> None:
    account(world, send_orders="folder", order_folder="gobi/in", order_file="order-{number}")
    (line,) = place(world)
    (number,) = pack(world)
    bring(world, folder=FolderPost(tmp_path))
    file = tmp_path / "gobi" / "in" / f"order-{number}.pdf"
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    assert number in text
    assert line.bib.title in text
    assert (order(world, number).row.state, order(world, number).row.send_by) == (SENT, "file")


class FullDisk(FolderPost):
    """A folder on a disk that is full."""

    __slots__ = ()

    def deliver(self, letter: Letter) -> Outcome:
        with full_disk(100):
            return super().deliver(letter)


def test_a_full_disk_leaves_the_po_unsent_told_and_retryable(
    world: World, tmp_path: Path, clock: FixedClock
) -> None:
    account(world, send_orders="folder")
    (line,) = place(world)
    (number,) = pack(world)
    bring(world, folder=FullDisk(tmp_path))
    state, how, words = standing(world, number)
    assert (state, how) == (APPROVED, "failed")
    assert words.startswith("folder: ")
    assert states(world, line) == [LineState.READY]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [], "nothing is left half written"
    clock.advance(60)
    bring(world, folder=FolderPost(tmp_path))
    assert standing(world, number) == (SENT, "sent", "")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_folder_that_is_away_leaves_the_po_unsent(world: World, tmp_path: Path, clock: FixedClock) -> None:
    account(world, send_orders="folder")
    place(world)
    (number,) = pack(world)
    bring(world, folder=FolderPost(tmp_path / "not mounted"))
    assert standing(world, number)[:2] == (APPROVED, "failed")
    (tmp_path / "not mounted").mkdir()
    clock.advance(60)
    bring(world, folder=FolderPost(tmp_path / "not mounted"))
    assert order(world, number).row.state is SENT


def test_a_folder_that_cannot_be_one_is_told(world: World, tmp_path: Path) -> None:
    account(world, send_orders="folder", order_folder="../outside")
    place(world)
    (number,) = pack(world)
    bring(world, folder=FolderPost(tmp_path))
    assert standing(world, number) == (APPROVED, "failed", "the folder's name cannot be used")
    account(world, order_folder="inside")
    send_again(world, number)
    bring(world, folder=FolderPost(tmp_path))
    assert order(world, number).row.state is SENT


# -- what keeps a PO from going out -------------------------------------------------------------


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


# -- once ---------------------------------------------------------------------------------------


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


# -- what happens to a line before its PO is out ------------------------------------------------


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


# -- looking first ------------------------------------------------------------------------------


def test_the_letter_can_be_read_before_it_is_written(world: World, office: PostOffice) -> None:
    needs_approval(world)
    with_mail(world, language="de")
    (line,) = place(world)
    (number,) = pack(world)
    preview = world.read(lambda tx: ordering.preview_order(tx, number))
    assert preview.subject.startswith(f"Bestellung {number}")
    assert line.number in preview.text
    (attached,) = preview.attachments
    assert pypdf.PdfReader(io.BytesIO(content_of(attached))).pages[0].extract_text()
    world.write(lambda tx: ordering.approve(tx, number, BUYER))
    bring(world, office)
    assert office.received[0].part("plain").splitlines() == preview.text.splitlines()
    assert "Kopie" in world.read(lambda tx: ordering.preview_order(tx, number)).subject
