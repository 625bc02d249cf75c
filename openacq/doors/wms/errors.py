"""Our refusals in OCLC's words and form.

What OCLC's services answer when something goes wrong is public for who may call only; no code of a
business rule is. So `code` is the HTTP status, `message` OCLC's words where they are known and else the
catalogue's, and `detail` (`details`, for clients that read that) names field and remedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from openacq.kernel.refusal import CATALOGUE, Kind, Problem
from openacq.wire.model import UNSET, Attr, Body, JsonOnly, Maybe, Wire


@dataclass(frozen=True, slots=True)
class Words:
    """HTTP status, and OCLC's text; "" as text means the catalogue's message."""

    code: str
    text: str = ""

    @property
    def status(self) -> int:
        return int(self.code)


BY_SLUG: Mapping[str, Words] = MappingProxyType(
    {
        "daily_exceeded": Words("429"),
        "key_missing": Words("401", "No valid authentication credentials found in request"),
        "key_refused": Words("403", "User forbidden"),
        "line_outdated": Words("412"),
        "server_fault": Words("500", "Internal server error"),
    }
)
BY_KIND: Mapping[Kind, Words] = MappingProxyType(
    {
        Kind.INVALID: Words("400"),
        Kind.MISSING: Words("400"),
        Kind.NOT_FOUND: Words("404"),
        Kind.CONFLICT: Words("409"),
        Kind.FORBIDDEN: Words("403"),
        Kind.UNAUTHORIZED: Words("401"),
        Kind.TOO_LARGE: Words("413"),
        Kind.LATE: Words("408"),
        Kind.MEDIA: Words("415"),
        Kind.BUSY: Words("429"),
        Kind.METHOD: Words("405"),
        Kind.PATH: Words("404"),
    }
)
"""What a slug without words of its own is answered with."""


class Code(Wire):
    value: Annotated[Maybe[str], Body()] = UNSET
    type: Annotated[Maybe[str], Attr()] = UNSET


class Error(Wire):
    """OCLC's error document."""

    xml_root = "error"

    code: Maybe[Code] = UNSET
    message: Maybe[str] = UNSET
    detail: Maybe[str] = UNSET
    details: Annotated[Maybe[str], JsonOnly()] = UNSET
    error: Annotated[Maybe[str], JsonOnly()] = UNSET
    error_description: Annotated[Maybe[str], JsonOnly()] = UNSET


def document(problems: tuple[Problem, ...]) -> tuple[int, Error]:
    """HTTP status and document for problems: the first decides, the others are told in the detail."""
    first, words = problems[0], words_for(problems[0].slug)
    told = [first.advice(), *(f"{each.message()} {each.advice()}" for each in problems[1:])]
    if words.text and first.message() != words.text:
        told.insert(0, first.message())  # OCLC's words say less than ours
    place = f"{first.field}: " if first.field and first.field not in words.text else ""
    detail = place + " ".join(part for part in told if part)
    return words.status, Error(
        code=Code(value=words.code, type="http"),
        message=sentence(first, words),
        detail=detail,
        details=detail,
    )


OAUTH: Mapping[str, str] = MappingProxyType(
    {
        "basic_invalid": "invalid_client",
        "code_invalid": "invalid_grant",
        "context_refused": "unauthorized_client",
        "grant_unsupported": "unsupported_grant_type",
        "refresh_token_invalid": "invalid_grant",
        "scope_refused": "invalid_scope",
        "server_fault": "server_error",
    }
)
"""Slugs in the words of RFC 6749."""
OF_CLIENT = frozenset({Kind.UNAUTHORIZED, Kind.FORBIDDEN})


def in_oauth_form(error: Error, problem: Problem) -> Error:
    """An error of the token endpoint, also as programs read it that know OAuth 2.0 and not OCLC."""
    other = "invalid_client" if CATALOGUE[problem.slug].kind in OF_CLIENT else "invalid_request"
    told = f"{error.message} {error.detail}"
    error.error = OAUTH.get(problem.slug, other)
    error.error_description = "".join(
        letter if " " <= letter <= "~" and letter not in '"\\' else "'" for letter in told
    )
    return error


def sentence(problem: Problem, words: Words) -> str:
    if words.text:
        return words.text.format(field=problem.field, value=problem.value, **problem.facts)
    return problem.message()


def words_for(slug: str) -> Words:
    return BY_SLUG.get(slug) or BY_KIND[CATALOGUE[slug].kind]
