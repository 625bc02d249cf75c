"""Bodies meant to hurt: refused cleanly, nothing written, the server alive."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, MutableMapping, MutableSequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chaos.counting import Books
from tests.serving_fixture import Server
from tests.shop import FORMATS, Format, Shop, as_xml, codes, order

EXAMPLES = int(os.environ.get("OPENACQ_TEST_EXAMPLES", "60"))
"""Mutated bodies for each test and database; whoever hunts for faults asks for thousands."""
TABLES = (
    "po_lines",
    "bibs",
    "holdings",
    "items",
    "portfolios",
    "fund_postings",
    "claims",
    "outbox",
    "line_shares",
)
LIMIT = 2_097_152


@pytest.fixture(scope="module")
def victim(running_server: Server) -> Iterator[Shop]:
    with running_server.new_shop() as shop:
        yield shop


@pytest.fixture(scope="module")
def books(running_server: Server, victim: Shop) -> Books:
    return Books(running_server.store, victim.world.institution)


def nested(opening: str, closing: str, size: int) -> bytes:
    times = size // (len(opening) + len(closing))
    return (opening * times + closing * times).encode()


def bomb(reference: str) -> bytes:
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{("&" + before + ";") * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return f"<!DOCTYPE po_line [{entities}]><po_line><owner>{reference}</owner></po_line>".encode()


def filled(json_text: str) -> bytes:
    return json.dumps(order()).encode()[:-1] + b"," + json_text.encode("utf-8", "surrogatepass") + b"}"


HOSTILE: dict[str, tuple[Format, bytes]] = {
    "lists in lists": ("json", nested("[", "]", LIMIT - 10)),
    "objects in objects": ("json", b'{"a":' + nested('{"a":', "}", LIMIT - 100)[: LIMIT - 100]),
    "only openings": ("json", b"[" * (LIMIT - 10)),
    "elements in elements": ("xml", nested("<a>", "</a>", LIMIT - 10)),
    "elements never closed": ("xml", b"<a>" * ((LIMIT - 10) // 3)),
    "a nested member": ("json", filled('"x":' + "[" * 100_000 + "]" * 100_000)),
    "an internal entity": ("xml", bomb("&a;")),
    "a thousand million laughs": ("xml", bomb("&i;")),
    "an external entity": (
        "xml",
        b'<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><po_line><owner>&x;</owner></po_line>',
    ),
    "an external subset": ("xml", b'<!DOCTYPE p SYSTEM "http://127.0.0.1:1/x.dtd"><po_line/>'),
    "a parameter entity": ("xml", b'<!DOCTYPE p [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><po_line/>'),
    "a hundred thousand attributes": (
        "xml",
        ("<po_line " + " ".join(f'a{number}=""' for number in range(100_000)) + "/>").encode(),
    ),
    "a hundred thousand members": (
        "json",
        json.dumps({f"m{number}": number for number in range(100_000)}).encode(),
    ),
    "a text of two million letters": ("json", json.dumps({"owner": "x" * 2_000_000}).encode()),
    "a number of a million digits": ("json", b'{"quantity":' + b"9" * 1_000_000 + b"}"),
    "a number of a million decimals": ("json", b'{"price":{"sum":0.' + b"1" * 1_000_000 + b"}}"),
    "a million marks over one letter": ("json", json.dumps({"owner": "e" + "\u0301" * 300_000}).encode()),
    "ten thousand places": (
        "json",
        json.dumps(order(location=[{"quantity": 1, "library": "MAIN"}] * 10_000)).encode(),
    ),
    "forty thousand copies": (
        "json",
        json.dumps(
            order(location=[{"quantity": 1, "library": "MAIN", "copy": [{"item_policy": "?"}] * 900}] * 45)
        ).encode(),
    ),
    "ten thousand wrong values": (
        "json",
        json.dumps(order(note=[{"note_text": []}] * 10_000, fund_distribution=[1] * 10_000)).encode(),
    ),
    "a negative sum": ("json", json.dumps(order(price={"sum": "-0.01", "currency": "USD"})).encode()),
    "twenty digits": ("json", json.dumps(order(price={"sum": "9" * 20, "currency": "USD"})).encode()),
    "not a number": ("json", json.dumps(order(price={"sum": math.nan, "currency": "USD"})).encode()),
    "infinity": ("json", json.dumps(order(price={"sum": math.inf, "currency": "USD"})).encode()),
    "bytes that are no UTF-8": ("json", filled('"x":"\udc80\udcff"')),
    "half a surrogate pair, escaped": ("json", filled('"note":[{"note_text":"\\ud800 and \\udfff"}]')),
    "half a surrogate pair, encoded": ("json", filled('"x":"\ud800"')),
    "a body cut off": ("json", json.dumps(order()).encode()[:-40]),
    "XML cut off": ("xml", as_xml(order())[:-40]),
    "two documents": ("xml", as_xml(order()) + as_xml(order())),
    "two objects": ("json", json.dumps(order()).encode() * 2),
    "an unknown encoding": ("xml", b'<?xml version="1.0" encoding="EBCDIC-9"?><po_line/>'),
    "zero bytes": ("xml", b"\0" * 1000),
    "the wrong root with nothing in it": ("xml", b"<html><body>hello</body></html>"),
    "numbers for everything": ("json", json.dumps(dict.fromkeys(order(), 7)).encode()),
    "lists for everything": ("json", json.dumps({name: [[1]] for name in order()}).encode()),
    "texts for everything": ("json", json.dumps(dict.fromkeys(order(), "x")).encode()),
    "truths for everything": ("json", json.dumps(dict.fromkeys(order(), True)).encode()),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_body_is_refused_and_writes_nothing(victim: Shop, books: Books, what: str) -> None:
    form, body = HOSTILE[what]
    before = books.counts(TABLES)
    answer = victim.post(body, sends=form)
    assert answer.status_code in (400, 413), answer.text[:300]
    assert codes(answer)[0] in ("401664", "401676", "401872", "REQUEST_TOO_LARGE")
    assert "passwd" not in answer.text.replace("file:///etc/passwd", "")
    assert "root:" not in answer.text
    assert len(answer.content) < 100_000, "the answer to a large body is not large itself"
    assert books.counts(TABLES) == before
    assert victim.get("/acq/test").status_code == 200


@pytest.mark.parametrize("form", FORMATS)
def test_ten_megabytes_of_nesting_are_too_much(victim: Shop, form: Format) -> None:
    body = nested("[", "]", 10_000_000) if form == "json" else nested("<a>", "</a>", 10_000_000)
    answer = victim.post(body, sends=form, wants=form)
    assert answer.status_code == 413
    assert codes(answer) == ["REQUEST_TOO_LARGE"]


@pytest.mark.parametrize("sends", FORMATS)
def test_control_characters_are_taken_out_and_the_rest_is_kept(victim: Shop, sends: Format) -> None:
    body = order(note=[{"note_text": "one\ttwo\nthree"}])
    body["resource_metadata"]["title"] = "A title with a bell"
    if sends == "json":
        body["resource_metadata"]["title"] = "A \u0000title\u0007 with\u009f a bell\ufffe"
    line = victim.ordered(body, sends=sends)
    assert line["resource_metadata"]["title"] == "A title with a bell"
    assert line["note"][0]["note_text"] == "one\ttwo\nthree"
    assert victim.line(line["number"]) == line


def test_fields_as_long_as_they_may_be_are_kept_and_found(victim: Shop) -> None:
    """Random letters: repetitive ones would be packed, and fit where these must not break anything."""
    letters = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(4_000))
    body = order(
        vendor_reference_number=letters[:255],
        additional_order_reference=letters,
        vendor_note=letters * 2,
        url=letters,
        note=[{"note_text": letters * 2}] * 3,
        resource_metadata={
            "title": letters,
            "author": letters,
            "isbn": letters,
            "issn": letters,
            "publisher": letters,
            "vendor_title_number": letters,
            "title_id": letters,
            "system_control_number": [letters, letters[::-1]],
        },
        location=[
            {
                "quantity": 1,
                "library": "MAIN",
                "shelving_location": "STACKS",
                "copy": [{"barcode": letters[:255], "description": letters, "enumeration_a": letters}],
            }
        ],
    )
    for changes in ({}, {"type": "E_BOOK_OT", "vendor_reference_number": letters[1:256]}):
        line = victim.ordered({**body, **changes})
        assert victim.line(line["vendor_reference_number"]) == line


# -- mutation -----------------------------------------------------------------------------------

FULL: dict[str, Any] = order(
    rush=False,
    discount="0",
    acquisition_method={"value": "PURCHASE"},
    vendor_reference_number_type={"value": "SLI"},
    note=[{"note_text": "a note"}],
    interested_user=[{"primary_id": "patron1", "hold_item": True}],
    renewal_date="2027-01-01Z",
    renewal_period=5,
    claiming_interval="30",
    fund_distribution=[
        {"fund_code": {"value": "HIST"}, "percent": 50},
        {"fund_code": {"value": "ART"}, "amount": {"sum": "25.00", "currency": {"value": "USD"}}},
    ],
    location=[
        {
            "quantity": 2,
            "library": {"value": "MAIN"},
            "shelving_location": "STACKS",
            "copy": [
                {"item_policy": {"value": "LOAN"}, "is_temp_location": True, "receive_date": "2026-03-01Z"}
            ],
        }
    ],
)


def places_in(thing: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a body."""
    if isinstance(thing, MutableMapping | MutableSequence):
        pairs = list(thing.items()) if isinstance(thing, MutableMapping) else list(enumerate(thing))
        for key, value in pairs:
            yield thing, key
            yield from places_in(value)


