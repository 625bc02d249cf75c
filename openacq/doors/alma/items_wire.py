"""An item as it comes in: what receiving and editing read of it. Everything else clients send back."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from openacq.doors.alma.po_line_wire import CodeText
from openacq.wire.model import UNSET, Coded, Maybe, Out, Wire


class HoldingIn(Wire):
    holding_id: Maybe[CodeText] = UNSET
    in_temp_location: Maybe[bool] = UNSET
    temp_library: Maybe[Coded] = UNSET
    temp_location: Maybe[Coded] = UNSET


class ItemDataIn(Wire):
    pid: Annotated[Maybe[str], Out()] = UNSET
    barcode: Maybe[CodeText] = UNSET
    physical_material_type: Maybe[Coded] = UNSET
    policy: Maybe[Coded] = UNSET
    expected_arrival_date: Maybe[dt.date] = UNSET
    enumeration_a: Maybe[str] = UNSET
    enumeration_b: Maybe[str] = UNSET
    enumeration_c: Maybe[str] = UNSET
    chronology_i: Maybe[str] = UNSET
    chronology_j: Maybe[str] = UNSET
    chronology_k: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    storage_location_id: Maybe[CodeText] = UNSET
    library: Maybe[Coded] = UNSET
    location: Maybe[Coded] = UNSET


class ItemIn(Wire):
    xml_root = "item"

    holding_data: Maybe[HoldingIn] = UNSET
    item_data: Maybe[ItemDataIn] = UNSET
