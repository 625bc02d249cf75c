"""The Alma dialect as the hall sees it: where the key is, how bodies are read and answers written."""

from __future__ import annotations

from typing import Any, TypeVar

from openacq.doors.alma.errors import CallWords, Words, envelope
from openacq.doors.alma.routes import ROUTES
from openacq.doors.hall import Ask, Rendered, Reply
from openacq.kernel.refusal import Problem, Refusal
from openacq.wire.model import Wire, read, to_json, to_xml
from openacq.wire.negotiate import CONTENT_TYPES, answer_media, body_media

W = TypeVar("W", bound=Wire)


class AlmaDoor:
    """`/almaws/v1`."""

    name = "alma"
    prefix = "/almaws/v1"
    routes = ROUTES

    def secret(self, ask: Ask) -> str:
        """`?apikey=KEY`, or the header `Authorization: apikey KEY`."""
        key = ask.params.get("apikey", "")
        if key:
            return key
        scheme, _, rest = ask.headers.get("authorization", "").partition(" ")
        return rest.strip() if scheme.lower() == "apikey" else ""

    def read(self, ask: Ask, model: type[W], gather: list[Problem] | None) -> W:
        media = body_media(ask.headers.get("content-type"), ask.body)
        if media is None:
            raise Refusal(Problem("body_missing"))
        return read(model, ask.body, media, gather=gather)

    def canonical(self, model: Any) -> bytes:
        return to_json(model)

    def render(self, ask: Ask, reply: Reply) -> Rendered:
        if isinstance(reply.model, Rendered):
            return reply.model
        media = answer_media(ask.headers.get("accept"), ask.params.get("format"))
        if reply.model is None:
            return Rendered(reply.status, b"", CONTENT_TYPES[media], reply.headers)
        body = to_json(reply.model) if media == "json" else to_xml(reply.model)
        return Rendered(reply.status, body, CONTENT_TYPES[media], reply.headers)

    def refuse(self, ask: Ask, problems: tuple[Problem, ...]) -> Rendered:
        status, model = envelope(problems, ask.hall.store.clock.now(), ask.tracking, _failing(ask))
        headers = {"Retry-After": "1"} if status == 429 else {}
        if problems[0].slug == "method_unknown":
            headers["Allow"] = str(problems[0].facts.get("allowed", ""))
        return self.render(ask, Reply(model, status, headers))


def _failing(ask: Ask) -> Words | CallWords | None:
    return ask.failing if isinstance(ask.failing, Words | CallWords) else None
