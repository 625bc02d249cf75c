"""Words of the ledger's stories: a small library with money."""

from __future__ import annotations

from collections.abc import Mapping

from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.kernel.money import Money
from openacq.ledger import service
from openacq.ledger.model import Balance, Fund, Outcome, ShareToEncumber, Source
from openacq.store import Tx
from tests.conftest import Do

YEAR: dict[str, object] = {"name": "FY-2026", "start": "2026-01-01", "end": "2026-12-31"}
LEDGER: dict[str, object] = {"code": "BOOKS", "name": "Book money", "currency": "USD", "owner": "MAIN"}
SUMMARY: dict[str, object] = {
    "code": "HUM",
    "name": "Humanities",
    "entity_type": "SUMMARY",
    "parent": "BOOKS",
}
HISTORY: dict[str, object] = {
    "code": "HIST",
    "name": "History",
    "parent": "HUM",
    "external_id": "4711",
    "type": "GENERAL",
    "description": "Monographs in history",
}
SCIENCE: dict[str, object] = {
    "code": "SCI",
    "name": "Science",
    "parent": "BOOKS",
    "available_for_library": ["SCI"],
}


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


def place(tx: Tx) -> None:
    """The institution's card and two libraries."""
    directory.put_institution(tx, Institution(0, f"LIB{tx.institution}", "A library", currency="USD"))
    libraries: list[dict[str, object]] = [
        {"code": "MAIN", "name": "Main"},
        {"code": "SCI", "name": "Science"},
    ]
    directory.load(tx, "library", libraries)


def fill(tx: Tx, *, history: Mapping[str, object] = HISTORY, money: str = "100.00") -> None:
    """A year, a ledger, a summary fund, two funds; `money` in each of the two."""
    place(tx)
    funds: list[Mapping[str, object]] = [SUMMARY, history, SCIENCE]
    files: dict[str, list[Mapping[str, object]]] = {
        "fiscal_period": [YEAR],
        "ledger": [LEDGER],
        "fund": funds,
    }
    for kind, rows in files.items():
        verdicts = service.load(tx, kind, rows)
        assert all(verdict.outcome == "created" for verdict in verdicts), verdicts
    allot(tx, {"HIST": money, "SCI": money})


def allot(tx: Tx, sums: Mapping[str, str], reference: str = "start") -> None:
    rows: list[dict[str, object]] = [
        {"fund": code, "amount": amount, "reference": f"{reference} {code}"}
        for code, amount in sums.items()
        if amount
    ]
    verdicts = service.load(tx, "allocation", rows)
    assert all(verdict.outcome == "created" for verdict in verdicts), verdicts


def the_fund(tx: Tx, code: str) -> Fund:
    fund = service.fund(tx, code)
    assert fund is not None, code
    return fund


def balance(tx: Tx, code: str) -> Balance:
    fund = the_fund(tx, code)
    return service.balances(tx, [fund.id])[fund.id]


def order(tx: Tx, line: int, *shares: tuple[str, Money]) -> list[Outcome]:
    """Encumber an order's shares: (fund code, sum) each, numbered from 1."""
    return service.encumber(tx, Source("po_line", line), numbered(tx, *shares))


def numbered(tx: Tx, *shares: tuple[str, Money]) -> list[ShareToEncumber]:
    return [
        ShareToEncumber(number, the_fund(tx, code).id, amount)
        for number, (code, amount) in enumerate(shares, 1)
    ]


def sums(read: Do, code: str) -> tuple[str, str, str, str, str]:
    """allocated, encumbered, expended, cash, available"""
    held = read(lambda tx: balance(tx, code))
    return (
        held.allocated.text(),
        held.encumbered.text(),
        held.expended.text(),
        held.cash.text(),
        held.available.text(),
    )


def assert_books_are_right(read: Do) -> None:
    assert read(service.check) == []
