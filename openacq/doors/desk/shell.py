"""What belongs to no desk: keys, saved views, preferences."""

from __future__ import annotations

from openacq.directory import service as directory
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Problem, Refusal

KEYS_COOKIE = "openacq_keys"
YEAR = 365 * 86_400
SHARED_BY = "admin|review"
"""Who shares views: reviewers, and administrators, who also take back those of others."""


def show_keys(visit: Visit) -> Rendered:
    """Which key does what, and a switch that turns single letters off."""
    return visit.show("keys.html", off=visit.cookies.get(KEYS_COOKIE) == "off")


def switch_keys(visit: Visit) -> Rendered:
    off = visit.value("keys") == "off"
    visit.set_cookies.append((KEYS_COOKIE, "off" if off else "on", YEAR))
    told = visit.say("Single letters are switched off.") if off else visit.say("Single letters work.")
    return visit.go("/keys", told)


def save_view(visit: Visit) -> Rendered:
    """Keep the filters of a list under a name."""
    name, of_list = visit.value("name"), visit.value("list")
    if not name or not of_list:
        raise Refusal(Problem("field_missing", "name"))
    user, query = visit.user, visit.value("query")
    visit.write(lambda tx: directory.save_view(tx, user, of_list[:50], name, query))
    return visit.go(visit.back("/tasks"), visit.say("View “%(name)s” is kept.", name=name))


def drop_view(visit: Visit) -> Rendered:
    given, user = visit.value("id"), visit.user
    if given.isascii() and given.isdigit() and len(given) < 19:
        visit.write(lambda tx: directory.drop_view(tx, user, int(given)))
    return visit.go(visit.back("/tasks"), visit.say("The view is forgotten."))


def share_view(visit: Visit) -> Rendered:
    """Show a view to the colleagues, or take it back; administrators take back those of others."""
    given, user = visit.value("id"), visit.user
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    shared, of_others = visit.value("share") == "yes", visit.may("admin")
    name = visit.write(
        lambda tx: directory.share_view(tx, user, number, shared=shared, of_others=of_others and not shared)
    )
    told = visit.say("Everybody here sees the view “%(name)s” now.", name=name)
    if not shared:
        told = visit.say("The view “%(name)s” is seen by its owner alone.", name=name)
    return visit.go(visit.back("/tasks"), told)


PAGES = (
    Page("GET", "/keys", show_keys),
    Page("POST", "/keys", switch_keys),
    Page("POST", "/views", save_view),
    Page("POST", "/views/drop", drop_view),
    Page("POST", "/views/share", share_view, right=SHARED_BY),
)
