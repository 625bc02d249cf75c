"""What comes up by itself when a day has come: requests put aside come back."""

from __future__ import annotations

from openacq.ordering.service import SWEPT_AT_ONCE, Sweep
from openacq.requests.desk import resume_due
from openacq.requests.model import Actor

BY_CALENDAR = Actor("calendar")

SWEEPS = (Sweep("requests put aside", lambda tx: resume_due(tx, BY_CALENDAR, SWEPT_AT_ONCE)),)
