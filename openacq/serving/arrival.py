"""Where a call really comes from and by which address it asked.

A proxy's headers are believed only when the connection comes from a trusted one. The host asked
for goes into links only when it is known; else the public URL is used. So nobody can have the
server print an address of his choosing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]

ARRIVAL = "openacq.arrival"
"""Under this name the arrival lies in the scope."""

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?")
_FORWARDED = frozenset(
    {b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"via"}
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """`base` is "https://host" for links; `client` the address of the caller, as far as proxies can be
    believed; `local` says that the call was made on this machine, to this machine, by no proxy."""

    base: str
    client: str
    scheme: str
    local: bool


class Reception:
    """Looks at every call first. `bound` is the address listened on ("http://127.0.0.1:8080")."""

    def __init__(
        self,
        *,
        bound: str,
        public_url: str = "",
        allowed_hosts: Iterable[str] = (),
        trusted_proxies: Iterable[str] = (),
    ) -> None:
        self._bound = bound
        self._fallback = public_url.rstrip("/") or bound
        bound_host = host_name(urlsplit(bound).netloc)
        self._bound_to_loopback = bound_host in LOOPBACK_NAMES or bound_host.startswith("127.")
        self._public_host = urlsplit(public_url).netloc.lower() if public_url else ""
        names = [*LOOPBACK_NAMES, bound_host, *(name.lower() for name in allowed_hosts)]
        if public_url:
            names.append(host_name(urlsplit(public_url).netloc))
        self._every_name = "*" in names
        self._names = frozenset(name for name in names if not name.startswith("*"))
        self._endings = tuple(name[1:] for name in names if name.startswith("*."))
        self._networks = tuple(ip_network(network) for network in trusted_proxies)
        self._trusts = lru_cache(1024)(self._in_networks)

    def see(self, scope: Scope) -> Arrival:
        """The arrival of a call; it is put into the scope, whose `client` and `scheme` are set right."""
        host = ""
        forwarded: dict[bytes, str] = {}
        for name, value in scope["headers"]:
            if name == b"host":
                host = value.decode("latin-1")
            elif name in _FORWARDED:
                # of several lines the values belong in one list, in order
                earlier = forwarded.get(name)
                text = value.decode("latin-1")
                forwarded[name] = f"{earlier},{text}" if earlier else text
        peer = scope["client"][0] if scope.get("client") else ""
        scheme, client = scope["scheme"], peer
        if forwarded and self._networks and self._trusts(peer):
            client, scheme, host = self._forwarded(forwarded, peer, scheme, host)
            scope["client"], scope["scheme"] = (client, 0), scheme
        host = host.lower()
        local = self._bound_to_loopback and not forwarded and host_name(host) in LOOPBACK_NAMES
        known = host != self._public_host and self.knows(host)
        base = f"{scheme}://{host}" if known else self._fallback
        arrival = scope[ARRIVAL] = Arrival(base, client, scheme, local)
        return arrival

    def knows(self, host: str) -> bool:
        """Whether links may carry this host ("acq.example.org:8080", lower case)."""
        form = _HOST.fullmatch(host)
        if form is None:
            return False
        name = form[1]
        return self._every_name or name in self._names or name.endswith(self._endings or ("\0",))

    def _forwarded(
        self, headers: Mapping[bytes, str], peer: str, scheme: str, host: str
    ) -> tuple[str, str, str]:
        client = peer
        for hop in reversed(headers.get(b"x-forwarded-for", "").split(",")):
            address = _address(hop)
            if not address:
                break
            client = address
            if not self._trusts(address):
                break
        said = headers.get(b"x-forwarded-proto", "").rpartition(",")[2].strip().lower()
        asked = headers.get(b"x-forwarded-host", "").rpartition(",")[2].strip()
        return client, said if said in ("http", "https") else scheme, asked or host

    def _in_networks(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(_holds(network, found) for network in self._networks)


def _holds(network: IPv4Network | IPv6Network, address: Any) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    return address in network or (mapped is not None and mapped in network)


def _address(hop: str) -> str:
    """The bare address of "203.0.113.7", "203.0.113.7:4711" or "[2001:db8::1]:4711"; "" for anything else."""
    hop = hop.strip()
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    try:
        return str(ip_address(hop))
    except ValueError:
        return ""


def host_name(host: str) -> str:
    """The name of a host without its port, in lower case."""
    form = _HOST.fullmatch(host.lower())
    return form[1] if form else ""


def base_of(scope: Scope) -> str:
    """The address links of this call begin with."""
    arrival: Arrival = scope[ARRIVAL]
    return arrival.base


def is_local(scope: Scope) -> bool:
    """Whether the call came from this machine and no proxy."""
    arrival: Arrival = scope[ARRIVAL]
    return arrival.local
