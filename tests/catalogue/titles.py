"""Titles these tests order, and short ways to put things into a catalogue."""

from __future__ import annotations

from datetime import date

from openacq.catalogue import service
from openacq.catalogue.model import (
    BibMatch,
    CopyWish,
    Description,
    Item,
    LocationWish,
    PortfolioMatch,
    PortfolioWish,
)
from openacq.store.tx import Tx

HERON = Description(
    title="The heron's year", author="Aske, Ruth", isbn="978-0-306-40615-7", publisher="Reed", year="c2019."
)
HERON_AS_ISBN_10 = Description(title="Heron's year, the", isbn="0-306-40615-2 (hbk.)")
OTTER = Description(title="Otters", isbn="9781861972712")


def make(tx: Tx, title: Description) -> str:
    """A bib of its own, whatever else has the same numbers."""
    made = service.find_or_make(tx, title, methods=("vendor_title_number",))
    assert made.made
    return made.mms_id


def hold(tx: Tx, mms_id: str, line_id: int = 1, library: str = "MAIN", copies: int = 1) -> None:
    """Copies that stand there."""
    there = (CopyWish(receive_date=date(2026, 1, 2)),) * copies
    where = LocationWish(library, "STACKS", copies, there)
    service.add_physical(tx, mms_id, line_id, [where], with_items=True)


def connect(tx: Tx, mms_id: str, line_id: int = 1) -> PortfolioMatch:
    return service.find_or_make_portfolio(
        tx, mms_id, line_id, PortfolioWish(url="https://books.example/1", base_status="ACTIVE")
    )


def items_of(tx: Tx, mms_id: str, limit: int = 100, offset: int = 0) -> tuple[tuple[Item, ...], int]:
    """Items of all holdings of a bib."""
    holdings = [one.holding_id for one in service.holdings_of(tx, mms_id)]
    return service.items_of(tx, mms_id, holdings, limit=limit, offset=offset)


def order(tx: Tx, title: Description, *methods: str, kind: str = "physical") -> BibMatch:
    return service.find_or_make(tx, title, methods or ("isbn", "issn"), kind)  # type: ignore[arg-type]
