"""The house stands: imports go strictly downward, and slices are entered by their doors."""

from __future__ import annotations

import pytest

from tests.architecture.floors import climbs
from tests.architecture.source import Module, program


def test_no_import_climbs() -> None:
    assert climbs(program()) == []


def sample(name: str, line: str) -> list[Module]:
    """A module with one line in it, in a house that has the modules the line may mean."""
    others = (
        "openacq.kernel.money",
        "openacq.store.tables",
        "openacq.wire.model",
        "openacq.vendors.service",
        "openacq.vendors.tables",
        "openacq.ledger.service",
        "openacq.ledger.model",
        "openacq.ledger.store",
        "openacq.ledger.tables",
        "openacq.ordering.service",
        "openacq.doors.hall",
        "openacq.doors.own.review",
    )
    return [Module.parse(name, line), *(Module.parse(other, "") for other in others if other != name)]


@pytest.mark.parametrize(
    ("importer", "line"),
    [
        ("openacq.ledger.service", "from openacq.ordering import service"),
        ("openacq.ledger.service", "import openacq.ordering.service"),
        ("openacq.ledger.service", "from ..ordering import service"),
        ("openacq.ledger.service", "def late():\n    from openacq.ordering.service import place"),
        ("openacq.vendors.service", "from openacq.directory import service"),
        ("openacq.store.tx", "from openacq.wire import model"),
        ("openacq.ordering.place", "from openacq.wire.model import Text"),
        ("openacq.kernel.money", "from openacq.store import Store"),
        ("openacq.doors.alma.lines", "from openacq.doors.own import review"),
        ("openacq.doors.hall", "from openacq.doors.own import review"),
        ("openacq.jobs.runner", "from openacq.doors.own import review"),
        ("openacq.jobs.runner", "from openacq.app import app"),
        ("openacq.attic.boxes", "import openacq.kernel.money"),
        ("openacq", "import openacq.kernel.money"),
        # entered past the service
        ("openacq.ordering.place", "from openacq.ledger import store"),
        ("openacq.ordering.place", "from openacq.ledger.rates import convert"),
        ("openacq.ordering.place", "from openacq.ledger import Fund"),
        ("openacq.doors.alma.funds", "from openacq.ledger import store"),
        # tables touched
        ("openacq.ledger.service", "from openacq.ledger import tables"),
        ("openacq.ledger.service", "from .tables import funds"),
        ("openacq.ordering.place", "from openacq.ledger.tables import funds"),
        ("openacq.doors.alma.funds", "from openacq.ledger.tables import funds"),
        ("openacq.jobs.runner", "from openacq.store.tables import outbox"),
        # the domain learning trades that are not its own
        ("openacq.ledger.service", "from sqlalchemy import select"),
        ("openacq.ledger.stores", "from sqlalchemy import select"),
        ("openacq.doors.alma.funds", "import sqlalchemy"),
        ("openacq.ordering.place", "from starlette.responses import Response"),
    ],
)
def test_a_wrong_import_is_found(importer: str, line: str) -> None:
    assert len(climbs(sample(importer, line))) == 1


@pytest.mark.parametrize(
    ("importer", "line"),
    [
        ("openacq.ordering.place", "from openacq.ledger import service, model"),
        ("openacq.ordering.place", "from openacq.ledger.model import Fund"),
        ("openacq.ordering.place", "from . import rules"),
        ("openacq.ordering.store", "from openacq.ordering.tables import lines"),
        ("openacq.ordering.store", "from openacq.vendors.tables import vendors"),
        ("openacq.ordering.store.lists", "from sqlalchemy import select"),
        ("openacq.ordering.store_lists", "from sqlalchemy import select"),
        ("openacq.ordering.place", "from openacq.store import Tx"),
        ("openacq.doors.alma.lines", "from openacq.doors.hall import Route"),
        ("openacq.doors.alma.lines", "from openacq.wire import model"),
        ("openacq.doors.alma.lines", "from openacq.doors.alma.errors import words"),
        ("openacq.app", "from openacq.ledger import tables"),
        ("openacq.cli.serve", "from openacq.settings import Settings"),
        ("openacq.app", "from openacq import __version__"),
        ("openacq.kernel.clock", "from datetime import datetime"),
    ],
)
def test_a_right_import_is_left_alone(importer: str, line: str) -> None:
    assert climbs(sample(importer, line)) == []
