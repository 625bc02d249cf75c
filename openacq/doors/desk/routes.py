"""Every page of the desks, and the desks in the order of the navigation."""

from __future__ import annotations

from openacq.doors.desk import line, orders, review, shell
from openacq.doors.pages.language import later
from openacq.doors.pages.model import Desk, Page

PAGES: tuple[Page, ...] = (
    *shell.PAGES,
    *review.PAGES,
    *orders.PAGES,
    *line.PAGES,
)

DESKS: tuple[Desk, ...] = (
    Desk("/tasks", later("Tasks"), "t"),
    Desk("/orders", later("Orders"), "o"),
)
