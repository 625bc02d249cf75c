"""Orders of a WorldShare client as the benchmark sends them, and what verifying a signature costs.

Every request is signed by itself, as the client of `/purchaseorders` must. Items go into orders made
beforehand, a few to each, so that no order grows without end.

    python -m bench.wms              writes what verifying takes, as JSON
    python -m bench.wms URL COUNT    makes COUNT orders in the database at URL
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from bench.cases import LIBRARY, SHELF, VENDOR, Case, isbn
from bench.task import BIBS, ROOT, LoadTask

KEY = "bench-wskey"
SECRET = "a-secret-of-the-benchmark"
PRINCIPAL = ("bench", "urn:bench")
ORDERS = "/purchaseorders"
JSON, XML = "application/json", "application/atom+xml"
BATCH = 100
ORDERS_AT_ONCE = 40
"""Orders of a round that its items are added to in turn."""
SCHEME = "http://www.worldcat.org/wskey/v2/hmac/v1"

ORDER = (
    '<?xml version="1.0" encoding="UTF-8"?><entry xmlns="http://www.w3.org/2005/Atom">'
    '<content type="application/xml">'
    '<purchaseOrder xmlns="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrder-1.5">'
    "<orderName>%s</orderName><orderNumberRange>default</orderNumberRange><currency>USD</currency>"
    "<exchangeRate>1.000000</exchangeRate></purchaseOrder></content></entry>"
)
ITEM = (
    '{"orderType":"FIRM_ORDER","processingType":"ONE_TIME","orderingPrice":54.10,'
    '"vendorOrderItemNumber":"%(number)d","resource":{"worldcatResource":{'
    '"title":"Harbours of the north %(number)d : a history","author":["Winter, Ada"],'
    '"isbn":["%(isbn)s"],"publisher":"Harbour Press","year":"2026","materialType":"BOOK"}},'
    '"copyConfigs":{"copyConfig":[{"branchId":"%(library)s","shelvingLocationId":"%(shelf)s","copyCount":1,'
    '"booking":[{"budgetAccountCode":"%(fund)s","percentage":100}]}]}}'
)


def wms_cases() -> tuple[Case, ...]:
    """Making orders and items, reading a page of a hundred orders, funds."""
    return (
        Case("wms-order", "WMS: order created, XML, signed", True, _orders),
        Case("wms-item", "WMS: item created, JSON, 20 % new bibs, signed", True, _items),
        Case("wms-feed", "WMS: feed of 100 orders, XML, signed", False, _reads(XML, _page)),
        Case("wms-funds", "WMS: funds of a budget, JSON, signed", False, _reads(JSON, _funds)),
    )


def head(
    task: LoadTask, method: str, path: str, query: str, media: str, nonce: str, size: int | None = None
) -> bytes:
    """The head of a signed request."""
    timestamp = str(int(time.time()))
    lines = [KEY, timestamp, nonce, "", method, "www.oclc.org", "443", "/wskey", *sorted(query.split("&"))]
    text = "".join(f"{line}\n" for line in (lines if query else lines[:-1]))
    made = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), hashlib.sha256)).decode()
    words = [
        f"{method} {path}{'?' if query else ''}{query} HTTP/1.1",
        f"Host: {task.host}:{task.port}",
        f"Authorization: {_authorization(timestamp, nonce, made)}",
        f"Accept: {media}",
    ]
    if size is not None:
        words += [f"Content-Type: {media}", f"Content-Length: {size}"]
    return "\r\n".join([*words, "", ""]).encode()


def _authorization(timestamp: str, nonce: str, signature: str) -> str:
    return (
        f'{SCHEME} clientId="{KEY}", timestamp="{timestamp}", nonce="{nonce}", signature="{signature}", '
        f'principalID="{PRINCIPAL[0]}", principalIDNS="{PRINCIPAL[1]}"'
    )


def _orders(task: LoadTask) -> Iterator[bytes]:
    count = task.start
    while True:
        body = (ORDER % f"{task.run}-{count}").encode()
        yield head(task, "POST", ORDERS, "", XML, f"{task.run}-{count}", len(body)) + body
        count += 1


def _items(task: LoadTask) -> Iterator[bytes]:
    """Orders are made now, before the round begins to count time."""
    numbers = [_made_order(task, number) for number in range(ORDERS_AT_ONCE)]
    return _items_of(task, numbers)


def _items_of(task: LoadTask, orders: list[str]) -> Iterator[bytes]:
    chance = random.Random(f"{task.run}/{task.start}")
    count = task.start
    while True:
        number = BIBS + count if chance.randrange(100) < 20 else chance.randrange(BIBS)
        fund = task.funds[count % len(task.funds)]
        body = (
            ITEM % {"number": number, "isbn": isbn(number), "library": LIBRARY, "shelf": SHELF, "fund": fund}
        ).encode()
        path = f"{ORDERS}/{orders[count % len(orders)]}/items"
        yield head(task, "POST", path, "", JSON, f"{task.run}-item-{count}", len(body)) + body
        count += 1


def _made_order(task: LoadTask, number: int) -> str:
    from bench.load import answer_length

    name = f"{task.run}-{task.start}-{number}"
    body = (ORDER % name).encode()
    received = b""
    with socket.create_connection((task.host, task.port), timeout=10) as connection:
        connection.sendall(head(task, "POST", ORDERS, "", XML, name, len(body)) + body)
        while not (length := answer_length(received)) or len(received) < length:
            received += connection.recv(65536)
    found = re.search(rb"<purchaseOrderNumber>([^<]+)<", received)
    if found is None:
        raise ValueError(f"no order was made: {received[:2000]!r}")
    return found[1].decode()


def _reads(
    media: str, path: Callable[[LoadTask, random.Random], tuple[str, str]]
) -> Callable[[LoadTask], Iterator[bytes]]:
    def requests(task: LoadTask) -> Iterator[bytes]:
        chance = random.Random(f"{task.run}/{task.start}")
        count = task.start
        while True:
            where, query = path(task, chance)
            yield head(task, "GET", where, query, media, f"{task.run}-{count}")
            count += 1

    return requests


def _page(_task: LoadTask, chance: random.Random) -> tuple[str, str]:
    return ORDERS, f"itemsPerPage=100&startIndex={chance.randrange(5) * 100 + 1}"


def _funds(_task: LoadTask, _chance: random.Random) -> tuple[str, str]:
    return "/acquisitions/fund/search", f"itemsPerPage=100&q={quote('budgetPeriod:BP-2020-1', safe='')}"


# -- what a signature costs ---------------------------------------------------------------------


class Verifying(msgspec.Struct, frozen=True):
    """CPU time of reading a header and verifying its signature, in microseconds: of one made as documented,
    of one made in the way that is tried last, of a wrong one."""

    documented: float
    last: float
    wrong: float


def measure() -> Verifying:
    """In a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.wms"], stdout=subprocess.PIPE, cwd=ROOT, check=True, timeout=120
    )
    return msgspec.json.decode(done.stdout, type=Verifying)


