"""The printed order as plain data: what stands where, worded, not yet set.

It is made with the letter and kept with it, so that the PDF says what was true then, however often
and however late it is set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from openacq.letters.facts import Value
from openacq.letters.rendering import Words

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and the lines below it."""

    label: str
    lines: Lines


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the order: a cell for each column, each of several lines."""

    cells: tuple[Lines, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document: sender, title, blocks side by side, facts, a table, its sum, notes."""

    number: str
    title: str
    language: str
    sender: Lines
    blocks: tuple[Block, ...]
    facts: tuple[tuple[str, str], ...]
    columns: Lines
    rows: tuple[Row, ...]
    sum: tuple[str, str] | None
    notes: Lines
    continued: str
    page: str
    unprintable: str
    borrowed: str


def order_sheet(facts: Mapping[str, Value], words: Words) -> Sheet:
    """The order of a letter of kind `order`, from its facts as `facts.fit` made them."""
    said = words.sheet
    order, vendor, library = (_group(facts, name) for name in ("order", "vendor", "library"))
    when = cast("date | None", order["date"] or facts["date"])
    head = (
        (said["date"], words.date(when) if when else ""),
        (said["account"], vendor["account"]),
        (said["shipping"], order["shipping"]),
    )
    blocks = (
        Block(said["vendor"], (vendor["name"], *vendor["address"])),
        Block(said["ship_to"], tuple(order["ship_to"])),
        Block(said["bill_to"], tuple(order["bill_to"])),
    )
    institution = _group(facts, "institution")["name"]
    contact = (library["email"], library["phone"])
    lines = cast("Sequence[Mapping[str, Any]]", facts["lines"])
    total = f"{words.amount(order['total'])} {order['currency']}".strip()
    return Sheet(
        number=order["number"],
        title=said["copy" if order["is_copy"] else "title"].format(number=order["number"]),
        language=words.language,
        sender=_filled(institution, library["name"], *library["address"], *contact),
        blocks=tuple(block for block in blocks if any(block.lines)),
        facts=tuple((label, value) for label, value in head if value),
        columns=(said["item"], said["what"], said["quantity"], said["price"], said["total"]),
        rows=tuple(_row(number, line, words) for number, line in enumerate(lines, 1)),
        sum=(said["sum"], total) if order["total"] else None,
        notes=_filled(said["once"] if order["is_copy"] else "", *str(order["note"]).splitlines()),
        continued=said["continued"],
        page=said["page"],
        unprintable=said["unprintable"],
        borrowed=said["borrowed"],
    )


def _group(facts: Mapping[str, Value], name: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", facts[name])


def _filled(*lines: str) -> Lines:
    return tuple(line for line in lines if line.strip())


def _row(number: int, line: Mapping[str, Any], words: Words) -> Row:
    said = words.sheet
    title = f"{said['rush']}! {line['title']}" if line["rush"] else line["title"]
    imprint = ", ".join(_filled(line["edition"], line["publisher"], line["year"]))
    numbers = [f"ISBN {line['isbn']}" if line["isbn"] else "", f"ISSN {line['issn']}" if line["issn"] else ""]
    names = [
        said["line"].format(number=line["number"]) if line["number"] else "",
        said["reference"].format(number=line["reference"]) if line["reference"] else "",
    ]
    place = said["for"].format(place=line["destination"]) if line["destination"] else ""
    what = _filled(
        line["author"],
        imprint,
        " · ".join(_filled(*numbers)),
        " · ".join(_filled(*names)),
        " ".join(_filled(line["type"], place)),
        *str(line["note"]).splitlines(),
    )
    discount = said["discount"].format(percent=words.amount(line["discount"])) if line["discount"] else ""
    return Row(
        (
            (str(number),),
            (title or "-", *what),
            (str(line["quantity"] or ""),),
            _filled(_sum(line["price"], line["currency"], words), discount),
            _filled(_sum(line["total"], line["currency"], words)),
        )
    )


def _sum(number: str, currency: str, words: Words) -> str:
    return f"{words.amount(number)} {currency}".strip() if number else ""
