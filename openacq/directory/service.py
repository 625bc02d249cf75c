"""What the rest of the house asks of the directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from openacq.directory import (
    consents,
    institutions,
    keys,
    load_wskeys,
    people,
    people_rows,
    places,
    principals,
    redirects,
    sessions,
    wskey_calls,
    wskeys,
)
from openacq.directory import store_institutions as _institutions
from openacq.directory import store_keys as _keys
from openacq.directory import store_places as _places
from openacq.directory import store_wskeys as _wskeys
from openacq.directory.consents import Consent
from openacq.directory.keys import KeyRing, KeyWish
from openacq.directory.model import ApiKey, Caller, Department, Institution, Library, Location, NewKey, User
from openacq.directory.wskey_model import (
    SCOPES,
    Issued,
    JsonDialect,
    KnownKey,
    KnownToken,
    NewWsKey,
    Principal,
    WsKey,
)
from openacq.directory.wskeys import WsKeyRing, WsKeyWish
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import nearest
from openacq.kernel.verdict import Verdict
from openacq.store import Store, Tx

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        institutions.INSTITUTION: institutions.COLUMNS,
        **places.COLUMNS,
        people_rows.USER: people_rows.COLUMNS,
        **load_wskeys.COLUMNS,
    }
)


# -- institutions -----------------------------------------------------------------------------


def institution(tx: Tx) -> Institution:
    """The card of the transaction's institution. Refused `record_missing` when there is none."""
    found = tx.cached("institution", "", lambda: _institutions.one(tx))
    if found is None:
        raise Refusal(Problem("record_missing", "institution", tx.institution, what="Institution"))
    return found


def every_institution(tx: Tx) -> tuple[Institution, ...]:
    """All institutions of the server, by code; for whoever runs it."""
    return _institutions.every(tx)


create_institution = institutions.create
put_institution = institutions.put


# -- places -----------------------------------------------------------------------------------


def libraries(tx: Tx) -> tuple[Library, ...]:
    return tuple(_libraries(tx).values())


def library(tx: Tx, code: str) -> Library | None:
    return _libraries(tx).get(code)


def nearest_library(tx: Tx, code: str) -> tuple[str, ...]:
    """The library codes that `code` probably meant."""
    return nearest(code, tuple(_libraries(tx)))


def locations(tx: Tx, library_code: str) -> tuple[Location, ...]:
    """The locations of one library, by code."""
    return tuple(place for place in _locations(tx).values() if place.library == library_code)


def location(tx: Tx, library_code: str, code: str) -> Location | None:
    return _locations(tx).get((library_code, code))


def nearest_location(tx: Tx, library_code: str, code: str) -> tuple[str, ...]:
    """The location codes of that library that `code` probably meant."""
    return nearest(code, tuple(place.code for place in locations(tx, library_code)))


def departments(tx: Tx, *, type_: str = "", library: str = "") -> tuple[Department, ...]:
    """Departments by code: of one type, of those that work for one library."""
    return tuple(
        department
        for department in _departments(tx).values()
        if (not type_ or department.type == type_) and (not library or department.serves(library))
    )


def department(tx: Tx, code: str) -> Department | None:
    return _departments(tx).get(code)


put_libraries = places.put_libraries
put_locations = places.put_locations
put_departments = places.put_departments


def _libraries(tx: Tx) -> Mapping[str, Library]:
    return tx.cached("libraries", "", lambda: _places.all_libraries(tx))


def _locations(tx: Tx) -> Mapping[tuple[str, str], Location]:
    return tx.cached("locations", "", lambda: _places.all_locations(tx))


def _departments(tx: Tx) -> Mapping[str, Department]:
    return tx.cached("departments", "", lambda: _places.all_departments(tx))


# -- people -----------------------------------------------------------------------------------

user = people.by_primary_id
user_by_any_id = people.by_any_id
users = people.several
find_users = people.find
USER_FIELDS = tuple(people.SEARCHED)
USER_ORDERS = people.ORDERS
put_user = people.put
check_password = people.check_password


# -- keys -------------------------------------------------------------------------------------

create_key = keys.create
caller_by_id = keys.caller_by_id
wskey_caller_by_id = wskey_calls.wskey_caller_by_id
known_wskey = wskey_calls.known_by_id
acting_principal = wskey_calls.acting
rename_key = keys.rename
revoke_key = keys.revoke


