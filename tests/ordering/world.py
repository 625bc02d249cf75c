"""The small library all stories of the ordering desk happen in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib, Description, LoadedBib, LoadedCopy, MarcField, MarcRecord
from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.kernel.verdict import Verdict
from openacq.ledger import service as ledger
from openacq.ledger.model import Balance
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, Line, PlaceLine, PlaceWish, ShareWish, Sum
from openacq.profiles import service as profiles
from openacq.store import Store, Tx
from openacq.vendors import service as vendors

HELD_ISBN = "9780306406157"
HELD_TITLE = "A book on the shelf"
NEW_ISBN = "9781861972712"
SHOP = Actor("shop key")

REGISTERS: tuple[tuple[Any, str, list[dict[str, object]]], ...] = (
    (
        directory,
        "library",
        [
            {"code": "MAIN", "name": "Main Library", "default_location": "STACKS"},
            {"code": "SCI", "name": "Science Library"},
        ],
    ),
    (
        directory,
        "location",
        [
            {"library": "MAIN", "code": "STACKS", "name": "Stacks"},
            {"library": "MAIN", "code": "REF", "name": "Reference"},
            {"library": "SCI", "code": "STACKS", "name": "Stacks"},
        ],
    ),
    (directory, "user", [{"primary_id": "patron1", "first_name": "Demo", "last_name": "Patron"}]),
    (
        vendors,
        "vendor",
        [
            {"code": "GOBI", "name": "GOBI Library Solutions", "kind": "gobi", "material_supplier": True},
            {"code": "OASIS", "name": "OASIS", "kind": "oasis", "material_supplier": True},
            {"code": "CORNER", "name": "Corner Bookshop", "material_supplier": True},
        ],
    ),
    (
        vendors,
        "vendor_account",
        [
            {"vendor": "GOBI", "code": "GOBI-MAIN", "currency": "USD", "default": True},
            {"vendor": "OASIS", "code": "OASIS-1", "currency": "USD", "default": True},
            {"vendor": "CORNER", "code": "CORNER-1", "currency": "EUR", "discount_percent": "10"},
        ],
    ),
    (ledger, "fiscal_period", [{"name": "FY-2026", "start": "2026-01-01", "end": "2026-12-31"}]),
    (ledger, "ledger", [{"code": "BOOKS", "name": "Book money", "currency": "USD"}]),
    (
        ledger,
        "fund",
        [
            {"code": "HIST", "name": "History", "parent": "BOOKS"},
            {"code": "ART", "name": "Art", "parent": "BOOKS"},
            {"code": "SCIENCE", "name": "Science", "parent": "BOOKS"},
            {"code": "POOR", "name": "Nearly empty", "parent": "BOOKS"},
        ],
    ),
    (
        ledger,
        "allocation",
        [
            {"fund": "HIST", "amount": "1000.00", "reference": "1"},
            {"fund": "ART", "amount": "1000.00", "reference": "2"},
            {"fund": "SCIENCE", "amount": "1000.00", "reference": "3"},
            {"fund": "POOR", "amount": "10.00", "reference": "4"},
        ],
    ),
    (
        ledger,
        "exchange_rate",
        [{"source": "EUR", "target": "USD", "rate": "1.1", "valid_from": "2026-01-01"}],
    ),
)


@dataclass(frozen=True, slots=True)
class World:
    """An institution with registers, and short words for what happens in it."""

    store: Store
    institution: int

    def write(self, work: Any) -> Any:
        return self.store.write(work, institution=self.institution)

    def read(self, work: Any) -> Any:
        return self.store.read(work, institution=self.institution)

    def load(self, slice_service: Any, kind: str, *rows: Mapping[str, object]) -> None:
        verdicts = self.write(lambda tx: slice_service.load(tx, kind, list(rows)))
        well(verdicts)

    def place(self, wish: PlaceLine, actor: Actor = SHOP) -> Line:
        line = self.write(lambda tx: ordering.place(tx, wish, actor))
        assert isinstance(line, Line)
        return line

    def line(self, number: str, actor: Actor = SHOP) -> Line:
        line = self.read(lambda tx: ordering.line(tx, number, actor))
        assert isinstance(line, Line)
        return line

    def balance(self, code: str) -> Balance:
        def work(tx: Tx) -> Balance:
            fund = ledger.fund(tx, code)
            assert fund is not None
            return ledger.balances(tx, [fund.id])[fund.id]

        found = self.read(work)
        assert isinstance(found, Balance)
        return found

    def differences(self) -> list[object]:
        return list(self.read(ledger.check))


def held_title() -> LoadedBib:
    """A record of the library's own catalogue: two copies stand in the stacks of the main library."""
    bib = Bib("", title=HELD_TITLE, isbn=HELD_ISBN)
    title = MarcField("245", ind1="1", ind2="0", subfields=(("a", HELD_TITLE),))
    number = MarcField("020", subfields=(("a", HELD_ISBN),))
    return LoadedBib(
        row=1,
        key="001:held",
        bib=bib,
        identifiers=catalogue.identifiers_of(Description(title=HELD_TITLE, isbn=HELD_ISBN)),
        record=catalogue.write_marc(MarcRecord("00000nam a2200000 i 4500", (number, title))),
        digest="held",
        copies=(LoadedCopy("MAIN", "STACKS"), LoadedCopy("MAIN", "STACKS")),
    )


def well(verdicts: list[Verdict]) -> None:
    refused = [verdict for verdict in verdicts if verdict.outcome == "refused"]
    assert not refused, refused


def make_world(store: Store, institution: int) -> World:
    """Fill a new institution with the registers above and one held title."""
    world = World(store, institution)

    def fill(tx: Tx) -> None:
        directory.create_institution(
            tx, Institution(institution, f"INST{institution}", "Demo University", currency="USD")
        )
        for service, kind, rows in REGISTERS:
            well(service.load(tx, kind, rows))

    world.write(fill)

    well(world.write(lambda tx: catalogue.load_bibs(tx, [held_title()])))
    return world


def book(**changes: Any) -> PlaceLine:
    """A new printed book from GOBI for 50.00 USD on fund HIST, one copy for the stacks."""
    wish = PlaceLine(
        title=Description(title="A new book", isbn=NEW_ISBN, author="Author, An", publisher="Press"),
        owner="MAIN",
        type="PRINTED_BOOK_OT",
        vendor="GOBI",
        account="GOBI-MAIN",
        price=Sum("50.00", "USD"),
        shares=(ShareWish("HIST", percent="100"),),
        places=(PlaceWish("MAIN", "STACKS", 1),),
        reference="REF-1",
    )
    return replace(wish, **changes)


__all__ = ["HELD_ISBN", "HELD_TITLE", "NEW_ISBN", "SHOP", "World", "book", "make_world", "profiles"]
