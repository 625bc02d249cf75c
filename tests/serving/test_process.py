"""The server starts in one command, stops without loss, and keeps several processes going."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from openacq.calls import service as calls
from openacq.calls.model import Search
from openacq.store import Store
from openacq.store.store import StoreOptions
from tests.serving.running import LONGEST_STOP, Running, environment, make_library, serving

pytestmark = pytest.mark.slow


def wait_until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def logged(url: str) -> list[str]:
    store = Store(url, options=StoreOptions(writers=1, readers=1))
    try:
        found = store.read(lambda tx: calls.recent(tx, Search(), 10_000), institution=1)
        return [call.path for call in found]
    finally:
        store.close()


def start_in_vain(url: str, folder: Path, *flags: str, **settings: object) -> tuple[int, str]:
    """Exit code and the words of a server that does not start."""
    done = subprocess.run(
        [sys.executable, "-m", "openacq", "serve", "--db", url, *flags],
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_missing_sqlite_file_is_made(fresh_database_url: str, tmp_path: Path) -> None:
    with serving(fresh_database_url, tmp_path) as server:
        health = server.get("/health")
        assert health.status_code == 200
        database = health.json()["database"]
        assert (database["kind"], database["reachable"]) == ("sqlite", True)
        assert database["schema"] == database["schema_needed"]
        assert server.stop() == 0
    assert server.told() == "" or "Traceback" not in server.told()


def test_a_stop_by_signal_writes_the_order_log_and_ends_well(fresh_database_url: str, tmp_path: Path) -> None:
    key = make_library(fresh_database_url)
    for number, by in enumerate((signal.SIGTERM, signal.SIGINT), 1):
        with serving(fresh_database_url, tmp_path) as server:
            assert server.get(f"/almaws/v1/acq/test?apikey={key}").status_code == 200
            assert server.stop(by) == 0
        assert "Traceback" not in server.told()
        assert logged(fresh_database_url) == ["/almaws/v1/acq/test"] * number
        if fresh_database_url.startswith("sqlite"):
            file = Path(fresh_database_url.removeprefix("sqlite:///"))
            wal = file.with_name(file.name + "-wal")
            assert not wal.exists() or wal.stat().st_size == 0


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_call_under_way_is_finished(fresh_database_url: str, tmp_path: Path) -> None:
    key = make_library(fresh_database_url)
    with serving(fresh_database_url, tmp_path) as server:
        head = (
            f"POST /almaws/v1/acq/test?apikey={key} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n"
        )
        with server.connect() as late, server.connect() as idle:
            late.sendall(head.encode() + b"{")
            wait_until(lambda: server.metric("openacq_calls_under_way") >= 2)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            assert server.process.poll() is None
            late.sendall(b"}")
            assert late.recv(65_536).startswith(b"HTTP/1.1 200")
            assert idle.recv(10) == b""
        assert server.process.wait(LONGEST_STOP) == 0
    assert logged(fresh_database_url) == ["/almaws/v1/acq/test"]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_prevents_a_start_is_told_in_words(fresh_database_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, words = start_in_vain(fresh_database_url, tmp_path, "--port", port)
        assert code == 4
        assert f"Port {port} of 127.0.0.1 is in use" in words
    code, words = start_in_vain(fresh_database_url, tmp_path, "--host", "no.such.host.invalid")
    assert (code, "is not known here" in words) == (4, True)
    code, words = start_in_vain(fresh_database_url, tmp_path, "--host", "192.0.2.1")
    assert (code, "has no address 192.0.2.1" in words) == (4, True)
    code, words = start_in_vain("sqlite:////nowhere/at/all/acq.db", tmp_path, "--port", "0")
    assert (code, "/nowhere/at/all" in words) == (4, True)
    text = tmp_path / "notes.txt"
    text.write_text("This is no database. " * 100)
    code, words = start_in_vain(f"sqlite:///{text}", tmp_path, "--port", "0")
    assert (code, "is not an SQLite database" in words) == (3, True)
    code, words = start_in_vain("sqlite://", tmp_path, "--port", "0")
    assert (code, "cannot be used" in words) == (3, True)
    code, words = start_in_vain("oracle://u:geheim@h/x", tmp_path, "--port", "0")
    assert (code, "names no known database" in words, "geheim" in words) == (2, True, False)
    code, words = start_in_vain(fresh_database_url, tmp_path, workres="3")
    assert (code, "did you mean OPENACQ_WORKERS?" in words) == (2, True)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_postgresql_is_not_changed_unasked(fresh_database_url: str, tmp_path: Path) -> None:
    code, words = start_in_vain(fresh_database_url, tmp_path, "--port", "0")
    assert (code, "Run `openacq init`" in words) == (3, True)
    make_library(fresh_database_url)
    store = Store(fresh_database_url)
    with store.writer.connect() as conn, conn.begin():
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    code, words = start_in_vain(fresh_database_url, tmp_path, "--port", "0")
    assert (code, "newer openacq" in words) == (3, True)
    nobody = fresh_database_url.replace("postgresql://", "postgresql://nobody-at-all:geheim@", 1)
    code, words = start_in_vain(nobody.replace("@@", "@"), tmp_path, "--port", "0")
    assert (code, "geheim" in words) == (3, False)
    code, words = start_in_vain("postgresql://127.0.0.1:1/x", tmp_path, "--port", "0")
    assert (code, "No database server answers there" in words) == (3, True)


def test_health_tells_when_the_tables_do_not_fit(fresh_database_url: str, tmp_path: Path) -> None:
    make_library(fresh_database_url)
    with serving(fresh_database_url, tmp_path) as server:
        assert server.get("/health").status_code == 200
        store = Store(fresh_database_url)
        with store.writer.connect() as conn, conn.begin():
            conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        store.close()
        health = server.get("/health")
        assert (health.status_code, health.json()["status"]) == (503, "failing")
        assert health.json()["database"]["reachable"] is True


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_a_database_that_was_away_is_used_again(fresh_database_url: str, tmp_path: Path) -> None:
    key = make_library(fresh_database_url)
    probe = f"/almaws/v1/acq/test?apikey={key}"
    with serving(fresh_database_url, tmp_path) as server:
        assert server.get(probe).status_code == 200
        store = Store(fresh_database_url)
        with store.writer.connect() as conn, conn.begin():
            conn.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        store.close()
        wait_until(lambda: server.get("/health").status_code == 200)
        wait_until(lambda: server.get(probe).status_code == 200)
        assert server.stop() == 0
    found = logged(fresh_database_url)
    assert len(found) >= 2
    assert set(found) == {"/almaws/v1/acq/test"}


def children(server: Running) -> set[int]:
    listed = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    return {int(pid) for pid in listed}


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def call_often(server: Running, key: str, times: int) -> None:
    for _ in range(times):  # a new connection each time, so that all processes get their share
        assert httpx.get(f"{server.base}/almaws/v1/acq/test?apikey={key}").status_code == 200


def test_several_processes_count_together_and_are_replaced(fresh_database_url: str, tmp_path: Path) -> None:
    key = make_library(fresh_database_url)
    with serving(fresh_database_url, tmp_path, "--workers", "2") as server:
        wait_until(lambda: len(children(server)) == 2)
        call_often(server, key, 40)
        assert server.metric("openacq_calls_total") == 40
        before = children(server)
        os.kill(min(before), signal.SIGKILL)
        wait_until(lambda: len(children(server)) == 2 and children(server) != before)
        call_often(server, key, 10)
        assert server.metric("openacq_calls_total") == 50
        assert server.metric("openacq_calls_under_way") == 1
        last = children(server)
        assert server.stop() == 0
        assert not any(alive(pid) for pid in last)
    assert "a server process died and is replaced" in server.told()
    assert "Traceback" not in server.told()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_processes_do_not_outlive_their_parent(fresh_database_url: str, tmp_path: Path) -> None:
    key = make_library(fresh_database_url)
    with serving(fresh_database_url, tmp_path, "--workers", "2") as server:
        wait_until(lambda: len(children(server)) == 2)
        call_often(server, key, 5)
        orphans = children(server)
        server.process.kill()
        server.process.wait()
        wait_until(lambda: not any(alive(pid) for pid in orphans))
    assert len(logged(fresh_database_url)) == 5


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_ctrl_c_in_a_terminal_reaches_all_and_ends_well(fresh_database_url: str, tmp_path: Path) -> None:
    with serving(fresh_database_url, tmp_path, "--workers", "2") as server:
        wait_until(lambda: len(children(server)) == 2)
        for pid in children(server):
            os.kill(pid, signal.SIGINT)
        assert server.stop(signal.SIGINT) == 0
    assert "Traceback" not in server.told()
