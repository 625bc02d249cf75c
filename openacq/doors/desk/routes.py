"""Every page of the desks, and the desks in the order of the navigation."""

from __future__ import annotations

from openacq.doors.desk import (
    chasing,
    failed,
    finding,
    funds,
    funds_moves,
    line,
    line_edit,
    log,
    orders,
    po,
    receive,
    receive_slips,
    requests,
    requests_work,
    review,
    settings,
    settings_buying,
    settings_keys,
    settings_letters,
    settings_requests,
    settings_rules,
    settings_users,
    settings_wskeys,
    shell,
    vendors,
    vendors_contacts,
    vendors_edit,
)
from openacq.doors.pages import consent
from openacq.doors.pages.language import later
from openacq.doors.pages.model import Desk, Page

PAGES: tuple[Page, ...] = (
    *shell.PAGES,
    *consent.PAGES,
    *review.PAGES,
    *chasing.PAGES,
    *failed.PAGES,
    *orders.PAGES,
    *line.PAGES,
    *line_edit.PAGES,
    *po.PAGES,
    *finding.PAGES,
    *receive.PAGES,
    *receive_slips.PAGES,
    *requests.PAGES,
    *requests_work.PAGES,
    *funds.PAGES,
    *funds_moves.PAGES,
    *vendors.PAGES,
    *vendors_edit.PAGES,
    *vendors_contacts.PAGES,
    *log.PAGES,
    *settings.PAGES,
    *settings_rules.PAGES,
    *settings_buying.PAGES,
    *settings_requests.PAGES,
    *settings_letters.PAGES,
    *settings_keys.PAGES,
    *settings_wskeys.PAGES,
    *settings_users.PAGES,
)

DESKS: tuple[Desk, ...] = (
    Desk("/tasks", later("Tasks"), "t"),
    Desk("/orders", later("Orders"), "o"),
    Desk("/receive", later("Receive"), "r", "receive"),
    Desk("/requests", later("Requests"), "q", "requests"),
    Desk("/funds", later("Funds"), "f", "funds|review|order"),
    Desk("/vendors", later("Vendors"), "v", "vendors|order|review"),
    Desk("/log", later("Log"), "l", "admin|order|review|vendors"),
    Desk("/settings", later("Settings"), "s", "admin"),
)
