"""How many copies go where, and who pays for them there: the copy configurations of an item.

A WMS order gives each place its own bookings; a line has places, and shares of the whole. Bookings
become shares weighted by the copies of their place; a line of another door reads as one configuration
per place, its shares as the bookings of each. What was given is kept beside the line and comes back as
it was while the line still says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from openacq.kernel.converting import converted
from openacq.kernel.money import (
    WHOLE,
    Money,
    NotMoney,
    divide_half_up,
    parse_percent,
    percent_text,
    split_by_weights,
)
from openacq.ordering.model import Line, PlaceWish, ShareWish, Sum


@dataclass(frozen=True, slots=True)
class Booking:
    """A fund's part of the copies of one place: a percent or an amount (texts as sent), or neither for the
    whole. An amount is for all copies of the place together. `extras` are members of the dialect that the
    house only keeps."""

    fund_code: str
    percent: str = ""
    amount: str = ""
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CopyConfig:
    """Copies for one place. `extras` are members of the dialect that the house only keeps."""

    library: str
    location: str = ""
    copies: int = 1
    bookings: tuple[Booking, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)


def places_of(configs: Sequence[CopyConfig]) -> tuple[PlaceWish, ...]:
    """The places of a line with these configurations."""
    return tuple(PlaceWish(each.library, each.location, each.copies) for each in configs)


def shares_of(configs: Sequence[CopyConfig], currency: str) -> tuple[ShareWish, ...]:
    """The shares of a line with these configurations: one for each fund booked by percent or by amount,
    in the order of the bookings. What cannot be read is passed on as it is, to be refused by name."""
    copies = sum(max(each.copies, 1) for each in configs)
    weights: dict[str, int] = {}
    amounts: dict[str, Money] = {}
    unread: list[ShareWish] = []
    order: dict[tuple[str, str], None] = {}
    for config in configs:
        for booking in config.bookings:
            wish = ShareWish(booking.fund_code, booking.percent, Sum(booking.amount, currency))
            try:
                if booking.amount and not booking.percent:
                    amount = Money.parse(booking.amount, currency)
                    known = amounts.get(booking.fund_code)
                    amounts[booking.fund_code] = _sum(known, amount) if known else amount
                    order["amount", booking.fund_code] = None
                elif booking.amount or not booking.fund_code:
                    unread.append(wish)
                else:
                    percent = parse_percent(booking.percent) if booking.percent else WHOLE
                    weights[booking.fund_code] = weights.get(booking.fund_code, 0) + percent * max(
                        config.copies, 1
                    )
                    order["percent", booking.fund_code] = None
            except NotMoney:
                unread.append(wish)
    percents = _spread(weights, copies)
    shares = [
        ShareWish(code, percent=percent_text(percents[code]))
        if kind == "percent"
        else ShareWish(code, amount=Sum(amounts[code].text(), currency))
        for kind, code in order
    ]
    return (*shares, *unread)


def _sum(one: Money, other: Money) -> Money:
    return replace(one, units=one.units + other.units, scale=max(one.scale, other.scale))


def _spread(weights: Mapping[str, int], copies: int) -> dict[str, int]:
    """Weights by fund as percents of the whole line, rounded so that their sum is the rounded sum: what
    covers every copy whole covers the line whole."""
    if not weights or not copies:
        return {}
    total = divide_half_up(sum(weights.values()), copies)
    found = {code: weight // copies for code, weight in weights.items()}
    left = total - sum(found.values())
    by_rest = sorted(weights, key=lambda code: -(weights[code] % copies))
    for code in by_rest[:left]:
        found[code] += 1
    return found


# -- kept beside the line -----------------------------------------------------------------------


def kept(configs: Sequence[CopyConfig]) -> list[dict[str, Any]]:
    """The configurations as the line keeps them."""
    found: list[dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(list(configs)))
    return found


def of_line(line: Line, stored: object) -> tuple[CopyConfig, ...]:
    """The configurations of a line: those kept with it while they say what the line says, else one for
    each of its places; what has no place (electronic) is one for its owner."""
    if stored:
        given = tuple(converted(stored, list[CopyConfig]))
        places = [(each.library, each.location, each.copies) for each in given]
        shares = _wished(shares_of(given, line.price.currency if line.price else ""))
        if _places(line) in ([], places) and _shares(line) == shares:
            return given
    if not line.places:
        return (CopyConfig(line.owner, "", line.quantity, _bookings(line, [line.quantity])[0]),)
    bookings = _bookings(line, [place.quantity for place in line.places])
    return tuple(
        CopyConfig(place.library, place.location, place.quantity, bookings[at])
        for at, place in enumerate(line.places)
    )


def _places(line: Line) -> list[tuple[str, str, int]]:
    return [(each.library, each.location, each.quantity) for each in line.places]


def _shares(line: Line) -> list[tuple[str, int | None, int | None]]:
    return [
        (share.fund_code, share.percent, share.amount.units if share.amount else None)
        for share in line.shares
    ]


def _wished(shares: Sequence[ShareWish]) -> list[tuple[str, int | None, int | None]]:
    found: list[tuple[str, int | None, int | None]] = []
    for share in shares:
        percent = parse_percent(share.percent) if share.percent else None
        amount = Money.parse(share.amount.sum, "XXX").units if share.amount.sum else None
        found.append((share.fund_code, percent, amount))
    return found


def _bookings(line: Line, quantities: Sequence[int]) -> list[tuple[Booking, ...]]:
    """The shares of a line as bookings of each of its places; an amount is spread by copies."""
    copies = [max(quantity, 1) for quantity in quantities]
    spread: list[list[Booking]] = [[] for _ in copies]
    for share in line.shares:
        parts = split_by_weights(share.amount, copies) if share.amount is not None else None
        for at, bookings in enumerate(spread):
            if parts is not None:
                bookings.append(Booking(share.fund_code, amount=parts[at].text()))
            else:
                bookings.append(Booking(share.fund_code, percent=percent_text(share.percent or 0)))
    return [tuple(bookings) for bookings in spread]