WORDS = st.sampled_from(
    [
        "",
        " ",
        "Null",
        "null",
        "HIST",
        "EBOOK",
        "E_BOOK_OT",
        "PRINTED_BOOK_SO",
        "ART",
        "true",
        "-1",
        "1e9",
        "0x10",
        "٣",
        "9" * 30,
        "2026-02-29",
        "\u202e",
        "\u0000",
        "x" * 300,
        "{}",
        "<a/>",
        "&amp;",
        "]]>",
        "%s",
        "'; DROP TABLE po_lines; --",
    ]
)
NUMBERS = st.one_of(
    st.integers(), st.integers(-3, 1001), st.floats(), st.sampled_from([10**18, -(10**30), 2**63, 1e308])
)
TEXTS = st.one_of(st.text(max_size=30), WORDS)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inside: st.one_of(
        st.lists(inside, max_size=4),
        st.dictionaries(
            st.one_of(st.sampled_from(["value", "desc", "sum", "copy"]), TEXTS), inside, max_size=4
        ),
    ),
    max_leaves=8,
)


@st.composite
def changed_bodies(draw: Callable[..., Any]) -> dict[str, Any]:
    """A good order with one to four things in it replaced, dropped, doubled or moved."""
    body: dict[str, Any] = json.loads(json.dumps({**FULL, "vendor_reference_number": None}))
    for _ in range(draw(st.integers(1, 4))):
        spots = list(places_in(body))
        if not spots:
            break
        container, key = draw(st.sampled_from(spots))
        match draw(st.sampled_from(["replace", "drop", "double", "swap"])):
            case "replace":
                container[key] = draw(VALUES)
            case "drop":
                del container[key]
            case "double":
                container[key] = [container[key]] * draw(st.integers(2, 3))
            case _:
                other, place = draw(st.sampled_from(spots))
                with_other = json.loads(json.dumps(other[place])) if _still_there(other, place) else None
                container[key] = with_other
    return body


