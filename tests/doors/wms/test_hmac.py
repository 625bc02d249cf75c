"""Signatures as OCLC published them, and as the libraries in use make them."""

from __future__ import annotations

import pytest

from openacq.doors.wms.hmac import SCHEME, Signature, fits, is_signed, normalized, parse, sign

KEY = "jdfRzYZbLc8HZXFByyyLGrUqTOOmkJOAPi4tAN0E7xI3hgE2xDgwJ7YPtkwM6W3ol5yz0d0JHgE1G2Wa"
SECRET = "UYnwZbmvf3fAXCEa0JryLQ=="
TIMESTAMP = "1361408273"
NONCE = "981333313127278655903652665637"
FUNDS = "q=budgetPeriod%3ABP-2012-1&startIndex=1"


def signed(signature: str) -> Signature:
    return Signature(KEY, TIMESTAMP, NONCE, signature)


@pytest.mark.parametrize(
    ("method", "query", "signature"),
    [
        ("GET", "inst=128807", "5O6SRig58wqm6gqEu3oSODVte6Albon9CCvNrZHCoys="),
        (
            "GET",
            "q=SUBMITTED&startIndex=0&itemsPerPage=100",
            "Re0qn6Z2BwudPY9BIETnFmMsB2eStniYtQ5tGYbUzm4=",
        ),
        ("GET", "", "NmqYNJcH7VFHGzSFiULwvz3hvjCOk6wTHGFWbptIb4g="),
        ("POST", "", "xqb6ZDBYFnaZbX+7cd/lDbXIzT/V47E42i5PiOSWsGg="),
        ("GET", FUNDS, "q40YT4+OfCD8h9/I0TT058nIosUbcH0u11inCaKkoMY="),
    ],
)
def test_the_published_signatures_are_made_and_accepted(method: str, query: str, signature: str) -> None:
    assert sign(SECRET, KEY, TIMESTAMP, NONCE, method, query) == signature
    assert fits(signed(signature), SECRET, method, query)


def test_a_value_encoded_twice_is_accepted_as_one_library_signs_it() -> None:
    twice = "iNtA2stYvmHxdGzNJoyquozG+zx2ZxBqKyGsAhhcXBU="
    assert sign(SECRET, KEY, TIMESTAMP, NONCE, "GET", FUNDS) != twice
    assert fits(signed(twice), SECRET, "GET", FUNDS)


@pytest.mark.parametrize(
    ("method", "query", "secret"),
    [
        ("POST", "inst=128807", SECRET),
        ("GET", "inst=128808", SECRET),
        ("GET", "", SECRET),
        ("GET", "inst=128807&q=x", SECRET),
        ("GET", "inst=128807", SECRET[:-1]),
    ],
)
def test_a_signature_fits_nothing_else(method: str, query: str, secret: str) -> None:
    assert not fits(signed("5O6SRig58wqm6gqEu3oSODVte6Albon9CCvNrZHCoys="), secret, method, query)


def lines(query: str) -> list[list[str]]:
    """The query lines of each text a client may have signed."""
    return [text.split("/wskey\n")[1].splitlines() for text in normalized(signed(""), "GET", query)]


def test_the_query_is_written_in_four_ways() -> None:
    assert lines("q=a+b%20c*~&inst=1&e=") == [
        ["e=", "inst=1", "q=a%20b%20c%2A~"],
        ["e=", "inst=1", "q=a%2Bb%20c%2A~"],
        ["e=", "inst=1", "q=a+b%20c*~"],
        ["inst=1", "q=a%2Bb%2520c%2A~"],
        ["inst=1", "q=a%2Bb%2520c*~"],
    ]


def test_parameters_are_sorted_by_name_and_then_by_value() -> None:
    assert lines("b=2&a=z&b=1")[0] == ["a=z", "b=1", "b=2"]
    assert lines("lone&x")[0] == ["lone=", "x="]


def test_without_parameters_there_is_one_text_alone() -> None:
    assert list(normalized(signed(""), "get", "&&")) == [
        f"{KEY}\n{TIMESTAMP}\n{NONCE}\n\nGET\nwww.oclc.org\n443\n/wskey\n"
    ]


WHOLE = f'{SCHEME} clientId="k", timestamp="1", nonce="0", signature="s+/="'


@pytest.mark.parametrize(
    "header",
    [
        WHOLE,
        WHOLE.replace(", ", ","),
        WHOLE.replace("clientId", "clientID"),
        WHOLE.replace(", ", " , "),
        f'{SCHEME} signature="s+/=",nonce="0",timestamp="1",clientId="k"',
        f'{SCHEME} clientId=k, timestamp=1, nonce=0, signature="s+/="',
        WHOLE + ', userid="x", password="a, b"',
        "  " + WHOLE + "  ",
        WHOLE.replace("http:", "https:"),
    ],
)
def test_the_header_is_read_leniently(header: str) -> None:
    assert parse(header) == Signature("k", "1", "0", "s+/=")
    assert is_signed(header)


@pytest.mark.parametrize("name", ["principalID", "principleID", "principalId"])
def test_principal_and_principle_are_the_same(name: str) -> None:
    found = parse(f'{WHOLE}, {name}="p", {name}NS="urn:x"')
    assert found is not None
    assert (found.principal_id, found.principal_ns) == ("p", "urn:x")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer tk_x",
        "apikey x",
        SCHEME,
        f'{SCHEME} clientId="k", timestamp="1", nonce="0"',
        f'{SCHEME} clientId="", timestamp="1", nonce="0", signature="s"',
        f'{SCHEME}x clientId="k", timestamp="1", nonce="0", signature="s"',
        f"{SCHEME} " + 'a="' * 2_000,
    ],
)
def test_another_header_or_half_of_one_is_none(header: str) -> None:
    assert parse(header) is None


@pytest.mark.parametrize("timestamp", ["-1", "1.5", "x", "1" * 13, "٣"])
def test_a_timestamp_is_whole_seconds(timestamp: str) -> None:
    assert Signature("k", timestamp, "0", "s").seconds is None


def test_a_strange_signature_or_query_fits_nothing() -> None:
    for query in ("%ff%fe=%zz", "a=%ED%A0%80", "=", "ключ=1"):
        assert not fits(signed("не подпись"), SECRET, "GET", query)
