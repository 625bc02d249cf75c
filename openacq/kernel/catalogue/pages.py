"""Problems of pages: signing in, forms, roles."""

from openacq.kernel.catalogue.entry import Entry, Kind

ROWS = {
    "call_not_whole": Entry(
        Kind.CONFLICT,
        "Call {value} cannot be carried out again: it was not refused, or the log has not all of it.",
        "Send it from where it came; the curl command shows how.",
    ),
    "form_foreign": Entry(
        Kind.FORBIDDEN,
        "The form did not come from this page, or it is too old.",
        "Load the page again and send the form from there.",
    ),
    "note_unread": Entry(
        Kind.MISSING,
        "The receiving note of {value} has not been read.",
        "Read it and say so beside it, then receive.",
    ),
    "page_outdated": Entry(
        Kind.CONFLICT,
        "{value} was changed by somebody else while you had the form open; nothing is saved yet.",
        "Look at both versions, then save again.",
    ),
    "role_missing": Entry(
        Kind.FORBIDDEN,
        "Your roles do not allow this: {right}.",
        "Ask whoever gives out roles in your library.",
    ),
    "role_own": Entry(
        Kind.CONFLICT,
        "{value} is your own role as administrator; without it nobody may be left who can give it back.",
        "Have another administrator take it away.",
    ),
    "session_renewed": Entry(
        Kind.CONFLICT,
        "Your session had ended; you are signed in again and nothing was sent yet.",
        "Look over what you entered and save it.",
    ),
    "sign_in_failed": Entry(
        Kind.UNAUTHORIZED, "Name and password do not fit together.", "Type both again; mind capital letters."
    ),
    "sign_in_link": Entry(
        Kind.FORBIDDEN,
        "This link has been used, or it is too old.",
        "Ask for another one on the sign-in page.",
    ),
    "sign_in_often": Entry(
        Kind.BUSY, "Too many attempts to sign in.", "Wait for {minutes} minutes and try again."
    ),
    "sign_in_right": Entry(
        Kind.FORBIDDEN, "{value} has no role at any desk.", "Ask whoever gives out roles in your library."
    ),
}
