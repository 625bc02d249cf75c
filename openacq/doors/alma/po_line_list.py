"""Lists of PO lines: `GET /acq/po-lines` and `GET /acq/vendors/{vendor_code}/po-lines`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.alma import listing
from openacq.doors.alma.po_line_out import wire_lines
from openacq.doors.alma.po_line_wire import PoLine
from openacq.doors.alma.po_lines import actor_of
from openacq.doors.hall import Ask, Rendered, Reply, Route
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.ordering import service as ordering
from openacq.ordering.service import LineSearch, LineStatus
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.wire.model import UNSET, Attr, Maybe, Wire
from openacq.wire.negotiate import answer_media

ALL = "ALL"
EXPANDED: Mapping[str, str] = MappingProxyType({"notes": "notes", "locations": "places"})
"""Words of `expand`, and which part of a line they mean."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=Z?$)", re.ASCII)


class PoLines(Wire):
    xml_root = "po_lines"

    po_line: Maybe[list[PoLine]] = UNSET
    total_record_count: Annotated[Maybe[int], Attr()] = UNSET


def list_lines(ask: Ask) -> Reply:
    """`GET /acq/po-lines`: parameters q, status, limit, offset, order_by, direction, acquisition_method,
    expand, library, min_expected_arrival_date, max_expected_arrival_date."""
    return _list(ask)


def list_lines_of_vendor(ask: Ask) -> Reply:
    """`GET /acq/vendors/{vendor_code}/po-lines`: limit, offset and, as our addition, all the others."""
    return _list(ask, ask.path["vendor_code"])


def _list(ask: Ask, vendor: str | None = None) -> Reply:
    page = listing.page(ask.params)
    expanded = _expanded(ask)
    since, until = _day(ask, "min_expected_arrival_date"), _day(ask, "max_expected_arrival_date")
    status = listing.choice(ask.params, "status", ALL, tuple(LineStatus))
    direction = listing.choice(ask.params, "direction", "desc", ("asc", "desc"))
    media = answer_media(ask.headers.get("accept"), ask.params.get("format"))
    conditions = tuple((each.field, each.text) for each in listing.conditions(ask.params))
    actor = actor_of(ask)

    def work(tx: Tx) -> Rendered:
        if vendor is not None:
            _check_vendor(tx, ask, vendor)
        wanted = LineSearch(
            conditions=conditions,
            status=LineStatus(status),
            methods=_methods(tx, ask),
            library=_library(tx, ask),
            vendor=vendor,
            arrives_since=since,
            arrives_until=until,
            order_by=_order(ask),
            descending=direction == "desc",
        )

        def made() -> Rendered:
            found = ordering.search(tx, wanted, actor, page.limit, page.offset, expanded)
            lines = wire_lines(tx, ask, found.lines, expanded)
            return ask.render(PoLines(po_line=lines or UNSET, total_record_count=found.total))

        asked = (wanted, actor.vendor, page, expanded, ask.base, media)
        return tx.kept("lines", asked, made, lambda answer: len(answer.body))

    return Reply(ask.read(work))


def _check_vendor(tx: Tx, ask: Ask, code: str) -> None:
    only = ask.caller.vendor
    if only not in (None, code) or vendors.vendor(tx, code) is None:
        seen = [known for known in vendors.similar_codes(tx, code) if only in (None, known)]
        raise Refusal(Problem("line_vendor_not_found", "vendor", code, probable=probable(seen)))


def _words(ask: Ask, name: str) -> tuple[str, ...]:
    """A comma list, blanks round its words left out."""
    return tuple(word for part in ask.params.get(name, "").split(",") if (word := part.strip()))


def _order(ask: Ask) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.lower() for word in _words(ask, "order_by"))) or ("title",)


def _expanded(ask: Ask) -> frozenset[str]:
    asked = {word.lower(): word for word in _words(ask, "expand")}
    for word, given in asked.items():
        if word not in EXPANDED:
            raise Refusal(Problem("parameter_invalid", "expand", given, valid=", ".join(EXPANDED)))
    return frozenset(EXPANDED[word] for word in asked)


def _methods(tx: Tx, ask: Ask) -> tuple[str, ...]:
    """Codes of acquisition methods, in any case; none for all of them."""
    known = {row.code.casefold(): row.code for row in codes.rows(tx, "AcquisitionMethod")}
    asked = _words(ask, "acquisition_method")
    if any(word.casefold() == ALL.casefold() for word in asked):
        return ()
    for word in asked:
        if word.casefold() not in known:
            valid = ", ".join((ALL, *known.values()))
            raise Refusal(Problem("parameter_invalid", "acquisition_method", word, valid=valid))
    return tuple(sorted({known[word.casefold()] for word in asked}))


def _library(tx: Tx, ask: Ask) -> str:
    """The owner whose lines are listed: a library, or the institution where it owns lines itself."""
    asked = ask.params.get("library", "").strip()
    if not asked:
        return ""
    for code in (*(library.code for library in directory.libraries(tx)), directory.institution(tx).code):
        if code.casefold() == asked.casefold():
            return code
    raise Refusal(Problem("library_not_found", "library", asked))


def _day(ask: Ask, name: str) -> date | None:
    text = ask.params.get(name, "").strip()
    if not text:
        return None
    match = _DAY.match(text)
    try:
        return date.fromisoformat(match[0] if match else "")
    except ValueError:
        raise Refusal(Problem("date_malformed", name, text)) from None


ROUTES = (
    Route("GET", "/acq/po-lines", "acq", list_lines),
    Route("GET", "/acq/vendors/{vendor_code}/po-lines", "acq", list_lines_of_vendor),
)
