"""The form of our own interface: plain JSON, errors as a list with slug, words, field, value and advice."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from openacq.doors.hall import Ask, Document, Rendered, Reply
from openacq.doors.own.routes import ROUTES
from openacq.kernel.refusal import CATALOGUE, Kind, Problem, Refusal
from openacq.wire.model import UNSET, Maybe, Wire, read, to_json
from openacq.wire.negotiate import CONTENT_TYPES, body_media

W = TypeVar("W", bound=Wire)

STATUS: Mapping[Kind, int] = MappingProxyType(
    {
        Kind.INVALID: 400,
        Kind.MISSING: 400,
        Kind.NOT_FOUND: 404,
        Kind.CONFLICT: 409,
        Kind.FORBIDDEN: 403,
        Kind.UNAUTHORIZED: 401,
        Kind.TOO_LARGE: 413,
        Kind.LATE: 408,
        Kind.MEDIA: 415,
        Kind.BUSY: 429,
        Kind.METHOD: 405,
        Kind.PATH: 404,
    }
)


class Error(Wire):
    slug: Maybe[str] = UNSET
    message: Maybe[str] = UNSET
    advice: Maybe[str] = UNSET
    field: Maybe[str] = UNSET
    value: Maybe[str] = UNSET


class Errors(Wire):
    error: Maybe[list[Error]] = UNSET
    request_id: Maybe[str] = UNSET


class OwnDoor:
    """`/openacq/v1`."""

    name = "own"
    prefix = "/openacq/v1"
    routes = ROUTES

    def secret(self, ask: Ask) -> str:
        """`Authorization: apikey KEY` or `Bearer KEY`, or `?apikey=KEY`."""
        scheme, _, rest = ask.headers.get("authorization", "").partition(" ")
        if scheme.lower() in ("apikey", "bearer"):
            return rest.strip()
        return ask.params.get("apikey", "")

    def read(self, ask: Ask, model: type[W], gather: list[Problem] | None) -> W:
        media = body_media(ask.headers.get("content-type"), ask.body)
        if media is None:
            raise Refusal(Problem("body_missing"))
        if media != "json":
            raise Refusal(Problem("media_unsupported", "Content-Type", ask.headers.get("content-type", "")))
        return read(model, ask.body, media, gather=gather)

    def canonical(self, model: Any) -> bytes:
        return to_json(model)

    def render(self, _ask: Ask, reply: Reply) -> Rendered:
        if isinstance(reply.model, Document):
            file = reply.model
            named = {"Content-Disposition": f'inline; filename="{file.name}"', **reply.headers}
            return Rendered(reply.status, file.content, file.media, named)
        body = b"" if reply.model is None else to_json(reply.model)
        return Rendered(reply.status, body, CONTENT_TYPES["json"], reply.headers)

    def refuse(self, ask: Ask, problems: tuple[Problem, ...]) -> Rendered:
        first = problems[0].slug
        status = 500 if first == "server_fault" else STATUS[CATALOGUE[first].kind]
        errors = [
            Error(
                slug=problem.slug,
                message=problem.message(),
                advice=problem.advice(),
                field=problem.field or UNSET,
                value=problem.value or UNSET,
            )
            for problem in problems
        ]
        headers = {"Allow": str(problems[0].facts.get("allowed", ""))} if status == 405 else {}
        return self.render(ask, Reply(Errors(error=errors, request_id=ask.tracking), status, headers))
