"""`openacq serve` sends letters by itself, stops without hanging on one, and tells no secret."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from openacq.letters import service as letters
from openacq.letters.model import Letter, State
from openacq.store import Store
from tests.letters.conftest import a_wish
from tests.letters.post_office import SENDER, PostOffice
from tests.serving.running import make_library, serving

pytestmark = pytest.mark.slow


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_a_server_sends_what_is_queued(fresh_database_url: str, tmp_path: Path, office: PostOffice) -> None:
    make_library(fresh_database_url)
    folder = tmp_path / "orders"
    folder.mkdir()
    settings: dict[str, object] = {
        "work_in_server": "yes",
        "smtp_host": "127.0.0.1",
        "smtp_port": office.port,
        "smtp_tls": "none",
        "smtp_sender": SENDER,
        "smtp_password": "not-to-be-told",
        "letters_folder": folder,
    }
    store = Store(fresh_database_url)

    def state(letter_id: int) -> State:
        found: Letter = store.read(lambda tx: letters.letter(tx, letter_id), institution=1)
        return found.state

    try:
        with serving(fresh_database_url, tmp_path, **settings) as server:
            letter_id = store.write(lambda tx: letters.enqueue(tx, a_wish()), institution=1)
            wait_until(lambda: state(letter_id) is State.SENT)
            assert [received.recipients for received in office.received] == [["orders@vendor.example"]]
            told = [line for line in server.log_lines() if line["event"] == "letter sent"]
            assert [line["letter"] for line in told] == [letter_id]
            assert server.stop() == 0
        assert "not-to-be-told" not in server.told()
        assert "vendor.example" not in server.told()
        assert "Traceback" not in server.told()
    finally:
        store.close()
