"""Who may decide about requests, and by which name it is recorded."""

from __future__ import annotations

from collections.abc import Iterable

from openacq.directory import service as directory
from openacq.kernel.refusal import Problem, Refusal
from openacq.requests.model import Actor
from openacq.store import Tx

MANAGER, OPERATOR_EXTENDED, OPERATOR = "247", "248", "249"
DESK_ROLES = (MANAGER, OPERATOR_EXTENDED, OPERATOR)
"""Roles (HFrUserRoles.roleType) that look after purchase requests."""


def check_staff(tx: Tx, primary_id: str, libraries: Iterable[str], field: str) -> str:
    """The primary id of somebody of the desk, for each of these libraries.

    Raises Refusal request_approver_unknown.
    """
    user = directory.user(tx, primary_id)
    own = directory.institution(tx).code
    wanted = set(libraries) or {""}
    if user is None or not all(user.has_role(*DESK_ROLES, library=code, institution=own) for code in wanted):
        raise Refusal(Problem("request_approver_unknown", field, primary_id))
    return user.primary_id


def signed(person: str, actor: Actor) -> str:
    """The name for the record: the person, and the key by which they came."""
    if not person or actor.name == person or actor.name.startswith(f"{person} ("):
        return actor.name
    return f"{person} ({actor.name})"
