"""Running: one process or several on one port, and a stop that loses nothing.

On SIGTERM or Ctrl-C the server takes no new connection, finishes the calls under way (a second Ctrl-C
cuts them off), writes what is queued and folds SQLite's WAL into the file. With several processes a
parent holds the port, starts the others, replaces one that dies and stops them all; if the parent
itself dies, they stop too.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import structlog

from openacq.serving.memory import share_heaps
from openacq.settings import Settings

if TYPE_CHECKING:
    from uvicorn import Config

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
STARTUP_FAILED = 3
QUICK_DEATH_SECONDS = 5.0
MOST_QUICK_DEATHS = 5
EXTRA_STOP_SECONDS = 10.0

_log = structlog.get_logger("openacq.serving")


class CannotServe(Exception):
    """The server cannot run; the message says why and what to do."""


# -- the port -----------------------------------------------------------------------------------


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises CannotServe in words when there is none to be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise CannotServe(f"The host {host!r} is not known here; 127.0.0.1 or 0.0.0.0 always are.") from None
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(2048)
    except OSError as error:
        sock.close()
        raise CannotServe(_why_not(error, host, port)) from None
    return sock


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use by another program; choose another one with --port."
    if error.errno == errno.EACCES:
        return (
            f"Listening on port {port} needs rights this user has not; choose a port from 1024 with --port."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}; 127.0.0.1 or 0.0.0.0 always work."
    return f"Listening on {host} port {port} failed: {error.strerror}."


def address_of(sock: socket.socket) -> str:
    """ "http://127.0.0.1:8080"."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


# -- one process --------------------------------------------------------------------------------


def run_server(
    settings: Settings,
    sock: socket.socket,
    *,
    ready: Callable[[], None],
    first: bool = True,
    alone: bool = True,
) -> None:
    """Serve on the socket until told to stop. `alone` = no parent looks after this process."""
    from openacq.app import open_house

    share_heaps()
    house = open_house(settings, bound=address_of(sock), first=first)
    try:
        _server(_config(settings, house.app), ready, alone=alone)([sock])
    finally:
        house.close()


def _config(settings: Settings, app: object) -> Config:
    from uvicorn import Config

    from openacq.serving.connection import limited_connection

    return Config(
        app,  # type: ignore[arg-type]
        http=limited_connection(header_bytes=settings.header_bytes, header_seconds=settings.header_seconds),
        loop="uvloop",
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.stop_seconds,
    )


def _server(
    config: Config, ready: Callable[[], None], *, alone: bool
) -> Callable[[list[socket.socket]], None]:
    from uvicorn import Server

    class QuietServer(Server):
        """uvicorn's server, which says when it is ready and ends by returning, not by the signal."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready()

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            signal.signal(signal.SIGTERM, self.handle_exit)
            signal.signal(signal.SIGINT, self.handle_exit if alone else signal.SIG_IGN)
            yield

    return QuietServer(config).run


# -- several processes --------------------------------------------------------------------------


def run_workers(settings: Settings, sock: socket.socket, *, ready: Callable[[], None]) -> None:
    """Serve by `settings.workers` processes until told to stop. Raises CannotServe when they keep dying.

    Call it before any thread is started or database connected.
    """
    folder = Path(tempfile.mkdtemp(prefix="openacq-figures-"))
    os.environ[FOLDER] = str(folder)
    watched = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    try:
        _Workers(settings, sock, ready, watched).run()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        del os.environ[FOLDER]
        shutil.rmtree(folder, ignore_errors=True)


class _Workers:
    """The processes and the parent's watch over them."""

    def __init__(
        self,
        settings: Settings,
        sock: socket.socket,
        ready: Callable[[], None],
        watched: set[signal.Signals],
    ) -> None:
        self._settings = settings
        self._sock = sock
        self._ready = ready
        self._watched = watched
        self._lifeline, self._held = os.pipe()
        self._running: dict[int, tuple[int, float]] = {}
        self._quick_deaths = 0

    def run(self) -> None:
        for index in range(self._settings.workers):
            self._start(index)
        try:
            while signal.sigwait(self._watched) == signal.SIGCHLD:
                self._replace_the_dead()
        finally:
            self._stop()
            os.close(self._held)
            os.close(self._lifeline)

    def _start(self, index: int) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._work(index)
        self._running[pid] = (index, time.monotonic())

    def _work(self, index: int) -> NoReturn:
        """The life of a child process."""
        code = 1
        try:
            os.close(self._held)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, self._watched)
            threading.Thread(target=self._end_with_parent, name="openacq-lifeline", daemon=True).start()
            first = index == 0
            ready = self._ready if first else _say_nothing
            run_server(self._settings, self._sock, ready=ready, first=first, alone=False)
            code = 0
        except SystemExit as asked:
            code = asked.code if isinstance(asked.code, int) else 1
        except BaseException:  # noqa: BLE001  (nothing of the parent's may run in the child)
            _log.exception("a server process failed")
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _end_with_parent(self) -> None:
        os.read(self._lifeline, 1)  # ends when the parent's side is closed, by whatever way
        os.kill(os.getpid(), signal.SIGTERM)

    def _replace_the_dead(self) -> None:
        for pid, code in self._reap():
            index, begun = self._running.pop(pid)
            _forget_figures(pid)
            if code == STARTUP_FAILED:
                raise CannotServe("A server process could not start; see the lines above.")
            lived = time.monotonic() - begun
            self._quick_deaths = self._quick_deaths + 1 if lived < QUICK_DEATH_SECONDS else 0
            if self._quick_deaths >= MOST_QUICK_DEATHS:
                raise CannotServe("The server processes keep dying; see the lines above.")
            _log.error("a server process died and is replaced", pid=pid, code=code, lived=round(lived, 1))
            self._start(index)

    def _reap(self) -> list[tuple[int, int]]:
        dead = []
        for pid in tuple(self._running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                dead.append((pid, os.waitstatus_to_exitcode(status)))
        return dead

    def _stop(self) -> None:
        for pid in self._running:
            os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + self._settings.stop_seconds + EXTRA_STOP_SECONDS
        while self._running and time.monotonic() < end:
            for pid, _ in self._reap():
                del self._running[pid]
            time.sleep(0.02)
        for pid in self._running:
            _log.error("a server process did not stop and is killed", pid=pid)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _say_nothing() -> None:
    """Only the first process says that the server is ready."""


def _forget_figures(pid: int) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)  # type: ignore[no-untyped-call]
