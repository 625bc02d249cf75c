"""`/conf/code-tables`: the tables behind every code, as the institution has them."""

from __future__ import annotations

from urllib.parse import quote

from openacq.codes import service as codes
from openacq.codes.model import CodeTable as Table
from openacq.directory import service as directory
from openacq.doors.alma.conf import known_library
from openacq.doors.alma.conf_wire import CodeRow, CodeTable, CodeTables, Scope
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx
from openacq.wire.model import UNSET, Coded

CODE_TABLES = "/conf/code-tables"
LANGUAGE = Coded(value="en", desc="English")
"""Tables have one language, whatever `lang` asks for: the shipped words are English."""


def list_code_tables(ask: Ask) -> Reply:
    """Names and what they are for, without rows."""

    def work(tx: Tx) -> CodeTables:
        scope = _scope(tx, ask)
        shown = [_code_table(tx, ask, table, scope, with_rows=False) for table in codes.tables(tx)]
        return CodeTables(code_table=shown, total_record_count=len(shown))

    return Reply(ask.read(work))


def answer_code_table(ask: Ask) -> Reply:
    """`lang` is accepted; `scope` is the code of the institution or of a library."""

    def work(tx: Tx) -> CodeTable:
        table = codes.table(tx, ask.path["name"])
        if table is None:
            raise Refusal(Problem("code_table_not_found", "code_table", ask.path["name"]))
        return _code_table(tx, ask, table, _scope(tx, ask), with_rows=True)

    return Reply(ask.read(work))


def _code_table(tx: Tx, ask: Ask, table: Table, scope: Scope, *, with_rows: bool) -> CodeTable:
    changed = max((row for row in table.rows if row.updated), key=lambda row: str(row.updated), default=None)
    return CodeTable(
        link=ask.link(f"{CODE_TABLES}/{quote(table.name, safe='')}"),
        name=table.name,
        description=table.description,
        sub_system=Coded(value=table.sub_system, desc=codes.describe(tx, "SubSystems", table.sub_system)),
        patron_facing=table.patron_facing,
        updated_by=changed.updated_by if changed else "",
        update_date=(changed.updated or UNSET) if changed else UNSET,
        language=LANGUAGE,
        scope=scope,
        row=_rows(table) if with_rows else UNSET,
    )


def _rows(table: Table) -> list[CodeRow]:
    return [
        CodeRow(
            code=row.code,
            description=row.description,
            default=row.default,
            enabled=row.enabled,
            updated_by=row.updated_by,
            update_date=row.updated or UNSET,
        )
        for row in table.rows
    ]


def _scope(tx: Tx, ask: Ask) -> Scope:
    """The scope asked for. Rows are the institution's in every scope. Refused library_not_found."""
    institution = directory.institution(tx)
    code = ask.params.get("scope", "").strip() or institution.code
    library = Coded(value="", desc=None)
    if code != institution.code:
        card = known_library(tx, ask, code)
        library = Coded(value=card.code, desc=card.name)
    return Scope(
        institution_id=Coded(value=institution.code, desc=institution.name),
        library_id=library,
    )


ROUTES = (
    Route("GET", CODE_TABLES, "conf", list_code_tables),
    Route("GET", f"{CODE_TABLES}/{{name}}", "conf", answer_code_table),
)
