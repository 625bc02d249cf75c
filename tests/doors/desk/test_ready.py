"""What the first page would wait for is made ready beside the calls: templates, catalogues, formats."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from openacq.doors.desk.door import desk_door
from openacq.doors.pages.entrance import PageEntrance
from openacq.doors.pages.language import NAMES
from openacq.doors.pages.rendering import COMPILED, Rendering
from openacq.doors.patron.door import patron_door
from openacq.store import Store
from tests.architecture.source import ROOT

DOORS = ROOT / "openacq" / "doors"


def templates(*doors: str) -> set[str]:
    return {path.name for door in doors for path in (DOORS / door / "templates").glob("*.html")}


def test_every_template_is_made_ready_in_every_language() -> None:
    for door, folders in ((desk_door(()), ("desk", "pages")), (patron_door(), ("patron", "pages"))):
        done = list(Rendering(door.templates).warm())
        assert set(done) == set(NAMES) | {f"{code} {name}" for code in NAMES for name in templates(*folders)}


def test_templates_are_compiled_once_for_all_languages_and_servers() -> None:
    list(Rendering(desk_door(()).templates).warm())
    before = len(COMPILED)
    list(Rendering(desk_door(()).templates).warm())
    assert len(COMPILED) == before


def test_a_template_that_changed_is_compiled_anew(tmp_path: Path) -> None:
    from jinja2 import Environment, FileSystemLoader

    shown = []
    for words in ("before", "after"):
        (tmp_path / "page.html").write_text(words)
        env = Environment(loader=FileSystemLoader(tmp_path), bytecode_cache=COMPILED, autoescape=True)
        shown.append(env.get_template("page.html").render())
    assert shown == ["before", "after"]


def test_pages_nobody_asks_for_are_not_made_ready(store: Store) -> None:
    pages = PageEntrance(
        desk_door(()),
        store,
        most_bytes=1_000,
        observe=lambda *_: None,
        address=lambda _: "http://127.0.0.1/desk",
        is_local=lambda _: True,
        admits=lambda _: True,
    )
    assert not pages.warm()

    sent: list[Any] = []

    async def visit() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope: dict[str, Any] = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/desk/sign-in",
            "raw_path": b"/desk/sign-in",
            "query_string": b"",
            "headers": [],
            "client": ("127.0.0.1", 1),
        }
        await pages(scope, receive, send)

    asyncio.run(visit())
    assert sent[0]["status"] == 200
    assert pages.warm()
