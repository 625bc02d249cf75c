"""Playing the cart: the look-ups, every order, and what the library sees afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from openacq.demo.cart import Entry, Way, cart
from openacq.demo.shop import Answer, Balance, Shop, ShopError
from openacq.demo.walking import Life, send, walk

PACKED = "AUTO_PACKAGING"


@dataclass(frozen=True, slots=True)
class Played:
    """An entry, its answer, and what each fund had to set aside for it."""

    entry: Entry
    answer: Answer
    reserved: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Reason:
    """An alert that parks a line: why, who can mend it, how."""

    text: str
    who: str
    fix: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the review list."""

    number: str
    title: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Playing:
    """All that happened."""

    looked_up: tuple[tuple[str, str], ...]
    played: tuple[Played, ...]
    review: tuple[Waiting, ...]
    before: Mapping[str, Balance]
    after: Mapping[str, Balance]
    life: Life


def play(shop: Shop, run: str, today: date) -> Playing:
    """Read what a shop reads, send the cart, read what came of it; then take one line to its end, and have
    the standing order begin. Raises ShopError."""
    looked_up = tuple(shop.look_up())
    before = now = shop.balances()
    played = []
    for entry in cart(run, today):
        answer = _send(shop, entry)
        then, now = now, shop.balances()
        reserved = {code: now[code].encumbered - then[code].encumbered for code in now}
        played.append(Played(entry, answer, {code: sum_ for code, sum_ in reserved.items() if sum_}))
    review = _review(shop)
    chosen = next(one for one in played if one.entry.walks)
    life = walk(shop, chosen.answer.number, chosen.entry.funds[0])
    for one in played:
        if one.entry.runs_on and one.answer.status == PACKED:
            send(shop, one.answer.number)
    return Playing(looked_up, tuple(played), review, before, now, life)


def _send(shop: Shop, entry: Entry) -> Answer:
    if entry.way is Way.CUT:
        shop.order_and_lose_the_answer(entry.order)
        answer = shop.order(entry.order, xml=entry.xml)
        _check_one_line(shop, entry, answer)
        return answer
    return shop.order(entry.order, xml=entry.xml, dry_run=entry.way is Way.DRY_RUN)


def _check_one_line(shop: Shop, entry: Entry, answer: Answer) -> None:
    """The vendor's reference finds a line only if there is exactly one."""
    found = shop.read(f"/almaws/v1/acq/po-lines/{entry.reference}")
    if found["number"] != answer.number:
        raise ShopError(f"{answer.number} was answered, but {found['number']} carries the reference")


def _review(shop: Shop) -> tuple[Waiting, ...]:
    lines: list[dict[str, Any]] = shop.read("/openacq/v1/review?limit=200").get("lines", [])
    return tuple(
        Waiting(
            line["number"],
            line["title"],
            tuple(
                Reason(alert["text"], alert["who"], alert.get("fix", ""))
                for alert in line["alerts"]
                if alert["severity"] == "blocking"
            ),
        )
        for line in lines
    )
