"""Which page a path is: by number of its parts, fixed words before open ones."""

from __future__ import annotations

import re
from urllib.parse import unquote

from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import storable


class PageTable:
    def __init__(self, pages: tuple[Page, ...]) -> None:
        self._shelves: dict[int, list[tuple[re.Pattern[str], dict[str, Page]]]] = {}
        for page in sorted(pages, key=lambda page: page.path.count("{")):
            parts = page.path.strip("/").split("/")
            pattern = "/".join(
                f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part) for part in parts
            )
            shelf = self._shelves.setdefault(len(parts), [])
            known = next((methods for form, methods in shelf if form.pattern == pattern), None)
            if known is None:
                known = {}
                shelf.append((re.compile(pattern), known))
            if page.method in known:
                raise ValueError(f"two pages at {page.method} {page.path}")
            known[page.method] = page

    def find(self, visit: Visit, path: str) -> Page:
        """The page at a path; sets its parts. Raises Refusal path_unknown or method_unknown."""
        parts = [part for part in path.split("/") if part]
        method = "GET" if visit.method == "HEAD" else visit.method
        for pattern, methods in self._shelves.get(len(parts), ()):
            match = pattern.fullmatch("/".join(parts))
            if match is None:
                continue
            page = methods.get(method)
            if page is None and visit.held:
                continue
            if page is None:
                raise Refusal(
                    Problem("method_unknown", "method", visit.method, allowed=", ".join(sorted(methods)))
                )
            visit.path = {name: storable(unquote(value)) for name, value in match.groupdict().items()}
            return page
        raise Refusal(Problem("path_unknown", "path", visit.target))
