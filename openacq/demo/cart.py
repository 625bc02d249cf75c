"""The shopping cart: what a librarian put into a vendor's shop, as the shop sends it to Alma.

Every title of cart.toml shows one thing the server does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

CART = Path(__file__).with_name("cart.toml")
ACCOUNTS = {"GOBI": "GOBI-MAIN", "OASIS": "OASIS-MAIN", "DEMOBOOKS": "DEMOBOOKS-EUR"}
METADATA = ("title", "author", "isbn", "issn", "publisher", "title_id")
ELECTRONIC = "E_"
STANDING = "_SO"
RENEWED_IN, TOLD_BEFORE = 20, 30
"""In how many days the standing order is renewed, and how many before somebody is told: once it runs, it is
to be renewed."""


class Way(Enum):
    """How a title is ordered: plainly; cut off before the answer came, then sent again; only tried out."""

    PLAIN = "plain"
    CUT = "cut"
    DRY_RUN = "dry run"


@dataclass(frozen=True, slots=True)
class Entry:
    """One title: what it shows, and the order in Alma's JSON; `xml` sends the same order as XML. `walks` is
    true of the one that is followed to its end."""

    shows: str
    order: Mapping[str, Any] = field(repr=False)
    xml: bool = False
    way: Way = Way.PLAIN
    walks: bool = False

    @property
    def title(self) -> str:
        return str(self.order["resource_metadata"]["title"])

    @property
    def reference(self) -> str:
        """The vendor's own number of the order."""
        return str(self.order["vendor_reference_number"])

    @property
    def runs_on(self) -> bool:
        """Whether it is ordered until further notice."""
        return str(self.order["type"]["value"]).endswith(STANDING)

    @property
    def funds(self) -> tuple[str, ...]:
        return tuple(share["fund_code"]["value"] for share in self.order.get("fund_distribution", ()))


def cart(run: str, today: date) -> tuple[Entry, ...]:
    """The cart; `run` begins every vendor reference, so that each playing is a new order."""
    with CART.open("rb") as file:
        titles = tomllib.load(file)["title"]
    return tuple(
        Entry(
            title["shows"],
            _order(title, f"{run}-{number:02d}", today),
            title.get("syntax") == "xml",
            Way(title.get("way", "plain")),
            title.get("walks", False),
        )
        for number, title in enumerate(titles, 1)
    )


def _order(title: Mapping[str, Any], reference: str, today: date) -> dict[str, Any]:
    """A title of the cart as Alma's POST /acq/po-lines wants it."""
    kind = title.get("kind", "PRINTED_BOOK_OT")
    library = title.get("library", "MAIN")
    vendor = title.get("vendor", "GOBI")
    order: dict[str, Any] = {
        "owner": {"value": library},
        "type": {"value": kind},
        "vendor": {"value": vendor},
        "vendor_account": ACCOUNTS[vendor],
        "vendor_reference_number": reference,
        "resource_metadata": {name: title[name] for name in METADATA if name in title},
        "price": {"sum": title["price"], "currency": {"value": title.get("currency", "USD")}},
    }
    if "year" in title:
        order["resource_metadata"]["publication_year"] = title["year"]
    if "funds" in title:
        order["fund_distribution"] = [
            {"fund_code": {"value": code}, "percent": percent} for code, percent in title["funds"].items()
        ]
    if kind.startswith(ELECTRONIC):
        order |= {"access_model": "unlimited", "reporting_code": "EBOOK"}
    else:
        location = title.get("location", "STACKS")
        place = {"quantity": 1, "library": {"value": library}, "shelving_location": location}
        order |= {"reporting_code": "BOOK", "material_type": {"value": "BOOK"}, "location": [place]}
    if kind.endswith(STANDING):
        order |= {
            "manual_renewal": True,
            "renewal_date": f"{today + timedelta(days=RENEWED_IN):%Y-%m-%d}Z",
            "renewal_period": TOLD_BEFORE,
            "renewal_note": "Is it still read?",
        }
    order |= title.get("more", {})
    return order
