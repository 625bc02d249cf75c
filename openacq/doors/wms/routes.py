"""Every resource of the WMS door."""

from openacq.doors.hall import Route
from openacq.doors.wms import authorizing, copies, finance, items, orders, submissions, tokens, vendors

ROUTES: tuple[Route, ...] = (
    *tokens.ROUTES,
    *authorizing.ROUTES,
    *orders.ROUTES,
    *items.ROUTES,
    *copies.ROUTES,
    *submissions.ROUTES,
    *vendors.ROUTES,
    *finance.ROUTES,
)
