"""`/oauth2/accessToken` and `/token`: signing in once, for a while.

A key's holder asks for a token by a signature (the older address) or with key and secret as user name and
password (the newer one); either way of asking works at either address, with parameters in the query or in
a form. The answer is JSON whatever was asked for, as clients read nothing else here. Codes to be redeemed
(`authorization_code`) come from people who sign in, see `authorizing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from openacq.directory import service as directory
from openacq.directory.service import Issued
from openacq.doors.entrance import first_values
from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.wms.call import Credentials, credentials
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx
from openacq.wire.model import UNSET, Maybe, Wire

OAUTH_PATH = "/token"
PATHS = ("/oauth2/accesstoken", OAUTH_PATH)
REFRESH = "refresh_token"
CODE = "authorization_code"
CONTEXT = "context:"


class Token(Wire):
    """The answer; names and types as clients of either address look for them."""

    access_token: Maybe[str] = UNSET
    token_type: Maybe[str] = UNSET
    expires_in: Maybe[str] = UNSET
    expires_at: Maybe[str] = UNSET
    principalID: Maybe[str] = UNSET  # noqa: N815 the names are the wire's
    principalIDNS: Maybe[str] = UNSET  # noqa: N815
    scopes: Maybe[str] = UNSET
    contextInstitutionId: Maybe[str] = UNSET  # noqa: N815
    context_institution_id: Maybe[str] = UNSET
    refresh_token: Maybe[str] = UNSET
    refresh_token_expires_in: Maybe[str] = UNSET
    refresh_token_expires_at: Maybe[str] = UNSET


def give_token(ask: Ask) -> Reply:
    """`POST /oauth2/accessToken`, `POST /token`: grant_type client_credentials, authorization_code or
    refresh_token, scope (WMS_ACQ, WMS_VIC, refresh_token, context:INSTITUTION), contextInstitutionId,
    authenticatingInstitutionId, code, redirect_uri, code_verifier, refresh_token."""
    held = credentials(ask)
    if held is None:
        raise RuntimeError("a token was asked for by nobody")
    asked = _asked(ask)
    grant = asked.get("grant_type", "").strip()
    if grant == REFRESH:
        token = asked.get("refresh_token", "").strip()
        return Reply(ask.write(lambda tx: _refreshed(tx, held, token)))
    if grant == CODE:
        _check_context(held, asked, [])
        return Reply(_redeemed(ask, held, asked))
    if grant != "client_credentials":
        raise Refusal(Problem("grant_unsupported", "grant_type", grant))
    words = asked.get("scope", "").replace(",", " ").split()
    scopes = _scopes(held, words)
    _check_context(held, asked, words)
    refresh_seconds = held.options.refresh_days * 86_400 if REFRESH in words else 0

    def work(tx: Tx) -> Token:
        issued = directory.issue_tokens(
            tx,
            held.known.key.id,
            held.principal,
            scopes,
            seconds=held.options.token_seconds,
            refresh_seconds=refresh_seconds,
        )
        return _shown(tx, held, issued, " ".join(words) or " ".join(scopes))

    return Reply(ask.write(work))


def _refreshed(tx: Tx, held: Credentials, token: str) -> Token:
    found = directory.refresh_token(tx, held.known.key.id, token, seconds=held.options.token_seconds)
    if found is None:
        raise Refusal(Problem("refresh_token_invalid", "refresh_token"))
    return _shown(tx, held, found.issued, " ".join(found.scopes), found.principal, found.namespace)


def _redeemed(ask: Ask, held: Credentials, asked: Mapping[str, str]) -> Token:
    """Tokens for a code; whoever acts is who let the program act, whoever else the call names."""

    def work(tx: Tx) -> Token | None:
        found = directory.redeem_code(
            tx,
            held.known.key.id,
            asked.get("code", "").strip(),
            redirect=asked.get("redirect_uri", "").strip(),
            verifier=asked.get("code_verifier", "").strip(),
            seconds=held.options.token_seconds,
            refresh_seconds=held.options.refresh_days * 86_400,
        )
        if found is None:
            return None
        return _shown(tx, held, found.issued, " ".join(found.scopes), found.principal, found.namespace)

    token = ask.write(work)  # kept even when nothing is given: a code redeemed twice ends what it brought
    if token is None:
        raise Refusal(Problem("code_invalid", "code"))
    return token


def _asked(ask: Ask) -> Mapping[str, str]:
    """The parameters: those of the query, then those of a form."""
    form = "form-urlencoded" in ask.headers.get("content-type", "").lower()
    sent = first_values(ask.body.decode("utf-8", "replace")) if form else {}
    return {**sent, **ask.params}


def _scopes(held: Credentials, words: list[str]) -> tuple[str, ...]:
    """The services asked for; all of the key's when none is named."""
    own = held.known.key.scopes
    asked = [word for word in words if word != REFRESH and not word.startswith(CONTEXT)]
    for word in asked:
        if word not in own:
            raise Refusal(Problem("scope_refused", "scope", word, valid=", ".join(own)))
    return tuple(dict.fromkeys(asked)) or own


def _check_context(held: Credentials, asked: Mapping[str, str], words: list[str]) -> None:
    named = [word.removeprefix(CONTEXT) for word in words if word.startswith(CONTEXT)]
    named += [asked.get(name, "") for name in ("contextInstitutionId", "authenticatingInstitutionId")]
    for institution in named:
        if institution and held.known.oclc_id and institution != held.known.oclc_id:
            raise Refusal(Problem("context_refused", "contextInstitutionId", institution))


def _shown(
    tx: Tx, held: Credentials, issued: Issued, scopes: str, principal: str = "", namespace: str = ""
) -> Token:
    acting = held.principal
    token = Token(
        access_token=issued.access,
        token_type="bearer",  # noqa: S106 no password
        expires_in=_seconds(tx.now, issued.expires),
        expires_at=_moment(issued.expires),
        principalID=principal or (acting.principal if acting else ""),
        principalIDNS=namespace or (acting.namespace if acting else ""),
        scopes=scopes,
        contextInstitutionId=held.known.oclc_id,
        context_institution_id=held.known.oclc_id,
    )
    if issued.refresh and issued.refresh_expires:
        token.refresh_token = issued.refresh
        token.refresh_token_expires_in = _seconds(tx.now, issued.refresh_expires)
        token.refresh_token_expires_at = _moment(issued.refresh_expires)
    return token


def _seconds(now: datetime, until: datetime) -> str:
    return str(round((until - now).total_seconds()))


def _moment(instant: datetime) -> str:
    """As clients parse it: a blank between day and time, Z at the end."""
    return f"{instant:%Y-%m-%d %H:%M:%SZ}"


ROUTES = tuple(Route("POST", path, "", give_token) for path in PATHS)
