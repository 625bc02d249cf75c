"""`/oauth2/authorizeCode` and `/auth`: where programs send the browser of somebody who shall let them act.

The page that asks is one of the desks, where staff are signed in; it sends the browser back to the program.
"""

from __future__ import annotations

from urllib.parse import urlencode

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.pages.consent import ADDRESS
from openacq.doors.wms.paths import canonical

AUTHORIZE, AUTH = "/oauth2/authorizecode", "/auth"


def is_for_browsers(ask: Ask) -> bool:
    """Whether a call comes from a browser, which signs nothing."""
    path = canonical(ask.target)[0]
    return path in (AUTHORIZE, AUTH) or path.startswith(f"{AUTH}/")


def lead_on(ask: Ask) -> Reply:
    """`GET /oauth2/authorizeCode`, `GET /auth`, `GET /auth/{institution}`: on to the page that asks."""
    institution = ask.path.get("institution", "")
    named = urlencode({"registryId": institution}) if institution else ""
    query = "&".join(filter(None, (ask.query, named)))
    where = ADDRESS + (f"?{query}" if query else "")
    return Reply(None, 303, {"Location": where, "Cache-Control": "no-store"})


ROUTES = (
    Route("GET", AUTHORIZE, "", lead_on),
    Route("GET", AUTH, "", lead_on),
    Route("GET", f"{AUTH}/{{institution}}", "", lead_on),
)
