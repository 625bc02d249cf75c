"""Settings: what people may ask the library to buy, how often, and how titles they ask for are matched."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.doors.desk.seen import changes_of, check_seen, differences, hold, mark_of
from openacq.doors.desk.settings import RIGHT
from openacq.doors.desk.settings_parts import RulesInOrder, listed
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import later
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.doors.pages.wording_forms import REQUEST_RULES as WORDS
from openacq.history import service as history
from openacq.kernel.refusal import Refusal
from openacq.profiles import service as profiles
from openacq.profiles.model import ProfileKind
from openacq.requests import service as requests
from openacq.requests.model import CITATIONS, FORMATS, SOURCES, RequestRule, Settings
from openacq.store import Tx

RULE, SETTING = "request_rule", "request_setting"
LISTS: Mapping[str, str] = MappingProxyType(
    {
        "user_groups": "UserGroups",
        "roles": "HFrUserRoles.roleType",
        "sources": SOURCES,
        "citation_types": CITATIONS,
        "formats": FORMATS,
    }
)
"""Fields that hold codes, and the table of each."""
NUMBERS = ("most_open", "most_in_period", "period_days")
REQUIRED: Mapping[str, str] = MappingProxyType(
    {
        "author": later("Author"),
        "edition": later("Edition"),
        "isbn": later("ISBN"),
        "issn": later("ISSN"),
        "lcc_number": later("Library of Congress number"),
        "other_system_number": later("Number of another system"),
        "publisher": later("Publisher"),
        "publication_place": later("Place of publication"),
        "publication_year": later("Year"),
        "bib_note": later("Note about the title"),
        "volume": later("Volume"),
        "isbn_or_issn": later("ISBN or ISSN"),
        "requested_type": later("Type"),
        "owning_library": later("Library"),
        "estimated_cost": later("Estimated cost"),
        "fund": later("Fund"),
        "vendor": later("Vendor"),
        "email": later("E-mail"),
        "requester_note": later("Note of the requester"),
        "locations": later("Locations"),
    }
)
"""Fields a rule may require, in words."""


# -- the rules and what is settled --------------------------------------------------------------


def show(visit: Visit) -> Rendered:
    """`GET /settings/requests`: what is settled, and the rules in the order in which they are asked."""

    def work(tx: Tx) -> Rendered:
        settled = requests.settings(tx)
        kept = _setting_cells(settled)
        return visit.show(
            "settings_requests.html",
            settled=settled,
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            profiles=[
                (profile.code, profile.name)
                for profile in profiles.order_profiles(tx, ProfileKind.PURCHASE_REQUEST)
            ],
            rules=requests.rules(tx),
            whom=lambda rule: whom_of(tx, visit, rule),
            limits=lambda rule: limits_of(tx, visit, rule),
            words=words_of(visit),
            changes=history.of(tx, SETTING, SETTING),
        )

    return visit.read(work)


def words_of(visit: Visit) -> dict[str, str]:
    return {name: visit.say(words) for name, words in WORDS.items()}


def whom_of(tx: Tx, visit: Visit, rule: RequestRule) -> list[tuple[str, str]]:
    """Of whom a rule speaks, in words."""
    return [
        (visit.say(WORDS[name]), _described(tx, LISTS[name], getattr(rule, name)))
        for name in ("user_groups", "roles", "sources")
        if getattr(rule, name)
    ]


def limits_of(tx: Tx, visit: Visit, rule: RequestRule) -> list[tuple[str, str]]:
    """What a rule allows, in words; nothing when it sets no limit."""
    words, found = words_of(visit), []
    if rule.most_open is not None:
        found.append((words["most_open"], str(rule.most_open)))
    if rule.most_in_period is not None:
        most = visit.say("%(most)s in %(days)s days", most=rule.most_in_period, days=rule.period_days)
        found.append((words["most_in_period"], most))
    if rule.required:
        needed = ", ".join(visit.say(REQUIRED.get(name, name)) for name in rule.required)
        found.append((words["required"], needed))
    found += [
        (words[name], _described(tx, LISTS[name], getattr(rule, name)))
        for name in ("citation_types", "formats")
        if getattr(rule, name)
    ]
    if rule.most_cost is not None:
        found.append((words["most_cost"], visit.language.money(rule.most_cost)))
    return found


def _described(tx: Tx, table: str, given: tuple[str, ...]) -> str:
    return ", ".join(codes.describe(tx, table, code) or code for code in given)


def save_settings(visit: Visit) -> Rendered:
    """`POST /settings/requests`."""

    def work(tx: Tx) -> None:
        hold(tx)
        old = _setting_cells(requests.settings(tx))
        check_seen(visit, visit.say("Request rules"), old)
        cells = {
            "merge": visit.value("merge") or "no",
            "import_profile": visit.value("import_profile") or "-",
        }
        (verdict,) = requests.load(tx, SETTING, [cells])
        if verdict.problems:
            raise Refusal(verdict.problems)
        new = _setting_cells(requests.settings(tx))
        history.record(tx, SETTING, SETTING, changes_of(old, new), visit.user.primary_id)

    visit.write(work)
    return visit.go("/settings/requests", visit.say("Saved."))


def _setting_cells(settled: Settings) -> dict[str, str]:
    return {"merge": "yes" if settled.merge else "", "import_profile": settled.import_profile}


# -- one rule -----------------------------------------------------------------------------------


def edit(visit: Visit) -> Rendered:
    """`GET /settings/requests/rule?name=`; without a name another one."""

    def work(tx: Tx) -> Rendered:
        rule = RULES.known(tx, visit.param("name"))
        kept = _cells(rule)
        return visit.show(
            "settings_request_rule.html",
            rule=rule,
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            words=words_of(visit),
            offered={
                name: [(row.code, row.description) for row in codes.rows(tx, table) if row.enabled]
                for name, table in LISTS.items()
            },
            required=[(name, visit.say(REQUIRED.get(name, name))) for name in requests.REQUIRABLE],
            changes=history.of(tx, RULE, rule.name) if rule else (),
        )

    return visit.read(work)


def save(visit: Visit) -> Rendered:
    """`POST /settings/requests/rule?name=`."""

    def work(tx: Tx) -> str:
        hold(tx)
        old = RULES.known(tx, visit.param("name"))
        before = _cells(old)
        check_seen(visit, old.name if old else "", before)
        name = old.name if old else visit.value("name")
        if old is None:
            RULES.check_new(tx, name)
        cells: dict[str, object] = {
            "name": name,
            "enabled": visit.value("enabled") or "no",
            **{field: visit.value(field) for field in ("position", *NUMBERS, "most_cost", "currency")},
            **{field: listed(visit, field) for field in (*LISTS, "required")},
        }
        rule = requests.put_rule(tx, cells)
        history.record(tx, RULE, rule.name, changes_of(before, _cells(rule)), visit.user.primary_id)
        return rule.name

    name = visit.write(work) if visit.param("name") else visit.create(work)
    return visit.go("/settings/requests", visit.say("Rule “%(name)s” is saved.", name=name))


def _cells(rule: RequestRule | None) -> dict[str, str]:
    """A rule as its form has it."""
    if rule is None:
        return {}
    numbers = {name: getattr(rule, name) for name in ("position", *NUMBERS)}
    return {
        **{name: "" if number is None else str(number) for name, number in numbers.items()},
        "enabled": "yes" if rule.enabled else "",
        **{name: "; ".join(getattr(rule, name)) for name in (*LISTS, "required")},
        "most_cost": rule.most_cost.text() if rule.most_cost else "",
        "currency": rule.most_cost.currency if rule.most_cost else "",
    }


def _facts(tx: Tx, visit: Visit, rule: RequestRule) -> Mapping[str, str]:
    return dict([*whom_of(tx, visit, rule), *limits_of(tx, visit, rule)])


def _forget(tx: Tx, visit: Visit, gone: RequestRule) -> None:
    history.record(tx, RULE, gone.name, changes_of(_cells(gone), {}), visit.user.primary_id)


RULES = RulesInOrder(
    page="/settings/requests",
    actions="/settings/requests",
    means=later("The rules after it then decide for those it speaks of."),
    every=requests.rules,
    move=requests.rank_rule,
    delete=requests.drop_rule,
    facts=_facts,
    forget=_forget,
)

PAGES = (
    Page("GET", "/settings/requests", show, right=RIGHT),
    Page("POST", "/settings/requests", save_settings, right=RIGHT, again=show),
    Page("GET", "/settings/requests/rule", edit, right=RIGHT),
    Page("POST", "/settings/requests/rule", save, right=RIGHT, again=edit),
    Page("POST", "/settings/requests/rank", RULES.rank, right=RIGHT),
    Page("POST", "/settings/requests/drop", RULES.drop, right=RIGHT),
)
