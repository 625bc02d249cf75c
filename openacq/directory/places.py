"""Fill libraries, locations and departments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.codes.model import CodeTable
from openacq.directory import store_institutions, store_places
from openacq.directory.model import ACQUISITIONS, CircDesk, Department, Library, Location
from openacq.kernel import text
from openacq.kernel.filling import fill
from openacq.kernel.refusal import Problem, probable
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict
from openacq.store import Tx

LIBRARY, LOCATION, DEPARTMENT = "library", "location", "department"
MOST_CODE = 50

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        LIBRARY: (
            "code", "name", "description", "path", "campus", "campus_name", "oclc_id", "default_location",
            "resource_sharing", "proxy",
        ),
        LOCATION: (
            "library", "code", "name", "external_name", "type", "remote_storage", "map", "suppressed",
            "fulfillment_unit", "fulfillment_unit_name", "call_number_type", "accession_placement",
            "circ_desks",
        ),
        DEPARTMENT: (
            "code", "name", "description", "type", "owner", "libraries", "work_days", "map", "printer",
            "email", "phone", "operators", "circ_desk",
        ),
    }
)  # fmt: skip


# -- libraries --------------------------------------------------------------------------------


def load_libraries(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    held = store_places.all_libraries(tx)

    def read(row: Row) -> tuple[str, Library]:
        code = row.text("code", needed=True, most=MOST_CODE)
        old = held.get(code) or Library(0, code, "")
        return code, replace(
            old,
            name=row.text("name", old.name, needed=not old.name),
            description=row.prose("description", old.description),
            path=row.text("path", old.path),
            campus=row.text("campus", old.campus, most=MOST_CODE),
            campus_name=row.text("campus_name", old.campus_name),
            oclc_id=row.text("oclc_id", old.oclc_id, most=MOST_CODE),
            default_location=row.text("default_location", old.default_location, most=MOST_CODE),
            resource_sharing=row.flag("resource_sharing", old.resource_sharing),
            proxy=row.text("proxy", old.proxy),
        )

    filled = fill(LIBRARY, COLUMNS[LIBRARY], given, held, read)
    if filled.anything:
        store_places.save_libraries(tx, filled.added, filled.changed)
        tx.registers_changed()
    return filled.verdicts


def put_libraries(tx: Tx, cards: Sequence[Library]) -> None:
    """Write libraries whole, known by their codes; ids are kept or given here."""
    held = store_places.all_libraries(tx)
    added = [card for card in cards if card.code not in held]
    changed = [replace(card, id=held[card.code].id) for card in cards if card.code in held]
    store_places.save_libraries(tx, added, changed)
    tx.registers_changed()


# -- locations --------------------------------------------------------------------------------


def load_locations(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    held = store_places.all_locations(tx)
    libraries = store_places.all_libraries(tx)
    call_numbers = codes.known_table(tx, "CallNumberType")
    placements = codes.known_table(tx, "accessionPlacementsOptions")

    def read(row: Row) -> tuple[tuple[str, str], Location]:
        library = row.text("library", needed=True, most=MOST_CODE)
        if library and library not in libraries:
            row.problems.append(_no_library("library", library, libraries))
        code = row.text("code", needed=True, most=MOST_CODE)
        old = held.get((library, code)) or Location(0, library, code, "")
        return (library, code), Location(
            id=old.id,
            library=library,
            code=code,
            name=row.text("name", old.name, needed=not old.name),
            external_name=row.text("external_name", old.external_name),
            type=row.choice("type", old.type),
            remote_storage=row.text("remote_storage", old.remote_storage),
            map=row.text("map", old.map),
            suppressed=row.flag("suppressed", old.suppressed),
            fulfillment_unit=row.text("fulfillment_unit", old.fulfillment_unit, most=MOST_CODE),
            fulfillment_unit_name=row.text("fulfillment_unit_name", old.fulfillment_unit_name),
            call_number_type=_coded(row, "call_number_type", old.call_number_type, call_numbers),
            accession_placement=_coded(row, "accession_placement", old.accession_placement, placements),
            circ_desks=_circ_desks(row, old.circ_desks),
        )

    filled = fill(LOCATION, COLUMNS[LOCATION], given, held, read, name="/".join)
    if filled.anything:
        _save_locations(tx, filled.added, filled.changed, libraries)
    return filled.verdicts


def put_locations(tx: Tx, cards: Sequence[Location]) -> None:
    """Write locations whole, known by library and code. Their libraries must exist."""
    held = store_places.all_locations(tx)
    added = [card for card in cards if (card.library, card.code) not in held]
    changed = [
        replace(card, id=held[card.library, card.code].id)
        for card in cards
        if (card.library, card.code) in held
    ]
    _save_locations(tx, added, changed, store_places.all_libraries(tx))


def _save_locations(
    tx: Tx, added: Sequence[Location], changed: Sequence[Location], libraries: Mapping[str, Library]
) -> None:
    ids = {code: library.id for code, library in libraries.items()}
    store_places.save_locations(tx, added, changed, ids)
    tx.registers_changed()


def _circ_desks(row: Row, kept: tuple[CircDesk, ...]) -> tuple[CircDesk, ...]:
    """Tables with code, name, check_in, check_out, reshelve (TOML), or "CODE=Name; CODE=Name" (CSV)."""
    if not row.given("circ_desks"):
        return kept
    tree = row.tree("circ_desks")
    desks: list[CircDesk] = []
    entries = tree if isinstance(tree, list) else row.codes("circ_desks")
    for entry in entries:
        if isinstance(entry, str):
            code, _, name = entry.partition("=")
            desks.append(CircDesk(code.strip(), name.strip() or code.strip()))
        elif isinstance(entry, dict):
            cells = Row(entry)
            cells.check_names(("code", "name", "check_in", "check_out", "reshelve"))
            code = cells.text("code", needed=True, most=MOST_CODE)
            desks.append(
                CircDesk(
                    code,
                    cells.text("name", code),
                    cells.flag("check_in", True),
                    cells.flag("check_out", True),
                    cells.flag("reshelve"),
                )
            )
            row.problems += cells.problems
    return tuple(desks)


# -- departments ------------------------------------------------------------------------------


def load_departments(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    held = store_places.all_departments(tx)
    libraries = store_places.all_libraries(tx)
    types = codes.known_table(tx, "DepartmentType")
    institution = store_institutions.one(tx)
    owners = {*libraries, *([institution.code] if institution else ())}

    def read(row: Row) -> tuple[str, Department]:
        code = row.text("code", needed=True, most=MOST_CODE)
        old = held.get(code) or Department(0, code, "")
        owner = row.text("owner", old.owner, needed=not old.owner, most=MOST_CODE)
        if owner and owner not in owners:
            row.problems.append(_no_library("owner", owner, owners))
        served = row.codes("libraries") or old.libraries
        row.problems += [
            _no_library("libraries", library, libraries) for library in served if library not in libraries
        ]
        return code, Department(
            id=old.id,
            code=code,
            name=row.text("name", old.name, needed=not old.name),
            description=row.text("description", old.description),
            type=_coded(row, "type", old.type or ACQUISITIONS, types),
            owner=owner,
            libraries=served,
            work_days=row.whole("work_days", old.work_days, most=9_999),
            map=row.text("map", old.map),
            printer=row.text("printer", old.printer, most=MOST_CODE),
            email=row.text("email", old.email),
            phone=row.text("phone", old.phone),
            operators=row.codes("operators") or old.operators,
            circ_desk=row.text("circ_desk", old.circ_desk, most=MOST_CODE),
        )

    filled = fill(DEPARTMENT, COLUMNS[DEPARTMENT], given, held, read)
    if filled.anything:
        store_places.save_departments(tx, filled.added, filled.changed)
        tx.registers_changed()
    return filled.verdicts


def put_departments(tx: Tx, cards: Sequence[Department]) -> None:
    """Write departments whole, known by their codes."""
    held = store_places.all_departments(tx)
    added = [card for card in cards if card.code not in held]
    changed = [replace(card, id=held[card.code].id) for card in cards if card.code in held]
    store_places.save_departments(tx, added, changed)
    tx.registers_changed()


# -- shared -----------------------------------------------------------------------------------


def _coded(row: Row, field: str, kept: str, table: CodeTable) -> str:
    """A code of `table`; what was kept is not questioned again."""
    code = row.text(field, kept, most=MOST_CODE)
    if code and code != kept and (problem := table.check(field, code)):
        row.problems.append(problem)
    return code


def _no_library(field: str, code: str, known: Iterable[str]) -> Problem:
    return Problem("library_unknown", field, code, probable=probable(text.nearest(code, tuple(known))))
