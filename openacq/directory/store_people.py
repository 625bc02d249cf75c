"""SQL of users and their identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, RowMapping, and_, bindparam, delete, insert, or_, select, update

from openacq.directory import store_people_search
from openacq.directory.model import (
    AccountType,
    Email,
    Identifier,
    RecordType,
    Role,
    RoleParameter,
    Status,
    User,
)
from openacq.directory.tables import user_identifiers, users
from openacq.store import Tx
from openacq.store.lists import with_lists

CHUNK = 500
"""Users changed by one statement."""

_SHOWN = tuple(column for column in users.c if column.name not in ("institution", "primary_folded"))
_OF = users.c.institution == bindparam("institution")
_BY_PRIMARY = with_lists(lambda among: select(*_SHOWN).where(_OF, among(users.c.primary_folded, "keys")))
_BY_ID = with_lists(lambda among: select(*_SHOWN).where(_OF, among(users.c.id, "ids")))
_BY_IDENTIFIER = (
    select(*_SHOWN, user_identifiers.c.type.label("found_by"))
    .join(
        user_identifiers,
        and_(user_identifiers.c.institution == users.c.institution, user_identifiers.c.user_id == users.c.id),
    )
    .where(
        users.c.institution == bindparam("institution"),
        user_identifiers.c.value_folded == bindparam("value"),
        user_identifiers.c.active,
        or_(bindparam("type") == "", user_identifiers.c.type == bindparam("type")),
    )
    .order_by(users.c.id)
)
_IDENTIFIERS = with_lists(
    lambda among: (
        select(user_identifiers)
        .where(
            user_identifiers.c.institution == bindparam("institution"),
            among(user_identifiers.c.user_id, "ids"),
        )
        .order_by(user_identifiers.c.user_id, user_identifiers.c.position)
    )
)
_IDENTIFIERS_BY_PRIMARY = with_lists(
    lambda among: (
        select(user_identifiers)
        .join(
            users,
            and_(
                users.c.institution == user_identifiers.c.institution,
                users.c.id == user_identifiers.c.user_id,
            ),
        )
        .where(_OF, among(users.c.primary_folded, "keys"))
        .order_by(user_identifiers.c.user_id, user_identifiers.c.position)
    )
)
_TAKEN = with_lists(
    lambda among: select(
        user_identifiers.c.type, user_identifiers.c.value_folded, user_identifiers.c.user_id
    ).where(
        user_identifiers.c.institution == bindparam("institution"),
        among(user_identifiers.c.value_folded, "values"),
    )
)
_ADD = insert(users)
_CHANGE = update(users).where(users.c.institution == bindparam("of"), users.c.id == bindparam("of_id"))
_ADD_IDENTIFIER = insert(user_identifiers)
_DROP_IDENTIFIERS = delete(user_identifiers).where(
    user_identifiers.c.institution == bindparam("institution"),
    user_identifiers.c.user_id.in_(bindparam("ids", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A user with the hash of the password, which leaves the directory never."""

    user: User
    password_hash: str | None = None


def by_primary_ids(tx: Tx, primary_ids: Iterable[str]) -> Mapping[str, Account]:
    """Users by their folded primary id; one round trip."""
    keys = list(dict.fromkeys(folded(primary_id) for primary_id in primary_ids))
    if not keys:
        return {}
    asked = {"institution": tx.institution, "keys": keys}
    kind = tx.conn.dialect.name
    rows, known = tx.gather([(_BY_PRIMARY[kind], asked), (_IDENTIFIERS_BY_PRIMARY[kind], asked)])
    identifiers = _by_user(known)
    return {
        folded(row["primary_id"]): _account(row, identifiers.get(row["id"], ())) for row in rows.mappings()
    }


def by_ids(tx: Tx, ids: Sequence[int]) -> list[User]:
    """Users by their row ids, in the order of these."""
    if not ids:
        return []
    rows = {
        row["id"]: row
        for row in tx.execute(
            _BY_ID[tx.conn.dialect.name], {"institution": tx.institution, "ids": list(ids)}
        ).mappings()
    }
    identifiers = _identifiers(tx, list(rows))
    return [_account(rows[id_], identifiers.get(id_, ())).user for id_ in ids if id_ in rows]


def by_identifier(tx: Tx, value: str, type_: str) -> list[User]:
    """Users with this identifier; of any type when `type_` is ""."""
    asked = {"institution": tx.institution, "value": folded(value), "type": type_}
    rows = {row["id"]: row for row in tx.execute(_BY_IDENTIFIER, asked).mappings()}
    identifiers = _identifiers(tx, list(rows))
    return [_account(row, identifiers.get(id_, ())).user for id_, row in rows.items()]


