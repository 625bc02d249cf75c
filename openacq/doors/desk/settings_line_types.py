"""Settings: which kind of order an approved purchase request becomes, by its format, its kind of title and
the material that was asked for; what differs from the rows that came with the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from openacq.codes import service as codes
from openacq.doors.desk.seen import check_seen, differences, hold, mark_of
from openacq.doors.desk.settings import RIGHT
from openacq.doors.desk.settings_parts import last_look
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import later
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.requests import service as requests
from openacq.requests.model import CITATIONS, FORMATS, MATERIALS, LineType
from openacq.store import Tx

Key: TypeAlias = tuple[str, str, str]

PATH = "/settings/requests/types"
LINE_TYPE = "request_line_type"
LINE_TYPES = "PurchaseType"
NAMES = ("format", "citation_type", "requested_type")
EVERY = (later("every format"), later("every kind of title"), later("every material"))
"""What a row says that leaves one of these open."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the list: what it speaks of and what that becomes, as (words, code), `was` what came with the
    server, `usable` unless the code table no longer has its kind of order."""

    row: LineType
    speaks_of: tuple[tuple[str, str], ...]
    becomes: tuple[str, str]
    name: str
    was: LineType | None
    usable: bool

    @property
    def differs(self) -> bool:
        return self.row != self.was

    @property
    def fields(self) -> dict[str, str]:
        """What the forms of the row carry."""
        return {**dict(zip(NAMES, self.row.key, strict=True)), "seen": mark_of(_cells(self.row))}


# -- the list -----------------------------------------------------------------------------------


def show(visit: Visit) -> Rendered:
    """`GET /settings/requests/types`."""

    def work(tx: Tx) -> Rendered:
        changes = history.of(tx, LINE_TYPE, LINE_TYPE)
        return visit.show(
            "settings_line_types.html",
            rows=[_shown(tx, visit, row) for row in requests.line_types(tx)],
            described=lambda code: codes.describe(tx, LINE_TYPES, code),
            changes=changes,
            words={entry.field: _name(tx, visit, _key_of(entry.field)) for entry in changes},
        )

    return visit.read(work)


def _shown(tx: Tx, visit: Visit, row: LineType) -> Shown:
    return Shown(
        row=row,
        speaks_of=tuple(zip(_words(tx, visit, row.key), row.key, strict=True)),
        becomes=(codes.describe(tx, LINE_TYPES, row.line_type), row.line_type),
        name=_name(tx, visit, row.key),
        was=requests.SHIPPED_LINE_TYPES.get(row.key),
        usable=codes.check(tx, LINE_TYPES, "line_type", row.line_type) is None,
    )


def _words(tx: Tx, visit: Visit, key: Key) -> tuple[str, ...]:
    tables = (FORMATS, CITATIONS, _materials(key[0]))
    return tuple(
        codes.describe(tx, table, code) if code else visit.say(every)
        for table, code, every in zip(tables, key, EVERY, strict=True)
    )


def _materials(format_: str) -> str:
    return MATERIALS.get(format_, MATERIALS["P"])


def _name(tx: Tx, visit: Visit, key: Key) -> str:
    """What a row speaks of, in words."""
    return ", ".join(_words(tx, visit, key))


def switch(visit: Visit) -> Rendered:
    """`POST /settings/requests/types/switch`: a row is asked no more, or again."""

    def work(tx: Tx) -> str:
        old, name = _named(tx, visit)
        row = requests.put_line_type(tx, {**_as_cells(old), "enabled": visit.value("on") == "yes"})
        _note(tx, visit, row.key, old, row)
        return name

    name = visit.write(work)
    told = later("“%(name)s” is asked again.") if visit.value("on") == "yes" else later("“%(name)s” is off.")
    return visit.go(PATH, visit.say(told, name=name))


def drop(visit: Visit) -> Rendered:
    """`POST /settings/requests/types/drop`: first what goes; with `sure` a row is as it came with the
    server, and gone if it did not."""
    if not visit.value("sure"):
        return visit.read(lambda tx: _look(tx, visit))

    def work(tx: Tx) -> tuple[str, bool]:
        old, name = _named(tx, visit)
        was = requests.SHIPPED_LINE_TYPES.get(old.key)
        requests.drop_line_type(tx, old.key)
        _note(tx, visit, old.key, old, was)
        return name, was is not None

    name, is_back = visit.write(work)
    told = later("“%(name)s” is as it came with the server.") if is_back else later("“%(name)s” is deleted.")
    return visit.go(PATH, visit.say(told, name=name))


def _look(tx: Tx, visit: Visit) -> Rendered:
    shown = _shown(tx, visit, _row(tx, _typed(visit)))
    facts = {visit.say("Kind of order"): "{} ({})".format(*shown.becomes)}
    if shown.was is None:
        question = visit.say("Delete the row “%(name)s”?", name=shown.name)
        means = visit.say("Rows that say less then decide about such requests, if there are any.")
        button = visit.say("Delete it")
    else:
        question = visit.say("Put the row “%(name)s” back?", name=shown.name)
        means = visit.say("It is then as it came with the server.")
        button = visit.say("Put it back")
        code = shown.was.line_type
        facts[visit.say("As it came")] = f"{codes.describe(tx, LINE_TYPES, code)} ({code})"
    fields = {**shown.fields, "seen": visit.value("seen") or shown.fields["seen"]}
    return last_look(
        visit,
        question,
        means=means,
        facts=facts,
        path=f"{PATH}/drop",
        fields=fields,
        back=PATH,
        button=button,
    )


# -- one row ------------------------------------------------------------------------------------


def edit(visit: Visit) -> Rendered:
    """`GET /settings/requests/types/row?format=&citation_type=&requested_type=`; without a format another
    one, `of` which format that shall be."""

    def work(tx: Tx) -> Rendered:
        row = _asked(tx, visit)
        formats = [each for each in codes.rows(tx, FORMATS) if each.enabled]
        usual = codes.default_row(tx, FORMATS)
        of = row.format if row else visit.param("of") or (usual.code if usual else "P")
        kept = _cells(row) if row else {}
        changes = history.of(tx, LINE_TYPE, LINE_TYPE) if row else ()
        return visit.show(
            "settings_line_type.html",
            row=row,
            shown=_shown(tx, visit, row) if row else None,
            of=of,
            formats=[(each.code, each.description) for each in formats],
            citations=_offered(tx, CITATIONS),
            materials=_offered(tx, _materials(of)),
            types=_offered(tx, LINE_TYPES),
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            words={_field(row.key): visit.say("Kind of order")} if row else {},
            changes=[each for each in changes if row and each.field == _field(row.key)],
        )

    return visit.read(work)


def _offered(tx: Tx, table: str) -> list[tuple[str, str]]:
    """The codes that may be used, in words with the code."""
    return [(row.code, f"{row.description} ({row.code})") for row in codes.rows(tx, table) if row.enabled]


def save(visit: Visit) -> Rendered:
    """`POST /settings/requests/types/row`: what such requests become, and whether the row is asked."""

    def work(tx: Tx) -> str:
        hold(tx)
        old = _asked(tx, visit)
        key = old.key if old else _typed(visit)
        if old is not None:
            check_seen(visit, _name(tx, visit, key), _cells(old))
        elif any(row.key == key for row in requests.line_types(tx)):
            raise Refusal(Problem("code_taken", "request_line_type", _name(tx, visit, key)))
        cells = {
            **dict(zip(NAMES, key, strict=True)),
            "line_type": visit.value("line_type"),
            "enabled": visit.value("enabled") or "no",
        }
        row = requests.put_line_type(tx, cells)
        _note(tx, visit, row.key, old, row)
        return _name(tx, visit, row.key)

    name = visit.write(work) if visit.param("format") else visit.create(work)
    return visit.go(PATH, visit.say("“%(name)s” is saved.", name=name))


# -- which row ----------------------------------------------------------------------------------


def _typed(visit: Visit) -> Key:
    return visit.value("format"), visit.value("citation_type"), visit.value("requested_type")


def _asked(tx: Tx, visit: Visit) -> LineType | None:
    """The row of the address, None for a new one. Raises Refusal record_missing."""
    key = (visit.param("format"), visit.param("citation_type"), visit.param("requested_type"))
    return _row(tx, key) if key[0] else None


def _row(tx: Tx, key: Key) -> LineType:
    found = next((row for row in requests.line_types(tx) if row.key == key), None)
    if found is None:
        raise Refusal(Problem("record_missing", "format", "/".join(key), what="Row"))
    return found


def _named(tx: Tx, visit: Visit) -> tuple[LineType, str]:
    """The row a button is of, as it was shown, and what it is called. Raises Refusal record_missing,
    page_outdated."""
    hold(tx)
    row = _row(tx, _typed(visit))
    name = _name(tx, visit, row.key)
    check_seen(visit, name, _cells(row))
    return row, name


def _cells(row: LineType) -> dict[str, str]:
    """A row as its form has it."""
    return {"line_type": row.line_type, "enabled": "yes" if row.enabled else ""}


def _as_cells(row: LineType) -> dict[str, object]:
    return {**dict(zip(NAMES, row.key, strict=True)), "line_type": row.line_type}


# -- history ------------------------------------------------------------------------------------


def _note(tx: Tx, visit: Visit, key: Key, old: LineType | None, new: LineType | None) -> None:
    change = Change(_field(key), _spelled(old), _spelled(new))
    history.record(tx, LINE_TYPE, LINE_TYPE, [change], visit.user.primary_id)


def _spelled(row: LineType | None) -> str | None:
    if row is None:
        return None
    return row.line_type if row.enabled else f"{row.line_type} (off)"


def _field(key: Key) -> str:
    """How the history names a row."""
    return "/".join(key)


def _key_of(field: str) -> Key:
    format_, _, rest = field.partition("/")
    citation, _, material = rest.partition("/")
    return format_, citation, material


PAGES = (
    Page("GET", PATH, show, right=RIGHT),
    Page("GET", f"{PATH}/row", edit, right=RIGHT),
    Page("POST", f"{PATH}/row", save, right=RIGHT, again=edit),
    Page("POST", f"{PATH}/switch", switch, right=RIGHT, again=show),
    Page("POST", f"{PATH}/drop", drop, right=RIGHT, again=show),
)
