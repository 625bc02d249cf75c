"""Settings: WSKeys of WorldShare clients, and whom these may act for. A secret is shown once, on the answer
to the form that made it."""

from __future__ import annotations

from openacq.directory import service as directory
from openacq.directory.service import SCOPES, JsonDialect, NewWsKey, Principal, WsKey, WsKeyWish
from openacq.doors.desk.seen import changes_of, check_seen, differences, hold, mark_of, named_in
from openacq.doors.desk.settings import RIGHT
from openacq.doors.desk.settings_parts import last_look
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.history.model import Change
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


def _page(tx: Tx, visit: Visit, made: NewWsKey | None, *, shown_before: bool = False) -> Rendered:
    keys = sorted(directory.every_wskey(tx), key=lambda key: (key.revoked is not None, key.name))
    return visit.show(
        "settings_wskeys.html",
        keys=keys,
        made=made,
        shown_before=shown_before,
        services=services(visit),
        dialects=dialects(visit),
        principals=directory.every_principal(tx),
    )


def make(visit: Visit) -> Rendered:
    """`POST /settings/wskeys`: make a WSKey and show its secret, once."""
    made: list[NewWsKey] = []

    def work(tx: Tx) -> str:
        key = directory.create_wskey(tx, _wish(visit))
        history.record(tx, KEY, key.key.id, [Change("made", None, key.key.name)], visit.user.primary_id)
        made[:] = [key]
        return str(key.key.id)

    visit.create(work)
    key = made[0] if made else None
    return visit.read(lambda tx: _page(tx, visit, key, shown_before=key is None))


def _wish(visit: Visit) -> WsKeyWish:
    limit = visit.value("rate_limit")
    problems = []
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 8):
        expected = "a number of calls per second"
        problems.append(Problem("value_wrong_type", "rate_limit", limit, expected=expected))
    dialect = visit.value("json")
    if dialect not in set(JsonDialect):
        valid = ", ".join(one.value for one in JsonDialect if one.value)
        problems.append(Problem("value_not_listed", "json", dialect, valid=valid))
    if not visit.value("name"):
        problems.append(Problem("field_missing", "name"))
    if not visit.values("scopes"):
        problems.append(Problem("field_missing", "scopes"))
    if visit.value("secret") and not visit.value("key"):
        problems.append(Problem("field_missing", "key"))
    if problems:
        raise Refusal(problems)
    return WsKeyWish(
        name=visit.value("name")[:100],
        scopes=tuple(visit.values("scopes")),
        json=JsonDialect(dialect),
        redirects=_addresses(visit),
        rate_limit=int(limit) if limit else None,
        client=visit.value("key"),
        secret=visit.value("secret"),
    )


def _addresses(visit: Visit) -> tuple[str, ...]:
    return tuple(dict.fromkeys(visit.value("redirect_uris").split()))


# -- one key ------------------------------------------------------------------------------------


def show_key(visit: Visit) -> Rendered:
    """`GET /settings/wskeys/{id}`."""

    def work(tx: Tx) -> Rendered:
        key = _key_of(tx, visit.path["id"])
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
    """`POST /settings/wskeys/{id}`: where people are sent back to who let it act for them."""

    def work(tx: Tx) -> WsKey:
        hold(tx)
        old = _key_of(tx, visit.path["id"])
        if old.revoked is not None:
            raise Refusal(Problem("wskey_not_found", "key", old.name))
        check_seen(visit, old.name, _cells(old))
        new = directory.set_redirects(tx, str(old.id), _addresses(visit))
        changes = changes_of(_cells(old), _cells(new))
        history.record(tx, KEY, old.id, changes, visit.user.primary_id)
        return new

    key = visit.write(work)
    return visit.go(f"/settings/wskeys/{key.id}", visit.say("Saved."))


def _cells(key: WsKey) -> dict[str, str]:
    return {"redirect_uris": "\n".join(key.redirects)}


def revoke(visit: Visit) -> Rendered:
    """`POST /settings/wskeys/revoke`: first what it means; with `sure` it is done, for good."""
    key_id = visit.value("key")

    def find(tx: Tx) -> WsKey:
        found = _key_of(tx, key_id)
        if found.revoked is not None:
            raise Refusal(Problem("wskey_not_found", "key", found.name))
        return found

    if not visit.value("sure"):
        key = visit.read(find)
        used = visit.language.moment(key.last_used, visit.place.zone) if key.last_used else visit.say("never")
        return last_look(
            visit,
            visit.say("Revoke “%(name)s”?", name=key.name),
            means=visit.say(
                "Whoever uses it is refused from now on, for good: a revoked key does not come back. Tokens "
                "given out for it end with it."
            ),
            facts={visit.say("Key"): key.client, visit.say("Last used"): used},
            path="/settings/wskeys/revoke",
            fields={"key": key_id},
            back="/settings/wskeys",
            button=visit.say("Revoke it"),
        )

    def work(tx: Tx) -> WsKey:
        key = find(tx)
        directory.revoke_wskey(tx, str(key.id))
        history.record(tx, KEY, key.id, [Change("revoked", None, key.name)], visit.user.primary_id)
        return key

    key = visit.write(work)
    return visit.go("/settings/wskeys", visit.say("Key “%(name)s” is revoked.", name=key.name))


def _key_of(tx: Tx, key_id: str) -> WsKey:
    """The WSKey of an id. Raises Refusal wskey_not_found."""
    found = next((key for key in directory.every_wskey(tx) if str(key.id) == key_id), None)
    if found is None:
        raise Refusal(Problem("wskey_not_found", "key", key_id))
    return found


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
    Page("POST", "/settings/wskeys/revoke", revoke, right=RIGHT, again=show),
    Page("GET", "/settings/wskeys/{id}", show_key, right=RIGHT),
    Page("POST", "/settings/wskeys/{id}", change, right=RIGHT, again=show_key),
    Page("GET", "/settings/principals", edit_principal, right=RIGHT),
    Page("POST", "/settings/principals", save_principal, right=RIGHT, again=edit_principal),
)
