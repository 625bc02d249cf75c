"""Signing in by a link sent by mail, for doors that offer it.

Asking for a link says the same whether there is somebody of that name or not. Opening the link shows a
button, so that programs that look at mail do not use it up; the button uses it, once.
"""

from __future__ import annotations

from openacq.directory import service as directory
from openacq.directory.model import Institution, User
from openacq.doors.hall import Rendered
from openacq.doors.pages import signing
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import WITH_BROWSER, Visit
from openacq.kernel.refusal import Problem, Refusal
from openacq.letters import service as letters
from openacq.letters.model import Source, Wish
from openacq.store import Tx

KIND = "sign_in_link"
MINUTES = 30


def show_asking(visit: Visit) -> Rendered:
    known = signing.institutions(visit)
    chosen = visit.value("institution") or visit.param("institution")
    return visit.show(
        "sign_in_link.html", institutions=known if len(known) > 1 else (), chosen=chosen, sent=False
    )


def send_link(visit: Visit) -> Rendered:
    """Write the letter, if there is somebody of that name with an address."""
    name, place = visit.value("name"), signing.chosen_institution(visit)
    if not name:
        raise Refusal(Problem("field_missing", "name"))
    code = place.code if place else ""
    too_often = visit.attempts.take(f"link {code}/{name}", visit.client) if visit.attempts else None
    if too_often is not None:
        raise Refusal(too_often)
    if place is not None:
        visit.store.write(lambda tx: _write(tx, visit, place, name), institution=place.id, zone=place.zone)
    return visit.show("sign_in_link.html", institutions=(), chosen="", sent=True)


def _write(tx: Tx, visit: Visit, place: Institution, name: str) -> None:
    user = directory.user_by_any_id(tx, name)
    if user is None or not user.email:
        return
    secret = directory.make_sign_in_link(tx, user, visit.door.who)
    letters.enqueue(tx, _letter(tx, visit, place, user, secret))


def _letter(tx: Tx, visit: Visit, place: Institution, user: User, secret: str) -> Wish:
    base = place.public_url or visit.base
    return Wish(
        kind=KIND,
        occasion=f"sign in {user.id} {tx.new_id()}",
        recipient=user.email,
        language=user.language or "en",
        source=Source("user", user.primary_id),
        sender_name=place.name,
        facts={
            "date": tx.today,
            "institution": {"name": place.name, "url": place.public_url},
            "library": {"name": place.name, "address": [], "email": "", "phone": ""},
            "user": {"name": user.full_name, "first_name": user.first_name, "last_name": user.last_name},
            "link": f"{base}{visit.link(f'/sign-in/by/{secret}')}",
            "minutes": MINUTES,
        },
    )


def show_link(visit: Visit) -> Rendered:
    """What the link opens: a button that signs in."""
    return visit.show("sign_in_by.html")


def use_link(visit: Visit) -> Rendered:
    made = directory.use_sign_in_link(visit.store, visit.path["secret"], visit.door.who)
    if made is None:
        raise Refusal(Problem("sign_in_link"))
    visit.set_cookies.append((signing.cookie_of(visit), made[1], WITH_BROWSER))
    return signing.gone(visit.link(visit.door.home))


PAGES = (
    Page("GET", "/sign-in/link", show_asking, open=True),
    Page("POST", "/sign-in/link", send_link, open=True, again=show_asking),
    Page("GET", "/sign-in/by/{secret}", show_link, open=True),
    Page("POST", "/sign-in/by/{secret}", use_link, open=True),
)
