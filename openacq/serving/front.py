"""What every HTTP call passes before any door sees it.

Where it comes from (arrival), how long and how large its body may be, the headers every answer
carries, one line in the access log, the last catch for a fault. A client that sends slowly holds no
thread and no lock; one that sends too much is answered, given a moment to read the answer, and cut off.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

import msgspec
import structlog

from openacq.calls.masking import Fold, path_text, query_text
from openacq.doors.entrance import LATE
from openacq.kernel.clock import Clock, SystemClock
from openacq.serving.arrival import Reception

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LINGER_SECONDS = 2.0
LINGER_BYTES = 32 << 20
"""How much of an unwanted body is read and thrown away, so that the client gets to read the answer."""

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
)
_UNLESS_SET = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000")

ABOUT_PEOPLE = ("/users", "/requests")
"""Paths with these words are searched by names of patrons."""

_log = structlog.get_logger("openacq.access")
_faults = structlog.get_logger("openacq.serving")


class Gauge(Protocol):
    def begin(self) -> None: ...
    def end(self) -> None: ...


class Front:
    """ASGI application round `app`. A body has `body_seconds` to arrive; `body_bytes` is the last
    word on its size, doors answer by their own before."""

    def __init__(
        self,
        app: App,
        reception: Reception,
        *,
        body_bytes: int,
        body_seconds: float,
        gauge: Gauge,
        access_log: bool = True,
        clock: Clock | None = None,
    ) -> None:
        self._app = app
        self._reception = reception
        self._body_bytes = body_bytes
        self._body_seconds = body_seconds
        self._gauge = gauge
        self._access_log = access_log
        self._clock = clock or SystemClock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = self._clock.monotonic()
        arrival = self._reception.see(scope)
        body = _Body(receive, scope, self._body_bytes, self._body_seconds)
        answer = _Answer(send, body, secure=arrival.scheme == "https")
        self._gauge.begin()
        try:
            await self._app(scope, body.receive, answer.send)
            if not answer.started and body.complaint:
                await _answer_shortly(answer, *body.complaint)
        except Exception:  # noqa: BLE001  (told of with an id; the client learns no more than the id)
            _faults.exception("fault outside the doors", request_id=answer.request_id, path=scope["path"])
            if not answer.started:
                await _answer_shortly(answer, 500, "The server failed on this call.")
        finally:
            self._gauge.end()
            if self._access_log:
                self._tell(scope, arrival.client, answer, self._clock.monotonic() - begun)

    @staticmethod
    def _tell(scope: Scope, client: str, answer: _Answer, seconds: float) -> None:
        fold = Fold()
        asked = scope.get("raw_path", b"").decode("latin-1") or scope["path"]
        about_people = any(word in asked for word in ABOUT_PEOPLE)
        query = query_text(scope["query_string"].decode("latin-1"), fold, private=about_people)
        path = path_text(asked, fold)
        _log.info(
            "call",
            client=client,
            method=scope["method"],
            path=f"{path}?{query}" if query else path,
            status=answer.status or "none",
            ms=round(seconds * 1000),
            bytes=answer.bytes,
            request_id=answer.request_id,
        )


class _Body:
    """The request's body on its way in: watched for size and time."""

    __slots__ = ("_deadline", "_most", "_receive", "_size", "complaint", "expected", "gone", "whole")

    def __init__(self, receive: Receive, scope: Scope, most: int, seconds: float) -> None:
        self._receive = receive
        self._most = most
        self._size = 0
        self._deadline = asyncio.get_running_loop().time() + seconds
        self.expected = any(
            name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0 ") != b"")
            for name, value in scope["headers"]
        )
        self.whole = not self.expected
        self.gone = False
        self.complaint: tuple[int, str] | None = None

    async def receive(self) -> Message:
        """The next piece; "disconnect" when the client is gone, too slow, or sends far too much."""
        if self.whole or self.complaint:
            return await self._after()
        if self._size > self._most:
            self.complaint = (413, f"The body is larger than {self._most} bytes.")
            return {"type": "http.disconnect"}
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self.complaint = (408, "The body did not arrive in time.")
            return {"type": "http.disconnect", LATE: True}
        self._note(message)
        return message

    async def _after(self) -> Message:
        """What follows a whole body: nothing, until the client goes."""
        if self.complaint:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self.gone = self.gone or message["type"] == "http.disconnect"
        return message

    def _note(self, message: Message) -> None:
        if message["type"] == "http.disconnect":
            self.gone = True
            return
        self._size += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)

    async def throw_away(self) -> None:
        """Read on for a moment what the client still sends."""
        left = LINGER_BYTES
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while left > 0 and not self.whole and not self.gone:
                    message = await self._receive()
                    self._note(message)
                    left -= len(message.get("body", b""))
        except TimeoutError:
            return


class _Answer:
    """The answer on its way out: completed by the headers every answer has."""

    __slots__ = ("_body", "_secure", "_send", "bytes", "request_id", "started", "status")

    def __init__(self, send: Send, body: _Body, *, secure: bool) -> None:
        self._send = send
        self._body = body
        self._secure = secure
        self.started = False
        self.status = 0
        self.bytes = 0
        self.request_id = ""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            message["headers"] = self._headers(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
            if not message.get("more_body", False) and not self._body.whole:
                await self._send({**message, "more_body": True})
                await self._body.throw_away()
                message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    def _headers(self, given: Any) -> list[tuple[bytes, bytes]]:
        headers: list[tuple[bytes, bytes]] = list(given)
        names = dict(headers)
        headers += _ALWAYS
        headers += [default for default in _UNLESS_SET if default[0] not in names]
        if self._secure:
            headers.append(_HSTS)
        if not self._body.whole:
            headers.append((b"connection", b"close"))
        own = names.get(b"x-request-id")
        if own is None:
            own = secrets.token_hex(8).encode()
            headers.append((b"x-request-id", own))
        self.request_id = own.decode("latin-1")
        return headers


async def _answer_shortly(answer: _Answer, status: int, words: str) -> None:
    await answer_json(answer.send, status, {"error": words})


async def answer_json(send: Send, status: int, told: object) -> None:
    """Send an object as the whole answer."""
    content = msgspec.json.encode(told)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
