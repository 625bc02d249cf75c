"""A vendor's interfaces and its EDI details: where they are, how one signs in, how files go.

Both are sheets of fields (`vendors.PARTS`). A password is never shown: one that is typed takes the place of
the old, a tick takes it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.desk.seen import (
    OUTDATED,
    Differences,
    changes_of,
    check_seen,
    differences,
    hold,
    mark_of,
)
from openacq.doors.desk.settings_parts import last_look, together
from openacq.doors.desk.vendors import VENDOR, vendor_of
from openacq.doors.desk.vendors_edit import RIGHT
from openacq.doors.desk.vendors_words import title_of
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.doors.pages.wording import label
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.text import nearest
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor
from openacq.vendors.service import DROP, EDI, INTERFACE, FieldKind, Member, Sheet

MORE_ROWS = 2
"""Empty rows a list ends with."""
NAME = f"{INTERFACE}.name"
UNIT = "organization_unit"


@dataclass(frozen=True, slots=True)
class Shown:
    """A field of the form: its name, what it is called, what it is."""

    name: str
    label: str
    member: Member
    choices: Sequence[tuple[str, str]] = ()


# -- the forms ----------------------------------------------------------------------------------


def edit_interface(visit: Visit) -> Rendered:
    """`GET /vendors/{code}/interface?at=0`; without `at` another one."""

    def work(tx: Tx) -> Rendered:
        vendor = vendor_of(tx, visit)
        sheet = _interface_of(vendor, visit.param("at"))
        title = sheet.cells[NAME] if sheet else visit.say("A new interface")
        return _form(tx, visit, vendor, INTERFACE, sheet, title)

    return visit.read(work)


def edit_edi(visit: Visit) -> Rendered:
    """`GET /vendors/{code}/edi`."""

    def work(tx: Tx) -> Rendered:
        vendor = vendor_of(tx, visit)
        return _form(tx, visit, vendor, EDI, vendors.edi(vendor), visit.say("EDI"))

    return visit.read(work)


def _form(tx: Tx, visit: Visit, vendor: Vendor, root: str, sheet: Sheet | None, title: str) -> Rendered:
    kept = _cells(root, sheet)
    secrets = sheet.secrets if sheet else {}
    different = differences(visit, kept)
    different += _different_secrets(visit, root, secrets, alone=not different)
    choices = _choices(tx, visit, root)

    def shown(name: str, member: Member) -> Shown:
        return Shown(name, label(visit.language, name), member, choices.get(member.path, ()))

    return visit.show(
        "vendor_sheet.html",
        vendor=vendor,
        title=title,
        sheet=sheet if root == INTERFACE else None,
        kept={**kept, **secrets} if sheet is not None else {},
        cells=kept,
        secrets=secrets,
        drop=DROP,
        mark_of=mark_of,
        different=different,
        parts_of=[
            (part, title_of(visit, root, part), [shown(f"{root}.{each.path}", each) for each in members])
            for part, members in vendors.PARTS[root].items()
        ],
        lists=[
            (
                name,
                title_of(visit, root, name),
                [
                    [shown(vendors.field_of_row(root, name, at, each), each) for each in members]
                    for at in range(_row_count(name, sheet))
                ],
            )
            for name, members in vendors.LISTS[root].items()
        ],
    )


def _different_secrets(visit: Visit, root: str, secrets: Mapping[str, str], *, alone: bool) -> Differences:
    """Of a form that came too late: the passwords that were typed, or if nothing else differs all of them. Of
    a password is told only whether it is set."""
    if not any(problem.slug == OUTDATED for problem in visit.problems):
        return []
    is_set = visit.say("set; it is not shown")
    return [
        (name, is_set if name in secrets else "", visit.say("a new one") if _raw(visit, name) else "")
        for name in _secrets_of(root)
        if _raw(visit, name) or (alone and name in secrets)
    ]


def _choices(tx: Tx, visit: Visit, root: str) -> dict[str, list[tuple[str, str]]]:
    """(code, words) of the fields that are chosen from a list, by their path."""
    found = {
        member.path: [(row.code, row.description) for row in codes.rows(tx, member.table) if row.enabled]
        for members in (*vendors.PARTS[root].values(), *vendors.LISTS[root].values())
        for member in members
        if member.table
    }
    if root == INTERFACE:
        found["status"] = [("ACTIVE", visit.say("active")), ("INACTIVE", visit.say("not active"))]
    else:
        found[UNIT] = _units(tx, visit)
    return found


def _units(tx: Tx, visit: Visit) -> list[tuple[str, str]]:
    """What may have an EDI code of its own: the institution and its libraries."""
    return [
        (visit.place.code, visit.place.name),
        *((library.code, library.name) for library in directory.libraries(tx)),
    ]


def _interface_of(vendor: Vendor, at: str) -> Sheet | None:
    """The interface at a place, None without one. Raises Refusal record_missing."""
    if not at:
        return None
    found = vendors.interfaces(vendor)
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 5 else len(found)
    if place >= len(found):
        raise Refusal(Problem("record_missing", "at", at, what="Entry"))
    return found[place]


def _row_count(name: str, sheet: Sheet | None) -> int:
    return (sheet.rows[name] if sheet else 0) + MORE_ROWS


def _cells(root: str, sheet: Sheet | None) -> dict[str, str]:
    """A sheet as its form has it, the empty rows too."""
    blank = {name: "" for name, member in vendors.fields_of(root) if member.kind is not FieldKind.SECRET}
    rows = {
        vendors.field_of_row(root, name, at, member): ""
        for name, members in vendors.LISTS[root].items()
        for at in range(_row_count(name, sheet))
        for member in members
    }
    return {**blank, **rows, **(sheet.cells if sheet else {})}


def _secrets_of(root: str) -> list[str]:
    return [name for name, member in vendors.fields_of(root) if member.kind is FieldKind.SECRET]


def _raw(visit: Visit, name: str) -> str:
    """A password as it was typed: blanks belong to it."""
    return visit.form.get(name, [""])[0]


# -- saving -------------------------------------------------------------------------------------


def save_interface(visit: Visit) -> Rendered:
    """`POST` of the same."""
    at = visit.param("at")

    def work(tx: Tx) -> str:
        hold(tx)
        vendor = vendor_of(tx, visit)
        old = _interface_of(vendor, at)
        if old is not None:
            check_seen(visit, vendor.code, {**_cells(INTERFACE, old), **old.secrets})
        cells = _typed(visit, INTERFACE, old)
        new = vendors.put_interface(tx, vendor.code, old.at if old else None, cells)
        _note(tx, visit, vendor, f"{new.cells[NAME]}: ", old, new)
        return vendor.code

    code = visit.write(work) if at else visit.create(work)
    return visit.go(_page(code), visit.say("Saved."))


def save_edi(visit: Visit) -> Rendered:
    """`POST` of the same."""

    def work(tx: Tx) -> str:
        hold(tx)
        vendor = vendor_of(tx, visit)
        old = vendors.edi(vendor)
        check_seen(visit, vendor.code, {**_cells(EDI, old), **old.secrets})
        cells = _typed(visit, EDI, old)
        new = together(_wrong_units(tx, visit, old, cells), lambda: vendors.put_edi(tx, vendor.code, cells))
        _note(tx, visit, vendor, "", old, new)
        return vendor.code

    return visit.go(_page(visit.write(work)), visit.say("Saved."))


def _page(code: str) -> str:
    return f"/vendors/{quote(code, safe='')}"


def _typed(visit: Visit, root: str, old: Sheet | None) -> dict[str, object]:
    """What was typed into the fields of the form; a tick that is not there is none."""
    cells: dict[str, object] = {name: visit.value(name) for name in _cells(root, old)}
    for name in _secrets_of(root):
        cells[name] = _raw(visit, name)
        cells[name + DROP] = visit.value(name + DROP)
    return cells


def _wrong_units(tx: Tx, visit: Visit, old: Sheet, cells: Mapping[str, object]) -> list[Problem]:
    known = [code for code, _ in _units(tx, visit)]
    return [
        Problem("library_unknown", name, code, probable=probable(nearest(str(code), known)))
        for name, code in cells.items()
        if name.endswith(f".{UNIT}") and code and code != old.cells.get(name) and code not in known
    ]


def _note(tx: Tx, visit: Visit, vendor: Vendor, of: str, old: Sheet | None, new: Sheet | None) -> None:
    before, after = (dict(sheet.cells) if sheet else {} for sheet in (old, new))
    held, left = (sheet.secrets if sheet else {} for sheet in (old, new))
    changes = changes_of(before, after)
    for name in {**held, **left}:
        if held.get(name) != left.get(name):
            changes.append(
                Change(name, "set" if name in held else None, "set anew" if name in left else None)
            )
    noted = [Change(f"{of}{change.field}", change.old, change.new) for change in changes]
    history.record(tx, VENDOR, vendor.code, noted, visit.user.primary_id)


def drop_interface(visit: Visit) -> Rendered:
    """`POST /vendors/{code}/interface/drop`: first what goes; with `sure` it is gone."""
    path = _page(visit.path["code"])

    def find(tx: Tx) -> tuple[Vendor, Sheet]:
        vendor = vendor_of(tx, visit)
        sheet = _interface_of(vendor, visit.value("at") or "-")
        if sheet is None:
            raise Refusal(Problem("record_missing", "at", visit.value("at"), what="Entry"))
        return vendor, sheet

    def mark(sheet: Sheet) -> dict[str, str]:
        return {**_cells(INTERFACE, sheet), **sheet.secrets}

    if not visit.value("sure"):
        vendor, sheet = visit.read(find)
        return last_look(
            visit,
            visit.say("Delete it from the card of %(vendor)s?", vendor=vendor.name),
            means=visit.say("It is gone for good, with its passwords."),
            facts={visit.say("Interface"): sheet.cells[NAME]},
            path=f"{path}/interface/drop",
            fields={"at": str(sheet.at), "seen": mark_of(mark(sheet))},
            back=path,
        )

    def work(tx: Tx) -> None:
        hold(tx)
        vendor, sheet = find(tx)
        check_seen(visit, vendor.code, mark(sheet))
        vendors.drop_interface(tx, vendor.code, sheet.at)
        _note(tx, visit, vendor, f"{sheet.cells[NAME]}: ", sheet, None)

    visit.write(work)
    return visit.go(path, visit.say("It is deleted."))


PAGES = (
    Page("GET", "/vendors/{code}/interface", edit_interface, right=RIGHT),
    Page("POST", "/vendors/{code}/interface", save_interface, right=RIGHT, again=edit_interface),
    Page("POST", "/vendors/{code}/interface/drop", drop_interface, right=RIGHT),
    Page("GET", "/vendors/{code}/edi", edit_edi, right=RIGHT),
    Page("POST", "/vendors/{code}/edi", save_edi, right=RIGHT, again=edit_edi),
)
