"""What is done about news: every desk's reactions in one table, by topic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from openacq.ordering import service as ordering
from openacq.requests import service as requests
from openacq.store import Tx
from openacq.store.outbox import News, Reaction


def together(tables: Iterable[Mapping[str, Reaction]]) -> Mapping[str, Reaction]:
    """One table of several. Where several desks react to a topic, all do, in one transaction; order is
    kept if one of them wants it."""
    found: dict[str, Reaction] = {}
    for table in tables:
        for topic, reaction in table.items():
            found[topic] = _both(found[topic], reaction) if topic in found else reaction
    return MappingProxyType(found)


def _both(one: Reaction, other: Reaction) -> Reaction:
    def act(tx: Tx, news: News) -> None:
        one.act(tx, news)
        other.act(tx, news)

    def given_up(tx: Tx, news: News, words: str) -> None:
        for reaction in (one, other):
            if reaction.given_up is not None:
                reaction.given_up(tx, news, words)

    return Reaction(act, one.in_order or other.in_order, given_up)


REACTIONS: Mapping[str, Reaction] = together((ordering.REACTIONS, requests.REACTIONS))
"""Topics that are not in it are nobody's work; their news are kept for those who ask for them."""
