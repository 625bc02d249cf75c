from __future__ import annotations

from collections.abc import Iterator

import pytest

from openacq.store import Store
from tests.letters.post_office import PostOffice
from tests.ordering.world import World, make_world


@pytest.fixture
def world(store: Store, institution: int) -> World:
    return make_world(store, institution)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """GOBI's mail server."""
    opened = PostOffice().open()
    yield opened
    opened.close()
