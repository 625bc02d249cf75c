"""What every test may ask for: a database of each kind, an institution of its own, a clock that stands still.

    def test_a_fund_is_found(store, institution, write, read): ...   # runs on SQLite and on PostgreSQL

`store` is one migrated database per test process, reused; tests keep apart by each having an `institution`
of its own. A test that starts a server, uses the command line or kills something takes `fresh_database_url`.
`@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)` keeps a test to one database.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

import hypothesis
import pytest
import structlog
from sqlalchemy.engine import make_url

from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.kernel.clock import FixedClock
from openacq.store import migrate
from openacq.store.store import Store, StoreOptions
from openacq.store.tx import Tx
from tests import postgres
from tests.sealing import SEALS
from tests.tables import every_table

T = TypeVar("T")

# How long an example takes says more about the machine than about what is tested.
hypothesis.settings.register_profile("openacq", deadline=None)
hypothesis.settings.load_profile("openacq")

pytest_plugins = ["tests.serving_fixture"]

REQUIRE_POSTGRES = "OPENACQ_TEST_REQUIRE_POSTGRES"
CLUSTER_FOLDER = "OPENACQ_TEST_POSTGRES_FOLDER"
NOT_ON_POSTGRES = "not run on PostgreSQL: "
NOT_IN_BROWSER = "not run in a browser: "
DIALECTS = ("sqlite", "postgresql")
TODAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""When every test's `clock` starts."""

ANY_INSTITUTION = 0
"""The reserved institution, for works that belong to none."""

_lifeline = pytest.StashKey[postgres.Lifeline]()


# -- PostgreSQL for the whole run: owned by the controller, reached by the workers through the environment --


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or os.environ.get(postgres.NAMED_SERVER):
        return
    lifeline = config.stash[_lifeline] = postgres.Lifeline()
    os.environ[CLUSTER_FOLDER] = str(lifeline.folder)
    if os.environ.get(REQUIRE_POSTGRES):
        try:
            postgres.server(lifeline.folder)
        except postgres.NoPostgres as reason:
            lifeline.close()
            words = f"{REQUIRE_POSTGRES} is set, but there is no PostgreSQL: {reason}"
            raise pytest.UsageError(words) from None


def pytest_unconfigure(config: pytest.Config) -> None:
    if lifeline := config.stash.get(_lifeline, None):
        lifeline.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for begins, loud, how in (
        (NOT_ON_POSTGRES, "ON POSTGRESQL", f"install PostgreSQL or set {postgres.NAMED_SERVER}"),
        (NOT_IN_BROWSER, "IN A BROWSER", "install chromium"),
    ):
        skipped = [
            report.longrepr[2].partition(begins)[2]
            for report in terminalreporter.stats.get("skipped", [])
            if isinstance(report.longrepr, tuple) and begins in report.longrepr[2]
        ]
        if skipped:
            line = f"!!! {len(skipped)} tests were NOT RUN {loud}: {skipped[0]}; {how} !!!"
            terminalreporter.write_line(line, red=True, bold=True)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of the run's PostgreSQL server; the test is skipped where none can be had."""
    if named := os.environ.get(postgres.NAMED_SERVER):
        return named
    try:
        return postgres.server(Path(os.environ[CLUSTER_FOLDER]))
    except postgres.NoPostgres as reason:
        pytest.skip(f"{NOT_ON_POSTGRES}{reason}")


# -- lines of the server ----------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _lines_as_before() -> Iterator[None]:
    """A test that sets up lines of its own sets them back: what the next one is told depends on it."""
    before = structlog.get_config()["wrapper_class"]
    yield
    assert structlog.get_config()["wrapper_class"] is before, "the test left the set-up of lines changed"


# -- databases --------------------------------------------------------------------------------


