"""A refused call once more, for the key it was made with: checked without keeping anything, or sent again.

Both are possible while the log has the call whole and the key is good. A check is for whoever works with
orders; sending makes what the vendor wanted made, so it is for administrators, and the call's history
keeps who did it.
"""

from __future__ import annotations

import re

from openacq.calls import service as calls
from openacq.calls.model import LoggedCall
from openacq.directory import service as directory
from openacq.directory.model import Caller
from openacq.doors.again import Again, Sent
from openacq.doors.hall import Rendered
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx

CHECKED_BY = "admin|order|review"
SENT_BY = "admin"
REFUSED = "refused"
CALL = "call"
CREATES = re.compile(
    r"/almaws/v1/(acq/po-lines|users/[^/]+/purchase-requests)/?|/+purchaseorders?(/.*)?", re.IGNORECASE
)
"""Calls that can be tried out without keeping anything."""
WMS = "wms"
FOR_TOKENS = re.compile(r"/+(oauth2|token|auth)\b.*", re.IGNORECASE)
VERSIONED = ("PUT", "DELETE")
"""Methods of the WMS door whose calls may name the version they were made for, in a header the log lacks."""


def sendable(visit: Visit, call: LoggedCall) -> bool:
    """Whether the visitor may have a refused call sent again."""
    return visit.may(SENT_BY) and _possible(visit, call)


def checkable(visit: Visit, call: LoggedCall) -> bool:
    """Whether the visitor may have a refused create checked again."""
    return visit.may(CHECKED_BY) and call.method == "POST" and _possible(visit, call) and _creates(call)


def why_not(visit: Visit, call: LoggedCall) -> str:
    """Why a refused call cannot be carried out again from here, in words; "" when it can."""
    if call.door == WMS and FOR_TOKENS.fullmatch(call.path):
        return visit.say("Tokens are given only to the program that asks for them.")
    if call.door == WMS and call.method in VERSIONED:
        return visit.say(
            "Only its client can send it again: the log does not keep which version it was meant to change."
        )
    if calls.whole(call) is None:
        return visit.say("The log does not have all of it: something was too long, or is erased by now.")
    return ""


def is_refused(visit: Visit, call: LoggedCall) -> bool:
    """Whether it is a call that was refused to a key, by a door that takes calls from here."""
    return call.outcome == REFUSED and call.door in visit.senders and call.key_id is not None


def _possible(visit: Visit, call: LoggedCall) -> bool:
    return is_refused(visit, call) and not why_not(visit, call)


def _creates(call: LoggedCall) -> bool:
    return CREATES.fullmatch(calls.unfold(call, call.path)) is not None


def check(visit: Visit, call: LoggedCall) -> Sent:
    """What would become of the call now. Raises Refusal call_not_whole, role_missing, key_not_found."""
    if not checkable(visit, call):
        raise Refusal(Problem("call_not_whole", "", call.request_id))
    caller = visit.read(lambda tx: _caller(tx, call))
    return visit.senders[call.door](caller, _again(visit, call, check=True))


def send(visit: Visit, call: LoggedCall) -> Rendered:
    """Send the call again, once for each time the page was shown."""
    visit.require(SENT_BY)
    if not sendable(visit, call):
        raise Refusal(Problem("call_not_whole", "", call.request_id))
    caller = visit.read(lambda tx: _caller(tx, call))
    first: list[bool] = []

    def note(tx: Tx) -> str:
        first[:] = [True]
        history.record(tx, CALL, call.id, [Change("sent again", None, "yes")], visit.user.primary_id)
        return str(call.id)

    visit.create(note)
    if not first:
        return visit.go(f"/log/{call.id}", visit.say("It was sent again already."))
    sent = visit.senders[call.door](caller, _again(visit, call, check=False))
    if sent.problems:
        visit.tell(visit.say("It was sent again and refused again; the log has the new call."), "problem")
        return visit.go(f"/log/{call.id}")
    if sent.subject.startswith("POL-"):
        told = visit.say("It was sent again: %(number)s is there now.", number=sent.subject)
        return visit.go(f"/orders/lines/{sent.subject}", told)
    return visit.go(f"/log/{call.id}", visit.say("It was sent again and carried out."))


def _caller(tx: Tx, call: LoggedCall) -> Caller:
    """Who made the call, with the rights they have now; of a WSKey without a signature, for who reads the log
    was let in already. Refused key_not_found, wskey_not_found."""
    if call.door == WMS:
        caller = directory.wskey_caller_by_id(tx, call.key_id or 0, call.principal_id)
    else:
        caller = directory.caller_by_id(tx, call.key_id or 0)
    if caller is None:
        slug = "wskey_not_found" if call.door == WMS else "key_not_found"
        raise Refusal(Problem(slug, "key", call.key_name or call.key_id))
    return caller


def _again(visit: Visit, call: LoggedCall, *, check: bool) -> Again:
    whole = calls.whole(call)
    if whole is None:
        raise Refusal(Problem("call_not_whole", "", call.request_id))
    path, body = whole
    query = "&".join(
        part for part in call.query.split("&") if part and part.partition("=")[0].lower() != "apikey"
    )
    media = "application/xml" if body.lstrip("\ufeff \t\r\n")[:1] == "<" else "application/json"
    return Again(call.method, path, query, media, body.encode(), visit.base, check)
