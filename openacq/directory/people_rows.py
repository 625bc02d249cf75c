"""Fill users from files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from openacq.codes import service as codes
from openacq.codes.model import CodeTable
from openacq.directory import passwords, store_institutions, store_people, store_places
from openacq.directory.model import Email, Identifier, Role, RoleParameter, User
from openacq.directory.store_people import Account, folded
from openacq.kernel import text
from openacq.kernel.filling import fill
from openacq.kernel.refusal import Problem, probable
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict
from openacq.store import Tx

USER = "user"
COLUMNS = (
    "primary_id", "first_name", "middle_name", "last_name", "record_type", "account_type", "status",
    "user_group", "language", "job_description", "external_id", "expiry_date", "email", "emails",
    "identifiers", "roles", "password",
)  # fmt: skip
MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class _Words:
    """The registers a user's row is checked against."""

    groups: CodeTable
    languages: CodeTable
    identifier_types: CodeTable
    email_types: CodeTable
    roles: CodeTable
    institution: str
    scopes: frozenset[str]


def load(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Fill users. Columns: `COLUMNS`; emails, identifiers and roles as tables, or as text:
    "a@x.org; b@x.org", "BARCODE:123; INST_ID:9", "54; 37@MAIN"."""
    institution = store_institutions.one(tx)
    own = institution.code if institution else ""
    words = _Words(
        codes.known_table(tx, "UserGroups"),
        codes.known_table(tx, "UserPreferredLanguage"),
        codes.known_table(tx, "UserIdentifierTypes"),
        codes.known_table(tx, "UserEmailTypes"),
        codes.known_table(tx, "HFrUserRoles.roleType"),
        own,
        frozenset({own, *store_places.all_libraries(tx)}),
    )
    held = store_people.by_primary_ids(tx, [str(cells.get("primary_id", "")).strip() for cells in given])
    taken = _taken(tx, given, held)

    def read(row: Row) -> tuple[str, Account]:
        primary_id = row.text("primary_id", needed=True)
        old = held.get(folded(primary_id)) or Account(User(0, primary_id))
        account = _read(tx, row, old, words)
        if not row.problems:
            _take(row, folded(primary_id), account.user, taken)
        return folded(primary_id), account

    filled = fill(USER, COLUMNS, given, held, read)
    if filled.anything:
        store_people.save(tx, filled.added, filled.changed)
    return filled.verdicts


def _read(tx: Tx, row: Row, account: Account, words: _Words) -> Account:
    old = account.user
    status = row.choice("status", old.status)
    group = row.text("user_group", old.user_group)
    language = row.text("language", old.language)
    for field, code, kept, table in (
        ("user_group", group, old.user_group, words.groups),
        ("language", language, old.language, words.languages),
    ):
        if code and code != kept and (problem := table.check(field, code)):
            row.problems.append(problem)
    user = replace(
        old,
        first_name=row.text("first_name", old.first_name),
        middle_name=row.text("middle_name", old.middle_name),
        last_name=row.text("last_name", old.last_name),
        record_type=row.choice("record_type", old.record_type),
        account_type=row.choice("account_type", old.account_type),
        status=status,
        status_date=old.status_date if old.id and status is old.status else tx.today,
        user_group=group,
        language=language,
        job_description=row.text("job_description", old.job_description),
        external_id=row.text("external_id", old.external_id),
        expiry_date=row.day("expiry_date") or old.expiry_date,
        emails=_emails(row, old.emails, words.email_types),
        identifiers=_identifiers(row, old.identifiers, words.identifier_types),
        roles=_roles(row, old.roles, words),
    )
    return Account(user, _password(row, account.password_hash))


def _password(row: Row, kept: str | None) -> str | None:
    """The hash of a new password; the one kept when it is the same or none is given."""
    if not row.given("password"):
        return kept
    password = str(row.tree("password"))
    if row.problems or (kept is not None and passwords.matches(kept, password)):
        return kept
    return passwords.hashed(password)


def _emails(row: Row, kept: tuple[Email, ...], types: CodeTable) -> tuple[Email, ...]:
    """The addresses of `emails`, or those kept; the one in `email` is the preferred one."""
    addresses = list(kept)
    if row.given("emails"):
        addresses = []
        for entry in _entries(row, "emails"):
            if isinstance(entry, str):
                addresses.append(Email(entry))
                continue
            entry.check_names(("address", "preferred", "types", "description"))
            named = entry.codes("types") or ("work",)
            entry.problems += [found for name in named if (found := types.check("emails.types", name))]
            address = entry.text("address", needed=True)
            description = entry.text("description")
            addresses.append(Email(address, entry.flag("preferred"), named, description))
            row.problems += entry.problems
    if row.given("email"):
        best = row.text("email")
        known = next((entry for entry in addresses if entry.address == best), Email(best))
        others = (replace(entry, preferred=False) for entry in addresses if entry.address != best)
        addresses = [replace(known, preferred=True), *others]
    for given in addresses:
        if "@" not in given.address.strip("@") or " " in given.address:
            expected = "an e-mail address"
            row.problems.append(Problem("value_wrong_type", "emails", given.address, expected=expected))
    best_at = next((at for at, found in enumerate(addresses) if found.preferred), 0)
    return tuple(replace(found, preferred=at == best_at) for at, found in enumerate(addresses))


def _identifiers(row: Row, kept: tuple[Identifier, ...], types: CodeTable) -> tuple[Identifier, ...]:
    if not row.given("identifiers"):
        return kept
    found: list[Identifier] = []
    for entry in _entries(row, "identifiers"):
        if isinstance(entry, str):
            type_, colon, value = (part.strip() for part in entry.partition(":"))
            if not colon or not value:
                expected = "TYPE:value"
                row.problems.append(Problem("value_wrong_type", "identifiers", entry, expected=expected))
                continue
            found.append(Identifier(type_, value))
            continue
        entry.check_names(("type", "value", "note", "active"))
        type_, value = entry.text("type", needed=True), entry.text("value", needed=True)
        found.append(Identifier(type_, value, entry.text("note"), entry.flag("active", True)))
        row.problems += entry.problems
    row.problems += [
        problem for entry in found if (problem := types.check("identifiers.type", entry.type)) is not None
    ]
    return tuple(dict.fromkeys(found))


def _roles(row: Row, kept: tuple[Role, ...], words: _Words) -> tuple[Role, ...]:
    if not row.given("roles"):
        return kept
    found: list[Role] = []
    for entry in _entries(row, "roles"):
        if isinstance(entry, str):
            type_, _, scope = (part.strip() for part in entry.partition("@"))
            found.append(Role(type_, scope or words.institution))
            continue
        entry.check_names(("type", "scope", "active", "parameters"))
        parameters = entry.tree("parameters") or []
        cells = [Row(cell) for cell in parameters] if isinstance(parameters, list) else []
        found.append(
            Role(
                entry.text("type", needed=True),
                entry.text("scope", words.institution),
                entry.flag("active", True),
                tuple(
                    RoleParameter(cell.text("type"), cell.text("scope"), cell.text("value")) for cell in cells
                ),
            )
        )
        row.problems += entry.problems
    for role in found:
        if problem := words.roles.check("roles.type", role.type):
            row.problems.append(problem)
        if role.scope not in words.scopes:
            meant = probable(text.nearest(role.scope, tuple(words.scopes)))
            row.problems.append(Problem("library_unknown", "roles.scope", role.scope, probable=meant))
    return tuple(dict.fromkeys(found))


def _entries(row: Row, name: str) -> list[Row | str]:
    """A list of tables or texts; text alone is divided at semicolons."""
    tree = row.tree(name)
    if not isinstance(tree, list):
        return list(row.codes(name))
    if len(tree) > MOST_ENTRIES:
        row.problems.append(Problem("list_too_long", name, len(tree), limit=MOST_ENTRIES))
        return []
    return [Row(entry) if isinstance(entry, dict) else str(entry).strip() for entry in tree]


# -- identifiers are unique -------------------------------------------------------------------


def _taken(
    tx: Tx, given: Sequence[Mapping[str, object]], held: Mapping[str, Account]
) -> dict[tuple[str, str], str]:
    """(type, folded value) → folded primary id, of identifiers held by users these rows do not rewrite."""
    names = {account.user.id: name for name, account in held.items()}
    rewritten = {
        folded(str(cells.get("primary_id", "")).strip()) for cells in given if Row(cells).given("identifiers")
    }
    wanted = [value for cells in given for value in _values(Row(cells))]
    taken: dict[tuple[str, str], str] = {}
    for key, user_id in store_people.holders(tx, wanted).items():
        owner = names.get(user_id, f"#{user_id}")
        if owner not in rewritten:
            taken[key] = owner
    return taken


def _values(row: Row) -> list[str]:
    entries = _entries(row, "identifiers") if row.given("identifiers") else []
    return [
        entry.partition(":")[2].strip() if isinstance(entry, str) else entry.text("value")
        for entry in entries
    ]


def _take(row: Row, owner: str, user: User, taken: dict[tuple[str, str], str]) -> None:
    for entry in user.identifiers:
        key = (entry.type, folded(entry.value))
        if taken.setdefault(key, owner) != owner:
            row.problems.append(Problem("code_taken", f"identifier {entry.type}", entry.value))
