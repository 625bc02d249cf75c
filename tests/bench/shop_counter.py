"""A small ASGI application in the place of the server: what the load generator is tried on.

It answers with numbers and padding of several lengths, and keeps what it was sent.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]


class ShopCounter:
    def __init__(self, refuse_from: int = 10**9) -> None:
        """From the call of that number on everything is refused."""
        self.refuse_from = refuse_from
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        with self._lock:
            self.paths.append(scope["path"])
            self.bodies.append(body)
            number = next(self._numbers)
        status = 200 if number < self.refuse_from else 400
        answer = json.dumps({"number": f"POL-{number}", "padding": "x" * (number % 3) * 70_000}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})
