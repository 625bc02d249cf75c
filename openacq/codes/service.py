"""What the rest of the house asks of the code tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from openacq.codes import registry, store
from openacq.codes.model import CodeRow, CodeTable
from openacq.kernel import text
from openacq.kernel.filling import fill
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict
from openacq.store import Tx

KIND = "code_row"
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {KIND: ("table", "code", "description", "default", "enabled", "attributes")}
)
MOST_CODE = 100
MOST_ATTRIBUTES = 20


# -- reading ----------------------------------------------------------------------------------


def tables(tx: Tx) -> tuple[CodeTable, ...]:
    """Every table as the institution has it, in the order of names."""
    return tuple(_all(tx).values())


def names(_tx: Tx) -> tuple[str, ...]:
    return tuple(registry.shipped())


def table(tx: Tx, name: str) -> CodeTable | None:
    """The table called `name` (its name, another name it is known by, any case)."""
    proper = registry.name_of(name)
    return None if proper is None else _all(tx)[proper]


def rows(tx: Tx, name: str) -> tuple[CodeRow, ...]:
    """All rows in order, those switched off too. LookupError when there is no such table."""
    return known_table(tx, name).rows


def row(tx: Tx, name: str, code: str) -> CodeRow | None:
    """The row of exactly this code, switched off or not."""
    return known_table(tx, name).by_code.get(code)


def default_row(tx: Tx, name: str) -> CodeRow | None:
    return known_table(tx, name).default


def describe(tx: Tx, name: str, code: str) -> str:
    """The words for a code; the code itself when the table does not know it."""
    found = row(tx, name, code)
    return found.description if found is not None else code


def nearest(tx: Tx, name: str, code: str) -> tuple[str, ...]:
    """The enabled codes that `code` probably meant: right but for case, or one letter off."""
    return known_table(tx, name).nearest(code)


def check(tx: Tx, name: str, field: str, code: str) -> Problem | None:
    """The problem with `code` for new records of a `field`, or None when it may be used."""
    return known_table(tx, name).check(field, code)


def _all(tx: Tx) -> Mapping[str, CodeTable]:
    return tx.cached("code_tables", "", lambda: _overlay(tx))


def _overlay(tx: Tx) -> Mapping[str, CodeTable]:
    own = store.own_rows(tx)
    shipped = registry.shipped()
    if not own:
        return shipped
    return MappingProxyType(
        {
            name: registry.overlaid(table, own[name].values()) if name in own else table
            for name, table in shipped.items()
        }
    )


def known_table(tx: Tx, name: str) -> CodeTable:
    """The table of this name. LookupError when there is none: for names written in the program."""
    found = table(tx, name)
    if found is None:
        raise LookupError(f"no code table {name}")
    return found


# -- writing ----------------------------------------------------------------------------------


def put_rows(tx: Tx, name: str, entries: Iterable[CodeRow], *, by: str = "") -> None:
    """Give the institution these rows of a table, on top of what it has; others stay.

    Raises Refusal `table_unknown`, and `row_doubled` when two of them are the default.
    """
    proper = registry.name_of(name)
    if proper is None:
        raise Refusal(_no_table("table", name))
    given = {entry.code: replace(entry, own=True) for entry in entries}
    defaults = [entry.code for entry in given.values() if entry.default]
    if len(defaults) > 1:
        raise Refusal(Problem("row_doubled", "default", ", ".join(defaults)))
    _save(tx, store.own_rows(tx), {(proper, code): entry for code, entry in given.items()}, by)


def drop_row(tx: Tx, name: str, code: str) -> bool:
    """Take back what the institution said of a code: a shipped row is as it came again, an own one is gone.

    False when it had said nothing. Raises Refusal `table_unknown`.
    """
    proper = registry.name_of(name)
    if proper is None:
        raise Refusal(_no_table("table", name))
    dropped = store.drop(tx, proper, code)
    if dropped:
        tx.registers_changed()
    return dropped


def shipped(name: str) -> CodeTable:
    """The table of this name as it came with the server. LookupError when there is none."""
    proper = registry.name_of(name)
    if proper is None:
        raise LookupError(f"no code table {name}")
    return registry.shipped()[proper]


def differences(table: CodeTable) -> dict[str, tuple[str, ...]]:
    """What differs from the shipped table: code → names of fields, ("new",) for a code it does not have."""
    came = shipped(table.name).by_code
    found: dict[str, tuple[str, ...]] = {}
    for row in table.rows:
        old = came.get(row.code)
        if old is None:
            found[row.code] = ("new",)
            continue
        names = tuple(
            name
            for name in ("description", "enabled", "default", "attributes")
            if getattr(row, name) != getattr(old, name)
        )
        if names:
            found[row.code] = names
    return found


def load(tx: Tx, kind: str, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Fill and update rows of code tables from a file. Columns: `COLUMNS["code_row"]`."""
    if kind != KIND:
        raise LookupError(kind)
    own, known = store.own_rows(tx), _overlay(tx)
    held = {(name, code): entry for name, entries in own.items() for code, entry in entries.items()}
    defaults: set[str] = set()

    def read(row: Row) -> tuple[tuple[str, str], CodeRow]:
        name, entry = _read(row, known)
        if row.given("default") and entry.default and not row.problems:
            if name in defaults:
                row.problems.append(Problem("row_doubled", "default", f"{name}/{entry.code}"))
            defaults.add(name)
        return (name, entry.code), entry

    filled = fill(KIND, COLUMNS[KIND], given, held, read, name="/".join)
    _save(tx, own, filled.wanted, "")
    return filled.verdicts


