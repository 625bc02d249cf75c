"""Wording of letters: the kinds there are, and the templates an institution may make its own."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, TypeAlias

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own.orders import AttachedFile
from openacq.doors.own.staff import acting
from openacq.kernel.refusal import Problem, Refusal
from openacq.letters import service as letters
from openacq.letters.model import Draft, KindCard
from openacq.letters.model import Template as Known
from openacq.store import Tx
from openacq.wire.model import UNSET, Length, Maybe, Wire

Source: TypeAlias = Annotated[Maybe[str | None], Length(40_000)]


class LetterFact(Wire):
    """What a template of the kind may speak of: `path` as it is written, `lines[].title` inside a loop."""

    path: Maybe[str] = UNSET
    type: Maybe[str] = UNSET
    about: Maybe[str] = UNSET
    example: Maybe[str] = UNSET


class LetterKind(Wire):
    """`enabled` false: letters of the kind are kept, and not sent. `languages` are those with a wording,
    shipped or the institution's own."""

    code: Maybe[str] = UNSET
    about: Maybe[str] = UNSET
    to_person: Maybe[bool] = UNSET
    has_pdf: Maybe[bool] = UNSET
    enabled: Maybe[bool] = UNSET
    languages: Maybe[list[str]] = UNSET
    facts: Maybe[list[LetterFact]] = UNSET
    link: Maybe[str] = UNSET


class LetterKinds(Wire):
    kinds: Maybe[list[LetterKind]] = UNSET


class Switch(Wire):
    enabled: Maybe[bool] = UNSET


class Template(Wire):
    """The wording of a kind in a language. `own` names the parts that are the institution's, the rest is as
    shipped. `html` is empty where it is made from the institution's own text."""

    kind: Maybe[str] = UNSET
    language: Maybe[str] = UNSET
    subject: Source = UNSET
    text: Source = UNSET
    html: Source = UNSET
    own: Maybe[list[str]] = UNSET
    changed: Maybe[dt.datetime] = UNSET
    changed_by: Maybe[str] = UNSET


class Wording(Wire):
    """Parts of a template; a part that is left out, or null, is as shipped."""

    subject: Source = UNSET
    text: Source = UNSET
    html: Source = UNSET


class LetterShown(Wire):
    subject: Maybe[str] = UNSET
    text: Maybe[str] = UNSET
    html: Maybe[str] = UNSET
    attachments: Maybe[list[AttachedFile]] = UNSET
    remark: Maybe[str] = UNSET


# -- kinds --------------------------------------------------------------------------------------


def list_kinds(ask: Ask) -> Reply:
    """`GET /letter-kinds`: every kind of letter, whether it is switched on, and the languages it is in."""
    cards = ask.read(letters.kinds)
    return Reply(LetterKinds(kinds=[_kind(ask, card) for card in cards]))


def get_kind(ask: Ask) -> Reply:
    """`GET /letter-kinds/{kind}`: one, with the facts its templates may speak of."""
    return Reply(ask.read(lambda tx: _card(tx, ask)))


def switch(ask: Ask) -> Reply:
    """`PUT /letter-kinds/{kind} {"enabled": false}`: have letters of the kind sent, or kept unsent."""
    body = ask.model(Switch)
    if body.enabled is UNSET:
        raise Refusal(Problem("field_missing", "enabled"))
    enabled = bool(body.enabled)

    def work(tx: Tx) -> LetterKind:
        letters.switch(tx, ask.path["kind"], enabled=enabled)
        return _card(tx, ask)

    return Reply(ask.write(work))


def _card(tx: Tx, ask: Ask) -> LetterKind:
    letters.facts_of(ask.path["kind"])
    card = next(each for each in letters.kinds(tx) if each.code == ask.path["kind"])
    shown = _kind(ask, card)
    shown.facts = [
        LetterFact(path=fact.path, type=fact.type.value, about=fact.about, example=fact.example or UNSET)
        for fact in card.facts
    ]
    return shown


