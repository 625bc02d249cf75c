"""A shop and the staff of the library it sells to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.doors.desk.staff import Staff
from tests.serving_fixture import Server
from tests.shop import Shop


@pytest.fixture
def staff(server: Server, shop: Shop) -> Iterator[Staff]:
    """A member of staff of the shop's library, signed in, who may do everything."""
    with Staff(server, shop.world) as staff:
        yield staff.sign_in()


@pytest.fixture
def elsewhere(server: Server) -> Iterator[Staff]:
    """A member of staff of another institution of the same server, signed in."""
    with server.new_shop() as other, Staff(server, other.world) as staff:
        yield staff.sign_in()
