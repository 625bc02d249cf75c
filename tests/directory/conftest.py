"""A small institution: two libraries, three locations, a department."""

from __future__ import annotations

import pytest

from openacq.directory import service
from openacq.directory.model import Department, Institution, Library, Location
from openacq.store import Tx
from tests.conftest import Do


@pytest.fixture
def house(write: Do, institution: int) -> Institution:
    """The test's institution with a card and some places."""

    def furnish(tx: Tx) -> Institution:
        card = service.put_institution(
            tx, Institution(institution, f"TEST_{institution}", "Test College", zone="Europe/Zurich")
        )
        service.put_libraries(tx, [Library(0, "MAIN", "Main Library"), Library(0, "SCI", "Science Library")])
        service.put_locations(
            tx,
            [
                Location(0, "MAIN", "STACKS", "Stacks"),
                Location(0, "MAIN", "REF", "Reference"),
                Location(0, "SCI", "STACKS", "Science stacks"),
            ],
        )
        service.put_departments(tx, [Department(0, "ACQ", "Acquisitions", owner="MAIN", libraries=("SCI",))])
        return card

    return write(furnish)
