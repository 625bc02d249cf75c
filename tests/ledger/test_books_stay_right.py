"""Whatever happens in whatever order, the balances are the sums of the postings."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openacq.kernel.money import Money
from openacq.kernel.refusal import Refusal
from openacq.ledger import service
from openacq.ledger.model import Source
from openacq.store import Tx
from tests.conftest import Do
from tests.ledger.money import HISTORY, balance, fill, numbered, order, the_fund

FUNDS = ("HIST", "SCI")
numbers = itertools.count(1_000_000)
"""An institution for every example."""


@dataclass(frozen=True)
class Move:
    what: Literal["change", "release", "allocate", "transfer"]
    line: int
    shares: tuple[tuple[str, Money], ...]
    units: int


def sums_of(currency: st.SearchStrategy[str]) -> st.SearchStrategy[Money]:
    return st.builds(
        lambda units, code: Money(units, code, 4), st.integers(min_value=0, max_value=900_000), currency
    )


shares = st.lists(
    st.tuples(st.sampled_from(FUNDS), sums_of(st.sampled_from(["USD", "EUR", "JPY", "GBP"]))),
    min_size=1,
    max_size=4,
).map(tuple)
moves = st.builds(
    Move,
    what=st.sampled_from(["change", "release", "allocate", "transfer"]),
    line=st.integers(min_value=1, max_value=3),
    shares=shares,
    units=st.integers(min_value=-900_000, max_value=900_000),
)
rules = st.fixed_dictionaries(
    {
        "overencumbrance_allowed": st.sampled_from(["YES", "NO", "NO_LIMITS"]),
        "overencumbrance_limit_percent": st.integers(min_value=0, max_value=50),
    }
)


def rates(tx: Tx) -> None:
    known: list[dict[str, object]] = [
        {"source": "EUR", "target": "USD", "rate": "1.0825", "valid_from": "2026-01-01"},
        {"source": "USD", "target": "JPY", "rate": "149.37", "valid_from": "2026-01-01"},
    ]
    service.load(tx, "exchange_rate", known)


def make(tx: Tx, move: Move) -> None:
    source = Source("po_line", move.line)
    giving, receiving = (the_fund(tx, code) for code in FUNDS)
    match move.what:
        case "change":
            service.reencumber(tx, source, numbered(tx, *move.shares))
        case "release":
            service.release(tx, source)
        case "allocate":
            service.allocate(tx, giving.id, Money(move.units, "USD", 4))
        case "transfer":
            service.transfer(tx, giving.id, receiving.id, Money(move.units, "USD", 4))


def making(move: Move) -> Callable[[Tx], None]:
    return lambda tx: make(tx, move)


def releasing(line: int) -> Callable[[Tx], object]:
    return lambda tx: service.release(tx, Source("po_line", line))


def slug_of_refusal(write: Do, work: Callable[[Tx], None], institution: int) -> str:
    try:
        write(work, institution=institution)
    except Refusal as refusal:
        return refusal.problems[0].slug
    return ""


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=rules, done=st.lists(moves, max_size=12), first=shares)
def test_the_books_stay_right(
    history: dict[str, object], done: list[Move], first: tuple[tuple[str, Money], ...], write: Do, read: Do
) -> None:
    number = next(numbers)

    def here(tx: Tx) -> None:
        fill(tx, history={**HISTORY, **history})
        rates(tx)
        order(tx, 9, *first)

    write(here, institution=number)
    for move in done:
        refused = slug_of_refusal(write, making(move), number)
        assert refused in ("", "fund_short", "price_invalid")
        assert read(service.check, institution=number) == []
    held = read(lambda tx: [balance(tx, code) for code in (*FUNDS, "BOOKS")], institution=number)
    assert held[2].available.units == held[0].available.units + held[1].available.units
    for line in (1, 2, 3, 9):
        write(releasing(line), institution=number)
    held = read(lambda tx: [balance(tx, code) for code in FUNDS], institution=number)
    assert [sums.encumbered.units for sums in held] == [0, 0]
    assert read(service.check, institution=number) == []
