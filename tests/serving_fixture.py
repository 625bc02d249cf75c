"""The whole server, running: for tests that speak HTTP as a client does.

    def test_a_title_is_ordered(shop): shop.post(order())     # on SQLite and on PostgreSQL

`server` is one house behind uvicorn for each test process and database, going by the test's `clock`;
`world` inside a `shop` is a small library of the test's own.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.engine import make_url

from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.directory.service import KeyWish
from openacq.kernel.clock import FixedClock
from openacq.settings import Settings
from openacq.store import Store, migrate
from openacq.store.store import StoreOptions
from tests.sealing import SEALS

if TYPE_CHECKING:  # the whole house is only loaded for tests that run it
    from openacq.app import House
    from tests.ordering.world import World
    from tests.shop import Shop

ALL_AREAS = {"acq": "write", "conf": "read", "users": "read", "bibs": "read", "own": "write"}

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A server under test: its address, and what stands behind it."""

    url: str
    house: House

    @property
    def store(self) -> Store:
        return self.house.store

    def new_world(self) -> World:
        """A new institution with the registers of `tests.ordering.world`."""
        from tests.ordering.world import make_world

        card = Institution(0, f"SHOP-{next(_numbers)}", "Demo University")
        made = self.store.write(lambda tx: directory.create_institution(tx, card), institution=0)
        return make_world(self.store, made.id)

    def new_key(self, institution: int, **wish: Any) -> str:
        """The secret of a new key; without wishes it may do everything."""
        wanted = KeyWish(**{"name": "shop key", "areas": ALL_AREAS, "rate_limit": 0, **wish})
        made = self.store.write(lambda tx: directory.create_key(tx, wanted), institution=institution)
        return made.secret

    def new_shop(self, world: World | None = None, **wish: Any) -> Shop:
        """A vendor's client with a key of its own, ordering from a library of its own unless told."""
        from tests.shop import Shop

        world = world or self.new_world()
        return Shop(self.url, self.new_key(world.institution, **wish), world)


def make_ready(url: str) -> None:
    """Migrate the database at `url`, quickly."""
    store = Store(url, options=StoreOptions(sqlite_synchronous="OFF"))
    migrate.upgrade(store)
    store.close()


@contextlib.contextmanager
def served(url: str) -> Iterator[Server]:
    """A server on the database at `url`."""
    from openacq.app import open_house
    from openacq.serving.connection import limited_connection
    from tests.serving_thread import listening

    settings = Settings(
        db=url,
        sqlite_synchronous="NORMAL",
        rate_per_second=0,
        access_log=False,
        work_in_server="no",
        body_seconds=3.0,
        header_seconds=3.0,
    )
    house = open_house(settings, bound="http://127.0.0.1")
    connection = limited_connection(
        header_bytes=settings.header_bytes, header_seconds=settings.header_seconds
    )
    with listening(house.app, lifespan="on", http=connection, loop="uvloop") as port:
        yield Server(f"http://127.0.0.1:{port}", house)
    house.close()


@pytest.fixture(scope="session")
def running_server(new_database: Callable[[str], str]) -> Iterator[Server]:
    url = make_url(new_database("served")).render_as_string(hide_password=False)
    make_ready(url)
    with served(url) as server:
        yield server


@pytest.fixture
def server(running_server: Server, clock: FixedClock) -> Server:
    """The running server, going by the test's `clock`."""
    running_server.store.clock = clock
    running_server.store.seals = SEALS
    return running_server


@pytest.fixture
def shop(server: Server) -> Iterator[Shop]:
    """A vendor's client and the library it orders for."""
    with server.new_shop() as shop:
        yield shop
