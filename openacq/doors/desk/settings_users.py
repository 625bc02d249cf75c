"""Settings: users, their roles and where these hold, their passwords."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.directory.model import Role, Status, User
from openacq.doors.desk.seen import check_seen, differences, hold, mark_of
from openacq.doors.desk.settings import RIGHT
from openacq.doors.hall import Rendered
from openacq.doors.pages.lists import Choice, Facet, Listing, page_of
from openacq.doors.pages.model import Page
from openacq.doors.pages.rights import RIGHTS
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx

USER = "user"
ROLES = "HFrUserRoles.roleType"
TYPED = ("first_name", "last_name", "email", "language")
SHORTEST_PASSWORD = 8


def list_users(visit: Visit) -> Rendered:
    """`GET /settings/users?q=`; with `who` staff those who have a role at a desk."""
    limit, offset = page_of(visit)
    staff = visit.param("who") == "staff"

    def work(tx: Tx) -> Rendered:
        words = visit.param("q")
        if staff and not words:
            everyone = directory.staff(tx)
            users, total = list(everyone[offset : offset + limit]), len(everyone)
        else:
            page = directory.find_users(tx, [("", words)] if words else [], limit=limit, offset=offset)
            users, total = list(page.users), page.total
        return visit.show(
            "settings_users.html",
            listing=Listing(
                "users",
                visit.say("Users"),
                users,
                total,
                offset,
                limit,
                facets=(
                    Facet("who", visit.say("Who"), (Choice("staff", visit.say("staff only")),), single=True),
                ),
                search=visit.say("Name, id, address or barcode"),
                empty=visit.say("Nobody is found."),
            ),
            roles={row.code: row.description for row in codes.rows(tx, ROLES)},
        )

    return visit.read(work)


def show_user(visit: Visit) -> Rendered:
    """`GET /settings/users/{id}`; the id "new" for another one."""

    def work(tx: Tx) -> Rendered:
        user = _user_of(tx, visit)
        roles = {row.code: row.description for row in codes.rows(tx, ROLES)}
        kept = _cells(user)
        ours = sorted({code for each in RIGHTS.values() for code in each}, key=int)
        return visit.show(
            "settings_user.html",
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            user=user,
            roles=roles,
            offered=[(code, roles.get(code, code)) for code in ours],
            scopes=[
                (visit.place.code, visit.say("every library")),
                *((library.code, library.name) for library in directory.libraries(tx)),
            ],
            own=user is not None and user.id == visit.user.id,
            admin=RIGHTS["admin"],
            changes=history.of(tx, USER, user.primary_id) if user else (),
        )

    return visit.read(work)


def save_user(visit: Visit) -> Rendered:
    """`POST /settings/users/{id}`: names, address, language, and a password if one was typed."""

    def work(tx: Tx) -> str:
        hold(tx)
        old = _user_of(tx, visit)
        check_seen(visit, old.primary_id if old else "", _cells(old))
        primary_id = old.primary_id if old else visit.value("primary_id")
        if old is None and directory.user(tx, primary_id) is not None:
            raise Refusal(Problem("code_taken", "primary_id", primary_id))
        password = visit.form.get("password", [""])[0]
        if password and len(password) < SHORTEST_PASSWORD:
            expected = f"at least {SHORTEST_PASSWORD} characters"
            raise Refusal(Problem("value_wrong_type", "password", "", expected=expected))
        cells = {name: visit.value(name) for name in TYPED}
        row: dict[str, object] = {"primary_id": primary_id, "password": password, **cells}
        if old is None:
            row["record_type"] = "STAFF"
        (verdict,) = directory.load(tx, USER, [row])
        if verdict.problems:
            raise Refusal(verdict.problems)
        new = directory.user(tx, primary_id)
        if new is not None:
            _note(tx, visit, old, new, password=bool(password))
        return primary_id

    primary_id = visit.create(work)
    return visit.go(f"/settings/users/{quote(primary_id, safe='')}", visit.say("Saved."))


def _cells(user: User | None) -> dict[str, str]:
    """A user as the form has them."""
    return {name: getattr(user, name) for name in TYPED} if user else {}


def change(visit: Visit) -> Rendered:
    """`POST /settings/users/{id}/change`: give or take a role, switch the user on or off."""
    do = visit.value("do")

    def work(tx: Tx) -> User:
        old = _user_of(tx, visit)
        if old is None:
            raise Refusal(Problem("user_unknown", "id", visit.path["id"]))
        if do in ("on", "off"):
            _keep_own(visit, old, do == "off", "26")
            new = replace(old, status=Status.ACTIVE if do == "on" else Status.INACTIVE, status_date=tx.today)
        else:
            role = Role(visit.value("role"), visit.value("scope") or visit.place.code)
            _check(tx, visit, role)
            kept = tuple(each for each in old.roles if (each.type, each.scope) != (role.type, role.scope))
            if do == "take":
                _keep_own(visit, old, role.type in RIGHTS["admin"], role.type)
                new = replace(old, roles=kept)
            else:
                new = replace(old, roles=(*kept, role))
        directory.put_user(tx, new)
        _note(tx, visit, old, new, password=False)
        return new

    visit.write(work)
    path = f"/settings/users/{quote(visit.path['id'], safe='')}"
    opposite = {"take": "give", "give": "take", "on": "off", "off": "on"}[
        do if do in ("take", "on", "off") else "give"
    ]
    fields = {"do": opposite, "role": visit.value("role"), "scope": visit.value("scope")}
    return visit.go(path, visit.say("Saved."), undo=f"{path}/change", fields=fields)


def _check(tx: Tx, visit: Visit, role: Role) -> None:
    problems = []
    if codes.row(tx, ROLES, role.type) is None:
        problems.append(Problem("code_illegal", "role", role.type, table=ROLES, probable=""))
    if role.scope != visit.place.code and directory.library(tx, role.scope) is None:
        problems.append(Problem("library_unknown", "scope", role.scope, probable=""))
    if problems:
        raise Refusal(problems)


def _keep_own(visit: Visit, user: User, loses: bool, role: str) -> None:
    """Administrators do not lock themselves out."""
    if loses and user.id == visit.user.id:
        raise Refusal(Problem("role_own", "role", role))


def _user_of(tx: Tx, visit: Visit) -> User | None:
    """The user of the address, None for a new one. Raises Refusal user_unknown."""
    given = visit.path["id"]
    found = directory.user(tx, given)
    if found is None and given != "new":
        raise Refusal(Problem("record_missing", "user", given, what="User"))
    return found


def _note(tx: Tx, visit: Visit, old: User | None, new: User, *, password: bool) -> None:
    changes = [
        Change(name, getattr(old, name) if old else None, getattr(new, name))
        for name in ("first_name", "last_name", "email", "language", "status")
    ]
    changes.append(Change("roles", _spelled(old), _spelled(new)))
    if password:
        changes.append(Change("password", None, "set anew"))
        if new.id != visit.user.id:  # whoever knew the old one is signed out
            directory.close_all_sessions(tx, new.id)
    history.record(tx, USER, new.primary_id, changes, visit.user.primary_id)


def _spelled(user: User | None) -> str | None:
    return ", ".join(f"{role.type}@{role.scope}" for role in user.roles) if user else None


PAGES = (
    Page("GET", "/settings/users", list_users, right=RIGHT),
    Page("GET", "/settings/users/{id}", show_user, right=RIGHT),
    Page("POST", "/settings/users/{id}", save_user, right=RIGHT, again=show_user),
    Page("POST", "/settings/users/{id}/change", change, right=RIGHT, again=show_user),
)
