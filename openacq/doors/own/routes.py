"""Every resource of our own door."""

from openacq.doors.hall import Route
from openacq.doors.own import decisions, lines, review

ROUTES: tuple[Route, ...] = (
    *review.ROUTES,
    *decisions.ROUTES,
    *lines.ROUTES,
)
