"""Every resource of our own door."""

from openacq.doors.hall import Route
from openacq.doors.own import (
    claims,
    closing,
    decisions,
    holds,
    jobs,
    letter_templates,
    letters,
    lines,
    orders,
    receipts,
    renewals,
    requests,
    requests_desk,
    requests_rules,
    review,
    wskeys,
)

ROUTES: tuple[Route, ...] = (
    *review.ROUTES,
    *decisions.ROUTES,
    *lines.ROUTES,
    *closing.ROUTES,
    *orders.ROUTES,
    *receipts.ROUTES,
    *holds.ROUTES,
    *claims.ROUTES,
    *renewals.ROUTES,
    *requests.ROUTES,
    *requests_desk.ROUTES,
    *requests_rules.ROUTES,
    *jobs.ROUTES,
    *letters.ROUTES,
    *letter_templates.ROUTES,
    *wskeys.ROUTES,
)
