"""`script/new-references`: write the reference pages that are made from the program.

python -m tests.docs.references            write them
python -m tests.docs.references --check    only tell which are out of date
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from openacq.doors.alma.errors import words_for
from openacq.doors.own.door import STATUS
from openacq.kernel.refusal import CATALOGUE
from openacq.ordering.alerts import ALERTS
from openacq.ordering.states import LINE_STATES
from openacq.settings import DECLARED, spell
from tests.docs import coverage
from tests.docs.pages import ROOT

MADE = "<!-- Written by script/new-references; change the program, then run it. -->"


def settings() -> str:
    """Every setting with its variable, default and meaning."""
    rows = []
    for one in DECLARED:
        default = f"`{spell(one.default)}`" if spell(one.default) else "–"
        limits = [f"from {one.low:g}" if one.low is not None else "", f"to {one.high:g}" if one.high else ""]
        kind = " ".join(filter(None, [one.type_words.replace("|", "or"), *limits]))
        rows.append((f"`{one.name}`", f"`{one.variable}`", default, one.unit, kind, one.about))
    return _page(
        "Settings",
        "For whoever runs the server.",
        "A value comes from, in rising order: the default, the TOML file (`openacq.toml` in the working folder, or the\n"
        "one named by `--config` or `OPENACQ_CONFIG`), the environment, the command line. `openacq settings` prints\n"
        "what is in force and where each value comes from.",
        _table(("setting", "in the environment", "default", "unit", "value", "meaning"), rows),
    )


def errors() -> str:
    """Every refusal with its code in each door."""
    rows = []
    for slug, entry in CATALOGUE.items():
        words = words_for(slug)
        own = 500 if slug == "server_fault" else STATUS[entry.kind]
        message = words.text or entry.message
        rows.append(
            (f"`{words.code}`", str(words.status), f"`{slug}`", str(own), _said(message), _said(entry.advice))
        )
    rows.sort(key=lambda row: (not row[0].strip("`").isdigit(), row[0], row[2]))
    return _page(
        "Errors",
        "For whoever writes a client, or reads what one was told.",
        "The Alma door answers errors in Alma's envelope with Alma's codes; our own door (`/openacq/v1`) names them by\n"
        "the words of the third column. Several things wrong with one order come together; the first is the one\n"
        "Alma would give. Words in ‹› are filled in.",
        _table(("Alma code", "HTTP", "our name", "HTTP (own)", "what it says", "what to do"), rows),
    )


def alerts() -> str:
    """Every reason why a line needs a look."""
    rows = [
        (f"`{slug}`", "parks the line" if entry.severity == "blocking" else "tells only",
         _said(entry.text), entry.who, _said(entry.fix))
        for slug, entry in sorted(ALERTS.items())
    ]  # fmt: skip
    return _page(
        "Alerts",
        "For acquisitions staff who look through the review list.",
        "An order that is accepted but not in order is a line In Review: the line exists, and its alerts say what is\n"
        "missing, who can mend it and how. Alerts that only tell do not park a line; a profile may turn some of them\n"
        "one way or the other.",
        _table(("alert", "effect", "what it says", "who mends it", "how"), rows),
    )


def states() -> str:
    """The states of an order line as a picture and as rows."""
    rows = [
        (
            "–" if move.origin is None else f"`{move.origin.value}`",
            move.event,
            move.guard or "–",
            f"`{move.target.value}`",
            move.money or "–",
        )
        for move in LINE_STATES.moves
    ]
    doors = [event for event in dict.fromkeys(move.event for move in LINE_STATES.moves) if event in _moved()]
    rest = f"\nSo far there is a door for: {', '.join(doors)}. The other moves stand in the table for the doors to come.\n"
    return _page(
        "States of an order line",
        "For staff and integrators who wonder where an order is.",
        "Made from the table the program itself goes by. The codes are those of Alma's table POLineStatus.",
        f"```mermaid\n{LINE_STATES.diagram()}\n```\n\n"
        + _table(("from", "event", "if", "to", "money"), rows)
        + rest,
    )


def _moved() -> set[str]:
    """The events that some use case looks up in a state table."""
    calls = (
        node
        for file in (ROOT / "openacq").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "find"
    )
    return {arg.value for call in calls for arg in call.args if isinstance(arg, ast.Constant) and arg.value}


PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "docs/reference/settings.md": settings,
        "docs/reference/errors.md": errors,
        "docs/reference/alerts.md": alerts,
        "docs/reference/states.md": states,
        "docs/dialects/alma.md": lambda: coverage.page(MADE),
    }
)


def stale() -> list[str]:
    """The pages that do not say what the program says."""
    return [name for name, write in PAGES.items() if _held(name) != write()]


def _held(name: str) -> str:
    path = ROOT / name
    return path.read_text() if path.exists() else ""


def _page(title: str, audience: str, opening: str, body: str) -> str:
    return f"{MADE}\n# {title}\n\n{audience}\n\n{opening}\n\n{body.rstrip()}\n"


def _said(text: str) -> str:
    """A text of a catalogue with its places to fill in as words."""
    return " ".join(text.replace("{", "‹").replace("}", "›").replace("|", "\\|").split())


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
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