def verify_some(times: int = 2_000, rounds: int = 7) -> Verifying:
    from openacq.doors.wms import hmac as door

    query = "q=name%3A%22Tides%20%26%20harbours%22&startIndex=1&itemsPerPage=100&inst=128807"
    signed = door.Signature(KEY, "1774430000", "0123456789abcdef", "")
    texts = list(door.normalized(signed, "GET", query))

    def microseconds(text: str) -> float:
        made = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), hashlib.sha256)).decode()
        header = _authorization(signed.timestamp, signed.nonce, made)
        spent = []
        for _ in range(rounds):
            begun = time.process_time()
            for _ in range(times):
                read = door.parse(header)
                assert read is not None
                door.fits(read, SECRET, "GET", query)
            spent.append((time.process_time() - begun) / times * 1_000_000)
        return round(statistics.median(spent), 1)

    return Verifying(microseconds(texts[0]), microseconds(texts[-1]), microseconds("wrong"))


# -- in a process of its own ------------------------------------------------------------------


def make_orders(url: str, count: int) -> None:
    """Make `count` orders without items, a hundred to a commit."""
    from openacq.directory import service as directory
    from openacq.ordering import service as ordering
    from openacq.ordering.model import Actor
    from openacq.store.store import Store, StoreOptions

    store = Store(url, options=StoreOptions(sqlite_synchronous="NORMAL"))
    (card,) = store.read(directory.every_institution, institution=0)
    actor = Actor("bench")

    def batch(first: int, size: int) -> Callable[[Any], None]:
        def work(tx: Any) -> None:
            for number in range(first, first + size):
                wish = ordering.OrderWish(f"Order {number}", VENDOR, "USD", "1.000000")
                ordering.begin_order(tx, wish, actor)

        return work

    for first in range(0, count, BATCH):
        size = min(BATCH, count - first)
        store.write(batch(first, size), institution=card.id, zone=card.zone)
        if first % (50 * BATCH) == 0:
            store.checkpoint()
    store.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        make_orders(sys.argv[1], int(sys.argv[2]))
    else:
        sys.stdout.buffer.write(msgspec.json.encode(verify_some()))
