"""Members nobody knows: kept as they came, given back unchanged."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openacq.kernel.refusal import Refusal
from openacq.wire.atom import AtomResource, Entry, read_entry, to_atom
from openacq.wire.fields import UNSET, Loose, Maybe, Unknown
from openacq.wire.kept import KEPT_LIMIT

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


class Thing(AtomResource):
    xml_root = "thing"
    prefix = "t:"
    root_prefix = "t:"
    xmlns = (("xmlns:t", "urn:things"),)
    bare_xmlns = (("xmlns", "urn:things"),)

    known: Maybe[int] = UNSET
    loose: Annotated[Maybe[Any], Loose()] = UNSET
    others: Annotated[Maybe[dict[str, Any]], Unknown()] = UNSET


def from_json(body: str) -> Thing:
    return read_entry(Thing, body.encode(), "json").resource


def json_of(thing: Thing) -> str:
    return to_atom(Entry(thing), "json", now=NOW, zone="UTC").decode()


def from_xml(body: str) -> Thing:
    return read_entry(Thing, f'<t:thing xmlns:t="urn:things">{body}</t:thing>'.encode(), "xml").resource


def xml_of(thing: Thing) -> str:
    text = to_atom(Entry(thing), "atom+xml", now=NOW, zone="UTC").decode()
    inside = text.partition('<t:thing xmlns:t="urn:things">')[2]
    return inside.partition("</t:thing>")[0]


@pytest.mark.parametrize(
    "body",
    [
        '{"known":1,"a":"b"}',
        '{"a":{"b":[1,2.50,1.0e5,true,null,{"c":""}]},"d":{}}',
        '{"@a":1,"#text":"x","~b":2,"#number":"1","~~c":3}',
        '{"a":{"@b":1,"#number":"1.50","#text":"t"}}',
        '{"loose":{"x":[0.10]},"a":[]}',
        '{"loose":"text"}',
        '{"a":" blanks stay "}',
    ],
)
def test_json_comes_back_to_the_byte(body: str) -> None:
    thing = from_json(body)
    assert json_of(thing) == body
    assert json.loads(json.dumps(thing.others or {})) == (thing.others or {})


@pytest.mark.parametrize(
    "inside",
    [
        "<t:known>1</t:known><t:a>b</t:a>",
        '<t:a x="1" y="&quot;2&quot;">text</t:a>',
        '<t:a><t:b /><t:b>2</t:b><t:c d="" /></t:a>',
        "<t:a>1.50</t:a><t:a>x</t:a>",
        '<t:loose kind="9"><t:x>0.10</t:x></t:loose>',
        "<t:größe>&lt;&amp;</t:größe>",
        "<t:a> blanks stay </t:a>",
    ],
)
def test_xml_comes_back_to_the_byte(inside: str) -> None:
    thing = from_xml(inside)
    assert xml_of(thing) == inside
    assert json.loads(json.dumps(thing.others or {})) == (thing.others or {})


def test_attributes_of_the_resource_itself_stay_attributes() -> None:
    thing = read_entry(Thing, b'<thing version="2" known="3"/>', "xml").resource
    assert thing == Thing(known=3, others={"@version": "2"})
    written = to_atom(Entry(thing), "xml", now=NOW, zone="UTC").decode()
    assert written.endswith('<t:thing xmlns="urn:things" version="2"><t:known>3</t:known></t:thing>')


def test_in_the_other_format_attributes_are_members_and_what_has_no_name_is_left_out() -> None:
    assert json_of(from_xml('<t:a x="1">y</t:a>')) == '{"a":{"x":"1","value":"y"}}'
    assert json_of(from_xml('<t:a x="1"><t:x>2</t:x></t:a>')) == '{"a":{"x":"2"}}'
    kept = from_json('{"a b":1,"a:b":2,"":3,"xmlns":4,"@c":5,"1d":6,"e":null,"f":[7,[8,true],{"g h":9}]}')
    assert xml_of(kept) == "<t:f>7</t:f><t:f>8</t:f><t:f>true</t:f><t:f />"


def test_null_is_not_given() -> None:
    assert from_json('{"a":null,"loose":null}') == Thing()


def test_characters_no_database_holds_are_dropped() -> None:
    assert from_json(r'{"a\u0000":"b\u0000c"}').others == {"a": "bc"}


def test_there_is_an_end_to_what_is_kept() -> None:
    room = KEPT_LIMIT - len('{"a":""}')
    assert from_json(f'{{"a":"{"x" * room}"}}').others
    for name in ("a", "loose"):
        with pytest.raises(Refusal) as refused:
            from_json(f'{{"{name}":"{"x" * (room + 10)}"}}')
        (problem,) = refused.value.problems
        assert (problem.slug, problem.field) == ("value_too_long", name)
        assert problem.facts == {"limit": KEPT_LIMIT}


def test_a_kept_name_never_hides_a_known_one() -> None:
    """Where the column was written by an older program, the known member counts."""
    assert json_of(Thing(known=1, others={"known": 2})) == '{"known":1}'


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Mn", "Mc"]), max_size=6)
plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts
values = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
names = st.sampled_from(["a", "@b", "#text", "#number", "~c", "d e", "f"])


@given(st.dictionaries(names, values, max_size=4))
def test_whatever_comes_in_json_comes_back(members: dict[str, Any]) -> None:
    thing = from_json(msgspec.json.encode(members).decode())
    given_back = msgspec.json.decode(json_of(thing))
    wanted = {name: value for name, value in members.items() if value is not None}
    assert folded(given_back) == folded(wanted)
    again = from_json(json_of(thing))
    assert again == thing
    xml = to_atom(Entry(thing), "atom+xml", now=NOW, zone="UTC")
    assert to_atom(Entry(read_entry(Thing, xml, "xml").resource), "json", now=NOW, zone="UTC")


def folded(value: Any) -> Any:
    """With texts in their normal form, as they are stored."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case dict():
            return {folded(name): folded(inner) for name, inner in value.items()}
        case list():
            return [folded(inner) for inner in value]
        case _:
            return value
