"""Settings: API keys. A secret is shown once, on the answer to the form that made it."""

from __future__ import annotations

from openacq.directory import service as directory
from openacq.directory.model import AREAS, ApiKey, Environment, NewKey
from openacq.doors.desk.settings import RIGHT
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import VendorFilter

KEY = "api_key"
MOST_VENDORS = 500


def show(visit: Visit) -> Rendered:
    """`GET /settings/keys`."""
    return visit.read(lambda tx: _page(tx, visit, None))


def _page(tx: Tx, visit: Visit, made: NewKey | None, *, shown_before: bool = False) -> Rendered:
    keys = sorted(directory.api_keys(tx), key=lambda key: (key.revoked is not None, key.name))
    known = vendors.vendors(tx, VendorFilter(active=True), MOST_VENDORS).vendors
    return visit.show(
        "settings_keys.html",
        keys=keys,
        made=made,
        shown_before=shown_before,
        areas=AREAS,
        environments=[(environment.value, environment.value) for environment in Environment],
        vendors=[(vendor.code, vendor.name) for vendor in known],
    )


def make(visit: Visit) -> Rendered:
    """`POST /settings/keys`: make a key and show its secret, once."""
    made: list[NewKey] = []

    def work(tx: Tx) -> str:
        key = directory.create_key(tx, _wish(visit))
        history.record(tx, KEY, key.key.id, [Change("made", None, key.key.name)], visit.user.primary_id)
        made[:] = [key]
        return str(key.key.id)

    visit.create(work)
    key = made[0] if made else None
    return visit.read(lambda tx: _page(tx, visit, key, shown_before=key is None))


def _wish(visit: Visit) -> directory.KeyWish:
    areas = {area: visit.value(f"area-{area}") for area in AREAS if visit.value(f"area-{area}")}
    limit = visit.value("rate_limit")
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 8):
        raise Refusal(
            Problem("value_wrong_type", "rate_limit", limit, expected="a number of calls per second")
        )
    environment = visit.value("environment")
    return directory.KeyWish(
        name=visit.value("name")[:100],
        areas=areas,
        environment=Environment(environment) if environment in set(Environment) else None,
        vendor=visit.value("vendor") or None,
        funds=_codes(visit, "funds"),
        libraries=_codes(visit, "libraries"),
        rate_limit=int(limit) if limit else None,
    )


def _codes(visit: Visit, name: str) -> tuple[str, ...] | None:
    """Codes a key is narrowed to; None when nothing was typed."""
    return tuple(dict.fromkeys(visit.value(name).replace(",", " ").replace(";", " ").split())) or None


def revoke(visit: Visit) -> Rendered:
    """`POST /settings/keys/revoke`: first what it means; with `sure` it is done, for good."""
    key_id = visit.value("key")

    def find(tx: Tx) -> ApiKey:
        found = next((key for key in directory.api_keys(tx) if str(key.id) == key_id), None)
        if found is None or found.revoked is not None:
            raise Refusal(Problem("key_not_found", "key", key_id))
        return found

    if not visit.value("sure"):
        return visit.show("settings_key_revoke.html", key=visit.read(find))

    def work(tx: Tx) -> ApiKey:
        key = find(tx)
        directory.revoke_key(tx, str(key.id))
        history.record(tx, KEY, key.id, [Change("revoked", None, key.name)], visit.user.primary_id)
        return key

    key = visit.write(work)
    return visit.go("/settings/keys", visit.say("Key “%(name)s” is revoked.", name=key.name))


PAGES = (
    Page("GET", "/settings/keys", show, right=RIGHT),
    Page("POST", "/settings/keys", make, right=RIGHT, again=show),
    Page("POST", "/settings/keys/revoke", revoke, right=RIGHT, again=show),
)
