"""Settings: API keys. A secret is shown once, on the answer to the form that made it."""

from __future__ import annotations

from openacq.directory import service as directory
from openacq.directory.model import AREAS, ApiKey, Environment, NewKey
from openacq.doors.desk.seen import differences, mark_of
from openacq.doors.desk.settings import RIGHT
from openacq.doors.desk.settings_key_parts import Keys, Made, limit_of
from openacq.doors.desk.settings_parts import together
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import later
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.kernel.refusal import Problem
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import VendorFilter

KEY = "api_key"
MOST_VENDORS = 500


# -- all keys -----------------------------------------------------------------------------------


def show(visit: Visit) -> Rendered:
    """`GET /settings/keys`."""
    return visit.read(lambda tx: _page(tx, visit, None))


def _page(tx: Tx, visit: Visit, made: Made[ApiKey] | None, *, shown_before: bool = False) -> Rendered:
    known = vendors.vendors(tx, VendorFilter(active=True), MOST_VENDORS).vendors
    return visit.show(
        "settings_keys.html",
        keys=KEYS.listed(tx),
        made=made,
        shown_before=shown_before,
        areas=AREAS,
        environments=[(environment.value, environment.value) for environment in Environment],
        vendors=[(vendor.code, vendor.name) for vendor in known],
    )


def make(visit: Visit) -> Rendered:
    """`POST /settings/keys`: make a key and show its secret, once."""

    def create(tx: Tx) -> NewKey:
        wish, wrong = _wish(visit)
        return together(wrong, lambda: directory.create_key(tx, wish))

    return KEYS.make(visit, create, lambda tx, made: _page(tx, visit, made, shown_before=made is None))


def _wish(visit: Visit) -> tuple[directory.KeyWish, list[Problem]]:
    environment = visit.value("environment")
    limit, wrong = limit_of(visit)
    wish = directory.KeyWish(
        name=visit.value("name"),
        areas={area: visit.value(f"area-{area}") for area in AREAS if visit.value(f"area-{area}")},
        environment=Environment(environment) if environment in set(Environment) else None,
        vendor=visit.value("vendor") or None,
        funds=_codes(visit, "funds"),
        libraries=_codes(visit, "libraries"),
        rate_limit=limit,
    )
    return wish, wrong


def _codes(visit: Visit, name: str) -> tuple[str, ...] | None:
    """Codes a key is narrowed to; None when nothing was typed."""
    return tuple(dict.fromkeys(visit.value(name).replace(",", " ").replace(";", " ").split())) or None


# -- one key ------------------------------------------------------------------------------------


def show_key(visit: Visit) -> Rendered:
    """`GET /settings/keys/{id}`."""

    def work(tx: Tx) -> Rendered:
        key = KEYS.of(tx, visit.path["id"])
        kept = _cells(key)
        return visit.show(
            "settings_key.html",
            key=key,
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            changes=history.of(tx, KEY, key.id),
        )

    return visit.read(work)


def rename(visit: Visit) -> Rendered:
    """`POST /settings/keys/{id}`: what a key is called. What it may do stays; another is made for that."""
    return KEYS.change(visit, lambda tx, key: directory.rename_key(tx, str(key.id), visit.value("name")))


def _cells(key: ApiKey) -> dict[str, str]:
    return {"name": key.name}


def _shown(visit: Visit, key: ApiKey) -> dict[str, str]:
    found = {visit.say("Key"): key.masked}
    return {**found, visit.say("Vendor"): key.vendor} if key.vendor else found


KEYS = Keys(
    kind=KEY,
    page="/settings/keys",
    missing="key_not_found",
    means=later("Whoever uses it is refused from now on, for good: a revoked key does not come back."),
    every=directory.api_keys,
    cells=_cells,
    shown=_shown,
    end=directory.revoke_key,
)

PAGES = (
    Page("GET", "/settings/keys", show, right=RIGHT),
    Page("POST", "/settings/keys", make, right=RIGHT, again=show),
    Page("POST", "/settings/keys/revoke", KEYS.revoke, right=RIGHT, again=show),
    Page("GET", "/settings/keys/{id}", show_key, right=RIGHT),
    Page("POST", "/settings/keys/{id}", rename, right=RIGHT, again=show_key),
)
