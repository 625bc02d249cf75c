"""Letters: which were written, what became of each, one with its words, sent again, kept from going out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from openacq.doors.hall import Ask, Document, Reply, Route
from openacq.doors.own.orders import AttachedFile
from openacq.doors.own.paging import page, words
from openacq.doors.own.staff import acting
from openacq.kernel.refusal import Problem, Refusal
from openacq.letters import service as letters
from openacq.letters.model import Letter as Known
from openacq.letters.model import Search, Source, State
from openacq.ordering import service as ordering
from openacq.store import Tx
from openacq.wire.model import UNSET, Count, Maybe, NoteText, Wire

STATES = tuple(state.value for state in State)
ORDER = "order"
"""The kind of letter that brings a PO to its vendor."""
ABOUT = ("po_line", "purchase_order", "purchase_request")
PREFIXES = {"POL-": "po_line", "PO-": "purchase_order"}


class Letter(Wire):
    """`due` is the next try; `error` why it did not go out (yet); `remark` what its readers should know
    though it did. `about_kind` and `about`: the line, PO or request it is about. Lists leave texts out."""

    id: Maybe[int] = UNSET
    kind: Maybe[str] = UNSET
    language: Maybe[str] = UNSET
    state: Maybe[str] = UNSET
    way: Maybe[str] = UNSET
    recipient: Maybe[str] = UNSET
    about_kind: Maybe[str] = UNSET
    about: Maybe[str] = UNSET
    subject: Maybe[str] = UNSET
    created: Maybe[dt.datetime] = UNSET
    sent: Maybe[dt.datetime] = UNSET
    due: Maybe[dt.datetime] = UNSET
    attempts: Maybe[int] = UNSET
    error: Maybe[str] = UNSET
    remark: Maybe[str] = UNSET
    sender_name: Maybe[str] = UNSET
    reply_to: Maybe[str] = UNSET
    text: Maybe[str] = UNSET
    html: Maybe[str] = UNSET
    attachments: Maybe[list[AttachedFile]] = UNSET
    link: Maybe[str] = UNSET


class Letters(Wire):
    total: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    letters: Maybe[list[Letter]] = UNSET


class SendAgain(Wire):
    """`recipient`: an e-mail address (or folder) instead of the letter's own."""

    recipient: Maybe[str] = UNSET


class KeepBack(Wire):
    reason: Maybe[NoteText] = UNSET


class Chosen(Wire):
    """Without ids all dead letters are meant."""

    ids: Annotated[Maybe[list[int]], Count(100)] = UNSET


class SentAgain(Wire):
    ids: Maybe[list[int]] = UNSET


# -- looking ------------------------------------------------------------------------------------


def list_letters(ask: Ask) -> Reply:
    """`GET /letters?state=dead,failed&kind=order&recipient=&about=PO-2026-1&since=&until=&limit=&offset=`:
    the newest first, without their texts. `until` is the first day left out; `about` other than a line or a
    PO takes `about_kind`."""
    limit, offset = page(ask)
    limit = min(limit, letters.MOST_LISTED)
    ask.private = True
    search = Search(
        states=tuple(State(word) for word in words(ask, "state", STATES)),
        kinds=words(ask, "kind", letters.KIND_CODES),
        recipient=ask.params.get("recipient", ""),
        source=_about(ask),
        since=_day(ask, "since"),
        until=_day(ask, "until"),
    )

    def work(tx: Tx) -> Letters:
        found = letters.letters(tx, search, most=limit, offset=offset)
        return Letters(
            total=found.total,
            limit=limit,
            offset=offset,
            letters=[_head(ask, each) for each in found.letters],
        )

    return Reply(ask.read(work))


def _about(ask: Ask) -> Source | None:
    given, kind = ask.params.get("about", "").strip(), words(ask, "about_kind", ABOUT)
    if not given and not kind:
        return None
    guessed = next((kind for prefix, kind in PREFIXES.items() if given.upper().startswith(prefix)), "")
    if not kind and not guessed:
        raise Refusal(Problem("parameter_invalid", "about_kind", "", valid=", ".join(ABOUT)))
    return Source(kind[0] if kind else guessed, given)


def _day(ask: Ask, name: str) -> dt.datetime | None:
    given = ask.params.get(name, "").strip()
    if not given:
        return None
    try:
        day = dt.date.fromisoformat(given)
    except ValueError:
        raise Refusal(Problem("date_malformed", name, given)) from None
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def get_letter(ask: Ask) -> Reply:
    """`GET /letters/{id}`: one letter with its words and the names of its attachments."""
    ask.private = True
    return Reply(ask.read(lambda tx: _whole(ask, letters.letter(tx, _id(ask)))))


