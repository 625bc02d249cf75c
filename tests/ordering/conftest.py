from __future__ import annotations

import pytest

from openacq.store import Store
from tests.ordering.world import World, make_world


@pytest.fixture
def world(store: Store, institution: int) -> World:
    return make_world(store, institution)
