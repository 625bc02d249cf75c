"""What of OCLC's interface is there: routes and wire models, held against the list of what OCLC documents."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from openacq.doors.wms import copies, item_in, orders
from openacq.doors.wms.copy_wire import Copy, CopyReceipt, PurchaseOrderSubmission
from openacq.doors.wms.finance_wire import AllocatedFund, Budget, BudgetPeriod, Fund, LookupVendor
from openacq.doors.wms.item_wire import PurchaseOrderItem
from openacq.doors.wms.order_wire import PurchaseOrder
from openacq.doors.wms.paths import canonical
from openacq.doors.wms.routes import ROUTES
from openacq.wire.atom import AtomResource
from openacq.wire.fields import Wire
from openacq.wire.plan import Kind, Member, plan_of
from tests.docs.coverage import without_names
from tests.docs.markdown import page, paragraph, table
from tests.docs.pages import ROOT

DATA = ROOT / "docs" / "dialects" / "wms.toml"
MODELS: Mapping[str, type[AtomResource]] = MappingProxyType(
    {
        model.xml_root: model
        for model in (
            PurchaseOrder,
            PurchaseOrderItem,
            Copy,
            CopyReceipt,
            PurchaseOrderSubmission,
            LookupVendor,
            Fund,
            Budget,
            AllocatedFund,
            BudgetPeriod,
        )
    }
)
KEPT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "purchaseOrder": orders._MAPPED,
        "purchaseOrderItem": item_in._MAPPED
        | {"order_type", "processing_type", "material_type"}
        | {"discount_percentage", "vendor_order_number"},
        "purchaseOrderItem.copyConfigs.copyConfig": item_in._OF_CONFIG
        | {"branch_id", "shelving_location_id"},
        "copy": copies._MAPPED,
        "copyReceipt": copies._MAPPED,
    }
)
"""Members the house knows, by the object they stand in; of these objects any other is only kept."""
STATES = ("exact", "partly", "kept", "unconfirmed", "ours", "not yet")


@dataclass(frozen=True, slots=True)
class Operation:
    call: str
    there: bool
    said: Mapping[str, Any]

    @property
    def state(self) -> str:
        if not self.there:
            return "not yet"
        return _state(self.said)


def wms() -> str:
    """The page docs/dialects/wms.md."""
    data = _data()
    parts = []
    for title, operations in _areas(data).items():
        rows = [(f"`{one.call}`", one.state, _words(one.said)) for one in operations]
        parts += [f"## {title}", table(("operation", "state", "how, and what to know"), rows)]
    shown = []
    for resource in data["resource"]:
        name = resource["name"]
        model = MODELS[name]
        known = [
            (f"`{path}`", _kind(member), _way(name, member), *_field(name, path, member, resource))
            for path, member in fields(model)
        ]
        shown.append(f"### {name}")
        shown += [paragraph(resource["about"])] if "about" in resource else []
        shown.append(
            table(("field", "type", "direction", "state", "how, and what to know"), known)
            if known
            else paragraph("OCLC documents no field of it. Whatever is sent is passed over.")
        )
    return page(
        "WorldShare (OCLC WMS), operation by operation",
        "For whoever wants to know whether a client made for WMS Acquisitions will find what it needs.",
        "Paths are those of OCLC's hosts, below the address of the server. *Exact*: as OCLC documents it, as "
        "far as that is publicly known. *Unconfirmed*: it is there, but OCLC does not tell what it is like. "
        "*Ours*: OCLC has not got it. What is *not yet* there answers 404 or 405 in OCLC's form. The "
        "[manual](../manual/worldshare.md) tells how to use it.",
        _counted(data),
        *parts,
        "## Fields",
        paragraph(
            "*In, out*: taken from what is sent and given back. *Out*: only in answers; what a client sends "
            "back is passed over. *Kept*: stored and given back unchanged; nothing follows from it. So are "
            "fields nobody here knows, on orders and their vendors, items, their titles, copyConfigs, "
            "bookings and notes, and copies."
        ),
        paragraph(
            "What came in one format stays as it came though a client of the other sends it back: whoever "
            "changes a thing is taken to have changed what differs from what they were shown. What XML "
            "cannot say is so kept for JSON: numbers, truth values, null, lists of one entry or of lists, "
            "names that are none in XML; a text put in place of a number or truth value is one if it "
            "reads so. What JSON cannot say is kept for XML: which member is an attribute. Not kept of "
            "fields nobody knows: the order of elements of different names, text behind an element, "
            "attributes with a prefix, and null itself in place of a whole field. A list of known objects "
            "(bookings, notes) that grew or shrank has what was sent."
        ),
        *shown,
    )


def unlisted() -> list[str]:
    """Routes the list does not know, fields it speaks of that do not exist, words on what is not there."""
    data = _data()
    operations = [one for area in _areas(data).values() for one in area]
    listed = {_bare(one.call) for one in operations}
    calls = [f"{route.method} {route.path}" for route in ROUTES]
    named = [resource["name"] for resource in data["resource"]]
    return [
        *(f"{call} is not listed" for call in calls if _bare(call) not in listed),
        *(f"{one.call} is not there, not partly there" for one in operations if one.said and not one.there),
        *(f"{name} has no list" for name in MODELS if name not in named),
        *(
            f"{resource['name']} has no field {path}"
            for resource in data["resource"]
            for path in resource.get("fields", {})
            if path not in {found for found, _ in fields(MODELS[resource["name"]])}
        ),
        *(
            f"{where} has no member {name}"
            for where, known in KEPT.items()
            for name in known - {member.name for member in plan_of(_object(where)).members}
        ),
    ]


def fields(model: type[Wire], above: str = "", out: bool = False) -> Iterator[tuple[str, Member]]:
    """Every field of a resource with its path."""
    for member in plan_of(model).members:
        member = replace(member, out=member.out or out)
        path = f"{above}{member.key}"
        yield path, member
        if member.model is not None:
            yield from fields(member.model, f"{path}.", member.out)


# -- inside -----------------------------------------------------------------------------------


def _data() -> Mapping[str, Any]:
    return tomllib.loads(DATA.read_text())


def _areas(data: Mapping[str, Any]) -> dict[str, list[Operation]]:
    there = {_bare(f"{route.method} {route.path}") for route in ROUTES}
    return {
        area["title"]: [
            Operation(said.pop("call"), _bare(call) in there, said)
            for one in area["operations"]
            for said, call in [(dict(one), one["call"])]
        ]
        for area in data["area"]
    }


def _bare(call: str) -> str:
    """A call in the one form the door gives its paths, without the names of its parts."""
    method, _, path = call.partition(" ")
    return f"{method} {without_names(canonical(path)[0])}"


def _state(said: Mapping[str, Any]) -> str:
    for word, state in (
        ("absent", "not yet"),
        ("unknown", "unconfirmed"),
        ("partly", "partly"),
        ("ours", "ours"),
    ):
        if said.get(word):
            return state
    return "exact"


def _words(said: Mapping[str, Any]) -> str:
    return next((said[word] for word in ("absent", "unknown", "partly", "note") if word in said), "")


def _object(where: str) -> type[Wire]:
    """The class of the object at a path: purchaseOrderItem.copyConfigs.copyConfig."""
    name, *keys = where.split(".")
    model: type[Wire] = MODELS[name]
    for key in keys:
        model = next(one.model for one in plan_of(model).members if one.key == key and one.model)
    return model


def _field(name: str, path: str, member: Member, resource: Mapping[str, Any]) -> tuple[str, str]:
    said = resource.get("fields", {}).get(path, {})
    state = _state(said)
    if state == "exact" and resource.get("unconfirmed"):
        state = "unconfirmed"
    above = ".".join([name, *path.split(".")[:-1]])
    if state in ("exact", "unconfirmed") and not member.out and _only_kept(above, member):
        state = "kept" if state == "exact" else "kept, unconfirmed"
    return state, _words(said)


def _only_kept(above: str, member: Member) -> bool:
    if above in KEPT:
        return member.name not in KEPT[above]
    return member.kind is Kind.LOOSE


def _way(name: str, member: Member) -> str:
    read = name in ("purchaseOrder", "purchaseOrderItem", "copyReceipt")
    return "in, out" if read and not member.out else "out"


def _kind(member: Member) -> str:
    kind = "object" if member.model is not None else member.kind.value
    kind = "moment" if member.epoch else kind
    return f"list of {kind}s" if member.many else kind


def _counted(data: Mapping[str, Any]) -> str:
    states = [one.state for area in _areas(data).values() for one in area]
    told = ", ".join(f"{states.count(state)} {state}" for state in STATES if state in states)
    return f"Of {len(states)} operations: {told}."