def get_attachment(ask: Ask) -> Reply:
    """`GET /letters/{id}/attachments/{number}`: an attachment, the first by number 1."""
    ask.private = True
    found = ask.read(lambda tx: letters.letter(tx, _id(ask)))
    given = ask.path["number"]
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
    if not 0 < number <= len(found.attachments):
        raise Refusal(Problem("record_missing", "number", given, what="Attachment"))
    attached = found.attachments[number - 1]
    return Reply(Document(letters.content_of(attached), attached.type, attached.name))


# -- by hand ------------------------------------------------------------------------------------


def resend(ask: Ask) -> Reply:
    """`POST /letters/{id}/resend {"recipient": "…"}`: send it again, from the first try on. One that was sent
    becomes a new letter; of a purchase order's, one marked as a copy, unless it goes to somebody else."""
    ask.private = True
    body = ask.model(SendAgain) if ask.body.strip() else SendAgain()

    def work(tx: Tx) -> Letter:
        known = letters.letter(tx, _id(ask))
        ask.subject = known.source.id
        if known.kind == ORDER and known.state is State.SENT and not body.recipient:
            new = ordering.resend(tx, known.source.id, acting(tx, ask))
        else:
            new = letters.resend(tx, known.id, body.recipient or None)
        return _whole(ask, letters.letter(tx, new))

    return Reply(ask.write(work))


def resend_many(ask: Ask) -> Reply:
    """`POST /letters/resend {"ids": […]}`: send dead, failed or cancelled letters again, without ids all that
    are dead (100 at a time); those that cannot be sent are left out of the answer."""
    body = ask.model(Chosen) if ask.body.strip() else Chosen()

    def work(tx: Tx) -> SentAgain:
        ids = body.ids or [
            each.id for each in letters.letters(tx, Search(states=(State.DEAD,)), most=100).letters
        ]
        held = [each for each in ids if letters.letter(tx, each).state is not State.SENT]
        return SentAgain(ids=list(letters.resend_all(tx, held)))

    return Reply(ask.write(work))


def cancel(ask: Ask) -> Reply:
    """`POST /letters/{id}/cancel {"reason": "…"}`: keep a letter from going out. A PO whose letter is
    cancelled stays unsent and says so."""
    ask.private = True
    body = ask.model(KeepBack) if ask.body.strip() else KeepBack()

    def work(tx: Tx) -> Letter:
        known = letters.letter(tx, _id(ask))
        ask.subject = known.source.id
        who = acting(tx, ask).name
        letters.cancel(tx, known.id, f"{body.reason or 'by hand'} ({who})")
        return _whole(ask, letters.letter(tx, known.id))

    return Reply(ask.write(work))


# -- what is shown ------------------------------------------------------------------------------


def _id(ask: Ask) -> int:
    given = ask.path["id"]
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise Refusal(Problem("letter_not_found", "letter", given))
    return int(given)


def _whole(ask: Ask, letter: Known) -> Letter:
    shown = _head(ask, letter)
    shown.sender_name = letter.sender_name or UNSET
    shown.reply_to = letter.reply_to or UNSET
    shown.text = letter.text
    shown.html = letter.html
    shown.attachments = [AttachedFile(name=each.name, type=each.type) for each in letter.attachments]
    return shown


def _head(ask: Ask, letter: Known) -> Letter:
    return Letter(
        id=letter.id,
        kind=letter.kind,
        language=letter.language,
        state=letter.state.value,
        way=letter.way.value,
        recipient=letter.recipient,
        about_kind=letter.source.kind,
        about=letter.source.id,
        subject=letter.subject,
        created=letter.created,
        sent=letter.sent or UNSET,
        due=letter.due or UNSET,
        attempts=letter.attempts,
        error=letter.error or UNSET,
        remark=letter.remark or UNSET,
        link=ask.link(f"/letters/{letter.id}"),
    )


ROUTES = (
    Route("GET", "/letters", "own", list_letters, open_to_vendors=False),
    Route("GET", "/letters/{id}", "own", get_letter, open_to_vendors=False),
    Route("GET", "/letters/{id}/attachments/{number}", "own", get_attachment, open_to_vendors=False),
    Route("POST", "/letters/resend", "own", resend_many, write=True, open_to_vendors=False),
    Route("POST", "/letters/{id}/resend", "own", resend, write=True, open_to_vendors=False),
    Route("POST", "/letters/{id}/cancel", "own", cancel, write=True, open_to_vendors=False),
)
