"""A member of staff as the tests play one: a browser without scripts that signs in, follows links and sends
the forms it is shown."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Self

import httpx
from lxml import html

from openacq.directory import service as directory
from tests.ordering.world import World
from tests.serving_fixture import Server
from tests.shop import new_isbn, order

PASSWORD = "open sesame 7"
EVERY_ROLE = ("26", "33", "34", "36", "37", "47", "54", "55", "247", "250")

_numbers = itertools.count(1)


def new_staff(server: Server, world: World, *roles: str, **fields: Any) -> str:
    """The name of a new member of staff: with every role, or those named ("54", "37@MAIN")."""
    name = f"staff{next(_numbers)}"
    row: dict[str, object] = {
        "primary_id": name,
        "first_name": "Robin",
        "last_name": "Reader",
        "record_type": "STAFF",
        "password": PASSWORD,
        "roles": "; ".join(roles or EVERY_ROLE),
        **fields,
    }
    verdicts = server.store.write(lambda tx: directory.load(tx, "user", [row]), institution=world.institution)
    assert [verdict.outcome for verdict in verdicts] == ["created"], verdicts
    return name


class Staff:
    """A browser with one visitor. `page` is the last page shown."""

    def __init__(self, server: Server, world: World, name: str = "", *, door: str = "/desk") -> None:
        self.server = server
        self.world = world
        self.door = door
        self.name = name or new_staff(server, world)
        self.client = httpx.Client(base_url=server.url, trust_env=False, timeout=30)
        self.answer: httpx.Response | None = None
        self.page: Any = None
        card = server.store.read(directory.institution, institution=world.institution)
        self.code = card.code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    # -- moving about -----------------------------------------------------------------------

    def get(self, path: str, **params: Any) -> Any:
        """The page at a path of the desks, following redirects."""
        return self._take(self.client.get(self.door + path, params=params or None, follow_redirects=True))

    def _take(self, answer: httpx.Response) -> Any:
        self.answer = answer
        self.page = html.document_fromstring(answer.text or "<p></p>")
        return self.page

    @property
    def status(self) -> int:
        assert self.answer is not None
        return self.answer.status_code

    @property
    def path(self) -> str:
        assert self.answer is not None
        return self.answer.url.path

    @property
    def text(self) -> str:
        """What is to be read on the page, blanks folded."""
        return " ".join(self.page.text_content().split())

    def sign_in(self, password: str = PASSWORD, after: str = "") -> Self:
        self.get("/sign-in", institution=self.code, **({"after": after} if after else {}))
        self.send(0, {"name": self.name, "password": password, "institution": self.code})
        return self

    # -- forms ------------------------------------------------------------------------------

    def form(self, which: int | str = 0) -> Any:
        """A form of the page: by its place in the content, its id, or the end of its address."""
        forms: list[Any] = self.page.xpath("//main//form")
        if isinstance(which, int):
            return forms[which]
        for form in forms:
            if form.get("id") == which or (form.get("action") or "").split("?")[0].endswith(which):
                return form
        raise AssertionError(f"no form {which} among {[form.get('action') for form in forms]}")

    def send(self, which: int | str, changes: Mapping[str, Any] | None = None, *, follow: bool = True) -> Any:
        """Send a form as it stands with some fields changed; a list sets a field several times."""
        form = self.form(which)
        fields: dict[str, Any] = {}
        for name, value in self.fields(form):
            fields.setdefault(name, []).append(value)
        for name, value in (changes or {}).items():
            fields[name] = value if isinstance(value, list) else [value]
        action = form.get("action") or self.path
        if (form.get("method") or "get").lower() == "get":
            return self._take(self.client.get(action, params=fields, follow_redirects=follow))
        return self._take(self.client.post(action, data=fields, follow_redirects=follow))

    def fields(self, form: Any) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = list(form.form_values())
        if form.get("id"):
            boxes = self.page.xpath(f"//input[@form='{form.get('id')}'][@checked]")
            found += [(box.get("name"), box.get("value")) for box in boxes]
        return found

    def post(self, path: str, fields: Mapping[str, Any]) -> Any:
        """Post to a path with the token this visitor's forms carry."""
        token = self.page.xpath("//input[@name='_form']/@value")[0]
        data = {"_form": token, **fields}
        return self._take(self.client.post(self.door + path, data=data, follow_redirects=True))

    # -- what is shown ----------------------------------------------------------------------

    @property
    def told(self) -> str:
        """What the page says at its top."""
        return " ".join(" ".join(self.page.xpath("//*[@id='told']//p/text()")).split())

    @property
    def wrong(self) -> list[str]:
        """What is wrong with the form, as it is told at the top."""
        return [" ".join(one.text_content().split()) for one in self.page.xpath("//*[@id='errors']//li")]

    def rows(self) -> list[str]:
        return [" ".join(row.text_content().split()) for row in self.page.xpath("//tr[@data-row]")]

    def value(self, name: str) -> str:
        """What stands in a field of the page."""
        field = self.page.xpath(f"//main//*[@name='{name}']")[0]
        if field.tag == "select":
            chosen = field.xpath(".//option[@selected]") or field.xpath(".//option")
            return str(chosen[0].get("value", chosen[0].text))
        return str(field.text or "" if field.tag == "textarea" else field.get("value", ""))


def book(
    title: str = "A title", isbn: str = "", author: str = "Author, An", **changes: Any
) -> dict[str, Any]:
    """An order of a book of this title."""
    return order(resource_metadata={"title": title, "author": author, "isbn": isbn or new_isbn()}, **changes)
