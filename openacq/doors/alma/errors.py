"""Alma's error codes and words for our refusals, in Alma's envelope.

Almost everything is HTTP 400 in Alma, "not found" included. Where Alma's own text names no field,
ours does: a code-table value is answered with field, value and what it probably meant.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from openacq.kernel.refusal import CATALOGUE, Kind, Problem
from openacq.wire.model import UNSET, Maybe, Wire

NAMESPACE = "http://com/exlibris/urm/general/xmlbeans"

GENERAL = "402119"
MANDATORY = "401664"
NO_BODY = "401676"
ILLEGAL = "401872"
PARAMETER = "40166411"
GENERAL_CODES = frozenset({GENERAL, MANDATORY, ILLEGAL, PARAMETER})
"""Codes that a call with a failure code of its own does not use."""
UPDATE_FAILED = "401876"
CANCEL_FAILED = "401881"
RECEIVE_FAILED = "401877"
RECEIVE_WORDS = "Failed to receive PO Line. Error: "
UPDATE_WORDS = "Failed to update the PO Line. Error: "


@dataclass(frozen=True, slots=True)
class Words:
    """Alma's code and text; "" as text means the catalogue's message and advice, after the words
    `before`. `status` is HTTP."""

    code: str
    text: str = ""
    status: int = 400
    before: str = ""


@dataclass(frozen=True, slots=True)
class CallWords:
    """What one call answers with where Alma's codes depend on the call.

    By the slug of a problem, else by the field it is about (`location.quantity`, without places in lists;
    not where a text or list is only too long), else, for what has a general code only, `rest`.
    """

    rest: Words
    by_slug: Mapping[str, Words]
    by_field: Mapping[str, Words]

    def of(self, slug: str, field: str) -> Words | None:
        """The words of this call for a problem, None when the usual ones hold."""
        if words := self.by_slug.get(slug):
            return words
        return None if slug in TOO_LONG else self.by_field.get(_PLACE.sub("", field))


TOO_LONG = frozenset({"value_too_long", "list_too_long"})
_PLACE = re.compile(r"\[\d+\]")

BY_SLUG: Mapping[str, Words] = MappingProxyType(
    {
        "barcode_taken": Words(ILLEGAL),
        "barcode_twice": Words(ILLEGAL),
        "body_malformed": Words(NO_BODY),
        "body_missing": Words(NO_BODY, "Request body not found."),
        "body_too_deep": Words(NO_BODY),
        "bib_not_found": Words("402203", "Input parameters mmsId {value} is not valid."),
        "circ_desk_not_found": Words(PARAMETER, "Param value is invalid. Circ desk {value} not found."),
        "claim_differs": Words("IDEMPOTENCY_KEY_REUSED", status=409),
        "claim_key_invalid": Words(PARAMETER),
        "code_table_not_found": Words(PARAMETER, "Param value is invalid. Code table {value} not found."),
        "daily_exceeded": Words("DAILY_THRESHOLD", "Daily API Request Threshold has been reached.", 429),
        "date_malformed": Words(
            PARAMETER, "Param value is invalid. {field}: {value} is not a date (YYYY-MM-DD)."
        ),
        "field_value_invalid": Words(
            "40166404", "Given field {field} has invalid value {value}, valid options are: {valid}."
        ),
        "filter_refused": Words("401873", "Request failed: filter {field} is not supported when {mode}."),
        "fund_not_found": Words("401873", "Fund {value} not found."),
        "holding_not_found": Words("402203", "Input parameters holdingId {value} is not valid."),
        "item_not_found": Words("40166411", "Param value is invalid. Item {value} not found."),
        "items_too_many": Words("40188605"),
        "key_missing": Words("UNAUTHORIZED", "API-key not defined or not configured to allow this API.", 400),
        "key_refused": Words("FORBIDDEN", status=403),
        "library_not_found": Words(PARAMETER, "Param value is invalid. Library {value} not found."),
        "line_ambiguous": Words(
            "401871", "Failed to find the PO Line. {value} names more than one: {numbers}."
        ),
        "line_exists": Words("401870", "PoLine {value} already exists."),
        "line_not_found": Words("401871", "PO Line {value} not found."),
        "line_vendor_not_found": Words("401871", "Vendor {value} not found."),
        "location_not_found": Words(PARAMETER, "Param value is invalid. Location {value} not found."),
        "method_unknown": Words("METHOD_NOT_ALLOWED", status=405),
        "mms_id_malformed": Words("402204", "Input parameters mmsId {value} is not numeric."),
        "mode_invalid": Words("401666", "Parameter {field} is not valid: {value}. Valid: {valid}."),
        "no_charge_refused": Words("60320", "No charge is not allowed for this PO line configuration."),
        "option_impossible": Words("40166419", "Parameter {field} has no valid options: {reason}."),
        "option_invalid": Words("40166410", "Invalid {field}: {value}. Valid options: {valid}."),
        "parameter_invalid": Words(PARAMETER, "Param value is invalid. {field}: {value}. Valid: {valid}."),
        "path_unknown": Words("PATH_NOT_FOUND", "Path not found ({value})", 404),
        "period_none": Words("401873", "Request failed: no current fiscal period."),
        "portfolio_not_found": Words("402203", "Input parameters portfolioId {value} is not valid."),
        "query_invalid": Words("60106", "Invalid query: {value} ({reason})."),
        "rate_exceeded": Words(
            "PER_SECOND_THRESHOLD",
            "HTTP requests are more than allowed per second. See https://goo.gl/2x1c1M ",
            429,
        ),
        "rate_missing": Words(
            "60348", "The exchange rate from {value} to {currency} cannot be determined for {day}."
        ),
        "barcode_unknown": Words("401689", "No items found for barcode {value}."),
        "department_unknown": Words("401875", "Failed to find the department."),
        "item_received": Words(RECEIVE_FAILED, before=RECEIVE_WORDS),
        "receive_refused": Words(RECEIVE_FAILED, before=RECEIVE_WORDS),
        "cancel_restricted": Words(CANCEL_FAILED),
        "copy_received": Words(UPDATE_FAILED, before=UPDATE_WORDS),
        "field_fixed": Words(UPDATE_FAILED, before=UPDATE_WORDS),
        "line_cancelled": Words(UPDATE_FAILED, before=UPDATE_WORDS),
        "line_cancelled_already": Words("401884", "PO Line {value} is already cancelled."),
        "line_outdated": Words(UPDATE_FAILED, before=UPDATE_WORDS, status=412),
        "move_refused": Words("401874"),
        "state_changed": Words("401874"),
        "reference_taken": Words("401870"),
        "search_field_unknown": Words("40188600"),
        "server_fault": Words("INTERNAL_SERVER_ERROR", "Internal server error.", 500),
        "sort_mixed": Words("40188603"),
        "sort_unknown": Words("40188604"),
        "sort_without_items": Words("40188602"),
        "user_not_found": Words("401861", "User with identifier {value} of type {type} was not found."),
        "vendor_not_found": Words("402880", "Vendor {value} not found."),
    }
)

BY_KIND: Mapping[Kind, Words] = MappingProxyType(
    {
        Kind.INVALID: Words(ILLEGAL),
        Kind.MISSING: Words(MANDATORY, "Mandatory field is missing: {field}"),
        Kind.NOT_FOUND: Words(ILLEGAL),
        Kind.CONFLICT: Words(GENERAL),
        Kind.FORBIDDEN: Words("FORBIDDEN", status=403),
        Kind.UNAUTHORIZED: Words("UNAUTHORIZED"),
        Kind.TOO_LARGE: Words("REQUEST_TOO_LARGE", status=413),
        Kind.LATE: Words("REQUEST_TIMEOUT", status=408),
        Kind.MEDIA: Words("UNSUPPORTED_MEDIA_TYPE", status=415),
        Kind.BUSY: Words("PER_SECOND_THRESHOLD", status=429),
        Kind.METHOD: Words("METHOD_NOT_ALLOWED", status=405),
        Kind.PATH: Words("PATH_NOT_FOUND", status=404),
    }
)
"""What a slug without words of its own is answered with."""

WITHOUT_TRACKING = frozenset({"PER_SECOND_THRESHOLD", "DAILY_THRESHOLD"})


class Error(Wire):
    errorCode: Maybe[str] = UNSET  # noqa: N815 the names are the wire's
    errorMessage: Maybe[str] = UNSET  # noqa: N815
    trackingId: Maybe[str] = UNSET  # noqa: N815


class ErrorList(Wire):
    error: Maybe[list[Error]] = UNSET


class WebServiceResult(Wire):
    """Alma's error envelope; the XML namespace is looked for by clients."""

    xml_root = "web_service_result"
    xml_namespace = NAMESPACE

    errorsExist: Maybe[bool] = UNSET  # noqa: N815
    errorList: Maybe[ErrorList] = UNSET  # noqa: N815
    result: Maybe[str | None] = UNSET


