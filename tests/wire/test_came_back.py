"""What a client of one format sends back as it was shown keeps the form it came in through the other."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openacq.wire.atom import AtomResource, Entry, Form, read_entry, to_atom
from openacq.wire.came_back import as_it_came
from openacq.wire.fields import UNSET, Loose, Maybe, Unknown
from openacq.wire.tree import Media
from tests.wire.test_kept import values

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
FORMS: dict[Media, Form] = {"xml": "atom+xml", "json": "json"}


class Inner(AtomResource):
    xml_root = "inner"
    prefix = "t:"

    known: Maybe[int] = UNSET
    others: Annotated[Maybe[dict[str, Any]], Unknown()] = UNSET


class Thing(AtomResource):
    xml_root = "thing"
    prefix = "t:"
    root_prefix = "t:"
    xmlns = (("xmlns:t", "urn:things"),)
    bare_xmlns = (("xmlns", "urn:things"),)

    known: Maybe[int] = UNSET
    loose: Annotated[Maybe[Any], Loose()] = UNSET
    inner: Maybe[Inner] = UNSET
    many: Maybe[list[Inner]] = UNSET
    others: Annotated[Maybe[dict[str, Any]], Unknown()] = UNSET


def read(body: str, media: Media) -> Thing:
    return read_entry(Thing, body.encode(), media).resource


def from_xml(inside: str) -> Thing:
    return read(f'<t:thing xmlns:t="urn:things">{inside}</t:thing>', "xml")


def written(thing: Thing, media: Media) -> str:
    return to_atom(Entry(thing), FORMS[media], now=NOW, zone="UTC").decode()


def back(thing: Thing, media: Media, *changes: tuple[str, str]) -> Thing:
    """The thing as a client of that format read it, changed and sent it back."""
    text = written(thing, media)
    for old, new in changes:
        assert text.count(old) == 1, text
        text = text.replace(old, new)
    return as_it_came(read(text, media), thing, media)


members = st.dictionaries(
    st.sampled_from(["a", "@b", "#text", "#number", "~c", "d e", "f", "loose", "inner", "many"]),
    values,
    max_size=5,
)
resources = st.fixed_dictionaries(
    {},
    optional={
        "known": st.integers(0, 9),
        "loose": values,
        "inner": st.dictionaries(st.sampled_from(["x", "known2", "y z"]), values, max_size=3),
        "many": st.lists(st.dictionaries(st.sampled_from(["x", "@x"]), values, max_size=2), max_size=3),
        "a": values,
        "@b": values,
        "#text": values,
        "d e": values,
    },
)


@given(resources)
def test_whatever_came_in_json_stays_so_through_clients_of_xml(body: dict[str, Any]) -> None:
    came = read(msgspec.json.encode(body).decode(), "json")
    through = back(came, "xml")
    assert written(through, "json") == written(came, "json")
    assert back(through, "json") == came
    assert as_it_came(through, came, "xml") == through


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _element(name: str, attributes: dict[str, str], text: str, children: dict[str, list[str]]) -> str:
    named = "".join(f' {each}="{_escaped(value)}"' for each, value in attributes.items())
    inside = "".join(f"<t:{each}>{one}</t:{each}>" for each, some in children.items() for one in some)
    return f"<t:{name}{named}>{_escaped(text)}{inside}</t:{name}>"


words = st.text("ab<&\"' é1", max_size=4)
tags = st.sampled_from(["a", "b", "x"])
elements = st.recursive(
    words.map(_escaped),
    lambda inner: st.builds(
        _element,
        tags,
        st.dictionaries(tags, words, max_size=2),
        words,
        st.dictionaries(tags, st.lists(inner, min_size=1, max_size=2), max_size=2),
    ),
    max_leaves=8,
)


@given(elements, elements)
def test_whatever_came_in_xml_stays_so_through_clients_of_json(one: str, two: str) -> None:
    came = from_xml(f"<t:a>{one}</t:a><t:loose>{two}</t:loose><t:inner><t:y>{one}</t:y></t:inner>")
    assert from_xml(written(came, "xml").partition('"urn:things">')[2].partition("</t:thing>")[0]) == came
    through = back(came, "json")
    assert written(through, "xml") == written(came, "xml")
    assert through == came


def members_of(thing: Thing) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(written(thing, "json"))
    return {name: value for name, value in found.items() if value != []}


ODD = (
    '{"known":1,"a":{"n":1,"f":2.50,"yes":true,"none":null,"list":[1,[2,[3]],{"x":[false]}],"one":[7],'
    '"no name":"n","empty":[]},"loose":[5]}'
)


def test_what_differs_is_changed_and_the_rest_stays_as_it_came() -> None:
    came = read(ODD, "json")
    changed = back(came, "xml", ("<t:known>1<", "<t:known>2<"), ("<t:n>1<", "<t:n>12<"))
    assert members_of(changed) == msgspec.json.decode(
        ODD.replace('"known":1', '"known":2').replace(':1,"f', ':12,"f')
    )
    other = back(came, "xml", ("<t:yes>true<", "<t:yes>no<"), ("<t:f>2.50<", "<t:f>2.75<"))
    assert members_of(other) == msgspec.json.decode(
        ODD.replace('"yes":true', '"yes":"no"').replace("2.50", "2.75")
    )


def test_what_is_taken_out_is_gone_and_what_is_put_in_is_there() -> None:
    came = read('{"a":{"n":1,"gone":[1,2]},"b":true,"c d":1}', "json")
    text = written(came, "xml")
    text = text.replace("<t:gone>1</t:gone><t:gone>2</t:gone>", "<t:new>3</t:new>")
    text = text.replace("<t:b>true</t:b>", "")
    changed = as_it_came(read(text, "xml"), came, "xml")
    assert members_of(changed) == {"a": {"n": 1, "new": "3"}, "c d": 1}


@pytest.mark.parametrize(
    ("sent", "xml", "wanted"),
    [
        ('{"a":[1,2,3]}', "<t:a>1</t:a><t:a>3</t:a>", '{"a":[1,3]}'),
        ('{"a":[1,2]}', "<t:a>2</t:a>", '{"a":[2]}'),
        ('{"a":[true]}', "<t:a>true</t:a><t:a>false</t:a>", '{"a":[true,false]}'),
        ('{"a":[[1],[2]]}', "<t:a>1</t:a><t:a>2</t:a>", '{"a":[[1],[2]]}'),
        ('{"a":7}', "<t:a>seven</t:a>", '{"a":"seven"}'),
        ('{"a":7}', "<t:a>7.50</t:a>", '{"a":7.50}'),
        ('{"a":"7"}', "<t:a>8</t:a>", '{"a":"8"}'),
        ('{"a":null,"b":{"c":null}}', "<t:b />", '{"b":{"c":null}}'),
    ],
)
def test_a_text_of_xml_is_what_stood_there_if_it_reads_so(sent: str, xml: str, wanted: str) -> None:
    changed = as_it_came(from_xml(xml), read(sent, "json"), "xml")
    assert members_of(changed) == msgspec.json.decode(wanted)


def test_attributes_stay_attributes_through_json() -> None:
    came = from_xml('<t:a x="1" y="2">text<t:b>3</t:b></t:a><t:c d="4"><t:d>5</t:d></t:c>')
    changed = back(came, "json", ('"y":"2"', '"y":"9"'), ('"value":"text"', '"value":"word"'))
    assert '<t:a x="1" y="9">word<t:b>3</t:b></t:a><t:c d="4"><t:d>5</t:d></t:c>' in written(changed, "xml")
    number = back(came, "json", ('"y":"2"', '"y":9'))
    assert '"y":9' in written(number, "json")


def test_of_lists_of_resources_each_keeps_its_own() -> None:
    came = read('{"many":[{"x":1},{"x":[true]}]}', "json")
    changed = back(came, "xml", ("<t:x>1<", "<t:x>3<"))
    assert written(changed, "json") == '{"many":[{"x":3},{"x":[true]}]}'
