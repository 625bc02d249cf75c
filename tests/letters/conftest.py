"""A mail server, and letters to write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from openacq.letters import service as letters
from openacq.letters.facts import example_of
from openacq.letters.model import Letter, Source, Wish
from tests.conftest import Do
from tests.letters.post_office import PostOffice

VENDOR = "orders@vendor.example"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server that accepts everything, without TLS."""
    opened = PostOffice().open()
    yield opened
    opened.close()


def a_wish(kind: str = "order", occasion: str = "order PO-2026-1001", **changes: Any) -> Wish:
    """A letter with the example's facts, to a vendor."""
    values: dict[str, Any] = {
        "kind": kind,
        "occasion": occasion,
        "recipient": VENDOR,
        "facts": example_of(letters.facts_of(kind)),
        "source": Source("po", "PO-2026-1001"),
        "sender_name": "Main Library",
        "reply_to": "desk@library.example",
    }
    return Wish(**{**values, **changes})


class Post(Protocol):
    def __call__(self, kind: str = "order", occasion: str = ..., **changes: Any) -> int: ...


@pytest.fixture
def post(write: Do) -> Post:
    """`post(kind, occasion, …)` queues a letter and gives its id."""

    def enqueue(kind: str = "order", occasion: str = "order PO-2026-1001", **changes: Any) -> int:
        return write(lambda tx: letters.enqueue(tx, a_wish(kind, occasion, **changes)))

    return enqueue


class Look(Protocol):
    def __call__(self, letter_id: int) -> Letter: ...


@pytest.fixture
def look(read: Do) -> Look:
    """`look(id)` reads a letter."""
    return lambda letter_id: read(lambda tx: letters.letter(tx, letter_id))