def envelope(
    problems: tuple[Problem, ...], at: datetime, tracking: str, failing: Words | CallWords | None = None
) -> tuple[int, WebServiceResult]:
    """The HTTP status and the envelope for problems; the first decides the status.

    `failing` is what a call answers with whatever has no code of its own there, or all its codes.
    """
    tracked = tracking_id(at, tracking)
    errors = []
    for problem in problems:
        words = words_for(problem.slug, failing, problem.field)
        errors.append(
            Error(
                errorCode=words.code,
                errorMessage=sentence(problem, words),
                trackingId=UNSET if words.code in WITHOUT_TRACKING else tracked,
            )
        )
    status = words_for(problems[0].slug, failing, problems[0].field).status
    return status, WebServiceResult(errorsExist=True, errorList=ErrorList(error=errors), result=None)


def sentence(problem: Problem, words: Words) -> str:
    """Alma's text where there is one, else the catalogue's message and what to do about it."""
    if words.text:
        return words.text.format(field=problem.field, value=problem.value, **problem.facts)
    return f"{words.before}{problem.message()} {problem.advice()}"


def tracking_id(at: datetime, tracking: str) -> str:
    """In Alma's pattern: E01-DDMMHHMMSS-five letters-AWAE and digits, made of our own request id."""
    digest = zlib.crc32(tracking.encode())
    letters = "".join(_LETTERS[digest >> shift & 31] for shift in (0, 5, 10, 15, 20))
    return f"E01-{at:%d%m%H%M%S}-{letters}-AWAE{int(tracking, 16) % 10**10:010d}"


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def words_for(slug: str, failing: Words | CallWords | None = None, field: str = "") -> Words:
    """The words of a slug; those of the failing call when it has its own, or there are only general ones."""
    if isinstance(failing, CallWords):
        if own := failing.of(slug, field):
            return own
        failing = failing.rest
    words = BY_SLUG.get(slug) or BY_KIND[CATALOGUE[slug].kind]
    if failing is not None and words.code in GENERAL_CODES:
        return failing
    return words
