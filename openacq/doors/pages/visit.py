"""One call of a page: who visits, what was asked and typed, and the ways a page may answer."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import msgspec

from openacq.directory.model import Institution, Session, User
from openacq.doors.again import Sender
from openacq.doors.hall import Rendered
from openacq.doors.pages import rights
from openacq.doors.pages.language import Language
from openacq.doors.pages.model import PageDoor
from openacq.doors.pages.offered import Offered
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import storable
from openacq.ordering.model import Actor
from openacq.store import Store, Tx, claims

if TYPE_CHECKING:
    from openacq.doors.pages.attempts import Attempts
    from openacq.doors.pages.rendering import Rendering

T = TypeVar("T")

TOKEN_FIELD = "_form"  # noqa: S105  (a field's name)
ONCE_FIELD = "_once"
BACK_FIELD = "_back"
OWN_FIELDS = frozenset({TOKEN_FIELD, ONCE_FIELD, BACK_FIELD})
TOLD_COOKIE = "openacq_told"
ONCE_LIFE = timedelta(hours=24)
MOST_TOLD = 1_500
WITH_BROWSER = 0x7FFFFFFF
"""As the age of a cookie: it ends with the browser."""
HTML = "text/html; charset=utf-8"
CSV = "text/csv; charset=utf-8"


class Told(msgspec.Struct, frozen=True):
    """What the next page says at its top. `undo` is a path to post `fields` to."""

    text: str
    kind: str = "done"
    undo: str = ""
    fields: dict[str, str] = {}


class Visit:
    """What a page is given.

    `path` are the parts of the page's pattern, `params` the query (first value of each), `form` what
    was typed (every value of each field), `problems` what was wrong with it when the page shows the
    form again. `language` has the words, `institution` is the card of where the visitor works.
    """

    def __init__(
        self,
        door: PageDoor,
        store: Store,
        rendering: Rendering,
        *,
        method: str,
        target: str,
        query: str,
        params: Mapping[str, str],
        every_param: Mapping[str, list[str]],
        headers: Mapping[str, str],
        cookies: Mapping[str, str],
        base: str,
        client: str,
        local: bool,
        tracking: str,
        language: Language,
    ) -> None:
        self.door = door
        self.store = store
        self.rendering = rendering
        self.method = method
        self.target = target
        self.query = query
        self.params = params
        self.every_param = every_param
        self.headers = headers
        self.cookies = cookies
        self.base = base
        self.client = client
        self.local = local
        self.tracking = tracking
        self.language = language
        self.path: Mapping[str, str] = {}
        self.form: Mapping[str, list[str]] = {}
        self.problems: tuple[Problem, ...] = ()
        self.session: Session | None = None
        self.secret = ""
        self.institution: Institution | None = None
        self.held = False
        """True while a form is shown again that was sent after the session had ended: nothing is written."""
        self.set_cookies: list[tuple[str, str, int]] = []
        self.told: tuple[Told, ...] = ()
        self.attempts: Attempts | None = None
        self.offered = Offered()
        """What the fields of the form that is being drawn are called and know."""
        self.senders: Mapping[str, Sender] = {}
        """By door: carries a logged call out again."""

    # -- who --------------------------------------------------------------------------------

    @property
    def user(self) -> User:
        if self.session is None:
            raise RuntimeError("nobody is signed in")
        return self.session.user

    @property
    def place(self) -> Institution:
        if self.institution is None:
            raise RuntimeError("nobody is signed in")
        return self.institution

    def may(self, right: str, library: str = "") -> bool:
        """Whether the visitor has a right ("order|review": either), for a library if one is named."""
        if self.session is None:
            return False
        return not right or rights.may(self.user, self.place, right, library)

    def require(self, right: str, *libraries: str) -> None:
        """Raises Refusal role_missing unless the visitor has the right, for every library named."""
        if not all(self.may(right, library) for library in libraries or ("",)):
            raise Refusal(Problem("role_missing", "", "", right=right.replace("|", " / ")))

    def libraries(self, right: str) -> frozenset[str] | None:
        """The libraries the visitor has a right for; None for all."""
        return rights.libraries_of(self.user, self.place, right)

    def actor(self, right: str) -> Actor:
        """The visitor as the slices know those who act."""
        return Actor(self.user.primary_id, libraries=self.libraries(right))

    # -- what was asked and typed -----------------------------------------------------------

    def value(self, name: str, default: str = "") -> str:
        """What was typed into a field, without blanks round it; `default` when it was not sent."""
        values = self.form.get(name)
        return values[0].strip() if values else default

    def values(self, name: str) -> list[str]:
        return [value.strip() for value in self.form.get(name, ()) if value.strip()]

    def param(self, name: str, default: str = "") -> str:
        return self.params.get(name, default).strip()

    def number(self, name: str, default: int, most: int = 1_000_000) -> int:
        """A parameter that is a whole number; `default` for anything else."""
        text = self.param(name)
        return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 10 else default

    def problems_of(self, *names: str) -> list[Problem]:
        """What is wrong with a field; a name ending in * stands for all that begin so."""
        return [
            problem
            for problem in self.problems
            if any(
                problem.field.startswith(name[:-1]) if name.endswith("*") else problem.field == name
                for name in names
            )
        ]

    # -- working ----------------------------------------------------------------------------

    def read(self, work: Callable[[Tx], T]) -> T:
        """Run `work` on a snapshot of the visitor's institution."""
        return self.store.read(work, institution=self.place.id, zone=self.place.zone)

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in one transaction. Raises Refusal session_renewed for a form that was kept."""
        if self.held:
            raise Refusal(Problem("session_renewed"))
        return self.store.write(work, institution=self.place.id, zone=self.place.zone)

    def rehearse(self, work: Callable[[Tx], T]) -> T:
        """Run `work` with all its checks and undo it; returns what it returned."""

        def undone(tx: Tx) -> T:
            result = work(tx)
            tx.finish()
            raise _Rehearsed(result)

        try:
            return self.store.write(undone, institution=self.place.id, zone=self.place.zone)
        except _Rehearsed as done:
            result: T = done.result
            return result

    def create(self, work: Callable[[Tx], str]) -> str:
        """Run a create exactly once for each form shown, however often its button is pressed.

        `work` returns the number of what it made; a second press gets the same number. A form that was gone
        back to and sent with something else in it is another one.
        """
        once = self.value(ONCE_FIELD)[:64]
        typed = sorted((name, values) for name, values in self.form.items() if name not in OWN_FIELDS)
        digest = hashlib.sha256(repr(typed).encode()).hexdigest()

        def claimed(tx: Tx) -> str:
            if not once:
                return work(tx)
            claim = f"page:{self.user.id}:{once}:{digest}"
            held = claims.take(tx, claim, "", tx.now + ONCE_LIFE)
            if held is not None:
                return str(held.answer)
            made = work(tx)
            claims.answer(tx, claim, made, made)
            return made

        return self.write(claimed)

    # -- answering --------------------------------------------------------------------------

    def show(self, template: str, status: int = 200, **facts: Any) -> Rendered:
        """A page of a template; 422 when it shows a form again."""
        if self.problems and status == 200:
            status = 422
        body = self.rendering.page(self, template, facts)
        return Rendered(status, body, HTML)

    def part(self, template: str, **facts: Any) -> Rendered:
        """A piece of a page, for what is filled in live."""
        return Rendered(200, self.rendering.page(self, template, facts), HTML)

    def go(
        self, path: str, told: str = "", *, undo: str = "", fields: Mapping[str, str] | None = None
    ) -> Rendered:
        """Send the browser on to a page below the prefix (or one of `back`), which says `told` at its top,
        with a button that undoes it if `undo` is the path for that."""
        if told:
            self.tell(told, undo=undo, fields=fields)
        where = path if path.startswith(self.door.prefix + "/") else self.door.prefix + path
        return Rendered(303, b"", HTML, {"Location": where})

    def tell(
        self, text: str, kind: str = "done", *, undo: str = "", fields: Mapping[str, str] | None = None
    ) -> None:
        """Have the next page say something: `kind` is done, problem or note."""
        told = Told(text[:MOST_TOLD], kind, self.door.prefix + undo if undo else "", dict(fields or {}))
        signed = sign(self.secret, msgspec.json.encode(told))
        self.set_cookies.append((TOLD_COOKIE, signed, 60))

    def back(self, default: str) -> str:
        """The page the form was on, if it is one of this door; else `default`."""
        where = self.value(BACK_FIELD)
        inside = where.startswith(self.door.prefix + "/") and "\\" not in where and where.isprintable()
        return where if inside and not where.startswith("//") else default

    def csv(self, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Rendered:
        """A table as a file; cells a spreadsheet would take for formulas are made texts."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(head)
        for row in rows:
            writer.writerow([escaped_cell(cell) for cell in row])
        named = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Rendered(200, b"\xef\xbb\xbf" + out.getvalue().encode(), CSV, named)

    @property
    def wants_csv(self) -> bool:
        return self.params.get("format") == "csv"

    # -- words and addresses ----------------------------------------------------------------

    def say(self, message: str, /, **facts: object) -> str:
        """A message in the visitor's language."""
        return self.language.say(message, **facts)

    def link(self, path: str, **params: object) -> str:
        """The address of a page of this door."""
        given = {name: value for name, value in params.items() if value not in (None, "")}
        query = urlencode(given, doseq=True)
        return self.door.prefix + path + (f"?{query}" if query else "")

    @property
    def address(self) -> str:
        """The address of this page, with its query."""
        return self.target + (f"?{self.query}" if self.query else "")

    def in_tongue(self, code: str) -> str:
        """The address of this page, with its query, in another language."""
        return f"{self.target}?{urlencode({**self.every_param, 'lang': [code]}, doseq=True)}"

    @property
    def token(self) -> str:
        """What forms of this visitor carry."""
        return token_of(self.secret)

    @staticmethod
    def new_once() -> str:
        return secrets.token_urlsafe(12)


class _Rehearsed(Exception):
    """Carries a result out of the transaction it undoes."""

    def __init__(self, result: Any) -> None:
        self.result = result


def escaped_cell(cell: object) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def token_of(secret: str) -> str:
    """The token of forms shown to whoever holds this secret; it does not tell the secret."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()[:40]


def sign(secret: str, content: bytes) -> str:
    mark = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()[:32]
    return mark + content.hex()


def signed(secret: str, text: str) -> bytes | None:
    """The content of what `sign` made with the same secret; None for anything else."""
    try:
        content = bytes.fromhex(text[32:])
    except ValueError:
        return None
    good = hmac.compare_digest(sign(secret, content).encode(), storable(text).encode())
    return content if good and content else None
