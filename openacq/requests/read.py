"""Reading requests, one and many, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from openacq.directory import service as directory
from openacq.kernel.refusal import Problem, Refusal
from openacq.requests import duplicates as titles
from openacq.requests import store, store_lists
from openacq.requests.model import Actor, Criteria, Duplicates, Request, RequestPage
from openacq.requests.store import Kept
from openacq.store import Tx


def request(tx: Tx, request_id: int, actor: Actor, *, requester: str = "") -> Request:
    """A request; with `requester` only if it is that user's. Raises Refusal request_not_found."""
    kept = known(store.by_ids(tx, [request_id]), [request_id], actor)
    if requester and kept[0].request.requester != requester:
        raise Refusal(missing(request_id))
    return named(tx, kept)[0]


def requests(tx: Tx, wanted: Criteria, actor: Actor, *, limit: int = 10, offset: int = 0) -> RequestPage:
    """A page of requests, the newest first; a constant number of statements."""
    if actor.vendor is not None:
        return RequestPage((), 0)
    found, total = store_lists.page(tx, wanted, actor.libraries, limit, offset)
    return RequestPage(tuple(named(tx, found)), total)


def duplicates(tx: Tx, request_id: int, actor: Actor) -> Duplicates:
    """What there is of the request's title: copies held, lines on order, other requests and whose."""
    found = request(tx, request_id, actor)
    return titles.of_requests(tx, [found])[found.id]


# -- for the use cases --------------------------------------------------------------------------


def missing(request_id: int) -> Problem:
    return Problem("request_not_found", "purchase_request_id", request_id)


def sees(actor: Actor, request: Request) -> bool:
    """A key tied to a vendor sees no request, one narrowed to libraries those of others not."""
    if actor.vendor is not None:
        return False
    owner = request.owning_library
    return actor.libraries is None or not owner or owner in actor.libraries


def known(rows: Sequence[Kept], ids: Sequence[int], actor: Actor) -> list[Kept]:
    """Those of the rows that were asked for, in the order of the ids.

    Raises Refusal request_not_found for each that is not there or not the actor's to see.
    """
    by_id = {each.id: each for each in rows if sees(actor, each.request)}
    wanted = list(dict.fromkeys(ids))
    problems = [missing(request_id) for request_id in wanted if request_id not in by_id]
    if problems:
        raise Refusal(problems)
    return [by_id[request_id] for request_id in wanted]


def again(tx: Tx, ids: Sequence[int]) -> tuple[Request, ...]:
    """The requests as they are now, in the order of the ids."""
    by_id = {each.id: each for each in named(tx, store.by_ids(tx, ids))}
    return tuple(by_id[request_id] for request_id in dict.fromkeys(ids))


def named(tx: Tx, rows: Sequence[Kept]) -> list[Request]:
    """The requests with the names of those who asked."""
    people = directory.users(tx, sorted({each.request.requester for each in rows})) if rows else {}
    return [
        replace(each.request, requester_name=people[each.request.requester].full_name)
        if each.request.requester in people
        else each.request
        for each in rows
    ]
