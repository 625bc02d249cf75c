"""Problems of purchase requests."""

from openacq.kernel.catalogue.entry import Entry, Kind

ROWS = {
    # what a request says, in the order in which Alma would complain
    "request_metadata_missing": Entry(
        Kind.MISSING, "Resource metadata is required.", "Send mms_id, or title and citation type."
    ),
    "request_title_missing": Entry(
        Kind.MISSING, "The title is missing.", "Send resource_metadata.title, or mms_id."
    ),
    "request_format_unknown": Entry(
        Kind.INVALID, "{field}: {value} is no requested format.", "Valid codes: {valid}.{probable}"
    ),
    "request_citation_missing": Entry(
        Kind.MISSING, "{field}: a title needs its citation type.", "Valid codes: {valid}."
    ),
    "request_citation_unknown": Entry(
        Kind.INVALID, "{field}: {value} is no citation type.", "Valid codes: {valid}.{probable}"
    ),
    "request_material_unknown": Entry(
        Kind.INVALID,
        "{field}: {value} is no type of table {table}, which format {format} asks for.",
        "Valid codes: {valid}.{probable}",
    ),
    "request_library_unknown": Entry(
        Kind.INVALID, "{field}: there is no library {value}.", "Use the code of a library.{probable}"
    ),
    "request_currency_missing": Entry(
        Kind.MISSING, "{field}: a sum needs its currency.", "Use a code of the table of currencies."
    ),
    "request_currency_unknown": Entry(
        Kind.INVALID,
        "{field}: {value} is no currency the institution buys in.",
        "Use a code of the table of currencies.{probable}",
    ),
    "request_sum_invalid": Entry(
        Kind.INVALID,
        "{field}: {value} is not a valid sum: {reason}.",
        "Send up to 14 digits with a decimal point, and a currency.",
    ),
    "request_vendor_unknown": Entry(
        Kind.INVALID, "{field}: there is no active vendor {value}.", "Use the code of a vendor.{probable}"
    ),
    "request_account_missing": Entry(
        Kind.MISSING,
        "{field}: a vendor and one of its accounts come together.",
        "Send an account code of the vendor with the vendor.{probable}",
    ),
    "request_account_unknown": Entry(
        Kind.INVALID,
        "{field}: {value} is no account of vendor {vendor}.",
        "Send an account code of the vendor with the vendor.{probable}",
    ),
    "request_fund_unknown": Entry(
        Kind.INVALID,
        "{field}: there is no active fund {value}.",
        "Use the code of an allocated fund of the active period.{probable}",
    ),
    "request_bib_unknown": Entry(
        Kind.INVALID,
        "{field}: there is no bibliographic record {value}.",
        "Leave mms_id out and send title and citation type, or use an mms_id of the institution.",
    ),
    "request_place_library_missing": Entry(
        Kind.MISSING, "{field}: a location needs its library.", "Use the code of a library."
    ),
    "request_place_library_unknown": Entry(
        Kind.INVALID, "{field}: there is no library {value}.", "Use the code of a library.{probable}"
    ),
    "request_place_unknown": Entry(
        Kind.INVALID,
        "{field}: there is no location {value} in library {library}.",
        "Use a location code of that library.{probable}",
    ),
    "request_quantity_invalid": Entry(
        Kind.INVALID,
        "{field}: {value} is not a valid quantity.",
        "Send a whole number from 1 to {limit}.",
    ),
    "requester_unknown": Entry(
        Kind.NOT_FOUND,
        "User with identifier {value} of type {type} was not found.",
        "Use an identifier of a user of the institution.",
    ),
    # what an institution's rules say
    "request_citation_refused": Entry(
        Kind.INVALID,
        "{field}: {value} cannot be requested (rule {rule}).",
        "Allowed: {valid}.",
    ),
    "request_cost_refused": Entry(
        Kind.INVALID,
        "{field}: {value} is more than {most} {currency} (rule {rule}).",
        "Ask the library about dearer titles.",
    ),
    "request_field_required": Entry(
        Kind.MISSING, "{field} is required (rule {rule}).", "Send {field} with the request."
    ),
    "request_format_refused": Entry(
        Kind.INVALID,
        "{field}: {value} cannot be requested (rule {rule}).",
        "Allowed: {valid}.",
    ),
    "request_limit_open": Entry(
        Kind.CONFLICT,
        "{value} has {count} requests waiting for a decision; {most} are allowed (rule {rule}).",
        "Wait for a decision, or cancel a request.",
    ),
    "request_limit_period": Entry(
        Kind.CONFLICT,
        "{value} has made {count} requests within {days} days; {most} are allowed (rule {rule}).",
        "Ask again later.",
    ),
    # what is done with a request
    "request_not_found": Entry(
        Kind.NOT_FOUND,
        "Purchase request {value} not found.",
        "Check the request id; it may belong to somebody else.",
    ),
    "request_decided": Entry(
        Kind.CONFLICT,
        "Purchase request {value} is {state}; {event} is not possible then.",
        "Read it again; possible: {possible}.",
    ),
    "request_ordered": Entry(
        Kind.CONFLICT,
        "Purchase request {value} has an active purchase order line, {line}.",
        "Look at that line; nothing is left to approve.",
    ),
    "request_fixed": Entry(
        Kind.CONFLICT,
        "Purchase request {value} is {state} and cannot be changed.",
        "Change the purchase order line, or reopen the request.",
    ),
    "request_outdated": Entry(
        Kind.CONFLICT,
        "Purchase request {value} was changed by somebody else since it was read.",
        "Read it again and repeat the change.",
    ),
    "request_not_cancellable": Entry(
        Kind.CONFLICT,
        "Purchase request {value} is {state} and cannot be cancelled any more.",
        "Ask the library.",
    ),
    "request_not_deletable": Entry(
        Kind.CONFLICT,
        "Purchase request {value} is {state} and cannot be deleted.",
        "Cancel its purchase order line first, then reopen and delete it.",
    ),
    "request_move_refused": Entry(
        Kind.CONFLICT,
        "Purchase request {value} is {state}; {event} is not possible then.",
        "Possible: {possible}.",
    ),
    "request_approver_unknown": Entry(
        Kind.INVALID,
        "{field}: {value} is nobody who may decide about purchase requests.",
        "Name a member of staff with a purchase request role for that library.",
    ),
    "request_owner_missing": Entry(
        Kind.CONFLICT,
        "Purchase request {value} has no owning library that is known.",
        "Set owning_library, then approve.",
    ),
    "request_line_type_missing": Entry(
        Kind.CONFLICT,
        "There is no PO line type for format {format}, citation type {citation}, requested type {material}.",
        "Add a row to the mapping of line types.",
    ),
    "request_bib_gone": Entry(
        Kind.CONFLICT,
        "The bibliographic record {value} of the request is not there any more.",
        "Change the request to another record, then approve.",
    ),
    "request_reason_missing": Entry(
        Kind.MISSING, "A reason for rejecting is required.", "Send reject_reason, a code of {table}."
    ),
    "request_reason_unknown": Entry(
        Kind.INVALID, "{field}: {value} is no reason for rejecting.", "Valid codes: {valid}.{probable}"
    ),
    "request_merge_refused": Entry(
        Kind.CONFLICT,
        "Purchase requests cannot be merged: {reason}.",
        "Merge open requests for one title.",
    ),
    "question_not_found": Entry(
        Kind.NOT_FOUND, "Question {value} not found.", "Look at the questions of the request."
    ),
    "question_answered": Entry(
        Kind.CONFLICT, "Question {value} is answered already.", "Nothing is left to do."
    ),
}
