"""An order promises money; the fund carries it, or says what is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import IntegrityError

from openacq.kernel.money import RATE_ONE, Money
from openacq.ledger import service
from openacq.ledger.model import Block, Outcome, PostingFilter, PostingKind, ShareToEncumber, Source
from openacq.ledger.tables import fund_balances, fund_postings
from openacq.store import Store, Tx
from tests.conftest import Do
from tests.ledger.money import (
    HISTORY,
    allot,
    assert_books_are_right,
    fill,
    numbered,
    order,
    place,
    sums,
    the_fund,
    usd,
)

LINE = Source("po_line", 7)


def rate(tx: Tx, source: str, value: str, target: str = "USD") -> None:
    row: dict[str, object] = {"source": source, "target": target, "rate": value, "valid_from": "2026-01-01"}
    service.load(tx, "exchange_rate", [row])


def postings(read: Do, code: str = "HIST") -> list[tuple[str, str, int]]:
    found, _ = read(lambda tx: service.postings(tx, the_fund(tx, code).id, limit=100))
    return [(posting.kind.value, posting.amount.text(), posting.share) for posting in reversed(found)]


def test_an_order_takes_from_what_is_available_and_not_from_the_cash(write: Do, read: Do) -> None:
    write(fill)
    (outcome,) = write(lambda tx: order(tx, 7, ("HIST", usd("30.50"))))
    assert outcome.posted == usd("30.50")
    assert (outcome.fund_code, outcome.block, outcome.rate) == ("HIST", None, RATE_ONE)
    assert sums(read, "HIST") == ("100.00", "30.50", "0.00", "100.00", "69.50")
    assert postings(read) == [("ALLOCATION", "100.00", 1), ("ENCUMBRANCE", "30.50", 1)]
    assert_books_are_right(read)


def test_a_summary_fund_and_the_ledger_show_the_sum_of_what_hangs_below(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 7, ("HIST", usd("30.00")), ("SCI", usd("5.00"))))
    assert sums(read, "HUM") == ("100.00", "30.00", "0.00", "100.00", "70.00")
    assert sums(read, "BOOKS") == ("200.00", "35.00", "0.00", "200.00", "165.00")


def test_a_full_fund_carries_nothing_and_says_what_is_missing(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 6, ("HIST", usd("90"))))
    rich, poor = write(lambda tx: order(tx, 7, ("SCI", usd("20.00")), ("HIST", usd("20.00"))))
    assert rich.posted == usd("20.00")
    assert poor.posted is None
    assert (poor.block, poor.fund_code) == (Block.LIMIT, "HIST")
    assert poor.free is not None
    assert poor.short is not None
    assert (poor.free.text(), poor.short.text()) == ("10.00", "10.00")
    assert sums(read, "HIST")[1] == "90.00"
    assert postings(read)[1:] == [("ENCUMBRANCE", "90.00", 1)]
    assert_books_are_right(read)


def test_the_last_cent_fits_and_one_more_does_not(write: Do, read: Do) -> None:
    write(fill)
    (exact,) = write(lambda tx: order(tx, 7, ("HIST", usd("100.00"))))
    (more,) = write(lambda tx: order(tx, 8, ("HIST", usd("0.01"))))
    assert exact.posted == usd("100.00")
    assert more.block is Block.LIMIT
    assert more.short == usd("0.01")


def test_two_shares_on_one_fund_stand_or_fall_together(write: Do, read: Do) -> None:
    write(fill)
    outcomes = write(lambda tx: order(tx, 7, ("HIST", usd("60")), ("SCI", usd("1")), ("HIST", usd("60"))))
    assert [outcome.block for outcome in outcomes] == [Block.LIMIT, None, Block.LIMIT]
    assert outcomes[0].short == outcomes[2].short == usd("20.00")
    outcomes = write(lambda tx: order(tx, 8, ("HIST", usd("60")), ("HIST", usd("40"))))
    assert [outcome.number for outcome in outcomes] == [1, 2]
    assert sums(read, "HIST")[1] == "100.00"
    assert_books_are_right(read)


@pytest.mark.parametrize(
    ("rules", "spent", "posted", "overdrawn"),
    [
        ({"overencumbrance_allowed": "YES"}, "100.01", True, "0.01"),
        ({"overencumbrance_allowed": "YES"}, "100.00", True, None),
        ({"overencumbrance_allowed": "YES", "overencumbrance_limit_percent": "10"}, "110.00", True, "10.00"),
        ({"overencumbrance_allowed": "YES", "overencumbrance_limit_percent": "10"}, "110.01", False, None),
        ({"overencumbrance_allowed": "YES", "overencumbrance_warning_percent": 5}, "104.99", True, None),
        ({"overencumbrance_allowed": "YES", "overencumbrance_warning_percent": 5}, "105.01", True, "5.01"),
        ({"overencumbrance_allowed": "NO_LIMITS"}, "999.00", True, None),
        ({"overencumbrance_allowed": "NO"}, "100.01", False, None),
    ],
)
def test_a_fund_may_be_overdrawn_as_far_as_its_rules_say(
    rules: dict[str, object], spent: str, posted: bool, overdrawn: str | None, write: Do, read: Do
) -> None:
    write(lambda tx: fill(tx, history={**HISTORY, **rules}))
    (outcome,) = write(lambda tx: order(tx, 7, ("HIST", usd(spent))))
    assert (outcome.posted is not None) is posted
    assert (outcome.overdrawn.text() if outcome.overdrawn else None) == overdrawn
    assert_books_are_right(read)


def test_a_foreign_price_is_converted_once_and_the_rate_is_kept(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: rate(tx, "EUR", "1.0825"))
    (outcome,) = write(lambda tx: order(tx, 7, ("HIST", Money.parse("19.99", "EUR"))))
    assert outcome.posted == usd("21.64")  # 21.639175
    assert outcome.rate == 10_825_000_000
    write(lambda tx: rate(tx, "EUR", "2"))
    (hanging,) = read(lambda tx: service.hanging(tx, LINE))
    assert (hanging.amount, hanging.original, hanging.rate) == (
        usd("21.64"),
        Money.parse("19.99", "EUR"),
        10_825_000_000,
    )
    (released,) = write(lambda tx: service.release(tx, LINE))
    assert released == hanging
    assert sums(read, "HIST")[1] == "0.00"
    assert_books_are_right(read)


def test_without_a_rate_nothing_is_posted_and_the_reason_is_told(write: Do, read: Do) -> None:
    write(fill)
    foreign, own = write(
        lambda tx: order(tx, 7, ("HIST", Money.parse("10.00", "GBP")), ("SCI", usd("10.00")))
    )
    assert (foreign.block, foreign.posted, foreign.fund_code) == (Block.RATE_MISSING, None, "HIST")
    assert own.posted == usd("10.00")
    assert_books_are_right(read)


@pytest.mark.parametrize(
    ("code", "block"), [("BOOKS", Block.FUND_NOT_ALLOCATED), ("HUM", Block.FUND_NOT_ALLOCATED)]
)
def test_only_allocated_funds_carry_orders(code: str, block: Block, write: Do) -> None:
    write(fill)
    (outcome,) = write(lambda tx: order(tx, 7, (code, usd("1.00"))))
    assert (outcome.block, outcome.fund_code) == (block, code)


def test_an_inactive_fund_carries_no_orders(write: Do) -> None:
    write(fill)
    write(lambda tx: service.load(tx, "fund", [{"code": "HIST", "status": "INACTIVE"}]))
    (outcome,) = write(lambda tx: order(tx, 7, ("HIST", usd("1.00"))))
    assert outcome.block is Block.FUND_INACTIVE


def test_a_fund_that_is_not_there_is_told_apart(write: Do) -> None:
    write(fill)
    missing = ShareToEncumber(1, 999_999_999, usd("1.00"))
    (outcome,) = write(lambda tx: service.encumber(tx, LINE, [missing]))
    assert outcome.block is Block.FUND_MISSING


def test_a_gift_encumbers_nothing_even_on_a_full_fund(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 6, ("HIST", usd("100.00"))))
    (outcome,) = write(lambda tx: order(tx, 7, ("HIST", usd("0.00"))))
    assert (outcome.block, outcome.posted) == (None, usd("0.00"))
    assert read(lambda tx: service.hanging(tx, LINE)) == ()


def test_releasing_gives_everything_back_once(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 7, ("HIST", usd("30.00")), ("SCI", usd("5.00"))))
    write(lambda tx: order(tx, 8, ("HIST", usd("1.00"))))
    released = write(lambda tx: service.release(tx, LINE))
    assert [(share.number, share.amount.text()) for share in released] == [(1, "30.00"), (2, "5.00")]
    assert write(lambda tx: service.release(tx, LINE)) == ()
    assert sums(read, "HIST")[1] == "1.00"
    assert sums(read, "SCI")[1] == "0.00"
    assert postings(read, "SCI")[1:] == [("ENCUMBRANCE", "5.00", 1 + 1), ("DISENCUMBRANCE", "-5.00", 2)]
    assert_books_are_right(read)


def test_a_changed_price_asks_only_for_what_comes_on_top(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 7, ("HIST", usd("60.00"))))
    (outcome,) = write(lambda tx: service.reencumber(tx, LINE, numbered(tx, ("HIST", usd("90.00")))))
    assert outcome.posted == usd("90.00")
    assert sums(read, "HIST")[1] == "90.00"
    (outcome,) = write(lambda tx: service.reencumber(tx, LINE, numbered(tx, ("HIST", usd("110.00")))))
    assert outcome.block is Block.LIMIT
    assert (outcome.free, outcome.short) == (usd("100.00"), usd("10.00"))
    assert sums(read, "HIST")[1] == "0.00"
    (outcome,) = write(lambda tx: service.reencumber(tx, LINE, numbered(tx, ("HIST", usd("50.00")))))
    assert outcome.posted == usd("50.00")
    assert [amount for _, amount, _ in postings(read)[1:]] == ["60.00", "-60.00", "90.00", "-90.00", "50.00"]
    assert_books_are_right(read)


def test_a_share_may_move_to_another_fund(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 7, ("HIST", usd("60.00"))))
    write(lambda tx: service.reencumber(tx, LINE, numbered(tx, ("SCI", usd("60.00")))))
    assert (sums(read, "HIST")[1], sums(read, "SCI")[1]) == ("0.00", "60.00")
    (hanging,) = read(lambda tx: service.hanging(tx, LINE))
    assert (hanging.number, hanging.amount) == (1, usd("60.00"))
    assert_books_are_right(read)


def test_less_money_is_never_refused_even_when_the_fund_shrank(write: Do, read: Do) -> None:
    overdrawn = {**HISTORY, "overencumbrance_allowed": "YES"}
    write(lambda tx: fill(tx, history=overdrawn))
    write(lambda tx: order(tx, 7, ("HIST", usd("150.00"))))
    write(lambda tx: service.load(tx, "fund", [{"code": "HIST", "overencumbrance_allowed": "NO"}]))
    (outcome,) = write(lambda tx: service.reencumber(tx, LINE, numbered(tx, ("HIST", usd("140.00")))))
    assert outcome.posted == usd("140.00")
    (outcome,) = write(lambda tx: order(tx, 8, ("HIST", usd("1.00"))))
    assert (outcome.free, outcome.short) == (usd("0.00"), usd("1.00"))
    assert_books_are_right(read)


def test_one_line_cannot_be_encumbered_twice(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 7, ("HIST", usd("10.00"))))
    with pytest.raises(IntegrityError):
        write(lambda tx: order(tx, 7, ("HIST", usd("10.00"))))
    assert sums(read, "HIST")[1] == "10.00"


def test_a_refused_order_leaves_no_trace(write: Do, read: Do) -> None:
    write(fill)

    def fails(tx: Tx) -> None:
        order(tx, 7, ("HIST", usd("10.00")))
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        write(fails)
    assert postings(read) == [("ALLOCATION", "100.00", 1)]
    assert_books_are_right(read)


def test_wrong_shares_are_a_fault_of_the_caller(write: Do) -> None:
    write(fill)
    with pytest.raises(ValueError, match="negative"):
        write(lambda tx: order(tx, 7, ("HIST", usd("-1.00"))))
    twice = [ShareToEncumber(1, 1, usd("1")), ShareToEncumber(1, 2, usd("1"))]
    with pytest.raises(ValueError, match="same number"):
        write(lambda tx: service.encumber(tx, LINE, twice))


def test_one_share_costs_two_statements_and_the_balance_comes_last(write: Do, store: Store) -> None:
    write(fill)
    write(lambda tx: order(tx, 6, ("HIST", usd("1.00")), ("SCI", usd("1.00"))))
    seen: list[str] = []

    def listen(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(" ".join(statement.split()[:3]))

    event.listen(store.writer, "before_cursor_execute", listen)
    try:
        write(lambda tx: order(tx, 7, ("HIST", usd("1.00"))))
        few = [statement for statement in seen if not statement.startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
        seen.clear()
        write(lambda tx: order(tx, 8, *([("HIST", usd("1.00"))] * 5), ("SCI", usd("1.00"))))
        many = [
            statement for statement in seen if not statement.startswith(("SAVEPOINT", "RELEASE", "BEGIN"))
        ]
    finally:
        event.remove(store.writer, "before_cursor_execute", listen)
    versions = [statement for statement in few if statement.startswith("SELECT")]
    assert len(versions) == 1  # of the registers
    assert few[1:] == ["INSERT INTO fund_postings", "UPDATE fund_balances SET"]
    assert many[1:] == ["INSERT INTO fund_postings", *["UPDATE fund_balances SET"] * 2]


def test_history_of_a_fund_is_paged_and_filtered(write: Do, read: Do) -> None:
    write(fill)
    for line in range(1, 6):
        write(place_order(line))
    write(lambda tx: service.release(tx, Source("po_line", 3)))
    fund_id = read(lambda tx: the_fund(tx, "HIST").id)
    page, total = read(lambda tx: service.postings(tx, fund_id, limit=2, offset=1))
    assert [posting.amount.text() for posting in page] == ["5.00", "4.00"]
    assert total == 7
    given_back = PostingFilter((PostingKind.DISENCUMBRANCE,))
    page, total = read(lambda tx: service.postings(tx, fund_id, given_back, limit=10))
    assert ([posting.source.id for posting in page], total) == ([3], 1)


def place_order(line: int) -> Callable[[Tx], object]:
    return lambda tx: order(tx, line, ("HIST", usd(f"{line}.00")))


# -- the books ---------------------------------------------------------------------------------


def spoil(tx: Tx, **values: int) -> None:
    fund_id = the_fund(tx, "HIST").id
    tx.execute(
        update(fund_balances)
        .where(fund_balances.c.institution == tx.institution, fund_balances.c.fund == fund_id)
        .values(**values)
    )


@pytest.mark.parametrize("what", ["allocated", "encumbered", "expended", "ceiling"])
def test_a_spoilt_balance_is_found_and_named(what: str, write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 7, ("HIST", usd("30.00"))))
    write(lambda tx: spoil(tx, **{what: 123_400}))
    (difference,) = read(service.check)
    assert (difference.subject, difference.what) == ("fund HIST of FY-2026", what)
    assert difference.stored == "12.34 USD"


def test_a_lost_posting_is_found(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 7, ("HIST", usd("30.00"))))

    def lose(tx: Tx) -> None:
        lost = fund_postings.c
        tx.execute(
            fund_postings.delete().where(lost.institution == tx.institution, lost.source_kind == "po_line")
        )

    write(lose)
    (difference,) = read(service.check)
    assert (difference.what, difference.stored, difference.expected) == (
        "encumbered",
        "30.00 USD",
        "0.00 USD",
    )


def test_a_changed_posting_is_found(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: rate(tx, "EUR", "1.1"))
    write(lambda tx: order(tx, 7, ("HIST", Money.parse("10.00", "EUR"))))

    def change(tx: Tx) -> None:
        posted = fund_postings.c
        here = (posted.institution == tx.institution, posted.source_kind == "po_line")
        assert tx.execute(select(posted.amount).where(*here)).scalar_one() == 110_000
        tx.execute(update(fund_postings).where(*here).values(amount=120_000))

    write(change)
    assert {difference.what for difference in read(service.check)} == {"encumbered", "amount"}


def test_a_posting_of_no_fund_is_found(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 7, ("HIST", usd("30.00"))))
    stray = {"institution": 0, "fund": 999_999, "id": 1, "kind": "ENCUMBRANCE", "amount": 1, "original": 1}
    more = {
        "original_currency": "USD",
        "original_scale": 2,
        "rate": RATE_ONE,
        "source_kind": "x",
        "source_id": 1,
    }

    def insert(tx: Tx) -> None:
        row = {**stray, **more, "institution": tx.institution, "share": 1, "step": 1, "at": tx.now}
        tx.execute(fund_postings.insert(), row)

    write(insert)
    (difference,) = read(service.check)
    assert (difference.subject, difference.what) == ("fund 999999", "definition")


def test_nothing_to_check_in_an_empty_institution(write: Do, read: Do) -> None:
    write(place)
    assert_books_are_right(read)


def test_money_of_another_institution_is_not_counted(write: Do, read: Do, institution: int) -> None:
    write(fill)
    write(fill, institution=institution + 500_000)
    write(lambda tx: allot(tx, {"HIST": "7"}, "more"), institution=institution + 500_000)
    assert sums(read, "HIST")[0] == "100.00"


def test_several_orders_are_encumbered_together_and_each_stands_by_itself(
    write: Do, read: Do, store: Store
) -> None:
    write(fill)

    def together(tx: Tx, *sums: str) -> dict[Source, list[Outcome]]:
        history = the_fund(tx, "HIST").id
        return service.encumber_all(
            tx,
            {
                Source("po_line", number): [ShareToEncumber(1, history, usd(each))]
                for number, each in enumerate(sums, 100 * len(sums))
            },
        )

    seen: list[str] = []

    def listen(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(" ".join(statement.split()[:2]))

    event.listen(store.writer, "before_cursor_execute", listen)
    try:
        write(lambda tx: together(tx, "10.00", "20.00", "30.00"))
    finally:
        event.remove(store.writer, "before_cursor_execute", listen)
    assert (seen.count("INSERT INTO"), seen.count("UPDATE fund_balances")) == (1, 1)
    assert sums(read, "HIST")[1] == "60.00"
    found = write(lambda tx: together(tx, "30.00", "30.00", "5.00", "40.00"))
    blocked = [outcomes[0].block is not None for outcomes in found.values()]
    assert blocked == [False, True, False, True]
    assert sums(read, "HIST")[1] == "95.00"
    assert_books_are_right(read)
