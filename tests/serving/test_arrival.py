"""Who called, by which address, behind which proxies."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.serving.arrival import Arrival, Reception

BOUND = "http://127.0.0.1:8080"


def arrive(reception: Reception, peer: str = "127.0.0.1", scheme: str = "http", **headers: str) -> Arrival:
    scope: dict[str, Any] = {
        "scheme": scheme,
        "client": (peer, 5000),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    arrival = reception.see(scope)
    assert scope["client"][0] == arrival.client
    assert scope["scheme"] == arrival.scheme
    return arrival


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("localhost:8080", "http://localhost:8080"),
        ("LocalHost:8080", "http://localhost:8080"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("acq.example.org", "https://acq.example.org/base"),
        ("acq.example.org:81", "http://acq.example.org:81"),
        ("shop.lib.example", "http://shop.lib.example"),
        ("evil.example", "https://acq.example.org/base"),
        ("acq.example.org.evil.example", "https://acq.example.org/base"),
        ("lib.example", "https://acq.example.org/base"),
        ("evillib.example", "https://acq.example.org/base"),
        ("acq.example.org/<script>", "https://acq.example.org/base"),
        ("acq.example.org:80:80", "https://acq.example.org/base"),
        ("", "https://acq.example.org/base"),
    ],
)
def test_links_carry_known_hosts_only(host: str, base: str) -> None:
    reception = Reception(
        bound=BOUND, public_url="https://acq.example.org/base/", allowed_hosts=["*.lib.example"]
    )
    assert arrive(reception, host=host).base == base


def test_without_a_public_url_the_address_listened_on_is_used() -> None:
    assert arrive(Reception(bound=BOUND), host="evil.example").base == BOUND
    everyone = Reception(bound=BOUND, allowed_hosts=["*"])
    assert arrive(everyone, host="any.example:1").base == "http://any.example:1"
    assert arrive(everyone, host="any example").base == BOUND


PROXIED = {
    "host": "inner",
    "x_forwarded_for": "198.51.100.7, 203.0.113.9, 10.0.0.2",
    "x_forwarded_proto": "https",
    "x_forwarded_host": "acq.example.org",
}


def test_a_trusted_proxy_is_believed() -> None:
    reception = Reception(bound=BOUND, allowed_hosts=["acq.example.org"], trusted_proxies=["10.0.0.0/8"])
    arrival = arrive(reception, peer="10.0.0.1", **PROXIED)
    # 203.0.113.9 is the last one nobody here vouches for; what it says of others is hearsay
    assert arrival == Arrival("https://acq.example.org", "203.0.113.9", "https", False)
    assert arrive(reception, peer="::ffff:10.0.0.1", **PROXIED).client == "203.0.113.9"


def test_anybody_elses_headers_are_not() -> None:
    reception = Reception(bound=BOUND, allowed_hosts=["acq.example.org"], trusted_proxies=["10.0.0.0/8"])
    arrival = arrive(reception, peer="203.0.113.9", **PROXIED)
    assert arrival == Arrival(BOUND, "203.0.113.9", "http", False)


@pytest.mark.parametrize(
    ("said", "client"),
    [
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("unknown", "10.0.0.1"),
        ("1.2.3.4, unknown", "10.0.0.1"),
        ("", "10.0.0.1"),
        ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
    ],
)
def test_forms_of_forwarded_addresses(said: str, client: str) -> None:
    reception = Reception(bound=BOUND, trusted_proxies=["10.0.0.0/8"])
    assert arrive(reception, peer="10.0.0.1", host="localhost", x_forwarded_for=said).client == client


def test_local_calls_are_those_made_here_by_no_proxy() -> None:
    here = Reception(bound=BOUND)
    assert arrive(here, host="localhost:8080").local
    assert not arrive(here, host="localhost:8080", x_forwarded_for="127.0.0.1").local
    assert not arrive(here, host="localhost:8080", via="1.1 proxy").local
    assert not arrive(here, host="rebound.example:8080").local
    assert not arrive(Reception(bound="http://0.0.0.0:8080"), host="localhost:8080").local
    assert arrive(Reception(bound="http://[::1]:8080"), host="[::1]:8080").local
