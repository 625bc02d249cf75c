"""The tables that came with the server, and how an institution's rows are laid over them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from openacq.codes.model import CodeRow, CodeTable

_OF_A_ROW = frozenset({"code", "description", "default", "enabled"})


@cache
def shipped() -> Mapping[str, CodeTable]:
    """Every table by its name, names in order."""
    folder = files("openacq.codes") / "tables"
    tables = [
        _read(entry.read_text(encoding="utf-8")) for entry in folder.iterdir() if entry.name.endswith(".toml")
    ]
    return MappingProxyType({table.name: table for table in sorted(tables, key=lambda table: table.name)})


@cache
def _names() -> Mapping[str, str]:
    """Whatever a table may be called, exactly and without case, → its name."""
    names: dict[str, str] = {}
    for table in shipped().values():
        for name in (table.name, *table.aliases):
            names[name.casefold()] = table.name
    for table in shipped().values():
        names[table.name] = table.name
    return MappingProxyType(names)


def name_of(name: str) -> str | None:
    """The proper name of a table called `name` (an alias, or another case); None when there is none."""
    return _names().get(name) or _names().get(name.casefold())


def _read(text: str) -> CodeTable:
    data = tomllib.loads(text)
    return CodeTable(
        name=data["name"],
        description=data["description"],
        sub_system=data["sub_system"],
        patron_facing=data["patron_facing"],
        scope=data["scope"],
        aliases=tuple(data.get("aliases", ())),
        rows=tuple(_row(row) for row in data["rows"]),
    )


def _row(data: Mapping[str, object]) -> CodeRow:
    return CodeRow(
        code=str(data["code"]),
        description=str(data["description"]),
        default=bool(data.get("default", False)),
        enabled=bool(data.get("enabled", True)),
        attributes=MappingProxyType(
            {name: str(cell) for name, cell in data.items() if name not in _OF_A_ROW}
        ),
    )


def overlaid(table: CodeTable, own: Iterable[CodeRow]) -> CodeTable:
    """`table` with an institution's rows: same codes replaced in place, new ones at the end.

    Attributes of a shipped row stay unless the own row names them. One default remains: the own one.
    """
    rows = dict(table.by_code)
    has_default = False
    for row in own:
        has_default = has_default or row.default
        shipped_row = table.by_code.get(row.code)
        if shipped_row is not None:
            row = replace(row, attributes=MappingProxyType({**shipped_row.attributes, **row.attributes}))
        rows[row.code] = row
    if has_default:
        rows = {
            code: row if row.own or not row.default else replace(row, default=False)
            for code, row in rows.items()
        }
    return replace(table, rows=tuple(rows.values()))
