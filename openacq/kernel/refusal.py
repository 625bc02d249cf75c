"""Refusals: THE error catalogue.

A refusal means the caller must change something. It carries one or more problems, each naming a
slug of the catalogue below, the field it is about and the value that was given. Doors translate
slugs into their own codes and words (`doors/*/errors.py`); a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Kind(Enum):
    """How a problem is answered when a door has no more exact word for it."""

    INVALID = "invalid"
    MISSING = "missing"
    NOT_FOUND = "not found"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    UNAUTHORIZED = "unauthorized"
    TOO_LARGE = "too large"
    LATE = "too late"
    MEDIA = "media type"
    BUSY = "too many calls"
    METHOD = "method"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the catalogue: kind, message with {field}, {value} and facts, what to do about it."""

    kind: Kind
    message: str
    advice: str


class Problem:
    """One thing wrong: catalogue slug, dotted field, the value given, and facts for the message."""

    __slots__ = ("facts", "field", "slug", "value")

    def __init__(self, slug: str, field: str = "", value: object = "", **facts: object) -> None:
        self.slug = slug
        self.field = field
        self.value = "" if value is None else str(value)[:200]
        self.facts: Mapping[str, object] = MappingProxyType(dict(facts))

    @property
    def entry(self) -> Entry:
        return CATALOGUE[self.slug]

    def message(self) -> str:
        return self.entry.message.format(field=self.field, value=self.value, **self.facts)

    def advice(self) -> str:
        return self.entry.advice.format(field=self.field, value=self.value, **self.facts)

    def __repr__(self) -> str:
        return f"Problem({self.slug!r}, {self.field!r}, {self.value!r}, {dict(self.facts)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Problem):
            return NotImplemented
        return (self.slug, self.field, self.value, dict(self.facts)) == (
            other.slug,
            other.field,
            other.value,
            dict(other.facts),
        )

    def __hash__(self) -> int:
        return hash((self.slug, self.field, self.value))


