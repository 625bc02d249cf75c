"""`GET /users`: finding people, for whoever asks in somebody's name. A vendor's key sees no people."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.directory.model import User
from openacq.doors.alma import listing
from openacq.doors.alma.users import UserRecord, wire_user
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx
from openacq.wire.model import UNSET, Attr, Coded, Maybe, Wire

ALL = "all"
EXPANDED = "full"


class Users(Wire):
    xml_root = "users"

    user: Maybe[list[UserRecord]] = UNSET
    total_record_count: Annotated[Maybe[int], Attr()] = UNSET


def list_users(ask: Ask) -> Reply:
    """Parameters q, limit, offset, order_by (last_name, first_name, primary_id), expand (full)."""
    ask.private = True
    page = listing.page(ask.params)
    order = listing.choice(ask.params, "order_by", directory.USER_ORDERS[0], directory.USER_ORDERS)
    whole = listing.choice(ask.params, "expand", "", (EXPANDED,)) == EXPANDED
    asked = _asked(ask)

    def work(tx: Tx) -> Users:
        found = directory.find_users(tx, asked, order=order, limit=page.limit, offset=page.offset)
        shown = [wire_user(tx, ask, user) if whole else _brief(tx, ask, user) for user in found.users]
        return Users(user=shown or UNSET, total_record_count=found.total)

    return Reply(ask.read(work))


def _asked(ask: Ask) -> tuple[tuple[str, str], ...]:
    """(field, text) of each condition; "" is any field. Refused query_invalid."""
    asked = []
    for condition in listing.conditions(ask.params, ALL):
        if condition.field not in (ALL, *directory.USER_FIELDS):
            reason = f"{condition.field} is none of {', '.join((*directory.USER_FIELDS, ALL))}"
            raise Refusal(Problem("query_invalid", "q", ask.params["q"], reason=reason))
        asked.append(("" if condition.field == ALL else condition.field, condition.text))
    return tuple(asked)


def _brief(tx: Tx, ask: Ask, user: User) -> UserRecord:
    return UserRecord(
        primary_id=user.primary_id,
        first_name=user.first_name,
        last_name=user.last_name,
        status=Coded(
            value=user.status.value, desc=codes.describe(tx, "ContentStructureStatus", user.status.value)
        ),
        link=ask.link(f"/users/{quote(user.primary_id, safe='')}"),
    )


ROUTES = (Route("GET", "/users", "users", list_users, open_to_vendors=False),)