def _still_there(container: Any, key: Any) -> bool:
    return key in container if isinstance(container, MutableMapping) else key < len(container)


def judge(victim: Shop, books: Books, body: bytes, sends: Format) -> None:
    before = books.counts(TABLES)
    answer = victim.post(body, sends=sends)
    assert answer.status_code in (200, 400), answer.text[:500]
    assert "Traceback" not in answer.text
    after = books.counts(TABLES)
    if answer.headers.get("idempotent-replayed"):
        assert after == before
    elif answer.status_code == 200:
        assert after["po_lines"] == before["po_lines"] + 1
        line = answer.json()
        assert victim.line(line["number"]) == line
    else:
        assert after == before
        assert all(
            code in ("401664", "401676", "401870", "401872", "40166411", "60320") for code in codes(answer)
        )


PATIENT = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@PATIENT
@given(body=changed_bodies())
def test_an_order_with_anything_changed_is_made_whole_or_refused_whole(
    victim: Shop, books: Books, body: dict[str, Any]
) -> None:
    judge(victim, books, json.dumps(body).encode("utf-8", "surrogatepass"), "json")


@PATIENT
@given(data=st.data(), form=st.sampled_from(FORMATS))
def test_an_order_with_damaged_bytes_is_made_whole_or_refused_whole(
    victim: Shop, books: Books, data: st.DataObject, form: Format
) -> None:
    whole = {**FULL, "vendor_reference_number": ""}
    body = bytearray(as_xml(whole) if form == "xml" else json.dumps(whole).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body)))
        match data.draw(st.sampled_from(["cut", "insert", "overwrite", "repeat"])):
            case "cut":
                del body[at : at + data.draw(st.integers(1, 40))]
            case "insert":
                body[at:at] = data.draw(st.binary(min_size=1, max_size=6))
            case "overwrite":
                body[at : at + 1] = data.draw(st.binary(min_size=1, max_size=1))
            case _:
                body[at:at] = body[at : at + data.draw(st.integers(1, 60))]
    judge(victim, books, bytes(body), form)


def test_after_all_of_it_every_order_is_whole_and_the_books_are_right(victim: Shop, books: Books) -> None:
    assert books.halves() == []
    assert victim.world.differences() == []
