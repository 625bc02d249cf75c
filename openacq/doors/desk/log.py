"""The order log: every call that came through a door, what became of it, and why."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from zoneinfo import ZoneInfo

from openacq.calls import service as calls
from openacq.calls.model import OUTCOMES, LoggedCall, SameRefusal, Search
from openacq.doors.again import Sent
from openacq.doors.desk import log_again
from openacq.doors.desk.log_reading import body_of, curl_of
from openacq.doors.desk.words import LINE_STATES, STATE_KIND, alert_advice, alert_text
from openacq.doors.hall import Rendered
from openacq.doors.pages.lists import Choice, Facet, Listing, asked, day_of, page_of, views
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import HTML, Visit
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import CATALOGUE, Problem, Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, Line
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import VendorFilter

METHODS = ("GET", "POST", "PUT", "DELETE")
DOORS = ("alma", "wms", "own")
STATUSES: Mapping[str, int] = MappingProxyType({"2xx": 2, "4xx": 4, "5xx": 5})
GROUPED_DAYS = 7
MOST_VENDORS = 200
_REQUEST = re.compile(r"[0-9a-f]{16}")
CALL = "call"
"""How the history names a call of the log."""


# -- the list -----------------------------------------------------------------------------------


def show_list(visit: Visit) -> Rendered:
    """`GET /log?vendor=&outcome=&status=&q=…`: the newest first."""
    limit, offset = page_of(visit)
    live = visit.param("live") == "1" and not offset

    def work(tx: Tx) -> Rendered:
        search = search_of(visit)
        if live and visit.headers.get("hx-request"):
            return _tail(tx, visit, search, limit)
        if visit.wants_csv and not visit.problems:
            found, _ = calls.page(tx, search, limit=10_000)
            return _csv(visit, found)
        found, more = calls.page(tx, search, limit=limit, offset=offset)
        since = tx.now - dt.timedelta(days=GROUPED_DAYS)
        grouped = calls.same_refusals(tx, replace(search, since=search.since or since), 5)
        return visit.show(
            "log.html",
            listing=Listing(
                "log",
                visit.say("Log"),
                found,
                offset + len(found) + (1 if more else 0),
                offset,
                limit,
                facets=_facets(tx, visit),
                search=visit.say("Path, line or request id"),
                views=views(tx, visit, "log"),
                empty=visit.say("No call came in yet that fits."),
            ),
            more=more,
            live=live,
            newest=_newest(found),
            grouped=grouped,
            reasons=reasons_of,
            outcomes=outcomes(visit),
        )

    return visit.read(work)


def _tail(tx: Tx, visit: Visit, search: Search, limit: int) -> Rendered:
    """The rows anew for who follows the log; nothing when no call came in since."""
    found, _ = calls.page(tx, search, limit=limit)
    if _newest(found) == visit.param("newest"):
        return Rendered(204, b"", HTML)
    return visit.part(
        "log_tail.html", rows=found, newest=_newest(found), reasons=reasons_of, outcomes=outcomes(visit)
    )


def _newest(found: tuple[LoggedCall, ...]) -> str:
    return str(found[0].id) if found else "0"


def search_of(visit: Visit) -> Search:
    """What the address asks for. One field takes paths, PO lines and request ids."""
    words = visit.param("q")
    is_line, is_request = words.upper().startswith("POL-"), _REQUEST.fullmatch(words) is not None
    key = visit.param("key")
    return Search(
        vendor=visit.param("vendor"),
        statuses=tuple(STATUSES[each] for each in asked(visit, "status", tuple(STATUSES))),
        outcomes=asked(visit, "outcome", OUTCOMES),
        methods=asked(visit, "method", METHODS),
        door=visit.param("door") if visit.param("door") in DOORS else "",
        problem=visit.param("problem"),
        key_id=int(key) if key.isascii() and key.isdigit() and len(key) < 19 else None,
        since=_start_of(visit, "since"),
        until=_start_of(visit, "until", days=1),
        subject=words.upper() if is_line else "",
        request_id=words if is_request else "",
        words="" if is_line or is_request else words,
    )


def _start_of(visit: Visit, name: str, days: int = 0) -> dt.datetime | None:
    """The first moment of a day where the institution is, or that many days later; None without one."""
    day = day_of(visit, name)
    if day is None:
        return None
    try:
        first = dt.datetime.combine(day + dt.timedelta(days=days), dt.time(), ZoneInfo(visit.place.zone))
        return first.astimezone(dt.UTC)
    except OverflowError:
        return None  # before or after all days there are


def _facets(tx: Tx, visit: Visit) -> tuple[Facet, ...]:
    known = vendors.vendors(tx, VendorFilter(), MOST_VENDORS).vendors
    words = outcomes(visit)
    return (
        Facet("outcome", visit.say("Outcome"), tuple(Choice(each, words[each]) for each in OUTCOMES)),
        Facet(
            "vendor", visit.say("Vendor"), tuple(Choice(each.code, each.name) for each in known), single=True
        ),
        Facet("since", visit.say("From"), day=True),
        Facet("until", visit.say("Until"), day=True),
        Facet("status", visit.say("Status"), tuple(Choice(each, each) for each in STATUSES)),
        Facet("method", visit.say("Method"), tuple(Choice(each, each) for each in METHODS)),
        Facet(
            "door",
            visit.say("Door"),
            (Choice("alma", "Alma"), Choice("wms", "WMS"), Choice("own", "openacq")),
            single=True,
        ),
    )


def outcomes(visit: Visit) -> dict[str, str]:
    """What became of a call, in words."""
    return {
        "placed": visit.say("ordered"),
        "in_review": visit.say("in review"),
        "asked": visit.say("asked for"),
        "begun": visit.say("order begun"),
        "drafted": visit.say("item drafted"),
        "submitted": visit.say("submitted"),
        "received": visit.say("received"),
        "changed": visit.say("changed"),
        "rehearsed": visit.say("tried out"),
        "replayed": visit.say("answered again"),
        "read": visit.say("read"),
        "refused": visit.say("refused"),
        "fault": visit.say("fault of ours"),
    }


def _csv(visit: Visit, found: tuple[LoggedCall, ...]) -> Rendered:
    head = ("at", "door", "method", "path", "query", "status", "outcome", "problems", "line", "vendor", "key",
            "ms", "request_id")  # fmt: skip
    return visit.csv(
        "log",
        head,
        (
            (each.at.isoformat(), each.door, each.method, each.path, each.query, each.status, each.outcome,
             " ".join(each.problems), each.subject, each.vendor, each.key_name, each.ms, each.request_id)
            for each in found
        ),
    )  # fmt: skip


# -- one call -----------------------------------------------------------------------------------


def show_call(visit: Visit) -> Rendered:
    """`GET /log/{id}`."""
    return visit.read(lambda tx: _page(tx, visit, call_of(tx, visit), unfolded=False))


def unfold(visit: Visit) -> Rendered:
    """`POST /log/{id}`: the same with patron data; who looked is kept in the call's history."""

    def work(tx: Tx) -> LoggedCall:
        call = call_of(tx, visit)
        history.record(tx, CALL, call.id, [Change("patron data", None, "looked at")], visit.user.primary_id)
        return call

    call = visit.write(work)
    return visit.read(lambda tx: _page(tx, visit, call, unfolded=True))


