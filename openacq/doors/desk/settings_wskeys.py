"""Settings: WSKeys of WorldShare clients, and whom these may act for. A secret is shown once, on the answer
to the form that made it."""

from __future__ import annotations

from dataclasses import replace

from openacq.directory import service as directory
from openacq.directory.service import SCOPES, JsonDialect, NewWsKey, Principal, WsKey, WsKeyWish
from openacq.doors.desk.seen import changes_of, check_seen, differences, hold, mark_of, named_in
from openacq.doors.desk.settings import RIGHT
from openacq.doors.desk.settings_key_parts import Keys, Made, limit_of
from openacq.doors.desk.settings_parts import together
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import later
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx

KEY, PRINCIPAL = "wskey", "principal"


def services(visit: Visit) -> dict[str, str]:
    """What a WSKey may be for, in words."""
    words = {
        "WMS_ACQ": visit.say("Acquisitions: orders, funds (WMS_ACQ)"),
        "WMS_VIC": visit.say("Vendors (WMS_VIC)"),
    }
    return {scope: words.get(scope, scope) for scope in SCOPES}


def dialects(visit: Visit) -> dict[str, str]:
    """What a client that asks for JSON gets, in words."""
    return {
        "": visit.say("as the server's settings say"),
        "atom": visit.say("entries, as of 2012"),
        "plain": visit.say("plain objects, as newer clients read them"),
    }


# -- all keys -----------------------------------------------------------------------------------


def show(visit: Visit) -> Rendered:
    """`GET /settings/wskeys`."""
    return visit.read(lambda tx: _page(tx, visit, None))


def _page(tx: Tx, visit: Visit, made: Made[WsKey] | None, *, shown_before: bool = False) -> Rendered:
    return visit.show(
        "settings_wskeys.html",
        keys=KEYS.listed(tx),
        made=made,
        shown_before=shown_before,
        services=services(visit),
        dialects=dialects(visit),
        principals=directory.every_principal(tx),
    )


def make(visit: Visit) -> Rendered:
    """`POST /settings/wskeys`: make a WSKey and show its secret, once."""

    def create(tx: Tx) -> NewWsKey:
        wish, wrong = _wish(visit)
        wish = replace(wish, client=visit.value("key"), secret=visit.value("secret"))
        if wish.secret and not wish.client:
            wrong.append(Problem("field_missing", "key"))
        return together(wrong, lambda: directory.create_wskey(tx, wish))

    return KEYS.make(visit, create, lambda tx, made: _page(tx, visit, made, shown_before=made is None))


def _wish(visit: Visit) -> tuple[WsKeyWish, list[Problem]]:
    """What was typed of a key, new or known, and what is wrong with it."""
    limit, wrong = limit_of(visit)
    dialect = visit.value("json")
    if dialect not in set(JsonDialect):
        valid = ", ".join(one.value for one in JsonDialect if one.value)
        wrong.append(Problem("value_not_listed", "json", dialect, valid=valid))
        dialect = ""
    wish = WsKeyWish(
        name=visit.value("name"),
        scopes=tuple(dict.fromkeys(visit.values("scopes"))),
        json=JsonDialect(dialect),
        redirects=_addresses(visit),
        rate_limit=limit,
    )
    return wish, wrong


def _addresses(visit: Visit) -> tuple[str, ...]:
    return tuple(dict.fromkeys(visit.value("redirect_uris").split()))


# -- one key ------------------------------------------------------------------------------------


def show_key(visit: Visit) -> Rendered:
    """`GET /settings/wskeys/{id}`."""

    def work(tx: Tx) -> Rendered:
        key = KEYS.of(tx, visit.path["id"])
        kept = _cells(key)
        return visit.show(
            "settings_wskey.html",
            key=key,
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            services=services(visit),
            dialects=dialects(visit),
            changes=history.of(tx, KEY, key.id),
        )

    return visit.read(work)


def change(visit: Visit) -> Rendered:
    """`POST /settings/wskeys/{id}`: what it is called, what it may do, how it is answered, and where people
    are sent back to who let it act for them. Key and secret stay."""

    def write(tx: Tx, key: WsKey) -> WsKey:
        wish, wrong = _wish(visit)
        return together(wrong, lambda: directory.change_wskey(tx, str(key.id), wish))

    return KEYS.change(visit, write)