@pytest.fixture(scope="session", params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """ "sqlite" or "postgresql"; what depends on it runs on both."""
    asked: str = request.param
    return asked


class NewDatabase(Protocol):
    def __call__(self, name: str) -> str: ...


@pytest.fixture(scope="session")
def new_database(
    dialect: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewDatabase]:
    """Makes empty databases of the dialect and gives their URLs; they are dropped at the end."""
    made: list[str] = []
    numbers = itertools.count(1)
    if dialect == "sqlite":
        folder = tmp_path_factory.mktemp("databases")
        yield lambda name: f"sqlite:///{folder}/{name}-{next(numbers)}.db"
        return
    server: str = request.getfixturevalue("postgres_server")

    def make(name: str) -> str:
        database = f"openacq_test_{os.getpid()}_{name}_{next(numbers)}"
        made.append(database)
        return postgres.make_database(server, database)

    yield make
    if os.environ.get(postgres.NAMED_SERVER):
        for database in made:
            postgres.drop_database(server, database)


@pytest.fixture
def fresh_database_url(new_database: NewDatabase) -> str:
    """The URL of an empty database (SQLite: of a file that does not exist yet)."""
    return new_database("fresh")


def make_tables(store: Store) -> None:
    """Migrate the database as a server does.

    A table that has no migration yet is made too, so that a slice can be built test by test; that the
    migrations lead to exactly the declared tables has a test of its own (tests/architecture/test_schema.py).
    """
    migrate.upgrade(store)
    with store.writer.connect() as connection, connection.begin():
        every_table().create_all(connection)


@pytest.fixture(scope="session")
def shared_store(new_database: NewDatabase) -> Iterator[Store]:
    """The migrated database of this test process. Tests ask for `store`."""
    url = make_url(new_database("shared")).render_as_string(hide_password=False)
    store = Store(url, clock=FixedClock(TODAY), options=StoreOptions(sqlite_synchronous="OFF"))
    make_tables(store)
    yield store
    store.close()


@pytest.fixture
def clock() -> FixedClock:
    """The time of the test: 2 March 2026, 09:30 UTC; moves by `clock.advance(seconds, days=…)` only."""
    return FixedClock(TODAY)


@pytest.fixture
def store(shared_store: Store, clock: FixedClock) -> Store:
    """A migrated database, SQLite and then PostgreSQL, going by the test's `clock`."""
    shared_store.clock = clock
    shared_store.seals = SEALS
    return shared_store


@pytest.fixture(scope="session")
def institution_codes() -> Iterator[str]:
    return (f"TEST-{number}" for number in itertools.count(1))


@pytest.fixture
def new_institution(store: Store, institution_codes: Iterator[str]) -> Callable[[], int]:
    """Makes institutions (US dollars, UTC) without anything in them and gives their ids."""

    def make() -> int:
        card = Institution(0, next(institution_codes), "A library of the tests")
        return store.write(lambda tx: directory.create_institution(tx, card), institution=ANY_INSTITUTION).id

    return make


@pytest.fixture
def institution(new_institution: Callable[[], int]) -> int:
    """The id of the test's own institution, new and empty."""
    return new_institution()


@pytest.fixture
def other_institution(new_institution: Callable[[], int]) -> int:
    """The id of a second one, for tests that nothing is seen across."""
    return new_institution()


# -- units of work ----------------------------------------------------------------------------


class Do(Protocol):
    def __call__(self, work: Callable[[Tx], T], /, *, institution: int | None = None) -> T: ...


@pytest.fixture
def write(store: Store, institution: int) -> Do:
    """`write(lambda tx: …)` runs a unit of work in the test's institution (or in another one)."""
    own = institution

    def write_in(work: Callable[[Tx], T], /, *, institution: int | None = None) -> T:
        return store.write(work, institution=own if institution is None else institution)

    return write_in


@pytest.fixture
def read(store: Store, institution: int) -> Do:
    """`read(lambda tx: …)` reads in the test's institution (or in another one)."""
    own = institution

    def read_in(work: Callable[[Tx], T], /, *, institution: int | None = None) -> T:
        return store.read(work, institution=own if institution is None else institution)

    return read_in
