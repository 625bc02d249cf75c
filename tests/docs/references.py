"""`script/new-references`: write the reference pages that are made from the program.

python -m tests.docs.references            write them
python -m tests.docs.references --check    only tell which are out of date
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType

from openacq.doors.alma.errors import Words, words_for
from openacq.doors.alma.request_errors import CALLS
from openacq.doors.own.door import STATUS, OwnDoor
from openacq.doors.wms.errors import words_for as in_wms
from openacq.kernel.refusal import CATALOGUE
from openacq.ordering.alerts import ALERTS
from openacq.ordering.states import LINE_STATES
from openacq.requests.states import REQUEST_STATES
from openacq.settings import DECLARED, spell
from tests.docs import coverage, coverage_wms
from tests.docs.letters import letters
from tests.docs.markdown import page, paragraph, table
from tests.docs.pages import ROOT


def settings() -> str:
    """Every setting with its variable, default and meaning."""
    rows = []
    for one in DECLARED:
        default = spell(one.default)
        kind = [one.type_words.replace(" | ", " or ")]
        kind += [f"from {one.low:g}"] if one.low is not None else []
        kind += [f"to {one.high:g}"] if one.high is not None else []
        rows.append(
            (
                f"`{one.name}`",
                f"`{one.variable}`",
                f"`{default}`" if default else "",
                one.unit,
                " ".join(kind),
                one.about,
            )
        )
    return page(
        "Settings",
        "For whoever runs the server.",
        "A value comes from, in rising order: the default, the TOML file (`openacq.toml` in the working "
        "folder, or the one named by `--config` or `OPENACQ_CONFIG`), the environment, the command line. "
        "`openacq settings` prints what is in force and where each value comes from.",
        table(("setting", "in the environment", "default", "unit", "value", "meaning"), rows),
    )


def errors() -> str:
    """Every refusal with its code in each door."""
    rows = []
    for slug, entry in CATALOGUE.items():
        words = _words_of_calls(slug) or words_for(slug)
        own = 500 if slug == "server_fault" else STATUS[entry.kind]
        says = " ".join((words.text or entry.message).split())
        wms = in_wms(slug).code
        rows.append((f"`{words.code}`", str(words.status), f"`{slug}`", str(own), wms, says, entry.advice))
    rows.sort(key=lambda row: (not row[0].strip("`").isdigit(), row[0], row[2]))
    return page(
        "Errors",
        "For whoever writes a client, or reads what one was told.",
        "The Alma door answers errors in Alma's envelope with Alma's codes; our own door (`/openacq/v1`) "
        "and the verdicts of loaded files name them by the words of the third column; the WMS door answers "
        "OCLC's error document, whose code is the HTTP status. Several things "
        "wrong with one order come together; the first is the one Alma would give. Words in braces are "
        "filled in.",
        table(
            ("Alma code", "HTTP", "our name", "HTTP (own)", "HTTP (WMS)", "what it says", "what to do"), rows
        ),
    )


def _words_of_calls(slug: str) -> Words | None:
    """What calls say that have codes of their own for it; they agree where several do."""
    said = {call.by_slug[slug].code: call.by_slug[slug] for call in CALLS.values() if slug in call.by_slug}
    assert len(said) <= 1, f"{slug}: {', '.join(said)}"
    return next(iter(said.values()), None)


_CALL = re.compile(r"`((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`[:.]? ?(.*)")
"""How the functions of our own door begin their words: with the call itself."""


def own_api() -> str:
    """Every operation of our own door, in the words of its function."""
    rows = []
    for route in OwnDoor.routes:
        words = " ".join((inspect.getdoc(route.answer) or "").split())
        said = _CALL.fullmatch(words)
        call, words = (said[1], said[2].lstrip(";,: ")) if said else (f"{route.method} {route.path}", words)
        rights = f"`{route.area}:{'write' if route.write else 'read'}`" if route.area else "any key"
        rows.append((f"`{call.replace('/openacq/v1', '')}`", rights, words))
    return page(
        "Our own API",
        "For campus scripts, and whoever builds on openacq what Alma's interface lacks.",
        "JSON only, below `/openacq/v1`. The key goes into `Authorization: apikey KEY` (or `Bearer KEY`) "
        "or `?apikey=KEY`. Errors are a list `error` of objects with `slug`, `message`, `advice`, `field` "
        "and `value`; see [errors](errors.md).",
        table(("operation", "the key needs", "what it does"), rows),
    )


def alerts() -> str:
    """Every reason why a line needs a look."""
    rows = [
        (
            f"`{slug}`",
            "parks the line" if entry.severity == "blocking" else "tells only",
            " ".join(entry.text.split()),
            entry.who,
            entry.fix,
        )
        for slug, entry in sorted(ALERTS.items())
    ]
    return page(
        "Alerts",
        "For acquisitions staff who look through the review list.",
        "An order that is accepted but not in order is a line In Review: the line exists, and its alerts "
        "say what is missing, who can mend it and how. Alerts that only tell do not park a line. A "
        "profile may make some of them refuse the order instead, or let them pass. Words in braces are "
        "filled in.",
        table(("alert", "effect", "what it says", "who mends it", "how"), rows),
    )


def states() -> str:
    """The states of an order line as a picture and as rows."""
    rows = [
        (
            f"`{move.origin.value}`" if move.origin else "",
            move.event,
            move.guard,
            f"`{move.target.value}`",
            move.money,
        )
        for move in LINE_STATES.moves
    ]
    events = dict.fromkeys(move.event for move in LINE_STATES.moves)
    opened = _opened()
    doors = ", ".join(event for event in events if _USE_CASES.get(event, event.replace(" ", "_")) in opened)
    return page(
        "States of an order line",
        "For staff and integrators who wonder where an order is.",
        "Made from the table the program itself goes by. The codes are those of Alma's table POLineStatus.",
        paragraph(
            f"So far there is a door for: {doors}. The other moves stand in the table for doors to come."
        ),
        f"```mermaid\n{LINE_STATES.diagram()}\n```",
        table(("from", "event", "if", "to", "money"), rows),
    )


def request_states() -> str:
    """The states of a purchase request as a picture and as rows."""
    rows = [
        (
            f"`{move.origin.value}`" if move.origin else "",
            move.event,
            move.guard,
            f"`{move.target.value}`",
            move.who,
        )
        for move in REQUEST_STATES.moves
    ]
    return page(
        "States of a purchase request",
        "For staff and integrators who wonder what can still be done with a request.",
        "Made from the table the program itself goes by. The codes are those of Alma's table "
        "PurchaseRequestStatus; a request its requester takes back is rejected for the reason "
        "CANCELLED_BY_REQUESTER.",
        f"```mermaid\n{REQUEST_STATES.diagram()}\n```",
        table(("from", "event", "if", "to", "who"), rows),
    )


_USE_CASES = {"review": "send_back"}
"""Events that are not called like the use case of the ordering desk that brings them about."""


def _opened() -> set[str]:
    """The use cases of the ordering desk that a door or a command calls."""
    files = (file for room in ("doors", "cli") for file in (ROOT / "openacq" / room).rglob("*.py"))
    return {
        node.func.attr
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "ordering"
    }


PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "docs/reference/settings.md": settings,
        "docs/reference/errors.md": errors,
        "docs/reference/alerts.md": alerts,
        "docs/reference/states.md": states,
        "docs/reference/request-states.md": request_states,
        "docs/reference/own-api.md": own_api,
        "docs/reference/letters.md": letters,
        "docs/dialects/alma.md": coverage.alma,
        "docs/dialects/wms.md": coverage_wms.wms,
    }
)


def stale() -> list[str]:
    """The pages that do not say what the program says."""
    return [name for name, write in PAGES.items() if _held(name) != write()]


def _held(name: str) -> str:
    path = ROOT / name
    return path.read_text() if path.exists() else ""


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the reference pages that are made from the program.")
    parser.add_argument("--check", action="store_true", help="only tell which are out of date")
    asked = parser.parse_args()
    behind = stale()
    for name in behind:
        if not asked.check:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(PAGES[name]())
        sys.stdout.write(f"{name} {'is out of date' if asked.check else 'written'}\n")
    sys.exit(bool(behind) if asked.check else 0)


if __name__ == "__main__":
    main()
