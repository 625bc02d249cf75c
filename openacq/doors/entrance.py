"""The ASGI side of a door: finds the route, takes the body in, and sees every call answered.

Whatever goes wrong (unknown path, wrong method, too large a body, a refusal, our own fault) is
answered in the door's own form; nothing else leaves here.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote

import anyio.to_thread
import structlog
from anyio import CapacityLimiter

from openacq.calls import service as calls
from openacq.directory.model import Caller
from openacq.doors.again import Again, Sent
from openacq.doors.hall import Ask, Door, HallServices, Rendered, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import storable

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

THREADS = 24
"""Calls of one door answered at the same time; further ones wait."""

LATE = "openacq.late"
"""Set in a disconnect that the front made up because the body took too long; the caller is still there."""

_log = structlog.get_logger("openacq.doors")


class Limits(Protocol):
    def take(self, caller: Caller) -> Problem | None:
        """Count one call of this key; the problem when it was one too many."""

    def remaining(self, caller: Caller | None) -> int:
        """Calls left today."""


class Observer(Protocol):
    def __call__(self, door: str, outcome: str, status: int, seconds: float) -> None: ...


class BodyTooLarge(Exception):
    """The body is larger than the door takes in."""


class BodyLate(Exception):
    """The body did not arrive in the time it had."""


class CallerGone(Exception):
    """The client went away before its request was complete."""


class Entrance:
    """A door as an ASGI application, mounted anywhere; it looks at the whole path itself.

    `address` tells the "https://host" links of a call begin with, `is_local` whether it was made on this
    machine by no proxy: demo keys, which everyone knows, are good for such calls only.
    """

    def __init__(
        self,
        door: Door,
        services: HallServices,
        limits: Limits,
        *,
        most_bytes: int,
        observe: Observer,
        address: Callable[[Scope], str],
        is_local: Callable[[Scope], bool],
        threads: int = THREADS,
    ) -> None:
        self._door = door
        self._services = services
        self._limits = limits
        self._most_bytes = most_bytes
        self._observe = observe
        self._address = address
        self._routes = RouteTable(door.routes)
        self._is_local = is_local
        self._threads = CapacityLimiter(threads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ask = self._ask(scope)
        try:
            ask.body = await read_body(receive, scope, self._most_bytes)
        except CallerGone:
            return
        except BodyTooLarge:
            problem = Problem("body_too_large", "", "", limit=self._most_bytes)
            rendered = self._refuse(ask, (problem,))
        except BodyLate:
            rendered = self._refuse(ask, (Problem("body_late"),))
        else:
            rendered = await anyio.to_thread.run_sync(self._serve, ask, limiter=self._threads)
        remaining = self._limits.remaining(ask.known_caller)
        headers = [
            (b"content-type", rendered.media.encode("ascii")),
            (b"content-length", str(len(rendered.body)).encode("ascii")),
            (b"x-exl-api-remaining", str(remaining).encode("ascii")),
            (b"x-request-id", ask.tracking.encode("ascii")),
            *(
                (name.lower().encode("ascii"), value.encode("latin-1"))
                for name, value in rendered.headers.items()
            ),
        ]
        if rendered.status == 204:
            headers = headers[2:]
        await send({"type": "http.response.start", "status": rendered.status, "headers": headers})
        body = b"" if ask.method == "HEAD" or rendered.status == 204 else rendered.body
        await send({"type": "http.response.body", "body": body})

    def _ask(self, scope: Scope) -> Ask:
        query = scope.get("query_string", b"").decode("ascii", "replace")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        client = scope.get("client")
        return Ask(
            self._services,
            self._door,
            method=scope["method"],
            target=raw.split(b"?")[0].decode("ascii", "replace"),
            query=query,
            params=first_values(query),
            headers=headers,
            body=b"",
            base=self._address(scope) + self._door.prefix,
            client=client[0] if client else "",
            tracking=secrets.token_hex(8),
            local=self._is_local(scope),
        )

    def again(self, caller: Caller, call: Again) -> Sent:
        """Carry out a call that was made before, for the key it was made with, as if it came anew."""
        params = first_values(call.query)
        if call.check:
            params = {**params, "dry_run": "true"}
        ask = Ask(
            self._services,
            self._door,
            method=call.method,
            target=call.path,
            query=call.query,
            params=params,
            headers={"accept": call.media, "content-type": call.media},
            body=call.body,
            base=call.base + self._door.prefix,
            client="",
            tracking=secrets.token_hex(8),
            local=True,
        )
        ask.credentials = self._recall(caller)
        rendered = self._serve(ask, caller)
        return Sent(rendered.status, ask.outcome, ask.subject, ask.problems, ask.tracking)

    def _recall(self, _caller: Caller) -> object:
        """By what a caller whose call is carried out again would have been known, where a door needs it."""
        return None

    # -- in a thread ------------------------------------------------------------------------

    def _serve(self, ask: Ask, caller: Caller | None = None) -> Rendered:
        """The answer to a call; `caller` when it is known already who calls."""
        try:
            rendered = self._answer(ask, caller)
        except Refusal as refusal:
            return self._refuse(ask, refusal.problems)
        except Exception:  # noqa: BLE001  (told of with the id the caller gets)
            _log.exception(
                "fault", request_id=ask.tracking, door=self._door.name, path=calls.shown_path(ask.target)
            )
            ask.outcome = "fault"
            return self._finish(ask, self._door.refuse(ask, (Problem("server_fault"),)))
        return self._finish(ask, rendered)

    def _answer(self, ask: Ask, caller: Caller | None) -> Rendered:
        route = self._route(ask)
        if caller is None:
            self._admit(ask)
        else:
            ask.admit(caller)
        self._allow(ask, route)
        reply = route.answer(ask)
        as_recorded = ask.written and ask.rendered is not None and reply.status == 200 and not reply.headers
        rendered = ask.rendered if as_recorded and ask.rendered else self._door.render(ask, reply)
        if ask.replayed:
            headers = {**rendered.headers, "Idempotent-Replayed": "true"}
            return Rendered(rendered.status, rendered.body, rendered.media, headers)
        return rendered

    def _route(self, ask: Ask) -> Route:
        """The route of the call. Raises Refusal path_unknown or method_unknown."""
        return self._routes.find(ask, ask.target[len(self._door.prefix) :])

    def _recognise(self, ask: Ask) -> Caller:
        """Who calls. Raises Refusal when nobody is known by what was sent."""
        secret = self._door.secret(ask)
        caller = self._services.gate.authenticate(secret) if secret else None
        if caller is None:
            raise Refusal(Problem("key_missing"))
        return caller

    def _admit(self, ask: Ask) -> None:
        caller = self._recognise(ask)
        if caller.demo and not ask.local:
            raise Refusal(
                Problem(
                    "key_refused", "apikey", "", reason="a demo key is good on the server's own machine only"
                )
            )
        ask.admit(caller)
        too_many = self._limits.take(caller)
        if too_many is not None:
            raise Refusal(too_many)

    def _allow(self, ask: Ask, route: Route) -> None:
        caller = ask.caller
        areas = route.area.split("|")
        if route.area and not any(caller.may(area, write=route.write) for area in areas):
            need = f"it has no right to {'change' if route.write else 'read'} {' or '.join(areas)}"
            raise Refusal(Problem("key_refused", "apikey", "", reason=need))
        if caller.vendor is not None and not route.open_to_vendors:
            raise Refusal(Problem("key_refused", "apikey", "", reason="it is tied to a vendor"))

    def _refuse(self, ask: Ask, problems: tuple[Problem, ...]) -> Rendered:
        ask.outcome = "refused"
        ask.problems = problems
        ask.written = False
        return self._finish(ask, self._door.refuse(ask, problems))

    def _finish(self, ask: Ask, rendered: Rendered) -> Rendered:
        clock = self._services.store.clock
        ask.outcome = ask.outcome or "read"
        if ask.known_caller is not None and not ask.written:
            call = self._services.call_of(ask, status=rendered.status, at=clock.now(), answer=rendered.body)
            self._services.log.queue(call)
        self._observe(self._door.name, ask.outcome, rendered.status, clock.monotonic() - ask.started)
        return rendered


class RouteTable:
    """Routes by number of path parts; a trailing slash and doubled slashes make no difference."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._by_length: dict[int, list[tuple[re.Pattern[str], dict[str, Route]]]] = {}
        for route in sorted(routes, key=lambda route: route.path.count("{")):
            parts = route.path.strip("/").split("/")
            pattern = "/".join(
                f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part) for part in parts
            )
            shelf = self._by_length.setdefault(len(parts), [])
            for known, methods in shelf:
                if known.pattern == pattern:
                    methods[route.method] = route
                    break
            else:
                shelf.append((re.compile(pattern), {route.method: route}))

    def find(self, ask: Ask, path: str) -> Route:
        """The route of the call for this path; sets its path parts. Raises Refusal path_unknown or
        method_unknown."""
        parts = [part for part in path.split("/") if part]
        joined = "/".join(parts)
        for pattern, methods in self._by_length.get(len(parts), ()):
            match = pattern.fullmatch(joined)
            if match is None:
                continue
            route = methods.get("GET" if ask.method == "HEAD" else ask.method)
            if route is None:
                raise Refusal(
                    Problem("method_unknown", "method", ask.method, allowed=", ".join(sorted(methods)))
                )
            ask.path = {name: storable(unquote(value)) for name, value in match.groupdict().items()}
            return route
        raise Refusal(Problem("path_unknown", "path", ask.target))


async def read_body(receive: Receive, scope: Scope, most: int) -> bytes:
    """The whole body; raises BodyTooLarge before reading past `most` bytes, BodyLate when it takes too long,
    CallerGone when it is cut off."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > most:
            raise BodyTooLarge
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyLate if message.get(LATE) else CallerGone
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise BodyTooLarge
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def first_values(query: str) -> Mapping[str, str]:
    """Query parameters, the first value of each."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        found.setdefault(name, storable(value))
    return found
