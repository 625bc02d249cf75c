"""Letting a program act for oneself: the page of the authorization code grant (OAuth 2.0, RFC 6749).

A program sends the browser to `/oauth2/authorizeCode` (or `/auth`), which leads here. Whoever is signed in
is told which program wants what, and allows or denies it; the browser goes back to an address registered with
the program's WSKey, with a code or the reason why there is none. A program or an address nobody knows is told
of here and sent nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from openacq.directory import service as directory
from openacq.directory.service import Consent, KnownKey, Principal
from openacq.doors.hall import Rendered
from openacq.doors.pages.entrance import POLICY
from openacq.doors.pages.model import Page
from openacq.doors.pages.signing import gone
from openacq.doors.pages.visit import HTML, Visit
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx

PATH = "/authorize"
ADDRESS = f"/desk{PATH}"
"""Where the doors that speak to programs send browsers."""
WSKEY = "wskey"
REFRESH = "refresh_token"
CONTEXT = "context:"
MOST_STATE = 4_000
_PLACES = ("contextInstitutionId", "authenticatingInstitutionId", "registryId")
"""Parameters that name the institution; the last is the one of the path `/auth/INSTITUTION`."""
CHALLENGE = range(43, 129)
"""How long a challenge may be (RFC 7636)."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a program asks for, and where the browser goes back to."""

    program: KnownKey
    redirect: str
    state: str
    consent: Consent


class _Denied(Exception):
    """The program is told why it gets nothing."""

    def __init__(self, redirect: str, state: str, error: str, words: str) -> None:
        super().__init__(error)
        self.redirect, self.state, self.error, self.words = redirect, state, error, words


def ask(visit: Visit) -> Rendered:
    """`GET /authorize`: which program wants what, to be allowed or denied."""
    try:
        asked = _asked(visit)
    except _Denied as denied:
        return _back(denied.redirect, error=denied.error, error_description=denied.words, state=denied.state)
    if visit.session is None:
        card = visit.store.read(directory.institution, institution=asked.program.institution)
        return gone(visit.link("/sign-in", institution=card.code, after=visit.address))
    _check_place(visit, asked)
    going_to = directory.redirect_origin(asked.redirect)
    shown = visit.show(
        "consent.html",
        program=asked.program.key,
        scopes=asked.consent.scopes,
        refresh=asked.consent.refresh,
        going_to=going_to,
        writes=_writes(visit),
    )
    # Browsers hold the address a form is sent on to against the policy of its page too.
    policy = POLICY.replace("form-action 'self'", f"form-action 'self' {going_to}")
    return Rendered(
        shown.status,
        shown.body,
        shown.media,
        {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )


def answer(visit: Visit) -> Rendered:
    """`POST /authorize`: allowed or denied; back to the program."""
    try:
        asked = _asked(visit)
    except _Denied as denied:
        return _back(denied.redirect, error=denied.error, error_description=denied.words, state=denied.state)
    if visit.session is None:
        return gone(visit.link("/sign-in", after=visit.address))
    _check_place(visit, asked)
    if visit.value("answer") != "allow":
        words = "The user did not let the program act for them."
        return _back(asked.redirect, error="access_denied", error_description=words, state=asked.state)

    def work(tx: Tx) -> str:
        principal = _principal(tx, visit)
        key = asked.program.key
        history.record(
            tx, WSKEY, key.id, [Change("acts_for", None, visit.user.primary_id)], visit.user.primary_id
        )
        return directory.give_code(tx, key.id, principal, asked.consent)

    return _back(asked.redirect, code=visit.write(work), state=asked.state)


def _asked(visit: Visit) -> _Asked:
    """What the address asks for. Raises Refusal where nobody may be sent back, _Denied where the program is
    to be told."""
    client = visit.param("client_id")
    program = directory.consenting_program(visit.store, client)
    if program is None or (program.key.demo and not visit.local):
        raise Refusal(Problem("program_unknown", "client_id", client[:100]))
    named = visit.param("redirect_uri")
    redirect = directory.redirect_for(program.key.redirects, named)
    if not redirect:
        raise Refusal(Problem("program_address", "redirect_uri", named[:200]))
    state = visit.params.get("state", "")

    def denied(error: str, words: str) -> _Denied:
        return _Denied(redirect, state[:MOST_STATE], error, words)

    if len(state) > MOST_STATE:
        raise denied("invalid_request", "state is too long.")
    if any(len(values) > 1 for values in visit.every_param.values()):
        raise denied("invalid_request", "A parameter is there more than once.")
    if visit.param("response_type") != "code":
        raise denied("unsupported_response_type", "response_type can be code only.")
    words = visit.param("scope").replace(",", " ").split()
    places = [word.removeprefix(CONTEXT) for word in words if word.startswith(CONTEXT)]
    places += [visit.param(name) for name in _PLACES]
    if any(place and place != program.oclc_id for place in places):
        raise denied("unauthorized_client", "The WSKey is not one of this institution.")
    scopes = tuple(dict.fromkeys(word for word in words if word != REFRESH and not word.startswith(CONTEXT)))
    if any(scope not in program.key.scopes for scope in scopes):
        raise denied("invalid_scope", f"The WSKey may have {' '.join(program.key.scopes)}.")
    challenge = visit.param("code_challenge")
    method = visit.param("code_challenge_method") or "plain"
    if challenge and (method not in directory.CHALLENGES or len(challenge) not in CHALLENGE):
        raise denied("invalid_request", "code_challenge has 43 to 128 characters and is S256 or plain.")
    consent = Consent(
        scopes or program.key.scopes,
        redirect=redirect if named else "",
        refresh=REFRESH in words,
        challenge=challenge,
        method=method if challenge else "",
    )
    return _Asked(program, redirect, state, consent)


def _check_place(visit: Visit, asked: _Asked) -> None:
    if visit.place.id != asked.program.institution:
        raise Refusal(Problem("program_elsewhere", "client_id", asked.program.key.client))


def _principal(tx: Tx, visit: Visit) -> Principal:
    """Who the program acts as."""
    principal = directory.acting_as(tx, visit.user, writes=_writes(visit))
    if principal is None:
        raise Refusal(Problem("program_principal", "principalID", visit.user.primary_id))
    return principal


def _writes(visit: Visit) -> bool:
    """Whether a program that acts for the visitor may change orders: who orders for some libraries only may
    not lend that to a program, which knows no such bounds."""
    return visit.may("order") and visit.libraries("order") is None


def _back(redirect: str, **said: str) -> Rendered:
    """Back to the program, with what it is told in the query."""
    parts = urlsplit(redirect)
    told = urlencode({name: value for name, value in said.items() if value})
    where = urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, told)))))
    headers = {"Location": where, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Rendered(303, b"", HTML, headers)


PAGES = (
    Page("GET", PATH, ask, open=True),
    Page("POST", PATH, answer, open=True),
)
