"""An order for an e-book: institution, then community zone, then a portfolio of its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from openacq.catalogue import service
from openacq.catalogue.model import (
    COMMUNITY_ZONE,
    Collection,
    Description,
    Identifier,
    Portfolio,
    PortfolioWish,
    TitleRow,
)
from openacq.catalogue.store import community
from openacq.kernel.refusal import Refusal
from openacq.store.store import Store
from openacq.store.tx import Tx
from tests.catalogue.titles import HERON, OTTER, connect, order
from tests.conftest import Do

ISBN = Identifier("isbn", "9780306406157")
GOBI = PortfolioWish(search_community=True, identifiers=(ISBN,), url="https://vendor.example/heron")
BOOKSELLER = replace(GOBI, search_community=False)


@pytest.fixture
def heron(write: Do) -> str:
    return write(lambda tx: order(tx, HERON, kind="portfolio")).mms_id


@pytest.fixture
def shelf(write: Do, institution: int) -> str:
    """A collection with the heron in it, switched on by nobody yet."""
    code = f"shelf-{institution}"
    write(
        lambda tx: put(
            tx,
            code,
            "Reed E-Books",
            TitleRow(
                "H1",
                "The heron's year",
                (ISBN, Identifier("title_id", "H1")),
                url="https://reed.example/h1",
                coverage="2019-",
            ),
        ),
        institution=COMMUNITY_ZONE,
    )
    return code


def put(tx: Tx, code: str, name: str, *titles: TitleRow) -> None:
    community.put_collection(tx, Collection(code, name, provider=name.split(" ", maxsplit=1)[0]))
    community.put_titles(tx, code, titles, ())


def test_a_title_held_online_is_linked_and_nothing_is_made(write: Do, read: Do, heron: str) -> None:
    first = write(lambda tx: connect(tx, heron, 1))
    again = write(lambda tx: service.find_or_make_portfolio(tx, heron, 2, GOBI))

    assert first.outcome == "made"
    assert again.outcome == "linked"
    assert again.portfolio.portfolio_id == first.portfolio.portfolio_id
    assert len(read(lambda tx: service.portfolios_of(tx, heron))) == 1
    lines = read(lambda tx: service.inventory_of_lines(tx, [1, 2]))
    assert lines[1].portfolios == lines[2].portfolios
    assert lines[1].portfolios[0].url == "https://books.example/1"


def test_a_community_title_is_activated_but_waits_for_staff(
    write: Do, read: Do, heron: str, shelf: str
) -> None:
    write(lambda tx: service.switch_collection(tx, shelf))
    match = write(
        lambda tx: service.find_or_make_portfolio(tx, heron, 1, replace(GOBI, base_status="ACTIVE"))
    )

    assert match.outcome == "activated"
    made: Portfolio = match.portfolio
    assert (made.origin, made.collection_id, made.title_id) == ("community", shelf, "H1")
    assert (made.available, made.base_status) == (False, "INACTIVE")
    assert (made.url, made.coverage, made.access_provider) == ("https://reed.example/h1", "2019-", "Reed")
    assert read(lambda tx: service.portfolios_of(tx, heron)) == (made,)


def test_a_collection_that_is_not_switched_on_is_not_searched(write: Do, heron: str, shelf: str) -> None:
    assert write(lambda tx: service.find_or_make_portfolio(tx, heron, 1, GOBI)).outcome == "made"


def test_a_collection_switched_off_again_is_not_searched(write: Do, heron: str, shelf: str) -> None:
    write(lambda tx: service.switch_collection(tx, shelf))
    otter = write(lambda tx: order(tx, OTTER)).mms_id
    assert write(lambda tx: service.find_or_make_portfolio(tx, otter, 1, GOBI)).outcome == "activated"
    write(lambda tx: service.switch_collection(tx, shelf, False))
    assert write(lambda tx: service.find_or_make_portfolio(tx, heron, 2, GOBI)).outcome == "made"


def test_another_institutions_switches_do_not_count(
    write: Do, institution: int, heron: str, shelf: str
) -> None:
    write(lambda tx: service.switch_collection(tx, shelf), institution=institution + 100_000)
    assert write(lambda tx: service.find_or_make_portfolio(tx, heron, 1, GOBI)).outcome == "made"


def test_other_vendors_get_a_local_portfolio(write: Do, heron: str, shelf: str) -> None:
    write(lambda tx: service.switch_collection(tx, shelf))
    wish = replace(BOOKSELLER, base_status="ACTIVE", access_model="unlimited", license="L1")
    made = write(lambda tx: service.find_or_make_portfolio(tx, heron, 1, wish))

    assert (made.outcome, made.portfolio.origin) == ("made", "local")
    assert (made.portfolio.available, made.portfolio.url) == (True, "https://vendor.example/heron")
    assert (made.portfolio.public_note, made.portfolio.license) == ("unlimited", "L1")


def test_a_title_id_counts_more_than_a_number(write: Do, heron: str, shelf: str, institution: int) -> None:
    other = f"a-{institution}"
    write(
        lambda tx: put(tx, other, "Dax Books", TitleRow("77", "Otters", (Identifier("title_id", "77"),))),
        institution=COMMUNITY_ZONE,
    )
    for code in (shelf, other):
        write(lambda tx, code=code: service.switch_collection(tx, code))  # type: ignore[misc]
    match = write(lambda tx: service.find_or_make_portfolio(tx, heron, 1, replace(GOBI, title_id="77")))
    assert match.portfolio.collection_id == other


def test_of_two_collections_the_one_of_the_access_provider_is_taken(
    write: Do, heron: str, shelf: str, institution: int
) -> None:
    first = f"a-{institution}"
    write(lambda tx: put(tx, first, "Dax Books", TitleRow("1", "Heron", (ISBN,))), institution=COMMUNITY_ZONE)
    for code in (first, shelf):
        write(lambda tx, code=code: service.switch_collection(tx, code))  # type: ignore[misc]
    otter = write(lambda tx: order(tx, OTTER)).mms_id

    plain = write(lambda tx: service.find_or_make_portfolio(tx, otter, 1, GOBI))
    assert plain.portfolio.collection_id == first
    wish = replace(GOBI, access_provider="reed")
    assert (
        write(lambda tx: service.find_or_make_portfolio(tx, heron, 2, wish)).portfolio.collection_id == shelf
    )


def test_orders_racing_for_an_e_book_make_one_portfolio(store: Store, institution: int, heron: str) -> None:
    racers = 6
    start = threading.Barrier(racers)

    def place(line_id: int) -> tuple[str, str]:
        start.wait()
        match = store.write(
            lambda tx: service.find_or_make_portfolio(tx, heron, line_id, BOOKSELLER), institution=institution
        )
        return match.portfolio.portfolio_id, match.outcome

    with ThreadPoolExecutor(racers) as pool:
        outcomes = list(pool.map(place, range(racers)))
    assert len({portfolio for portfolio, _ in outcomes}) == 1
    assert sorted(outcome for _, outcome in outcomes) == ["linked"] * (racers - 1) + ["made"]


def test_an_unknown_collection_cannot_be_switched_on(write: Do, shelf: str) -> None:
    with pytest.raises(Refusal) as refusal:
        write(lambda tx: service.switch_collection(tx, shelf.upper()))
    assert refusal.value.problems[0].slug == "collection_unknown"
    assert shelf in refusal.value.problems[0].advice()


def test_collections_are_listed_with_titles_and_switches(write: Do, read: Do, shelf: str) -> None:
    def mine(tx: Tx) -> tuple[int, bool]:
        (found,) = [one for one in service.collections(tx) if one.collection_id == shelf]
        return found.titles, found.active

    assert read(mine) == (1, False)
    write(lambda tx: service.switch_collection(tx, shelf))
    assert read(mine) == (1, True)


def test_a_bib_that_was_just_made_needs_no_look_for_portfolios(write: Do) -> None:
    def place(tx: Tx) -> str:
        match = order(tx, Description(title="New", isbn=OTTER.isbn), kind="portfolio")
        return service.find_or_make_portfolio(tx, match.mms_id, 1, GOBI, held=match.held).outcome

    assert write(place) == "made"