def _read(row: Row, known: Mapping[str, CodeTable]) -> tuple[str, CodeRow]:
    """(table, row) as the cells say, over what the institution or the server has of it."""
    asked = row.text("table", needed=True)
    name = registry.name_of(asked)
    code = row.text("code", needed=True, most=MOST_CODE)
    if name is None:
        if asked:
            row.problems.append(_no_table("table", asked))
        return asked, CodeRow(code, "")
    old = known[name].by_code.get(code)
    description = row.text("description", old.description if old else "", most=500)
    if not description:
        row.problems.append(Problem("field_missing", "description"))
    return name, CodeRow(
        code=code,
        description=description,
        enabled=row.flag("enabled", old.enabled if old else True),
        default=row.flag("default", old.default if old else False),
        attributes=MappingProxyType(_attributes(row, old.attributes if old is not None else {})),
        own=True,
    )


def _attributes(row: Row, kept: Mapping[str, str]) -> dict[str, str]:
    """A table of texts (TOML), or "name=value; name=value" (CSV)."""
    if not row.given("attributes"):
        return dict(kept)
    tree = row.tree("attributes")
    if isinstance(tree, str):
        pairs = [part.partition("=") for part in row.codes("attributes")]
        if all(middle and name.strip() for name, middle, _ in pairs):
            tree = {name.strip(): cell.strip() for name, _, cell in pairs}
    if not isinstance(tree, dict) or len(tree) > MOST_ATTRIBUTES:
        row.problems.append(
            Problem(
                "value_wrong_type", "attributes", tree, expected="a table of texts, or name=value; name=value"
            )
        )
        return dict(kept)
    return {text.one_line(str(name)): text.one_line(str(cell)) for name, cell in tree.items()}


def _save(
    tx: Tx, held: Mapping[str, Mapping[str, CodeRow]], wanted: Mapping[tuple[str, str], CodeRow], by: str
) -> None:
    """Write what differs from the rows held; a new default takes the mark from the old one."""
    added: list[tuple[str, CodeRow, int]] = []
    changed: list[tuple[str, CodeRow]] = []
    for place, ((name, code), entry) in enumerate(wanted.items()):
        old = held.get(name, {}).get(code)
        if old is None:
            added.append((name, entry, len(held.get(name, {})) + place))
        elif old != entry:
            changed.append((name, entry))
        if entry.default and (old is None or not old.default):
            changed += [
                (name, replace(other, default=False))
                for other in held.get(name, {}).values()
                if other.default and (name, other.code) not in wanted
            ]
    if added or changed:
        store.add(tx, added, by)
        store.change(tx, changed, by)
        tx.registers_changed()


def _no_table(field: str, name: str) -> Problem:
    return Problem(
        "table_unknown", field, name, probable=probable(text.nearest(name, tuple(registry.shipped())))
    )
