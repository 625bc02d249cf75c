"""Short words for how lines become POs and POs go out: packed, worked through, brought by the mail."""

from __future__ import annotations

import itertools
from typing import Any

from structlog.testing import capture_logs

from openacq.catalogue.model import Description
from openacq.directory.model import Institution
from openacq.jobs.letters import Ways, send_some
from openacq.jobs.outbox import Outbox
from openacq.letters import service as letters
from openacq.letters.model import Letter, Search, Source
from openacq.letters.service import FolderPost
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, Line, LineState, ShareWish
from openacq.ordering.orders import Order
from openacq.profiles import service as profiles
from openacq.vendors import service as vendors
from tests.letters.post_office import PostOffice
from tests.ordering.world import World, book

BUYER = Actor("buyer")
ORDERS_MAIL = "orders@gobi.example"
GIFT: dict[str, Any] = {"method": "GIFT", "shares": ()}

_numbers = itertools.count(1)


def titled(**changes: Any) -> Any:
    """An order for a title and reference of its own, bought by a letter to GOBI."""
    number = next(_numbers)
    about = Description(title=f"Title {number:05d}")
    return book(**{"title": about, "reference": f"R-{number}", "method": "PURCHASE", **changes})


def place(world: World, count: int = 1, **changes: Any) -> list[Line]:
    return [world.place(titled(**changes)) for _ in range(count)]


def rule(world: World, **cells: object) -> None:
    """Set the packaging rule."""
    world.load(profiles, "packaging", cells)


def needs_approval(world: World, **cells: object) -> None:
    world.load(profiles, "approval_rule", {"name": "Somebody looks", **cells})


def account(world: World, **cells: object) -> None:
    """Change GOBI's account."""
    world.load(vendors, "vendor_account", {"vendor": "GOBI", "code": "GOBI-MAIN", **cells})


def with_mail(world: World, address: str = ORDERS_MAIL, **cells: object) -> None:
    """Have GOBI take orders by e-mail."""
    email = [{"email_address": address, "email_type": ["orderMail"]}]
    world.load(vendors, "vendor", {"code": "GOBI", "contact_info": {"email": email}, **cells})


def pack(world: World, most: int | None = None) -> list[str]:
    """Pack everything that waits, or only so many batches; gives the numbers of the POs."""
    plan = world.read(ordering.plan_packaging)
    if plan.by_hand:
        world.write(lambda tx: ordering.set_aside(tx, plan.by_hand, BUYER))
    made: list[str] = []
    for batch in plan.batches[:most]:
        made += world.write(lambda tx, batch=batch: ordering.pack(tx, batch, BUYER)).orders
    return made


def work(world: World) -> int:
    """Work through the outbox until nothing is due; gives how often something failed."""
    box = Outbox(world.store, ordering.REACTIONS, lambda: [Institution(world.institution, "T", "T")])
    failed = 0
    with capture_logs():
        while (outcome := box.work()).anything:
            failed += outcome.failed
    return failed


def bring(world: World, office: PostOffice | None = None, folder: FolderPost | None = None) -> None:
    """Have the letters leave that are due, and the POs hear of it."""
    work(world)
    ways = Ways(office.server() if office else None, folder)
    with capture_logs():
        while send_some(world.store, [world.institution], ways):
            pass
    work(world)


def order(world: World, number: str) -> Order:
    found = world.read(lambda tx: ordering.order(tx, number))[0]
    assert isinstance(found, Order)
    return found


def orders(world: World) -> list[Order]:
    """All POs, the oldest first."""
    return sorted(world.read(ordering.orders).orders, key=lambda each: each.row.id)


def inside(world: World, number: str) -> list[str]:
    """The numbers of a PO's lines."""
    return [line.number for line in world.read(lambda tx: ordering.order(tx, number))[1]]


def states(world: World, *lines: Line) -> list[LineState]:
    return [world.line(line.number).state for line in lines]


def letters_of(world: World, number: str) -> list[Letter]:
    """The letters of a PO, the oldest first, whole."""
    search = Search(source=Source("purchase_order", number))
    page = world.read(lambda tx: letters.letters(tx, search))
    return [
        world.read(lambda tx, letter_id=each.id: letters.letter(tx, letter_id))
        for each in sorted(page.letters, key=lambda each: each.id)
    ]


def shares(*codes: str) -> tuple[ShareWish, ...]:
    """The whole price on equal parts of funds."""
    percents = [100 // len(codes)] * len(codes)
    percents[0] += 100 - sum(percents)
    return tuple(ShareWish(code, percent=str(each)) for code, each in zip(codes, percents, strict=True))
