"""WSKeys, principals and tokens as other rooms see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from openacq.directory.model import Caller

ACQUISITIONS_SCOPE = "WMS_ACQ"
VENDORS_SCOPE = "WMS_VIC"
SCOPES = (ACQUISITIONS_SCOPE, VENDORS_SCOPE)
"""The services a WSKey may be for: orders and funds; vendors."""
AREA_OF_SCOPE = {ACQUISITIONS_SCOPE: "acq", VENDORS_SCOPE: "vic"}


class JsonDialect(StrEnum):
    """What `Accept: application/json` gets: entries as of 2012, plain objects, or what the server says."""

    SERVER = ""
    ATOM = "atom"
    PLAIN = "plain"


class PrincipalAccess(StrEnum):
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class WsKey:
    """A WSKey without its secret. `client` is the key itself, by which clients name it; `redirects` are the
    addresses people who let it act for them are sent back to."""

    id: int
    name: str
    client: str
    scopes: tuple[str, ...] = SCOPES
    json: JsonDialect = JsonDialect.SERVER
    redirects: tuple[str, ...] = ()
    rate_limit: int | None = None
    demo: bool = False
    created: datetime | None = None
    revoked: datetime | None = None
    last_used: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewWsKey:
    """A WSKey just made, with its secret: the only time it is shown."""

    key: WsKey
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody a client may act for: `principal` and `namespace` are principalID and principalIDNS, `user`
    the primary id of the member of staff ("" for nobody in particular)."""

    id: int
    principal: str
    namespace: str
    user: str = ""
    access: PrincipalAccess = PrincipalAccess.WRITE
    active: bool = True

    @property
    def writes(self) -> bool:
        return self.access is PrincipalAccess.WRITE


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A WSKey that was recognised: whose it is, and its secret."""

    key: WsKey
    institution: int
    zone: str
    oclc_id: str
    secret: str = field(default="", repr=False)

    def caller(self, principal: Principal | None = None, scopes: tuple[str, ...] | None = None) -> Caller:
        """Who calls: the key, acting for the principal, with its scopes or with those of a token."""
        areas = {AREA_OF_SCOPE[scope] for scope in scopes or self.key.scopes if scope in AREA_OF_SCOPE}
        ways = ("read", "write") if principal is None or principal.writes else ("read",)
        person = "" if principal is None else principal.user or principal.principal
        return Caller(
            institution=self.institution,
            key_id=self.key.id,
            name=f"{person} ({self.key.name})" if person else self.key.name,
            zone=self.zone,
            areas=frozenset((area, way) for area in areas for way in ways),
            rate_limit=self.key.rate_limit,
            demo=self.key.demo,
            principal_id=None if principal is None else principal.id,
        )


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token that was recognised; `principal` and `namespace` are "" when it was given to the key alone."""

    known: KnownKey
    scopes: tuple[str, ...]
    expires: datetime
    refreshes: bool
    principal: str = ""
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """Tokens just given out; `refresh` is "" when none was asked for."""

    access: str = field(repr=False)
    expires: datetime
    refresh: str = field(default="", repr=False)
    refresh_expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh token or an authorization code brought, and for what and whom it was given."""

    issued: Issued
    scopes: tuple[str, ...]
    principal: str = ""
    namespace: str = ""
