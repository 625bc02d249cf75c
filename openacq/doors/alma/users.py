"""`/users/{user_id}`: a person by any identifier. A vendor's key sees no people."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from urllib.parse import quote

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.directory.model import Email as EmailCard
from openacq.directory.model import Identifier, Role, User
from openacq.doors.alma import listing
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx
from openacq.wire.model import UNSET, Attr, Coded, Link, Maybe, Wire, Wrapped

INTERNAL = "Internal"
"""The segment of data kept by the library itself (not loaded from a student information system)."""
ID_TYPES = ("all_unique", "primary_id", "user_name")


class UserEmail(Wire):
    email_address: Maybe[str] = UNSET
    description: Maybe[str | None] = UNSET
    preferred: Annotated[Maybe[bool], Attr()] = UNSET
    segment_type: Annotated[Maybe[str], Attr()] = UNSET
    email_type: Annotated[Maybe[list[Coded]], Wrapped("email_types", "email_type")] = UNSET


class UserAddress(Wire):
    """Kept for its place: this server keeps no addresses and phone numbers of people."""

    line1: Maybe[str] = UNSET


class UserPhone(Wire):
    phone_number: Maybe[str] = UNSET


class UserContact(Wire):
    address: Annotated[Maybe[list[UserAddress]], Wrapped("addresses", "address")] = UNSET
    email: Annotated[Maybe[list[UserEmail]], Wrapped("emails", "email")] = UNSET
    phone: Annotated[Maybe[list[UserPhone]], Wrapped("phones", "phone")] = UNSET


class UserIdentifier(Wire):
    value: Maybe[str] = UNSET
    id_type: Maybe[Coded] = UNSET
    note: Maybe[str | None] = UNSET
    status: Maybe[str] = UNSET
    segment_type: Annotated[Maybe[str], Attr()] = UNSET


class UserRoleParameter(Wire):
    type: Maybe[Coded] = UNSET
    scope: Maybe[Coded] = UNSET
    value: Maybe[Coded] = UNSET


class UserRole(Wire):
    status: Maybe[Coded] = UNSET
    scope: Maybe[Coded] = UNSET
    role_type: Maybe[Coded] = UNSET
    parameter: Annotated[Maybe[list[UserRoleParameter]], Wrapped("parameters", "parameter")] = UNSET


class Entry(Wire):
    """Blocks, notes, statistics, proxies: lists this server always answers empty."""

    value: Maybe[str] = UNSET


class UserRecord(Wire):
    """Members stand in the order of Alma's answers; those this server has no use for are empty."""

    xml_root = "user"

    record_type: Maybe[Coded] = UNSET
    primary_id: Maybe[str] = UNSET
    first_name: Maybe[str] = UNSET
    middle_name: Maybe[str] = UNSET
    last_name: Maybe[str] = UNSET
    full_name: Maybe[str] = UNSET
    user_title: Maybe[Coded] = UNSET
    job_category: Maybe[Coded] = UNSET
    job_description: Maybe[str] = UNSET
    gender: Maybe[Coded] = UNSET
    user_group: Maybe[Coded] = UNSET
    campus_code: Maybe[Coded] = UNSET
    web_site_url: Maybe[str] = UNSET
    preferred_language: Maybe[Coded] = UNSET
    expiry_date: Maybe[dt.date] = UNSET
    account_type: Maybe[Coded] = UNSET
    external_id: Maybe[str] = UNSET
    password: Maybe[str] = UNSET
    force_password_change: Maybe[str] = UNSET
    status: Maybe[Coded] = UNSET
    status_date: Maybe[dt.date] = UNSET
    requests: Maybe[str | None] = UNSET
    loans: Maybe[str | None] = UNSET
    fees: Maybe[str | None] = UNSET
    contact_info: Maybe[UserContact] = UNSET
    pref_first_name: Maybe[str] = UNSET
    pref_middle_name: Maybe[str] = UNSET
    pref_last_name: Maybe[str] = UNSET
    pref_name_suffix: Maybe[str] = UNSET
    is_researcher: Maybe[bool] = UNSET
    link: Link = UNSET
    user_identifier: Annotated[
        Maybe[list[UserIdentifier]], Wrapped("user_identifiers", "user_identifier")
    ] = UNSET
    user_role: Annotated[Maybe[list[UserRole]], Wrapped("user_roles", "user_role")] = UNSET
    user_block: Annotated[Maybe[list[Entry]], Wrapped("user_blocks", "user_block")] = UNSET
    user_note: Annotated[Maybe[list[Entry]], Wrapped("user_notes", "user_note")] = UNSET
    user_statistic: Annotated[Maybe[list[Entry]], Wrapped("user_statistics", "user_statistic")] = UNSET
    proxy_for_user: Annotated[Maybe[list[Entry]], Wrapped("proxy_for_users", "proxy_for_user")] = UNSET


