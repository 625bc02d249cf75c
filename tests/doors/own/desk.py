"""Staff at work through our own door, and short words for what they need beforehand."""

from __future__ import annotations

from typing import Any

import httpx

from openacq.ordering import claim, moves, progress
from openacq.ordering.model import Actor
from openacq.store import Tx
from tests.shop import Shop, order

SENDER = Actor("sending")


def own(
    shop: Shop, method: str, path: str, body: Any = None, *, key: str = "", **params: str
) -> httpx.Response:
    """One call of `/openacq/v1` with the shop's key; `key` is an Idempotency-Key."""
    return httpx.request(
        method,
        f"{shop.url}/openacq/v1{path}",
        json=body,
        params=params or None,
        headers={"Authorization": f"apikey {shop.key}", **({"Idempotency-Key": key} if key else {})},
        timeout=60,
    )


def good(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def slug(answer: httpx.Response) -> tuple[int, str]:
    """Status and slug of a refusal."""
    return answer.status_code, answer.json()["error"][0]["slug"]


def send(shop: Shop, *numbers: str) -> None:
    """Pack and send lines by moves."""

    def work(tx: Tx) -> None:
        ids = [shop.world.line(number).id for number in numbers]
        moves.move_lines(tx, ids, "pack", SENDER)
        guards = progress.guards_of(tx, ids)
        moves.move_lines(tx, ids, "send", SENDER, holds=guards, values={"sent": tx.now})
        claim.expect(tx, ids)

    shop.world.write(work)


def sent(shop: Shop, **changes: Any) -> dict[str, Any]:
    """A line that was ordered and sent."""
    line = shop.ordered(order(**changes))
    assert shop.line(line["number"])["status"]["value"] == "AUTO_PACKAGING", line["alert"]
    send(shop, line["number"])
    return line


def status(shop: Shop, line: dict[str, Any]) -> str:
    found: str = shop.line(line["number"])["status"]["value"]
    return found
