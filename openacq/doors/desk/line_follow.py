"""What follows from a changed field of the line editor: another vendor has other accounts and currencies,
another kind of order other materials. What is changed by it is told, with a way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openacq.codes import service as codes
from openacq.doors.pages.visit import Visit
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor

WAS = "was."
UNDO = "undo."
CAUSES = ("vendor", "type")
FOLLOWING = ("vendor", "type", "vendor_account", "price.currency", "material_type")
MATERIALS: Mapping[str, str] = {"physical": "PhysicalMaterialType", "portfolio": "electronicMaterialType"}


@dataclass(frozen=True, slots=True)
class Followed:
    """A field that was changed because another was; values as the form has them."""

    field: str
    before: str
    after: str


def follow(tx: Tx, visit: Visit) -> None:
    """Put into the form what follows from a vendor or a kind of order that was changed since it was shown.
    What can be undone is the last such change."""
    form = dict(visit.form)
    back: dict[str, list[str]] = {}
    for cause in CAUSES:
        was, now = visit.value(WAS + cause), visit.value(cause)
        if WAS + cause not in form or was == now:
            continue
        new = _of_vendor(tx, visit, now) if cause == "vendor" else _of_type(tx, visit, now)
        changed = {name: value for name, value in new.items() if value != visit.value(name)}
        back |= {UNDO + name: [visit.value(name)] for name in changed}
        if changed:
            back[UNDO + cause] = [was]
        form |= {name: [value] for name, value in changed.items()}
        form[WAS + cause] = [now]
    if back:
        form = {name: values for name, values in form.items() if not name.startswith(UNDO)} | back
    visit.form = form


def undo(visit: Visit) -> None:
    """Put back what had followed, and what it followed from."""
    form = {name: values for name, values in visit.form.items() if not name.startswith((UNDO, WAS))}
    for name in FOLLOWING:
        if UNDO + name in visit.form:
            form[name] = [visit.value(UNDO + name)]
    visit.form = form


def followed(visit: Visit) -> tuple[Followed, ...]:
    """What was changed without being typed, as long as it still is."""
    return tuple(
        Followed(name, visit.value(UNDO + name), visit.value(name))
        for name in FOLLOWING
        if UNDO + name in visit.form and name not in CAUSES and visit.value(UNDO + name) != visit.value(name)
    )


def kept(visit: Visit) -> dict[str, str]:
    """What the form carries along so that it can be undone."""
    return {UNDO + name: visit.value(UNDO + name) for name in FOLLOWING if UNDO + name in visit.form}


def _of_vendor(tx: Tx, visit: Visit, code: str) -> dict[str, str]:
    vendor = vendors.vendor(tx, code) if code else None
    if vendor is None:
        return {"vendor_account": ""}
    account = vendor.account(visit.value("vendor_account"))
    if account is not None and account.active:
        return {}
    usual, currency = vendor.default_account, visit.value("price.currency")
    found = {"vendor_account": usual.code if usual is not None else ""}
    if currency:
        found["price.currency"] = _currency(vendor, usual.currency if usual is not None else "", currency)
    return found


def _currency(vendor: Vendor, usual: str, now: str) -> str:
    """The currency a vendor bills in: the one there is where it takes that, else its account's, its first."""
    if vendor.currencies:
        return now if now in vendor.currencies else usual or vendor.currencies[0]
    return usual or now


def _of_type(tx: Tx, visit: Visit, code: str) -> dict[str, str]:
    material = visit.value("material_type")
    row = codes.row(tx, "PurchaseType", code) if code else None
    table = MATERIALS.get(row.attributes.get("inventory", ""), "") if row is not None else ""
    if not material or not table:
        return {}
    known = codes.row(tx, table, material)
    return {} if known is not None and known.enabled else {"material_type": ""}
