"""A WorldShare client as the tests play it: it signs by the public description, not by the server's code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote_plus

import httpx
from lxml import etree

from openacq.directory import service as directory
from openacq.directory.service import JsonDialect, WsKeyWish
from openacq.store.seals import Seals, new_key
from openacq.store.tx import Tx
from tests.ordering.world import World
from tests.serving_fixture import Server

ATOM_XML = "application/atom+xml"
ATOM_JSON = "application/atom+json"
XML = "application/xml"
JSON = "application/json"
PRINCIPAL = ("principal-1", "urn:oclc:wms:da")
READER = ("reader-1", "urn:oclc:wms:da")

_numbers = itertools.count(1)


def signature(secret: str, key: str, timestamp: str, nonce: str, method: str, query: str) -> str:
    """As the public description says: lines of key, time, nonce, nothing, method, and the sorted query."""
    lines = [key, timestamp, nonce, "", method, "www.oclc.org", "443", "/wskey"]
    pairs = []
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        pairs.append((_encoded(name), _encoded(value)))
    lines += [f"{name}={value}" for name, value in sorted(pairs)]
    text = "".join(f"{line}\n" for line in lines)
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _encoded(text: str) -> str:
    return quote(unquote_plus(text), safe="-._~")


@dataclass(frozen=True)
class Client:
    """A client with a WSKey. `nonce` and `shift` (seconds) are for those that sign oddly."""

    server: Server
    world: World
    key: str
    secret: str = field(repr=False)
    principal: tuple[str, str] | None = PRINCIPAL
    accept: str | None = ATOM_XML
    nonce: str = ""
    shift: int = 0

    def but(self, **changes: Any) -> Client:
        return replace(self, **changes)

    def authorization(self, method: str, query: str) -> str:
        timestamp = str(int(self.server.store.clock.now().timestamp()) + self.shift)
        nonce = self.nonce or f"{next(_numbers):08x}"
        made = signature(self.secret, self.key, timestamp, nonce, method, query)
        words = f'clientId="{self.key}", timestamp="{timestamp}", nonce="{nonce}", signature="{made}"'
        if self.principal:
            words += f', principalID="{self.principal[0]}", principalIDNS="{self.principal[1]}"'
        return f"http://www.worldcat.org/wskey/v2/hmac/v1 {words}"

    def call(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        *,
        sends: str = ATOM_XML,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One signed call; `path` with its query as it goes over the wire."""
        sent = {"Authorization": self.authorization(method, path.partition("?")[2])}
        if self.accept is not None:
            sent["Accept"] = self.accept
        if body is not None:
            sent["Content-Type"] = sends
        sent.update(headers or {})
        with httpx.Client(timeout=60) as http:
            return http.request(method, self.server.url + path, content=body, headers=sent)

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self.call("GET", path, **how)


def new_client(server: Server, *, oclc_id: str = "", **wish: Any) -> Client:
    """A client of a library of its own, with the registers of `tests.ordering.world`."""
    return client_of(server, server.new_world(), oclc_id=oclc_id, **wish)


def client_of(server: Server, world: World, *, oclc_id: str = "", **wish: Any) -> Client:
    """One more client of a library; its principals are one who writes and one who reads."""
    if not server.store.seals.ready():
        server.store.seals = Seals(new_key())
    number = next(_numbers)
    dialect = JsonDialect(wish.pop("json", "atom"))
    wanted = WsKeyWish(**{"name": f"client {number}", "json": dialect, "rate_limit": 0, **wish})

    def work(tx: Tx) -> directory.NewWsKey:
        card = directory.institution(tx)
        directory.put_institution(tx, replace(card, oclc_id=oclc_id or card.oclc_id or str(900_000 + number)))
        rows: list[dict[str, object]] = [
            {"principal_id": PRINCIPAL[0], "principal_idns": PRINCIPAL[1]},
            {"principal_id": READER[0], "principal_idns": READER[1], "access": "read"},
        ]
        assert not [v for v in directory.load(tx, "principal", rows) if v.outcome == "refused"]
        return directory.create_wskey(tx, wanted)

    made = world.write(work)
    return Client(server, world, made.key.client, made.secret)


def oclc_id(client: Client) -> str:
    card = client.world.read(directory.institution)
    found: str = card.oclc_id
    return found


@dataclass(frozen=True)
class Told:
    """An error document, whichever format it came in."""

    code: str
    type: str
    message: str
    detail: str


def error(answer: httpx.Response) -> Told:
    """What an error says; its form is checked on the way."""
    if "json" in answer.headers["content-type"]:
        told = answer.json()
        assert set(told) - {"error", "error_description"} == {"code", "message", "detail", "details"}
        assert told["detail"] == told["details"]
        return Told(told["code"]["value"], told["code"]["type"], told["message"], told["detail"])
    assert answer.headers["content-type"] == "application/xml;charset=UTF-8"
    root: Any = etree.fromstring(answer.content)
    assert [child.tag for child in root] == ["code", "message", "detail"]
    assert root.tag == "error"
    return Told(
        root.findtext("code") or "",
        root.find("code").get("type"),
        root.findtext("message") or "",
        root.findtext("detail") or "",
    )
