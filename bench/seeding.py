"""openacq as the benchmark meets it: registers, 20,000 titles, and the lines it begins with.

Registers, catalogue and key come in by the command line, as a library would do it. The lines are creates of
the Alma door like those measured later, claims and order log included, only without HTTP and a hundred to a
commit: every table and index ends up as if they had come in one by one. Each orders a title of its own, as in
a library that grows, so that the titles measured later are as much ordered with 100,000 lines as with 1,000.

    python -m bench.seeding URL KEY COUNT    places COUNT lines, writes some of their numbers as JSON
"""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

import pymarc

from bench import wms
from bench.cases import ACCOUNT, FILES, FUND_CODES, LIBRARY, LINES, SHELF, VENDOR, cases, isbn
from bench.requests import REGISTERS as READERS_OF_REQUESTS
from bench.target import Target, free_port, serving, surroundings
from bench.task import BIBS, ROOT, LoadTask

T = TypeVar("T")

INSTITUTION = "BENCH"
AREAS = "acq:write,conf:read,bibs:read,users:write,own:write"
FIRST = 500_000_000
"""Number of the first seeded order, far from those of the rounds."""
BATCH = 100
SHOWN = 2_000
"""Line numbers given to the look-ups."""

REGISTERS = f"""
[[library]]
code = "{LIBRARY}"
name = "Main Library"
default_location = "{SHELF}"

[[location]]
library = "{LIBRARY}"
code = "{SHELF}"
name = "Main stacks"

[[vendor]]
code = "{VENDOR}"
name = "Harbour Booksellers"
kind = "other"
material_supplier = true
currency = ["USD"]

[[vendor_account]]
vendor = "{VENDOR}"
code = "{ACCOUNT}"
description = "All orders"
default = true
discount_percent = 0
currency = "USD"
expected_receipt_interval = 30
claiming_interval = 30
reclaim_interval = 21

[[vendor_account]]
vendor = "{VENDOR}"
code = "{FILES}"
description = "Orders as files"
currency = "USD"
expected_receipt_interval = 30
send_orders = "folder"

[[packaging]]
automatic = false

[[fiscal_period]]
name = "Always"
start = 2020-01-01
end = 2099-12-31

[[ledger]]
code = "BENCH"
name = "Library materials"
currency = "USD"

[[profile]]
code = "SHOPS"
name = "Orders from shops"
kind = "order"
default = true
match = ["isbn", "issn"]
match_serial = ["issn", "isbn"]
duplicates = "alert"

[[review_rule]]
name = "More than 1,000 USD"
position = 1
review = true
price_above = "1000.00"
currency = "USD"
"""
FUND = """
[[fund]]
code = "{code}"
name = "Fund {code}"
parent = "BENCH"

[[allocation]]
fund = "{code}"
amount = "900000000.00"
reference = "BUDGET-{code}"
"""


@contextlib.contextmanager
def openacq_server(
    url: str,
    size: int,
    work: Path,
    serve_with: tuple[str, ...] = (),
    titles: int = BIBS,
    requests: int = 0,
    orders: int = 0,
) -> Iterator[Target]:
    """A server on the empty database at `url`, filled with `size` lines and as many purchase requests and
    orders of a WorldShare client as said, durable as by default."""
    key = furnish(url, work, titles)
    lines = tuple(json.loads(_python(work, "-m", "bench.seeding", url, key, str(size))))
    if requests:
        _python(work, "-m", "bench.requests", url, key, str(requests))
    if orders:
        _python(work, "-m", "bench.wms", url, str(orders))
    port = free_port()
    command = [sys.executable, "-m", "openacq", "serve", "--db", url, "--port", str(port), *serve_with]
    with serving(command, port=port, key=key, lines=lines, funds=FUND_CODES, folder=work) as target:
        yield target


def furnish(url: str, work: Path, titles: int) -> str:
    """Make an institution with registers, titles and a key without rate limit; gives the key."""
    registers, records = work / "registers.toml", work / "titles.mrc"
    registers.write_text(
        REGISTERS + READERS_OF_REQUESTS + "".join(FUND.format(code=code) for code in FUND_CODES)
    )
    with records.open("wb") as file:
        for number in range(titles):
            file.write(record(number))
    _openacq(work, "init", "--institution", INSTITUTION, "--db", url)
    _openacq(work, "load", "--all-or-nothing", str(registers), "--db", url)
    _openacq(work, "bib", "load", str(records), "--db", url)
    made = _openacq(
        work, "key", "create", "bench", "--areas", AREAS, "--rate-limit", "0", "--json", "--db", url
    )
    _let_wms_in(work, url)
    secret: str = json.loads(made)["secret"]
    return secret


def load_registers(work: Path, url: str, text: str) -> None:
    """Add registers (TOML) to the institution."""
    path = work / "more.toml"
    path.write_text(text)
    _openacq(work, "load", "--all-or-nothing", str(path), "--db", url)


