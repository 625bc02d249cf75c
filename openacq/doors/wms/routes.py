"""Every resource of the WMS door."""

from openacq.doors.hall import Route
from openacq.doors.wms import finance, tokens, vendors

ROUTES: tuple[Route, ...] = (
    *tokens.ROUTES,
    *vendors.ROUTES,
    *finance.ROUTES,
)
