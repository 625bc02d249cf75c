"""What a call of this door says: who it is from, which form it wants, what its body holds, its version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from openacq.directory.service import KnownKey, Principal
from openacq.doors.hall import Ask
from openacq.doors.wms.paths import canonical
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx
from openacq.wire import came_back
from openacq.wire.atom import AtomResource, Dialect, Received, Wish, answer_wish, read_entry
from openacq.wire.fields import Wire
from openacq.wire.negotiate import body_media

T = TypeVar("T")
R = TypeVar("R", bound=AtomResource)
M = TypeVar("M", bound=Wire)


@dataclass(frozen=True, slots=True)
class Options:
    """`signature_minutes` a timestamp may be off (0 = any); `nonce` "once" refuses what was signed before;
    `principal` "required", "optional" or "ignored"; `dialect` of keys that have none of their own; how
    long tokens are good."""

    signature_minutes: int = 15
    nonce: str = "resend"
    principal: str = "required"
    dialect: Dialect = "atom"
    token_seconds: int = 1_200
    refresh_days: int = 7


@dataclass(frozen=True, slots=True)
class Credentials:
    """By what a caller was recognised. `once` names the signed request (key, timestamp and nonce); "" for
    one that was not signed."""

    known: KnownKey
    options: Options
    principal: Principal | None = None
    once: str = ""

    @property
    def dialect(self) -> Dialect:
        return "plain" if (self.known.key.json.value or self.options.dialect) == "plain" else "atom"


def credentials(ask: Ask) -> Credentials | None:
    """The caller's credentials once they are known."""
    return ask.credentials if isinstance(ask.credentials, Credentials) else None


def wish(ask: Ask) -> Wish:
    """The form the answer takes."""
    held = credentials(ask)
    _, extension = canonical(ask.target)
    return answer_wish(ask.headers.get("accept"), extension, held.dialect if held else "atom")


def oclc_id(ask: Ask) -> str:
    """The registry id of the caller's institution, as `inst` has it; "" when it has none."""
    held = credentials(ask)
    return held.known.oclc_id if held else ""


def received(
    ask: Ask,
    model: type[R],
    *,
    optional: bool = False,
    whole: bool = False,
    gather: list[Problem] | None = None,
) -> Received[R]:
    """The resource in the body, and the version its entry names; see `wire.atom.read_entry`.

    Raises Refusal: body_missing, media_unsupported, and for each thing wrong in it.
    """
    media = body_media(ask.headers.get("content-type"), ask.body)
    if media is None and not optional:
        raise Refusal(Problem("body_missing"))
    return read_entry(model, ask.body, media or "xml", optional=optional, whole=whole, gather=gather)


def as_it_came(ask: Ask, sent: R, shown: R) -> R:
    """What was sent, with what nobody here knows in the form it once came in, as far as it says what was
    shown; see `wire.came_back`."""
    return came_back.as_it_came(sent, shown, body_media(ask.headers.get("content-type"), ask.body) or "xml")


def write_once(
    ask: Ask,
    work: Callable[[Tx], T],
    kind: type[T],
    show: Callable[[Tx, T], M],
    *,
    subject: Callable[[T], str],
) -> M:
    """Make a change once, however often the same signed request (or Idempotency-Key) is sent; the answer.

    `work` returns something of `kind` that can be kept, `show` makes the answer of it; see `Ask.once`. With
    `?dry_run=true` (an addition of ours) it is answered as if it were made, and nothing is kept.
    """
    if ask.dry_run:
        ask.status = 200
        return ask.rehearse(lambda tx: show(tx, work(tx)))
    held = credentials(ask)
    return ask.once(work, kind, show, request=ask.body, reference=held.once if held else "", subject=subject)