def _let_wms_in(work: Path, url: str) -> None:
    """A WSKey and the user it acts for."""
    secret, (principal, namespace) = work / "wskey", wms.PRINCIPAL
    secret.write_text(wms.SECRET)
    named = ("--key", wms.KEY, "--secret-file", str(secret), "--rate-limit", "0")
    _openacq(work, "wskey", "create", "bench", *named, "--db", url)
    _openacq(work, "wskey", "principal", principal, "--idns", namespace, "--db", url)


def record(number: int) -> bytes:
    """A title of the catalogue in MARC 21."""
    made = pymarc.Record(leader="00000nam a2200000 a 4500")
    made.add_field(  # type: ignore[no-untyped-call]
        pymarc.Field("001", data=f"bench{number:06d}"),
        pymarc.Field("020", subfields=[pymarc.Subfield("a", isbn(number))]),
        pymarc.Field("035", subfields=[pymarc.Subfield("a", f"(Bench){number}")]),
        pymarc.Field("100", pymarc.Indicators("1", " "), [pymarc.Subfield("a", "Winter, Ada")]),
        pymarc.Field(
            "245", pymarc.Indicators("1", "0"), [pymarc.Subfield("a", f"Harbours of the north {number}")]
        ),
        pymarc.Field(
            "264",
            pymarc.Indicators(" ", "1"),
            [pymarc.Subfield("b", "Harbour Press"), pymarc.Subfield("c", "2026")],
        ),
    )
    return made.as_marc()


def _openacq(work: Path, *arguments: str) -> bytes:
    return _python(work, "-m", "openacq", *arguments)


def _python(work: Path, *arguments: str) -> bytes:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=work,
        env=surroundings(PYTHONPATH=str(ROOT)),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {(done.stderr or done.stdout).decode()[-2000:]}")
    return done.stdout


# -- in a process of its own ------------------------------------------------------------------


class OneCommit:
    """Stands for the store while a batch of works shares one transaction of it."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._tx: Any = None
        self.clock = store.clock

    def together(self, works: Callable[[], T], *, institution: int, zone: str) -> T:
        def run(tx: Any) -> T:
            self._tx = tx
            return works()

        made: T = self._store.write(run, institution=institution, zone=zone)
        return made

    def write(self, work: Callable[[Any], T], *, institution: int, zone: str) -> T:
        assert (self._tx.institution, self._tx.zone) == (institution, zone)
        return work(self._tx)


def place_lines(url: str, key: str, count: int) -> list[str]:
    """Place `count` lines through the Alma door; gives their numbers."""
    from openacq.calls.service import OrderLog
    from openacq.directory import service as directory
    from openacq.doors.alma import po_lines
    from openacq.doors.alma.door import AlmaDoor
    from openacq.doors.hall import Ask, HallServices
    from openacq.store.store import Store, StoreOptions

    store = Store(url, options=StoreOptions(sqlite_synchronous="NORMAL"))
    caller = directory.authenticate(store, key)
    assert caller is not None
    _reserve_numbers(store, caller.institution, count)
    shared, log, door = OneCommit(store), OrderLog(), AlmaDoor()
    hall = HallServices(cast("Store", shared), directory.KeyRing(store), log)
    headers = {"content-type": "application/json", "accept": "application/json"}

    def ask_for(body: bytes) -> Ask:
        ask = Ask(
            hall,
            door,
            method="POST",
            target=LINES,
            query="",
            params={},
            headers=headers,
            body=body,
            base="http://127.0.0.1/almaws/v1",
            client="127.0.0.1",
            tracking=secrets.token_hex(8),
            local=True,
        )
        ask.admit(caller)
        return ask

    def place(asks: list[Ask]) -> list[Any]:
        return [door.render(ask, po_lines.create(ask)) for ask in asks]

    numbers: list[str] = []
    bodies = orders(count)
    while batch := [ask_for(body) for body in islice(bodies, BATCH)]:
        shared.together(lambda: place(batch), institution=caller.institution, zone=caller.zone)
        numbers += [ask.subject for ask in batch]
        if len(numbers) % (50 * BATCH) == 0:
            store.checkpoint()
    store.close()
    return numbers


def orders(count: int) -> Iterator[bytes]:
    """The bodies of `count` creates like those measured, of titles and references of their own."""
    task = LoadTask("create-new", 0, "", 1, 0, "seed", FIRST, FUND_CODES)
    for request in islice(cases()["create-new"].requests(task), count):
        yield request.partition(b"\r\n\r\n")[2]


def _reserve_numbers(store: Any, institution: int, count: int) -> None:
    """Numbers for all lines at once: a batch would else use up one small block after the other."""
    from openacq.store.numbering import BlockEmpty, reserve

    with store.alone(), store.writer.connect() as connection, connection.begin():
        for kind, each in (("POL", 1), ("OIN", 1), ("BIB", 1), ("HOL", 1), ("ITM", 1), ("ROW", 20)):
            block = reserve(connection, BlockEmpty(institution, kind, count * each), size=1)
            store.numbering.hold(institution, kind, *block)


def main() -> None:
    url, key, count = sys.argv[1:]
    begun = time.perf_counter()
    numbers = place_lines(url, key, int(count))
    print(f"{len(numbers)} lines in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    step = max(1, len(numbers) // SHOWN)
    json.dump(numbers[::step], sys.stdout)


if __name__ == "__main__":
    main()
