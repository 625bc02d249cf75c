"""The demo library in an empty database: complete, once, and good on any day."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Concatenate, ParamSpec, TypeVar

import pytest

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Description
from openacq.codes import service as codes
from openacq.demo import fill
from openacq.demo.cart import cart
from openacq.demo.filling import DATA, DEMO_KEY, GOBI_KEY
from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.doors.exchange.registers import load_files
from openacq.jobs.verify import verify
from openacq.kernel.clock import FixedClock
from openacq.ledger import service as ledger
from openacq.store import Store, Tx, migrate
from openacq.store.store import StoreOptions
from openacq.vendors import service as vendors

P = ParamSpec("P")
T = TypeVar("T")
FUNDS = {"HIST-2026": "100000.00", "SCI-2026": "40000.00", "EBOOK-2026": "25000.00", "GIFT-2026": "25.00"}


@pytest.fixture
def empty(fresh_database_url: str, clock: FixedClock) -> Iterator[Store]:
    """A migrated database without an institution."""
    store = open_store(fresh_database_url, clock)
    migrate.upgrade(store)
    yield store
    store.close()


def open_store(url: str, clock: FixedClock) -> Store:
    return Store(url, clock=clock, options=StoreOptions(sqlite_synchronous="OFF"))


def inside(store: Store, work: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs) -> T:
    """What `work` reads in the demo institution."""
    (card,) = store.read(directory.every_institution, institution=0)
    return store.read(lambda tx: work(tx, *args, **more), institution=card.id, zone=card.zone)


def test_an_empty_database_gets_the_library_once(empty: Store) -> None:
    assert fill(empty)
    assert not fill(empty)
    card = inside(empty, directory.institution)
    assert (card.oclc_id, card.currency) == ("128807", "USD")
    places = [
        (place.library, place.code)
        for library in inside(empty, directory.libraries)
        for place in inside(empty, directory.locations, library.code)
    ]
    assert places == [("MAIN", "REF"), ("MAIN", "STACKS"), ("SCI", "REF"), ("SCI", "STACKS")]
    assert inside(empty, directory.departments)
    assert not any(checked.differences for checked in verify(empty, card.id))


def test_its_funds_hold_what_they_were_given(empty: Store) -> None:
    fill(empty)
    for code, given in FUNDS.items():
        fund = inside(empty, ledger.fund, code)
        assert fund is not None
        held = inside(empty, ledger.balances, [fund.id])[fund.id]
        assert (held.allocated.text(), held.available.text()) == (given, given)


def test_its_vendors_are_what_their_orders_need(empty: Store) -> None:
    fill(empty)
    kinds = {}
    for code in ("GOBI", "OASIS", "DEMOBOOKS"):
        vendor = inside(empty, vendors.vendor, code)
        assert vendor is not None
        account = vendor.default_account
        assert account is not None
        kinds[code] = (vendor.kind.value, account.code, account.currency, account.discount)
    assert kinds == {
        "GOBI": ("gobi", "GOBI-MAIN", "USD", 0),
        "OASIS": ("oasis", "OASIS-MAIN", "USD", 0),
        "DEMOBOOKS": ("other", "DEMOBOOKS-EUR", "EUR", 10_0000),
    }


def test_the_member_of_staff_may_do_everything(empty: Store) -> None:
    fill(empty)
    staff = inside(empty, directory.user, "staff1")
    every = inside(empty, codes.rows, "HFrUserRoles.roleType")
    assert staff is not None
    assert {role.type for role in staff.roles} == {row.code for row in every}
    assert inside(empty, directory.user, "patron1") is not None


def test_its_keys_open_what_they_should(empty: Store) -> None:
    fill(empty)
    everything = directory.authenticate(empty, DEMO_KEY)
    gobi = directory.authenticate(empty, GOBI_KEY)
    assert everything is not None
    assert gobi is not None
    assert everything.demo
    assert everything.may("acq", write=True)
    assert everything.may("own")
    assert gobi.demo
    assert (gobi.vendor, gobi.may("acq", write=True), gobi.may("users")) == ("GOBI", True, False)


def test_its_catalogue_holds_titles_with_copies(empty: Store) -> None:
    fill(empty)

    def held(tx: Tx, isbn: str) -> tuple[tuple[str, int], ...]:
        found = catalogue.find_or_make(tx, Description(title="x", isbn=isbn), ("isbn",), "physical")
        assert not found.made
        return found.held.copies()

    assert inside(empty, held, "9780226458120") == (("MAIN", 1),)
    assert inside(empty, held, "9780262033848") == (("SCI", 2),)
    assert inside(empty, held, "9780553380163") == ()


def test_its_list_of_e_books_is_switched_on(empty: Store) -> None:
    fill(empty)
    (collection,) = inside(empty, catalogue.collections)
    assert collection.active
    assert collection.titles == 8


@pytest.mark.parametrize("day", ["2024-02-29", "2026-12-31", "2031-01-01"])
def test_its_fiscal_period_holds_on_any_day_and_into_the_next_year(empty: Store, day: str) -> None:
    empty.clock = clock = FixedClock(datetime.fromisoformat(f"{day}T00:30:00+00:00"))
    fill(empty)
    for days in (0, 365):
        clock.advance(days=days)
        assert inside(empty, ledger.fund, "HIST-2026") is not None


def test_a_database_with_a_library_is_left_alone(empty: Store) -> None:
    own = Institution(0, "OWN", "Own Library")
    empty.write(lambda tx: directory.create_institution(tx, own), institution=0)
    assert not fill(empty)
    assert inside(empty, directory.libraries) == ()


def test_of_several_processes_that_begin_together_one_fills(
    fresh_database_url: str, clock: FixedClock
) -> None:
    stores = [open_store(fresh_database_url, clock) for _ in range(4)]
    migrate.upgrade(stores[0])
    filled: list[bool] = []
    barrier = threading.Barrier(len(stores))

    def begin(store: Store) -> None:
        barrier.wait()
        filled.append(fill(store))

    threads = [threading.Thread(target=begin, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(filled) == [False, False, False, True]
    assert len(inside(stores[0], directory.libraries)) == 2
    for store in stores:
        store.close()


def test_its_files_are_register_files_like_any_other(empty: Store) -> None:
    files = sorted(DATA.glob("*.toml"))
    first, again = load_files(empty, files), load_files(empty, files)
    assert not first.refused
    assert {entry.verdict.outcome for entry in again.entries} == {"unchanged"}


def test_every_book_of_the_cart_has_a_number_that_can_be() -> None:
    for entry in cart("TEST", datetime.now(UTC).date()):
        metadata = entry.order["resource_metadata"]
        for kind in ("isbn", "issn"):
            if kind in metadata:
                assert catalogue.standard_number(metadata[kind], kind) is not None, entry.title
