"""What was found is found again only while nothing changed that it depends on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from sqlalchemy import delete, insert, select, update

from openacq.catalogue.tables import bib_words
from openacq.store import Store, Tx
from openacq.store.scopes import Kept
from openacq.store.tables import claims
from tests.conftest import Do

SCOPE = "lines"
_ADD = insert(bib_words)
_ADD_CLAIM = insert(claims)


def word(tx: Tx, text: str) -> dict[str, object]:
    return {"institution": tx.institution, "word": text, "field": "t", "mms_id": "99"}


def add_word(text: str) -> Callable[[Tx], object]:
    return lambda tx: tx.execute(_ADD, word(tx, text))


@pytest.fixture
def look(read: Do) -> Callable[..., int]:
    """Looks something up in the scope; the answer is a new number each time it was really looked for."""
    numbers = count(1)

    def look_up(key: str = "asked", institution: int | None = None) -> int:
        def work(tx: Tx) -> int:
            return tx.kept(SCOPE, key, lambda: next(numbers), lambda _: 1)

        return read(work, institution=institution)

    return look_up


def test_what_was_found_is_kept_while_nothing_changes(look: Callable[..., int], write: Do) -> None:
    assert [look(), look(), look("something else"), look()] == [1, 1, 2, 1]
    write(lambda tx: tx.execute(_ADD_CLAIM, claim(tx)))  # a table of no scope
    assert look() == 1


def claim(tx: Tx) -> dict[str, object]:
    return {
        "institution": tx.institution,
        "claim": f"c{tx.new_id()}",
        "fingerprint": "",
        "at": tx.now,
        "expires": tx.now,
    }


@pytest.mark.parametrize("how", ["insert", "later", "update", "delete", "told"])
def test_any_change_of_a_table_of_the_scope_ends_it(how: str, look: Callable[..., int], write: Do) -> None:
    write(add_word("one"))
    first = look()

    def change(tx: Tx) -> None:
        mine = bib_words.c.institution == tx.institution
        if how == "insert":
            tx.execute(_ADD, word(tx, "two"))
        elif how == "later":
            tx.later(_ADD, [word(tx, "two")])
        elif how == "update":
            tx.execute(update(bib_words).where(mine).values(field="a"))
        elif how == "delete":
            tx.execute(delete(bib_words).where(mine))
        else:
            tx.changes(bib_words)

    write(change)
    assert look() == first + 1
    assert look() == first + 1


def test_a_change_of_registers_ends_it(look: Callable[..., int], write: Do) -> None:
    first = look()
    write(lambda tx: tx.registers_changed())
    assert look() == first + 1


def test_a_change_that_is_undone_ends_nothing(look: Callable[..., int], write: Do) -> None:
    first = look()

    def fail(tx: Tx) -> None:
        tx.execute(_ADD, word(tx, "two"))
        raise LookupError

    with pytest.raises(LookupError):
        write(fail)
    assert look() == first


def test_institutions_have_scopes_of_their_own(
    look: Callable[..., int], write: Do, other_institution: int
) -> None:
    first = look()
    theirs = look(institution=other_institution)
    assert theirs == first + 1
    write(add_word("one"), institution=other_institution)
    assert look() == first
    assert look(institution=other_institution) == theirs + 1


def test_a_transaction_that_may_change_things_keeps_nothing(write: Do, look: Callable[..., int]) -> None:
    numbers = count(100)

    def work(tx: Tx) -> tuple[int, int]:
        def ask() -> int:
            return tx.kept(SCOPE, "asked", lambda: next(numbers), lambda _: 1)

        before = ask()
        tx.execute(_ADD, word(tx, "two"))
        return before, ask()

    before, after = write(work)
    assert after == before + 1
    assert look() == 1


def test_nobody_ever_finds_what_is_no_longer_so(store: Store, institution: int) -> None:
    """Writers side by side, readers between them: what is kept is what the reader's snapshot holds."""
    words = select(bib_words.c.word).where(bib_words.c.institution == institution)
    done = threading.Event()

    def write_some(writer: int) -> None:
        for number in range(15):
            store.write(add_word(f"{writer}-{number}"), institution=institution)

    def read_on(_: int) -> int:
        looks = 0
        while not done.is_set() or not looks:
            kept, there = store.read(both, institution=institution)
            assert kept == there
            looks += 1
        return looks

    def both(tx: Tx) -> tuple[int, int]:
        def look() -> int:
            return len(tx.execute(words).all())

        return tx.kept(SCOPE, "how many", look, lambda _: 1), look()

    with ThreadPoolExecutor(8) as threads:
        readers = [threads.submit(read_on, number) for number in range(3)]
        list(threads.map(write_some, range(5)))
        done.set()
        assert all(reader.result() for reader in readers)
    assert store.read(both, institution=institution) == (75, 75)


# -- the shelf itself --------------------------------------------------------------------------


def test_the_longest_unused_goes_first() -> None:
    kept, found = Kept(most_bytes=30), iter(range(100))

    def ask(key: str) -> int:
        return kept.get(key, lambda: next(found), lambda _: 10)

    assert [ask("a"), ask("b"), ask("c"), ask("a"), ask("d")] == [0, 1, 2, 0, 3]
    assert [ask("a"), ask("c"), ask("d")] == [0, 2, 3]
    assert ask("b") == 4


def test_what_is_too_large_is_not_kept() -> None:
    kept, found = Kept(most_bytes=30), iter(range(100))
    assert [kept.get("a", lambda: next(found), lambda _: 20) for _ in range(2)] == [0, 1]


def test_several_that_ask_at_once_look_once() -> None:
    kept, looked, go = Kept(), [], threading.Event()

    def look() -> int:
        go.wait(10)
        looked.append(1)
        return 7

    with ThreadPoolExecutor(6) as threads:
        asked = [threads.submit(kept.get, "a", look, lambda _: 1) for _ in range(6)]
        go.set()
        assert [one.result() for one in asked] == [7] * 6
    assert len(looked) == 1


def test_who_waited_for_one_that_failed_looks_himself() -> None:
    kept, failing, others = Kept(), threading.Event(), threading.Event()

    def fail() -> int:
        failing.set()
        others.wait(10)
        raise LookupError

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(kept.get, "a", fail, lambda _: 1)
        failing.wait(10)
        second = threads.submit(kept.get, "a", lambda: 8, lambda _: 1)
        others.set()
        with pytest.raises(LookupError):
            first.result()
        assert second.result() == 8
