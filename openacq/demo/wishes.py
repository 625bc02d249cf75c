"""What patrons of the demo library wish for: requests it begins with, and some that are played through.

`fill_wishes` puts a few requests of patron1 into a new demo library, each showing another side of the
requests desk; none of them is ordered. `play_wishes` asks and decides over HTTP, as a campus form and a
librarian's script would; `show_wishes` prints what became of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from openacq.demo.shop import Shop
from openacq.requests import service as requests
from openacq.requests.model import Actor, AskFor, Metadata, Reject, Sum, Wish
from openacq.store import Tx

PATRON, STAFF = "patron1", "staff1"
FORM, DESK = Actor("Request form"), Actor("staff1 (requests desk)")
REQUESTS = "/almaws/v1/acq/purchase-requests"

BEGINNING: tuple[tuple[str, Wish], ...] = (
    (
        "in review",
        Wish(
            Metadata(
                title="Silent spring", author="Carson, Rachel", isbn="9780618249060", citation_type="BOOK"
            ),
            format="P",
            hold_item=True,
            notify_receiving_activation=True,
            owning_library="SCI",
            estimated_cost=Sum("16.00", "USD"),
            requester_note="For my seminar in the summer term.",
        ),
    ),
    (
        "in review",
        Wish(
            Metadata(title="Orientalism", isbn="0-394-74067-X", citation_type="BOOK"),
            requester_note="The library's copy is always out.",
        ),
    ),
    (
        "put aside",
        Wish(Metadata(title="Nature", issn="0028-0836", citation_type="JOURNAL"), format="E"),
    ),
    (
        "rejected",
        Wish(
            Metadata(title="The double elephant folio", author="Audubon, John James", citation_type="BOOK"),
            estimated_cost=Sum("9800000.00", "USD"),
        ),
    ),
)
"""What patron1 has asked for when the demo begins, and where it stands."""


def fill_wishes(inside: Tx) -> None:
    """Make the requests the demo library begins with."""
    by_fate: dict[str, list[int]] = {}
    for fate, wish in BEGINNING:
        made = requests.ask(inside, AskFor(wish, PATRON, "PRIMO"), FORM)
        by_fate.setdefault(fate, []).append(made.request.id)
    requests.defer(
        inside, by_fate["put aside"], inside.today + timedelta(days=60), "After the price talks", DESK
    )
    requests.reject(inside, by_fate["rejected"], Reject("COST", "A loan can be arranged."), DESK)


# -- played over HTTP ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wished:
    """A request that was played: what it shows, and what became of it."""

    number: str
    title: str
    requester: str
    shows: str
    status: str
    became: str


def play_wishes(shop: Shop) -> tuple[Wished, ...]:
    """Two people ask for one title, which is approved for both; another wish is rejected.

    Raises ShopError.
    """
    title = {"title": "Braiding sweetgrass", "author": "Kimmerer, Robin Wall", "isbn": "9781571313560"}
    wanted = _wish(
        title,
        owning_library={"value": "MAIN"},
        vendor={"value": "GOBI"},
        vendor_account="GOBI-MAIN",
        fund={"value": "HIST-2026"},
        estimated_cost={"sum": "18.00", "currency": {"value": "USD"}},
        hold_item=True,
    )
    first = _ask(shop, PATRON, wanted)
    second = _ask(shop, STAFF, _wish({**title, "isbn": "1-57131-356-7"}))
    other = _ask(shop, PATRON, _wish({"title": "Book of Kells (facsimile)"}))
    for number in (first, second):
        shop.act(f"{REQUESTS}/{number}?op=approve", {"approved_by": STAFF})
    shop.act(f"{REQUESTS}/{other}?op=reject", {"reject_reason": {"value": "COST"}})
    shown = (
        (first, "asked by API, approved: a PO line with the wish's vendor, price and fund"),
        (second, "asked by somebody else, another spelling of the ISBN: joins that line"),
        (other, "rejected with a reason; the record made for it is gone"),
    )
    return tuple(_read(shop, number, shows) for number, shows in shown)


def _wish(title: dict[str, str], **more: Any) -> dict[str, Any]:
    metadata = {"citation_type": {"value": "BOOK"}, **title}
    return {"format": {"value": "P"}, "resource_metadata": metadata, **more}


def _ask(shop: Shop, user: str, wish: dict[str, Any]) -> str:
    return str(shop.act(f"/almaws/v1/users/{user}/purchase-requests", wish)["request_id"])


def _read(shop: Shop, number: str, shows: str) -> Wished:
    request = shop.read(f"{REQUESTS}/{number}")
    line = request.get("po_line", {}).get("value", "")
    reason = request.get("reject_reason", {}).get("desc", "")
    return Wished(
        number,
        request["resource_metadata"]["title"],
        request["requester"]["desc"],
        shows,
        request["status"]["desc"],
        line or reason,
    )


def show_wishes(console: Console, wished: tuple[Wished, ...]) -> None:
    """Print what became of the requests that were played."""
    console.rule("[bold]Purchase requests: a wish becomes a PO line, or a reasoned no[/bold]", align="left")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("No.", no_wrap=True)
    table.add_column("Title", ratio=2)
    table.add_column("For", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    table.add_column("Became", no_wrap=True)
    for each in wished:
        title = f"[bold]{escape(each.title)}[/bold]\n[dim]{escape(each.shows)}[/dim]"
        colour = "green" if each.became.startswith("POL-") else "red"
        table.add_row(
            each.number,
            title,
            escape(each.requester),
            f"[{colour}]{escape(each.status)}[/{colour}]",
            escape(each.became),
        )
        table.add_section()
    console.print(table)
    console.print()
