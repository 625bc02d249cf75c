"""Settings, rules and the mapping of line types come from files, and go back as rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openacq.codes import service as codes
from openacq.codes.model import CodeRow
from openacq.directory import service as directory
from openacq.doors.exchange.registers import REGISTERS, load_files
from openacq.kernel.money import Money
from openacq.kernel.refusal import Refusal
from openacq.profiles import service as profiles
from openacq.requests import service as desk
from openacq.requests import store_rules
from openacq.requests.model import LineType, RequestRule, Settings
from openacq.store import Tx
from tests.requests.asking import Library

RULES = """
[[request_rule]]
name = "Faculty"
user_groups = ["FACULTY"]
position = 1

[[request_rule]]
name = "Students"
user_groups = "UNDERGRADUATE; GRADUATE"
position = 2
most_open = 3
most_in_period = 10
period_days = 365
required = ["author", "requester_note"]
citation_types = ["BOOK"]
formats = ["P", "E"]
most_cost = "100.50"
currency = "EUR"

[[request_line_type]]
format = "P"
requested_type = "DVD"
line_type = "VISUAL_MTL_OT"

[[request_setting]]
merge = false
"""


def load(library: Library, kind: str, *rows: dict[str, object]) -> list[Any]:
    verdicts = library.write(lambda tx: desk.load(tx, kind, rows))
    return [(each.outcome, [problem.slug for problem in each.problems]) for each in verdicts]


def code_of(library: Library) -> str:
    code = library.read(lambda tx: directory.institution(tx).code)
    assert isinstance(code, str)
    return code


def test_files_are_loaded_once_and_again(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "requests.toml"
    file.write_text(RULES)
    code = code_of(library)
    first = load_files(library.world.store, [file], institution=code)
    assert [entry.verdict.outcome for entry in first.entries] == ["created"] * 4
    again = load_files(library.world.store, [file], institution=code)
    assert [entry.verdict.outcome for entry in again.entries] == ["unchanged"] * 4
    faculty, students = library.read(desk.rules)
    assert faculty == RequestRule("Faculty", 1, user_groups=("FACULTY",))
    assert students == RequestRule(
        "Students",
        2,
        user_groups=("UNDERGRADUATE", "GRADUATE"),
        most_open=3,
        most_in_period=10,
        period_days=365,
        required=("author", "requester_note"),
        citation_types=("BOOK",),
        formats=("P", "E"),
        most_cost=Money(1_005_000, "EUR", 2),
    )
    assert library.read(desk.settings) == Settings(merge=False)
    assert LineType("P", "", "DVD", "VISUAL_MTL_OT") in library.read(desk.line_types)
    assert {"request_rule", "request_line_type", "request_setting"} <= set(REGISTERS)


@pytest.mark.parametrize("kind", ["request_rule", "request_line_type", "request_setting"])
def test_what_is_given_back_is_taken_again(library: Library, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "requests.toml"
    file.write_text(RULES)
    load_files(library.world.store, [file], institution=code_of(library))
    rows = library.read(lambda tx: desk.dump(tx, kind))
    assert rows
    assert {outcome for outcome, _ in load(library, kind, *rows)} == {"unchanged"}


@pytest.mark.parametrize(
    ("kind", "row", "slug"),
    [
        ("request_rule", {"name": "R", "user_groups": "STUDENT"}, "code_illegal"),
        ("request_rule", {"name": "R", "roles": "9999"}, "code_illegal"),
        ("request_rule", {"name": "R", "required": "autor"}, "value_not_listed"),
        ("request_rule", {"name": "R", "formats": "PHYSICAL"}, "code_illegal"),
        ("request_rule", {"name": "R", "most_cost": "10"}, "field_missing"),
        ("request_rule", {"name": "R", "most_open": "-1"}, "value_wrong_type"),
        ("request_rule", {"name": "R", "period_days": "0"}, "value_wrong_type"),
        ("request_rule", {"most_open": "1"}, "field_missing"),
        ("request_rule", {"name": "R", "limit": "1"}, "column_unknown"),
        ("request_line_type", {"format": "P", "line_type": "BOOK"}, "code_illegal"),
        ("request_line_type", {"format": "X", "line_type": "PRINT_OT"}, "code_illegal"),
        ("request_line_type", {"format": "P", "requested_type": "DVD"}, "field_missing"),
        (
            "request_line_type",
            {"format": "E", "requested_type": "DVD", "line_type": "E_BOOK_OT"},
            "code_illegal",
        ),
        ("request_setting", {"import_profile": "NONE"}, "value_not_listed"),
    ],
)
def test_what_cannot_be_is_refused(library: Library, kind: str, row: dict[str, object], slug: str) -> None:
    ((outcome, slugs),) = load(library, kind, row)
    assert (outcome, slugs[0]) == ("refused", slug)


def test_limits_are_lifted_and_rows_that_came_with_the_server_changed(library: Library) -> None:
    assert load(library, "request_rule", {"name": "R", "most_open": "2"})[0][0] == "created"
    assert load(library, "request_rule", {"name": "R", "most_open": "none"})[0][0] == "updated"
    assert library.read(desk.rules)[0].most_open is None
    row: dict[str, object] = {"format": "P", "citation_type": "BOOK", "line_type": "PRINT_OT"}
    assert load(library, "request_line_type", row)[0][0] == "updated"
    assert load(library, "request_line_type", {**row, "enabled": False})[0][0] == "updated"
    assert LineType("P", "BOOK", "", "PRINT_OT", enabled=False) in library.read(desk.line_types)
    assert len(library.read(desk.line_types)) == 4


BOOK_ROW: dict[str, object] = {"format": "P", "citation_type": "BOOK", "line_type": "PRINT_OT"}
SHIPPED_ROW = LineType("P", "BOOK", "", "PRINTED_BOOK_OT")


def own_rows(library: Library) -> set[tuple[str, str, str]]:
    return set(library.read(store_rules.line_types))


def test_a_row_that_says_what_came_with_the_server_is_not_kept(library: Library) -> None:
    library.write(lambda tx: desk.put_line_type(tx, BOOK_ROW))
    assert own_rows(library) == {SHIPPED_ROW.key}
    library.write(lambda tx: desk.put_line_type(tx, {**BOOK_ROW, "line_type": "PRINTED_BOOK_OT"}))
    assert own_rows(library) == set()
    load(library, "request_line_type", {**BOOK_ROW, "enabled": False})
    assert own_rows(library) == {SHIPPED_ROW.key}
    load(library, "request_line_type", {**BOOK_ROW, "line_type": "PRINTED_BOOK_OT", "enabled": True})
    assert own_rows(library) == set()
    assert SHIPPED_ROW in library.read(desk.line_types)


def test_a_row_of_ones_own_is_taken_back(library: Library) -> None:
    library.write(lambda tx: desk.put_line_type(tx, BOOK_ROW))
    gone = library.write(lambda tx: desk.drop_line_type(tx, SHIPPED_ROW.key))
    assert gone.line_type == "PRINT_OT"
    assert SHIPPED_ROW in library.read(desk.line_types)
    with pytest.raises(Refusal) as refused:
        library.write(lambda tx: desk.drop_line_type(tx, SHIPPED_ROW.key))
    assert refused.value.problems[0].slug == "record_missing"


def test_a_row_is_switched_off_when_its_codes_are_off(library: Library) -> None:
    """It could not be got rid of otherwise; what no table knows is refused all the same."""
    library.write(lambda tx: codes.put_rows(tx, "PurchaseType", [off(tx, "PurchaseType", "PRINT_OT")]))
    with pytest.raises(Refusal):
        library.write(lambda tx: desk.put_line_type(tx, BOOK_ROW))
    library.write(lambda tx: desk.put_line_type(tx, {**BOOK_ROW, "enabled": False}))
    assert LineType("P", "BOOK", "", "PRINT_OT", enabled=False) in library.read(desk.line_types)
    with pytest.raises(Refusal):
        library.write(lambda tx: desk.put_line_type(tx, {**BOOK_ROW, "format": "X", "enabled": False}))


def off(tx: Tx, table: str, code: str) -> CodeRow:
    row = codes.row(tx, table, code)
    assert row is not None
    return replace(row, enabled=False)


def test_a_profile_is_settled_and_let_go(library: Library) -> None:
    library.world.load(profiles, "profile", {"code": "P1", "name": "P", "kind": "purchase_request"})
    load(library, "request_setting", {"import_profile": "P1"})
    assert library.read(desk.settings).import_profile == "P1"
    load(library, "request_setting", {"import_profile": "-"})
    assert library.read(desk.settings).import_profile == ""
