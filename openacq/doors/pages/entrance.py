"""The ASGI side of a door with pages: finds the page, the visitor and the language, checks the form, and
sees every call answered in HTML, whatever goes wrong."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

import anyio.to_thread
import msgspec
import structlog
from anyio import CapacityLimiter

from openacq.directory import service as directory
from openacq.directory.model import User
from openacq.doors.again import Sender
from openacq.doors.entrance import (
    THREADS,
    BodyLate,
    BodyTooLarge,
    CallerGone,
    Observer,
    Receive,
    Scope,
    Send,
    first_values,
    read_body,
)
from openacq.doors.hall import Rendered
from openacq.doors.pages import signing, wording
from openacq.doors.pages.attempts import Attempts
from openacq.doors.pages.finding import PageTable
from openacq.doors.pages.language import NAMES, PSEUDO, chosen, language
from openacq.doors.pages.model import Page, PageDoor
from openacq.doors.pages.rendering import Rendering
from openacq.doors.pages.visit import (
    HTML,
    TOKEN_FIELD,
    TOLD_COOKIE,
    WITH_BROWSER,
    Told,
    Visit,
    signed,
    token_of,
)
from openacq.kernel.refusal import Kind, Problem, Refusal
from openacq.kernel.text import storable
from openacq.store import Store

LANGUAGE_COOKIE = "openacq_language"
YEAR = 365 * 86_400
MOST_FIELDS = 5_000
SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STATUS: Mapping[Kind, int] = {
    Kind.INVALID: 422,
    Kind.MISSING: 422,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.FORBIDDEN: 403,
    Kind.UNAUTHORIZED: 422,
    Kind.TOO_LARGE: 413,
    Kind.LATE: 408,
    Kind.MEDIA: 415,
    Kind.BUSY: 429,
    Kind.METHOD: 405,
    Kind.PATH: 404,
}
ZIPPED_FROM = 2_000
NO_SENDERS: Mapping[str, Sender] = MappingProxyType({})

_log = structlog.get_logger("openacq.doors")
_TOLD = msgspec.json.Decoder(Told).decode


class PageEntrance:
    """A door's pages as an ASGI application. `address` and `is_local` as for `doors.entrance`; `admits`
    says which users may sign in."""

    def __init__(
        self,
        door: PageDoor,
        store: Store,
        *,
        most_bytes: int,
        observe: Observer,
        address: Callable[[Scope], str],
        is_local: Callable[[Scope], bool],
        admits: Callable[[User], bool],
        public_url: str = "",
        threads: int = THREADS,
        senders: Mapping[str, Sender] = NO_SENDERS,
    ) -> None:
        self._door = door
        self._store = store
        self._most_bytes = most_bytes
        self._observe = observe
        self._address = address
        self._is_local = is_local
        self._admits = admits
        self._public = urlsplit(public_url)
        self._rendering = Rendering(door.templates)
        self._pages = PageTable(door.pages)
        self._attempts = Attempts(store.clock)
        self._threads = CapacityLimiter(threads)
        self._senders = senders
        self._warming = self._rendering.warm()
        self._asked = False

    def warm(self) -> bool:
        """Once somebody came, make ready a little of what the next pages need; whether there is more. Called
        by one thread, beside the calls: nothing waits for it. A server whose pages nobody opens keeps none
        in memory."""
        return self._asked and next(self._warming, "") != ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._asked = True
        visit = self._visit(scope)
        try:
            body = await read_body(receive, scope, self._most_bytes)
        except CallerGone:
            return
        except (BodyTooLarge, BodyLate) as trouble:
            late = isinstance(trouble, BodyLate)
            problem = Problem("body_late") if late else Problem("body_too_large", limit=self._most_bytes)
            answer = await anyio.to_thread.run_sync(self._refused, visit, (problem,), limiter=self._threads)
        else:
            answer = await anyio.to_thread.run_sync(self._serve, visit, body, limiter=self._threads)
        await _send(visit, answer, send, secure=self._secure(scope))

    def _secure(self, scope: Scope) -> bool:
        return self._public.scheme == "https" or scope["scheme"] == "https"

    def _visit(self, scope: Scope) -> Visit:
        query = scope.get("query_string", b"").decode("ascii", "replace")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        params = first_values(query)
        cookies = _cookies(headers.get("cookie", ""))
        client = scope.get("client")
        code = chosen(
            params.get("lang", ""), cookies.get(LANGUAGE_COOKIE, ""), "", headers.get("accept-language", "")
        )
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        return Visit(
            self._door,
            self._store,
            self._rendering,
            method=scope["method"],
            target=raw.split(b"?")[0].decode("ascii", "replace"),
            query=query,
            params=params,
            every_param={} if query.count("&") >= MOST_FIELDS else _every(query),
            headers=headers,
            cookies=cookies,
            base=self._address(scope),
            client=client[0] if client else "",
            local=self._is_local(scope),
            tracking=secrets.token_hex(8),
            language=language(code),
        )

    # -- in a thread ------------------------------------------------------------------------

    def _serve(self, visit: Visit, body: bytes) -> Rendered:
        begun = self._store.clock.monotonic()
        try:
            answer = self._answer(visit, body)
            outcome = "changed" if visit.method == "POST" else "read"
        except Refusal as refusal:
            answer, outcome = self._refused(visit, refusal.problems), "refused"
        except Exception:  # noqa: BLE001  (told of with the id the visitor gets)
            _log.exception("fault", request_id=visit.tracking, door=self._door.name, path=visit.target)
            answer, outcome = self._fault(visit), "fault"
        self._observe(self._door.name, outcome, answer.status, self._store.clock.monotonic() - begun)
        return answer

    def _answer(self, visit: Visit, body: bytes) -> Rendered:
        visit.attempts = self._attempts
        visit.senders = self._senders
        if visit.method == "POST":
            visit.form = _every(body.decode("utf-8", "replace"))
        self._recognise(visit)
        path = visit.target[len(self._door.prefix) :]
        if path in ("", "/"):
            return visit.go(self._door.home)
        if path == SIGN_IN:
            return self._sign_in(visit)
        if path == SIGN_OUT:
            return self._sign_out(visit)
        page = self._pages.find(visit, path)
        if visit.session is None and not page.open:
            return self._ask_to_sign_in(visit)
        if visit.method == "POST":
            self._check_form(visit)
        if page.right:
            visit.require(page.right)
        self._keep_language(visit)
        return self._run(visit, page)

    def _run(self, visit: Visit, page: Page) -> Rendered:
        try:
            return page.answer(visit)
        except Refusal as refusal:
            if visit.method != "POST":
                raise
            if page.again is not None:
                visit.problems = refusal.problems
                return page.again(visit)
            where = visit.back("")
            if not where:
                raise
            visit.tell(_words(visit, refusal.problems), "problem")
            return visit.go(where)

    # -- who ----------------------------------------------------------------------------------

    def _recognise(self, visit: Visit) -> None:
        visit.secret = visit.cookies.get(signing.cookie_of(visit), "")
        session = directory.find_session(self._store, visit.secret, self._door.who)
        if session is None:
            visit.secret = visit.cookies.get(signing.TRY_COOKIE, "")
            if not visit.secret:
                visit.secret = secrets.token_urlsafe(24)
                visit.set_cookies.append((signing.TRY_COOKIE, visit.secret, 3_600))
            return
        directory.keep_session(self._store, session)
        visit.session = session
        visit.institution = self._store.read(
            directory.institution, institution=session.institution, zone=session.zone
        )
        self._own_language(visit)
        self._recall(visit)

    def _own_language(self, visit: Visit) -> None:
        """The language of the user record goes before what the browser would like."""
        asked, kept = visit.params.get("lang", ""), visit.cookies.get(LANGUAGE_COOKIE, "")
        code = chosen(asked, kept, visit.user.language[:2].lower(), visit.headers.get("accept-language", ""))
        visit.language = language(code)

    def _recall(self, visit: Visit) -> None:
        """What the page before wanted said."""
        noted = visit.cookies.get(TOLD_COOKIE, "")
        if not noted or visit.method != "GET" or visit.headers.get("hx-request"):
            return
        content = signed(visit.secret, noted)
        if content is not None:
            visit.told = (_TOLD(content),)
        visit.set_cookies.append((TOLD_COOKIE, "", 0))

    def _keep_language(self, visit: Visit) -> None:
        asked = visit.params.get("lang", "")
        if asked in NAMES or asked == PSEUDO:
            visit.set_cookies.append((LANGUAGE_COOKIE, asked, YEAR))

    def _check_form(self, visit: Visit) -> None:
        """Raises Refusal form_foreign unless the form was shown to this visitor, by this server."""
        given = visit.value(TOKEN_FIELD) or visit.headers.get("x-openacq-form", "")
        good = secrets.compare_digest(given.encode(), token_of(visit.secret).encode())
        if not good or not self._of_this_server(visit):
            raise Refusal(Problem("form_foreign"))

    def _of_this_server(self, visit: Visit) -> bool:
        if visit.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = visit.headers.get("origin", "")
        if not origin:
            return True
        host = urlsplit(origin).netloc.lower()
        return host in (visit.headers.get("host", "").lower(), self._public.netloc.lower())

    # -- signing in and out -------------------------------------------------------------------

    def _ask_to_sign_in(self, visit: Visit) -> Rendered:
        if visit.headers.get("hx-request"):
            return Rendered(401, b"", HTML, {"HX-Refresh": "true"})
        if visit.method == "POST":
            kept = signing.to_keep(visit) if self._of_this_server(visit) else {}
            return signing.show_sign_in(visit, after=visit.address, kept=kept)
        return signing.gone(visit.link(SIGN_IN, after=visit.address))

    def _sign_in(self, visit: Visit) -> Rendered:
        self._keep_language(visit)
        if visit.method != "POST":
            return signing.show_sign_in(visit)
        kept = signing.kept_form(visit)
        try:
            self._check_form(visit)
            done = signing.sign_in(visit, self._attempts, self._admits)
        except Refusal as refusal:
            visit.problems = refusal.problems
            return signing.show_sign_in(visit, kept=kept)
        visit.set_cookies.append((signing.cookie_of(visit), done.secret, WITH_BROWSER))
        after = signing.safe_path(visit, visit.value("after"))
        return self._go_on(visit, done, after, kept) if kept else signing.gone(after)

    def _go_on(
        self, visit: Visit, done: signing.SignedIn, after: str, kept: Mapping[str, list[str]]
    ) -> Rendered:
        """Show the form that was kept, on its own page; nothing of it is carried out."""
        parts = urlsplit(after)
        visit.secret = done.secret
        visit.session = directory.find_session(self._store, done.secret, self._door.who)
        visit.institution = done.institution
        visit.form, visit.held = kept, True
        visit.target, visit.query = parts.path, parts.query
        visit.params, visit.every_param = first_values(parts.query), _every(parts.query)
        page = self._pages.find(visit, parts.path[len(self._door.prefix) :])
        if page.right:
            visit.require(page.right)
        if page.again is None:
            visit.problems = (Problem("session_renewed"),)
            return visit.show("kept.html", status=200, fields=kept)
        return self._run(visit, page)

    def _sign_out(self, visit: Visit) -> Rendered:
        if visit.method == "POST" and visit.session is not None:
            self._check_form(visit)
            session = visit.session
            self._store.write(
                lambda tx: directory.close_session(tx, session),
                institution=session.institution,
                zone=session.zone,
            )
            visit.set_cookies.append((signing.cookie_of(visit), "", 0))
        return signing.gone(visit.link(SIGN_IN))

    # -- what went wrong ----------------------------------------------------------------------

    def _refused(self, visit: Visit, problems: tuple[Problem, ...]) -> Rendered:
        status = STATUS[problems[0].entry.kind]
        visit.problems = problems
        shown = visit.show("problem.html", status=status, fault="")
        allowed = str(problems[0].facts.get("allowed", ""))
        headers = {"Allow": allowed} if status == 405 and allowed else {}
        return Rendered(status, shown.body, shown.media, headers)

    def _fault(self, visit: Visit) -> Rendered:
        visit.problems = (Problem("server_fault"),)
        return visit.show("problem.html", status=500, fault=visit.tracking)


def _words(visit: Visit, problems: tuple[Problem, ...]) -> str:
    """Problems in one line, the first few."""
    tongue = visit.language
    return " ".join(
        f"{wording.message(tongue, problem)} {wording.advice(tongue, problem)}" for problem in problems[:5]
    )


async def _send(visit: Visit, answer: Rendered, send: Send, *, secure: bool) -> None:
    body = answer.body
    headers = [(b"content-type", answer.media.encode("ascii")), (b"x-request-id", visit.tracking.encode())]
    given = {name.lower(): value for name, value in answer.headers.items()}
    given.setdefault("content-security-policy", POLICY)
    if len(body) >= ZIPPED_FROM and "gzip" in visit.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 4, mtime=0)
        given["content-encoding"] = "gzip"
    given["vary"] = "accept-encoding, cookie"
    headers += [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in given.items()]
    for name, value, age in visit.set_cookies:
        headers.append((b"set-cookie", cookie(name, value, age, secure=secure).encode("latin-1")))
    headers.append((b"content-length", str(len(body)).encode("ascii")))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if visit.method == "HEAD" else body})


def cookie(name: str, value: str, age: int, *, secure: bool) -> str:
    """A cookie for this server alone, out of reach of scripts; without `Max-Age` it ends with the browser."""
    lasting = "" if age >= WITH_BROWSER else f"; Max-Age={age}"
    return f"{name}={value}; Path=/{lasting}; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")


def _cookies(header: str) -> Mapping[str, str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header[:8_192])
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _every(query: str) -> dict[str, list[str]]:
    """Every value of each parameter or field."""
    try:
        found = parse_qs(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refusal(Problem("list_too_long", "form", limit=MOST_FIELDS)) from None
    return {storable(name): [storable(value) for value in values] for name, values in found.items()}


__all__ = ["PageEntrance"]
