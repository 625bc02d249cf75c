"""Problems of WSKeys: signatures, principals, tokens, and the keys their secrets are sealed with."""

from openacq.kernel.catalogue.entry import Entry, Kind

ROWS = {
    # who calls
    "credentials_missing": Entry(
        Kind.UNAUTHORIZED,
        "No valid authentication credentials found in request",
        "Sign the request with a WSKey (version 2), or send a token as `Authorization: Bearer TOKEN`.",
    ),
    "wskey_invalid": Entry(
        Kind.UNAUTHORIZED, "WSKey '{value}' is invalid", "Use a WSKey of this server that is not revoked."
    ),
    "signature_invalid": Entry(
        Kind.UNAUTHORIZED,
        "request has invalid signature ({value})",
        "Compare secret, method and query with what was signed; the server's log shows the text it expected.",
    ),
    "signature_stale": Entry(
        Kind.UNAUTHORIZED,
        "The request's timestamp {value} is more than {minutes} minutes off.",
        "Sign each request anew, and set the clock right; it is seconds since 1970.",
    ),
    "nonce_used": Entry(
        Kind.UNAUTHORIZED,
        "The nonce {value} was used with this timestamp before.",
        "Give each request a nonce of its own.",
    ),
    "basic_invalid": Entry(
        Kind.UNAUTHORIZED,
        "invalid WSKey/secret",
        "Send key and secret of a WSKey as user name and password (HTTP Basic).",
    ),
    "principal_missing": Entry(
        Kind.UNAUTHORIZED,
        "The request names no user: principalID and principalIDNS are missing.",
        "Send both, in the Authorization header or as parameters.",
    ),
    "principal_unknown": Entry(
        Kind.FORBIDDEN,
        "User forbidden",
        "principalID {value} is nobody who may act here; the library ties it to a member of staff.",
    ),
    "principal_reads_only": Entry(
        Kind.FORBIDDEN,
        "User forbidden",
        "principalID {value} may read only (ACQ_READ_ONLY_USER).",
    ),
    "institution_other": Entry(
        Kind.FORBIDDEN,
        "User forbidden",
        "The key is not one of institution {value}; leave inst out or send the key's own.",
    ),
    "scope_lacking": Entry(
        Kind.FORBIDDEN,
        "User forbidden",
        "The key or token has no right to {value} here.",
    ),
    # tokens
    "token_invalid": Entry(
        Kind.UNAUTHORIZED, "The access token is invalid or expired.", "Ask for a new one."
    ),
    "grant_unsupported": Entry(
        Kind.INVALID,
        "unsupported_grant_type",
        "grant_type {value} is not given here; possible: authorization_code, client_credentials, "
        "refresh_token.",
    ),
    "scope_refused": Entry(
        Kind.FORBIDDEN, "unauthorized_client", "This WSKey may not have the scope {value}; it may: {valid}."
    ),
    "context_refused": Entry(
        Kind.FORBIDDEN, "unauthorized_client", "This WSKey is not one of institution {value}."
    ),
    "refresh_token_invalid": Entry(
        Kind.INVALID, "invalid_grant", "The refresh token is unknown, expired, or another key's."
    ),
    "code_invalid": Entry(
        Kind.INVALID,
        "invalid_grant",
        "The authorization code is unknown, used, older than 5 minutes or another key's, or redirect_uri or "
        "code_verifier are not those it was asked for with.",
    ),
    # letting a program act for somebody
    "program_unknown": Entry(
        Kind.INVALID,
        "This server does not know the program that sent you here (client_id {value}).",
        "Go back to it and tell whoever runs it.",
    ),
    "program_address": Entry(
        Kind.INVALID,
        "The program that sent you here wants you to be sent on to an address that is not one of its own.",
        "Do not trust it before whoever gave it its WSKey has looked; addresses are registered with "
        "`openacq wskey redirects`.",
    ),
    "program_elsewhere": Entry(
        Kind.FORBIDDEN,
        "The program that sent you here works for another institution than the one you are signed in to.",
        "Sign out, and sign in where it works.",
    ),
    "program_principal": Entry(
        Kind.FORBIDDEN,
        "No program may act for {value}.",
        "Ask whoever gives out WSKeys in your library.",
    ),
    # budgets and lists
    "budget_not_found": Entry(
        Kind.NOT_FOUND, "Budget {value} not found.", "Name it by its number, such as BP-2026-1."
    ),
    "index_unknown": Entry(
        Kind.INVALID, "The query {value} is not valid: {reason}.", "Write q=index:term; there are: {valid}."
    ),
    # the register
    "wskey_not_found": Entry(Kind.NOT_FOUND, "There is no WSKey {value}.", "Name it by its id, key or name."),
    "wskey_unclear": Entry(Kind.CONFLICT, "Several WSKeys are called {value}.", "Name it by its id or key."),
    "seal_key_missing": Entry(
        Kind.CONFLICT,
        "There is no key to encrypt secrets with.",
        "Run `openacq wskey rotate-secrets`, which makes a file of keys, or set OPENACQ_SECRETS_KEY.",
    ),
}
