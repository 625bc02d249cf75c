"""How a vendor is reached: read off the contact details of an account and of the vendor itself.

Cards are kept in the shape they came in, so everything here takes what is there and passes over what
is not as expected. Of several addresses those marked for the purpose come first ("orderMail", "claim"),
preferred ones before others; those marked for nothing serve every purpose. An account's own come
before the vendor's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openacq.vendors.model import Vendor, VendorAccount

Card = Mapping[str, object]

_LINES = ("line1", "line2", "line3", "line4", "line5")


@dataclass(frozen=True, slots=True)
class Reached:
    """E-mail address, postal address in lines, and the person to be addressed; "" and () when not known."""

    email: str = ""
    address: tuple[str, ...] = ()
    contact: str = ""


def reached(vendor: Vendor, account: VendorAccount | None, purpose: str) -> Reached:
    """How to reach the vendor for a purpose: order, claim, payment, returns."""
    cards = [holder.details for holder in (account, vendor) if holder is not None]
    infos = [info for card in cards if isinstance(info := card.get("contact_info"), Mapping)]
    emails = (
        str(entry.get("email_address") or "").strip()
        for info in infos
        for entry in _serving(info, "email", f"{purpose}Mail")
    )
    addresses = (_lines(entry) for info in infos for entry in _serving(info, "address", purpose))
    return Reached(
        next((email for email in emails if email), ""),
        next((lines for lines in addresses if lines), ()),
        _person(vendor.details),
    )


def _serving(info: Card, name: str, purpose: str) -> list[Card]:
    """The entries of a list that serve a purpose, the best first."""
    entries = [entry for entry in entries_in(info.get(name)) if _rank(entry, name, purpose) is not None]
    return sorted(entries, key=lambda entry: _rank(entry, name, purpose) or (0, 0))


def _rank(entry: Card, name: str, purpose: str) -> tuple[int, int] | None:
    kinds = set(codes_in(entry.get(f"{name}_type")))
    if kinds and purpose not in kinds:
        return None
    return int(not kinds), int(entry.get("preferred") not in (True, "true"))


def codes_in(given: object) -> Iterator[str]:
    """Codes written as text, as an object with `value`, or as a list of either."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, Mapping):
        yield from codes_in(given.get("value"))
    elif isinstance(given, Sequence):
        for one in given:
            yield from codes_in(one)


def entries_in(given: object) -> Iterator[Card]:
    """The entries of a list; one that stands alone is a list of one."""
    if isinstance(given, Mapping):
        yield given
    elif isinstance(given, Sequence) and not isinstance(given, str):
        for one in given:
            if isinstance(one, Mapping):
                yield one


def _lines(address: Card) -> tuple[str, ...]:
    city = " ".join(text_of(address.get(name)) for name in ("postal_code", "city", "state_province"))
    parts = [
        *(text_of(address.get(name)) for name in _LINES),
        " ".join(city.split()),
        text_of(address.get("country")),
    ]
    return tuple(part for part in parts if part)


def text_of(given: object) -> str:
    """Plain text, or the words of a code."""
    if isinstance(given, Mapping):
        return text_of(given.get("desc") or given.get("value"))
    return given.strip() if isinstance(given, str) else ""


def _person(card: Card) -> str:
    for person in entries_in(card.get("contact_person")):
        name = f"{text_of(person.get('first_name'))} {text_of(person.get('last_name'))}".strip()
        if name:
            return name
    return ""
