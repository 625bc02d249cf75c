"""Filling settings, rules and the mapping of line types from files, and giving them back as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.kernel.filling import fill
from openacq.kernel.money import Money, minor_digits
from openacq.kernel.order import named, ranked
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.rows import Row
from openacq.kernel.text import nearest
from openacq.kernel.verdict import Verdict
from openacq.profiles import service as profiles
from openacq.requests import store_rules
from openacq.requests.line_types import SHIPPED, line_types
from openacq.requests.model import CITATIONS, FORMATS, MATERIALS, SOURCES, LineType, RequestRule, Settings
from openacq.requests.rules import NOT_SET, REQUIRABLE, rules, settings
from openacq.store import Tx

SETTING, RULE, LINE_TYPE = "request_setting", "request_rule", "request_line_type"
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        SETTING: ("import_profile", "merge"),
        RULE: (
            "name", "position", "enabled", "user_groups", "roles", "sources", "most_open", "most_in_period",
            "period_days", "required", "citation_types", "formats", "most_cost", "currency",
        ),
        LINE_TYPE: ("format", "citation_type", "requested_type", "line_type", "enabled"),
    }
)  # fmt: skip
MOST_DAYS = 3_660
NOTHING = ("none", "-")
"""Words that take away what a rule limited by."""
NO_PROFILE = "-"
"""As import_profile in a file: none is settled any more."""


def load(tx: Tx, kind: str, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Fill and update request_setting, request_rule or request_line_type. Columns: `COLUMNS[kind]`."""
    return {SETTING: _load_settings, RULE: _load_rules, LINE_TYPE: _load_line_types}[kind](tx, rows)


# -- settings -----------------------------------------------------------------------------------


