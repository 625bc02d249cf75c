"""Every resource of our own door."""

from openacq.doors.hall import Route
from openacq.doors.own import decisions, jobs, lines, orders, review

ROUTES: tuple[Route, ...] = (
    *review.ROUTES,
    *decisions.ROUTES,
    *lines.ROUTES,
    *orders.ROUTES,
    *jobs.ROUTES,
)
