"""Items by themselves: found by their barcode, edited, and passed on after they were received."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Item as ItemCard
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.alma.bibs import AREA
from openacq.doors.alma.bibs_wire import Item
from openacq.doors.alma.holdings import item_link, known_item, wire_item
from openacq.doors.alma.items_wire import HoldingIn, ItemDataIn, ItemIn
from openacq.doors.alma.listing import flag
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import one_line
from openacq.store import Tx
from openacq.wire.model import code_of

PATH = "/bibs/{mms_id}/holdings/{holding_id}/items/{item_id}"


def find_item(ask: Ask) -> Reply:
    """`GET /items?item_barcode=`: 302 to the item, the other parameters kept."""
    barcode = one_line(ask.params.get("item_barcode", ""))
    if not barcode:
        raise Refusal(Problem("field_missing", "item_barcode"))

    def work(tx: Tx) -> str:
        item = catalogue.item_by_barcode(tx, barcode)
        if item is None or not ask.caller.sees_library(item.library):
            raise Refusal(Problem("barcode_unknown", "item_barcode", barcode))
        return item_link(ask, item)

    address = ask.read(work)
    others = [
        (name, value)
        for name, value in parse_qsl(ask.query, keep_blank_values=True)
        if name != "item_barcode"
    ]
    if others:
        address += "?" + urlencode(others)
    return Reply(status=302, headers={"Location": address})


def update_item(ask: Ask) -> Reply:
    """`PUT …/items/{item_id}`: the whole item comes back.

    Barcode, policy, material, description, enumeration, chronology, storage id and temporary place are
    what can be changed; a text left out becomes empty, a barcode left out stays. Whether and when it was
    received changes by receiving only, and it stays in its holding: another library or location is refused.
    """
    body = ask.model(ItemIn)

    def work(tx: Tx) -> Item:
        before = known_item(tx, ask)
        problems: list[Problem] = []
        after = _edited(tx, before, body, problems)
        if problems:
            raise Refusal(problems)
        if after != before:
            catalogue.edit_item(tx, before, after)
        return wire_item(tx, ask, before.item_id)

    return Reply(ask.write(work))


def _edited(tx: Tx, before: ItemCard, body: ItemIn, problems: list[Problem]) -> ItemCard:
    given = body.item_data or ItemDataIn()
    library, location = _temporary(tx, before, body.holding_data or HoldingIn(), problems)
    _refuse_move(before, given, problems)
    policy, material = code_of(given.policy), code_of(given.physical_material_type)
    if policy != before.policy and policy and codes.rows(tx, "ItemPolicy"):
        _check(tx, "ItemPolicy", "policy", policy, problems)
    if material != before.material and material:
        _check(tx, "PhysicalMaterialType", "physical_material_type", material, problems)
    return replace(
        before,
        barcode=one_line(given.barcode or "") or before.barcode,
        policy=policy,
        material=material or before.material,
        expected_arrival_date=given.expected_arrival_date or None,
        temp_library=library,
        temp_location=location,
        enumeration_a=one_line(given.enumeration_a or ""),
        enumeration_b=one_line(given.enumeration_b or ""),
        enumeration_c=one_line(given.enumeration_c or ""),
        chronology_i=one_line(given.chronology_i or ""),
        chronology_j=one_line(given.chronology_j or ""),
        chronology_k=one_line(given.chronology_k or ""),
        description=one_line(given.description or ""),
        storage_location_id=one_line(given.storage_location_id or ""),
    )


def _temporary(tx: Tx, before: ItemCard, given: HoldingIn, problems: list[Problem]) -> tuple[str, str]:
    """The temporary place asked for; ("", "") for none."""
    if not given.in_temp_location:
        return "", ""
    library = code_of(given.temp_library) or before.library
    location = code_of(given.temp_location)
    if directory.library(tx, library) is None:
        known = ", ".join(each.code for each in directory.libraries(tx))
        problems.append(Problem("field_value_invalid", "temp_library", library, valid=known))
    elif directory.location(tx, library, location) is None:
        known = ", ".join(each.code for each in directory.locations(tx, library))
        problems.append(Problem("field_value_invalid", "temp_location", location, valid=known))
    return library, location


def _refuse_move(before: ItemCard, given: ItemDataIn, problems: list[Problem]) -> None:
    """An item is shown where it stands; anything but that, or where it belongs, would move it."""
    for name, belongs, stands in (
        ("library", before.library, before.temp_library),
        ("location", before.location, before.temp_location),
    ):
        code = code_of(getattr(given, name))
        if code and code not in (belongs, stands):
            problems.append(Problem("field_value_invalid", name, code, valid=stands or belongs))


def _check(tx: Tx, table: str, name: str, code: str, problems: list[Problem]) -> None:
    if codes.check(tx, table, name, code) is not None:
        valid = ", ".join(row.code for row in codes.rows(tx, table) if row.enabled)
        problems.append(Problem("field_value_invalid", name, code, valid=valid))


def scan_item(ask: Ask) -> Reply:
    """`POST …/items/{item_id}?op=scan`: an item passes a department or a desk.

    With `department` it is kept there, or with `done=true` sent on; with `library` alone it is in place
    if it belongs there, else on its way. Raises Refusal item_on_order before it was received.
    """
    if ask.params.get("op", "").strip() != "scan":
        raise Refusal(Problem("parameter_invalid", "op", ask.params.get("op", ""), valid="scan"))
    department = ask.params.get("department", "").strip()
    library = ask.params.get("library", "").strip()
    done = flag(ask.params, "done")

    def work(tx: Tx) -> Item:
        item = known_item(tx, ask)
        if item.line_id is not None and item.receive_date is None:
            raise Refusal(Problem("item_on_order", "item_id", item.barcode))
        said = _pass(tx, item, library, department, done=done)
        shown = wire_item(tx, ask, item.item_id)
        shown.additional_info = said
        return shown

    return Reply(ask.write(work))


def _pass(tx: Tx, item: ItemCard, library: str, department: str, *, done: bool) -> str:
    """Move the item on; says where it goes."""
    if library and directory.library(tx, library) is None:
        raise Refusal(Problem("library_not_found", "library", library))
    if department:
        card = directory.department(tx, department)
        if card is None or (library and not card.serves(library)):
            raise Refusal(Problem("department_unknown", "department", department))
        if not done:
            catalogue.keep_item(tx, item.item_id, card.code)
            return f"Item is kept in {card.name}"
    home = not department and library in ("", item.temp_library or item.library)
    catalogue.pass_item_on(tx, item.item_id, home=home)
    place = directory.library(tx, item.temp_library or item.library)
    name = place.name if place else item.library
    return f"Item is in place in {name}" if home else f"Item's destination is: {name}"


ROUTES = (
    Route("GET", "/items", AREA, find_item),
    Route("PUT", PATH, "bibs", update_item, write=True, open_to_vendors=False),
    Route("POST", PATH, "bibs", scan_item, write=True, open_to_vendors=False),
)