def _load_settings(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """An institution has one row of settings."""
    old = store_rules.settings(tx)
    held = {} if old is None else {SETTING: old}

    def read(row: Row) -> tuple[str, Settings]:
        kept = old or NOT_SET
        profile = row.text("import_profile", kept.import_profile, most=50)
        if profile == NO_PROFILE:
            profile = ""
        if profile and profiles.request_profile(tx, profile) is None:
            valid = "a profile of kind purchase_request"
            row.problems.append(Problem("value_not_listed", "import_profile", profile, valid=valid))
        return SETTING, Settings(profile, row.flag("merge", kept.merge))

    filled = fill(SETTING, COLUMNS[SETTING], given, held, read)
    for each in (*filled.added, *filled.changed):
        store_rules.save_settings(tx, each, new=old is None)
        tx.registers_changed()
    return filled.verdicts


# -- rules --------------------------------------------------------------------------------------


def _load_rules(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    held = store_rules.rules(tx)
    places = count(max((rule.position for rule in held.values()), default=0) + 1)

    def read(row: Row) -> tuple[str, RequestRule]:
        rule = _read_rule(tx, row, held, next(places))
        return rule.name, rule

    filled = fill(RULE, COLUMNS[RULE], given, held, read)
    if filled.anything:
        store_rules.save_rules(tx, filled.added, filled.changed)
        tx.registers_changed()
    return filled.verdicts


def put_rule(tx: Tx, cells: Mapping[str, object]) -> RequestRule:
    """Write a rule whole: what the cells leave out is as in a new one. A new one comes last.

    Raises Refusal with everything that is wrong.
    """
    tx.registers_changed()  # others who change registers wait from here on
    held = store_rules.rules(tx)
    row = Row(cells)
    row.check_names(COLUMNS[RULE])
    last = max((rule.position for rule in held.values()), default=0)
    old = held.get(row.text("name"))
    rule = _read_rule(tx, row, {}, old.position if old else last + 1)
    if row.problems:
        raise Refusal(row.problems)
    added, changed = ([], [rule]) if rule.name in held else ([rule], [])
    store_rules.save_rules(tx, added, changed)
    return rule


def drop_rule(tx: Tx, name: str) -> RequestRule:
    """Forget a rule. Raises Refusal record_missing."""
    tx.registers_changed()  # others who change registers wait from here on
    rule = named(store_rules.rules(tx).values(), name)
    store_rules.drop_rule(tx, name)
    return rule


def rank_rule(tx: Tx, name: str, places: int) -> tuple[RequestRule, ...]:
    """Have a rule asked so many places earlier (-1) or later (1); all of them in their new order.

    Raises Refusal record_missing.
    """
    tx.registers_changed()  # others who change registers wait from here on
    held = store_rules.rules(tx)
    order = ranked(held.values(), name, places)
    store_rules.save_rules(tx, [], [rule for rule in order if rule != held[rule.name]])
    return tuple(order)


def _read_rule(tx: Tx, row: Row, held: Mapping[str, RequestRule], place: int) -> RequestRule:
    name = row.text("name", needed=True, most=100)
    old = held.get(name) or RequestRule(name, position=place)
    return RequestRule(
        name=name,
        position=row.whole("position", old.position),
        enabled=row.flag("enabled", old.enabled),
        user_groups=_codes(tx, row, "user_groups", "UserGroups", old.user_groups),
        roles=_codes(tx, row, "roles", "HFrUserRoles.roleType", old.roles),
        sources=_codes(tx, row, "sources", SOURCES, old.sources),
        most_open=_limit(row, "most_open", old.most_open),
        most_in_period=_limit(row, "most_in_period", old.most_in_period),
        period_days=row.whole("period_days", old.period_days, least=1, most=MOST_DAYS),
        required=_required(row, old.required),
        citation_types=_codes(tx, row, "citation_types", CITATIONS, old.citation_types),
        formats=_codes(tx, row, "formats", FORMATS, old.formats),
        most_cost=_most_cost(row, old.most_cost),
    )


def _codes(tx: Tx, row: Row, field: str, table: str, kept: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of a table; "none" takes those away that were set."""
    found = row.codes(field)
    if _is_nothing(found):
        return ()
    row.problems += [wrong for code in found if (wrong := codes.check(tx, table, field, code))]
    return found or kept


def _is_nothing(found: tuple[str, ...]) -> bool:
    return len(found) == 1 and found[0].casefold() in NOTHING


def _limit(row: Row, field: str, kept: int | None) -> int | None:
    """A number; "none" lifts a limit that was set."""
    if row.text(field).casefold() in NOTHING:
        return None
    found = row.whole_or_none(field, most=1_000_000)
    return kept if found is None else found


def _required(row: Row, kept: tuple[str, ...]) -> tuple[str, ...]:
    found = row.codes("required")
    if _is_nothing(found):
        return ()
    known = tuple(REQUIRABLE)
    for name in found:
        if name not in REQUIRABLE:
            valid = f"{', '.join(known)}.{probable(nearest(name, known))}"
            row.problems.append(Problem("value_not_listed", "required", name, valid=valid))
    return found or kept


def _most_cost(row: Row, kept: Money | None) -> Money | None:
    if row.text("most_cost").casefold() in NOTHING:
        return None
    currency = row.currency("currency", kept.currency if kept else "")
    if not row.given("most_cost"):
        return kept and replace(kept, currency=currency, scale=minor_digits(currency))
    if not currency:
        row.problems.append(Problem("field_missing", "currency"))
        return None
    return Money(row.units("most_cost", least=0), currency, minor_digits(currency))


# -- the mapping --------------------------------------------------------------------------------


def _load_line_types(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    held = {**SHIPPED, **store_rules.line_types(tx)}

    def read(row: Row) -> tuple[store_rules.Key, LineType]:
        found = _read_line_type(tx, row, held)
        return found.key, found

    filled = fill(LINE_TYPE, COLUMNS[LINE_TYPE], given, held, read, name="/".join)
    if filled.anything:
        _save_line_types(tx, [*filled.added, *filled.changed])
        tx.registers_changed()
    return filled.verdicts


def put_line_type(tx: Tx, cells: Mapping[str, object]) -> LineType:
    """Write a row of the mapping whole. One that says what came with the server is that one again.

    Raises Refusal with everything that is wrong.
    """
    tx.registers_changed()  # others who change registers wait from here on
    row = Row(cells)
    row.check_names(COLUMNS[LINE_TYPE])
    found = _read_line_type(tx, row, {})
    if row.problems:
        raise Refusal(row.problems)
    _save_line_types(tx, [found])
    return found


def drop_line_type(tx: Tx, key: store_rules.Key) -> LineType:
    """Forget what the institution says of a format, citation type and requested type: what came with the
    server is in force again. Raises Refusal record_missing when it says nothing."""
    tx.registers_changed()  # others who change registers wait from here on
    gone = store_rules.line_types(tx).get(key)
    if gone is None:
        raise Refusal(Problem("record_missing", "format", "/".join(key), what="Row of your own"))
    store_rules.drop_line_types(tx, [key])
    return gone


def _save_line_types(tx: Tx, rows: Sequence[LineType]) -> None:
    """Keep what differs from what came with the server, and nothing else."""
    own = store_rules.line_types(tx)
    differing = {row.key: row for row in rows if row != SHIPPED.get(row.key)}
    new = [row for key, row in differing.items() if key not in own]
    store_rules.save_line_types(tx, new, [row for key, row in differing.items() if key in own])
    store_rules.drop_line_types(tx, [row.key for row in rows if row.key in own.keys() - differing.keys()])


def _read_line_type(tx: Tx, row: Row, held: Mapping[store_rules.Key, LineType]) -> LineType:
    format_ = row.text("format", needed=True)
    citation, material = row.text("citation_type"), row.text("requested_type")
    old = held.get((format_, citation, material))
    line_type = row.text("line_type", old.line_type if old else "", needed=old is None)
    enabled = row.flag("enabled", old.enabled if old else True)
    for table, field, code in (
        (FORMATS, "format", format_),
        (CITATIONS, "citation_type", citation),
        (MATERIALS.get(format_, MATERIALS["P"]), "requested_type", material),
        ("PurchaseType", "line_type", line_type),
    ):
        # A row that is off may speak of codes that are off: it could not be switched off with them otherwise.
        known = not enabled and codes.row(tx, table, code) is not None
        wrong = codes.check(tx, table, field, code) if code and not known else None
        row.problems += [wrong] if wrong else []
    return LineType(format_, citation, material, line_type, enabled)


# -- giving back --------------------------------------------------------------------------------


def dump(tx: Tx, kind: str) -> list[dict[str, object]]:
    """The rows of a kind as `load` takes them: what is not set is left out."""
    if kind == SETTING:
        settled = settings(tx)
        return [{"import_profile": settled.import_profile or NO_PROFILE, "merge": settled.merge}]
    if kind == LINE_TYPE:
        return [
            {name: value for name in COLUMNS[LINE_TYPE] if (value := getattr(each, name)) != ""}
            for each in line_types(tx)
        ]
    if kind == RULE:
        return [_dumped(rule) for rule in rules(tx)]
    raise LookupError(kind)


def _dumped(rule: RequestRule) -> dict[str, object]:
    cells: dict[str, object] = {
        name: list(value) if isinstance(value, tuple) else value
        for name in COLUMNS[RULE]
        if name not in ("most_cost", "currency") and (value := getattr(rule, name)) not in (None, ())
    }
    if rule.most_cost is not None:
        cells |= {"most_cost": rule.most_cost.text(), "currency": rule.most_cost.currency}
    return cells
