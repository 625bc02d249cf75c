"""Lists of PO lines: pages of 100 by each usual condition, at the beginning and at the very end."""

from __future__ import annotations

import random
from collections.abc import Callable

from bench.cases import FUND_CODES, JSON, LINES, VENDOR, Case, gets, isbn
from bench.task import BIBS, LoadTask

PAGE = 100

Asked = Callable[[LoadTask, random.Random], str]


def list_cases() -> tuple[Case, ...]:
    """A list of 100 lines out of all there are, JSON, by one condition each."""
    return tuple(
        Case(f"list-{name}", f"list of 100 lines, {story}, JSON", False, gets(JSON, _page(asked)))
        for name, story, asked in (
            ("status", "by status", lambda _task, _chance: "status=ACTIVE"),
            ("vendor", "of a vendor", lambda _task, _chance: f"q=vendor_code~{VENDOR}"),
            ("fund", "by fund", lambda _task, chance: f"q=fund_code~{chance.choice(FUND_CODES)}"),
            ("number", "by number", lambda task, chance: f"q=number~{chance.choice(task.lines)}"),
            ("isbn", "by ISBN", lambda task, chance: f"q=issn_isbn~{_ordered_isbn(task, chance)}"),
            ("words", "by words that few titles have", _rare_words),
            ("words-all", "by words that all titles have", lambda _task, _chance: "q=title~harbours_history"),
            ("end", "the last page of all", lambda task, _chance: f"offset={max(task.size - PAGE, 0)}"),
        )
    )


def _page(asked: Asked) -> Asked:
    return lambda task, chance: f"{LINES}?limit={PAGE}&{asked(task, chance)}"


def _title(task: LoadTask, chance: random.Random) -> int:
    """The number of a title the store began with a line of."""
    from bench.seeding import FIRST

    return BIBS + FIRST + chance.randrange(max(task.size, 1))


def _ordered_isbn(task: LoadTask, chance: random.Random) -> str:
    return isbn(_title(task, chance))


def _rare_words(task: LoadTask, chance: random.Random) -> str:
    return f"q=title~north_{_title(task, chance)}"
