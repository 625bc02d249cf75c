"""POs go out: by letter, as files or by nothing; what is told of them can be read before."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import pypdf
import pytest

from openacq.kernel.clock import FixedClock
from openacq.letters.model import Letter, Outcome
from openacq.letters.service import FolderPost, content_of
from openacq.ordering import claim
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState, Sum, Terms
from tests.letters.post_office import PostOffice
from tests.letters.test_drop import full_disk
from tests.ordering.buying import (
    BUYER,
    GIFT,
    ORDERS_MAIL,
    account,
    bring,
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
from tests.ordering.life import arrive, differences
from tests.ordering.sending import APPROVED, SENT, pdf_of, send_again, standing
from tests.ordering.world import World

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
