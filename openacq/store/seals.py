"""Secrets that must be read again, at rest: encrypted with a key the database does not hold.

A sealed text names the key it was sealed with, so that a new key can be put before the old ones and
everything sealed anew while servers run. Keys come from the environment or from a file, one in a line,
the one to seal with first. Whoever has the database alone reads nothing; whoever lost the keys has lost
the secrets.

    openacq:seal:1:KEY ID:BASE64       AES-GCM, bound to what it belongs to
    openacq:open:TEXT                  a demonstration's secret, which everyone knows
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path

from openacq.kernel.refusal import Problem, Refusal

KEY_BYTES = 32
NONCE_BYTES = 12
_SEALED = "openacq:seal:1:"
_OPEN = "openacq:open:"


class CannotOpen(Exception):
    """A sealed text cannot be read: its key is not among those given, or it was tampered with."""


class KeysUnusable(Exception):
    """The keys given are none; the message says what is wrong with them, never what they are."""


class Seals:
    """Seals and opens with the keys of `words` (from the environment), else with those in `file`.

    The file is read again when a text names a key not known yet, so that servers follow a change of keys.
    """

    def __init__(self, words: str = "", file: Path | None = None) -> None:
        self._file = None if words else file
        self._keys = _read(words) if words else self._from_file()

    def ready(self) -> bool:
        """Whether there is a key to seal with."""
        return bool(self._keys) or self._reread()

    def seal(self, text: str, about: str) -> str:
        """`text` sealed, to be opened for the same `about` only. Refused seal_key_missing without a key."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not self.ready():
            raise Refusal(Problem("seal_key_missing"))
        key_id, key = next(iter(self._keys.items()))
        nonce = secrets.token_bytes(NONCE_BYTES)
        closed = nonce + AESGCM(key).encrypt(nonce, text.encode(), about.encode())
        return f"{_SEALED}{key_id}:{base64.urlsafe_b64encode(closed).decode()}"

    def open(self, sealed: str, about: str) -> str:
        """The text that was sealed. Raises CannotOpen."""
        if sealed.startswith(_OPEN):
            return sealed.removeprefix(_OPEN)
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key_id, _, closed = sealed.removeprefix(_SEALED).partition(":")
        if key_id not in self._keys and not (self._reread() and key_id in self._keys):
            raise CannotOpen(f"key {key_id} is not among those given")
        try:
            raw = base64.urlsafe_b64decode(closed)
            opened = AESGCM(self._keys[key_id]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode())
            return opened.decode()
        except (InvalidTag, ValueError):
            raise CannotOpen(f"it was not sealed with key {key_id} for this") from None

    def is_newest(self, sealed: str) -> bool:
        """Whether it needs no sealing anew: sealed with the first key, or open to everyone."""
        return sealed.startswith((_OPEN, f"{_SEALED}{next(iter(self._keys), '')}:"))

    def _reread(self) -> bool:
        self._keys = self._from_file() or self._keys
        return bool(self._keys)

    def _from_file(self) -> dict[str, bytes]:
        if self._file is None:
            return {}
        try:
            return _read(self._file.read_text("ascii"))
        except FileNotFoundError:
            return {}
        except UnicodeDecodeError:
            raise KeysUnusable(f"{self._file} holds no keys") from None


def left_open(text: str) -> str:
    """A secret everyone knows, in the form of a sealed one."""
    return _OPEN + text


def new_key() -> str:
    """A key as it stands in the file or the environment."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def put_keys(file: Path, keys: Sequence[str]) -> None:
    """Write the file of keys whole or not at all, readable by this user alone."""
    folder = file.resolve().parent
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as made:
            made.write("".join(f"{key}\n" for key in keys))
            made.flush()
            os.fsync(made.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def keys_in(file: Path) -> list[str]:
    """The keys in the file, the one to seal with first; [] when there is no file."""
    try:
        words = file.read_text("ascii").split()
    except FileNotFoundError:
        return []
    _read(" ".join(words))
    return words


def _read(words: str) -> dict[str, bytes]:
    found = {}
    for number, word in enumerate(words.replace(",", " ").split(), 1):
        try:
            key = base64.urlsafe_b64decode(word)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise KeysUnusable(
                f"secret key {number} is not {KEY_BYTES} bytes in Base64; `openacq wskey new-key` makes one"
            )
        found[hashlib.sha256(key).hexdigest()[:8]] = key
    return found
