"""What clients in use do that a strict reader would refuse: a piece of the request among its headers."""

from __future__ import annotations

import socket

import pytest

from tests.doors.wms.client import JSON, Client, new_client
from tests.serving_fixture import Server

NONSENSE = b"GET /purchaseorders?q=isbn: 9780262033848\r\n"


@pytest.fixture
def client(server: Server) -> Client:
    return new_client(server)


def request(client: Client, path: str = "/budgets", among: bytes = NONSENSE, *, last: bool = False) -> bytes:
    header = client.authorization("GET", path.partition("?")[2])
    lines = [b"Host: 127.0.0.1\r\n", f"Authorization: {header}\r\n".encode(), f"Accept: {JSON}\r\n".encode()]
    lines.insert(len(lines) if last else 1, among)
    return f"GET {path} HTTP/1.1\r\n".encode() + b"".join(lines) + b"\r\n"


def statuses(client: Client, *sent: bytes) -> list[int]:
    """Statuses of requests sent over one connection, each after the answer of the one before."""
    found = []
    port = int(client.server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        for one in sent:
            line.sendall(one)
            received = b""
            while b"\r\n\r\n" not in received or not _whole(received):
                more = line.recv(65_536)
                if not more:
                    break
                received += more
            found.append(int(received[9:12]))
    return found


def _whole(received: bytes) -> bool:
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    ]
    return not lengths or len(body) >= lengths[0]


@pytest.mark.parametrize("last", [False, True])
def test_a_piece_of_the_request_among_the_headers_is_passed_over(client: Client, last: bool) -> None:
    assert statuses(client, request(client, last=last)) == [200]
    assert statuses(client, *(request(client, last=last) for _ in range(3))) == [200, 200, 200]


@pytest.mark.parametrize(
    "among", [b"Bad Name: x\r\n", b"GET x: y\r\n", b" folded: x\r\n", b"POST /x: y\r\n", b"x\r\n"]
)
def test_whatever_else_is_no_header_is_refused(client: Client, among: bytes) -> None:
    assert statuses(client, request(client, among=among)) == [400]


def test_a_body_is_left_as_it_came(client: Client) -> None:
    body = (
        b'<entry xmlns="http://www.w3.org/2005/Atom"><content><purchaseOrder><orderName>a\r\nGET /x: y\r\nb'
    )
    body += b"</orderName></purchaseOrder></content></entry>"
    answer = client.call("POST", "/purchaseorders", body)
    assert answer.status_code == 201
    assert "a\nGET /x: y\nb" in answer.text.replace("&#13;", "").replace("\r", "")
