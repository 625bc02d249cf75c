"""The receiving desk: what a scan means, receiving whole or in part, switching on, taking back."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from openacq.catalogue.model import CopyWish
from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own.holds import Hold, wire_hold
from openacq.doors.own.paging import page
from openacq.doors.own.staff import acting
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.store import Tx
from openacq.wire.model import UNSET, Count, Length, Maybe, Wire, to_json

Code = Annotated[str, Length(255)]
MOST_COPIES = 1_000


class Receipt(Wire):
    """`received` is the day it came, `at` when it was entered. `made`: the receipt brought the item, or
    switched the portfolio on."""

    id: Maybe[int] = UNSET
    line: Maybe[str] = UNSET
    title: Maybe[str] = UNSET
    item_id: Maybe[str] = UNSET
    barcode: Maybe[str] = UNSET
    portfolio_id: Maybe[str] = UNSET
    quantity: Maybe[int] = UNSET
    received: Maybe[dt.date] = UNSET
    department: Maybe[str] = UNSET
    at: Maybe[dt.datetime] = UNSET
    operator: Maybe[str] = UNSET
    made: Maybe[bool] = UNSET
    undone: Maybe[dt.datetime] = UNSET
    undone_by: Maybe[str] = UNSET


class Receipts(Wire):
    total: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    receipts: Maybe[list[Receipt]] = UNSET


class Standing(Wire):
    """Where a line stands now."""

    number: Maybe[str] = UNSET
    title: Maybe[str] = UNSET
    status: Maybe[str] = UNSET
    ordered: Maybe[int] = UNSET
    received: Maybe[int] = UNSET
    missing: Maybe[int] = UNSET
    complete: Maybe[bool] = UNSET
    receiving_note: Maybe[str] = UNSET


class Received(Wire):
    receipts: Maybe[list[Receipt]] = UNSET
    lines: Maybe[list[Standing]] = UNSET
    holds: Maybe[list[Hold]] = UNSET


class NewItem(Wire):
    """A copy that was not an item of the line: an issue, or one more than was ordered."""

    barcode: Maybe[Code] = UNSET
    policy: Maybe[Code] = UNSET
    library: Maybe[Code] = UNSET
    location: Maybe[Code] = UNSET
    holding_id: Maybe[Code] = UNSET
    enumeration_a: Maybe[str] = UNSET
    enumeration_b: Maybe[str] = UNSET
    enumeration_c: Maybe[str] = UNSET
    chronology_i: Maybe[str] = UNSET
    chronology_j: Maybe[str] = UNSET
    chronology_k: Maybe[str] = UNSET
    description: Maybe[str] = UNSET


class ReceiptWish(Wire):
    """What came, named by `line`, `items`, `barcodes` or `isbn` (ISBN or ISSN): all that is missing of a
    line, one copy by ISBN, unless `quantity` says otherwise. `new_barcodes` are put on the copies in order;
    `new` is a new item of `line`."""

    line: Maybe[Code] = UNSET
    items: Annotated[Maybe[list[Code]], Count(MOST_COPIES)] = UNSET
    barcodes: Annotated[Maybe[list[Code]], Count(MOST_COPIES)] = UNSET
    isbn: Maybe[Code] = UNSET
    quantity: Maybe[int] = UNSET
    received: Maybe[dt.date] = UNSET
    department: Maybe[Code] = UNSET
    department_library: Maybe[Code] = UNSET
    keep_in_department: Maybe[bool] = UNSET
    new_barcodes: Annotated[Maybe[list[Code]], Count(MOST_COPIES)] = UNSET
    new: Maybe[NewItem] = UNSET
    operator: Maybe[Code] = UNSET


class Activation(Wire):
    line: Maybe[Code] = UNSET
    received: Maybe[dt.date] = UNSET
    operator: Maybe[Code] = UNSET


class Undoing(Wire):
    operator: Maybe[Code] = UNSET


class Candidate(Wire):
    """A line a scan may mean. `found_by`: line, barcode (then `item_id` is the copy), number, reference."""

    found_by: Maybe[str] = UNSET
    item_id: Maybe[str] = UNSET
    line: Maybe[Standing] = UNSET
    vendor: Maybe[str] = UNSET
    owner: Maybe[str] = UNSET
    reference: Maybe[str] = UNSET
    expected: Maybe[dt.date] = UNSET
    continuous: Maybe[bool] = UNSET
    electronic: Maybe[bool] = UNSET


class Candidates(Wire):
    scan: Maybe[str] = UNSET
    candidates: Maybe[list[Candidate]] = UNSET


# -- looking ------------------------------------------------------------------------------------


def list_receipts(ask: Ask) -> Reply:
    """`GET /receipts?line=&item=&since=&until=&operator=&undone=&limit=&offset=`: the newest first."""
    limit, offset = page(ask)
    wanted = ordering.ReceiptFilter(
        line=ask.params.get("line", ""),
        item_id=ask.params.get("item", ""),
        since=day(ask, "since"),
        until=day(ask, "until"),
        operator=ask.params.get("operator", ""),
        undone=flag(ask, "undone"),
    )
    found, total = ask.read(lambda tx: ordering.receipts(tx, wanted, limit=limit, offset=offset))
    return Reply(
        Receipts(total=total, limit=limit, offset=offset, receipts=[wire_receipt(each) for each in found])
    )


def read_receipt(ask: Ask) -> Reply:
    """`GET /receipts/{id}`."""
    return Reply(ask.read(lambda tx: wire_receipt(ordering.receipt(tx, number(ask, "id", "receipt")))))


def find_candidates(ask: Ask) -> Reply:
    """`GET /receipts/candidates?scan=`: what a line number, barcode, ISBN or vendor's reference means."""
    scan = ask.params.get("scan", "").strip()
    if not scan:
        raise Refusal(Problem("field_missing", "scan"))

    def work(tx: Tx) -> Candidates:
        found = ordering.arrival_candidates(tx, scan, acting(tx, ask))
        return Candidates(scan=scan, candidates=[_candidate(each) for each in found])

    return Reply(ask.read(work))


