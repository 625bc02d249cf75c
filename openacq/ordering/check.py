"""The first half of placing an order: everything it says is held against the registers.

All that is wrong comes back together, mandatory things first, then in the order of the fields, so
that the first problem is the one Alma would name (`refuse_if`). What is merely missing for the next
step becomes an alert, not a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import InventoryKind, LocationWish
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.directory.model import User
from openacq.kernel.money import MAX_TOTAL, Money, NotMoney, line_net, parse_percent
from openacq.kernel.refusal import CATALOGUE, Kind, Problem, Refusal, probable
from openacq.kernel.text import nearest
from openacq.ordering.alerts import alert
from openacq.ordering.model import Actor, Alert, InterestedWish, PlaceLine, Source, Sum
from openacq.ordering.where import granted, granted_of, read_places
from openacq.profiles import service as profiles
from openacq.profiles.model import OrderProfile
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor, VendorAccount

MOST_PROBLEMS = 100
"""Problems told of one order; whoever has more will hear of the rest after mending these."""
MOST_DAYS = 36_500
"""Most days of an interval."""
INTERVALS = (
    "reclaim_interval",
    "expected_receipt_interval",
    "claiming_interval",
    "expected_activation_interval",
    "subscription_interval",
    "e_activation_due_interval",
)
_DAYS = re.compile(r"\d{1,5}", re.ASCII)

REPORTING_TABLES = (
    ("reporting_code", "HFundsTransactionItem.reportingCode"),
    ("secondary_reporting_code", "SecondReportingCode"),
    ("tertiary_reporting_code", "ThirdReportingCode"),
    ("fourth_reporting_code", "FourthReportingCode"),
    ("fifth_reporting_code", "FifthReportingCode"),
)


@dataclass(slots=True)
class Checked:
    """An order whose every code is known. Filled by `check`, read by `place`."""

    profile: OrderProfile
    owner: str = ""
    type: str = ""
    continuity: str = "one_time"
    inventory: InventoryKind = "none"
    serial: bool = False
    material: str = ""
    vendor: Vendor | None = None
    account: VendorAccount | None = None
    method: str = ""
    needs_fund: bool = True
    encumbers: bool = True
    no_charge: bool = False
    price: Money | None = None
    discount: int = 0
    quantity: int = 1
    net: Money | None = None
    places: tuple[LocationWish, ...] = ()
    interested: tuple[tuple[InterestedWish, User], ...] = ()
    alerts: list[Alert] = field(default_factory=list)

    @property
    def vendor_code(self) -> str:
        return self.vendor.code if self.vendor else ""

    @property
    def account_code(self) -> str:
        return self.account.code if self.account else ""

    @property
    def continuous(self) -> bool:
        return self.continuity != "one_time"


def check(tx: Tx, wish: PlaceLine, actor: Actor, number_taken: bool, problems: list[Problem]) -> Checked:
    """Check `wish`; `number_taken` says that a line of that number exists already.

    Adds to `problems`: field_missing, line_exists, code_illegal, owner_unknown, vendor_unknown,
    account_unknown, no_charge_refused, price_*, quantity_invalid, location_unknown, library_unknown,
    user_unknown, profile_unknown, bib_unknown, barcode_*, value_wrong_type. What could not be read
    is left out of what is returned.
    """
    problems += _missing(wish)
    problems += wish.problems
    if number_taken:
        problems.append(Problem("line_exists", "number", wish.number))
    checked = Checked(_profile(tx, wish, problems), no_charge=wish.no_charge)
    _check_owner(tx, wish, actor, checked, problems)
    _check_type(tx, wish, checked, problems)
    _check_vendor(tx, wish, actor, checked, problems)
    _check_method(tx, wish, checked, problems)
    _check_codes(tx, wish, checked, problems)
    _check_intervals(wish, problems)
    _check_places(tx, wish, actor, checked, problems)
    _check_price(tx, wish, checked, problems)
    _check_interested(tx, wish, checked, problems)
    mms_id = wish.title.mms_id
    if mms_id and catalogue.bib(tx, mms_id) is None:
        problems.append(Problem("bib_unknown", "resource_metadata.mms_id", mms_id))
    return checked


def refuse_if(problems: Sequence[Problem], malformed: Iterable[Problem] = ()) -> None:
    """Raise Refusal with all problems, mandatory fields first; nothing when there are none.

    A field is not said to be missing when it, or what it stands in, is there but `malformed`.
    """
    bad = tuple(problem.field for problem in malformed)
    missing = [problem for problem in problems if _is_missing(problem) and not _stands_in(problem.field, bad)]
    others = [problem for problem in problems if not _is_missing(problem)]
    if missing or others:
        raise Refusal([*missing, *others][:MOST_PROBLEMS])


def _is_missing(problem: Problem) -> bool:
    return CATALOGUE[problem.slug].kind is Kind.MISSING


def _stands_in(field: str, bad: Iterable[str]) -> bool:
    return any(field == each or field.startswith((f"{each}.", f"{each}[")) for each in bad)


def _missing(wish: PlaceLine) -> list[Problem]:
    mandatory = (
        ("owner", wish.owner),
        ("type", wish.type),
        ("resource_metadata.title", wish.title.title or wish.title.mms_id),
    )
    return [Problem("field_missing", name) for name, value in mandatory if not value]


def _profile(tx: Tx, wish: PlaceLine, problems: list[Problem]) -> OrderProfile:
    """The profile the order names; the default one, after adding a problem, when there is no such.

    What was asked for as a purchase request goes by the profiles of requests.
    """
    if wish.source is Source.REQUEST and (known_one := profiles.request_profile(tx, wish.profile)):
        return known_one
    profile = profiles.order_profile(tx, wish.profile)
    if profile is None:
        known = nearest(wish.profile, profiles.order_profile_codes(tx))
        problems.append(Problem("profile_unknown", "profile_code", wish.profile, probable=probable(known)))
        profile = profiles.order_profile(tx, "")
    if profile is None:
        raise RuntimeError("there is no default profile")
    return profile


def _check_owner(tx: Tx, wish: PlaceLine, actor: Actor, checked: Checked, problems: list[Problem]) -> None:
    if not wish.owner:
        return
    checked.owner = wish.owner
    if wish.owner == directory.institution(tx).code:
        return
    if directory.library(tx, wish.owner) is None or not granted(actor.libraries, wish.owner):
        meant = granted_of(directory.nearest_library(tx, wish.owner), actor)
        problems.append(Problem("owner_unknown", "owner", wish.owner, probable=probable(meant)))


def _check_type(tx: Tx, wish: PlaceLine, checked: Checked, problems: list[Problem]) -> None:
    if not wish.type:
        return
    row = codes.row(tx, "PurchaseType", wish.type)
    if row is not None and not row.enabled and checked.profile.default_line_type:
        checked.alerts.append(alert("type_replaced", asked=wish.type, used=checked.profile.default_line_type))
        row = codes.row(tx, "PurchaseType", checked.profile.default_line_type)
    if row is None or not row.enabled:
        problem = codes.check(tx, "PurchaseType", "type", wish.type)
        if problem is not None:
            problems.append(problem)
        return
    checked.type = row.code
    checked.continuity = row.attributes.get("continuity", "one_time")
    checked.inventory = _INVENTORIES.get(row.attributes.get("inventory", "none"), "none")
    checked.serial = row.attributes.get("material") == "journal"
    manual = checked.continuous if wish.manual_renewal is None else wish.manual_renewal
    if checked.continuous and wish.renewal_date is None:
        checked.alerts.append(alert("renewal_missing"))
    if wish.terms.renewal_cycle and not manual:
        _add(problems, codes.check(tx, "RenewalCycle", "renewal_cycle", wish.terms.renewal_cycle))


_INVENTORIES: dict[str, InventoryKind] = {
    "physical": "physical",
    "portfolio": "portfolio",
    "collection": "collection",
    "none": "none",
}


def _check_vendor(tx: Tx, wish: PlaceLine, actor: Actor, checked: Checked, problems: list[Problem]) -> None:
    code = wish.vendor or actor.vendor or ""
    if not code:
        checked.alerts.append(alert("vendor_missing"))
        return
    vendor = vendors.vendor(tx, code)
    if vendor is None or not vendor.active or actor.vendor not in (None, code):
        meant = () if actor.vendor else vendors.similar_codes(tx, code)
        problems.append(Problem("vendor_unknown", "vendor", code, probable=probable(meant)))
        return
    checked.vendor = vendor
    if not wish.account:
        default = vendor.default_account
        fix = f" Its default account is {default.code}." if default else ""
        checked.alerts.append(alert("account_missing", vendor=code, default=fix))
        return
    account = vendor.account(wish.account)
    if account is None or not account.active:
        known = nearest(wish.account, tuple(each.code for each in vendor.accounts if each.active))
        problems.append(
            Problem("account_unknown", "vendor_account", wish.account, vendor=code, probable=probable(known))
        )
        return
    checked.account = account
    if account.reference_limit is not None and len(wish.reference) > account.reference_limit:
        checked.alerts.append(
            alert("reference_long", limit=str(account.reference_limit), account=account.code)
        )


def _check_method(tx: Tx, wish: PlaceLine, checked: Checked, problems: list[Problem]) -> None:
    if wish.method:
        _add(problems, codes.check(tx, "AcquisitionMethod", "acquisition_method", wish.method))
        row = codes.row(tx, "AcquisitionMethod", wish.method)
    else:
        row = codes.default_row(tx, "AcquisitionMethod")
    if row is None:
        return
    checked.method = row.code
    checked.needs_fund = row.attributes.get("needs_fund") == "true"
    checked.encumbers = row.attributes.get("encumbers", "true") == "true"
    if wish.no_charge and row.attributes.get("no_charge_allowed") != "true":
        problems.append(Problem("no_charge_refused", "no_charge", row.code))


def _check_codes(tx: Tx, wish: PlaceLine, checked: Checked, problems: list[Problem]) -> None:
    terms = wish.terms
    if terms.vendor_reference_type:
        _add(
            problems,
            codes.check(
                tx, "VendorReferenceNumberType", "vendor_reference_number_type", terms.vendor_reference_type
            ),
        )
    for (name, table), code in zip(REPORTING_TABLES, terms.reporting_codes, strict=True):
        if code and codes.rows(tx, table):
            _add(problems, codes.check(tx, table, name, code))
    if terms.base_status and terms.base_status not in ("ACTIVE", "INACTIVE"):
        problems.append(
            Problem("code_illegal", "base_status", terms.base_status, table="ACTIVE, INACTIVE", probable="")
        )
    if wish.material and checked.type:
        table = "PhysicalMaterialType" if checked.inventory == "physical" else "electronicMaterialType"
        _add(problems, codes.check(tx, table, "material_type", wish.material))
        checked.material = wish.material


def _check_intervals(wish: PlaceLine, problems: list[Problem]) -> None:
    expected = "a whole number of days"
    for name in INTERVALS:
        days = getattr(wish.terms, name)
        if days and not (_DAYS.fullmatch(days) and int(days) <= MOST_DAYS):
            problems.append(Problem("value_wrong_type", name, days, expected=expected))
    period = wish.terms.renewal_period
    if period is not None and not 0 <= period <= MOST_DAYS:
        problems.append(Problem("value_wrong_type", "renewal_period", period, expected=expected))


def _check_places(tx: Tx, wish: PlaceLine, actor: Actor, checked: Checked, problems: list[Problem]) -> None:
    """Only physical orders have places; those of others are left aside, as their senders repeat them."""
    if checked.type and checked.inventory != "physical":
        return
    if not wish.places:
        checked.alerts.append(alert("location_missing"))
        return
    checked.places = read_places(tx, wish.places, actor, with_items=not checked.continuous, problems=problems)
    checked.quantity = max(sum(place.quantity for place in checked.places), 1)


def _check_price(tx: Tx, wish: PlaceLine, checked: Checked, problems: list[Problem]) -> None:
    checked.discount = checked.account.discount if checked.account else 0
    if wish.discount:
        try:
            checked.discount = parse_percent(wish.discount) or checked.discount
        except NotMoney as error:
            problems.append(Problem("price_invalid", "discount", wish.discount, reason=error.reason))
    if not wish.price.sum:
        if not wish.no_charge:
            checked.alerts.append(alert("price_missing"))
        return
    checked.price = read_sum(tx, wish.price, "price", problems)
    if checked.price is None:
        return
    if checked.price.units * checked.quantity > MAX_TOTAL:
        problems.append(Problem("total_too_large", "price.sum", f"{wish.price.sum} * {checked.quantity}"))
        return
    if wish.no_charge:
        checked.net = checked.price.with_units(0)
    else:
        checked.net = line_net(checked.price, checked.quantity, checked.discount)


def read_sum(tx: Tx, given: Sum, path: str, problems: list[Problem]) -> Money | None:
    """The sum as Money ≥ 0, or None after adding what is wrong with it."""
    if not given.currency:
        problems.append(Problem("field_missing", f"{path}.currency"))
        return None
    wrong = codes.check(tx, "Currency_CT", f"{path}.currency", given.currency)
    if wrong is not None:
        problems.append(wrong)
        return None
    try:
        money = Money.parse(given.sum, given.currency)
    except NotMoney as error:
        problems.append(Problem("price_invalid", f"{path}.sum", given.sum, reason=error.reason))
        return None
    if money.units < 0:
        problems.append(Problem("price_negative", f"{path}.sum", given.sum))
        return None
    return money


def _check_interested(tx: Tx, wish: PlaceLine, checked: Checked, problems: list[Problem]) -> None:
    if not wish.interested:
        return
    known = directory.users(tx, [interested.primary_id for interested in wish.interested])
    found: list[tuple[InterestedWish, User]] = []
    for index, interested in enumerate(wish.interested):
        user = known.get(interested.primary_id)
        if user is None:
            where = f"interested_user[{index}].primary_id"
            problems.append(Problem("user_unknown", where, interested.primary_id))
        else:
            found.append((interested, user))
    checked.interested = tuple(found)


def _add(problems: list[Problem], found: Problem | None) -> None:
    if found is not None:
        problems.append(found)


def blocking(alerts: Iterable[Alert]) -> bool:
    return any(each.severity == "blocking" for each in alerts)
