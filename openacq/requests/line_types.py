"""Which type of PO line an approved request becomes: the mapping that came with the server, and the
institution's own rows over it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.kernel.refusal import Problem
from openacq.requests import store_rules
from openacq.requests.model import LineType, Request
from openacq.requests.store_rules import Key
from openacq.store import Tx

SHIPPED: Mapping[Key, LineType] = MappingProxyType(
    {
        (format_, citation, material): LineType(format_, citation, material, code)
        for format_, citation, material, code in (
            ("P", "BOOK", "", "PRINTED_BOOK_OT"),
            ("P", "JOURNAL", "", "PRINTED_JOURNAL_CO"),
            ("E", "BOOK", "", "E_BOOK_OT"),
            ("E", "JOURNAL", "", "E_JOURNAL_CO"),
        )
    }
)


def line_types(tx: Tx) -> tuple[LineType, ...]:
    """The mapping in force: the institution's rows over those that came with the server."""
    return tuple(_known(tx).values())


def _known(tx: Tx) -> Mapping[Key, LineType]:
    return tx.cached(
        "request line types",
        "",
        lambda: MappingProxyType(dict(sorted({**SHIPPED, **store_rules.line_types(tx)}.items()))),
    )


def type_for(tx: Tx, request: Request) -> str:
    """The PO line type of a request, "" when there is none: the row that names most of what it is, the
    requested type before the citation type."""
    known = _known(tx)
    citation, material = request.metadata.citation_type, request.requested_type
    for key in (
        (request.format, citation, material),
        (request.format, "", material),
        (request.format, citation, ""),
        (request.format, "", ""),
    ):
        row = known.get(key)
        if row is not None and row.enabled and codes.check(tx, "PurchaseType", "", row.line_type) is None:
            return row.line_type
    return ""


def missing(request: Request) -> Problem:
    """No type of PO line is known for the request."""
    return Problem(
        "request_line_type_missing",
        "format",
        request.id,
        format=request.format,
        citation=request.metadata.citation_type or "(none)",
        material=request.requested_type or "(none)",
    )
