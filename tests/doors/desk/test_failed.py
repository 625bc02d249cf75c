"""What failed and is shown among the tasks: letters and jobs, settled by those who may."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from openacq.letters import service as letters
from openacq.letters.tables import letters as letters_table
from openacq.store import Tx, outbox
from openacq.store.tables import outbox as outbox_table
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.letters.conftest import a_wish
from tests.serving_fixture import Server
from tests.shop import Shop


def fail_letters(shop: Shop, count: int = 1) -> list[int]:
    """Letters that were given up."""

    def work(tx: Tx) -> list[int]:
        ids = [letters.enqueue(tx, a_wish(occasion=f"order PO-{tx.new_id()}")) for _ in range(count)]
        of = (letters_table.c.institution == tx.institution) & letters_table.c.id.in_(ids)
        tx.execute(update(letters_table).where(of).values(state="dead", error="mailbox unknown", attempts=3))
        return ids

    made: list[int] = shop.world.write(work)
    return made


def fail_jobs(shop: Shop, topic: str = "po_line.changed", count: int = 1) -> list[int]:
    """Jobs that were given up."""
    shop.world.write(lambda tx: [tx.emit(topic, f"POL-{at}", {}) for at in range(count)])

    def work(tx: Tx) -> list[int]:
        of = (outbox_table.c.institution == tx.institution) & outbox_table.c.topic.in_([topic])
        values = {"failed": tx.now, "error": "no such <b>line</b>", "attempts": 9}
        tx.execute(update(outbox_table).where(of).values(**values))
        return [news.id for news in outbox.listed(tx, outbox.Standing.DEAD, (topic,), 50, 0).news]

    made: list[int] = shop.world.write(work)
    return made


def state(shop: Shop, letter_id: int) -> str:
    return str(shop.world.read(lambda tx: letters.letter(tx, letter_id)).state.value)


def test_a_letter_that_failed_says_why_and_is_sent_again(staff: Staff, shop: Shop) -> None:
    (letter,) = fail_letters(shop)
    staff.get("/tasks/letters")
    assert len(staff.rows()) == 1
    assert "mailbox unknown" in staff.rows()[0]
    assert "given up" in staff.rows()[0]
    staff.send(f"/{letter}", {"recipient": "orders@other.example", "do": "resend"})
    assert staff.told == "The letter is tried again."
    assert staff.rows() == []
    assert state(shop, letter) == "waiting"
    assert shop.world.read(lambda tx: letters.letter(tx, letter)).recipient == "orders@other.example"


def test_a_letter_is_kept_from_going_out(staff: Staff, shop: Shop) -> None:
    (letter,) = fail_letters(shop)
    staff.get("/tasks/letters")
    staff.send(f"/{letter}", {"do": "cancel"})
    assert staff.told == "The letter is not sent."
    assert state(shop, letter) == "cancelled"


@pytest.mark.parametrize("typed", ["nobody", "a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.example"])
def test_a_wrong_address_is_told_and_nothing_changes(staff: Staff, shop: Shop, typed: str) -> None:
    (letter,) = fail_letters(shop)
    staff.get("/tasks/letters")
    staff.send(f"/{letter}", {"recipient": typed, "do": "resend"})
    assert "A letter cannot go to" in staff.told
    assert state(shop, letter) == "dead"


def test_a_letter_settled_meanwhile_is_told(staff: Staff, shop: Shop) -> None:
    (letter,) = fail_letters(shop)
    staff.get("/tasks/letters")
    page = staff.page
    staff.send(f"/{letter}", {"do": "cancel"})
    staff.page = page
    staff.send(f"/{letter}", {"do": "cancel"})
    assert f"Letter {letter} is" in staff.told


@pytest.mark.parametrize(
    "path", ["/tasks/letters/0", "/tasks/letters/x", "/tasks/letters/99999999999999999999"]
)
def test_a_letter_there_is_not(staff: Staff, path: str) -> None:
    staff.get("/keys")
    staff.post(path, {"do": "cancel"})
    assert staff.status == 404


def test_letters_of_others_are_not_found(server: Server, staff: Staff, shop: Shop, elsewhere: Staff) -> None:
    (letter,) = fail_letters(shop)
    elsewhere.get("/tasks/letters")
    assert elsewhere.rows() == []
    elsewhere.get("/keys")
    elsewhere.post(f"/tasks/letters/{letter}", {"do": "cancel"})
    assert elsewhere.status == 404
    with Staff(server, shop.world, new_staff(server, shop.world, "37")) as receiver:
        receiver.sign_in()
        receiver.get("/tasks/letters")
        assert receiver.status == 403
        receiver.get("/keys")
        receiver.post(f"/tasks/letters/{letter}", {"do": "cancel"})
        assert receiver.status == 403
    assert state(shop, letter) == "dead"


def test_as_many_statements_for_many_letters(server: Server, staff: Staff, shop: Shop) -> None:
    fail_letters(shop)
    few = statements(server, lambda: staff.get("/tasks/letters"))
    fail_letters(shop, 12)
    assert statements(server, lambda: staff.get("/tasks/letters")) == few
    assert len(staff.rows()) == 13


# -- jobs ---------------------------------------------------------------------------------------------


def standing(shop: Shop, job: int) -> Any:
    news = shop.world.read(lambda tx: outbox.one(tx, job))
    return news.standing.value


def test_a_job_that_failed_says_why_and_is_tried_again(staff: Staff, shop: Shop) -> None:
    (job,) = fail_jobs(shop)
    staff.get("/tasks/jobs")
    assert len(staff.rows()) == 1
    assert "no such <b>line</b>" in staff.rows()[0]
    staff.send(f"/{job}")
    assert staff.told == "It is tried again at once."
    assert "tried again" in staff.rows()[0], "it is listed until it is done"
    assert "0 attempts" in staff.rows()[0]
    assert standing(shop, job) == "failed"


def test_a_job_done_meanwhile_is_told(staff: Staff, shop: Shop) -> None:
    (job,) = fail_jobs(shop)
    staff.get("/tasks/jobs")

    def done(tx: Tx) -> None:
        of = (outbox_table.c.institution == tx.institution) & (outbox_table.c.id == job)
        tx.execute(update(outbox_table).where(of).values(done=tx.now, failed=None, error=None))

    shop.world.write(done)
    staff.send(f"/{job}")
    assert f"Job {job} is" in staff.told


@pytest.mark.parametrize("path", ["/tasks/jobs/0", "/tasks/jobs/x", "/tasks/jobs/99999999999999999999"])
def test_a_job_there_is_not(staff: Staff, path: str) -> None:
    staff.get("/keys")
    staff.post(path, {})
    assert staff.status == 404


def test_jobs_are_for_administrators_of_their_institution(
    server: Server, staff: Staff, shop: Shop, elsewhere: Staff
) -> None:
    (job,) = fail_jobs(shop)
    elsewhere.get("/tasks/jobs")
    assert elsewhere.rows() == []
    elsewhere.get("/keys")
    elsewhere.post(f"/tasks/jobs/{job}", {})
    assert elsewhere.status == 404
    with Staff(server, shop.world, new_staff(server, shop.world, "54")) as buyer:
        buyer.sign_in()
        buyer.get("/tasks/jobs")
        assert buyer.status == 403
        buyer.get("/keys")
        buyer.post(f"/tasks/jobs/{job}", {})
        assert buyer.status == 403
    assert standing(shop, job) == "dead"


def test_as_many_statements_for_many_jobs(server: Server, staff: Staff, shop: Shop) -> None:
    fail_jobs(shop)
    few = statements(server, lambda: staff.get("/tasks/jobs"))
    fail_jobs(shop, count=12)
    assert statements(server, lambda: staff.get("/tasks/jobs")) == few
    assert len(staff.rows()) == 13
