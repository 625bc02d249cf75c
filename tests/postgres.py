"""A PostgreSQL server to try things on: one that is named, or a throw-away one.

`OPENACQ_TEST_POSTGRES` names a server by the URL of a database its role may `CREATE DATABASE` from.
Without it a throw-away cluster is made from the installed binaries in a temporary folder, reached through
a Unix socket in that folder, so no port can clash and no other user of the machine can connect.

The cluster hangs on a *lifeline*: a FIFO in its folder that the owner (a test run, a benchmark) keeps open
for writing. A small keeper process of its own session starts the cluster and reads the FIFO. When the
owner ends, by whatever way, the FIFO reads as ended, and the keeper stops the cluster and removes the
folder. The folder's path is all that other processes of the owner need: the first one that asks starts
the keeper, the others wait for it.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NAMED_SERVER = "OPENACQ_TEST_POSTGRES"
LONGEST_START = 60.0
ROLE = "openacq"

_HARMLESS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=on",
    "shared_buffers=128MB",
)
_DURABLE = (
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "autovacuum=on",
    "shared_buffers=512MB",  # what the manual says
)


class NoPostgres(Exception):
    """No server can be had; the text says why, in a line."""


@dataclass(frozen=True, slots=True)
class Binaries:
    initdb: Path
    postgres: Path


def find_binaries() -> Binaries:
    """The newest installed PostgreSQL: beside the `initdb` on PATH, or where Debian keeps its versions."""
    places: list[Path] = []
    if on_path := shutil.which("initdb"):
        places.append(Path(on_path).resolve().parent)
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(debian, key=lambda place: _version(place.parent.name), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return Binaries(place / "initdb", place / "postgres")
    raise NoPostgres("no PostgreSQL binaries on PATH or in /usr/lib/postgresql")


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", name))


def unprivileged_account() -> pwd.struct_passwd | None:
    """Whom to run the server as; None means: as ourselves. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("run as root, and there is no account postgres or nobody to run the server as")


# -- the owner's side --------------------------------------------------------------------------


class Lifeline:
    """The folder of a cluster that may be started, and the open end that keeps it running."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="openacq-pg-", dir=_open_folder()))
        fifo = self.folder / "lifeline"
        os.mkfifo(fifo, 0o600)
        # Opened for reading too, because opening a FIFO only for writing waits for a reader.
        self._end: int | None = os.open(fifo, os.O_RDWR | os.O_CLOEXEC)

    def close(self) -> None:
        """Let go; return when the cluster is stopped and its folder gone."""
        if self._end is None:
            return
        os.close(self._end)
        self._end = None
        with _locked(self.folder) as inside:
            started = inside and (self.folder / "keeper").exists()
        if not started:
            shutil.rmtree(self.folder, ignore_errors=True)
        deadline = time.monotonic() + 30
        while self.folder.exists() and time.monotonic() < deadline:
            time.sleep(0.02)


def server(folder: Path, *, fsync: bool = False) -> str:
    """The URL of the cluster in `folder`; started if nobody did so yet. Raises NoPostgres."""
    with _locked(folder):
        if not (folder / "keeper").exists():
            (folder / "keeper").touch()
            _start_keeper(folder, fsync=fsync)
        deadline = time.monotonic() + LONGEST_START
        while time.monotonic() < deadline:
            if (folder / "url").exists():
                return (folder / "url").read_text()
            if (folder / "failed").exists():
                raise NoPostgres((folder / "failed").read_text())
            time.sleep(0.02)
    raise NoPostgres(f"the throw-away server was not ready after {LONGEST_START:.0f} s")


@contextlib.contextmanager
def running_server(*, fsync: bool) -> Iterator[str]:
    """The URL of the named server or of a throw-away one that lives as long as this block."""
    if named := os.environ.get(NAMED_SERVER):
        yield named
        return
    lifeline = Lifeline()
    try:
        yield server(lifeline.folder, fsync=fsync)
    finally:
        lifeline.close()


def _open_folder() -> str:
    """A temporary folder the server's account can reach too."""
    usual = tempfile.gettempdir()
    if os.geteuid() != 0:
        return usual
    reachable = all(place.stat().st_mode & 0o001 for place in (Path(usual), *Path(usual).parents))
    return usual if reachable else "/tmp"


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Be the only process of the owner here; False when the folder is gone."""
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield True
    finally:
        os.close(lock)


def _start_keeper(folder: Path, *, fsync: bool) -> None:
    # A session of its own: Ctrl-C at the owner's terminal must not reach the keeper before the owner is done.
    command = [sys.executable, __file__, str(folder), *(["--fsync"] if fsync else [])]
    subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    ).returncode = 0  # it outlives us and is nobody's zombie to report


# -- databases ---------------------------------------------------------------------------------


def make_database(server_url: str, name: str) -> str:
    """A new, empty database on the server; returns its URL."""
    from sqlalchemy.engine import make_url

    _administer(server_url, f'CREATE DATABASE "{name}"')
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_database(server_url: str, name: str) -> None:
    _administer(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(server_url: str, statement: str) -> None:
    import psycopg
    from sqlalchemy.engine import make_url

    target = make_url(server_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute(statement.encode())


# -- the keeper's side -------------------------------------------------------------------------


def keep(folder: Path, *, fsync: bool) -> None:
    """Start the cluster, wait for the lifeline's end, stop the cluster, remove the folder."""
    lifeline = os.open(folder / "lifeline", os.O_RDONLY)
    for signal_number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(signal_number, signal.SIG_IGN)  # only the owner's end ends us
    running: subprocess.Popen[bytes] | None = None
    try:
        try:
            running = _start_cluster(folder, fsync=fsync)
        except (NoPostgres, OSError) as error:
            (folder / "failed").write_text(" ".join(str(error).split()))
        os.read(lifeline, 1)  # returns when the owner has closed its end
    finally:
        if running is not None:
            _stop(running)
        shutil.rmtree(folder, ignore_errors=True)


