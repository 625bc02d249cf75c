"""Every resource of the WMS door."""

from openacq.doors.hall import Route
from openacq.doors.wms import tokens

ROUTES: tuple[Route, ...] = (*tokens.ROUTES,)
