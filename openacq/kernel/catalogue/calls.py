"""Problems of calls, bodies and letters."""

from openacq.kernel.catalogue.entry import Entry, Kind

ROWS = {
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
    "job_not_failed": Entry(
        Kind.CONFLICT,
        "Job {value} is {standing}; what failed or was given up can be tried again.",
        "Wait for it, or read it again.",
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
    "mode_invalid": Entry(Kind.INVALID, "Parameter {field} has the invalid value {value}.", "Use {valid}."),
    "option_impossible": Entry(
        Kind.INVALID, "Parameter {field} has no valid options: {reason}.", "Leave {field} out."
    ),
    "option_invalid": Entry(
        Kind.INVALID, "Parameter {field} has the invalid value {value}.", "Valid options: {valid}."
    ),
    "query_invalid": Entry(Kind.INVALID, "The query {value} is not valid: {reason}.", "Write q=field~words."),
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
}