def answer_user(ask: Ask) -> Reply:
    """`user_id_type` all_unique (default), primary_id or an identifier type; `view` full or brief."""
    ask.private = True
    brief = listing.choice(ask.params, "view", "full", ("full", "brief")) == "brief"

    def work(tx: Tx) -> UserRecord:
        type_ = id_type(tx, ask)
        user = directory.user_by_any_id(tx, ask.path["user"], type_)
        if user is None:
            raise Refusal(Problem("user_not_found", "user", ask.path["user"], type=type_))
        return wire_user(tx, ask, user, brief=brief)

    return Reply(ask.read(work))


def id_type(tx: Tx, ask: Ask) -> str:
    """The parameter `user_id_type`: how the user of the path is named. Refused parameter_invalid."""
    asked = ask.params.get("user_id_type", "").strip() or ID_TYPES[0]
    types = codes.known_table(tx, "UserIdentifierTypes")
    known = (*ID_TYPES, *types.by_code)
    for name in known:
        if name == asked or name.casefold() == asked.casefold():
            return name
    raise Refusal(Problem("parameter_invalid", "user_id_type", asked, valid=", ".join(known)))


def wire_user(tx: Tx, ask: Ask, user: User, *, brief: bool = False) -> UserRecord:
    """The wire object of a user; `brief` leaves out roles, blocks and notes."""
    nothing = Coded(value="", desc="")
    return UserRecord(
        record_type=_coded(tx, "UserRecordType", user.record_type.value),
        primary_id=user.primary_id,
        first_name=user.first_name,
        middle_name=user.middle_name,
        last_name=user.last_name,
        full_name=user.full_name,
        user_title=nothing,
        job_category=nothing,
        job_description=user.job_description,
        gender=nothing,
        user_group=_coded(tx, "UserGroups", user.user_group),
        campus_code=nothing,
        web_site_url="",
        preferred_language=_coded(tx, "UserPreferredLanguage", user.language),
        expiry_date=user.expiry_date or UNSET,
        account_type=_coded(tx, "UserAccountType", user.account_type.value),
        external_id=user.external_id,
        password="",
        force_password_change="",
        status=_coded(tx, "ContentStructureStatus", user.status.value),
        status_date=user.status_date or UNSET,
        requests=None,
        loans=None,
        fees=None,
        contact_info=UserContact(
            address=UNSET if brief else [],
            email=[_email(tx, email) for email in user.emails],
            phone=UNSET if brief else [],
        ),
        pref_first_name="",
        pref_middle_name="",
        pref_last_name="",
        pref_name_suffix="",
        is_researcher=False,
        link=ask.link(f"/users/{quote(user.primary_id, safe='')}"),
        user_identifier=[_identifier(tx, identifier) for identifier in user.identifiers],
        user_role=UNSET if brief else [_role(tx, role) for role in user.roles],
        user_block=UNSET if brief else [],
        user_note=UNSET if brief else [],
        user_statistic=[],
        proxy_for_user=UNSET if brief else [],
    )


def _email(tx: Tx, email: EmailCard) -> UserEmail:
    return UserEmail(
        email_address=email.address,
        description=email.description or None,
        preferred=email.preferred,
        segment_type=INTERNAL,
        email_type=[_coded(tx, "UserEmailTypes", type_) for type_ in email.types],
    )


def _identifier(tx: Tx, identifier: Identifier) -> UserIdentifier:
    return UserIdentifier(
        value=identifier.value,
        id_type=_coded(tx, "UserIdentifierTypes", identifier.type),
        note=identifier.note or None,
        status="ACTIVE" if identifier.active else "INACTIVE",
        segment_type=INTERNAL,
    )


def _role(tx: Tx, role: Role) -> UserRole:
    return UserRole(
        status=_coded(tx, "ContentStructureStatus", "ACTIVE" if role.active else "INACTIVE"),
        scope=_scope(tx, role.scope),
        role_type=_coded(tx, "HFrUserRoles.roleType", role.type),
        parameter=[
            UserRoleParameter(
                type=Coded(value=parameter.type, desc=None),
                scope=_scope(tx, parameter.scope),
                value=_parameter(tx, parameter.value),
            )
            for parameter in role.parameters
        ],
    )


def _scope(tx: Tx, code: str) -> Coded:
    library = directory.library(tx, code)
    if library is not None:
        return Coded(value=code, desc=library.name)
    institution = directory.institution(tx)
    return Coded(value=code, desc=institution.name if code == institution.code else None)


def _parameter(tx: Tx, value: str) -> Coded:
    """What narrows a role: mostly the code of a department."""
    department = directory.department(tx, value)
    return Coded(value=value, desc=department.name if department else None)


def _coded(tx: Tx, table: str, code: str) -> Coded:
    return Coded(value=code, desc=codes.describe(tx, table, code) if code else "")


ROUTES = (Route("GET", "/users/{user}", "users", answer_user, open_to_vendors=False),)
