"""Call the Alma door without a network: `alma(path, key=…)` through the entrance every call passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from lxml import etree

from openacq.calls.service import OrderLog
from openacq.directory import service as directory
from openacq.doors.alma.door import AlmaDoor
from openacq.doors.entrance import Entrance
from openacq.doors.hall import HallServices
from openacq.doors.limits import Limits
from openacq.store import Store
from tests.conftest import Do

BASE = "http://library.test"


@dataclass(frozen=True)
class Answer:
    status: int
    json: Any
    xml: etree._Element
    """The same call answered in XML."""

    @property
    def error(self) -> tuple[str, str]:
        """Code and words of the first error."""
        first = self.json["errorList"]["error"][0]
        return first["errorCode"], first["errorMessage"]


Alma = Callable[..., Answer]


@pytest.fixture
def alma(store: Store) -> Alma:
    """GET a path of the Alma door, in JSON and in XML."""
    entrance = Entrance(
        AlmaDoor(),
        HallServices(store, directory.KeyRing(store), OrderLog()),
        Limits(store.clock, per_second=0),
        most_bytes=1_000_000,
        observe=lambda *_: None,
        address=lambda _scope: BASE,
        is_local=lambda _scope: True,
    )

    def get(path: str, key: str, **params: str) -> Answer:
        answers = [_get(entrance, path, key, media, params) for media in ("json", "xml")]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].headers["content-type"] == "application/json;charset=UTF-8"
        assert answers[1].headers["content-type"] == "application/xml;charset=UTF-8"
        return Answer(answers[0].status_code, answers[0].json(), etree.fromstring(answers[1].content))

    return get


def _get(entrance: Entrance, path: str, key: str, media: str, params: dict[str, str]) -> httpx.Response:
    import anyio

    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(app=entrance)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            return await client.get(
                f"/almaws/v1{path}",
                params=params,
                headers={"Authorization": f"apikey {key}", "Accept": f"application/{media}"},
            )

    return anyio.run(call)


def new_key(write: Do, **wish: Any) -> str:
    """A key that may read configuration and users, or what the wish says."""
    areas = wish.pop("areas", {"conf": "read", "users": "read"})
    made = write(lambda tx: directory.create_key(tx, directory.KeyWish("Test", areas, **wish)))
    return made.secret


def members(element: etree._Element) -> list[str]:
    """The names of an element's children, in order."""
    return [str(child.tag) for child in element]
