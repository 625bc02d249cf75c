"""Bibs, holdings, items and portfolios as Alma's JSON and XML write them.

A record is MARCXML without a namespace: an element `record` in XML, a text in the list `anies` in
JSON. Members of a portfolio are not published; those of the public portfolio documentation are used.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from openacq.wire.model import UNSET, Attr, Coded, Link, Linked, Maybe, RawXml, Wire, Wrapped

Total = Annotated[Maybe[int], Attr()]
Record = Annotated[Maybe[list[str]], RawXml()]


# -- bibs -------------------------------------------------------------------------------------


class Bib(Wire):
    """`suppress_*` are texts in Alma, not booleans."""

    xml_root = "bib"

    mms_id: Maybe[str] = UNSET
    record_format: Maybe[str] = UNSET
    linked_record_id: Maybe[str | None] = UNSET
    title: Maybe[str] = UNSET
    author: Maybe[str] = UNSET
    issn: Maybe[str] = UNSET
    isbn: Maybe[str] = UNSET
    complete_edition: Maybe[str] = UNSET
    network_number: Annotated[Maybe[list[str]], Wrapped("network_numbers", "network_number")] = UNSET
    place_of_publication: Maybe[str] = UNSET
    date_of_publication: Maybe[str] = UNSET
    publisher_const: Maybe[str] = UNSET
    holdings: Maybe[Linked] = UNSET
    created_by: Maybe[str] = UNSET
    created_date: Maybe[dt.date] = UNSET
    last_modified_by: Maybe[str] = UNSET
    last_modified_date: Maybe[dt.date] = UNSET
    suppress_from_publishing: Maybe[str] = UNSET
    suppress_from_external_search: Maybe[str] = UNSET
    sync_with_oclc: Maybe[str] = UNSET
    originating_system: Maybe[str] = UNSET
    originating_system_id: Maybe[str] = UNSET
    anies: Record = UNSET
    link: Link = UNSET


class Bibs(Wire):
    xml_root = "bibs"

    bib: Maybe[list[Bib]] = UNSET
    total_record_count: Total = UNSET


class BibData(Wire):
    """The title as its holdings and items name it."""

    mms_id: Maybe[str] = UNSET
    title: Maybe[str] = UNSET
    author: Maybe[str] = UNSET
    issn: Maybe[str] = UNSET
    isbn: Maybe[str] = UNSET
    complete_edition: Maybe[str] = UNSET
    network_number: Annotated[Maybe[list[str]], Wrapped("network_numbers", "network_number")] = UNSET
    place_of_publication: Maybe[str] = UNSET
    date_of_publication: Maybe[str] = UNSET
    publisher_const: Maybe[str] = UNSET
    link: Link = UNSET


# -- holdings ---------------------------------------------------------------------------------


class HoldingInList(Wire):
    holding_id: Maybe[str] = UNSET
    library: Maybe[Coded] = UNSET
    location: Maybe[Coded] = UNSET
    call_number: Maybe[str] = UNSET
    accession_number: Maybe[str] = UNSET
    suppress_from_publishing: Maybe[str] = UNSET
    link: Link = UNSET


class Holdings(Wire):
    xml_root = "holdings"

    holding: Maybe[list[HoldingInList]] = UNSET
    bib_data: Maybe[BibData] = UNSET
    total_record_count: Total = UNSET


class Holding(Wire):
    xml_root = "holding"

    holding_id: Maybe[str] = UNSET
    created_by: Maybe[str] = UNSET
    created_date: Maybe[dt.date] = UNSET
    last_modified_by: Maybe[str] = UNSET
    last_modified_date: Maybe[dt.date] = UNSET
    suppress_from_publishing: Maybe[str] = UNSET
    calculated_suppress_from_publishing: Maybe[str] = UNSET
    originating_system: Maybe[str] = UNSET
    originating_system_id: Maybe[str] = UNSET
    anies: Record = UNSET
    link: Link = UNSET


# -- items ------------------------------------------------------------------------------------


class HoldingData(Wire):
    holding_id: Maybe[str] = UNSET
    call_number_type: Maybe[Coded] = UNSET
    call_number: Maybe[str] = UNSET
    accession_number: Maybe[str] = UNSET
    copy_id: Maybe[str] = UNSET
    in_temp_location: Maybe[bool] = UNSET
    temp_library: Maybe[Coded] = UNSET
    temp_location: Maybe[Coded] = UNSET
    temp_call_number_type: Maybe[Coded] = UNSET
    temp_call_number: Maybe[str] = UNSET
    temp_policy: Maybe[Coded] = UNSET
    link: Link = UNSET


class ItemData(Wire):
    pid: Maybe[str] = UNSET
    barcode: Maybe[str] = UNSET
    creation_date: Maybe[dt.date] = UNSET
    modification_date: Maybe[dt.date] = UNSET
    base_status: Maybe[Coded] = UNSET
    physical_material_type: Maybe[Coded] = UNSET
    policy: Maybe[Coded] = UNSET
    provenance: Maybe[Coded] = UNSET
    po_line: Maybe[str] = UNSET
    is_magnetic: Maybe[bool] = UNSET
    arrival_date: Maybe[dt.date] = UNSET
    expected_arrival_date: Maybe[dt.date] = UNSET
    enumeration_a: Maybe[str] = UNSET
    enumeration_b: Maybe[str] = UNSET
    enumeration_c: Maybe[str] = UNSET
    chronology_i: Maybe[str] = UNSET
    chronology_j: Maybe[str] = UNSET
    chronology_k: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    receiving_operator: Maybe[str] = UNSET
    process_type: Maybe[Coded] = UNSET
    library: Maybe[Coded] = UNSET
    location: Maybe[Coded] = UNSET
    alternative_call_number: Maybe[str] = UNSET
    storage_location_id: Maybe[str] = UNSET
    inventory_number: Maybe[str] = UNSET
    inventory_price: Maybe[str] = UNSET
    public_note: Maybe[str] = UNSET
    fulfillment_note: Maybe[str] = UNSET
    internal_note_1: Maybe[str] = UNSET
    internal_note_2: Maybe[str] = UNSET
    internal_note_3: Maybe[str] = UNSET


class Item(Wire):
    xml_root = "item"

    bib_data: Maybe[BibData] = UNSET
    holding_data: Maybe[HoldingData] = UNSET
    item_data: Maybe[ItemData] = UNSET
    additional_info: Maybe[str] = UNSET
    link: Link = UNSET


class Items(Wire):
    xml_root = "items"

    item: Maybe[list[Item]] = UNSET
    total_record_count: Total = UNSET


# -- portfolios -------------------------------------------------------------------------------


class PortfolioTitle(Wire):
    mms_id: Maybe[Linked] = UNSET
    title: Maybe[str] = UNSET
    author: Maybe[str] = UNSET
    issn: Maybe[str] = UNSET
    isbn: Maybe[str] = UNSET
    publisher: Maybe[str] = UNSET


class PortfolioCollection(Wire):
    id: Maybe[str] = UNSET
    name: Maybe[str] = UNSET


class LinkingDetails(Wire):
    url: Maybe[str] = UNSET
    static_url: Maybe[str] = UNSET


class Portfolio(Wire):
    xml_root = "portfolio"

    id: Maybe[str] = UNSET
    is_local: Maybe[bool] = UNSET
    is_standalone: Maybe[bool] = UNSET
    resource_metadata: Maybe[PortfolioTitle] = UNSET
    electronic_collection: Maybe[PortfolioCollection] = UNSET
    availability: Maybe[Coded] = UNSET
    material_type: Maybe[Coded] = UNSET
    linking_details: Maybe[LinkingDetails] = UNSET
    coverage: Maybe[str] = UNSET
    access_provider: Maybe[str] = UNSET
    license: Maybe[Coded] = UNSET
    public_note: Maybe[str] = UNSET
    created_date: Maybe[dt.date] = UNSET
    last_modified_date: Maybe[dt.date] = UNSET
    link: Link = UNSET


class Portfolios(Wire):
    xml_root = "portfolios"

    portfolio: Maybe[list[Portfolio]] = UNSET
    total_record_count: Total = UNSET
