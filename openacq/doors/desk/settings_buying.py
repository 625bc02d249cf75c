"""Settings: how ready lines are packed into purchase orders, and which of these somebody must approve."""

from __future__ import annotations

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
from openacq.kernel.refusal import Problem, Refusal
from openacq.profiles import service as profiles
from openacq.profiles.model import MOST_LINES_PER_ORDER, ApprovalRule, PackagingRule
from openacq.store import Tx

PACKAGING, APPROVAL = "packaging", "approval_rule"
CRITERIA = ("methods", "vendors", "libraries")


# -- packing ------------------------------------------------------------------------------------


def show_packing(visit: Visit) -> Rendered:
    """`GET /settings/packing`."""

    def work(tx: Tx) -> Rendered:
        rule = profiles.packaging_rule(tx)
        kept = _packing_cells(rule)
        return visit.show(
            "settings_packing.html",
            rule=rule,
            most=MOST_LINES_PER_ORDER,
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            changes=history.of(tx, PACKAGING, PACKAGING),
        )

    return visit.read(work)


def save_packing(visit: Visit) -> Rendered:
    """`POST /settings/packing`."""

    def work(tx: Tx) -> None:
        hold(tx)
        old = _packing_cells(profiles.packaging_rule(tx))
        check_seen(visit, visit.say("Packing"), old)
        cells = {
            "automatic": visit.value("automatic") or "no",
            "wait_minutes": visit.value("wait_minutes"),
            "most_lines": visit.value("most_lines"),
            "by_fund": visit.value("by_fund") or "no",
        }
        problems = [Problem("field_missing", name) for name, cell in cells.items() if not cell]
        (verdict,) = profiles.load(tx, PACKAGING, [cells])
        if found := [*problems, *verdict.problems]:
            raise Refusal(found)
        new = _packing_cells(profiles.packaging_rule(tx))
        history.record(tx, PACKAGING, PACKAGING, changes_of(old, new), visit.user.primary_id)

    visit.write(work)
    return visit.go("/settings/packing", visit.say("Saved."))


def _packing_cells(rule: PackagingRule) -> dict[str, str]:
    return {
        "automatic": "yes" if rule.automatic else "",
        "wait_minutes": str(rule.wait_minutes),
        "most_lines": str(rule.most_lines),
        "by_fund": "yes" if rule.by_fund else "",
    }


# -- approving ----------------------------------------------------------------------------------


def list_approval(visit: Visit) -> Rendered:
    """`GET /settings/approval`: the rules in the order in which they are asked."""

    def work(tx: Tx) -> Rendered:
        return visit.show(
            "settings_approval.html",
            rules=profiles.approval_rules(tx),
            criteria=lambda rule: criteria_of(tx, visit, rule),
        )

    return visit.read(work)


def criteria_of(tx: Tx, visit: Visit, rule: ApprovalRule) -> list[tuple[str, str]]:
    """The criteria of a rule that are set, in words."""
    words = approval_words(visit)
    spelled = {
        "methods": [codes.describe(tx, "AcquisitionMethod", code) or code for code in rule.methods],
        "vendors": rule.vendors,
        "libraries": rule.libraries,
    }
    found = [(words[name], ", ".join(given)) for name, given in spelled.items() if given]
    if rule.above:
        found.append((words["above"], visit.language.money(rule.above)))
    return found


def approval_words(visit: Visit) -> dict[str, str]:
    return {
        "position": visit.say("Place in the order"),
        "enabled": visit.say("Is asked"),
        "approval": visit.say("Needs approval"),
        "methods": visit.say("Acquisition methods"),
        "vendors": visit.say("Vendors"),
        "libraries": visit.say("Libraries"),
        "above": visit.say("Sum above"),
        "currency": visit.say("Currency"),
    }


def edit_approval(visit: Visit) -> Rendered:
    """`GET /settings/approval/rule?name=`; without a name another one."""

    def work(tx: Tx) -> Rendered:
        rule = APPROVALS.known(tx, visit.param("name"))
        kept = _approval_cells(rule)
        different = differences(visit, kept)
        return visit.show(
            "settings_approval_rule.html",
            rule=rule,
            kept=kept,
            mark_of=mark_of,
            different=different,
            known=named_in(tx, different),
            methods=[
                (row.code, row.description) for row in codes.rows(tx, "AcquisitionMethod") if row.enabled
            ],
            libraries=[(library.code, library.name) for library in directory.libraries(tx)],
            words=approval_words(visit),
            changes=history.of(tx, APPROVAL, rule.name) if rule else (),
        )

    return visit.read(work)


def save_approval(visit: Visit) -> Rendered:
    """`POST /settings/approval/rule?name=`."""

    def work(tx: Tx) -> str:
        hold(tx)
        old = APPROVALS.known(tx, visit.param("name"))
        before = _approval_cells(old)
        check_seen(visit, old.name if old else "", before)
        name = old.name if old else visit.value("name")
        if old is None:
            APPROVALS.check_new(tx, name)
        cells: dict[str, object] = {
            "name": name,
            "approval": visit.value("approval") or "no",
            "enabled": visit.value("enabled") or "no",
            **{field: visit.value(field) for field in ("position", "above", "currency")},
            **{field: listed(visit, field) for field in CRITERIA},
        }
        wrong = unknown_vendors(tx, "vendors", listed(visit, "vendors"))
        rule = together(wrong, lambda: profiles.put_approval_rule(tx, cells))
        changes = changes_of(before, _approval_cells(rule))
        history.record(tx, APPROVAL, rule.name, changes, visit.user.primary_id)
        return rule.name

    name = visit.write(work) if visit.param("name") else visit.create(work)
    return visit.go("/settings/approval", visit.say("Rule “%(name)s” is saved.", name=name))


def _approval_cells(rule: ApprovalRule | None) -> dict[str, str]:
    """A rule as its form has it."""
    if rule is None:
        return {}
    return {
        "position": str(rule.position),
        "enabled": "yes" if rule.enabled else "",
        **{name: "; ".join(getattr(rule, name)) for name in CRITERIA},
        "above": rule.above.text() if rule.above else "",
        "currency": rule.above.currency if rule.above else "",
        "approval": "yes" if rule.approval else "no",
    }


def _forget(tx: Tx, visit: Visit, gone: ApprovalRule) -> None:
    changes = changes_of(_approval_cells(gone), {})
    history.record(tx, APPROVAL, gone.name, changes, visit.user.primary_id)


APPROVALS = RulesInOrder(
    page="/settings/approval",
    actions="/settings/approval",
    means=later("Orders it speaks of are then decided by the rules after it."),
    every=profiles.approval_rules,
    move=profiles.rank_approval_rule,
    delete=profiles.drop_approval_rule,
    facts=lambda tx, visit, rule: dict(criteria_of(tx, visit, rule)),
    forget=_forget,
)

PAGES = (
    Page("GET", "/settings/packing", show_packing, right=RIGHT),
    Page("POST", "/settings/packing", save_packing, right=RIGHT, again=show_packing),
    Page("GET", "/settings/approval", list_approval, right=RIGHT),
    Page("GET", "/settings/approval/rule", edit_approval, right=RIGHT),
    Page("POST", "/settings/approval/rule", save_approval, right=RIGHT, again=edit_approval),
    Page("POST", "/settings/approval/rank", APPROVALS.rank, right=RIGHT),
    Page("POST", "/settings/approval/drop", APPROVALS.drop, right=RIGHT),
)