def holders(tx: Tx, values: Iterable[str]) -> Mapping[tuple[str, str], int]:
    """(type, folded value) → user id, for identifiers that are taken."""
    asked = {"institution": tx.institution, "values": list(dict.fromkeys(folded(value) for value in values))}
    found = tx.execute(_TAKEN[tx.conn.dialect.name], asked)
    return {(row.type, row.value_folded): row.user_id for row in found}


def save(tx: Tx, added: Sequence[Account], changed: Sequence[Account]) -> None:
    """Insert and change users; identifiers of changed users are written anew.

    What changed users let go is let go first, so that new ones may take it.
    """
    changed_ids = [account.user.id for account in changed]
    for start in range(0, len(changed_ids), CHUNK):
        ids_of_part = changed_ids[start : start + CHUNK]
        tx.execute(_DROP_IDENTIFIERS, {"institution": tx.institution, "ids": ids_of_part})
        store_people_search.drop(tx, ids_of_part)
    if changed:
        tx.execute(
            _CHANGE,
            [{"of": tx.institution, "of_id": account.user.id, **_cells(tx, account)} for account in changed],
        )
    ids = tx.numbers("ROW", len(added))
    if added:
        tx.execute(
            _ADD,
            [
                {"institution": tx.institution, "id": id_, "created": tx.now, **_cells(tx, account)}
                for id_, account in zip(ids, added, strict=True)
            ],
        )
    owners = [(account.user.id, account.user) for account in changed]
    owners += [(id_, account.user) for id_, account in zip(ids, added, strict=True)]
    _add_identifiers(tx, owners)
    store_people_search.add(tx, owners)


def folded(value: str) -> str:
    """The form in which ids of people are compared: whatever case they are typed in."""
    return value.casefold()


def _add_identifiers(tx: Tx, owners: Iterable[tuple[int, User]]) -> None:
    rows = [
        {
            "institution": tx.institution,
            "user_id": id_,
            "type": identifier.type,
            "value": identifier.value,
            "value_folded": folded(identifier.value),
            "note": identifier.note,
            "active": identifier.active,
            "position": position,
        }
        for id_, user in owners
        for position, identifier in enumerate(user.identifiers)
    ]
    if rows:
        tx.execute(_ADD_IDENTIFIER, rows)


def _identifiers(tx: Tx, ids: Sequence[int]) -> dict[int, tuple[Identifier, ...]]:
    if not ids:
        return {}
    asked = {"institution": tx.institution, "ids": list(ids)}
    return _by_user(tx.execute(_IDENTIFIERS[tx.conn.dialect.name], asked))


def _by_user(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[int, tuple[Identifier, ...]]:
    found: dict[int, list[Identifier]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append(Identifier(row.type, row.value, row.note, row.active))
    return {id_: tuple(identifiers) for id_, identifiers in found.items()}


def _cells(tx: Tx, account: Account) -> dict[str, Any]:
    user = account.user
    return {
        "primary_id": user.primary_id,
        "primary_folded": folded(user.primary_id),
        "first_name": user.first_name,
        "middle_name": user.middle_name,
        "last_name": user.last_name,
        "record_type": user.record_type.value,
        "account_type": user.account_type.value,
        "status": user.status.value,
        "status_date": user.status_date,
        "user_group": user.user_group,
        "language": user.language,
        "job_description": user.job_description,
        "external_id": user.external_id,
        "expiry_date": user.expiry_date,
        "emails": [asdict(email) for email in user.emails],
        "roles": [asdict(role) for role in user.roles],
        "password_hash": account.password_hash,
        "modified": tx.now,
    }


def _account(row: RowMapping, identifiers: tuple[Identifier, ...]) -> Account:
    return Account(
        User(
            id=row["id"],
            primary_id=row["primary_id"],
            first_name=row["first_name"],
            middle_name=row["middle_name"],
            last_name=row["last_name"],
            record_type=RecordType(row["record_type"]),
            account_type=AccountType(row["account_type"]),
            status=Status(row["status"]),
            status_date=row["status_date"],
            user_group=row["user_group"],
            language=row["language"],
            job_description=row["job_description"],
            external_id=row["external_id"],
            expiry_date=row["expiry_date"],
            emails=tuple(_email(cells) for cells in row["emails"]),
            identifiers=identifiers,
            roles=tuple(_role(cells) for cells in row["roles"]),
            created=row["created"],
            modified=row["modified"],
        ),
        row["password_hash"],
    )


def _email(cells: dict[str, Any]) -> Email:
    return Email(cells["address"], cells["preferred"], tuple(cells["types"]), cells["description"])


def _role(cells: dict[str, Any]) -> Role:
    parameters = tuple(RoleParameter(**parameter) for parameter in cells["parameters"])
    return Role(cells["type"], cells["scope"], cells["active"], parameters)
