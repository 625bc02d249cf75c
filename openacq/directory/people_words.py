"""The words people are found by: beginnings of names, ids, addresses, whatever their case and marks.

"mue" finds Müller's neighbour Mueller, "mul" finds Müller; an address or a barcode is found by its parts too.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from openacq.directory.model import User
from openacq.kernel.text import words

LONGEST_WORD = 40
MOST_WORDS = 100
"""Words of one user that are kept."""


class UserField(StrEnum):
    """Where a word stands. The values are stored with every word, so they are short."""

    PRIMARY_ID = "p"
    FIRST_NAME = "f"
    MIDDLE_NAME = "m"
    LAST_NAME = "l"
    EMAIL = "e"
    IDENTIFIER = "i"


class UserWord(NamedTuple):
    field: str
    word: str


def words_of(user: User) -> tuple[UserWord, ...]:
    """Every word of a user with the field it stands in, each once."""
    return tuple(dict.fromkeys(_words_of(user)))[:MOST_WORDS]


def _words_of(user: User) -> Iterator[UserWord]:
    for field, text in (
        (UserField.PRIMARY_ID, user.primary_id),
        (UserField.LAST_NAME, user.last_name),
        (UserField.FIRST_NAME, user.first_name),
        (UserField.MIDDLE_NAME, user.middle_name),
        *((UserField.EMAIL, email.address) for email in user.emails),
        *((UserField.IDENTIFIER, each.value) for each in user.identifiers if each.active),
    ):
        for word in beginnings(text):
            yield UserWord(field.value, word)


def beginnings(text: str) -> list[str]:
    """The folded words of a text, as much of each as is kept; underscores are blanks."""
    return [word[:LONGEST_WORD] for word in words(text.replace("_", " "))]
