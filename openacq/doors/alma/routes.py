"""Every resource of the Alma door."""

from openacq.doors.alma import po_lines
from openacq.doors.alma.probes import ROUTES as PROBES
from openacq.doors.hall import Route

ROUTES: tuple[Route, ...] = (*po_lines.ROUTES, *PROBES)
