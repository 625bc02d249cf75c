"""Short words for how POs stand on their way out, and what was sent."""

from __future__ import annotations

import io

import pypdf

from openacq.ordering import service as ordering
from openacq.ordering.model import OrderState
from tests.letters.post_office import Received
from tests.ordering.buying import BUYER, order
from tests.ordering.world import World

APPROVED, SENT = OrderState.APPROVED, OrderState.SENT


def send_again(world: World, number: str) -> None:
    world.write(lambda tx: ordering.send(tx, number, BUYER))


def standing(world: World, number: str) -> tuple[OrderState, str, str]:
    row = order(world, number).row
    return row.state, row.send_state, row.send_error


def pdf_of(received: Received) -> str:
    (attached,) = list(received.message.iter_attachments())
    content = attached.get_payload(decode=True)
    assert isinstance(content, bytes)
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
