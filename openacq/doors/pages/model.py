"""How pages and their doors are declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openacq.doors.hall import Rendered

if TYPE_CHECKING:
    from openacq.doors.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a door: method, path below the prefix ("/orders/{number}"), the function that answers.

    `right` is what the visitor must be allowed ("" anybody who is signed in, "order|review" either);
    `again` shows the form a refused POST came from, with what was typed and what is wrong; `open` pages
    need no session.
    """

    method: str
    path: str
    answer: Callable[[Visit], Rendered]
    right: str = ""
    again: Callable[[Visit], Rendered] | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """An entry of the navigation: where it leads, its word, its letter after `g`, the right it needs."""

    path: str
    name: str
    key: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class PageDoor:
    """A door with pages. `who` is the purpose of its sessions ("desk", "patron"); `home` the page after
    signing in; `templates` the packages its templates lie in; `topics` the news that are somebody's work."""

    name: str
    prefix: str
    who: str
    home: str
    pages: tuple[Page, ...]
    templates: tuple[str, ...]
    desks: tuple[Desk, ...] = ()
    topics: tuple[str, ...] = field(default=())
