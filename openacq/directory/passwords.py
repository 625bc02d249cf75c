"""Passwords of people: argon2 hashes."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


def hashed(password: str) -> str:
    return PasswordHasher().hash(password)


@cache
def hash_of_nobody() -> str:
    """What is compared when there is nothing to compare with, so that it takes as long."""
    return hashed("nobody has this password")


def matches(stored: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
