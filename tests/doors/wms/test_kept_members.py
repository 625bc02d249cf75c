"""What is stored of a resource comes back as it was, through a JSON column."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openacq.doors.wms import kept
from openacq.doors.wms.copy_wire import CopyReceipt
from openacq.doors.wms.item_wire import PurchaseOrderItem, Resource
from openacq.doors.wms.order_wire import PurchaseOrder
from openacq.wire.atom import AtomResource, Entry, read_entry, to_atom
from tests.doors.wms.documents import NOW
from tests.doors.wms.test_documents_property import read, things, write


def stored(resource: AtomResource) -> AtomResource:
    column = json.dumps(kept.members(resource, ()))
    return kept.restored(type(resource), json.loads(column))


@pytest.mark.parametrize("model", [PurchaseOrder, PurchaseOrderItem, Resource, CopyReceipt])
@given(data=st.data())
def test_any_resource_is_stored_and_restored(model: type[AtomResource], data: st.DataObject) -> None:
    thing = data.draw(things(model))
    for form in ("atom+xml", "json"):
        assert write(stored(thing), form) == write(thing, form)


@pytest.mark.parametrize(
    "sent",
    [
        '{"mine":{"a":null,"b":[1,null,2.50],"c":{},"d":[]},"action":null}',
        '{"comment":" two  blanks ","mine":[[],[null]],"purchaseOrderItems":{"x":null}}',
        '{"exchangeRate":1.2500000000,"lastUpdateTime":1772380830250}',
    ],
)
def test_what_nobody_knows_is_stored_as_it_came(sent: str) -> None:
    order = read_entry(PurchaseOrder, sent.encode(), "json").resource
    answers = [to_atom(Entry(one), "json", now=NOW, zone="UTC") for one in (order, stored(order))]
    assert answers[0] == answers[1]
    assert read(PurchaseOrder, answers[1], "json") == order
