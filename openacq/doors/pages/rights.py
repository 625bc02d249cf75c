"""What staff may do on the pages, read off the roles of their user record."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.directory.model import Institution, Status, User

RIGHTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "order": ("47", "54", "55"),
        "review": ("47", "55"),
        "receive": ("37",),
        "funds": ("34", "35", "36"),
        "requests": ("247", "248", "249"),
        "vendors": ("33", "250"),
        "admin": ("26",),
    }
)
"""A right → the roles (codes of HFrUserRoles.roleType) that bring it."""


def may(user: User, institution: Institution, right: str, library: str = "") -> bool:
    """Whether a user has a right (of "order|review": either), for this library if one is named.

    A role of the institution holds for every library.
    """
    return any(
        user.has_role(*RIGHTS[name], library=library, institution=institution.code)
        for name in right.split("|")
    )


def libraries_of(user: User, institution: Institution, right: str) -> frozenset[str] | None:
    """The libraries a user has a right for; None for all of them."""
    if user.status is not Status.ACTIVE:
        return frozenset()
    types = {code for name in right.split("|") for code in RIGHTS[name]}
    scopes = frozenset(role.scope for role in user.roles if role.active and role.type in types)
    return None if institution.code in scopes else scopes


def is_staff(user: User) -> bool:
    """Whether any role of a user opens a desk."""
    every = {code for codes in RIGHTS.values() for code in codes}
    return user.status is Status.ACTIVE and any(role.active and role.type in every for role in user.roles)
