"""The hall every call passes on its way to a door's answer, and back.

Key → institution and caller, rights, rate, body within its limit, then the route's answer in a
thread; refusals and faults go back to the door to be worded. The hall opens the units of work,
makes creates happen exactly once, and writes the order log. It imports no door.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from openacq.calls.model import Call
from openacq.directory.model import Caller
from openacq.kernel.converting import converted
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Store, Tx, claims
from openacq.wire.fields import Wire

T = TypeVar("T")
M = TypeVar("M")
W = TypeVar("W", bound=Wire)

IDEMPOTENCY_KEY = "idempotency-key"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route answers: a wire model (None for no body), a Document where the door knows them, or what
    the door has rendered already (`Ask.render`); the HTTP status, extra headers."""

    model: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as what a route answers: given out as it is."""

    content: bytes
    media: str
    name: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer in bytes."""

    status: int
    body: bytes
    media: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """A resource of a door: method, path pattern ("/acq/funds/{fund_id}"), the area of rights a key
    needs ("" = any key, "bibs|acq" = either), the function that answers, whether it changes anything.

    `open_to_vendors` says whether a key tied to a vendor may call it at all.
    """

    method: str
    path: str
    area: str
    answer: Callable[[Ask], Reply]
    write: bool = False
    open_to_vendors: bool = True


class Door(Protocol):
    """A dialect: how it is asked and how it answers."""

    name: str
    prefix: str
    routes: tuple[Route, ...]

    def secret(self, ask: Ask) -> str:
        """The API key sent with the call, "" when there is none."""

    def read(self, ask: Ask, model: type[W], gather: list[Problem] | None) -> W:
        """Decode the body; raises Refusal with every problem, or adds those of members to `gather`."""

    def render(self, ask: Ask, reply: Reply) -> Rendered: ...

    def refuse(self, ask: Ask, problems: tuple[Problem, ...]) -> Rendered: ...

    def canonical(self, model: Any) -> bytes:
        """The same bytes for the same request, whatever syntax it came in."""


class CallLog(Protocol):
    def record(self, tx: Tx, call: Call) -> None:
        """Write the row of a change in its own transaction."""

    def queue(self, call: Call) -> None:
        """Write the row of a read or a refusal soon."""


@dataclass(frozen=True, slots=True)
class HallOptions:
    """`claim_hours` a create without a key header is remembered, `claim_key_hours` one with it; `topics`
    are the news that are somebody's work."""

    claim_hours: int = 24
    claim_key_hours: int = 7 * 24
    topics: tuple[str, ...] = ()


class _DryRun(Exception):
    """Carries the result of a rehearsed work out of the transaction it undoes."""

    def __init__(self, result: Any) -> None:
        self.result = result


