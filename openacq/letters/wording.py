"""Which template words a letter: the institution's own, else the shipped one, else English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Template as Compiled

from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.text import nearest
from openacq.letters import rendering, store
from openacq.letters.addresses import header
from openacq.letters.facts import Value, example_of, fit
from openacq.letters.kinds import KINDS, Kind
from openacq.letters.message import PDF
from openacq.letters.model import Attachment, Draft, Preview, Template
from openacq.letters.rendering import ENGLISH, CannotRender
from openacq.letters.sheet import order_sheet
from openacq.store import Tx

PARTS = ("subject", "text", "html")
_SUFFIX = {"subject": "subject", "text": "txt", "html": "html"}
MOST_LANGUAGE = 10
_SHORT = {"deu": "de", "eng": "en", "fra": "fr", "fre": "fr", "ger": "de", "ita": "it", "spa": "es"}
"""Codes of three letters, as catalogues write them, for those of two."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Compiled parts in a language; without `html` it is made from the text. `fault` is why the
    institution's own template was passed over."""

    language: str
    subject: Compiled
    text: Compiled
    html: Compiled | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Worded:
    """A letter in words."""

    language: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    remark: str = ""


def kind_of(code: str) -> Kind:
    """The kind of this code. Raises Refusal `letter_kind_unknown`."""
    found = KINDS.get(code)
    if found is None:
        meant = probable(nearest(code, tuple(KINDS)))
        raise Refusal(Problem("letter_kind_unknown", "kind", code, probable=meant))
    return found


def proper_language(given: str) -> str:
    """A language tag as it is kept ("de", "de-CH"). Raises Refusal `language_invalid`."""
    parts = given.strip().replace("_", "-").split("-")
    fits = len(parts) <= 2 and all(part.isascii() and part.isalpha() for part in parts)
    if not fits or len(given) > MOST_LANGUAGE or len(parts[0]) not in (2, 3):
        raise Refusal(Problem("language_invalid", "language", given))
    base = parts[0].lower()
    return "-".join((_SHORT.get(base, base), *(part.upper() for part in parts[1:])))


def language_of(given: str) -> str:
    """The language a letter is asked for in; English when that says nothing, for a letter must go out."""
    try:
        return proper_language(given)
    except Refusal:
        return ENGLISH


# ---------------------------------------------------------------- shipped templates


@cache
def shipped_source(kind: str, language: str, part: str) -> str:
    folder = files("openacq.letters") / rendering.FOLDER / language
    return (folder / f"{kind}.{_SUFFIX[part]}.j2").read_text("utf-8")


@cache
def shipped(kind: str, language: str) -> Wording:
    """The wording that came with the server; `language` must be a shipped one."""
    compiled = {part: _compiled(shipped_source(kind, language, part), KINDS[kind], part) for part in PARTS}
    return Wording(language, compiled["subject"], compiled["text"], compiled["html"])


def _compiled(source: str, kind: Kind, part: str) -> Compiled:
    made = rendering.compile_source(source, kind.facts, part)
    if isinstance(made, tuple):
        raise CannotRender("; ".join(problem.message() for problem in made))
    return made


def shipped_language(language: str) -> str:
    """The shipped language nearest to this one."""
    known = rendering.shipped_languages()
    return next((one for one in rendering.with_bases(language) if one in known), ENGLISH)


# ---------------------------------------------------------------- the institution's


def chosen(tx: Tx, kind: Kind, language: str) -> Wording:
    """The wording for letters of the kind in the language, as the institution has it."""
    return tx.cached("letter_wording", (kind.code, language), lambda: _choose(tx, kind, language))


def _choose(tx: Tx, kind: Kind, language: str) -> Wording:
    for one in dict.fromkeys((*rendering.with_bases(language), ENGLISH)):
        own = store.template(tx, kind.code, one)
        if own is not None:
            try:
                return laid_over(kind, one, own.draft)
            except CannotRender as error:
                return _passed_over(shipped(kind.code, shipped_language(one)), error)
        if one in rendering.shipped_languages():
            return shipped(kind.code, one)
    return shipped(kind.code, ENGLISH)


def _passed_over(instead: Wording, error: CannotRender) -> Wording:
    words = header(f"own template not used: {error}", 500)
    return Wording(instead.language, instead.subject, instead.text, instead.html, words)


