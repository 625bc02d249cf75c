"""What the rest of the house asks of the requests desk.

Ids are numbers. `actor` is who calls (ordering's Actor: a key, "staff1 (shop key)"); one narrowed to
libraries sees requests of these, and those without an owning library; one tied to a vendor sees none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from openacq.catalogue.model import Description
from openacq.kernel.verdict import Verdict
from openacq.requests.model import (
    Actor,
    Approve,
    AskFor,
    Asked,
    ChangeRequest,
    Criteria,
    Duplicates,
    Effect,
    LineType,
    Question,
    Reject,
    Request,
    RequestPage,
    RequestRule,
    RequestState,
    Settings,
    Step,
)
from openacq.store import Tx

# -- asking -------------------------------------------------------------------------------------


def ask(tx: Tx, wish: AskFor, actor: Actor) -> Asked:
    """Take a request in: In Review, its bib found or made, merged with those who wait for the title.

    Raises Refusal with every problem, in Alma's order: request_metadata_missing, request_title_missing,
    request_format_unknown, request_citation_unknown, request_material_unknown, request_library_unknown,
    request_sum_invalid, request_currency_unknown, request_vendor_unknown, request_account_unknown,
    request_fund_unknown, request_bib_unknown, request_place_library_unknown, request_place_unknown,
    request_quantity_invalid; requester_unknown (facts: type); of the institution's rules
    request_citation_refused, request_format_refused, request_field_required, request_cost_refused,
    request_limit_open, request_limit_period.
    """
    raise NotImplementedError


def already(tx: Tx, title: Description) -> Duplicates:
    """What there is of a title, found by its standard numbers or mms_id; for a form, before asking."""
    raise NotImplementedError


def change(
    tx: Tx, request_id: int, wish: ChangeRequest, actor: Actor, *, version: int | None = None
) -> Request:
    """Make the request what `wish` says; what is left out is emptied. Nothing differs: nothing happens.

    Raises Refusal: request_not_found, request_fixed (decided already), request_outdated, and the problems
    of `ask` in what changes; rules about limits do not count again.
    """
    raise NotImplementedError


def cancel(tx: Tx, request_id: int, requester: str, actor: Actor) -> Request:
    """The requester takes the request back. Raises Refusal: request_not_found (also somebody else's),
    request_not_cancellable."""
    raise NotImplementedError


# -- looking ------------------------------------------------------------------------------------


def request(tx: Tx, request_id: int, actor: Actor, *, requester: str = "") -> Request:
    """A request; with `requester` only if it is that user's. Raises Refusal request_not_found."""
    raise NotImplementedError


def requests(tx: Tx, wanted: Criteria, actor: Actor, *, limit: int = 10, offset: int = 0) -> RequestPage:
    """A page of requests, the newest first; a constant number of statements."""
    raise NotImplementedError


def duplicates(tx: Tx, request_id: int, actor: Actor) -> Duplicates:
    """What there is of the request's title: copies held, lines on order, other requests and whose."""
    raise NotImplementedError


def timeline(tx: Tx, request_id: int, actor: Actor) -> tuple[Step, ...]:
    """Everything that happened from the wish to the shelf, oldest first; of the PO line too."""
    raise NotImplementedError


# -- deciding -----------------------------------------------------------------------------------


def approve(tx: Tx, request_ids: Sequence[int], how: Approve, actor: Actor) -> tuple[Request, ...]:
    """Approve requests: a PO line for each title, or the line those they are merged with have already.

    All or nothing. Raises Refusal: request_not_found, request_decided (also for the one of two at once
    that came second), request_ordered (it has a line of its own already), request_approver_unknown,
    request_owner_missing, request_line_type_missing, request_bib_gone, and what placing a line refuses.
    Returns those named, as they then are.
    """
    raise NotImplementedError


def preview_approve(tx: Tx, request_ids: Sequence[int], how: Approve, actor: Actor) -> tuple[Effect, ...]:
    """What `approve` would do to each; nothing is changed."""
    raise NotImplementedError


def reject(tx: Tx, request_ids: Sequence[int], how: Reject, actor: Actor) -> tuple[Request, ...]:
    """Reject requests with one reason; bibs made for them that nobody else needs are deleted.

    All or nothing, a constant number of statements. Raises Refusal: request_reason_missing,
    request_reason_unknown, request_not_found, request_decided.
    """
    raise NotImplementedError


def preview_reject(tx: Tx, request_ids: Sequence[int], how: Reject, actor: Actor) -> tuple[Effect, ...]:
    """What `reject` would do to each; nothing is changed."""
    raise NotImplementedError


# -- the desk's work ----------------------------------------------------------------------------


def assign(tx: Tx, request_ids: Sequence[int], to: str, actor: Actor) -> tuple[Request, ...]:
    """Hand requests to a member of staff with a purchase request role, or to nobody with "".

    Raises Refusal: request_not_found, request_approver_unknown.
    """
    raise NotImplementedError


def defer(
    tx: Tx, request_ids: Sequence[int], until: date | None, reason: str, actor: Actor
) -> tuple[Request, ...]:
    """Put requests aside until a day (None: until somebody takes them up again).

    Raises Refusal: request_not_found, date_passed, request_move_refused.
    """
    raise NotImplementedError


def resume(tx: Tx, request_ids: Sequence[int], actor: Actor) -> tuple[Request, ...]:
    """Back to review from being put aside. Raises Refusal: request_not_found, request_move_refused."""
    raise NotImplementedError


def reopen(tx: Tx, request_ids: Sequence[int], actor: Actor) -> tuple[Request, ...]:
    """Back to review after a rejection, or after the PO line was cancelled; a bib that went is found or
    made anew. Raises Refusal: request_not_found, request_move_refused."""
    raise NotImplementedError


def delete(tx: Tx, request_ids: Sequence[int], actor: Actor) -> None:
    """Forget requests that did not become an order. Raises Refusal: request_not_found,
    request_not_deletable."""
    raise NotImplementedError


def merge(tx: Tx, request_ids: Sequence[int], actor: Actor) -> tuple[Request, ...]:
    """Have one order made for several requests for one bib and format. Raises Refusal: request_not_found,
    request_merge_refused."""
    raise NotImplementedError


def separate(tx: Tx, request_ids: Sequence[int], actor: Actor) -> tuple[Request, ...]:
    """Take requests that are not decided out of those they are merged with. Raises Refusal:
    request_not_found, request_move_refused."""
    raise NotImplementedError


# -- questions ----------------------------------------------------------------------------------


def ask_back(tx: Tx, request_id: int, text: str, actor: Actor) -> Question:
    """Ask the requester something, by letter. Raises Refusal: request_not_found, field_missing,
    request_move_refused (decided already)."""
    raise NotImplementedError


def answer(
    tx: Tx, request_id: int, question_id: int, text: str, actor: Actor, *, requester: str = ""
) -> Question:
    """Keep the answer; with `requester` only of that user's request. Raises Refusal: request_not_found,
    question_not_found, question_answered, field_missing."""
    raise NotImplementedError


def questions(tx: Tx, request_id: int, actor: Actor, *, requester: str = "") -> tuple[Question, ...]:
    """The questions about a request, oldest first."""
    raise NotImplementedError


# -- rules --------------------------------------------------------------------------------------

COLUMNS: Mapping[str, tuple[str, ...]] = {}


def settings(tx: Tx) -> Settings:
    raise NotImplementedError


def rules(tx: Tx) -> tuple[RequestRule, ...]:
    """The rules in the order in which they are asked."""
    raise NotImplementedError


def line_types(tx: Tx) -> tuple[LineType, ...]:
    """The mapping in force: the institution's rows over those that came with the server."""
    raise NotImplementedError


def load(tx: Tx, kind: str, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Fill and update request_setting, request_rule, request_line_type. Columns: `COLUMNS[kind]`."""
    raise NotImplementedError


def dump(tx: Tx, kind: str) -> list[dict[str, object]]:
    """The rows of a kind as `load` takes them."""
    raise NotImplementedError


__all__ = ["RequestState"]
