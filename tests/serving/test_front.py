"""Clients that send too much, too slowly, or nothing; and what every answer carries."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.serving.running import Running, make_library, serving

pytestmark = pytest.mark.slow

MOST = 20_000
HEAD = "POST /almaws/v1/acq/test HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("front")
    url = f"sqlite:///{folder}/acq.db"
    key = make_library(url)
    (folder / "key").write_text(key)
    settings = {
        "body_bytes": MOST,
        "body_seconds": 0.7,
        "header_seconds": 0.7,
        "header_bytes": 8_192,
        "trusted_proxies": "127.0.0.0/8",
        "public_url": "https://acq.example.org",
    }
    with serving(url, folder, **settings) as running:
        yield running
        assert running.stop() == 0
        assert '"level":"error"' not in running.told()


@pytest.fixture
def key(server: Running, tmp_path_factory: pytest.TempPathFactory) -> str:
    return next(tmp_path_factory.getbasetemp().glob("front*/key")).read_text()


def everything(sock: socket.socket) -> bytes:
    """What the server says until it closes the connection."""
    found = b""
    while piece := sock.recv(65_536):
        found += piece
    return found


# -- too much -------------------------------------------------------------------------------------


def test_a_body_said_to_be_too_large_is_refused_unread(server: Running) -> None:
    with server.connect() as sock:
        sock.sendall(f"{HEAD}Content-Length: {MOST + 1}\r\n\r\n".encode())
        said = everything(sock)
    assert said.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in said
    assert b"web_service_result" in said


def test_expecting_clients_are_not_told_to_go_on(server: Running) -> None:
    with server.connect() as sock:
        sock.sendall(f"{HEAD}Expect: 100-continue\r\nContent-Length: {MOST + 1}\r\n\r\n".encode())
        assert everything(sock).startswith(b"HTTP/1.1 413")


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(server: Running) -> None:
    with server.connect() as sock:
        sock.sendall(f"{HEAD}Accept: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
        sent = 0
        sock.settimeout(5)
        try:
            while sent < 50_000_000:
                sock.sendall(chunk)
                sent += len(chunk)
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            pass
        assert sent < 50_000_000


def test_a_client_that_sends_ten_megabytes_first_gets_to_read_the_answer(server: Running) -> None:
    answer = httpx.post(
        f"{server.base}/almaws/v1/acq/test",
        content=b"[" * 10_000_000,
        headers={"Accept": "application/json", "Content-Type": "application/json"},
        timeout=20,
    )
    assert answer.status_code == 413
    assert answer.json()["errorsExist"] is True


def test_a_body_at_the_limit_is_taken(server: Running, key: str) -> None:
    answer = httpx.post(f"{server.base}/almaws/v1/acq/test?apikey={key}", content=b" " * MOST)
    assert answer.status_code == 200


def test_endless_headers_are_cut_off(server: Running) -> None:
    with server.connect() as sock:
        sock.sendall(b"GET /health HTTP/1.1\r\nX-Long: " + b"x" * 9_000)
        assert everything(sock).startswith(b"HTTP/1.1 431")
    with server.connect() as sock:
        sock.sendall(b"GET /" + b"x" * 9_000)
        assert everything(sock).startswith(b"HTTP/1.1 431")


def test_a_large_body_right_behind_its_head_is_no_large_head(server: Running, key: str) -> None:
    with server.connect() as sock:
        head = f"POST /almaws/v1/acq/test?apikey={key} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        sock.sendall(f"{head}Content-Length: 12000\r\n\r\n".encode() + b" " * 12_000)
        assert everything(sock).startswith(b"HTTP/1.1 200")


# -- too slowly -----------------------------------------------------------------------------------


def test_a_slow_body_is_given_up_and_harms_no_one(server: Running) -> None:
    slow = [server.connect() for _ in range(60)]  # more than there are threads
    try:
        for sock in slow:
            sock.sendall(f"{HEAD}Content-Length: 100\r\n\r\n{{".encode())
        begun = time.monotonic()
        assert server.get("/health").status_code == 200
        assert time.monotonic() - begun < 0.6
        assert all(everything(sock).startswith(b"HTTP/1.1 408") for sock in slow)
    finally:
        for sock in slow:
            sock.close()


def test_a_slow_head_is_given_up(server: Running) -> None:
    with server.connect() as sock:
        sock.sendall(b"GET /health HTTP/1.1\r\nHost: loc")
        assert everything(sock).startswith(b"HTTP/1.1 408")


def test_a_connection_that_asks_nothing_is_closed_without_a_word(server: Running) -> None:
    with server.connect() as sock:
        assert everything(sock) == b""


def test_a_head_that_dribbles_in_has_no_more_time_than_any(server: Running) -> None:
    with server.connect() as sock:
        begun = time.monotonic()
        try:
            for letter in "GET /health HTTP/1.1\r\n" + "X: y\r\n" * 200:
                sock.sendall(letter.encode())
                time.sleep(0.02)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert time.monotonic() - begun < 3


def test_an_idle_connection_is_kept_for_the_next_call(server: Running) -> None:
    with httpx.Client(base_url=server.base) as client:
        first = client.get("/health")
        time.sleep(1.0)
        second = client.get("/health")
    assert first.extensions["network_stream"] is second.extensions["network_stream"]


def test_a_client_that_goes_away_leaves_nothing_behind(server: Running) -> None:
    for _ in range(20):
        with server.connect() as sock:
            sock.sendall(f"{HEAD}Content-Length: 100\r\n\r\n{{".encode())
    time.sleep(0.2)
    assert server.metric("openacq_calls_under_way") == 1


def test_calls_sent_ahead_are_answered_in_order(server: Running, key: str) -> None:
    with server.connect() as sock:
        one = f"GET /almaws/v1/acq/test?apikey={key} HTTP/1.1\r\nHost: localhost\r\n"
        sock.sendall(
            f"{one}\r\n{one}\r\nGET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        )
        said = everything(sock)
    assert said.count(b"HTTP/1.1 200") == 2
    assert said.index(b"HTTP/1.1 404") > said.rindex(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "nonsense", [b"\x16\x03\x01\x02\x00\x01\x00", b"HELLO\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
def test_what_is_no_http_is_closed(server: Running, nonsense: bytes) -> None:
    with server.connect() as sock:
        sock.sendall(nonsense)
        assert not everything(sock).startswith(b"HTTP/1.1 200")
    assert server.get("/health").status_code == 200


# -- what every answer carries --------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/health", "/metrics", "/nothing", "/almaws/v1/acq/test", "/almaws/v1"]
)
def test_every_answer_is_guarded_and_has_an_id(server: Running, path: str) -> None:
    answer = server.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.headers["x-request-id"]) >= 16
    assert "server" not in answer.headers
    assert "strict-transport-security" not in answer.headers


def test_behind_a_tls_proxy_browsers_are_told_to_stay_with_https(server: Running) -> None:
    answer = server.get("/health", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"})
    assert "strict-transport-security" in answer.headers
    line = server.log_lines()[-1]
    assert line["client"] == "203.0.113.9"


def test_unknown_paths_and_methods(server: Running) -> None:
    assert server.get("/nothing").json() == {"error": "There is nothing at /nothing."}
    assert server.get("/nothing").status_code == 404
    wrong = httpx.post(f"{server.base}/health")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD")
    assert httpx.head(f"{server.base}/health").status_code == 200
    door = server.get("/almaws/v1/no/such/thing", headers={"Accept": "application/json"})
    assert (door.status_code, door.json()["errorsExist"]) == (404, True)
    assert "openacq" in server.get("/").text


def test_the_access_log_masks_keys_and_patrons(server: Running, key: str) -> None:
    server.get(f"/almaws/v1/users/jdoe77?apikey={key}&format=json", headers={"X-Test": "1"})
    server.get("/almaws/v1/acq/test", headers={"Authorization": f"apikey {key}"})
    server.get(f"/nothing?APIKEY={key}")
    server.get(f"/almaws/v1/users?q=jdoe77&apikey={key}")
    last = server.lines_until(lambda lines: "q=[folded" in str(lines[-1].get("path")))[-4:]
    assert [line["path"] for line in last] == [
        "/almaws/v1/users/[folded:1]?apikey=***&format=json",
        "/almaws/v1/acq/test",
        "/nothing?APIKEY=***",
        "/almaws/v1/users?q=[folded:1]&apikey=***",
    ]
    assert [line["status"] for line in last][1:3] == [200, 404]
    assert key not in server.told()
    assert "jdoe77" not in server.told()


def test_figures_are_counted(server: Running, key: str) -> None:
    before = server.metric("openacq_calls_total")
    for _ in range(3):
        server.get(f"/almaws/v1/acq/test?apikey={key}")
    server.get("/almaws/v1/acq/test?apikey=wrong")
    page = server.get("/metrics").text
    assert server.metric("openacq_calls_total") == before + 4
    assert 'outcome="refused"' in page
    assert server.metric("openacq_call_seconds_count") == before + 4
    assert "process_resident_memory_bytes" in page
    health = server.get("/health").json()
    assert health["waiting"]["order_log_dropped"] == 0
    assert health["database"]["wal_bytes"] >= 0