def call_of(tx: Tx, visit: Visit) -> LoggedCall:
    """The call of the address. Raises Refusal record_missing."""
    given = visit.path["id"]
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    call = calls.one(tx, number)
    if call is None:
        raise Refusal(Problem("record_missing", "call", given, what="Call"))
    return call


def _page(tx: Tx, visit: Visit, call: LoggedCall, *, unfolded: bool, checked: Sent | None = None) -> Rendered:
    texts = (call.request, call.answer)
    if unfolded:
        texts = (calls.unfold(call, call.request), calls.unfold(call, call.answer))
    same: tuple[SameRefusal, ...] = ()
    if len(call.problems) == 1:
        search = Search(problem=call.problems[0], since=tx.now - dt.timedelta(days=GROUPED_DAYS))
        same = tuple(calls.same_refusals(tx, search, 1))
    return visit.show(
        "log_call.html",
        call=call,
        request=body_of(texts[0]),
        answer=body_of(texts[1]),
        curl=curl_of(call, visit.base),
        line=_line(tx, call, visit.user.primary_id),
        said=lambda alert: alert_text(visit, alert),
        advised=lambda alert: alert_advice(visit, alert),
        reasons=[(slug, CATALOGUE.get(slug)) for slug in call.problems],
        same=same,
        days=GROUPED_DAYS,
        outcome=outcomes(visit).get(call.outcome, call.outcome),
        states=LINE_STATES,
        kinds=STATE_KIND,
        unfolded=unfolded,
        checked=checked,
        checkable=log_again.checkable(visit, call),
        sendable=log_again.sendable(visit, call),
        why_not=log_again.why_not(visit, call) if log_again.is_refused(visit, call) else "",
        looked=history.of(tx, CALL, call.id),
    )


def _line(tx: Tx, call: LoggedCall, who: str) -> Line | None:
    """The line the call is about as it is now, None when it is about none that is there."""
    if not call.subject or ordering.line_id(tx, call.subject) is None:
        return None
    return ordering.line(tx, call.subject, Actor(who))


def again(visit: Visit) -> Rendered:
    """`POST /log/{id}/again`: the refused call as a check that keeps nothing, or sent again."""
    call = visit.read(lambda tx: call_of(tx, visit))
    if visit.value("do") == "send":
        return log_again.send(visit, call)
    checked = log_again.check(visit, call)
    return visit.read(lambda tx: _page(tx, visit, call, unfolded=False, checked=checked))


def reasons_of(problems: tuple[str, ...]) -> str:
    """Slugs as they are read: "fund not found"."""
    return ", ".join(slug.replace("_", " ") for slug in problems)


PAGES = (
    Page("GET", "/log", show_list, right="admin|order|review|vendors"),
    Page("GET", "/log/{id}", show_call, right="admin|order|review|vendors"),
    Page("POST", "/log/{id}", unfold, right="admin", again=show_call),
    Page("POST", "/log/{id}/again", again, right=log_again.CHECKED_BY, again=show_call),
)
