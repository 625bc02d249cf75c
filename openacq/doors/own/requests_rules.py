"""What an institution has settled about purchase requests: who may ask for what, and what they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own.requests_wire import Code
from openacq.kernel.refusal import Problem, Refusal
from openacq.requests import service as requests
from openacq.requests.model import LineType as LineTypeKept
from openacq.requests.model import RequestRule
from openacq.store import Tx
from openacq.wire.model import UNSET, Count, Maybe, SumText, Wire

MOST_ROWS = 500
USUAL = RequestRule("")
LISTS = ("user_groups", "roles", "sources", "required", "citation_types", "formats")
LIMITS = ("most_open", "most_in_period", "most_cost")
PLAIN = ("enabled", "period_days")
NOTHING = "none"
"""What takes a limit away in a row of a register."""
SETTING, RULE, LINE_TYPE = "request_setting", "request_rule", "request_line_type"


class Settings(Wire):
    """`import_profile` names the profile titles are matched by; `merge`: a request for a title somebody waits
    for is merged with theirs."""

    import_profile: Maybe[Code] = UNSET
    merge: Maybe[bool] = UNSET


class Rule(Wire):
    """The first enabled rule whose criteria (user_groups, roles, sources) all hold decides alone. What is
    left out does not limit."""

    name: Maybe[Code] = UNSET
    position: Maybe[int] = UNSET
    enabled: Maybe[bool] = UNSET
    user_groups: Maybe[list[Code]] = UNSET
    roles: Maybe[list[Code]] = UNSET
    sources: Maybe[list[Code]] = UNSET
    most_open: Maybe[int] = UNSET
    most_in_period: Maybe[int] = UNSET
    period_days: Maybe[int] = UNSET
    required: Maybe[list[Code]] = UNSET
    citation_types: Maybe[list[Code]] = UNSET
    formats: Maybe[list[Code]] = UNSET
    most_cost: Maybe[SumText] = UNSET
    currency: Maybe[Code] = UNSET


class Rules(Wire):
    rules: Annotated[Maybe[list[Rule]], Count(MOST_ROWS)] = UNSET


class LineType(Wire):
    """The type of PO line an approved request becomes; empty citation and requested types fit every one."""

    format: Maybe[Code] = UNSET
    citation_type: Maybe[Code] = UNSET
    requested_type: Maybe[Code] = UNSET
    line_type: Maybe[Code] = UNSET
    enabled: Maybe[bool] = UNSET


class LineTypes(Wire):
    line_types: Annotated[Maybe[list[LineType]], Count(MOST_ROWS)] = UNSET


# -- reading ------------------------------------------------------------------------------------


def read_settings(ask: Ask) -> Reply:
    """`GET /requests/settings`."""
    return Reply(ask.read(_settings))


def _settings(tx: Tx) -> Settings:
    kept = requests.settings(tx)
    return Settings(import_profile=kept.import_profile, merge=kept.merge)


def read_rules(ask: Ask) -> Reply:
    """`GET /requests/rules`: who may ask for what, in the order in which the rules are asked."""
    return Reply(ask.read(_rules))


def _rules(tx: Tx) -> Rules:
    return Rules(rules=[_rule(each) for each in requests.rules(tx)])


def _rule(rule: RequestRule) -> Rule:
    cost = rule.most_cost
    return Rule(
        name=rule.name,
        position=rule.position,
        enabled=rule.enabled,
        user_groups=list(rule.user_groups),
        roles=list(rule.roles),
        sources=list(rule.sources),
        most_open=UNSET if rule.most_open is None else rule.most_open,
        most_in_period=UNSET if rule.most_in_period is None else rule.most_in_period,
        period_days=rule.period_days,
        required=list(rule.required),
        citation_types=list(rule.citation_types),
        formats=list(rule.formats),
        most_cost=cost.text() if cost else UNSET,
        currency=cost.currency if cost else UNSET,
    )


def read_line_types(ask: Ask) -> Reply:
    """`GET /requests/line-types`: which type of PO line a request becomes; the institution's rows over those
    that came with the server."""
    return Reply(ask.read(_line_types))


def _line_types(tx: Tx) -> LineTypes:
    return LineTypes(line_types=[_line_type(each) for each in requests.line_types(tx)])


def _line_type(row: LineTypeKept) -> LineType:
    return LineType(
        format=row.format,
        citation_type=row.citation_type,
        requested_type=row.requested_type,
        line_type=row.line_type,
        enabled=row.enabled,
    )


# -- writing ------------------------------------------------------------------------------------


def write_settings(ask: Ask) -> Reply:
    """`PUT /requests/settings {"import_profile": "…", "merge": true}`: what is left out stays."""
    return _written(ask, SETTING, "settings", [_row(ask.model(Settings))], _settings)


def write_rules(ask: Ask) -> Reply:
    """`PUT /requests/rules {"rules": […]}`: each rule named, whole: what it leaves out does not limit; only
    its place stays. Rules not named stay; `"enabled": false` puts one out of force."""
    given = ask.model(Rules).rules
    if not given:
        raise Refusal(Problem("field_missing", "rules"))
    return _written(ask, RULE, "rules", [_whole(each) for each in given], _rules)


def _whole(rule: Rule) -> Mapping[str, object]:
    """A rule as a row that says everything of it but its place."""
    row: dict[str, object] = {"enabled": True, "period_days": USUAL.period_days}
    for name in LISTS:
        row[name] = getattr(rule, name) or NOTHING
    for name in LIMITS:
        row[name] = getattr(rule, name)
        if row[name] is UNSET:
            row[name] = NOTHING
    sent = _row(rule)
    return row | {name: value for name, value in sent.items() if name not in row or name in PLAIN}


def write_line_types(ask: Ask) -> Reply:
    """`PUT /requests/line-types {"line_types": […]}`: rows known by format, citation type and requested type
    are changed, others added."""
    given = ask.model(LineTypes).line_types
    if not given:
        raise Refusal(Problem("field_missing", "line_types"))
    return _written(ask, LINE_TYPE, "line_types", [_row(each) for each in given], _line_types)


def drop_line_type(ask: Ask) -> Reply:
    """`DELETE /requests/line-types?format=&citation_type=&requested_type=`: take back what the institution
    says of them; what came with the server is in force again."""
    named = tuple(ask.params.get(name, "").strip() for name in ("format", "citation_type", "requested_type"))

    def work(tx: Tx) -> Wire:
        requests.drop_line_type(tx, (named[0], named[1], named[2]))
        ask.subject = LINE_TYPE
        return _line_types(tx)

    return Reply(ask.write(work))


def _written(
    ask: Ask, kind: str, what: str, rows: Sequence[Mapping[str, object]], shown: Callable[[Tx], Wire]
) -> Reply:
    """Write all the rows or, with every problem told, none."""

    def work(tx: Tx) -> Wire:
        verdicts = requests.load(tx, kind, rows)
        problems = [
            Problem(each.slug, f"{what}[{verdict.row - 1}].{each.field}", each.value, **each.facts)
            for verdict in verdicts
            for each in verdict.problems
        ]
        if problems:
            raise Refusal(problems)
        ask.subject = kind
        return shown(tx)

    return Reply(ask.write(work))


def _row(given: Wire) -> Mapping[str, object]:
    """The members that were sent."""
    members = {name: getattr(given, name) for name in given.__struct_fields__}
    return {name: value for name, value in members.items() if value is not UNSET}


ROUTES = (
    Route("GET", "/requests/settings", "own", read_settings, open_to_vendors=False),
    Route("PUT", "/requests/settings", "own", write_settings, write=True, open_to_vendors=False),
    Route("GET", "/requests/rules", "own", read_rules, open_to_vendors=False),
    Route("PUT", "/requests/rules", "own", write_rules, write=True, open_to_vendors=False),
    Route("GET", "/requests/line-types", "own", read_line_types, open_to_vendors=False),
    Route("PUT", "/requests/line-types", "own", write_line_types, write=True, open_to_vendors=False),
    Route("DELETE", "/requests/line-types", "own", drop_line_type, write=True, open_to_vendors=False),
)
