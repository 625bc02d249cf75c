from __future__ import annotations

from collections.abc import Iterator

import pytest

from openacq.store import Store
from tests.letters.post_office import PostOffice
from tests.requests.asking import Library, make_library


@pytest.fixture
def library(store: Store, institution: int) -> Library:
    return make_library(store, institution)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server that accepts everything."""
    opened = PostOffice().open()
    yield opened
    opened.close()
