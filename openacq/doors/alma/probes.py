"""`GET` and `POST /{area}/test`: whether a key may read or change an area."""

from __future__ import annotations

from openacq.doors.hall import Ask, Reply, Route
from openacq.wire.model import UNSET, Maybe, Wire

AREAS = ("acq", "bibs", "conf", "users")


class Ok(Wire):
    xml_root = "test"

    result: Maybe[str] = UNSET


def answer_ok(_ask: Ask) -> Reply:
    return Reply(Ok(result="OK"))


ROUTES = tuple(
    Route(method, f"/{area}/test", area, answer_ok, write=method == "POST")
    for area in AREAS
    for method in ("GET", "POST")
)