def api_keys(tx: Tx) -> tuple[ApiKey, ...]:
    """The institution's keys, oldest first, without their secrets."""
    return _keys.every(tx)


def authenticate(store: Store, secret: str) -> Caller | None:
    """Who holds this key, asked of the database; a server asks its KeyRing.

    None when nobody does; raises Refusal `key_refused` for a revoked one.
    """
    return KeyRing(store, trusted=0).authenticate(secret)


# -- signing in -------------------------------------------------------------------------------

authenticate_user = sessions.authenticate
open_session = sessions.open_session
find_session = sessions.find
keep_session = sessions.keep_alive
close_session = sessions.close_session
close_all_sessions = sessions.close_all
make_sign_in_link = sessions.make_link
use_sign_in_link = sessions.use_link
drop_expired_sessions = sessions.drop_expired
saved_views = sessions.saved_views
save_view = sessions.save_view
share_view = sessions.share_view
staff = sessions.staff
drop_view = sessions.drop_view


# -- WSKeys -----------------------------------------------------------------------------------

create_wskey = wskeys.create
change_wskey = wskeys.change
revoke_wskey = wskeys.revoke
seal_wskeys_anew = wskeys.seal_anew
issue_tokens = wskeys.issue
refresh_token = wskeys.refresh_token
set_redirects = wskeys.set_redirects
redirect_for = redirects.chosen
redirect_origin = redirects.origin_of
consenting_program = consents.program
give_code = consents.give_code
redeem_code = consents.redeem
acting_as = consents.acting_as
CHALLENGES = consents.CHALLENGES
drop_expired_tokens = wskeys.drop_expired_tokens
every_wskey = _wskeys.every
every_principal = _wskeys.every_principal
put_principal = principals.put


# -- filling ----------------------------------------------------------------------------------

_LOADERS = MappingProxyType(
    {
        institutions.INSTITUTION: institutions.load,
        places.LIBRARY: places.load_libraries,
        places.LOCATION: places.load_locations,
        places.DEPARTMENT: places.load_departments,
        people_rows.USER: people_rows.load,
        load_wskeys.WSKEY: load_wskeys.load_wskeys,
        load_wskeys.PRINCIPAL: load_wskeys.load_principals,
    }
)


def load(tx: Tx, kind: str, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Fill and update one kind of register (a name of `COLUMNS`); a verdict for each row, in order."""
    return _LOADERS[kind](tx, rows)


__all__ = [
    "CHALLENGES",
    "COLUMNS",
    "SCOPES",
    "USER_FIELDS",
    "USER_ORDERS",
    "Consent",
    "Issued",
    "JsonDialect",
    "KeyRing",
    "KeyWish",
    "KnownKey",
    "KnownToken",
    "NewKey",
    "NewWsKey",
    "Principal",
    "User",
    "WsKey",
    "WsKeyRing",
    "WsKeyWish",
    "acting_as",
    "acting_principal",
    "api_keys",
    "authenticate",
    "authenticate_user",
    "caller_by_id",
    "change_wskey",
    "check_password",
    "close_all_sessions",
    "close_session",
    "consenting_program",
    "create_institution",
    "create_key",
    "create_wskey",
    "department",
    "departments",
    "drop_expired_sessions",
    "drop_expired_tokens",
    "drop_view",
    "every_institution",
    "every_principal",
    "every_wskey",
    "find_users",
    "give_code",
    "institution",
    "issue_tokens",
    "known_wskey",
    "libraries",
    "library",
    "load",
    "location",
    "locations",
    "make_sign_in_link",
    "nearest_library",
    "nearest_location",
    "open_session",
    "put_departments",
    "put_institution",
    "put_libraries",
    "put_locations",
    "put_principal",
    "put_user",
    "redeem_code",
    "redirect_for",
    "redirect_origin",
    "refresh_token",
    "rename_key",
    "revoke_key",
    "revoke_wskey",
    "save_view",
    "saved_views",
    "seal_wskeys_anew",
    "set_redirects",
    "share_view",
    "staff",
    "use_sign_in_link",
    "user",
    "user_by_any_id",
    "users",
    "wskey_caller_by_id",
]
