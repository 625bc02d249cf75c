"""Templates at work: in a sandbox, on a budget, in the way of a language.

What a template prints is shown by its type: dates and sums as the language writes them, line breaks
of longer texts kept, everything escaped in HTML. The budget counts the steps of loops (rows times
what is done with each) and the size of the output, so what runs too long ends at the same place on
every machine.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from jinja2 import Template, Undefined, nodes, pass_context
from jinja2.exceptions import TemplateError
from jinja2.runtime import Context, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from openacq.kernel.refusal import Problem
from openacq.letters import checking
from openacq.letters.facts import Amount, Facts, Prose, Value

MOST_STEPS = 2_000_000
ROUND = 10
"""Steps a round of a loop costs besides what is done in it."""
MOST_OUTPUT = 5_000_000
ENGLISH = "en"
FOLDER = "templates"

_GAPS = re.compile(r"\n{3,}")


class CannotRender(Exception):
    """A template met facts it cannot be rendered with; the text says why."""


# ---------------------------------------------------------------- the way of a language


@dataclass(frozen=True, slots=True)
class Words:
    """How a language writes dates and numbers, and the words of what is set without a template."""

    language: str
    day: str
    months: tuple[str, ...]
    decimal: str
    thousands: str
    sheet: Mapping[str, str]

    def date(self, day: date) -> str:
        return self.day.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def amount(self, number: str) -> str:
        """A decimal number with the language's marks; what is none stays as it is."""
        sign, plain = ("-", number[1:]) if number.startswith("-") else ("", number)
        whole, point, rest = plain.partition(".")
        if not whole.isdecimal() or (point and not rest.isdecimal()):
            return number
        parts = [whole[max(end - 3, 0) : end] for end in range(len(whole), 0, -3)]
        return sign + self.thousands.join(reversed(parts)) + (self.decimal + rest if point else "")


@cache
def shipped_languages() -> tuple[str, ...]:
    folder = files("openacq.letters") / FOLDER
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir()))


@cache
def words(language: str) -> Words:
    """The language's own words, or those of its base (de for de-CH), or English."""
    name = next((one for one in with_bases(language) if one in shipped_languages()), ENGLISH)
    data = tomllib.loads((files("openacq.letters") / FOLDER / name / "words.toml").read_text("utf-8"))
    return Words(
        language=name,
        day=data["day"],
        months=tuple(data["months"]),
        decimal=data["decimal"],
        thousands=data["thousands"],
        sheet=MappingProxyType(data["sheet"]),
    )


def with_bases(language: str) -> tuple[str, ...]:
    """The language and what it is a kind of: de-CH, de."""
    base = language.partition("-")[0]
    return (language,) if base == language else (language, base)


# ---------------------------------------------------------------- the sandbox


class _Budget:
    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST_STEPS

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise CannotRender(f"its loops take more than {MOST_STEPS} steps")


@pass_context
def _counted(context: Context, rows: tuple[Value, ...], weight: int) -> tuple[Value, ...]:
    context["_budget"].spend(len(rows) * weight)
    return rows


@pass_context
def _shown(context: Context, value: object) -> object:
    """What is printed for a value; called by Jinja for every one."""
    if isinstance(value, Amount):
        return context["_words"].amount(value)
    if isinstance(value, Prose):
        if context.eval_ctx.autoescape:
            return Markup("<br>\n").join(escape(line) for line in value.splitlines())
        return str(value)
    if isinstance(value, date):
        return context["_words"].date(value)
    if value is None:
        return ""
    if isinstance(value, Undefined) or not isinstance(value, (str, int)) or isinstance(value, bool):
        raise CannotRender("it prints what is no single value")
    return value


def _default(value: object, instead: object) -> object:
    return instead if value in ("", None, 0) else value


def _join(rows: tuple[str, ...], between: str = "") -> str:
    return str(between).join(map(str, rows))


def _truncate(value: object, most: int = 100) -> str:
    written = str(value)
    return written if len(written) <= most else written[: max(most - 1, 0)] + "…"


def _environment(*, html: bool) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        autoescape=html,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        cache_size=0,
    )
    known = {name: made.filters[name] for name in ("capitalize", "length", "lower", "upper")}
    made.filters = {**known, "counted": _counted, "default": _default, "join": _join, "truncate": _truncate}
    made.tests = {name: made.tests[name] for name in checking.TESTS}
    made.globals = {}
    return made


_TEXT = _environment(html=False)
_HTML = _environment(html=True)


def compile_source(source: str, facts: Facts, part: str) -> Template | tuple[Problem, ...]:
    """The template ready to run, or what is wrong with it. `part` is subject, text or html."""
    environment = _HTML if part == "html" else _TEXT
    tree = checking.parse(environment, source, facts, part)
    if isinstance(tree, list):
        return tuple(tree)
    for loop in list(tree.find_all(nodes.For)):
        inside = [*loop.body, *([loop.test] if loop.test is not None else [])]
        weight = ROUND + sum(1 + sum(1 for _ in part.find_all(nodes.Node)) for part in inside)
        loop.iter = nodes.Filter(loop.iter, "counted", [nodes.Const(weight)], [], None, None)
    return environment.from_string(tree)


def render(template: Template, facts: Mapping[str, Value], language: str) -> str:
    """The template with the facts (as `facts.fit` made them). Raises CannotRender."""
    context: dict[str, Any] = {**facts, "_budget": _Budget(), "_words": words(language)}
    pieces: list[str] = []
    size = 0
    try:
        for piece in template.generate(context):
            size += len(piece)
            if size > MOST_OUTPUT:
                raise CannotRender(f"it becomes longer than {MOST_OUTPUT} characters")
            pieces.append(piece)
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise CannotRender(f"{type(error).__name__}: {error}"[:300]) from error
    return "".join(pieces)


# ---------------------------------------------------------------- finishing


def tidy(written: str) -> str:
    """Plain text without blanks at line ends and without more than one empty line in a row."""
    lines = "\n".join(line.rstrip() for line in written.splitlines())
    return _GAPS.sub("\n\n", lines).strip("\n") + "\n"


def html_of(written: str) -> str:
    """Plain text as HTML: paragraphs and line breaks."""
    paragraphs = (block.splitlines() for block in tidy(written).strip().split("\n\n"))
    return "\n".join(f"<p>{'<br>'.join(str(escape(line)) for line in lines)}</p>" for lines in paragraphs)


@cache
def _layout() -> Template:
    return _HTML.from_string((files("openacq.letters") / FOLDER / "layout.html.j2").read_text("utf-8"))


def page(subject: str, body: str, language: str) -> str:
    """A whole HTML page round a body that is HTML already."""
    facts = {"subject": subject, "body": Markup(body), "language": language}  # noqa: S704  (rendered escaped)
    return render(_layout(), facts, language)