def laid_over(kind: Kind, language: str, draft: Draft) -> Wording:
    """A draft's parts over the shipped ones. Raises CannotRender when they cannot be compiled."""
    under = shipped(kind.code, shipped_language(language))
    html = under.html if draft.text is None else None
    return Wording(
        language,
        under.subject if draft.subject is None else _compiled(draft.subject, kind, "subject"),
        under.text if draft.text is None else _compiled(draft.text, kind, "text"),
        html if draft.html is None else _compiled(draft.html, kind, "html"),
    )


# ---------------------------------------------------------------- wording a letter


def word(tx: Tx, kind: Kind, language: str, given: Mapping[str, Value]) -> Worded:
    """The letter in the institution's words; in shipped ones, with a remark, where its own fail."""
    facts = fit(kind.facts, given)
    wording = chosen(tx, kind, language)
    try:
        return put_in_words(kind, wording, facts)
    except CannotRender as error:
        instead = shipped(kind.code, shipped_language(language))
        return put_in_words(kind, _passed_over(instead, error), facts)


def put_in_words(kind: Kind, wording: Wording, facts: Mapping[str, Value]) -> Worded:
    """Render all parts with facts made by `facts.fit`. Raises CannotRender."""
    language = wording.language
    subject = header(rendering.render(wording.subject, facts, language))
    if not subject:
        raise CannotRender("the subject is empty")
    text = rendering.tidy(rendering.render(wording.text, facts, language))
    if wording.html is None:
        body = rendering.html_of(text)
    else:
        body = rendering.render(wording.html, facts, language)
    return Worded(
        language,
        subject,
        text,
        rendering.page(subject, body, language),
        _attached(kind, facts, language),
        wording.fault,
    )


def _attached(kind: Kind, facts: Mapping[str, Value], language: str) -> tuple[Attachment, ...]:
    if not kind.sheet:
        return ()
    words = rendering.words(language)
    sheet = order_sheet(facts, words)
    name = words.sheet["file"].format(number=sheet.number)
    return (Attachment(header(name.replace("/", "-"), 120), PDF, sheet=sheet),)


# ---------------------------------------------------------------- editing


def template(tx: Tx, kind: Kind, language: str) -> Template:
    """The wording as source texts, to be read or edited."""
    own = store.template(tx, kind.code, language)
    near = shipped_language(language)
    subject, text, html = (shipped_source(kind.code, near, part) for part in PARTS)
    if own is None:
        return Template(kind.code, language, subject, text, html)
    draft = own.draft
    if draft.text is not None:
        html = ""
    return Template(
        kind.code,
        language,
        subject if draft.subject is None else draft.subject,
        text if draft.text is None else draft.text,
        html if draft.html is None else draft.html,
        frozenset(part for part in PARTS if getattr(draft, part) is not None),
        own.changed,
        own.changed_by,
    )


def check(kind: Kind, language: str, draft: Draft) -> tuple[Problem, ...]:
    """What is wrong with a draft: its parts one by one, then as a letter with and without facts."""
    if shipped_language(language) not in rendering.with_bases(language):
        lacking = [part for part in ("subject", "text") if getattr(draft, part) is None]
        if lacking:
            return tuple(Problem("template_incomplete", part, language) for part in lacking)
    problems: list[Problem] = []
    for part in PARTS:
        source = getattr(draft, part)
        if source is not None:
            made = rendering.compile_source(source, kind.facts, part)
            problems += made if isinstance(made, tuple) else ()
    return tuple(problems) or _tried(kind, laid_over(kind, language, draft))


def _tried(kind: Kind, wording: Wording) -> tuple[Problem, ...]:
    for given in (example_of(kind.facts), {}):
        facts = fit(kind.facts, given)
        for part in PARTS:
            compiled = getattr(wording, part)
            if compiled is None:
                continue
            try:
                written = rendering.render(compiled, facts, wording.language)
            except CannotRender as error:
                return (Problem("template_fails", part, reason=str(error)),)
            if part == "subject" and given and not header(written):
                return (Problem("template_fails", part, reason="it is empty"),)
    return ()


def preview(
    tx: Tx, kind: Kind, language: str, given: Mapping[str, Value] | None, draft: Draft | None
) -> Preview:
    """The letter as it would be written, of a draft or as things stand, with the example unless facts
    are given."""
    facts = fit(kind.facts, example_of(kind.facts) if given is None else given)
    if draft is not None:
        if problems := check(kind, language, draft):
            return Preview(problems=problems)
        try:
            worded = put_in_words(kind, laid_over(kind, language, draft), facts)
        except CannotRender as error:
            return Preview(problems=(Problem("template_fails", "template", reason=str(error)),))
    else:
        worded = word(tx, kind, language, facts)
    return Preview(worded.subject, worded.text, worded.html, worded.attachments, (), worded.remark)