def _kind(ask: Ask, card: KindCard) -> LetterKind:
    return LetterKind(
        code=card.code,
        about=card.about,
        to_person=card.to_person,
        has_pdf=card.has_pdf,
        enabled=card.enabled,
        languages=list(card.languages),
        link=ask.link(f"/letter-kinds/{card.code}"),
    )


# -- templates ----------------------------------------------------------------------------------


def get_template(ask: Ask) -> Reply:
    """`GET /letter-kinds/{kind}/templates/{language}`: the wording as it is in force, as source texts."""
    return Reply(ask.read(lambda tx: _template(tx, ask)))


def put_template(ask: Ask) -> Reply:
    """`PUT /letter-kinds/{kind}/templates/{language} {"subject": …, "text": …, "html": …}`: the institution's
    own wording, in force for every letter written from now on."""
    body = ask.model(Wording)
    draft = _draft(body)
    if draft is None:
        raise Refusal(Problem("field_missing", "text"))

    def work(tx: Tx) -> Template:
        letters.put_template(tx, ask.path["kind"], ask.path["language"], draft, by=acting(tx, ask).name)
        return _template(tx, ask)

    return Reply(ask.write(work))


def drop_template(ask: Ask) -> Reply:
    """`DELETE /letter-kinds/{kind}/templates/{language}`: back to the shipped wording, which is answered."""

    def work(tx: Tx) -> Template:
        letters.drop_template(tx, ask.path["kind"], ask.path["language"])
        return _template(tx, ask)

    return Reply(ask.write(work))


def preview(ask: Ask) -> Reply:
    """`POST /letter-kinds/{kind}/templates/{language}/preview {"text": …}`: a letter of the kind with its
    example facts, as the parts sent would word it, without any as things stand. Nothing is kept; all that
    is wrong with the parts is told."""
    body = ask.model(Wording) if ask.body.strip() else Wording()
    made = ask.read(
        lambda tx: letters.preview(tx, ask.path["kind"], ask.path["language"], draft=_draft(body))
    )
    if made.problems:
        raise Refusal(list(made.problems))
    return Reply(
        LetterShown(
            subject=made.subject,
            text=made.text,
            html=made.html,
            attachments=[AttachedFile(name=each.name, type=each.type) for each in made.attachments],
            remark=made.remark or UNSET,
        )
    )


def _draft(body: Wording) -> Draft | None:
    """The parts that were sent; None when there are none."""
    parts = [getattr(body, name) or None for name in ("subject", "text", "html")]
    return Draft(*parts) if any(part is not None for part in parts) else None


def _template(tx: Tx, ask: Ask) -> Template:
    known: Known = letters.template(tx, ask.path["kind"], ask.path["language"])
    return Template(
        kind=known.kind,
        language=known.language,
        subject=known.subject,
        text=known.text,
        html=known.html,
        own=sorted(known.own),
        changed=known.changed or UNSET,
        changed_by=known.changed_by or UNSET,
    )


ROUTES = (
    Route("GET", "/letter-kinds", "own", list_kinds, open_to_vendors=False),
    Route("GET", "/letter-kinds/{kind}", "own", get_kind, open_to_vendors=False),
    Route("PUT", "/letter-kinds/{kind}", "own", switch, write=True, open_to_vendors=False),
    Route("GET", "/letter-kinds/{kind}/templates/{language}", "own", get_template, open_to_vendors=False),
    Route(
        "PUT",
        "/letter-kinds/{kind}/templates/{language}",
        "own",
        put_template,
        write=True,
        open_to_vendors=False,
    ),
    Route(
        "DELETE",
        "/letter-kinds/{kind}/templates/{language}",
        "own",
        drop_template,
        write=True,
        open_to_vendors=False,
    ),
    Route(
        "POST",
        "/letter-kinds/{kind}/templates/{language}/preview",
        "own",
        preview,
        open_to_vendors=False,
    ),
)
