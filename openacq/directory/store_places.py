"""SQL of libraries, locations and departments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from openacq.directory.model import ACQUISITIONS, CircDesk, Department, Library, Location, LocationType
from openacq.directory.tables import departments, libraries, locations
from openacq.store import Tx

_LIBRARIES = (
    select(*(column for column in libraries.c if column.name != "institution"))
    .where(libraries.c.institution == bindparam("institution"))
    .order_by(libraries.c.code)
)
_ADD_LIBRARY = insert(libraries)
_CHANGE_LIBRARY = update(libraries).where(
    libraries.c.institution == bindparam("of"), libraries.c.id == bindparam("of_id")
)

_LOCATIONS = (
    select(
        libraries.c.code.label("library"),
        *(column for column in locations.c if column.name not in ("institution", "library_id")),
    )
    .join(
        libraries,
        and_(libraries.c.institution == locations.c.institution, libraries.c.id == locations.c.library_id),
    )
    .where(locations.c.institution == bindparam("institution"))
    .order_by(libraries.c.code, locations.c.code)
)
_ADD_LOCATION = insert(locations)
_CHANGE_LOCATION = update(locations).where(
    locations.c.institution == bindparam("of"), locations.c.id == bindparam("of_id")
)

_DEPARTMENTS = (
    select(*(column for column in departments.c if column.name != "institution"))
    .where(departments.c.institution == bindparam("institution"))
    .order_by(departments.c.code)
)
_ADD_DEPARTMENT = insert(departments)
_CHANGE_DEPARTMENT = update(departments).where(
    departments.c.institution == bindparam("of"), departments.c.id == bindparam("of_id")
)


# -- libraries --------------------------------------------------------------------------------


def all_libraries(tx: Tx) -> Mapping[str, Library]:
    """By code, in the order of codes, each with its acquisition departments."""
    receiving = [department for department in all_departments(tx).values() if department.type == ACQUISITIONS]
    found: dict[str, Library] = {}
    for row in tx.execute(_LIBRARIES, {"institution": tx.institution}).mappings():
        library = Library(**row)
        own = [entry.code for entry in receiving if entry.owner == library.code]
        others = [
            entry.code for entry in receiving if entry.owner != library.code and entry.serves(library.code)
        ]
        found[library.code] = replace(library, acquisition_departments=(*own, *others))
    return MappingProxyType(found)


def save_libraries(tx: Tx, added: Sequence[Library], changed: Sequence[Library]) -> None:
    _save(tx, _ADD_LIBRARY, added, _CHANGE_LIBRARY, changed, _library_cells)


def _library_cells(library: Library) -> dict[str, Any]:
    cells = asdict(library)
    del cells["id"], cells["acquisition_departments"]
    return cells


# -- locations --------------------------------------------------------------------------------


def all_locations(tx: Tx) -> Mapping[tuple[str, str], Location]:
    """By library code and code, in that order."""
    found: dict[tuple[str, str], Location] = {}
    for row in tx.execute(_LOCATIONS, {"institution": tx.institution}).mappings():
        cells = dict(row)
        cells["type"] = LocationType(cells["type"])
        cells["circ_desks"] = tuple(CircDesk(**desk) for desk in cells["circ_desks"])
        location = Location(**cells)
        found[location.library, location.code] = location
    return MappingProxyType(found)


def save_locations(
    tx: Tx, added: Sequence[Location], changed: Sequence[Location], library_ids: Mapping[str, int]
) -> None:
    def cells(location: Location) -> dict[str, Any]:
        row = asdict(location)
        del row["id"]
        row["library_id"] = library_ids[row.pop("library")]
        row["type"] = location.type.value
        return row

    _save(tx, _ADD_LOCATION, added, _CHANGE_LOCATION, changed, cells)


# -- departments ------------------------------------------------------------------------------


def all_departments(tx: Tx) -> Mapping[str, Department]:
    """By code, in the order of codes."""
    found: dict[str, Department] = {}
    for row in tx.execute(_DEPARTMENTS, {"institution": tx.institution}).mappings():
        cells = dict(row)
        cells["libraries"] = tuple(cells["libraries"])
        cells["operators"] = tuple(cells["operators"])
        found[row["code"]] = Department(**cells)
    return MappingProxyType(found)


def save_departments(tx: Tx, added: Sequence[Department], changed: Sequence[Department]) -> None:
    def cells(department: Department) -> dict[str, Any]:
        row = asdict(department)
        del row["id"]
        return row

    _save(tx, _ADD_DEPARTMENT, added, _CHANGE_DEPARTMENT, changed, cells)


def _save(tx: Tx, add: Any, added: Sequence[Any], change: Any, changed: Sequence[Any], cells: Any) -> None:
    """Insert `added` with ids of their own, change the rows of `changed`; one statement each."""
    if added:
        ids = tx.numbers("ROW", len(added))
        rows = zip(ids, added, strict=True)
        tx.execute(add, [{"institution": tx.institution, "id": id_, **cells(record)} for id_, record in rows])
    if changed:
        tx.execute(
            change, [{"of": tx.institution, "of_id": record.id, **cells(record)} for record in changed]
        )
