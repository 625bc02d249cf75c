"""A real server in a process of its own, for tests that need sockets and signals."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.directory.service import KeyWish
from openacq.store import Store, migrate

LONGEST_START = 60.0
LONGEST_STOP = 30.0


class Running:
    """`base` is the server's address; `lines` what it printed, `told()` what it wrote about itself."""

    def __init__(self, process: subprocess.Popen[str], stderr: Path) -> None:
        self.process = process
        self.lines: list[str] = []
        self.base = ""
        self._stderr = stderr
        self._ready = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(r"listens on (http://\S+)", line):
                self.base = found[1]
                self._ready.set()
        self._ready.set()

    def wait(self) -> Running:
        assert self._ready.wait(LONGEST_START), "the server did not start"
        assert self.base, f"the server ended: {self.told()}"
        return self

    def told(self) -> str:
        return self._stderr.read_text()

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(by)
        return self.process.wait(LONGEST_STOP)

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.base.removeprefix("http://").rpartition(":")
        return host, int(port)

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=20)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return httpx.get(self.base + path, timeout=20, **options)

    def metric(self, name: str) -> float:
        """The sum of a figure over its labels."""
        page = self.get("/metrics").text
        found = re.findall(rf"^{re.escape(name)}(?:{{[^}}]*}})? (\S+)$", page, re.MULTILINE)
        return sum(float(value) for value in found)

    def log_lines(self) -> list[dict[str, Any]]:
        """The lines of the JSON log."""
        return [json.loads(line) for line in self.told().splitlines() if line.startswith("{")]

    def lines_until(self, holds: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """The lines of the JSON log, once they are as wanted: a call is told of after it was answered."""
        deadline = time.monotonic() + 10
        while not holds(lines := self.log_lines()):
            assert time.monotonic() < deadline, "it was never told"
            time.sleep(0.02)
        return lines


def environment(**settings: object) -> dict[str, str]:
    """The environment of a server: nothing of the tester's own settings, and `settings`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OPENACQ_")}
    return {**inherited, **{f"OPENACQ_{name.upper()}": str(value) for name, value in settings.items()}}


@contextlib.contextmanager
def serving(url: str, folder: Path, *flags: str, **settings: object) -> Iterator[Running]:
    """`openacq serve` on a free port of loopback, ready; killed at the end if still there."""
    settings = {"log_format": "json", **settings}
    stderr = folder / "stderr.txt"
    with stderr.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "openacq", "serve", "--port", "0", "--db", url, *flags],
            cwd=folder,
            env=environment(**settings),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            yield Running(process, stderr).wait()
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def make_library(url: str, *, rate_limit: int | None = 0) -> str:
    """Tables, one institution and a key for everything in an empty database; returns the key."""
    store = Store(url)
    try:
        migrate.upgrade(store)
        card = Institution(0, "LIB", "Our library")
        made = store.write(lambda tx: directory.create_institution(tx, card), institution=0)
        areas = dict.fromkeys(("acq", "conf", "users", "bibs", "own"), "write")
        wish = KeyWish("Tester", areas, rate_limit=rate_limit)
        key = store.write(lambda tx: directory.create_key(tx, wish), institution=made.id)
    finally:
        store.close()
    return key.secret
