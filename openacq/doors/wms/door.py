"""The WMS dialect as the hall sees it: who calls, how bodies are read and answers written.

A caller is known by the signature of a WSKey or by a token; who acts (the principal) is checked, and what
key and principal may. Paths are brought into one form before a route is looked for.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac as digests
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from openacq.directory import service as directory
from openacq.directory.model import Caller
from openacq.directory.service import KnownKey, Principal, WsKeyRing
from openacq.doors.entrance import Entrance
from openacq.doors.hall import Ask, Rendered, Reply, Route
from openacq.doors.wms import authorizing, hmac
from openacq.doors.wms.call import Credentials, Options, received, wish
from openacq.doors.wms.errors import Error, document, in_oauth_form
from openacq.doors.wms.paths import canonical
from openacq.doors.wms.routes import ROUTES
from openacq.doors.wms.tokens import OAUTH_PATH, Token
from openacq.doors.wms.tokens import PATHS as TOKEN_PATHS
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx, claims
from openacq.wire.atom import AtomResource, Entry, Feed, to_atom, to_plain_json
from openacq.wire.model import Wire, to_json, to_xml
from openacq.wire.negotiate import CONTENT_TYPES

W = TypeVar("W", bound=Wire)

CHARSET = ";charset=UTF-8"
_log = structlog.get_logger("openacq.doors.wms")


class WmsDoor:
    """Root: `/purchaseorders`, `/vendors`, `/budgets`, `/acquisitions`, `/oauth2`, `/auth`, `/token`."""

    name = "wms"
    prefix = ""
    routes = ROUTES

    def secret(self, _ask: Ask) -> str:
        """Nobody is known by an API key here."""
        return ""

    def read(self, ask: Ask, model: type[W], gather: list[Problem] | None) -> W:
        if not issubclass(model, AtomResource):
            raise TypeError(f"{model.__name__} is no resource of this door")
        return received(ask, model, gather=gather).resource

    def canonical(self, model: Any) -> bytes:
        return to_plain_json(model) if isinstance(model, AtomResource) else to_json(model)

    def render(self, ask: Ask, reply: Reply) -> Rendered:
        model = reply.model
        if isinstance(model, Rendered):
            return model
        wanted = wish(ask)
        if model is None:
            return Rendered(reply.status, b"", wanted.media + CHARSET, reply.headers)
        if isinstance(model, Entry | Feed):
            store = ask.hall.store
            zone = ask.known_caller.zone if ask.known_caller else "UTC"
            body = to_atom(model, wanted.form, now=store.clock.now(), zone=zone)
            return Rendered(reply.status, body, wanted.media + CHARSET, reply.headers)
        as_json = "json" in wanted.form or is_for_tokens(ask)
        body = to_json(model) if as_json else to_xml(model)
        return Rendered(reply.status, body, CONTENT_TYPES["json" if as_json else "xml"], reply.headers)

    def refuse(self, ask: Ask, problems: tuple[Problem, ...]) -> Rendered:
        status, error = document(problems)
        if canonical(ask.target)[0] == OAUTH_PATH:
            error = in_oauth_form(error, problems[0])
        headers = {"Retry-After": "1"} if status == 429 else {}
        if problems[0].slug == "method_unknown":
            headers["Allow"] = str(problems[0].facts.get("allowed", ""))
        if status == 401:
            headers["WWW-Authenticate"] = _challenge(ask)
        return self.render(ask, Reply(error, status, headers))


def is_for_tokens(ask: Ask) -> bool:
    return canonical(ask.target)[0] in TOKEN_PATHS


def _challenge(ask: Ask) -> str:
    return 'Basic realm="token"' if is_for_tokens(ask) else 'WSKeyV2 realm="openacq", Bearer realm="openacq"'


class WmsEntrance(Entrance):
    """The entrance of this door. `ring` knows keys, principals and tokens."""

    def __init__(self, door: WmsDoor, *args: Any, ring: WsKeyRing, options: Options, **named: Any) -> None:
        super().__init__(door, *args, **named)
        self._ring = ring
        self._options = options

    def _route(self, ask: Ask) -> Route:
        return self._routes.find(ask, canonical(ask.target)[0])

    def _admit(self, ask: Ask) -> None:
        if not authorizing.is_for_browsers(ask):
            super()._admit(ask)

    def _recall(self, caller: Caller) -> Credentials | None:
        """The WSKey and the principal a logged call was made with. It counts as unsigned: nobody sends it a
        second time."""

        def look(tx: Tx) -> Credentials | None:
            known = directory.known_wskey(tx, caller.key_id)
            if known is None:
                return None
            return Credentials(known, self._options, directory.acting_principal(tx, caller.principal_id))

        return self._services.store.read(look, institution=caller.institution, zone=caller.zone)

    def _recognise(self, ask: Ask) -> Caller:
        header = ask.headers.get("authorization", "").strip()
        if hmac.is_signed(header):
            return self._signed(ask, header)
        scheme, _, rest = header.partition(" ")
        for_tokens = is_for_tokens(ask)
        if scheme.lower() == "bearer" and not for_tokens:
            return self._bearer(ask, rest.strip())
        if scheme.lower() == "basic" and for_tokens:
            return self._basic(ask, rest.strip())
        raise Refusal(Problem("credentials_missing"))

    def _allow(self, ask: Ask, route: Route) -> None:
        if not route.area or ask.caller.may(route.area, write=route.write):
            return
        held = ask.credentials
        if isinstance(held, Credentials) and held.principal and not held.principal.writes and route.write:
            raise Refusal(Problem("principal_reads_only", "principalID", held.principal.principal))
        raise Refusal(Problem("scope_lacking", "scope", ask.target))

    # -- signed -----------------------------------------------------------------------------

    def _signed(self, ask: Ask, header: str) -> Caller:
        signature = hmac.parse(header)
        if signature is None:
            raise Refusal(Problem("credentials_missing"))
        known = self._key(signature.key)
        self._check_signature(ask, signature, known)
        self._check_time(signature, known)
        principal = self._principal(ask, known, signature.principal_id, signature.principal_ns)
        once = f"wskey {known.key.id} {signature.timestamp} {signature.nonce}"
        return self._hold(ask, Credentials(known, self._options, principal, once))

    def _key(self, client: str) -> KnownKey:
        known = self._ring.key(client)
        if known is None:
            raise Refusal(Problem("wskey_invalid", "clientId", client))
        return known

    def _check_signature(self, ask: Ask, signature: hmac.Signature, known: KnownKey) -> None:
        if hmac.fits(signature, known.secret, ask.method, ask.query):
            return
        expected = next(hmac.normalized(signature, ask.method, ask.query))
        _log.info("signature", request_id=ask.tracking, wskey=signature.key, expected=expected)
        raise Refusal(Problem("signature_invalid", "signature", signature.signature))

    def _check_time(self, signature: hmac.Signature, known: KnownKey) -> None:
        minutes = self._options.signature_minutes
        store = self._services.store
        if minutes:
            said, now = signature.seconds, store.clock.now().timestamp()
            if said is None or abs(now - said) > minutes * 60:
                raise Refusal(Problem("signature_stale", "timestamp", signature.timestamp, minutes=minutes))
        if self._options.nonce == "once":
            used = f"{known.key.id} {signature.timestamp} {signature.nonce}".encode()
            claim = f"nonce:{hashlib.sha256(used).hexdigest()}"
            lasts = timedelta(minutes=2 * minutes) if minutes else timedelta(days=1)

            def take(tx: Tx) -> bool:
                return claims.take(tx, claim, "", tx.now + lasts) is None

            if not store.write(take, institution=known.institution, zone=known.zone):
                raise Refusal(Problem("nonce_used", "nonce", signature.nonce))

    # -- tokens -----------------------------------------------------------------------------

    def _bearer(self, ask: Ask, text: str) -> Caller:
        token = self._ring.token(text)
        if token is None or token.refreshes:
            raise Refusal(Problem("token_invalid"))
        principal: Principal | None = None
        if token.principal:
            principal = self._acting(token.known, token.principal, token.namespace)
        elif _named(ask)[0]:
            principal = self._principal(ask, token.known, "", "")
        return self._hold(ask, Credentials(token.known, self._options, principal), token.scopes)

    def _basic(self, ask: Ask, text: str) -> Caller:
        client, secret = _user_and_password(text)
        known = self._key(client)
        if not digests.compare_digest(known.secret.encode(), secret.encode("utf-8", "surrogateescape")):
            raise Refusal(Problem("basic_invalid"))
        principal = self._principal(ask, known, "", "") if _named(ask)[0] else None
        return self._hold(ask, Credentials(known, self._options, principal))

    # -- who acts, and where ----------------------------------------------------------------

    def _principal(self, ask: Ask, known: KnownKey, principal_id: str, namespace: str) -> Principal | None:
        """The principal of the header, else of the query. Refused principal_missing, principal_unknown."""
        if not principal_id:
            principal_id, namespace = _named(ask)
        rule = self._options.principal
        if rule == "ignored":
            return self._ring.principal(known.institution, principal_id, namespace) if principal_id else None
        if principal_id:
            return self._acting(known, principal_id, namespace)
        if rule == "optional" or is_for_tokens(ask):
            return None
        raise Refusal(Problem("principal_missing", "principalID"))

    def _acting(self, known: KnownKey, principal_id: str, namespace: str) -> Principal:
        found = self._ring.principal(known.institution, principal_id, namespace)
        if found is None:
            raise Refusal(Problem("principal_unknown", "principalID", principal_id))
        return found

    def _hold(self, ask: Ask, held: Credentials, scopes: tuple[str, ...] | None = None) -> Caller:
        """Keep by what the caller is known, when it is of the institution that is asked."""
        ask.credentials = held
        asked, own = _institution(ask), held.known.oclc_id
        if asked and own and asked != own:
            raise Refusal(Problem("institution_other", "inst", asked))
        return held.known.caller(held.principal, scopes)


def _named(ask: Ask) -> tuple[str, str]:
    """principalID and principalIDNS of the query, in either spelling, in any case."""
    params = {name.lower(): value.strip() for name, value in ask.params.items()}
    return _either(params, "principalid", "principleid"), _either(params, "principalidns", "principleidns")


def _either(params: Mapping[str, str], name: str, other: str) -> str:
    return params.get(name) or params.get(other, "")


def _institution(ask: Ask) -> str:
    """The institution the call names: `inst`, or the first label of the host when that is a number."""
    named = ask.params.get("inst", "").strip()
    label = ask.headers.get("host", "").partition(".")[0]
    by_host = label if label.isascii() and label.isdigit() and _has_share(ask) else ""
    return named or by_host


def _has_share(ask: Ask) -> bool:
    """Whether the host is `NUMBER.share.…`, not an address of digits."""
    return ask.headers.get("host", "").lower().split(".")[1:2] == ["share"]


def _user_and_password(text: str) -> tuple[str, str]:
    try:
        decoded = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        raise Refusal(Problem("credentials_missing")) from None
    client, _, secret = decoded.partition(":")
    return client, secret


__all__ = ["Error", "Token", "WmsDoor", "WmsEntrance"]
