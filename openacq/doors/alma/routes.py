"""Every resource of the Alma door."""

from openacq.doors.alma import (
    bibs,
    conf,
    conf_tables,
    currencies,
    fund_transactions,
    funds,
    holdings,
    items,
    po_line_change,
    po_line_items,
    po_line_list,
    po_lines,
    request_users,
    requests,
    users,
    users_list,
    vendors,
)
from openacq.doors.alma.probes import ROUTES as PROBES
from openacq.doors.hall import Route

ROUTES: tuple[Route, ...] = (
    *po_lines.ROUTES,
    *bibs.ROUTES,
    *holdings.ROUTES,
    *items.ROUTES,
    *po_line_change.ROUTES,
    *po_line_items.ROUTES,
    *po_line_list.ROUTES,
    *conf.ROUTES,
    *conf_tables.ROUTES,
    *requests.ROUTES,
    *request_users.ROUTES,
    *users.ROUTES,
    *users_list.ROUTES,
    *funds.ROUTES,
    *fund_transactions.ROUTES,
    *currencies.ROUTES,
    *vendors.ROUTES,
    *PROBES,
)
