"""The ground the other tests stand on: if this is wrong, they prove nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from openacq.kernel.clock import FixedClock
from openacq.store.store import Store
from openacq.store.tables import outbox
from openacq.store.tx import Tx
from tests import postgres
from tests.conftest import CLUSTER_FOLDER, REQUIRE_POSTGRES, TODAY, Do, NewDatabase
from tests.tables import every_table

ROOT = Path(__file__).parents[2]


def test_the_store_is_of_the_dialect_named(store: Store, dialect: str) -> None:
    assert store.dialect == dialect


def test_all_declared_tables_are_there(store: Store) -> None:
    assert set(every_table().tables) <= set(inspect(store.reader).get_table_names())


def test_what_a_test_writes_only_its_own_institution_sees(write: Do, read: Do, institution: int) -> None:
    write(lambda tx: tx.emit("tried", "1", {}))

    def subjects(tx: Tx) -> list[str]:
        return list(
            tx.execute(select(outbox.c.subject).where(outbox.c.institution == tx.institution)).scalars()
        )

    assert read(subjects) == ["1"]
    assert read(subjects, institution=institution + 100_000) == []


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_starts_at_the_same_instant(turn: int, clock: FixedClock, read: Do) -> None:
    assert read(lambda tx: tx.now) == TODAY
    clock.advance(days=1)
    assert read(lambda tx: tx.now) > TODAY


def test_a_fresh_database_is_empty(fresh_database_url: str) -> None:
    store = Store(fresh_database_url)
    try:
        assert inspect(store.writer).get_table_names() == []
    finally:
        store.close()


def test_two_fresh_databases_are_not_the_same(dialect: str, new_database: NewDatabase) -> None:
    assert new_database("one") != new_database("one")


# -- the throw-away server -------------------------------------------------------------------


@pytest.fixture
def cluster_possible() -> None:
    try:
        postgres.find_binaries()
    except postgres.NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.mark.usefixtures("cluster_possible")
@pytest.mark.parametrize("fsync", [True, False])
def test_a_throw_away_server_is_as_durable_as_asked(fsync: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(postgres.NAMED_SERVER, raising=False)
    import psycopg

    with postgres.running_server(fsync=fsync) as url:
        with psycopg.connect(url) as connection:
            shown = connection.execute("SHOW fsync").fetchone()
            folder = Path(connection.info.host)
        assert shown == ("on" if fsync else "off",)
        assert folder.exists()
    assert not folder.exists()


@pytest.mark.usefixtures("cluster_possible")
def test_a_throw_away_server_ends_when_its_owner_is_killed() -> None:
    program = (
        "import sys, time; from tests import postgres\n"
        "lifeline = postgres.Lifeline(); postgres.server(lifeline.folder)\n"
        "print(lifeline.folder, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout
        folder = Path(owner.stdout.readline().strip())
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        owner.kill()
    deadline = time.monotonic() + 20
    while (folder.exists() or Path(f"/proc/{pid}").exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def run_pytest(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    cleared = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "OPENACQ_"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={**cleared, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


ONE_TEST = "tests/ground/test_fixtures.py::test_the_store_is_of_the_dialect_named"


@pytest.fixture
def without_postgres(tmp_path: Path) -> dict[str, str]:
    """An environment in which starting a cluster fails."""
    for name in ("initdb", "postgres"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    return {"PATH": f"{tmp_path}:/usr/bin:/bin"}


@pytest.mark.parametrize("workers", ["0", "1"])
def test_without_postgresql_one_loud_line_says_so(without_postgres: dict[str, str], workers: str) -> None:
    done = run_pytest("-q", "-n", workers, ONE_TEST, **without_postgres)
    assert done.returncode == 0
    assert done.stdout.count("NOT RUN ON POSTGRESQL") == 1
    assert "1 passed, 1 skipped" in done.stdout


def test_where_postgresql_is_required_its_lack_is_a_failure(without_postgres: dict[str, str]) -> None:
    done = run_pytest("-q", ONE_TEST, **{REQUIRE_POSTGRES: "1"}, **without_postgres)
    assert done.returncode != 0
    assert "there is no PostgreSQL" in done.stderr


IN_BROWSER = "tests/browser/test_flows.py"


def test_without_a_browser_one_loud_line_says_so(tmp_path: Path) -> None:
    nowhere = {"PATH": str(tmp_path)}
    done = run_pytest("-q", IN_BROWSER, **nowhere)
    assert done.returncode == 0, done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "NOT RUN" in line]
    skipped = re.search(r"(\d+) skipped", done.stdout)
    assert skipped
    assert line.startswith(f"!!! {skipped[1]} tests were NOT RUN IN A BROWSER: there is no chromium")
    done = run_pytest("-q", "-x", IN_BROWSER, OPENACQ_TEST_REQUIRE_BROWSER="1", **nowhere)
    assert done.returncode != 0
    assert "there is no chromium" in done.stdout


@pytest.mark.skipif(CLUSTER_FOLDER not in os.environ, reason="a named server is used")
def test_the_run_has_one_cluster(postgres_server: str) -> None:
    assert os.environ[CLUSTER_FOLDER] in postgres_server