def _candidate(found: ordering.Candidate) -> Candidate:
    line = found.line
    return Candidate(
        found_by=found.found_by,
        item_id=found.item_id or UNSET,
        line=wire_standing(ordering.standing(line)),
        vendor=line.vendor,
        owner=line.owner,
        reference=line.reference,
        expected=line.expected or UNSET,
        continuous=line.continuous,
        electronic=line.electronic,
    )


# -- receiving ----------------------------------------------------------------------------------


def receive(ask: Ask) -> Reply:
    """`POST /receipts {"line": "POL-…", "quantity": 1}`: receive copies, by line, items, barcodes or ISBN;
    with the header Idempotency-Key a repeated call receives nothing more."""
    body = ask.model(ReceiptWish)
    how = ordering.HowToReceive(
        on=body.received or None,
        department=body.department or "",
        library=body.department_library or "",
        keep=body.keep_in_department or False,
    )
    where = ordering.Arrival(
        line=body.line or "",
        items=tuple(body.items or ()),
        barcodes=tuple(body.barcodes or ()),
        number=body.isbn or "",
        quantity=body.quantity if isinstance(body.quantity, int) else None,
    )
    new = _new_item(body.new) if body.new else None
    if new is not None and not body.line:
        raise Refusal(Problem("field_missing", "line"))

    def work(tx: Tx) -> ordering.Received:
        actor = acting(tx, ask, body.operator)
        ask.outcome = "received"
        if new is not None:
            return ordering.receive_new(tx, where.line, new, actor, how)
        return ordering.receive(tx, where, actor, how, barcodes=tuple(body.new_barcodes or ()))

    return Reply(
        ask.once(
            work,
            ordering.Received,
            lambda _tx, done: _received(ask, done),
            request=to_json(body),
            reference="",
            subject=lambda done: done.lines[0].line,
        )
    )


def _new_item(given: NewItem) -> ordering.NewItem:
    return ordering.NewItem(
        copy=CopyWish(
            barcode=given.barcode or "",
            policy=given.policy or "",
            enumeration_a=given.enumeration_a or "",
            enumeration_b=given.enumeration_b or "",
            enumeration_c=given.enumeration_c or "",
            chronology_i=given.chronology_i or "",
            chronology_j=given.chronology_j or "",
            chronology_k=given.chronology_k or "",
            description=given.description or "",
        ),
        library=given.library or "",
        location=given.location or "",
        holding_id=given.holding_id or "",
    )


