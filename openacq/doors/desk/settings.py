"""Settings: what the library decides for itself. Here the first page and the code tables."""

from __future__ import annotations

from types import MappingProxyType

from openacq.codes import service as codes
from openacq.codes.model import CodeRow, CodeTable
from openacq.doors.desk.seen import check_seen, differences, hold, mark_of
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import one_line
from openacq.store import Tx

RIGHT = "admin"
CODE_TABLE = "code_table"


def show_start(visit: Visit) -> Rendered:
    """`GET /settings`."""
    return visit.show("settings.html")


# -- code tables --------------------------------------------------------------------------------


def list_tables(visit: Visit) -> Rendered:
    """`GET /settings/codes`: every table, and how many of its rows differ from those that came with it."""

    def work(tx: Tx) -> list[tuple[CodeTable, int]]:
        return [(table, len(codes.differences(table))) for table in codes.tables(tx)]

    return visit.show("settings_codes.html", tables=visit.read(work))


def show_table(visit: Visit) -> Rendered:
    """`GET /settings/codes/{table}`: its rows, what differs, and a form for one of them (`code`)."""

    def work(tx: Tx) -> Rendered:
        table = table_of(tx, visit)
        code = visit.value("code") or visit.param("code")
        kept = _cells(table.by_code.get(code))
        return visit.show(
            "settings_code_table.html",
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            table=table,
            came=codes.shipped(table.name),
            differences=codes.differences(table),
            edited=table.by_code.get(code),
            is_new=bool(visit.param("new") or visit.value("new")),
            changes=history.of(tx, CODE_TABLE, table.name),
        )

    return visit.read(work)


def save_row(visit: Visit) -> Rendered:
    """`POST /settings/codes/{table}`: a row's words, whether it may be used, whether it is the default."""
    by = visit.user.primary_id

    def work(tx: Tx) -> CodeRow:
        hold(tx)
        table = table_of(tx, visit)
        code, is_new = one_line(visit.value("code"))[: codes.MOST_CODE], bool(visit.value("new"))
        old = table.by_code.get(code)
        check_seen(visit, code, _cells(old))
        problems = []
        if not code:
            problems.append(Problem("field_missing", "code"))
        elif is_new and old is not None:
            problems.append(Problem("code_taken", "code", code))
        elif not is_new and old is None:
            problems.append(Problem("record_missing", "code", code, what="Code"))
        description = one_line(visit.value("description"))[:500]
        if not description:
            problems.append(Problem("field_missing", "description"))
        if problems:
            raise Refusal(problems)
        row = CodeRow(
            code=code,
            description=description,
            enabled=bool(visit.value("enabled")),
            default=bool(visit.value("default")),
            attributes=_attributes(visit, old),
            own=True,
        )
        codes.put_rows(tx, table.name, [row], by=by)
        _note(tx, table, code, old, row, by)
        return row

    row = visit.write(work)
    return visit.go(f"/settings/codes/{visit.path['table']}", visit.say("%(code)s is saved.", code=row.code))


def _cells(row: CodeRow | None) -> dict[str, str]:
    """A row as its form has it."""
    if row is None:
        return {}
    return {
        "description": row.description,
        "enabled": "yes" if row.enabled else "",
        "default": "yes" if row.default else "",
    }


def _attributes(visit: Visit, old: CodeRow | None) -> MappingProxyType[str, str]:
    """Attributes as "name=value" lines; those of a row without the field stay."""
    if "attributes" not in visit.form:
        return MappingProxyType(dict(old.attributes) if old else {})
    found = {}
    for line in visit.value("attributes").splitlines():
        name, equals, cell = line.partition("=")
        if not line.strip():
            continue
        if not equals or not name.strip():
            raise Refusal(Problem("value_wrong_type", "attributes", line, expected="name=value, one a line"))
        found[one_line(name)] = one_line(cell)
    return MappingProxyType(found)


def take_back(visit: Visit) -> Rendered:
    """`POST /settings/codes/{table}/back`: a row as it came with the server, or gone if it was not."""
    by = visit.user.primary_id

    def work(tx: Tx) -> CodeRow | None:
        table = table_of(tx, visit)
        old = table.by_code.get(visit.value("code"))
        if old is None or not codes.drop_row(tx, table.name, old.code):
            raise Refusal(Problem("record_missing", "code", visit.value("code"), what="Row of your own"))
        now = codes.known_table(tx, table.name).by_code.get(old.code)
        _note(tx, table, old.code, old, now, by)
        return old

    old = visit.write(work)
    name = visit.path["table"]
    undo = {}
    if old is not None:
        undo = {
            "code": old.code,
            "description": old.description,
            "enabled": "yes" if old.enabled else "",
            "default": "yes" if old.default else "",
            "attributes": "\n".join(f"{key}={cell}" for key, cell in old.attributes.items()),
            "new": "" if old.code in codes.shipped(name).by_code else "yes",
        }
    return visit.go(
        f"/settings/codes/{name}",
        visit.say("%(code)s is as it came with the server.", code=visit.value("code")),
        undo=f"/settings/codes/{name}",
        fields=undo,
    )


def _note(tx: Tx, table: CodeTable, code: str, old: CodeRow | None, new: CodeRow | None, by: str) -> None:
    before, after = (_spelled(row) for row in (old, new))
    history.record(tx, CODE_TABLE, table.name, [Change(code, before, after)], by)


def _spelled(row: CodeRow | None) -> str | None:
    if row is None:
        return None
    marks = [*([] if row.enabled else ["off"]), *(["default"] if row.default else [])]
    return row.description + (f" ({', '.join(marks)})" if marks else "")


def table_of(tx: Tx, visit: Visit) -> CodeTable:
    """The table of the address. Raises Refusal record_missing."""
    table = codes.table(tx, visit.path["table"])
    if table is None:
        raise Refusal(Problem("record_missing", "table", visit.path["table"], what="Code table"))
    return table


PAGES = (
    Page("GET", "/settings", show_start, right=RIGHT),
    Page("GET", "/settings/codes", list_tables, right=RIGHT),
    Page("GET", "/settings/codes/{table}", show_table, right=RIGHT),
    Page("POST", "/settings/codes/{table}", save_row, right=RIGHT, again=show_table),
    Page("POST", "/settings/codes/{table}/back", take_back, right=RIGHT),
)
