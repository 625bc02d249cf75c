"""The kinds of letters and the facts each may speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from openacq.letters.facts import Fact, Facts, Type, Value, group, listed, named


@dataclass(frozen=True, slots=True)
class Kind:
    """`to_person`: goes to a patron or member of staff, whose data are forgotten in time.
    `sheet`: carries a PDF."""

    code: str
    about: str
    facts: Facts
    to_person: bool = False
    sheet: bool = False


def _text(name: str, about: str, example: str = "") -> Fact:
    return Fact(name, Type.TEXT, about, example)


def _prose(name: str, about: str, example: str = "") -> Fact:
    return Fact(name, Type.PROSE, about, example)


def _number(name: str, about: str, example: int = 0) -> Fact:
    return Fact(name, Type.NUMBER, about, example)


def _sum(name: str, about: str, example: str = "") -> Fact:
    return Fact(name, Type.SUM, about, example)


def _flag(name: str, about: str, *, example: bool = False) -> Fact:
    return Fact(name, Type.FLAG, about, example)


def _day(name: str, about: str, example: date | None = None) -> Fact:
    return Fact(name, Type.DAY, about, example)


def _url(name: str, about: str, example: str = "") -> Fact:
    return Fact(name, Type.URL, about, example)


def _lines(name: str, about: str, *example: str) -> Fact:
    return Fact(name, Type.LINES, about, example)


# ---------------------------------------------------------------- facts several kinds share

_SENDER = (
    _day("date", "the day the letter is written", date(2026, 3, 2)),
    group(
        "institution",
        "who sends the letter",
        _text("name", "name", "Example College"),
        _url("url", "public address of the server", "https://acq.example.org"),
    ),
    group(
        "library",
        "the library it is about",
        _text("name", "name", "Main Library"),
        _lines("address", "postal address", "1 College Road", "Springfield 12345"),
        _text("email", "e-mail for answers", "acquisitions@example.org"),
        _text("phone", "telephone", "+1 555 0100"),
    ),
)
_VENDOR = group(
    "vendor",
    "the vendor written to",
    _text("name", "name", "Example Books Ltd"),
    _lines("address", "postal address", "12 Printer's Yard", "London EC1"),
    _text("account", "our account with the vendor", "EXB-MAIN"),
    _text("contact", "person to be addressed", ""),
)
_PERSON = group(
    "user",
    "the person written to",
    _text("name", "whole name", "Alex Reader"),
    _text("first_name", "first name", "Alex"),
    _text("last_name", "last name", "Reader"),
)
_TITLE = (
    _text("title", "title", "The history of paper"),
    _text("author", "author", "Quill, P."),
    _text("edition", "edition", "2nd ed."),
    _text("publisher", "publisher", "Reed Press"),
    _text("year", "year of publication", "2025"),
    _text("isbn", "ISBN", "9783161484100"),
    _text("issn", "ISSN", ""),
)
_FIRST: Mapping[str, Value] = MappingProxyType(
    {
        "number": "POL-1001",
        "reference": "EXB-77-1",
        "title": "The history of paper",
        "author": "Quill, P.",
        "edition": "2nd ed.",
        "publisher": "Reed Press",
        "year": "2025",
        "isbn": "9783161484100",
        "type": "Print book, one time",
        "quantity": 2,
        "price": "54.10",
        "discount": "10",
        "total": "97.38",
        "currency": "EUR",
        "destination": "Main Library, Stacks",
        "note": "Please send with the invoice.",
        "order_number": "PO-2026-1001",
        "ordered": date(2025, 11, 20),
        "expected": date(2026, 1, 15),
        "missing": 1,
        "reason": "Cancelled by the library",
    }
)
_SECOND: Mapping[str, Value] = MappingProxyType(
    {
        "number": "POL-1002",
        "title": "Überlieferung und Fälschung",
        "author": "Müller, Jörg",
        "year": "2024",
        "isbn": "9780306406157",
        "type": "Print book, one time",
        "quantity": 1,
        "price": "1054.0",
        "total": "1054.00",
        "currency": "EUR",
        "rush": True,
        "destination": "Main Library, Reference",
        "order_number": "PO-2026-1001",
        "ordered": date(2025, 11, 20),
        "expected": date(2026, 1, 15),
        "missing": 1,
        "reason": "Out of print",
    }
)


def _rows(about: str, *parts: Fact) -> Fact:
    """The list `lines`, its examples cut to the parts the kind has."""
    known = {part.name for part in parts}
    examples = [{name: one[name] for name in one if name in known} for one in (_FIRST, _SECOND)]
    return listed("lines", about, examples, *parts)


_NUMBERS = (
    _text("number", "number of the PO line"),
    _text("reference", "the vendor's own reference for the line"),
)
_ORDER = (
    _text("number", "number of the purchase order", "PO-2026-1001"),
    _day("date", "day of the order", date(2026, 3, 2)),
)

# ---------------------------------------------------------------- to vendors

ORDER = Kind(
    "order",
    "A purchase order with its lines, to the vendor; the same as a PDF beside it.",
    named(
        *_SENDER,
        _VENDOR,
        group(
            "order",
            "the purchase order",
            *_ORDER,
            _flag("is_copy", "whether it is a copy of an order sent before"),
            _sum("total", "sum of all lines", "1151.38"),
            _text("currency", "its currency", "EUR"),
            _lines("ship_to", "where to send the material", "Main Library", "1 College Road", "Springfield"),
            _lines("bill_to", "where to send the invoice", "Example College", "Accounts", "Springfield"),
            _text("shipping", "how to send it", "Airmail"),
            _prose("note", "note to the vendor", "All items shelf-ready, please."),
        ),
        _rows(
            "what is ordered",
            *_NUMBERS,
            *_TITLE,
            _text("type", "kind of order, in words"),
            _number("quantity", "copies"),
            _sum("price", "price of one copy, before discount"),
            _sum("discount", "discount in percent"),
            _sum("total", "price of the line, after discount"),
            _text("currency", "currency of the sums"),
            _flag("rush", "whether it is urgent"),
            _text("destination", "library and location it is for"),
            _prose("note", "note to the vendor about this line"),
        ),
    ),
    sheet=True,
)
CANCELLATION = Kind(
    "cancellation",
    "Lines of a purchase order are cancelled, to the vendor.",
    named(
        *_SENDER,
        _VENDOR,
        group("order", "the purchase order", *_ORDER),
        _rows(
            "what is cancelled",
            *_NUMBERS,
            *_TITLE,
            _number("quantity", "copies cancelled"),
            _text("reason", "why, in words"),
        ),
        _prose("note", "note to the vendor", ""),
    ),
)
CLAIM = Kind(
    "claim",
    "Lines that did not arrive in time are claimed, to the vendor; first and repeated claims.",
    named(
        *_SENDER,
        _VENDOR,
        _number("repeat", "1 for the first claim, 2 and more for repeated ones", 1),
        _rows(
            "what is claimed",
            _text("order_number", "number of its purchase order"),
            *_NUMBERS,
            *_TITLE,
            _number("missing", "copies that did not arrive"),
            _day("ordered", "day it was ordered"),
            _day("expected", "day it was expected"),
        ),
        _prose("note", "note to the vendor", ""),
    ),
)

# ---------------------------------------------------------------- to people who are interested

_MATERIAL = (_text("number", "number of the PO line", "POL-1001"), *_TITLE)

RECEIVED = Kind(
    "notify_receiving_activation",
    "Something a person is interested in was received or switched on.",
    named(
        *_SENDER,
        _PERSON,
        *_MATERIAL,
        _flag("electronic", "whether it is read online"),
        _url("access", "where it is read online", ""),
        _text("location", "where it will stand", "Main Library, Stacks"),
        _flag("hold", "whether it is put aside for the person", example=True),
    ),
    to_person=True,
)
CANCELLED = Kind(
    "notify_cancel",
    "An order a person is interested in was cancelled.",
    named(*_SENDER, _PERSON, *_MATERIAL, _text("reason", "why, in words", "Out of print")),
    to_person=True,
)
RENEWAL = Kind(
    "notify_renewal",
    "A subscription a person is interested in is up for renewal by hand.",
    named(
        *_SENDER,
        _PERSON,
        *_MATERIAL,
        _day("renewal_date", "day of the renewal", date(2026, 12, 31)),
        _prose("note", "note about the renewal", "Is it still needed?"),
    ),
    to_person=True,
)

# ---------------------------------------------------------------- to who asked for a purchase

_REQUEST = group(
    "purchase_request",
    "the request; names as in letters written for Alma",
    _text("number", "number of the request", "1203"),
    *_TITLE,
    _day("date", "day it was made", date(2026, 2, 20)),
    _text("request_status", "APPROVED, REJECTED and so on", "APPROVED"),
    _text("status_text", "the status in words", "Approved"),
    _text("poline_reference", "number of the PO line made of it", "POL-1001"),
    _text("reject_reason", "code of the reason", "OUTOFSCOPE"),
    _text("reject_reason_desc", "the reason in words", "Outside the collection profile"),
    _prose("note", "the library's note to the person", ""),
    _url("link", "page where the person follows the request", "https://acq.example.org/requests/1203"),
)


def _request(code: str, about: str, *parts: Fact) -> Kind:
    return Kind(code, about, named(*_SENDER, _PERSON, _REQUEST, *parts), to_person=True)


REQUEST_KINDS = (
    _request("request_received", "A purchase request has come in."),
    _request("request_approved", "A purchase request was approved."),
    _request("request_rejected", "A purchase request was rejected, with the reason."),
    _request(
        "request_ordered",
        "What a request asked for is ordered.",
        _day("expected", "day it is expected", date(2026, 4, 15)),
    ),
    _request(
        "request_arrived",
        "What a request asked for is there.",
        _flag("electronic", "whether it is read online"),
        _url("access", "where it is read online", ""),
        _text("location", "where it stands or waits", "Main Library, Stacks"),
        _flag("hold", "whether it is put aside for the person", example=True),
    ),
    _request("request_cancelled", "A request, or the order made of it, was cancelled."),
    _request(
        "request_question",
        "The library asks the person something about the request.",
        _prose("question", "the question", "Would an electronic copy do as well?"),
        _url("answer_link", "page for the answer", "https://acq.example.org/requests/1203/answer"),
    ),
)

SIGN_IN = Kind(
    "sign_in_link",
    "A link by which somebody signs in without a password, once and soon.",
    named(
        *_SENDER,
        _PERSON,
        _url("link", "the link", "https://acq.example.org/requests/sign-in/by/4vT"),
        _number("minutes", "how long it is good", 30),
    ),
    to_person=True,
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.code: kind
        for kind in (ORDER, CANCELLATION, CLAIM, RECEIVED, CANCELLED, RENEWAL, *REQUEST_KINDS, SIGN_IN)
    }
)
