"""Settings: review rules with their tester, and the profiles of orders and purchase requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.desk.seen import changes_of, check_seen, differences, hold, mark_of, named_in
from openacq.doors.desk.settings import RIGHT
from openacq.doors.desk.settings_parts import RulesInOrder, listed, together, unknown_vendors
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import later
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.kernel.money import Money, NotMoney
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor
from openacq.profiles import service as profiles
from openacq.profiles.model import (
    MATCH_METHODS,
    DuplicatePolicy,
    LineFacts,
    OrderProfile,
    ProfileKind,
    ReviewRule,
)
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import VendorFilter

RULE, PROFILE = "review_rule", "profile"
CRITERIA = ("vendors", "methods", "libraries", "funds", "line_types", "materials", "sources")
FACTS = ("vendor", "method", "library", "fund", "line_type", "material", "source", "price", "currency")
FLAGS = ("block_not_fully_funded", "block_invalid_fund", "block_balance_too_low", "use_access_model")
MOST_VENDORS = 500


@dataclass(frozen=True, slots=True)
class Tested:
    """Which rule decides about a line, and whether each would match it."""

    decides: ReviewRule | None
    matching: tuple[str, ...]
    line: str = ""


# -- rules --------------------------------------------------------------------------------------


def list_rules(visit: Visit) -> Rendered:
    """`GET /settings/rules`: the rules in their order; with facts or a `line`, which one decides."""

    def work(tx: Tx) -> Rendered:
        rules = profiles.review_rules(tx)
        asked = {name: visit.param(name) for name in FACTS}
        tested = None
        try:
            tested = _test(tx, visit, rules, asked)
        except Refusal as refusal:
            visit.problems = refusal.problems
        return visit.show(
            "settings_rules.html",
            rules=rules,
            criteria=lambda rule: criteria_of(visit, rule),
            asked=asked,
            line=visit.param("line"),
            tested=tested,
            choices=choices_of(tx),
        )

    return visit.read(work)


def _test(tx: Tx, visit: Visit, rules: Sequence[ReviewRule], asked: Mapping[str, str]) -> Tested | None:
    if number := visit.param("line"):
        facts = ordering.facts_of(ordering.line(tx, number, Actor(visit.user.primary_id)))
    elif any(asked.values()):
        facts = LineFacts(
            vendor=asked["vendor"],
            method=asked["method"],
            price=_price(asked),
            library=asked["library"],
            funds=(asked["fund"],) if asked["fund"] else (),
            line_type=asked["line_type"],
            material=asked["material"],
            source=asked["source"],
        )
    else:
        return None
    matching = tuple(
        rule.name for rule in rules if rule.enabled and not rule.is_default and profiles.matches(rule, facts)
    )
    return Tested(profiles.decide(rules, facts), matching, number)


def _price(asked: Mapping[str, str]) -> Money | None:
    if not asked["price"]:
        return None
    if not asked["currency"]:
        raise Refusal(Problem("field_missing", "currency"))
    try:
        return Money.parse(asked["price"], asked["currency"].upper())
    except NotMoney as wrong:
        raise Refusal(Problem("price_invalid", "price", asked["price"], reason=wrong.reason)) from None


def criteria_of(visit: Visit, rule: ReviewRule) -> list[tuple[str, str]]:
    """The criteria of a rule that are set, in words."""
    words = criterion_words(visit)
    found = [(words[name], ", ".join(getattr(rule, name))) for name in CRITERIA if getattr(rule, name)]
    if rule.price_above:
        found.append((visit.say("Price above"), visit.language.money(rule.price_above)))
    if rule.price_below:
        found.append((visit.say("Price below"), visit.language.money(rule.price_below)))
    return found


def criterion_words(visit: Visit) -> dict[str, str]:
    return {
        "vendors": visit.say("Vendors"),
        "methods": visit.say("Acquisition methods"),
        "libraries": visit.say("Libraries"),
        "funds": visit.say("Funds"),
        "line_types": visit.say("Line types"),
        "materials": visit.say("Materials"),
        "sources": visit.say("Sources"),
    }


def rule_words(visit: Visit) -> dict[str, str]:
    """What the fields of a rule are called."""
    return {
        "position": visit.say("Place in the order"),
        "enabled": visit.say("Is asked"),
        "default": visit.say("Is the default rule (without criteria)"),
        **criterion_words(visit),
        "price_above": visit.say("Price above"),
        "price_below": visit.say("Price below"),
        "currency": visit.say("Currency"),
        "review": visit.say("Waits for review"),
    }


def choices_of(tx: Tx) -> dict[str, list[tuple[str, str]]]:
    """What facts of a line may be, as (code, words)."""
    found = {
        name: [(row.code, row.description) for row in codes.rows(tx, table) if row.enabled]
        for name, table in (
            ("method", "AcquisitionMethod"),
            ("line_type", "PurchaseType"),
            ("source", "AcqItemSourceType"),
        )
    }
    found["library"] = [(library.code, library.name) for library in directory.libraries(tx)]
    known = vendors.vendors(tx, VendorFilter(), MOST_VENDORS).vendors
    found["vendor"] = [(vendor.code, vendor.name) for vendor in known]
    return found


def edit_rule(visit: Visit) -> Rendered:
    """`GET /settings/rules/{name}`; the name "new" for another one."""

    def work(tx: Tx) -> Rendered:
        rule = _rule_of(tx, visit)
        kept = _rule_cells(rule)
        different = differences(visit, kept)
        return visit.show(
            "settings_rule.html",
            rule=rule,
            kept=kept,
            mark_of=mark_of,
            different=different,
            known=named_in(tx, different),
            criteria=criterion_words(visit),
            words={RULE: visit.say("Rule"), **rule_words(visit)},
            changes=history.of(tx, RULE, rule.name) if rule else (),
        )

    return visit.read(work)


def save_rule(visit: Visit) -> Rendered:
    """`POST /settings/rules/{name}`."""

    def work(tx: Tx) -> str:
        hold(tx)
        old = _rule_of(tx, visit)
        before = _rule_cells(old)
        check_seen(visit, old.name if old else "", before)
        name = old.name if old else visit.value("name")
        if old is None:
            RULES.check_new(tx, name)
        cells: dict[str, object] = {
            "name": name,
            "review": visit.value("review") or "no",
            "enabled": visit.value("enabled") or "no",
            "default": visit.value("default") or "no",
            **{field: visit.value(field) for field in ("position", "price_above", "price_below", "currency")},
            **{field: ";".join(listed(visit, field)) for field in CRITERIA},
        }
        wrong = unknown_vendors(tx, "vendors", listed(visit, "vendors"))
        rule = together(wrong, lambda: profiles.put_rule(tx, cells))
        changes = changes_of(before, _rule_cells(rule))
        history.record(tx, RULE, rule.name, changes, visit.user.primary_id)
        return rule.name

    name = visit.create(work) if visit.path["name"] == "new" else visit.write(work)
    return visit.go("/settings/rules", visit.say("Rule “%(name)s” is saved.", name=name))


def _rule_cells(rule: ReviewRule | None) -> dict[str, str]:
    """A rule as its form has it."""
    if rule is None:
        return {}
    price = rule.price_above or rule.price_below
    return {
        "position": str(rule.position),
        "enabled": "yes" if rule.enabled else "",
        "default": "yes" if rule.is_default else "",
        "review": "yes" if rule.review else "no",
        **{name: "; ".join(getattr(rule, name)) for name in CRITERIA},
        "price_above": rule.price_above.text() if rule.price_above else "",
        "price_below": rule.price_below.text() if rule.price_below else "",
        "currency": price.currency if price else "",
    }


def _rule_of(tx: Tx, visit: Visit) -> ReviewRule | None:
    """The rule of the address, None for a new one. Raises Refusal record_missing."""
    name = visit.path["name"]
    if name == "new" and all(rule.name != name for rule in profiles.review_rules(tx)):
        return None
    return RULES.known(tx, name)


def _forget(tx: Tx, visit: Visit, gone: ReviewRule) -> None:
    changes = changes_of(_rule_cells(gone), {})
    history.record(tx, RULE, gone.name, changes, visit.user.primary_id)


RULES = RulesInOrder(
    page="/settings/rules",
    actions="/settings/rules/-",
    means=later("Orders it speaks of are then decided by the rules after it."),
    every=profiles.review_rules,
    move=profiles.rank_rule,
    delete=profiles.drop_rule,
    facts=lambda _tx, visit, rule: dict(criteria_of(visit, rule)),
    forget=_forget,
)


# -- profiles -----------------------------------------------------------------------------------


def list_profiles(visit: Visit) -> Rendered:
    """`GET /settings/profiles`."""

    def work(tx: Tx) -> Rendered:
        return visit.show(
            "settings_profiles.html",
            kinds=[
                (kind, profiles.order_profiles(tx, kind), profiles.BUILT_IN[kind]) for kind in ProfileKind
            ],
        )

    return visit.read(work)


def edit_profile(visit: Visit) -> Rendered:
    """`GET /settings/profiles/{kind}/{code}`; the code "new" for another one."""

    def work(tx: Tx) -> Rendered:
        kind, profile = _profile_of(tx, visit)
        kept = _profile_cells(profile)
        return visit.show(
            "settings_profile.html",
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            kind=kind,
            profile=profile or profiles.BUILT_IN[kind],
            is_new=profile is None,
            methods=MATCH_METHODS,
            policies=[policy.value for policy in DuplicatePolicy],
            line_types=[(row.code, row.description) for row in codes.rows(tx, "PurchaseType") if row.enabled],
            flags=FLAGS,
            words={PROFILE: visit.say("Profile"), **profile_words(visit)},
            changes=history.of(tx, PROFILE, f"{kind} {profile.code}") if profile else (),
        )

    return visit.read(work)


def profile_words(visit: Visit) -> dict[str, str]:
    """What the fields of a profile are called."""
    return {
        "name": visit.say("Name"),
        "default": visit.say("Used when an order names no profile"),
        "match": visit.say("Titles are matched by"),
        "match_serial": visit.say("Serials are matched by"),
        "duplicates": visit.say("A title that is held or on order already"),
        "default_line_type": visit.say("Instead of a line type that is switched off"),
        "block_not_fully_funded": visit.say("it is not fully funded"),
        "block_invalid_fund": visit.say("its fund is unknown or cannot pay"),
        "block_balance_too_low": visit.say("its fund has too little money"),
        "use_access_model": visit.say("Take the access model of an e-book from the order"),
    }


def save_profile(visit: Visit) -> Rendered:
    """`POST /settings/profiles/{kind}/{code}`."""

    def work(tx: Tx) -> OrderProfile:
        hold(tx)
        kind, old = _profile_of(tx, visit)
        before = _profile_cells(old)
        check_seen(visit, old.code if old else "", before)
        code = old.code if old else visit.value("code")
        if old is None and any(each.code == code for each in profiles.order_profiles(tx, kind)):
            raise Refusal(Problem("code_taken", "code", code))
        cells: dict[str, object] = {
            "kind": kind.value,
            "code": code,
            "name": visit.value("name"),
            "default": visit.value("default") or "no",
            "match": ";".join(visit.value("match").replace(",", ";").split()),
            "match_serial": ";".join(visit.value("match_serial").replace(",", ";").split()),
            "duplicates": visit.value("duplicates"),
            "default_line_type": visit.value("default_line_type"),
            **{flag: visit.value(flag) or "no" for flag in FLAGS},
        }
        profile = profiles.put_profile(tx, cells)
        changes = changes_of(before, _profile_cells(profile))
        history.record(tx, PROFILE, f"{kind} {code}", changes, visit.user.primary_id)
        return profile

    profile = visit.write(work)
    return visit.go("/settings/profiles", visit.say("Profile “%(name)s” is saved.", name=profile.name))


def _profile_of(tx: Tx, visit: Visit) -> tuple[ProfileKind, OrderProfile | None]:
    """The profile of the address, None for a new one. Raises Refusal record_missing."""
    given, code = visit.path["kind"], visit.path["code"]
    if given not in set(ProfileKind):
        raise Refusal(Problem("record_missing", "kind", given, what="Kind of profile"))
    kind = ProfileKind(given)
    found = next((each for each in profiles.order_profiles(tx, kind) if each.code == code), None)
    if found is None and code != "new":
        raise Refusal(Problem("record_missing", "code", code, what="Profile"))
    return kind, found


def _profile_cells(profile: OrderProfile | None) -> dict[str, str]:
    """A profile as its form has it."""
    if profile is None:
        return {}
    return {
        "name": profile.name,
        "default": "yes" if profile.is_default else "",
        "match": " ".join(profile.match),
        "match_serial": " ".join(profile.match_serial),
        "duplicates": profile.duplicates.value,
        "default_line_type": profile.default_line_type,
        **{flag: "yes" if getattr(profile, flag) else "" for flag in FLAGS},
    }


PAGES = (
    Page("GET", "/settings/rules", list_rules, right=RIGHT),
    Page("GET", "/settings/rules/{name}", edit_rule, right=RIGHT),
    Page("POST", "/settings/rules/{name}", save_rule, right=RIGHT, again=edit_rule),
    Page("POST", "/settings/rules/-/rank", RULES.rank, right=RIGHT),
    Page("POST", "/settings/rules/-/drop", RULES.drop, right=RIGHT),
    Page("GET", "/settings/profiles", list_profiles, right=RIGHT),
    Page("GET", "/settings/profiles/{kind}/{code}", edit_profile, right=RIGHT),
    Page("POST", "/settings/profiles/{kind}/{code}", save_profile, right=RIGHT, again=edit_profile),
)
