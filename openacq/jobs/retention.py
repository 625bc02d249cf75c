"""Forgetting in time: patron data and old calls of the order log, expired claims, tokens and sessions,
old counts, letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from openacq.calls import service as calls
from openacq.directory import service as directory
from openacq.letters import service as letters
from openacq.store import Store, Tx, claims


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Days after which folded patron data are erased, calls dropped and letters to people emptied;
    0 = calls and letters are kept for ever."""

    patron_data_days: int
    order_log_days: int
    letter_days: int = 0


def forget_some(store: Store, institutions: Iterable[int], rules: RetentionRules) -> bool:
    """One short transaction for each institution and kind; returns whether there is more to forget."""
    more = False
    for institution in institutions:
        for work in _works(rules):
            more = store.write(work, institution=institution) > 0 or more
    return more


def _works(rules: RetentionRules) -> tuple[Callable[[Tx], int], ...]:
    works: list[Callable[[Tx], int]] = [
        lambda tx: calls.erase_patron_data(tx, rules.patron_data_days),
        claims.purge,
        directory.drop_expired_tokens,
        directory.drop_expired_sessions,
        lambda tx: calls.forget_days(tx, tx.now),
    ]
    if rules.letter_days:
        works.append(lambda tx: letters.erase_letters_to_people(tx, rules.letter_days))
    if rules.order_log_days:
        works.append(lambda tx: calls.erase_calls(tx, rules.order_log_days))
    return tuple(works)
