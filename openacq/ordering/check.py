"""The first half of placing an order: everything it says is held against the registers.

All that is wrong comes back together, mandatory things first, then in the order of the fields, so
that the first problem is the one Alma would name. What is merely missing for the next step becomes
an alert, not a problem.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import InventoryKind, LocationWish
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.directory.model import User
from openacq.kernel.money import MAX_TOTAL, Money, NotMoney, line_net, parse_percent
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.text import nearest
from openacq.ordering.alerts import alert
from openacq.ordering.model import Actor, Alert, InterestedWish, PlaceLine, PlaceWish, Sum
from openacq.profiles import service as profiles
from openacq.profiles.model import OrderProfile
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor, VendorAccount

MOST_COPIES = 1_000
"""Most copies of one line."""

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


def check(tx: Tx, wish: PlaceLine, actor: Actor, number_taken: bool) -> Checked:
    """Check `wish`; `number_taken` says that a line of that number exists already.

    Raises Refusal with every problem: field_missing, line_exists, code_illegal, owner_unknown,
    vendor_unknown, account_unknown, no_charge_refused, price_*, quantity_invalid, location_unknown,
    library_unknown, user_unknown, profile_unknown.
    """
    problems = _missing(wish)
    if number_taken:
        problems.append(Problem("line_exists", "number", wish.number))
    profile = profiles.order_profile(tx, wish.profile)
    if profile is None:
        known = nearest(wish.profile, profiles.order_profile_codes(tx))
        raise Refusal(
            [*problems, Problem("profile_unknown", "profile_code", wish.profile, probable=probable(known))]
        )
    checked = Checked(profile)
    _check_owner(tx, wish, actor, checked, problems)
    _check_type(tx, wish, checked, problems)
    _check_vendor(tx, wish, actor, checked, problems)
    _check_method(tx, wish, checked, problems)
    _check_codes(tx, wish, checked, problems)
    _check_places(tx, wish, actor, checked, problems)
    _check_price(tx, wish, checked, problems)
    _check_interested(tx, wish, checked, problems)
    mms_id = wish.title.mms_id
    if mms_id and catalogue.bib(tx, mms_id) is None:
        problems.append(Problem("bib_not_found", "resource_metadata.mms_id", mms_id))
    if problems:
        raise Refusal(problems)
    return checked


def _missing(wish: PlaceLine) -> list[Problem]:
    """Mandatory fields that are not there, then what is wrong with the form of others."""
    malformed = {problem.field for problem in wish.problems}
    mandatory = (
        ("owner", wish.owner),
        ("type", wish.type),
        ("resource_metadata.title", wish.title.title or wish.title.mms_id),
    )
    found = [
        Problem("field_missing", name)
        for name, value in mandatory
        if not value and not any(name == field or name.startswith(f"{field}.") for field in malformed)
    ]
    return [*found, *wish.problems]


def _check_owner(tx: Tx, wish: PlaceLine, actor: Actor, checked: Checked, problems: list[Problem]) -> None:
    if not wish.owner:
        return
    checked.owner = wish.owner
    if wish.owner == directory.institution(tx).code:
        return
    if directory.library(tx, wish.owner) is None or not _granted(actor.libraries, wish.owner):
        meant = _granted_of(directory.nearest_library(tx, wish.owner), actor)
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
    if wish.material:
        table = "PhysicalMaterialType" if checked.inventory == "physical" else "electronicMaterialType"
        _add(problems, codes.check(tx, table, "material_type", wish.material))
        checked.material = wish.material


def _check_places(tx: Tx, wish: PlaceLine, actor: Actor, checked: Checked, problems: list[Problem]) -> None:
    """Only physical orders have places; those of others are left aside, as their senders repeat them."""
    if checked.inventory != "physical":
        return
    if not wish.places:
        checked.alerts.append(alert("location_missing"))
        return
    places = [
        _check_place(tx, place, f"location[{index}]", actor, problems)
        for index, place in enumerate(wish.places)
    ]
    checked.places = tuple(place for place in places if place is not None)
    checked.quantity = max(sum(place.quantity for place in checked.places), 1)
    if checked.quantity > MOST_COPIES:
        problems.append(Problem("quantity_invalid", "location.quantity", checked.quantity, limit=MOST_COPIES))


def _check_place(
    tx: Tx, place: PlaceWish, path: str, actor: Actor, problems: list[Problem]
) -> LocationWish | None:
    quantity = len(place.copies) or 1 if place.quantity is None else place.quantity
    if not 1 <= quantity <= MOST_COPIES:
        problems.append(Problem("quantity_invalid", f"{path}.quantity", quantity, limit=MOST_COPIES))
        return None
    if not place.library:
        problems.append(Problem("field_missing", f"{path}.library"))
        return None
    library = directory.library(tx, place.library)
    if library is None or not _granted(actor.libraries, place.library):
        meant = _granted_of(directory.nearest_library(tx, place.library), actor)
        problems.append(
            Problem("library_unknown", f"{path}.library", place.library, probable=probable(meant))
        )
        return None
    location = place.location or library.default_location
    if not location:
        problems.append(Problem("field_missing", f"{path}.shelving_location"))
        return None
    if directory.location(tx, library.code, location) is None:
        problems.append(
            Problem(
                "location_unknown",
                f"{path}.shelving_location",
                location,
                library=library.code,
                probable=probable(directory.nearest_location(tx, library.code, location)),
            )
        )
        return None
    _check_copies(tx, place, path, problems)
    return LocationWish(library.code, location, max(quantity, len(place.copies)), place.copies)


def _check_copies(tx: Tx, place: PlaceWish, path: str, problems: list[Problem]) -> None:
    policies = codes.rows(tx, "ItemPolicy")
    for index, copy in enumerate(place.copies):
        if copy.policy and policies:
            _add(problems, codes.check(tx, "ItemPolicy", f"{path}.copy[{index}].item_policy", copy.policy))
        if copy.is_temp_location and copy.permanent_library:
            where = f"{path}.copy[{index}].permanent_library"
            if directory.library(tx, copy.permanent_library) is None:
                problems.append(Problem("library_unknown", where, copy.permanent_library, probable=""))


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
    found: list[tuple[InterestedWish, User]] = []
    for index, interested in enumerate(wish.interested):
        user = directory.user(tx, interested.primary_id)
        if user is None:
            where = f"interested_user[{index}].primary_id"
            problems.append(Problem("user_unknown", where, interested.primary_id))
        else:
            found.append((interested, user))
    checked.interested = tuple(found)


def _granted_of(codes_meant: Iterable[str], actor: Actor) -> tuple[str, ...]:
    return tuple(code for code in codes_meant if _granted(actor.libraries, code))


def _granted(grants: frozenset[str] | None, code: str) -> bool:
    return grants is None or code in grants


def _add(problems: list[Problem], found: Problem | None) -> None:
    if found is not None:
        problems.append(found)


def blocking(alerts: Iterable[Alert]) -> bool:
    return any(each.severity == "blocking" for each in alerts)