class Ask:
    """One call: what was asked, by whom, and the ways a route may work on the store.

    `params` are the query parameters (first value of each), `path` the parts of the path pattern,
    `headers` in lower case, `base` the address the door was asked under (scheme, host, prefix),
    `failing` is what a door's call answers with when something has no word of its own there, `credentials`
    what a door keeps of how it knew the caller, `status` what a change answers when it goes well.
    `outcome`, `subject`, `vendor` (whose order it is), `problems` and `private` (all of it is patron
    data) go to the order log.
    """

    __slots__ = (
        "_caller",
        "base",
        "body",
        "client",
        "credentials",
        "door",
        "failing",
        "hall",
        "headers",
        "local",
        "media",
        "method",
        "outcome",
        "params",
        "path",
        "private",
        "problems",
        "query",
        "rendered",
        "replayed",
        "started",
        "status",
        "subject",
        "target",
        "tracking",
        "vendor",
        "wants",
        "written",
    )

    def __init__(
        self,
        hall: HallServices,
        door: Door,
        *,
        method: str,
        target: str,
        query: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
        base: str,
        client: str,
        tracking: str,
        local: bool = False,
    ) -> None:
        self.hall = hall
        self.door = door
        self.method = method
        self.target = target
        self.query = query
        self.params = params
        self.headers = headers
        self.body = body
        self.base = base
        self.client = client
        self.tracking = tracking
        self.local = local
        self.path: Mapping[str, str] = {}
        self.wants = ""
        self.media = ""
        self.outcome = ""
        self.subject = ""
        self.vendor = ""
        self.problems: tuple[Problem, ...] = ()
        self.private = False
        self.failing: object = None
        self.credentials: object = None
        self.status = 200
        self.rendered: Rendered | None = None
        self.replayed = False
        self.written = False
        self.started = hall.store.clock.monotonic()
        self._caller: Caller | None = None

    @property
    def caller(self) -> Caller:
        if self._caller is None:
            raise RuntimeError("the caller is not known yet")
        return self._caller

    def admit(self, caller: Caller) -> None:
        self._caller = caller

    @property
    def known_caller(self) -> Caller | None:
        return self._caller

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be kept. A word that is neither yes nor no is refused: taken for a no it
        would make the order its sender only wanted to try."""
        given = self.params.get("dry_run", "").strip()
        answer = _YES_OR_NO.get(given.lower())
        if answer is None:
            raise Refusal(Problem("parameter_invalid", "dry_run", given, valid="true, false"))
        return answer

    @property
    def root(self) -> str:
        """The address of the server as it was asked, without the door's prefix."""
        return self.base.removesuffix(self.door.prefix)

    def render(self, model: Wire) -> Rendered:
        """An answer in bytes, as the call wants it."""
        return self.door.render(self, Reply(model))

    def link(self, path: str) -> str:
        """The absolute address of a resource of this door: "/bibs/99…"."""
        return self.base + path

    def model(self, model: type[W], gather: list[Problem] | None = None) -> W:
        """The body as the door's wire model; raises Refusal naming every problem of it.

        With `gather` the problems of single members are added there and the members stay unset, so
        that they can be told together with what the slices find.
        """
        return self.door.read(self, model, gather)

    def read(self, work: Callable[[Tx], T]) -> T:
        """Run `work` on a snapshot of the caller's institution."""
        return self.hall.store.read(work, institution=self.caller.institution, zone=self.caller.zone)

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in one transaction, the order log's row of this call in it."""

        def logged(tx: Tx) -> T:
            result = work(tx)
            self.outcome = self.outcome or "changed"
            self._record(tx, result)
            return result

        return self._commit(logged)

    def rehearse(self, work: Callable[[Tx], T]) -> T:
        """Run `work` with all its checks, what is left to the end of a transaction included, and undo it."""

        def undone(tx: Tx) -> T:
            result = work(tx)
            tx.finish()
            raise _DryRun(result)

        try:
            return self._commit(undone)
        except _DryRun as rehearsed:
            self.outcome = "rehearsed"
            result: T = rehearsed.result
            return result

    def once(
        self,
        work: Callable[[Tx], T],
        kind: type[T],
        show: Callable[[Tx, T], M],
        *,
        request: bytes,
        reference: str,
        subject: Callable[[T], str],
    ) -> M:
        """Run a create exactly once, however often it is sent; returns what `show` makes of its result.

        Twins are known by the header Idempotency-Key, else by `reference` (the vendor's own; "" =
        none) together with the whole request. What `work` returned is kept (it must be of `kind`), so
        a twin is shown the same. Raises Refusal `claim_differs` when the header was used for another
        request. Sets `replayed` when the answer is an earlier one.
        """
        claim, hours = self._claim(request, reference)
        fingerprint = self._fingerprint(request)

        def claimed(tx: Tx) -> M:
            self.replayed = False
            held = None
            if claim:
                held = claims.take(tx, claim, fingerprint, tx.now + timedelta(hours=hours))
            result = work(tx) if held is None else self._earlier(held, fingerprint, kind)
            self.subject = subject(result)
            if claim and held is None:
                claims.answer(tx, claim, self.subject, result)
            model = show(tx, result)
            self._record(tx, model)
            return model

        return self._commit(claimed)

    def _earlier(self, held: claims.Held, fingerprint: str, kind: type[T]) -> T:
        if held.fingerprint != fingerprint:
            raise Refusal(Problem("claim_differs", "Idempotency-Key", self.headers.get(IDEMPOTENCY_KEY, "")))
        self.replayed = True
        self.outcome = "replayed"
        return converted(held.answer, kind)

    def _claim(self, request: bytes, reference: str) -> tuple[str, int]:
        key = self.headers.get(IDEMPOTENCY_KEY)
        if key is not None:
            if not 0 < len(key) <= 255 or not key.isascii() or not key.isprintable():
                raise Refusal(
                    Problem(
                        "claim_key_invalid", "Idempotency-Key", key, reason="empty, too long or not ASCII"
                    )
                )
            return f"key:{self.caller.key_id}:{key}", self.hall.options.claim_key_hours
        if reference:
            digest = hashlib.sha256(f"{reference}\0{self._fingerprint(request)}".encode()).hexdigest()
            return f"ref:{digest}", self.hall.options.claim_hours
        return "", 0

    def _fingerprint(self, request: bytes) -> str:
        asked = sorted((name, value) for name, value in self.params.items() if name not in _NOT_THE_REQUEST)
        target = "/".join(part for part in self.target.split("/") if part)
        digest = hashlib.sha256(f"{self.method} {target} {asked!r}\n".encode())
        digest.update(request)
        return digest.hexdigest()

    def _commit(self, work: Callable[[Tx], T]) -> T:
        try:
            return self.hall.store.write(work, institution=self.caller.institution, zone=self.caller.zone)
        except BaseException:
            self.written = False  # the row in the order log is undone with the rest
            raise

    def _record(self, tx: Tx, answer: object) -> None:
        """Write the order log's row, with the answer when it is known already; it is rendered once."""
        self.rendered = self.door.render(self, Reply(answer)) if isinstance(answer, Wire) else None
        said = self.rendered.body if self.rendered else b""
        status = 204 if answer is None else self.status
        self.hall.log.record(tx, self.hall.call_of(self, status=status, at=tx.now, answer=said))
        self.written = True


_YES_OR_NO = MappingProxyType(
    {"": False, "true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
)
_NOT_THE_REQUEST = frozenset({"apikey", "format"})


class Gate(Protocol):
    def authenticate(self, secret: str) -> Caller | None:
        """Who holds this key; None when nobody does. Raises Refusal `key_refused` for a revoked one."""


class HallServices:
    """What the hall needs of the rest of the house."""

    def __init__(self, store: Store, gate: Gate, log: CallLog, options: HallOptions | None = None) -> None:
        self.store = store
        self.gate = gate
        self.log = log
        self.options = options or HallOptions()

    def call_of(self, ask: Ask, *, status: int, at: datetime, answer: bytes = b"") -> Call:
        """The order log's row of a call as far as it is known now."""
        caller = ask.caller
        return Call(
            institution=caller.institution,
            key_id=caller.key_id,
            principal_id=caller.principal_id,
            key_name=caller.name,
            vendor=caller.vendor or ask.vendor,
            at=at,
            door=ask.door.name,
            method=ask.method,
            path=ask.target,
            query=ask.query,
            outcome=ask.outcome,
            status=status,
            ms=round((self.store.clock.monotonic() - ask.started) * 1000),
            request_id=ask.tracking,
            request=ask.body,
            answer=answer,
            subject=ask.subject,
            problems=tuple(dict.fromkeys(problem.slug for problem in ask.problems)),
            private=ask.private,
        )
