"""Style sheets, scripts and pictures: read at the start, given out under an address that changes with
their content, so that browsers may keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("static")
PREFIX = "/static"
KEEP = b"public, max-age=31536000, immutable"
TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    zipped: bytes
    type: bytes
    address: str


@cache
def files() -> dict[str, File]:
    """The files by name."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES:
            content = path.read_bytes()
            mark = hashlib.sha256(content).hexdigest()[:12]
            address = f"{PREFIX}/{mark}/{path.name}"
            found[path.name] = File(content, gzip.compress(content, 9, mtime=0), TYPES[path.suffix], address)
    return found


def address_of(name: str) -> str:
    """Where a file is; KeyError for a name that is none."""
    return files()[name].address


class Files:
    """The ASGI application below `PREFIX`."""

    def __init__(self) -> None:
        self._by_path = {file.address: file for file in files().values()}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        file = self._by_path.get(scope["path"])
        if file is None or scope["method"] not in ("GET", "HEAD"):
            headers = [(b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 404, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        accepts = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
        zipped = b"gzip" in accepts
        body = file.zipped if zipped else file.content
        headers = [
            (b"content-type", file.type),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", KEEP),
            (b"vary", b"accept-encoding"),
        ]
        if zipped:
            headers.append((b"content-encoding", b"gzip"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
