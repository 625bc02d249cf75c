"""Institutions, places, people and keys as other rooms see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

NO_DETAILS: Mapping[str, str] = MappingProxyType({})

AREAS = ("acq", "conf", "users", "bibs", "own")
"""What a key may open. `own` is openacq's own interface; the others are named as in Alma."""
UNLIMITED = 0
"""As `rate_limit` of a key: it is never told to wait."""


class Environment(StrEnum):
    PRODUCTION = "production"
    SANDBOX = "sandbox"


class LocationType(StrEnum):
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    REMOTE = "REMOTE"


class RecordType(StrEnum):
    PUBLIC = "PUBLIC"
    STAFF = "STAFF"
    CONTACT = "CONTACT"


class AccountType(StrEnum):
    INTERNAL = "INTERNAL"
    EXTERNAL = "EXTERNAL"
    INTEXTAUTH = "INTEXTAUTH"


class Status(StrEnum):
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


# ---------------------------------------------------------------- places


@dataclass(frozen=True, slots=True)
class Institution:
    """`currency` is its base currency, `zone` an IANA time zone, `oclc_id` its OCLC registry id."""

    id: int
    code: str
    name: str
    oclc_id: str = ""
    currency: str = "USD"
    zone: str = "UTC"
    public_url: str = ""
    environment: Environment = Environment.PRODUCTION


@dataclass(frozen=True, slots=True)
class Library:
    """`acquisition_departments` are the codes of the departments that receive for it, its own first.

    `path` is the chain of codes that names it technically: INSTITUTION.LIBRARY unless given.
    """

    id: int
    code: str
    name: str
    description: str = ""
    path: str = ""
    campus: str = ""
    campus_name: str = ""
    oclc_id: str = ""
    default_location: str = ""
    resource_sharing: bool = False
    proxy: str = ""
    acquisition_departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CircDesk:
    code: str
    name: str
    check_in: bool = True
    check_out: bool = True
    reshelve: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """A place on the shelves of a library; its code is unique inside the library only."""

    id: int
    library: str
    code: str
    name: str
    external_name: str = ""
    type: LocationType = LocationType.OPEN
    remote_storage: str = ""
    map: str = ""
    suppressed: bool = False
    fulfillment_unit: str = ""
    fulfillment_unit_name: str = ""
    call_number_type: str = ""
    accession_placement: str = ""
    circ_desks: tuple[CircDesk, ...] = ()


ACQUISITIONS = "AcqWorkOrder"
DIGITIZATION = "DIGI"


@dataclass(frozen=True, slots=True)
class Department:
    """`owner` is a library code, or the institution's code. `type` is a code of table DepartmentType.
    `operators` are primary ids."""

    id: int
    code: str
    name: str
    description: str = ""
    type: str = ACQUISITIONS
    owner: str = ""
    libraries: tuple[str, ...] = ()
    work_days: int = 0
    map: str = ""
    printer: str = ""
    email: str = ""
    phone: str = ""
    operators: tuple[str, ...] = ()
    circ_desk: str = ""

    def serves(self, library: str) -> bool:
        return self.owner == library or library in self.libraries


# ---------------------------------------------------------------- people


@dataclass(frozen=True, slots=True)
class Email:
    address: str
    preferred: bool = False
    types: tuple[str, ...] = ("work",)
    description: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """Another way to name a user: `type` is a code of UserIdentifierTypes."""

    type: str
    value: str
    note: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class RoleParameter:
    """Narrows a role, for instance to a service unit (department) of a library."""

    type: str
    scope: str
    value: str


@dataclass(frozen=True, slots=True)
class Role:
    """`type` is a code of HFrUserRoles.roleType; `scope` a library, or the institution's code."""

    type: str
    scope: str
    active: bool = True
    parameters: tuple[RoleParameter, ...] = ()


@dataclass(frozen=True, slots=True)
class User:
    id: int
    primary_id: str
    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    record_type: RecordType = RecordType.PUBLIC
    account_type: AccountType = AccountType.INTERNAL
    status: Status = Status.ACTIVE
    status_date: date | None = None
    user_group: str = ""
    language: str = ""
    job_description: str = ""
    external_id: str = ""
    expiry_date: date | None = None
    emails: tuple[Email, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    roles: tuple[Role, ...] = ()
    created: datetime | None = None
    modified: datetime | None = None

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name) if part)

    @property
    def email(self) -> str:
        """Where letters go: the preferred address, else the first, else ""."""
        for address in self.emails:
            if address.preferred:
                return address.address
        return self.emails[0].address if self.emails else ""

    def has_role(self, *types: str, library: str = "", institution: str = "") -> bool:
        """Whether an active role of one of these types holds, for this library if one is named.

        A role of the institution's scope holds for every library.
        """
        if self.status is not Status.ACTIVE:
            return False
        return any(
            role.active and role.type in types and (not library or role.scope in (library, institution))
            for role in self.roles
        )


@dataclass(frozen=True, slots=True)
class UserPage:
    """A page of users, and how many there are."""

    users: tuple[User, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in to the pages: who, where, since when."""

    institution: int
    id: int
    user: User
    zone: str
    created: datetime
    used: datetime


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list's query kept under a name: the visitor's `own`, or one `owner` shares with the institution."""

    id: int
    name: str
    query: str
    shared: bool = False
    own: bool = True
    owner: str = ""


# ---------------------------------------------------------------- keys


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the institution and what the key may do there.

    `areas` holds ("acq", "read") and ("acq", "write"); write brings read with it. `vendor`, `funds`
    and `libraries` narrow what is seen (None: not narrowed). `rate_limit` is calls per second: None
    the server's default, 0 no limit. `demo` keys are known to everyone and good on loopback only.
    `principal_id` is the row of the principal a WSKey acts for.
    """

    institution: int
    key_id: int
    name: str
    zone: str = "UTC"
    environment: str = Environment.PRODUCTION
    areas: frozenset[tuple[str, str]] = frozenset()
    vendor: str | None = None
    funds: frozenset[str] | None = None
    libraries: frozenset[str] | None = None
    rate_limit: int | None = None
    demo: bool = False
    principal_id: int | None = None

    def may(self, area: str, *, write: bool = False) -> bool:
        return (area, "write" if write else "read") in self.areas

    def sees_library(self, code: str) -> bool:
        return self.libraries is None or code in self.libraries

    def sees_fund(self, code: str) -> bool:
        return self.funds is None or code in self.funds


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it may be shown: `prefix` instead of the secret. `areas`: area → "read" or "write"."""

    id: int
    name: str
    prefix: str
    areas: Mapping[str, str] = field(default_factory=lambda: NO_DETAILS)
    environment: Environment = Environment.PRODUCTION
    vendor: str | None = None
    funds: tuple[str, ...] | None = None
    libraries: tuple[str, ...] | None = None
    rate_limit: int | None = None
    demo: bool = False
    created: datetime | None = None
    revoked: datetime | None = None
    last_used: datetime | None = None

    @property
    def masked(self) -> str:
        return f"{self.prefix}…"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made, with its secret. This is the only time the secret can be read."""

    key: ApiKey
    secret: str

    def __repr__(self) -> str:
        return f"NewKey({self.key!r}, secret='{self.key.masked}')"
