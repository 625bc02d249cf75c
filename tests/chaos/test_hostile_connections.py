"""Clients that hang up, dawdle, or never stop talking: an order is made whole, once, or not at all."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from tests.chaos.counting import Books
from tests.chaos.crowd import each_at_once
from tests.serving_fixture import Server
from tests.shop import LINES, NAMESPACE, PREFIX, Shop, order


def connect(shop: Shop) -> socket.socket:
    address = urlsplit(shop.url)
    return socket.create_connection((address.hostname, address.port), timeout=10)


def request(shop: Shop, body: bytes, *, headers: str = "", length: int | None = None) -> bytes:
    """A create as it goes over the line."""
    head = (
        f"POST {PREFIX}{LINES} HTTP/1.1\r\nHost: localhost\r\nAuthorization: apikey {shop.key}\r\n"
        f"Content-Type: application/json\r\n{headers}"
    )
    if "chunked" not in headers:
        head += f"Content-Length: {len(body) if length is None else length}\r\n"
    return f"{head}\r\n".encode() + body


def hang_up(sock: socket.socket) -> None:
    """Close so that the server is told at once (a reset, not a farewell)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sock.close()


def everything(sock: socket.socket) -> bytes:
    heard = b""
    try:
        while piece := sock.recv(65_536):
            heard += piece
    except ConnectionResetError:
        pass
    return heard


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def one_whole_order(server: Server, shop: Shop, body: dict[str, Any]) -> None:
    """The order is there once, and sending it again answers it again."""
    books = Books(server.store, shop.world.institution)
    again = shop.post(body)
    assert again.status_code == 200
    assert again.headers.get("idempotent-replayed") == "true"
    assert [line["number"] for line in books.rows("po_lines")] == [again.json()["number"]]
    assert books.halves() == []
    assert shop.world.balance("HIST").encumbered.text() == "50.00"


@pytest.mark.parametrize("politely", [True, False])
def test_a_client_that_hangs_up_after_sending_has_ordered_once(
    server: Server, shop: Shop, politely: bool
) -> None:
    body = order()
    sock = connect(shop)
    sock.sendall(request(shop, json.dumps(body).encode()))
    if politely:
        sock.close()
        eventually(lambda: Books(server.store, shop.world.institution).count("po_lines") == 1)
    else:
        hang_up(sock)  # the call may not have been looked at yet; then nothing is ordered
        time.sleep(0.2)
        shop.ordered(body)
    one_whole_order(server, shop, body)


def test_many_that_hang_up_at_once_order_each_their_own_once(server: Server, shop: Shop) -> None:
    bodies = [order() for _ in range(16)]

    def order_and_hang_up(body: dict[str, Any]) -> None:
        with connect(shop) as sock:
            sock.sendall(request(shop, json.dumps(body).encode()))

    each_at_once(order_and_hang_up, bodies)
    answers = [shop.post(body) for body in bodies]
    assert [answer.status_code for answer in answers] == [200] * 16
    books = Books(server.store, shop.world.institution)
    assert books.count("po_lines") == 16
    assert books.halves() == []
    assert shop.world.differences() == []


@pytest.mark.parametrize("share", [0, 1, 50, 99])
def test_half_a_body_orders_nothing(server: Server, shop: Shop, share: int) -> None:
    whole = json.dumps(order()).encode()
    sent = whole[: len(whole) * share // 100]
    with connect(shop) as sock:
        sock.sendall(request(shop, sent, length=len(whole)))
    with connect(shop) as sock:
        sock.sendall(
            request(shop, b"%x\r\n%s" % (len(whole), sent), headers="Transfer-Encoding: chunked\r\n")
        )
    time.sleep(0.1)
    assert shop.get("/acq/test").status_code == 200
    assert Books(server.store, shop.world.institution).count("po_lines") == 0


def test_a_body_that_dawdles_is_refused_in_the_door_s_words(server: Server, shop: Shop) -> None:
    with connect(shop) as sock:
        sock.sendall(request(shop, b'{"owner"', length=500))
        head, _, body = everything(sock).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408")
    error = etree.fromstring(body).find(f"{NAMESPACE}errorList/{NAMESPACE}error")
    assert error is not None
    assert error.findtext(f"{NAMESPACE}errorCode") == "REQUEST_TIMEOUT"
    assert Books(server.store, shop.world.institution).count("po_lines") == 0


def test_dawdlers_hold_up_nobody(shop: Shop) -> None:
    slow = [connect(shop) for _ in range(60)]  # more than there are threads
    try:
        for sock in slow:
            sock.sendall(request(shop, b"{", length=500))
        assert shop.ordered()["number"]
    finally:
        for sock in slow:
            hang_up(sock)


def test_an_announced_giant_is_refused_before_it_sends_anything(shop: Shop) -> None:
    with connect(shop) as sock:
        sock.sendall(request(shop, b"", length=10**12))
        assert sock.recv(65_536).startswith(b"HTTP/1.1 413")


def test_an_unannounced_giant_is_cut_off_in_the_middle(shop: Shop) -> None:
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    sent: list[int] = []

    def talk(sock: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the server stops listening
            while len(sent) < 10_000:
                sock.sendall(piece)
                sent.append(len(piece))

    with connect(shop) as sock:
        sock.sendall(request(shop, b"", headers="Transfer-Encoding: chunked\r\n"))
        talker = threading.Thread(target=talk, args=(sock,))
        talker.start()
        heard = sock.recv(65_536)
        talker.join(30)
    assert heard.startswith(b"HTTP/1.1 413")
    assert sum(sent) < 60_000_000
    assert shop.get("/acq/test").status_code == 200


def test_orders_sent_without_waiting_for_answers_are_answered_in_turn(shop: Shop) -> None:
    bodies = [order() for _ in range(5)]
    with connect(shop) as sock:
        sock.sendall(b"".join(request(shop, json.dumps(body).encode()) for body in bodies))
        heard = b""
        while heard.count(b"</po_line>") < len(bodies):
            heard += sock.recv(65_536)
    assert heard.count(b"HTTP/1.1 200") == len(bodies)
    told = [heard.index(body["vendor_reference_number"].encode()) for body in bodies]
    assert told == sorted(told)


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x00\xff\xfe\x01" * 64,
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /almaws/v1/acq/po-lines HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /almaws/v1/acq/po-lines HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n12345",
        b"POST /almaws/v1/acq/po-lines HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"POST /almaws/v1/acq/po-lines\xff\xfe HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_is_answered_or_dropped_and_harms_no_one(shop: Shop, rubbish: bytes) -> None:
    with connect(shop) as sock:
        sock.sendall(rubbish)
        sock.shutdown(socket.SHUT_WR)
        heard = everything(sock)
    assert not heard or heard.startswith(b"HTTP/1.1 4")
    assert shop.get("/acq/test").status_code == 200
