"""Kinds of order: the dialect's words for what a line is and how it is acquired, and the house's codes.

OCLC publishes one order type (`FIRM_ORDER`) and no processing type; the other words follow the names its
screens show.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.store import Tx

FIRM = "FIRM_ORDER"
METHODS: Mapping[str, str] = MappingProxyType(
    {
        "": "PURCHASE",
        FIRM: "PURCHASE",
        "PURCHASE": "PURCHASE",
        "APPROVAL": "APPROVAL",
        "APPROVAL_PLAN": "APPROVAL",
        "BLANKET": "BLANKET",
        "BLANKET_ORDER": "BLANKET",
        "DDA": "DDA",
        "DEMAND_DRIVEN": "DDA",
        "DEPOSITORY": "DEPOSITORY",
        "EXCHANGE": "EXCHANGE",
        "GIFT": "GIFT",
        "LEGAL_DEPOSIT": "LEGAL_DEPOSIT",
        "STANDING_ORDER": "PURCHASE",
    }
)
"""`orderType` → acquisition method; another word is taken for a code of the house."""
_ORDER_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "PURCHASE": FIRM,
        "PURCHASE_NOLETTER": FIRM,
        "VENDOR_SYSTEM": FIRM,
        "APPROVAL": "APPROVAL_PLAN",
        "BLANKET": "BLANKET_ORDER",
        "DDA": "DEMAND_DRIVEN",
    }
)

ONE_TIME, SERIES, SUBSCRIPTION, ELECTRONIC, LOCAL = (
    "ONE_TIME",
    "MONOGRAPHIC_SERIES",
    "SUBSCRIPTION",
    "ELECTRONIC_PRODUCT",
    "LOCAL",
)
PROCESSING = (ONE_TIME, SERIES, SUBSCRIPTION, ELECTRONIC, LOCAL)

BOOK, JOURNAL, OTHER = "book", "journal", "other"
_TYPES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        (ONE_TIME, BOOK): "PRINTED_BOOK_OT",
        (ONE_TIME, JOURNAL): "PRINTED_JOURNAL_OT",
        (ONE_TIME, OTHER): "PRINT_OT",
        (SERIES, BOOK): "PRINTED_BOOK_SO",
        (SERIES, JOURNAL): "PRINTED_BOOK_SO",
        (SERIES, OTHER): "PRINT_SO",
        (SUBSCRIPTION, BOOK): "PRINT_CO",
        (SUBSCRIPTION, JOURNAL): "PRINTED_JOURNAL_CO",
        (SUBSCRIPTION, OTHER): "PRINT_CO",
        (ELECTRONIC, BOOK): "E_BOOK_OT",
        (ELECTRONIC, JOURNAL): "E_JOURNAL_OT",
        (ELECTRONIC, OTHER): "ELECTRONIC_TITLE_OT",
    }
)
KB_ENTRY: Mapping[bool, str] = MappingProxyType({False: "ELECTRONIC_TITLE_OT", True: "ELECTRONIC_TITLE_CO"})
KB_COLLECTION: Mapping[bool, str] = MappingProxyType(
    {False: "ELECTRONIC_COLLECTION_OT", True: "ELECTRONIC_COLLECTION_CO"}
)
"""Line types of the knowledge base's things, by whether they are subscribed to."""


def word(text: object) -> str:
    """A word of an enumeration however it is written: "One-time" → ONE_TIME."""
    return str(text or "").strip().upper().replace("-", "_").replace(" ", "_")


def method_of(order_type: object) -> str:
    asked = word(order_type)
    return METHODS.get(asked, asked)


def order_type_of(method: str) -> str:
    return _ORDER_TYPES.get(method, method)


def line_type(processing: object, material: object) -> str | None:
    """The type of a line; None for a processing type nobody knows."""
    asked = word(processing) or ONE_TIME
    if asked not in PROCESSING:
        return None
    return _TYPES[ONE_TIME if asked == LOCAL else asked, _kind(material)]


def _kind(material: object) -> str:
    asked = word(material)
    if not asked or asked.startswith("BOOK"):
        return BOOK
    if asked.startswith(("JOURNAL", "SERIAL", "MAGAZINE", "PERIODICAL", "NEWSPAPER")):
        return JOURNAL
    return OTHER


def processing_of(tx: Tx, type_code: str) -> str:
    row = codes.row(tx, "PurchaseType", type_code)
    if row is None:
        return ONE_TIME
    continuity = row.attributes.get("continuity", "one_time")
    if continuity == "continuous":
        return SUBSCRIPTION
    if continuity == "standing":
        return SERIES
    return ELECTRONIC if row.attributes.get("inventory") in ("portfolio", "collection") else ONE_TIME


def material_of(tx: Tx, type_code: str) -> str:
    row = codes.row(tx, "PurchaseType", type_code)
    kind = row.attributes.get("material", "") if row is not None else ""
    return {BOOK: "BOOK", JOURNAL: "SERIAL"}.get(kind, "OBJECT")
