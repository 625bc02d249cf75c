"""Alma's error codes for purchase requests, call by call.

The same number says different things on different calls: 60308 is "update failed" of a change and "a
reason is required" of a rejection, 60309 "status not valid for update" and "there is an active order". So
nothing here hangs on a number alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.doors.alma.errors import BY_SLUG, GENERAL, CallWords, Words

GENERAL_OF_USERS = "401652"
"""The general code of calls below `/users`."""
OP = Words("401873", "Request failed: op {value} is not supported. Valid: {valid}.")

NO_USER = Words("401890", "User with identifier {value} of type {type} was not found.")
NO_REQUEST = Words("60276")
_PARAMETERS: Mapping[str, Words] = MappingProxyType(
    dict.fromkeys(("dry_run", "limit", "offset", "user_id_type"), BY_SLUG["parameter_invalid"])
)

_SAID: Mapping[str, Words] = MappingProxyType(
    {
        "request_metadata_missing": Words("60274"),
        "request_title_missing": Words("60273"),
        "request_format_unknown": Words("60270"),
        "request_format_refused": Words("60270"),
        "request_citation_missing": Words("60280"),
        "request_citation_unknown": Words("60280"),
        "request_citation_refused": Words("60280"),
        "request_material_unknown": Words("60329"),
        "request_library_unknown": Words("402469"),
        "request_currency_missing": Words("60271"),
        "request_currency_unknown": Words("60271"),
        "request_vendor_unknown": Words("402880"),
        "request_account_missing": Words("60272"),
        "request_account_unknown": Words("60272"),
        "request_fund_unknown": Words("60279"),
        "request_bib_unknown": Words("60221"),
        "request_place_library_missing": Words("60281"),
        "request_place_library_unknown": Words("60281"),
        "request_place_unknown": Words("60282"),
        "request_quantity_invalid": Words("60283"),
        "requester_unknown": NO_USER,
        "request_not_found": NO_REQUEST,
    }
)
"""What a request says, wherever it is said."""

_MEMBERS: Mapping[str, Words] = MappingProxyType(
    {
        "format": Words("60270"),
        "requested_type": Words("60329"),
        "owning_library": Words("402469"),
        "estimated_cost.currency": Words("60271"),
        "fund": Words("60279"),
        "vendor": Words("402880"),
        "vendor_account": Words("60272"),
        "resource_metadata": Words("60274"),
        "resource_metadata.citation_type": Words("60280"),
        "resource_metadata.mms_id": Words("60221"),
        "resource_metadata.title": Words("60273"),
        "location.library": Words("60281"),
        "location.shelving_location": Words("60282"),
        "location.quantity": Words("60283"),
    }
)
"""Members whose form is wrong (a list where a code belongs, words where a number belongs)."""


def _with(words: Mapping[str, Words]) -> Mapping[str, Words]:
    return MappingProxyType({**_SAID, **words})


CREATE = CallWords(
    Words(GENERAL),
    _with(
        {
            "request_cost_refused": Words("60278"),
            "request_field_required": Words("60278"),
            "request_limit_open": Words("60278"),
            "request_limit_period": Words("60278"),
        }
    ),
    MappingProxyType({**_MEMBERS, **_PARAMETERS}),
)
LIST_OF_USER = CallWords(
    Words(GENERAL_OF_USERS), _SAID, MappingProxyType({**_PARAMETERS, "status": Words("60275")})
)
READ_OF_USER = CallWords(Words(GENERAL_OF_USERS), _SAID, _PARAMETERS)
CANCEL = CallWords(
    Words(GENERAL_OF_USERS),
    _with({"request_not_cancellable": Words("60277")}),
    MappingProxyType({**_PARAMETERS, "op": OP}),
)
LIST = CallWords(Words(GENERAL), _SAID, _PARAMETERS)
READ = CallWords(Words(GENERAL), _SAID, MappingProxyType({}))
CHANGE = CallWords(
    Words("60308"),
    _with({"request_fixed": Words("60309"), "request_outdated": Words("60308", status=412)}),
    _MEMBERS,
)
DECIDE = CallWords(
    Words("60319"),
    _with(
        {
            "request_approver_unknown": Words("60313"),
            "request_bib_gone": Words("60316"),
            "request_decided": Words("60312"),
            "request_line_type_missing": Words("60317"),
            "request_ordered": Words("60309"),
            "request_owner_missing": Words("60314"),
            "request_reason_missing": Words("60308"),
            "request_reason_unknown": Words("60308"),
        }
    ),
    MappingProxyType({"approved_by": Words("60313"), "reject_reason": Words("60308"), "op": OP}),
)
DELETE = CallWords(Words(GENERAL), _with({"request_not_deletable": Words("60319")}), MappingProxyType({}))

CALLS: Mapping[str, CallWords] = MappingProxyType(
    {
        "POST /users/{user_id}/purchase-requests": CREATE,
        "GET /users/{user_id}/purchase-requests": LIST_OF_USER,
        "GET /users/{user_id}/purchase-requests/{purchase_request_id}": READ_OF_USER,
        "POST /users/{user_id}/purchase-requests/{purchase_request_id}": CANCEL,
        "GET /acq/purchase-requests": LIST,
        "GET /acq/purchase-requests/{purchase_request_id}": READ,
        "PUT /acq/purchase-requests/{purchase_request_id}": CHANGE,
        "POST /acq/purchase-requests/{purchase_request_id}": DECIDE,
        "DELETE /acq/purchase-requests/{purchase_request_id}": DELETE,
    }
)