def _cells(key: WsKey) -> dict[str, str]:
    """A key as its form has it."""
    return {
        "name": key.name,
        "scopes": "; ".join(key.scopes),
        "json": key.json.value,
        "rate_limit": "" if key.rate_limit is None else str(key.rate_limit),
        "redirect_uris": "\n".join(key.redirects),
    }


KEYS = Keys(
    kind=KEY,
    page="/settings/wskeys",
    missing="wskey_not_found",
    means=later(
        "Whoever uses it is refused from now on, for good: a revoked key does not come back. Tokens "
        "given out for it end with it."
    ),
    every=directory.every_wskey,
    cells=_cells,
    shown=lambda visit, key: {visit.say("Key"): key.client},
    end=directory.revoke_wskey,
)


# -- whom clients act for -----------------------------------------------------------------------


def edit_principal(visit: Visit) -> Rendered:
    """`GET /settings/principals?principal_id=&principal_idns=`; without them another one."""

    def work(tx: Tx) -> Rendered:
        one = _principal_of(tx, visit)
        kept = _principal_cells(one)
        subject = f"{one.principal} {one.namespace}" if one else ""
        different = differences(visit, kept)
        return visit.show(
            "settings_principal.html",
            one=one,
            kept=kept,
            mark_of=mark_of,
            different=different,
            known=named_in(tx, different),
            changes=history.of(tx, PRINCIPAL, subject) if one else (),
        )

    return visit.read(work)


def save_principal(visit: Visit) -> Rendered:
    """`POST /settings/principals?principal_id=&principal_idns=`."""

    def work(tx: Tx) -> str:
        hold(tx)
        old = _principal_of(tx, visit)
        before = _principal_cells(old)
        check_seen(visit, old.principal if old else "", before)
        named = (old.principal, old.namespace) if old else (
            visit.value("principal_id"), visit.value("principal_idns"),
        )  # fmt: skip
        if old is None and _known(tx, *named) is not None:
            raise Refusal(Problem("code_taken", "principal_id", named[0]))
        row: dict[str, object] = {
            "principal_id": named[0],
            "principal_idns": named[1],
            **{name: visit.value(name) for name in ("user", "access", "status")},
        }
        changes = changes_of(before, _principal_cells(directory.put_principal(tx, row)))
        history.record(tx, PRINCIPAL, " ".join(named), changes, visit.user.primary_id)
        return named[0]

    if visit.param("principal_id"):
        visit.write(work)
    else:
        visit.create(work)
    return visit.go("/settings/wskeys", visit.say("Saved."))


def _principal_of(tx: Tx, visit: Visit) -> Principal | None:
    """The principal of the address, None for a new one. Raises Refusal record_missing."""
    name, namespace = visit.param("principal_id"), visit.param("principal_idns")
    if not name:
        return None
    found = _known(tx, name, namespace)
    if found is None:
        raise Refusal(Problem("record_missing", "principal_id", name, what="User"))
    return found


def _known(tx: Tx, name: str, namespace: str) -> Principal | None:
    everyone = directory.every_principal(tx)
    return next((one for one in everyone if (one.principal, one.namespace) == (name, namespace)), None)


def _principal_cells(one: Principal | None) -> dict[str, str]:
    if one is None:
        return {}
    return {
        "user": one.user,
        "access": one.access.value,
        "status": "ACTIVE" if one.active else "INACTIVE",
    }


PAGES = (
    Page("GET", "/settings/wskeys", show, right=RIGHT),
    Page("POST", "/settings/wskeys", make, right=RIGHT, again=show),
    Page("POST", "/settings/wskeys/revoke", KEYS.revoke, right=RIGHT, again=show),
    Page("GET", "/settings/wskeys/{id}", show_key, right=RIGHT),
    Page("POST", "/settings/wskeys/{id}", change, right=RIGHT, again=show_key),
    Page("GET", "/settings/principals", edit_principal, right=RIGHT),
    Page("POST", "/settings/principals", save_principal, right=RIGHT, again=edit_principal),
)
