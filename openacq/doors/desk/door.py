"""The door of the staff's desks."""

from __future__ import annotations

from openacq.doors.desk.routes import DESKS, PAGES
from openacq.doors.pages.model import PageDoor

PREFIX = "/desk"


def desk_door(topics: tuple[str, ...]) -> PageDoor:
    """`topics` are the news that are somebody's work: what failed of it is shown among the tasks."""
    return PageDoor(
        name="desk",
        prefix=PREFIX,
        who="desk",
        home="/tasks",
        pages=PAGES,
        templates=("openacq.doors.desk",),
        desks=DESKS,
        topics=topics,
    )
