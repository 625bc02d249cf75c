"""HTTP connections: uvicorn's httptools protocol with a limit on time and size of a request's head.

Without it a client could open connections and never finish a header, or send headers without end.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

_NONSENSE = re.compile(rb"\r\nGET /[^\r\n:]*:[^\r\n]*(?=\r\n)")
"""A line that a client in use sends among its headers and that is none: a piece of its own request. It is
left out, as proxies leave out what is no header; everything else that is none is refused."""

_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Connection(HttpToolsProtocol):
    """A connection; `_head` counts the bytes of the head under way, None outside of one."""

    header_bytes = 65_536
    header_seconds = 15.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head: int | None = None
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_done()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if b"\r\nGET /" in data and self._begins():
            head, blank, rest = data.partition(b"\r\n\r\n")
            data = _NONSENSE.sub(b"", head + b"\r\n") + blank[2:] + rest if blank else data
        if self._head is not None:
            before = self._head
            self._head += len(data)
            end = data.find(b"\r\n\r\n")  # what follows the head is body
            if before + (end if end >= 0 else len(data)) > self.header_bytes:
                self._give_up(_LARGE)
                return
        super().data_received(data)

    def _begins(self) -> bool:
        """Whether what arrives now begins a request."""
        cycle: RequestResponseCycle | None = self.cycle
        between = self._head is None and cycle is not None and cycle.response_complete
        return self._head == 0 or between

    def on_message_begin(self) -> None:
        if self._head is None:
            self._await_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_done()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._head = 0
        self._head_timer = self.loop.call_later(self.header_seconds, self._give_up, _LATE)

    def _head_done(self) -> None:
        self._head = None
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self, answer: bytes) -> None:
        """Close the connection: silently when nothing was asked, after an answer that is under way."""
        asked = bool(self._head)
        self._head_done()
        if self.transport.is_closing():
            return
        under_way: RequestResponseCycle | None = self.cycle
        if under_way is not None and not under_way.response_complete:
            under_way.keep_alive = False
            return
        if asked:
            self.transport.write(answer)
        self.transport.close()


def limited_connection(*, header_bytes: int, header_seconds: float) -> type[Connection]:
    """The class of connections with these limits."""
    limits = {"header_bytes": header_bytes, "header_seconds": header_seconds}
    return type("LimitedConnection", (Connection,), limits)
