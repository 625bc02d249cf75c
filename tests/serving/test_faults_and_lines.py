"""Our own faults leak nothing; log lines cannot be forged."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from openacq.serving.arrival import Reception
from openacq.serving.front import App, Front, Message, Receive, Scope, Send, answer_json
from openacq.serving.logs import set_up_logging


class NoGauge:
    def begin(self) -> None:
        """Nothing is counted."""

    def end(self) -> None:
        """Nothing is counted."""


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = io.StringIO()
    set_up_logging("json", "info", stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], root.level = before


def ask(app: App, *pieces: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()) -> list[Message]:
    """What a client gets to see of an application behind the front."""
    front = Front(
        app, Reception(bound="http://127.0.0.1:8080"), body_bytes=10, body_seconds=5, gauge=NoGauge()
    )
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/x",
        "raw_path": b"/x",
        "query_string": b"apikey=geheim",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "headers": headers,
    }
    left = list(pieces)
    sent: list[Message] = []

    async def receive() -> Message:
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(front(scope, receive, send))
    return sent


def test_a_fault_is_told_to_operators_and_hidden_from_clients(lines: io.StringIO) -> None:
    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("the secret plan")

    start, body = ask(fail)
    assert start["status"] == 500
    assert json.loads(body["body"]) == {"error": "The server failed on this call."}
    fault, call = (json.loads(line) for line in lines.getvalue().splitlines())
    assert "the secret plan" in fault["exception"]
    assert (call["status"], call["path"]) == (500, "/x?apikey=***")
    assert dict(start["headers"])[b"x-request-id"].decode() == call["request_id"]
    assert "geheim" not in lines.getvalue()


def test_a_fault_in_the_middle_of_an_answer_ends_it(lines: io.StringIO) -> None:
    async def fail(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("too late")

    assert [message["type"] for message in ask(fail)] == ["http.response.start"]
    assert "too late" in lines.getvalue()


def test_an_application_that_reads_on_is_stopped(lines: io.StringIO) -> None:
    seen: list[Message] = []

    async def read_all(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (message := await receive())["type"] == "http.request":
            seen.append(message)

    length = ((b"transfer-encoding", b"chunked"),)
    start, *_ = ask(read_all, *[b"12345678"] * 5, headers=length)
    assert len(seen) == 2
    assert start["status"] == 413
    assert (b"connection", b"close") in start["headers"]
    assert lines.getvalue()


def test_an_answer_may_set_its_own_policy(lines: io.StringIO) -> None:
    async def page(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-security-policy", b"default-src 'self'"), (b"x-request-id", b"own")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    start, _ = ask(page)
    names = [name for name, _ in start["headers"]]
    assert names.count(b"content-security-policy") == 1
    assert names.count(b"x-request-id") == 1
    assert json.loads(lines.getvalue())["request_id"] == "own"


@pytest.mark.parametrize("form", ["text", "json"])
def test_lines_cannot_be_forged(form: str, lines: io.StringIO) -> None:
    set_up_logging(form, "info", lines)
    forged = "x\n2026-01-01T00:00:00Z info call status=200 \x1b[31m"
    structlog.get_logger("test").warning("odd value", path=forged, ms=3, empty="")
    structlog.get_logger("test").debug("not written")
    written = lines.getvalue()
    assert written.count("\n") == 1
    assert "\x1b" not in written
    assert "not written" not in written
    if form == "text":
        assert 'ms=3 empty=""' in written


def test_lines_of_libraries_take_the_same_way(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Started")
    try:
        raise ValueError("inside")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in %s", "ASGI")
    told: dict[str, Any] = json.loads(lines.getvalue())
    assert (told["event"], told["level"]) == ("Exception in ASGI", "error")
    assert "ValueError: inside" in told["exception"]


def test_an_object_is_the_whole_answer() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(answer_json(send, 404, {"error": "no"}))
    assert dict(sent[0]["headers"])[b"content-length"] == b"14"
