"""The door of the patrons. Its prefix is that of the addresses in letters."""

from __future__ import annotations

from openacq.directory.model import Status, User
from openacq.doors.pages.language import later
from openacq.doors.pages.mailed import PAGES as MAILED
from openacq.doors.pages.model import Desk, PageDoor
from openacq.doors.patron.asking import PAGES as ASKING
from openacq.doors.patron.following import PAGES as FOLLOWING

PREFIX = "/requests"


def patron_door() -> PageDoor:
    return PageDoor(
        name="patron",
        prefix=PREFIX,
        who="patron",
        home="/mine",
        pages=(*ASKING, *FOLLOWING, *MAILED),
        templates=("openacq.doors.patron",),
        desks=(
            Desk("/mine", later("My requests"), "m"),
            Desk("/new", later("Ask for a title"), "n"),
        ),
    )


def is_patron(user: User) -> bool:
    """Whether a user may ask for titles here."""
    return user.status is Status.ACTIVE
