"""Configuration objects as Alma's JSON and XML write them: general, places, code tables."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from openacq.wire.model import UNSET, Attr, Coded, Link, Linked, Maybe, Wire, Wrapped

Total = Annotated[Maybe[int], Attr()]

# -- general ----------------------------------------------------------------------------------


class Digital(Wire):
    """Where Alma keeps digital files. This server keeps none; the members are there and empty."""

    bucket: Maybe[str] = UNSET
    region: Maybe[str] = UNSET
    ingest_url: Maybe[str] = UNSET
    delivery_url: Maybe[str] = UNSET


class General(Wire):
    xml_root = "general"

    institution: Maybe[Coded] = UNSET
    alma_url: Maybe[str] = UNSET
    environment_type: Maybe[str] = UNSET
    digital: Maybe[Digital] = UNSET


# -- libraries --------------------------------------------------------------------------------


class Library(Wire):
    xml_root = "library"

    link: Link = UNSET
    code: Maybe[str] = UNSET
    id: Maybe[str] = UNSET
    path: Maybe[str] = UNSET
    name: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    resource_sharing: Maybe[bool] = UNSET
    campus: Maybe[Coded] = UNSET
    proxy: Maybe[str] = UNSET
    default_location: Maybe[Coded] = UNSET
    number_of_locations: Maybe[Linked] = UNSET
    number_of_circ_desks: Maybe[Linked] = UNSET


class Libraries(Wire):
    xml_root = "libraries"

    library: Maybe[list[Library]] = UNSET
    total_record_count: Total = UNSET


# -- locations and circulation desks ----------------------------------------------------------


class DeskOfLocation(Wire):
    circ_desk_code: Maybe[str] = UNSET
    circ_desk_name: Maybe[str] = UNSET
    circulation_desk_link: Maybe[str] = UNSET
    check_in: Maybe[bool] = UNSET
    check_out: Maybe[bool] = UNSET
    reshelve: Maybe[bool] = UNSET
    link: Link = UNSET


class Location(Wire):
    """`suppress_from_publishing` is text in Alma, not a boolean."""

    xml_root = "location"

    link: Link = UNSET
    code: Maybe[str] = UNSET
    id: Maybe[str] = UNSET
    name: Maybe[str] = UNSET
    external_name: Maybe[str] = UNSET
    type: Maybe[Coded] = UNSET
    remote_storage: Maybe[str] = UNSET
    map: Maybe[str] = UNSET
    suppress_from_publishing: Maybe[str] = UNSET
    fulfillment_unit: Maybe[Coded] = UNSET
    circ_desk: Annotated[Maybe[list[DeskOfLocation]], Wrapped("circ_desks", "circ_desk")] = UNSET
    accession_placement: Maybe[Coded] = UNSET
    call_number_type: Maybe[Coded] = UNSET


class Locations(Wire):
    xml_root = "locations"

    location: Maybe[list[Location]] = UNSET
    total_record_count: Total = UNSET


class LocationOfDesk(Wire):
    location_code: Maybe[str] = UNSET
    location_name: Maybe[str] = UNSET
    location_type: Maybe[Coded] = UNSET
    check_in: Maybe[bool] = UNSET
    check_out: Maybe[bool] = UNSET
    reshelve: Maybe[bool] = UNSET
    link: Link = UNSET


class CircDesk(Wire):
    xml_root = "circ_desk"

    link: Link = UNSET
    code: Maybe[str] = UNSET
    name: Maybe[str] = UNSET
    location: Annotated[Maybe[list[LocationOfDesk]], Wrapped("locations", "location")] = UNSET


class CircDesks(Wire):
    xml_root = "circ_desks"

    circ_desk: Maybe[list[CircDesk]] = UNSET
    total_record_count: Total = UNSET


# -- departments ------------------------------------------------------------------------------


class DepartmentEmail(Wire):
    email_address: Maybe[str] = UNSET
    preferred: Annotated[Maybe[bool], Attr()] = UNSET


class DepartmentPhone(Wire):
    phone_number: Maybe[str] = UNSET
    preferred: Annotated[Maybe[bool], Attr()] = UNSET


class DepartmentContact(Wire):
    email: Annotated[Maybe[list[DepartmentEmail]], Wrapped("emails", "email")] = UNSET
    phone: Annotated[Maybe[list[DepartmentPhone]], Wrapped("phones", "phone")] = UNSET


class Operator(Wire):
    link: Link = UNSET
    primary_id: Maybe[str] = UNSET
    full_name: Maybe[str] = UNSET


class Department(Wire):
    code: Maybe[str] = UNSET
    name: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    type: Maybe[Coded] = UNSET
    work_days: Maybe[int] = UNSET
    map: Maybe[str] = UNSET
    printer: Maybe[Coded] = UNSET
    owner: Maybe[Coded] = UNSET
    library: Annotated[Maybe[list[Coded]], Wrapped("served_libraries", "library")] = UNSET
    contact_info: Maybe[DepartmentContact] = UNSET
    operator: Annotated[Maybe[list[Operator]], Wrapped("operators", "operator")] = UNSET
    circ_desk: Maybe[Coded] = UNSET


class Departments(Wire):
    xml_root = "departments"

    department: Maybe[list[Department]] = UNSET
    total_record_count: Total = UNSET


# -- code tables ------------------------------------------------------------------------------


class Scope(Wire):
    institution_id: Maybe[Coded] = UNSET
    library_id: Maybe[Coded] = UNSET


class CodeRow(Wire):
    code: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    default: Maybe[bool] = UNSET
    enabled: Maybe[bool] = UNSET
    updated_by: Maybe[str] = UNSET
    update_date: Maybe[dt.date] = UNSET


class CodeTable(Wire):
    xml_root = "code_table"

    link: Link = UNSET
    name: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    sub_system: Maybe[Coded] = UNSET
    patron_facing: Maybe[bool] = UNSET
    updated_by: Maybe[str] = UNSET
    update_date: Maybe[dt.date] = UNSET
    language: Maybe[Coded] = UNSET
    scope: Maybe[Scope] = UNSET
    row: Annotated[Maybe[list[CodeRow]], Wrapped("rows", "row")] = UNSET


class CodeTables(Wire):
    xml_root = "code_tables"

    code_table: Maybe[list[CodeTable]] = UNSET
    total_record_count: Total = UNSET
