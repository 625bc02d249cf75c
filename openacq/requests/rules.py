"""One engine for what people may ask for, whichever way they ask: limits, required fields, what is allowed.

The rules are the institution's own (`load`); they are asked in order, and the first whose criteria hold
decides alone. `decide` and `check` are pure; only the counts of `check_limits` ask the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.directory.model import User
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.requests import store, store_rules
from openacq.requests.check import Checked
from openacq.requests.model import RequestRule, Settings
from openacq.store import Tx

NOT_SET = Settings()


def _said(name: str) -> tuple[str, Callable[[Checked], bool]]:
    return f"resource_metadata.{name}", lambda checked: bool(getattr(checked.metadata, name))


REQUIRABLE: Mapping[str, tuple[str, Callable[[Checked], bool]]] = MappingProxyType(
    {
        **{
            name: _said(name)
            for name in (
                "author", "edition", "isbn", "issn", "lcc_number", "other_system_number", "publisher",
                "publication_place", "publication_year", "bib_note", "volume",
            )
        },
        "isbn_or_issn": (
            "resource_metadata.isbn",
            lambda checked: bool(checked.metadata.isbn or checked.metadata.issn),
        ),
        "requested_type": ("requested_type", lambda checked: bool(checked.requested_type)),
        "owning_library": ("owning_library", lambda checked: bool(checked.owning_library)),
        "estimated_cost": ("estimated_cost", lambda checked: checked.cost is not None),
        "fund": ("fund", lambda checked: bool(checked.fund)),
        "vendor": ("vendor", lambda checked: bool(checked.vendor)),
        "email": ("email", lambda checked: bool(checked.email)),
        "requester_note": ("requester_note", lambda checked: bool(checked.requester_note)),
        "locations": ("locations", lambda checked: bool(checked.places)),
    }
)  # fmt: skip
"""Fields a rule may require: the field as it is named to the caller, and whether it is there."""


# -- reading ------------------------------------------------------------------------------------


def settings(tx: Tx) -> Settings:
    """What the institution has settled; the usual while it has said nothing."""
    return tx.cached("request settings", "", lambda: store_rules.settings(tx)) or NOT_SET


def rules(tx: Tx) -> tuple[RequestRule, ...]:
    """The rules in the order in which they are asked."""
    return tx.cached("request rules", "", lambda: tuple(store_rules.rules(tx).values()))


# -- deciding -----------------------------------------------------------------------------------


def decide(known: Sequence[RequestRule], user: User, source: str) -> RequestRule | None:
    """The rule that decides for this person, or None when no rule speaks of them."""
    return next((rule for rule in known if rule.enabled and _concerns(rule, user, source)), None)


def _concerns(rule: RequestRule, user: User, source: str) -> bool:
    return (
        (not rule.user_groups or user.user_group in rule.user_groups)
        and (not rule.roles or user.has_role(*rule.roles))
        and (not rule.sources or source in rule.sources)
    )


def check(tx: Tx, rule: RequestRule, checked: Checked) -> list[Problem]:
    """What the rule does not allow of a request, limits aside. With an mms_id the title's own fields are
    the bib's, and nothing of them is required."""
    found = []
    citation = checked.metadata.citation_type
    if rule.formats and checked.format not in rule.formats:
        valid = ", ".join(rule.formats)
        found.append(Problem("request_format_refused", "format", checked.format, rule=rule.name, valid=valid))
    if rule.citation_types and citation and citation not in rule.citation_types:
        valid = ", ".join(rule.citation_types)
        where = "resource_metadata.citation_type"
        found.append(Problem("request_citation_refused", where, citation, rule=rule.name, valid=valid))
    for name in rule.required:
        field, is_there = REQUIRABLE[name]
        from_bib = bool(checked.metadata.mms_id) and field.startswith("resource_metadata.")
        if not from_bib and not is_there(checked):
            found.append(Problem("request_field_required", field, rule=rule.name))
    return found + _check_cost(tx, rule, checked)


def _check_cost(tx: Tx, rule: RequestRule, checked: Checked) -> list[Problem]:
    """Dearer than the rule allows, reckoned in the rule's currency; without a rate nothing can be said."""
    most, cost = rule.most_cost, checked.cost
    if most is None or cost is None:
        return []
    if cost.currency != most.currency:
        rate = ledger.rate(tx, cost.currency, most.currency)
        if rate is None:
            return []
        cost = cost.converted(rate.value, most.currency)
    if cost.units <= most.units:
        return []
    return [
        Problem(
            "request_cost_refused",
            "estimated_cost.sum",
            cost.text(),
            rule=rule.name,
            most=most.text(),
            currency=most.currency,
        )
    ]


def check_limits(tx: Tx, rule: RequestRule, user: User) -> None:
    """Refuse one request too many. Two at once are counted one after the other.

    Raises Refusal: request_limit_open, request_limit_period.
    """
    if rule.most_open is None and rule.most_in_period is None:
        return
    store.hold_patron(tx, user.primary_id)
    name = user.primary_id
    found = []
    if rule.most_open is not None and (count := store.count_open(tx, name)) >= rule.most_open:
        found.append(
            Problem("request_limit_open", "requester", name, count=count, most=rule.most_open, rule=rule.name)
        )
    if rule.most_in_period is not None:
        since = tx.now - timedelta(days=rule.period_days)
        count = store.count_since(tx, name, since)
        if count >= rule.most_in_period:
            found.append(
                Problem(
                    "request_limit_period",
                    "requester",
                    name,
                    count=count,
                    days=rule.period_days,
                    most=rule.most_in_period,
                    rule=rule.name,
                )
            )
    if found:
        raise Refusal(found)


def is_serial(tx: Tx, citation_type: str) -> bool:
    """Whether titles of this citation type are matched as serials."""
    row = codes.row(tx, "PR_CitationType", citation_type)
    material = row.attributes.get("material") if row is not None else None
    return material == "journal" or citation_type == "JOURNAL"
