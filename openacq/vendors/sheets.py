"""What stands on a vendor's card about its interfaces and about EDI, as forms have it.

Both are kept in the shape they came in. A form changes the members it shows, and of these only those that
now say something else; all others stay. Passwords are never read here: a new one takes the place of the
old, or it is taken away.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from openacq.codes import service as codes
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.rows import Row
from openacq.store import Tx
from openacq.vendors import store
from openacq.vendors.card import MOST_ENTRIES
from openacq.vendors.contacts import codes_in, entries_in, text_of
from openacq.vendors.model import Vendor
from openacq.vendors.secrets import Safe
from openacq.vendors.sheet_members import (
    EDI,
    INTERFACE,
    LISTS,
    FieldKind,
    Member,
    field_of_row,
    fields_of,
)

DROP = ".drop"
"""What follows the name of a password in the cell that takes it away."""
MOST_IN_PASSWORD = 255
Card = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a form shows, by the names of its fields: `cells` as text ("yes" and "" for what holds or not),
    `secrets` the passwords that are set, each with a mark that another one has not. `rows` is how many each
    list has; `at` the place of an interface among those of the vendor."""

    root: str
    cells: Mapping[str, str]
    secrets: Mapping[str, str]
    rows: Mapping[str, int]
    at: int = 0

    def __bool__(self) -> bool:
        return bool(self.secrets) or any(self.cells.values())


def interfaces(vendor: Vendor) -> tuple[Sheet, ...]:
    """The vendor's interfaces as they stand on its card."""
    return tuple(_sheet(INTERFACE, card, at) for at, card in enumerate(_interfaces(vendor)))


def edi(vendor: Vendor) -> Sheet:
    """What its card says about EDI; an empty sheet is false."""
    return _sheet(EDI, _mapping(vendor.details.get(EDI)))


def _sheet(root: str, card: Card, at: int = 0) -> Sheet:
    cells: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for name, member in fields_of(root):
        value = _at(card, member.path)
        if member.kind is not FieldKind.SECRET:
            cells[name] = _told(member, value)
        elif value:
            secrets[name] = hashlib.sha256(str(value).encode()).hexdigest()[:16]
    rows = {}
    for name, members in LISTS[root].items():
        given = list(entries_in(card.get(name)))
        rows[name] = len(given)
        for number, row in enumerate(given):
            for member in members:
                cells[field_of_row(root, name, number, member)] = _told(member, row.get(member.path))
    return Sheet(root, cells, secrets, rows, at)


def _told(member: Member, value: object) -> str:
    if member.kind is FieldKind.FLAG:
        return "yes" if value is True or value == "true" else ""
    if member.kind is FieldKind.CODE:
        return next(codes_in(value), "")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_of(value)


def _interfaces(vendor: Vendor) -> list[Card]:
    return list(entries_in(vendor.details.get(INTERFACE)))


def _mapping(value: object) -> Card:
    return value if isinstance(value, Mapping) else {}


def _at(card: Card, path: str) -> object:
    value: object = card
    for step in path.split("."):
        value = _mapping(value).get(step)
    return value


# -- writing ------------------------------------------------------------------------------------


def put_interface(tx: Tx, vendor_code: str, at: int | None, cells: Card) -> Sheet:
    """Write an interface of a vendor: the one at a place, or without it a new one, the last. Of a member no
    cell names nothing is changed; an empty cell empties it, but for a password.

    Raises Refusal with everything that is wrong, record_missing when the vendor or the interface is not
    there.
    """
    vendor = _held(tx, vendor_code)
    known = _interfaces(vendor)
    if at is None and len(known) >= MOST_ENTRIES:
        raise Refusal(Problem("list_too_long", INTERFACE, limit=MOST_ENTRIES))
    if at is not None:
        _check_place(at, known)
    place = len(known) if at is None else at
    new = _written(tx, INTERFACE, {} if at is None else known[at], cells)
    known[place : place + 1] = [new]
    return interfaces(_keep(tx, vendor, INTERFACE, known))[place]


def drop_interface(tx: Tx, vendor_code: str, at: int) -> Sheet:
    """Take an interface off a vendor's card. Raises Refusal record_missing."""
    vendor = _held(tx, vendor_code)
    known = _interfaces(vendor)
    _check_place(at, known)
    gone = interfaces(vendor)[at]
    del known[at]
    _keep(tx, vendor, INTERFACE, known)
    return gone


def put_edi(tx: Tx, vendor_code: str, cells: Card) -> Sheet:
    """Write what a vendor's card says about EDI, as `put_interface` writes an interface."""
    vendor = _held(tx, vendor_code)
    new = _written(tx, EDI, _mapping(vendor.details.get(EDI)), cells)
    return edi(_keep(tx, vendor, EDI, new))


def _held(tx: Tx, code: str) -> Vendor:
    tx.registers_changed()  # others who change registers wait from here on
    vendor = store.vendor_by(tx, "code", code)
    if vendor is None:
        raise Refusal(Problem("record_missing", "vendor", code, what="Vendor"))
    return vendor


