"""The floor: the least work an order could be, done by the bare driver.

The unit, always the same: look a bib up by its indexed ISBN among 20,000, in 20 % of cases insert one, insert
a line, a fund posting and an event, add to the fund's balance (last, as the server does), commit. Each
connection is a thread of one process that repeats the unit until time is up. SQLite runs in WAL mode with
synchronous=FULL and BEGIN IMMEDIATE; PostgreSQL durable as its server is configured.

On SQLite several connections poll for the file's lock, and whoever holds it mostly gets it again: the rate
stays that of one connection and the last in the queue waits for seconds. Compare rates, not latencies.

    python -m bench.floor    reads a FloorTask as JSON from standard input, writes a Round
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import msgspec

from bench.cases import isbn
from bench.task import BIBS, FloorTask, Round

SCHEMA = """
CREATE TABLE bibs (id {id} PRIMARY KEY, isbn TEXT NOT NULL, title TEXT NOT NULL);
CREATE INDEX bibs_isbn ON bibs (isbn);
CREATE TABLE funds (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL);
CREATE TABLE lines (id {id} PRIMARY KEY, bib BIGINT NOT NULL, fund BIGINT NOT NULL, price BIGINT NOT NULL,
    reference TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE postings (id {id} PRIMARY KEY, line BIGINT NOT NULL, fund BIGINT NOT NULL,
    units BIGINT NOT NULL);
CREATE TABLE events (id {id} PRIMARY KEY, topic TEXT NOT NULL, payload TEXT NOT NULL);
"""
FUNDS = 50
TITLE = "A title of the usual length : with a subtitle"
NOTE = "Deliver to the loading dock"
PRICE = 541_000

Unit = Callable[[str, str, int], None]
"""(isbn, vendor reference, fund) → an order, committed."""


class Connection(Protocol):
    def execute(self, statement: str, parameters: Any = ..., /) -> Any: ...


def order(connection: Connection, statements: dict[str, str], number: str, reference: str, fund: int) -> None:
    """The unit without its begin and commit."""
    found = connection.execute(statements["find"], (number,)).fetchone()
    if found is None:
        found = connection.execute(statements["bib"], (number, TITLE)).fetchone()
    line = connection.execute(statements["line"], (found[0], fund, PRICE, reference, NOTE)).fetchone()[0]
    connection.execute(statements["posting"], (line, fund, PRICE))
    connection.execute(statements["event"], ("line.placed", reference))
    connection.execute(statements["fund"], (PRICE, fund))


STATEMENTS = {
    "find": "SELECT id FROM bibs WHERE isbn = ?",
    "bib": "INSERT INTO bibs (isbn, title) VALUES (?, ?) RETURNING id",
    "line": "INSERT INTO lines (bib, fund, price, reference, note) VALUES (?, ?, ?, ?, ?) RETURNING id",
    "posting": "INSERT INTO postings (line, fund, units) VALUES (?, ?, ?)",
    "event": "INSERT INTO events (topic, payload) VALUES (?, ?)",
    "fund": "UPDATE funds SET balance = balance + ? WHERE id = ?",
}
STATEMENTS_POSTGRES = {name: text.replace("?", "%s") for name, text in STATEMENTS.items()}


def prepare(url: str) -> None:
    """Make the floor's tables with 20,000 bibs in an empty database."""
    bibs = [(isbn(number), TITLE) for number in range(BIBS)]
    funds = [(number, 0) for number in range(FUNDS)]
    if url.startswith("sqlite"):
        connection = _open_sqlite(url)
        connection.executescript("BEGIN;" + SCHEMA.format(id="INTEGER"))
        connection.executemany("INSERT INTO bibs (isbn, title) VALUES (?, ?)", bibs)
        connection.executemany("INSERT INTO funds VALUES (?, ?)", funds)
        connection.execute("COMMIT")
        connection.close()
        return
    import psycopg

    with psycopg.connect(url) as server:
        server.execute(SCHEMA.format(id="BIGINT GENERATED ALWAYS AS IDENTITY").encode())
        with server.cursor().copy("COPY bibs (isbn, title) FROM STDIN") as copy:
            for bib in bibs:
                copy.write_row(bib)
        with server.cursor() as cursor:
            cursor.executemany("INSERT INTO funds VALUES (%s, %s)", funds)
        server.commit()
        server.execute("ANALYZE")


def _open_sqlite(url: str) -> sqlite3.Connection:
    path = url.removeprefix("sqlite:///")
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=60)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


@contextlib.contextmanager
def sqlite_unit(url: str) -> Iterator[Unit]:
    connection = _open_sqlite(url)

    def unit(number: str, reference: str, fund: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        order(connection, STATEMENTS, number, reference, fund)
        connection.execute("COMMIT")

    with contextlib.closing(connection):
        yield unit


@contextlib.contextmanager
def postgres_unit(url: str) -> Iterator[Unit]:
    import psycopg

    connection = psycopg.connect(url)

    def unit(number: str, reference: str, fund: int) -> None:
        order(connection, STATEMENTS_POSTGRES, number, reference, fund)
        connection.commit()

    with contextlib.closing(connection):
        yield unit


def run(task: FloorTask) -> Round:
    """Repeat the unit on every connection until the time is up."""
    connect = sqlite_unit if task.url.startswith("sqlite") else postgres_unit
    with contextlib.ExitStack() as connections:
        units = [connections.enter_context(connect(task.url)) for _ in range(task.connections)]
        return _repeat(task, units)


def _repeat(task: FloorTask, units: list[Unit]) -> Round:
    latencies: list[list[int]] = [[] for _ in units]
    start = threading.Barrier(task.connections + 1)
    deadline = [0.0]

    def repeat(place: int) -> None:
        chance = random.Random(f"{task.seed}/{place}")
        mine, unit = latencies[place], units[place]
        start.wait()
        begun = time.perf_counter()
        while begun < deadline[0]:
            new = chance.randrange(100) < task.new_percent
            number = isbn(BIBS + chance.randrange(10**8) if new else chance.randrange(BIBS))
            unit(number, f"{task.seed}-{place}-{len(mine)}", chance.randrange(task.funds))
            ended = time.perf_counter()
            mine.append(round((ended - begun) * 1_000_000))
            begun = ended

    threads = [threading.Thread(target=repeat, args=(place,)) for place in range(task.connections)]
    for thread in threads:
        thread.start()
    begun = time.perf_counter()
    deadline[0] = begun + task.seconds
    start.wait()
    for thread in threads:
        thread.join()
    return Round(time.perf_counter() - begun, [latency for mine in latencies for latency in mine])


if __name__ == "__main__":
    sys.stdout.buffer.write(
        msgspec.json.encode(run(msgspec.json.decode(sys.stdin.buffer.read(), type=FloorTask)))
    )
