"""Atom: which form is wanted, what stands in the envelope, what is read out of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import pytest

from openacq.kernel.refusal import Problem, Refusal
from openacq.wire.atom import (
    AtomResource,
    Dialect,
    Entry,
    Feed,
    Received,
    Wish,
    answer_wish,
    local_text,
    read_entry,
    read_etag,
    split_extension,
    to_atom,
    to_plain_json,
)
from openacq.wire.fields import UNSET, AsSent, Body, Epoch, Maybe, Out, Wire, Within
from openacq.wire.tree import Media

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, 678_912, tzinfo=dt.UTC)

XML = Wish("atom+xml", "application/atom+xml")
BARE_XML = Wish("xml", "application/xml")
ATOM_JSON = Wish("atom+json", "application/atom+json")
OLD_JSON = Wish("atom+json", "application/json")
PLAIN_JSON = Wish("json", "application/json")


@pytest.mark.parametrize(
    ("accept", "dialect", "wish"),
    [
        (None, "atom", XML),
        ("", "atom", XML),
        ("*/*", "plain", XML),
        ("application/*", "plain", XML),
        ("text/html", "atom", XML),
        ("application/atom+xml", "atom", XML),
        ("application/atom+xml;charset=UTF-8", "plain", XML),
        ("application/xml", "atom", BARE_XML),
        ("text/xml", "plain", BARE_XML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "atom", BARE_XML),
        ("application/atom+json", "atom", ATOM_JSON),
        ("application/atom+json", "plain", ATOM_JSON),
        ("application/json", "atom", OLD_JSON),
        ("application/json", "plain", PLAIN_JSON),
        ("text/json", "plain", PLAIN_JSON),
        ("application/json, application/atom+xml", "plain", PLAIN_JSON),
        ("application/json;q=0.5, application/atom+xml", "plain", XML),
        ("application/json, text/plain, */*", "plain", PLAIN_JSON),
        ("APPLICATION/JSON", "plain", PLAIN_JSON),
        ("application/json;q=0", "plain", XML),
        ("application/ld+json", "plain", XML),
    ],
)
def test_the_form_an_answer_takes(accept: str | None, dialect: Dialect, wish: Wish) -> None:
    assert answer_wish(accept, dialect=dialect) == wish


@pytest.mark.parametrize("dialect", ["atom", "plain"])
@pytest.mark.parametrize(
    ("extension", "accept", "wish"),
    [
        (".xml", "application/json", XML),
        (".xml", None, XML),
        (".json", None, OLD_JSON),
        (".json", "application/json", OLD_JSON),
        (".json", "application/xml", OLD_JSON),
        (".json", "application/atom+json", ATOM_JSON),
    ],
)
def test_an_extension_decides_alone(extension: str, accept: str | None, wish: Wish, dialect: Dialect) -> None:
    assert answer_wish(accept, extension, dialect) == wish


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/purchaseorders/PO-2026-1.json", ("/purchaseorders/PO-2026-1", ".json")),
        ("/purchaseorders.xml", ("/purchaseorders", ".xml")),
        ("/purchaseorders/PO-2026-1.xml/", ("/purchaseorders/PO-2026-1", ".xml")),
        ("/purchaseorders/PO-2026-1", ("/purchaseorders/PO-2026-1", "")),
        ("/purchaseorders/", ("/purchaseorders/", "")),
        ("/purchaseorders/.json", ("/purchaseorders/.json", "")),
        ("/funds/A.B", ("/funds/A.B", "")),
    ],
)
def test_extensions_of_paths(path: str, parts: tuple[str, str]) -> None:
    assert split_extension(path) == parts


class Part(AtomResource):
    folds = True
    prefix = "p:"

    note: Annotated[Maybe[str], AsSent()] = UNSET


class Thing(AtomResource):
    xml_root = "thing"
    xmlns = (("xmlns", "urn:things"),)

    name: Annotated[Maybe[str], AsSent()] = UNSET
    rate: Maybe[Decimal] = UNSET
    made: Annotated[Maybe[dt.datetime], Epoch()] = UNSET
    count: Annotated[Maybe[int], Out()] = UNSET
    flag: Maybe[bool] = UNSET
    word_list: Maybe[list[str]] = UNSET
    part: Annotated[Maybe[Part], Within("parts")] = UNSET
    state: Maybe[str | None] = None


def atom(thing: Entry | Feed, form: Any) -> str:
    return to_atom(thing, form, now=NOW, zone="Europe/Berlin").decode()


def test_an_envelope_with_everything() -> None:
    entry = Entry(
        Thing(name="a<b"),
        etag="2026-01-02T04:04:05.000+01:00",
        title="R & D",
        id="urn:1",
        link="https://x.example/1?a&b",
        published=NOW,
    )
    assert atom(entry, "atom+xml") == (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005">'
        '<title type="text">R &amp; D</title>'
        "<id>urn:1</id>"
        '<link href="https://x.example/1?a&amp;b" rel="self" type="application/atom+xml" />'
        "<published>2026-01-02T03:04:05.678Z</published>"
        "<updated>2026-01-02T03:04:05.678Z</updated>"
        "<gd:etag>2026-01-02T04:04:05.000+01:00</gd:etag>"
        '<content type="application/xml"><thing xmlns="urn:things"><name>a&lt;b</name></thing></content>'
        "</entry>"
    )
    assert atom(entry, "atom+json") == (
        '{"id":"urn:1","title":"R & D","content":{"name":"a<b","wordList":[],"state":null},'
        '"published":"2026-01-02T03:04:05.678Z","updated":"2026-01-02T03:04:05.678Z",'
        '"links":[{"href":"https://x.example/1?a&b","rel":"self"}],'
        '"extensions":[{"name":"gd:etag","attributes":{"xmlns:gd":"http://schemas.google.com/g/2005"},'
        '"children":["2026-01-02T04:04:05.000+01:00"]}]}'
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1.000000", "1.000000"),
        ("0.00", "0.00"),
        ("0E-10", "0.0000000000"),
        ("1E-7", "0.0000001"),
        ("1E+3", "1000"),
        ("-3.50", "-3.50"),
        ("12345678901234.1234", "12345678901234.1234"),
    ],
)
def test_numbers_keep_their_decimals_in_both_formats(number: str, text: str) -> None:
    entry = Entry(Thing(rate=Decimal(number)))
    assert f"<rate>{text}</rate>" in atom(entry, "atom+xml")
    assert f'"rate":{text},' in atom(entry, "json")


def test_moments_are_local_in_xml_and_milliseconds_in_json() -> None:
    entry = Entry(Thing(made=NOW))
    assert "<made>2026-01-02T04:04:05.678+01:00</made>" in atom(entry, "atom+xml")
    assert '"made":1767323045678,' in atom(entry, "json")
    assert local_text(NOW, "UTC") == "2026-01-02T03:04:05.678+00:00"


def test_the_outer_object_belongs_to_the_older_forms() -> None:
    entry = Entry(Thing(part=Part(note="x")))
    assert "<parts><part><p:note>x</p:note></part></parts>" in atom(entry, "atom+xml")
    assert "<part><p:note>x</p:note></part></thing>" in atom(entry, "xml")
    assert "<parts>" not in atom(entry, "xml")
    assert '"parts":{"part":[{"note":"x"}]}' in atom(entry, "atom+json")
    assert '"part":{"note":"x"}' in atom(entry, "json")


def test_later_clients_find_null_where_nothing_is() -> None:
    class Spoken(Thing):
        nulls = True

    entry = Entry(Spoken(name="x"))
    assert '"content":{"name":"x","wordList":[],"state":null}' in atom(entry, "atom+json")
    assert atom(entry, "json") == (
        '{"name":"x","rate":null,"made":null,"count":null,"flag":null,"wordList":[],"part":null,"state":null}'
    )


def test_a_resource_is_made_of_what_atom_can_write() -> None:
    class Inner(Wire):
        a: Maybe[str] = UNSET

    class Outer(AtomResource):
        xml_root = "outer"
        inner: Maybe[Inner] = UNSET

    class Bodied(AtomResource):
        xml_root = "bodied"
        text: Annotated[Maybe[str], Body()] = UNSET

    globals().update(Inner=Inner, Outer=Outer, Bodied=Bodied)  # annotations are looked up here
    try:
        for thing in (Outer(), Bodied()):
            with pytest.raises(TypeError):
                atom(Entry(thing), "xml")
        with pytest.raises(TypeError):
            atom(Entry(Outer()), "json")
    finally:
        for name in ("Inner", "Outer", "Bodied"):
            del globals()[name]
    with pytest.raises(TypeError):
        to_atom(Thing(), "json", now=NOW, zone="UTC")  # type: ignore[arg-type]


PADDED = "<a:content type='application/xml'>\n<thing/>\n</a:content></a:entry>"
ETAG = "2026-01-02T04:04:05.000+01:00"


@pytest.mark.parametrize(
    ("body", "media", "received"),
    [
        (f"<entry><etag>{ETAG}</etag><content><thing/></content></entry>", "xml", ETAG),
        (f"<a:entry xmlns:a='urn:a' xmlns:g='urn:g'>\n<g:etag>\n {ETAG}\n</g:etag>{PADDED}", "xml", ETAG),
        ("<entry><content><thing/></content></entry>", "xml", ""),
        ("<thing/>", "xml", ""),
        (f'{{"content":{{}},"extensions":[{{"name":"gd:etag","children":["{ETAG}"]}}]}}', "json", ETAG),
        ('{"content":{},"extensions":[{"name":"gd:etag","children":[]},7,{"name":"x"}]}', "json", ""),
        ('{"content":{},"extensions":{"gd:etag":"x"}}', "json", ""),
        ('{"content":{"thing":{}}}', "json", ""),
        ('{"thing":{}}', "json", ""),
        ("{}", "json", ""),
    ],
)
def test_the_envelope_is_taken_off(body: str, media: Media, received: str) -> None:
    assert read_entry(Thing, body.encode(), media) == Received(Thing(), received)


@pytest.mark.parametrize(
    ("body", "media", "found"),
    [
        ("<other/>", "xml", "other"),
        ("<feed/>", "xml", "feed"),
        ("<entry/>", "xml", "an entry without content"),
        ("<entry><content>text</content></entry>", "xml", "an entry without content"),
        ("<entry><content><other/></content></entry>", "xml", "other"),
        ("<entry><content><thing/><other/></content></entry>", "xml", "other"),
        ("<entry><content><thing/><thing/></content></entry>", "xml", "a list"),
        ("<entry><content><thing>words</thing></content></entry>", "xml", "text"),
        ('{"content":"x","title":""}', "json", "an entry whose content is no object"),
        ('{"content":[],"extensions":[]}', "json", "an entry whose content is no object"),
        ('{"content":null,"title":""}', "json", "an entry without content"),
        ('{"thing":[]}', "json", "a list"),
        ("null", "json", "an entry without content"),
    ],
)
def test_what_is_not_the_resource_is_told(body: str, media: Media, found: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_entry(Thing, body.encode(), media)
    assert refused.value.problems == (Problem("body_malformed", reason=f"thing is expected, not {found}"),)


def test_no_body_at_all() -> None:
    with pytest.raises(Refusal) as refused:
        read_entry(Thing, b" \n", "xml")
    assert refused.value.problems == (Problem("body_missing"),)
    assert read_entry(Thing, b" \n", "xml", optional=True) == Received(Thing(), "")


def test_all_problems_are_told_together_with_their_paths() -> None:
    body = b"""<entry><content><thing>
        <rate>much</rate><made>soon</made><flag>perhaps</flag><count>?</count>
        <parts><part><note><b/></note></part></parts>
    </thing></content></entry>"""
    with pytest.raises(Refusal) as refused:
        read_entry(Thing, body, "xml")
    assert refused.value.problems == (
        Problem("value_wrong_type", "rate", "much", expected="a number of at most 30 digits"),
        Problem("date_malformed", "made", "soon"),
        Problem("value_wrong_type", "flag", "perhaps", expected="true or false"),
        Problem("value_wrong_type", "part.note", "an object", expected="text"),
    )
    gathered: list[Problem] = []
    assert read_entry(Thing, body, "xml", gather=gathered).resource.rate is UNSET
    assert tuple(gathered) == refused.value.problems


def test_names_keep_their_blanks_unless_they_are_nothing_else() -> None:
    assert read_entry(Thing, b"<thing><name> a\n</name></thing>", "xml").resource.name == " a\n"
    assert read_entry(Thing, b'{"name":"  "}', "json").resource.name == ""
    assert read_entry(Thing, b"<thing><name>  </name></thing>", "xml").resource.name == ""


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("1767323045678", dt.datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=dt.UTC)),
        ("0", dt.datetime(1970, 1, 1, tzinfo=dt.UTC)),
        ("-86400000", dt.datetime(1969, 12, 31, tzinfo=dt.UTC)),
        ('"1767323045678"', dt.datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=dt.UTC)),
        ('"2026-01-02T04:04:05.678+01:00"', dt.datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=dt.UTC)),
        ('" 2026-01-02 "', dt.datetime(2026, 1, 2, tzinfo=dt.UTC)),
        ("null", UNSET),
        ('""', UNSET),
    ],
)
def test_moments_are_read(given: str, moment: object) -> None:
    assert read_entry(Thing, f'{{"made":{given}}}'.encode(), "json").resource.made == moment


@pytest.mark.parametrize("given", ["999999999999999999", "-62135596800001", '"0001-01-01"', "1.5", '"x"'])
def test_moments_nobody_means(given: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_entry(Thing, f'{{"made":{given}}}'.encode(), "json")
    assert [(problem.slug, problem.field) for problem in refused.value.problems] == [
        ("date_malformed", "made")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02T04:04:05.000+01:00",
        '"2026-01-02T04:04:05.000+01:00"',
        'W/"2026-01-02T03:04:05Z"',
        " 2026-01-01T22:04:05.000-05:00 ",
        "2026-01-02T03:04:05",
    ],
)
def test_etags_name_a_moment_in_any_zone(text: str) -> None:
    assert read_etag(text) == dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text", ["", "*", '"abc"', "2026-13-02T03:04:05Z", "0001-01-01T00:00:00+14:00", "2026-01-02", '"']
)
def test_other_etags_are_nobodys(text: str) -> None:
    assert read_etag(text) is None


def test_the_same_request_has_the_same_bytes() -> None:
    body = b"<thing><state>A</state><name>x</name><rate>1.50</rate></thing>"
    other = b'{"content":{"rate":1.50,"name":"x","state":"A"}}'
    assert to_plain_json(read_entry(Thing, body, "xml").resource) == to_plain_json(
        read_entry(Thing, other, "json").resource
    )
