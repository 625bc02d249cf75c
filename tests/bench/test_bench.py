"""The yardstick is straight: what the benchmark counts was really done."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from lxml import etree
from stdnum import isbn as stdnum_isbn

from bench import floor, load, report, rounds
from bench.cases import FUND_CODES, JSON_ORDER, XML_ORDER, cases, isbn, order_body
from bench.measure import family, percentile, usage
from bench.seeding import FIRST, openacq_server
from bench.target import NotStarted, ask, free_port, serving
from bench.task import BIBS, FloorTask, LoadTask, Round, carry_out
from tests.bench.shop_counter import ShopCounter
from tests.serving_thread import listening

# -- measuring --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, 0),
        ([7], 0.99, 7),
        ([1, 2, 3, 4], 0.5, 2),
        (list(range(1, 101)), 0.95, 95),
        (list(range(1, 101)), 0.99, 99),
        (list(range(1, 101)), 1.0, 100),
    ],
)
def test_a_percentile_is_the_nearest_rank(values: list[int], share: float, expected: int) -> None:
    assert percentile(values, share) == expected


def test_cpu_time_of_children_counts_while_they_run_and_after() -> None:
    before = usage(os.getpid()).cpu_seconds
    burn = "import time\nwhile time.process_time() < 0.3: pass\nprint('done', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", burn], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout
        child.stdout.readline()
        assert child.pid in family(os.getpid())
        running = usage(os.getpid())
        child.communicate(b"\n")
    assert running.cpu_seconds - before >= 0.25
    assert usage(os.getpid()).cpu_seconds - before >= 0.25
    assert running.largest_rss > 1_000_000


# -- what is sent -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 19_999, 20_000, 999_999_999])
def test_every_number_makes_a_valid_isbn(number: int) -> None:
    assert stdnum_isbn.is_valid(isbn(number))


def test_an_order_is_the_same_in_json_and_xml() -> None:
    told = {"number": 5, "reference": "bench-17", "fund": FUND_CODES[0]}
    as_json = json.loads(order_body(JSON_ORDER, **told))  # type: ignore[arg-type]
    as_xml = etree.fromstring(order_body(XML_ORDER, **told))  # type: ignore[arg-type]
    assert as_json["vendor_reference_number"] == as_xml.findtext("vendor_reference_number") == "bench-17"
    assert as_json["resource_metadata"]["isbn"] == as_xml.findtext("resource_metadata/isbn") == isbn(5)
    assert as_json["fund_distribution"][0]["fund_code"]["value"] == as_xml.findtext(".//fund_code")
    assert set(as_json) - {"note", "location", "fund_distribution"} == {child.tag for child in as_xml} - {
        "notes",
        "locations",
        "fund_distributions",
    }


def task(case: str, port: int = 1, *, connections: int = 1, seconds: float = 0.3, start: int = 0) -> LoadTask:
    return LoadTask(case, port, "secret", connections, seconds, "test", start, FUND_CODES, ("POL-1", "POL-2"))


def bodies(case: str, count: int, start: int = 0) -> list[dict[str, object]]:
    sent: Iterator[bytes] = islice(cases()[case].requests(task(case, start=start)), count)
    return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in sent]


def is_new(body: dict[str, object]) -> bool:
    metadata = body["resource_metadata"]
    assert isinstance(metadata, dict)
    return int(metadata["isbn"][3:12]) >= BIBS


def test_a_fifth_of_the_titles_is_new_or_all_of_them() -> None:
    assert 120 < sum(map(is_new, bodies("create", 1000))) < 280
    assert all(map(is_new, bodies("create-new", 100)))


def test_no_two_orders_bear_the_same_reference() -> None:
    references = [
        body["vendor_reference_number"] for start in (0, 1000) for body in bodies("create", 1000, start)
    ]
    assert len(set(references)) == 2000


def test_orders_go_round_the_funds_or_all_to_one() -> None:
    def funds(case: str) -> set[str]:
        return {body["fund_distribution"][0]["fund_code"]["value"] for body in bodies(case, 100)}  # type: ignore[index]

    assert funds("create") == set(FUND_CODES)
    assert funds("create-hot") == {FUND_CODES[0]}


REQUESTS_LISTED = {
    "request-list": 120,
    "request-list-status": 12,
    "request-list-format": 12,
    "request-list-library": 60,
    "request-list-citation": 12,
}
"""Of 120 requests, those in each list."""


# -- the load generator -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Le", 0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na", 41),
        (b"HTTP/1.1 200 OK\r\ncontent-length:3\r\nx: y\r\n\r\nabc", 46),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", 46),
    ],
)
def test_the_length_of_an_answer_is_read_from_its_head(received: bytes, expected: int) -> None:
    assert load.answer_length(received) == expected


@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize("case", ["create", "create-xml", "get", "funds", "request-create"])
def test_every_answer_counted_was_a_request_received(case: str, connections: int) -> None:
    counter = ShopCounter()
    with listening(counter) as port:
        played = asyncio.run(load.play(task(case, port, connections=connections)))
    assert played.wrong == 0, played.sample
    assert len(played.latencies) == len(counter.paths) >= connections
    assert played.seconds >= 0.3
    if cases()[case].writes:
        assert len(set(counter.bodies)) == len(counter.bodies)


def test_a_wrong_answer_is_counted_and_shown() -> None:
    with listening(ShopCounter(refuse_from=4)) as port:
        played = asyncio.run(load.play(task("create", port)))
    wrong, answered = played.wrong, len(played.latencies)
    assert wrong == answered - 3 > 0
    assert played.sample[:12] == "HTTP/1.1 400"


def test_a_server_that_hangs_up_is_wrong() -> None:
    async def try_it() -> Round:
        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
            return await load.play(task("create", server.sockets[0].getsockname()[1], connections=2))

    played = asyncio.run(try_it())
    assert (played.wrong, played.latencies) == (2, [])
    assert played.sample.startswith("connection lost")


def test_an_answer_it_cannot_read_ends_the_generator() -> None:
    async def try_it() -> Round:
        async def mumble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n\r\nhello")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(mumble, "127.0.0.1", 0) as server:
            return await load.play(task("create", server.sockets[0].getsockname()[1]))

    with pytest.raises(ValueError, match="without a length"):
        asyncio.run(try_it())


def test_the_generator_runs_as_a_process_of_its_own() -> None:
    with listening(ShopCounter()) as port:
        played = carry_out("bench.load", task("create", port, connections=2))
    assert played.wrong == 0
    assert played.rate > 0


# -- the floor --------------------------------------------------------------------------------


@pytest.mark.parametrize("connections", [1, 3])
@pytest.mark.parametrize("funds", [1, 20])
def test_every_unit_of_the_floor_is_in_the_database(
    fresh_database_url: str, connections: int, funds: int
) -> None:
    floor.prepare(fresh_database_url)
    measured = floor.run(FloorTask(fresh_database_url, connections, 0.4, funds))
    units = len(measured.latencies)
    lines, posted, events, balances, used, bibs = sums(fresh_database_url)
    assert lines == events == units > connections
    assert posted == balances == units * floor.PRICE
    assert used <= funds
    assert 0 < bibs - BIBS < units / 2


def sums(url: str) -> tuple[int, ...]:
    asked = (
        "SELECT (SELECT count(*) FROM lines), (SELECT sum(units) FROM postings),"
        " (SELECT count(*) FROM events), (SELECT sum(balance) FROM funds),"
        " (SELECT count(DISTINCT fund) FROM lines), (SELECT count(*) FROM bibs)"
    )
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        row = connection.execute(asked).fetchone()
        connection.close()
    else:
        import psycopg

        with psycopg.connect(url) as server:
            row = server.execute(asked.encode()).fetchone()
            assert row is not None
    return tuple(int(value) for value in row)


def test_the_floor_on_sqlite_is_durable(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/floor.db"
    floor.prepare(url)
    connection = floor._open_sqlite(url)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


# -- the server under test --------------------------------------------------------------------


def test_the_time_to_the_first_answer_is_that_of_the_process() -> None:
    port = free_port()
    program = (
        "import time; time.sleep(0.3)\nimport uvicorn\nfrom tests.bench.shop_counter import ShopCounter\n"
        f"uvicorn.run(ShopCounter(), port={port}, log_level='error')"
    )
    command = [sys.executable, "-c", program]
    with serving(command, port=port, key="secret", lines=(), funds=()) as target:
        assert target.first_answer > 0.3
        assert ask(port, "/anything", "secret")[0] == 200
        pid = target.pid
    assert not Path(f"/proc/{pid}").exists()


def test_a_server_that_ends_at_once_says_its_last_words() -> None:
    begun = time.monotonic()
    command = [sys.executable, "-c", "raise SystemExit('no such setting')"]
    server = serving(command, port=free_port(), key="secret", lines=(), funds=())
    with pytest.raises(NotStarted, match="no such setting"), server:
        pass
    assert time.monotonic() - begun < 10


# -- adding up --------------------------------------------------------------------------------


def plan(**changed: object) -> rounds.Plan:
    usual = {
        "databases": ("sqlite",),
        "sizes": (1000,),
        "connections": (2,),
        "cases": ("create", "create-hot", "get"),
        "seconds": 0.4,
        "rounds": 2,
    }
    return rounds.Plan(**(usual | changed))  # type: ignore[arg-type]


def test_rounds_of_server_and_floor_take_turns_and_add_up(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/floor.db"
    floor.prepare(url)
    counter = ShopCounter()
    told: list[str] = []
    with listening(counter) as port:
        from bench.target import Target

        target = Target(port, "secret", os.getpid(), 0.5, ("POL-1",), FUND_CODES)
        bench = rounds.Bench("sqlite", 1000, target, url, None, told.append)
        chosen = [cases()[name] for name in plan().cases]
        figures = bench.measure(plan(), chosen)
    found = {(figure.connections, figure.case): figure for figure in figures}
    assert set(found) == {(2, case) for case in ("floor", "floor-hot", "create", "create-hot", "get")}
    for (connections, case), figure in found.items():
        assert figure.requests > 0
        assert figure.p50 <= figure.p95 <= figure.p99
        if not case.startswith("floor"):
            base = found[connections, "floor-hot" if case == "create-hot" else "floor"]
            assert figure.ratio == pytest.approx(figure.per_second / base.per_second, rel=0.01)
            assert figure.server_cpu
    assert told[:5] != told[5:], "each round begins elsewhere"
    references = [json.loads(body)["vendor_reference_number"] for body in counter.bodies if body]
    assert len(set(references)) == len(references), "no order is sent twice in a run"


def test_a_wrong_answer_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "carry_out", lambda *_: Round(1.0, [10], wrong=1, sample="HTTP/1.1 500"))
    from bench.target import Target

    bench = rounds.Bench("sqlite", 1000, Target(1, "", os.getpid(), 0.5, (), ()), "", None, lambda _: None)
    with pytest.raises(rounds.WrongAnswers, match="500"):
        bench.measure(plan(), [cases()["create"]])


def test_the_page_has_every_figure() -> None:
    figure = rounds.Figure("sqlite", 1000, 8, "create", 900, 0, 301.4, 20.0, 41.5, 60.0, 2.1, None, 0.21)
    server = report.Server("sqlite", 1000, 0.9, 70 * 2**20, 90 * 2**20)
    result = report.Result("python -m bench", "2026-03-02", "2 cores", plan(), [server], [figure])
    page = report.page(result)
    assert "| create, JSON, 20 % new bibs | 1,000 | 8 | 301 | 20.0 | 41.5 | 60.0 | 2.10 |  | 0.21 |" in page
    assert "`python -m bench`" in page
    assert "first answer after 0.90 s, 70 MB at rest, 90 MB after the rounds" in page


@pytest.mark.slow
def test_a_seeded_server_is_a_library_like_any_other(fresh_database_url: str, tmp_path: Path) -> None:
    lines = 130
    with openacq_server(fresh_database_url, lines, tmp_path, titles=60, requests=120) as target:
        for case, most in REQUESTS_LISTED.items():
            path = next(iter(cases()[case].requests(task(case)))).split()[1].decode().partition("&offset")
            filters = path[2].partition("&")[2]
            status, body = ask(target.port, f"{path[0]}&{filters}", target.key)
            assert (status, json.loads(body)["total_record_count"]) == (200, most), case
        assert len(set(target.lines)) == lines
        for case in cases():
            played = asyncio.run(
                load.play(
                    msgspec.structs.replace(task(case, target.port), key=target.key, lines=target.lines)
                )
            )
            assert played.wrong == 0, played.sample[:600]
        status, body = ask(target.port, f"/almaws/v1/acq/po-lines/{target.lines[-1]}", target.key)
    line = json.loads(body)
    assert (status, line["resource_metadata"]["isbn"]) == (200, isbn(BIBS + FIRST + lines - 1))
    verified = subprocess.run(
        [sys.executable, "-m", "openacq", "verify", "--db", fresh_database_url],
        capture_output=True,
        cwd=tmp_path,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout.decode() + verified.stderr.decode()
