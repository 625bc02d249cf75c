"""Problems of registers, funds and the catalogue."""

from openacq.kernel.catalogue.entry import Entry, Kind

ROWS = {
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
    "value_not_listed": Entry(Kind.INVALID, "{field}: {value} is none of {valid}.", "Use one of {valid}."),
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
    "fund_inactive": Entry(Kind.CONFLICT, "Fund {value} is not active.", "Activate it or use another fund."),
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
    "period_none": Entry(Kind.NOT_FOUND, "No fiscal period is active today.", "Have the library open one."),
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
}
