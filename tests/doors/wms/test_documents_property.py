"""Any order and any item survives being written and read in every form."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openacq.doors.wms.copy_wire import Copy, CopyReceipt
from openacq.doors.wms.item_wire import PurchaseOrderItem
from openacq.doors.wms.order_wire import PurchaseOrder
from openacq.kernel.refusal import CATALOGUE, Refusal
from openacq.wire.atom import AtomResource, Entry, Form, read_entry, to_atom
from openacq.wire.fields import UNSET
from openacq.wire.plan import Kind, Member, plan_of
from openacq.wire.tree import Media

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
FORMS: tuple[tuple[Form, Media], ...] = (
    ("atom+xml", "xml"),
    ("xml", "xml"),
    ("atom+json", "json"),
    ("json", "json"),
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10) | st.text(
    "ab<&>\"' \t\r\n\x85\u2028\u0301é]", max_size=8
)
numbers = st.builds(
    lambda units, scale: Decimal(units).scaleb(-scale), st.integers(1, 10**14), st.integers(0, 10)
)
moments = st.datetimes(
    min_value=dt.datetime(1970, 1, 1),  # noqa: DTZ001 hypothesis wants bounds without a zone
    max_value=dt.datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
LOOSE = st.none() | st.booleans() | st.integers(0, 99) | st.sampled_from(["x", ["a", {"b": "c"}], {"d": []}])
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: texts,
    Kind.WHOLE: st.integers(0, 10**9),
    Kind.NUMBER: numbers,
    Kind.MOMENT: moments,
    Kind.FLAG: st.booleans(),
}


def members(member: Member) -> st.SearchStrategy[Any]:
    if member.kind is Kind.LOOSE:
        one: st.SearchStrategy[Any] = st.just(UNSET)
    elif member.model is not None:
        assert issubclass(member.model, AtomResource)
        one = things(member.model)
    else:
        one = VALUES[member.kind]
    return st.just(UNSET) | (st.lists(one, max_size=2) if member.many else one)


def things(model: type[AtomResource]) -> st.SearchStrategy[Any]:
    """Objects of a class with any of its members, whatever they are."""
    return st.builds(model, **{member.name: members(member) for member in plan_of(model).members})


def write(thing: AtomResource, form: Form) -> bytes:
    return to_atom(Entry(thing), form, now=NOW, zone="America/New_York")


def read(model: type[AtomResource], body: bytes, media: Media) -> AtomResource:
    return read_entry(model, body, media, whole=True).resource


@pytest.mark.parametrize("model", [PurchaseOrder, PurchaseOrderItem, Copy, CopyReceipt])
@given(data=st.data())
def test_any_resource_survives_every_form(model: type[AtomResource], data: st.DataObject) -> None:
    """What is read once (texts in their normal form, empty objects gone) is the same ever after."""
    thing = read(model, write(data.draw(things(model)), "json"), "json")
    for form, media in FORMS:
        text = write(thing, form)
        again = read(model, text, media)
        assert again == thing, form
        assert write(again, form) == text


@given(st.dictionaries(st.sampled_from(["zeta", "eta"]), LOOSE, max_size=2), st.sampled_from(FORMS[2:]))
def test_members_nobody_knows_survive(others: dict[str, Any], form: tuple[Form, Media]) -> None:
    order = PurchaseOrder(
        others={name: value for name, value in others.items() if value is not None} or UNSET
    )
    text = write(order, form[0])
    assert read(PurchaseOrder, text, form[1]) == order


NAMES = [
    "content",
    "title",
    "extensions",
    "name",
    "children",
    "purchaseOrder",
    "vendor",
    "vendorId",
    "orderName",
    "link",
    "href",
]
bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(["content", "orderName", "vendor", "x", "purchaseOrder"]), bodies))
def test_any_json_is_read_or_refused(tree: dict[str, Any]) -> None:
    body = json.dumps(tree).encode()
    try:
        read_entry(PurchaseOrder, body, "json")
    except Refusal as refused:
        for problem in refused.problems:
            assert problem.slug in CATALOGUE
            assert problem.message()
