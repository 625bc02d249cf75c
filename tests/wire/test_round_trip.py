"""Whatever is written is read back the same from both formats."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openacq.kernel.refusal import CATALOGUE, Refusal
from openacq.wire.model import UNSET, Amount, Coded, Linked, Wire, read, to_json, to_xml
from tests.wire.shapes import (
    Copy,
    Holding,
    Line,
    Lines,
    Location,
    Metadata,
    Note,
    Portfolios,
    Share,
    User,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
words = st.text("abc<&>\"' \t\r\n\x00\x85\u2028\u0301é", max_size=8)
any_text = st.one_of(texts, words)
days = st.dates()
moments = st.datetimes(
    min_value=dt.datetime(2, 1, 1),  # noqa: DTZ001 hypothesis wants bounds without a zone
    max_value=dt.datetime(9998, 12, 31),  # noqa: DTZ001
    timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=-5, minutes=-30))]),
)
percents = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=8)


def things(model: type[Wire], **members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(model, **{name: st.just(UNSET) | found for name, found in members.items()})


def some(entries: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(entries, max_size=3)


codes = st.builds(Coded, st.just(UNSET) | st.none() | any_text, st.just(UNSET) | st.none() | any_text)
amounts = things(Amount, sum=any_text, currency=codes)
lines = things(
    Line,
    number=any_text,
    owner=codes,
    vendor_reference_number_type=codes | st.just(Coded("Null")),
    access_model=any_text | st.just("Null"),
    rush=st.booleans(),
    price=amounts,
    portfolios=things(Portfolios, portfolio=some(codes), total_record_count=st.integers(0, 99)),
    url=any_text,
    resource_metadata=things(
        Metadata,
        title=any_text,
        mms_id=st.builds(Linked, any_text, any_text),
        system_control_number=some(any_text),
    ),
    fund_distribution=some(things(Share, amount=amounts, fund_code=codes, percent=percents)),
    alert=some(codes),
    note=some(things(Note, note_text=any_text)),
    location=some(
        things(
            Location,
            quantity=st.integers(-(10**17), 10**17),
            library=codes,
            holding=some(things(Holding, id=any_text, link=any_text)),
            copy=some(things(Copy, barcode=any_text, is_temp_location=st.booleans(), receive_date=days)),
        )
    ),
    interested_user=some(things(User, primary_id=any_text, email=any_text)),
    renewal_date=days,
    renewal_period=st.integers(-(10**17), 10**17),
    seen_at=moments,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(things(Lines, po_line=some(lines), total_record_count=st.integers(0, 10**6)))
def test_json_and_xml_say_the_same(written: Lines) -> None:
    for whole in (False, True):
        from_json = read(Lines, to_json(written), "json", whole=whole)
        from_xml = read(Lines, to_xml(written), "xml", whole=whole)
        assert from_json == from_xml
        # What was read is clean, so it survives another journey unchanged.
        assert read(Lines, to_json(from_json), "json", whole=whole) == from_json
        assert read(Lines, to_xml(from_json), "xml", whole=whole) == from_json


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "owner",
                    "price",
                    "note",
                    "notes",
                    "location",
                    "quantity",
                    "value",
                    "desc",
                    "copy",
                    "rush",
                    "percent",
                    "fund_distribution",
                    "renewal_date",
                    "seen_at",
                    "sum",
                    "currency",
                    "url",
                    "link",
                ]
            )
            | texts,
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from([*Line.__struct_fields__, "notes", "locations"]), json_values))
def test_any_json_object_is_read_or_refused_with_words(members: dict[str, Any]) -> None:
    try:
        found = read(Line, msgspec.json.encode(members), "json")
    except Refusal as refusal:
        problems = refusal.problems
    else:
        problems = ()
        assert read(Line, to_xml(found), "xml") == read(Line, to_json(found), "json") == found
    for problem in problems:
        assert problem.slug in CATALOGUE
        assert problem.field
        assert problem.message()


@settings(max_examples=300)
@given(st.binary(max_size=60) | st.text('{}[]":,<>/!?a1\\u', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for media in ("json", "xml"):
        try:
            read(Line, body, media)
        except Refusal as refusal:
            words = [problem.message() for problem in refusal.problems]
        else:
            words = ["read"]
        assert all(words)
