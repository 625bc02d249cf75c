"""A patron asks, follows, answers and takes back; other people's requests are not there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openacq.directory import service as directory
from openacq.ordering.model import Actor
from openacq.requests import service as requests
from openacq.requests.model import Approve, Criteria, Reject, Request
from tests.doors.desk.staff import PASSWORD, Staff
from tests.ordering.world import HELD_ISBN, HELD_TITLE
from tests.serving_fixture import Server
from tests.shop import Shop, new_isbn

DESK = Actor("requests desk")


def visitor(server: Server, shop: Shop, name: str) -> Staff:
    row: dict[str, object] = {
        "primary_id": name,
        "first_name": name.title(),
        "last_name": "Reader",
        "email": f"{name}@uni.example",
        "identifiers": f"BARCODE:{name}-{shop.world.institution}",
        "password": PASSWORD,
    }
    shop.world.load(directory, "user", row)
    return Staff(server, shop.world, name, door="/requests").sign_in()


@pytest.fixture
def patron(server: Server, shop: Shop) -> Iterator[Staff]:
    with visitor(server, shop, "ann") as patron:
        yield patron


def ask(patron: Staff, **fields: str) -> int:
    """Fill the form in and send it; the number of the request."""
    patron.get("/new")
    patron.send(1, {"title": "A wish", "isbn": new_isbn(), "library": "MAIN", "do": "send", **fields})
    assert patron.told == "Your request has come in. You will hear of it by mail.", patron.text
    return int(patron.path.rsplit("/", 1)[1])


def now(shop: Shop, request_id: int) -> Request:
    found = shop.world.read(lambda tx: requests.request(tx, request_id, DESK))
    assert isinstance(found, Request)
    return found


def test_a_title_is_asked_for(patron: Staff, shop: Shop) -> None:
    request_id = ask(patron, author="Author, An", note="For my thesis", hold_item="yes")
    request = now(shop, request_id)
    assert (request.requester, request.owning_library, request.source) == ("ann", "MAIN", "PRIMO")
    assert (request.hold_item, request.notify_receiving_activation) == (True, True)
    assert request.requester_note == "For my thesis"
    patron.get("/mine")
    assert "The library is looking at it" in patron.rows()[0]


def test_a_barcode_signs_in_too(server: Server, shop: Shop, patron: Staff) -> None:
    with Staff(server, shop.world, f"ann-{shop.world.institution}", door="/requests") as other:
        other.sign_in()
        assert other.path == "/requests/mine"


@pytest.mark.parametrize("look", [HELD_ISBN, "book shelf", "BOOK on the"])
def test_the_catalogue_is_looked_into(patron: Staff, look: str) -> None:
    patron.get("/new", look=look)
    (link,) = patron.page.xpath(f"//a[contains(., '{HELD_TITLE}')]/@href")
    patron.get(link.removeprefix("/requests"))
    assert patron.value("title") == HELD_TITLE
    assert "Main Library has it (2)." in patron.text
    patron.send(1, {"do": "send"})
    assert "Your request has come in" in patron.told


def test_what_is_not_found_is_described(patron: Staff) -> None:
    isbn = new_isbn()
    patron.get("/new", look=isbn)
    assert "The catalogue does not have it." in patron.text
    assert patron.value("isbn") == isbn
    patron.get("/new", look="Some rare words")
    assert patron.value("title") == "Some rare words"


def test_duplicates_are_told_before_anything_is_sent(patron: Staff, shop: Shop) -> None:
    patron.get("/new")
    patron.send(1, {"title": "Mine", "isbn": HELD_ISBN, "note": "still here", "do": "look"})
    assert "Main Library has it (2)." in patron.text
    assert (patron.value("title"), patron.value("note").strip()) == ("Mine", "still here")
    assert shop.world.read(lambda tx: requests.requests(tx, Criteria(), DESK)).total == 0


def test_the_notice_comes_live_and_alone(patron: Staff) -> None:
    patron.get("/new/look", isbn=HELD_ISBN)
    assert patron.answer is not None
    assert "Main Library has it" in patron.answer.text
    assert "<html" not in patron.answer.text


def test_others_who_ask_are_not_named(server: Server, patron: Staff, shop: Shop) -> None:
    isbn = new_isbn()
    ask(patron, isbn=isbn)
    with visitor(server, shop, "ben") as ben:
        ben.get("/new")
        ben.send(1, {"title": "A wish", "isbn": isbn, "do": "look"})
        assert "Somebody else has asked for it too." in ben.text
        assert "Ann" not in ben.page.xpath("string(//*[@id='already'])")


def test_sent_twice_it_is_asked_once(patron: Staff, shop: Shop) -> None:
    patron.get("/new")
    fields = {**dict(patron.fields(patron.form(1))), "title": "Once", "do": "send"}
    for _ in range(2):
        patron.post("/new", fields)
    assert shop.world.read(lambda tx: requests.requests(tx, Criteria(), DESK)).total == 1


def test_a_request_without_a_title_is_refused_and_kept(patron: Staff) -> None:
    patron.get("/new")
    patron.send(1, {"title": "", "author": "Still typed", "do": "send"})
    assert patron.status == 422
    assert patron.page.xpath("//*[@id='f-title-wrong']")
    assert patron.value("author") == "Still typed"


def test_a_question_is_answered(patron: Staff, shop: Shop) -> None:
    request_id = ask(patron)
    shop.world.write(lambda tx: requests.ask_back(tx, request_id, "Which <b>edition</b>?", DESK))
    patron.get("/mine")
    assert "The library asks you something" in patron.rows()[0]
    patron.get(f"/{request_id}/answer")
    assert "Which <b>edition</b>?" in patron.text
    patron.send("question", {"answer": ""})
    assert patron.status == 422
    patron.send("question", {"answer": "The second"})
    assert patron.told == "Thank you. The library has your answer."
    (question,) = shop.world.read(lambda tx: requests.questions(tx, request_id, DESK))
    assert (question.answer, question.answered_by) == ("The second", "ann")


def test_the_story_goes_on_to_the_order(patron: Staff, shop: Shop) -> None:
    request_id = ask(patron)
    shop.world.write(lambda tx: requests.approve(tx, [request_id], Approve(), DESK))
    patron.get(f"/{request_id}")
    assert "Approved: the library buys it" in patron.text
    assert "requests desk" not in patron.text


def test_a_no_says_why(patron: Staff, shop: Shop) -> None:
    request_id = ask(patron)
    how = Reject("COST", "We are sorry")
    shop.world.write(lambda tx: requests.reject(tx, [request_id], how, DESK))
    patron.get(f"/{request_id}")
    assert "Not approved" in patron.text
    assert "We are sorry" in patron.text


def test_a_request_is_taken_back(patron: Staff, shop: Shop) -> None:
    request_id = ask(patron)
    patron.get(f"/{request_id}/cancel")
    patron.send(0)
    assert patron.told == "Your request is taken back."
    assert now(shop, request_id).state.value == "REJECTED"
    patron.post(f"/{request_id}/cancel", {})
    assert patron.status == 422


def test_somebody_elses_request_is_not_found(server: Server, patron: Staff, shop: Shop) -> None:
    request_id = ask(patron)
    with visitor(server, shop, "ben") as ben:
        for path in (f"/{request_id}", f"/{request_id}/answer", f"/{request_id}/cancel", "/x"):
            ben.get(path)
            assert ben.status == 404, path
        ben.get("/mine")
        assert ben.rows() == []
        ben.post(f"/{request_id}/cancel", {})
        assert ben.status == 404
    assert now(shop, request_id).is_open


def test_patrons_do_not_get_to_the_desks(patron: Staff) -> None:
    answer = patron.client.get("/desk/tasks", follow_redirects=True)
    assert answer.url.path == "/desk/sign-in"


def test_titles_are_no_markup(patron: Staff) -> None:
    request_id = ask(patron, title="<script>alert(1)</script>")
    for path in ("/mine", f"/{request_id}", f"/{request_id}/cancel"):
        patron.get(path)
        assert patron.answer is not None
        assert "<script>alert" not in patron.answer.text


@pytest.mark.parametrize("given", ["en", "de", "qps"])
def test_every_page_is_shown_in_every_language(patron: Staff, given: str) -> None:
    request_id = ask(patron)
    for path in ("/mine", "/new", f"/{request_id}", f"/{request_id}/cancel"):
        patron.get(path, lang=given)
        assert patron.status == 200, path
