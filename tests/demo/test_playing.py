"""The demo as a newcomer starts it: the cart's table is right, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from sqlalchemy import text

from openacq.demo.filling import DEMO_KEY
from openacq.demo.playing import Played, Playing, play
from openacq.demo.server import Server
from openacq.demo.shop import Shop
from openacq.demo.showing import show
from openacq.directory import service as directory
from openacq.jobs.verify import verify
from openacq.store import Store
from tests.ports import free_port

pytestmark = pytest.mark.slow
TODAY = datetime.now(UTC).date()
SECONDS = 60.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    db = tmp_path_factory.mktemp("demo") / "demo.db"
    server = Server(port=free_port(), db=f"sqlite:///{db}")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def playing(demo: Server) -> Playing:
    return _play(demo, "TEST")


def _play(server: Server, run: str, today: date = TODAY) -> Playing:
    shop = Shop(server.base, DEMO_KEY)
    try:
        return play(shop, run, today)
    finally:
        shop.close()


def _entry(playing: Playing, shows: str) -> Played:
    (found,) = [played for played in playing.played if played.entry.shows == shows]
    return found


# -- the cart ---------------------------------------------------------------------------------

EXPECTED = {
    "print, in the catalogue, no copy": ("AUTO_PACKAGING", {"SCI-2026": "18.00"}, ""),
    "print, new title": ("AUTO_PACKAGING", {"HIST-2026": "39.95"}, "A brief record was made"),
    "print, new title, sent as XML": ("AUTO_PACKAGING", {"HIST-2026": "35.00"}, "A brief record was made"),
    "GOBI e-book, community zone": ("AUTO_PACKAGING", {"EBOOK-2026": "89.95"}, "Found in the community zone"),
    "OASIS e-book by title id, XML": ("AUTO_PACKAGING", {"EBOOK-2026": "104.00"}, "Found in the community"),
    "bookseller's e-book, local portfolio": ("AUTO_PACKAGING", {"EBOOK-2026": "52.23"}, "A brief record"),
    "standing order": ("AUTO_PACKAGING", {"SCI-2026": "950.00"}, "A brief record was made"),
    "no fund": ("INREVIEW", {}, "No fund is given."),
    "fund in the wrong case": ("INREVIEW", {}, "Did you mean HIST-2026?"),
    "fund nearly empty": ("INREVIEW", {}, "Fund GIFT-2026 has 25.00 USD free; 13.00 USD are missing."),
    "euros, 10 % discount": ("AUTO_PACKAGING", {"HIST-2026": "16.60"}, "A brief record was made"),
    "three funds, an odd cent": (
        "AUTO_PACKAGING",
        {"HIST-2026": "28.33", "SCI-2026": "28.33", "EBOOK-2026": "28.34"},
        "A brief record was made",
    ),
    "no charge": ("AUTO_PACKAGING", {}, "A brief record was made"),
    "second copy of a held title": ("INREVIEW", {"SCI-2026": "18.00"}, "1 copies in library: Main Library."),
    "connection cut, sent again": ("AUTO_PACKAGING", {"HIST-2026": "20.00"}, "A brief record was made"),
    "caught by a review rule": ("INREVIEW", {"HIST-2026": "13000.00"}, "Review rule More than 1,000 USD"),
    "dry run": ("AUTO_PACKAGING", {}, "A brief record was made"),
}
"""What each entry shows: status, what its funds set aside, words of its alerts."""


@pytest.mark.parametrize("shows", EXPECTED)
def test_every_title_ends_as_the_table_says(playing: Playing, shows: str) -> None:
    status, reserved, words = EXPECTED[shows]
    played = _entry(playing, shows)
    assert played.answer.status == status
    assert played.reserved == {fund: Decimal(sum_) for fund, sum_ in reserved.items()}
    assert words in " ".join(played.answer.alerts)


def test_only_the_titles_expected_are_in_the_cart(playing: Playing) -> None:
    assert {played.entry.shows for played in playing.played} == {*EXPECTED, "several mistakes at once"}


def test_mistakes_are_named_together(playing: Playing) -> None:
    played = _entry(playing, "several mistakes at once")
    words = " ".join(text for _, text in played.answer.errors)
    assert {code for code, _ in played.answer.errors} == {"401872"}
    assert all(value in words for value in ("MIAN", "PRINTED_BOOK_TO", "GOBI-MIAN", "22,50"))
    assert not played.answer.number
    assert played.reserved == {}


def test_the_order_whose_answer_was_lost_is_one_line(playing: Playing) -> None:
    played = _entry(playing, "connection cut, sent again")
    assert played.answer.replayed
    assert played.reserved == {"HIST-2026": Decimal("20.00")}


def test_a_dry_run_has_no_number_and_leaves_no_line(playing: Playing, demo: Server) -> None:
    played = _entry(playing, "dry run")
    assert not played.answer.number
    path = f"{demo.base}/almaws/v1/acq/po-lines/{played.entry.reference}?apikey={DEMO_KEY}&format=json"
    assert "401871" in httpx.get(path, trust_env=False).text


def test_e_books_go_where_the_rule_of_their_vendor_sends_them(playing: Playing, demo: Server) -> None:
    states = {}
    for shows in ("GOBI e-book, community zone", "bookseller's e-book, local portfolio"):
        number = _entry(playing, shows).answer.number
        path = f"{demo.base}/almaws/v1/acq/po-lines/{number}?apikey={DEMO_KEY}&format=json"
        (portfolio,) = httpx.get(path, trust_env=False).json()["portfolios"]["portfolio"]
        states[shows] = portfolio["base_status"]
    assert states["GOBI e-book, community zone"] == "INACTIVE"


def test_every_link_of_an_order_leads_somewhere(playing: Playing, demo: Server) -> None:
    for shows in ("second copy of a held title", "GOBI e-book, community zone"):
        path = f"{demo.base}/almaws/v1/acq/po-lines/{_entry(playing, shows).answer.number}?format=json"
        key = {"Authorization": f"apikey {DEMO_KEY}"}
        links = re.findall(r'"link":"([^"]+)"', httpx.get(path, headers=key, trust_env=False).text)
        assert len(links) >= 2
        for link in links:
            assert httpx.get(link, headers=key, trust_env=False).status_code == 200, link


def test_the_review_list_has_the_parked_lines_with_their_fix(playing: Playing) -> None:
    parked = {played.answer.number for played in playing.played if played.answer.status == "INREVIEW"}
    assert {line.number for line in playing.review} == parked - {""}
    assert all(reason.who and reason.fix for line in playing.review for reason in line.reasons)


def test_a_cart_played_again_is_new_orders(playing: Playing, demo: Server) -> None:
    again = _play(demo, "AGAIN")
    before = {played.answer.number for played in playing.played} - {""}
    after = {played.answer.number for played in again.played} - {""}
    assert len(after) == len(before) == 16
    assert not before & after


def test_one_line_is_followed_to_its_end(playing: Playing, demo: Server) -> None:
    life = playing.life
    assert life.number == _entry(playing, "print, new title").answer.number
    assert [(step.status, step.reserved) for step in life.steps] == [
        ("Auto Packaging", Decimal("39.95")),
        ("Sent", Decimal("39.95")),
        ("Waiting for Invoice", Decimal("39.95")),
        ("Closed", Decimal("0.00")),
    ]
    path = f"{demo.base}/openacq/v1/orders/{life.order}?apikey={DEMO_KEY}"
    order = httpx.get(path, trust_env=False).json()
    assert (order["state"], order["send_by"]) == ("CLOSED", "vendor_system")


def test_the_standing_order_runs_and_is_to_be_renewed(playing: Playing, demo: Server) -> None:
    number = _entry(playing, "standing order").answer.number
    key = {"Authorization": f"apikey {DEMO_KEY}"}
    path = f"{demo.base}/openacq/v1/renewals?until={TODAY + timedelta(days=30)}"
    (due,) = httpx.get(path, headers=key, trust_env=False).json()["lines"]
    assert due["line"] == number


# -- what is printed --------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 120])
def test_the_tables_fit_the_terminal(playing: Playing, width: int) -> None:
    printed = io.StringIO()
    show(Console(file=printed, width=width), playing)
    lines = printed.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    flat = re.sub(r"\s+", " ", printed.getvalue())
    for played in playing.played:
        assert played.answer.number in flat
        assert played.entry.title.split(" ")[0] in flat
    assert playing.life.order in flat
    assert "closed by hand POST /lines/close Closed 0.00" in flat
    assert "…" not in printed.getvalue(), "something was cut off"
    assert "18 titles: 11 went on, 5 wait in review, 1 refused, 1 tried out only." in flat


# -- starting and stopping --------------------------------------------------------------------


def test_ctrl_c_ends_it_clean(tmp_path: Path) -> None:
    db, port = tmp_path / "kept.db", free_port()
    command = [sys.executable, "-m", "openacq.demo", "--port", str(port), "--db", f"sqlite:///{db}"]
    out = tmp_path / "out"
    with out.open("wb") as file:
        demo = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    _wait(lambda: "Ctrl-C stops the server" in out.read_text(), demo)
    assert httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).is_success
    demo.send_signal(signal.SIGINT)
    assert demo.wait(SECONDS) == 0
    assert "Traceback" not in out.read_text()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False)
    wal = db.with_name("kept.db-wal")
    assert not wal.exists() or not wal.stat().st_size
    store = Store(f"sqlite:///{db}")
    with store.reader.connect() as connection:
        lines = connection.execute(text("SELECT count(*) FROM po_lines")).scalar_one()
        assert lines == 16 + 1 + 1, "the cart's, one of an approved wish, a WorldShare client's"
    (card,) = store.read(directory.every_institution, institution=0)
    assert not any(checked.differences for checked in verify(store, card.id))
    store.close()


def test_a_port_that_is_taken_is_said_so(demo: Server) -> None:
    command = [sys.executable, "-m", "openacq.demo", "--end", "--port", str(demo.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 1
    assert f"Port {demo.port} is in use" in done.stderr


def test_the_database_of_another_library_is_not_played_into(tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path / 'own.db'}"
    openacq = [sys.executable, "-m", "openacq"]
    subprocess.run([*openacq, "init", "--institution", "OWN", "--db", db], check=True, capture_output=True)
    command = [sys.executable, "-m", "openacq.demo", "--end", "--port", str(free_port()), "--db", db]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 1
    assert "holds another library" in done.stderr


def _wait(true: Callable[[], bool], demo: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert demo.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
