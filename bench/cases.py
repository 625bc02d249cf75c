"""What is asked of the server, and the bytes it is asked with.

A vendor's order as a shop sends it: all the usual fields, one copy for one location, one fund by amount.
Every order bears a vendor reference of its own. Titles are told apart by ISBN: those below 20,000 are in the
catalogue, those above are new to it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from bench.task import BIBS, LoadTask

LINES = "/almaws/v1/acq/po-lines"
FUNDS = "/almaws/v1/acq/funds"
VENDOR = "BENCH"
ACCOUNT = "BENCH-MAIN"
FILES = "BENCH-FILES"
"""An account that gets its orders as files."""
LIBRARY = "MAIN"
SHELF = "STACKS"
FUND_CODES = tuple(f"BENCH-{number:02d}" for number in range(20))
"""Funds of the test institution; a spread case goes round them, a hot one uses the first only."""


@dataclass(frozen=True, slots=True)
class Case:
    """`requests` yields the bytes of one request after the other for a task, without end."""

    name: str
    story: str
    writes: bool
    requests: Callable[[LoadTask], Iterator[bytes]]
    hot: bool = False
    new_percent: int = 20


def isbn(number: int) -> str:
    """A valid ISBN-13 for a number below 10⁹."""
    digits = f"978{number:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


JSON_ORDER = (
    '{"number":"","owner":{"value":"%(library)s"},"type":{"value":"PRINTED_BOOK_OT"},'
    '"vendor":{"value":"%(vendor)s"},"vendor_account":"%(account)s",'
    '"acquisition_method":{"value":"VENDOR_SYSTEM"},"no_charge":"false","rush":"false",'
    '"cancellation_restriction":"false","price":{"sum":"54.10","currency":{"value":"USD"}},'
    '"vendor_reference_number":"%(reference)s","vendor_reference_number_type":{"value":"IA"},'
    '"resource_metadata":{"title":"%(title)s","author":"Winter, Ada","isbn":"%(isbn)s",'
    '"publisher":"Harbour Press","publication_place":"Bergen","publication_year":"2026",'
    '"vendor_title_number":"V%(isbn)s","system_control_number":["(Bench)%(isbn)s"]},'
    '"fund_distribution":[{"fund_code":{"value":"%(fund)s"},'
    '"amount":{"sum":"54.10","currency":{"value":"USD"}}}],'
    '"reporting_code":"","vendor_note":"","receiving_note":"Deliver to the loading dock",'
    '"note":[{"note_text":"Chosen by the subject librarian"}],'
    '"location":[{"quantity":"1","library":{"value":"%(library)s"},"shelving_location":"%(shelf)s",'
    '"copy":[{"item_policy":{"value":""}}]}],"material_type":{"value":"BOOK"}}'
)
XML_ORDER = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><po_line><number></number>'
    "<owner>%(library)s</owner><type>PRINTED_BOOK_OT</type><vendor>%(vendor)s</vendor>"
    "<vendor_account>%(account)s</vendor_account><acquisition_method>VENDOR_SYSTEM</acquisition_method>"
    "<no_charge>false</no_charge><rush>false</rush><cancellation_restriction>false</cancellation_restriction>"
    "<price><sum>54.10</sum><currency>USD</currency></price>"
    "<vendor_reference_number>%(reference)s</vendor_reference_number>"
    "<vendor_reference_number_type>IA</vendor_reference_number_type>"
    "<resource_metadata><title>%(title)s</title><author>Winter, Ada</author><isbn>%(isbn)s</isbn>"
    "<publisher>Harbour Press</publisher><publication_place>Bergen</publication_place>"
    "<publication_year>2026</publication_year><vendor_title_number>V%(isbn)s</vendor_title_number>"
    "<system_control_numbers><system_control_number>(Bench)%(isbn)s</system_control_number>"
    "</system_control_numbers></resource_metadata><fund_distributions><fund_distribution>"
    "<fund_code>%(fund)s</fund_code><amount><sum>54.10</sum><currency>USD</currency></amount>"
    "</fund_distribution></fund_distributions><reporting_code></reporting_code><vendor_note></vendor_note>"
    "<receiving_note>Deliver to the loading dock</receiving_note>"
    "<notes><note><note_text>Chosen by the subject librarian</note_text></note></notes>"
    "<locations><location><quantity>1</quantity><library>%(library)s</library>"
    "<shelving_location>%(shelf)s</shelving_location><copies><copy><item_policy></item_policy></copy></copies>"
    "</location></locations><material_type>BOOK</material_type></po_line>"
)


def order_body(template: str, *, number: int, reference: str, fund: str) -> bytes:
    """One order; `number` says which title."""
    return (
        template
        % {
            "library": LIBRARY,
            "shelf": SHELF,
            "vendor": VENDOR,
            "account": ACCOUNT,
            "reference": reference,
            "title": f"Harbours of the north {number} : a history",
            "isbn": isbn(number),
            "fund": fund,
        }
    ).encode()


def creates(
    template: str, media: str, new_percent: int, *, hot: bool
) -> Callable[[LoadTask], Iterator[bytes]]:
    def requests(task: LoadTask) -> Iterator[bytes]:
        head = (
            f"POST {LINES} HTTP/1.1\r\nHost: {task.host}:{task.port}\r\nAuthorization: apikey {task.key}\r\n"
            f"Accept: {media}\r\nContent-Type: {media}\r\nContent-Length: "
        ).encode()
        chance = random.Random(f"{task.run}/{task.start}")
        count = task.start
        while True:
            new = chance.randrange(100) < new_percent
            # A new title takes the number of its request, so it is new once.
            number = BIBS + count if new else chance.randrange(BIBS)
            fund = task.funds[0] if hot else task.funds[count % len(task.funds)]
            body = order_body(template, number=number, reference=f"{task.run}-{count}", fund=fund)
            yield head + b"%d\r\n\r\n" % len(body) + body
            count += 1

    return requests


def gets(media: str, path: Callable[[LoadTask, random.Random], str]) -> Callable[[LoadTask], Iterator[bytes]]:
    def requests(task: LoadTask) -> Iterator[bytes]:
        chance = random.Random(f"{task.run}/{task.start}")
        tail = (
            f" HTTP/1.1\r\nHost: {task.host}:{task.port}\r\nAuthorization: apikey {task.key}\r\n"
            f"Accept: {media}\r\n\r\n"
        ).encode()
        while True:
            yield b"GET " + path(task, chance).encode() + tail

    return requests


def _one_line(task: LoadTask, chance: random.Random) -> str:
    return f"{LINES}/{chance.choice(task.lines)}"


def _fund_list(_task: LoadTask, _chance: random.Random) -> str:
    return f"{FUNDS}?limit=100&view=brief"


JSON, XML = "application/json", "application/xml"


@cache
def cases() -> dict[str, Case]:
    """All cases by name, in the order of the table."""
    from bench.lists import list_cases
    from bench.requests import request_cases
    from bench.wms import wms_cases

    every = (
        Case("create", "create, JSON, 20 % new bibs", True, creates(JSON_ORDER, JSON, 20, hot=False)),
        Case("create-xml", "create, XML, 20 % new bibs", True, creates(XML_ORDER, XML, 20, hot=False)),
        Case(
            "create-new",
            "create, JSON, all bibs new",
            True,
            creates(JSON_ORDER, JSON, 100, hot=False),
            new_percent=100,
        ),
        Case("create-hot", "create, JSON, one fund", True, creates(JSON_ORDER, JSON, 20, hot=True), hot=True),
        Case("get", "get one line, JSON", False, gets(JSON, _one_line)),
        Case("get-xml", "get one line, XML", False, gets(XML, _one_line)),
        Case("funds", "list of funds, JSON", False, gets(JSON, _fund_list)),
        *list_cases(),
        *request_cases(),
        *wms_cases(),
    )
    return {case.name: case for case in every}
