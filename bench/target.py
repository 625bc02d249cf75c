"""The server under test: a process of its own on a database of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.load import answer_length
from bench.task import ROOT

PROBE = "/almaws/v1/acq/test"
LONGEST_START = 60.0


class NotStarted(Exception):
    """The server gave no right answer; the text holds its last words."""


@dataclass(frozen=True, slots=True)
class Target:
    """A running server: where it listens, whom it knows, what is in it."""

    port: int
    key: str
    pid: int
    first_answer: float
    """Seconds from the start of the process to its first right answer."""
    lines: tuple[str, ...]
    """Numbers of lines in its store."""
    funds: tuple[str, ...]


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


def surroundings(**changes: str) -> dict[str, str]:
    """The environment of a server: ours, and modules are kept compiled, as on any machine that is
    not told otherwise; a first answer is not the time it takes to compile them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | changes


@contextlib.contextmanager
def serving(
    command: Sequence[str],
    *,
    port: int,
    key: str,
    lines: tuple[str, ...],
    funds: tuple[str, ...],
    folder: Path = ROOT,
) -> Iterator[Target]:
    """Start the command and wait until it answers; stop it at the end as an init system would."""
    with tempfile.TemporaryFile() as words:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, cwd=folder, env=surroundings()
        )
        try:
            waited = _first_answer(process, port, key, begun)
            if waited is None:
                words.seek(0)
                raise NotStarted(words.read()[-2000:].decode(errors="replace"))
            yield Target(port, key, process.pid, waited, lines, funds)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _first_answer(process: subprocess.Popen[bytes], port: int, key: str, begun: float) -> float | None:
    while time.perf_counter() - begun < LONGEST_START and process.poll() is None:
        with contextlib.suppress(OSError):
            if ask(port, PROBE, key)[0] == 200:
                return time.perf_counter() - begun
        time.sleep(0.005)
    return None


def ask(port: int, path: str, key: str, media: str = "application/json") -> tuple[int, bytes]:
    """GET one thing over a connection of its own: status and body."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: apikey {key}\r\n"
        f"Accept: {media}\r\nConnection: close\r\n\r\n"
    )
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.encode())
        while not (length := answer_length(received)) or len(received) < length:
            more = connection.recv(65536)
            if not more:
                break
            received += more
    return int(received[9:12]), received[received.find(b"\r\n\r\n") + 4 :]


def postmaster(url: str) -> int | None:
    """The process id of the PostgreSQL server at `url`, when it is a throw-away one of ours."""
    folder = url.partition("host=")[2].replace("%2F", "/")
    pid_file = Path(folder or os.devnull) / "data" / "postmaster.pid"
    try:
        return int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
