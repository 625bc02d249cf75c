"""WSKey v2 signatures: the header read leniently, the signature verified as any known client makes it.

A client signs its key, a timestamp, a nonce, the method and the query, never host, path or body. The
libraries in use write the query in four different ways before they sign it; a signature is good when it
fits any of them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote, unquote_plus

SCHEME = "http://www.worldcat.org/wskey/v2/hmac/v1"
_SCHEME = re.compile(r"https?://\S*/wskey/v2/hmac/v1/?", re.IGNORECASE)
_PARAMETER = re.compile(r'([A-Za-z][\w.-]*)\s*=\s*(?:"([^"]*)"|([^\s,"]+))')
_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)
_NOT_SIGNED = "www.oclc.org\n443\n/wskey\n"
"""What stands for host, port and path in every signature."""
LONGEST = 4_000
"""Characters of the header that are read."""
BARE = "-._~"
BARE_IN_SCRIPTS = "-._~!*'()"
"""What encodeURIComponent leaves as it is."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What the header says; "" for what it does not say."""

    key: str
    timestamp: str
    nonce: str
    signature: str
    principal_id: str = ""
    principal_ns: str = ""

    @property
    def seconds(self) -> int | None:
        """The timestamp as seconds since 1970; None when it is no such number."""
        return int(self.timestamp) if _TIMESTAMP.fullmatch(self.timestamp) else None


def is_signed(header: str) -> bool:
    """Whether an Authorization header is one of WSKey v2."""
    return _SCHEME.fullmatch(header.lstrip().partition(" ")[0]) is not None


def parse(header: str) -> Signature | None:
    """What a WSKey v2 header says: parameters in any order, quoted or not, divided by commas with or
    without blanks, unknown ones passed over, the key as clientId or clientID, principal or principle.

    None when it is another header or lacks key, timestamp, nonce or signature.
    """
    scheme, _, rest = header[:LONGEST].strip().partition(" ")
    if _SCHEME.fullmatch(scheme) is None:
        return None
    found: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(rest):
        found.setdefault(name.lower(), (quoted or plain).strip())
    signature = Signature(
        key=found.get("clientid", ""),
        timestamp=found.get("timestamp", ""),
        nonce=found.get("nonce", ""),
        signature=found.get("signature", ""),
        principal_id=found.get("principalid") or found.get("principleid", ""),
        principal_ns=found.get("principalidns") or found.get("principleidns", ""),
    )
    complete = signature.key and signature.timestamp and signature.nonce and signature.signature
    return signature if complete else None


def fits(signature: Signature, secret: str, method: str, query: str) -> bool:
    """Whether the signature was made with this secret for a request of this method and raw query."""
    given = signature.signature.encode("ascii", "replace")
    key = secret.encode()
    return any(
        hmac.compare_digest(_made(key, request), given) for request in normalized(signature, method, query)
    )


def sign(secret: str, key: str, timestamp: str, nonce: str, method: str, query: str = "") -> str:
    """The signature of a request, as the documentation makes it."""
    request = next(normalized(Signature(key, timestamp, nonce, ""), method, query))
    return _made(secret.encode(), request).decode()


def _made(secret: bytes, request: str) -> bytes:
    return base64.b64encode(hmac.digest(secret, request.encode("utf-8", "surrogatepass"), hashlib.sha256))


def normalized(signature: Signature, method: str, query: str) -> Iterator[str]:
    """The texts a client may have signed, the documented one first, each once."""
    head = f"{signature.key}\n{signature.timestamp}\n{signature.nonce}\n\n{method.upper()}\n{_NOT_SIGNED}"
    parts = [part for part in query.split("&") if part]
    if not parts:
        yield head
        return
    seen: set[str] = set()
    for way in (_documented, _plus_kept, _raw, _encoded_again, _encoded_again_in_scripts):
        text = "".join(f"{line}\n" for line in way(parts))
        if text not in seen:
            seen.add(text)
            yield head + text


def _documented(parts: list[str]) -> list[str]:
    """Decoded, a plus as a blank, and encoded anew; sorted by name, then value."""
    return _pairs((unquote_plus(name), unquote_plus(value)) for name, value in map(_split, parts))


def _plus_kept(parts: list[str]) -> list[str]:
    """Decoded before it is divided, a plus as a plus."""
    return _pairs(_split(part) for part in unquote("&".join(parts)).split("&") if part)


def _raw(parts: list[str]) -> list[str]:
    return sorted(parts)


def _encoded_again(parts: list[str], bare: str = BARE) -> list[str]:
    """Left as it came, but for the values, which are encoded a second time; empty ones left out."""
    pairs = (_split(part) for part in sorted(parts))
    return [f"{name}={quote(value, safe=bare)}" for name, value in pairs if value]


def _encoded_again_in_scripts(parts: list[str]) -> list[str]:
    return _encoded_again(parts, BARE_IN_SCRIPTS)


def _pairs(decoded: Iterator[tuple[str, str]]) -> list[str]:
    encoded = sorted((quote(name, safe=BARE), quote(value, safe=BARE)) for name, value in decoded)
    return [f"{name}={value}" for name, value in encoded]


def _split(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name, value
