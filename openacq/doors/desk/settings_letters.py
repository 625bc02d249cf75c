"""Settings: the wording of letters, with a preview, and which kinds are sent at all."""

from __future__ import annotations

from openacq.doors.desk.seen import check_seen, differences, hold, mark_of
from openacq.doors.desk.settings import RIGHT
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import NAMES
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import HTML, Visit
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.letters import service as letters
from openacq.letters.model import Draft, KindCard, Template
from openacq.store import Tx

LETTER = "letter_template"
PARTS = ("subject", "text", "html")
MOST_TEXT = 50_000


def list_kinds(visit: Visit) -> Rendered:
    """`GET /settings/letters`."""
    return visit.show("settings_letters.html", kinds=visit.read(letters.kinds))


def switch(visit: Visit) -> Rendered:
    """`POST /settings/letters`: have letters of a kind sent or not."""
    kind, on = visit.value("kind"), visit.value("on") == "yes"

    def work(tx: Tx) -> None:
        card = _card(tx, kind)
        letters.switch(tx, kind, enabled=on)
        history.record(tx, LETTER, kind, [Change("sent", card.enabled, on)], visit.user.primary_id)

    visit.write(work)
    words = (
        visit.say("Letters of this kind are sent.") if on else visit.say("Letters of this kind are not sent.")
    )
    return visit.go(
        "/settings/letters", words, undo="/settings/letters", fields={"kind": kind, "on": "" if on else "yes"}
    )


def edit(visit: Visit) -> Rendered:
    """`GET /settings/letters/{kind}/{language}`: the wording, and the letter as it would be written."""
    return visit.read(lambda tx: _page(tx, visit))


def _page(tx: Tx, visit: Visit) -> Rendered:
    kind, language = visit.path["kind"], visit.path["language"]
    card, template = _card(tx, kind), letters.template(tx, kind, language)
    draft = _draft(visit, template) if visit.method == "POST" else None
    preview = letters.preview(tx, kind, language, draft=draft)
    return visit.show(
        "settings_letter.html",
        status=200 if not visit.problems else 422,
        card=card,
        wording=template,
        kept=_cells(template),
        mark_of=mark_of,
        different=differences(visit, _cells(template)),
        preview=preview,
        languages_known=sorted({*card.languages, *NAMES, language}),
        changes=history.of(tx, LETTER, f"{kind} {language}"),
    )


def save(visit: Visit) -> Rendered:
    """`POST` of the same: look at a draft (`do` preview), or make it the library's own wording."""
    kind, language = visit.path["kind"], visit.path["language"]
    if visit.value("do") == "preview":
        return visit.read(lambda tx: _page(tx, visit))

    def work(tx: Tx) -> None:
        hold(tx)
        _card(tx, kind)
        before = letters.template(tx, kind, language)
        check_seen(visit, f"{kind} {language}", _cells(before))
        draft = _draft(visit, before)
        letters.put_template(tx, kind, language, draft, by=visit.user.primary_id)
        after = letters.template(tx, kind, language)
        changes = [Change(part, getattr(before, part), getattr(after, part)) for part in PARTS]
        history.record(tx, LETTER, f"{kind} {language}", changes, visit.user.primary_id)

    visit.write(work)
    return visit.go(f"/settings/letters/{kind}/{language}", visit.say("The wording is saved."))


def drop(visit: Visit) -> Rendered:
    """`POST /settings/letters/{kind}/{language}/back`: the wording that came with the server."""
    kind, language = visit.path["kind"], visit.path["language"]

    def work(tx: Tx) -> None:
        _card(tx, kind)
        before = letters.template(tx, kind, language)
        letters.drop_template(tx, kind, language)
        after = letters.template(tx, kind, language)
        changes = [Change(part, getattr(before, part), getattr(after, part)) for part in PARTS]
        history.record(tx, LETTER, f"{kind} {language}", changes, visit.user.primary_id)

    visit.write(work)
    return visit.go(
        f"/settings/letters/{kind}/{language}", visit.say("The wording that came with the server is back.")
    )


def show_preview(visit: Visit) -> Rendered:
    """`GET /settings/letters/{kind}/{language}/preview`: the letter as mail programs show it, in a frame that
    runs nothing."""
    kind, language = visit.path["kind"], visit.path["language"]

    def work(tx: Tx) -> str:
        _card(tx, kind)
        return letters.preview(tx, kind, language).html

    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    return Rendered(200, visit.read(work).encode(), HTML, {"Content-Security-Policy": policy})


def _card(tx: Tx, kind: str) -> KindCard:
    """The kind of that code. Raises Refusal record_missing."""
    found = next((card for card in letters.kinds(tx) if card.code == kind), None)
    if found is None:
        raise Refusal(Problem("record_missing", "kind", kind, what="Kind of letter"))
    return found


def _cells(template: Template) -> dict[str, str]:
    return {part: getattr(template, part) for part in PARTS}


def _draft(visit: Visit, template: Template) -> Draft:
    """The parts that differ from what came with the server; browsers send line ends of their own."""
    typed = {part: visit.form.get(part, [""])[0].replace("\r\n", "\n")[:MOST_TEXT].rstrip() for part in PARTS}
    kept = {part: getattr(template, part).rstrip() for part in PARTS}
    return Draft(
        **{
            part: typed[part] if part in template.own or typed[part] != kept[part] else None
            for part in PARTS
            if typed[part]
        }
    )


PAGES = (
    Page("GET", "/settings/letters", list_kinds, right=RIGHT),
    Page("POST", "/settings/letters", switch, right=RIGHT),
    Page("GET", "/settings/letters/{kind}/{language}", edit, right=RIGHT),
    Page("POST", "/settings/letters/{kind}/{language}", save, right=RIGHT, again=edit),
    Page("POST", "/settings/letters/{kind}/{language}/back", drop, right=RIGHT),
    Page("GET", "/settings/letters/{kind}/{language}/preview", show_preview, right=RIGHT),
)
