"""What receiving does to items and portfolios.

An item is on order (process type ACQ) until it is received; then it is in transit to its library, or
in process while the department that received it keeps it, and at last in place (no process type).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from openacq.catalogue.model import IN_ACQUISITION
from openacq.catalogue.physical import barcode_problems
from openacq.catalogue.store import arrivals
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import one_line
from openacq.store.tx import Tx

IN_TRANSIT = "TRANSIT"
IN_PROCESS = "WORK_ORDER_DEPARTMENT"
IN_PLACE = ""


def receive_items(
    tx: Tx, item_ids: Sequence[str], on: date, operator: str, department: str = "", *, keep: bool = False
) -> None:
    """Receive items, all or none; `keep` leaves them in the department.

    Raises Refusal item_received, naming each that somebody received already.
    """
    before = arrivals.received_among(tx, item_ids)
    process_type = IN_PROCESS if keep else IN_TRANSIT
    if before or arrivals.receive(tx, item_ids, on, process_type, operator, department) != len(item_ids):
        before = before or arrivals.received_among(tx, item_ids)
        if not before:
            raise Refusal([Problem("item_not_found", "item_id", item_id) for item_id in item_ids])
        raise Refusal(
            [
                Problem("item_received", "item_id", barcode or item_id, on=day.isoformat())
                for item_id, barcode, day in before
            ]
        )


def put_items_back(tx: Tx, item_ids: Sequence[str]) -> None:
    """Items are on order again."""
    arrivals.put_back(tx, item_ids, IN_ACQUISITION)


def give_barcodes(tx: Tx, barcodes: Sequence[tuple[str, str]], field: str = "barcode") -> None:
    """Put barcodes on items, as (item, barcode). Raises Refusal: barcode_taken, barcode_twice."""
    wanted = [(item_id, one_line(barcode)) for item_id, barcode in barcodes if one_line(barcode)]
    if not wanted:
        return
    problems = barcode_problems(tx, [(field, barcode) for _, barcode in wanted])
    if problems:
        raise Refusal(problems)
    if not arrivals.stamp(tx, wanted):
        raise Refusal([Problem("barcode_taken", field, barcode) for _, barcode in wanted])


def keep_item(tx: Tx, item_id: str, department: str) -> None:
    """The item is in process in a department."""
    arrivals.process(tx, item_id, IN_PROCESS, department)


def pass_item_on(tx: Tx, item_id: str, *, home: bool) -> None:
    """The item leaves the department: it is in place if it is `home` already, else on its way there."""
    arrivals.process(tx, item_id, IN_PLACE if home else IN_TRANSIT, "")


def switch_portfolios(tx: Tx, portfolio_ids: Sequence[str], *, on: bool = True) -> frozenset[str]:
    """Make portfolios available, or no longer; returns those for which that was a change."""
    return arrivals.switch(tx, portfolio_ids, on=on)
