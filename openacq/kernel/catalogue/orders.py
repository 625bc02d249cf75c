"""Problems of orders."""

from openacq.kernel.catalogue.entry import Entry, Kind

ROWS = {
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
        Kind.CONFLICT, "Somebody else claims {value} just now.", "Look at the claims, then try again."
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
    "barcode_unknown": Entry(
        Kind.NOT_FOUND, "No items found for barcode {value}.", "Scan it again, or look for the title."
    ),
    "holding_unknown": Entry(
        Kind.INVALID, "Given {field} {value} is illegal.", "Use the id of a holding of the title."
    ),
    "item_on_order": Entry(Kind.CONFLICT, "{value} is not received yet.", "Receive it first."),
    "line_active": Entry(
        Kind.CONFLICT, "{value} is active already.", "Undo its activation first if it was wrong."
    ),
    "nothing_expected": Entry(
        Kind.NOT_FOUND,
        "Nothing that is expected has the number {value}.",
        "Look for the line by its number or title.",
    ),
    "receipt_undone": Entry(Kind.CONFLICT, "Receipt {value} is undone already.", "Nothing is left to do."),
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
    "line_cancelled_already": Entry(Kind.CONFLICT, "{value} is cancelled already.", "Nothing is left to do."),
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
    "copy_not_found": Entry(
        Kind.NOT_FOUND,
        "{item} has no copy {value}.",
        "Ask for the copies of the item; they exist once its order is submitted.",
    ),
    "exchange_rate_invalid": Entry(
        Kind.INVALID,
        "Given {field} {value} is not an exchange rate: {reason}.",
        "Send a plain decimal number above 0 with at most 10 decimals.",
    ),
    "order_fixed": Entry(
        Kind.CONFLICT,
        "Purchase order {value} cannot be changed: {reason}.",
        "Read it again; begin another order if more is wanted.",
    ),
    "order_outdated": Entry(
        Kind.CONFLICT,
        "{value} is another version than the one sent names.",
        "Read it again and repeat the change.",
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
    "search_field_unknown": Entry(
        Kind.INVALID, "Lines cannot be searched by the field {value}.", "Valid fields: {valid}."
    ),
    "sort_unknown": Entry(Kind.INVALID, "Lines cannot be sorted by {value}.", "Valid keys: {valid}."),
    "sort_mixed": Entry(
        Kind.INVALID,
        "Lines cannot be sorted by {value}: keys of items and of lines do not go together.",
        "Sort by keys of one kind.",
    ),
    "sort_without_items": Entry(
        Kind.INVALID,
        "Lines cannot be sorted by {value} without a condition about items.",
        "Add a condition about items to q, or sort by a key of the line.",
    ),
    "items_too_many": Entry(
        Kind.INVALID,
        "The conditions about items are met by more than {limit} items.",
        "Narrow the conditions about items.",
    ),
    "line_vendor_not_found": Entry(
        Kind.NOT_FOUND, "Vendor {value} not found.", "Check the code; case matters.{probable}"
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
