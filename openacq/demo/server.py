"""The server the demo plays into: its own process, waited for, and stopped with the demo."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from openacq.store.seals import new_key

LOOPBACK = "127.0.0.1"
USUAL_PORT = 8080
START_SECONDS = 60.0
STOP_SECONDS = 40.0


class NotStarted(Exception):
    """The server ended, or never became ready; the text is what it wrote last."""


class Server:
    """`openacq serve --demo` in a process of its own, on loopback.

    `db` None: a throw-away database. The process is a session of its own, so that a Ctrl-C in the
    terminal reaches the demo alone, which then stops the server in order.
    """

    def __init__(self, *, port: int | None = None, db: str | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="openacq-demo-"))
        self.throw_away = db is None
        self.db = f"sqlite:///{self._folder / 'openacq.db'}" if db is None else _absolute(db)
        self.log = self._folder / "server.log"
        self.port = _free_port() if port is None else port
        self.base = f"http://{LOOPBACK}:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is healthy. Raises NotStarted."""
        if not _is_free(self.port):
            raise NotStarted(f"Port {self.port} is in use; name another one or none at all.")
        command = [
            *(sys.executable, "-m", "openacq", "serve", "--demo"),
            *("--host", LOOPBACK, "--port", str(self.port), "--db", self.db),
        ]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 our own program, our own words
                command,
                cwd=self._folder,  # no openacq.toml of the caller's own server is read
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(throw_away=self.throw_away),
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._healthy():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(self.last_words())
            time.sleep(0.05)

    def stop(self) -> int | None:
        """Tell it to finish, wait for it, remove what was throw-away; its exit code."""
        code = None
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process is not None:
            code = self._process.returncode
        shutil.rmtree(self._folder, ignore_errors=True)
        return code

    def ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def last_words(self, lines: int = 20) -> str:
        """The end of what the server wrote about itself."""
        with contextlib.suppress(FileNotFoundError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def log_lines(self, *, pause: float = 0.3) -> Iterator[str]:
        """What the server writes from now on, line by line, until it ends."""
        with self.log.open(errors="replace") as log:
            log.seek(0, os.SEEK_END)
            while True:
                over = self.ended()
                for line in log:
                    yield line.rstrip("\n")
                if over:
                    return
                time.sleep(pause)

    def _healthy(self) -> bool:
        try:
            return (
                httpx.get(f"{self.base}/health", timeout=2.0, trust_env=False).status_code == httpx.codes.OK
            )
        except httpx.TransportError:
            return False


def _environment(*, throw_away: bool) -> Mapping[str, str]:
    """The demo is the same everywhere: settings of the caller's own server do not reach it. Secrets of a
    throw-away database are encrypted with a key that is thrown away too."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("OPENACQ_")}
    set_here = {"OPENACQ_RATE_PER_SECOND": "0", "OPENACQ_WORK_IN_SERVER": "yes", "PYTHONUNBUFFERED": "1"}
    if throw_away:
        set_here["OPENACQ_SECRETS_KEY"] = new_key()
    return own | set_here


def _absolute(db: str) -> str:
    """The URL of the database, whatever folder it is read in."""
    scheme, found, path = db.partition("sqlite:///")
    return f"sqlite:///{Path(path).resolve()}" if found and not scheme else db


def _free_port() -> int:
    """The usual port when nobody has it, else any free one."""
    if _is_free(USUAL_PORT):
        return USUAL_PORT
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
