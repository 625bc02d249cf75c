"""Who may import whom: the house's floors as a table, and the rules read off it.

Imports go strictly downward. A *room* is a package of one floor (`openacq.ledger`; among the doors,
`openacq.doors.alma`); rooms of one floor never import each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.architecture.source import PACKAGE, Module, imports, names

FLOORS: tuple[tuple[str, ...], ...] = (
    ("kernel",),
    ("store", "wire"),
    ("codes", "history", "calls", "letters"),
    ("directory", "vendors", "catalogue", "profiles"),
    ("ledger",),
    ("ordering",),
    ("requests", "invoicing", "periods", "webhooks", "sandbox"),
    ("doors", "jobs"),
    ("cli", "app", "settings", "serving", "demo", "__main__"),
)
MAIN = len(FLOORS) - 1
DOORS = MAIN - 1
GROUND = 1
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

SHOWN_TO_OTHERS = ("service", "model")
"""The modules by which a slice is called from outside."""

STORE_MODULE = re.compile(r"store(_\w+)?")
"""A slice's SQL: `store.py`; `store_funds.py`, `store_rates.py` … or a package `store/` when it is much."""

SQL = ("sqlalchemy", "alembic", "psycopg", "sqlite3")
WEB = ("starlette", "uvicorn", "httptools", "uvloop")


def climbs(modules: Iterable[Module]) -> list[str]:
    """Every import that breaks a rule, in words; empty when the house stands."""
    modules = list(modules)
    known = names(modules)
    found: dict[str, None] = {}
    for module in modules:
        for target, line in imports(module, known):
            if words := _wrong(module.name, target):
                found[f"{module.name}:{line} imports {target}: {words}"] = None
    return list(found)


def _wrong(importer: str, target: str) -> str | None:
    if not _inside(target):
        return _wrong_outside(importer, target)
    if PACKAGE in (importer, target):
        return "the package itself imports no room" if target != PACKAGE else None
    here, there = _top(importer), _top(target)
    for name in (here, there):
        if name not in FLOOR_OF:
            return f"{name} is on no floor: add it to tests/architecture/floors.py"
    return _wrong_way(importer, target) or _wrong_entrance(importer, target)


def _wrong_way(importer: str, target: str) -> str | None:
    if room(importer) == room(target) or (FLOOR_OF[_top(importer)] == FLOOR_OF[_top(target)] == MAIN):
        return None
    below, above = FLOOR_OF[_top(target)], FLOOR_OF[_top(importer)]
    if below > above:
        return f"a climb from floor {above} to floor {below}"
    if below == above and not _door_in_hall(importer, target):
        return f"rooms of one floor ({above}) never import each other"
    if _top(target) == "wire" and above < DOORS:
        return "slices never learn the wire's formats"
    return None


def _wrong_entrance(importer: str, target: str) -> str | None:
    """A slice is entered by its service and its model; tables are for store modules (and migrations)."""
    above, below = FLOOR_OF[_top(importer)], FLOOR_OF[_top(target)]
    if above == MAIN or room(importer) == room(target):
        return _tables_touched(importer, target) if above != MAIN else None
    if GROUND < below < DOORS:
        if target.split(".")[2:3] == ["tables"]:
            return _tables_touched(importer, target)
        if target.split(".")[2:] not in [[name] for name in SHOWN_TO_OTHERS]:
            return f"{_top(target)} is entered by its service or its model only"
    elif target == f"{PACKAGE}.store.tables":
        return "the ground's tables are the store's own"
    return None


def _tables_touched(importer: str, target: str) -> str | None:
    is_tables = target.split(".")[2:3] == ["tables"]
    if not is_tables or _top(importer) == "store" or _writes_sql(importer):
        return None
    return "only a slice's store touches tables"


def _writes_sql(module: str) -> bool:
    """Is it a slice's store or its tables?"""
    parts = module.split(".")
    return len(parts) > 2 and (parts[2] == "tables" or STORE_MODULE.fullmatch(parts[2]) is not None)


def _wrong_outside(importer: str, target: str) -> str | None:
    library = target.split(".", maxsplit=1)[0]
    top = _top(importer)
    floor = FLOOR_OF.get(top, MAIN)
    if library in WEB and floor < DOORS:
        return "only doors know the web"
    if library in SQL and (
        floor == DOORS or (floor < DOORS and top != "store" and not _writes_sql(importer))
    ):
        return "SQL is written in a slice's store only"
    return None


def room(module: str) -> str:
    """The room a module is in; each door is a room of its own, what lies beside them is the hall, and so is
    what the doors with pages share."""
    parts = module.split(".")
    if parts[1:3] == ["doors", "pages"]:
        return "hall"
    if parts[1:2] == ["doors"]:
        return ".".join(parts[:3]) if len(parts) > 3 or (parts[2:3] and parts[2] in DOOR_NAMES) else "hall"
    return ".".join(parts[:2])


DOOR_NAMES = ("alma", "wms", "desk", "patron", "own", "exchange")


def _door_in_hall(importer: str, target: str) -> bool:
    return _top(importer) == "doors" and room(target) == "hall"


def _inside(name: str) -> bool:
    return name == PACKAGE or name.startswith(PACKAGE + ".")


def _top(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""
