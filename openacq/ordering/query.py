"""What a search for PO lines asks: its words are looked up in the registers and become criteria."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from openacq.catalogue import service as catalogue
from openacq.catalogue.service import WordField
from openacq.directory import service as directory
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import folded
from openacq.ledger import service as ledger
from openacq.ledger.model import FundFilter
from openacq.ordering import store_search
from openacq.ordering.criteria import (
    AllOf,
    Among,
    AnyOf,
    Arriving,
    At,
    Begins,
    Criterion,
    Holds,
    Identified,
    InOrder,
    OnFunds,
    These,
)
from openacq.ordering.store_search import ItemHit
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import VendorFilter

MOST_ITEMS = 10_000
"""Items the item conditions of one search may meet."""
MOST_TEXTS = 50_000
"""Different texts of one item field that are looked through."""
MOST_OF_REGISTER = 100_000
MOST_WORDS = 30
"""Words of one condition that are looked for; a title with so many of them in common is the one."""
MOST_CONDITIONS = 50

_BLANKS = re.compile(r"[\s_]+")


class LineStatus(StrEnum):
    """Which lines a list shows. ALL leaves out those that are closed; ACTIVE those cancelled too."""

    ALL = "ALL"
    ACTIVE = "ACTIVE"
    CANCELLED = "CANCELLED"
    CLOSED = "CLOSED"
    ALL_WITH_CLOSED = "ALL_WITH_CLOSED"


LINE_KEYS = ("number", "title", "created_date", "po_number")
ITEM_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "enumeration_a": "enumeration_a",
        "enumeration_b": "enumeration_b",
        "enumeration_c": "enumeration_c",
        "chronology_i": "chronology_i",
        "chronology_j": "chronology_j",
        "chronology_k": "chronology_k",
        "item_description": "description",
        "item_library": "library",
    }
)
"""Fields of a line's items: what they are called in a search → here."""


@dataclass(frozen=True, slots=True)
class LineSearch:
    """Which lines to list, and in which order; what is empty or None is no condition.

    `conditions` are pairs of a field and the words asked of it (blanks may be underscores); all must
    hold. `vendor` keeps to the lines of one vendor. `arrives_since` and `arrives_until` bound the day
    the line or one of its items is expected. `order_by` names keys of LINE_KEYS or of ITEM_FIELDS, never
    both, items' only where a condition is about items; lines that are equal come by number.
    """

    conditions: tuple[tuple[str, str], ...] = ()
    status: LineStatus = LineStatus.ALL
    methods: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    library: str = ""
    vendor: str | None = None
    arrives_since: date | None = None
    arrives_until: date | None = None
    order_by: tuple[str, ...] = ("title",)
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """`items` are the items that meet the conditions about items, None when there are none of those."""

    criteria: tuple[Criterion, ...]
    items: tuple[ItemHit, ...] | None = None


def check(wanted: LineSearch) -> None:
    """Raises Refusal: search_field_unknown, query_invalid, sort_unknown, sort_mixed, sort_without_items."""
    if len(wanted.conditions) > MOST_CONDITIONS:
        reason = f"more than {MOST_CONDITIONS} conditions"
        raise Refusal(Problem("query_invalid", "q", wanted.conditions[0][1], reason=reason))
    for field, _ in wanted.conditions:
        if field not in FIELDS and field not in ITEM_FIELDS:
            raise Refusal(
                Problem("search_field_unknown", "q", field, valid=", ".join((*FIELDS, *ITEM_FIELDS)))
            )
    for key in wanted.order_by:
        if key not in LINE_KEYS and key not in ITEM_FIELDS:
            raise Refusal(
                Problem("sort_unknown", "order_by", key, valid=", ".join((*LINE_KEYS, *ITEM_FIELDS)))
            )
    by_item = [key for key in wanted.order_by if key in ITEM_FIELDS]
    if by_item and len(by_item) < len(wanted.order_by):
        raise Refusal(Problem("sort_mixed", "order_by", ",".join(wanted.order_by)))
    if by_item and not any(field in ITEM_FIELDS for field, _ in wanted.conditions):
        raise Refusal(Problem("sort_without_items", "order_by", by_item[0]))


