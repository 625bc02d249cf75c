"""`/wskeys` and `/principals`: who comes in through the WMS door, for whoever sets clients up by script."""

from __future__ import annotations

from openacq.directory import service as directory
from openacq.directory.service import JsonDialect, NewWsKey, Principal, WsKey
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx
from openacq.wire.model import UNSET, Maybe, Wire, moment_text


class WsKeyShown(Wire):
    """`secret` stands in the answer that made the key, and nowhere else."""

    id: Maybe[int] = UNSET
    key: Maybe[str] = UNSET
    secret: Maybe[str] = UNSET
    name: Maybe[str] = UNSET
    scopes: Maybe[list[str]] = UNSET
    json: Maybe[str] = UNSET
    redirect_uris: Maybe[list[str]] = UNSET
    rate_limit: Maybe[int | None] = UNSET
    demo: Maybe[bool] = UNSET
    created: Maybe[str] = UNSET
    revoked: Maybe[str] = UNSET
    last_used: Maybe[str] = UNSET


class WsKeys(Wire):
    wskey: Maybe[list[WsKeyShown]] = UNSET


class PrincipalShown(Wire):
    principal_id: Maybe[str] = UNSET
    principal_idns: Maybe[str] = UNSET
    user: Maybe[str] = UNSET
    access: Maybe[str] = UNSET
    status: Maybe[str] = UNSET


class Principals(Wire):
    principal: Maybe[list[PrincipalShown]] = UNSET


def list_wskeys(ask: Ask) -> Reply:
    """`GET /wskeys`: the WSKeys of the institution, oldest first, without their secrets."""
    found = ask.read(directory.every_wskey)
    return Reply(WsKeys(wskey=[_shown(key) for key in found]))


def create_wskey(ask: Ask) -> Reply:
    """`POST /wskeys`: make one: name, scopes (WMS_ACQ, WMS_VIC; both), json (atom or plain), redirect_uris,
    rate_limit; key and secret to go on with those a client has. The secret is in this answer alone."""
    _may_give(ask)
    body = ask.model(WsKeyShown)
    dialect = (body.json or "").strip().lower()
    if dialect not in tuple(JsonDialect):
        raise Refusal(Problem("value_not_listed", "json", dialect, valid="atom, plain"))
    wish = directory.WsKeyWish(
        name=body.name or "",
        scopes=tuple(body.scopes or directory.SCOPES),
        json=JsonDialect(dialect),
        redirects=tuple(body.redirect_uris or ()),
        rate_limit=body.rate_limit or None,
        client=body.key or "",
        secret=body.secret or "",
    )

    def work(tx: Tx) -> NewWsKey:
        made = directory.create_wskey(tx, wish)
        ask.subject = made.key.client
        return made

    made = ask.write(work)
    shown = _shown(made.key)
    shown.secret = made.secret
    return Reply(shown)


def revoke_wskey(ask: Ask) -> Reply:
    """`DELETE /wskeys/{wskey}`: revoke it, by its id, key or name; for good, with its tokens."""
    _may_give(ask)
    return Reply(_shown(ask.write(lambda tx: directory.revoke_wskey(tx, ask.path["wskey"]))))


def list_principals(ask: Ask) -> Reply:
    """`GET /principals`: the users WorldShare clients may act for."""
    found = ask.read(directory.every_principal)
    return Reply(Principals(principal=[_told(one) for one in found]))


def put_principal(ask: Ask) -> Reply:
    """`POST /principals`: add or change one: principal_id, principal_idns, user (a primary id), access (read
    or write), status (ACTIVE or INACTIVE). What is left out stays."""
    _may_give(ask)
    body = ask.model(PrincipalShown)
    names = ("principal_id", "principal_idns", "user", "access", "status")
    row: dict[str, object] = {name: getattr(body, name) or "" for name in names}

    def work(tx: Tx) -> Principal:
        (verdict,) = directory.load(tx, "principal", [row])
        if verdict.problems:
            raise Refusal(verdict.problems)
        return next(
            one
            for one in directory.every_principal(tx)
            if (one.principal, one.namespace) == (body.principal_id, body.principal_idns)
        )

    return Reply(_told(ask.write(work)))


def _may_give(ask: Ask) -> None:
    """A key cannot hand on what it may not do itself."""
    if not ask.caller.may("acq", write=True):
        raise Refusal(Problem("key_refused", "apikey", "", reason="it has no right to change acq"))


def _shown(key: WsKey) -> WsKeyShown:
    return WsKeyShown(
        id=key.id,
        key=key.client,
        name=key.name,
        scopes=list(key.scopes),
        json=key.json.value or UNSET,
        redirect_uris=list(key.redirects),
        rate_limit=key.rate_limit if key.rate_limit is not None else UNSET,
        demo=key.demo,
        created=moment_text(key.created) if key.created else UNSET,
        revoked=moment_text(key.revoked) if key.revoked else UNSET,
        last_used=moment_text(key.last_used) if key.last_used else UNSET,
    )


def _told(one: Principal) -> PrincipalShown:
    return PrincipalShown(
        principal_id=one.principal,
        principal_idns=one.namespace,
        user=one.user or UNSET,
        access=one.access.value,
        status="ACTIVE" if one.active else "INACTIVE",
    )


ROUTES = (
    Route("GET", "/wskeys", "own", list_wskeys, open_to_vendors=False),
    Route("POST", "/wskeys", "own", create_wskey, write=True, open_to_vendors=False),
    Route("DELETE", "/wskeys/{wskey}", "own", revoke_wskey, write=True, open_to_vendors=False),
    Route("GET", "/principals", "own", list_principals, open_to_vendors=False),
    Route("POST", "/principals", "own", put_principal, write=True, open_to_vendors=False),
)
