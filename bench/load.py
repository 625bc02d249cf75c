"""The load generator: connections that each send a request as soon as the last one is answered.

It shares the machine's cores with the server and the database, so it does as little as can be: requests are
ready-made bytes, an answer is read only as far as its status and length.

    python -m bench.load    reads a LoadTask as JSON from standard input, writes a Round
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import uvloop

from bench.cases import cases
from bench.task import LoadTask, Round


class Connection(asyncio.Protocol):
    """One kept-alive connection to the server."""

    def __init__(self, requests: Iterator[bytes], until: float, ended: asyncio.Future[None]) -> None:
        self.latencies: list[int] = []
        self.wrong = 0
        self.sample = ""
        self._requests = requests
        self._until = until
        self._ended = ended
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._expected = 0
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are of no common class
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        if not self._expected:
            self._expected = answer_length(self._received)
        if self._expected and len(self._received) >= self._expected:
            self._answered()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self.wrong += 1
            self.sample = self.sample or f"connection lost: {exc}"
            self._ended.set_result(None)

    def _send(self) -> None:
        assert self._transport is not None
        request = next(self._requests)
        self._sent = time.perf_counter()
        self._transport.write(request)

    def _answered(self) -> None:
        now = time.perf_counter()
        self.latencies.append(round((now - self._sent) * 1_000_000))
        if self._received[9:10] != b"2":
            self.wrong += 1
            self.sample = self.sample or self._received[:2000].decode(errors="replace")
        self._received = b""
        self._expected = 0
        if now < self._until:
            self._send()
        else:
            assert self._transport is not None
            self._ended.set_result(None)
            self._transport.close()


def answer_length(received: bytes) -> int:
    """How long the answer that begins here is, head and body; 0 while its head is not complete."""
    head_end = received.find(b"\r\n\r\n")
    if head_end < 0:
        return 0
    head = received[: head_end + 2].lower()
    place = head.find(b"\r\ncontent-length:")
    if place < 0:
        raise ValueError(f"an answer without a length: {received[:300]!r}")
    length = head[place + 17 : head.index(b"\r\n", place + 2)]
    return head_end + 4 + int(length)


async def play(task: LoadTask) -> Round:
    """Send requests over every connection until the time is up."""
    loop = asyncio.get_running_loop()
    requests = cases()[task.case].requests(task)
    begun = time.perf_counter()
    connections: list[Connection] = []
    ends: list[asyncio.Future[None]] = []

    def break_off(_loop: asyncio.AbstractEventLoop, fault: dict[str, Any]) -> None:
        for end in ends:
            if not end.done():
                end.set_exception(fault.get("exception") or RuntimeError(fault["message"]))

    loop.set_exception_handler(break_off)
    for _ in range(task.connections):
        ended = loop.create_future()
        connection = Connection(requests, begun + task.seconds, ended)
        await loop.create_connection(lambda made=connection: made, task.host, task.port)  # type: ignore[misc]
        connections.append(connection)
        ends.append(ended)
    await asyncio.gather(*ends)
    return Round(
        time.perf_counter() - begun,
        [latency for connection in connections for latency in connection.latencies],
        sum(connection.wrong for connection in connections),
        next((connection.sample for connection in connections if connection.sample), ""),
    )


if __name__ == "__main__":
    played = uvloop.run(play(msgspec.json.decode(sys.stdin.buffer.read(), type=LoadTask)))
    sys.stdout.buffer.write(msgspec.json.encode(played))