def activate(ask: Ask) -> Reply:
    """`POST /activations {"line": "POL-…", "received": "2026-03-02"}`: switch an electronic order on."""
    body = ask.model(Activation)
    if not body.line:
        raise Refusal(Problem("field_missing", "line"))
    line = body.line

    def work(tx: Tx) -> Received:
        actor = acting(tx, ask, body.operator)
        return _received(ask, ordering.activate(tx, line, actor, on=body.received or None))

    return Reply(ask.write(work))


def undo(ask: Ask) -> Reply:
    """`POST /receipts/{id}/undo`: take a receipt back, of an activation the whole of it."""
    body = ask.model(Undoing) if ask.body.strip() else Undoing()
    receipt_id = number(ask, "id", "receipt")

    def work(tx: Tx) -> Received:
        return _received(ask, ordering.undo_receipt(tx, receipt_id, acting(tx, ask, body.operator)))

    return Reply(ask.write(work))


# -- shapes -------------------------------------------------------------------------------------


def _received(ask: Ask, done: ordering.Received) -> Received:
    ask.subject = done.lines[0].line if done.lines else ""
    return Received(
        receipts=[wire_receipt(each) for each in done.receipts],
        lines=[wire_standing(each) for each in done.lines],
        holds=[wire_hold(each) for each in done.holds],
    )


def wire_receipt(card: ordering.Receipt) -> Receipt:
    return Receipt(
        id=card.id,
        line=card.line,
        title=card.title,
        item_id=card.item_id or UNSET,
        barcode=card.barcode or UNSET,
        portfolio_id=card.portfolio_id or UNSET,
        quantity=card.quantity,
        received=card.received,
        department=card.department or UNSET,
        at=card.at,
        operator=card.operator,
        made=card.made,
        undone=card.undone or UNSET,
        undone_by=card.undone_by or UNSET,
    )


def wire_standing(card: ordering.Standing) -> Standing:
    return Standing(
        number=card.line,
        title=card.title,
        status=card.state.value,
        ordered=card.ordered,
        received=card.received,
        missing=card.missing,
        complete=card.complete,
        receiving_note=card.receiving_note or UNSET,
    )


# -- parameters ---------------------------------------------------------------------------------


def day(ask: Ask, name: str) -> dt.date | None:
    """A parameter that is a day, None when it is not given. Raises Refusal date_malformed."""
    given = ask.params.get(name, "").strip().rstrip("Zz")
    if not given:
        return None
    try:
        return dt.datetime.strptime(given, "%Y-%m-%d").date()  # noqa: DTZ007 (a calendar day)
    except ValueError:
        raise Refusal(Problem("date_malformed", name, given)) from None


def flag(ask: Ask, name: str) -> bool | None:
    """A parameter that is true or false, None when it is not given. Raises Refusal parameter_invalid."""
    given = ask.params.get(name, "").strip().lower()
    if given not in ("", "true", "false"):
        raise Refusal(Problem("parameter_invalid", name, given, valid="true, false"))
    return None if not given else given == "true"


def number(ask: Ask, name: str, what: str) -> int:
    """The id in the path. Raises Refusal record_missing for what is none."""
    given = ask.path[name]
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise Refusal(Problem("record_missing", what, given, what=what.capitalize()))
    return int(given)


ROUTES = (
    Route("GET", "/receipts", "own", list_receipts, open_to_vendors=False),
    Route("GET", "/receipts/candidates", "own", find_candidates, open_to_vendors=False),
    Route("GET", "/receipts/{id}", "own", read_receipt, open_to_vendors=False),
    Route("POST", "/receipts", "own", receive, write=True, open_to_vendors=False),
    Route("POST", "/receipts/{id}/undo", "own", undo, write=True, open_to_vendors=False),
    Route("POST", "/activations", "own", activate, write=True, open_to_vendors=False),
)