def _start_cluster(folder: Path, *, fsync: bool) -> subprocess.Popen[bytes]:
    binaries = find_binaries()
    account = unprivileged_account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"
    rules = ("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
    made = _popen(account, folder, [str(binaries.initdb), f"--pgdata={data}", f"--username={ROLE}", *rules])
    words = made.communicate(timeout=LONGEST_START)[0]
    if made.returncode:
        raise NoPostgres(f"initdb failed: {words.decode(errors='replace')[-300:]}")
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={folder}",
        "max_connections=200",
        "log_min_messages=fatal",
        "timezone=UTC",
        *(_DURABLE if fsync else _HARMLESS),
    ]
    options = [word for setting in settings for word in ("-c", setting)]
    running = _popen(account, folder, [str(binaries.postgres), "-D", str(data), *options], log=folder / "log")
    _wait_until_ready(running, folder)
    ready = folder / "url.new"
    ready.write_text(f"postgresql://{ROLE}@/postgres?host={folder}")
    ready.rename(folder / "url")
    return running


def _popen(
    account: pwd.struct_passwd | None, folder: Path, command: list[str], log: Path | None = None
) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(folder), "LC_ALL": "C"}
    output: int = subprocess.PIPE
    if log is not None:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    finally:
        if log is not None:
            os.close(output)


def _wait_until_ready(running: subprocess.Popen[bytes], folder: Path) -> None:
    """The server writes `ready` into its pid file once it takes connections."""
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline:
        if running.poll() is not None:
            words = (folder / "log").read_text(errors="replace")[-300:]
            raise NoPostgres(f"the server ended at once: {words}")
        with contextlib.suppress(OSError, IndexError):
            if (folder / "data" / "postmaster.pid").read_text().splitlines()[7].strip() == "ready":
                return
        time.sleep(0.02)
    _stop(running)
    raise NoPostgres(f"the server was not ready after {LONGEST_START:.0f} s")


def _stop(running: subprocess.Popen[bytes]) -> None:
    # SIGQUIT is PostgreSQL's immediate shutdown: the data is thrown away, so nothing needs to be written.
    running.send_signal(signal.SIGQUIT)
    try:
        running.wait(timeout=10)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Keeper of a throw-away PostgreSQL cluster.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fsync", action="store_true")
    asked = parser.parse_args()
    keep(asked.folder, fsync=asked.fsync)
