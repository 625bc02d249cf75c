"""Signing in and out.

Staff and patrons give a name (or a library number) and a password; a patron may ask for a link by mail
instead. Attempts are counted by name and by caller. A form that was sent after its session had ended is
kept in the sign-in page and shown again afterwards; nothing of it is carried out by signing in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from openacq.directory import service as directory
from openacq.directory.model import Institution, User
from openacq.doors.hall import Rendered
from openacq.doors.pages.attempts import Attempts
from openacq.doors.pages.visit import HTML, OWN_FIELDS, Visit
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx

KEPT = "kept."
"""Fields of a form that is kept carry this before their names."""
MOST_KEPT = 65_536
SECRETS = frozenset({"password", "user_password"})
"""Last parts of the names of fields that no page may hold."""
KEY = "openacq_"
TRY_COOKIE = "openacq_try"
ANY = 0
HASHING = threading.BoundedSemaphore(2)
"""Passwords compared at the same time: each takes a processor and much memory for a moment."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    institution: Institution
    user: User
    secret: str


def cookie_of(visit: Visit) -> str:
    return KEY + visit.door.who


def sign_in(visit: Visit, attempts: Attempts, admits: Callable[[User], bool]) -> SignedIn:
    """Who the typed name and password belong to, signed in. Raises Refusal: sign_in_often,
    sign_in_failed, sign_in_right."""
    name = visit.value("name")
    place = chosen_institution(visit)
    problem = attempts.take(f"{place.code if place else ''}/{name}", visit.client)
    if problem is not None:
        raise Refusal(problem)
    if place is None:
        raise Refusal(Problem("sign_in_failed", "name"))
    password = visit.form.get("password", [""])[0]

    def work(tx: Tx) -> User | None:
        return directory.authenticate_user(tx, name, password, local=visit.local)

    with HASHING:
        user = visit.store.read(work, institution=place.id, zone=place.zone)
    if user is None:
        raise Refusal(Problem("sign_in_failed", "name"))
    if not admits(user):
        raise Refusal(Problem("sign_in_right", "name", user.full_name or user.primary_id))
    attempts.forget(f"{place.code}/{name}", visit.client)
    who = visit.door.who
    secret = visit.store.write(
        lambda tx: directory.open_session(tx, user, who), institution=place.id, zone=place.zone
    )
    return SignedIn(place, user, secret)


def institutions(visit: Visit) -> tuple[Institution, ...]:
    """Where one may sign in."""
    return visit.store.read(directory.every_institution, institution=ANY)


def chosen_institution(visit: Visit) -> Institution | None:
    """The institution typed or named in the address; the only one where there is one."""
    known = institutions(visit)
    asked = visit.value("institution") or visit.param("institution")
    if not asked:
        return known[0] if len(known) == 1 else None
    return next((one for one in known if one.code == asked), None)


def show_sign_in(visit: Visit, *, after: str = "", kept: Mapping[str, list[str]] | None = None) -> Rendered:
    """The sign-in page; `after` is where to go then, `kept` a form that was sent without a session."""
    known = institutions(visit)
    place = visit.value("institution") or visit.param("institution")
    return visit.show(
        "sign_in.html",
        status=401 if after and visit.method == "POST" else 200,
        after=safe_path(visit, after or visit.value("after") or visit.param("after")),
        kept=[(KEPT + name, value) for name, values in (kept or {}).items() for value in values],
        institutions=known if len(known) > 1 else (),
        chosen=place,
        name=visit.value("name"),
    )


def kept_form(visit: Visit) -> dict[str, list[str]]:
    """The form that was kept in the sign-in page."""
    return {name[len(KEPT) :]: values for name, values in visit.form.items() if name.startswith(KEPT)}


def to_keep(visit: Visit) -> dict[str, list[str]]:
    """What of the form that was sent is worth keeping, passwords not; nothing when it is too large."""
    fields = {
        name: values
        for name, values in visit.form.items()
        if name not in OWN_FIELDS and name.rpartition(".")[2] not in SECRETS
    }
    size = sum(len(name) + len(value) for name, values in fields.items() for value in values)
    return fields if size <= MOST_KEPT else {}


def safe_path(visit: Visit, path: str) -> str:
    """A path of this door to go on to; its home for anything else."""
    parts = urlsplit(path)
    good = (
        path.startswith(visit.door.prefix + "/")
        and not parts.netloc
        and not parts.scheme
        and "\\" not in path
        and path.isprintable()
    )
    return path if good else visit.door.prefix + visit.door.home


def gone(where: str) -> Rendered:
    return Rendered(303, b"", HTML, {"Location": where})
