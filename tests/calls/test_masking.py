"""Nothing secret and no patron's name stays readable in the order log, however it is sent."""

from __future__ import annotations

import json
import time
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openacq.calls.masking import MASK, PATRON_NAMES, Fold, body_text, path_text, query_text, unfold

LINE = {
    "vendor": {"value": "GOBI"},
    "resource_metadata": {"title": "A history of ink", "mms_id": {"value": ""}},
    "interested_user": [
        {"primary_id": "jdoe77", "first_name": "Jana", "last_name": 'D"oe', "notify_cancel": False},
        {"primary_id": 4711, "email": ["jana@example.org"]},
    ],
}
PRIVATE = ("jdoe77", "Jana", "oe", "4711", "jana@example.org")


def kept(body: bytes | str, limit: int = 10_000, **options: bool) -> tuple[str, Fold]:
    fold = Fold()
    raw = body.encode() if isinstance(body, str) else body
    return body_text(raw, fold, limit, **options), fold


def test_interested_users_are_folded_and_the_order_stays_readable() -> None:
    body = json.dumps(LINE)
    text, fold = kept(body)
    shown = json.loads(text)
    assert shown["resource_metadata"]["title"] == "A history of ink"
    assert shown["interested_user"][0] == {
        "primary_id": "[folded:1]",
        "first_name": "[folded:2]",
        "last_name": "[folded:3]",
        "notify_cancel": False,
    }
    assert not [word for word in PRIVATE if word in text.replace("folded", "")]
    assert json.loads(unfold(text, fold.values)) == LINE


def test_erased_values_leave_their_marks() -> None:
    text, _ = kept(json.dumps(LINE))
    assert unfold(text, ()) == text


def test_the_same_line_as_xml() -> None:
    text, fold = kept(
        """<?xml version="1.0" encoding="UTF-8"?><po_line><vendor desc="G">GOBI</vendor><interested_users>
        <interested_user><primary_id>jdoe77</primary_id><first_name><![CDATA[Ja</b>na]]></first_name>
        <a:last_name xmlns:a="urn:x">Doe</a:last_name><email/></interested_user></interested_users>
        <requester desc="Jana Doe">jdoe77</requester><email ><email_type>x</email_type>a@b</email >
        <edi_info><password>geheim</password></edi_info></po_line>"""
    )
    for word in ("jdoe77", "Jana", "Doe", "Ja</b>na", "geheim", "a@b"):
        assert word not in text
    assert '<vendor desc="G">GOBI</vendor>' in text
    assert "<email/>" in text
    assert f"<password>{MASK}</password>" in text
    assert "geheim" not in fold.values
    ET.fromstring(text)  # noqa: S314  (our own text)


@pytest.mark.parametrize(
    "body",
    [
        '{"first_name":"Jana',
        '{"first_name":"Jana\\',
        '{"first_name" : {"value":"Jana","x":["Jana"',
        "{'first_name': 'Jana'}",
        '{"FIRST_NAME":"Jana"}',
        '{"first\\u005fname":"Jana"}',
        '{"first_name":["Jana"]}',
        "first_name=Jana&x=1",
        "x=1&first_name=Jana",
        "<a><first_name>Jana",
        '<a><first_name xml:lang="Jana">Jana<',
        '<a><first_name x="Jana',
        "<a><first_name>Jana</first_nam>Jana</a>",
        "\ufeff <a><FIRST_NAME>Jana</FIRST_NAME></a>",
        "<a><first_name><!-- > -->Jana</first_name></a>",
    ],
)
def test_broken_and_odd_bodies_hide_no_name(body: str) -> None:
    assert "Jana" not in kept(body)[0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_encodings_in_which_names_could_hide_are_not_kept(encoding: str) -> None:
    text, fold = kept("<a><first_name>Jana</first_name></a>".encode(encoding))
    assert "not kept" in text
    assert fold.values == []
    declared = b'<?xml version="1.0" encoding="UTF-7"?><a>+ADw-first_name+AD4-Jana</a>'
    assert "in UTF-7, not kept" in kept(declared)[0]


def test_secrets_are_masked_and_cannot_be_unfolded() -> None:
    text, fold = kept('{"apikey":"l8xx1234","edi_info":{"password":"geheim"},"note":"apikey=l8xx1234"}')
    assert "l8xx1234" not in text
    assert "geheim" not in text
    assert fold.values == []
    fold = Fold()
    assert (
        query_text("APIKEY=abc&%61pikey=abc&format=json&x", fold) == "APIKEY=***&%61pikey=***&format=json&x"
    )


def test_who_is_asked_for_in_an_address_is_folded() -> None:
    fold = Fold()
    assert path_text("/almaws/v1/users/jdoe77/x", fold) == "/almaws/v1/users/[folded:1]/x"
    assert query_text("q=primary_id~jdoe77&q=title~ink&user_id=jdoe77", fold) == (
        "q=[folded:2]&q=title~ink&user_id=[folded:1]"
    )
    assert unfold("/users/[folded:1]", fold.values) == "/users/jdoe77"


def test_a_value_folded_once_is_folded_wherever_it_returns() -> None:
    fold = Fold()
    body_text(b'{"primary_id":"jdoe77"}', fold, 1000)
    assert fold.everywhere("Given interested_user jdoe77 is illegal.") == (
        "Given interested_user [folded:1] is illegal."
    )


def test_bodies_are_cut_and_private_ones_folded_whole() -> None:
    text, _ = kept('{"title":"' + "x" * 100 + '"}', limit=20)
    assert text == '{"title":"xxxxxxxxxx [… 112 bytes in all]'
    assert kept("{}", limit=0)[0] == ""
    text, fold = kept('{"anything":"Jana"}', private=True)
    assert text == "[folded:1]"
    assert unfold(text, fold.values) == '{"anything":"Jana"}'


def test_what_a_database_cannot_take_is_spelled_out() -> None:
    assert kept(b'{"a":"\x01\xff"}')[0] == '{"a":"\\x01\ufffd"}'


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(PATRON_NAMES), _VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_any_json_value_of_a_patron_member_is_hidden(
    name: str, value: object, ascii_only: bool, indent: int
) -> None:
    secret = "Q7-mark-Q7"
    body = json.dumps(
        {"a": {name: {"v": [value, secret]}}, "b": secret[::-1]}, ensure_ascii=ascii_only, indent=indent
    )
    text, fold = kept(body.encode("utf-8", "surrogatepass"))
    assert secret not in text
    assert secret[::-1] in text
    assert json.loads(text)["a"][name].startswith("[folded:")
    assert any(secret in value for value in fold.values)


@pytest.mark.parametrize(
    "piece",
    [
        '{"email":',
        "<email>",
        '"email":"\\',
        "<email x='",
        '"email":["',
        "email=",
        '"first_name',
        "<email x=1 ",
        "</email",
    ],
)
def test_hostile_repetition_stays_quick(piece: str) -> None:
    body = (piece * 200_000)[:1_000_000].encode()
    begun = time.perf_counter()
    kept(body, limit=1_000_000)
    assert time.perf_counter() - begun < 5
