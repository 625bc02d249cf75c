"""The words refusals are put together from: states, moves, rights, things, reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from openacq.doors.pages.language import later

LINE_STATES: Mapping[str, str] = MappingProxyType(
    {
        "DRAFT": later("Draft"),
        "INREVIEW": later("In review"),
        "DEFERRED": later("Put aside"),
        "AUTO_PACKAGING": later("Waits for packing"),
        "MANUAL_PACKAGING": later("To be packed by hand"),
        "READY": later("Ready to be sent"),
        "SENT": later("Sent"),
        "WAITING_FOR_INVOICE": later("Waits for the invoice"),
        "WAITING_FOR_RENEWAL": later("Waits for renewal"),
        "WAITING_FOR_MANUAL_RENEWAL": later("To be renewed by hand"),
        "CLOSED": later("Closed"),
        "CANCELLED": later("Cancelled"),
    }
)
ORDER_STATES: Mapping[str, str] = MappingProxyType(
    {
        "DRAFT": later("Draft"),
        "OPEN": later("Open"),
        "APPROVED": later("Approved"),
        "SENT": later("Sent"),
        "CLOSED": later("Closed"),
        "CANCELLED": later("Cancelled"),
    }
)
STATES: Mapping[str, str] = MappingProxyType(
    {
        **ORDER_STATES,
        **LINE_STATES,
        "REJECTED": later("Rejected"),
        "waiting": later("waits"),
        "sending": later("is being sent"),
        "sent": later("gone out"),
        "failed": later("tried again"),
        "dead": later("given up"),
        "done": later("done"),
        "cancelled": later("Cancelled"),
        "wanted": later("waits"),
        "passed_on": later("passed on"),
        "withdrawn": later("withdrawn"),
    }
)
ALERTS: Mapping[str, str] = MappingProxyType(
    {
        "account_missing": later("Account missing"),
        "bib_ambiguous": later("Several records match"),
        "bib_brief": later("Brief record"),
        "community_portfolio": later("From the community zone"),
        "fund_foreign": later("No exchange rate"),
        "fund_inactive": later("Fund not active"),
        "fund_library": later("Fund of another library"),
        "fund_missing": later("No fund"),
        "fund_overdrawn": later("Fund overdrawn"),
        "fund_short": later("Fund too short"),
        "fund_summary": later("Fund only groups"),
        "fund_unknown": later("Unknown fund"),
        "held_already": later("Held already"),
        "identifier_doubtful": later("Doubtful number"),
        "location_missing": later("No location"),
        "manual_review": later("Review asked for"),
        "on_order_already": later("On order already"),
        "po_not_open": later("Order not open"),
        "portfolio_held": later("Held electronically"),
        "price_missing": later("No price"),
        "reference_long": later("Reference too long"),
        "reference_used": later("Ordered before"),
        "renewal_missing": later("No renewal date"),
        "review_rule": later("Review rule"),
        "shares_differ": later("Funds and price differ"),
        "type_replaced": later("Type replaced"),
        "vendor_missing": later("No vendor"),
        "waits_for_submission": later("Not submitted"),
    }
)
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "approve": later("Approve"),
        "approve itself": later("Approve"),
        "cancel": later("Cancel"),
        "close": later("Close"),
        "defer": later("Put it aside"),
        "order now": later("Order now"),
        "pack": later("Pack"),
        "pack by hand": later("Pack by hand"),
        "paid": later("Pay"),
        "question": later("Ask"),
        "receive": later("Receive"),
        "reject": later("Reject"),
        "renew": later("Renew"),
        "reopen": later("Reopen"),
        "resume": later("Back to review"),
        "review": later("Back to review"),
        "send": later("Send"),
        "separate": later("Order on its own"),
        "submit": later("Submit"),
        "undo receipt": later("Undo the receipt"),
        "unpack": later("Take out of the order"),
        "nothing": later("nothing"),
    }
)
RIGHTS: Mapping[str, str] = MappingProxyType(
    {
        "order": later("ordering"),
        "review": later("reviewing"),
        "receive": later("receiving"),
        "funds": later("managing funds"),
        "requests": later("deciding about requests"),
        "vendors": later("managing vendors"),
        "admin": later("administration"),
    }
)
THINGS: Mapping[str, str] = MappingProxyType(
    {
        "Receipt": later("Receipt"),
        "Purchase order": later("Purchase order"),
        "Hold": later("Hold"),
        "Claim": later("Claim"),
        "Job": later("Job"),
        "Letter": later("Letter"),
        "Attachment": later("Attachment"),
        "PDF of purchase order": later("PDF of purchase order"),
        "Rule": later("Rule"),
        "Kind of profile": later("Kind of profile"),
        "Profile": later("Profile"),
        "Call": later("Call"),
        "Fund": later("Fund"),
        "Vendor": later("Vendor"),
        "Vendor account": later("Vendor account"),
        "Entry": later("Entry"),
        "View": later("View"),
        "Kind of letter": later("Kind of letter"),
        "Code table": later("Code table"),
        "Row": later("Row"),
        "Row of your own": later("Row of your own"),
        "Code": later("Code"),
        "User": later("User"),
        "Institution": later("Institution"),
    }
)
PHRASES = frozenset(
    {
        later("a date"),
        later("a whole number"),
        later("a whole number of days"),
        later("a number of calls per second"),
        later("a web address"),
        later("an address beginning with http:// or https://"),
        later("an e-mail address"),
        later("a folder below the server's folder for files"),
        later("a name of files with known fields in braces"),
        later("another currency"),
        later("name=value, one a line"),
        later("currency codes of three letters"),
        later("without criteria: the default rule speaks of every line"),
        later("not a plain decimal number"),
        later("out of range"),
        later("nothing would move"),
        later("nothing in it is expected"),
        later("nothing to receive"),
        later("nothing"),
        later("it is empty"),
        later("it is nested too deep"),
        later("it is 0"),
        later("not a number with at most 10 decimals"),
        later("it is not printed; switch it on instead"),
        later("it is a continuous order; receive a new item of it"),
        later("no copy of it is missing"),
        later("it has no copies yet"),
        later("the line has a cancellation restriction"),
        later("it is switched on"),
        later("it is invoiced"),
        later("it is closed"),
        later("something of it has arrived"),
        later("it has arrived"),
        later("it has no vendor to write to"),
        later("it has no lines"),
        later("it is in no order yet"),
        later("it was made by packaging"),
        later("it is submitted"),
        later("the title of a line stays"),
        later("the line is in a purchase order"),
        later("the order is submitted"),
        later("the order has items"),
        later("lines of its vendor were put into the order"),
        later("vendor, account or currency"),
        later("somebody else was quicker"),
        later("percent and amount exclude each other"),
        later("orders or requests use it"),
        later("it has inventory"),
        later("it cannot have another role"),
        later("it must be liable for VAT"),
        later("it is settled when the fund is made"),
        later("it is an allocated fund"),
        later("it hangs below this very fund"),
        later("it ends before it starts"),
        later("one request is no group"),
        later("one of them is rejected"),
        later("they are for different records"),
        later("they are for different formats"),
        later("more than one of them is ordered already"),
        later("vendor"),
        later("account"),
        later("owner"),
        later("currency"),
        later("continuity"),
        later("method"),
        later("true"),
        later("false"),
    }
)
"""Reasons and things expected, word for word as the slices give them."""

WITH_FIGURES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (
            r"(?P<missing>\d+) copies are missing, not (?P<asked>\d+)",
            later("%(missing)s copies are missing, not %(asked)s"),
        ),
        (
            r"(?P<codes>\d+) barcodes for (?P<copies>\d+) copies",
            later("%(codes)s barcodes for %(copies)s copies"),
        ),
        (r"(?P<num>\d+) of its copies are received", later("%(num)s of its copies are received")),
        (r"more than (?P<num>\d+) decimals", later("more than %(num)s decimals")),
        (r"more than (?P<num>\d+) digits", later("more than %(num)s digits")),
        (r"at most (?P<num>\d+) characters", later("at most %(num)s characters")),
        (
            r"a whole number from (?P<least>\S+) to (?P<most>\S+)",
            later("a whole number from %(least)s to %(most)s"),
        ),
        (
            r"a percentage from (?P<least>\S+) to (?P<most>\S+)",
            later("a percentage from %(least)s to %(most)s"),
        ),
        (r"a number from (?P<least>\S+) to (?P<most>\S+)", later("a number from %(least)s to %(most)s")),
        (r"the line is an item of (?P<order>\S+)", later("the line is an item of %(order)s")),
        (r"possible: (?P<possible>.+)", later("possible: %(possible)s")),
        (r"it is (?P<state>[A-Z_]+)", later("it is “%(state)s”")),
        (r"(?P<number>[A-Z]+-[\w-]+) is (?P<state>[A-Z_]+)", later("%(number)s is “%(state)s”")),
        (
            r"a transfer needs a sum above zero in (?P<currency>\w+) and two different funds",
            later("a transfer needs a sum above zero in %(currency)s and two different funds"),
        ),
        (r"it overlaps the active (?P<name>.+)", later("it overlaps the active %(name)s")),
        (r"(?P<name>\S+) is governmental already", later("%(name)s is governmental already")),
        (r"its parent (?P<code>\S+)", later("its parent %(code)s")),
        (r"fund (?P<code>\S+)", later("fund %(code)s")),
    )
)
"""Reasons with something of their own in them."""
