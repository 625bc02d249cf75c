"""Addresses and headers: what mail servers take, and nothing that could be read as more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from openacq.letters.addresses import header, mailbox, without_addresses


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("orders@vendor.example", "orders@vendor.example"),
        ("First.Last+tag@sub.vendor.example", "First.Last+tag@sub.vendor.example"),
        ("o'neill_x@host", "o'neill_x@host"),
        ("bestellung@bücher.example", "bestellung@xn--bcher-kva.example"),
        ("jörg@vendor.example", "jörg@vendor.example"),
    ],
)
def test_plain_addresses_are_taken(written: str, taken: str) -> None:
    assert mailbox(written) == taken


@pytest.mark.parametrize(
    "written",
    [
        "",
        "nobody",
        "@vendor.example",
        "a@",
        "a@b@c.example",
        "a b@c.example",
        "a@b c.example",
        "Kim <a@b.example>",
        "<a@b.example>",
        "a@b.example,c@d.example",
        "a@b.example;c@d.example",
        "a@b.example\nBcc: x@y.example",
        "a@b.example\r\nRCPT TO:<x@y.example>",
        "a\n@b.example",
        "a@b.example ",
        '"a b"@c.example',
        "a@[127.0.0.1]",
        "a(comment)@b.example",
        "a..b@c.example",
        ".a@c.example",
        "a.@c.example",
        "a@-b.example",
        "a@b..example",
        "a@b.example.",
        "a\x00@b.example",
        "a\u2028@b.example",
        "a@b\u3002\u3002example",
        "a" * 65 + "@b.example",
        "a@" + "b" * 64 + ".example",
        "a@" + "b." * 150 + "example",
        "\ud800@b.example",
    ],
)
def test_whatever_else_is_none(written: str) -> None:
    assert mailbox(written) is None


@given(some.text(max_size=60))
def test_an_address_is_one_word_with_one_at(written: str) -> None:
    taken = mailbox(f"{written}@vendor.example") or mailbox(written)
    if taken is not None:
        assert taken.split() == [taken]
        assert taken.count("@") == 1
        assert taken.isprintable()
        assert not set(taken) & set('<>,;:()"\\')


@given(some.text(max_size=400))
def test_a_header_is_one_short_line(written: str) -> None:
    line = header(written)
    assert len(line.splitlines()) <= 1
    assert len(line) <= 250
    assert "\r" not in line
    assert "\n" not in line


def test_addresses_are_folded_out_of_what_servers_say() -> None:
    said = "550 5.1.1 <kim.reader@people.example>: no such user 'kim@people.example' (mailto:a@b)"
    assert without_addresses(said) == "550 5.1.1 <[address]>: no such user '[address]' (mailto:[address])"