class Refusal(Exception):
    """The work is refused and undone; `problems` names every reason, the first the one to answer by."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        if not self.problems:
            raise ValueError("a refusal names at least one problem")
        super().__init__("; ".join(problem.message() for problem in self.problems))


CATALOGUE: Mapping[str, Entry] = MappingProxyType(
    {
        # the call itself
        "key_missing": Entry(
            Kind.UNAUTHORIZED,
            "No API key was sent, or it is unknown.",
            "Send the key as `?apikey=` or as the header `Authorization: apikey KEY`.",
        ),
        "key_refused": Entry(
            Kind.FORBIDDEN,
            "This API key may not do that: {reason}.",
            "Ask the library for a key with the right area, or use another key.",
        ),
        "rate_exceeded": Entry(
            Kind.BUSY,
            "More calls per second than this key may make.",
            "Wait for a second and send the call again.",
        ),
        "daily_exceeded": Entry(
            Kind.BUSY, "The calls of this key for today are used up.", "Go on after midnight UTC."
        ),
        "path_unknown": Entry(
            Kind.PATH, "There is no resource at {value}.", "Compare the path with the list of endpoints."
        ),
        "method_unknown": Entry(
            Kind.METHOD, "{value} is not possible here; possible: {allowed}.", "Use one of the methods named."
        ),
        "server_fault": Entry(
            Kind.CONFLICT,
            "The server failed on this call.",
            "Try again; if it stays, give the tracking id to whoever runs the server.",
        ),
        "record_missing": Entry(
            Kind.NOT_FOUND,
            "{what} {value} not found.",
            "Check the identifier; it may belong to another institution.",
        ),
        "field_value_invalid": Entry(
            Kind.INVALID, "Given field {field} has invalid value {value}.", "Valid options: {valid}."
        ),
        "filter_refused": Entry(
            Kind.INVALID,
            "The filter {field} is not supported when {mode}.",
            "Leave {field} out, or ask with mode=ALL.",
        ),
        "mode_invalid": Entry(
            Kind.INVALID, "Parameter {field} has the invalid value {value}.", "Use {valid}."
        ),
        "option_impossible": Entry(
            Kind.INVALID, "Parameter {field} has no valid options: {reason}.", "Leave {field} out."
        ),
        "option_invalid": Entry(
            Kind.INVALID, "Parameter {field} has the invalid value {value}.", "Valid options: {valid}."
        ),
        "query_invalid": Entry(
            Kind.INVALID, "The query {value} is not valid: {reason}.", "Write q=field~words."
        ),
        "parameter_invalid": Entry(
            Kind.INVALID, "Parameter {field} has the invalid value {value}.", "Use: {valid}."
        ),
        # the body (wire)
        "body_missing": Entry(Kind.MISSING, "The request has no body.", "Send the object as JSON or XML."),
        "body_malformed": Entry(
            Kind.INVALID, "The body cannot be read: {reason}.", "Send well-formed JSON or XML."
        ),
        "body_too_deep": Entry(
            Kind.INVALID, "The body is nested deeper than {limit} levels.", "Send the object as documented."
        ),
        "body_late": Entry(
            Kind.LATE, "The body did not arrive in time.", "Send it at once, or over a better line."
        ),
        "body_too_large": Entry(
            Kind.TOO_LARGE,
            "The body is larger than {limit} bytes.",
            "Send smaller objects, one order per call.",
        ),
        "media_unsupported": Entry(
            Kind.MEDIA,
            "Bodies of type {value} are not understood.",
            "Send application/json or application/xml.",
        ),
        "value_wrong_type": Entry(Kind.INVALID, "{field}: {value} is not {expected}.", "Send {expected}."),
        "value_too_long": Entry(
            Kind.INVALID, "{field} is longer than {limit} characters.", "Shorten it to {limit} characters."
        ),
        "list_too_long": Entry(
            Kind.INVALID, "{field} has more than {limit} entries.", "Send at most {limit} entries."
        ),
        "date_malformed": Entry(
            Kind.INVALID, "{field}: {value} is not a date.", "Write dates as YYYY-MM-DD, with or without Z."
        ),
        # letters
        "language_invalid": Entry(
            Kind.INVALID, "{value} is no language tag.", "Write a tag such as en, de or de-CH."
        ),
        "letter_erased": Entry(
            Kind.CONFLICT,
            "The words of letter {value} are erased.",
            "Have the desk it came from write a new one.",
        ),
        "letter_kind_unknown": Entry(
            Kind.NOT_FOUND,
            "There is no kind of letter {value}.",
            "Use a code from the list of kinds.{probable}",
        ),
        "letter_not_found": Entry(
            Kind.NOT_FOUND, "Letter {value} not found.", "Check the id; it may belong to another institution."
        ),
        "letter_state": Entry(
            Kind.CONFLICT,
            "Letter {value} is {state}; this is possible while it is: {possible}.",
            "Look at the letter again.",
        ),
        "recipient_invalid": Entry(
            Kind.INVALID, "A letter cannot go to {value}: {reason}.", "Give one plain e-mail address."
        ),
        "template_fails": Entry(
            Kind.INVALID,
            "The template's {field} cannot be rendered: {reason}.",
            "Have a look at the preview, with the example and with your own facts.",
        ),
        "template_incomplete": Entry(
            Kind.MISSING,
            "The template lacks its {field}, and there is no shipped one in {value}.",
            "Write {field} too.",
        ),
        "template_name_unknown": Entry(
            Kind.INVALID,
            "The template's {field}, line {line}: this kind of letter has no {value} there.",
            "Use the facts listed for the kind.{probable}",
        ),
        "template_wrong": Entry(
            Kind.INVALID,
            "The template's {field}, line {line}: {reason}.",
            "Templates print facts, ask with if and loop over lists; see the manual.",
        ),
        # registers
        "code_taken": Entry(Kind.CONFLICT, "{field} {value} exists already.", "Choose another code."),
        "file_unreadable": Entry(Kind.INVALID, "{field} cannot be read: {reason}.", "Correct the file."),
        "kind_unknown": Entry(
            Kind.INVALID,
            "{value} is no kind of register.",
            "Name tables and CSV files after a kind, or give --kind.{probable}",
        ),
        "row_doubled": Entry(
            Kind.CONFLICT, "{field} {value} comes twice in these files.", "Keep one row for each record."
        ),
        "institution_unclear": Entry(
            Kind.MISSING, "Which institution is meant? There are: {known}.", "Give --institution CODE."
        ),
        "institution_unknown": Entry(
            Kind.NOT_FOUND,
            "There is no institution {value}.",
            "Load it first, or use its exact code.{probable}",
        ),
        "key_not_found": Entry(
            Kind.NOT_FOUND, "There is no API key {value}.", "Name a key by its id, prefix or name."
        ),
        "key_unclear": Entry(
            Kind.CONFLICT, "Several API keys are called {value}.", "Name the key by its id or prefix."
        ),
        "table_unknown": Entry(
            Kind.INVALID, "There is no code table {value}.", "Table names are case-sensitive.{probable}"
        ),
        "zone_unknown": Entry(
            Kind.INVALID,
            "There is no time zone {value}.",
            "Use an IANA name such as Europe/Zurich.{probable}",
        ),
        "library_not_found": Entry(
            Kind.NOT_FOUND, "Library {value} not found.", "Use a code from the list of libraries."
        ),
        "location_not_found": Entry(
            Kind.NOT_FOUND, "Location {value} not found.", "Use a code from the library's list of locations."
        ),
        "circ_desk_not_found": Entry(
            Kind.NOT_FOUND,
            "Circulation desk {value} not found.",
            "Use a code from the library's list of circulation desks.",
        ),
        "code_table_not_found": Entry(
            Kind.NOT_FOUND, "Code table {value} not found.", "Use a name from the list of code tables."
        ),
        "user_not_found": Entry(
            Kind.NOT_FOUND,
            "User with identifier {value} of type {type} was not found.",
            "Check the identifier and its type.",
        ),
        "column_unknown": Entry(
            Kind.INVALID, "There is no field {field} in this kind of record.", "Use: {valid}.{probable}"
        ),
        "value_not_listed": Entry(
            Kind.INVALID, "{field}: {value} is none of {valid}.", "Use one of {valid}."
        ),
        # vendors
        "vendor_not_found": Entry(
            Kind.NOT_FOUND, "Vendor {value} not found.", "Check the code; case matters.{probable}"
        ),
        "account_vendor_missing": Entry(
            Kind.INVALID,
            "The account's vendor {value} does not exist.",
            "Load the vendor before its accounts.",
        ),
        "account_taken": Entry(
            Kind.CONFLICT,
            "Account {value} belongs to vendor {vendor} already.",
            "Account codes are unique in the institution; choose another.",
        ),
        "vendor_role_clash": Entry(
            Kind.INVALID,
            "A governmental vendor stands alone: {reason}.",
            "Leave the other roles out, set liable_for_vat, and have only one such vendor.",
        ),
        # funds
        "allocation_differs": Entry(
            Kind.CONFLICT,
            "The allocation {value} was booked before with another fund or sum ({booked}).",
            "Use a new reference for a new allocation.",
        ),
        "fund_currency_differs": Entry(
            Kind.INVALID,
            "Currency {value} differs from {currency} of {other}.",
            "All funds of a ledger have its currency.",
        ),
        "fund_holds_no_money": Entry(
            Kind.INVALID,
            "{value} is a ledger or summary fund; money lies in allocated funds.",
            "Name an allocated fund.",
        ),
        "fund_in_use": Entry(
            Kind.CONFLICT,
            "{field} of fund {value} cannot change: {reason}.",
            "Make a new fund, or empty this one first.",
        ),
        "fund_inactive": Entry(
            Kind.CONFLICT, "Fund {value} is not active.", "Activate it or use another fund."
        ),
        "fund_not_found": Entry(
            Kind.NOT_FOUND, "Fund {value} not found.", "Check the id or the code and the fiscal period."
        ),
        "fund_parent_illegal": Entry(
            Kind.INVALID, "{value} cannot be the parent: {reason}.", "Name a ledger or summary fund."
        ),
        "funds_of_two_periods": Entry(
            Kind.INVALID,
            "Funds {value} and {other} belong to different fiscal periods.",
            "Transfer inside one fiscal period.",
        ),
        "period_none": Entry(
            Kind.NOT_FOUND, "No fiscal period is active today.", "Have the library open one."
        ),
        "period_illegal": Entry(
            Kind.INVALID,
            "Fiscal period {value}: {reason}.",
            "Give a start not after the end, and no overlap.",
        ),
        "period_unknown": Entry(
            Kind.INVALID, "There is no fiscal period {value}.", "Use its name or id, or load it first."
        ),
        "rate_missing": Entry(
            Kind.INVALID,
            "No exchange rate from {value} to {currency} is known for {day}.",
            "Load an exchange rate valid from that day or earlier.",
        ),
        # catalogue
        "barcode_taken": Entry(
            Kind.CONFLICT, "Barcode {value} already belongs to an item.", "Send another barcode or none."
        ),
        "barcode_twice": Entry(
            Kind.INVALID, "Barcode {value} is given to more than one copy.", "Give each copy its own barcode."
        ),
        "bib_in_use": Entry(
            Kind.CONFLICT,
            "Bib {value} cannot be deleted: {reason}.",
            "Cancel what uses it, or suppress it instead.",
        ),
        "bib_not_found": Entry(
            Kind.NOT_FOUND,
            "Bib {value} not found.",
            "Leave mms_id out and send title and standard numbers, or use an mms_id of the institution.",
        ),
        "holding_not_found": Entry(
            Kind.NOT_FOUND, "Holding {value} not found.", "Ask for the holdings of the bib."
        ),
        "item_received": Entry(
            Kind.CONFLICT,
            "{value} was received already, on {on}.",
            "Undo that receipt first if it was wrong.",
        ),
        "item_not_found": Entry(Kind.NOT_FOUND, "Item {value} not found.", "Ask for the items of the bib."),
        "mms_id_malformed": Entry(
            Kind.INVALID, "{value} is not an mms_id.", "An mms_id has digits only and begins with 99."
        ),
        "portfolio_not_found": Entry(
            Kind.NOT_FOUND, "Portfolio {value} not found.", "Ask for the portfolios of the bib."
        ),
        "collection_unknown": Entry(
            Kind.NOT_FOUND,
            "Collection {value} is not in the community zone.",
            "Load its title list first, or use the id of a loaded collection.{probable}",
        ),
        "identifier_doubtful": Entry(
            Kind.INVALID,
            "{field} {value} is not a valid number; it is kept as text and not used for matching.",
            "Check its digits.",
        ),
        "kbart_row_invalid": Entry(
            Kind.INVALID,
            "The row cannot be used: {reason}.",
            "Correct the row; KBART is a tab-separated list.",
        ),
        "marc_unreadable": Entry(
            Kind.INVALID,
            "The record at byte {value} cannot be read: {reason}.",
            "Export the record again, as UTF-8 if possible.",
        ),
        "place_unknown": Entry(
            Kind.INVALID,
            "No library and location {value}; the copies there were left out.",
            "Add them to the registers or map their codes, then load the file again.",
        ),
        "title_missing": Entry(Kind.MISSING, "The record has no title (MARC 245).", "Add a title."),
        # orders
        "field_missing": Entry(Kind.MISSING, "Mandatory field is missing: {field}", "Send {field}."),
        "code_illegal": Entry(
            Kind.INVALID, "Given {field} {value} is illegal.", "Use a code of the table {table}.{probable}"
        ),
        "bib_unknown": Entry(
            Kind.INVALID,
            "Given {field} {value} is illegal.",
            "Leave mms_id out and send title and standard numbers, or use an mms_id of the institution.",
        ),
        "owner_unknown": Entry(
            Kind.INVALID,
            "Given owner {value} is illegal.",
            "Use the code of a library of the institution.{probable}",
        ),
        "library_unknown": Entry(
            Kind.INVALID,
            "Given {field} {value} is illegal.",
            "Use the code of a library of the institution.{probable}",
        ),
        "location_unknown": Entry(
            Kind.INVALID,
            "Given {field} {value} is illegal: no such location in library {library}.",
            "Use a location code of that library.{probable}",
        ),
        "vendor_unknown": Entry(
            Kind.INVALID, "Given vendor {value} is illegal.", "Use the code of an active vendor.{probable}"
        ),
        "account_unknown": Entry(
            Kind.INVALID,
            "Given vendor_account {value} is illegal: not an account of vendor {vendor}.",
            "Use an account code of that vendor.{probable}",
        ),
        "price_invalid": Entry(
            Kind.INVALID, "{field}: {value} is not a valid sum: {reason}.", "Send a plain decimal number."
        ),
        "price_negative": Entry(Kind.INVALID, "{field} {value} is negative.", "Send zero or more."),
        "total_too_large": Entry(
            Kind.INVALID, "The total of the line, {value}, is too large.", "Check price and quantity."
        ),
        "share_invalid": Entry(
            Kind.INVALID,
            "{field}: {value} is not a valid share: {reason}.",
            "Give each fund either a percent from 0 to 100 or an amount.",
        ),
        "share_currency": Entry(
            Kind.INVALID,
            "{field}: the currency {value} differs from the price's currency {currency}.",
            "Give fund amounts in the currency of the price.",
        ),
        "quantity_invalid": Entry(
            Kind.INVALID,
            "{field}: {value} is not a valid quantity.",
            "Send a whole number from 1 to {limit}.",
        ),
        "no_charge_refused": Entry(
            Kind.INVALID,
            "No charge is not allowed for acquisition method {value}.",
            "Leave no_charge out, or order by Approval Plan, Purchase or Purchase at Vendor System.",
        ),
        "line_exists": Entry(
            Kind.CONFLICT, "PoLine {value} already exists.", "Leave number empty for a new order."
        ),
        "reference_taken": Entry(
            Kind.CONFLICT,
            "Vendor reference {value} is already used by {number}.",
            "Read that line, or send another vendor_reference_number.",
        ),
        "line_not_found": Entry(Kind.NOT_FOUND, "PO Line {value} not found.", "Check the number."),
        "claim_overtaken": Entry(
            Kind.CONFLICT, "{value} was claimed by somebody else just now.", "Look at its claims."
        ),
        "claim_refused": Entry(
            Kind.CONFLICT,
            "{value} cannot be claimed: {reason}.",
            "Claim what was sent, has not arrived and is not invoiced.",
        ),
        "department_unknown": Entry(
            Kind.NOT_FOUND,
            "There is no department {value} for that library.",
            "Use the code of a department, or leave it out.",
        ),
        "hold_refused": Entry(
            Kind.CONFLICT, "Hold {value} is {state}: {reason}.", "Read it again and decide anew."
        ),
        "line_active": Entry(
            Kind.CONFLICT, "{value} is active already.", "Undo its activation first if it was wrong."
        ),
        "nothing_expected": Entry(
            Kind.NOT_FOUND,
            "Nothing that is expected has the number {value}.",
            "Look for the line by its number or title.",
        ),
        "receipt_undone": Entry(
            Kind.CONFLICT, "Receipt {value} is undone already.", "Nothing is left to do."
        ),
        "receive_ambiguous": Entry(
            Kind.CONFLICT,
            "More than one line waits for {value}: {numbers}.",
            "Name the line, or scan the barcode of the copy.",
        ),
        "receive_refused": Entry(
            Kind.CONFLICT, "Nothing of {value} can be received: {reason}.", "Look at the line."
        ),
        "cancel_restricted": Entry(
            Kind.CONFLICT,
            "{value} cannot be cancelled: {reason}.",
            "Cancel with override if it is meant.",
        ),
        "date_passed": Entry(Kind.INVALID, "{field} {value} is not in the future.", "Choose a later day."),
        "line_cancelled_already": Entry(
            Kind.CONFLICT, "{value} is cancelled already.", "Nothing is left to do."
        ),
        "line_incomplete": Entry(
            Kind.CONFLICT, "{value} cannot be ordered yet: {missing}.", "Mend what its alerts name."
        ),
        "copy_received": Entry(
            Kind.CONFLICT,
            "Copy {value} was received and cannot be taken off the line.",
            "Undo its receipt first.",
        ),
        "field_fixed": Entry(
            Kind.CONFLICT,
            "{field} cannot be changed to {value} any more: {reason}.",
            "Leave the field as it is.",
        ),
        "line_cancelled": Entry(
            Kind.CONFLICT, "{value} is cancelled and cannot be changed.", "Order the title again."
        ),
        "line_outdated": Entry(
            Kind.CONFLICT,
            "{value} was changed by somebody else since it was read.",
            "Read it again and repeat the change.",
        ),
        "move_refused": Entry(
            Kind.CONFLICT,
            "{value} is {state}; {event} is not possible then.",
            "Possible: {possible}.",
        ),
        "state_changed": Entry(
            Kind.CONFLICT,
            "{value} is no longer {state}: somebody else was quicker.",
            "Read it again and decide anew.",
        ),
        "lines_differ": Entry(
            Kind.CONFLICT,
            "{value} cannot be packed with the others: {fields} differ.",
            "Pack lines of one vendor account, owner, currency, continuity and method together.",
        ),
        "order_closed": Entry(
            Kind.CONFLICT,
            "Purchase order {value} is {state}; lines can be added to an open one only.",
            "Pack the lines into a new order.",
        ),
        "order_going": Entry(
            Kind.CONFLICT,
            "The letter of purchase order {value} is leaving or has left.",
            "Wait until it is known to be sent or not.",
        ),
        "order_not_approved": Entry(
            Kind.CONFLICT,
            "Purchase order {value} is {state}; an approved one that has not gone out can be sent.",
            "Approve it, or send a copy of one that is out.",
        ),
        "order_not_ready": Entry(
            Kind.CONFLICT,
            "Purchase order {value} cannot go out yet: {reason}.",
            "Mend or cancel these lines.",
        ),
        "order_not_sent": Entry(
            Kind.CONFLICT,
            "Purchase order {value} is {state}; a copy can be sent of one that is out.",
            "Approve or send it first.",
        ),
        "order_unsendable": Entry(
            Kind.CONFLICT,
            "Purchase order {value} cannot be sent: {reason}.",
            "Mend the vendor's card or the lines, then send it again.",
        ),
        "line_ambiguous": Entry(
            Kind.CONFLICT,
            "More than one PO Line has the reference {value}: {numbers}.",
            "Ask for one of these numbers.",
        ),
        "claim_differs": Entry(
            Kind.CONFLICT,
            "This Idempotency-Key was used for another request.",
            "Use a new key for a new order; repeat a call with its own body.",
        ),
        "claim_key_invalid": Entry(
            Kind.INVALID,
            "Idempotency-Key is not usable: {reason}.",
            "Send 1 to 255 printable ASCII characters.",
        ),
        "user_unknown": Entry(
            Kind.INVALID,
            "Given {field} {value} is illegal.",
            "Use the primary id of a user of the institution.",
        ),
        "profile_unknown": Entry(
            Kind.INVALID,
            "Given profile_code {value} is illegal.",
            "Use the code of a New Order API profile.{probable}",
        ),
        "fund_invalid": Entry(
            Kind.INVALID,
            "Given fund_code {value} is illegal.",
            "Use the code of an active allocated fund.{probable}",
        ),
        "fund_short": Entry(
            Kind.INVALID,
            "Fund {value} has {free} {currency} free; {short} {currency} are missing.",
            "Use another fund or have money allocated.",
        ),
        "not_fully_funded": Entry(
            Kind.INVALID,
            "The order is not fully funded: {value} of {total} {currency} are covered.",
            "Distribute the whole price over funds.",
        ),
    }
)


def probable(names: Iterable[str]) -> str:
    """ " Did you mean X?" for an advice, or nothing."""
    known = tuple(names)
    return f" Did you mean {' or '.join(known[:3])}?" if known else ""