def query_of(tx: Tx, wanted: LineSearch) -> Query | None:
    """The criteria of a search, None when nothing can meet them. Raises Refusal: items_too_many."""
    criteria: list[Criterion] = []
    if wanted.vendor is not None:
        criteria.append(Among("vendor", (wanted.vendor,)))
    if wanted.states:
        criteria.append(Among("state", wanted.states))
    if wanted.methods:
        criteria.append(Among("method", wanted.methods))
    if wanted.library:
        criteria.append(Among("owner", (wanted.library,)))
    if wanted.arrives_since or wanted.arrives_until:
        criteria.append(Arriving(wanted.arrives_since, wanted.arrives_until))
    for field, text in wanted.conditions:
        if field in FIELDS:
            found = FIELDS[field](tx, text)
            if found is None:
                return None
            criteria.append(found)
    about_items = [(ITEM_FIELDS[field], text) for field, text in wanted.conditions if field in ITEM_FIELDS]
    if not about_items:
        return Query(_flat(criteria))
    items = _items(tx, about_items)
    if not items:
        return None
    return Query((*_flat(criteria), These(tuple({item.line_id for item in items}))), items)


def _flat(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    return tuple(
        part for each in criteria for part in (each.criteria if isinstance(each, AllOf) else (each,))
    )


# -- fields of the line ------------------------------------------------------------------------


def words_of(text: str) -> tuple[str, ...]:
    """The words asked for; blanks may be written as underscores."""
    return tuple(dict.fromkeys(word for word in _BLANKS.split(text) if word))[:MOST_WORDS]


def _words_in(field: WordField) -> Callable[[Tx, str], Criterion | None]:
    def of(tx: Tx, text: str) -> Criterion | None:
        # The longest word first: it is the rarest, mostly, and the database begins with the first.
        words = sorted(dict.fromkeys(catalogue.beginnings(text)), key=len, reverse=True)[:MOST_WORDS]
        few = catalogue.few_with_words(tx, words, field)
        if few is None:
            return _all(Begins(field.value, word) for word in words)
        return Among("mms_id", few) if few else None

    return of


def _all(criteria: Iterable[Criterion]) -> Criterion | None:
    found = tuple(dict.fromkeys(criteria))
    return AllOf(found) if found else None


def _any(criteria: Iterable[Criterion | None]) -> Criterion | None:
    found = tuple(each for each in criteria if each is not None)
    return AnyOf(found) if found else None


def _number(tx: Tx, text: str) -> Criterion | None:
    """A whole number is that line alone; else every number it is a part of."""
    exact = store_search.whole_number(tx, text)
    return Among("number", (exact,)) if exact else _all(Holds("number", word) for word in words_of(text))


def _order_number(tx: Tx, text: str) -> Criterion | None:
    exact = store_search.whole_order_number(tx, text)
    if exact:
        return InOrder(exact)
    return _all(InOrder(word, partly=True) for word in words_of(text))


def _mms_id(_tx: Tx, text: str) -> Criterion:
    return Among("mms_id", (text,))


def _standard_number(_tx: Tx, text: str) -> Criterion | None:
    number = catalogue.standard_number(text)
    if number is not None:
        return Identified((number.kind,), number.value)
    bare = catalogue.bare_number(text)
    if not bare:
        return None
    return AnyOf((Identified(("isbn", "issn"), bare, partly=True), Begins(WordField.NUMBER.value, bare)))


def _invoice(_tx: Tx, text: str) -> Criterion | None:
    return _all(Holds("invoice_reference", word) for word in words_of(text))


def _vendor_code(tx: Tx, text: str) -> Criterion | None:
    return _among("vendor", _exact_or_all(text, _vendors(tx, "code", words_of(text))) or [text])


def _vendor_name(tx: Tx, text: str) -> Criterion | None:
    return _among("vendor", _vendors(tx, "name", words_of(text)))


def _vendors(tx: Tx, field: str, words: Sequence[str]) -> list[str]:
    found = vendors.vendors(tx, VendorFilter(search=((field, tuple(words)),)), MOST_OF_REGISTER)
    return [vendor.code for vendor in found.vendors]


def _vendor_account(tx: Tx, text: str) -> Criterion | None:
    words = [folded(word) for word in words_of(text)]
    known = [code for code in store_search.accounts(tx) if all(word in folded(code) for word in words)]
    return _among("account", _exact_or_all(text, known) or [text])


def _among(column: str, values: Sequence[str]) -> Criterion | None:
    return Among(column, tuple(dict.fromkeys(values))) if values else None


def _exact_or_all(text: str, codes: Sequence[str]) -> list[str]:
    """A code that is the text itself stands for itself alone; else all of the codes."""
    exact = [code for code in codes if code.casefold() == text.casefold()]
    return exact or list(codes)


def _fund_code(tx: Tx, text: str) -> Criterion | None:
    funds = _funds(tx, "code", words_of(text))
    meant = set(_exact_or_all(text, [code for _, code in funds]))
    unknown = text if store_search.fund_unknown(tx, text) else ""
    ids = tuple(fund_id for fund_id, code in funds if code in meant)
    return OnFunds(ids, unknown) if ids or unknown else None


def _fund_name(tx: Tx, text: str) -> Criterion | None:
    funds = _funds(tx, "name", words_of(text))
    return OnFunds(tuple(fund_id for fund_id, _ in funds)) if funds else None


def _funds(tx: Tx, field: str, words: Sequence[str]) -> list[tuple[int, str]]:
    found = ledger.funds(tx, FundFilter(search=((field, tuple(words)),)), MOST_OF_REGISTER)
    return [(fund.id, fund.code) for fund in found.funds]


def _place(tx: Tx, text: str) -> Criterion | None:
    """Locations by code, else by the words of their code or name."""
    known = [place for library in directory.libraries(tx) for place in directory.locations(tx, library.code)]
    found = [place for place in known if place.code.casefold() == text.casefold()]
    if not found:
        words = [folded(word) for word in words_of(text)]
        found = [place for place in known if all(_begins_in(word, place.code, place.name) for word in words)]
    return At(tuple((place.library, place.code) for place in found)) if found else None


def _begins_in(word: str, *texts: str) -> bool:
    return any(
        part.startswith(word) for text in texts for part in (folded(text), *catalogue.beginnings(text))
    )


def _anywhere(tx: Tx, text: str) -> Criterion | None:
    """Every word stands somewhere in the line."""
    parts = [_any(_places_of(tx, word)) for word in words_of(text)]
    found = [part for part in parts if part is not None]
    return AllOf(tuple(found)) if found and len(found) == len(parts) else None


def _places_of(tx: Tx, word: str) -> Iterator[Criterion | None]:
    yield _all(Begins("", part) for part in catalogue.beginnings(word))
    number = catalogue.standard_number(word)
    yield Identified((number.kind,), number.value) if number else None
    for column in ("mms_id", "number", "reference", "invoice_reference", "account"):
        yield Among(column, (word,))
    yield InOrder(word)
    yield _among("vendor", [*_vendors(tx, "code", [word]), *_vendors(tx, "name", [word])])
    funds = [*_funds(tx, "code", [word]), *_funds(tx, "name", [word])]
    yield OnFunds(tuple({fund_id for fund_id, _ in funds})) if funds else None
    yield _place(tx, word)


FIELDS: Mapping[str, Callable[[Tx, str], Criterion | None]] = MappingProxyType(
    {
        "all": _anywhere,
        "author": _words_in(WordField.AUTHOR),
        "fund_code": _fund_code,
        "fund_name": _fund_name,
        "invoice_reference": _invoice,
        "issn_isbn": _standard_number,
        "mms_id": _mms_id,
        "number": _number,
        "po_number": _order_number,
        "publication_place": _words_in(WordField.PLACE),
        "publication_year": _words_in(WordField.YEAR),
        "publisher": _words_in(WordField.PUBLISHER),
        "shelving_location": _place,
        "title": _words_in(WordField.TITLE),
        "vendor_account": _vendor_account,
        "vendor_code": _vendor_code,
        "vendor_name": _vendor_name,
    }
)


# -- fields of its items -----------------------------------------------------------------------


def _items(tx: Tx, conditions: Sequence[tuple[str, str]]) -> tuple[ItemHit, ...]:
    """The items of lines that meet all of the conditions."""
    wanted: dict[str, tuple[str, ...]] = {}
    for column, text in conditions:
        words = [folded(word) for word in words_of(text)]
        found = _libraries(tx, text, words) if column == "library" else _texts(tx, column, words)
        wanted[column] = tuple(each for each in found if column not in wanted or each in wanted[column])
    if not all(wanted.values()):
        return ()
    hits = store_search.item_hits(tx, wanted, MOST_ITEMS + 1)
    if len(hits) > MOST_ITEMS:
        raise Refusal(_too_many())
    return hits


def _texts(tx: Tx, column: str, words: Sequence[str]) -> list[str]:
    texts = store_search.item_texts(tx, column, MOST_TEXTS + 1)
    if len(texts) > MOST_TEXTS:
        raise Refusal(_too_many())
    return [text for text in texts if all(_begins_in(word, text) for word in words)]


def _libraries(tx: Tx, text: str, words: Sequence[str]) -> list[str]:
    known = directory.libraries(tx)
    exact = [library.code for library in known if library.code.casefold() == text.casefold()]
    return exact or [
        library.code
        for library in known
        if all(_begins_in(word, library.code, library.name) for word in words)
    ]


def _too_many() -> Problem:
    return Problem("items_too_many", "q", "", limit=MOST_ITEMS)