def _check_place(at: int, known: Sequence[Card]) -> None:
    if not 0 <= at < len(known):
        raise Refusal(Problem("record_missing", "at", at, what="Entry"))


def _keep(tx: Tx, vendor: Vendor, root: str, value: object) -> Vendor:
    safe = Safe(tx, vendor.code, vendor.details)
    kept = replace(vendor, details={**vendor.details, root: safe.close(root, value)})
    if safe.problems:
        raise Refusal([Problem(each.slug, re.sub(r"\[\d+\]", "", each.field)) for each in safe.problems])
    store.write_vendors(tx, [], [kept])
    return kept


def _written(tx: Tx, root: str, old: Card, cells: Card) -> dict[str, object]:
    """The sheet as the cells have it, with what it held besides."""
    row, new = Row(cells), dict(old)
    row.check_names([name for name in cells if _is_known(root, name)])
    for name, member in fields_of(root):
        if member.kind is FieldKind.SECRET:
            _put_secret(row, new, name, member, cells)
        elif name in cells:
            _put(tx, row, new, name, member, cells)
            if member.needed and not row.text(name):
                row.problems.append(Problem("field_missing", name))
    for name, members in LISTS[root].items():
        _put_rows(tx, row, new, root, name, members, cells)
    if row.problems:
        raise Refusal(row.problems)
    return new


def _is_known(root: str, name: str) -> bool:
    if any(
        name in (field, field + DROP * (member.kind is FieldKind.SECRET)) for field, member in fields_of(root)
    ):
        return True
    return any(
        name.startswith(f"{root}.{each}[") and name.endswith(tuple(f"].{member.path}" for member in members))
        for each, members in LISTS[root].items()
    )


def _put(tx: Tx, row: Row, card: dict[str, object], name: str, member: Member, cells: Card) -> None:
    """Write a member unless it says so already."""
    before = _told(member, _at(card, member.path))
    if member.kind is FieldKind.FLAG:
        if row.flag(name) != bool(before):
            _set(card, member.path.split("."), row.flag(name))
    elif _lines(str(cells[name] or "")) != _lines(before):
        _set(card, member.path.split("."), _read(tx, row, name, member))


def _lines(text: str) -> list[str]:
    """What is compared: the lines of a text without blanks at their ends."""
    return [line.strip() for line in text.strip().splitlines()]


def _read(tx: Tx, row: Row, name: str, member: Member) -> object:
    """A cell as it is kept, None for an empty one."""
    if member.kind is FieldKind.WHOLE:
        return row.whole_or_none(name, least=member.least, most=member.most)
    if member.kind is FieldKind.PROSE:
        return "\n".join(row.prose(name).splitlines()) or None
    text = row.text(name)
    if member.kind is not FieldKind.CODE or not text:
        return text or None
    if not member.table:
        return {"value": text}
    if problem := codes.check(tx, member.table, name, text):
        row.problems.append(problem)
    return {"value": text, "desc": codes.describe(tx, member.table, text)}


def _set(card: dict[str, object], path: Sequence[str], value: object) -> None:
    """Put a value at a path; None takes the member away, and parts that are empty then."""
    first, *rest = path
    if rest:
        inner = dict(_mapping(card.get(first)))
        _set(inner, rest, value)
        value = inner or None
    if value is None:
        card.pop(first, None)
    else:
        card[first] = value


def _put_secret(row: Row, card: dict[str, object], name: str, member: Member, cells: Card) -> None:
    """A password as it was typed: blanks belong to it."""
    given = cells.get(name) or ""
    if not isinstance(given, str) or not given.isprintable():
        row.problems.append(Problem("value_wrong_type", name, "", expected="text"))
    elif len(given) > MOST_IN_PASSWORD:
        row.problems.append(Problem("value_too_long", name, "", limit=MOST_IN_PASSWORD))
    elif given:
        _set(card, member.path.split("."), given)
    elif row.flag(name + DROP):
        _set(card, member.path.split("."), None)


def _put_rows(
    tx: Tx, row: Row, card: dict[str, object], root: str, name: str, members: Sequence[Member], cells: Card
) -> None:
    held = list(entries_in(card.get(name)))
    found: list[Card] = []
    before = len(row.problems)
    for at in range(max(len(held), MOST_ENTRIES)):
        old = held[at] if at < len(held) else {}
        named = [(field_of_row(root, name, at, member), member) for member in members]
        new = dict(old)
        for field, member in named:
            if field in cells:
                _put(tx, row, new, field, member, cells)
        shown = [field for field, _ in named if field in cells]
        said = any(_told(member, old.get(member.path)) for member in members)
        emptied = said and bool(shown) and not any(row.given(field) for field in shown)
        if new and not emptied:
            found.append(new)
    if len(row.problems) == before and found != held:
        given = card.get(name)
        odd = [each for each in given if not isinstance(each, Mapping)] if isinstance(given, list) else []
        _set(card, [name], [*found, *odd] or None)
